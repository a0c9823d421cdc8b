//! When ties hold: spells, unknown dates, attestations, frameworks (S1, S2, S4).

use std::sync::Arc;

use intergov::relations::{TieOptions, TieTable, Writer};
use intergov::value::{Truth, Window};

use super::world::{ALWAYS, Graph, UNDATED, World, as_of, china, date};

/// Chongqing is a sub-provincial city under Sichuan until 1997-03-14, then a municipality (S10).
fn chongqing() -> World {
    let mut world = china();
    world
        .government("Chongqing", "prefectural", "sub-provincial")
        .states(
            "Chongqing",
            "rank",
            &[("1983", "1997-03-14", "sub-provincial"), ("1997-03-14", "..", "provincial")],
        )
        .under("Chongqing", "Sichuan", ("1983", "1997-03-14", ""))
        .under("Chongqing", "cn", ("1997-03-14", "..", ""));
    world
}

fn truth(graph: &Graph, table: &TieTable, date: &str) -> Truth {
    let all = table.ties().filter(|tie| !graph.line(*tie).ends_with("subordination"));
    all.map(|tie| tie.extent.holds_in(as_of(date))).max().unwrap_or(Truth::False)
}

#[test]
fn sichuan_and_chongqing_are_vertical_before_1997_and_horizontal_after() {
    let mut world = chongqing();
    world.council("upper Yangtze", "1988", &["Sichuan", "Chongqing"]);
    let graph = world.build();
    assert_eq!(
        graph.lines(),
        [
            "Chongqing - Sichuan horizontal [1997-03-14, ..) arrangement",
            "Chongqing - Sichuan vertical [1988, 1997-03-14) arrangement",
        ]
    );
    let table = graph.ties();
    let ids: Vec<String> = table.of_arrangement(graph.ix("upper Yangtze")).map(|tie| tie.id()).collect();
    assert_eq!(
        ids,
        [
            "arrangement:upper Yangtze:Sichuan:Chongqing:1988",
            "arrangement:upper Yangtze:Sichuan:Chongqing:1997-03-14"
        ]
    );
}

#[test]
fn a_split_whose_start_is_not_known_says_so_and_keeps_its_id() {
    let mut world = chongqing();
    world.arrangement("upper Yangtze", ("", "", "2010"));
    world.party("Sichuan", "upper Yangtze", "member").party("Chongqing", "upper Yangtze", "member");
    let graph = world.build();
    // In force in 2010; no source says since when, so it is unknown whether it was in 1997. The rank of
    // Chongqing is not on record before 1983. If it did exist then, that spell ended with the split.
    assert_eq!(
        graph.lines(),
        [
            "Chongqing - Sichuan horizontal [?, ?) arrangement",
            "Chongqing - Sichuan unclassified [?, 1983-01-01) arrangement",
            "Chongqing - Sichuan vertical [?, 1997-03-14) arrangement",
        ]
    );
    let table = graph.ties();
    let mut ids: Vec<String> = table.of_arrangement(graph.ix("upper Yangtze")).map(|tie| tie.id()).collect();
    ids.dedup();
    assert_eq!(ids.len(), 3, "{ids:?}");
    for (year, expected) in [("1990", Truth::Unknown), ("2000", Truth::Unknown), ("2010", Truth::True)] {
        assert_eq!(truth(&graph, &table, year), expected, "{year}");
    }
}

#[test]
fn a_line_above_that_changes_splits_the_ties_below_it() {
    let mut world = chongqing();
    world
        .government("Wanzhou", "county", "prefectural")
        .under("Wanzhou", "Chongqing", ("1983", "..", ""))
        .council("gorges", "1990", &["Sichuan", "Wanzhou"]);
    assert_eq!(
        world.build().lines(),
        [
            "Sichuan - Wanzhou diagonal [1997-03-14, ..) arrangement",
            "Sichuan - Wanzhou vertical [1990, 1997-03-14) arrangement",
        ]
    );
}

#[test]
fn a_change_that_leaves_the_direction_alone_splits_nothing() {
    let mut world = china();
    world
        .government("city", "prefectural", "county")
        .states("city", "rank", &[("1990", "2000", "county"), ("2000", "..", "sub-prefectural")])
        .council("A", "1995", &["city", "Shanghai"]);
    assert_eq!(world.build().lines(), ["Shanghai - city diagonal [1995, ..) arrangement"]);
}

#[test]
fn an_unknown_end_holds_until_the_last_attestation() {
    let mut world = china();
    world.arrangement("A", ("2004-12", "", "2006;2010"));
    world.party("Suzhou", "A", "member").party("Wuxi", "A", "member");
    let graph = world.build();
    let table = graph.ties();
    let expected = [
        ("2004-11", Truth::False),
        ("2004-12", Truth::True),
        ("2008", Truth::True),
        ("2010", Truth::True),
        ("2011", Truth::Unknown),
    ];
    for (day, expected) in expected {
        assert_eq!(truth(&graph, &table, day), expected, "{day}");
    }
    assert_eq!(
        table
            .holding(crate::read(as_of("2011"), false))
            .filter(|tie| tie.basis.kind() != "subordination")
            .count(),
        0
    );
    assert_eq!(
        table
            .holding(crate::read(as_of("2011"), true))
            .filter(|tie| tie.basis.kind() != "subordination")
            .count(),
        1
    );
}

#[test]
fn a_party_without_dates_takes_part_whenever_the_arrangement_holds() {
    let mut world = china();
    world.arrangement("A", ("2000", "2010", "")).party("Suzhou", "A", "member");
    world.party_in("Wuxi", "A", "member", ("2005", "2007", ""));
    assert_eq!(world.build().lines(), ["Suzhou - Wuxi horizontal [2005, 2007) arrangement"]);
}

