//! Compressed sparse rows: the neighbours of every node, one after another.

/// Neighbours and weights of every node in three flat arrays.
///
/// Invariants: `offsets` has one entry more than there are nodes and does not fall; every row is sorted
/// by neighbour and names a neighbour once.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rows {
    offsets: Vec<usize>,
    neighbours: Vec<u32>,
    weights: Vec<f64>,
}

impl Rows {
    /// Sorts arcs `(row, neighbour, weight)` into rows; each row keeps the order in which its arcs come.
    pub(crate) fn bucket(nodes: usize, arcs: impl Iterator<Item = (u32, u32, f64)> + Clone) -> Rows {
        let mut offsets = vec![0_usize; nodes + 1];
        for (row, _, _) in arcs.clone() {
            offsets[row as usize + 1] += 1;
        }
        for row in 0..nodes {
            offsets[row + 1] += offsets[row];
        }
        let mut next = offsets.clone();
        let mut neighbours = vec![0_u32; offsets[nodes]];
        let mut weights = vec![0.0; offsets[nodes]];
        for (row, neighbour, weight) in arcs {
            let slot = &mut next[row as usize];
            neighbours[*slot] = neighbour;
            weights[*slot] = weight;
            *slot += 1;
        }
        Rows { offsets, neighbours, weights }
    }

    /// Rows with every neighbour of `self` or `other`, each once; where both have one, the smaller weight.
    pub(crate) fn union(&self, other: &Rows) -> Rows {
        let mut offsets = Vec::with_capacity(self.offsets.len());
        let (mut neighbours, mut weights) = (Vec::new(), Vec::new());
        offsets.push(0);
        for node in 0..self.nodes() as u32 {
            let mut both: Vec<(u32, f64)> = self.entries(node).chain(other.entries(node)).collect();
            both.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
            both.dedup_by_key(|entry| entry.0);
            neighbours.extend(both.iter().map(|entry| entry.0));
            weights.extend(both.iter().map(|entry| entry.1));
            offsets.push(neighbours.len());
        }
        Rows { offsets, neighbours, weights }
    }

    /// How many rows there are.
    pub(crate) fn nodes(&self) -> usize {
        self.offsets.len() - 1
    }

    /// How many entries all rows have.
    pub(crate) fn len(&self) -> usize {
        self.neighbours.len()
    }

    /// Neighbours of a node, rising.
    pub(crate) fn neighbours(&self, node: u32) -> &[u32] {
        &self.neighbours[self.range(node)]
    }

    /// Weights beside [`Rows::neighbours`].
    pub(crate) fn weights(&self, node: u32) -> &[f64] {
        &self.weights[self.range(node)]
    }

    /// Neighbours and weights of a node.
    pub(crate) fn entries(&self, node: u32) -> impl Iterator<Item = (u32, f64)> + Clone + '_ {
        let range = self.range(node);
        self.neighbours[range.clone()].iter().copied().zip(self.weights[range].iter().copied())
    }

    /// The weight of one entry.
    pub(crate) fn weight(&self, node: u32, neighbour: u32) -> Option<f64> {
        let at = self.neighbours(node).binary_search(&neighbour).ok()?;
        Some(self.weights(node)[at])
    }

    /// Where the row of a node stands in the flat arrays; nowhere for a number that is not a node's.
    pub(crate) fn range(&self, node: u32) -> std::ops::Range<usize> {
        match self.offsets.get(node as usize..).unwrap_or_default() {
            [from, to, ..] => *from..*to,
            _ => 0..0,
        }
    }

    /// The node in whose row a place of the flat arrays stands.
    pub(crate) fn row_of(&self, place: usize) -> u32 {
        let above = self.offsets.partition_point(|offset| *offset <= place);
        u32::try_from(above.saturating_sub(1)).unwrap_or(u32::MAX)
    }

    /// The entry at a place of the flat arrays.
    pub(crate) fn at(&self, place: usize) -> (u32, &f64) {
        (self.neighbours[place], &self.weights[place])
    }

    /// The same rows with other weights.
    pub(crate) fn map_weights(&self, convert: impl Fn(f64) -> f64) -> Rows {
        Rows {
            offsets: self.offsets.clone(),
            neighbours: self.neighbours.clone(),
            weights: self.weights.iter().map(|weight| convert(*weight)).collect(),
        }
    }
}
