//! Reports as CSV and JSON.

use std::io::{self, Write};

use serde_json::{Map, Value as Json, json};

use super::{Cell, Column, Report};

/// The column that says why cells of a row are empty: `column: code`, separated by `;`.
pub(crate) const MISSING: Column = Column { name: "missing", unit: "column: why it has no value" };

/// Why a cell has no value, where there is a reason.
fn reason(cell: &Cell) -> Option<&'static str> {
    match cell.value() {
        Cell::Missing(missing) => Some(missing.code()).filter(|code| !code.is_empty()),
        _ => None,
    }
}

/// A report as text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReportText<'a> {
    pub(crate) report: &'a Report,
    /// Whether the reasons of missing values stand in a column of their own, after the others.
    pub(crate) reasons: bool,
}

impl Report {
    /// Whether it is written with the column of reasons: a measure always is, so that its columns do not hang on its
    /// data.
    pub(crate) fn has_reasons(&self) -> bool {
        self.measure.is_some() || self.rows.iter().flatten().any(|cell| reason(cell).is_some())
    }

    fn as_text(&self) -> ReportText<'_> {
        ReportText { report: self, reasons: self.has_reasons() }
    }

    /// Writes it as CSV: a header, then a line a row. A missing value is an empty cell, and why it is missing stands in
    /// the last column, `missing`.
    ///
    /// # Errors
    /// Those of the output.
    pub fn write_csv(&self, out: impl Write) -> io::Result<()> {
        self.as_text().write_csv(out)
    }

    /// Writes it as one JSON object: `title`, `columns` with their units, `selection`, `rows` as objects by column, and
    /// `notes`. A missing value is null, and why it is missing stands under `missing`.
    ///
    /// # Errors
    /// Those of the output.
    pub fn write_json(&self, out: impl Write) -> io::Result<()> {
        self.as_text().write_json(out)
    }

    /// Writes its rows as JSON Lines: an object a row.
    ///
    /// # Errors
    /// Those of the output.
    pub fn write_jsonl(&self, out: impl Write) -> io::Result<()> {
        self.as_text().write_jsonl(out)
    }
}

impl ReportText<'_> {
    /// The reasons of a row, as one cell.
    pub(crate) fn reasons_of(&self, row: &[Cell]) -> Cell {
        let named = self.report.columns.iter().zip(row);
        named.filter_map(|(column, cell)| Some(format!("{}: {}", column.name, reason(cell)?))).collect()
    }

    pub(crate) fn write_csv(&self, out: impl Write) -> io::Result<()> {
        let mut writer = csv::Writer::from_writer(out);
        let last = self.reasons.then_some(MISSING.name);
        let names = self.report.columns.iter().map(|column| column.name);
        writer.write_record(names.chain(last)).map_err(refused)?;
        let text = |cell: &Cell| match cell {
            Cell::Missing(_) => String::new(),
            cell => cell.to_string(),
        };
        for row in &self.report.rows {
            let reasons = self.reasons.then(|| self.reasons_of(row).to_string());
            writer.write_record(row.iter().map(text).chain(reasons)).map_err(refused)?;
        }
        writer.flush()
    }

    pub(crate) fn write_json(&self, mut out: impl Write) -> io::Result<()> {
        let text = serde_json::to_string_pretty(&self.json()).map_err(io::Error::other)?;
        writeln!(out, "{text}")
    }

    pub(crate) fn write_jsonl(&self, mut out: impl Write) -> io::Result<()> {
        self.report.rows.iter().try_for_each(|row| writeln!(out, "{}", self.row(row)))
    }

    fn row(&self, row: &[Cell]) -> Json {
        let (mut object, mut missing) = (Map::new(), Map::new());
        for (column, cell) in self.report.columns.iter().zip(row) {
            object.insert(column.name.to_owned(), json(cell));
            if let Some(reason) = reason(cell) {
                missing.insert(column.name.to_owned(), json!(reason));
            }
        }
        if self.reasons {
            object.insert(MISSING.name.to_owned(), Json::Object(missing));
        }
        Json::Object(object)
    }

    fn json(&self) -> Json {
        let report = self.report;
        let selection: Map<String, Json> =
            report.selection.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        let last = self.reasons.then_some(&MISSING);
        let column = |column: &Column| json!({"name": column.name, "unit": column.unit});
        json!({
            "title": report.title,
            "columns": report.columns.iter().chain(last).map(column).collect::<Vec<_>>(),
            "selection": selection,
            "rows": report.rows.iter().map(|row| self.row(row)).collect::<Vec<_>>(),
            "notes": report.notes,
        })
    }
}

/// A cell of JSON; a missing value is null, and why stands beside it under `missing`.
fn json(cell: &Cell) -> Json {
    match cell {
        Cell::Text(text) => json!(text),
        Cell::Integer(number) => json!(number),
        Cell::Float(number) => json!(number),
        Cell::List(texts) => json!(texts),
        Cell::Missing(_) => Json::Null,
        Cell::Band(band) => json(&band.value),
    }
}

/// What the system said; converting the error as a whole would hide that a reader has gone.
fn refused(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Report {
    /// As [`Report::write_json`].
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_text().json().serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Missing, Undefined};

    fn report() -> Report {
        let columns = [Column { name: "code", unit: "id" }, Column { name: "share", unit: "0 to 1" }];
        let mut report = Report::new("shares", &columns);
        report.rows.push(vec!["a,b".into(), Cell::Float(0.5)]);
        report.rows.push(vec!["c".into(), Cell::Missing(Missing::Undefined(Undefined::ZeroDenominator))]);
        report
    }

    #[test]
    fn csv_has_empty_cells_and_their_reasons() {
        let mut out = Vec::new();
        report().write_csv(&mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, "code,share,missing\n\"a,b\",0.5,\nc,,share: zero_denominator\n");
    }

    #[test]
    fn json_has_null_and_the_same_reasons() {
        let mut out = Vec::new();
        report().write_jsonl(&mut out).unwrap();
        let lines = String::from_utf8(out).unwrap();
        assert_eq!(
            lines,
            "{\"code\":\"a,b\",\"share\":0.5,\"missing\":{}}\n\
             {\"code\":\"c\",\"share\":null,\"missing\":{\"share\":\"zero_denominator\"}}\n"
        );
        let mut out = Vec::new();
        report().write_json(&mut out).unwrap();
        let whole: Json = serde_json::from_slice(&out).unwrap();
        assert_eq!(whole["columns"][1]["unit"], "0 to 1");
        assert_eq!(whole["rows"][1]["missing"]["share"], "zero_denominator");
    }
}
