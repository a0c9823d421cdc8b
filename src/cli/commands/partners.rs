//! With whom does a government have ties at a date, and which partners did it gain and lose between two?

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::{Cell, Column, Missing, Report};
use crate::cli::context::Reading;
use crate::graph::NodeIx;
use crate::relations::{Direction, TieRef};
use crate::study::Counted;
use crate::value::{AsOf, Day, InForce};

const PARTNERS: [Column; 9] = [
    Column { name: "code", unit: "of the partner" },
    Column { name: "name", unit: "of the partner" },
    Column { name: "weight", unit: "sum over the ties (S32)" },
    Column { name: "ties", unit: "count" },
    Column { name: "since", unit: "the earliest known start of a tie" },
    Column { name: "directions", unit: "of the ties" },
    Column { name: "orientation", unit: "both, out, in" },
    Column { name: "holds", unit: "the surest of the ties: certain, presumed or possible" },
    Column { name: "arrangements", unit: "ids" },
];

/// What a government has with one partner.
#[derive(Default)]
struct Partner {
    weight: f64,
    ties: usize,
    since: Option<String>,
    directions: BTreeSet<Direction>,
    orientations: BTreeSet<&'static str>,
    holds: Option<InForce>,
    arrangements: BTreeSet<String>,
}

/// The partners of a government.
fn partners_of(reading: &Reading, counted: &Counted, who: NodeIx) -> BTreeMap<NodeIx, Partner> {
    let mut partners: BTreeMap<NodeIx, Partner> = BTreeMap::new();
    for (tie, weight) in counted.weighted() {
        let turned = tie.target == who;
        let other = if turned { tie.source } else { tie.target };
        let partner = partners.entry(other).or_default();
        partner.weight += weight;
        partner.ties += 1;
        let since = tie.from.date().map(|date| date.to_string());
        partner.since = match (partner.since.take(), since) {
            (Some(own), Some(other)) => Some(own.min(other)),
            (own, other) => own.or(other),
        };
        partner.directions.insert(tie.direction);
        partner.orientations.insert(orientation(tie, turned));
        let holds = counted.as_of.in_force(tie.extent);
        partner.holds = Some(partner.holds.map_or(holds, |own| own.or(holds)));
        partner.arrangements.extend(tie.arrangement().map(|ix| reading.text(ix, "id", None)));
    }
    partners
}

/// How a tie goes, seen from one of its ends: the source, or the target where it is turned.
pub(super) fn orientation(tie: TieRef<'_>, turned: bool) -> &'static str {
    match (tie.symmetric, turned) {
        (true, _) => "both",
        (false, true) => "in",
        (false, false) => "out",
    }
}

/// One row a partner, the heaviest first.
pub(super) fn partners(reading: &Reading, counted: &Counted, who: NodeIx, title: String) -> Report {
    let day = counted.as_of.last_day();
    let mut report = Report::new(title, &PARTNERS);
    let mut rows: Vec<(NodeIx, Partner)> = partners_of(reading, counted, who).into_iter().collect();
    rows.sort_by(|(a, one), (b, other)| other.weight.total_cmp(&one.weight).then(a.cmp(b)));
    for (ix, partner) in rows {
        report.push(vec![
            reading.cell(ix, "code", day),
            reading.cell(ix, "name", day),
            Cell::Float(partner.weight),
            partner.ties.into(),
            partner.since.map_or(Cell::Missing(Missing::NotApplicable), Cell::Text),
            partner.directions.iter().map(ToString::to_string).collect(),
            partner.orientations.into_iter().collect(),
            partner.holds.map(|holds| holds.to_string()).unwrap_or_default().into(),
            partner.arrangements.into_iter().collect(),
        ]);
    }
    report
}

const TURNS: [Column; 7] = [
    Column { name: "turn", unit: "kept, new or lost" },
    Column { name: "code", unit: "of the partner" },
    Column { name: "name", unit: "of the partner" },
    Column { name: "weight_before", unit: "at the earlier date" },
    Column { name: "weight_after", unit: "at the later date" },
    Column { name: "arrangements_before", unit: "ids" },
    Column { name: "arrangements_after", unit: "ids" },
];

/// Which partners a government kept, gained and lost between two dates.
pub(super) fn turns(
    reading: &Reading,
    (before, after): (&Counted, &Counted),
    who: NodeIx,
    title: String,
) -> Report {
    let day = |as_of: AsOf| as_of.last_day().unwrap_or(Day::LAST);
    let (former, present) = (partners_of(reading, before, who), partners_of(reading, after, who));
    let all: BTreeSet<NodeIx> = former.keys().chain(present.keys()).copied().collect();
    let mut report = Report::new(title, &TURNS);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for ix in all {
        let (one, other) = (former.get(&ix), present.get(&ix));
        let (turn, at) = match (one, other) {
            (Some(_), Some(_)) => ("kept", after.as_of),
            (None, _) => ("new", after.as_of),
            (_, None) => ("lost", before.as_of),
        };
        *counts.entry(turn).or_default() += 1;
        let weight = |partner: Option<&Partner>| {
            partner.map_or(Cell::Missing(Missing::NotApplicable), |own| Cell::Float(own.weight))
        };
        let arrangements = |partner: Option<&Partner>| -> Cell {
            partner.into_iter().flat_map(|own| own.arrangements.iter().cloned()).collect()
        };
        report.push(vec![
            turn.into(),
            reading.cell(ix, "code", Some(day(at))),
            reading.cell(ix, "name", Some(day(at))),
            weight(one),
            weight(other),
            arrangements(one),
            arrangements(other),
        ]);
    }
    report.rows.sort_by_cached_key(|row| row.iter().map(ToString::to_string).collect::<Vec<_>>());
    let counts: Vec<String> = counts.into_iter().map(|(turn, count)| format!("{turn} {count}")).collect();
    report.note(if counts.is_empty() { "no partner at either date".to_owned() } else { counts.join(", ") });
    report
}
