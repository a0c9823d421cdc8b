//! Which node does an id of a table stand for, and in which row?

use std::collections::HashMap;
use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::graph::NodeId;

/// Behind every id; no id has a control character in it.
const END: u8 = b'\n';

/// The ids of one table of nodes, in the order of their rows.
#[derive(Debug)]
pub(super) struct TableNames {
    pub(super) label: String,
    pub(super) file: String,
    texts: String,
    /// Where an id begins, and its place among the rows: side by side, because a look-up waits for memory.
    index: HashTable<(u32, u32)>,
    hasher: DefaultHashBuilder,
    rows: NumberRuns,
    nodes: NumberRuns,
}

/// Why an id cannot be taken.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// A row has it already.
    Row(u64),
    /// The table has 4 GiB of ids.
    Full,
}

impl TableNames {
    pub(super) fn new(label: &str, file: &str) -> Self {
        Self {
            label: label.to_owned(),
            file: file.to_owned(),
            texts: String::new(),
            index: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
            rows: NumberRuns::default(),
            nodes: NumberRuns::default(),
        }
    }

    /// Names the node of a row; `node` gives it if the id can be taken.
    pub(super) fn insert(
        &mut self,
        id: &str,
        row: u64,
        node: impl FnOnce() -> NodeId,
    ) -> Result<NodeId, Refused> {
        let hash = self.hasher.hash_one(id);
        let Self { texts, index, hasher, rows, nodes, .. } = self;
        if let Some((_, at)) = index.find(hash, |(start, _)| is_at(texts, *start, id)) {
            return Err(Refused::Row(rows.get(*at)));
        }
        let start = u32::try_from(texts.len()).map_err(|_| Refused::Full)?;
        let at = rows.count;
        let node = node();
        texts.push_str(id);
        texts.push(char::from(END));
        rows.push(row);
        nodes.push(node.get());
        index.insert_unique(hash, (start, at), |(start, _)| hasher.hash_one(text_at(texts, *start)));
        Ok(node)
    }

    fn place_of(&self, id: &str) -> Option<u32> {
        let found = self.index.find(self.hasher.hash_one(id), |(start, _)| is_at(&self.texts, *start, id));
        found.map(|(_, at)| *at)
    }

    /// The node with an id.
    pub(super) fn find(&self, id: &str) -> Option<NodeId> {
        self.place_of(id).map(|at| NodeId::new(self.nodes.get(at)))
    }

    /// The node of a row with an id; `None` if another row has the id.
    pub(super) fn of_row(&self, id: &str, row: u64) -> Option<NodeId> {
        let at = self.place_of(id).filter(|at| self.rows.get(*at) == row)?;
        Some(NodeId::new(self.nodes.get(at)))
    }

    /// The row of a node.
    pub(super) fn row_of(&self, node: NodeId) -> Option<u64> {
        self.nodes.place_of(node.get()).map(|at| self.rows.get(at))
    }

    /// Its ids in the order of the rows.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.texts.split_terminator(char::from(END))
    }
}

fn is_at(texts: &str, start: u32, id: &str) -> bool {
    let (start, end) = (start as usize, start as usize + id.len());
    let bytes = texts.as_bytes();
    bytes.get(end) == Some(&END) && bytes.get(start..end) == Some(id.as_bytes())
}

fn text_at(texts: &str, start: u32) -> &str {
    texts.get(start as usize..).and_then(|rest| rest.split(char::from(END)).next()).unwrap_or_default()
}

/// Numbers of consecutive elements: they ascend by one, but for places where they leap.
#[derive(Debug, Default)]
struct NumberRuns {
    /// Element and number from which on both ascend together.
    runs: Vec<(u32, u64)>,
    count: u32,
}

impl NumberRuns {
    fn push(&mut self, number: u64) {
        if self.runs.last().is_none_or(|(at, first)| first + u64::from(self.count - at) != number) {
            self.runs.push((self.count, number));
        }
        self.count += 1;
    }

    fn get(&self, element: u32) -> u64 {
        let after = self.runs.partition_point(|(at, _)| *at <= element);
        let run = after.checked_sub(1).and_then(|at| self.runs.get(at));
        run.map_or(0, |(at, first)| first + u64::from(element - at))
    }

    /// The first element with a number.
    fn place_of(&self, number: u64) -> Option<u32> {
        let ends = self.runs.iter().skip(1).map(|(at, _)| *at).chain([self.count]);
        self.runs.iter().zip(ends).find_map(|((at, first), end)| {
            let within = u32::try_from(number.checked_sub(*first)?).ok()?;
            at.checked_add(within).filter(|place| *place < end)
        })
    }
}

/// The ids of all tables of nodes.
#[derive(Debug, Default)]
pub(super) struct TableIds {
    pub(super) tables: Vec<TableNames>,
    /// Rows of `extra_nodes`: table or label → id → nodes.
    pub(super) extra: HashMap<String, HashMap<String, Vec<NodeId>>>,
    /// Files and rows of `extra_nodes`.
    pub(super) extra_rows: HashMap<NodeId, (String, u64)>,
}

impl TableIds {
    /// The table of a label.
    pub(super) fn table(&self, label: &str) -> Option<&TableNames> {
        self.tables.iter().find(|table| table.label == label)
    }

    /// All nodes with a label, or of the table of extra nodes, and an id.
    pub(super) fn find(&self, label: &str, id: &str) -> Vec<NodeId> {
        let own = self.table(label).and_then(|table| table.find(id));
        let extra = self.extra.get(label).and_then(|ids| ids.get(id)).into_iter().flatten().copied();
        own.into_iter().chain(extra).collect()
    }

    /// File and row of a node.
    pub(super) fn place_of(&self, node: NodeId) -> Option<(&str, u64)> {
        let extra = self.extra_rows.get(&node).map(|(file, row)| (file.as_str(), *row));
        let mut tables = self.tables.iter();
        extra.or_else(|| tables.find_map(|table| Some((table.file.as_str(), table.row_of(node)?))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_and_refused_with_their_rows() {
        let mut table = TableNames::new("Government", "governments.csv");
        let node = NodeId::new;
        for (id, row, at) in [("a", 2, 10), ("b", 3, 11), ("", 7, 3), ("长三角", 8, 12), ("c", 11, 13)] {
            assert_eq!(table.insert(id, row, || node(at)), Ok(node(at)));
        }
        assert_eq!(table.insert("长三角", 12, || node(14)), Err(Refused::Row(8)));
        assert_eq!(table.find("c"), Some(node(13)));
        assert_eq!(table.find(""), Some(node(3)));
        assert_eq!(table.find("d"), None);
        assert_eq!((table.of_row("c", 11), table.of_row("c", 12)), (Some(node(13)), None));
        assert_eq!(
            [10, 11, 3, 12, 13, 14].map(|at| table.row_of(node(at))),
            [Some(2), Some(3), Some(7), Some(8), Some(11), None]
        );
        assert_eq!(table.ids().collect::<Vec<_>>(), ["a", "b", "", "长三角", "c"]);
    }
}
