//! One weight (S32): the exported file, the network and the rows of ties say the same, and what the rule says.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use intergov::exchange::{GraphmlOptions, ParallelTies, write_graphml};
use intergov::network::Orientation;
use intergov::relations::{Basis, Direction, TieRef, cooperating_parties};
use intergov::study::{Moment, NodeSelection, Selection, Study, Subjects, WeightRule};
use intergov::value::{AsOf, Persist, Reading, Value};
use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};

use super::laws::{places, rows, world};
use super::world::{ALWAYS, Graph, UNDATED, World, date};
use crate::exchange::graphml::weights as exported;

/// Sums by pair, the lesser id first.
type Sums = BTreeMap<(String, String), f64>;

fn add(sums: &mut Sums, (a, b): (String, String), weight: f64) {
    let pair = if a <= b { (a, b) } else { (b, a) };
    *sums.entry(pair).or_insert(0.0) += weight;
}

fn study(graph: &Graph, selection: &Selection) -> Study {
    let ties = Arc::new(graph.ties_with(&selection.tie_options()));
    Study::new(ties, selection.clone(), Subjects::default()).unwrap()
}

fn assert_same(one: &Sums, other: &Sums, what: &str) {
    let heavy = |sums: &Sums| -> Sums {
        sums.iter()
            .filter(|(_, weight)| **weight > 0.0)
            .map(|(pair, weight)| (pair.clone(), *weight))
            .collect()
    };
    let (one, other) = (heavy(one), heavy(other));
    assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>(), "{what}");
    for (pair, weight) in &one {
        assert!(
            (weight - other[pair]).abs() <= 1e-12 * weight.max(1.0),
            "{what} {pair:?}: {weight} {}",
            other[pair]
        );
    }
}

/// What the network measures. In a directed one a tie without orientation stands both ways and counts once.
fn measured(graph: &Graph, study: &Study, moment: Moment) -> Sums {
    let slice = study.slice(moment).unwrap();
    let id = |node: u32| graph.id(slice.governments[node as usize]);
    let mut sums = Sums::new();
    for (from, to, weight) in slice.network.ties() {
        add(&mut sums, (id(from), id(to)), weight);
    }
    sums
}

/// What the rows of ties add up to; symmetric ties twice where the network is directed.
fn printed(graph: &Graph, study: &Study, as_of: AsOf) -> Sums {
    let directed = study.selection().orientation == Orientation::Directed;
    let mut sums = Sums::new();
    for (tie, weight) in study.counted(as_of).unwrap().weighted() {
        let twice = if directed && tie.symmetric { 2.0 } else { 1.0 };
        add(&mut sums, (graph.id(tie.source), graph.id(tie.target)), weight * twice);
    }
    sums
}

/// The rule, told the long way round: one pair and one arrangement at a time.
fn by_hand(graph: &Graph, selection: &Selection, as_of: AsOf) -> Sums {
    let table = graph.ties_with(&selection.tie_options());
    let ties: Vec<TieRef<'_>> = table
        .holding(as_of)
        .filter(|tie| match tie.basis {
            Basis::Subordination(_) => selection.include_subordination,
            _ => selection.directions.contains(&tie.direction),
        })
        .collect();
    let share = |arrangement| {
        let node = graph.snapshot.node_at(arrangement).unwrap();
        let parties = cooperating_parties(node, as_of).len();
        if parties > 2 { 1.0 / (parties as f64 - 1.0) } else { 1.0 }
    };
    let mut sums = Sums::new();
    let (mut paired, mut acted) = (BTreeSet::new(), BTreeSet::new());
    // Several spells of one basis count once a pair.
    let mut counted = BTreeSet::new();
    let ties: Vec<&TieRef<'_>> =
        ties.iter().filter(|tie| counted.insert((tie.source, tie.target, tie.basis))).collect();
    for tie in &ties {
        if let Basis::Arrangement(arrangement) = tie.basis {
            paired.insert((tie.source.min(tie.target), tie.source.max(tie.target), arrangement));
            add(&mut sums, (graph.id(tie.source), graph.id(tie.target)), share(arrangement));
        }
    }
    for tie in ties.iter().filter(|tie| !matches!(tie.basis, Basis::Arrangement(_))) {
        let own = tie.own_value("weight").as_ref().and_then(Value::as_number);
        let weight = match tie.arrangement() {
            Some(arrangement) => {
                let pair = (tie.source.min(tie.target), tie.source.max(tie.target), arrangement);
                if paired.contains(&pair) || !acted.insert((tie.source, tie.target, arrangement)) {
                    continue;
                }
                own.unwrap_or_else(|| share(arrangement))
            }
            None => own.unwrap_or(1.0),
        };
        add(&mut sums, (graph.id(tie.source), graph.id(tie.target)), weight);
    }
    sums
}

