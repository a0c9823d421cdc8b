//! Who pairs with whom: roles, acts, approvals, powers, limits (S5, S6, S8, S9, S12–S14).

use intergov::relations::{Role, TieOptions, TieTable};
use intergov::value::{Validity, Value};

use super::world::{ALWAYS, UNDATED, World, as_of, china};

fn arrangement_of(roles: &[(&str, &str)]) -> World {
    let mut world = china();
    world.arrangement("A", ("2000", "..", ""));
    for (government, role) in roles {
        world.party(government, "A", role);
    }
    world
}

#[test]
fn members_leads_and_ceding_parties_pair_with_each_other() {
    let world = arrangement_of(&[("Suzhou", "member"), ("Wuxi", "lead"), ("Huzhou", "ceding")]);
    assert_eq!(
        world.build().lines(),
        [
            "Huzhou - Suzhou horizontal [2000, ..) arrangement",
            "Huzhou - Wuxi horizontal [2000, ..) arrangement",
            "Suzhou - Wuxi horizontal [2000, ..) arrangement",
        ]
    );
}

#[test]
fn two_sided_acts_pair_across_and_are_oriented() {
    let acts = [
        ("assistor", "recipient"),
        ("payer", "payee"),
        ("developer", "host-government"),
        ("transfer-from", "transfer-to"),
    ];
    for (from, to) in acts {
        let world = arrangement_of(&[("Wenchuan", to), ("Guangdong", from), ("Aba", to), ("Shanghai", from)]);
        assert_eq!(
            world.build().lines(),
            [
                "Guangdong > Aba diagonal [2000, ..) arrangement",
                "Guangdong > Wenchuan diagonal [2000, ..) arrangement",
                "Shanghai > Aba diagonal [2000, ..) arrangement",
                "Shanghai > Wenchuan diagonal [2000, ..) arrangement",
            ],
            "{from} and {to}"
        );
    }
    let crossed = arrangement_of(&[("Guangdong", "assistor"), ("Wenchuan", "payee"), ("Suzhou", "member")]);
    assert_eq!(crossed.build().lines(), [""; 0], "sides of different acts do not pair");
}

#[test]
fn approvers_observers_applicants_and_hosts_make_no_cooperation() {
    let others = ["approver", "mandator", "observer", "applicant", "meeting-host"];
    for role in others {
        let world = arrangement_of(&[("Suzhou", "member"), ("Wuxi", "member"), ("Huzhou", role)]);
        assert_eq!(world.build().lines(), ["Suzhou - Wuxi horizontal [2000, ..) arrangement"], "{role}");
    }
}

#[test]
fn approvals_and_mandates_tie_along_the_line_only() {
    let world = arrangement_of(&[
        ("Suzhou", "member"),
        ("Huzhou", "member"),
        ("Jiangsu", "approver"),
        ("cn", "mandator"),
        ("Guangdong", "approver"),
    ]);
    assert_eq!(
        world.build().lines(),
        [
            "Huzhou - Suzhou horizontal [2000, ..) arrangement",
            "Jiangsu > Suzhou vertical [2000, ..) act",
            "cn > Huzhou vertical [2000, ..) act",
            "cn > Suzhou vertical [2000, ..) act",
        ]
    );
}

#[test]
fn an_approval_reaches_every_spell_of_a_party() {
    let mut world = arrangement_of(&[("Jiangsu", "approver"), ("Wuxi", "member")]);
    world.party_in("Suzhou", "A", "member", ("2001", "2003", ""));
    world.party_in("Suzhou", "A", "member", ("2005", "2007", ""));
    let graph = world.build();
    let acts: Vec<String> =
        graph.lines().into_iter().filter(|line| line.starts_with("Jiangsu > Suzhou")).collect();
    assert_eq!(
        acts,
        ["Jiangsu > Suzhou vertical [2001, 2003) act", "Jiangsu > Suzhou vertical [2005, 2007) act"]
    );
}

