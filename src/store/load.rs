//! From the disk into memory: chunks, then the log on top, checked against the witness.

use super::chunks::decode::decoded;
use std::path::Path;
use std::sync::Arc;

use super::base::Base;
use super::chunks::manifest::{ChunkEntryV2, Manifest};
use super::chunks::pending::Pending;
use super::engine::envelope::{Flaw, read, read_all};
use super::engine::{Engine, Tree};
use super::error::StoreError;
use super::files::head::Reading;
use super::journal::{self, chain_start, entry_of};
use super::layout::chunks::{read_nodes, read_out};
use super::layout::records::name_key;
use super::layout::records::{NameV1, OperationsV1, number_of};
use crate::graph::{
    Catalogue, ChangeSet, EdgeId, LinkedEdges, Name, NameKind, Schema, Snapshot, SnapshotBuilder,
};

/// What is known of a store once it is open: no chunk has been read.
pub(super) struct Opened {
    pub(super) manifest: Manifest,
    /// Names and schema as of the merged commit.
    pub(super) catalogue: Arc<Catalogue>,
    /// Last commit.
    pub(super) last: u64,
    /// Hash chain of the journal up to it.
    pub(super) chain: u64,
}

/// The last commit that the engine holds, and the chain there, checked against the witness.
fn last_commit(
    engine: &Engine,
    manifest: &Manifest,
    path: &Path,
    reading: &Reading,
) -> Result<(u64, u64), StoreError> {
    let witness = reading.witness;
    let last = journal::last_commit(engine, manifest)?;
    if last < witness.commit {
        return Err(StoreError::Lost { path: path.to_owned(), from: last + 1, to: witness.commit });
    }
    if last > witness.commit + reading.slack {
        let detail = format!("it names commit {}, but the data go to commit {last}", witness.commit);
        return Err(StoreError::corrupt(&path.join("HEAD"), detail));
    }
    let chain_at = |commit: u64| match commit {
        0 => Ok(chain_start(witness.store)),
        commit => match entry_of(engine, manifest, commit)? {
            Some(entry) if entry.body.commit == commit => Ok(entry.chain),
            _ => Err(Flaw::new("the entry is missing").at(engine, Tree::Journal, &commit.to_be_bytes())),
        },
    };
    if chain_at(witness.commit)? != witness.chain {
        let detail = format!("commit {} is not the one that HEAD witnessed", witness.commit);
        return Err(StoreError::corrupt(&engine.data_path(), detail));
    }
    Ok((last, chain_at(last)?))
}

/// The commit of the last key of a tree whose keys are commits.
pub(super) fn last_number(engine: &Engine, tree: Tree) -> Result<Option<u64>, StoreError> {
    let key = engine.last_key(tree)?;
    Ok(key.as_deref().and_then(<[u8]>::first_chunk::<8>).map(|commit| u64::from_be_bytes(*commit)))
}

/// Reads what every use of the store needs, and compares it with the witness. Costs the same for a large
/// store as for a small one.
pub(super) fn open(
    engine: &Engine,
    manifest: Option<Manifest>,
    path: &Path,
    reading: &Reading,
    schema: Schema,
) -> Result<Opened, StoreError> {
    let witness = reading.witness;
    let Some(mut manifest) = manifest else {
        return Err(match witness.commit {
            0 => StoreError::corrupt(&engine.data_path(), "it holds no state"),
            to => StoreError::Lost { path: path.to_owned(), from: 1, to },
        });
    };
    if manifest.state.store != witness.store {
        return Err(StoreError::corrupt(&engine.data_path(), "it belongs to another store than HEAD"));
    }
    let (last, chain) = last_commit(engine, &manifest, path, reading)?;
    let merged = manifest.state.merged;
    let logged = last_number(engine, Tree::Log)?.unwrap_or(0).max(merged);
    if logged < last {
        return Err(StoreError::Lost { path: path.to_owned(), from: logged + 1, to: last });
    }
    if logged > last {
        let detail = format!("the log goes to commit {logged}, the journal to commit {last}");
        return Err(StoreError::corrupt(&engine.data_path(), detail));
    }
    let counts = (manifest.state.nodes, manifest.state.edges);
    if last == witness.commit && last == merged && counts != (witness.nodes, witness.edges) {
        return Err(other_counts(engine, counts, (witness.nodes, witness.edges)));
    }
    let catalogue = Arc::new(read_catalogue(engine, &manifest, schema)?);
    manifest.set_digest(&catalogue);
    // Of format 1 nothing names a digest; the first stores of format 2 name that of the chunks alone.
    let digests = [manifest.digest, manifest.digest_of_chunks()];
    if witness.folder > 0 && !digests.contains(&witness.directory) {
        let detail = "its chunks, names and numbers are not those that HEAD witnessed";
        return Err(StoreError::corrupt(&engine.data_path(), detail));
    }
    Ok(Opened { manifest, catalogue, last, chain })
}

