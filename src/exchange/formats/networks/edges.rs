//! A weighted list of edges, as Gephi, igraph and NetworkX read it.

use std::io::Write;

use super::rows::{CsvRows, code, name, number};
use super::{Dates, TableFormat, TableReport};
use crate::exchange::error::ExchangeError;
use crate::study::Slice;

pub(super) const FORMAT: TableFormat = TableFormat {
    name: "edges",
    about: "The weighted edges of the network, as CSV",
    dates: Dates::One,
    write,
};

fn write(slices: &[&Slice], out: &mut dyn Write) -> Result<TableReport, ExchangeError> {
    let Some(slice) = slices.first() else { return Ok(TableReport::default()) };
    let network = &slice.network;
    let mut table = CsvRows::new(out);
    table.row(["source", "target", "weight", "source_name", "target_name", "type"])?;
    let kind = if network.is_directed() { "Directed" } else { "Undirected" };
    let mut rows = 0;
    for (from, to, weight) in network.ties() {
        let (weight, names) = (number(weight), (name(network, from), name(network, to)));
        table.row([code(network, from), code(network, to), &weight, names.0, names.1, kind])?;
        rows += 1;
    }
    table.finish()?;
    Ok(TableReport { rows, isolates: network.isolate_count() })
}
