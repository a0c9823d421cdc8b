//! What do the rows of a package make of a state? Names of nodes first, then values in time, nodes, edges.
//!
//! Tables are read in blocks on all cores; what their rows make goes in batches to a
//! [`GraphSink`](crate::graph::GraphSink), nodes before the edges that join them. Memory is bounded by the ids of the
//! nodes, the rows of tables that are read as a whole, eight bytes an edge, and a few blocks under way.

mod edges;
mod extras;
mod ids;
mod known;
mod lives;
mod names;
mod nodes;
mod options;
mod places;
mod removal;
mod spells;
mod stored;
mod succession;

use std::collections::{BTreeSet, HashMap, HashSet};

use super::read::{Block, BlockReader, Halt, ImportError, PackageTable, ValueColumn};
use super::schema::{RowLocation, TableKind, said_undated, spells_in};
use crate::exchange::cell::BLANK;
use crate::exchange::fault::{Fault, ImportFaults};
use crate::exchange::remarks::Remarks;
use crate::graph::{
    Change, Draft, EdgeId, EdgeSpec, GraphSink, KeyId, LabelId, LabelSpec, NameKind, NodeId, Snapshot,
    Subject, TypeId,
};
use crate::relations::vocabulary::label;
use crate::watch::Stage;
use edges::{EdgePass, MadeEdge};
use ids::repeated_ids;
use known::{Findings, Noted};
use lives::Lives;
use names::{Refused, TableNames};
use nodes::{MadeNode, NamedRows, NodeReader};
use spells::{ImportedSpells, read_spells, spell_keys};

pub(in crate::exchange) use ids::{Census, id_of_parts};
pub(super) use known::{BlockContext, Known};
pub(super) use spells::{order_keys, spell_order};

pub use options::{Founding, ImportCounts, ImportMode, ImportOptions, Undated};

/// How far an import is.
#[derive(Clone, Copy, Debug, Default)]
struct ReadSoFar {
    /// Rows of nodes, spells and edges that were read.
    rows: u64,
    /// Bytes that were read; tables of nodes are read twice.
    bytes: u64,
    /// Bytes to be read in all.
    bytes_in_all: u64,
}

impl ReadSoFar {
    fn tell(&self, reader: &BlockReader<'_>) {
        reader.watch.tell(Stage::Reading, self.bytes, self.bytes_in_all);
    }
}

/// Whether a step of an import succeeded.
type Writes<S> = Result<(), Halt<<S as GraphSink>::Error>>;

/// What tables came to.
#[derive(Debug)]
pub(in crate::exchange) struct MergeOutcome {
    found: Findings,
    pub(in crate::exchange) faults: ImportFaults,
    pub(in crate::exchange) warnings: Vec<Fault>,
    pub(in crate::exchange) remarks: Remarks,
    pub(in crate::exchange) notes: Vec<String>,
    pub(in crate::exchange) nodes: ImportCounts,
    pub(in crate::exchange) edges: ImportCounts,
    /// How many rows were read.
    pub(in crate::exchange) rows: u64,
    kept_edges: HashSet<EdgeId>,
    planned: Vec<(EdgeId, RowLocation)>,
    /// Rows of edges that are not what their row says.
    places: HashMap<Subject, RowLocation>,
}

