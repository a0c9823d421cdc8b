//! Numbers or days under a key, in order: built when first asked for, then searched.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::graph::columns::RowGroups;
use crate::graph::{IndexKind, KeyId};
use crate::workers;

/// Rows that one task reads.
const ROWS_PER_TASK: u32 = 1 << 16;

/// The place of a value, and a row that holds it.
pub(in crate::graph) type Entry = (u64, u32);

type ByKey = HashMap<(KeyId, IndexKind), Arc<Vec<Entry>>>;

/// The indexes of one kind of element, by key.
#[derive(Debug, Default)]
pub(in crate::graph) struct OrderedIndex(RwLock<ByKey>);

impl OrderedIndex {
    /// The index of a key, built where it is not there yet.
    pub(in crate::graph) fn of(&self, key: KeyId, kind: IndexKind, elements: &RowGroups) -> Arc<Vec<Entry>> {
        // A reader that panicked has left a complete map behind: entries are put in whole.
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&(key, kind)).map(Arc::clone);
        known.unwrap_or_else(|| {
            let built = Arc::new(build(key, kind, elements));
            let mut indexes = self.0.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(indexes.entry((key, kind)).or_insert(built))
        })
    }
}

fn build(key: KeyId, kind: IndexKind, elements: &RowGroups) -> Vec<Entry> {
    let rows = elements.rows();
    let of_task = |task: u32| {
        let mut found = Vec::new();
        for row in task * ROWS_PER_TASK..rows.min((task + 1) * ROWS_PER_TASK) {
            if let Some(property) = elements.property(row, key) {
                found.extend(kind.places(&property).map(|place| (place, row)));
            }
        }
        found
    };
    let mut entries: Vec<Entry> = workers::flat_map(0..rows.div_ceil(ROWS_PER_TASK), of_task);
    workers::sort(&mut entries);
    entries.dedup();
    entries
}
