//! What holds for every network, checked on drawn ones.

use super::{Draw, Ties, assert_all_near, assert_near, network};
use intergov::analysis::{
    Arcs, Centrality, Closeness, Distance, FewNeighbours, Normalisation, PolycentricityOptions,
    average_clustering, betweenness, centralization, closeness, components, degrees, density, harmonic,
    link_entropy, local_clustering, path_summary, polycentricity, reciprocity, strengths, strong_components,
    transitivity, weighted_reciprocity,
};
use intergov::network::{Conversion, LoopRule, Network, NetworkNode, Orientation, ParallelRule};

const ORIENTATIONS: [Orientation; 2] = [Orientation::Directed, Orientation::Undirected];

/// Drawn networks of both orientations, some sparse and some dense, loops and parallel ties among the ties.
fn drawn(mut check: impl FnMut(Orientation, u32, &Ties, &mut Draw)) {
    for seed in 0..24 {
        let mut draw = Draw(seed);
        let nodes = 3 + draw.below(30);
        let count = (nodes * (1 + draw.below(5))) as usize;
        let ties = draw.ties(nodes, count);
        for orientation in ORIENTATIONS {
            check(orientation, nodes, &ties, &mut draw);
        }
    }
}

/// Every node measure of a network, by name.
fn node_scores(network: &Network) -> Vec<(&'static str, Vec<f64>)> {
    let lengths = network.to_length(Conversion::Inverse).unwrap();
    let steps = Distance::Steps;
    let known = |scores: Vec<Result<f64, _>>| scores.into_iter().map(|score| score.unwrap_or(-1.0)).collect();
    let near = |network, variant, arcs, distance| known(closeness(network, variant, arcs, distance).unwrap());
    vec![
        ("strength in", strengths(network, Arcs::In)),
        ("strength out", strengths(network, Arcs::Out)),
        ("degree", degrees(network, Arcs::All).into_iter().map(|degree| degree as f64).collect()),
        ("clustering", known(local_clustering(network))),
        ("betweenness", betweenness(network, steps, Normalisation::Normalised).unwrap()),
        (
            "betweenness over lengths",
            betweenness(&lengths, Distance::Lengths, Normalisation::Normalised).unwrap(),
        ),
        ("closeness in", near(network, Closeness::WassermanFaust, Arcs::In, steps)),
        ("closeness out over lengths", near(&lengths, Closeness::WithinReach, Arcs::Out, Distance::Lengths)),
        ("closeness both ways", near(network, Closeness::Classic, Arcs::All, steps)),
        ("harmonic", harmonic(network, Arcs::In, steps, Normalisation::Normalised).unwrap()),
    ]
}

/// Every measure of the whole network, by name; -1 where there is none.
fn whole_scores(network: &Network) -> Vec<(&'static str, f64)> {
    let options = PolycentricityOptions::default();
    vec![
        ("density", density(network).unwrap_or(-1.0)),
        ("transitivity", transitivity(network).unwrap_or(-1.0)),
        ("average clustering", average_clustering(network, FewNeighbours::LeaveOut).unwrap_or(-1.0)),
        ("reciprocity", reciprocity(network).edgewise.unwrap_or(-1.0)),
        ("dyadic reciprocity", reciprocity(network).dyadic.unwrap_or(-1.0)),
        ("weighted reciprocity", weighted_reciprocity(network).unwrap_or(-1.0)),
        ("entropy", link_entropy(network).unwrap_or(-1.0)),
        ("polycentricity", polycentricity(network, options).unwrap_or(-1.0)),
        ("unreachable", path_summary(network, Distance::Steps).unwrap().unreachable.unwrap_or(-1.0)),
        ("degree centralization", centralization(network, Centrality::Degree(Arcs::All)).unwrap_or(-1.0)),
        ("in-degree centralization", centralization(network, Centrality::Degree(Arcs::In)).unwrap_or(-1.0)),
        ("betweenness centralization", centralization(network, Centrality::Betweenness).unwrap_or(-1.0)),
        ("closeness centralization", centralization(network, Centrality::Closeness).unwrap_or(-1.0)),
    ]
}

#[test]
fn new_numbers_for_the_nodes_change_nothing() {
    drawn(|orientation, nodes, ties, draw| {
        let new = draw.relabelling(nodes);
        let renamed: Ties = ties.iter().map(|(a, b, w)| (new[*a as usize], new[*b as usize], *w)).collect();
        let (before, after) =
            (network(orientation, nodes as usize, ties), network(orientation, nodes as usize, &renamed));
        for ((name, before), (_, after)) in node_scores(&before).iter().zip(node_scores(&after)) {
            let moved: Vec<f64> = new.iter().map(|node| after[*node as usize]).collect();
            println!("{name}");
            assert_all_near(&moved, before, 1e-9);
        }
        for ((name, before), (_, after)) in whole_scores(&before).iter().zip(whole_scores(&after)) {
            println!("{name}");
            assert_near(after, *before, 1e-9);
        }
        let sizes = |mut sizes: Vec<usize>| {
            sizes.sort_unstable();
            sizes
        };
        assert_eq!(sizes(components(&before).sizes), sizes(components(&after).sizes));
        assert_eq!(sizes(strong_components(&before).sizes), sizes(strong_components(&after).sizes));
    });
}

