//! The order of a load: names of nodes, values in time, nodes, edges.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use hashbrown::DefaultHashBuilder;

use super::columns::Table;
use super::edges::{EdgeBatch, EdgeReader};
use super::ground::{Ground, Noted};
use super::ids::{MadeIds, repeated_ids};
use super::names::{Refused, TableNames};
use super::nodes::{NamedRows, NodeReader};
use super::pipeline::{Reader, Text};
use super::spells::{Spells, read_spell_table, read_spells, spell_keys};
use super::{BulkError, BulkLoaded, BulkOptions, BulkProgress};
use crate::exchange::error::ExchangeError;
use crate::exchange::fault::{Fault, ImportFaults};
use crate::exchange::package::{Listing, NEAR_IDS, Sheet, TableKind, no_row, said_undated, suggest_id};
use crate::exchange::remarks::{Remarks, in_order_of_files};
use crate::graph::{BulkSink, EdgeSpec, KeyId, LabelId, LabelSpec, NameKind, Schema, TypeId};

/// Loads a package into a sink for an empty store, as an import with the default options would: the same
/// graph, or the same faults.
///
/// Memory is bounded by the ids of the nodes, the rows of `states.csv` and `observations.csv`, eight bytes
/// an edge, and a few blocks under way. The numbers of keys may be others than the planner gives. Where the
/// result is not `Ok`, the sink may have taken a part: it must be thrown away.
///
/// # Errors
/// [`BulkError::Faults`] with all faults of the package; [`BulkError::Unsuited`] where the planner must
/// read it; [`BulkError::Cancelled`]; what the system and the sink say.
pub fn bulk_load<S: BulkSink>(
    folder: &Path,
    schema: &Schema,
    sink: &mut S,
    options: &BulkOptions<'_>,
    progress: &mut dyn FnMut(BulkProgress),
) -> Result<BulkLoaded, BulkError<S::Error>> {
    let Listing { metadata, tables, faults, is_of_nothing } = Listing::of(folder, schema)?;
    if !metadata.settings.is_empty() {
        let path = folder.to_owned();
        return Err(BulkError::Unsuited { path, why: super::Unsuited::Settings });
    }
    let mut load = Load {
        reader: options.reader(),
        ground: Ground::new(schema),
        sink,
        faults: faults.into_iter().collect(),
        warnings: Vec::new(),
        remarks: Remarks::default(),
        edges: 0,
        progress,
        done: BulkProgress::default(),
    };
    let mut opened = Vec::new();
    for (kind, path) in tables {
        let size = fs::metadata(&path).map_err(ExchangeError::io("read", &path))?.len();
        // Tables of nodes are read twice.
        load.done.bytes_in_all += if matches!(kind, TableKind::Label(_)) { 2 * size } else { size };
        match kind {
            TableKind::Label(_) | TableKind::Edge(_) => {
                opened.push(Table::open(load.reader, kind, &path, &mut load.faults)?);
            }
            TableKind::States | TableKind::Observations => {
                opened.push(Table::spells(kind, &path));
            }
            TableKind::ExtraNodes | TableKind::ExtraEdges | TableKind::ExtraProperties => {
                return Err(BulkError::Unsuited { path, why: super::Unsuited::ExtraTable });
            }
        }
    }
    check_undated(&opened)?;
    for table in opened.iter().filter(|table| table.filled && table.is_undated()) {
        load.warnings.extend(said_undated(table.kind, &table.file));
    }
    load.run(&opened)?;
    load.done.bytes = load.done.bytes_in_all;
    (load.progress)(load.done);
    let Load { ground, mut faults, warnings, remarks, edges, done, .. } = load;
    if faults.is_empty() && done.rows == 0 && !is_of_nothing {
        faults.push(no_row(&folder.display().to_string()));
    }
    if !faults.is_empty() {
        faults.sort();
        return Err(BulkError::Faults(faults));
    }
    let warnings = in_order_of_files(warnings, remarks);
    Ok(BulkLoaded::new(folder, options, metadata, ground, (edges, warnings)))
}

