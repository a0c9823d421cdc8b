//! Dyad and triad census: how often does each pattern of two and of three occur?

use crate::analysis::frame::Asked;
use crate::analysis::measure::Compute;
use crate::analysis::{AnalysisError, Cell, Column, Family, Measure, options};
use crate::network::{Network, Rows};

/// Pairs by their ties.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DyadCensus {
    /// Pairs tied both ways; every tied pair of an undirected network.
    pub mutual: u64,
    /// Pairs tied one way.
    pub asymmetric: u64,
    /// Pairs without a tie.
    pub null: u64,
}

/// The names of the 16 patterns of three, in the order of [`triad_census`]: how many of the three pairs are mutual,
/// asymmetric and null, and a letter where that leaves several (D down, U up, T transitive, C cyclic).
pub const TRIADS: [&str; 16] = [
    "003", "012", "102", "021D", "021U", "021C", "111D", "111U", "030T", "030C", "201", "120D", "120U",
    "120C", "210", "300",
];

/// The place of each of 64 codes in [`TRIADS`]. Of the nodes `u`, `v`, `w` a code has the bits 1 for `u → v`, 2 for
/// `v → u`, 4 for `u → w`, 8 for `w → u`, 16 for `v → w`, 32 for `w → v`.
const PLACES: [u8; 64] = [
    0, 1, 1, 2, 1, 3, 5, 7, 1, 5, 4, 6, 2, 7, 6, 10, //
    1, 5, 3, 7, 4, 8, 8, 12, 5, 9, 8, 13, 6, 13, 11, 14, //
    1, 4, 5, 6, 5, 8, 9, 13, 3, 8, 8, 11, 7, 12, 13, 14, //
    2, 6, 7, 10, 6, 11, 13, 14, 7, 13, 12, 14, 10, 14, 14, 15,
];

/// The dyad census: every pair of nodes once; loops and weights are not read.
///
/// The three numbers add up to n (n − 1) / 2. Source: Holland and Leinhardt 1970. O(n + m log d).
#[must_use]
pub fn dyad_census(network: &Network) -> DyadCensus {
    let (mut mutual, mut asymmetric) = (0, 0);
    for (from, to, _) in network.ties().filter(|(from, to, _)| from != to) {
        let is_answered = !network.is_directed() || network.weight(to, from).is_some();
        if !is_answered {
            asymmetric += 1;
        } else if !network.is_directed() || from < to {
            mutual += 1;
        }
    }
    DyadCensus { mutual, asymmetric, null: pairs(network.node_count()) - mutual - asymmetric }
}

fn pairs(nodes: usize) -> u64 {
    let nodes = nodes as u64;
    nodes * nodes.saturating_sub(1) / 2
}

/// The triad census: how many sets of three nodes have each of the 16 patterns of [`TRIADS`].
///
/// An undirected tie counts as one both ways, so that only 003, 102, 201 and 300 occur. Loops and weights are not read.
/// The numbers add up to n (n − 1) (n − 2) / 6. Source: Holland and Leinhardt 1970; algorithm of Batagelj and Mrvar 2001,
/// Social Networks 23, 237–243. O(m d) with d the largest degree.
///
/// # Examples
/// ```
/// use intergov::analysis::{TRIADS, triad_census};
/// use intergov::network::{LoopRule, Network, NetworkNode, Orientation, ParallelRule};
///
/// // A → B → C and A → C: one transitive triad.
/// let network = Network::from_ties(Orientation::Directed, NetworkNode::numbered(3),
///     &[(0, 1, 1.0), (1, 2, 1.0), (0, 2, 1.0)], ParallelRule::Any, LoopRule::Drop)?;
/// let place = TRIADS.iter().position(|name| *name == "030T").unwrap();
/// assert_eq!(triad_census(&network)[place], 1);
/// # Ok::<(), intergov::network::NetworkError>(())
/// ```
#[must_use]
pub fn triad_census(network: &Network) -> [u64; 16] {
    let rows = network.either_way();
    let mut census = [0_u64; 16];
    for u in network.node_ids() {
        for &v in rows.neighbours(u).iter().filter(|v| **v > u) {
            let others = Others::of(&rows, u, v);
            // Those tied to neither: the pair's own pattern.
            let alone = network.node_count() as u64 - 2 - others.count;
            let tied = code_of(network, (u, v), 0);
            census[if tied == 3 { 2 } else { 1 }] += alone;
            for w in others.counted {
                let code = tied + code_of(network, (u, w), 2) + code_of(network, (v, w), 4);
                census[usize::from(PLACES[usize::from(code)])] += 1;
            }
        }
    }
    let nodes = network.node_count() as u64;
    let all = pairs(network.node_count()) * nodes.saturating_sub(2) / 3;
    census[0] = all - census[1..].iter().sum::<u64>();
    census
}

