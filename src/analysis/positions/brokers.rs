//! Which group brokers between which others?

use std::collections::BTreeMap;

use super::brokerage::{Chance, each_two_path};
use crate::analysis::division::group_of;
use crate::analysis::frame::{Asked, Groups, Values};
use crate::analysis::measure::Compute;
use crate::analysis::undefined::{Undefined, ratio};
use crate::analysis::{AnalysisError, Cell, Column, Family, Measure, options};
use crate::network::Network;
use crate::workers;

/// Two-paths that the members of one group broker from a group to a group.
#[derive(Debug, Clone, PartialEq)]
pub struct BrokeredPair {
    /// The group of the brokers.
    pub broker: u32,
    /// The group from which the two-paths come; in an undirected network the lower one.
    pub from: u32,
    /// The group to which they lead.
    pub to: u32,
    /// How many there are; in an undirected network each counts once.
    pub two_paths: u64,
    /// How many would be there if ties were drawn with the probability of the density.
    pub expected: f64,
    /// The brokers with how many of the two-paths each has, most first.
    pub brokers: Vec<(u32, u64)>,
}

/// All triples of groups with at least one brokered two-path, most two-paths first, then by groups.
///
/// A two-path is brokered as in [`brokerage`](crate::analysis::brokerage()): no tie goes from its first to its last
/// node. Nodes without a group are left out. The five roles are sums of these counts. Source: Gould and Fernandez 1989.
/// Time O(Σ in-degree · out-degree · log degree).
///
/// # Errors
/// [`Undefined::TooFewNodes`] below 3 nodes with a group.
pub fn brokered_pairs(network: &Network, groups: &[Option<u32>]) -> Result<Vec<BrokeredPair>, Undefined> {
    let chance = Chance::of(network, groups)?;
    let group = |node: u32| group_of(groups, node);
    let of_node: Vec<BTreeMap<(u32, u32), u64>> = workers::map(0..network.node_count(), |broker| {
        let mut counts = BTreeMap::new();
        if group(broker as u32).is_some() {
            each_two_path(network, broker as u32, |a, c| {
                if let (Some(from), Some(to)) = (group(a), group(c))
                    && (network.is_directed() || a < c)
                {
                    let ends = if network.is_directed() { (from, to) } else { (from.min(to), from.max(to)) };
                    *counts.entry(ends).or_default() += 1;
                }
            });
        }
        counts
    });
    let mut found: BTreeMap<(u32, u32, u32), Vec<(u32, u64)>> = BTreeMap::new();
    for (node, counts) in network.node_ids().zip(of_node) {
        for ((from, to), count) in counts {
            if let Some(broker) = group(node) {
                found.entry((broker, from, to)).or_default().push((node, count));
            }
        }
    }
    let pair = |((broker, from, to), mut brokers): ((u32, u32, u32), Vec<(u32, u64)>)| {
        brokers.sort_by_key(|(node, count)| (std::cmp::Reverse(*count), *node));
        let two_paths = brokers.iter().map(|(_, count)| count).sum();
        let expected = chance.of_two_path() * triples(&chance, (broker, from, to), network.is_directed());
        BrokeredPair { broker, from, to, two_paths, expected, brokers }
    };
    let mut pairs: Vec<BrokeredPair> = found.into_iter().map(pair).collect();
    pairs.sort_by_key(|pair| std::cmp::Reverse(pair.two_paths));
    Ok(pairs)
}

/// How many two-paths there could be over a member of one group from one to another group.
fn triples(chance: &Chance, (broker, from, to): (u32, u32, u32), directed: bool) -> f64 {
    let first = chance.size(from) - f64::from(u8::from(from == broker));
    let last = chance.size(to) - f64::from(u8::from(to == broker)) - f64::from(u8::from(to == from));
    let ordered = chance.size(broker) * first * last;
    // Within one group each pair of ends stands in two orders, and counts once.
    if !directed && from == to { ordered / 2.0 } else { ordered }
}

/// How many governments a row names.
const NAMED: usize = 3;

const COLUMNS: [Column; 6] = [
    Column { name: "from", unit: "group of the one end" },
    Column { name: "to", unit: "group of the other end" },
    Column { name: "two_paths", unit: "between governments without a tie, over the group; count" },
    Column { name: "expected", unit: "if ties were drawn by the density" },
    Column { name: "ratio", unit: "two-paths over expected" },
    Column { name: "brokers", unit: "governments of the group with the most of them, at most three" },
];

fn compute(asked: &Asked<'_>) -> Result<Groups, AnalysisError> {
    let (network, grouping) = (asked.network(), asked.grouping());
    // Fewer than three governments broker nothing.
    let pairs = brokered_pairs(network, &grouping.of).unwrap_or_default();
    let name = |group: u32| grouping.names.get(group as usize).cloned().unwrap_or_default();
    let texts = |of: &dyn Fn(&BrokeredPair) -> Cell| Values::Cells(pairs.iter().map(of).collect());
    let brokers = |pair: &BrokeredPair| -> Cell {
        let named = pair.brokers.iter().take(NAMED);
        named.filter_map(|(node, _)| network.label(*node)).map(AsRef::as_ref).collect()
    };
    Ok(Groups {
        names: pairs.iter().map(|pair| name(pair.broker)).collect(),
        values: vec![
            texts(&|pair| name(pair.from).into()),
            texts(&|pair| name(pair.to).into()),
            Values::Counts(pairs.iter().map(|pair| pair.two_paths).collect()),
            Values::Numbers(pairs.iter().map(|pair| pair.expected).collect()),
            Values::Measured(pairs.iter().map(|pair| ratio(pair.two_paths as f64, pair.expected)).collect()),
            texts(&brokers),
        ],
    })
}

/// The measure as it stands in the table.
pub(in crate::analysis) const MEASURE: Measure = Measure {
    name: "brokers",
    family: Family::Positions,
    title: "Which group brokers between which others",
    question: "which province brokers whose cities?",
    formula: "two-paths a to v to c without a tie a to c, by the groups of v, a and c",
    source: "Gould and Fernandez 1989",
    oracle: "R sna brokerage, of which the roles are sums",
    cost: "O(sum of in-degree times out-degree)",
    options: &options::GROUPED_ROWS,
    parameters: &[],
    columns: &COLUMNS,
    directed: &[],
    compute: Compute::Groups(compute),
};
