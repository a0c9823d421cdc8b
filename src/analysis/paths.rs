//! Shortest paths from one node: breadth-first over steps, Dijkstra over lengths.

use super::undefined::AnalysisError;
use crate::network::{Network, Rows, WeightMeaning};
use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// How far a tie leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Distance {
    /// Every tie is one step, whatever its weight.
    Steps,
    /// A tie is as long as its weight. The network must hold lengths, see
    /// [`Network::to_length`](crate::network::Network::to_length).
    Lengths,
}

impl Distance {
    /// Refuses to walk over strengths.
    pub(super) fn check(self, network: &Network) -> Result<(), AnalysisError> {
        match (self, network.meaning()) {
            (Distance::Lengths, WeightMeaning::Strength) => Err(AnalysisError::NotLengths),
            (Distance::Lengths, WeightMeaning::Length) | (Distance::Steps, _) => Ok(()),
        }
    }
}

/// Two paths are equally long if their lengths differ by less than this share: sums of the same lengths
/// in another order must not count as longer.
const SAME_LENGTH: f64 = 1e-12;

const UNREACHED: u32 = u32::MAX;

/// What a search from one node finds, without the node itself.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Reach {
    /// Nodes reached.
    pub(super) nodes: usize,
    /// Sum of their distances.
    pub(super) total: f64,
    /// Sum of the inverse distances.
    pub(super) inverse: f64,
    /// The largest distance.
    pub(super) farthest: f64,
}

/// Space for searches over one set of rows, used again for every source.
pub(super) struct Search<'a> {
    rows: &'a Rows,
    distance: Distance,
    /// Steps from the source.
    level: Vec<u32>,
    /// Length from the source.
    length: Vec<f64>,
    settled: Vec<bool>,
    /// Number of shortest paths from the source.
    paths: Vec<f64>,
    /// What later nodes owe to a node (Brandes's dependency).
    owed: Vec<f64>,
    /// Nodes reached, nearest first.
    order: Vec<u32>,
    heap: BinaryHeap<Waiting>,
    /// For each node, who comes before it on a shortest path over lengths.
    before: Vec<Vec<u32>>,
}

impl<'a> Search<'a> {
    pub(super) fn new(rows: &'a Rows, distance: Distance) -> Self {
        let nodes = rows.nodes();
        let over_lengths = if distance == Distance::Lengths { nodes } else { 0 };
        Search {
            rows,
            distance,
            level: vec![UNREACHED; nodes],
            length: vec![f64::INFINITY; over_lengths],
            settled: vec![false; over_lengths],
            paths: vec![0.0; nodes],
            owed: vec![0.0; nodes],
            order: Vec::with_capacity(nodes),
            heap: BinaryHeap::new(),
            before: vec![Vec::new(); over_lengths],
        }
    }

    /// How far everything is from a source.
    pub(super) fn reach(&mut self, source: u32) -> Reach {
        match self.distance {
            Distance::Steps => {
                self.walk_steps(source);
                self.reach_of_steps()
            }
            Distance::Lengths => {
                self.walk_lengths(source);
                self.reach_of_lengths()
            }
        }
    }

    /// Adds to `scores` how much every node stands between the source and others (Brandes 2001).
    pub(super) fn add_dependencies(&mut self, source: u32, scores: &mut [f64]) {
        match self.distance {
            Distance::Steps => {
                self.walk_steps_counting(source);
                self.settle_debts_of_steps(scores);
            }
            Distance::Lengths => {
                self.walk_lengths(source);
                self.settle_debts_of_lengths(scores);
            }
        }
    }

    fn walk_steps(&mut self, source: u32) {
        for node in self.order.drain(..) {
            self.level[node as usize] = UNREACHED;
        }
        self.level[source as usize] = 0;
        self.order.push(source);
        let mut done = 0;
        while let Some(node) = self.order.get(done).copied() {
            done += 1;
            let next = self.level[node as usize] + 1;
            for other in self.rows.neighbours(node) {
                let level = &mut self.level[*other as usize];
                if *level == UNREACHED {
                    *level = next;
                    self.order.push(*other);
                }
            }
        }
    }

    /// Counts per level, so that the rounding does not depend on the numbering of the nodes.
    fn reach_of_steps(&self) -> Reach {
        let mut reach = Reach::default();
        for level in self.order.chunk_by(|a, b| self.level[*a as usize] == self.level[*b as usize]).skip(1) {
            let (steps, nodes) = (f64::from(self.level[level[0] as usize]), level.len());
            reach.nodes += nodes;
            reach.total += steps * nodes as f64;
            reach.inverse += nodes as f64 / steps;
            reach.farthest = steps;
        }
        reach
    }

