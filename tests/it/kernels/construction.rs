//! How ties become a network, what is refused, and petgraph's algorithms on the result.

use super::{Draw, network};
use intergov::analysis::{
    AnalysisError, Arcs, CentreRule, Closeness, Distance, Normalisation, betweenness, centres, closeness,
    components, degrees, density, path_summary, strengths, strong_components,
};
use intergov::network::{
    Conversion, LoopRule, Network, NetworkError, NetworkNode, Orientation, ParallelRule, WeightMeaning,
};
use petgraph::visit::{EdgeCount, EdgeRef, IntoEdgeReferences, IntoEdgesDirected};

const PARALLEL: [(u32, u32, f64); 5] = [(0, 1, 2.0), (1, 0, 5.0), (0, 1, 3.0), (1, 1, 9.0), (1, 2, 0.0)];

fn build(
    orientation: Orientation,
    ties: &[(u32, u32, f64)],
    rule: ParallelRule,
    loops: LoopRule,
) -> Result<Network, NetworkError> {
    Network::from_ties(orientation, NetworkNode::numbered(3), ties, rule, loops)
}

#[test]
fn parallel_ties_merge_by_the_rule() {
    for (rule, undirected, directed) in [
        (ParallelRule::Count, 3.0, 2.0),
        (ParallelRule::Sum, 10.0, 5.0),
        (ParallelRule::Max, 5.0, 3.0),
        (ParallelRule::Last, 3.0, 3.0),
        (ParallelRule::Any, 1.0, 1.0),
    ] {
        let both = build(Orientation::Undirected, &PARALLEL, rule, LoopRule::Drop).unwrap();
        assert_eq!((both.weight(0, 1), both.weight(1, 0)), (Some(undirected), Some(undirected)), "{rule:?}");
        let one = build(Orientation::Directed, &PARALLEL, rule, LoopRule::Drop).unwrap();
        assert_eq!(one.weight(0, 1), Some(directed), "{rule:?}");
        let back = if matches!(rule, ParallelRule::Count | ParallelRule::Any) { 1.0 } else { 5.0 };
        assert_eq!(one.weight(1, 0), Some(back), "{rule:?}");
    }
}

#[test]
fn what_is_left_out_is_counted() {
    let made = build(Orientation::Undirected, &PARALLEL, ParallelRule::Sum, LoopRule::Drop).unwrap();
    let tally = made.tally();
    assert_eq!((tally.given, tally.loops, tally.merged, tally.zero_weight), (5, 1, 2, 1));
    assert_eq!((made.tie_count(), made.loop_count(), made.isolate_count()), (1, 0, 1));
}

#[test]
fn a_kept_loop_counts_twice_in_the_degree_and_not_in_the_density() {
    let ties = [(0, 0, 2.0), (0, 1, 1.0)];
    let undirected = build(Orientation::Undirected, &ties, ParallelRule::Sum, LoopRule::Keep).unwrap();
    assert_eq!((undirected.tie_count(), undirected.loop_count()), (2, 1));
    assert_eq!(degrees(&undirected, Arcs::All), [3, 1, 0]);
    assert_eq!(strengths(&undirected, Arcs::All), [5.0, 1.0, 0.0]);
    assert_eq!(density(&undirected), Ok(1.0 / 3.0));
    let directed = build(Orientation::Directed, &ties, ParallelRule::Sum, LoopRule::Keep).unwrap();
    assert_eq!(degrees(&directed, Arcs::Out), [2, 0, 0]);
    assert_eq!(degrees(&directed, Arcs::All), [3, 1, 0]);
    let only = build(Orientation::Undirected, &[(2, 2, 1.0)], ParallelRule::Sum, LoopRule::Keep).unwrap();
    assert!(only.is_isolate(2));
}

#[test]
fn the_order_of_ties_does_not_matter() {
    let mut draw = Draw(7);
    let ties = draw.ties(20, 400);
    let mut other = ties.clone();
    other.reverse();
    for orientation in [Orientation::Directed, Orientation::Undirected] {
        let (first, second) = (network(orientation, 20, &ties), network(orientation, 20, &other));
        assert_eq!(first, second);
        for node in first.node_ids() {
            assert!(first.out_neighbours(node).is_sorted() && first.in_neighbours(node).is_sorted());
        }
        assert_eq!(first.ties().count(), first.tie_count());
    }
}

#[test]
fn bad_ties_are_refused_with_their_place() {
    let refused = |ties: &[(u32, u32, f64)]| {
        build(Orientation::Directed, ties, ParallelRule::Sum, LoopRule::Drop).unwrap_err()
    };
    assert_eq!(
        refused(&[(0, 1, 1.0), (1, 3, 1.0)]),
        NetworkError::NodeOutOfRange { tie: 1, node: 3, nodes: 3 }
    );
    let not_finite = NetworkError::WeightNotFinite { source_node: 0, target_node: 1 };
    assert_eq!(refused(&[(0, 1, f64::NAN)]), not_finite);
    assert_eq!(refused(&[(0, 1, f64::MAX), (0, 1, f64::MAX)]), not_finite);
    let negative = NetworkError::NegativeWeight { source_node: 2, target_node: 1, weight: -1.0 };
    assert_eq!(refused(&[(2, 1, -1.0)]), negative);
    let twins = vec![NetworkNode::new("cn:310000", "上海"), NetworkNode::new("cn:310000", "沪")];
    let error = Network::from_ties(Orientation::Directed, twins, &[], ParallelRule::Sum, LoopRule::Drop);
    assert_eq!(error.unwrap_err(), NetworkError::DuplicateCode { code: "cn:310000".into() });
}

