//! Cut points and bridges: what falls apart without a node or a tie?

use crate::analysis::frame::{Asked, Values};
use crate::analysis::measure::Compute;
use crate::analysis::{AnalysisError, Column, Family, Measure, options};
use crate::network::{Network, Rows};

/// What holds a network together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutPoints {
    /// How many more components there are without each node; above 0 for a cut point. Taking out an isolate leaves one
    /// component less, and counts 0.
    pub pieces: Vec<u64>,
    /// Ties without which there is one component more, `(smaller, larger)`, sorted.
    pub bridges: Vec<(u32, u32)>,
}

/// Cut points and bridges of a network; ties are read both ways, loops and weights are not read.
///
/// Source: Hopcroft and Tarjan 1973. O(n + m), in a directed network O(n + m log d); without recursion.
///
/// # Examples
/// ```
/// use intergov::analysis::cut_points;
/// use intergov::network::{LoopRule, Network, NetworkNode, Orientation, ParallelRule};
///
/// // A triangle with a pendant.
/// let network = Network::from_ties(Orientation::Undirected, NetworkNode::numbered(4),
///     &[(0, 1, 1.0), (1, 2, 1.0), (2, 0, 1.0), (2, 3, 1.0)], ParallelRule::Any, LoopRule::Drop)?;
/// let found = cut_points(&network);
/// assert_eq!(found.pieces, [0, 0, 1, 0]);
/// assert_eq!(found.bridges, [(2, 3)]);
/// # Ok::<(), intergov::network::NetworkError>(())
/// ```
pub fn cut_points(network: &Network) -> CutPoints {
    let rows = network.either_way();
    let mut search = Search::new(&rows);
    network.node_ids().for_each(|root| search.from(root));
    search.bridges.sort_unstable();
    CutPoints { pieces: search.pieces, bridges: search.bridges }
}

const UNSEEN: u32 = u32::MAX;

/// A search in depth that knows how far back each branch reaches.
struct Search<'a> {
    rows: &'a Rows,
    /// When each node was met.
    met: Vec<u32>,
    /// The earliest node that its branch is tied to.
    back: Vec<u32>,
    clock: u32,
    pieces: Vec<u64>,
    bridges: Vec<(u32, u32)>,
}

impl<'a> Search<'a> {
    fn new(rows: &'a Rows) -> Self {
        let nodes = rows.nodes();
        let (met, back) = (vec![UNSEEN; nodes], vec![UNSEEN; nodes]);
        Self { rows, met, back, clock: 0, pieces: vec![0; nodes], bridges: Vec::new() }
    }

    fn meet(&mut self, node: u32) {
        self.met[node as usize] = self.clock;
        self.back[node as usize] = self.clock;
        self.clock += 1;
    }

    fn from(&mut self, root: u32) {
        if self.met[root as usize] != UNSEEN {
            return;
        }
        self.meet(root);
        // The way from the root: each node, its parent, and which of its neighbours is next.
        let mut way = vec![(root, root, 0_usize)];
        let mut branches = 0_u64;
        while let Some((node, parent, next)) = way.last_mut() {
            let (node, parent) = (*node, *parent);
            let Some(other) = self.rows.neighbours(node).get(*next).copied() else {
                way.pop();
                if node != root {
                    branches += u64::from(parent == root);
                    self.leave(node, parent, root);
                }
                continue;
            };
            *next += 1;
            if self.met[other as usize] == UNSEEN {
                self.meet(other);
                way.push((other, node, 0));
            } else if other != parent {
                self.back[node as usize] = self.back[node as usize].min(self.met[other as usize]);
            }
        }
        self.pieces[root as usize] = branches.saturating_sub(1);
    }

    /// Ends the branch of a node.
    fn leave(&mut self, node: u32, parent: u32, root: u32) {
        let reach = self.back[node as usize];
        self.back[parent as usize] = self.back[parent as usize].min(reach);
        if parent != root && reach >= self.met[parent as usize] {
            self.pieces[parent as usize] += 1;
        }
        if reach > self.met[parent as usize] {
            self.bridges.push((node.min(parent), node.max(parent)));
        }
    }
}

const COLUMNS: [Column; 2] = [
    Column { name: "pieces", unit: "components more without the government; 0 = not a cut point; count" },
    Column { name: "bridges", unit: "its ties without which there is one component more; count" },
];

fn compute(asked: &Asked<'_>) -> Result<Vec<Values>, AnalysisError> {
    let found = cut_points(asked.network());
    let mut bridges = vec![0; found.pieces.len()];
    for (one, other) in found.bridges {
        bridges[one as usize] += 1;
        bridges[other as usize] += 1;
    }
    Ok(vec![Values::Counts(found.pieces), Values::Counts(bridges)])
}

/// The measure as it stands in the table.
pub(in crate::analysis) const MEASURE: Measure = Measure {
    name: "cut-points",
    family: Family::Cohesion,
    title: "Cut points and bridges",
    question: "without whom does the network fall apart?",
    formula: "components without the government less components with it",
    source: "Hopcroft and Tarjan 1973",
    oracle: "NetworkX number_connected_components, bridges",
    cost: "O(n + m log d)",
    options: &options::ROWS_UNWEIGHTED,
    parameters: &[],
    columns: &COLUMNS,
    directed: &[],
    compute: Compute::Nodes(compute),
};
