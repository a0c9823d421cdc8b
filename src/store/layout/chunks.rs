//! Packed chunks of nodes, of outgoing and of incoming edges. Version 1.
//!
//! A chunk is made of sections, each with its length before it, so that a reader decodes what it needs. Of
//! nodes: ids, labels, elements. Of outgoing edges: ends, types, ids, elements. Of incoming ones: the same
//! without elements. Elements are in `columns.rs`, numbers in `codec.rs`.

use super::codec::{In, Out};
use super::columns::{read_elements, write_elements};
use crate::graph::limits::CHUNK_ROWS;
use crate::graph::{EdgeColumns, KeyId, LabelId, NodeColumns, RowGroup};
use crate::store::engine::envelope::Flaw;
use crate::store::error::StoreError;

/// Links of one orientation: near node, type, far node, edge; sorted by them in this order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::store) struct Links {
    pub(in crate::store) near: Vec<u64>,
    pub(in crate::store) types: Vec<u16>,
    pub(in crate::store) far: Vec<u64>,
    pub(in crate::store) ids: Vec<u64>,
}

impl Links {
    pub(in crate::store) fn len(&self) -> usize {
        self.near.len()
    }

    /// The rows of a near node.
    pub(in crate::store) fn rows_of(&self, near: u64) -> std::ops::Range<usize> {
        self.near.partition_point(|own| *own < near)..self.near.partition_point(|own| *own <= near)
    }
}

/// The bytes of a chunk of nodes.
pub(in crate::store) fn write_nodes(nodes: &NodeColumns) -> Result<Vec<u8>, StoreError> {
    let mut out = Out::default();
    out.number(nodes.ids.len() as u64);
    out.section(|out| {
        out.numbers(&nodes.ids);
        Ok(())
    })?;
    out.section(|out| {
        out.number(nodes.label_sets.len() as u64);
        for set in &nodes.label_sets {
            out.number(set.len() as u64);
            set.iter().for_each(|label| out.number(u64::from(label.get())));
        }
        out.numbers(&nodes.labels.iter().map(|set| u64::from(*set)).collect::<Vec<_>>());
        Ok(())
    })?;
    write_elements(&mut out, &nodes.elements)?;
    Ok(out.into_bytes())
}

/// The nodes of a chunk with the wanted columns.
pub(in crate::store) fn read_nodes(
    bytes: &[u8],
    wanted: impl Fn(KeyId) -> bool,
) -> Result<NodeColumns, Flaw> {
    let mut read = In::new(bytes);
    let rows = read.count()?;
    let mut section = read.section()?;
    let ids = section.numbers(rows)?;
    section.end()?;
    let mut section = read.section()?;
    let sets = section.count()?;
    let mut label_sets = Vec::new();
    for _ in 0..sets {
        let count = section.count()?;
        let labels: Result<Vec<u16>, Flaw> = (0..count).map(|_| small(section.number()?)).collect();
        label_sets.push(labels?.into_iter().map(LabelId::new).collect());
    }
    let unknown = || Flaw::new("it names a set of labels that it has not");
    let set = |set: u64| u32::try_from(set).ok().filter(|set| (*set as usize) < sets).ok_or_else(unknown);
    let labels = section.numbers(rows)?.into_iter().map(set).collect::<Result<_, _>>()?;
    section.end()?;
    let elements = read_elements(&mut read, rows, wanted)?;
    read.end()?;
    Ok(NodeColumns { ids, label_sets, labels, elements })
}

/// The bytes of a chunk of outgoing edges.
pub(in crate::store) fn write_out(edges: &EdgeColumns) -> Result<Vec<u8>, StoreError> {
    let mut out = Out::default();
    write_links(&mut out, &edges.sources, &edges.types, &edges.targets, &edges.ids)?;
    write_elements(&mut out, &edges.elements)?;
    Ok(out.into_bytes())
}