#[test]
fn each_direct_subordination_is_a_vertical_tie() {
    let graph = china().build();
    let table = graph.ties();
    let mut lines: Vec<String> = table.of(graph.ix("Suzhou")).map(|tie| graph.line(tie)).collect();
    lines.sort();
    assert_eq!(
        lines,
        [
            "Jiangsu > Suzhou vertical [.., ..) subordination",
            "Suzhou > Kunshan vertical [.., ..) subordination",
        ]
    );
    let edges = graph.snapshot.edges_of("SUBORDINATE_TO").count();
    assert_eq!(table.ties().len(), edges, "one for each direct subordination, none at a distance");
}

#[test]
fn an_act_within_an_arrangement_adds_attributes_and_no_tie() {
    let mut world =
        arrangement_of(&[("Guangdong", "assistor"), ("Wenchuan", "recipient"), ("Aba", "recipient")]);
    let inside = [("arrangement", Value::text("A"))];
    world
        .edge("ASSISTS", "Guangdong", "Wenchuan", ALWAYS, &inside)
        .edge("PAYS", "Guangdong", "Wenchuan", ALWAYS, &inside)
        .edge("COOPERATES_WITH", "Wenchuan", "Guangdong", ALWAYS, &inside)
        // Recipients of one act do not pair, so this one is not said yet.
        .edge("COOPERATES_WITH", "Aba", "Kunshan", ("1990", "2005", ""), &inside);
    assert_eq!(
        world.build().lines(),
        [
            "Aba - Kunshan diagonal [2000, 2005) dyad",
            "Guangdong > Aba diagonal [2000, ..) arrangement",
            "Guangdong > Wenchuan diagonal [2000, ..) arrangement",
        ]
    );
}

#[test]
fn an_act_without_an_arrangement_is_a_tie_of_its_own() {
    let mut world = china();
    world
        .edge("COOPERATES_WITH", "Wuxi", "Suzhou", ("2001", "..", ""), &[])
        .edge("ASSISTS", "Shanghai", "Aba", ("2002", "..", ""), &[])
        .edge("PAYS", "Huzhou", "Hangzhou", ("2003", "..", ""), &[])
        .edge("COMPETES_WITH", "Wuxi", "Suzhou", ALWAYS, &[]);
    assert_eq!(
        world.build().lines(),
        [
            "Huzhou > Hangzhou diagonal [2003, ..) flow",
            "Shanghai > Aba diagonal [2002, ..) assistance",
            "Suzhou - Wuxi horizontal [2001, ..) dyad",
        ]
    );
}

#[test]
fn a_payment_to_nobody_by_name_makes_no_tie() {
    let mut world = arrangement_of(&[("Suzhou", "payer"), ("Wuxi", "payer")]);
    world.edge("PAYS", "Suzhou", "A", ALWAYS, &[]);
    assert_eq!(world.build().lines(), [""; 0]);
}

#[test]
fn several_rows_of_a_pair_are_one_tie() {
    // Members that also stand on two sides of an act.
    let world = arrangement_of(&[
        ("Huzhou", "member"),
        ("Hangzhou", "lead"),
        ("Huzhou", "payee"),
        ("Hangzhou", "payer"),
    ]);
    assert_eq!(world.build().lines(), ["Hangzhou - Huzhou diagonal [2000, ..) arrangement"]);
    // Two acts the same way stay oriented; an act and its reverse are not.
    let same = arrangement_of(&[
        ("Huzhou", "payee"),
        ("Hangzhou", "payer"),
        ("Hangzhou", "assistor"),
        ("Huzhou", "recipient"),
    ]);
    assert_eq!(same.build().lines(), ["Hangzhou > Huzhou diagonal [2000, ..) arrangement"]);
    let reverse = arrangement_of(&[
        ("Huzhou", "payee"),
        ("Hangzhou", "payer"),
        ("Huzhou", "assistor"),
        ("Hangzhou", "recipient"),
    ]);
    assert_eq!(reverse.build().lines(), ["Hangzhou - Huzhou diagonal [2000, ..) arrangement"]);
}

#[test]
fn an_arrangement_pairs_its_own_parties_only() {
    let mut world = china();
    world
        .council("framework", "2000", &["Suzhou"])
        .council("part", "2001", &["Wuxi", "Huzhou"])
        .edge("PART_OF", "part", "framework", ALWAYS, &[])
        .node("Body", "council", Validity::ALWAYS, &[("name", "council"), ("kind", "coordination-council")])
        .edge("OF", "framework", "council", ALWAYS, &[])
        .edge("MEMBER_OF", "Suzhou", "council", ALWAYS, &[])
        .edge("MEMBER_OF", "Jiaxing", "council", ALWAYS, &[]);
    assert_eq!(world.build().lines(), ["Huzhou - Wuxi horizontal [2001, ..) arrangement"]);
}

