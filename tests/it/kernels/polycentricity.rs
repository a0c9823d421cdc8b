//! One centre or many: Green's index, rank and size, entropy, dominance, centres.

use super::{assert_all_near, assert_near, complete, cycle, expected, load, network, path, plain, star};
use intergov::analysis::{
    AnalysisError, Arcs, Centrality, CentreRule, Nodality, PolycentricityOptions, PotentialFlow, RankShift,
    RankSizeOptions, StandardDeviation, Undefined, centralization, centres, dominance,
    general_polycentricity, link_entropy, link_symmetry, node_symmetry, polycentricity, rank_size,
    saturation, strengths, top_share, unless_saturated, weighted_reciprocity,
};
use intergov::network::{Network, Orientation};

/// Flows between three places, with values worked out by hand from the definitions of Limtanakool et al.
fn three_places() -> Network {
    let flows = [(0, 1, 60.0), (0, 2, 20.0), (1, 0, 40.0), (1, 2, 10.0), (2, 0, 30.0), (2, 1, 20.0)];
    network(Orientation::Directed, 3, &flows)
}

fn green(network: &Network, deviation: StandardDeviation) -> Result<f64, AnalysisError> {
    polycentricity(network, PolycentricityOptions { deviation, ..PolycentricityOptions::default() })
}

#[test]
fn green_of_known_networks() {
    let expected = expected();
    for (network, population, sample) in [
        (star(5), 0.16, Some(0.210263)),
        (path(5), 0.204041, None),
        (cycle(5), 0.5, Some(0.5)),
        (complete(5), 1.0, Some(1.0)),
        (load("florentine15", &expected), 0.104768, Some(0.127745)),
        (load("karate", &expected), 0.076546, Some(0.094185)),
    ] {
        assert_near(green(&network, StandardDeviation::Population).unwrap(), population, 1e-6);
        if let Some(sample) = sample {
            assert_near(green(&network, StandardDeviation::Sample).unwrap(), sample, 1e-6);
        }
    }
}

#[test]
fn green_has_reasons_where_it_has_no_value() {
    let of = |network: Network| green(&network, StandardDeviation::Population);
    assert_eq!(of(plain(0, [])), Err(Undefined::EmptyGraph.into()));
    assert_eq!(of(plain(1, [])), Err(Undefined::TooFewNodes.into()));
    assert_eq!(of(plain(4, [])), Err(Undefined::ZeroDenominator.into()));
}

/// Equal weights make flows and ties say the same; a stated potential scales the density.
#[test]
fn green_of_flows() {
    let with = |network: &Network, potential| {
        let nodality = Nodality::Strength(potential);
        polycentricity(network, PolycentricityOptions { nodality, ..PolycentricityOptions::default() })
    };
    let heavy = network(Orientation::Undirected, 5, &[(0, 1, 3.0), (0, 2, 3.0), (0, 3, 3.0), (0, 4, 3.0)]);
    assert_near(with(&heavy, PotentialFlow::HeaviestTie).unwrap(), 0.16, 1e-12);
    assert_near(with(&heavy, PotentialFlow::Stated(24.0)).unwrap(), 0.2, 1e-12);
    assert!(matches!(with(&heavy, PotentialFlow::Stated(11.0)), Err(AnalysisError::BadOption { .. })));
    assert!(matches!(with(&heavy, PotentialFlow::Stated(f64::NAN)), Err(AnalysisError::BadOption { .. })));
}

#[test]
fn general_polycentricity_is_the_mean_over_functions() {
    assert_eq!(general_polycentricity(&[Ok(0.25), Ok(0.75)]), Ok(0.5));
    assert_eq!(general_polycentricity(&[]), Err(Undefined::TooFewNodes));
    let saturated = Err(Undefined::Saturated);
    assert_eq!(general_polycentricity(&[Ok(0.25), saturated]), saturated);
}

