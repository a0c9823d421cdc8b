//! The older part of the journal: its entries packed many to a block of a segment, for the engine takes three to five
//! times the bytes of an entry that stands alone, and is copied at every opening.
//!
//! A block is in its segment before the directory refers to it; one transaction, or a fresh engine, then has the new
//! directory and no longer the entries alone: each entry is in one place whenever a process dies.

use bincode::{Decode, Encode};

use super::entry::EntryV1;
use crate::graph::limits::BLOCK_BYTES;
use crate::store::base::Base;
use crate::store::chunks::manifest::{ARCHIVE, ChunkEntryV2, Manifest};
use crate::store::chunks::segment::SegmentWriter;
use crate::store::engine::envelope::{Flaw, Record, encode, pack_block, read, unpack_block};
use crate::store::engine::{Engine, Tree, Write};
use crate::store::error::StoreError;

/// Bytes of entries alone from which they are packed, however few they are.
const ALONE_BYTES: u64 = 2 * 1024 * 1024;

/// The last entries stay alone, however many there are: an opening looks at the last one, at the one that
/// `HEAD` names, and unpacks no block for it.
const ALONE: u64 = 4;

/// Consecutive entries, in order.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub(in crate::store) struct BlockV1 {
    pub(in crate::store) entries: Vec<EntryV1>,
}

impl Record for BlockV1 {}

impl Manifest {
    /// The last commit whose journal entry is in a block; 0 without a block.
    pub(in crate::store) fn archived(&self) -> u64 {
        self.directories[ARCHIVE].last().map_or(0, |entry| entry.first + u64::from(entry.rows) - 1)
    }

    /// The entries of a block of the journal.
    fn block(&self, entry: &ChunkEntryV2) -> Result<Vec<EntryV1>, StoreError> {
        let damaged = |flaw: Flaw| self.segments.damaged(&entry.place, &flaw.0);
        let bytes = self.segments.read_chunk(Tree::Archive, &entry.place)?;
        let block: BlockV1 = unpack_block(&bytes).map_err(damaged)?;
        let commits = block.entries.iter().map(|own| own.body.commit);
        if !commits.eq(entry.first..entry.first + u64::from(entry.rows)) {
            return Err(damaged(Flaw(format!("it does not hold the commits from {} on", entry.first))));
        }
        Ok(block.entries)
    }
}

/// The entry of a commit, if it is in a block.
pub(in crate::store) fn entry_in(manifest: &Manifest, commit: u64) -> Result<Option<EntryV1>, StoreError> {
    let blocks = &manifest.directories[ARCHIVE];
    let after = blocks.partition_point(|entry| entry.first <= commit);
    let Some(block) = after.checked_sub(1).and_then(|at| blocks.get(at)) else { return Ok(None) };
    if commit - block.first >= u64::from(block.rows) {
        return Ok(None);
    }
    Ok(manifest.block(block)?.into_iter().find(|entry| entry.body.commit == commit))
}

/// Visits the entries in blocks, in order, and returns the last one's commit.
pub(in crate::store) fn visit_blocks(
    manifest: &Manifest,
    mut take: impl FnMut(EntryV1) -> Result<(), StoreError>,
) -> Result<u64, StoreError> {
    let mut last = 0;
    for block in &manifest.directories[ARCHIVE] {
        if block.first != last + 1 {
            let detail = format!("commit {} is missing from the journal", last + 1);
            return Err(manifest.segments.damaged(&block.place, &detail));
        }
        for entry in manifest.block(block)? {
            last = entry.body.commit;
            take(entry)?;
        }
    }
    Ok(last)
}

/// Entries that are to be moved into blocks.
pub(in crate::store) struct Packing {
    blocks: Vec<Vec<EntryV1>>,
    /// All keys under which they stand alone.
    keys: Vec<Vec<u8>>,
    /// Bytes that they take there.
    alone: u64,
}

impl Packing {
    /// The entries to pack now, if it is time: full blocks of `rows`, and more where the entries are large.
    ///
    /// `archived` is the last commit that is in a block already, `bytes` what the others take alone.
    pub(in crate::store) fn due(
        base: &Base,
        (mut archived, mut bytes): (u64, u64),
        rows: usize,
    ) -> Result<Option<Self>, StoreError> {
        let rows = rows.max(1);
        let mut packing = Self { blocks: Vec::new(), keys: Vec::new(), alone: 0 };
        while base.last.saturating_sub(archived) >= rows as u64 + ALONE
            || (bytes > ALONE_BYTES && base.last.saturating_sub(archived) > ALONE)
        {
            let most = rows.min(usize::try_from(base.last - archived - ALONE).unwrap_or(rows));
            let (entries, packed) = alone_after(&base.engine, archived, most, &mut packing.keys)?;
            archived += entries.len() as u64;
            bytes = bytes.saturating_sub(packed);
            packing.alone += packed;
            packing.blocks.push(entries);
        }
        Ok(Some(packing).filter(|packing| !packing.blocks.is_empty()))
    }