fn selections() -> impl Strategy<Value = Selection> {
    let rule = prop_oneof![
        Just(WeightRule::Newman),
        Just(WeightRule::Count),
        Just(WeightRule::Sum),
        Just(WeightRule::Property("weight".to_owned())),
    ];
    let ways = prop_oneof![
        Just(Selection::all_ties(true)),
        Just(Selection::all_ties(false)),
        Just(Selection::default()),
        Just(Selection { directions: vec![Direction::Diagonal], ..Selection::default() }),
    ];
    let readings = prop_oneof![
        Just(Reading::Certain),
        Just(Reading::default()),
        Just(Reading::Presumed(Persist::Forever)),
        Just(Reading::Possible),
    ];
    (ways, rule, readings, any::<bool>()).prop_map(|(all, weight, reading, directed)| Selection {
        weight,
        reading,
        orientation: if directed { Orientation::Directed } else { Orientation::Undirected },
        ..all
    })
}

proptest! {
    #[test]
    fn the_file_the_network_and_the_rows_weigh_the_same(
        places in places(),
        (arrangements, rows) in rows(),
        selection in selections(),
        year in 1980..2022_i16,
    ) {
        let graph = world(&places, &arrangements, &rows).build();
        let moment = Moment::new(date(&year.to_string()));
        let as_of = moment.as_of(selection.reading);
        let study = study(&graph, &selection);
        let printed = printed(&graph, &study, as_of);
        assert_same(&measured(&graph, &study, moment), &printed, "measured and printed");
        if selection.orientation == Orientation::Directed {
            return Ok(());
        }
        for parallel in [ParallelTies::Merge, ParallelTies::Keep] {
            let options = GraphmlOptions { window: as_of.window(), parallel, ..GraphmlOptions::default() };
            let mut out = Vec::new();
            write_graphml(&study, &options, &mut out).unwrap();
            let exported: Sums = exported(&out)
                .into_iter()
                .map(|((a, b), weight)| ((a[2..].to_owned(), b[2..].to_owned()), weight))
                .collect();
            assert_same(&exported, &printed, "exported and printed");
        }
        if selection.weight == WeightRule::Newman {
            assert_same(&by_hand(&graph, &selection, as_of), &printed, "by hand and printed");
        }
    }
}

fn delta() -> World {
    let mut world = World::new();
    for city in ["a", "b", "c", "d"] {
        world.government(city, "prefecture", "prefectural");
    }
    world
}

/// The weight of a pair in 2010.
fn weight(world: &World, selection: &Selection, pair: [&str; 2]) -> Option<f64> {
    let graph = world.build();
    let slice = study(&graph, selection).slice(Moment::new(date("2010"))).unwrap();
    let [a, b] = pair.map(|id| slice.network.node(id).unwrap());
    slice.network.weight(a, b)
}

fn weighs(number: f64) -> Vec<(&'static str, Value)> {
    vec![("weight", Value::Float(number))]
}

#[test]
fn a_bare_dyad_weighs_what_its_row_says() {
    let mut world = delta();
    world.edge("COOPERATES_WITH", "a", "b", ALWAYS, &weighs(120_000.0));
    world.edge("COOPERATES_WITH", "a", "c", ALWAYS, &[]);
    assert_eq!(weight(&world, &Selection::default(), ["a", "b"]), Some(120_000.0));
    assert_eq!(weight(&world, &Selection::default(), ["a", "c"]), Some(1.0));
    let count = Selection { weight: WeightRule::Count, ..Selection::default() };
    assert_eq!(weight(&world, &count, ["a", "b"]), Some(1.0));
}

