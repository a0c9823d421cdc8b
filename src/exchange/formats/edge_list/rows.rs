//! From a row of a list of ties to a row of `cooperation`, and the governments and sources that it makes.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::columns::ListHeader;
use super::ends::{GovernmentFinder, MeantGovernment, NameCell, StrangeDates};
use super::name_set::NameSet;
use crate::exchange::cell::split_list;
use crate::exchange::fault::Fault;
use crate::exchange::package::{ImportOptions, RowCursor, Undated, edge_id_parts, id_of_parts, while_both};
use crate::exchange::remarks::{Oddity, Remarks, missing_value};
use crate::exchange::text::decimal_point;
use crate::relations::Names;
use crate::relations::vocabulary::{edge, label};
use crate::value::{Date, Precision, Validity};

/// What a row becomes.
pub(super) struct TieRow {
    /// Governments to found.
    pub(super) governments: Vec<String>,
    /// Sources that the store does not have.
    pub(super) sources: Vec<String>,
}

/// Translates the rows of a file, in their order.
pub(super) struct Translator<'n> {
    file: &'n str,
    header: &'n ListHeader,
    names: &'n Names,
    options: &'n ImportOptions,
    separator: u8,
    has_orientation: bool,
    ends: GovernmentFinder<'n>,
    cited: HashSet<String>,
    /// Founded governments that no row has been given yet: that which named them first may be at fault.
    pending: Vec<String>,
    strange: StrangeDates,
    /// Years that were read before, by their cells.
    years: HashMap<String, Arc<Year>>,
    /// Cells of the present row, in the order of [`Translator::header`].
    cells: csv::StringRecord,
    pub(super) faults: Vec<Fault>,
    pub(super) remarks: Remarks,
}

/// The edge type of a tie of a list.
const TIE: &str = edge::COOPERATES_WITH;

/// Where the cells stand of which ids are made.
#[derive(Clone, Copy)]
pub(super) struct IdPlaces {
    from: Option<usize>,
    to: Option<usize>,
    valid_from: Option<usize>,
}

/// A year, and the dates at which it and the next one begin.
struct Year {
    date: Date,
    first: String,
    next: String,
}

/// Most years that are kept.
const YEARS: usize = 4_096;

/// A row and its number.
#[derive(Clone, Copy)]
struct NumberedRow<'r> {
    number: u64,
    rows: &'r RowCursor<'r>,
}

impl<'r> NumberedRow<'r> {
    fn cell(&self, at: usize) -> &'r str {
        self.rows.cell(Some(at)).trim()
    }
}

