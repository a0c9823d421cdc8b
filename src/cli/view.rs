//! Which columns and rows of a report are shown, and in which order: `--columns`, `--sort`, `--top`.

use std::borrow::Cow;
use std::cmp::Ordering;

use clap::Args;

use super::choice::known;
use super::failure::Failure;
use crate::analysis::{Cell, MISSING, Report, ReportText};
use crate::value::Date;

/// Which part of a report is shown.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct ViewArgs {
    /// Only these columns, in this order
    #[arg(long, value_name = "A,B,C", value_delimiter = ',')]
    pub(super) columns: Vec<String>,
    /// Sort by this column; numbers as numbers, missing values last; may be repeated
    #[arg(long, value_name = "COLUMN[:desc]")]
    pub(super) sort: Vec<String>,
    /// Only the first N rows
    #[arg(long, value_name = "N")]
    pub(super) top: Option<usize>,
}

/// A report as it is shown.
#[derive(Clone, Debug)]
pub(super) struct View<'a> {
    pub(super) report: Cow<'a, Report>,
    /// Whether the reasons of missing values are shown in a column of their own, after the others.
    pub(super) reasons: bool,
    /// Columns that a table shows however narrow the terminal is.
    pub(super) asked: Vec<&'static str>,
}

impl<'a> View<'a> {
    /// All of a report. A measure always has the column of reasons, so that its columns do not hang on its data.
    pub(super) fn whole(report: &'a Report) -> Self {
        Self { report: Cow::Borrowed(report), reasons: report.has_reasons(), asked: Vec::new() }
    }

    /// The report as text.
    pub(super) fn text(&self) -> ReportText<'_> {
        ReportText { report: &self.report, reasons: self.reasons }
    }
}

impl ViewArgs {
    /// The part of a report that is asked for.
    pub(super) fn view<'a>(&self, report: &'a Report) -> Result<View<'a>, Failure> {
        let mut view = View::whole(report);
        let names: Vec<&'static str> = report.columns.iter().map(|column| column.name).collect();
        if !self.sort.is_empty() {
            let keys: Vec<Key> =
                self.sort.iter().map(|text| Key::read(text, report, &names)).collect::<Result<_, _>>()?;
            view.asked.extend(keys.iter().filter_map(|key| names.get(key.at)));
            let rows = &mut view.report.to_mut().rows;
            rows.sort_by(|a, b| {
                keys.iter()
                    .map(|key| key.compare(a, b))
                    .find(|order| order.is_ne())
                    .unwrap_or(Ordering::Equal)
            });
        }
        if let Some(top) = self.top.filter(|top| *top < report.rows.len()) {
            let own = view.report.to_mut();
            own.rows.truncate(top);
            own.note(format!("the first {top} of {} rows (--top)", report.rows.len()));
        }
        if !self.columns.is_empty() {
            self.choose(&mut view, &names)?;
        }
        Ok(view)
    }

    /// Keeps the columns that are asked for, in the order asked for.
    fn choose(&self, view: &mut View<'_>, names: &[&'static str]) -> Result<(), Failure> {
        let offered: Vec<&str> = names.iter().copied().chain(view.reasons.then_some(MISSING.name)).collect();
        for name in &self.columns {
            known("--columns", name, &offered)?;
        }
        view.reasons =
            self.columns.iter().any(|name| name == MISSING.name && !names.contains(&name.as_str()));
        let at = |name: &String| names.iter().position(|own| own == name);
        let chosen: Vec<usize> = self.columns.iter().filter_map(at).collect();
        let report = view.report.to_mut();
        report.columns = chosen.iter().filter_map(|at| report.columns.get(*at).copied()).collect();
        for row in &mut report.rows {
            *row = chosen.iter().filter_map(|at| row.get(*at).cloned()).collect();
        }
        view.asked = report.columns.iter().map(|column| column.name).collect();
        Ok(())
    }
}

/// How the cells of a column compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum As {
    Numbers,
    Dates,
    Text,
}

/// One column to sort by.
struct Key {
    at: usize,
    descending: bool,
    compared: As,
}

impl Key {
    fn read(text: &str, report: &Report, names: &[&'static str]) -> Result<Self, Failure> {
        let (name, descending) = match text.rsplit_once(':') {
            Some((name, "desc")) => (name, true),
            Some((name, "asc")) => (name, false),
            _ => (text, false),
        };
        known("--sort", name, names)?;
        let at = names.iter().position(|own| *own == name).unwrap_or_default();
        let filled = || report.rows.iter().filter_map(|row| row.get(at)).filter(|cell| !is_empty(cell));
        let compared = if filled().all(|cell| number(cell).is_some()) {
            As::Numbers
        } else if filled().all(|cell| date(cell).is_some()) {
            As::Dates
        } else {
            As::Text
        };
        Ok(Self { at, descending, compared })
    }

    /// Cells without a value come last whatever the direction.
    fn compare(&self, a: &[Cell], b: &[Cell]) -> Ordering {
        let (Some(a), Some(b)) = (a.get(self.at), b.get(self.at)) else { return Ordering::Equal };
        match (is_empty(a), is_empty(b)) {
            (false, false) => {}
            (a, b) => return a.cmp(&b),
        }
        let order = match self.compared {
            As::Numbers => number(a).unwrap_or(f64::NAN).total_cmp(&number(b).unwrap_or(f64::NAN)),
            As::Dates => date(a).cmp(&date(b)),
            As::Text => a.to_string().cmp(&b.to_string()),
        };
        if self.descending { order.reverse() } else { order }
    }
}

fn is_empty(cell: &Cell) -> bool {
    match cell {
        Cell::Missing(_) => true,
        Cell::Text(text) => text.is_empty(),
        Cell::List(texts) => texts.is_empty(),
        Cell::Integer(_) | Cell::Float(_) => false,
        Cell::Band(band) => is_empty(&band.value),
    }
}

/// A number, also one that is written as text because no number of JSON holds it.
fn number(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Integer(number) => Some(*number as f64),
        Cell::Float(number) => Some(*number),
        Cell::Text(text) => text.parse().ok().filter(|number: &f64| number.is_finite()),
        Cell::Band(band) => number(&band.value),
        Cell::List(_) | Cell::Missing(_) => None,
    }
}

/// A date; `..`, which is open, lies after all others.
fn date(cell: &Cell) -> Option<(bool, Option<Date>)> {
    match cell.to_string().as_str() {
        ".." => Some((true, None)),
        text => Some((false, Some(text.parse().ok()?))),
    }
}
