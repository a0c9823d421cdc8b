//! Cores, cut points, PageRank, eigenvectors, structural holes, brokerage and the E–I index against other programs,
//! and the laws that hold for every network.

use super::oracles::{TOLERANCE, counts, each, numbers};
use super::{Draw, assert_all_near, assert_near, complete, cycle, expected, load, network, plain, star};
use intergov::analysis::{
    Brokerage, Roles, Undefined, brokerage, brokered_pairs, components, core_numbers, cut_points, ei_index,
    eigenvector, pagerank, structural_holes,
};
use intergov::network::{LoopRule, Network, NetworkNode, Orientation, ParallelRule};
use serde_json::Value;

/// The same ties with weights of 1, without orientation.
fn bare(network: &Network) -> Network {
    plain(
        network.node_count(),
        network
            .ties()
            .map(|(from, to, _)| (from.min(to), from.max(to)))
            .collect::<std::collections::BTreeSet<_>>(),
    )
}

#[test]
fn pagerank_and_eigenvector_are_those_of_networkx() {
    each(|_, network, wanted| {
        for (damping, key) in [(0.85, "pagerank"), (0.5, "pagerank_half")] {
            assert_all_near(&pagerank(network, damping).unwrap(), &numbers(&wanted[key]), TOLERANCE);
        }
        match &wanted["eigenvector"] {
            Value::Null => assert_eq!(eigenvector(network), Err(Undefined::Unreachable.into())),
            values => assert_all_near(&eigenvector(network).unwrap(), &numbers(values), TOLERANCE),
        }
    });
}

#[test]
fn cores_cut_points_and_bridges_are_those_of_networkx() {
    each(|_, network, wanted| {
        assert_eq!(core_numbers(network), counts(&wanted["core"]));
        let found = cut_points(network);
        assert_eq!(found.pieces, counts(&wanted["pieces"]));
        let bridges: Vec<Vec<u64>> =
            found.bridges.iter().map(|(a, b)| vec![u64::from(*a), u64::from(*b)]).collect();
        assert_eq!(bridges, wanted["bridges"].as_array().unwrap().iter().map(counts).collect::<Vec<_>>());
    });
}

#[test]
fn structural_holes_are_those_of_networkx() {
    each(|_, network, wanted| {
        for (network, constraint, size) in [
            (network, "constraint", "effective_size"),
            (&bare(network), "constraint_unweighted", "effective_size_unweighted"),
        ] {
            let found = structural_holes(network).unwrap();
            super::oracles::assert_measured(
                &found.iter().map(|own| own.constraint).collect::<Vec<_>>(),
                &wanted[constraint],
            );
            super::oracles::assert_measured(
                &found.iter().map(|own| own.effective_size).collect::<Vec<_>>(),
                &wanted[size],
            );
        }
    });
}

fn near(found: f64, wanted: f64) {
    assert!((found - wanted).abs() <= 0.000_051, "found {found}, wanted {wanted}");
}

/// The six numbers in the order of the R package sna: coordinator, itinerant, representative, gatekeeper, liaison, total.
fn in_order<T: Copy>(roles: &Roles<T>) -> [T; 6] {
    [roles.coordinator, roles.itinerant, roles.representative, roles.gatekeeper, roles.liaison, roles.total]
}

fn of(network: &Network, groups: &[Option<u32>]) -> Vec<Brokerage> {
    brokerage(network, groups).unwrap().into_iter().map(Option::unwrap).collect()
}

