//! Katz centrality, trusses, the census of triads, assortativity and given groups against NetworkX and NumPy, and what
//! holds for every network.

use super::oracles::{TOLERANCE, assert_measured, counts, each, numbers};
use super::{Draw, assert_all_near, assert_near, complete, cycle, network, plain, star};
use intergov::analysis::{
    Quality, TRIADS, Undefined, agreement, degree_assortativity, dyad_census, group_assortativity, katz,
    leiden, participation, partition, reciprocity, strong_components, triad_census, truss_numbers,
};
use intergov::network::{Network, Orientation};
use serde_json::Value;

/// The number of a node modulo 3, as `oracle.py` has it.
fn thirds(network: &Network) -> Vec<Option<u32>> {
    network.node_ids().map(|node| Some(node % 3)).collect()
}

#[test]
fn katz_is_that_of_networkx_where_its_sum_ends() {
    each(|_, network, wanted| {
        for (alpha, key) in [(0.1, "katz"), (0.005, "katz_small")] {
            match &wanted[key] {
                Value::Null => assert_eq!(katz(network, alpha), Err(Undefined::NotConverged.into())),
                values => assert_all_near(&katz(network, alpha).unwrap(), &numbers(values), TOLERANCE),
            }
        }
    });
}

#[test]
fn trusses_and_triads_are_those_of_networkx() {
    each(|name, network, wanted| {
        let mut of_node = vec![0; network.node_count()];
        for (one, other, number) in truss_numbers(network) {
            for node in [one, other] {
                of_node[node as usize] = number.max(of_node[node as usize]);
            }
        }
        assert_eq!(of_node, counts(&wanted["truss"]), "{name}");
        let found = triad_census(network);
        for (triad, count) in TRIADS.iter().zip(found) {
            assert_eq!(Some(count), wanted["triads"][*triad].as_u64(), "{name} {triad}");
        }
    });
}

#[test]
fn assortativity_is_that_of_networkx() {
    each(|name, network, wanted| {
        let found = group_assortativity(network, &thirds(network)).unwrap();
        assert_near(found, wanted["group_assortativity"].as_f64().unwrap(), TOLERANCE);
        match wanted["degree_assortativity"].as_f64() {
            Some(wanted) => assert_near(degree_assortativity(network).unwrap(), wanted, TOLERANCE),
            None => assert!(degree_assortativity(network).is_err(), "{name}"),
        }
    });
}

#[test]
fn given_groups_are_judged_as_networkx_and_numpy_judge_them() {
    each(|_, network, wanted| {
        let groups = thirds(network);
        for (resolution, key) in [(1.0, "modularity"), (2.0, "modularity_two")] {
            let (all, parts) = partition(network, &groups, resolution).unwrap();
            assert_near(all.modularity.unwrap(), wanted[key].as_f64().unwrap(), TOLERANCE);
            if !network.is_directed() {
                let found: Vec<_> = parts.iter().map(|part| part.conductance).collect();
                assert_measured(&found, &wanted["conductance"]);
            }
        }
        let found = participation(network, &groups).unwrap();
        let column =
            |of: fn(&intergov::analysis::Participation) -> _| found.iter().map(of).collect::<Vec<_>>();
        assert_measured(&column(|own| own.participation), &wanted["participation"]);
        assert_measured(&column(|own| own.within_z), &wanted["within_z"]);
    });
}

/// W. W. Zachary's split of the karate club: 0.358234714 without weights, computed by NetworkX 3.6.1 and igraph 1.0.0.
#[test]
fn the_split_of_the_karate_club_has_its_published_modularity() {
    let of_mr_hi = [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 16, 17, 19, 21];
    let groups: Vec<_> = (0..34).map(|node| Some(u32::from(!of_mr_hi.contains(&node)))).collect();
    let karate = super::load("karate", &super::expected());
    let (all, parts) = partition(&karate, &groups, 1.0).unwrap();
    assert_near(all.modularity.unwrap(), 0.358_234_714, 1e-9);
    assert_eq!(parts.iter().map(|part| part.nodes).collect::<Vec<_>>(), [17, 17]);
    let found = participation(&karate, &groups).unwrap();
    assert_near(found[0].participation.unwrap(), 0.117_188, 1e-6);
    assert_near(found[2].participation.unwrap(), 0.48, 1e-12);
    assert_near(group_assortativity(&karate, &groups).unwrap(), 0.717_530_864, 1e-9);
}