/// Edges without dates hold as long as their ends, which must have none then: the dates of nodes are not kept.
fn check_undated<E>(tables: &[Table<'_>]) -> Result<(), BulkError<E>> {
    let always = |label: &String| {
        let mut own =
            tables.iter().filter(|table| matches!(table.kind, TableKind::Label(spec) if spec.name == *label));
        own.all(|table| table.is_undated() || !table.filled)
    };
    for table in tables.iter().filter(|table| table.filled && table.is_undated()) {
        if let TableKind::Edge(spec) = table.kind
            && spec.within_ends
            && !spec.ends.iter().all(|(from, to)| always(from) && always(to))
        {
            return Err(BulkError::Unsuited { path: table.path.clone(), why: super::Unsuited::Undated });
        }
    }
    Ok(())
}

struct Load<'l, 's, S> {
    reader: Reader<'l>,
    ground: Ground<'s>,
    sink: &'l mut S,
    faults: ImportFaults,
    warnings: Vec<Fault>,
    remarks: Remarks,
    edges: u64,
    progress: &'l mut dyn FnMut(BulkProgress),
    done: BulkProgress,
}

impl<'s, S: BulkSink> Load<'_, 's, S> {
    fn run(&mut self, tables: &[Table<'s>]) -> Result<(), BulkError<S::Error>> {
        let labels = tables.iter().filter_map(|table| match table.kind {
            TableKind::Label(spec) => Some((table, spec)),
            _ => None,
        });
        for (table, spec) in labels.clone() {
            self.name_nodes(table, spec)?;
        }
        let spells = self.spells(tables)?;
        for (table, spec) in labels {
            self.load_nodes(table, spec, &spells)?;
        }
        drop(spells);
        for table in tables {
            if let TableKind::Edge(spec) = table.kind {
                self.load_edges(table, spec)?;
            }
        }
        Ok(())
    }

    fn name(&mut self, kind: NameKind, text: &str) -> Result<u16, BulkError<S::Error>> {
        self.sink.name(kind, text).map_err(BulkError::Sink)
    }

    /// Gives numbers to the keys that a table needs.
    fn name_keys<'k>(&mut self, keys: impl IntoIterator<Item = &'k str>) -> Result<(), BulkError<S::Error>> {
        for key in keys {
            if self.ground.key(key).is_none() {
                let number = KeyId::new(self.name(NameKind::Key, key)?);
                self.ground.keys.insert(key.to_owned(), number);
            }
        }
        Ok(())
    }

    fn advance(&mut self, rows: usize, bytes: usize) {
        self.done.rows += rows as u64;
        self.done.bytes += bytes as u64;
        (self.progress)(self.done);
    }

    fn name_nodes(&mut self, table: &Table<'s>, spec: &LabelSpec) -> Result<(), BulkError<S::Error>> {
        let mut names = TableNames::new(&spec.name, &table.file, self.ground.names.len());
        let nobody = Ground::new(self.ground.schema);
        let read = |_: &mut (), text: &_| NamedRows::read(table, &nobody, text);
        let Self { reader, faults, progress, done, .. } = self;
        reader.blocks(
            &table.path,
            || (),
            read,
            |named, text| {
                for (id, row) in named.iter() {
                    match names.insert(id, row) {
                        Ok(()) => {}
                        Err(Refused::Row(_)) if spec.interrupted_by.is_some() => {
                            let (path, why) = (table.path.clone(), super::Unsuited::Spells);
                            return Err(BulkError::Unsuited { path, why });
                        }
                        Err(Refused::Row(first)) => faults.push(table.place_at(row).repeated_id(id, first)),
                        Err(Refused::Full) => {
                            let remedy = "split the import or shorten the ids";
                            faults.push(table.place_at(row).fault(
                                "graph",
                                "the table has 4 GiB of ids",
                                remedy,
                            ));
                        }
                    }
                }
                note(&nobody, named.noted, faults);
                done.bytes += text.len() as u64;
                progress(*done);
                Ok(())
            },
        )?;
        self.ground.names.tables.push(names);
        Ok(())
    }

    fn spells(&mut self, tables: &[Table<'s>]) -> Result<Spells, BulkError<S::Error>> {
        let mut spells = Vec::new();
        for table in tables {
            if !matches!(table.kind, TableKind::States | TableKind::Observations) {
                continue;
            }
            self.reader.check()?;
            let mut faults = Vec::new();
            let read = read_spell_table(&table.path, &table.file, &mut faults)?;
            faults.into_iter().for_each(|fault| self.faults.push(fault));
            let Some(read) = read else { continue };
            if !read.rows.is_empty() {
                self.name_keys(spell_keys(&Sheet::new(table.kind, &read, &mut ImportFaults::default())))?;
            }
            let (noted, faults, remarks) =
                read_spells(&self.ground, table.kind, &read, |spell, _| spells.push(spell));
            self.remarks.extend(remarks);
            self.warnings.extend_from_slice(&read.warnings);
            faults.faults().iter().for_each(|fault| self.faults.push(fault.clone()));
            note(&self.ground, noted, &mut self.faults);
            let size = fs::metadata(&table.path).map_or(0, |file| file.len());
            self.advance(read.rows.len(), usize::try_from(size).unwrap_or(0));
        }
        Ok(Spells::new(spells))
    }

    fn load_nodes(
        &mut self,
        table: &Table<'s>,
        spec: &'s LabelSpec,
        spells: &Spells,
    ) -> Result<(), BulkError<S::Error>> {
        if !table.filled {
            return self.skip(table);
        }
        self.name_keys(std::iter::once("id").chain(table.properties().map(|(column, _)| column.name)))?;
        let label = LabelId::new(self.name(NameKind::Label, &spec.name)?);
        let Self { reader, ground, sink, faults, remarks, progress, done, .. } = self;
        let values = table.values(ground);
        let mut first = None;
        {
            let ground = &*ground;
            let worker = || NodeReader::new(table, (spec, label), &values, ground, spells);
            reader.blocks(&table.path, worker, NodeReader::read, |batch, text| {
                note(ground, batch.noted, faults);
                remarks.extend(batch.remarks);
                done.rows += batch.nodes.len() as u64;
                done.bytes += text.len() as u64;
                if faults.is_empty() && !batch.nodes.is_empty() {
                    let id = sink.nodes(batch.nodes).map_err(BulkError::Sink)?;
                    first.get_or_insert(id);
                }
                progress(*done);
                Ok(())
            })?;
        }
        // The first node of the first table gives all their ids.
        if let (Some(id), Some(names)) = (first, ground.names.table(&spec.name)) {
            ground.first = id.get().saturating_sub(u64::from(names.first));
        }
        Ok(())
    }

    fn skip(&mut self, table: &Table<'s>) -> Result<(), BulkError<S::Error>> {
        let size = fs::metadata(&table.path).map_err(ExchangeError::io("read", &table.path))?.len();
        self.advance(0, usize::try_from(size).unwrap_or(0));
        Ok(())
    }

    fn load_edges(&mut self, table: &Table<'s>, spec: &'s EdgeSpec) -> Result<(), BulkError<S::Error>> {
        if !table.filled {
            return self.skip(table);
        }
        self.name_keys(std::iter::once("id").chain(table.properties().map(|(column, _)| column.name)))?;
        let edge_type = TypeId::new(self.name(NameKind::EdgeType, &spec.name)?);
        let Self { reader, ground, sink, faults, remarks, progress, done, edges, .. } = self;
        let ground = &*ground;
        let hasher = DefaultHashBuilder::default();
        let mut written = Vec::new();
        let pass = EdgePass { reader: *reader, table, spec, edge_type, ground, hasher: &hasher };
        pass.run(|batch, text| {
            written.extend_from_slice(&batch.written);
            note(ground, batch.noted, faults);
            remarks.extend(batch.remarks);
            done.rows += batch.edges.len() as u64;
            done.bytes += text.len() as u64;
            *edges += batch.edges.len() as u64;
            if faults.is_empty() && !batch.edges.is_empty() {
                sink.edges(batch.edges).map_err(BulkError::Sink)?;
            }
            progress(*done);
            Ok(())
        })?;
        let (repeated, rows): (_, BTreeSet<u64>) = repeated_ids(*reader, table, ground, &hasher, written)?;
        // A row that repeats an id is not read: what else is wrong in it is not said.
        faults.forget_rows(&table.file, &rows);
        note(ground, repeated, faults);
        Ok(())
    }
}

/// One reading of a table of edges.
pub(super) struct EdgePass<'p, 's> {
    pub(super) reader: Reader<'p>,
    pub(super) table: &'p Table<'s>,
    pub(super) spec: &'s EdgeSpec,
    pub(super) edge_type: TypeId,
    pub(super) ground: &'p Ground<'s>,
    pub(super) hasher: &'p DefaultHashBuilder,
}

impl EdgePass<'_, '_> {
    /// Hands on the batches in the order of the file, every edge with its id.
    pub(super) fn run<E>(
        &self,
        mut take: impl FnMut(EdgeBatch, &Text) -> Result<(), BulkError<E>>,
    ) -> Result<(), BulkError<E>> {
        let Self { reader, table, spec, edge_type, ground, hasher } = *self;
        let values = table.values(ground);
        let worker = || EdgeReader::new(table, (spec, edge_type), &values, ground, hasher);
        let mut made: Option<MadeIds> = None;
        reader.blocks(&table.path, worker, EdgeReader::read, |mut batch, text| {
            if let Some(id_key) = ground.key("id").filter(|_| !batch.made.is_empty()) {
                let made = match &mut made {
                    Some(made) => made,
                    None => made.insert(MadeIds::of(reader, table, &spec.name, hasher)?),
                };
                made.number(&table.file, &mut batch, id_key, hasher);
            }
            take(batch, text)
        })
    }
}

/// Takes the faults of a block and finds the remedies that were left open.
pub(super) fn note(ground: &Ground<'_>, noted: Vec<Noted>, faults: &mut ImportFaults) {
    for Noted { fault, wanted } in noted {
        let fault = match wanted {
            None => fault,
            Some((labels, id)) => {
                let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
                let tables = labels.iter().filter_map(|label| ground.names.table(label));
                let known = tables.flat_map(TableNames::ids).take(NEAR_IDS);
                let known = faults.is_short().then_some(known);
                Fault { remedy: suggest_id(ground.schema, &labels, &id, known), ..fault }
            }
        };
        faults.push(fault);
    }
}
