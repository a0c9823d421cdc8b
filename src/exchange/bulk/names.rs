//! Which node does an id of a table stand for, and in which row?

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

/// The ids of one table of nodes, in the order of their rows. Nodes are numbered over all tables.
#[derive(Debug)]
pub(super) struct TableNames {
    pub(super) label: String,
    pub(super) file: String,
    /// Number of its first node.
    pub(super) first: u32,
    texts: String,
    ends: Vec<usize>,
    index: HashTable<u32>,
    hasher: DefaultHashBuilder,
    rows: RowNumbers,
}

impl TableNames {
    pub(super) fn new(label: &str, file: &str, first: u32) -> Self {
        Self {
            label: label.to_owned(),
            file: file.to_owned(),
            first,
            texts: String::new(),
            ends: Vec::new(),
            index: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
            rows: RowNumbers::default(),
        }
    }

    /// Names the next node.
    ///
    /// # Errors
    /// The row that has the id already.
    pub(super) fn insert(&mut self, id: &str, row: u64) -> Result<(), u64> {
        let hash = self.hasher.hash_one(id);
        let Self { texts, ends, index, hasher, rows, .. } = self;
        if let Some(at) = index.find(hash, |at| text_at(texts, ends, *at) == id) {
            return Err(rows.row(*at));
        }
        let at = u32::try_from(ends.len()).unwrap_or(u32::MAX);
        texts.push_str(id);
        ends.push(texts.len());
        rows.push(row);
        index.insert_unique(hash, at, |at| hasher.hash_one(text_at(texts, ends, *at)));
        Ok(())
    }

    /// The number of the node with an id.
    pub(super) fn find(&self, id: &str) -> Option<u32> {
        let hash = self.hasher.hash_one(id);
        let at = self.index.find(hash, |at| text_at(&self.texts, &self.ends, *at) == id)?;
        Some(self.first + at)
    }

    /// The row of a node of this table, by its number.
    pub(super) fn row(&self, node: u32) -> u64 {
        self.rows.row(node - self.first)
    }

    /// How many nodes it names.
    pub(super) fn len(&self) -> u32 {
        u32::try_from(self.ends.len()).unwrap_or(u32::MAX)
    }

    /// Its ids in the order of the rows.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|at| text_at(&self.texts, &self.ends, at))
    }
}

fn text_at<'t>(texts: &'t str, ends: &[usize], at: u32) -> &'t str {
    let at = at as usize;
    let from = at.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
    ends.get(at).and_then(|to| texts.get(from..*to)).unwrap_or_default()
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
        assert_eq!(table.insert("长三角", 12), Err(8));
        assert_eq!(table.find("c").map(|node| (node, table.row(node))), Some((14, 11)));
        assert_eq!(table.find("").map(|node| (node, table.row(node))), Some((12, 7)));
        assert_eq!(table.find("d"), None);
        assert_eq!(table.ids().collect::<Vec<_>>(), ["a", "b", "", "长三角", "c"]);
    }
}
