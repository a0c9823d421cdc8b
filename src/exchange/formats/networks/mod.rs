//! How does a measured network look as a table of another program: a list of edges, a matrix, two modes?
//!
//! What is written is the network of a [`Slice`], so that a program that reads it measures what the analysis measured.
//! Each table has a file, which declares it; it is listed in [`NetworkTable`].

mod dl;
mod edges;
mod matrix;
mod pairs;
mod rows;
mod two_mode;

use std::io::Write;

use crate::exchange::error::ExchangeError;
use crate::study::Slice;

/// Which table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkTable {
    /// A row a tied pair: codes and names of both, and the weight; of a network without orientation each pair once.
    Edges,
    /// A row and a column a government, the weight where they meet, 0 if there is no tie.
    Matrix,
    /// The same matrix in the form of UCINET's DL.
    Dl,
    /// A row a date and tied pair.
    Pairs,
    /// A row a government and a column an arrangement that ties some of them, 1 where it takes part.
    TwoMode,
}

/// What a table takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dates {
    One,
    Series,
}

/// What a table declares of itself.
struct TableFormat {
    name: &'static str,
    about: &'static str,
    dates: Dates,
    write: fn(&[&Slice], &mut dyn Write) -> Result<TableReport, ExchangeError>,
}

impl NetworkTable {
    /// All tables, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Edges, Self::Matrix, Self::Dl, Self::Pairs, Self::TwoMode];

    const fn format(self) -> &'static TableFormat {
        match self {
            Self::Edges => &edges::FORMAT,
            Self::Matrix => &matrix::FORMAT,
            Self::Dl => &dl::FORMAT,
            Self::Pairs => &pairs::FORMAT,
            Self::TwoMode => &two_mode::FORMAT,
        }
    }

    /// Its name: `edges`, `two-mode` …
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.format().name
    }

    /// What it holds, in one line.
    #[must_use]
    pub const fn about(self) -> &'static str {
        self.format().about
    }

    /// Whether it holds the networks of several dates; the others take the first one.
    #[must_use]
    pub fn takes_series(self) -> bool {
        self.format().dates == Dates::Series
    }
}

/// What a table holds, and what it cannot hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableReport {
    /// Rows below the header.
    pub rows: usize,
    /// Governments without a tie, which a list of edges does not name.
    pub isolates: usize,
}

/// Writes the networks of some dates as a table; one that does not take a series takes the first. Without a date nothing
/// is written.
///
/// # Errors
/// [`ExchangeError`] if the output cannot be written.
pub fn write_networks(
    slices: &[&Slice],
    table: NetworkTable,
    mut out: impl Write,
) -> Result<TableReport, ExchangeError> {
    if slices.is_empty() {
        return Ok(TableReport::default());
    }
    (table.format().write)(slices, &mut out)
}
