//! The older part of the journal: its entries packed many to a block, for the engine takes three to five
//! times the bytes of an entry that stands alone.
//!
//! A block is written, and its entries are removed from where they stood alone, in one transaction: each
//! entry is in one place whenever a process dies. A full block is never written again.

use bincode::{Decode, Encode};

use super::engine::{Engine, Tree, Write};
use super::envelope::{Flaw, Record, encode, read, read_all, seal};
use super::error::StoreError;
use super::journal::EntryV1;
use super::records::number_of;
use crate::graph::limits::BLOCK_BYTES;

/// The last entries stay alone, however many there are: an opening looks at the last one, at the one that
/// `HEAD` names, and unpacks no block for it.
const ALONE: u64 = 4;

/// Consecutive entries, in order; the key is the commit of the last one.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub(super) struct BlockV1 {
    pub(super) entries: Vec<EntryV1>,
}

impl Record for BlockV1 {}

/// The last commit whose entry is in a block; 0 where there is none.
pub(super) fn last_archived(engine: &Engine) -> Result<u64, StoreError> {
    let key = engine.last_key(Tree::Archive)?;
    Ok(key.as_deref().and_then(<[u8]>::first_chunk::<8>).map_or(0, |commit| u64::from_be_bytes(*commit)))
}

/// The entry of a commit, where it is in a block.
pub(super) fn entry_in(engine: &Engine, commit: u64) -> Result<Option<EntryV1>, StoreError> {
    let mut found = None;
    engine.scan(Tree::Archive, &commit.to_be_bytes(), |key, _| {
        found = key.first_chunk::<8>().copied();
        false
    })?;
    let Some(key) = found else { return Ok(None) };
    let block: Option<BlockV1> = read(engine, Tree::Archive, &key)?;
    Ok(block.and_then(|block| block.entries.into_iter().find(|entry| entry.body.commit == commit)))
}

/// Visits the entries in blocks that come after a commit, in order, and returns the last one's commit.
pub(super) fn visit_after(
    engine: &Engine,
    commit: u64,
    mut take: impl FnMut(EntryV1) -> Result<(), StoreError>,
) -> Result<u64, StoreError> {
    let mut last = commit;
    read_all(engine, Tree::Archive, &(commit + 1).to_be_bytes(), |key, block: BlockV1| {
        let flaw = |flaw: Flaw| flaw.at(engine, Tree::Archive, key);
        for entry in block.entries.into_iter().skip_while(|entry| entry.body.commit <= commit) {
            if entry.body.commit != last + 1 {
                return Err(flaw(Flaw(format!("commit {} is missing from the journal", last + 1))));
            }
            last += 1;
            take(entry)?;
        }
        if number_of(key).map_err(flaw)? != last {
            return Err(flaw(Flaw(format!("the block ends with commit {last}"))));
        }
        Ok(())
    })?;
    Ok(last)
}

/// Packs entries into blocks of `rows` as long as more than that stand alone after the commit `archived`, up
/// to which they are in blocks already; `last` is the last commit. Returns the new `archived`.
pub(super) fn pack(engine: &Engine, mut archived: u64, last: u64, rows: usize) -> Result<u64, StoreError> {
    let rows = rows.max(1);
    while last.saturating_sub(archived) >= rows as u64 + ALONE {
        let (entries, keys) = alone_after(engine, archived, rows)?;
        let Some(end) = entries.last().map(|entry| entry.body.commit) else { break };
        let mut writes = seal(Tree::Archive, &end.to_be_bytes(), &BlockV1 { entries })?;
        writes.extend(keys.into_iter().map(|key| Write { tree: Tree::Journal, key, value: None }));
        engine.transact(&writes)?;
        archived = end;
    }
    Ok(archived)
}

/// The next entries for a block, and all keys that they take alone.
fn alone_after(
    engine: &Engine,
    archived: u64,
    rows: usize,
) -> Result<(Vec<EntryV1>, Vec<Vec<u8>>), StoreError> {
    let mut entries: Vec<EntryV1> = Vec::new();
    let mut bytes = 0;
    let from = (archived + 1).to_be_bytes();
    while entries.len() < rows && bytes < BLOCK_BYTES {
        let commit = archived + 1 + entries.len() as u64;
        let key = commit.to_be_bytes();
        let entry: Option<EntryV1> = read(engine, Tree::Journal, &key)?;
        let missing = || Flaw(format!("commit {commit} is missing from the journal"));
        let entry = entry.ok_or_else(|| missing().at(engine, Tree::Journal, &key))?;
        bytes += encode(&entry, "a journal entry")?.len();
        entries.push(entry);
    }
    let end = archived + entries.len() as u64;
    let mut keys = Vec::with_capacity(entries.len());
    engine.scan(Tree::Journal, &from, |key, _| {
        let taken = key.first_chunk::<8>().is_some_and(|commit| u64::from_be_bytes(*commit) <= end);
        if taken {
            keys.push(key.to_vec());
        }
        taken
    })?;
    Ok((entries, keys))
}

