//! Networks whose values are known for every size.

use super::{assert_near, bipartite, complete, cycle, path, plain, star};
use intergov::analysis::{
    Arcs, Centrality, Closeness, Distance, FewNeighbours, Normalisation, Undefined, average_clustering,
    betweenness, centralization, closeness, components, density, harmonic, path_summary, reciprocity,
    strong_components, transitivity,
};
use intergov::network::Network;

fn raw(network: &Network) -> Vec<f64> {
    betweenness(network, Distance::Steps, Normalisation::Raw).unwrap()
}

fn all_centralizations(network: &Network) -> [f64; 3] {
    [Centrality::Degree(Arcs::All), Centrality::Betweenness, Centrality::Closeness]
        .map(|centrality| centralization(network, centrality).unwrap())
}

#[test]
fn a_star_is_as_central_as_can_be() {
    for n in 3..12 {
        let star = star(n);
        let (n, scores) = (f64::from(n), raw(&star));
        assert_near(scores[0], (n - 1.0) * (n - 2.0) / 2.0, 1e-12);
        assert!(scores[1..].iter().all(|score| *score == 0.0));
        for found in all_centralizations(&star) {
            assert_near(found, 1.0, 1e-12);
        }
        assert_eq!(transitivity(&star), Ok(0.0));
    }
}

#[test]
fn a_path_has_the_most_between_in_the_middle() {
    for n in 2..12 {
        let scores = raw(&path(n));
        for (i, score) in scores.iter().enumerate() {
            assert_near(*score, (i as f64) * (f64::from(n) - 1.0 - i as f64), 1e-12);
        }
        let summary = path_summary(&path(n), Distance::Steps).unwrap();
        assert_eq!(summary.diameter, Ok(f64::from(n - 1)));
        assert_near(summary.mean.unwrap(), (f64::from(n) + 1.0) / 3.0, 1e-12);
    }
}

#[test]
fn nodes_of_a_cycle_are_alike() {
    for n in 3..14_u32 {
        let cycle = cycle(n);
        let m = f64::from(n);
        let each = if n % 2 == 1 { (m - 1.0) * (m - 3.0) / 8.0 } else { (m - 2.0).powi(2) / 8.0 };
        for score in raw(&cycle) {
            assert_near(score, each, 1e-12);
        }
        for found in all_centralizations(&cycle) {
            assert_near(found, 0.0, 1e-12);
        }
    }
}

#[test]
fn a_complete_network_has_everything_once() {
    for n in 3..9 {
        let complete = complete(n);
        assert_eq!(density(&complete), Ok(1.0));
        assert_eq!(transitivity(&complete), Ok(1.0));
        let found = reciprocity(&complete);
        assert_eq!((found.mutual as usize, found.asymmetric), (complete.tie_count(), 0));
        assert_eq!((found.edgewise, found.dyadic), (Ok(1.0), Ok(1.0)));
        assert_eq!(average_clustering(&complete, FewNeighbours::LeaveOut), Ok(1.0));
        assert!(raw(&complete).iter().all(|score| *score == 0.0));
        for arcs in [Arcs::In, Arcs::Out, Arcs::All] {
            let near = closeness(&complete, Closeness::Classic, arcs, Distance::Steps).unwrap();
            assert!(near.iter().all(|score| *score == Ok(1.0)));
        }
        for score in harmonic(&complete, Arcs::All, Distance::Steps, Normalisation::Normalised).unwrap() {
            assert_near(score, 1.0, 1e-12);
        }
    }
}

#[test]
fn the_sides_of_a_bipartite_network_share_the_paths_of_the_other() {
    for (left, right) in [(1_u32, 4_u32), (2, 3), (3, 3), (4, 7)] {
        let network = bipartite(left, right);
        let (a, b) = (f64::from(left), f64::from(right));
        let scores = raw(&network);
        for score in &scores[..left as usize] {
            assert_near(*score, b * (b - 1.0) / (2.0 * a), 1e-12);
        }
        for score in &scores[left as usize..] {
            assert_near(*score, a * (a - 1.0) / (2.0 * b), 1e-12);
        }
        assert_eq!(transitivity(&network), Ok(0.0));
        assert_near(density(&network).unwrap(), 2.0 * a * b / ((a + b) * (a + b - 1.0)), 1e-12);
    }
}

/// Rust's sum over nothing is -0, which a table would print.
#[test]
fn zero_has_no_sign() {
    let pair = path(2);
    let zero = average_clustering(&pair, FewNeighbours::CountAsZero).unwrap();
    assert!(zero == 0.0 && zero.is_sign_positive());
    assert_eq!(average_clustering(&pair, FewNeighbours::LeaveOut), Err(Undefined::ZeroDenominator));
}

#[test]
fn an_empty_network_has_reasons_and_no_numbers() {
    let empty = plain(0, []);
    assert_eq!(density(&empty), Err(Undefined::EmptyGraph));
    assert_eq!(transitivity(&empty), Err(Undefined::EmptyGraph));
    assert_eq!(centralization(&empty, Centrality::Betweenness), Err(Undefined::EmptyGraph.into()));
    assert_eq!(path_summary(&empty, Distance::Steps).unwrap().mean, Err(Undefined::EmptyGraph));
    assert_eq!((components(&empty).count(), strong_components(&empty).count()), (0, 0));
    assert_eq!(components(&empty).largest_share(), Err(Undefined::EmptyGraph));
    assert!(raw(&empty).is_empty());
    assert_eq!(reciprocity(&empty).edgewise, Err(Undefined::ZeroDenominator));
}

#[test]
fn a_single_node_has_reasons_and_no_numbers() {
    let single = plain(1, [(0, 0)]);
    assert_eq!((single.tie_count(), single.tally().loops), (0, 1));
    assert_eq!(density(&single), Err(Undefined::TooFewNodes));
    assert_eq!(raw(&single), [0.0]);
    let too_few = Err(Undefined::TooFewNodes.into());
    assert_eq!(betweenness(&single, Distance::Steps, Normalisation::Normalised), too_few);
    assert_eq!(harmonic(&single, Arcs::All, Distance::Steps, Normalisation::Raw), Ok(vec![0.0]));
    assert_eq!(harmonic(&single, Arcs::All, Distance::Steps, Normalisation::Normalised), too_few);
    for variant in [Closeness::Classic, Closeness::WassermanFaust, Closeness::WithinReach] {
        let near = closeness(&single, variant, Arcs::All, Distance::Steps).unwrap();
        assert_eq!(near, [Err(Undefined::TooFewNodes)]);
    }
    assert_eq!(components(&single).sizes, [1]);
}

/// Two to the power of 1100 shortest paths are more than `f64` counts; NaN must not come out.
#[test]
fn too_many_paths_are_said() {
    let diamond =
        |i: u32| [(3 * i, 3 * i + 1), (3 * i, 3 * i + 2), (3 * i + 1, 3 * i + 3), (3 * i + 2, 3 * i + 3)];
    let chain = plain(3 * 1100 + 1, (0..1100).flat_map(diamond));
    assert_eq!(betweenness(&chain, Distance::Steps, Normalisation::Raw), Err(Undefined::Overflow.into()));
    let lengths = chain.to_length(intergov::network::Conversion::Inverse).unwrap();
    assert_eq!(betweenness(&lengths, Distance::Lengths, Normalisation::Raw), Err(Undefined::Overflow.into()));
}
