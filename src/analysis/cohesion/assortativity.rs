//! Assortativity: do governments have ties with their like?

use crate::analysis::division::{group_count, group_of};
use crate::analysis::frame::Asked;
use crate::analysis::measure::Compute;
use crate::analysis::tables::{STATE, state};
use crate::analysis::undefined::{AnalysisError, Measured, Undefined, ratio};
use crate::analysis::{Arcs, Cell, Column, Family, Measure, degrees, options};
use crate::network::Network;

/// The ends of each tie, both ways where it has no orientation.
fn arcs(network: &Network) -> impl Iterator<Item = (u32, u32)> + '_ {
    network.ties().filter(|(from, to, _)| from != to).flat_map(|(from, to, _)| {
        let back = (!network.is_directed()).then_some((to, from));
        std::iter::once((from, to)).chain(back)
    })
}

/// Degree assortativity: the correlation of the degrees at both ends of a tie.
///
/// −1 to 1; above 0 if those with many ties are tied to each other. In a directed network the ties out of the source and
/// the ties into the target. Loops and weights are not read. [`Undefined::ZeroDenominator`] without ties,
/// [`Undefined::ZeroVariance`] if all ends are alike. Source: Newman 2003, Physical Review E 67, 026126. O(n + m).
///
/// # Examples
/// ```
/// use intergov::analysis::degree_assortativity;
/// use intergov::network::{LoopRule, Network, NetworkNode, Orientation, ParallelRule};
///
/// // In a star the centre is tied to ends only.
/// let ties: Vec<_> = (1..5).map(|city| (0, city, 1.0)).collect();
/// let star = Network::from_ties(
///     Orientation::Undirected, NetworkNode::numbered(5), &ties, ParallelRule::Any, LoopRule::Drop)?;
/// assert!((degree_assortativity(&star)? + 1.0).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn degree_assortativity(network: &Network) -> Measured {
    let (out, into) = (degrees(network, Arcs::Out), degrees(network, Arcs::In));
    let ends = || arcs(network).map(|(from, to)| (out[from as usize] as f64, into[to as usize] as f64));
    let count = ends().count() as f64;
    if count == 0.0 {
        return Err(Undefined::ZeroDenominator);
    }
    let sums = ends().fold((0.0, 0.0), |sums, (x, y)| (sums.0 + x, sums.1 + y));
    let (mean_x, mean_y) = (sums.0 / count, sums.1 / count);
    let (mut both, mut of_x, mut of_y) = (0.0, 0.0, 0.0);
    for (x, y) in ends() {
        both += (x - mean_x) * (y - mean_y);
        of_x += (x - mean_x).powi(2);
        of_y += (y - mean_y).powi(2);
    }
    let spread = (of_x * of_y).sqrt();
    if spread == 0.0 { Err(Undefined::ZeroVariance) } else { Ok(both / spread) }
}

/// Assortativity by groups: how much more ties lie within groups than drawn by how many ties each group has.
///
/// `(Σ e_gg − Σ a_g b_g) / (1 − Σ a_g b_g)`, `e` the share of ties from group to group, `a` and `b` its row and column
/// sums; 1 if all ties lie within, 0 if groups do not matter. Nodes without a group are left out with their ties; loops
/// and weights are not read. [`Undefined::ZeroDenominator`] without ties, [`Undefined::SingleGroup`] if all ends are in
/// one group. Source: Newman 2003. O(n + m).
pub fn group_assortativity(network: &Network, groups: &[Option<u32>]) -> Measured {
    let group = |node: u32| group_of(groups, node).map(|group| group as usize);
    let many = group_count(groups.iter().flatten());
    let (mut from_group, mut to_group) = (vec![0_u64; many], vec![0_u64; many]);
    let (mut within, mut all) = (0_u64, 0_u64);
    for (from, to) in arcs(network) {
        let (Some(from), Some(to)) = (group(from), group(to)) else { continue };
        from_group[from] += 1;
        to_group[to] += 1;
        within += u64::from(from == to);
        all += 1;
    }
    let share = ratio(within as f64, all as f64)?;
    if from_group.contains(&all) && to_group.contains(&all) {
        return Err(Undefined::SingleGroup);
    }
    let products = from_group.iter().zip(&to_group).map(|(a, b)| *a as f64 * *b as f64);
    let drawn = products.sum::<f64>() / (all as f64).powi(2);
    ratio(share - drawn, 1.0 - drawn)
}

const COLUMNS: [Column; 3] = [
    Column {
        name: "group_assortativity",
        unit: "1 = ties within groups only, 0 = groups do not matter, -1 to 1",
    },
    Column { name: "degree_assortativity", unit: "correlation of the degrees of tied governments, -1 to 1" },
    STATE,
];

fn compute(asked: &Asked<'_>) -> Result<Vec<Cell>, AnalysisError> {
    Ok(vec![
        group_assortativity(asked.network(), &asked.grouping().of).into(),
        degree_assortativity(asked.network()).into(),
        state(asked.network()),
    ])
}

/// The measure as it stands in the table.
pub(in crate::analysis) const MEASURE: Measure = Measure {
    name: "assortativity",
    family: Family::Cohesion,
    title: "Assortativity",
    question: "do governments have ties with their like, by province or by number of ties?",
    formula: "(sum e_gg - sum a_g b_g) / (1 - sum a_g b_g); correlation of degrees",
    source: "Newman 2003",
    oracle: "NetworkX attribute_assortativity_coefficient, degree_assortativity_coefficient",
    cost: "O(n + m)",
    options: &options::GROUPED_ROWS,
    parameters: &[],
    columns: &COLUMNS,
    directed: &[],
    compute: Compute::Network(compute),
};