#[test]
fn undated_parties_count_while_their_arrangement_holds() {
    let mut world = delta();
    world.arrangement("pact", ("2009", "..", ""));
    for city in ["a", "b", "c", "d"] {
        world.party_in(city, "pact", "member", UNDATED);
    }
    assert_eq!(weight(&world, &Selection::default(), ["a", "b"]), Some(1.0 / 3.0));
}

#[test]
fn repeated_and_overlapping_rows_of_a_dyad_are_one_spell() {
    let mut world = delta();
    world.edge("COOPERATES_WITH", "a", "b", ("2005", "2011", ""), &weighs(2.0));
    world.edge("COOPERATES_WITH", "b", "a", ("2008", "..", ""), &weighs(2.0));
    world.edge("COOPERATES_WITH", "a", "b", ("2005", "2011", ""), &weighs(2.0));
    assert_eq!(weight(&world, &Selection::default(), ["a", "b"]), Some(2.0));
    let graph = world.build();
    assert_eq!(graph.lines(), ["a - b horizontal [2005, ..) dyad"]);
    assert_eq!(graph.ties().repeated(), 2);
    // Another weight is another statement.
    world.edge("COOPERATES_WITH", "a", "b", ("2005", "..", ""), &weighs(3.0));
    assert_eq!(weight(&world, &Selection::default(), ["a", "b"]), Some(5.0));
}

#[test]
fn an_oriented_dyad_goes_one_way() {
    let mut world = delta();
    world.edge("COOPERATES_WITH", "b", "a", ALWAYS, &[("oriented", Value::Boolean(true))]);
    world.edge("COOPERATES_WITH", "a", "c", ALWAYS, &[("oriented", Value::Boolean(false))]);
    let directed = Selection { orientation: Orientation::Directed, ..Selection::default() };
    assert_eq!(weight(&world, &directed, ["b", "a"]), Some(1.0));
    assert_eq!(weight(&world, &directed, ["a", "b"]), None);
    assert_eq!(weight(&world, &directed, ["a", "c"]), Some(1.0));
    assert_eq!(weight(&world, &directed, ["c", "a"]), Some(1.0));
    assert_eq!(weight(&world, &Selection::default(), ["a", "b"]), Some(1.0));
}

#[test]
fn only_plans_that_name_nearly_all_are_left_out() {
    let mut world = delta();
    world.node("Region", "delta", intergov::value::Validity::ALWAYS, &[]);
    for city in ["a", "b", "c", "d"] {
        world.edge("MEMBER_OF", city, "delta", ALWAYS, &[]);
    }
    for (plan, cities) in [("whole", &["a", "b", "c", "d"][..]), ("part", &["a", "b"])] {
        world.node("Arrangement", plan, intergov::value::Validity::ALWAYS, &[("mechanism", "plan")]);
        for city in cities {
            world.party(city, plan, "member");
        }
    }
    let graph = world.build();
    let region = graph.snapshot.find("Region", "delta").map(|node| node.id());
    let nodes = NodeSelection { region, ..NodeSelection::default() };
    let default = Selection { nodes, ..Selection::default() };
    assert_eq!(weight(&world, &default, ["a", "b"]), Some(1.0), "the plan of two");
    assert_eq!(weight(&world, &default, ["a", "c"]), None, "the plan over all");
    for selection in [
        Selection { include_plans: true, ..default.clone() },
        Selection { mechanisms: vec!["plan".to_owned()], ..default },
    ] {
        assert_eq!(weight(&world, &selection, ["a", "c"]), Some(1.0 / 3.0));
        assert_eq!(weight(&world, &selection, ["a", "b"]), Some(1.0 + 1.0 / 3.0));
    }
}

#[test]
fn a_limit_counts_who_takes_part_at_the_date() {
    let mut world = delta();
    world.arrangement("union", ALWAYS);
    for (city, dates) in [("a", ALWAYS), ("b", ALWAYS), ("c", ("..", "1960", "")), ("d", ("..", "1960", ""))]
    {
        world.party_in(city, "union", "member", dates);
    }
    let few = Selection { max_parties: 2, ..Selection::default() };
    assert_eq!(weight(&world, &few, ["a", "b"]), Some(1.0));
    let then = study(&world.build(), &few).slice(Moment::new(date("1950"))).unwrap();
    assert_eq!((then.network.tie_count(), then.counted.left_out.cut), (0, 1));
}