#[test]
fn what_has_a_closed_form_has_it() {
    // All of a complete network is one truss, and all threes are closed.
    let whole = complete(6);
    assert!(truss_numbers(&whole).iter().all(|(.., number)| *number == 6));
    assert_eq!(triad_census(&whole)[15], 20);
    // All degrees are equal.
    assert_eq!(degree_assortativity(&cycle(7)), Err(Undefined::ZeroVariance));
    assert_near(degree_assortativity(&star(5)).unwrap(), -1.0, 1e-12);
    // Two cliques without a tie between them.
    let two = plain(6, [(0, 1), (1, 2), (0, 2), (3, 4), (4, 5), (3, 5)]);
    let halves: Vec<_> = (0..6).map(|node| Some(node / 3)).collect();
    let (all, parts) = partition(&two, &halves, 1.0).unwrap();
    assert_eq!((all.modularity, all.within), (Ok(0.5), Ok(1.0)));
    assert!(parts.iter().all(|part| part.conductance == Ok(0.0)));
    assert_eq!(group_assortativity(&two, &halves), Ok(1.0));
    // In one group there is nothing between groups.
    let one = vec![Some(0); 6];
    assert_eq!(group_assortativity(&two, &one), Err(Undefined::SingleGroup));
    assert_eq!(partition(&two, &one, 1.0).unwrap().0.modularity, Ok(0.0));
}

#[test]
fn networks_without_nodes_or_ties_have_reasons_and_no_numbers() {
    let none = plain(0, []);
    assert_eq!(katz(&none, 0.1), Err(Undefined::EmptyGraph.into()));
    assert_eq!(triad_census(&none), [0; 16]);
    assert!(truss_numbers(&none).is_empty());
    let loose = plain(4, []);
    assert_eq!(triad_census(&loose)[0], 4);
    assert_all_near(&katz(&loose, 0.1).unwrap(), &[0.5; 4], 1e-12);
    assert_eq!(degree_assortativity(&loose), Err(Undefined::ZeroDenominator));
    let groups = [Some(0), Some(1), None, Some(1)];
    assert_eq!(group_assortativity(&loose, &groups), Err(Undefined::ZeroDenominator));
    assert_eq!(partition(&loose, &groups, 1.0).unwrap().0.modularity, Err(Undefined::ZeroDenominator));
    let found = participation(&loose, &groups).unwrap();
    assert_eq!(found[0].participation, Err(Undefined::Isolated));
    assert_eq!(found[2].participation, Err(Undefined::NoGroup));
}

/// Random networks: the censuses add up, and agree with each other and with reciprocity.
#[test]
fn censuses_count_every_pair_and_every_three_once() {
    for seed in 0..40_u64 {
        for orientation in [Orientation::Undirected, Orientation::Directed] {
            let many = 3 + u32::try_from(seed).unwrap() % 20;
            let network = network(orientation, many as usize, &Draw(seed).ties(many, 3 * many as usize));
            let nodes = network.node_count() as u64;
            let dyads = dyad_census(&network);
            assert_eq!(dyads.mutual + dyads.asymmetric + dyads.null, nodes * (nodes - 1) / 2);
            let triads = triad_census(&network);
            assert_eq!(triads.iter().sum::<u64>(), nodes * (nodes - 1) * (nodes - 2) / 6);
            // Each pair is in n - 2 threes.
            let mutual = [0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 2, 1, 1, 1, 2, 3];
            let in_threes: u64 = triads.iter().zip(mutual).map(|(count, pairs)| count * pairs).sum();
            assert_eq!(in_threes, dyads.mutual * (nodes - 2));
            let answered = reciprocity(&network);
            if network.is_directed() {
                assert_eq!((answered.mutual, answered.asymmetric), (dyads.mutual, dyads.asymmetric));
            }
        }
    }
}