impl<'n> Translator<'n> {
    pub(super) fn new(
        (file, separator): (&'n str, u8),
        header: &'n ListHeader,
        names: &'n Names,
        options: &'n ImportOptions,
        (founds, has_orientation): (bool, bool),
    ) -> Self {
        Self {
            file,
            header,
            names,
            options,
            separator,
            has_orientation,
            ends: GovernmentFinder::new(names, founds),
            cited: HashSet::new(),
            pending: Vec::new(),
            strange: StrangeDates::default(),
            years: HashMap::new(),
            cells: csv::StringRecord::new(),
            faults: Vec::new(),
            remarks: Remarks::default(),
        }
    }

    /// Takes governments for known that all rows together found.
    pub(super) fn knows(&mut self, founded: &'n NameSet) {
        self.ends.knows(founded);
    }

    /// The columns of the rows that it makes.
    pub(super) fn header(&self) -> Vec<String> {
        let own = self.header.columns.iter().map(|(_, name)| *name);
        let dates = if self.makes_dates() { &["valid_from", "valid_to"][..] } else { &[] };
        let source = self.header.source.map(|_| "source");
        let oriented = self.keeps_orientation().then_some("oriented");
        own.chain(dates.iter().copied()).chain(source).chain(oriented).map(str::to_owned).collect()
    }

    /// The governments that were founded, with the rows that named them first.
    pub(super) fn founded(&self) -> &[(String, u64)] {
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
    pub(super) fn is_faultless(&self) -> bool {
        self.faults.is_empty() && self.strange.is_empty()
    }

    /// What was strange since this was asked last.
    pub(super) fn take_remarks(&mut self) -> Remarks {
        std::mem::take(&mut self.remarks)
    }

    /// Founds governments that rows name which are translated elsewhere, and returns those that are new; none is
    /// founded, and nothing returned, where one is another but for the way in which it is written.
    pub(super) fn found_all(&mut self, named: Vec<(String, u64)>) -> Option<Vec<(String, u64)>> {
        self.ends.found_all(named)
    }

    /// Notes a source that rows cite which are translated elsewhere; whether it is new.
    pub(super) fn cite(&mut self, id: &str) -> bool {
        self.cited.insert(id.to_owned())
    }

    /// The id that is made for the row that was read last, before it is counted (S22).
    pub(super) fn made_id(&self, at: IdPlaces) -> String {
        let cell = |at: Option<usize>| at.and_then(|at| self.cells.get(at)).unwrap_or_default();
        let ends = (cell(at.from), cell(at.to));
        id_of_parts(edge_id_parts(TIE, ends, "", cell(at.valid_from)))
    }

    /// Where the cells stand of which ids are made; `None` if rows have ids in writing.
    pub(super) fn id_places(&self) -> Option<IdPlaces> {
        let header = self.header();
        let at = |name: &str| header.iter().position(|own| own == name);
        let places = IdPlaces { from: at("from"), to: at("to"), valid_from: at("valid_from") };
        at("id").is_none().then_some(places)
    }

    /// All faults and remarks.
    pub(super) fn finish(self) -> (Vec<Fault>, Remarks) {
        let mut faults = self.faults;
        faults.extend(self.strange.into_faults(self.file));
        (faults, self.remarks)
    }

    fn fault(
        &mut self,
        row: NumberedRow<'_>,
        column: &str,
        rule: &'static str,
        message: String,
        remedy: &str,
    ) {
        self.faults.push(Fault::new(self.file, rule, message, remedy).at(row.number).of(column));
    }

    fn remark(&mut self, row: NumberedRow<'_>, column: &str, oddity: Oddity, example: &str) {
        self.remarks.note(self.file, row.number, column, oddity, example);
    }

    /// What a row becomes; nothing where it is at fault.
    pub(super) fn row(&mut self, number: u64, rows: &RowCursor<'_>) -> Option<TieRow> {
        let row = NumberedRow { number, rows };
        let year = self.year(row)?;
        let date = match &year {
            Some(year) => Some(year.date),
            None => self.start(row),
        };
        let (from, to) = (self.end(row, true, date), self.end(row, false, date));
        let new = [&from, &to].into_iter().flatten().filter(|end| end.is_new);
        self.pending.extend(new.map(|end| end.id.to_string()));
        let (from, to) = (from?, to?);
        if from.id == to.id {
            let column = self.header.to.name.clone();
            let message = format!("“{}” cooperates with itself", from.id);
            self.fault(row, &column, "S5", message, "name two governments, or remove the row");
            return None;
        }
        self.cells.clear();
        for at in 0..self.header.columns.len() {
            match self.header.columns.get(at).copied()? {
                (_, "from") => self.cells.push_field(&from.id),
                (_, "to") => self.cells.push_field(&to.id),
                (at, name) => {
                    let cell = self.value(row, at, name);
                    self.cells.push_field(&cell);
                }
            }
        }
        if let Some(year) = year {
            self.cells.push_field(&year.first);
            self.cells.push_field(&year.next);
        } else if self.header.year.is_some() {
            self.cells.push_field("");
            self.cells.push_field("");
        } else if self.header.is_undated {
            let life = match self.options.undated {
                Undated::Always => while_both(&from.life, &to.life),
                Undated::Unknown => Validity::UNKNOWN,
            };
            self.cells.push_field(&life.from.to_string());
            self.cells.push_field(&life.to.to_string());
        }
        let sources = self.sources(row);
        if let Some(directed) = self.directed(row).filter(|_| self.keeps_orientation()) {
            self.cells.push_field(directed);
        }
        let governments = std::mem::take(&mut self.pending);
        Some(TieRow { governments, sources })
    }

    /// The cells of the row that was read last, in the order of [`Translator::header`].
    pub(super) fn cells(&self) -> &csv::StringRecord {
        &self.cells
    }

    fn end<'r>(
        &mut self,
        row: NumberedRow<'r>,
        is_from: bool,
        date: Option<Date>,
    ) -> Option<MeantGovernment<'r>> {
        let Self { header, ends, faults, remarks, .. } = self;
        let place = if is_from { &header.from } else { &header.to };
        let cell =
            NameCell { file: self.file, row: row.number, column: &place.name, text: row.cell(place.at) };
        ends.find(cell, date, faults, remarks)
    }

