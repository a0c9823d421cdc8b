//! Which ids does a table of edges give twice, and which number does a made id get? In bounded memory.
//!
//! A table is held as 64-bit hashes of its ids, eight bytes a row; only ids whose hashes meet are looked at
//! in full, in a second reading.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::BuildHasher;

use hashbrown::DefaultHashBuilder;

use super::BulkError;
use super::columns::{Table, rows_of};
use super::edges::{EdgeBatch, IdColumns, MadeId};
use super::ground::{BlockReading, Ground, Noted};
use super::pipeline::{Reader, Text};
use crate::exchange::cell::id_fault;
use crate::exchange::package::Reading as _;
use crate::exchange::remarks::Oddity;
use crate::graph::{KeyId, Property};
use crate::value::Value;
use crate::workers;

/// The hashes that come twice, from all of them.
fn met(mut hashes: Vec<u64>) -> HashSet<u64> {
    workers::sort(&mut hashes);
    hashes.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect()
}

/// Finds the rows whose id a row above has; `written` are the hashes of all ids of the table.
pub(super) fn repeated_ids<E>(
    reader: Reader<'_>,
    table: &Table<'_>,
    ground: &Ground<'_>,
    hasher: &DefaultHashBuilder,
    written: Vec<u64>,
) -> Result<(Vec<Noted>, BTreeSet<u64>), BulkError<E>> {
    let met = met(written);
    let (mut reading, mut rows) = (BlockReading::new(ground), BTreeSet::new());
    if met.is_empty() {
        return Ok((reading.noted, rows));
    }
    let mut first: HashMap<String, u64> = HashMap::new();
    let mut place = table.place_at(0);
    let at = table.at("id");
    let suspects = |_: &mut (), text: &Text| {
        let mut rows = rows_of(text);
        let mut found: Vec<(u64, String)> = Vec::new();
        while table.advance(&mut rows) {
            let id = rows.cell(at);
            if !id.is_empty() && met.contains(&hasher.hash_one(id)) && id_fault(id).is_none() {
                found.push((rows.number(), id.to_owned()));
            }
        }
        found
    };
    reader.blocks(
        &table.path,
        || (),
        suspects,
        |found, _| {
            for (row, id) in found {
                place.row = row;
                match first.get(&id) {
                    Some(above) => {
                        reading.repeated_id(&place, &id, *above);
                        rows.insert(row);
                    }
                    None => drop(first.insert(id, row)),
                }
            }
            Ok(())
        },
    )?;
    Ok((reading.noted, rows))
}

/// Numbers the made ids of a table as the planner does: from the second time on with a counter, and past
/// ids that rows have in writing.
pub(super) struct MadeIds {
    /// Sorted.
    written: Vec<u64>,
    /// Hashes of made ids that come twice or that are written too.
    met: HashSet<u64>,
    counts: HashMap<String, u32>,
    /// Hashes of the rows whose made id comes twice.
    said: HashSet<u64>,
}

impl MadeIds {
    /// Reads which ids a table writes and which are to be made.
    pub(super) fn of<E>(
        reader: Reader<'_>,
        table: &Table<'_>,
        edge_type: &str,
        hasher: &DefaultHashBuilder,
    ) -> Result<Self, BulkError<E>> {
        let columns = IdColumns::of(table);
        let read = |_: &mut (), text: &Text| {
            let mut rows = rows_of(text);
            let (mut written, mut made) = (Vec::new(), Vec::new());
            while table.advance(&mut rows) {
                match rows.cell(columns.id) {
                    "" => made.push(hasher.hash_one(columns.made(&rows, edge_type).as_str())),
                    id => written.push(hasher.hash_one(id)),
                }
            }
            (written, made)
        };
        let (mut written, mut made) = (Vec::new(), Vec::new());
        reader.blocks(
            &table.path,
            || (),
            read,
            |found: (Vec<u64>, Vec<u64>), _| {
                written.extend(found.0);
                made.extend(found.1);
                Ok(())
            },
        )?;
        workers::sort(&mut written);
        written.dedup();
        let mut both: Vec<u64> =
            made.iter().copied().filter(|hash| written.binary_search(hash).is_ok()).collect();
        both.extend(met(made));
        Ok(Self { written, met: both.into_iter().collect(), counts: HashMap::new(), said: HashSet::new() })
    }

    /// Gives the edges of a batch of a file without a written id the ones that they are due, and notes rows that
    /// say the same as one above.
    pub(super) fn number(
        &mut self,
        file: &str,
        batch: &mut EdgeBatch,
        id_key: KeyId,
        hasher: &DefaultHashBuilder,
    ) {
        for MadeId { at, id: hash, row } in &batch.made {
            if !self.met.contains(hash) {
                continue;
            }
            if let Some(number) = batch.rows.get(*at).filter(|_| !self.said.insert(*row)) {
                batch.remarks.note(file, *number, "", Oddity::Repeated, "");
            }
            let Some(edge) = batch.edges.get_mut(*at) else { continue };
            let Some(Property::Fixed(Value::Text(base))) = edge.properties.get(id_key) else { continue };
            let count = self.counts.entry(base.to_string()).or_insert(0);
            let id = loop {
                *count += 1;
                let id = if *count == 1 { base.to_string() } else { format!("{base}.{count}") };
                if self.written.binary_search(&hasher.hash_one(id.as_str())).is_err() {
                    break id;
                }
            };
            edge.properties.insert(id_key, Property::Fixed(Value::Text(id.into())));
        }
    }
}
