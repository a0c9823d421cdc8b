//! The journal read in order: blocks first, then the entries that stand alone.

use super::archive::{entry_in, visit_blocks};
use super::entry::{EntryV1, HistoryEntry, JournalEntry};
use crate::graph::Subject;
use crate::store::base::Base;
use crate::store::chunks::manifest::Manifest;
use crate::store::engine::envelope::{Flaw, read, read_all};
use crate::store::engine::{Engine, Tree};
use crate::store::error::StoreError;
use crate::store::layout::records::number_of;

/// The last commit that the journal tells; 0 before the first.
pub(in crate::store) fn last_commit(engine: &Engine, manifest: &Manifest) -> Result<u64, StoreError> {
    let key = engine.last_key(Tree::Journal)?;
    let alone = key.as_deref().and_then(<[u8]>::first_chunk::<8>).map(|commit| u64::from_be_bytes(*commit));
    Ok(alone.unwrap_or_else(|| manifest.archived()))
}

/// The entry of a commit.
pub(in crate::store) fn entry_of(
    engine: &Engine,
    manifest: &Manifest,
    commit: u64,
) -> Result<Option<EntryV1>, StoreError> {
    match read(engine, Tree::Journal, &commit.to_be_bytes())? {
        Some(entry) => Ok(Some(entry)),
        None => entry_in(manifest, commit),
    }
}

/// Visits all entries up to the last commit in their order, which must have no gaps: those in blocks, then those
/// that stand alone.
pub(in crate::store) fn visit(
    base: &Base,
    mut take: impl FnMut(EntryV1) -> Result<(), StoreError>,
) -> Result<u64, StoreError> {
    let engine = &base.engine;
    let mut last = visit_blocks(&base.manifest, &mut take)?;
    read_all(engine, Tree::Journal, &(last + 1).to_be_bytes(), |key, entry: EntryV1| {
        let commit = number_of(key).map_err(|flaw| flaw.at(engine, Tree::Journal, key))?;
        // A writer of this process went on meanwhile.
        if commit > base.last {
            return Ok(());
        }
        if commit != last + 1 || entry.body.commit != commit {
            let flaw = Flaw::new(format!("commit {} is missing from the journal", last + 1));
            return Err(flaw.at(engine, Tree::Journal, key));
        }
        last = commit;
        take(entry)
    })?;
    if last != base.last {
        let detail = format!("the journal ends at commit {last}, the store at commit {}", base.last);
        return Err(StoreError::corrupt(&engine.data_path(), detail));
    }
    Ok(last)
}

/// The whole journal.
pub(in crate::store) fn entries(base: &Base) -> Result<Vec<JournalEntry>, StoreError> {
    let mut entries = Vec::new();
    visit(base, |entry| {
        entries.push(entry.body.entry());
        Ok(())
    })?;
    Ok(entries)
}

/// The commits that touched an element.
pub(in crate::store) fn history(base: &Base, subject: Subject) -> Result<Vec<HistoryEntry>, StoreError> {
    let mut history = Vec::new();
    visit(base, |entry| {
        if let Some(touch) = entry.body.touch(subject) {
            history.push(HistoryEntry { entry: entry.body.entry(), touch });
        }
        Ok(())
    })?;
    Ok(history)
}
