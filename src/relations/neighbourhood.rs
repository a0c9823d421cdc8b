//! What must be read to answer about a few nodes: a small graph cut out of a large one.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{
    ChangeError, Contents, EdgeDirection, EdgeId, EdgeRecord, End, LabelId, NodeId, NodeRecord, PointRead,
    Property, Snapshot, TypeId,
};
use crate::relations::vocabulary::{edge, label};
use crate::value::Value;

/// Lines of command and frameworks are never deeper; what is deeper is a cycle.
const DEEPEST: usize = 64;

/// What is asked about the nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Who they are: the nodes alone.
    Names,
    /// All that is stored of them: their edges and the nodes at the other ends.
    Edges,
    /// Their ties, and those among the members of a region or body: also the arrangements and powers behind
    /// them with all parties, frameworks, and the lines of command by which a direction is derived.
    Ties,
}

/// Cuts out of a graph what is needed to answer about some nodes. In the cut, a question within `reach` about
/// these nodes has the answer that it has in the whole graph; permanent ids, names and order of indices stay.
///
/// # Errors
/// Those of the reader.
pub fn neighbourhood<R: PointRead>(
    reader: &R,
    nodes: &[NodeId],
    reach: Reach,
) -> Result<Snapshot, CutError<R::Error>> {
    let mut cut = Cut { reader, nodes: BTreeMap::new(), edges: BTreeMap::new() };
    cut.take_nodes(nodes)?;
    let settings = reader.listed(label::SETTING).map_err(CutError::Read)?;
    cut.take_nodes(&settings)?;
    match reach {
        Reach::Names => {}
        Reach::Edges => {
            cut.both_ways(nodes, &[])?;
            cut.evidence()?;
        }
        Reach::Ties => cut.ties(nodes)?,
    }
    let (commit, next_ids) = reader.position();
    let catalogue = std::sync::Arc::clone(reader.catalogue());
    let (nodes, edges) = (cut.nodes.into_values().collect(), cut.edges.into_values().collect());
    Snapshot::from_records(commit, next_ids, catalogue, nodes, edges).map_err(CutError::Graph)
}

/// Why nothing could be cut out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CutError<E> {
    /// The reader could not read.
    #[error(transparent)]
    Read(E),
    /// What was read does not fit together.
    #[error(transparent)]
    Graph(ChangeError),
}

struct Cut<'a, R> {
    reader: &'a R,
    nodes: BTreeMap<NodeId, NodeRecord>,
    edges: BTreeMap<EdgeId, EdgeRecord>,
}

