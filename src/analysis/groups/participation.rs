//! The role of a node among groups: tied within its own, or across many?

use crate::analysis::division::{group_count, group_of};
use crate::analysis::frame::{Asked, Values};
use crate::analysis::measure::Compute;
use crate::analysis::undefined::{AnalysisError, Measured, Undefined, require_strengths};
use crate::analysis::{Column, Family, Measure, options};
use crate::network::Network;

/// How the ties of a node are spread over the groups.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Participation {
    /// `1 − Σ_g (k_ig / k_i)²`, 0 to 1 − 1/G: 0 if all ties are with one group. [`Undefined::Isolated`] without ties.
    pub participation: Measured,
    /// How far its strength within its own group is from the mean of the group, in standard deviations of the group
    /// (of the population). [`Undefined::ZeroVariance`] if all of the group have the same.
    pub within_z: Measured,
}

/// Participation coefficient and within-module degree of every node, by weight; [`Undefined::NoGroup`] for nodes without
/// a group, whose ties are left out.
///
/// A directed network is read both ways, as the sum of both. Loops are not read. Source: Guimerà and Amaral 2005, Nature
/// 433, 895–900. O(n + m).
///
/// # Errors
/// [`AnalysisError::NotStrengths`] on a network of lengths.
///
/// # Examples
/// ```
/// use intergov::analysis::participation;
/// use intergov::network::{LoopRule, Network, NetworkNode, Orientation, ParallelRule};
///
/// // The first is tied to one of its own group and to one of the other.
/// let network = Network::from_ties(Orientation::Undirected, NetworkNode::numbered(3),
///     &[(0, 1, 1.0), (0, 2, 1.0)], ParallelRule::Any, LoopRule::Drop)?;
/// let found = participation(&network, &[Some(0), Some(0), Some(1)])?;
/// assert_eq!(found[0].participation, Ok(0.5));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn participation(network: &Network, groups: &[Option<u32>]) -> Result<Vec<Participation>, AnalysisError> {
    require_strengths(network)?;
    let group = |node: u32| group_of(groups, node);
    let many = group_count(groups.iter().flatten());
    let mut spread = Vec::with_capacity(network.node_count());
    // Strength with each group, kept from node to node and cleared where it was used.
    let mut with = vec![0.0; many];
    for node in network.node_ids() {
        let mut met = Vec::new();
        for (other, weight) in both_ways(network, node) {
            let Some(theirs) = group(other).filter(|_| other != node) else { continue };
            if with[theirs as usize] == 0.0 {
                met.push(theirs);
            }
            with[theirs as usize] += weight;
        }
        met.sort_unstable();
        let strength: f64 = met.iter().map(|theirs| with[*theirs as usize]).sum();
        let squares: f64 = met.iter().map(|theirs| (with[*theirs as usize] / strength).powi(2)).sum();
        let own = group(node).map_or(0.0, |own| with[own as usize]);
        met.iter().for_each(|theirs| with[*theirs as usize] = 0.0);
        spread.push((if met.is_empty() { Err(Undefined::Isolated) } else { Ok(1.0 - squares) }, own));
    }
    let moments = moments(groups, many, &spread.iter().map(|(_, own)| *own).collect::<Vec<_>>());
    let place = |(node, (participation, own)): (u32, (Measured, f64))| match group(node) {
        None => Participation { participation: Err(Undefined::NoGroup), within_z: Err(Undefined::NoGroup) },
        Some(group) => {
            let (mean, deviation) = moments[group as usize];
            let within_z =
                if deviation > 0.0 { Ok((own - mean) / deviation) } else { Err(Undefined::ZeroVariance) };
            Participation { participation, within_z }
        }
    };
    Ok(network.node_ids().zip(spread).map(place).collect())
}

/// The partners of a node with the weight of each tie; in a directed network those of both directions.
fn both_ways(network: &Network, node: u32) -> impl Iterator<Item = (u32, f64)> + '_ {
    let out = network.out_neighbours(node).iter().zip(network.out_weights(node));
    let into = network.in_neighbours(node).iter().zip(network.in_weights(node));
    out.chain(into.filter(|_| network.is_directed())).map(|(other, weight)| (*other, *weight))
}

/// Mean and standard deviation of the values of each group; a deviation within rounding of 0 is 0.
fn moments(groups: &[Option<u32>], many: usize, values: &[f64]) -> Vec<(f64, f64)> {
    let mut sums = vec![(0.0, 0.0); many];
    let of_groups =
        || groups.iter().zip(values).filter_map(|(group, value)| Some(((*group)? as usize, *value)));
    for (group, value) in of_groups() {
        sums[group].0 += value;
        sums[group].1 += 1.0;
    }
    let means: Vec<f64> = sums.iter().map(|(sum, count)| sum / f64::max(*count, 1.0)).collect();
    let mut squares = vec![0.0; many];
    of_groups().for_each(|(group, value)| squares[group] += (value - means[group]).powi(2));
    let deviation = |group: usize| {
        let deviation = (squares[group] / f64::max(sums[group].1, 1.0)).sqrt();
        if deviation <= 1e-12 * means[group].abs() { 0.0 } else { deviation }
    };
    means.iter().enumerate().map(|(group, mean)| (*mean, deviation(group))).collect()
}

const COLUMNS: [Column; 2] = [
    Column { name: "participation", unit: "0 = ties with one group only, by weight, to 1" },
    Column { name: "within_z", unit: "strength within the own group, standard deviations from its mean" },
];

fn compute(asked: &Asked<'_>) -> Result<Vec<Values>, AnalysisError> {
    let found = participation(asked.network(), &asked.grouping().of)?;
    let column = |of: fn(&Participation) -> Measured| Values::Measured(found.iter().map(of).collect());
    Ok(vec![column(|own| own.participation), column(|own| own.within_z)])
}

/// The measure as it stands in the table.
pub(in crate::analysis) const MEASURE: Measure = Measure {
    name: "participation",
    family: Family::Groups,
    title: "Roles among groups",
    question: "is a government tied within its province, or across many?",
    formula: "1 - sum (k_ig / k_i)^2; z of the strength within the own group",
    source: "Guimera and Amaral 2005",
    oracle: "numpy over NetworkX's weights",
    cost: "O(n + m)",
    options: &options::WEIGHTED_GROUPED,
    parameters: &[],
    columns: &COLUMNS,
    directed: &[],
    compute: Compute::Nodes(compute),
};