#[test]
fn codes_and_names_are_kept() {
    let nodes = vec![NetworkNode::new("cn:310000", "上海"), NetworkNode::new("cn:320000", "江苏")];
    let made =
        Network::from_ties(Orientation::Directed, nodes, &[], ParallelRule::Sum, LoopRule::Drop).unwrap();
    assert_eq!(made.node("cn:320000"), Some(1));
    assert_eq!((&**made.code(0).unwrap(), &**made.label(0).unwrap()), ("cn:310000", "上海"));
    assert_eq!(made.node("cn:330000"), None);
}

#[test]
fn strengths_become_lengths_only_when_asked() {
    let ties = [(0, 1, 4.0), (1, 2, 0.25)];
    let strong = network(Orientation::Undirected, 3, &ties);
    assert_eq!(strong.meaning(), WeightMeaning::Strength);
    let asked = betweenness(&strong, Distance::Lengths, Normalisation::Raw);
    assert_eq!(asked, Err(AnalysisError::NotLengths));
    let asked = closeness(&strong, Closeness::Classic, Arcs::In, Distance::Lengths);
    assert_eq!(asked, Err(AnalysisError::NotLengths));

    let far = strong.to_length(Conversion::Inverse).unwrap();
    assert_eq!((far.weight(0, 1), far.weight(2, 1)), (Some(0.25), Some(4.0)));
    assert_eq!(centres(&far, CentreRule::default()), Err(AnalysisError::NotStrengths));
    assert_eq!(far.to_length(Conversion::Inverse), Err(NetworkError::AlreadyLength));
    let half = strong.to_length(Conversion::InverseAlpha(0.5)).unwrap();
    assert_eq!((half.weight(0, 1), half.weight(1, 2)), (Some(0.5), Some(2.0)));
    for alpha in [-1.0, f64::INFINITY] {
        let refused = strong.to_length(Conversion::InverseAlpha(alpha));
        assert_eq!(refused, Err(NetworkError::BadExponent { alpha }));
    }
    assert!(matches!(
        strong.to_length(Conversion::InverseAlpha(f64::NAN)),
        Err(NetworkError::BadExponent { .. })
    ));

    let zero = network(Orientation::Undirected, 3, &[(0, 1, 0.0), (1, 2, 1.0)]);
    assert_eq!(zero.to_length(Conversion::AsGiven), Err(NetworkError::ZeroLength { count: 1 }));
    assert_eq!(zero.to_length(Conversion::Inverse).unwrap().tie_count(), 1);
    let tiny = network(Orientation::Undirected, 3, &[(0, 1, 1e-320)]);
    let too_long = NetworkError::WeightNotFinite { source_node: 0, target_node: 1 };
    assert_eq!(tiny.to_length(Conversion::Inverse), Err(too_long));
}

#[test]
fn petgraph_finds_the_same_distances() {
    for orientation in [Orientation::Directed, Orientation::Undirected] {
        let strong = network(orientation, 40, &Draw(5).ties(40, 90));
        let far = strong.to_length(Conversion::Inverse).unwrap();
        let (mut total, mut pairs, mut farthest) = (0.0, 0_u32, 0.0_f64);
        for source in far.node_ids() {
            let found = petgraph::algo::dijkstra(&far, source, None, |arc| *arc.weight());
            for (node, length) in found.into_iter().filter(|(node, _)| *node != source) {
                assert!((node as usize) < far.node_count());
                total += length;
                pairs += 1;
                farthest = farthest.max(length);
            }
        }
        let summary = path_summary(&far, Distance::Lengths).unwrap();
        super::assert_near(summary.mean.unwrap(), total / f64::from(pairs), 1e-9);
        super::assert_near(summary.diameter.unwrap(), farthest, 1e-9);
    }
}

/// petgraph's components by union-find, and its Tarjan beside our use of its Kosaraju.
#[test]
fn petgraph_finds_the_same_components() {
    for seed in 0..10 {
        for orientation in [Orientation::Directed, Orientation::Undirected] {
            let made = network(orientation, 50, &Draw(seed).ties(50, 45));
            assert_eq!(petgraph::algo::connected_components(&made), components(&made).count());
            let mut wanted = petgraph::algo::tarjan_scc(&made);
            wanted.iter_mut().for_each(|part| part.sort_unstable());
            wanted.sort_unstable();
            let strong = strong_components(&made);
            let found: Vec<Vec<u32>> = (0..strong.count() as u32)
                .map(|part| made.node_ids().filter(|node| strong.of_node[*node as usize] == part).collect())
                .collect();
            assert_eq!(found, wanted);
        }
    }
}

#[test]
fn petgraph_sees_every_arc_from_both_ends() {
    for (orientation, arcs) in [(Orientation::Directed, 3), (Orientation::Undirected, 4)] {
        let made = network(orientation, 4, &[(0, 1, 2.0), (1, 0, 3.0), (2, 1, 4.0)]);
        assert_eq!((EdgeCount::edge_count(&made), made.edge_references().count()), (arcs, arcs));
        let mut arriving: Vec<_> = made
            .node_ids()
            .flat_map(|node| made.edges_directed(node, petgraph::Direction::Incoming))
            .map(|arc| (arc.source(), arc.target(), *arc.weight()))
            .collect();
        arriving.sort_by_key(|arc| (arc.0, arc.1));
        let leaving: Vec<_> =
            made.edge_references().map(|arc| (arc.id().0, arc.id().1, *arc.weight())).collect();
        assert_eq!(arriving, leaving);
    }
}