#[cfg(test)]
mod tests {
    use super::super::journal::{BodyV1, Heading, entry_of, last_commit, visit};
    use super::*;

    /// What stores an entry under its own key.
    fn alone(entry: &EntryV1) -> Vec<Write> {
        seal(Tree::Journal, &entry.body.commit.to_be_bytes(), entry).unwrap()
    }

    fn entry(commit: u64) -> EntryV1 {
        let heading = Heading { at_millis: 0, actor: "a", command: "b", summary: "c" };
        EntryV1 { body: BodyV1::of_bulk(commit, &heading, (1, 0), (commit, 0)), chain: commit * 10 }
    }

    fn block(commits: std::ops::RangeInclusive<u64>) -> Vec<Write> {
        let key = commits.end().to_be_bytes();
        seal(Tree::Archive, &key, &BlockV1 { entries: commits.map(entry).collect() }).unwrap()
    }

    fn commits(engine: &Engine) -> Result<Vec<u64>, StoreError> {
        let mut commits = Vec::new();
        let last = visit(engine, |entry| {
            commits.push(entry.body.commit);
            Ok(())
        })?;
        assert_eq!(commits.last().copied().unwrap_or(0), last);
        Ok(commits)
    }

    fn filled(writes: &[Vec<Write>]) -> (tempfile::TempDir, Engine) {
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::open(folder.path(), folder.path(), 4 * 1024 * 1024, true).unwrap();
        engine.transact(&writes.concat()).unwrap();
        (folder, engine)
    }

    #[test]
    fn an_entry_that_is_in_a_block_and_alone_is_told_once() {
        let alone = (1..=7).map(|commit| alone(&entry(commit)));
        let writes: Vec<_> = alone.chain([block(1..=2), block(3..=5)]).collect();
        let (_folder, engine) = filled(&writes);
        assert_eq!(commits(&engine).unwrap(), [1, 2, 3, 4, 5, 6, 7]);
        assert_eq!((last_archived(&engine).unwrap(), last_commit(&engine).unwrap()), (5, 7));
    }

    #[test]
    fn every_entry_is_found_by_its_commit() {
        let (_folder, engine) = filled(&[block(1..=2), block(3..=5), alone(&entry(6))]);
        for commit in 1..=6 {
            assert_eq!(entry_of(&engine, commit).unwrap(), Some(entry(commit)));
        }
        assert_eq!((entry_of(&engine, 0).unwrap(), entry_of(&engine, 7).unwrap()), (None, None));
        // With no entry alone the blocks tell the last commit.
        let (_folder, engine) = filled(&[block(1..=2)]);
        assert_eq!(last_commit(&engine).unwrap(), 2);
    }

    #[test]
    fn a_gap_is_damage_wherever_it_is() {
        for writes in [
            vec![block(2..=3)],
            vec![block(1..=2), block(4..=5)],
            vec![block(1..=2), alone(&entry(4))],
            vec![alone(&entry(1)), alone(&entry(3))],
            // A block under the key of another one.
            vec![seal(Tree::Archive, &3_u64.to_be_bytes(), &BlockV1 { entries: vec![entry(1)] }).unwrap()],
        ] {
            let (_folder, engine) = filled(&writes);
            assert!(matches!(commits(&engine), Err(StoreError::Corrupt { .. })), "{writes:?}");
        }
    }

    /// By number, and by bytes where entries are large: a text of 200 KiB, so that three exceed a block.
    #[test]
    fn blocks_are_full_and_the_last_entries_stay_alone() {
        let large = |commit: u64| {
            let summary = "x".repeat(200 * 1024);
            let heading = Heading { at_millis: 0, actor: "a", command: "b", summary: &summary };
            EntryV1 { body: BodyV1::of_bulk(commit, &heading, (1, 0), (1, 0)), chain: 0 }
        };
        for (make, rows, archived, blocks) in [
            (entry as fn(u64) -> EntryV1, 5, 10, 2),
            (entry, 14, 0, 0),
            (large as fn(u64) -> EntryV1, 5, 9, 3),
        ] {
            let writes: Vec<_> = (1..=16).map(|commit| alone(&make(commit))).collect();
            let (_folder, engine) = filled(&writes);
            assert_eq!(pack(&engine, 0, 16, rows).unwrap(), archived);
            assert_eq!(last_archived(&engine).unwrap(), archived);
            assert_eq!(commits(&engine).unwrap(), (1..=16).collect::<Vec<_>>());
            let mut found = 0;
            read_all(&engine, Tree::Archive, &[], |_, _: BlockV1| {
                found += 1;
                Ok(())
            })
            .unwrap();
            assert_eq!(found, blocks);
        }
    }
}
