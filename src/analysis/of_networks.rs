//! Measures of whole networks, one row a date.

use super::centralization::centralization_knowing;
use super::changes::{CHANGES, changes};
use super::closeness::path_summary_of;
use super::facts::Facts;
use super::series::{ReportError, study_report};
use super::{
    Analysis, AnalysisError, Arcs, Cell, Centrality, CentreRule, Column, FewNeighbours, Missing, Nodality,
    PolycentricityOptions, PotentialFlow, RankSizeOptions, Report, Undefined, average_clustering,
    centralization, centres, components, density, link_entropy, polycentricity, rank_size, reciprocity,
    saturation, strengths, top_share, transitivity, unless_saturated,
};
use crate::network::Network;
use crate::study::{Moment, Slice};

const DATE: Column = Column { name: "date", unit: "last day of the period is read" };
const NODES: Column = Column { name: "governments", unit: "count" };
const ISOLATES: Column = Column { name: "isolates", unit: "count" };
const TIES: Column = Column { name: "tied_pairs", unit: "pairs with a tie either way; count" };
const STATE: Column = Column { name: "state", unit: "empty, saturated or nothing" };

/// A network that is empty or saturated says so in its own column.
fn state(network: &Network) -> Cell {
    if network.tie_count() == 0 {
        "empty".into()
    } else if saturation(network).is_saturated() {
        "saturated".into()
    } else {
        Cell::Missing(Missing::NotApplicable)
    }
}

/// The cells that every row of a whole network begins with.
fn head(slice: &Slice) -> Vec<Cell> {
    let network = &slice.network;
    vec![
        slice.moment.to_string().into(),
        network.node_count().into(),
        network.isolate_count().into(),
        network.pair_count().into(),
    ]
}

/// The row of a network: the head, then what `cells` computes.
fn row(
    slice: &Slice,
    facts: &Facts,
    width: usize,
    cells: &impl Fn(&Slice, &Facts) -> Result<Vec<Cell>, AnalysisError>,
) -> Result<Vec<Cell>, AnalysisError> {
    let mut row = head(slice);
    if slice.counted.left_out.cut > 0 {
        row.resize(width, Undefined::Cut.into());
    } else {
        row.extend(cells(slice, facts)?);
    }
    Ok(row)
}

/// One row a date: the head, then what `cells` computes, each number beside the same under the strictest and the widest
/// reading where these differ (S29); in a series what changed since the date before, and why (S34).
fn by_date(
    analysis: &Analysis,
    moments: &[Moment],
    title: &str,
    columns: &[Column],
    cells: impl Fn(&Slice, &Facts) -> Result<Vec<Cell>, AnalysisError>,
) -> Result<Report, ReportError> {
    let mut columns: Vec<Column> =
        [DATE, NODES, ISOLATES, TIES].into_iter().chain(columns.iter().copied()).collect();
    let width = columns.len();
    if moments.len() > 1 {
        columns.extend(CHANGES);
    }
    let mut before: Option<Moment> = None;
    study_report(analysis, moments, title, &columns, |slice, facts, report| {
        let own = row(slice, facts, width, &cells)?;
        let mut others = Vec::new();
        for bound in analysis.bounds()? {
            let (other, facts) = bound.slice(slice.moment)?;
            let is_same = other.governments == slice.governments && other.counted.rows == slice.counted.rows;
            others.push(if is_same { own.clone() } else { row(&other, &facts, width, &cells)? });
        }
        let possible = others.pop().unwrap_or_default();
        let certain = others.pop().unwrap_or_default();
        let three = own.into_iter().zip(certain).zip(possible);
        let mut cells: Vec<Cell> =
            three.map(|((own, certain), possible)| own.between(certain, possible)).collect();
        if moments.len() > 1 {
            cells.extend(changes(analysis, before, slice, report)?);
        }
        report.push(cells);
        before = Some(slice.moment);
        Ok(())
    })
}

pub(super) const DENSITY: [Column; 4] = [
    Column { name: "density", unit: "share of possible ties, 0 to 1" },
    Column { name: "components", unit: "count, isolates included" },
    Column { name: "largest_component", unit: "share of governments, 0 to 1" },
    STATE,
];

pub(super) fn density_report(analysis: &Analysis, moments: &[Moment]) -> Result<Report, ReportError> {
    by_date(analysis, moments, "Density and components", &DENSITY, |slice, _| {
        let parts = components(&slice.network);
        Ok(vec![
            density(&slice.network).into(),
            parts.count().into(),
            parts.largest_share().into(),
            state(&slice.network),
        ])
    })
}

