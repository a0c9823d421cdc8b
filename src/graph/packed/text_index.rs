//! Which elements hold a text under a key: built when first asked for, then looked up.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::graph::KeyId;
use crate::graph::columns::RowGroups;
use crate::value::text_hash;
use crate::workers;

/// Rows that one task reads.
const ROWS_PER_TASK: u32 = 1 << 16;

/// The indices of one kind of element, by key.
#[derive(Debug, Default)]
pub(in crate::graph) struct TextIndex(RwLock<HashMap<KeyId, Arc<Hashes>>>);

impl TextIndex {
    /// The index of a key, built where it is not there yet.
    pub(in crate::graph) fn of(&self, key: KeyId, elements: &RowGroups) -> Arc<Hashes> {
        // A reader that panicked has left a complete map behind: entries are put in whole.
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&key).map(Arc::clone);
        known.unwrap_or_else(|| {
            let built = Arc::new(Hashes::build(key, elements, elements.rows()));
            let mut indices = self.0.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(indices.entry(key).or_insert(built))
        })
    }
}

/// Hashes of texts and the rows that hold them: eight bytes a text, whatever its length. Rows with the same
/// hash are candidates; the reader compares the texts.
#[derive(Debug)]
pub(in crate::graph) struct Hashes(Vec<u64>);

impl Hashes {
    fn build(key: KeyId, elements: &RowGroups, rows: u32) -> Self {
        let tasks = rows.div_ceil(ROWS_PER_TASK);
        let of_task = |task: u32| {
            let range = task * ROWS_PER_TASK..rows.min((task + 1) * ROWS_PER_TASK);
            let mut found = Vec::new();
            elements.texts(key, range, |row, text| found.push(entry(text, row)));
            found
        };
        let mut entries: Vec<u64> = workers::flat_map(0..tasks, of_task);
        workers::sort(&mut entries);
        entries.dedup();
        Self(entries)
    }

    /// Rows that may hold a text, ascending.
    pub(in crate::graph) fn candidates(&self, text: &str) -> impl Iterator<Item = u32> {
        let (first, last) = (entry(text, 0), entry(text, u32::MAX));
        let start = self.0.partition_point(|own| *own < first);
        self.0[start..].iter().take_while(move |own| **own <= last).map(|own| *own as u32)
    }
}

fn entry(text: &str, row: u32) -> u64 {
    u64::from(text_hash(text)) << 32 | u64::from(row)
}