    /// As [`Search::walk_steps`], and counts the shortest paths on the way.
    fn walk_steps_counting(&mut self, source: u32) {
        for node in self.order.drain(..) {
            self.level[node as usize] = UNREACHED;
        }
        self.level[source as usize] = 0;
        self.paths[source as usize] = 1.0;
        self.order.push(source);
        let mut done = 0;
        while let Some(node) = self.order.get(done).copied() {
            done += 1;
            let (next, paths) = (self.level[node as usize] + 1, self.paths[node as usize]);
            for other in self.rows.neighbours(node) {
                let level = &mut self.level[*other as usize];
                if *level == UNREACHED {
                    *level = next;
                    self.paths[*other as usize] = paths;
                    self.order.push(*other);
                } else if *level == next {
                    self.paths[*other as usize] += paths;
                }
            }
        }
    }

    /// From the farthest node back: `owed[v] = Σ over successors w of paths[v] / paths[w] (1 + owed[w])`.
    ///
    /// While this runs, `owed[w]` holds `(1 + owed[w]) / paths[w]`, which is all that earlier nodes ask.
    fn settle_debts_of_steps(&mut self, scores: &mut [f64]) {
        for node in self.order.iter().skip(1).rev() {
            let next = self.level[*node as usize] + 1;
            let mut share = 0.0;
            for other in self.rows.neighbours(*node) {
                if self.level[*other as usize] == next {
                    share += self.owed[*other as usize];
                }
            }
            let paths = self.paths[*node as usize];
            scores[*node as usize] += paths * share;
            self.owed[*node as usize] = paths.recip() + share;
        }
    }

    fn walk_lengths(&mut self, source: u32) {
        for node in self.order.drain(..) {
            self.length[node as usize] = f64::INFINITY;
            self.settled[node as usize] = false;
            self.before[node as usize].clear();
        }
        self.length[source as usize] = 0.0;
        self.paths[source as usize] = 1.0;
        self.heap.push(Waiting { length: 0.0, node: source });
        while let Some(Waiting { node, .. }) = self.heap.pop() {
            if !std::mem::replace(&mut self.settled[node as usize], true) {
                self.order.push(node);
                self.relax(node);
            }
        }
    }

    /// Tries the ways on from a settled node.
    fn relax(&mut self, node: u32) {
        let (here, paths) = (self.length[node as usize], self.paths[node as usize]);
        for (other, step) in self.rows.entries(node) {
            let at = other as usize;
            if self.settled[at] {
                continue;
            }
            let (found, known) = (here + step, self.length[at]);
            if found < known * (1.0 - SAME_LENGTH) || known == f64::INFINITY {
                self.length[at] = found;
                self.paths[at] = paths;
                self.before[at].clear();
                self.before[at].push(node);
                self.heap.push(Waiting { length: found, node: other });
            } else if found <= known * (1.0 + SAME_LENGTH) {
                self.paths[at] += paths;
                self.before[at].push(node);
            }
        }
    }

    fn reach_of_lengths(&self) -> Reach {
        let mut reach = Reach::default();
        for node in self.order.iter().skip(1) {
            let length = self.length[*node as usize];
            reach.nodes += 1;
            reach.total += length;
            reach.inverse += length.recip();
            reach.farthest = length;
        }
        reach
    }

    /// As [`Search::settle_debts_of_steps`], from each node to those before it.
    fn settle_debts_of_lengths(&mut self, scores: &mut [f64]) {
        for node in &self.order {
            self.owed[*node as usize] = 0.0;
        }
        for node in self.order.iter().skip(1).rev() {
            scores[*node as usize] += self.owed[*node as usize];
            let share = (1.0 + self.owed[*node as usize]) / self.paths[*node as usize];
            for earlier in &self.before[*node as usize] {
                self.owed[*earlier as usize] += self.paths[*earlier as usize] * share;
            }
        }
    }
}

/// A node in the queue of Dijkstra's algorithm; the nearest comes first, then the smallest number.
struct Waiting {
    length: f64,
    node: u32,
}

impl Ord for Waiting {
    fn cmp(&self, other: &Self) -> Ordering {
        other.length.total_cmp(&self.length).then(other.node.cmp(&self.node))
    }
}

impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Waiting {}
