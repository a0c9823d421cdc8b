//! Numbers that are printed in the literature or by other programs, to the digits that are printed.

use super::{assert_all_near, assert_near, expected, load};
use intergov::analysis::{
    Arcs, Centrality, Closeness, Distance, FewNeighbours, Normalisation, Undefined, average_clustering,
    betweenness, centralization, closeness, components, density, local_clustering, path_summary, reciprocity,
    transitivity,
};
use intergov::network::Network;

fn named(name: &str) -> Network {
    load(name, &expected())
}

fn raw_betweenness(network: &Network) -> Vec<f64> {
    betweenness(network, Distance::Steps, Normalisation::Raw).unwrap()
}

fn classic_closeness(network: &Network, arcs: Arcs) -> Vec<f64> {
    let scores = closeness(network, Closeness::Classic, arcs, Distance::Steps).unwrap();
    scores.into_iter().map(Result::unwrap).collect()
}

/// Zachary's club: degree, betweenness and closeness centralization as printed by sna and igraph for R.
#[test]
fn karate() {
    let karate = named("karate");
    assert_eq!((karate.node_count(), karate.tie_count()), (34, 78));
    let raw = raw_betweenness(&karate);
    for (node, wanted) in
        [(0, 231.071429), (33, 160.551587), (32, 76.690476), (2, 75.850794), (31, 73.009524)]
    {
        assert_near(raw[node], wanted, 1e-8);
    }
    let share = betweenness(&karate, Distance::Steps, Normalisation::Normalised).unwrap();
    assert_near(share[0], 0.437635, 1e-6);
    assert_near(share[33], 0.304075, 1e-6);
    let near = classic_closeness(&karate, Arcs::All);
    for (node, wanted) in [(0, 0.568966), (2, 0.559322), (33, 0.55)] {
        assert_near(near[node], wanted, 1e-6);
    }
    assert_near(transitivity(&karate).unwrap(), 0.2556818182, 1e-10);
    assert_near(average_clustering(&karate, FewNeighbours::CountAsZero).unwrap(), 0.5706384782, 1e-10);
    assert_near(average_clustering(&karate, FewNeighbours::LeaveOut).unwrap(), 0.587931, 1e-6);
    assert_near(density(&karate).unwrap(), 0.1390374332, 1e-10);
    let paths = path_summary(&karate, Distance::Steps).unwrap();
    assert_near(paths.mean.unwrap(), 2.408199643, 1e-9);
    assert_eq!((paths.diameter, paths.unreachable), (Ok(5.0), Ok(0.0)));
    assert_centralization(&karate, 0.399621, 0.405557, 0.298195);
}

#[track_caller]
fn assert_centralization(network: &Network, degree: f64, between: f64, close: f64) {
    let found = |centrality| centralization(network, centrality).unwrap();
    assert_near(found(Centrality::Degree(Arcs::All)), degree, 1e-6);
    assert_near(found(Centrality::Betweenness), between, 1e-6);
    assert_near(found(Centrality::Closeness), close, 1e-6);
}

