//! How does a network hang together?

pub(super) mod assortativity;
pub(super) mod census;
pub(super) mod closure;
pub(super) mod clustering;
pub(super) mod components;
pub(super) mod cores;
pub(super) mod cut_points;
pub(super) mod density;
pub(super) mod reciprocity;
pub(super) mod truss;

pub use assortativity::{degree_assortativity, group_assortativity};
pub use census::{DyadCensus, TRIADS, dyad_census, triad_census};
pub use clustering::{FewNeighbours, average_clustering, local_clustering, transitivity};
pub use components::{Components, components, strong_components};
pub use cores::core_numbers;
pub use cut_points::{CutPoints, cut_points};
pub use density::density;
pub use reciprocity::{Reciprocity, reciprocity, weighted_reciprocity};
pub use truss::truss_numbers;