/// R 4.2.2, sna 2.7-1, `brokerage` on the 16 families; the Medici and their friends against the rest.
#[test]
fn brokerage_of_florence_is_that_of_sna() {
    let expected = expected();
    let florence = load("florentine16", &expected);
    let names: Vec<&str> = expected["networks"]["florentine16"]["names"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    let friends = ["Medici", "Acciaiuoli", "Ridolfi", "Salviati", "Tornabuoni", "Pazzi", "Ginori"];
    let groups: Vec<Option<u32>> =
        names.iter().map(|name| Some(u32::from(!friends.contains(name)))).collect();
    let found = of(&florence, &groups);
    let at = |name: &str| &found[names.iter().position(|own| *own == name).unwrap()];
    let medici = at("Medici");
    assert_eq!(in_order(&medici.counts), [10, 2, 8, 8, 0, 28]);
    for (found, wanted) in
        in_order(&medici.expected).into_iter().zip([0.6944, 1.6667, 1.25, 1.25, 0.0, 4.8611])
    {
        near(found, wanted);
    }
    let z = in_order(&medici.z);
    for (at, wanted) in [(0, 8.0952), (1, 0.1602), (2, 3.8326), (3, 3.8326), (5, 5.2565)] {
        near(z[at].unwrap(), wanted);
    }
    // Two groups have no liaison: sna prints NaN.
    assert_eq!(z[4], Err(Undefined::ZeroVariance));
    let guadagni = at("Guadagni");
    assert_eq!(in_order(&guadagni.counts), [6, 0, 3, 3, 0, 12]);
    near(guadagni.z.total.unwrap(), 1.6218);
    let sums = found.iter().fold([0; 6], |sums, own| {
        let own = in_order(&own.counts);
        std::array::from_fn(|at| sums[at] + own[at])
    });
    assert_eq!(sums, [30, 4, 21, 21, 0, 76]);
    let total: f64 = found.iter().map(|own| own.expected.total).sum();
    near(total, 77.7778);
}

/// R 4.2.2, sna 2.7-1, on the six directed nodes in groups of two.
#[test]
fn directed_brokerage_is_that_of_sna() {
    let six = load("six_directed", &expected());
    let groups = [0, 0, 1, 1, 2, 2].map(Some);
    let found: Vec<[u64; 6]> = of(&six, &groups).iter().map(|own| in_order(&own.counts)).collect();
    let wanted = [
        [0, 0, 0, 2, 0, 2],
        [0, 0, 2, 0, 1, 3],
        [0, 0, 0, 1, 0, 1],
        [0, 0, 2, 0, 0, 2],
        [0, 0, 0, 2, 0, 2],
        [0, 0, 1, 0, 0, 1],
    ];
    assert_eq!(found, wanted);
    let sums = of(&six, &groups).iter().fold([0.0; 6], |sums, own| {
        let own = in_order(&own.expected);
        std::array::from_fn(|at| sums[at] + own[at])
    });
    for (found, wanted) in sums.into_iter().zip([0.0, 1.512, 1.512, 1.512, 3.024, 7.56]) {
        near(found, wanted);
    }
}

/// The factions of the karate club: the node of Mr. Hi and those of the officers.
fn factions() -> Vec<Option<u32>> {
    let of_mr_hi = [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 16, 17, 19, 21];
    (0..34).map(|node| Some(u32::from(!of_mr_hi.contains(&node)))).collect()
}

/// The split that Zachary reports: 11 ties between the factions, 67 within, counted by NetworkX 3.6.1.
#[test]
fn the_factions_of_the_karate_club_look_inward() {
    let karate = load("karate", &expected());
    let (all, of_factions) = ei_index(&karate, &factions());
    assert_eq!((all.external, all.internal), (11, 67));
    assert_near(all.index.unwrap(), -56.0 / 78.0, 1e-12);
    // Of 561 pairs 17 · 17 lie between the factions.
    assert_near(all.expected.unwrap(), (289.0 - 272.0) / 561.0, 1e-12);
    assert_eq!(of_factions.iter().map(|own| own.internal).sum::<u64>(), 67);
    assert!(of_factions.iter().all(|own| own.external == 11));
}

#[test]
fn brokerage_of_the_karate_club_is_that_of_sna() {
    let karate = load("karate", &expected());
    let found = of(&karate, &factions());
    let roles = |at: usize| {
        let counts = found[at].counts;
        [counts.coordinator, counts.itinerant, counts.gatekeeper, counts.representative, counts.liaison]
    };
    assert_eq!(roles(0), [174, 0, 15, 15, 0]);
    assert_eq!(roles(33), [156, 6, 40, 40, 0]);
    assert_eq!(roles(2), [10, 12, 23, 23, 0]);
    let sums = (0..34).map(roles).fold([0; 5], |sums, own| std::array::from_fn(|at| sums[at] + own[at]));
    assert_eq!(sums, [510, 20, 128, 128, 0]);
}

#[test]
fn one_group_has_no_index_and_no_ties_have_no_index() {
    let (all, _) = ei_index(&complete(4), &[Some(0); 4]);
    assert_eq!(all.index, Err(Undefined::SingleGroup));
    let (all, _) = ei_index(&plain(4, []), &[Some(0), Some(0), Some(1), Some(1)]);
    assert_eq!(all.index, Err(Undefined::ZeroDenominator));
}

#[test]
fn closed_forms() {
    for nodes in [3, 5, 17, 60] {
        let even = vec![f64::from(nodes).recip(); nodes as usize];
        assert_all_near(&pagerank(&cycle(nodes), 0.85).unwrap(), &even, 1e-12);
        assert_all_near(&pagerank(&plain(nodes as usize, []), 0.85).unwrap(), &even, 1e-12);
        let root = f64::from(nodes).sqrt().recip();
        assert_all_near(&eigenvector(&complete(nodes)).unwrap(), &vec![root; nodes as usize], 1e-9);
        assert_eq!(core_numbers(&complete(nodes)), vec![u64::from(nodes) - 1; nodes as usize]);
        let hub = cut_points(&star(nodes));
        assert_eq!((hub.pieces[0], hub.bridges.len()), (u64::from(nodes) - 2, nodes as usize - 1));
        assert!(cut_points(&cycle(nodes)).bridges.is_empty());
        // The centre of a star brokers every pair of its leaves, and a leaf depends on it alone.
        let leaf = structural_holes(&star(nodes)).unwrap()[1];
        assert_eq!((leaf.constraint, leaf.hierarchy), (Ok(1.0), Err(Undefined::TooFewNodes)));
        let groups: Vec<Option<u32>> = (0..nodes).map(Some).collect();
        let pairs = u64::from(nodes - 1) * u64::from(nodes - 2);
        let centre = of(&star(nodes), &groups)[0].counts;
        assert_eq!((centre.liaison, centre.total), (pairs, pairs));
        let equal = structural_holes(&star(nodes)).unwrap()[0];
        assert_near(equal.hierarchy.unwrap(), 0.0, 1e-12);
    }
    assert_eq!(eigenvector(&plain(0, [])), Err(Undefined::EmptyGraph.into()));
    assert_eq!(pagerank(&plain(0, []), 0.85), Err(Undefined::EmptyGraph.into()));
    assert!(pagerank(&star(3), 1.0).is_err() && pagerank(&star(3), f64::NAN).is_err());
    assert_eq!(cut_points(&plain(0, [])).pieces, [] as [u64; 0]);
    assert_eq!(brokerage(&star(2), &[Some(0); 2]).map(drop), Err(Undefined::TooFewNodes));
}

/// A chain so long that a search by recursion would leave the stack.
#[test]
fn a_long_chain_falls_apart_at_every_inner_node() {
    let long = super::path(200_000);
    let found = cut_points(&long);
    assert_eq!(found.bridges.len(), 199_999);
    assert_eq!(found.pieces.iter().sum::<u64>(), 199_998);
    assert!(core_numbers(&long).iter().all(|core| *core == 1));
}

/// Networks of both orientations with loops and parallel ties, and a group for most nodes.
fn drawn(mut check: impl FnMut(&Network, &[Option<u32>], &mut Draw)) {
    for seed in 100..130 {
        let mut draw = Draw(seed);
        let nodes = 3 + draw.below(25);
        let count = (nodes * (1 + draw.below(4))) as usize;
        let ties = draw.ties(nodes, count);
        let groups: Vec<Option<u32>> =
            (0..nodes).map(|_| Some(draw.below(5)).filter(|group| *group < 4)).collect();
        for orientation in [Orientation::Directed, Orientation::Undirected] {
            let nodes = NetworkNode::numbered(nodes as usize);
            let made = Network::from_ties(orientation, nodes, &ties, ParallelRule::Sum, LoopRule::Keep);
            check(&made.unwrap(), &groups, &mut draw);
        }
    }
}

/// Without a node there are as many components more as its pieces say; a bridge is a tie whose loss adds one.
#[test]
fn pieces_and_bridges_are_what_components_say() {
    drawn(|network, _, _| {
        let network = bare(network);
        let ties: Vec<(u32, u32)> = network.ties().map(|(a, b, _)| (a, b)).filter(|(a, b)| a != b).collect();
        let count = network.node_count();
        let whole = components(&plain(count, ties.iter().copied())).count();
        let found = cut_points(&network);
        for node in network.node_ids() {
            let rest = ties.iter().copied().filter(|(a, b)| *a != node && *b != node);
            // The node itself stays as a component of its own.
            let without = components(&plain(count, rest)).count() - 1;
            assert_eq!(found.pieces[node as usize] as usize, without.saturating_sub(whole));
        }
        let bridges = ties.iter().copied().filter(|tie| {
            components(&plain(count, ties.iter().copied().filter(|own| own != tie))).count() > whole
        });
        assert_eq!(found.bridges, bridges.collect::<Vec<_>>());
    });
}

/// In the core of k each node has k neighbours at least, and no larger part has.
#[test]
fn cores_are_what_is_left_when_poor_nodes_go() {
    drawn(|network, _, _| {
        let network = bare(network);
        let cores = core_numbers(&network);
        for k in 1..=cores.iter().copied().max().unwrap() + 1 {
            let mut left: Vec<bool> = vec![true; cores.len()];
            loop {
                let poor = network.node_ids().find(|node| {
                    let rich = network.out_neighbours(*node).iter();
                    left[*node as usize]
                        && (rich.filter(|other| *other != node && left[**other as usize]).count() as u64) < k
                });
                let Some(poor) = poor else { break };
                left[poor as usize] = false;
            }
            let said: Vec<bool> = cores.iter().map(|core| *core >= k).collect();
            assert_eq!(left, said);
        }
    });
}

/// Roles are counted by looking at all triples, and groups of brokers are sums over their members.
#[test]
fn brokerage_is_what_all_triples_say() {
    drawn(|network, groups, _| {
        let found = brokerage(network, groups);
        let known = groups.iter().flatten().count();
        if known < 3 {
            assert_eq!(found.map(drop), Err(Undefined::TooFewNodes));
            return;
        }
        let found = found.unwrap();
        let tied = |from: u32, to: u32| network.weight(from, to).is_some();
        let mut between = std::collections::BTreeMap::new();
        for v in network.node_ids() {
            let Some(own) = groups[v as usize] else {
                assert_eq!(found[v as usize], None);
                continue;
            };
            let mut wanted = Roles::<u64>::default();
            for a in network.node_ids() {
                for c in network.node_ids() {
                    let (Some(from), Some(to)) = (groups[a as usize], groups[c as usize]) else { continue };
                    let is_path = a != c && a != v && c != v && tied(a, v) && tied(v, c) && !tied(a, c);
                    if !is_path {
                        continue;
                    }
                    wanted.total += 1;
                    wanted.coordinator += u64::from(from == own && to == own);
                    wanted.gatekeeper += u64::from(from != own && to == own);
                    wanted.representative += u64::from(from == own && to != own);
                    wanted.itinerant += u64::from(from == to && from != own);
                    wanted.liaison += u64::from(from != to && from != own && to != own);
                    if network.is_directed() || a < c {
                        let ends =
                            if network.is_directed() { (from, to) } else { (from.min(to), from.max(to)) };
                        *between.entry((own, ends.0, ends.1)).or_insert(0) += 1;
                    }
                }
            }
            assert_eq!(found[v as usize].unwrap().counts, wanted);
        }
        let pairs = brokered_pairs(network, groups).unwrap();
        assert!(pairs.is_sorted_by(|a, b| a.two_paths >= b.two_paths));
        let found: std::collections::BTreeMap<_, u64> =
            pairs.iter().map(|pair| ((pair.broker, pair.from, pair.to), pair.two_paths)).collect();
        assert_eq!(found, between);
    });
}

/// What is expected of all triples of groups together is what is expected of all brokers together.
#[test]
fn expectations_of_pairs_and_of_brokers_add_up() {
    // A ring of nine with chords, in three groups, where every triple of groups has a two-path.
    let ties: Vec<(u32, u32, f64)> =
        (0..9).flat_map(|node| [(node, (node + 1) % 9, 1.0), (node, (node + 4) % 9, 1.0)]).collect();
    let ring = network(Orientation::Directed, 9, &ties);
    let groups: Vec<Option<u32>> = (0..9).map(|node| Some(node % 3)).collect();
    let brokers: f64 = of(&ring, &groups).iter().map(|own| own.expected.total).sum();
    let pairs = brokered_pairs(&ring, &groups).unwrap();
    // d = 18 / 72, p = d² (1 - d), 9 · 8 · 7 triples.
    assert_near(brokers, 0.0625 * 0.75 * 504.0, 1e-12);
    let of_found: f64 = pairs.iter().map(|pair| pair.expected).sum();
    assert!(of_found <= brokers + 1e-9 && pairs.iter().all(|pair| pair.expected > 0.0));
}

#[test]
fn new_numbers_for_the_nodes_change_nothing() {
    drawn(|network, groups, draw| {
        let new = draw.relabelling(network.node_count() as u32);
        let ties: Vec<_> =
            network.ties().map(|(a, b, weight)| (new[a as usize], new[b as usize], weight)).collect();
        let nodes = NetworkNode::numbered(network.node_count());
        let moved =
            Network::from_ties(network.orientation(), nodes, &ties, ParallelRule::Sum, LoopRule::Keep)
                .unwrap();
        let mut moved_groups = vec![None; groups.len()];
        groups.iter().zip(&new).for_each(|(group, at)| moved_groups[*at as usize] = *group);
        let back = |values: Vec<f64>| -> Vec<f64> { new.iter().map(|at| values[*at as usize]).collect() };
        assert_all_near(&back(pagerank(&moved, 0.85).unwrap()), &pagerank(network, 0.85).unwrap(), 1e-9);
        let constraint = |network: &Network| -> Vec<f64> {
            structural_holes(network).unwrap().iter().map(|own| own.constraint.unwrap_or(-1.0)).collect()
        };
        assert_all_near(&back(constraint(&moved)), &constraint(network), 1e-9);
        assert_eq!(ei_index(&moved, &moved_groups).0, ei_index(network, groups).0);
        if let Ok(before) = brokerage(network, groups) {
            let after = brokerage(&moved, &moved_groups).unwrap();
            for (node, own) in before.iter().enumerate() {
                let other = after[new[node] as usize];
                assert_eq!(own.map(|own| own.counts), other.map(|own| own.counts));
            }
        }
    });
}

#[test]
fn pagerank_sums_to_one_and_burts_measures_keep_their_ranges() {
    drawn(|network, _, _| {
        for damping in [0.0, 0.3, 0.85, 0.99] {
            assert_near(pagerank(network, damping).unwrap().iter().sum(), 1.0, 1e-12);
        }
        for (node, own) in structural_holes(network).unwrap().iter().enumerate() {
            let Ok(size) = own.effective_size else {
                assert!(network.is_isolate(node as u32));
                continue;
            };
            assert!(own.constraint.unwrap() > 0.0 && size <= own.effective_size.unwrap() + 1e-9);
            assert!(own.efficiency.unwrap() <= 1.0 + 1e-12);
            assert!(
                own.hierarchy.is_ok_and(|own| (0.0..=1.0 + 1e-9).contains(&own)) || own.hierarchy.is_err()
            );
        }
    });
}
