//! Whether everything that a store holds fits together.

use crate::store::files::former_format;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::container::{Kind, Source};

use super::migrate;
use crate::graph::{
    CommitRule, EdgeRef, NameKind, NodeColumns, NodeId, NodeRef, Properties, Snapshot, Violation,
};
use crate::store::base::Base;
use crate::store::base::WriterState;
use crate::store::chunks::checkpoint::MANIFEST;
use crate::store::chunks::decode::decoded;
use crate::store::chunks::manifest::{BLOCK_TREES, ChunkEntryV2};
use crate::store::engine::Tree;
use crate::store::engine::envelope::{check_values, encode};
use crate::store::error::StoreError;
use crate::store::files::format::Format;
use crate::store::files::head::Head;
use crate::store::handle::Store;
use crate::store::journal::{chain_after, chain_start, visit};
use crate::store::layout::chunks::{read_in, read_nodes, read_out};
use crate::store::layout::records::OperationsV1;
use crate::store::layout::text_index::{Entry, SearchKeys, read_index};
use crate::store::load::{self, read_log};
use crate::value::{FNV_BASIS, fnv1a};

/// What to do about a damaged copy of what the engine holds.
const WRITTEN_AGAIN: &str = "the next opening for writing writes it again";

/// One thing that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at.
    pub check: &'static str,
    /// What does not fit, and what to do.
    pub detail: String,
}

/// What [`Store::verify`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerifyReport {
    /// Last commit.
    pub commit: u64,
    /// Nodes.
    pub nodes: u64,
    /// Edges.
    pub edges: u64,
    /// Values of the engine whose checksums were compared.
    pub values: u64,
    /// Chunks that were unpacked.
    pub chunks: u64,
    /// Chunks that nothing refers to: what a killed writer left and the next opening for writing removes.
    pub orphans: u64,
    /// Journal entries whose hash chain was followed.
    pub journal_entries: u64,
    /// What does not fit; empty = the store is sound.
    pub findings: Vec<Finding>,
    /// What the given rules say of the whole graph, warnings included.
    pub violations: Vec<Violation>,
}

impl VerifyReport {
    /// Whether the store is sound and breaks no rule; warnings do not count.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty() && self.violations.iter().all(|violation| violation.warning)
    }
}

impl Store {
    /// Reads everything and compares: files, checksums, chunks against the directory, both orientations,
    /// dictionary, log, journal and its hash chain, disk against memory, and the given rules over the
    /// whole graph, as if it were written in one commit. Writers wait meanwhile.
    ///
    /// # Errors
    /// [`StoreError::Io`] where a file cannot be read at all; damage is a finding, not an error.
    pub fn verify(&self, rules: &[&dyn CommitRule]) -> Result<VerifyReport, StoreError> {
        let mut writer = self.writer_state();
        let mut findings = Findings::default();
        let held = self.loaded();
        let was_loaded = held.is_some();
        let graph = findings.record("graph", held.map_or_else(|| self.loaded_by(&mut writer), Ok))?;
        let base = self.base();
        let mut report = VerifyReport { commit: base.last, ..VerifyReport::default() };
        let engine = &base.engine;
        let check = Check { base: &base, path: self.path(), writer: &writer };
        findings.record("files", check.files())?;
        findings.record("manifest", check.manifest())?;
        for tree in engine.trees().iter().copied() {
            let values = findings.record("values", check.values(tree))?;
            report.values += values.unwrap_or(0);
        }
        findings.record("trees", check.trees())?;
        findings.record("migrations", migrate::applied(engine).map(drop))?;
        findings.record("chunks", check.nodes_and_index())?;
        findings.record("orientations", check.orientations())?;
        report.journal_entries = findings.record("journal", check.journal())?.unwrap_or(0);
        report.orphans = self.orphans()?;
        report.chunks = base.manifest.directories.iter().map(|entries| entries.len() as u64).sum();
        if let Some(snapshot) = graph {
            (report.nodes, report.edges) = (snapshot.node_count() as u64, snapshot.edge_count() as u64);
            findings.record("dictionary", check.numbers(&snapshot))?;
            // What was loaded just now is what is on disk.
            if was_loaded {
                findings.record("memory", check.memory(&snapshot))?;
            }
            report.violations = rules.iter().flat_map(|rule| rule.check_whole(&snapshot)).collect();
        }
        report.findings = findings.0;
        Ok(report)
    }
}

