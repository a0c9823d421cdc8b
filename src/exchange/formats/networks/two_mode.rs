//! Governments by arrangements: the two-mode network that the ties are projected from.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use super::rows::{CsvRows, code, name};
use super::{Dates, TableFormat, TableReport};
use crate::exchange::error::ExchangeError;
use crate::graph::NodeIx;
use crate::study::Slice;

pub(super) const FORMAT: TableFormat = TableFormat {
    name: "two-mode",
    about: "Governments and the arrangements that tie them, as a CSV of 0 and 1",
    dates: Dates::One,
    write,
};

/// Each arrangement by its id, and the governments that it ties, in the order of the ids.
fn arrangements(slice: &Slice) -> Vec<(String, BTreeSet<NodeIx>)> {
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
    let id = |ix: NodeIx| {
        let id = snapshot.node_at(ix).and_then(|node| node.text_id());
        id.map_or_else(String::new, |id| id.to_string())
    };
    let mut arrangements: Vec<_> = takes_part.into_iter().map(|(ix, parties)| (id(ix), parties)).collect();
    arrangements.sort();
    arrangements
}

fn write(slices: &[&Slice], out: &mut dyn Write) -> Result<TableReport, ExchangeError> {
    let Some(slice) = slices.first() else { return Ok(TableReport::default()) };
    let arrangements = arrangements(slice);
    let mut table = CsvRows::new(out);
    let ids = arrangements.iter().map(|(id, _)| id.as_str());
    table.row(["code", "name"].into_iter().chain(ids))?;
    for (node, government) in slice.network.node_ids().zip(&slice.governments) {
        let cells =
            arrangements.iter().map(|(_, parties)| if parties.contains(government) { "1" } else { "0" });
        let head = [code(&slice.network, node), name(&slice.network, node)];
        table.row(head.into_iter().chain(cells))?;
    }
    table.finish()?;
    Ok(TableReport { rows: slice.governments.len(), isolates: 0 })
}