/// As divisions are compared.
fn known(of_node: &[u32]) -> Vec<Option<u32>> {
    of_node.iter().copied().map(Some).collect()
}

/// As good as the best of ten runs of leidenalg, on every network and for both qualities.
#[test]
fn communities_are_as_good_as_those_of_leidenalg() {
    each(|name, network, wanted| {
        let wanted = |key: &str| wanted[key].as_f64().unwrap();
        let found = leiden(network, Quality::Modularity(1.0), 1, 20).unwrap();
        assert!(found.quality >= wanted("leiden_modularity") - 1e-9, "{name}: {}", found.quality);
        let (all, _) = partition(network, &known(&found.of_node), 1.0).unwrap();
        assert_near(all.modularity.unwrap(), found.quality, 1e-12);
        // leidenalg counts an undirected tie from both ends.
        let ends = if network.is_directed() { 1.0 } else { 2.0 };
        let potts = Quality::ConstantPotts(wanted("leiden_potts_resolution"));
        let found = ends * leiden(network, potts, 1, 20).unwrap().quality;
        assert!(found >= wanted("leiden_potts") - 1e-9, "{name}: {found}");
    });
}

#[test]
fn planted_groups_are_found() {
    let ties = super::load_ties("planted");
    let network = network(Orientation::Undirected, 400, &ties);
    let planted: Vec<Option<u32>> = (0..400).map(|node| Some(node / 40)).collect();
    let found = leiden(&network, Quality::Modularity(1.0), 7, 1).unwrap();
    assert!(agreement(&known(&found.of_node), &planted).nmi.unwrap() >= 0.95);
    assert_eq!(found.count(), 10);
}

#[test]
fn agreement_is_that_of_scikit_learn_and_igraph() {
    let expected = super::expected();
    for case in expected["agreements"].as_array().unwrap() {
        let side =
            |key: &str| counts(&case[key]).into_iter().map(|own| u32::try_from(own).ok()).collect::<Vec<_>>();
        let (one, other) = (side("one"), side("other"));
        for found in [agreement(&one, &other), agreement(&other, &one)] {
            for (found, key) in [(found.nmi, "nmi"), (found.ami, "ami"), (found.ari, "ari"), (found.vi, "vi")]
            {
                assert_near(found.unwrap(), case[key].as_f64().unwrap(), TOLERANCE);
            }
        }
    }
    let one = [Some(0), Some(0), None];
    assert_eq!(agreement(&one, &one).nmi, Err(Undefined::SingleGroup));
    assert_eq!(agreement(&one[1..], &one[1..]).nmi, Err(Undefined::TooFewNodes));
}

/// Random networks: the result depends on seed and runs alone, each community hangs together, no node gains by moving.
#[test]
fn communities_hang_together_and_no_node_gains_by_moving() {
    for seed in 0..30_u64 {
        for orientation in [Orientation::Undirected, Orientation::Directed] {
            let many = 4 + u32::try_from(seed).unwrap();
            let network = network(orientation, many as usize, &Draw(seed).ties(many, 2 * many as usize));
            let quality = Quality::Modularity(1.0);
            let found = leiden(&network, quality, seed, 3).unwrap();
            assert_eq!(leiden(&network, quality, seed, 3).unwrap(), found);
            let score =
                |of_node: &[u32]| partition(&network, &known(of_node), 1.0).unwrap().0.modularity.unwrap();
            for node in network.node_ids() {
                for community in 0..=u32::try_from(found.count()).unwrap() {
                    let mut moved = found.of_node.clone();
                    moved[node as usize] = community;
                    assert!(score(&moved) <= found.quality + 1e-9);
                }
            }
            let within: Vec<(u32, u32)> = network
                .ties()
                .filter(|(from, to, _)| found.of_node[*from as usize] == found.of_node[*to as usize])
                .map(|(from, to, _)| (from, to))
                .collect();
            let parts = strong_components(&plain(many as usize, within));
            assert_eq!(parts.count(), found.count());
        }
    }
}
