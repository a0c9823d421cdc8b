//! Laws on random dated hierarchies: names do not matter, a day is a day, intervals are walks.

use std::collections::BTreeMap;

use intergov::relations::{Basis, Classifier, Hierarchy, Scale, TieOptions, TieTable, TierSchemes};
use intergov::value::{Truth, Value, Window};
use proptest::prelude::{Strategy, any, prop, proptest};

use super::world::{ALWAYS, Dates, Graph, UNDATED, World, as_of, date};

const RANKS: [&str; 5] = ["provincial", "sub-provincial", "prefectural", "county", ""];
const YEARS: [&str; 6] = ["1983", "1990", "1997", "2004", "2011", "2019"];
const ROLES: [&str; 8] =
    ["member", "lead", "assistor", "recipient", "payer", "payee", "approver", "observer"];

/// Dates of every kind: known, open, unknown, attested.
fn dates() -> impl Strategy<Value = Dates> {
    (0..9_usize, 0..YEARS.len() - 1).prop_map(|(kind, at)| {
        let (from, to) = (YEARS[at], YEARS[at + 1]);
        match kind {
            0 => ALWAYS,
            1 => UNDATED,
            2 => (from, "..", ""),
            3 => ("..", to, ""),
            4 => (from, to, ""),
            5 => (from, "", from),
            6 => ("", "", from),
            7 => ("", "..", to),
            _ => ("", to, from),
        }
    })
}

/// A government of a random world: its superior is an earlier one, so that every date is a forest.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    rank: usize,
    later_rank: Option<(usize, usize)>,
    life: Dates,
    superiors: Vec<(usize, usize)>,
}

pub(crate) fn places() -> impl Strategy<Value = Vec<Place>> {
    let place = (
        0..RANKS.len(),
        prop::option::of((0..YEARS.len(), 0..RANKS.len())),
        dates(),
        prop::collection::vec((any::<usize>(), 0..YEARS.len() - 1), 0..3),
    );
    let place =
        place.prop_map(|(rank, later_rank, life, superiors)| Place { rank, later_rank, life, superiors });
    prop::collection::vec(place, 3..9)
}

/// Parties and bare acts: (arrangement or none, from, to, role, dates).
pub(crate) type Row = (Option<usize>, usize, usize, usize, Dates);

pub(crate) fn rows() -> impl Strategy<Value = (Vec<Dates>, Vec<Row>)> {
    let row = (prop::option::of(0..3_usize), any::<usize>(), any::<usize>(), 0..ROLES.len(), dates());
    (prop::collection::vec(dates(), 3), prop::collection::vec(row, 0..16))
}

pub(crate) fn world(places: &[Place], arrangements: &[Dates], rows: &[Row]) -> World {
    let mut world = World::new();
    let name = |at: usize| format!("g{at}");
    for (at, place) in places.iter().enumerate() {
        let own = name(at);
        world.government(&own, "county", RANKS[place.rank]).lives(&own, place.life);
        if let Some((year, rank)) = place.later_rank {
            let (year, early, late) = (YEARS[year], RANKS[place.rank], RANKS[rank]);
            let spells = [("..", year, early), (year, "..", late)];
            let known: Vec<_> = spells.into_iter().filter(|(.., rank)| !rank.is_empty()).collect();
            world.states(&own, "rank", &known);
        }
    }
    for (at, place) in places.iter().enumerate().skip(1) {
        // Superiors one after the other: no two at one date.
        let by_year: BTreeMap<usize, usize> =
            place.superiors.iter().map(|(superior, year)| (*year, superior % at)).collect();
        for (year, superior) in by_year {
            world.under(&name(at), &name(superior), (YEARS[year], YEARS[year + 1], ""));
        }
    }
    for (at, dates) in arrangements.iter().enumerate() {
        world.arrangement(&format!("a{at}"), *dates);
    }
    for (arrangement, from, to, role, dates) in rows {
        let (from, to) = (name(from % places.len()), name(to % places.len()));
        match arrangement {
            Some(arrangement) => world.party_in(&from, &format!("a{arrangement}"), ROLES[*role], *dates),
            None if from == to => &mut world,
            None => world.edge("COOPERATES_WITH", &from, &to, *dates, &dyad(*role)),
        };
    }
    world
}

/// What a dyad says: some are weighted, some oriented, some name an arrangement.
fn dyad(kind: usize) -> Vec<(&'static str, Value)> {
    let mut cells = Vec::new();
    if kind.is_multiple_of(2) {
        cells.push(("weight", Value::Float(0.5 + kind as f64)));
    }
    if kind.is_multiple_of(3) {
        cells.push(("oriented", Value::Boolean(true)));
    }
    if kind == 7 {
        cells.push(("arrangement", Value::text("a0")));
    }
    cells
}

/// Ids of ties, symmetric ones without regard to orientation, subordination included.
fn all_lines(graph: &Graph, table: &TieTable) -> Vec<String> {
    let mut lines: Vec<String> = table
        .ties()
        .map(|tie| format!("{} {} {:?}", graph.line(tie), tie.text_id().unwrap(), tie.extent))
        .collect();
    lines.sort();
    lines
}

