//! What a measure returns: a table that says what was selected, what was left out and why a value is missing.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use super::{AnalysisError, Measure, Undefined};
use crate::network::NetworkError;

/// Why a cell has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// The definition gives no value here.
    Undefined(Undefined),
    /// A figure that the value needs is not in the store.
    NoFigure,
    /// The measure cannot be computed from this network; the code says why.
    Unfit(&'static str),
    /// The column does not apply to the row.
    NotApplicable,
}

impl Missing {
    /// The reason as one stable word for tables and files.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Undefined(undefined) => undefined.code(),
            Self::NoFigure => "no_figure",
            Self::Unfit(code) => code,
            Self::NotApplicable => "",
        }
    }
}

/// One cell of a report.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number.
    Float(f64),
    /// Several texts: names, ids, words of a codebook.
    List(Vec<String>),
    /// No value, and why.
    Missing(Missing),
    /// A number that hangs on how unknown ends are read (S29).
    Band(Box<Band>),
}

/// A number under the chosen reading, under the strictest and under the widest one (S28). Each is a number or missing.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// Under the reading that is chosen.
    pub value: Cell,
    /// Of what certainly holds.
    pub certain: Cell,
    /// Of what possibly holds.
    pub possible: Cell,
}

impl Cell {
    /// A number beside the same under other readings; texts, and numbers that are the same, stand alone.
    #[must_use]
    pub fn between(self, certain: Self, possible: Self) -> Self {
        let cells = [&self, &certain, &possible];
        let is_number = cells.iter().any(|cell| matches!(cell, Self::Integer(_) | Self::Float(_)));
        if !is_number || (self == certain && self == possible) {
            return self;
        }
        Self::Band(Box::new(Band { value: self, certain, possible }))
    }