/// The Medici stand between: Padgett and Ansell's marriages, figures as in Jackson 2008.
#[test]
fn florentine_marriages() {
    let expected = expected();
    let families: Vec<&str> = expected["networks"]["florentine16"]["names"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    let at = |family: &str| families.iter().position(|name| *name == family).unwrap();
    let (fifteen, sixteen) = (load("florentine15", &expected), load("florentine16", &expected));

    let raw = raw_betweenness(&fifteen);
    for (family, wanted) in [
        ("Medici", 47.5),
        ("Guadagni", 23.1667),
        ("Albizzi", 19.3333),
        ("Salviati", 13.0),
        ("Ridolfi", 10.3333),
        ("Bischeri", 9.5),
        ("Strozzi", 9.3333),
        ("Barbadori", 8.5),
        ("Tornabuoni", 8.3333),
        ("Castellani", 5.0),
        ("Peruzzi", 2.0),
    ] {
        assert_near(raw[at(family)], wanted, 1e-4);
    }
    let share = |network| betweenness(network, Distance::Steps, Normalisation::Normalised).unwrap();
    assert_near(share(&fifteen)[at("Medici")], 0.522, 1e-3);
    assert_near(share(&fifteen)[at("Guadagni")], 0.255, 1e-3);
    assert_near(share(&fifteen)[at("Strozzi")], 0.103, 1e-3);
    assert_near(share(&sixteen)[at("Medici")], 0.452, 1e-3);
    let near = classic_closeness(&fifteen, Arcs::All);
    for (family, wanted) in [("Medici", 0.56), ("Ridolfi", 0.5), ("Albizzi", 0.4828)] {
        assert_near(near[at(family)], wanted, 1e-4);
    }
    assert_near(transitivity(&fifteen).unwrap(), 0.1914894, 1e-7);
    assert_near(density(&fifteen).unwrap(), 0.190476, 1e-6);
    assert_near(density(&sixteen).unwrap(), 0.166667, 1e-6);
    assert_centralization(&fifteen, 0.274725, 0.436813, 0.322452);
}

/// One family that married nobody changes every index; sna prints the same.
#[test]
fn an_isolate_counts() {
    let sixteen = named("florentine16");
    assert_eq!(sixteen.isolate_count(), 1);
    let found = |centrality| centralization(&sixteen, centrality);
    assert_near(found(Centrality::Degree(Arcs::All)).unwrap(), 0.266667, 1e-6);
    assert_near(found(Centrality::Betweenness).unwrap(), 0.383492, 1e-6);
    assert_eq!(found(Centrality::Closeness), Err(Undefined::Unreachable.into()));
}

/// Krackhardt's kite has a different winner for each centrality.
#[test]
fn kite() {
    let kite = named("kite");
    let degree: Vec<f64> =
        intergov::analysis::degrees(&kite, Arcs::All).iter().map(|degree| *degree as f64 / 9.0).collect();
    assert_all_near(&degree, &[0.444, 0.444, 0.333, 0.667, 0.333, 0.556, 0.556, 0.333, 0.222, 0.111], 5e-4);
    let raw = raw_betweenness(&kite);
    assert_all_near(&raw, &[0.8333, 0.8333, 0.0, 3.6667, 0.0, 8.3333, 8.3333, 14.0, 8.0, 0.0], 5e-5);
    let share = betweenness(&kite, Distance::Steps, Normalisation::Normalised).unwrap();
    let wanted = [0.0231, 0.0231, 0.0, 0.1019, 0.0, 0.2315, 0.2315, 0.3889, 0.2222, 0.0];
    assert_all_near(&share, &wanted, 5e-5);
    let near = classic_closeness(&kite, Arcs::All);
    let wanted = [0.5294, 0.5294, 0.5, 0.6, 0.5, 0.6429, 0.6429, 0.6, 0.4286, 0.3103];
    assert_all_near(&near, &wanted, 5e-5);
    let first = |scores: &[f64]| (0..10).max_by(|a, b| scores[*a].total_cmp(&scores[*b])).unwrap();
    assert_eq!((first(&degree), first(&raw)), (3, 7));
    assert_eq!(near[5].to_bits(), near[6].to_bits());
    assert_eq!(first(&near[..]), 6);
}

/// Nine arcs; reciprocity as printed by sna.
#[test]
fn six_directed() {
    let network = named("six_directed");
    let found = reciprocity(&network);
    assert_eq!((found.mutual, found.asymmetric), (1, 7));
    assert_near(found.dyadic.unwrap(), 0.125, 1e-12);
    assert_near(found.edgewise.unwrap(), 0.222222, 1e-6);
    assert_all_near(&raw_betweenness(&network), &[9.0, 11.0, 4.5, 2.5, 4.5, 4.5], 1e-12);
    let wanted = [0.555556, 0.555556, 0.384615, 0.333333, 0.555556, 0.454545];
    assert_all_near(&classic_closeness(&network, Arcs::In), &wanted, 1e-6);
}

/// Where a network falls apart, tools disagree; we name what we compute.
#[test]
fn pieces() {
    let pieces = named("pieces");
    assert_eq!(components(&pieces).sizes, [2, 3, 1]);
    assert_eq!(components(&pieces).largest_share(), Ok(0.5));
    let scores = |variant| closeness(&pieces, variant, Arcs::All, Distance::Steps).unwrap();
    let faust: Vec<f64> = scores(Closeness::WassermanFaust).into_iter().map(Result::unwrap).collect();
    assert_all_near(&faust, &[0.2, 0.2, 0.4, 0.266667, 0.266667, 0.0], 1e-6);
    let within = scores(Closeness::WithinReach);
    assert_eq!(within[..3], [Ok(1.0), Ok(1.0), Ok(1.0)]);
    assert_near(within[3].unwrap(), 2.0 / 3.0, 1e-12);
    assert_eq!(within[5], Err(Undefined::Isolated));
    let classic = scores(Closeness::Classic);
    assert_eq!((classic[0], classic[5]), (Err(Undefined::Unreachable), Err(Undefined::Isolated)));
    let local = local_clustering(&pieces);
    assert_eq!(
        (local[0], local[2], local[5]),
        (Err(Undefined::ZeroDenominator), Ok(0.0), Err(Undefined::Isolated))
    );
}