    /// The last commit that is packed.
    pub(in crate::store) fn end(&self) -> u64 {
        self.blocks.iter().flatten().last().map_or(0, |entry| entry.body.commit)
    }

    /// Bytes that they take where they stand alone.
    pub(in crate::store) fn alone(&self) -> u64 {
        self.alone
    }

    /// Writes the blocks to a segment and names them in a manifest.
    pub(in crate::store) fn write_blocks(
        &self,
        segment: &mut SegmentWriter,
        manifest: &mut Manifest,
    ) -> Result<(), StoreError> {
        for entries in &self.blocks {
            let place = segment.append(&pack_block(&BlockV1 { entries: entries.clone() })?)?;
            let first = entries.first().map_or(0, |entry| entry.body.commit);
            let rows = u32::try_from(entries.len()).unwrap_or(u32::MAX);
            manifest.directories[ARCHIVE].push(ChunkEntryV2 { first, rows, earliest: 0, latest: 0, place });
        }
        Ok(())
    }

    /// The writes that remove the entries from where they stand alone.
    pub(in crate::store) fn removals(&self) -> impl Iterator<Item = Write> {
        self.keys.iter().map(|key| Write { tree: Tree::Journal, key: key.clone(), value: None })
    }
}

/// The next entries for a block, at most `rows`, and how many bytes they take alone; adds the keys that they take.
fn alone_after(
    engine: &Engine,
    archived: u64,
    rows: usize,
    keys: &mut Vec<Vec<u8>>,
) -> Result<(Vec<EntryV1>, u64), StoreError> {
    let mut entries: Vec<EntryV1> = Vec::new();
    let mut bytes = 0;
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
    let mut alone = 0;
    engine.scan(Tree::Journal, &(archived + 1).to_be_bytes(), |key, value| {
        let taken = key.first_chunk::<8>().is_some_and(|commit| u64::from_be_bytes(*commit) <= end);
        if taken {
            keys.push(key.to_vec());
            alone += (key.len() + value.len()) as u64;
        }
        taken
    })?;
    Ok((entries, alone))
}

