//! Nodes of the store that no row stands for, and what the package says of them all the same.

use std::collections::HashMap;

use super::known::BlockContext;
use super::nodes::MadeNode;
use super::spells::{ImportedSpells, put_spells};
use super::{PackageMerge, Writes};
use crate::exchange::package::schema::TableKind;
use crate::graph::{GraphSink, NodeId, NodeRef};

impl<S: GraphSink> PackageMerge<'_, '_, S> {
    /// Takes spells and further values of nodes of the store, and what a replaced table of them takes away.
    pub(super) fn fill_stored_nodes(&mut self, spells: &ImportedSpells) -> Writes<S> {
        let mut touched: Vec<NodeId> =
            spells.nodes().filter(|node| !self.known.is_named(*node)).chain(self.known.stripped()).collect();
        let mut tables: HashMap<NodeId, (String, String)> = HashMap::new();
        for (table, of) in self.known.found.extras.unused() {
            let Some(TableKind::Label(spec)) = TableKind::named(self.known.schema, table) else { continue };
            for node in self.known.find(&spec.name, of) {
                if !self.known.is_named(node) {
                    touched.push(node);
                    tables.insert(node, (table.to_owned(), of.to_owned()));
                }
            }
        }
        touched.sort_unstable();
        touched.dedup();
        let mut made = Vec::with_capacity(touched.len());
        let mut context = BlockContext::new(&self.known);
        for id in touched {
            let Some(before) = self.known.before.node(id).map(NodeRef::to_record) else { continue };
            let spec = self.known.table_label(&before.labels).filter(|_| self.known.replaces());
            let mut properties = match spec {
                Some(spec) => self.known.left_over(spec, false, &before.properties),
                None => before.properties.clone(),
            };
            put_spells(&mut context, spells.of(id), &mut properties);
            if let Some((table, of)) = tables.get(&id) {
                self.known.found.extras.take(table, of, &mut context, &mut properties);
            }
            made.push(if before.properties == properties {
                MadeNode::Kept
            } else {
                MadeNode::Changed(crate::graph::NodeRecord { properties, ..before })
            });
        }
        let BlockContext { noted, remarks, .. } = context;
        self.settle(noted);
        self.remarks.extend(remarks);
        for (table, of) in tables.into_values() {
            self.known.found.extras.note_used(&table, [of]);
        }
        let lives = &mut self.known.found.lives;
        self.out.nodes(made, lives)
    }
}
