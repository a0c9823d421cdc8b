//! How well do given groups divide a network?

use crate::analysis::division::{group_count, group_of};
use crate::analysis::frame::{Asked, Groups, Values};
use crate::analysis::measure::Compute;
use crate::analysis::undefined::{AnalysisError, Measured, Undefined, ratio, require_strengths};
use crate::analysis::{Column, Family, Measure, Parameter, options};
use crate::network::Network;

const RESOLUTION: Parameter = Parameter {
    name: "resolution",
    meaning: "weight of what ties drawn by strength would give; above 1 prefers smaller groups",
    default: 1.0,
    least: 0.0,
    most: 1_000.0,
};

/// A group of a division, or all groups together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// How many nodes it has.
    pub nodes: u64,
    /// What it adds to the modularity: the share of strength within, less what drawing by strength would give. The
    /// modularity itself for all together: −1/2 to 1, above 0 if ties lie within groups.
    /// [`Undefined::ZeroDenominator`] without ties.
    pub modularity: Measured,
    /// The share of its strength that stays within, 0 to 1; for all together the coverage.
    pub within: Measured,
    /// What crosses its border by the smaller of its strength and that of the rest, 0 to 1; [`Undefined::SingleGroup`]
    /// for all together, which has no border.
    pub conductance: Measured,
}

/// The modularity of a division into groups, and what each group adds; first of all groups together.
///
/// `Σ_g [L_g / m − γ K_g⁺ K_g⁻ / m²]` by weight, `L` the weight within, `K⁺` and `K⁻` out and in; undirected
/// `L_g / m − γ (K_g / 2m)²`. A loop counts within. Nodes without a group are left out with their ties. Source: Newman
/// and Girvan 2004; directed Leicht and Newman 2008; conductance Kannan, Vempala and Vetta 2004, in a directed network of
/// the ties that leave. O(n + m).
///
/// # Errors
/// [`AnalysisError::NotStrengths`] on a network of lengths; [`AnalysisError::BadOption`] for a resolution that is negative
/// or not finite.
///
/// # Examples
/// ```
/// use intergov::analysis::partition;
/// use intergov::network::{LoopRule, Network, NetworkNode, Orientation, ParallelRule};
///
/// // Two pairs, each in a group of its own.
/// let network = Network::from_ties(Orientation::Undirected, NetworkNode::numbered(4),
///     &[(0, 1, 1.0), (2, 3, 1.0)], ParallelRule::Any, LoopRule::Drop)?;
/// let (all, _) = partition(&network, &[Some(0), Some(0), Some(1), Some(1)], 1.0)?;
/// assert_eq!(all.modularity, Ok(0.5));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn partition(
    network: &Network,
    groups: &[Option<u32>],
    resolution: f64,
) -> Result<(Part, Vec<Part>), AnalysisError> {
    require_strengths(network)?;
    if !(RESOLUTION.least..=RESOLUTION.most).contains(&resolution) {
        let expected = "a number from 0 to 1,000";
        return Err(AnalysisError::BadOption { option: "resolution", value: resolution, expected });
    }
    let strengths = Strengths::of(network, groups);
    let all: f64 = strengths.out.iter().sum();
    let part = |at: usize| {
        let (out, into, within) = (strengths.out[at], strengths.into[at], strengths.within[at]);
        let rest = all - out;
        Part {
            nodes: strengths.nodes[at],
            modularity: ratio(within - resolution * out * (into / all), all),
            within: ratio(within, out),
            conductance: ratio(out - within, out.min(rest)),
        }
    };
    let parts: Vec<Part> = (0..strengths.nodes.len()).map(part).collect();
    let sum = parts.iter().map(|part| part.modularity).sum::<Measured>();
    let whole = Part {
        nodes: strengths.nodes.iter().sum(),
        modularity: if all > 0.0 { sum } else { Err(Undefined::ZeroDenominator) },
        within: ratio(strengths.within.iter().sum(), all),
        conductance: Err(Undefined::SingleGroup),
    };
    Ok((whole, parts))
}

/// The strength of each group, counted from both ends where ties have no orientation.
struct Strengths {
    nodes: Vec<u64>,
    out: Vec<f64>,
    into: Vec<f64>,
    within: Vec<f64>,
}

impl Strengths {
    fn of(network: &Network, groups: &[Option<u32>]) -> Self {
        let group = |node: u32| group_of(groups, node).map(|group| group as usize);
        let many = group_count(groups.iter().flatten());
        let zero = || vec![0.0; many];
        let mut own = Self { nodes: vec![0; many], out: zero(), into: zero(), within: zero() };
        network.node_ids().filter_map(group).for_each(|group| own.nodes[group] += 1);
        for (from, to, weight) in network.ties() {
            let (Some(from), Some(to)) = (group(from), group(to)) else { continue };
            let ways = if network.is_directed() { &[(from, to)][..] } else { &[(from, to), (to, from)] };
            for (from, to) in ways {
                own.out[*from] += weight;
                own.into[*to] += weight;
                own.within[*from] += if from == to { weight } else { 0.0 };
            }
        }
        own
    }
}

const COLUMNS: [Column; 4] = [
    Column { name: "modularity", unit: "what the group adds by weight; all: the modularity, -0.5 to 1" },
    Column { name: "within", unit: "share of the group's strength that stays within, 0 to 1" },
    Column { name: "conductance", unit: "strength across the border by the smaller side, 0 to 1" },
    Column { name: "governments", unit: "count" },
];

fn compute(asked: &Asked<'_>) -> Result<Groups, AnalysisError> {
    let grouping = asked.grouping();
    let (all, parts) = partition(asked.network(), &grouping.of, asked.number(&RESOLUTION))?;
    let rows: Vec<Part> = std::iter::once(all).chain(parts).collect();
    let numbers = |of: fn(&Part) -> Measured| Values::Measured(rows.iter().map(of).collect());
    Ok(Groups {
        names: Groups::after_all(grouping.names),
        values: vec![
            numbers(|row| row.modularity),
            numbers(|row| row.within),
            numbers(|row| row.conductance),
            Values::Counts(rows.iter().map(|row| row.nodes).collect()),
        ],
    })
}

/// The measure as it stands in the table.
pub(in crate::analysis) const MEASURE: Measure = Measure {
    name: "partition",
    family: Family::Groups,
    title: "Modularity of given groups",
    question: "do ties stay within provinces, and which province is the most closed?",
    formula: "sum over groups of L / m - (K / 2m)^2; directed L / m - K_out K_in / m^2",
    source: "Newman and Girvan 2004; Leicht and Newman 2008",
    oracle: "NetworkX modularity, coverage, conductance",
    cost: "O(n + m)",
    options: &options::WEIGHTED_GROUPED_TOLD,
    parameters: &[RESOLUTION],
    columns: &COLUMNS,
    directed: &[],
    compute: Compute::Groups(compute),
};