#[test]
fn a_power_across_the_line_is_a_tie_and_along_it_an_act() {
    let mut world = china();
    for (power, from, to) in [("moved", "Anhui", "Shanghai"), ("delegated", "Jiangsu", "Suzhou")] {
        world
            .node("Power", power, Validity::since("1956".parse().unwrap()), &[("function", "farm")])
            .edge("GRANTED_BY", power, from, UNDATED, &[])
            .edge("HELD_BY", power, to, ("1960", "..", ""), &[]);
    }
    world
        .node("Body", "bureau", Validity::ALWAYS, &[("name", "bureau"), ("kind", "joint-bureau")])
        .node("Power", "ceded", Validity::ALWAYS, &[("function", "finance"), ("origin", "cession")])
        .edge("GRANTED_BY", "ceded", "Suzhou", UNDATED, &[])
        .edge("HELD_BY", "ceded", "bureau", UNDATED, &[]);
    let graph = world.build();
    assert_eq!(
        graph.lines(),
        ["Anhui > Shanghai horizontal [1960, ..) power", "Jiangsu > Suzhou vertical [1960, ..) act"]
    );
    let table = graph.ties();
    let moved = table.of(graph.ix("Anhui")).find(|tie| tie.basis.kind() == "power").unwrap();
    assert_eq!(moved.roles, (Role::TransferFrom, Role::TransferTo));
}

#[test]
fn a_power_under_an_arrangement_that_ties_the_pair_adds_no_tie() {
    let mut world = arrangement_of(&[("Huzhou", "transfer-from"), ("Hangzhou", "transfer-to")]);
    world
        .node("Power", "P", Validity::since("2000".parse().unwrap()), &[("origin", "transfer")])
        .edge("GRANTED_BY", "P", "Huzhou", UNDATED, &[])
        .edge("HELD_BY", "P", "Hangzhou", UNDATED, &[])
        .edge("UNDER", "P", "A", UNDATED, &[])
        .node("Power", "Q", Validity::since("2000".parse().unwrap()), &[("origin", "delegation")])
        .edge("GRANTED_BY", "Q", "Zhejiang", UNDATED, &[])
        .edge("HELD_BY", "Q", "Hangzhou", UNDATED, &[])
        .edge("UNDER", "Q", "A", UNDATED, &[]);
    let graph = world.build();
    assert_eq!(
        graph.lines(),
        ["Huzhou > Hangzhou diagonal [2000, ..) arrangement", "Zhejiang > Hangzhou vertical [2000, ..) act"]
    );
    for tie in graph.ties().ties().filter(|tie| tie.basis.kind() != "subordination") {
        assert_eq!(tie.arrangement(), Some(graph.ix("A")), "{}", graph.line(tie));
    }
}

#[test]
fn symmetric_ties_stand_once_from_the_lower_node() {
    let world = arrangement_of(&[("Wuxi", "member"), ("Suzhou", "member")]);
    let graph = world.build();
    let table = graph.ties();
    let ties: Vec<_> = table.of_arrangement(graph.ix("A")).collect();
    assert_eq!(ties.len(), 1);
    assert!(ties[0].symmetric && ties[0].source < ties[0].target);
    let seen_from = |id: &str| table.of(graph.ix(id)).filter(|tie| tie.symmetric).count();
    assert_eq!((seen_from("Wuxi"), seen_from("Suzhou")), (1, 1));
}

