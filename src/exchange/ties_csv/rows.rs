//! From a row of a list of ties to a row of `cooperation`, and the governments and sources that it makes.

use std::collections::HashSet;

use super::TiesOptions;
use super::columns::Header;
use super::ends::{Cell, End, Ends, StrangeDates};
use crate::exchange::cell::split_list;
use crate::exchange::fault::Fault;
use crate::exchange::package::{Undated, while_both};
use crate::exchange::remarks::{Oddity, Remarks, missing_value};
use crate::exchange::text::decimal_point;
use crate::relations::Names;
use crate::value::{Date, Precision, Validity};

/// What a row becomes.
pub(in crate::exchange) struct TieRow {
    /// Cells in the order of [`Translator::header`].
    pub(in crate::exchange) cells: csv::StringRecord,
    /// Governments to found.
    pub(in crate::exchange) governments: Vec<String>,
    /// Sources that the store does not have.
    pub(in crate::exchange) sources: Vec<String>,
}

/// Translates the rows of a file, in their order.
pub(in crate::exchange) struct Translator<'n> {
    file: &'n str,
    header: &'n Header,
    names: &'n Names,
    options: &'n TiesOptions,
    separator: u8,
    has_orientation: bool,
    ends: Ends<'n>,
    cited: HashSet<String>,
    /// Founded governments that no row has been given yet: that which named them first may be at fault.
    pending: Vec<String>,
    strange: StrangeDates,
    pub(in crate::exchange) faults: Vec<Fault>,
    pub(in crate::exchange) remarks: Remarks,
}

/// A row and its number.
#[derive(Clone, Copy)]
struct Row<'r> {
    number: u64,
    cells: &'r csv::StringRecord,
}

impl Row<'_> {
    fn cell(&self, at: usize) -> &str {
        self.cells.get(at).unwrap_or_default().trim()
    }
}

