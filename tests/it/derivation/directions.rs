//! Vertical, horizontal, diagonal, unclassified; ranks and levels; schemes (S5–S7, S21).

use std::cmp::Ordering;
use std::sync::Arc;

use intergov::graph::{Catalogue, NodeIx, Snapshot};
use intergov::relations::{Classifier, Direction, Form, FormReading, Scale, TieOptions, TierSchemes};
use intergov::value::{Day, Validity, Value};

use super::world::{ALWAYS, Graph, World, as_of, china, date};

fn direction(graph: &Graph, a: &str, b: &str, scale: Scale, day: &str) -> Direction {
    let schemes = TierSchemes::of(&graph.snapshot);
    let classifier = Classifier::new(&graph.snapshot, &schemes, scale, false);
    let (a, b, day) = (graph.ix(a), graph.ix(b), date(day).last_day());
    let found = classifier.direction_at(a, b, day);
    assert_eq!(found, classifier.direction_at(b, a, day), "direction has no orientation");
    assert_eq!(found, classifier.at(day).direction(a, b), "one day alone");
    found
}

#[test]
fn the_cases_of_the_paper_by_rank_and_by_level() {
    let graph = china().build();
    let cases = [
        // (a, b, by rank, by level)
        ("Shanghai", "Suzhou", Direction::Diagonal, Direction::Diagonal),
        ("Hangzhou", "Huzhou", Direction::Diagonal, Direction::Horizontal),
        ("Shanghai", "Jiangsu", Direction::Horizontal, Direction::Horizontal),
        ("Jiangsu", "Nanjing", Direction::Vertical, Direction::Vertical),
        ("Jiangsu", "Kunshan", Direction::Vertical, Direction::Vertical),
        ("Guangdong", "Wenchuan", Direction::Diagonal, Direction::Diagonal),
        ("Suzhou", "Wuxi", Direction::Horizontal, Direction::Horizontal),
        ("Kunshan", "Deqing", Direction::Horizontal, Direction::Horizontal),
    ];
    for (a, b, by_rank, by_level) in cases {
        assert_eq!(direction(&graph, a, b, Scale::Rank, "2010"), by_rank, "{a}–{b} by rank");
        assert_eq!(direction(&graph, a, b, Scale::Level, "2010"), by_level, "{a}–{b} by level");
    }
}

#[test]
fn jinan_and_laiwu_are_not_vertical_before_2019_and_jinan_and_its_district_are_after() {
    let mut world = china();
    world
        .government("Laiwu", "prefectural", "prefectural")
        .lives("Laiwu", ("1992", "2018-12-26", ""))
        .under("Laiwu", "Shandong", ("1992", "2018-12-26", ""))
        .government("Laiwu district", "county", "sub-prefectural")
        .lives("Laiwu district", ("2018-12-26", "..", ""))
        .under("Laiwu district", "Jinan", ("2018-12-26", "..", ""))
        .council("metropolitan circle", "2013", &["Jinan", "Laiwu", "Laiwu district"]);
    let graph = world.build();
    assert_eq!(
        graph.lines(),
        [
            "Jinan - Laiwu diagonal [2013, 2018-12-26) arrangement",
            "Jinan - Laiwu district vertical [2018-12-26, ..) arrangement",
        ]
    );
}

#[test]
fn a_rank_that_is_not_recorded_is_not_inferred_in_silence() {
    let mut world = china();
    world
        .government("XPCC", "provincial", "")
        .government("Ili", "prefectural", "")
        .council("A", "2000", &["Shanghai", "XPCC"])
        .council("B", "2000", &["Suzhou", "Ili"]);
    let graph = world.build();
    assert_eq!(
        graph.lines(),
        [
            "Ili - Suzhou unclassified [2000, ..) arrangement",
            "Shanghai - XPCC unclassified [2000, ..) arrangement"
        ]
    );
    let inferred = graph.ties_with(&TieOptions { rank_from_level: true, ..TieOptions::default() });
    assert_eq!(
        graph.lines_of(inferred.ties()),
        [
            "Ili - Suzhou horizontal [2000, ..) arrangement",
            "Shanghai - XPCC horizontal [2000, ..) arrangement"
        ]
    );
    let marked: Vec<bool> =
        inferred.holding(crate::read(as_of("2010"), false)).map(|tie| tie.inferred).collect();
    assert_eq!(marked.iter().filter(|inferred| **inferred).count(), 2, "both are marked as inferred");
    assert!(graph.ties().ties().all(|tie| !tie.inferred));
}

