//! What of an engine counts: what the manifest refers to, without what merges left behind.

use std::collections::BTreeSet;
use std::path::Path;

use super::engine::{Engine, Tree};
use super::envelope::{Flaw, check_values, fits};
use super::error::StoreError;
use super::journal::{chain_after, chain_start, visit};
use super::load::check_chunks;
use super::manifest::{CHUNK_TREES, GARBAGE_KEY, Manifest, TREES};

/// Which keys count.
pub(super) struct Live {
    chunks: [BTreeSet<u64>; TREES],
    names: [u32; 3],
    merged: u64,
}

impl Live {
    pub(super) fn of(manifest: &Manifest) -> Self {
        let chunks = manifest.directories.each_ref();
        let chunks = chunks.map(|entries| entries.iter().map(|entry| entry.chunk).collect());
        Self { chunks, names: manifest.state.names, merged: manifest.state.merged }
    }

    fn wants(&self, tree: Tree, key: &[u8]) -> bool {
        let number = key.first_chunk::<8>().map(|number| u64::from_be_bytes(*number));
        match tree {
            Tree::Meta => !key.starts_with(GARBAGE_KEY),
            Tree::Migrations | Tree::Journal | Tree::Archive => true,
            Tree::Dictionary => match key {
                [kind, high, low, ..] => {
                    let count = self.names.get(usize::from(*kind));
                    count.is_some_and(|count| u32::from(u16::from_be_bytes([*high, *low])) < *count)
                }
                _ => false,
            },
            Tree::Nodes | Tree::AdjOut | Tree::AdjIn | Tree::Index => {
                let place = CHUNK_TREES.iter().position(|own| *own == tree);
                place.zip(number).is_some_and(|(place, number)| self.chunks[place].contains(&number))
            }
            Tree::Log => number.is_some_and(|commit| commit > self.merged),
        }
    }

    /// Visits all that counts, tree by tree in ascending order, each value held against its checksum.
    pub(super) fn visit(
        &self,
        engine: &Engine,
        mut take: impl FnMut(Tree, &[u8], &[u8]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        for tree in Tree::ALL {
            let mut outcome = Ok(());
            engine.scan(tree, &[], |key, value| {
                if self.wants(tree, key) {
                    outcome = if fits(tree, key, value) {
                        take(tree, key, value)
                    } else {
                        Err(Flaw::new("it does not fit its checksum").at(engine, tree, key))
                    };
                }
                outcome.is_ok()
            })?;
            outcome?;
        }
        Ok(())
    }
}

/// What an engine that was filled with another one's values must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Expected {
    pub(super) store: u64,
    pub(super) commit: u64,
    pub(super) chain: u64,
    pub(super) merged: u64,
}

/// Whether a filled engine is whole: every record, all chunks of the directory, the journal with its hash
/// chain, and the log up to the last commit.
pub(super) fn check_whole(engine: &Engine, expected: Expected) -> Result<(), StoreError> {
    let corrupt = |detail: &str| StoreError::corrupt(&engine.data_path(), detail);
    for tree in Tree::ALL {
        check_values(engine, tree, |_| true)?;
    }
    let manifest = Manifest::read(engine)?.ok_or_else(|| corrupt("it holds no state"))?;
    if (manifest.state.store, manifest.state.merged) != (expected.store, expected.merged) {
        return Err(corrupt("its state is of another store or another time"));
    }
    for (tree, directory) in CHUNK_TREES.into_iter().zip(&manifest.directories) {
        let named: BTreeSet<u64> = directory.iter().map(|entry| entry.chunk).collect();
        if numbers_of(engine, tree)? != named {
            return Err(corrupt(&format!("{} holds other chunks than the directory names", tree.name())));
        }
    }
    check_chunks(engine, &manifest)?;
    let logged = numbers_of(engine, Tree::Log)?;
    if !logged.into_iter().eq(expected.merged + 1..=expected.commit) {
        return Err(corrupt("the log is not the one between the chunks and the last commit"));
    }
    let mut chain = chain_start(expected.store);
    let last = visit(engine, |entry| {
        chain = chain_after(chain, &entry.body)?;
        Ok(())
    })?;
    if (last, chain) != (expected.commit, expected.chain) {
        return Err(corrupt("the journal does not lead to the last commit"));
    }
    Ok(())
}

/// The numbers that the keys of a tree begin with.
fn numbers_of(engine: &Engine, tree: Tree) -> Result<BTreeSet<u64>, StoreError> {
    let mut numbers = BTreeSet::new();
    engine.scan(tree, &[], |key, _| {
        numbers.extend(key.first_chunk::<8>().map(|number| u64::from_be_bytes(*number)));
        true
    })?;
    Ok(numbers)
}

/// An error that names `file` instead of the engine's file in the making.
pub(super) fn blamed_on(file: &Path, advice: &'static str, error: StoreError) -> StoreError {
    match error {
        StoreError::Corrupt { detail, .. } => StoreError::Corrupt { file: file.to_owned(), detail, advice },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::super::engine::Write;
    use super::super::envelope::seal;
    use super::super::manifest::{ChunkEntryV1, GarbageV1, garbage_writes};
    use super::*;

    /// What killed merges leave: a replaced chunk, one that was never finished, a merged log record, a name that
    /// the state does not count, the note of what is to be removed.
    #[test]
    fn what_nothing_refers_to_does_not_count() {
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::open(folder.path(), folder.path(), 4 * 1024 * 1024, true).unwrap();
        let mut manifest = Manifest::new(7);
        manifest.directories[0] = vec![ChunkEntryV1 { first: 0, chunk: 5, rows: 1, earliest: 0, latest: 0 }];
        (manifest.state.next_chunk, manifest.state.merged, manifest.state.names) = (6, 3, [1, 0, 0]);
        // Any record: only the keys are looked at.
        let some = |tree, key: &[u8]| seal(tree, key, &GarbageV1::default()).unwrap();
        let number = |number: u64| number.to_be_bytes();
        let counts: Vec<Vec<Write>> = vec![
            manifest.writes(None).unwrap(),
            some(Tree::Migrations, &[0, 0, 0, 0, 1]),
            some(Tree::Dictionary, &[0, 0, 0]),
            some(Tree::Nodes, &number(5)),
            some(Tree::Log, &number(4)),
            some(Tree::Journal, &number(1)),
            some(Tree::Archive, &number(1)),
        ];
        let left = vec![
            garbage_writes(&GarbageV1::default()).unwrap(),
            some(Tree::Dictionary, &[0, 0, 1]),
            some(Tree::Dictionary, &[1, 0, 0]),
            some(Tree::Nodes, &number(4)),
            some(Tree::Nodes, &number(6)),
            some(Tree::AdjOut, &number(5)),
            some(Tree::Log, &number(3)),
        ];
        let keys = |writes: &[Vec<Write>]| -> BTreeSet<(Tree, Vec<u8>)> {
            writes.concat().into_iter().map(|write| (write.tree, write.key)).collect()
        };
        engine.transact(&[counts.concat(), left.concat()].concat()).unwrap();
        // A key that a killed process left without its value.
        engine.transact(&[Write { tree: Tree::Nodes, key: vec![9; 10], value: Some(vec![]) }]).unwrap();
        let mut found = BTreeSet::new();
        let live = Live::of(&manifest);
        live.visit(&engine, |tree, key, _| {
            found.insert((tree, key.to_vec()));
            Ok(())
        })
        .unwrap();
        assert_eq!(found, keys(&counts));
        assert!(keys(&left).is_disjoint(&found));
    }
}
