//! One centre or many: the measure `polycentricity`.

use crate::analysis::frame::Asked;
use crate::analysis::measure::Compute;
use crate::analysis::tables::{STATE, state};
use crate::analysis::{
    AnalysisError, Arcs, Centrality, CentreRule, Missing, Nodality, PolycentricityOptions, PotentialFlow,
    RankSizeOptions, centralization, centres, density, link_entropy, polycentricity, rank_size, strengths,
    top_share, unless_saturated,
};
use crate::analysis::{Cell, Column, Family, Measure, options};
use crate::network::Network;

pub(in crate::analysis) const COLUMNS: [Column; 12] = [
    Column { name: "density", unit: "share of possible ties, 0 to 1" },
    Column { name: "degree_centralization", unit: "Freeman, 0 to 1" },
    Column { name: "polycentricity", unit: "Green 2007 on degrees, population standard deviation, 0 to 1" },
    Column {
        name: "polycentricity_strength",
        unit: "Green 2007 on strengths, potential = heaviest tie, 0 to 1",
    },
    Column {
        name: "rank_size_slope",
        unit: "Burger and Meijers 2012 on strengths, mean of the top 2, 3, 4; 0 = even",
    },
    Column {
        name: "rank_size_cities",
        unit: "the most governments that the slope stands on; 4 where there are so many",
    },
    Column { name: "link_entropy", unit: "Limtanakool 2007, 0 to 1" },
    Column { name: "top_1_share", unit: "share of all strength, 0 to 1" },
    Column { name: "top_2_share", unit: "share of all strength, 0 to 1" },
    Column { name: "centres", unit: "strength > mean + 1 population standard deviation; count" },
    Column { name: "centre_names", unit: "strongest first" },
    STATE,
];

fn compute(asked: &Asked<'_>) -> Result<Vec<Cell>, AnalysisError> {
    Ok(polycentricity_cells(asked.network()))
}

/// The cells of [`COLUMNS`]. A saturated network has no shape by ties; what strengths say is computed whatever
/// the density (S25, S32).
pub(in crate::analysis) fn polycentricity_cells(network: &Network) -> Vec<Cell> {
    let green = |nodality| {
        polycentricity(network, PolycentricityOptions { nodality, ..PolycentricityOptions::default() })
    };
    let strengths = strengths(network, Arcs::All);
    let found = centres(network, CentreRule::default());
    let (count, names): (Cell, Cell) = match found {
        Ok(found) if network.tie_count() > 0 => {
            let names: Vec<&str> =
                found.nodes.iter().filter_map(|node| network.label(*node)).map(AsRef::as_ref).collect();
            (found.nodes.len().into(), names.into_iter().collect())
        }
        Ok(_) => (0_usize.into(), Cell::Missing(Missing::NotApplicable)),
        Err(error) => (Err(error).into(), Cell::Missing(Missing::NotApplicable)),
    };
    let slope = rank_size(&strengths, &RankSizeOptions::default());
    let cities = slope.slopes.iter().map(|slope| slope.top).max().unwrap_or(0);
    vec![
        density(network).into(),
        unless_saturated(network, |network| centralization(network, Centrality::Degree(Arcs::All))).into(),
        unless_saturated(network, |_| green(Nodality::Degree)).into(),
        green(Nodality::Strength(PotentialFlow::HeaviestTie)).into(),
        slope.mean.into(),
        cities.into(),
        link_entropy(network).into(),
        top_share(&strengths, 1).into(),
        top_share(&strengths, 2).into(),
        count,
        names,
        state(network),
    ]
}

/// The measure as it stands in the table.
pub(in crate::analysis) const MEASURE: Measure = Measure {
    name: "polycentricity",
    family: Family::Multicentre,
    title: "One centre or many",
    question: "has the region one centre or many, and which?",
    formula: "Green: (1 - s/s_max) * density; rank-size: ln y = a - b ln r",
    source: "Green 2007; Burger and Meijers 2012; Limtanakool et al. 2007; Freeman 1979",
    oracle: "closed forms; numpy",
    cost: "O(n + m log m)",
    options: &options::WEIGHTED_TIES,
    parameters: &[],
    columns: &COLUMNS,
    directed: &[],
    compute: Compute::Network(compute),
};