#[test]
fn a_step_that_no_scheme_knows_is_unclassified() {
    let mut world = china();
    world.government("X", "county", "baron").council("A", "2000", &["Kunshan", "X"]);
    assert_eq!(world.build().lines(), ["Kunshan - X unclassified [2000, ..) arrangement"]);
}

#[test]
fn schemes_compare_only_on_a_common_scale() {
    let mut world = china();
    world.government_in("us", "us:CA", "state", "state").council("sisters", "2005", &["Guangdong", "us:CA"]);
    assert_eq!(world.build().lines(), ["Guangdong - us:CA unclassified [2005, ..) arrangement"]);
    // Rows of the table `tiers` replace built-in steps and may place them on the common scale.
    for (scheme, name) in [("us", "state"), ("cn", "provincial")] {
        let id = format!("{scheme}-{name}");
        world.node("Tier", &id, Validity::ALWAYS, &[("scheme", scheme), ("scale", "rank"), ("name", name)]);
        world.set(&id, "ordinal", Value::Float(1.0)).set(&id, "common_ordinal", Value::Float(1.0));
    }
    assert_eq!(world.build().lines(), ["Guangdong - us:CA horizontal [2005, ..) arrangement"]);
}

#[test]
fn half_ranks_stand_between_whole_ones() {
    let schemes = TierSchemes::builtin();
    let names = schemes.names(Scale::Rank, "cn");
    let whole = [
        "national",
        "provincial",
        "sub-provincial",
        "prefectural",
        "sub-prefectural",
        "county",
        "sub-county",
        "township",
        "village",
    ];
    assert_eq!(names, whole);
    let compare = |a, b| schemes.compare(Scale::Rank, ("cn", a), ("cn", b));
    assert_eq!(compare("provincial", "sub-provincial"), Some(Ordering::Less));
    assert_eq!(compare("sub-prefectural", "prefectural"), Some(Ordering::Greater));
    assert_eq!(schemes.tier(Scale::Rank, "cn", "sub-county").map(|tier| tier.ordinal), Some(3.5));
    assert_eq!(schemes.names(Scale::Level, "us"), ["federal", "state", "county", "municipality"]);
    assert_eq!(schemes.names(Scale::Level, "eu"), ["union", "nuts-0", "nuts-1", "nuts-2", "nuts-3", "lau"]);
}

#[test]
fn other_lines_of_command_decide_no_direction() {
    let mut world = china();
    world
        .government("division", "prefectural", "prefectural")
        .edge("REPORTS_TO", "division", "Anhui", ALWAYS, &[("line", Value::text("corps"))])
        .council("A", "2000", &["division", "Anhui"]);
    assert_eq!(world.build().lines(), ["Anhui - division diagonal [2000, ..) arrangement"]);
}

#[test]
fn the_form_looks_only_at_pairs_that_are_not_vertical() {
    let mut world = china();
    world
        .council("equal", "2000", &["Suzhou", "Wuxi", "Huzhou"])
        .council("unequal", "2000", &["Shanghai", "Suzhou"])
        .council("cross", "2000", &["Shanghai", "Suzhou", "Wuxi"])
        .council("with its province", "2000", &["Jiangsu", "Suzhou", "Wuxi"])
        .council("orders", "2000", &["Jiangsu", "Suzhou"])
        .government("X", "county", "")
        .council("unknown", "2000", &["Suzhou", "Wuxi", "X"]);
    let graph = world.build();
    let ties = graph.ties();
    let form = |id: &str, date: &str| Form::of(&ties, graph.ix(id), crate::read(as_of(date), false));
    assert_eq!(form("equal", "2010"), Form::Horizontal);
    assert_eq!(form("unequal", "2010"), Form::Diagonal);
    assert_eq!(form("cross", "2010"), Form::MultilateralCross);
    assert_eq!(form("with its province", "2010"), Form::Horizontal);
    assert_eq!(form("orders", "2010"), Form::VerticalOnly);
    assert_eq!(form("unknown", "2010"), Form::Undetermined);
    assert_eq!(form("equal", "1999"), Form::Undetermined, "it did not exist yet");

    let reading = FormReading::of(&ties, graph.ix("with its province"), crate::read(as_of("2010"), false));
    assert_eq!((reading.horizontal, reading.diagonal, reading.vertical.len()), (1, 0, 2));
    let warning = reading.warning(&graph.snapshot).unwrap();
    assert!(warning.contains("地方合作是指没有领导与被领导关系的地方政府之间的合作"), "{warning}");
    assert!(warning.contains("Jiangsu") && warning.contains("Wuxi") && warning.contains("S7"), "{warning}");
    assert_eq!(
        FormReading::of(&ties, graph.ix("equal"), crate::read(as_of("2010"), false)).warning(&graph.snapshot),
        None
    );
}

