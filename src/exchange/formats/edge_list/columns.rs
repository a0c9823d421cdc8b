//! Which column of a list of ties means what, whatever program wrote it? Said in one table.

use std::collections::BTreeSet;

use super::survey::Survey;
use crate::exchange::fault::{Fault, Setting};
use crate::exchange::package::{ImportOptions, Undated};
use crate::exchange::suggest::suggest;

/// What a column of a list of ties may mean, and the names under which it is known. The first is our own.
///
/// Names are compared without case; blanks, points and hyphens are underscores.
const MEANINGS: [(Meaning, &[&str]); 16] = [
    (Meaning::Property("id"), &["id", "edge_id"]),
    (Meaning::Property("arrangement"), &["arrangement"]),
    (Meaning::Property("mechanism"), &["mechanism"]),
    (Meaning::Property("domains"), &["domains", "domain"]),
    (Meaning::Property("weight"), &["weight", "weights"]),
    (Meaning::Property("declared_direction"), &["direction", "declared_direction"]),
    (Meaning::Property("valid_from"), &["valid_from"]),
    (Meaning::Property("valid_to"), &["valid_to"]),
    (Meaning::Property("attested"), &["attested"]),
    (Meaning::Property("confidence"), &["confidence"]),
    (Meaning::Property("note"), &["note", "notes", "label"]),
    (Meaning::Property("oriented"), &["oriented"]),
    (Meaning::Year, &["year", "yr", "年", "年份"]),
    (Meaning::Source, &["source"]),
    (Meaning::Type, &["type"]),
    (Meaning::Timeset, &["timeset"]),
];

/// Pairs of columns that name the two governments, the surest first. Of the others only one may be there.
const ENDS: [(&str, &str); 13] = [
    ("from", "to"),
    ("source", "target"),
    ("sender", "receiver"),
    ("origin", "destination"),
    ("ego", "alter"),
    ("tail", "head"),
    ("node1", "node2"),
    ("i", "j"),
    ("statea", "stateb"),
    ("country1", "country2"),
    ("state1", "state2"),
    ("stateabb1", "stateabb2"),
    ("ccode1", "ccode2"),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// A column of the same name of COOPERATES_WITH.
    Property(&'static str),
    Year,
    Source,
    /// Gephi: Undirected or Directed.
    Type,
    /// Gephi: spells of an edge.
    Timeset,
}

/// The names that a column may have where it is said by hand which is which.
fn own_names() -> impl Iterator<Item = &'static str> {
    ["from", "to"].into_iter().chain(MEANINGS.iter().filter_map(|(_, names)| names.first().copied()))
}

/// Where the columns of a file stand.
pub(super) struct ListHeader {
    pub(super) from: HeaderCell,
    pub(super) to: HeaderCell,
    /// Position in the file and name in the package.
    pub(super) columns: Vec<(usize, &'static str)>,
    pub(super) year: Option<usize>,
    pub(super) source: Option<usize>,
    /// Gephi's Type.
    pub(super) directed: Option<usize>,
    /// Whether no row has a date.
    pub(super) is_undated: bool,
}

/// A column and its name in the file.
pub(super) struct HeaderCell {
    pub(super) at: usize,
    pub(super) name: String,
}

/// A header in the making.
struct HeaderReader<'r> {
    file: &'r str,
    row: u64,
    header: &'r [String],
    keys: Vec<String>,
    survey: &'r Survey,
    options: &'r ImportOptions,
    has_orientation: bool,
    faults: &'r mut Vec<Fault>,
    warnings: &'r mut Vec<Fault>,
}

/// The form in which names of columns are compared.
fn key(name: &str) -> String {
    name.trim().to_lowercase().replace([' ', '-', '.'], "_").trim_matches('_').to_owned()
}

/// Whether columns of this name name governments.
fn is_end_name(key: &str) -> bool {
    ENDS.iter().any(|(from, to)| *from == key || *to == key)
}