/// From a density of 0.95 on the shape says nothing, but who asks the kernel is answered.
#[test]
fn a_saturated_network_has_no_shape() {
    let degree = |network: &Network| centralization(network, Centrality::Degree(Arcs::All));
    let shape = |network: &Network| green(network, StandardDeviation::Population);
    let refused = Err(AnalysisError::Undefined(Undefined::Saturated));
    for nodes in [3, 7, 20] {
        let full = complete(nodes);
        assert!(saturation(&full).is_saturated());
        assert_eq!(unless_saturated(&full, degree), refused);
        assert_eq!(unless_saturated(&full, shape), refused);
        assert_eq!((degree(&full), shape(&full)), (Ok(0.0), Ok(1.0)));
    }
    // 19 of 20 possible arcs are exactly 0.95, 18 are below.
    let arcs: Vec<_> = (0..5).flat_map(|a| (0..5).map(move |b| (a, b, 1.0))).filter(|t| t.0 != t.1).collect();
    let directed = |count: usize| network(Orientation::Directed, 5, &arcs[..count]);
    assert!(saturation(&directed(19)).is_saturated());
    assert!(!saturation(&directed(18)).is_saturated());
    assert_eq!(unless_saturated(&star(5), degree), Ok(1.0));
    assert!(!saturation(&plain(0, [])).is_saturated());
}

#[test]
fn rank_size_slopes() {
    // y = 100 / r^0.5 exactly, so every slope is 0.5; by hand ln(100/70.71)/ln 2.
    let sizes: Vec<f64> = (1..=6).map(|rank| 100.0 / f64::from(rank).sqrt()).collect();
    let found = rank_size(&sizes, &RankSizeOptions::default());
    assert_eq!(found.slopes.iter().map(|slope| slope.top).collect::<Vec<_>>(), [2, 3, 4]);
    for slope in &found.slopes {
        assert_near(slope.slope, 0.5, 1e-12);
        assert_near(slope.intercept, 100_f64.ln(), 1e-12);
    }
    assert_near(found.mean.unwrap(), 0.5, 1e-12);

    // Two sizes: b = ln(y1 / y2) / ln 2. Order and zeros do not matter; zeros are counted.
    let two = rank_size(&[0.0, 10.0, -3.0, 40.0, f64::NAN], &RankSizeOptions::default());
    assert_eq!((two.slopes.len(), two.excluded), (1, 3));
    assert_near(two.mean.unwrap(), 2.0, 1e-12);
    // With rank - 1/2 the same two sizes lie ln 3 apart.
    let options = RankSizeOptions { tops: vec![2], shift: RankShift::MinusHalf };
    assert_near(rank_size(&[40.0, 10.0], &options).mean.unwrap(), 4_f64.ln() / 3_f64.ln(), 1e-12);

    let equal = rank_size(&[5.0; 4], &RankSizeOptions::default());
    assert_eq!(equal.mean, Ok(0.0));
    assert_eq!(rank_size(&[5.0], &RankSizeOptions::default()).mean, Err(Undefined::TooFewNodes));
}

#[test]
fn flows_between_three_places() {
    let network = three_places();
    assert_near(link_entropy(&network).unwrap(), 0.919721, 1e-6);
    let values = |scores: Vec<Result<f64, Undefined>>| -> Vec<f64> {
        scores.into_iter().map(Result::unwrap).collect()
    };
    let all = values(dominance(&network, Arcs::All).unwrap());
    assert_all_near(&all, &[1.428571, 1.130435, 0.571429], 1e-6);
    let symmetry = values(node_symmetry(&network).unwrap());
    assert_all_near(&symmetry, &[-0.066667, 0.230769, -0.25], 1e-6);
    let links = link_symmetry(&network).unwrap();
    assert_eq!(links.iter().map(|link| link.nodes).collect::<Vec<_>>(), [(0, 1), (0, 2), (1, 2)]);
    assert_near(links[0].symmetry, 0.970951, 1e-6);
    assert_near(links[0].strength, 100.0 / 180.0, 1e-12);
    assert_near(network.weight(0, 1).unwrap() / 180.0, 0.333333, 1e-6);
    // Back flow: 2 (40 + 20 + 10) of 180.
    assert_near(weighted_reciprocity(&network).unwrap(), 140.0 / 180.0, 1e-12);
}

