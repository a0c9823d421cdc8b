//! Closure, answer and distance: the measure `cohesion`.

use crate::analysis::centrality::closeness::path_summary_of;
use crate::analysis::frame::Asked;
use crate::analysis::measure::Compute;
use crate::analysis::tables::{STATE, state};
use crate::analysis::{AnalysisError, Arcs, FewNeighbours, average_clustering, reciprocity, transitivity};
use crate::analysis::{Cell, Column, Family, Measure, options};

const COLUMNS: [Column; 8] = [
    Column { name: "transitivity", unit: "share of closed two-paths, 0 to 1" },
    Column { name: "average_clustering", unit: "0 to 1, fewer than two neighbours count as 0" },
    Column { name: "reciprocity_edgewise", unit: "share of ties, 0 to 1" },
    Column { name: "reciprocity_dyadic", unit: "share of tied pairs, 0 to 1" },
    Column { name: "mean_distance", unit: "steps between pairs that reach each other" },
    Column { name: "diameter", unit: "steps" },
    Column { name: "unreachable_pairs", unit: "share of pairs, 0 to 1" },
    STATE,
];

fn compute(asked: &Asked<'_>) -> Result<Vec<Cell>, AnalysisError> {
    let network = asked.network();
    let answered = reciprocity(network);
    let paths = path_summary_of(network, asked.facts.reaches(network, Arcs::Out)?);
    Ok(vec![
        transitivity(network).into(),
        average_clustering(network, FewNeighbours::CountAsZero).into(),
        answered.edgewise.into(),
        answered.dyadic.into(),
        paths.mean.into(),
        paths.diameter.into(),
        paths.unreachable.into(),
        state(network),
    ])
}

/// The measure as it stands in the table.
pub(in crate::analysis) const MEASURE: Measure = Measure {
    name: "cohesion",
    family: Family::Cohesion,
    title: "Cohesion",
    question: "are partners of partners partners, are ties answered, how far apart are governments?",
    formula: "closed two-paths over all two-paths; answered ties over ties; mean shortest path",
    source: "Wasserman and Faust 1994, chapters 4, 6 and 13",
    oracle: "NetworkX transitivity, average_clustering, overall_reciprocity; igraph reciprocity",
    cost: "O(n m)",
    options: &options::TIES,
    parameters: &[],
    columns: &COLUMNS,
    directed: &[],
    compute: Compute::Network(compute),
};
