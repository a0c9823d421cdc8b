//! The table of measures, a line each.

use super::Measure;
use super::centrality::{betweenness, closeness, degree, eigenvector, katz, pagerank};
use super::cohesion::{assortativity, census, closure, cores, cut_points, density, truss};
use super::effects::{directions, entry_rules, linkage};
use super::groups::{community, participation, partition};
use super::inference::robustness;
use super::multicentre::{centralization, study};
use super::positions::{brokerage, brokers, ei_index, structural_holes};
use super::records::{approvals, flows, members, powers, scopes};

/// All measures, in the order in which they are listed.
pub const MEASURES: &[Measure] = &[
    members::MEASURE,
    directions::MEASURE,
    density::MEASURE,
    closure::MEASURE,
    census::MEASURE,
    assortativity::MEASURE,
    centralization::MEASURE,
    study::MEASURE,
    robustness::MEASURE,
    degree::MEASURE,
    betweenness::MEASURE,
    closeness::MEASURE,
    eigenvector::MEASURE,
    katz::MEASURE,
    pagerank::MEASURE,
    cores::MEASURE,
    truss::MEASURE,
    cut_points::MEASURE,
    brokers::MEASURE,
    brokerage::MEASURE,
    structural_holes::MEASURE,
    ei_index::MEASURE,
    community::COMMUNITY,
    community::COMMUNITIES,
    partition::MEASURE,
    participation::MEASURE,
    linkage::MEASURE,
    entry_rules::MEASURE,
    scopes::MEASURE,
    approvals::MEASURE,
    powers::MEASURE,
    flows::MEASURE,
];
