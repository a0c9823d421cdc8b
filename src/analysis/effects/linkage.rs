//! Economic linkage of cities: population, product and distance.

use crate::analysis::measure::Compute;
use crate::analysis::multicentre::study::{COLUMNS as POLYCENTRICITY, polycentricity_cells};
use crate::analysis::series::ReportError;
use crate::analysis::undefined::{Measured, Undefined, finite};
use crate::analysis::{Analysis, Cell, Column, Family, Measure, Missing, Report, options};
use crate::network::{LoopRule, Network, NetworkNode, Orientation, ParallelRule};
use crate::study::Moment;
use crate::study::{NodeIx, Study, StudyError};

/// Mean radius of the Earth in kilometres (IUGG).
pub const EARTH_RADIUS_KM: f64 = 6371.0088;

/// What the product of a city is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GdpUnit {
    /// 亿元: 100 million yuan.
    HundredMillionYuan,
    /// A ratio to a reference, for example Shanghai = 1.
    IndexRatio,
}

impl std::fmt::Display for GdpUnit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            GdpUnit::HundredMillionYuan => "100 million yuan",
            GdpUnit::IndexRatio => "ratio to a reference",
        })
    }
}

/// The units of a linkage. Population is in 10 000 persons and distance in kilometres always; a threshold
/// such as 10 means nothing without them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LinkageUnits {
    /// What the product is measured in.
    pub gdp: GdpUnit,
}

impl std::fmt::Display for LinkageUnits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "P in 10 000 persons, G in {}, D in km (great circle)", self.gdp)
    }
}

/// A city with what its linkage is computed from. Made by [`City::new`], so its numbers are valid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct City {
    longitude: f64,
    latitude: f64,
    population: f64,
    gdp: f64,
}

/// Why a place is not valid.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("{what} is {value}; it must be {expected}")]
pub struct LinkageError {
    /// Which quantity.
    pub what: &'static str,
    /// What was given.
    pub value: f64,
    /// What is possible.
    pub expected: &'static str,
}

impl City {
    /// A place at a position in degrees (WGS 84, east and north positive), with its population in 10 000
    /// persons and its product in the unit that [`LinkageUnits`] names.
    ///
    /// # Errors
    /// A longitude outside [-180, 180], a latitude outside [-90, 90], a negative quantity, or a number that is
    /// not finite.
    pub fn new(longitude: f64, latitude: f64, population: f64, gdp: f64) -> Result<City, LinkageError> {
        let check = |what, value: f64, range: std::ops::RangeInclusive<f64>, expected| {
            if range.contains(&value) { Ok(()) } else { Err(LinkageError { what, value, expected }) }
        };
        check("the longitude", longitude, -180.0..=180.0, "from -180 to 180 degrees")?;
        check("the latitude", latitude, -90.0..=90.0, "from -90 to 90 degrees")?;
        check("the population", population, 0.0..=f64::MAX, "a finite number of at least 0")?;
        check("the product", gdp, 0.0..=f64::MAX, "a finite number of at least 0")?;
        Ok(City { longitude, latitude, population, gdp })
    }
}

/// Great-circle distance in kilometres by the haversine formula on a sphere of [`EARTH_RADIUS_KM`].
///
/// Range [0, 20 015.1]. The Earth is not a sphere: the error is below 0.6 %. Source: Sinnott 1984.
pub fn great_circle_km(from: &City, to: &City) -> f64 {
    let (lat_a, lat_b) = (from.latitude.to_radians(), to.latitude.to_radians());
    let half_lat = (lat_b - lat_a) / 2.0;
    let half_lon = (to.longitude - from.longitude).to_radians() / 2.0;
    let haversine = half_lat.sin().powi(2) + lat_a.cos() * lat_b.cos() * half_lon.sin().powi(2);
    2.0 * EARTH_RADIUS_KM * haversine.sqrt().min(1.0).asin()
}

/// Economic linkage `R = √(P_i G_i) · √(P_j G_j) / D²`.
///
/// P in 10 000 persons, G in the unit that [`LinkageUnits`] names, D the great-circle distance in km. Range
/// from 0. [`Undefined::ZeroDenominator`] for two places at the same position. This is the gravity model
/// (Zipf 1946) in the form that Chinese regional studies call 经济联系强度. O(1).
///
/// # Examples
/// ```
/// use intergov::analysis::{City, economic_linkage, great_circle_km};
///
/// // A degree of longitude on the equator; population 100 · 10 000, product 400 · 100 million yuan.
/// let (west, east) = (City::new(0.0, 0.0, 100.0, 400.0)?, City::new(1.0, 0.0, 100.0, 400.0)?);
/// let km = great_circle_km(&west, &east);
/// assert!((km - 111.195).abs() < 1e-3);
/// assert!((economic_linkage(&west, &east)? - 40_000.0 / km.powi(2)).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn economic_linkage(from: &City, to: &City) -> Measured {
    let squared = great_circle_km(from, to).powi(2);
    if squared == 0.0 {
        return Err(Undefined::ZeroDenominator);
    }
    let mass = |place: &City| place.population.sqrt() * place.gdp.sqrt();
    finite(mass(from) * mass(to) / squared)
}

