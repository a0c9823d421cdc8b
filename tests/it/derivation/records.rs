//! Scope, approvals, custody of powers, flows (S14, S19, S20).

use intergov::relations::{
    ApprovalRecord, Custody, Provinces, Scope, Tenure, TierSchemes, approvals, cooperating_parties, custody,
    flows,
};
use intergov::value::{InForce, Validity, Value};

use super::world::{ALWAYS, Dates, Graph, UNDATED, World, as_of, china, date};

fn scope(graph: &Graph, arrangement: &str, year: &str) -> Scope {
    let schemes = TierSchemes::of(&graph.snapshot);
    let provinces = Provinces::of(&graph.snapshot, &schemes);
    let node = graph.snapshot.find("Arrangement", arrangement).unwrap();
    let parties = cooperating_parties(node, crate::read(as_of(year), false));
    provinces.scope(&parties, date(year).last_day())
}

#[test]
fn the_scope_follows_from_the_provinces_of_the_parties() {
    let mut world = china();
    world
        .council("axis", "2000", &["Shanghai", "Jiangsu", "Zhejiang"])
        .council("within", "2000", &["Suzhou", "Wuxi"])
        .council("with the province", "2000", &["Jiangsu", "Wuxi"])
        .council("across", "2000", &["Suzhou", "Huzhou"])
        .council("assistance", "2000", &["Guangdong", "Wenchuan"])
        .council("mandated", "2000", &["cn", "Shanghai", "Jiangsu"])
        .government("lost", "prefectural", "prefectural")
        .council("unknown", "2000", &["Suzhou", "lost"])
        .government_in("us", "us:CA", "state", "state")
        .council("abroad", "2000", &["Guangdong", "us:CA"]);
    let graph = world.build();
    let expected = [
        ("axis", Scope::ProvinceProvince),
        ("within", Scope::IntraProvincial),
        ("with the province", Scope::IntraProvincial),
        ("across", Scope::CrossProvincial),
        ("assistance", Scope::CrossProvincial),
        ("mandated", Scope::ProvinceProvince),
        ("unknown", Scope::Undetermined),
        ("abroad", Scope::Transnational),
    ];
    for (arrangement, expected) in expected {
        assert_eq!(scope(&graph, arrangement, "2010"), expected, "{arrangement}");
    }
}

#[test]
fn member_states_are_countries_and_their_regions_provinces() {
    let mut world = World::new();
    world.government_in("eu", "EU", "union", "union");
    for (state, region) in [("FR", "FR1"), ("DE", "DE1"), ("DE", "DE2")] {
        if state != "DE" || region == "DE1" {
            world.government_in("eu", state, "nuts-0", "nuts-0").under(state, "EU", ALWAYS);
        }
        world.government_in("eu", region, "nuts-1", "nuts-1").under(region, state, ALWAYS);
    }
    world.council("upper Rhine", "2000", &["FR1", "DE1"]).council("south", "2000", &["DE1", "DE2"]);
    let graph = world.build();
    assert_eq!(scope(&graph, "upper Rhine", "2010"), Scope::Transnational);
    assert_eq!(scope(&graph, "south", "2010"), Scope::ProvinceProvince);
}

#[test]
fn the_scope_is_that_of_its_date() {
    let mut world = china();
    world
        .government("Chongqing", "prefectural", "sub-provincial")
        .states(
            "Chongqing",
            "level",
            &[("..", "1997-03-14", "prefectural"), ("1997-03-14", "..", "provincial")],
        )
        .under("Chongqing", "Sichuan", ("..", "1997-03-14", ""))
        .under("Chongqing", "cn", ("1997-03-14", "..", ""))
        .council("A", "1990", &["Chongqing", "Aba"]);
    let graph = world.build();
    assert_eq!(scope(&graph, "A", "1995"), Scope::IntraProvincial);
    assert_eq!(scope(&graph, "A", "1998"), Scope::CrossProvincial);
}