impl<R: PointRead> Cut<'_, R> {
    fn label(&self, name: &str) -> Option<LabelId> {
        self.reader.catalogue().label(name)
    }

    fn types(&self, names: &[&str]) -> Vec<TypeId> {
        names.iter().filter_map(|name| self.reader.catalogue().edge_type(name)).collect()
    }

    /// Reads nodes that are not there yet.
    fn take_nodes(&mut self, ids: &[NodeId]) -> Result<(), CutError<R::Error>> {
        let mut missing: Vec<NodeId> =
            ids.iter().filter(|id| !self.nodes.contains_key(id)).copied().collect();
        missing.sort_unstable();
        missing.dedup();
        if missing.is_empty() {
            return Ok(());
        }
        let read = self.reader.nodes(&missing).map_err(CutError::Read)?;
        self.nodes.extend(read.into_iter().map(|node| (node.id, node)));
        Ok(())
    }

    /// Reads edges of nodes and the nodes at their other ends, which come back; all types where none are named.
    fn follow(
        &mut self,
        from: &[NodeId],
        orientation: EdgeDirection,
        types: &[TypeId],
        what: Contents,
    ) -> Result<Vec<NodeId>, CutError<R::Error>> {
        let read = self.reader.edges(from, orientation, types, what).map_err(CutError::Read)?;
        let far = |edge: &EdgeRecord| match orientation {
            EdgeDirection::Out => edge.target,
            EdgeDirection::In => edge.source,
        };
        let ends: Vec<NodeId> = read.iter().map(far).collect();
        for edge in read {
            match what {
                // What was read whole stays whole.
                Contents::Ends => drop(self.edges.entry(edge.id).or_insert(edge)),
                Contents::Whole => drop(self.edges.insert(edge.id, edge)),
            }
        }
        self.take_nodes(&ends)?;
        Ok(ends)
    }

    /// As [`Cut::follow`] by named types; nothing where the graph has none of them.
    fn follow_named(
        &mut self,
        from: &[NodeId],
        orientation: EdgeDirection,
        names: &[&str],
    ) -> Result<Vec<NodeId>, CutError<R::Error>> {
        let types = self.types(names);
        if types.is_empty() || from.is_empty() {
            Ok(Vec::new())
        } else {
            self.follow(from, orientation, &types, Contents::Whole)
        }
    }

    fn both_ways(&mut self, from: &[NodeId], types: &[TypeId]) -> Result<(), CutError<R::Error>> {
        self.follow(from, EdgeDirection::Out, types, Contents::Whole)?;
        self.follow(from, EdgeDirection::In, types, Contents::Whole).map(drop)
    }

    /// Follows edges of one type from node to node for as long as they lead to new ones.
    fn climb(&mut self, from: Vec<NodeId>, edge_type: &str) -> Result<(), CutError<R::Error>> {
        let Some(edge_type) = self.reader.catalogue().edge_type(edge_type) else { return Ok(()) };
        let mut seen: BTreeSet<NodeId> = from.iter().copied().collect();
        let mut next: Vec<NodeId> = seen.iter().copied().collect();
        for _ in 0..DEEPEST {
            let reached = self.follow(&next, EdgeDirection::Out, &[edge_type], Contents::Ends)?;
            next = reached.into_iter().filter(|node| seen.insert(*node)).collect();
            if next.is_empty() {
                break;
            }
        }
        Ok(())
    }

    fn labelled(&self, name: &str) -> Vec<NodeId> {
        let Some(label) = self.label(name) else { return Vec::new() };
        let nodes = self.nodes.values().filter(|node| node.labels.contains(&label));
        nodes.map(|node| node.id).collect()
    }

    fn ties(&mut self, nodes: &[NodeId]) -> Result<(), CutError<R::Error>> {
        let government = self.label(label::GOVERNMENT);
        let is_government = |node: &NodeRecord| government.is_some_and(|label| node.labels.contains(&label));
        // A region or body stands for its members, also through the body that defines it (S9).
        let groups: Vec<NodeId> = nodes
            .iter()
            .filter(|id| self.nodes.get(id).is_some_and(|node| !is_government(node)))
            .copied()
            .collect();
        let mut bodies = self.follow_named(&groups, EdgeDirection::Out, &[edge::DEFINED_BY])?;
        bodies.extend(&groups);
        let mut about = self.follow_named(&bodies, EdgeDirection::In, &[edge::MEMBER_OF])?;
        about.extend(nodes.iter().filter(|id| !groups.contains(id)));
        self.both_ways(&about, &[])?;
        self.powers()?;
        self.arrangements()?;
        self.climb(self.labelled(label::GOVERNMENT), edge::SUBORDINATE_TO)?;
        let steps = self.reader.listed(label::TIER).map_err(CutError::Read)?;
        self.take_nodes(&steps)
    }

    /// Who gave each power to whom, and under which arrangement (S14).
    fn powers(&mut self) -> Result<(), CutError<R::Error>> {
        let powers = self.labelled(label::POWER);
        self.follow_named(&powers, EdgeDirection::Out, &[edge::GRANTED_BY, edge::HELD_BY, edge::UNDER])
            .map(drop)
    }

    /// The parties of each arrangement and its frameworks (S1, S5); acts name their arrangement by its id (S8).
    fn arrangements(&mut self) -> Result<(), CutError<R::Error>> {
        let key = self.reader.catalogue().key("arrangement");
        let named: BTreeSet<String> = self
            .edges
            .values()
            .filter_map(|edge| match edge.properties.get(key?)? {
                Property::Fixed(Value::Text(id)) => Some(id.to_string()),
                _ => None,
            })
            .collect();
        for id in named {
            let found = self.reader.found_by(&id).map_err(CutError::Read)?;
            self.take_nodes(&found)?;
        }
        let arrangements = self.labelled(label::ARRANGEMENT);
        self.follow_named(&arrangements, EdgeDirection::In, &[edge::PARTY_TO])?;
        self.evidence()?;
        self.climb(arrangements, edge::PART_OF)
    }

    /// What shows that arrangements and bodies are alive: edges that name them, and those of the bodies behind them (S28).
    fn evidence(&mut self) -> Result<(), CutError<R::Error>> {
        let catalogue = std::sync::Arc::clone(self.reader.catalogue());
        let (source, target) = (catalogue.showing(End::Source), catalogue.showing(End::Target));
        let both: Vec<TypeId> = source.iter().filter(|own| target.contains(own)).copied().collect();
        let mut about = [self.labelled(label::ARRANGEMENT), self.labelled(label::BODY)].concat();
        // Once for these, and once for those that they are joined with by edges that show both.
        for _ in 0..2 {
            if !about.is_empty() && !target.is_empty() {
                self.follow(&about, EdgeDirection::In, &target, Contents::Whole)?;
            }
            if !about.is_empty() && !source.is_empty() {
                self.follow(&about, EdgeDirection::Out, &source, Contents::Whole)?;
            }
            let joined = self.edges.values().filter(|edge| both.contains(&edge.edge_type));
            about = joined.flat_map(|edge| [edge.source, edge.target]).collect();
            about.sort_unstable();
            about.dedup();
        }
        Ok(())
    }
}