#[test]
fn shares_stay_between_zero_and_one() {
    drawn(|orientation, nodes, ties, _| {
        let network = network(orientation, nodes as usize, ties);
        for (name, score) in whole_scores(&network) {
            assert!((0.0..=1.0 + 1e-12).contains(&score) || score == -1.0, "{name} is {score}");
            assert!(score == -1.0 || score.is_sign_positive(), "{name} is -0");
        }
        for (name, scores) in node_scores(&network) {
            let share =
                !name.starts_with("strength") && !name.starts_with("degree") && !name.contains("over");
            for score in scores {
                assert!(
                    score.is_finite() && (score.is_sign_positive() || score == -1.0),
                    "{name} is {score}"
                );
                assert!(!share || score <= 1.0 + 1e-12, "{name} is {score}");
            }
        }
    });
}

/// The sum over all nodes of betweenness is the sum over pairs of the steps between them less one.
#[test]
fn betweenness_adds_up_to_the_inner_nodes_of_paths() {
    drawn(|orientation, nodes, ties, _| {
        let network = network(orientation, nodes as usize, ties);
        let summary = path_summary(&network, Distance::Steps).unwrap();
        let pairs = f64::from(nodes) * (f64::from(nodes) - 1.0) * (1.0 - summary.unreachable.unwrap());
        let inner = summary.mean.map_or(0.0, |mean| pairs * (mean - 1.0));
        let counted_twice = if network.is_directed() { 1.0 } else { 2.0 };
        let found: f64 = betweenness(&network, Distance::Steps, Normalisation::Raw).unwrap().iter().sum();
        assert_near(found * counted_twice, inner, 1e-9);
    });
}

/// With one and with two threads every bit is the same.
#[test]
fn threads_change_nothing() {
    let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let (one, two) = (pool(1), pool(2));
    for orientation in ORIENTATIONS {
        let mut draw = Draw(99);
        let network = network(orientation, 400, &draw.ties(400, 1200));
        let bits = |scores: Vec<(&'static str, Vec<f64>)>| -> Vec<Vec<u64>> {
            scores
                .into_iter()
                .map(|(_, scores)| scores.iter().map(|score| score.to_bits()).collect())
                .collect()
        };
        let alone = bits(one.install(|| node_scores(&network)));
        for _ in 0..3 {
            assert_eq!(alone, bits(two.install(|| node_scores(&network))));
        }
    }
}

/// Lengths that are all 1 are steps, and so are strengths to the power of 0.
#[test]
fn equal_lengths_are_steps() {
    drawn(|orientation, nodes, ties, _| {
        let network = network(orientation, nodes as usize, ties);
        let flat = network.to_length(Conversion::InverseAlpha(0.0)).unwrap();
        let steps = betweenness(&network, Distance::Steps, Normalisation::Raw).unwrap();
        assert_all_near(&betweenness(&flat, Distance::Lengths, Normalisation::Raw).unwrap(), &steps, 1e-9);
        let steps = harmonic(&network, Arcs::Out, Distance::Steps, Normalisation::Raw).unwrap();
        let lengths = harmonic(&flat, Arcs::Out, Distance::Lengths, Normalisation::Raw).unwrap();
        assert_all_near(&lengths, &steps, 1e-9);
    });
}

/// Sums of the same lengths in another order differ in the last bit and are the same path all the same.
#[test]
fn rounding_makes_no_path_longer() {
    // 0.1 + 0.2 + 0.3 over 1 and 2 is larger in its last bit than 0.3 + 0.2 + 0.1 over 3 and 4.
    let ways = [(0, 1, 0.1), (1, 2, 0.2), (2, 5, 0.3), (0, 3, 0.3), (3, 4, 0.2), (4, 5, 0.1)];
    let lengths = network(Orientation::Directed, 6, &ways).to_length(Conversion::AsGiven).unwrap();
    let scores = betweenness(&lengths, Distance::Lengths, Normalisation::Raw).unwrap();
    // A half of the path from 0 to 5, and the whole of another one.
    assert_all_near(&scores, &[0.0, 1.5, 1.5, 1.5, 1.5, 0.0], 1e-12);
}

/// A tie that is given twice is one tie for measures that do not read weights.
#[test]
fn doubled_ties_are_one_tie() {
    drawn(|orientation, nodes, ties, _| {
        let doubled: Ties = ties.iter().chain(ties).copied().collect();
        let make = |ties: &[(u32, u32, f64)]| {
            let nodes = NetworkNode::numbered(nodes as usize);
            Network::from_ties(orientation, nodes, ties, ParallelRule::Any, LoopRule::Drop).unwrap()
        };
        let (once, twice) = (make(ties), make(&doubled));
        assert_eq!(twice.tally().merged, once.tally().merged + once.tally().given - once.tally().loops);
        assert_eq!(node_scores(&once), node_scores(&twice));
        assert_eq!(whole_scores(&once), whole_scores(&twice));
    });
}

/// Loops that are kept change degree and strength and nothing else.
#[test]
fn loops_are_not_read() {
    drawn(|orientation, nodes, ties, _| {
        let make = |loops| {
            let nodes = NetworkNode::numbered(nodes as usize);
            Network::from_ties(orientation, nodes, ties, ParallelRule::Sum, loops).unwrap()
        };
        let (without, with) = (make(LoopRule::Drop), make(LoopRule::Keep));
        assert_eq!(whole_scores(&without), whole_scores(&with));
        let shape = |network: &Network| {
            let mut scores = node_scores(network);
            scores.retain(|(name, _)| !name.starts_with("strength") && !name.starts_with("degree"));
            scores
        };
        assert_eq!(shape(&without), shape(&with));
    });
}