#[test]
fn no_record_is_not_not_approved() {
    let mut world = china();
    world
        .council("A", "2000", &["Suzhou", "Huzhou", "Guangzhou"])
        .party("Jiangsu", "A", "approver")
        .council("B", "2000", &["Suzhou", "Huzhou"])
        .party("cn", "B", "mandator")
        .council("C", "2000", &["Guangdong", "Wenchuan"])
        .council("within", "2000", &["Suzhou", "Wuxi"]);
    let graph = world.build();
    let schemes = TierSchemes::of(&graph.snapshot);
    let provinces = Provinces::of(&graph.snapshot, &schemes);
    let mut found: Vec<(String, String, ApprovalRecord, Vec<String>)> =
        approvals(&graph.snapshot, &provinces, crate::read(as_of("2010"), false))
            .into_iter()
            .map(|row| {
                (graph.id(row.arrangement), graph.id(row.province), row.record, graph.ids(&row.parties))
            })
            .collect();
    found.sort();
    let row = |arrangement: &str, province: &str, record, parties: &[&str]| {
        let parties: Vec<String> = parties.iter().map(ToString::to_string).collect();
        (arrangement.to_owned(), province.to_owned(), record, parties)
    };
    assert_eq!(
        found,
        [
            row("A", "Guangdong", ApprovalRecord::NoRecord, &["Guangzhou"]),
            row("A", "Jiangsu", ApprovalRecord::Approved, &["Suzhou"]),
            row("A", "Zhejiang", ApprovalRecord::NoRecord, &["Huzhou"]),
            row("B", "Jiangsu", ApprovalRecord::ApprovedAbove, &["Suzhou"]),
            row("B", "Zhejiang", ApprovalRecord::ApprovedAbove, &["Huzhou"]),
            row("C", "Guangdong", ApprovalRecord::PartyItself, &[]),
            row("C", "Sichuan", ApprovalRecord::NoRecord, &["Wenchuan"]),
        ]
    );
}

/// Suzhou cedes finance to a joint bureau of 2004 to 2012; Shanghai holds a farm since 1956.
fn powers() -> Graph {
    let mut world = china();
    let power = |id: &'static str, function: &'static str, origin: &'static str| {
        [("function", function), ("stage", "whole"), ("origin", origin), ("id", id)]
    };
    let from = |dates: Dates| Validity::parse(dates.0, dates.1, dates.2).unwrap();
    world
        .arrangement("merger", ("2004", "..", ""))
        .node("Body", "bureau", from(("2004", "2012", "")), &[("name", "bureau"), ("kind", "joint-bureau")])
        .node("Power", "P1", from(("2004", "..", "")), &power("P1", "finance", "cession")[..3])
        .edge("OVER", "P1", "Suzhou", UNDATED, &[])
        .edge("HELD_BY", "P1", "bureau", UNDATED, &[])
        .edge("GRANTED_BY", "P1", "Suzhou", UNDATED, &[])
        .edge("UNDER", "P1", "merger", UNDATED, &[])
        .node("Power", "P2", from(("1956", "", "2010")), &power("P2", "administration", "transfer")[..3])
        .edge("OVER", "P2", "Suzhou", ("", "", "2010"), &[])
        .edge("HELD_BY", "P2", "Shanghai", UNDATED, &[])
        .edge("GRANTED_BY", "P2", "Jiangsu", UNDATED, &[]);
    world.build()
}

fn held(graph: &Graph, year: &str) -> Vec<(String, String, Tenure, InForce, String)> {
    let rows: Vec<Custody> = custody(&graph.snapshot, graph.ix("Suzhou"), crate::read(as_of(year), false));
    rows.iter()
        .map(|row| (row.function.clone(), graph.id(row.holder), row.tenure, row.holds, row.from.to_string()))
        .collect()
}

fn custody_row(
    function: &str,
    holder: &str,
    tenure: Tenure,
    holds: InForce,
    from: &str,
) -> (String, String, Tenure, InForce, String) {
    (function.to_owned(), holder.to_owned(), tenure, holds, from.to_owned())
}

#[test]
fn a_power_is_held_by_record_by_default_or_back_with_those_who_ceded_it() {
    let graph = powers();
    let own = || custody_row("", "Suzhou", Tenure::Default, InForce::Certainly, "..");
    let farm = |holds| custody_row("administration", "Shanghai", Tenure::Recorded, holds, "1956");
    assert_eq!(held(&graph, "1950"), [own()]);
    assert_eq!(held(&graph, "1960"), [farm(InForce::Possibly), own()]);
    let ceded = custody_row("finance", "bureau", Tenure::Recorded, InForce::Certainly, "2004");
    assert_eq!(held(&graph, "2010"), [farm(InForce::Certainly), ceded, own()]);
    let returned = custody_row("finance", "Suzhou", Tenure::Returned, InForce::Certainly, "2012");
    // Attested in 2010, and presumed for five years.
    assert_eq!(held(&graph, "2015"), [farm(InForce::Presumably), returned, own()]);
    let rows = custody(&graph.snapshot, graph.ix("Suzhou"), crate::read(as_of("2010"), false));
    assert_eq!(rows[1].arrangement, Some(graph.ix("merger")));
    assert_eq!(graph.ids(&rows[1].granted_by), ["Suzhou"]);
    assert_eq!(rows[1].origin, "cession");
}