impl<'n> Translator<'n> {
    pub(in crate::exchange) fn new(
        (file, separator): (&'n str, u8),
        header: &'n Header,
        names: &'n Names,
        options: &'n TiesOptions,
        (founds, has_orientation): (bool, bool),
    ) -> Self {
        Self {
            file,
            header,
            names,
            options,
            separator,
            has_orientation,
            ends: Ends::new(names, founds),
            cited: HashSet::new(),
            pending: Vec::new(),
            strange: StrangeDates::default(),
            faults: Vec::new(),
            remarks: Remarks::default(),
        }
    }

    /// The columns of the rows that it makes.
    pub(in crate::exchange) fn header(&self) -> Vec<String> {
        let own = self.header.columns.iter().map(|(_, name)| *name);
        let dates = if self.makes_dates() { &["valid_from", "valid_to"][..] } else { &[] };
        let source = self.header.source.map(|_| "source");
        let oriented = self.keeps_orientation().then_some("oriented");
        own.chain(dates.iter().copied()).chain(source).chain(oriented).map(str::to_owned).collect()
    }

    /// The governments that were founded, with the rows that named them first.
    pub(in crate::exchange) fn founded(&self) -> &[(String, u64)] {
        self.ends.founded()
    }

    fn makes_dates(&self) -> bool {
        self.header.year.is_some() || self.header.is_undated
    }

    fn keeps_orientation(&self) -> bool {
        self.has_orientation
            && self.header.directed.is_some()
            && !self.header.columns.iter().any(|(_, name)| *name == "oriented")
    }

    /// Whether no row was at fault so far.
    pub(in crate::exchange) fn is_faultless(&self) -> bool {
        self.faults.is_empty() && self.strange.is_empty()
    }

    /// What was strange since this was asked last.
    pub(in crate::exchange) fn take_remarks(&mut self) -> Remarks {
        std::mem::take(&mut self.remarks)
    }

    /// Founds governments that rows name which are translated elsewhere, and returns those that are new; none is
    /// founded, and nothing returned, where one is another but for the way in which it is written.
    pub(in crate::exchange) fn found_all(&mut self, named: Vec<(String, u64)>) -> Option<Vec<(String, u64)>> {
        self.ends.found_all(named)
    }

    /// Notes a source that rows cite which are translated elsewhere; whether it is new.
    pub(in crate::exchange) fn cite(&mut self, id: &str) -> bool {
        self.cited.insert(id.to_owned())
    }

    /// All faults and remarks.
    pub(in crate::exchange) fn finish(self) -> (Vec<Fault>, Remarks) {
        let mut faults = self.faults;
        faults.extend(self.strange.into_faults(self.file));
        (faults, self.remarks)
    }

    fn fault(&mut self, row: Row<'_>, column: &str, rule: &'static str, message: String, remedy: &str) {
        self.faults.push(Fault::new(self.file, rule, message, remedy).at(row.number).of(column));
    }

    fn remark(&mut self, row: Row<'_>, column: &str, oddity: Oddity, example: &str) {
        self.remarks.note(self.file, row.number, column, oddity, example);
    }

    /// What a row becomes; nothing where it is at fault.
    pub(in crate::exchange) fn row(&mut self, number: u64, cells: &csv::StringRecord) -> Option<TieRow> {
        let row = Row { number, cells };
        let year = self.year(row)?;
        let date = match year {
            Some((from, _)) => Some(from),
            None => self.start(row),
        };
        let (from, to) = (self.end(row, true, date), self.end(row, false, date));
        let new = [&from, &to].into_iter().flatten().filter(|end| end.is_new);
        self.pending.extend(new.map(|end| end.id.clone()));
        let (from, to) = (from?, to?);
        if from.id == to.id {
            let column = self.header.to.name.clone();
            let message = format!("“{}” cooperates with itself", from.id);
            self.fault(row, &column, "S5", message, "name two governments, or remove the row");
            return None;
        }
        let mut made = csv::StringRecord::new();
        for at in 0..self.header.columns.len() {
            match self.header.columns.get(at).copied()? {
                (_, "from") => made.push_field(&from.id),
                (_, "to") => made.push_field(&to.id),
                (at, name) => {
                    let cell = self.value(row, at, name);
                    made.push_field(&cell);
                }
            }
        }
        if let Some((first, next)) = year {
            made.push_field(&first.to_string());
            made.push_field(&next);
        } else if self.header.year.is_some() {
            made.push_field("");
            made.push_field("");
        } else if self.header.is_undated {
            let life = match self.options.undated {
                Undated::Always => while_both(&from.life, &to.life),
                Undated::Unknown => Validity::UNKNOWN,
            };
            made.push_field(&life.from.to_string());
            made.push_field(&life.to.to_string());
        }
        let sources = self.sources(row, &mut made);
        if let Some(directed) = self.directed(row).filter(|_| self.keeps_orientation()) {
            made.push_field(directed);
        }
        let governments = std::mem::take(&mut self.pending);
        Some(TieRow { cells: made, governments, sources })
    }

    fn end(&mut self, row: Row<'_>, is_from: bool, date: Option<Date>) -> Option<End> {
        let Self { header, ends, faults, remarks, .. } = self;
        let place = if is_from { &header.from } else { &header.to };
        let cell = Cell { file: self.file, row: row.number, column: &place.name, text: row.cell(place.at) };
        ends.find(cell, date, faults, remarks)
    }

    /// The sources of a row, which is put among the cells, that the store does not have.
    fn sources(&mut self, row: Row<'_>, made: &mut csv::StringRecord) -> Vec<String> {
        let Some(at) = self.header.source else { return Vec::new() };
        made.push_field(row.cell(at));
        let ids = split_list(row.cell(at)).into_iter();
        let new = ids.filter(|id| self.names.snapshot().find("Source", id).is_none());
        new.filter(|id| self.cited.insert(id.clone())).collect()
    }

    /// The cell of a property as a package writes it.
    fn value(&mut self, row: Row<'_>, at: usize, name: &'static str) -> String {
        let cell = row.cell(at);
        if let Some(word) = missing_value(cell).filter(|_| name != "note") {
            self.remark(row, name, Oddity::Missing(word), cell);
            return String::new();
        }
        match name {
            "valid_from" | "valid_to" => self.date(row, name, cell),
            "attested" => {
                let dates = split_list(cell);
                let dates: Vec<String> = dates.iter().map(|date| self.date(row, name, date)).collect();
                dates.join(";")
            }
            "weight" => self.weight(row, cell),
            _ => cell.to_owned(),
        }
    }

    /// A date as a package writes it; one in another form is told with all others of its column.
    fn date(&mut self, row: Row<'_>, column: &str, cell: &str) -> String {
        if let Some(date) = self.options.text.dates.and_then(|form| form.read(cell)) {
            return date.to_string();
        }
        if self.strange.take(row.number, column, cell) { String::new() } else { cell.to_owned() }
    }

    fn weight(&mut self, row: Row<'_>, cell: &str) -> String {
        let point = decimal_point(cell).filter(|_| self.separator != b',');
        if point.is_some() {
            self.remark(row, "weight", Oddity::DecimalComma, cell);
        }
        let number = point.unwrap_or_else(|| cell.to_owned());
        if number.parse::<f64>().is_ok_and(|weight| weight <= 0.0) {
            let message = format!("the weight {cell} is not above 0");
            self.fault(row, "weight", "schema", message, "leave out ties that do not exist");
        }
        number
    }

    /// The start of a tie, at which names are read.
    fn start(&self, row: Row<'_>) -> Option<Date> {
        let at = self.header.columns.iter().find(|(_, name)| *name == "valid_from").map(|(at, _)| *at)?;
        let cell = row.cell(at);
        cell.parse().ok().or_else(|| self.options.text.dates?.read(cell))
    }

    /// The period of a cell of `year`, and where the next one begins; `None` of all where it is at fault.
    fn year(&mut self, row: Row<'_>) -> Option<Option<(Date, String)>> {
        let Some(at) = self.header.year else { return Some(None) };
        let cell = row.cell(at);
        if cell.is_empty() {
            return Some(None);
        }
        if let Some(word) = missing_value(cell) {
            self.remark(row, "year", Oddity::Missing(word), cell);
            return Some(None);
        }
        let whole = cell.strip_suffix(".0").filter(|whole| whole.len() == 4);
        let year = whole.unwrap_or(cell);
        let plain = year.parse::<Date>().ok().filter(|date| date.precision() == Precision::Year);
        let by_form = || self.options.text.dates?.read(cell);
        let found = plain.filter(|_| year.len() == 4).or_else(by_form);
        let next = found.and_then(|date| Date::new(date.last_day().next(), date.precision()));
        match found.zip(next) {
            Some((date, next)) => {
                if whole.is_some() {
                    self.remark(row, "year", Oddity::YearWithPoint, cell);
                }
                Some(Some((date, next.to_string())))
            }
            None => {
                if !self.strange.take(row.number, "year", cell) {
                    self.fault(row, "year", "S2", format!("“{cell}” is not a year"), "write 2010");
                }
                None
            }
        }
    }

    /// What Gephi's column Type says of the orientation.
    fn directed(&mut self, row: Row<'_>) -> Option<&'static str> {
        let at = self.header.directed?;
        let cell = row.cell(at);
        match cell.to_lowercase().as_str() {
            "undirected" | "" | "mutual" => Some(""),
            "directed" => {
                if !self.has_orientation {
                    self.remark(row, "", Oddity::Oriented, cell);
                }
                Some("true")
            }
            _ => {
                let message = format!("“{cell}” is neither Undirected nor Directed");
                self.fault(row, "Type", "package", message, "write one of them, or remove the column");
                Some("")
            }
        }
    }
}