/// Whether some name is one that columns of a list of ties have.
pub(super) fn is_known(name: &str) -> bool {
    let key = key(name);
    is_end_name(&key) || MEANINGS.iter().any(|(_, names)| names.contains(&key.as_str()))
}

impl ListHeader {
    /// Understands the header of a file; what is wrong with it and what was taken for what is noted.
    pub(super) fn of(
        (file, row, header): (&str, u64, &[String]),
        survey: &Survey,
        options: &ImportOptions,
        has_orientation: bool,
        (faults, warnings): (&mut Vec<Fault>, &mut Vec<Fault>),
    ) -> Option<Self> {
        let keys = header.iter().map(|name| key(name)).collect();
        HeaderReader { file, row, header, keys, survey, options, has_orientation, faults, warnings }.read()
    }
}

impl HeaderReader<'_> {
    fn fault(&self, rule: &'static str, message: String, remedy: impl Into<String>) -> Fault {
        Fault::new(self.file, rule, message, remedy).at(self.row)
    }

    fn warn(&mut self, rule: &'static str, message: String, remedy: &str) {
        self.warnings.push(self.fault(rule, message, remedy).warned());
    }

    fn position(&self, wanted: &str) -> Option<usize> {
        self.keys.iter().position(|key| key == wanted)
    }

    fn name(&self, at: usize) -> &str {
        self.header.get(at).map_or("", String::as_str)
    }

    fn read(mut self) -> Option<ListHeader> {
        let by_hand = self.by_hand();
        let hand = |name: &str| by_hand.iter().find(|(own, _)| *own == name).map(|(_, at)| *at);
        if by_hand.is_empty() && !self.header.iter().any(|name| is_known(name)) && !self.header.is_empty() {
            self.no_header();
            return None;
        }
        let ends = match (hand("from"), hand("to")) {
            (Some(from), Some(to)) => Some((from, to)),
            (from, to) => self.ends().map(|found| (from.unwrap_or(found.0), to.unwrap_or(found.1))),
        };
        let mut header = ListHeader {
            from: HeaderCell { at: 0, name: String::new() },
            to: HeaderCell { at: 0, name: String::new() },
            columns: Vec::new(),
            year: None,
            source: None,
            directed: None,
            is_undated: false,
        };
        let mut left = Vec::new();
        for at in 0..self.header.len() {
            let is_end = ends.is_some_and(|(from, to)| at == from || at == to);
            let by_hand_as = by_hand.iter().find(|(_, own)| *own == at).map(|(name, _)| *name);
            // Which of several pairs is meant was asked already.
            let may_be_end = ends.is_none() && self.keys.get(at).is_some_and(|key| is_end_name(key));
            if !is_end && !may_be_end {
                self.column(at, by_hand_as, &by_hand, &mut header, &mut left);
            }
        }
        if !left.is_empty() {
            let message = format!("not read: {}", left.join("; "));
            self.warn("package", message, "nothing is to be done if this is right");
        }
        let Some((from, to)) = ends else {
            if self
                .faults
                .iter()
                .all(|fault| fault.setting != Some(Setting::Columns) || fault.column.is_some())
            {
                let message = "the columns from and to are missing".to_owned();
                let remedy =
                    "name the two governments of each tie in columns from and to (or source and target)";
                self.faults.push(self.fault("package", message, remedy).advised(Setting::Columns));
            }
            return None;
        };
        header.from = HeaderCell { at: from, name: self.name(from).to_owned() };
        header.to = HeaderCell { at: to, name: self.name(to).to_owned() };
        header.columns.extend([(from, "from"), (to, "to")]);
        self.dates(header)
    }

    /// What was said by hand: our name and the position. What is wrong with it is noted.
    fn by_hand(&mut self) -> Vec<(&'static str, usize)> {
        let mut found = Vec::new();
        for (own, column) in &self.options.columns {
            let Some(name) = own_names().find(|name| *name == key(own)) else {
                let names: Vec<&str> = own_names().collect();
                let remedy =
                    suggest(own, names.iter().copied(), || format!("write one of {}", names.join(", ")));
                let message = format!("“{own}” is not a column of a list of ties");
                self.faults.push(self.fault("package", message, remedy));
                continue;
            };
            let exact = self.header.iter().position(|header| header == column);
            match exact.or_else(|| self.position(&key(column))) {
                Some(at) => found.push((name, at)),
                None => {
                    let names = self.header.iter().map(String::as_str);
                    let remedy =
                        suggest(column, names, || format!("its columns are {}", self.header.join(", ")));
                    let message = format!("the file has no column “{column}”");
                    self.faults.push(self.fault("package", message, remedy));
                }
            }
        }
        found
    }

    /// The columns that name the two governments.
    fn ends(&mut self) -> Option<(usize, usize)> {
        let pairs: Vec<(usize, usize)> =
            ENDS.iter().filter_map(|(from, to)| self.position(from).zip(self.position(to))).collect();
        let sure = ["to", "target"].iter().any(|sure| self.position(sure).is_some());
        match pairs.as_slice() {
            [] => None,
            [first, ..] if sure => Some(*first),
            &[(from, to)] => {
                let message =
                    format!("columns {} and {} are read as from and to", self.name(from), self.name(to));
                self.warn("package", message, "nothing is to be done if this is right");
                Some((from, to))
            }
            pairs => {
                let name =
                    |(from, to): &(usize, usize)| format!("{} and {}", self.name(*from), self.name(*to));
                let names: Vec<String> = pairs.iter().map(name).collect();
                let message = format!("several pairs of columns name two governments: {}", names.join(", "));
                let remedy = "say which columns are from and to, or remove the others";
                self.faults.push(self.fault("package", message, remedy).advised(Setting::Columns));
                None
            }
        }
    }

    /// The fault of a file whose first row names no column.
    fn no_header(&mut self) {
        let shown: Vec<String> = self.header.iter().take(4).map(|name| format!("“{name}”")).collect();
        let message = format!("the first row names no column of a list of ties: {}", shown.join(", "));
        let remedy = "put a row such as from,to,weight above it, or say which columns are from and to";
        self.faults.push(self.fault("package", message, remedy).advised(Setting::Columns));
    }

    /// Takes a column that names no government.
    fn column(
        &mut self,
        at: usize,
        by_hand: Option<&'static str>,
        all_by_hand: &[(&'static str, usize)],
        header: &mut ListHeader,
        left: &mut Vec<String>,
    ) {
        let name = self.name(at).to_owned();
        let key = by_hand.map_or_else(|| self.keys.get(at).cloned().unwrap_or_default(), str::to_owned);
        let is_empty = self.survey.is_empty(at);
        if key.is_empty() || key.starts_with("unnamed:") {
            return self.unnamed(at, is_empty, left);
        }
        let found = MEANINGS.iter().find(|(_, names)| names.contains(&key.as_str()));
        let own = found.and_then(|(_, names)| names.first().copied());
        let is_taken = by_hand.is_none() && all_by_hand.iter().any(|(name, _)| Some(*name) == own);
        let Some((meaning, _)) = found.filter(|_| !is_taken) else {
            return match () {
                () if is_empty => left.push(format!("column {name}, which is empty")),
                () if !all_by_hand.is_empty() => left.push(format!("column {name}, which is not asked for")),
                () => self.unknown(&name, &key),
            };
        };
        match *meaning {
            Meaning::Property("oriented") if !self.has_orientation => {
                left.push(format!("column {name}: the orientation of ties is not kept"));
            }
            Meaning::Property("id") if self.position("type").is_some() && self.survey.is_whole(at) => {
                left.push(format!("column {name}, with which Gephi counts its edges"));
            }
            Meaning::Property("note") if key == "label" && is_empty => {
                left.push(format!("column {name}, which is empty"));
            }
            Meaning::Property(property) => {
                let at_once = header.columns.iter().find(|(_, own)| *own == property).map(|(at, _)| *at);
                match at_once {
                    Some(first) => self.twice(first, at),
                    None => header.columns.push((at, property)),
                }
                if key == "label" && at_once.is_none() {
                    self.warn(
                        "package",
                        format!("column {name} is read as note"),
                        "nothing is to be done if this is right",
                    );
                }
            }
            Meaning::Year => take(&mut header.year, at).map_or((), |first| self.twice(first, at)),
            Meaning::Source => take(&mut header.source, at).map_or((), |first| self.twice(first, at)),
            Meaning::Type => take(&mut header.directed, at).map_or((), |first| self.twice(first, at)),
            Meaning::Timeset if is_empty => left.push(format!("column {name}, which is empty")),
            Meaning::Timeset => {
                let message = "the spells of a timeset are not read".to_owned();
                let remedy = "write the start and the end of each tie in columns valid_from and valid_to";
                self.faults.push(self.fault("package", message, remedy).of(name));
            }
        }
    }

    fn unnamed(&mut self, at: usize, is_empty: bool, left: &mut Vec<String>) {
        let number = at + 1;
        if is_empty {
            left.push(format!("column {number}, which has no name and is empty"));
        } else if at == 0 && self.survey.counts_rows() {
            left.push("column 1, which has no name and counts the rows, as pandas and R write it".to_owned());
        } else {
            let message = format!("column {number} has no name");
            self.faults.push(self.fault("csv", message, "name or remove it"));
        }
    }

    fn twice(&mut self, first: usize, second: usize) {
        let message = format!("the columns {} and {} mean the same", self.name(first), self.name(second));
        let name = self.name(second).to_owned();
        let fault = self.fault("package", message, "remove one of them, or say which is meant");
        self.faults.push(fault.of(name).advised(Setting::Columns));
    }

    fn unknown(&mut self, name: &str, key: &str) {
        let known: BTreeSet<&str> = own_names().collect();
        let remedy = suggest(key, known.iter().copied(), || {
            let names: Vec<&str> = own_names().collect();
            format!("its columns are {}; remove it, or say which columns are to be read", names.join(", "))
        });
        let message = format!("“{name}” is not a column of a list of ties");
        self.faults.push(self.fault("package", message, remedy).of(name).advised(Setting::Columns));
    }

    /// The header, if it dates ties in one way.
    fn dates(mut self, mut header: ListHeader) -> Option<ListHeader> {
        let dated = |name: &str| name.starts_with("valid_") || name == "attested";
        let is_double = header.columns.iter().any(|(_, name)| name.starts_with("valid_"));
        if let Some(year) = header.year.filter(|_| is_double) {
            let message = "there is a column year beside valid_from or valid_to".to_owned();
            let name = self.name(year).to_owned();
            self.faults.push(self.fault("package", message, "keep one way of dating").of(name));
            return None;
        }
        let own = header.columns.iter().filter(|(_, name)| dated(name)).map(|(at, _)| *at);
        header.is_undated = own.chain(header.year).all(|at| self.survey.is_empty(at));
        if header.is_undated {
            // Columns of dates without one date say nothing.
            header.columns.retain(|(_, name)| !dated(name));
            header.year = None;
            if self.survey.rows() > 0 {
                self.say_undated();
            }
        }
        Some(header)
    }

    fn say_undated(&mut self) {
        let (message, remedy) = match self.options.undated {
            Undated::Always => (
                "no tie has a date: each holds always, as long as its two governments do",
                "if they hold at some time only, add a column year or valid_from, or read them as of unknown dates",
            ),
            Undated::Unknown => (
                "no tie has a date: when each holds is unknown, and only what counts possible ties sees them",
                "add a column year or valid_from",
            ),
        };
        let fault = self.fault("S31", message.to_owned(), remedy).warned();
        let setting = (self.options.undated == Undated::Always).then_some(Setting::Undated);
        self.warnings.push(Fault { row: None, ..fault }.advised(setting));
    }
}

/// Puts a column where none is yet; else gives the one that is there.
fn take(place: &mut Option<usize>, at: usize) -> Option<usize> {
    let before = *place;
    place.get_or_insert(at);
    before
}