proptest! {
    #[test]
    fn the_order_of_nodes_changes_nothing(
        places in places(),
        (arrangements, rows) in rows(),
        keys in prop::collection::vec(any::<u32>(), 16),
    ) {
        let world = world(&places, &arrangements, &rows);
        let mut order: Vec<usize> = (0..world.node_count()).collect();
        order.sort_by_key(|at| keys.get(*at).copied());
        let (graph, other) = (world.build(), world.build_in(&order));
        assert_eq!(all_lines(&graph, &graph.ties()), all_lines(&other, &other.ties()));
    }

    #[test]
    fn the_ties_of_a_day_are_those_of_all_days_that_hold_then(
        places in places(),
        (arrangements, rows) in rows(),
        year in 1980..2022_i16,
        years in 1..9_i16,
    ) {
        let graph = world(&places, &arrangements, &rows).build();
        let all = graph.ties();
        let several = Window::during(date(&year.to_string()), date(&(year + years).to_string())).unwrap();
        for window in [as_of(&year.to_string()), several] {
            let options = TieOptions { within: Some(window), ..TieOptions::default() };
            let expected: Vec<_> = all.holding(crate::read(window, true)).collect();
            assert_eq!(graph.ties_with(&options).ties().collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn every_tie_has_its_direction_on_every_day_and_an_id_of_its_own(
        places in places(),
        (arrangements, rows) in rows(),
    ) {
        let graph = world(&places, &arrangements, &rows).build();
        let table = graph.ties();
        let schemes = TierSchemes::builtin();
        let classifier = Classifier::new(&graph.snapshot, &schemes, Scale::Rank, false);
        let mut ids: Vec<String> = table.ties().map(|tie| tie.id()).collect();
        for tie in table.ties() {
            for year in 1980..2022_i16 {
                let day = date(&year.to_string()).last_day();
                let holds = tie.extent.holds_in(Window::on(day)) != Truth::False;
                if holds && !matches!(tie.basis, Basis::Subordination(_)) {
                    assert_eq!(classifier.direction_at(tie.source, tie.target, day), tie.direction);
                }
            }
            assert!(tie.extent.certain().is_none_or(|certain| tie.extent.possible.covers(certain)));
            assert!(!tie.symmetric || tie.source < tie.target);
            assert_ne!(tie.source, tie.target);
        }
        let many = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), many, "{ids:?}");
    }

    #[test]
    fn on_a_day_intervals_answer_as_walking_does(places in places(), year in 1980..2022_i16) {
        let graph = world(&places, &[], &[]).build();
        let hierarchy = Hierarchy::of(&graph.snapshot);
        let day = date(&year.to_string()).last_day();
        let at = hierarchy.at(day);
        for a in graph.snapshot.nodes().map(|node| node.ix()) {
            let above = hierarchy.ancestors_at(a, day);
            for b in graph.snapshot.nodes().map(|node| node.ix()) {
                assert_eq!(at.is_subordinate(a, b), above.contains(&b));
                assert_eq!(hierarchy.is_subordinate(a, b, day), above.contains(&b));
            }
        }
    }
}

/// Two rows of a dyad that are attested only when one of the two has ended say the same: they may have held before.
#[test]
fn rows_that_are_attested_too_late_are_one_spell() {
    let mut world = World::new();
    world.government("a", "county", "county").lives("a", ("1983", "..", ""));
    world.government("b", "county", "county").lives("b", ("..", "1990", ""));
    for attested in ["1990", "1997"] {
        world.edge("COOPERATES_WITH", "a", "b", ("", "", attested), &[]);
    }
    let graph = world.build();
    assert_eq!(graph.ties().ties().len(), 1);
    // Over a window that reaches beyond the end, too, it is only possible.
    let window = Window::during(date("1985"), date("1995")).unwrap();
    let read = intergov::value::AsOf::new(Some(window), intergov::value::Reading::default());
    assert_eq!(graph.ties().holding(read).count(), 0);
}

/// Two rows of a dyad with a government whose last evidence came before either: each is presumed for years of its
/// own, so they are two spells, and each has its id.
#[test]
fn rows_that_are_presumed_apart_are_two_spells_with_two_ids() {
    let mut world = World::new();
    world.government("a", "county", "county").lives("a", ("..", "..", ""));
    world.government("b", "county", "county").lives("b", ("1983", "", "1983"));
    for attested in ["1990", "1997"] {
        world.edge("COOPERATES_WITH", "a", "b", ("", "", attested), &[]);
    }
    let graph = world.build();
    let ids: Vec<String> = graph.ties().ties().map(|tie| tie.id()).collect();
    let starts: Vec<_> = ids.iter().filter_map(|id| id.rsplit(':').next()).collect();
    assert_eq!(starts, ["by-1990-01-01", "by-1997-01-01"]);
}