#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    /// Keeps damage as a finding, once; passes other errors on.
    fn record<T>(
        &mut self,
        check: &'static str,
        result: Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(error @ StoreError::Io { .. }) => Err(error),
            Err(error) => {
                let detail = error.to_string();
                if self.0.iter().all(|finding| finding.detail != detail) {
                    self.0.push(Finding { check, detail });
                }
                Ok(None)
            }
        }
    }
}

/// What the checks look at.
struct Check<'a> {
    base: &'a Base,
    path: &'a Path,
    writer: &'a WriterState,
}

impl Check<'_> {
    fn corrupt(&self, detail: impl Into<String>) -> StoreError {
        StoreError::corrupt(&self.base.engine.data_path(), detail)
    }

    fn store(&self) -> u64 {
        self.base.manifest.state.store
    }

    fn files(&self) -> Result<(), StoreError> {
        let format = Format::read(self.path, &self.path.join("FORMAT"))?;
        let head = former_format::head_path(self.path, &format);
        let reading = Head::read(&head)?;
        if format.store != self.store() || reading.witness.store != self.store() {
            return Err(StoreError::corrupt(&head, "FORMAT, HEAD and data are not of one store"));
        }
        if reading.slack > 1 {
            return Err(StoreError::corrupt(&head, "one slot does not fit its checksum"));
        }
        // Beside a reader another process may go on writing.
        let commit = self.base.last;
        let witnessed = reading.witness.commit;
        if witnessed != commit && self.writer.head.is_some() {
            let detail = format!("it witnesses commit {witnessed}, the store is at commit {commit}");
            return Err(StoreError::corrupt(&head, detail));
        }
        Ok(())
    }

    /// The copy of what the engine holds is whole, and of this store. It may be older than the engine.
    fn manifest(&self) -> Result<(), StoreError> {
        if self.base.folder == 0 {
            return Ok(());
        }
        let path = self.path.join(MANIFEST);
        let read = Source::open(&path).and_then(Source::check);
        let sound = match read {
            Ok((header, _)) if header.kind == Kind::Manifest && header.witness.store == self.store() => {
                Ok(())
            }
            Ok(_) => Err("it is not the copy that belongs to this store".to_owned()),
            Err(StoreError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
                Err("the file is missing".to_owned())
            }
            Err(StoreError::Corrupt { detail, .. }) => Err(detail),
            Err(error) => return Err(error),
        };
        sound.map_err(|detail| StoreError::Corrupt { file: path, detail, advice: WRITTEN_AGAIN })
    }

    /// Compares checksums. What a stopped merge of format 1 left does not count.
    fn values(&self, tree: Tree) -> Result<u64, StoreError> {
        let manifest = &self.base.manifest;
        let chunks: Option<BTreeSet<u64>> = (BLOCK_TREES.contains(&tree) && tree != Tree::Archive)
            .then(|| manifest.directory(tree).iter().map(|entry| entry.place.offset).collect());
        check_values(&self.base.engine, tree, |key| {
            let number = key.first_chunk::<8>().map(|number| u64::from_be_bytes(*number));
            match (number, &chunks) {
                (Some(chunk), Some(chunks)) => chunks.contains(&chunk),
                (Some(commit), None) if tree == Tree::Log => commit > manifest.state.merged,
                _ => true,
            }
        })
    }

    fn trees(&self) -> Result<(), StoreError> {
        let unknown = self.base.engine.unknown_trees()?;
        match unknown.first() {
            None => Ok(()),
            Some(name) => Err(self.corrupt(format!("it holds a tree “{name}” that no format has"))),
        }
    }

    /// Ids ascend within and across the chunks, each within the range of its chunk; every text by which a node
    /// is found leads to it.
    fn nodes_and_index(&self) -> Result<(), StoreError> {
        let [nodes, _, _, index, _] = &self.base.manifest.directories;
        let mut entries: Vec<Entry> = Vec::new();
        let mut chunks = index.iter();
        decoded(
            &self.base.manifest.segments,
            Tree::Index,
            index,
            |bytes| read_index(bytes).map(|chunk| (chunk.len(), chunk)),
            |chunk| {
                let first = chunk.first().map(|(hash, _)| u64::from(*hash));
                let misplaced =
                    chunks.next().map(|entry| entry.first) != first || entries.last() > chunk.first();
                entries.extend(chunk);
                if misplaced { Err(self.corrupt("the index is not in order")) } else { Ok(()) }
            },
        )?;
        let keys = SearchKeys::of(&self.base.catalogue);
        let mut chunks = nodes.iter();
        let mut before = None;
        decoded(
            &self.base.manifest.segments,
            Tree::Nodes,
            nodes,
            |bytes| {
                let chunk = read_nodes(bytes, |key| keys.has(key))?;
                let found = found_by(&chunk, &keys);
                Ok((chunk.ids.len(), (chunk.ids, found)))
            },
            |(ids, found)| {
                let entry = chunks.next();
                if entry.map(|entry| entry.first) != ids.first().copied() {
                    return Err(self.corrupt("a chunk of nodes begins elsewhere than its directory says"));
                }
                for id in ids {
                    if before >= Some(id) {
                        return Err(self.corrupt(format!("{} is out of order", NodeId::new(id))));
                    }
                    before = Some(id);
                }
                match found.iter().find(|entry| entries.binary_search(entry).is_err()) {
                    None => Ok(()),
                    Some((_, node)) => {
                        let detail = format!(
                            "the index does not lead to {}; repair makes it again",
                            NodeId::new(*node)
                        );
                        Err(self.corrupt(detail))
                    }
                }
            },
        )
    }

    /// Both orientations hold the same edges, each chunk in order and within its range. Compared by sums over
    /// hashes of the edges, so that memory does not grow with the store.
    fn orientations(&self) -> Result<(), StoreError> {
        let [_, out, inward, _, _] = &self.base.manifest.directories;
        let mut sums = [Fingerprint::default(); 2];
        decoded(
            &self.base.manifest.segments,
            Tree::AdjOut,
            out,
            |bytes| {
                let chunk = read_out(bytes, |_| false)?;
                let rows = chunk.ids.len();
                let sum = (0..rows)
                    .map(|at| (chunk.ids[at], chunk.types[at], chunk.sources[at], chunk.targets[at]));
                Ok((rows, (Fingerprint::of(sum), ordered(&chunk.sources))))
            },
            self.adding(out, &mut sums[0]),
        )?;
        decoded(
            &self.base.manifest.segments,
            Tree::AdjIn,
            inward,
            |bytes| {
                let links = read_in(bytes)?;
                let sum = (0..links.len())
                    .map(|at| (links.ids[at], links.types[at], links.far[at], links.near[at]));
                Ok((links.len(), (Fingerprint::of(sum), ordered(&links.near))))
            },
            self.adding(inward, &mut sums[1]),
        )?;
        if sums[0] == sums[1] {
            return Ok(());
        }
        Err(self.corrupt("adj_in does not hold the edges of adj_out; repair makes adj_in again from adj_out"))
    }

    /// Adds up the fingerprints of chunks that begin where the directory says.
    fn adding<'s>(
        &'s self,
        directory: &'s [ChunkEntryV2],
        sum: &'s mut Fingerprint,
    ) -> impl FnMut((Fingerprint, Option<u64>)) -> Result<(), StoreError> + Send + use<'s> {
        let mut chunks = directory.iter();
        move |(fingerprint, first)| {
            if chunks.next().map(|entry| entry.first) != first {
                return Err(self.corrupt("a chunk of adjacency is not in order"));
            }
            sum.add(fingerprint);
            Ok(())
        }
    }

    /// Every number in the graph names something.
    fn numbers(&self, snapshot: &Snapshot) -> Result<(), StoreError> {
        let mut counts: BTreeMap<NameKind, usize> = BTreeMap::new();
        for name in snapshot.catalogue().names() {
            *counts.entry(name.kind).or_default() += 1;
        }
        let known =
            |kind: NameKind, number: u16| counts.get(&kind).is_some_and(|count| usize::from(number) < *count);
        let keys = |properties: &Properties| {
            properties.iter().all(|(key, property)| {
                let of_spells = property.spells().iter().flat_map(|spell| &spell.qualifiers);
                known(NameKind::Key, key.get())
                    && of_spells.map(|(key, _)| key).all(|key| known(NameKind::Key, key.get()))
            })
        };
        for node in snapshot.nodes() {
            let labels = node.labels().iter().all(|label| known(NameKind::Label, label.get()));
            if !labels || !keys(&node.properties()) {
                return Err(self.corrupt(format!("{} uses a name that the dictionary has not", node.id())));
            }
        }
        for edge in snapshot.edges() {
            if !known(NameKind::EdgeType, edge.type_id().get()) || !keys(&edge.properties()) {
                return Err(self.corrupt(format!("{} uses a name that the dictionary has not", edge.id())));
            }
        }
        Ok(())
    }

    /// The journal has no gaps, its hash chain leads to the present one, and the log fits it.
    fn journal(&self) -> Result<u64, StoreError> {
        let merged = self.base.manifest.state.merged;
        let mut digests: BTreeMap<u64, u64> = BTreeMap::new();
        let mut chain = chain_start(self.store());
        let last = visit(self.base, |entry| {
            chain = chain_after(chain, &entry.body)?;
            if chain != entry.chain {
                return Err(self.corrupt(format!("the hash chain breaks at commit {}", entry.body.commit)));
            }
            if entry.body.commit > merged {
                digests.insert(entry.body.commit, entry.body.digest);
            }
            Ok(())
        })?;
        if last != self.base.last || chain != self.writer.chain {
            return Err(self.corrupt(format!("the journal ends at commit {last} with another hash chain")));
        }
        read_log(&self.base.engine, self.path, merged, last, |changes| {
            let commit = changes.base() + 1;
            let digest = fnv1a(FNV_BASIS, &encode(&OperationsV1::from(&changes), "a log record")?);
            if digests.get(&commit) != Some(&digest) {
                return Err(self.corrupt(format!("the log record of commit {commit} is not the journal's")));
            }
            Ok(())
        })?;
        Ok(last)
    }

    /// What is on disk is what was in memory before.
    fn memory(&self, snapshot: &Snapshot) -> Result<(), StoreError> {
        let (disk, _) = load::load(self.base, self.path, None)?;
        for node in snapshot.nodes() {
            if disk.node(node.id()).map(NodeRef::to_record) != Some(node.to_record()) {
                return Err(self.corrupt(format!("{} is another on disk than in memory", node.id())));
            }
        }
        for edge in snapshot.edges() {
            if disk.edge(edge.id()).map(EdgeRef::to_record) != Some(edge.to_record()) {
                return Err(self.corrupt(format!("{} is another on disk than in memory", edge.id())));
            }
        }
        Ok(())
    }
}