#[test]
fn rows_that_touch_are_one_spell_and_a_return_is_another() {
    let mut world = china();
    world.arrangement("A", ("2000", "..", "")).party("Suzhou", "A", "member");
    world.party_in("Wuxi", "A", "member", ("2000", "2003", ""));
    world.party_in("Wuxi", "A", "lead", ("2003", "2005", ""));
    world.party_in("Wuxi", "A", "member", ("2008", "2010", ""));
    let graph = world.build();
    assert_eq!(
        graph.lines(),
        [
            "Suzhou - Wuxi horizontal [2000, 2005) arrangement",
            "Suzhou - Wuxi horizontal [2008, 2010) arrangement",
        ]
    );
}

#[test]
fn two_attested_spells_do_not_attest_to_the_years_between() {
    let mut world = china();
    world.arrangement("A", ("1990", "..", "")).party("Suzhou", "A", "member");
    world.party_in("Wuxi", "A", "member", ("2000", "", "2001"));
    world.party_in("Wuxi", "A", "member", ("2010", "..", ""));
    let graph = world.build();
    let table = graph.ties();
    for (year, expected) in [("2001", Truth::True), ("2005", Truth::Unknown), ("2010", Truth::True)] {
        assert_eq!(truth(&graph, &table, year), expected, "{year}");
    }
}

#[test]
fn ties_lie_within_the_life_of_both_governments() {
    let mut world = china();
    world
        .government("Chaohu", "prefectural", "prefectural")
        .lives("Chaohu", ("1999", "2011-08-22", ""))
        .council("A", "1990", &["Chaohu", "Suzhou"])
        .edge("ASSISTS", "Shanghai", "Chaohu", ("2005", "..", ""), &[])
        .under("Chaohu", "Anhui", ALWAYS);
    let graph = world.build();
    assert_eq!(
        graph.lines(),
        [
            "Chaohu - Suzhou horizontal [1999, 2011-08-22) arrangement",
            "Shanghai > Chaohu diagonal [2005, 2011-08-22) assistance",
        ]
    );
    let table = graph.ties();
    let below: Vec<String> = table
        .of(graph.ix("Chaohu"))
        .filter(|tie| tie.basis.kind() == "subordination")
        .map(|tie| graph.line(tie))
        .collect();
    assert_eq!(below, ["Anhui > Chaohu vertical [1999, 2011-08-22) subordination"]);
}

#[test]
fn a_part_without_dates_possibly_begins_with_its_framework() {
    let mut world = china();
    world
        .arrangement("framework", ("1997", "..", ""))
        .arrangement("chapter", UNDATED)
        .arrangement("part", UNDATED)
        .edge("PART_OF", "chapter", "framework", ALWAYS, &[])
        .edge("PART_OF", "part", "chapter", ALWAYS, &[])
        .party("Suzhou", "part", "member")
        .party("Wuxi", "part", "member");
    let graph = world.build();
    let table = graph.ties();
    assert_eq!(truth(&graph, &table, "1996"), Truth::False);
    assert_eq!(truth(&graph, &table, "1997"), Truth::Unknown);
    assert_eq!(truth(&graph, &table, "2020"), Truth::Unknown);
}

#[test]
fn a_window_of_years_keeps_whole_spells() {
    let mut world = chongqing();
    world.council("A", "1988", &["Sichuan", "Chongqing"]).council("B", "2005", &["Suzhou", "Wuxi"]);
    let graph = world.build();
    let during = |first: &str, last: &str| {
        let within = Window::during(date(first), date(last)).unwrap();
        let table = graph.ties_with(&TieOptions { within: Some(within), ..TieOptions::default() });
        graph.lines_of(table.ties())
    };
    assert_eq!(during("1990", "1995"), ["Chongqing - Sichuan vertical [1988, 1997-03-14) arrangement"]);
    assert_eq!(
        during("1990", "2004"),
        [
            "Chongqing - Sichuan horizontal [1997-03-14, ..) arrangement",
            "Chongqing - Sichuan vertical [1988, 1997-03-14) arrangement",
        ]
    );
}

#[test]
fn ending_a_row_without_dates_keeps_what_held_before() {
    let mut world = World::new();
    for state in ["oregon", "california"] {
        world.government(state, "province", "provincial");
    }
    world.lives("oregon", ("1990", "..", ""));
    world.arrangement("compact", ("1985", "..", ""));
    world.party("oregon", "compact", "member").party("california", "compact", "member");
    let graph = world.build();
    let row = |state: &str| {
        let node = graph.snapshot.find("Government", state).unwrap();
        node.out_edges_of("PARTY_TO").next().unwrap().id()
    };
    let mut draft = graph.snapshot.draft();
    for state in ["oregon", "california"] {
        Writer::new(&mut draft).end_edge(row(state), date("2012"), None).unwrap();
    }
    let ended = Arc::new(graph.snapshot.apply(&draft.finish()).unwrap());
    let from = |id: &str| {
        ended.find("Government", id).unwrap().out_edges_of("PARTY_TO").next().unwrap().validity().from
    };
    assert_eq!(["oregon", "california"].map(|id| from(id).to_string()), ["1990", "1985"]);
    let graph = Graph { snapshot: ended };
    assert_eq!(graph.lines(), ["california - oregon horizontal [1990, 2012) arrangement"]);
    assert_eq!(truth(&graph, &graph.ties(), "2005"), Truth::True);
    assert_eq!(truth(&graph, &graph.ties(), "2012"), Truth::False);
}
