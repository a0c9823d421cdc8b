//! Members of a region, their economic linkage, and its entry rules.

use super::of_networks::{POLYCENTRICITY, polycentricity_cells};
use super::series::ReportError;
use super::{
    Admission, Analysis, Cell, Column, Comparison, EntryRule, GdpUnit, LinkageUnits, Missing, Place, Report,
    RuleError, admit, economic_linkage,
};
use crate::network::{LoopRule, Network, NetworkNode, Orientation, ParallelRule};
use crate::study::{GovernmentIx, Moment, Study, StudyError};
use crate::value::{Inclusion, Truth};

pub(super) const MEMBERS: [Column; 5] = [
    Column { name: "date", unit: "last day of the period is read" },
    Column { name: "members", unit: "governments that certainly belong; count" },
    Column { name: "possible_members", unit: "governments that only possibly belong; count (S1)" },
    Column { name: "entered", unit: "names of those that were not members at the date before" },
    Column { name: "left", unit: "names of those that are members no more" },
];

pub(super) fn members_report(analysis: &Analysis, moments: &[Moment]) -> Result<Report, ReportError> {
    let study = analysis.study();
    if study.region().is_none() {
        return Err(ReportError::Option {
            measure: "members",
            option: "a region",
            example: "--region yangtze-delta",
        });
    }
    let mut report = Report::new("Members of a region", &MEMBERS);
    report.selection = study.selection().echo();
    let mut before: Option<Vec<GovernmentIx>> = None;
    for moment in moments {
        let (members, possible) = study.governments(study.as_of(*moment));
        let names = |of: &[GovernmentIx], but_not: &[GovernmentIx]| -> Cell {
            let changed = of.iter().filter(|ix| !but_not.contains(ix));
            changed.map(|ix| study.name(*ix, *moment)).collect()
        };
        let (entered, left) = match &before {
            Some(before) => (names(&members, before), names(before, &members)),
            None => (Cell::Missing(Missing::NotApplicable), Cell::Missing(Missing::NotApplicable)),
        };
        report.push(vec![moment.to_string().into(), members.len().into(), possible.into(), entered, left]);
        before = Some(members);
    }
    Ok(report)
}

/// The unit of all linkages that are computed from the store's figures.
const UNITS: LinkageUnits = LinkageUnits { gdp: GdpUnit::IndexRatio };

/// The place of a government from its figures: population in 10,000 persons; the product is population times
/// the ratio of its GDP per capita to the reference's (reference = 1).
fn place(study: &Study, government: GovernmentIx, moment: Moment) -> Option<Place> {
    let (longitude, latitude) = study.coordinates(government)?;
    let population = study.figure(government, "population", moment)? / 10_000.0;
    let ratio = study.figure(government, "gdp_per_capita_ratio", moment)? / 100.0;
    Place::new(longitude, latitude, population, population * ratio).ok()
}

/// The columns that come before those of [`POLYCENTRICITY`].
const FIGURES: [Column; 3] = [
    Column { name: "date", unit: "period of the figures" },
    Column { name: "governments", unit: "count" },
    Column {
        name: "with_figures",
        unit: "governments that have population, GDP per capita ratio and place; count",
    },
];

pub(super) const LINKAGE: [Column; FIGURES.len() + POLYCENTRICITY.len()] = {
    let mut columns = [FIGURES[0]; FIGURES.len() + POLYCENTRICITY.len()];
    let mut at = 0;
    while at < columns.len() {
        columns[at] = if at < FIGURES.len() { FIGURES[at] } else { POLYCENTRICITY[at - FIGURES.len()] };
        at += 1;
    }
    columns
};

pub(super) fn linkage_report(analysis: &Analysis, moments: &[Moment]) -> Result<Report, ReportError> {
    let study = analysis.study();
    let mut report = Report::new("Economic linkage R = sqrt(P G) sqrt(P' G') / D²", &LINKAGE);
    report.selection = study.selection().echo();
    report.note(format!(
        "units: {UNITS}; G = P × GDP per capita ratio to the reference of the figures; the units are ours, the paper names none (S26)"
    ));
    report.note("every pair with figures is tied, so shape is read from strengths");
    for moment in moments {
        let (governments, _) = study.governments(study.as_of(*moment));
        let placed: Vec<(GovernmentIx, Place)> =
            governments.iter().filter_map(|ix| Some((*ix, place(study, *ix, *moment)?))).collect();
        let network = linkage_network(study, &placed, *moment)?;
        let mut row: Vec<Cell> =
            vec![moment.to_string().into(), governments.len().into(), placed.len().into()];
        if placed.is_empty() {
            row.extend((0..LINKAGE.len() - 4).map(|_| Cell::Missing(Missing::NoFigure)));
            row.push("empty".into());
        } else {
            row.extend(polycentricity_cells(&network));
        }
        report.push(row);
    }
    Ok(report)
}

