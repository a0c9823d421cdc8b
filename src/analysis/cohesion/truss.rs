//! Trusses: parts in which every tie is held by triangles.

use super::clustering::common;
use crate::analysis::frame::{Asked, Values};
use crate::analysis::measure::Compute;
use crate::analysis::{AnalysisError, Column, Family, Measure, options};
use crate::network::{Network, Rows};

/// The truss number of every tie, `(smaller, larger, k)`, sorted: the largest `k` such that the tie is in a part of the
/// network in which each tie is in at least `k - 2` triangles of that part.
///
/// From 2, a tie in no triangle, to the number of nodes in a complete network. Ties are read both ways, loops and weights
/// are not read. Source: Cohen 2008; peeling of Wang and Cheng 2012, PVLDB 5, 812–823. O(m d) with d the largest degree.
///
/// # Examples
/// ```
/// use intergov::analysis::truss_numbers;
/// use intergov::network::{LoopRule, Network, NetworkNode, Orientation, ParallelRule};
///
/// // A triangle with a pendant.
/// let network = Network::from_ties(Orientation::Undirected, NetworkNode::numbered(4),
///     &[(0, 1, 1.0), (1, 2, 1.0), (2, 0, 1.0), (2, 3, 1.0)], ParallelRule::Any, LoopRule::Drop)?;
/// assert_eq!(truss_numbers(&network), [(0, 1, 3), (0, 2, 3), (1, 2, 3), (2, 3, 2)]);
/// # Ok::<(), intergov::network::NetworkError>(())
/// ```
#[must_use]
pub fn truss_numbers(network: &Network) -> Vec<(u32, u32, u64)> {
    let rows = network.either_way();
    let mut peel = Peel::new(&rows);
    let mut numbers = vec![0; peel.ends.len()];
    let mut least = 0;
    while let Some(tie) = peel.next() {
        // A tie that lost triangles to weaker ones still belongs to what they belonged to.
        least = peel.held[tie].max(least);
        numbers[tie] = least as u64 + 2;
        peel.remove(tie, least);
    }
    peel.ends.iter().zip(numbers).map(|((one, other), number)| (*one, *other, number)).collect()
}

/// Takes away the ties of a network, the one in the fewest triangles first.
struct Peel<'a> {
    rows: &'a Rows,
    ends: Vec<(u32, u32)>,
    /// In how many triangles of what is left each tie is.
    held: Vec<usize>,
    gone: Vec<bool>,
    /// Ties by the number of their triangles when they were put there; stale entries are skipped.
    by_held: Vec<Vec<usize>>,
    /// The first list that may have a tie.
    from: usize,
}

impl<'a> Peel<'a> {
    fn new(rows: &'a Rows) -> Self {
        let nodes = 0..u32::try_from(rows.nodes()).unwrap_or(u32::MAX);
        let ends: Vec<(u32, u32)> = nodes
            .flat_map(|node| rows.neighbours(node).iter().map(move |other| (node, *other)))
            .filter(|(node, other)| node < other)
            .collect();
        let held: Vec<usize> = ends.iter().map(|(one, other)| shared(rows, *one, *other).count()).collect();
        let mut by_held = vec![Vec::new(); held.iter().max().map_or(0, |most| most + 1)];
        held.iter().enumerate().for_each(|(tie, held)| by_held[*held].push(tie));
        let gone = vec![false; ends.len()];
        Self { rows, ends, held, gone, by_held, from: 0 }
    }

    /// The tie in the fewest triangles.
    fn next(&mut self) -> Option<usize> {
        while let Some(list) = self.by_held.get_mut(self.from) {
            match list.pop() {
                Some(tie) if !self.gone[tie] && self.held[tie] == self.from => return Some(tie),
                Some(_) => {}
                None => self.from += 1,
            }
        }
        None
    }

    /// Takes a tie away: the other two of each of its triangles have one less, but not less than `least`.
    fn remove(&mut self, tie: usize, least: usize) {
        self.gone[tie] = true;
        let (one, other) = self.ends[tie];
        let thirds: Vec<u32> = shared(self.rows, one, other).collect();
        for third in thirds {
            let (Some(a), Some(b)) = (self.tie(one, third), self.tie(other, third)) else { continue };
            if self.gone[a] || self.gone[b] {
                continue;
            }
            for side in [a, b] {
                if self.held[side] > least {
                    self.held[side] -= 1;
                    self.by_held[self.held[side]].push(side);
                    self.from = self.from.min(self.held[side]);
                }
            }
        }
    }

    fn tie(&self, a: u32, b: u32) -> Option<usize> {
        self.ends.binary_search(&(a.min(b), a.max(b))).ok()
    }
}

/// The nodes that are tied to both, rising; a loop is none.
fn shared(rows: &Rows, one: u32, other: u32) -> impl Iterator<Item = u32> + '_ {
    common(rows.neighbours(one), rows.neighbours(other)).filter(move |third| *third != one && *third != other)
}

const COLUMNS: [Column; 1] = [Column {
    name: "truss",
    unit: "largest k of a part in which each tie is in k - 2 triangles; 0 = no tie; count",
}];

fn compute(asked: &Asked<'_>) -> Result<Vec<Values>, AnalysisError> {
    let mut of_node = vec![0; asked.network().node_count()];
    for (one, other, number) in truss_numbers(asked.network()) {
        for node in [one, other] {
            let own = &mut of_node[node as usize];
            *own = number.max(*own);
        }
    }
    Ok(vec![Values::Counts(of_node)])
}

/// The measure as it stands in the table.
pub(in crate::analysis) const MEASURE: Measure = Measure {
    name: "truss",
    family: Family::Cohesion,
    title: "Trusses",
    question: "who belongs to the part in which partners share partners?",
    formula: "the largest k of a part in which each tie is in at least k - 2 triangles",
    source: "Cohen 2008; Wang and Cheng 2012",
    oracle: "NetworkX k_truss",
    cost: "O(m d)",
    options: &options::ROWS_UNWEIGHTED,
    parameters: &[],
    columns: &COLUMNS,
    directed: &[],
    compute: Compute::Nodes(compute),
};