fn other_counts(engine: &Engine, found: (u64, u64), witnessed: (u64, u64)) -> StoreError {
    let detail = format!(
        "it holds {} nodes and {} edges, HEAD witnessed {} and {}",
        found.0, found.1, witnessed.0, witnessed.1
    );
    StoreError::corrupt(&engine.data_path(), detail)
}

/// The whole graph at a commit, with what the log touches.
///
/// `witnessed` are the counts of nodes and edges that it must have, if they are known.
pub(super) fn load(
    base: &Base,
    path: &Path,
    witnessed: Option<(u64, u64)>,
) -> Result<(Snapshot, Pending), StoreError> {
    let (engine, catalogue) = (&base.engine, &base.catalogue);
    let mut snapshot = load_chunks(engine, &base.manifest, catalogue)?;
    let mut pending = Pending::default();
    let merged = base.manifest.state.merged;
    pending.bytes = bytes_after(engine, merged)?;
    read_log(engine, path, merged, base.last, |changes| {
        pending.record(&changes, |id: EdgeId| {
            snapshot.edge(id).map(|edge| (edge.source().id(), edge.target().id()))
        });
        let before = std::mem::replace(&mut snapshot, Snapshot::empty(Arc::clone(catalogue)));
        let after = before.followed_by(&changes);
        snapshot = after.map_err(|error| StoreError::corrupt(&engine.data_path(), error.to_string()))?;
        Ok(())
    })?;
    let counts = (snapshot.node_count() as u64, snapshot.edge_count() as u64);
    if let Some(witnessed) = witnessed.filter(|witnessed| *witnessed != counts) {
        return Err(other_counts(engine, counts, witnessed));
    }
    Ok((snapshot, pending))
}

/// Bytes of the log after a commit.
fn bytes_after(engine: &Engine, merged: u64) -> Result<usize, StoreError> {
    let mut bytes = 0;
    engine.scan(Tree::Log, &(merged + 1).to_be_bytes(), |key, value| {
        bytes += key.len() + value.len();
        true
    })?;
    Ok(bytes)
}

/// The state that the chunks of a manifest hold.
pub(super) fn load_chunks(
    engine: &Engine,
    manifest: &Manifest,
    catalogue: &Arc<Catalogue>,
) -> Result<Snapshot, StoreError> {
    let state = &manifest.state;
    let rows = |directory: &[ChunkEntryV2]| directory.iter().map(|entry| entry.rows as usize).sum::<usize>();
    let (nodes, edges) = (rows(&manifest.directories[0]), rows(&manifest.directories[1]));
    expect_count(engine, "nodes", nodes, state.nodes)?;
    expect_count(engine, "edges", edges, state.edges)?;
    let mut builder = SnapshotBuilder::new(nodes, edges);
    let unfit = |error: crate::graph::PackError| StoreError::corrupt(&engine.data_path(), error.to_string());
    decoded(
        &manifest.segments,
        Tree::Nodes,
        &manifest.directories[0],
        |bytes| {
            let chunk = read_nodes(bytes, |_| true)?;
            Ok((chunk.ids.len(), chunk))
        },
        |chunk| builder.nodes(chunk).map_err(unfit),
    )?;
    let node_ids = builder.node_ids().map_err(unfit)?;
    decoded(
        &manifest.segments,
        Tree::AdjOut,
        &manifest.directories[1],
        |bytes| {
            let chunk = read_out(bytes, |_| true)?;
            let linked = LinkedEdges::of(&node_ids, chunk);
            linked.map(|linked| (linked.len(), linked)).map_err(|error| Flaw(error.to_string()))
        },
        |chunk| builder.edges(chunk).map_err(unfit),
    )?;
    let next_ids = (state.next_node, state.next_edge);
    builder.finish(state.merged, next_ids, Arc::clone(catalogue)).map_err(unfit)
}

fn adopt(engine: &Engine, catalogue: &mut Catalogue, name: &Name) -> Result<(), StoreError> {
    let key = name_key(name.kind, name.number);
    catalogue.adopt(name).map_err(|error| Flaw(error.to_string()).at(engine, Tree::Dictionary, &key))
}