/// A sum over edges that does not depend on their order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Fingerprint {
    edges: u64,
    sum: u64,
    squares: u64,
}

impl Fingerprint {
    fn of(edges: impl Iterator<Item = (u64, u16, u64, u64)>) -> Self {
        let mut all = Self::default();
        for (id, edge_type, source, target) in edges {
            let numbers = [id, u64::from(edge_type), source, target];
            let hash = numbers.iter().fold(FNV_BASIS, |hash, number| fnv1a(hash, &number.to_le_bytes()));
            all.add(Self { edges: 1, sum: hash, squares: hash.wrapping_mul(hash) });
        }
        all
    }

    fn add(&mut self, other: Self) {
        self.edges += other.edges;
        self.sum = self.sum.wrapping_add(other.sum);
        self.squares = self.squares.wrapping_add(other.squares);
    }
}

/// The first of ascending ids; `None` if they do not ascend.
fn ordered(near: &[u64]) -> Option<u64> {
    near.first().copied().filter(|_| near.is_sorted())
}

/// What the nodes of a chunk are found by.
fn found_by(chunk: &NodeColumns, keys: &SearchKeys) -> Vec<Entry> {
    let mut found = Vec::new();
    for (row, (id, set)) in (0..).zip(chunk.ids.iter().zip(&chunk.labels)) {
        let (_, properties) = chunk.elements.row(row);
        let hashes = keys.hashes(&chunk.label_sets[*set as usize], &properties);
        found.extend(hashes.into_iter().map(|hash| (hash, *id)));
    }
    found
}