    /// The sources of a row, which is put among the cells, that the store does not have.
    fn sources(&mut self, row: NumberedRow<'_>) -> Vec<String> {
        let Some(at) = self.header.source else { return Vec::new() };
        self.cells.push_field(row.cell(at));
        let ids = split_list(row.cell(at)).into_iter();
        let new = ids.filter(|id| self.names.snapshot().find(label::SOURCE, id).is_none());
        new.filter(|id| self.cited.insert(id.clone())).collect()
    }

    /// The cell of a property as a package writes it.
    fn value<'r>(&mut self, row: NumberedRow<'r>, at: usize, name: &'static str) -> Cow<'r, str> {
        let cell = row.cell(at);
        if let Some(word) = missing_value(cell).filter(|_| name != "note") {
            self.remark(row, name, Oddity::Missing(word), cell);
            return Cow::Borrowed("");
        }
        match name {
            "valid_from" | "valid_to" => self.date(row, name, cell).into(),
            "attested" => {
                let dates = split_list(cell);
                let dates: Vec<String> = dates.iter().map(|date| self.date(row, name, date)).collect();
                dates.join(";").into()
            }
            "weight" => self.weight(row, cell).into(),
            _ => Cow::Borrowed(cell),
        }
    }

    /// A date as a package writes it; one in another form is told with all others of its column.
    fn date(&mut self, row: NumberedRow<'_>, column: &str, cell: &str) -> String {
        if let Some(date) = self.options.text.dates.and_then(|form| form.read(cell)) {
            return date.to_string();
        }
        if self.strange.take(row.number, column, cell) { String::new() } else { cell.to_owned() }
    }

    fn weight(&mut self, row: NumberedRow<'_>, cell: &str) -> String {
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
    fn start(&self, row: NumberedRow<'_>) -> Option<Date> {
        let at = self.header.columns.iter().find(|(_, name)| *name == "valid_from").map(|(at, _)| *at)?;
        let cell = row.cell(at);
        cell.parse().ok().or_else(|| self.options.text.dates?.read(cell))
    }

    /// The period of a cell of `year`, and where the next one begins; `None` of all where it is at fault.
    fn year(&mut self, row: NumberedRow<'_>) -> Option<Option<Arc<Year>>> {
        let Some(at) = self.header.year else { return Some(None) };
        let cell = row.cell(at);
        if cell.is_empty() {
            return Some(None);
        }
        if let Some(known) = self.years.get(cell) {
            return Some(Some(Arc::clone(known)));
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
                let year = Arc::new(Year { date, first: date.to_string(), next: next.to_string() });
                if whole.is_some() {
                    self.remark(row, "year", Oddity::YearWithPoint, cell);
                } else if self.years.len() < YEARS {
                    self.years.insert(cell.to_owned(), Arc::clone(&year));
                }
                Some(Some(year))
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
    fn directed(&mut self, row: NumberedRow<'_>) -> Option<&'static str> {
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