pub(super) fn read_catalogue(
    engine: &Engine,
    manifest: &Manifest,
    schema: Schema,
) -> Result<Catalogue, StoreError> {
    let mut catalogue = Catalogue::with_schema(Arc::new(schema));
    let kinds = [NameKind::Label, NameKind::EdgeType, NameKind::Key];
    for (kind, count) in kinds.into_iter().zip(manifest.state.names) {
        for number in (0..=u16::MAX).take(count as usize) {
            let key = name_key(kind, number);
            let flaw = |detail: &str| Flaw::new(detail).at(engine, Tree::Dictionary, &key);
            let record: NameV1 =
                read(engine, Tree::Dictionary, &key)?.ok_or_else(|| flaw("the name is missing"))?;
            let name = Name::from(record);
            if (name.kind, name.number) != (kind, number) {
                return Err(flaw("the name has another number"));
            }
            adopt(engine, &mut catalogue, &name)?;
        }
    }
    Ok(catalogue)
}

fn expect_count(engine: &Engine, what: &str, found: usize, expected: u64) -> Result<(), StoreError> {
    if found as u64 == expected {
        return Ok(());
    }
    let detail = format!("the chunks hold {found} {what}, the state says {expected}");
    Err(StoreError::corrupt(&engine.data_path(), detail))
}

/// Hands on the change sets after the merged commit up to the last one, without gaps.
pub(super) fn read_log(
    engine: &Engine,
    path: &Path,
    merged: u64,
    last: u64,
    mut take: impl FnMut(ChangeSet) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut next = merged + 1;
    read_all(engine, Tree::Log, &next.to_be_bytes(), |key, operations: OperationsV1| {
        let commit = number_of(key).map_err(|flaw| flaw.at(engine, Tree::Log, key))?;
        // A writer of this process went on meanwhile.
        if commit > last {
            return Ok(());
        }
        let changes = ChangeSet::from(operations);
        if commit != next || changes.base() + 1 != commit {
            let flaw = Flaw::new(format!("the record of commit {next} is missing"));
            return Err(flaw.at(engine, Tree::Log, key));
        }
        next += 1;
        take(changes)
    })?;
    if next <= last {
        return Err(StoreError::Lost { path: path.to_owned(), from: next, to: last });
    }
    Ok(())
}
#[cfg(test)]
mod tests {
    use super::super::engine::envelope::seal;
    use super::super::engine::{Layout, Write};
    use super::super::{Access, CommitNote, Store, StoreOptions};
    use super::*;
    use crate::value::Validity;

    /// What the engine holds of another copy of the store, which went another way: a name, or a next id. All else
    /// fits, for chunks hold the numbers of names only.
    #[test]
    fn a_name_or_a_next_id_of_another_copy_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let (path, options) = (folder.path().join("db"), StoreOptions::default());
        let store = Store::create(&path, &options).unwrap();
        let state = store.snapshot().unwrap();
        let mut draft = state.draft();
        draft.create_node(&["One"], Validity::ALWAYS).unwrap();
        store.commit(&draft.finish(), &CommitNote { actor: "a", command: "b", summary: "c" }, &[]).unwrap();
        store.merge().unwrap();
        let base = store.base();
        let engine_folder = super::super::files::folder::engine_folder(&path, base.folder);
        let one = base.catalogue.names().next().unwrap();
        let two = Name { text: Arc::from("Two"), ..one.clone() };
        let name = |name: &Name| {
            seal(Tree::Dictionary, &name_key(name.kind, name.number), &NameV1::from(name)).unwrap()
        };
        let state = base.manifest.state.clone();
        let mut later = state.clone();
        later.next_node += 1;
        drop((base, store));
        let foreign: [(Vec<Write>, Vec<Write>); 2] =
            [(name(&two), name(&one)), (later.writes().unwrap(), state.writes().unwrap())];
        for (foreign, own) in foreign {
            let put = |writes: &[Write]| {
                let engine = Engine::open(&engine_folder, &engine_folder, Layout::PRESENT, false).unwrap();
                engine.fill(writes).unwrap();
                engine.sync().unwrap();
            };
            put(&foreign);
            for access in [Access::ReadOnly, Access::ReadWrite] {
                let error = Store::open(&path, access, &options).map(drop).unwrap_err();
                assert!(matches!(error, StoreError::Corrupt { .. }), "{access:?}: {error}");
            }
            put(&own);
            assert!(Store::open(&path, Access::ReadOnly, &options).is_ok());
        }
    }
}
