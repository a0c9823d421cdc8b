//! The adjacency matrix with codes as header and first column, as UCINET, R and pandas read it.

use std::io::Write;

use super::rows::{CsvRows, code, matrix_row};
use super::{Dates, TableFormat, TableReport};
use crate::exchange::error::ExchangeError;
use crate::study::Slice;

pub(super) const FORMAT: TableFormat =
    TableFormat { name: "matrix", about: "Its adjacency matrix, as CSV", dates: Dates::One, write };

fn write(slices: &[&Slice], out: &mut dyn Write) -> Result<TableReport, ExchangeError> {
    let Some(slice) = slices.first() else { return Ok(TableReport::default()) };
    let network = &slice.network;
    let mut table = CsvRows::new(out);
    let codes = network.node_ids().map(|node| code(network, node));
    table.row(std::iter::once("").chain(codes))?;
    for node in network.node_ids() {
        let cells = matrix_row(network, node);
        let head = std::iter::once(code(network, node));
        table.row(head.chain(cells.iter().map(String::as_str)))?;
    }
    table.finish()?;
    Ok(TableReport { rows: network.node_count(), isolates: 0 })
}
