//! Which ids does a table of edges give twice, and which id does a row without one get (S22)? In bounded memory.
//!
//! A table is held as 64-bit hashes of its ids, eight bytes a row; only ids whose hashes meet are looked at
//! in full, in a second reading.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::BuildHasher;

use hashbrown::DefaultHashBuilder;

use super::edges::IdColumns;
use super::known::{BlockContext, Known, Noted};
use crate::exchange::cell::id_fault;
use crate::exchange::package::read::{Block, BlockReader, Halt, PackageTable, RowContext as _};
use crate::workers;

/// The parts that are not empty, joined by points.
pub(in crate::exchange) fn id_of_parts<'p>(parts: impl IntoIterator<Item = &'p str>) -> String {
    let mut id = String::new();
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        if !id.is_empty() {
            id.push('.');
        }
        id.push_str(part);
    }
    id
}

/// Counts ids that are made of the same parts. The counter counts rows of the package only, so that importing it again
/// makes the same ids.
#[derive(Debug, Default)]
pub(super) struct IdCounter {
    made: HashMap<String, u32>,
}

impl IdCounter {
    /// The id itself, and from the second time on with a counter, past ids that rows have in writing.
    pub(super) fn next(&mut self, base: &str, is_written: impl Fn(&str) -> bool) -> String {
        let count = self.made.entry(base.to_owned()).or_insert(0);
        loop {
            *count += 1;
            let id = if *count == 1 { base.to_owned() } else { format!("{base}.{count}") };
            if !is_written(&id) {
                return id;
            }
        }
    }
}

/// The hashes that come twice, from all of them.
fn met(mut hashes: Vec<u64>) -> HashSet<u64> {
    workers::sort(&mut hashes);
    hashes.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect()
}

/// Finds the rows whose id a row above has; `written` are the hashes of all ids of the table.
pub(super) fn repeated_ids<E>(
    reader: &BlockReader<'_>,
    table: &PackageTable<'_>,
    known: &Known<'_>,
    hasher: &DefaultHashBuilder,
    written: Vec<u64>,
) -> Result<(Vec<Noted>, BTreeSet<u64>), Halt<E>> {
    let met = met(written);
    let (mut context, mut rows) = (BlockContext::new(known), BTreeSet::new());
    if met.is_empty() {
        return Ok((context.noted, rows));
    }
    let mut first: HashMap<String, u64> = HashMap::new();
    let mut place = table.place_at(0);
    let at = table.at("id");
    let suspects = |_: &mut (), block: &Block<'_>| {
        let mut rows = block.rows();
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
        &table.contents,
        || (),
        suspects,
        |found, _| {
            for (row, id) in found {
                place.row = row;
                match first.get(&id) {
                    Some(above) => {
                        context.repeated_id(&place, &id, *above);
                        rows.insert(row);
                    }
                    None => drop(first.insert(id, row)),
                }
            }
            Ok(())
        },
    )?;
    Ok((context.noted, rows))
}

/// What must be known of all ids of a table before one is made.
pub(in crate::exchange) struct Census {
    hasher: DefaultHashBuilder,
    /// Hashes of the ids that rows have in writing, sorted.
    written: Vec<u64>,
    /// Hashes of ids that would be made twice, or that a row has in writing.
    met: HashSet<u64>,
}

impl Census {
    /// Reads all ids of a table of edges.
    pub(super) fn of<E>(
        reader: &BlockReader<'_>,
        table: &PackageTable<'_>,
        edge_type: &str,
    ) -> Result<Self, Halt<E>> {
        let hasher = DefaultHashBuilder::default();
        let columns = IdColumns::of(table);
        let read = |_: &mut (), block: &Block<'_>| {
            let mut rows = block.rows();
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
            &table.contents,
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
        Ok(Self { hasher, written, met: both.into_iter().collect() })
    }

    /// That of a table all of whose ids are made, from their hashes.
    pub(in crate::exchange) fn of_made(hasher: DefaultHashBuilder, made: Vec<u64>) -> Self {
        Self { hasher, written: Vec::new(), met: met(made) }
    }

    /// Whether an id that is made may have to be counted.
    pub(super) fn is_met(&self, id: &str) -> bool {
        !self.met.is_empty() && self.met.contains(&self.hasher.hash_one(id))
    }

    /// Whether a row has an id in writing.
    pub(super) fn is_written(&self, id: &str) -> bool {
        self.written.binary_search(&self.hasher.hash_one(id)).is_ok()
    }
}