/// The linkage of one pair.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Linkage {
    /// Positions of the two places in the list, the smaller first.
    pub places: (usize, usize),
    /// The distance in km.
    pub distance_km: f64,
    /// The linkage, see [`economic_linkage`].
    pub linkage: Measured,
}

/// The linkages of all pairs, sorted by pair. O(N²).
pub fn economic_linkages(places: &[City]) -> Vec<Linkage> {
    let pairs = (0..places.len()).flat_map(|i| (i + 1..places.len()).map(move |j| (i, j)));
    pairs
        .map(|(i, j)| Linkage {
            places: (i, j),
            distance_km: great_circle_km(&places[i], &places[j]),
            linkage: economic_linkage(&places[i], &places[j]),
        })
        .collect()
}

/// The unit of all linkages that are computed from the store's figures.
const UNITS: LinkageUnits = LinkageUnits { gdp: GdpUnit::IndexRatio };

/// The place of a government from its figures: population in 10,000 persons; the product is population times
/// the ratio of its GDP per capita to the reference's (reference = 1).
fn place(study: &Study, government: NodeIx, moment: Moment) -> Option<City> {
    let (longitude, latitude) = study.coordinates(government)?;
    let population = study.figure(government, "population", moment)? / 10_000.0;
    let ratio = study.figure(government, "gdp_per_capita_ratio", moment)? / 100.0;
    City::new(longitude, latitude, population, population * ratio).ok()
}

/// The columns that come before those of [`POLYCENTRICITY`].
const FIGURES: [Column; 3] = [
    Column { name: "date", unit: "period of the figures" },
    Column { name: "governments", unit: "count" },
    Column {
        name: "with_figures",
        unit: "governments that have population, GDP per capita ratio and place; count",
    },
];

const COLUMNS: [Column; FIGURES.len() + POLYCENTRICITY.len()] = {
    let mut columns = [FIGURES[0]; FIGURES.len() + POLYCENTRICITY.len()];
    let mut at = 0;
    while at < columns.len() {
        columns[at] = if at < FIGURES.len() { FIGURES[at] } else { POLYCENTRICITY[at - FIGURES.len()] };
        at += 1;
    }
    columns
};

fn compute(analysis: &Analysis, moments: &[Moment]) -> Result<Report, ReportError> {
    let study = analysis.study();
    let mut report = Report::new("Economic linkage R = sqrt(P G) sqrt(P' G') / D²", &COLUMNS);
    report.selection = study.selection().echo();
    report.note(format!(
        "units: {UNITS}; G = P × GDP per capita ratio to the reference of the figures; the units are ours, the paper names none (S26)"
    ));
    report.note("every pair with figures is tied, so shape is read from strengths");
    for moment in moments {
        let (governments, _) = study.governments(study.as_of(*moment));
        let placed: Vec<(NodeIx, City)> =
            governments.iter().filter_map(|ix| Some((*ix, place(study, *ix, *moment)?))).collect();
        let network = linkage_network(study, &placed, *moment)?;
        let mut row: Vec<Cell> =
            vec![moment.to_string().into(), governments.len().into(), placed.len().into()];
        if placed.is_empty() {
            row.extend((0..COLUMNS.len() - 4).map(|_| Cell::Missing(Missing::NoFigure)));
            row.push("empty".into());
        } else {
            row.extend(polycentricity_cells(&network));
        }
        report.push(row);
    }
    Ok(report)
}

/// The linkage network of those that have figures; a pair at one place has no linkage and no tie.
fn linkage_network(study: &Study, placed: &[(NodeIx, City)], moment: Moment) -> Result<Network, ReportError> {
    let nodes =
        placed.iter().map(|(ix, _)| NetworkNode::new(study.code(*ix, moment), study.name(*ix, moment)));
    let pairs = (0_u32..).zip(placed).flat_map(|(a, (_, from))| {
        let later = (0_u32..).zip(placed).skip(a as usize + 1);
        later.filter_map(move |(b, (_, to))| Some((a, b, economic_linkage(from, to).ok()?)))
    });
    let ties: Vec<(u32, u32, f64)> = pairs.collect();
    let (parallel, loops) = (ParallelRule::Sum, LoopRule::Drop);
    let network = Network::from_ties(Orientation::Undirected, nodes.collect(), &ties, parallel, loops);
    Ok(network.map_err(StudyError::from)?)
}

/// The measure as it stands in the table.
pub(in crate::analysis) const MEASURE: Measure = Measure {
    name: "linkage",
    family: Family::Effects,
    title: "Economic linkage R = sqrt(P G) sqrt(P' G') / D²",
    question: "is the region's economy linked to one centre or many?",
    formula: "R = sqrt(P G) sqrt(P' G') / D²",
    source: "R = sqrt(P G) sqrt(P' G') / D², after Zipf 1946; S26",
    oracle: "closed forms",
    cost: "O(n²)",
    options: &options::WHO,
    parameters: &[],
    columns: &COLUMNS,
    directed: &[],
    compute: Compute::Rows(compute),
};
