//! Structural holes: how much a node's neighbours depend on each other.

use crate::analysis::frame::{Asked, Values};
use crate::analysis::measure::Compute;
use crate::analysis::undefined::{Measured, Undefined, finite, require_strengths};
use crate::analysis::{AnalysisError, Column, Family, Measure, options};
use crate::network::Network;
use crate::workers;

/// Burt's measures of one node.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StructuralHoles {
    /// `Σ_j (p_ij + Σ_q p_iq p_qj)²` over its neighbours `j`: above 0; above 1 is possible.
    pub constraint: Measured,
    /// `Σ_j (1 - Σ_q p_iq m_jq)`: neighbours less what they repeat, up to the number of neighbours.
    pub effective_size: Measured,
    /// Effective size by the number of neighbours, up to 1.
    pub efficiency: Measured,
    /// How much of the constraint comes from one neighbour, 0 to 1; needs two neighbours.
    pub hierarchy: Measured,
}

/// Constraint, effective size, efficiency and hierarchy of every node.
///
/// `p_ij` is the share of the strength of `i` with `j`, both ways together; `m_jq` the tie of `j` with `q` as a share of
/// the strongest tie of `j`. Neighbours are those that a tie joins either way; loops are not read. With weights of 1
/// and without orientation this is the measure of plain networks. All four are [`Undefined::Isolated`] for an isolate.
///
/// Source: Burt 1992, Structural Holes, chapter 2. Time O(Σ degree²), on all threads of the library.
///
/// # Errors
/// [`AnalysisError::NotStrengths`] on a network of lengths.
///
/// # Examples
/// ```
/// use intergov::analysis::structural_holes;
/// use intergov::network::{LoopRule, Network, NetworkNode, Orientation, ParallelRule};
///
/// // The centre of a star has as many independent neighbours as it has neighbours.
/// let ties: Vec<_> = (1..5).map(|city| (0, city, 1.0)).collect();
/// let star = Network::from_ties(
///     Orientation::Undirected, NetworkNode::numbered(5), &ties, ParallelRule::Any, LoopRule::Drop)?;
/// let centre = structural_holes(&star)?[0];
/// assert_eq!((centre.constraint, centre.efficiency), (Ok(0.25), Ok(1.0)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn structural_holes(network: &Network) -> Result<Vec<StructuralHoles>, AnalysisError> {
    require_strengths(network)?;
    Ok(of_contacts(&contacts(network)))
}

/// The neighbours of a node either way, rising, with the strength of both ways together.
type Contacts = Vec<(u32, f64)>;

fn contacts(network: &Network) -> Vec<Contacts> {
    let of = |node: u32| {
        let both = |neighbours: &[u32], weights: &[f64]| -> Contacts {
            neighbours
                .iter()
                .copied()
                .zip(weights.iter().copied())
                .filter(|(other, _)| *other != node)
                .collect()
        };
        let mut all = both(network.out_neighbours(node), network.out_weights(node));
        if network.is_directed() {
            all.extend(both(network.in_neighbours(node), network.in_weights(node)));
            all.sort_by_key(|(other, _)| *other);
            all.dedup_by(|next, kept| {
                let is_same = next.0 == kept.0;
                if is_same {
                    kept.1 += next.1;
                }
                is_same
            });
        }
        all
    };
    network.node_ids().map(of).collect()
}

fn of_contacts(contacts: &[Contacts]) -> Vec<StructuralHoles> {
    let total: Vec<f64> = contacts.iter().map(|own| own.iter().map(|(_, weight)| weight).sum()).collect();
    let most: Vec<f64> =
        contacts.iter().map(|own| own.iter().map(|(_, weight)| *weight).fold(0.0, f64::max)).collect();
    workers::map_with(
        0..contacts.len(),
        || vec![0.0; contacts.len()],
        |share, node| {
            let own = &contacts[node];
            if own.is_empty() {
                let none = Err(Undefined::Isolated);
                return StructuralHoles {
                    constraint: none,
                    effective_size: none,
                    efficiency: none,
                    hierarchy: none,
                };
            }
            // The shares of this node's strength by neighbour; the room is empty again afterwards.
            own.iter().for_each(|(other, weight)| share[*other as usize] = weight / total[node]);
            let mut size = 0.0;
            let mut parts = Vec::with_capacity(own.len());
            for (other, weight) in own {
                let (mut over, mut repeated) = (weight / total[node], 0.0);
                for (third, tie) in &contacts[*other as usize] {
                    let own_share = share[*third as usize];
                    // What the third gives to `other` is read from its own strength: p_qj.
                    over += own_share * tie / total[*third as usize];
                    repeated += own_share * tie / most[*other as usize];
                }
                parts.push(over * over);
                size += 1.0 - repeated;
            }
            own.iter().for_each(|(other, _)| share[*other as usize] = 0.0);
            let constraint = finite(parts.iter().sum());
            StructuralHoles {
                constraint,
                effective_size: finite(size),
                efficiency: finite(size / own.len() as f64),
                hierarchy: constraint.and_then(|constraint| hierarchy(&parts, constraint)),
            }
        },
    )
}

/// Coleman–Theil inequality of the parts of a constraint: `Σ r ln r / (N ln N)`, `r` a part by the mean part.
fn hierarchy(parts: &[f64], constraint: f64) -> Measured {
    if parts.len() < 2 {
        return Err(Undefined::TooFewNodes);
    }
    let count = parts.len() as f64;
    let term = |part: &f64| {
        let relative = part / (constraint / count);
        if relative > 0.0 { relative * relative.ln() } else { 0.0 }
    };
    finite(parts.iter().map(term).sum::<f64>().max(0.0) / (count * count.ln()))
}

const COLUMNS: [Column; 5] = [
    Column {
        name: "constraint",
        unit: "Burt 1992, by weights, above 0; low = its partners do not depend on each other",
    },
    Column { name: "constraint_unweighted", unit: "same, each tie weighs 1" },
    Column { name: "effective_size", unit: "partners less what they repeat, each tie weighs 1" },
    Column { name: "efficiency", unit: "effective size by partners, each tie weighs 1, 0 to 1" },
    Column {
        name: "hierarchy",
        unit: "how much of the constraint is one partner's, each tie weighs 1, 0 to 1",
    },
];

fn compute(asked: &Asked<'_>) -> Result<Vec<Values>, AnalysisError> {
    let network = asked.network();
    let weighted = structural_holes(network)?;
    let mut plain = contacts(network);
    plain.iter_mut().flatten().for_each(|(_, weight)| *weight = 1.0);
    let plain = of_contacts(&plain);
    let column = |of: fn(&StructuralHoles) -> Measured, from: &[StructuralHoles]| {
        Values::Measured(from.iter().map(of).collect())
    };
    Ok(vec![
        column(|own| own.constraint, &weighted),
        column(|own| own.constraint, &plain),
        column(|own| own.effective_size, &plain),
        column(|own| own.efficiency, &plain),
        column(|own| own.hierarchy, &plain),
    ])
}

/// The measure as it stands in the table.
pub(in crate::analysis) const MEASURE: Measure = Measure {
    name: "constraint",
    family: Family::Positions,
    title: "Structural holes",
    question: "whose partners do not depend on each other, so that it can play them off?",
    formula: "sum over partners j of (p_ij + sum over q of p_iq p_qj)²",
    source: "Burt 1992",
    oracle: "NetworkX constraint, effective_size; igraph constraint",
    cost: "O(sum of squared degrees)",
    options: &options::ROWS,
    parameters: &[],
    columns: &COLUMNS,
    directed: &[],
    compute: Compute::Nodes(compute),
};