/// The third nodes of the triads of a pair.
struct Others {
    /// How many nodes are tied to one of the two.
    count: u64,
    /// Those whose triad is counted at this pair: it is the first of the tied pairs of the three.
    counted: Vec<u32>,
}

impl Others {
    fn of(rows: &Rows, u: u32, v: u32) -> Self {
        let mut all: Vec<u32> = [u, v].iter().flat_map(|node| rows.neighbours(*node)).copied().collect();
        all.retain(|w| *w != u && *w != v);
        all.sort_unstable();
        all.dedup();
        let count = all.len() as u64;
        all.retain(|w| *w > v || (*w > u && rows.neighbours(u).binary_search(w).is_err()));
        Self { count, counted: all }
    }
}

/// The two bits of a pair, moved to their place in the code.
fn code_of(network: &Network, (a, b): (u32, u32), place: u8) -> u8 {
    let is_tied = |from: u32, to: u32| u8::from(network.weight(from, to).is_some());
    (is_tied(a, b) + 2 * is_tied(b, a)) << place
}

const COLUMNS: [Column; 6] = [
    Column { name: "mutual", unit: "pairs tied both ways; count" },
    Column { name: "null", unit: "pairs without a tie; count" },
    Column { name: "t003", unit: "threes without a tie; count" },
    Column { name: "t102", unit: "threes with one tied pair; count" },
    Column { name: "t201", unit: "threes with two tied pairs; count" },
    Column { name: "t300", unit: "threes with three tied pairs; count" },
];

/// The patterns with a tie one way.
const DIRECTED: [Column; 13] = [
    Column { name: "asymmetric", unit: "pairs tied one way; count" },
    Column { name: "t012", unit: "threes with one tie one way; count" },
    Column { name: "t021D", unit: "A ← B → C; count" },
    Column { name: "t021U", unit: "A → B ← C; count" },
    Column { name: "t021C", unit: "A → B → C; count" },
    Column { name: "t111D", unit: "A ↔ B ← C; count" },
    Column { name: "t111U", unit: "A ↔ B → C; count" },
    Column { name: "t030T", unit: "A → B → C, A → C; count" },
    Column { name: "t030C", unit: "A → B → C → A; count" },
    Column { name: "t120D", unit: "A ← B → C, A ↔ C; count" },
    Column { name: "t120U", unit: "A → B ← C, A ↔ C; count" },
    Column { name: "t120C", unit: "A → B → C, A ↔ C; count" },
    Column { name: "t210", unit: "A → B ↔ C, A ↔ C; count" },
];

fn compute(asked: &Asked<'_>) -> Result<Vec<Cell>, AnalysisError> {
    let (dyads, triads) = (dyad_census(asked.network()), triad_census(asked.network()));
    let directed = if asked.network().is_directed() { &DIRECTED[..] } else { &[] };
    let columns = COLUMNS.iter().chain(directed);
    Ok(columns
        .map(|column| match column.name {
            "mutual" => dyads.mutual,
            "asymmetric" => dyads.asymmetric,
            "null" => dyads.null,
            name => {
                let place = TRIADS.iter().position(|triad| name.strip_prefix('t') == Some(triad));
                place.map_or(0, |place| triads[place])
            }
        })
        .map(Cell::from)
        .collect())
}

/// The measure as it stands in the table.
pub(in crate::analysis) const MEASURE: Measure = Measure {
    name: "census",
    family: Family::Cohesion,
    title: "Dyad and triad census",
    question: "which patterns of two and three governments are there?",
    formula: "pairs and threes by the ties among them",
    source: "Holland and Leinhardt 1970; Batagelj and Mrvar 2001",
    oracle: "NetworkX triadic_census",
    cost: "O(m d)",
    options: &options::TIES,
    parameters: &[],
    columns: &COLUMNS,
    directed: &DIRECTED,
    compute: Compute::Network(compute),
};
