//! Has a network one centre or many?

pub(super) mod centralization;
pub(super) mod centres;
pub(super) mod concentration;
pub(super) mod interaction;
pub(super) mod polycentricity;
pub(super) mod rank_size;
pub(super) mod saturation;
pub(super) mod study;

pub use centralization::{Centrality, centralization};
pub use centres::{CentreRule, Centres, centres};
pub use concentration::{evenness, hhi, top_share};
pub use interaction::{LinkSymmetry, dominance, link_entropy, link_symmetry, node_symmetry};
pub use polycentricity::{
    Nodality, PolycentricityOptions, PotentialFlow, StandardDeviation, general_polycentricity, polycentricity,
};
pub use rank_size::{RankShift, RankSize, RankSizeOptions, RankSizeSlope, rank_size};
pub use saturation::{SATURATION_DENSITY, Saturation, saturation, unless_saturated};
