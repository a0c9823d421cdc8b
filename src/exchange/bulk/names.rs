//! Which node does an id of a table stand for, and in which row?

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

/// Behind every id; no id has a control character in it.
const END: u8 = b'\n';

/// The ids of one table of nodes, in the order of their rows. Nodes are numbered over all tables.
#[derive(Debug)]
pub(super) struct TableNames {
    pub(super) label: String,
    pub(super) file: String,
    /// Number of its first node.
    pub(super) first: u32,
    texts: String,
    /// Where an id begins, and its place among the rows: side by side, because a look-up waits for memory.
    index: HashTable<(u32, u32)>,
    hasher: DefaultHashBuilder,
    rows: RowNumbers,
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
    pub(super) fn new(label: &str, file: &str, first: u32) -> Self {
        Self {
            label: label.to_owned(),
            file: file.to_owned(),
            first,
            texts: String::new(),
            index: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
            rows: RowNumbers::default(),
        }
    }

    /// Names the next node.
    pub(super) fn insert(&mut self, id: &str, row: u64) -> Result<(), Refused> {
        let hash = self.hasher.hash_one(id);
        let Self { texts, index, hasher, rows, .. } = self;
        if let Some((_, at)) = index.find(hash, |(start, _)| is_at(texts, *start, id)) {
            return Err(Refused::Row(rows.row(*at)));
        }
        let start = u32::try_from(texts.len()).map_err(|_| Refused::Full)?;
        let at = rows.count;
        texts.push_str(id);
        texts.push(char::from(END));
        rows.push(row);
        index.insert_unique(hash, (start, at), |(start, _)| hasher.hash_one(text_at(texts, *start)));
        Ok(())
    }

    /// The number of the node with an id.
    pub(super) fn find(&self, id: &str) -> Option<u32> {
        let found = self.index.find(self.hasher.hash_one(id), |(start, _)| is_at(&self.texts, *start, id));
        found.map(|(_, at)| self.first + at)
    }

    /// The row of a node of this table, by its number.
    pub(super) fn row(&self, node: u32) -> u64 {
        self.rows.row(node - self.first)
    }

    /// How many nodes it names.
    pub(super) fn len(&self) -> u32 {
        self.rows.count
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

/// Row numbers of consecutive elements: they ascend by one, but where rows were passed over.
#[derive(Debug, Default)]
struct RowNumbers {
    /// Element and row from which on both ascend together.
    runs: Vec<(u32, u64)>,
    count: u32,
}

impl RowNumbers {
    fn push(&mut self, row: u64) {
        if self.runs.last().is_none_or(|(at, first)| first + u64::from(self.count - at) != row) {
            self.runs.push((self.count, row));
        }
        self.count += 1;
    }

    fn row(&self, element: u32) -> u64 {
        let after = self.runs.partition_point(|(at, _)| *at <= element);
        let run = after.checked_sub(1).and_then(|at| self.runs.get(at));
        run.map_or(0, |(at, first)| first + u64::from(element - at))
    }
}

/// The ids of all tables of nodes.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) tables: Vec<TableNames>,
}

impl Names {
    /// The table of a label.
    pub(super) fn table(&self, label: &str) -> Option<&TableNames> {
        self.tables.iter().find(|table| table.label == label)
    }

    /// The table that a node stands in, by its number.
    pub(super) fn table_of(&self, node: u32) -> Option<&TableNames> {
        self.tables.iter().find(|table| (table.first..table.first + table.len()).contains(&node))
    }

    /// How many nodes are named.
    pub(super) fn len(&self) -> u32 {
        self.tables.last().map_or(0, |table| table.first + table.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_and_refused_with_their_rows() {
        let mut table = TableNames::new("Government", "governments.csv", 10);
        for (id, row) in [("a", 2), ("b", 3), ("", 7), ("长三角", 8), ("c", 11)] {
            assert_eq!(table.insert(id, row), Ok(()));
        }
        assert_eq!(table.insert("长三角", 12), Err(Refused::Row(8)));
        assert_eq!(table.find("c").map(|node| (node, table.row(node))), Some((14, 11)));
        assert_eq!(table.find("").map(|node| (node, table.row(node))), Some((12, 7)));
        assert_eq!(table.find("d"), None);
        assert_eq!(table.ids().collect::<Vec<_>>(), ["a", "b", "", "长三角", "c"]);
    }
}