#[test]
fn an_arrangement_over_the_limit_is_listed_and_not_paired() {
    let mut world = china();
    world
        .council("all", "2000", &["Suzhou", "Wuxi", "Huzhou", "Jiaxing"])
        .party("Zhejiang", "all", "approver");
    world.edge("PAYS", "Huzhou", "Suzhou", ALWAYS, &[("arrangement", Value::text("all"))]);
    let graph = world.build();
    let table = graph.ties_with(&TieOptions { max_parties: 3, ..TieOptions::default() });
    assert_eq!(graph.ids(table.unexpanded()), ["all"]);
    assert_eq!(
        graph.lines_of(table.ties()),
        [
            "Huzhou > Suzhou horizontal [2000, ..) flow",
            "Zhejiang > Huzhou vertical [2000, ..) act",
            "Zhejiang > Jiaxing vertical [2000, ..) act",
        ]
    );
    assert_eq!(graph.ties_with(&TieOptions { max_parties: 4, ..TieOptions::default() }).unexpanded(), &[]);
}

/// How many ties arrangements give.
fn paired(table: &TieTable) -> usize {
    table.ties().filter(|tie| tie.basis.kind() == "arrangement").count()
}

/// S35: the limit counts who takes part at one date, not who ever did.
#[test]
fn the_limit_counts_who_takes_part_at_once() {
    let mut world = china();
    world.arrangement("relay", ("2000", "2020", ""));
    for (government, dates) in [
        ("Suzhou", ("2000", "2010", "")),
        ("Wuxi", ("2000", "2010", "")),
        ("Huzhou", ("2010", "2020", "")),
        ("Jiaxing", ("2010", "2020", "")),
    ] {
        world.party_in(government, "relay", "member", dates);
    }
    let graph = world.build();
    let two = TieOptions { max_parties: 2, ..TieOptions::default() };
    assert_eq!(graph.ties_with(&two).unexpanded(), &[]);
    assert_eq!(paired(&graph.ties_with(&two)), 2);
    let one = TieOptions { max_parties: 1, ..TieOptions::default() };
    assert_eq!(graph.ids(graph.ties_with(&one).unexpanded()), ["relay"]);
    // Of a window only who takes part in it.
    let before = TieOptions { within: Some(as_of("1990")), ..one };
    assert_eq!(graph.ties_with(&before).unexpanded(), &[]);
}

#[test]
fn where_all_pairs_are_too_many_the_largest_arrangements_are_left_out() {
    let all = ["Suzhou", "Wuxi", "Huzhou", "Jiaxing"];
    let mut world = china();
    // 6, 1 and 3 pairs.
    world.council("four", "2000", &all).council("two", "2000", &all[..2]).council("three", "2000", &all[..3]);
    let graph = world.build();
    for (max_pairs, left_out, ties) in [
        (10, &[][..], 10),
        (9, &["four"][..], 4),
        (4, &["four"], 4),
        (3, &["four", "three"], 1),
        (0, &["four", "two", "three"], 0),
    ] {
        let table = graph.ties_with(&TieOptions { max_pairs, ..TieOptions::default() });
        assert_eq!(
            (graph.ids(table.unexpanded()), paired(&table)),
            (left_out.iter().map(|id| (*id).to_owned()).collect(), ties)
        );
        let told = table.unexpanded_among(|_| true);
        assert_eq!(told.is_some(), !left_out.is_empty());
        if let Some(told) = told {
            assert!(left_out.iter().all(|id| told.contains(id)), "{told}");
            assert!(
                told.contains("5000 governments") && told.contains(&format!("{max_pairs} pairs")),
                "{told}"
            );
        }
    }
}

#[test]
fn a_tie_reads_through_to_its_basis_and_arrangement() {
    let mut world = arrangement_of(&[("Suzhou", "member"), ("Wuxi", "member"), ("Jiangsu", "approver")]);
    world.set("A", "domains", Value::texts(["water", "environment"]));
    world.edge(
        "COOPERATES_WITH",
        "Huzhou",
        "Jiaxing",
        ALWAYS,
        &[("mechanism", Value::text("plan")), ("arrangement", Value::text("A"))],
    );
    let graph = world.build();
    let table = graph.ties();
    for (kind, mechanism) in [("arrangement", "contract"), ("act", "contract"), ("dyad", "plan")] {
        let tie =
            table.holding(crate::read(as_of("2010"), false)).find(|tie| tie.basis.kind() == kind).unwrap();
        assert_eq!(tie.arrangement(), Some(graph.ix("A")), "{kind}");
        assert_eq!(tie.mechanism().as_deref(), Some(mechanism), "{kind}");
        assert_eq!(tie.domains(), ["water", "environment"], "{kind}");
    }
}
