//! The community of each government, and how the communities divide the network: `community`, `communities`.

use super::agreement::agreement;
use super::leiden::{Communities, Quality, leiden};
use crate::analysis::frame::{Asked, Values};
use crate::analysis::measure::Compute;
use crate::analysis::undefined::{AnalysisError, Measured, Undefined};
use crate::analysis::{Arcs, Cell, Column, Family, Measure, Parameter, options, strengths};

const RESOLUTION: Parameter = Parameter {
    name: "resolution",
    meaning: "weight of what ties drawn by strength would give; above 1 gives smaller communities",
    default: 1.0,
    least: 0.0,
    most: 1_000.0,
};

const SEED: Parameter = Parameter {
    name: "seed",
    meaning: "seed of the chance that orders the moves",
    default: 1.0,
    least: 0.0,
    most: 4_294_967_295.0,
};

const RUNS: Parameter = Parameter {
    name: "runs",
    meaning: "runs, of which the best counts",
    default: 20.0,
    least: 1.0,
    most: 10_000.0,
};

const SOURCE: &str = "Traag, Waltman and van Eck 2019";
const ORACLE: &str = "leidenalg 0.12.0, the best of ten runs; planted groups";

/// The communities of the network that was asked for.
fn found(asked: &Asked<'_>) -> Result<Communities, AnalysisError> {
    let whole = |parameter: &Parameter| asked.number(parameter).round();
    let quality = Quality::Modularity(asked.number(&RESOLUTION));
    leiden(asked.network(), quality, whole(&SEED) as u64, whole(&RUNS) as usize)
}

const OF_NODE: [Column; 2] = [
    Column { name: "community", unit: "number, the largest first; 1 and up" },
    Column { name: "core_member", unit: "the strongest government of the community" },
];

fn of_nodes(asked: &Asked<'_>) -> Result<Vec<Values>, AnalysisError> {
    let network = asked.network();
    let communities = match found(asked) {
        Ok(communities) => communities,
        Err(AnalysisError::Undefined(reason)) => {
            let none = || Values::Measured(vec![Err(reason); network.node_count()]);
            return Ok(vec![none(), none()]);
        }
        Err(error) => return Err(error),
    };
    // The strongest of each, of equal ones the first: a name that stays from year to year where a number would not.
    let strengths = strengths(network, Arcs::All);
    let mut strongest: Vec<Option<u32>> = vec![None; communities.count()];
    for (node, own) in network.node_ids().zip(&communities.of_node) {
        let best = &mut strongest[*own as usize];
        if best.is_none_or(|best| strengths[node as usize] > strengths[best as usize]) {
            *best = Some(node);
        }
    }
    let name = |own: &u32| strongest[*own as usize].and_then(|node| network.label(node)).map(|name| &**name);
    Ok(vec![
        Values::Counts(communities.of_node.iter().map(|own| u64::from(*own) + 1).collect()),
        Values::Cells(
            communities.of_node.iter().map(|own| Cell::from(name(own).unwrap_or_default())).collect(),
        ),
    ])
}

/// The measure `community` as it stands in the table.
pub(in crate::analysis) const COMMUNITY: Measure = Measure {
    name: "community",
    family: Family::Groups,
    title: "Communities",
    question: "which governments cooperate more with each other than with the rest?",
    formula: "Leiden on modularity, the best of the runs",
    source: SOURCE,
    oracle: ORACLE,
    cost: "O(m) a pass",
    options: &options::ROWS_TOLD,
    parameters: &[RESOLUTION, SEED, RUNS],
    columns: &OF_NODE,
    directed: &[],
    compute: Compute::Nodes(of_nodes),
};

const OF_NETWORK: [Column; 7] = [
    Column { name: "communities", unit: "count, isolates included" },
    Column { name: "modularity", unit: "of the communities, by weight, -0.5 to 1" },
    Column { name: "largest_community", unit: "share of governments, 0 to 1" },
    Column { name: "nmi", unit: "agreement with the groups, 0 to 1" },
    Column { name: "ami", unit: "the same less what chance gives, 1 = same" },
    Column { name: "ari", unit: "adjusted Rand index with the groups, 1 = same" },
    Column { name: "vi", unit: "variation of information against the groups; nats" },
];

fn of_network(asked: &Asked<'_>) -> Result<Vec<Cell>, AnalysisError> {
    let none = |reason: Undefined| OF_NETWORK.iter().map(|_| Cell::from(reason)).collect();
    let communities = match found(asked) {
        Ok(communities) => communities,
        Err(AnalysisError::Undefined(reason)) => return Ok(none(reason)),
        Err(error) => return Err(error),
    };
    let largest = communities.of_node.iter().filter(|own| **own == 0).count();
    let of_node: Vec<Option<u32>> = communities.of_node.iter().copied().map(Some).collect();
    let agreement = agreement(&of_node, &asked.grouping().of);
    let share: Measured = Ok(largest as f64 / of_node.len() as f64);
    let quality: Measured = Ok(communities.quality);
    let mut row = vec![Cell::from(communities.count())];
    row.extend([quality, share, agreement.nmi, agreement.ami, agreement.ari, agreement.vi].map(Cell::from));
    Ok(row)
}

/// The measure `communities` as it stands in the table.
pub(in crate::analysis) const COMMUNITIES: Measure = Measure {
    name: "communities",
    family: Family::Groups,
    title: "Communities against given groups",
    question: "does the delta fall into communities, and are they its provinces?",
    formula: "Leiden on modularity; NMI, AMI, ARI and VI against the groups",
    source: SOURCE,
    oracle: ORACLE,
    cost: "O(m) a pass",
    options: &options::WEIGHTED_GROUPED_TOLD,
    parameters: &[RESOLUTION, SEED, RUNS],
    columns: &OF_NETWORK,
    directed: &[],
    compute: Compute::Network(of_network),
};