/// The edges of a chunk of outgoing edges with the wanted columns.
pub(in crate::store) fn read_out(bytes: &[u8], wanted: impl Fn(KeyId) -> bool) -> Result<EdgeColumns, Flaw> {
    let mut read = In::new(bytes);
    let links = read_links(&mut read)?;
    let elements = read_elements(&mut read, links.len(), wanted)?;
    read.end()?;
    let Links { near, types, far, ids } = links;
    Ok(EdgeColumns { sources: near, types, targets: far, ids, elements })
}

/// The bytes of a chunk of incoming edges.
pub(in crate::store) fn write_in(links: &Links) -> Result<Vec<u8>, StoreError> {
    let mut out = Out::default();
    write_links(&mut out, &links.near, &links.types, &links.far, &links.ids)?;
    Ok(out.into_bytes())
}

/// The links of a chunk of incoming edges.
pub(in crate::store) fn read_in(bytes: &[u8]) -> Result<Links, Flaw> {
    let mut read = In::new(bytes);
    let links = read_links(&mut read)?;
    read.end()?;
    Ok(links)
}

/// Near nodes are written once each, with how many rows they have.
fn write_links(
    out: &mut Out,
    near: &[u64],
    types: &[u16],
    far: &[u64],
    ids: &[u64],
) -> Result<(), StoreError> {
    let runs: Vec<&[u64]> = near.chunk_by(|a, b| a == b).collect();
    out.number(near.len() as u64);
    out.section(|out| {
        out.number(runs.len() as u64);
        out.numbers(&runs.iter().map(|run| run[0]).collect::<Vec<_>>());
        out.numbers(&runs.iter().map(|run| run.len() as u64).collect::<Vec<_>>());
        out.numbers(far);
        Ok(())
    })?;
    out.section(|out| {
        out.numbers(&wide(types));
        Ok(())
    })?;
    out.section(|out| {
        out.numbers(ids);
        Ok(())
    })
}

fn read_links(read: &mut In<'_>) -> Result<Links, Flaw> {
    let rows = read.count()?;
    let mut section = read.section()?;
    let runs = section.count()?;
    let (nodes, degrees) = (section.numbers(runs)?, section.numbers(runs)?);
    let total = degrees.iter().try_fold(0_u64, |sum, degree| sum.checked_add(*degree));
    if total != Some(rows as u64) {
        return Err(Flaw::new("its columns differ in length"));
    }
    let far = section.numbers(rows)?;
    section.end()?;
    let mut near = Vec::with_capacity(rows.min(CHUNK_ROWS));
    for (node, degree) in nodes.into_iter().zip(degrees) {
        near.extend(std::iter::repeat_n(node, usize::try_from(degree).unwrap_or(0)));
    }
    let mut section = read.section()?;
    let types = narrow(section.numbers(rows)?)?;
    section.end()?;
    let mut section = read.section()?;
    let ids = section.numbers(rows)?;
    section.end()?;
    Ok(Links { near, types, far, ids })
}

fn wide(numbers: &[u16]) -> Vec<u64> {
    numbers.iter().map(|number| u64::from(*number)).collect()
}

fn small(number: u64) -> Result<u16, Flaw> {
    u16::try_from(number).map_err(|_| Flaw::new("a number in it is out of range"))
}

fn narrow(numbers: Vec<u64>) -> Result<Vec<u16>, Flaw> {
    numbers.into_iter().map(small).collect()
}

/// The days outside which nothing of the rows possibly holds, as day numbers.
pub(in crate::store) fn days_of(elements: &RowGroup) -> (i32, i32) {
    // An unknown or open end does not limit; the first days of the others stand in the upper bits.
    let day = |packed: i32, otherwise: i32| match packed {
        i32::MIN | i32::MAX => otherwise,
        date => date.div_euclid(4),
    };
    let earliest = elements.from.iter().map(|from| day(*from, i32::MIN)).min();
    let latest = elements.to.iter().map(|to| day(*to, i32::MAX)).max();
    (earliest.unwrap_or(i32::MAX), latest.unwrap_or(i32::MIN))
}
