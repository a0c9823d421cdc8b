//! What does a network look like in numbers?
//!
//! Every measure is a plain function on a [`Network`](crate::network::Network) or on plain numbers. A value
//! that does not exist is an [`Undefined`] with its reason, never NaN, infinity or a false zero. Isolates
//! count as nodes. No result depends on the number of threads.
//!
//! | question | functions |
//! | --- | --- |
//! | who has many ties | [`degrees`], [`strengths`] |
//! | who stands between, who is near | [`betweenness`], [`closeness`], [`harmonic`], [`path_summary`] |
//! | how dense and mutual is it | [`density`], [`components`], [`strong_components`], [`reciprocity`], [`weighted_reciprocity`], [`transitivity`], [`local_clustering`], [`average_clustering`] |
//! | one centre or many | [`centralization`], [`polycentricity`], [`rank_size`], [`link_entropy`], [`dominance`], [`centres`], [`top_share`], [`unless_saturated`] |
//! | does it rise or fall | [`trend`] |
//! | economic ties and money | [`economic_linkage`], [`net_flows`], [`hhi`], [`evenness`] |
//! | who may join | [`EntryRule`], [`admit`] |

mod betweenness;
mod centralization;
mod centres;
mod changes;
mod closeness;
mod clustering;
mod cohesion;
mod concentration;
mod degree;
mod facts;
mod flows;
mod interaction;
mod linkage;
mod measures;
mod of_networks;
mod of_nodes;
mod of_records;
mod of_regions;
mod paths;
mod polycentricity;
mod rank_size;
mod report;
mod robustness;
mod rules;
mod saturation;
mod series;
mod session;
mod trend;
mod undefined;

pub use betweenness::betweenness;
pub use centralization::{Centrality, centralization};
pub use centres::{CentreRule, Centres, centres};
pub use closeness::{Closeness, PathSummary, closeness, harmonic, path_summary};
pub use clustering::{FewNeighbours, average_clustering, local_clustering, transitivity};
pub use cohesion::{
    Components, Reciprocity, components, density, reciprocity, strong_components, weighted_reciprocity,
};
pub use concentration::{evenness, hhi, top_share};
pub use degree::{Arcs, degrees, strengths};
pub use flows::{Flow, FlowPosition, NetFlows, net_flows};
pub use interaction::{LinkSymmetry, dominance, link_entropy, link_symmetry, node_symmetry};
pub use linkage::{
    EARTH_RADIUS_KM, GdpUnit, Linkage, LinkageError, LinkageUnits, Place, economic_linkage,
    economic_linkages, great_circle_km,
};
pub use measures::{MEASURES, Measure};
pub use paths::Distance;
pub use polycentricity::{
    Nodality, PolycentricityOptions, PotentialFlow, StandardDeviation, general_polycentricity, polycentricity,
};
pub use rank_size::{RankShift, RankSize, RankSizeOptions, RankSizeSlope, rank_size};
pub use report::{Band, Cell, Column, Missing, Report};
pub use robustness::LARGEST;
pub use rules::{Admission, Comparison, EntryRule, Margin, RuleCheck, RuleError, admit};
pub use saturation::{SATURATION_DENSITY, Saturation, saturation, unless_saturated};
pub use series::ReportError;
pub use session::Analysis;
pub use trend::{Trend, trend};
pub use undefined::{AnalysisError, Measured, Scale, Undefined};