/// Reads tables and hands what their rows make to a sink for the state `before`, until something is wrong with one.
///
/// # Errors
/// A file that cannot be cut or read, a flag that is set, what the sink says. What is wrong with the rows is not an error:
/// it is among the faults of the result.
pub(in crate::exchange) fn merge<'s, S: GraphSink>(
    reader: BlockReader<'_>,
    (before, options): (&'s Snapshot, &'s ImportOptions),
    (tables, faults): (&[PackageTable<'s>], ImportFaults),
    sink: &mut S,
) -> Result<MergeOutcome, Halt<S::Error>> {
    let planned = options.follow_successors.then(Vec::new);
    let (nodes, edges, next, kept_edges) = Default::default();
    let mut merge = PackageMerge {
        reader,
        known: Known::new(before, options),
        out: MergeOutput { sink, faults, nodes, edges, next, kept_edges, planned },
        warnings: Vec::new(),
        remarks: Remarks::default(),
        notes: Vec::new(),
        done: ReadSoFar::default(),
    };
    merge.out.next = before.next_ids();
    merge.run(tables)?;
    let PackageMerge { known, out, warnings, remarks, notes, done, .. } = merge;
    let MergeOutput { faults, nodes, edges, kept_edges, planned, .. } = out;
    Ok(MergeOutcome {
        found: known.found,
        faults,
        warnings,
        remarks,
        notes,
        nodes,
        edges,
        rows: done.rows,
        kept_edges,
        planned: planned.unwrap_or_default(),
        places: HashMap::new(),
    })
}

impl MergeOutcome {
    /// What is left to do once all rows are in a draft: edges go on at successors, and what a replaced table no longer has
    /// is removed.
    pub(in crate::exchange) fn end(
        &mut self,
        draft: &mut Draft<'_>,
        (before, options): (&Snapshot, &ImportOptions),
        tables: &[PackageTable<'_>],
    ) {
        if options.follow_successors && self.faults.is_empty() {
            self.follow_successors(draft, (before, options));
        }
        if options.mode == ImportMode::ReplacePackage {
            self.remove(draft, before, tables);
        }
    }
}

/// An import in the making.
pub(super) struct PackageMerge<'m, 's, S> {
    reader: BlockReader<'m>,
    known: Known<'s>,
    out: MergeOutput<'m, S>,
    /// What is said of the way in which the files were read.
    warnings: Vec<Fault>,
    remarks: Remarks,
    notes: Vec<String>,
    done: ReadSoFar,
}

/// Where the rows go, and what is counted of them.
struct MergeOutput<'m, S> {
    sink: &'m mut S,
    /// As long as there are none, elements are handed on.
    faults: ImportFaults,
    nodes: ImportCounts,
    edges: ImportCounts,
    /// The next ids of new nodes and edges, as a draft gives them.
    next: (u64, u64),
    /// Edges of the store that rows stand for.
    kept_edges: HashSet<EdgeId>,
    /// Edges of the package in the order of their rows, if they may go on at a successor.
    planned: Option<Vec<(EdgeId, RowLocation)>>,
}

impl<'m, 's, S: GraphSink> PackageMerge<'m, 's, S> {
    fn run(&mut self, tables: &[PackageTable<'s>]) -> Writes<S> {
        self.look_at(tables);
        let labels = tables.iter().filter_map(|table| match table.kind {
            TableKind::Label(spec) => Some((table, spec)),
            _ => None,
        });
        let extra_nodes = || tables.iter().filter(|table| matches!(table.kind, TableKind::ExtraNodes));
        for (table, spec) in labels.clone() {
            self.name_nodes(table, spec)?;
        }
        extra_nodes().for_each(|table| self.name_extra_nodes(table));
        self.known.mark_removed(tables);
        // Keys get their numbers, and so the order in which they are shown, from the tables of nodes first.
        for (table, _) in labels.clone().filter(|(table, _)| table.filled) {
            self.name_keys_of(table)?;
        }
        self.read_extras(tables);
        let spells = self.spells(tables)?;
        for (table, spec) in labels {
            self.fill_nodes(table, spec, &spells)?;
        }
        for table in extra_nodes() {
            self.fill_extra_nodes(table)?;
        }
        self.fill_stored_nodes(&spells)?;
        drop(spells);
        for table in tables {
            match table.kind {
                TableKind::Edge(spec) => self.fill_edges(table, spec)?,
                TableKind::ExtraEdges => self.fill_extra_edges(table)?,
                _ => {}
            }
        }
        let unused = self.known.found.extras.faults();
        unused.into_iter().for_each(|fault| self.out.faults.push(fault));
        self.done.bytes = self.done.bytes_in_all;
        self.done.tell(&self.reader);
        Ok(())
    }

    /// What is to be said of the tables as such, and how much there is to read.
    fn look_at(&mut self, tables: &[PackageTable<'s>]) {
        for table in tables {
            self.warnings.extend_from_slice(&table.warnings);
            let is_always = self.known.options.undated == Undated::Always && table.is_undated();
            if is_always && table.filled {
                self.warnings.extend(said_undated(table.kind, &table.file));
                let is_edge = matches!(table.kind, TableKind::Edge(spec) if spec.within_ends);
                self.known.found.lives.are_kept |= is_edge;
            }
            let times = if matches!(table.kind, TableKind::Label(_)) { 2 } else { 1 };
            self.done.bytes_in_all += times * table.contents.bytes();
        }
    }

    fn name(&mut self, kind: NameKind, text: &str) -> Result<u16, Halt<S::Error>> {
        self.out.sink.name(kind, text).map_err(|error| ImportError::Sink(error).into())
    }

    /// Gives numbers to the keys that a table needs.
    fn name_keys<'k>(&mut self, keys: impl IntoIterator<Item = &'k str>) -> Writes<S> {
        for key in keys {
            if self.known.key(key).is_none() {
                let number = KeyId::new(self.name(NameKind::Key, key)?);
                self.known.found.keys.insert(key.to_owned(), number);
            }
        }
        Ok(())
    }

    /// The keys of a table of nodes or edges.
    fn name_keys_of(&mut self, table: &PackageTable<'_>) -> Writes<S> {
        self.name_keys(std::iter::once("id").chain(table.properties().map(|(column, _)| column.name)))
    }

    fn name_nodes(&mut self, table: &PackageTable<'s>, spec: &'s LabelSpec) -> Writes<S> {
        let mut names = TableNames::new(&spec.name, &table.file);
        let empty = Known::new(self.known.before, self.known.options);
        let read = |_: &mut (), block: &Block<'_>| NamedRows::read(table, &empty, block);
        let Self { reader, known, out, done, .. } = self;
        let is_empty = known.before.node_count() == 0;
        let mut kept = Vec::new();
        reader.blocks(
            &table.contents,
            || (),
            read,
            |named, block| {
                for (id, row) in named.iter() {
                    let place = || table.place_at(row);
                    let is_new = is_empty || id.starts_with(BLANK);
                    let stored = if is_new { None } else { known.before.find(&spec.name, id) };
                    let stored = stored.map(|node| node.id());
                    match names.insert(id, row, || stored.unwrap_or_else(|| out.next_node())) {
                        Ok(_) => {
                            if stored.is_some() && known.options.mode == ImportMode::Create {
                                out.faults.push(known::stored_already(id, &place(), table.kind.table()));
                            }
                            kept.extend(stored);
                        }
                        Err(Refused::Row(first)) => {
                            // Rows of one node that lie apart in time are put together in a table that is read whole.
                            if let (Some(_), Some(path)) = (&spec.interrupted_by, table.path()) {
                                return Err(Halt::Uncut(path.to_owned()));
                            }
                            out.faults.push(known::repeated(spec, &place(), id, first));
                        }
                        Err(Refused::Full) => {
                            let remedy = "split the import or shorten the ids";
                            out.faults.push(place().fault("graph", "the table has 4 GiB of ids", remedy));
                        }
                    }
                }
                known.settle(named.noted, &mut out.faults);
                done.bytes += block.bytes() as u64;
                done.tell(reader);
                Ok(())
            },
        )?;
        self.known.found.kept.extend(kept);
        self.known.found.names.tables.push(names);
        Ok(())
    }

    fn spells(&mut self, tables: &[PackageTable<'s>]) -> Result<ImportedSpells, Halt<S::Error>> {
        let mut spells = Vec::new();
        for table in tables.iter().filter(|table| spells_in(table.kind).is_some()) {
            self.reader.check()?;
            if table.filled {
                let keys = spell_keys(table);
                self.name_keys(keys.iter().map(String::as_str))?;
            }
            let mut context = BlockContext::new(&self.known);
            let before = spells.len();
            read_spells(&mut context, table, |spell| spells.push(spell));
            let BlockContext { noted, remarks, .. } = context;
            self.remarks.extend(remarks);
            self.settle(noted);
            self.count(spells.len() - before, table);
        }
        Ok(ImportedSpells::new(spells))
    }

    /// Notes that a table that is read as a whole has been read.
    fn count(&mut self, rows: usize, table: &PackageTable<'_>) {
        self.done.rows += rows as u64;
        self.done.bytes += table.contents.bytes();
        self.done.tell(&self.reader);
    }

    fn settle(&mut self, noted: Vec<Noted>) {
        self.known.settle(noted, &mut self.out.faults);
    }

    fn fill_nodes(
        &mut self,
        table: &PackageTable<'s>,
        spec: &'s LabelSpec,
        spells: &ImportedSpells,
    ) -> Writes<S> {
        if !table.filled {
            self.count(0, table);
            return Ok(());
        }
        if self.known.options.rank_from_level && spec.name == label::GOVERNMENT {
            self.name_keys(["rank", "level", "note"])?;
        }
        let label = LabelId::new(self.name(NameKind::Label, &spec.name)?);
        let Self { reader, known, out, remarks, notes, done, .. } = self;
        let (mut lives, mut used) = (std::mem::take(&mut known.found.lives), Vec::new());
        {
            let known = &*known;
            let values = ValueColumn::of(table, known);
            let worker = || NodeReader::new(table, (spec, label), &values, known);
            let read = |nodes: &mut NodeReader<'_, 's>, block: &Block<'_>| nodes.read(spells, block);
            reader.blocks(&table.contents, worker, read, |batch, block| {
                known.settle(batch.noted, &mut out.faults);
                remarks.extend(batch.remarks);
                notes.extend(batch.notes);
                used.extend(batch.used);
                done.rows += batch.nodes.len() as u64;
                done.bytes += block.bytes() as u64;
                out.nodes(batch.nodes, &mut lives)?;
                done.tell(reader);
                Ok(())
            })?;
        }
        known.found.lives = lives;
        known.found.extras.note_used(&spec.table, used);
        Ok(())
    }

    fn fill_edges(&mut self, table: &PackageTable<'s>, spec: &'s EdgeSpec) -> Writes<S> {
        if !table.filled {
            self.count(0, table);
            return Ok(());
        }
        self.name_keys_of(table)?;
        let edge_type = TypeId::new(self.name(NameKind::EdgeType, &spec.name)?);
        let Self { reader, known, out, remarks, done, .. } = self;
        let (mut written, mut used) = (Vec::new(), Vec::new());
        let pass = EdgePass::new(*reader, table, (spec, edge_type), known);
        pass.run(|edges, batch, block| {
            written.extend_from_slice(&batch.written);
            known.settle(batch.noted, &mut out.faults);
            remarks.extend(batch.remarks);
            used.extend(batch.used);
            done.rows += edges.len() as u64;
            done.bytes += block.bytes() as u64;
            out.edges(table, edges)?;
            done.tell(reader);
            Ok(())
        })?;
        let (repeated, rows): (_, BTreeSet<u64>) = repeated_ids(reader, table, known, &pass.hasher, written)?;
        drop(pass);
        // A row that repeats an id is not read: what else is wrong in it is not said.
        out.faults.forget_rows(&table.file, &rows);
        known.settle(repeated, &mut out.faults);
        known.found.extras.note_used(&spec.table, used);
        Ok(())
    }
}

impl<S: GraphSink> MergeOutput<'_, S> {
    /// The id of the next new node.
    fn next_node(&mut self) -> NodeId {
        self.next.0 += 1;
        NodeId::new(self.next.0 - 1)
    }

    /// Hands nodes on, counts them and notes how long they last. New ones keep the order in which ids were given.
    fn nodes(&mut self, nodes: Vec<MadeNode>, lives: &mut Lives) -> Writes<S> {
        let mut new = Vec::with_capacity(nodes.len());
        for node in nodes {
            match node {
                MadeNode::New(node) => {
                    self.nodes.added += 1;
                    lives.add(&node.validity);
                    new.push(node);
                }
                MadeNode::Kept => self.nodes.unchanged += 1,
                MadeNode::Changed(node) => {
                    self.nodes.changed += 1;
                    lives.change(node.id, &node.validity);
                    self.change(Change::PutNode(node))?;
                }
            }
        }
        if self.faults.is_empty() && !new.is_empty() {
            self.sink.nodes(new).map_err(ImportError::Sink)?;
        }
        Ok(())
    }

    /// Hands edges on, and counts them.
    fn edges(&mut self, table: &PackageTable<'_>, edges: Vec<(u64, MadeEdge)>) -> Writes<S> {
        let mut new = Vec::with_capacity(edges.len());
        for (row, edge) in edges {
            let id = match edge {
                MadeEdge::New(edge) => {
                    self.edges.added += 1;
                    self.next.1 += 1;
                    new.push(edge);
                    EdgeId::new(self.next.1 - 1)
                }
                MadeEdge::Kept(edge) => {
                    self.edges.unchanged += 1;
                    self.kept_edges.insert(edge.id);
                    edge.id
                }
                MadeEdge::Changed(edge) => {
                    let id = edge.id;
                    self.edges.changed += 1;
                    self.kept_edges.insert(id);
                    self.change(Change::PutEdge(edge))?;
                    id
                }
            };
            if let Some(planned) = &mut self.planned {
                planned.push((id, table.place_at(row)));
            }
        }
        if self.faults.is_empty() && !new.is_empty() {
            self.sink.edges(new).map_err(ImportError::Sink)?;
        }
        Ok(())
    }

    fn change(&mut self, change: Change) -> Writes<S> {
        if self.faults.is_empty() {
            self.sink.change(change).map_err(ImportError::Sink)?;
        }
        Ok(())
    }
}
