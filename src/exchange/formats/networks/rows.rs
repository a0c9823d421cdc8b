//! Cells and rows that the tables share.

use std::collections::BTreeMap;
use std::io::Write;

use crate::exchange::error::ExchangeError;
use crate::network::Network;
use crate::watch::{Pace, Stage};

pub(super) fn code(network: &Network, node: u32) -> &str {
    network.code(node).map_or("", AsRef::as_ref)
}

pub(super) fn name(network: &Network, node: u32) -> &str {
    network.label(node).map_or("", AsRef::as_ref)
}

/// A number as short as it can be and still be read as the same one.
pub(super) fn number(weight: f64) -> String {
    weight.to_string()
}

/// The row of a node in the adjacency matrix, 0 if there is no tie.
pub(super) fn matrix_row(network: &Network, node: u32) -> Vec<String> {
    let own: BTreeMap<u32, f64> =
        network.out_neighbours(node).iter().copied().zip(network.out_weights(node).iter().copied()).collect();
    network.node_ids().map(|other| own.get(&other).map_or("0".to_owned(), |weight| number(*weight))).collect()
}

/// A CSV file in the making.
pub(super) struct CsvRows<W: Write>(csv::Writer<W>, Pace);

impl<W: Write> CsvRows<W> {
    pub(super) fn new(out: W) -> Self {
        Self(csv::Writer::from_writer(out), Pace::new(Stage::Writing, 0))
    }

    /// Writes a row; an error of the output is told as the system told it.
    pub(super) fn row(
        &mut self,
        cells: impl IntoIterator<Item = impl AsRef<[u8]>>,
    ) -> Result<(), ExchangeError> {
        self.1.step()?;
        self.0.write_record(cells).map_err(|error| match error.into_kind() {
            csv::ErrorKind::Io(error) => error.into(),
            other => std::io::Error::other(format!("{other:?}")).into(),
        })
    }

    pub(super) fn finish(mut self) -> Result<(), ExchangeError> {
        Ok(self.0.flush()?)
    }
}
