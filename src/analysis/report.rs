//! What a measure returns: a table that says what was selected, what was left out and why a value is missing.

use std::fmt;

use super::{AnalysisError, Undefined};

/// Why a cell has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// The definition gives no value here.
    Undefined(Undefined),
    /// A figure that the value needs is not in the store.
    NoFigure,
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
    /// No value, and why.
    Missing(Missing),
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Float(number) => write!(f, "{number}"),
            Self::Missing(missing) => f.write_str(missing.code()),
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

impl From<usize> for Cell {
    fn from(number: usize) -> Self {
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
    /// An error that is not a missing value stands as its own words: it tells the reader what to change.
    fn from(measured: Result<f64, AnalysisError>) -> Self {
        match measured {
            Ok(number) => Self::Float(number),
            Err(AnalysisError::Undefined(undefined)) => undefined.into(),
            Err(AnalysisError::UndirectedOnly { .. }) => Undefined::Directed.into(),
            Err(error) => Self::Text(error.to_string()),
        }
    }
}

impl From<Option<f64>> for Cell {
    /// `None` is a figure that is not in the store.
    fn from(figure: Option<f64>) -> Self {
        figure.map_or(Self::Missing(Missing::NoFigure), Self::Float)
    }
}

/// A column of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name, as it stands in files.
    pub name: &'static str,
    /// Unit and range.
    pub unit: &'static str,
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

    /// The position of a column.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }
}