/// The linkage network of those that have figures; a pair at one place has no linkage and no tie.
pub(super) fn linkage_network(
    study: &Study,
    placed: &[(GovernmentIx, Place)],
    moment: Moment,
) -> Result<Network, ReportError> {
    let nodes =
        placed.iter().map(|(ix, _)| NetworkNode::new(study.code(*ix, moment), study.name(*ix, moment)));
    let pairs = (0_u32..).zip(placed).flat_map(|(a, (_, from))| {
        let later = (0_u32..).zip(placed).skip(a as usize + 1);
        later.filter_map(move |(b, (_, to))| Some((a, b, economic_linkage(from, to).ok()?)))
    });
    let ties: Vec<(u32, u32, f64)> = pairs.collect();
    let (parallel, loops) = (ParallelRule::Sum, LoopRule::Drop);
    let network = Network::from_ties(Orientation::Undirected, nodes.collect(), &ties, parallel, loops);
    Ok(network.map_err(StudyError::from)?)
}

pub(super) const ENTRY: [Column; 8] = [
    Column { name: "date", unit: "period of the figures" },
    Column { name: "code", unit: "code at the date" },
    Column { name: "name", unit: "name at the date" },
    Column { name: "member", unit: "yes, no, unknown" },
    Column { name: "meets_rules", unit: "yes, no, unknown (three-valued logic, Kleene 1938)" },
    Column { name: "verdict", unit: "what membership and rules say together" },
    Column { name: "rules", unit: "each rule with the value and whether it is met" },
    Column { name: "near_miss", unit: "rules missed by less than the tolerance" },
];

/// The rules of a body, by id.
fn entry_rules(study: &Study, body: GovernmentIx) -> Result<Vec<EntryRule>, RuleError> {
    let conditions = study.entry_conditions(body).into_iter();
    let rules = conditions.map(|condition| {
        let comparison = match condition.operator.as_str() {
            ">" => Comparison::MoreThan,
            "<=" => Comparison::AtMost,
            "<" => Comparison::LessThan,
            _ => Comparison::AtLeast,
        };
        EntryRule::new(condition.attribute, comparison, condition.threshold)
    });
    rules.collect()
}

pub(super) fn entry_report(analysis: &Analysis, moments: &[Moment]) -> Result<Report, ReportError> {
    let study = analysis.study();
    let Some(body) = study.body() else {
        return Err(ReportError::Option {
            measure: "entry-rules",
            option: "a region or body that has entry rules",
            example: "--region yangtze-delta",
        });
    };
    let rules = entry_rules(study, body).map_err(ReportError::Rule)?;
    let mut report = Report::new("Entry rules and members", &ENTRY);
    report.selection = study.selection().echo();
    report.note(format!("{} rules; a missing figure makes a rule unknown, never failed", rules.len()));
    report.note(
        "economic_linkage has no formula and no unit in its source: unknown until units are given (S26)",
    );
    for moment in moments {
        entry_rows(study, body, &rules, *moment, study.subjects().tolerance, &mut report)?;
    }
    Ok(report)
}

fn entry_rows(
    study: &Study,
    body: GovernmentIx,
    rules: &[EntryRule],
    moment: Moment,
    tolerance: f64,
    report: &mut Report,
) -> Result<(), ReportError> {
    for (government, member) in study.candidates(body, moment) {
        let admission = admit(rules, |attribute| study.figure(government, attribute, moment));
        // Without any figure there is nothing to hold against the rules, and nothing to tell.
        let is_member = study.as_of(moment).admits(member);
        if !is_member.is_included() && admission.checks.iter().all(|check| check.value.is_none()) {
            continue;
        }
        let near = admission.near_misses(tolerance).map_err(ReportError::Rule)?;
        let near: Vec<&str> = near.iter().map(|check| check.rule.attribute()).collect();
        report.push(vec![
            moment.to_string().into(),
            study.code(government, moment).into(),
            study.name(government, moment).into(),
            member.to_string().into(),
            admission.truth.to_string().into(),
            verdict(is_member, admission.truth).into(),
            checks_text(&admission).into(),
            near.into_iter().collect(),
        ]);
    }
    Ok(())
}

fn verdict(member: Inclusion, meets: Truth) -> &'static str {
    match (member, meets) {
        (Inclusion::Included, Truth::True) => "inside, meets the rules",
        (Inclusion::Included, Truth::False) => "inside, does not meet the rules",
        (Inclusion::Included, Truth::Unknown) => "inside, rules unknown",
        (Inclusion::Excluded, Truth::True) => "outside, meets the rules",
        (Inclusion::Excluded, Truth::False) => "outside, does not meet the rules",
        (Inclusion::Excluded, Truth::Unknown) => "outside, rules unknown",
        (Inclusion::Uncertain, _) => "membership unknown",
    }
}

fn checks_text(admission: &Admission) -> String {
    let texts: Vec<String> = admission
        .checks
        .iter()
        .map(|check| match check.value {
            Some(value) => format!("{} {value}: {}", check.rule.attribute(), check.truth),
            None => format!("{}: unknown", check.rule.attribute()),
        })
        .collect();
    texts.join("; ")
}