pub(super) const COHESION: [Column; 8] = [
    Column { name: "transitivity", unit: "share of closed two-paths, 0 to 1" },
    Column { name: "average_clustering", unit: "0 to 1, fewer than two neighbours count as 0" },
    Column { name: "reciprocity_edgewise", unit: "share of ties, 0 to 1" },
    Column { name: "reciprocity_dyadic", unit: "share of tied pairs, 0 to 1" },
    Column { name: "mean_distance", unit: "steps between pairs that reach each other" },
    Column { name: "diameter", unit: "steps" },
    Column { name: "unreachable_pairs", unit: "share of pairs, 0 to 1" },
    STATE,
];

pub(super) fn cohesion_report(analysis: &Analysis, moments: &[Moment]) -> Result<Report, ReportError> {
    by_date(analysis, moments, "Cohesion", &COHESION, |slice, facts| {
        let network = &slice.network;
        let answered = reciprocity(network);
        let paths = path_summary_of(network, facts.reaches(network, Arcs::Out)?);
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
    })
}

pub(super) const CENTRALIZATION: [Column; 4] = [
    Column { name: "degree_centralization", unit: "Freeman, 0 to 1" },
    Column { name: "betweenness_centralization", unit: "Freeman, 0 to 1" },
    Column { name: "closeness_centralization", unit: "Freeman, 0 to 1, connected networks only" },
    STATE,
];

pub(super) fn centralization_report(analysis: &Analysis, moments: &[Moment]) -> Result<Report, ReportError> {
    by_date(analysis, moments, "Freeman centralization", &CENTRALIZATION, |slice, facts| {
        let shape = |centrality| {
            let measure = |network: &Network| centralization_knowing(network, centrality, Some(facts));
            unless_saturated(&slice.network, measure).into()
        };
        Ok(vec![
            shape(Centrality::Degree(Arcs::All)),
            shape(Centrality::Betweenness),
            shape(Centrality::Closeness),
            state(&slice.network),
        ])
    })
}

pub(super) const POLYCENTRICITY: [Column; 12] = [
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

pub(super) fn polycentricity_report(analysis: &Analysis, moments: &[Moment]) -> Result<Report, ReportError> {
    by_date(analysis, moments, "One centre or many", &POLYCENTRICITY, |slice, _| {
        Ok(polycentricity_cells(&slice.network))
    })
}

/// The cells of [`POLYCENTRICITY`]. A saturated network has no shape by ties; what strengths say is computed whatever
/// the density (S25, S32).
pub(super) fn polycentricity_cells(network: &Network) -> Vec<Cell> {
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

pub(super) const DIRECTIONS: [Column; 9] = [
    Column { name: "horizontal", unit: "distinct pairs of basis and governments (S4)" },
    Column { name: "diagonal", unit: "same" },
    Column {
        name: "vertical_acts",
        unit: "same; approvals, mandates, grants, vertical pairs in a cooperation",
    },
    Column { name: "vertical_subordination", unit: "same; direct subordination (S6)" },
    Column { name: "unclassified", unit: "same; a rank is not known (S21)" },
    Column { name: "horizontal_share", unit: "of horizontal and diagonal, 0 to 1" },
    Column { name: "left_out_unknown_dates", unit: "ties that only possibly hold (S1)" },
    Column { name: "lived_within", unit: "ties inside the period but not on its last day (S2)" },
    STATE,
];

pub(super) fn directions_report(analysis: &Analysis, moments: &[Moment]) -> Result<Report, ReportError> {
    by_date(analysis, moments, "Ties by direction", &DIRECTIONS, |slice, _| {
        let mix = slice.counted.mix;
        let cooperation = mix.horizontal + mix.diagonal;
        let share = match cooperation {
            0 => Err(Undefined::ZeroDenominator),
            _ => Ok(mix.horizontal as f64 / cooperation as f64),
        };
        Ok(vec![
            mix.horizontal.into(),
            mix.diagonal.into(),
            mix.vertical_acts.into(),
            mix.vertical_subordination.into(),
            mix.unclassified.into(),
            share.into(),
            slice.counted.left_out.unknown_dates.into(),
            slice.counted.left_out.within_period.into(),
            state(&slice.network),
        ])
    })
}
