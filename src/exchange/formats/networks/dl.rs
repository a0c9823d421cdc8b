//! The adjacency matrix in the form of UCINET's DL.

use std::io::Write;

use super::rows::{code, matrix_row};
use super::{Dates, TableFormat, TableReport};
use crate::exchange::error::ExchangeError;
use crate::study::Slice;
use crate::watch::{Pace, Stage};

pub(super) const FORMAT: TableFormat = TableFormat {
    name: "dl",
    about: "Its adjacency matrix in the form of UCINET's DL",
    dates: Dates::One,
    write,
};

/// Labels stand in quotes: UCINET takes blanks and commas for their ends.
fn write(slices: &[&Slice], out: &mut dyn Write) -> Result<TableReport, ExchangeError> {
    let Some(slice) = slices.first() else { return Ok(TableReport::default()) };
    let network = &slice.network;
    writeln!(out, "dl n={} format=fullmatrix", network.node_count())?;
    writeln!(out, "labels:")?;
    let labels: Vec<String> =
        network.node_ids().map(|node| format!("\"{}\"", code(network, node).replace('"', "'"))).collect();
    writeln!(out, "{}", labels.join(","))?;
    writeln!(out, "data:")?;
    let mut pace = Pace::new(Stage::Writing, network.node_count());
    for node in network.node_ids() {
        pace.step()?;
        writeln!(out, "{}", matrix_row(network, node).join(" "))?;
    }
    out.flush()?;
    Ok(TableReport { rows: network.node_count(), isolates: 0 })
}
