//! What does a network look like in numbers?
//!
//! Every measure is a plain function on a [`Network`](crate::network::Network) or on plain numbers. A value
//! that does not exist is an [`Undefined`] with its reason, never NaN, infinity or a false zero. Isolates
//! count as nodes. No result depends on the number of threads.
//!
//! | question | functions |
//! | --- | --- |
//! | who has many ties | [`degrees`], [`strengths`] |
//! | who stands between, who is near | [`betweenness()`], [`closeness()`], [`harmonic`], [`path_summary`], [`eigenvector()`], [`katz()`], [`pagerank()`] |
//! | who holds it together | [`core_numbers`], [`truss_numbers`], [`cut_points()`] |
//! | how dense and mutual is it | [`density()`], [`components()`], [`strong_components`], [`reciprocity()`], [`weighted_reciprocity`], [`transitivity`], [`local_clustering`], [`average_clustering`], [`dyad_census`], [`triad_census`], [`degree_assortativity`], [`group_assortativity`] |
//! | one centre or many | [`centralization()`], [`polycentricity()`], [`rank_size()`], [`link_entropy`], [`dominance`], [`centres()`], [`top_share`], [`unless_saturated`] |
//! | who stands in which position | [`brokerage()`], [`brokered_pairs`], [`structural_holes()`], [`ei_index()`] |
//! | how do groups divide it | [`leiden`], [`agreement`], [`partition()`], [`participation()`] |
//! | does it rise or fall | [`trend()`] |
//! | economic ties and money | [`economic_linkage`], [`net_flows`], [`hhi`], [`evenness`] |
//! | who may join | [`EntryRule`], [`admit`] |

mod centrality;
mod changes;
mod cohesion;
mod division;
mod draw;
mod effects;
mod facts;
mod frame;
mod groups;
mod inference;
mod measure;
mod multicentre;
mod options;
mod paths;
mod positions;
mod records;
mod registry;
mod report;
mod report_text;
mod series;
mod session;
mod tables;
mod undefined;

pub use centrality::*;
pub use cohesion::*;
pub use effects::*;
pub use frame::{Frame, Values};
pub use groups::*;
pub use inference::*;
pub use measure::{Family, Measure, Parameter, Unit};
pub use multicentre::*;
pub use paths::Distance;
pub use positions::*;
pub use records::*;
pub use registry::MEASURES;
pub use report::{Band, Cell, Column, Missing, Report};
#[cfg(feature = "cli")]
pub(crate) use report_text::{MISSING, ReportText};
pub use series::ReportError;
pub use session::Analysis;
pub use undefined::{AnalysisError, Measured, Normalisation, Undefined};
