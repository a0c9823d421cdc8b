//! A government that ceased and came back (S10): between its spells of existence nothing holds of it, and outside of them
//! everything does as if it had never ceased.

use std::collections::BTreeSet;

use intergov::relations::Attendance;
use intergov::value::{AsOf, Day, InForce, Persist, Reading};
use proptest::prelude::{any, prop, proptest};

use super::laws::{places, rows, world};
use super::world::{ALWAYS, Graph, World, date};

const GAPS: [(&str, &str); 3] = [("1985", "1993"), ("1993", "2000"), ("2003", "2005-07")];

/// The ties that hold, without their dates.
fn tied(graph: &Graph, as_of: AsOf) -> BTreeSet<(String, String, String)> {
    let ties = graph.ties();
    let line = |tie: &intergov::relations::TieRef<'_>| {
        let (mut a, mut b) = (graph.id(tie.source), graph.id(tie.target));
        if tie.symmetric && b < a {
            (a, b) = (b, a);
        }
        (a, b, format!("{} {} {:?}", tie.direction, tie.basis.kind(), tie.symmetric))
    };
    ties.holding(as_of).map(|tie| line(&tie)).collect()
}

fn parties(graph: &Graph, as_of: AsOf) -> BTreeSet<(String, String)> {
    let ties = graph.ties();
    let attendance: &Attendance = ties.attendance();
    let arrangements = graph.snapshot.nodes_with("Arrangement").map(|node| node.ix());
    let rows = arrangements.flat_map(|own| attendance.parties(own, as_of).map(move |ix| (own, ix)));
    rows.map(|(own, ix)| (graph.id(own), graph.id(ix))).collect()
}

/// Whether a day lies in one of the chosen gaps.
fn within(gaps: &[usize], day: Day) -> bool {
    let bounds = |at: &usize| (date(GAPS[*at].0).first_day(), date(GAPS[*at].1).first_day());
    gaps.iter().map(bounds).any(|(from, to)| from <= day && day < to)
}

proptest! {
    #[test]
    fn between_its_spells_nothing_holds_of_it_and_outside_all_does(
        places in places(),
        (arrangements, rows) in rows(),
        which in any::<usize>(),
        gaps in prop::sample::subsequence(vec![0, 1, 2], 1..3),
        year in 1980..2022_i16,
    ) {
        let whole = world(&places, &arrangements, &rows);
        let own = format!("g{}", which % places.len());
        let mut interrupted: World = whole.clone();
        let spells: Vec<_> = gaps.iter().map(|at| (GAPS[*at].0, GAPS[*at].1, "annexed")).collect();
        interrupted.states(&own, "interrupted", &spells);
        let (whole, interrupted) = (whole.build(), interrupted.build());
        let day = date(&year.to_string());
        let gone = within(&gaps, day.last_day());
        for reading in [Reading::Certain, Reading::Presumed(Persist::Years(5)), Reading::Possible] {
            let as_of = AsOf::date(day, reading);
            let mut expected = tied(&whole, as_of);
            expected.retain(|(a, b, _)| !gone || (*a != own && *b != own));
            // What is attested within the year holds at its end (S30), in whichever spell it was.
            if !gaps.iter().any(|at| GAPS[*at].1.starts_with(&year.to_string())) {
                assert_eq!(tied(&interrupted, as_of), expected, "{own} {gaps:?} {year} {reading}");
                let mut expected = parties(&whole, as_of);
                expected.retain(|(_, party)| !gone || *party != own);
                assert_eq!(parties(&interrupted, as_of), expected);
            }
            let node = interrupted.snapshot.node_at(interrupted.ix(&own)).unwrap();
            let before = whole.snapshot.node_at(whole.ix(&own)).unwrap().in_force(as_of);
            assert_eq!(node.in_force(as_of), if gone { InForce::Not } else { before });
            let (holding, all) = (interrupted.snapshot.holding(as_of), whole.snapshot.holding(as_of));
            for row in 0..u32::try_from(whole.snapshot.edge_bound()).unwrap() {
                let edge = whole.snapshot.edges().find(|edge| edge.ix().get() == row).unwrap();
                let touches = [edge.source(), edge.target()].iter().any(|end| &*end.text_id().unwrap() == own.as_str());
                assert_eq!(holding.edges.contains(row), all.edges.contains(row) && !(gone && touches));
            }
        }
    }
}

#[test]
fn a_tie_has_a_spell_for_each_spell_of_existence() {
    let mut world = World::new();
    for state in ["EST", "FIN"] {
        world.government_in("us", state, "state", "state");
    }
    world.lives("EST", ("1918", "..", "")).states("EST", "interrupted", &[("1940", "1991", "annexed")]);
    world.edge("COOPERATES_WITH", "EST", "FIN", ("1920", "..", ""), &[]);
    world.council("baltic", "1934", &["EST", "FIN"]).lives("FIN", ALWAYS);
    assert_eq!(
        world.build().lines(),
        [
            "EST - FIN horizontal [1920, 1940-01-01) dyad",
            "EST - FIN horizontal [1934, 1940-01-01) arrangement",
            "EST - FIN horizontal [1991-01-01, ..) arrangement",
            "EST - FIN horizontal [1991-01-01, ..) dyad",
        ]
    );
}
