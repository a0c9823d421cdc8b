//! Measured networks as tables of other programs: lists of edges, matrices, two modes.
//!
//! What is written is the network of a [`Slice`], so that a program that reads it measures what the analysis measured.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use super::error::ExchangeError;
use crate::graph::NodeIx;
use crate::network::Network;
use crate::study::Slice;

/// Which table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkTable {
    /// A row a tied pair: codes and names of both, and the weight; of a network without orientation each pair once.
    Edges,
    /// A row and a column a government, the weight where they meet, 0 where there is no tie.
    Matrix,
    /// The same matrix in the form of UCINET's DL.
    Dl,
    /// A row a date and tied pair.
    Pairs,
    /// A row a government and a column an arrangement that ties some of them, 1 where it takes part.
    TwoMode,
}

/// What a table holds, and what it cannot hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableReport {
    /// Rows below the header.
    pub rows: usize,
    /// Governments without a tie, which a list of edges does not name.
    pub isolates: usize,
}

/// Writes the networks of some dates as a table; all but [`NetworkTable::Pairs`] take one date.
///
/// # Errors
/// [`ExchangeError`] where the output cannot be written.
pub fn write_networks(
    slices: &[&Slice],
    table: NetworkTable,
    out: impl Write,
) -> Result<TableReport, ExchangeError> {
    let Some(slice) = slices.first() else { return Ok(TableReport::default()) };
    match table {
        NetworkTable::Edges => edges(&slice.network, out),
        NetworkTable::Matrix => matrix(&slice.network, out),
        NetworkTable::Dl => dl(&slice.network, out),
        NetworkTable::Pairs => pairs(slices, out),
        NetworkTable::TwoMode => two_mode(slice, out),
    }
}

fn code(network: &Network, node: u32) -> &str {
    network.code(node).map_or("", AsRef::as_ref)
}

fn name(network: &Network, node: u32) -> &str {
    network.label(node).map_or("", AsRef::as_ref)
}

/// A number as short as it can be and still be read as the same one.
fn number(weight: f64) -> String {
    weight.to_string()
}

/// Writes a row; an error of the output is told as the system told it.
fn row<W: Write>(
    table: &mut csv::Writer<W>,
    cells: impl IntoIterator<Item = impl AsRef<[u8]>>,
) -> Result<(), ExchangeError> {
    table.write_record(cells).map_err(|error| match error.into_kind() {
        csv::ErrorKind::Io(error) => error.into(),
        other => std::io::Error::other(format!("{other:?}")).into(),
    })
}

fn csv_of<W: Write>(out: W) -> csv::Writer<W> {
    csv::Writer::from_writer(out)
}

fn edges(network: &Network, out: impl Write) -> Result<TableReport, ExchangeError> {
    let mut table = csv_of(out);
    row(&mut table, ["source", "target", "weight", "source_name", "target_name", "type"])?;
    let kind = if network.is_directed() { "Directed" } else { "Undirected" };
    let mut rows = 0;
    for (from, to, weight) in network.ties() {
        row(
            &mut table,
            [
                code(network, from),
                code(network, to),
                &number(weight),
                name(network, from),
                name(network, to),
                kind,
            ],
        )?;
        rows += 1;
    }
    table.flush()?;
    Ok(TableReport { rows, isolates: network.isolate_count() })
}

fn row_of(network: &Network, node: u32) -> Vec<String> {
    let own: BTreeMap<u32, f64> =
        network.out_neighbours(node).iter().copied().zip(network.out_weights(node).iter().copied()).collect();
    network.node_ids().map(|other| own.get(&other).map_or("0".to_owned(), |weight| number(*weight))).collect()
}

fn matrix(network: &Network, out: impl Write) -> Result<TableReport, ExchangeError> {
    let mut table = csv_of(out);
    let codes = network.node_ids().map(|node| code(network, node));
    row(&mut table, std::iter::once("").chain(codes))?;
    for node in network.node_ids() {
        let cells = row_of(network, node);
        let head = std::iter::once(code(network, node));
        row(&mut table, head.chain(cells.iter().map(String::as_str)))?;
    }
    table.flush()?;
    Ok(TableReport { rows: network.node_count(), isolates: 0 })
}

/// Labels stand in quotes: UCINET takes blanks and commas for their ends.
fn dl(network: &Network, mut out: impl Write) -> Result<TableReport, ExchangeError> {
    writeln!(out, "dl n={} format=fullmatrix", network.node_count())?;
    writeln!(out, "labels:")?;
    let labels: Vec<String> =
        network.node_ids().map(|node| format!("\"{}\"", code(network, node).replace('"', "'"))).collect();
    writeln!(out, "{}", labels.join(","))?;
    writeln!(out, "data:")?;
    for node in network.node_ids() {
        writeln!(out, "{}", row_of(network, node).join(" "))?;
    }
    out.flush()?;
    Ok(TableReport { rows: network.node_count(), isolates: 0 })
}

fn pairs(slices: &[&Slice], out: impl Write) -> Result<TableReport, ExchangeError> {
    let mut table = csv_of(out);
    row(&mut table, ["date", "source", "target", "weight", "source_name", "target_name"])?;
    let mut rows = 0;
    for slice in slices {
        let network = &slice.network;
        for (from, to, weight) in network.ties() {
            row(
                &mut table,
                [
                    slice.moment.to_string().as_str(),
                    code(network, from),
                    code(network, to),
                    &number(weight),
                    name(network, from),
                    name(network, to),
                ],
            )?;
            rows += 1;
        }
    }
    table.flush()?;
    Ok(TableReport { rows, isolates: 0 })
}

fn two_mode(slice: &Slice, out: impl Write) -> Result<TableReport, ExchangeError> {
    let attributes = slice.counted.ties.attributes();
    let mut takes_part: BTreeMap<NodeIx, BTreeSet<NodeIx>> = BTreeMap::new();
    for (at, row) in slice.counted.rows.iter().enumerate() {
        if let Some((arrangement, (source, target))) =
            attributes.arrangement(*row as usize).zip(slice.counted.ends(at))
        {
            takes_part.entry(arrangement).or_default().extend([source, target]);
        }
    }
    let snapshot = slice.counted.ties.snapshot();
    let id = |ix: &NodeIx| {
        let id = snapshot.node_at(*ix).and_then(|node| node.text_id());
        id.map_or_else(String::new, |id| id.to_string())
    };
    let mut arrangements: Vec<(String, &BTreeSet<NodeIx>)> =
        takes_part.iter().map(|(ix, parties)| (id(ix), parties)).collect();
    arrangements.sort();
    let mut table = csv_of(out);
    let ids = arrangements.iter().map(|(id, _)| id.as_str());
    row(&mut table, ["code", "name"].into_iter().chain(ids))?;
    for (node, government) in slice.network.node_ids().zip(&slice.governments) {
        let cells =
            arrangements.iter().map(|(_, parties)| if parties.contains(government) { "1" } else { "0" });
        let head = [code(&slice.network, node), name(&slice.network, node)];
        row(&mut table, head.into_iter().chain(cells))?;
    }
    table.flush()?;
    Ok(TableReport { rows: slice.governments.len(), isolates: 0 })
}
