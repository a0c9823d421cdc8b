//! Whether everything that a store holds fits together.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::PoisonError;

use super::chunks::{Link, LinksV1, NodeChunkV1, OutChunkV1};
use super::commit::Writer;
use super::engine::{Engine, Tree};
use super::envelope::{check_values, encode};
use super::error::StoreError;
use super::format::Format;
use super::head::{Head, Reading};
use super::journal::{FNV_BASIS, chain_after, chain_start, fnv1a, visit};
use super::load::{Loaded, load, read_chunk, read_log, rows_of};
use super::manifest::{CHUNK_TREES, ChunkEntryV1, Manifest};
use super::migrate;
use super::open::Store;
use super::records::OperationsV1;
use crate::graph::{
    Change, ChangeSet, CommitRule, EdgeRef, NameKind, NodeRef, Properties, Snapshot, Violation,
};

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
    /// [`StoreError::Io`] where a file cannot be read at all; damage is no error but a finding.
    pub fn verify(&self, rules: &[&dyn CommitRule]) -> Result<VerifyReport, StoreError> {
        let writer = self.writer_state().lock().unwrap_or_else(PoisonError::into_inner);
        let snapshot = self.snapshot()?;
        let mut report = VerifyReport {
            commit: snapshot.commit(),
            nodes: snapshot.node_count() as u64,
            edges: snapshot.edge_count() as u64,
            ..VerifyReport::default()
        };
        let engine = self.engine();
        let check = Check { engine, path: self.path(), writer: &writer, snapshot: &snapshot };
        let mut findings = Findings::default();
        findings.take("files", check.files())?;
        for tree in Tree::ALL {
            let values = findings.take("values", check.values(tree))?;
            report.values += values.unwrap_or(0);
        }
        findings.take("trees", check.trees())?;
        findings.take("migrations", migrate::applied(engine).map(drop))?;
        findings.take("chunks", check.node_order())?;
        findings.take("orientations", check.orientations())?;
        findings.take("dictionary", check.numbers())?;
        report.journal_entries = findings.take("journal", check.journal())?.unwrap_or(0);
        findings.take("memory", check.memory())?;
        report.chunks = writer.manifest.directories.iter().map(|entries| entries.len() as u64).sum();
        report.findings = findings.0;
        if !rules.is_empty() {
            let empty = Snapshot::empty(std::sync::Arc::clone(snapshot.catalogue()));
            let all = everything(&snapshot);
            report.violations = rules.iter().flat_map(|rule| rule.check(&empty, &snapshot, &all)).collect();
        }
        Ok(report)
    }
}

/// The whole graph as one change set on an empty one.
fn everything(snapshot: &Snapshot) -> ChangeSet {
    let nodes = snapshot.nodes().map(NodeRef::to_record).map(Change::PutNode);
    let edges = snapshot.edges().map(EdgeRef::to_record).map(Change::PutEdge);
    ChangeSet::from_parts(0, snapshot.next_ids(), Vec::new(), nodes.chain(edges).collect())
}

#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    /// Keeps damage as a finding, once; passes other errors on.
    fn take<T>(
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
    engine: &'a Engine,
    path: &'a Path,
    writer: &'a Writer,
    snapshot: &'a Snapshot,
}