impl Base {
    /// Bytes of the journal entries that stand alone.
    pub(in crate::store) fn alone_bytes(&self) -> Result<u64, StoreError> {
        let mut bytes = 0;
        self.engine.scan(Tree::Journal, &[], |key, value| {
            bytes += (key.len() + value.len()) as u64;
            true
        })?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::ops::RangeInclusive;
    use std::sync::Arc;

    use super::super::{BodyV1, Heading, entry_of, last_commit, visit};
    use super::*;
    use crate::graph::Catalogue;
    use crate::store::chunks::checkpoint::{Folding, seal_segment};
    use crate::store::chunks::segments::Segments;
    use crate::store::create::make_segments;
    use crate::store::engine::envelope::seal;

    fn entry(commit: u64) -> EntryV1 {
        let heading = Heading { at_millis: 0, actor: "a", command: "b", summary: "c" };
        EntryV1 { body: BodyV1::of_bulk(commit, &heading, (1, 0), (commit, 0)), chain: commit * 10 }
    }

    fn commits(base: &Base) -> Result<Vec<u64>, StoreError> {
        let mut commits = Vec::new();
        visit(base, |entry| {
            commits.push(entry.body.commit);
            Ok(())
        })?;
        Ok(commits)
    }

    /// A store with blocks, each named by the commits that it is said to hold, and entries alone.
    fn filled(
        blocks: &[(RangeInclusive<u64>, Vec<EntryV1>)],
        alone: &[EntryV1],
    ) -> (tempfile::TempDir, Base) {
        let folder = tempfile::tempdir().unwrap();
        make_segments(folder.path()).unwrap();
        let mut segment = SegmentWriter::create(&Segments::folder_in(folder.path()), 7, 1).unwrap();
        let mut manifest = Manifest::new(7);
        for (named, entries) in blocks {
            let place = segment.append(&pack_block(&BlockV1 { entries: entries.clone() }).unwrap()).unwrap();
            let rows = u32::try_from(named.end() + 1 - named.start()).unwrap();
            let entry = ChunkEntryV2 { first: *named.start(), rows, earliest: 0, latest: 0, place };
            manifest.directories[ARCHIVE].push(entry);
        }
        let former = Manifest { segments: Segments::open_all(folder.path()).unwrap(), ..Manifest::new(7) };
        seal_segment(&former, &mut manifest, segment, &mut Folding::due(&mut |_| {})).unwrap();
        let engine = Engine::scratch(&folder.path().join("engine"));
        for entry in alone {
            let writes = seal(Tree::Journal, &entry.body.commit.to_be_bytes(), entry).unwrap();
            engine.transact(&writes).unwrap();
        }
        let last = alone.last().map_or(manifest.archived(), |entry| entry.body.commit);
        let (engine, manifest) = (Arc::new(engine), Arc::new(manifest));
        let catalogue = Arc::new(Catalogue::default());
        (folder, Base { engine, folder: 1, manifest, catalogue, last })
    }

    fn block(commits: RangeInclusive<u64>) -> (RangeInclusive<u64>, Vec<EntryV1>) {
        (commits.clone(), commits.map(entry).collect())
    }

    fn alone(commits: RangeInclusive<u64>) -> Vec<EntryV1> {
        commits.map(entry).collect()
    }

    #[test]
    fn an_entry_that_is_in_a_block_and_alone_is_told_once() {
        let (_folder, base) = filled(&[block(1..=2), block(3..=5)], &alone(1..=7));
        assert_eq!(commits(&base).unwrap(), [1, 2, 3, 4, 5, 6, 7]);
        assert_eq!((base.manifest.archived(), last_commit(&base.engine, &base.manifest).unwrap()), (5, 7));
    }

    #[test]
    fn every_entry_is_found_by_its_commit() {
        let (_folder, base) = filled(&[block(1..=2), block(3..=5)], &alone(6..=6));
        let found = |commit: u64| entry_of(&base.engine, &base.manifest, commit).unwrap();
        for commit in 1..=6 {
            assert_eq!(found(commit), Some(entry(commit)));
        }
        assert_eq!((found(0), found(7)), (None, None));
        // With no entry alone the blocks tell the last commit.
        let (_folder, base) = filled(&[block(1..=2)], &[]);
        assert_eq!(last_commit(&base.engine, &base.manifest).unwrap(), 2);
    }

    #[test]
    fn a_gap_is_damage_wherever_it_is() {
        for (blocks, alone) in [
            (vec![block(2..=3)], vec![]),
            (vec![block(1..=2), block(4..=5)], vec![]),
            (vec![block(1..=2)], alone(4..=4)),
            (vec![], vec![entry(1), entry(3)]),
            // A block with other commits than the directory says.
            (vec![(1..=3, vec![entry(1)])], vec![]),
            (vec![(1..=1, vec![entry(2)])], vec![]),
        ] {
            let (_folder, base) = filled(&blocks, &alone);
            assert!(matches!(commits(&base), Err(StoreError::Corrupt { .. })), "{blocks:?}");
        }
    }

    /// By number, and by bytes where entries are large: a text of 200 KiB, so that three exceed a block.
    #[test]
    fn blocks_are_full_and_the_last_entries_stay_alone() {
        let large = |commit: u64| {
            // Text that does not compress: a sequence of multiples by a large prime.
            let noise = (commit * 12_800..(commit + 1) * 12_800)
                .map(|number| format!("{:016x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
            let summary: String = noise.collect();
            let heading = Heading { at_millis: 0, actor: "a", command: "b", summary: &summary };
            EntryV1 { body: BodyV1::of_bulk(commit, &heading, (1, 0), (1, 0)), chain: 0 }
        };
        for (make, rows, end, blocks) in [
            (entry as fn(u64) -> EntryV1, 5, 10, 2),
            (entry, 14, 0, 0),
            (large as fn(u64) -> EntryV1, 5, 9, 3),
            // Few, but 3.3 MB, which every opening copies: packed until no more than 2 MiB are left.
            (large as fn(u64) -> EntryV1, 1_000, 6, 2),
        ] {
            let entries: Vec<EntryV1> = (1..=16).map(make).collect();
            let (folder, base) = filled(&[], &entries);
            let packing = Packing::due(&base, (0, base.alone_bytes().unwrap()), rows).unwrap();
            assert_eq!(packing.as_ref().map_or(0, |packing| packing.end()), end, "{rows}");
            let Some(packing) = packing else { continue };
            assert_eq!(packing.blocks.len(), blocks);
            let mut manifest = Manifest::clone(&base.manifest);
            let mut segment = SegmentWriter::create(&Segments::folder_in(folder.path()), 7, 2).unwrap();
            packing.write_blocks(&mut segment, &mut manifest).unwrap();
            seal_segment(&base.manifest, &mut manifest, segment, &mut Folding::due(&mut |_| {})).unwrap();
            base.engine.transact(&packing.removals().collect::<Vec<_>>()).unwrap();
            let base = Base { manifest: Arc::new(manifest), ..base };
            assert_eq!(base.manifest.archived(), end);
            assert_eq!(commits(&base).unwrap(), (1..=16).collect::<Vec<_>>());
        }
    }
}
