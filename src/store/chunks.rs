//! Packed chunks of nodes and of adjacency. Version 1.

use bincode::{Decode, Encode};

use super::columns::ElementsV1;
use super::envelope::{Flaw, Record};
use crate::graph::{EdgeId, EdgeRecord, LabelId, NodeId, NodeRecord, Properties, TypeId};
use crate::value::{Day, Validity};

/// Nodes of a range of ids.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode)]
pub(super) struct NodeChunkV1 {
    /// Ids in ascending order, as gaps from the one before.
    gaps: Vec<u64>,
    labels: Vec<Vec<u16>>,
    elements: ElementsV1,
}

impl Record for NodeChunkV1 {}

impl NodeChunkV1 {
    pub(super) fn pack(nodes: Vec<NodeRecord>) -> Self {
        let gaps = gaps_of(nodes.iter().map(|node| node.id.get()));
        let labels = nodes.iter().map(|node| node.labels.iter().map(|label| label.get()).collect()).collect();
        let rows: Vec<_> = nodes.into_iter().map(|node| (node.validity, node.properties)).collect();
        Self { gaps, labels, elements: ElementsV1::pack(&rows) }
    }

    pub(super) fn unpack(self) -> Result<Vec<NodeRecord>, Flaw> {
        let rows = self.elements.unpack(self.gaps.len())?;
        if self.labels.len() != rows.len() {
            return Err(Flaw::new("it has not as many label lists as rows"));
        }
        let ids = sums_of(&self.gaps);
        let node = |((id, labels), (validity, properties)): ((u64, Vec<u16>), (Validity, Properties))| {
            let labels = labels.into_iter().map(LabelId::new).collect();
            NodeRecord { id: NodeId::new(id), labels, validity, properties }
        };
        Ok(ids.into_iter().zip(self.labels).zip(rows).map(node).collect())
    }
}

/// One edge as adjacency holds it: the near node, its type, the far node, its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Link {
    pub(super) near: NodeId,
    pub(super) edge_type: TypeId,
    pub(super) far: NodeId,
    pub(super) id: EdgeId,
}

/// Edges of whole near nodes, or a piece of one node with more edges than fit.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode)]
pub(super) struct LinksV1 {
    /// Near nodes in ascending order, as gaps from the one before.
    near_gaps: Vec<u64>,
    /// How many edges each near node has.
    degrees: Vec<u32>,
    types: Vec<u16>,
    /// Far nodes as differences from the row before.
    far_steps: Vec<i64>,
    /// Permanent edge ids as differences from the row before.
    id_steps: Vec<i64>,
}

impl Record for LinksV1 {}

impl LinksV1 {
    /// Packs links that are sorted by near node.
    pub(super) fn pack(links: &[Link]) -> Self {
        let mut near: Vec<u64> = Vec::new();
        let mut degrees: Vec<u32> = Vec::new();
        for link in links {
            match degrees.last_mut() {
                Some(degree) if near.last() == Some(&link.near.get()) => *degree += 1,
                _ => {
                    near.push(link.near.get());
                    degrees.push(1);
                }
            }
        }
        Self {
            near_gaps: gaps_of(near.into_iter()),
            degrees,
            types: links.iter().map(|link| link.edge_type.get()).collect(),
            far_steps: steps_of(links.iter().map(|link| link.far.get())),
            id_steps: steps_of(links.iter().map(|link| link.id.get())),
        }
    }

    pub(super) fn unpack(&self) -> Result<Vec<Link>, Flaw> {
        let total: u64 = self.degrees.iter().map(|degree| u64::from(*degree)).sum();
        let count = self.types.len();
        let fits = self.near_gaps.len() == self.degrees.len()
            && total == count as u64
            && self.far_steps.len() == count
            && self.id_steps.len() == count;
        if !fits {
            return Err(Flaw::new("its columns differ in length"));
        }
        let near = sums_of(&self.near_gaps).into_iter().zip(&self.degrees);
        let near = near.flat_map(|(near, degree)| std::iter::repeat_n(near, *degree as usize));
        let far = totals_of(&self.far_steps).into_iter().zip(totals_of(&self.id_steps));
        let rows = near.zip(&self.types).zip(far);
        let link = |((near, edge_type), (far, id)): ((u64, &u16), (u64, u64))| Link {
            near: NodeId::new(near),
            edge_type: TypeId::new(*edge_type),
            far: NodeId::new(far),
            id: EdgeId::new(id),
        };
        Ok(rows.map(link).collect())
    }
}

/// Outgoing edges with all that they hold.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode)]
pub(super) struct OutChunkV1 {
    links: LinksV1,
    elements: ElementsV1,
}

impl Record for OutChunkV1 {}

impl OutChunkV1 {
    /// Packs edges that are sorted by source.
    pub(super) fn pack(edges: Vec<EdgeRecord>) -> Self {
        let link = |edge: &EdgeRecord| Link {
            near: edge.source,
            edge_type: edge.edge_type,
            far: edge.target,
            id: edge.id,
        };
        let links = LinksV1::pack(&edges.iter().map(link).collect::<Vec<_>>());
        let rows: Vec<_> = edges.into_iter().map(|edge| (edge.validity, edge.properties)).collect();
        Self { links, elements: ElementsV1::pack(&rows) }
    }

    pub(super) fn unpack(self) -> Result<Vec<EdgeRecord>, Flaw> {
        let links = self.links.unpack()?;
        let rows = self.elements.unpack(links.len())?;
        let edge = |(link, (validity, properties)): (Link, (Validity, Properties))| EdgeRecord {
            id: link.id,
            edge_type: link.edge_type,
            source: link.near,
            target: link.far,
            validity,
            properties,
        };
        Ok(links.into_iter().zip(rows).map(edge).collect())
    }
}

/// The days outside which nothing of the rows possibly holds, as day numbers.
pub(super) fn days_of<'a>(validities: impl Iterator<Item = &'a Validity>) -> (i32, i32) {
    let (mut earliest, mut latest) = (Day::MAX, Day::MIN);
    for validity in validities {
        let possible = validity.extent().possible;
        earliest = earliest.min(possible.from);
        latest = latest.max(possible.to);
    }
    (earliest.number(), latest.number())
}

fn gaps_of(ascending: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut before = 0;
    ascending.map(|number| number.wrapping_sub(std::mem::replace(&mut before, number))).collect()
}

fn sums_of(gaps: &[u64]) -> Vec<u64> {
    let mut sum = 0_u64;
    let next = |gap: &u64| {
        sum = sum.wrapping_add(*gap);
        sum
    };
    gaps.iter().map(next).collect()
}

fn steps_of(numbers: impl Iterator<Item = u64>) -> Vec<i64> {
    let mut before = 0;
    let step = |number: u64| number.wrapping_sub(std::mem::replace(&mut before, number)).cast_signed();
    numbers.map(step).collect()
}

fn totals_of(steps: &[i64]) -> Vec<u64> {
    let mut total = 0_u64;
    let next = |step: &i64| {
        total = total.wrapping_add_signed(*step);
        total
    };
    steps.iter().map(next).collect()
}