#[test]
fn a_power_over_another_territory_or_another_time_is_not_shown() {
    let graph = powers();
    let rows = custody(&graph.snapshot, graph.ix("Wuxi"), crate::read(as_of("2010"), false));
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].tenure, rows[0].holder), (Tenure::Default, graph.ix("Wuxi")));
}

fn statement(amount: i64, more: &[(&'static str, Value)]) -> Vec<(&'static str, Value)> {
    let mut cells = vec![
        ("resource", Value::text("money")),
        ("amount_minor", Value::Integer(amount)),
        ("currency", Value::text("CNY")),
        ("period", Value::text("year")),
        ("fact", Value::text("watershed")),
    ];
    cells.retain(|(key, _)| !more.iter().any(|(own, _)| own == key));
    cells.extend_from_slice(more);
    cells
}

/// The amounts that count and those that stand beside them.
fn amounts(world: &World) -> (Vec<i64>, Vec<i64>) {
    let graph = world.build();
    let rows = flows(&graph.snapshot, crate::read(as_of("2010"), true), true);
    let (counts, others): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.counts);
    let alone: Vec<_> = flows(&graph.snapshot, crate::read(as_of("2010"), true), false);
    assert_eq!(alone.len(), counts.len());
    let of = |rows: Vec<&intergov::relations::FlowStatement>| {
        rows.into_iter().filter_map(|row| row.amount).collect()
    };
    (of(counts), of(others))
}

#[test]
fn of_statements_that_disagree_one_counts() {
    let source = |id: &str| ("source", Value::texts([id]));
    let confidence = |step: &str| ("confidence", Value::text(step));
    let pays = |world: &mut World, amount, more: &[(&'static str, Value)]| {
        world.edge("PAYS", "Suzhou", "Wuxi", ALWAYS, &statement(amount, more));
    };
    let mut world = china();
    for (id, published) in [("a-late", "2012"), ("b-early", "2009")] {
        world.node("Source", id, Validity::ALWAYS, &[("citation", id)]);
        world.set(id, "published", Value::Date(date(published)));
    }
    // The earlier source, whatever its name and place in the file.
    pays(&mut world, 30, &[source("a-late")]);
    pays(&mut world, 20, &[source("b-early")]);
    assert_eq!(amounts(&world), (vec![20], vec![30]));
    // Then a higher confidence, then the preferred one.
    pays(&mut world, 40, &[source("a-late"), confidence("medium")]);
    assert_eq!(amounts(&world), (vec![40], vec![30, 20]));
    pays(&mut world, 50, &[source("a-late"), confidence("low"), ("preferred", Value::Boolean(true))]);
    assert_eq!(amounts(&world), (vec![50], vec![30, 20, 40]));
    // Another fact and a row of no fact stand alone.
    pays(&mut world, 7, &[("fact", Value::text("other"))]);
    assert_eq!(amounts(&world), (vec![50, 7], vec![30, 20, 40]));
}

#[test]
fn the_spread_compares_like_with_like() {
    let mut world = china();
    for (amount, more) in [
        (30, vec![("preferred", Value::Boolean(true))]),
        (20, vec![]),
        (45, vec![]),
        (900, vec![("period", Value::text("total"))]),
        (1, vec![("currency", Value::text("USD"))]),
    ] {
        world.edge("PAYS", "Suzhou", "Wuxi", ALWAYS, &statement(amount, &more));
    }
    let graph = world.build();
    let rows = flows(&graph.snapshot, crate::read(as_of("2010"), false), false);
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].amount, rows[0].statements, rows[0].spread), (Some(30), 5, Some((20, 45))));
}

#[test]
fn a_flow_to_an_arrangement_has_no_payee() {
    let mut world = china();
    world
        .arrangement("river", ALWAYS)
        .edge("PAYS", "Suzhou", "river", ("2005", "2011", ""), &statement(20, &[]))
        .edge("PAYS", "Wuxi", "Huzhou", ("2011", "..", ""), &statement(9, &[("fact", Value::text("x"))]));
    let graph = world.build();
    let rows = flows(&graph.snapshot, crate::read(as_of("2010"), false), false);
    assert_eq!(rows.len(), 1, "the other one had not begun");
    assert_eq!((rows[0].payer, rows[0].payee), (graph.ix("Suzhou"), None));
    assert_eq!(rows[0].arrangement, Some(graph.ix("river")));
    assert_eq!(rows[0].holds, InForce::Certainly);
}