#[test]
fn the_superior_that_certainly_holds_outdoes_the_one_that_may() {
    let mut world = china();
    world.government("county", "county", "county").under("county", "Suzhou", ("", "", "1990")).under(
        "county",
        "Wuxi",
        ("2000", "..", ""),
    );
    let graph = world.build();
    let schemes = TierSchemes::builtin();
    let classifier = Classifier::new(&graph.snapshot, &schemes, Scale::Rank, false);
    let superior = |year: &str| {
        let day = date(year).last_day();
        classifier.hierarchy().superior_at(graph.ix("county"), day).map(|ix| graph.id(ix))
    };
    assert_eq!(superior("1990").as_deref(), Some("Suzhou"));
    assert_eq!(superior("1995").as_deref(), Some("Suzhou"), "possibly, and nothing else does");
    assert_eq!(superior("2005").as_deref(), Some("Wuxi"));
    let chain = classifier.hierarchy().ancestors_at(graph.ix("county"), Day::today());
    assert_eq!(graph.ids(&chain), ["Wuxi", "Jiangsu", "cn"]);
}

#[test]
fn nobody_leads_before_existing() {
    let mut world = World::new();
    world
        .government("new", "prefectural", "prefectural")
        .lives("new", ("2000", "..", ""))
        .government("old", "county", "county")
        .under("old", "new", ALWAYS)
        .edge("COOPERATES_WITH", "old", "new", ALWAYS, &[]);
    let graph = world.build();
    let hierarchy = intergov::relations::Hierarchy::of(&graph.snapshot);
    assert_eq!(hierarchy.superior_at(graph.ix("old"), date("1999").last_day()), None);
    assert_eq!(graph.lines(), ["new - old vertical [2000, ..) dyad"]);
}

/// More governments than one task reads, each of which meets the steps in another order.
#[test]
fn steps_have_one_number_however_many_tasks_read_them() {
    let ranks = ["county", "prefectural", "township", "provincial", "sub-provincial"];
    let rank_of = |at: usize| ranks[(at / 7_000 + at * (1 + at / 16_000)) % ranks.len()];
    let empty = Snapshot::empty(Arc::new(Catalogue::default()));
    let mut draft = empty.draft();
    for at in 0..50_000 {
        let node = draft.create_node(&["Government"], Validity::ALWAYS).unwrap();
        draft.set_node(node, "scheme", Value::text("cn")).unwrap();
        draft.set_node(node, "rank", Value::text(rank_of(at))).unwrap();
    }
    let snapshot = empty.apply(&draft.finish()).unwrap().compact().unwrap();
    let classifier = Classifier::new(&snapshot, &TierSchemes::builtin(), Scale::Rank, false);
    let day: Day = date("2010").last_day();
    let on_day = classifier.at(day);
    for at in 0..50_000 {
        let (one, other) = (at, (at * 31 + 17_777) % 50_000);
        let ix = [one, other].map(NodeIx::from_position);
        assert_eq!(classifier.tier_at(ix[0], day), Some(rank_of(one)), "{at}");
        let same = rank_of(one) == rank_of(other);
        let expected = if same { Direction::Horizontal } else { Direction::Diagonal };
        assert_eq!(on_day.direction(ix[0], ix[1]), expected, "{one} and {other}");
    }
}