#[test]
fn entropy_and_dominance_at_their_ends() {
    assert_near(link_entropy(&complete(6)).unwrap(), 1.0, 1e-12);
    assert_eq!(link_entropy(&plain(4, [(0, 1)])), Ok(0.0));
    assert_eq!(link_entropy(&plain(4, [])), Err(Undefined::ZeroDenominator.into()));
    assert_eq!(link_entropy(&complete(2)), Err(Undefined::TooFewNodes.into()));
    assert_eq!(dominance(&plain(1, []), Arcs::All), Ok(vec![Err(Undefined::TooFewNodes)]));
    let nothing = plain(2, []);
    assert_eq!(dominance(&nothing, Arcs::All), Ok(vec![Err(Undefined::ZeroDenominator); 2]));
    assert_eq!(node_symmetry(&nothing), Ok(vec![Err(Undefined::Isolated); 2]));
    // A giant hides no dwarf: what is left beside 10^17 is 1.
    let giant = network(Orientation::Directed, 3, &[(0, 1, 1e17), (1, 2, 1.0)]);
    assert_eq!(dominance(&giant, Arcs::Out).unwrap()[0], Ok(2e17));
    // One node gives all: the others have no outflow.
    let giver = network(Orientation::Directed, 3, &[(0, 1, 0.1), (0, 2, 0.7)]);
    let out = dominance(&giver, Arcs::Out).unwrap();
    assert_eq!((out[0], out[1]), (Err(Undefined::ZeroDenominator), Ok(0.0)));
    let one_way = link_symmetry(&giver).unwrap();
    assert_eq!((one_way[0].nodes, one_way[0].symmetry), ((0, 1), 0.0));
    assert_near(one_way[0].strength, 0.125, 1e-12);
    let undirected = link_symmetry(&star(3)).unwrap();
    assert_eq!((undirected[0].symmetry, undirected[0].strength), (1.0, 0.5));
}

#[test]
fn centres_exceed_the_mean_by_the_rule() {
    // Strengths 4, 1, 1, 1, 1: mean 1.6, population standard deviation 1.2.
    let found = centres(&star(5), CentreRule::default()).unwrap();
    assert_eq!((found.nodes.as_slice(), found.rule.multiplier), (&[0][..], 1.0));
    assert_near(found.threshold, 2.8, 1e-12);
    // 4 is exactly the mean and two deviations: it does not exceed it.
    let two = centres(&star(5), CentreRule { multiplier: 2.0, ..CentreRule::default() }).unwrap();
    assert!(two.nodes.is_empty());
    // Ten equal strengths whose mean is not exact: nobody is above it.
    let ring: Vec<_> = (0..10).map(|node| (node, (node + 1) % 10, 0.1)).collect();
    for multiplier in [0.0, 1.0] {
        let rule = CentreRule { multiplier, ..CentreRule::default() };
        let equal = centres(&network(Orientation::Undirected, 10, &ring), rule).unwrap();
        assert!(equal.nodes.is_empty());
    }
    assert_eq!(centres(&plain(0, []), CentreRule::default()), Err(Undefined::EmptyGraph.into()));
    let bad = CentreRule { multiplier: f64::NAN, ..CentreRule::default() };
    assert!(matches!(centres(&star(5), bad), Err(AnalysisError::BadOption { .. })));
}

#[test]
fn share_of_the_strongest() {
    let strong = strengths(&star(5), Arcs::All);
    assert_eq!(top_share(&strong, 1), Ok(0.5));
    assert_eq!(top_share(&strong, 2), Ok(0.625));
    assert_eq!(top_share(&strong, 99), Ok(1.0));
    assert_eq!(top_share(&[0.0, 0.0], 1), Err(Undefined::ZeroDenominator));
    assert_eq!(top_share(&[1.0, -1.0], 1), Err(Undefined::NotAQuantity));
}