    /// The number under the chosen reading; the cell itself where it is not a band.
    #[must_use]
    pub fn value(&self) -> &Self {
        if let Self::Band(band) = self { &band.value } else { self }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Float(number) => write!(f, "{number}"),
            Self::List(texts) => f.write_str(&texts.join(";")),
            Self::Missing(missing) => f.write_str(missing.code()),
            Self::Band(band) => write!(f, "{} [{}, {}]", band.value, band.certain, band.possible),
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl<T: Into<String>> FromIterator<T> for Cell {
    fn from_iter<I: IntoIterator<Item = T>>(texts: I) -> Self {
        Self::List(texts.into_iter().map(Into::into).collect())
    }
}

impl From<usize> for Cell {
    fn from(number: usize) -> Self {
        Self::Integer(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<u64> for Cell {
    fn from(number: u64) -> Self {
        Self::Integer(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<Undefined> for Cell {
    fn from(undefined: Undefined) -> Self {
        Self::Missing(Missing::Undefined(undefined))
    }
}

impl From<Result<f64, Undefined>> for Cell {
    fn from(measured: Result<f64, Undefined>) -> Self {
        measured.map_or_else(Self::from, Self::Float)
    }
}

impl From<Result<f64, AnalysisError>> for Cell {
    fn from(measured: Result<f64, AnalysisError>) -> Self {
        measured.map_or_else(Self::from, Self::Float)
    }
}

impl From<AnalysisError> for Cell {
    fn from(error: AnalysisError) -> Self {
        match error {
            AnalysisError::Undefined(undefined) => undefined.into(),
            error => Self::Missing(Missing::Unfit(error.code())),
        }
    }
}

impl From<&NetworkError> for Cell {
    /// A network that cannot be made of this one: the lengths of a weight of 0, for example.
    fn from(error: &NetworkError) -> Self {
        Self::Missing(Missing::Unfit(match error {
            NetworkError::ZeroLength { .. } => "zero_length",
            _ => "no_network",
        }))
    }
}

impl From<Option<f64>> for Cell {
    /// `None` is a figure that is not in the store.
    fn from(figure: Option<f64>) -> Self {
        figure.map_or(Self::Missing(Missing::NoFigure), Self::Float)
    }
}

/// A name of a column with an ending, made once: columns are few and live as long as the program.
fn ended(name: &'static str, ending: &'static str) -> &'static str {
    static MADE: Mutex<BTreeMap<(&str, &str), &'static str>> = Mutex::new(BTreeMap::new());
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    made.entry((name, ending)).or_insert_with(|| Box::leak(format!("{name}{ending}").into_boxed_str()))
}

/// A column of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name, as it stands in files.
    pub name: &'static str,
    /// Unit and range; `id` or `id …` for the id of an element.
    pub unit: &'static str,
}

impl Column {
    /// Whether its cells name an element so that they can be given to another command: they are never cut. Such a
    /// column is called `id` or `code`, ends in `_id` or `_code`, or says `id` where others say their unit.
    #[must_use]
    pub fn is_id(&self) -> bool {
        let last = self.name.rsplit('_').next();
        matches!(last, Some("id" | "code")) || self.unit.split(' ').next() == Some("id")
    }

    /// Whether it says of what a row speaks: its date, an id, a name.
    #[must_use]
    pub fn names_the_row(&self) -> bool {
        self.is_id() || matches!(self.name, "date" | "name")
    }
}

/// A table with all that its reader must know to trust it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// What it shows.
    pub title: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, each as long as `columns`.
    pub rows: Vec<Vec<Cell>>,
    /// What was selected: name and value of each choice, in a stable order.
    pub selection: Vec<(String, String)>,
    /// Counts, what was left out, warnings.
    pub notes: Vec<String>,
    /// The name of the measure that it shows, where it shows one.
    pub measure: Option<&'static str>,
}

impl Report {
    /// An empty report with its columns.
    #[must_use]
    pub fn new(title: impl Into<String>, columns: &[Column]) -> Self {
        Self { title: title.into(), columns: columns.to_vec(), ..Self::default() }
    }

    /// Adds a row.
    pub fn push(&mut self, row: Vec<Cell>) {
        debug_assert_eq!(row.len(), self.columns.len(), "a row of {}", self.title);
        self.rows.push(row);
    }

    /// Adds a note, once.
    pub fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// The columns in the order in which they count where there is no room for all, as positions: what names the
    /// row, then what the measure adds, its main column first, then the rest. The report of no measure has its
    /// columns in that order already.
    #[must_use]
    pub fn by_weight(&self) -> Vec<usize> {
        let measure = self.measure.and_then(Measure::find);
        let weight = |at: &usize| {
            let Some((measure, column)) = measure.zip(self.columns.get(*at)) else { return 0 };
            let own = measure.columns.contains(column);
            match (column.name == measure.key_column(), own) {
                (true, _) => 1,
                (_, true) => 2,
                _ if column.names_the_row() => 0,
                _ => 3,
            }
        };
        let mut order: Vec<usize> = (0..self.columns.len()).collect();
        order.sort_by_key(weight);
        order
    }

    /// The same report with plain cells alone: a column that holds a band is followed by two more, with the endings
    /// `_certain` and `_possible`.
    #[must_use]
    pub fn flat(&self) -> Self {
        let is_band = |at: usize| self.rows.iter().any(|row| matches!(row.get(at), Some(Cell::Band(_))));
        let bands: Vec<bool> = (0..self.columns.len()).map(is_band).collect();
        let mut columns = Vec::new();
        for (column, is_band) in self.columns.iter().zip(&bands) {
            columns.push(*column);
            if *is_band {
                columns.push(Column { name: ended(column.name, "_certain"), unit: column.unit });
                columns.push(Column { name: ended(column.name, "_possible"), unit: column.unit });
            }
        }
        let rows = self.rows.iter().map(|row| {
            let cells = row.iter().zip(&bands).flat_map(|(cell, is_band)| match cell {
                Cell::Band(band) => vec![band.value.clone(), band.certain.clone(), band.possible.clone()],
                cell if *is_band => vec![cell.clone(); 3],
                cell => vec![cell.clone()],
            });
            cells.collect()
        });
        Self { rows: rows.collect(), columns, ..self.clone() }
    }

    /// The position of a column.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }
}
