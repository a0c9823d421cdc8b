//! Where in its files does an element of a load stand? Found by reading the tables again.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use hashbrown::DefaultHashBuilder;

use super::BulkError;
use super::BulkOptions;
use super::columns::Table;
use super::ground::Ground;
use super::list::Origin;
use super::load::EdgePass;
use super::names::Names;
use super::pipeline::Reader;
use super::spells::{read_spell_table, read_spells};
use crate::exchange::error::ExchangeError;
use crate::exchange::fault::{Fault, ImportFaults};
use crate::exchange::package::{Listing, Metadata, TableKind, fault_of};
use crate::graph::{BulkEdge, EdgeId, KeyId, NodeId, Schema, Snapshot, Subject, TypeId, Violation};

/// What a load took in, and what it takes to find an element in its files again.
#[derive(Debug)]
pub struct BulkLoaded {
    folder: PathBuf,
    block: usize,
    threads: usize,
    metadata: Metadata,
    names: Names,
    keys: HashMap<String, KeyId>,
    first: u64,
    edges: u64,
    warnings: Vec<Fault>,
    /// Where the rows come from, if not from the tables themselves.
    origin: Option<Origin>,
}

impl BulkLoaded {
    pub(super) fn new(
        folder: &Path,
        options: &BulkOptions<'_>,
        metadata: Metadata,
        ground: Ground<'_>,
        (edges, warnings): (u64, Vec<Fault>),
    ) -> Self {
        let Ground { names, keys, first, .. } = ground;
        let (block, threads) = (options.block_bytes, options.threads);
        Self {
            folder: folder.to_owned(),
            block,
            threads,
            metadata,
            names,
            keys,
            first,
            edges,
            warnings,
            origin: None,
        }
    }

    /// What is said of the files, which it then does not hold any more.
    pub(super) fn take_warnings(&mut self) -> Vec<Fault> {
        std::mem::take(&mut self.warnings)
    }

    /// Tells where the rows come from, and what is said of that file.
    pub(super) fn comes_from(&mut self, origin: Origin, warnings: Vec<Fault>) {
        (self.origin, self.warnings) = (Some(origin), warnings);
    }

    /// What is said of the files, as [`ImportPlan::warnings`](crate::exchange::ImportPlan::warnings).
    #[must_use]
    pub fn warnings(&self) -> &[Fault] {
        &self.warnings
    }

    /// How many nodes were loaded.
    #[must_use]
    pub fn nodes(&self) -> u64 {
        u64::from(self.names.len())
    }

    /// How many edges were loaded.
    #[must_use]
    pub fn edges(&self) -> u64 {
        self.edges
    }

    /// What the package says of itself.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// Where breaches of rules stand in the package: what each rule says, at the file and row of its
    /// element, in the order of the breaches. `loaded` is the graph that was loaded. Reads the tables again
    /// that it needs; the package must not have changed since.
    ///
    /// # Errors
    /// [`ExchangeError`] where a file can no longer be read.
    pub fn locate(self, loaded: &Snapshot, breaches: &[Violation]) -> Result<Vec<Fault>, ExchangeError> {
        let schema = loaded.catalogue().schema();
        let Self { folder, block, threads, names, keys, first, origin, .. } = self;
        let ground = Ground { schema, names, keys, first };
        let never = std::sync::atomic::AtomicBool::new(false);
        let reader = Reader { block, threads, separator: b',', cancel: &never };
        let mut search = Search { reader, ground, loaded, places: HashMap::new() };
        search.nodes(breaches);
        search.tables(&folder, schema, breaches)?;
        let faults = breaches.iter().map(|breach| search.fault(breach));
        let told = |fault| match &origin {
            Some(origin) => origin.of(fault),
            None => fault,
        };
        Ok(faults.map(told).collect())
    }
}

struct Search<'f> {
    reader: Reader<'f>,
    ground: Ground<'f>,
    loaded: &'f Snapshot,
    /// Element, and property where it is one of its spells → file and row.
    places: HashMap<(Subject, Option<String>), (String, u64)>,
}

impl<'f> Search<'f> {
    fn number(&self, node: NodeId) -> Option<u32> {
        u32::try_from(node.get().checked_sub(self.ground.first)?).ok()
    }

    fn nodes(&mut self, breaches: &[Violation]) {
        for breach in breaches {
            if let Subject::Node(id) = breach.subject
                && let Some(number) = self.number(id)
                && let Some(table) = self.ground.names.table_of(number)
            {
                let place = (table.file.clone(), table.row(number));
                self.places.insert((breach.subject, None), place);
            }
        }
    }

