//! Every network of the fixtures, every measure, against NetworkX and igraph to 1e-9.

use super::{assert_all_near, assert_near, expected, load};
use intergov::analysis::{
    Arcs, Closeness, Distance, FewNeighbours, Measured, Normalisation, average_clustering, betweenness,
    closeness, components, degrees, density, harmonic, local_clustering, path_summary, reciprocity,
    strengths, strong_components, transitivity,
};
use intergov::network::{Conversion, Network};
use serde_json::Value;

pub(super) const TOLERANCE: f64 = 1e-9;

/// Runs a check on every network with what is expected of it.
pub(super) fn each(check: impl Fn(&str, &Network, &Value)) {
    let expected = expected();
    let networks = expected["networks"].as_object().unwrap();
    assert_eq!(networks.len(), 13);
    for (name, wanted) in networks {
        check(name, &load(name, &expected), wanted);
    }
}

pub(super) fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

pub(super) fn counts(value: &Value) -> Vec<u64> {
    value.as_array().unwrap().iter().map(|number| number.as_u64().unwrap()).collect()
}

/// Null where we say that there is no value.
#[track_caller]
pub(super) fn assert_measured(found: &[Measured], wanted: &Value) {
    let wanted = wanted.as_array().unwrap();
    assert_eq!(found.len(), wanted.len());
    for (found, wanted) in found.iter().zip(wanted) {
        match (found, wanted.as_f64()) {
            (Ok(found), Some(wanted)) => assert_near(*found, wanted, TOLERANCE),
            (found, wanted) => assert!(found.is_err() && wanted.is_none(), "{found:?}, {wanted:?}"),
        }
    }
}

#[test]
fn degree_and_strength() {
    each(|_, network, wanted| {
        assert_eq!(network.tie_count() as u64, wanted["ties"].as_u64().unwrap());
        assert_eq!(degrees(network, Arcs::All), counts(&wanted["degree"]));
        assert_eq!(degrees(network, Arcs::In), counts(&wanted["degree_in"]));
        assert_eq!(degrees(network, Arcs::Out), counts(&wanted["degree_out"]));
        assert_all_near(&strengths(network, Arcs::All), &numbers(&wanted["strength"]), TOLERANCE);
    });
}

#[test]
fn density_components_and_reciprocity() {
    each(|_, network, wanted| {
        assert_near(density(network).unwrap(), wanted["density"].as_f64().unwrap(), TOLERANCE);
        let ids = |of_node: &[u32]| of_node.iter().map(|id| u64::from(*id)).collect::<Vec<_>>();
        assert_eq!(ids(&components(network).of_node), counts(&wanted["components"]));
        assert_eq!(ids(&strong_components(network).of_node), counts(&wanted["strong_components"]));
        let found = reciprocity(network);
        assert_near(found.edgewise.unwrap(), wanted["reciprocity"].as_f64().unwrap(), TOLERANCE);
        assert_near(found.dyadic.unwrap(), wanted["reciprocity_dyadic"].as_f64().unwrap(), TOLERANCE);
    });
}

#[test]
fn clustering() {
    each(|_, network, wanted| {
        assert_near(transitivity(network).unwrap(), wanted["transitivity"].as_f64().unwrap(), TOLERANCE);
        let zero = |value: Measured| value.unwrap_or(0.0);
        let local: Vec<f64> = local_clustering(network).into_iter().map(zero).collect();
        assert_all_near(&local, &numbers(&wanted["clustering"]), TOLERANCE);
        for (few, key) in [
            (FewNeighbours::CountAsZero, "average_clustering"),
            (FewNeighbours::LeaveOut, "average_clustering_two_neighbours"),
        ] {
            assert_near(average_clustering(network, few).unwrap(), wanted[key].as_f64().unwrap(), TOLERANCE);
        }
    });
}

/// Runs a check over steps and over lengths.
fn each_distance(check: impl Fn(&Network, Distance, &Value)) {
    each(|_, network, wanted| {
        check(network, Distance::Steps, &wanted["steps"]);
        check(&network.to_length(Conversion::Inverse).unwrap(), Distance::Lengths, &wanted["lengths"]);
    });
}

#[test]
fn betweenness_over_steps_and_lengths() {
    each_distance(|network, distance, wanted| {
        let raw = betweenness(network, distance, Normalisation::Raw).unwrap();
        assert_all_near(&raw, &numbers(&wanted["betweenness"]), TOLERANCE);
        assert_all_near(&raw, &numbers(&wanted["betweenness_igraph"]), TOLERANCE);
        let normalised = betweenness(network, distance, Normalisation::Normalised).unwrap();
        assert_all_near(&normalised, &numbers(&wanted["betweenness_normalised"]), TOLERANCE);
    });
}

#[test]
fn closeness_over_steps_and_lengths() {
    each_distance(|network, distance, wanted| {
        for (variant, arcs, key) in [
            (Closeness::WassermanFaust, Arcs::In, "closeness_in"),
            (Closeness::WassermanFaust, Arcs::Out, "closeness_out"),
            (Closeness::WithinReach, Arcs::Out, "closeness_within_out"),
            (Closeness::WithinReach, Arcs::All, "closeness_within_all"),
        ] {
            assert_measured(&closeness(network, variant, arcs, distance).unwrap(), &wanted[key]);
        }
    });
}

#[test]
fn harmonic_and_path_lengths() {
    each_distance(|network, distance, wanted| {
        for (arcs, scale, key) in [
            (Arcs::In, Normalisation::Raw, "harmonic_in"),
            (Arcs::Out, Normalisation::Raw, "harmonic_out"),
            (Arcs::Out, Normalisation::Normalised, "harmonic_normalised_out"),
        ] {
            let found = harmonic(network, arcs, distance, scale).unwrap();
            assert_all_near(&found, &numbers(&wanted[key]), TOLERANCE);
        }
        let found = path_summary(network, distance).unwrap();
        for (found, key) in
            [(found.mean, "mean"), (found.diameter, "diameter"), (found.unreachable, "unreachable")]
        {
            assert_near(found.unwrap(), wanted["summary"][key].as_f64().unwrap(), TOLERANCE);
        }
    });
}