impl Check<'_> {
    fn corrupt(&self, detail: impl Into<String>) -> StoreError {
        StoreError::corrupt(&self.engine.data_path(), detail)
    }

    fn store(&self) -> u64 {
        self.writer.manifest.state.store
    }

    fn files(&self) -> Result<(), StoreError> {
        let format = Format::read(self.path, &self.path.join("FORMAT"))?;
        let head = self.path.join("HEAD");
        let reading = Head::read(&head)?;
        if format.store != self.store() || reading.witness.store != self.store() {
            return Err(StoreError::corrupt(&head, "FORMAT, HEAD and data are not of one store"));
        }
        if reading.slack > 1 {
            return Err(StoreError::corrupt(&head, "one slot does not fit its checksum"));
        }
        // Beside a reader another process may go on writing.
        let commit = self.snapshot.commit();
        let witnessed = reading.witness.commit;
        if witnessed != commit && self.writer.head.is_some() {
            let detail = format!("it witnesses commit {witnessed}, the store is at commit {commit}");
            return Err(StoreError::corrupt(&head, detail));
        }
        Ok(())
    }

    /// Compares checksums. What a stopped merge left does not count: a reader still sees it, the next
    /// opening for writing removes it.
    fn values(&self, tree: Tree) -> Result<u64, StoreError> {
        let manifest = &self.writer.manifest;
        let place = CHUNK_TREES.into_iter().position(|chunks| chunks == tree);
        let chunks: Option<BTreeSet<u64>> =
            place.map(|place| manifest.directories[place].iter().map(|entry| entry.chunk).collect());
        check_values(self.engine, tree, |key| {
            let number = key.first_chunk::<8>().map(|number| u64::from_be_bytes(*number));
            match (number, &chunks) {
                (Some(chunk), Some(chunks)) => chunks.contains(&chunk),
                (Some(commit), None) if tree == Tree::Log => commit > manifest.state.merged,
                _ => true,
            }
        })
    }

    fn trees(&self) -> Result<(), StoreError> {
        let unknown = self.engine.unknown_trees()?;
        match unknown.first() {
            None => Ok(()),
            Some(name) => Err(self.corrupt(format!("it holds a tree “{name}” that no format has"))),
        }
    }

    /// Ids ascend within and across the chunks, each within the range of its chunk.
    fn node_order(&self) -> Result<(), StoreError> {
        let directory = &self.writer.manifest.directories[0];
        let mut before = None;
        for entry in directory {
            let chunk: NodeChunkV1 = read_chunk(self.engine, Tree::Nodes, entry)?;
            let nodes = rows_of(self.engine, Tree::Nodes, entry, chunk.unpack())?;
            if nodes.first().map(|node| node.id.get()) != Some(entry.first) {
                return Err(self.corrupt(format!("node chunk {} begins elsewhere", entry.chunk)));
            }
            for node in nodes {
                if before >= Some(node.id) {
                    return Err(self.corrupt(format!("{} is out of order in chunk {}", node.id, entry.chunk)));
                }
                before = Some(node.id);
            }
        }
        Ok(())
    }

    /// Both orientations hold the same edges, each chunk within its range.
    fn orientations(&self) -> Result<(), StoreError> {
        let mut out = Vec::new();
        let mut inward = Vec::new();
        for entry in &self.writer.manifest.directories[1] {
            let chunk: OutChunkV1 = read_chunk(self.engine, Tree::AdjOut, entry)?;
            let edges = rows_of(self.engine, Tree::AdjOut, entry, chunk.unpack())?;
            self.expect_ascending(entry, edges.iter().map(|edge| edge.source.get()))?;
            out.extend(edges.iter().map(|edge| (edge.id, edge.edge_type, edge.source, edge.target)));
        }
        for entry in &self.writer.manifest.directories[2] {
            let chunk: LinksV1 = read_chunk(self.engine, Tree::AdjIn, entry)?;
            let links: Vec<Link> = rows_of(self.engine, Tree::AdjIn, entry, chunk.unpack())?;
            self.expect_ascending(entry, links.iter().map(|link| link.near.get()))?;
            inward.extend(links.iter().map(|link| (link.id, link.edge_type, link.far, link.near)));
        }
        out.sort_unstable();
        inward.sort_unstable();
        if let Some(twice) = out.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(self.corrupt(format!("{} is there twice", twice[0].0)));
        }
        if out == inward {
            return Ok(());
        }
        let differ = out.iter().zip(&inward).find(|(out, inward)| out != inward);
        let id = differ.map_or_else(|| "an edge".to_owned(), |(out, _)| out.0.to_string());
        Err(self.corrupt(format!("{id} is not the same in adj_out and adj_in")))
    }

    fn expect_ascending(
        &self,
        entry: &ChunkEntryV1,
        near: impl Iterator<Item = u64> + Clone,
    ) -> Result<(), StoreError> {
        if near.clone().next() == Some(entry.first) && near.is_sorted() {
            return Ok(());
        }
        Err(self.corrupt(format!("adjacency chunk {} is not in order", entry.chunk)))
    }

    /// Every number in the graph names something.
    fn numbers(&self) -> Result<(), StoreError> {
        let mut counts: BTreeMap<NameKind, usize> = BTreeMap::new();
        for name in self.snapshot.catalogue().names() {
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
        for node in self.snapshot.nodes() {
            let labels = node.labels().iter().all(|label| known(NameKind::Label, label.get()));
            if !labels || !keys(&node.properties()) {
                return Err(self.corrupt(format!("{} uses a name that the dictionary has not", node.id())));
            }
        }
        for edge in self.snapshot.edges() {
            if !known(NameKind::EdgeType, edge.type_id().get()) || !keys(&edge.properties()) {
                return Err(self.corrupt(format!("{} uses a name that the dictionary has not", edge.id())));
            }
        }
        Ok(())
    }

    /// The journal has no gaps, its hash chain leads to the present one, and the log fits it.
    fn journal(&self) -> Result<u64, StoreError> {
        let merged = self.writer.manifest.state.merged;
        let mut digests: BTreeMap<u64, u64> = BTreeMap::new();
        let mut chain = chain_start(self.store());
        let last = visit(self.engine, |entry| {
            chain = chain_after(chain, &entry.body)?;
            if chain != entry.chain {
                return Err(self.corrupt(format!("the hash chain breaks at commit {}", entry.body.commit)));
            }
            if entry.body.commit > merged {
                digests.insert(entry.body.commit, entry.body.digest);
            }
            Ok(())
        })?;
        if last != self.snapshot.commit() || chain != self.writer.chain {
            return Err(self.corrupt(format!("the journal ends at commit {last} with another hash chain")));
        }
        for changes in read_log(self.engine, self.path, merged, last)? {
            let commit = changes.base() + 1;
            let digest = fnv1a(FNV_BASIS, &encode(&OperationsV1::from(&changes), "a log record")?);
            if digests.get(&commit) != Some(&digest) {
                return Err(self.corrupt(format!("the log record of commit {commit} is not the journal's")));
            }
        }
        Ok(last)
    }

    /// What is on disk is what is in memory.
    fn memory(&self) -> Result<(), StoreError> {
        let witness = Store::witness(self.writer, self.snapshot, self.writer.chain);
        let reading = Reading { witness, slack: 0 };
        let schema = self.snapshot.catalogue().schema().clone();
        let Loaded { snapshot: disk, manifest, .. } = load(self.engine, self.path, &reading, schema)?;
        self.expect_manifest(&manifest)?;
        for node in self.snapshot.nodes() {
            if disk.node(node.id()).map(NodeRef::to_record) != Some(node.to_record()) {
                return Err(self.corrupt(format!("{} is another on disk than in memory", node.id())));
            }
        }
        for edge in self.snapshot.edges() {
            if disk.edge(edge.id()).map(EdgeRef::to_record) != Some(edge.to_record()) {
                return Err(self.corrupt(format!("{} is another on disk than in memory", edge.id())));
            }
        }
        Ok(())
    }

    fn expect_manifest(&self, disk: &Manifest) -> Result<(), StoreError> {
        for (tree, (own, other)) in
            CHUNK_TREES.iter().zip(self.writer.manifest.directories.iter().zip(&disk.directories))
        {
            if own != other {
                return Err(self.corrupt(format!("the directory of {} changed under us", tree.name())));
            }
        }
        Ok(())
    }
}