    fn tables(
        &mut self,
        folder: &Path,
        schema: &'f Schema,
        breaches: &[Violation],
    ) -> Result<(), ExchangeError> {
        let mut wanted: HashMap<TypeId, Vec<EdgeId>> = HashMap::new();
        let mut of_nodes = false;
        for breach in breaches {
            match breach.subject {
                Subject::Node(_) => of_nodes |= breach.column.is_some(),
                Subject::Edge(id) => {
                    let edge = self.loaded.edge(id).into_iter();
                    edge.for_each(|edge| wanted.entry(edge.type_id()).or_default().push(id));
                }
            }
        }
        for (kind, path) in Listing::of(folder, schema)?.tables {
            let read = match kind {
                TableKind::States | TableKind::Observations if of_nodes => self.spells(kind, &path, breaches),
                TableKind::Edge(spec) => {
                    let edge_type = self.loaded.catalogue().edge_type(&spec.name);
                    match edge_type.and_then(|edge_type| wanted.remove(&edge_type)) {
                        Some(edges) => self.edges(kind, &path, &edges),
                        None => Ok(()),
                    }
                }
                _ => Ok(()),
            };
            match read {
                Ok(()) => {}
                Err(BulkError::Io(error)) => return Err(error),
                // What was read a moment ago has changed: its elements are named without a place.
                Err(_) => {}
            }
        }
        Ok(())
    }

    fn spells(
        &mut self,
        kind: TableKind<'f>,
        path: &Path,
        breaches: &[Violation],
    ) -> Result<(), BulkError<()>> {
        let wanted = breaches.iter().filter_map(|breach| match breach.subject {
            Subject::Node(id) => Some((self.number(id)?, breach.column.as_deref()?)),
            Subject::Edge(_) => None,
        });
        let wanted: Vec<(u32, KeyId, &str)> =
            wanted.filter_map(|(node, column)| Some((node, self.ground.key(column)?, column))).collect();
        let Some(table) = read_spell_table(path, &format!("{}.csv", kind.table()), &mut Vec::new())? else {
            return Ok(());
        };
        let mut found = Vec::new();
        read_spells(&self.ground, kind, &table, |spell, place| {
            let own = wanted.iter().filter(|(node, key, _)| spell.is_of(*node, *key));
            found.extend(own.map(|(node, _, column)| (*node, *column, place.clone())));
        });
        for (node, column, place) in found {
            let key = (Subject::Node(self.ground.node(node)), Some(column.to_owned()));
            self.places.entry(key).or_insert_with(|| (place.file.to_string(), place.row));
        }
        Ok(())
    }

    fn edges(&mut self, kind: TableKind<'f>, path: &Path, ids: &[EdgeId]) -> Result<(), BulkError<()>> {
        let TableKind::Edge(spec) = kind else { return Ok(()) };
        let table = Table::open(self.reader, kind, path, &mut ImportFaults::default())?;
        let mut wanted: HashMap<(NodeId, NodeId), Vec<(EdgeId, BulkEdge)>> = HashMap::new();
        for edge in ids.iter().filter_map(|id| self.loaded.edge(*id)) {
            let record = edge.to_record();
            let bulk = BulkEdge {
                edge_type: record.edge_type,
                source: record.source,
                target: record.target,
                validity: record.validity,
                properties: record.properties,
            };
            wanted.entry((bulk.source, bulk.target)).or_default().push((record.id, bulk));
        }
        let Some(edge_type) = self.loaded.catalogue().edge_type(&spec.name) else { return Ok(()) };
        let hasher = DefaultHashBuilder::default();
        let Self { reader, ground, places, .. } = self;
        let pass = EdgePass { reader: *reader, table: &table, spec, edge_type, ground, hasher: &hasher };
        pass.run(|batch, _| {
            for (edge, row) in batch.edges.iter().zip(&batch.rows) {
                let there = wanted.get(&(edge.source, edge.target)).into_iter().flatten();
                for (id, _) in there.filter(|(_, own)| own == edge) {
                    let key = (Subject::Edge(*id), None);
                    places.entry(key).or_insert_with(|| (table.file.clone(), *row));
                }
            }
            Ok(())
        })
    }

    fn fault(&self, breach: &Violation) -> Fault {
        let spell = breach.column.as_ref().and_then(|column| {
            self.places.get(&(breach.subject, Some(column.clone()))).map(|place| (place, true))
        });
        let place = spell.or_else(|| self.places.get(&(breach.subject, None)).map(|place| (place, false)));
        let (at, in_spell) =
            place.map_or((None, false), |((file, row), spell)| (Some((file.as_str(), *row)), spell));
        fault_of(breach, at, in_spell)
    }
}
