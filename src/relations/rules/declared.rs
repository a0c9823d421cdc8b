//! A direction or form that a file declares is compared with the rule, never trusted (S4, S7, S21).

use crate::relations::vocabulary::{edge, label};
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::str::FromStr;

use super::arrangements::line_above;
use super::fault::{Fault, edge_subject, node_subject};
use super::scope::{CheckScope, edge_text, text};
use crate::graph::{EdgeRef, NodeRef};
use crate::relations::{Direction, Role, Scale, TierSchemes};
use crate::relations::{caption_at, edge_caption};
use crate::value::{Day, Span, Validity};

/// A declared form is not checked with more cooperating rows: every two of them are compared at each commit.
const MOST_PARTIES: usize = 200;

pub(super) fn check(scope: &mut CheckScope<'_>) {
    let types = [edge::COOPERATES_WITH, edge::ASSISTS, edge::PAYS];
    let declare = types.iter().flat_map(|name| scope.with_property(name, "declared_direction"));
    let edges: Vec<EdgeRef<'_>> = declare.map(|(edge, _)| edge).collect();
    let arrangements: Vec<NodeRef<'_>> = scope
        .touched(label::ARRANGEMENT, &[edge::PARTY_TO])
        .into_iter()
        .filter(|node| text(*node, "declared_form").is_some())
        .collect();
    if edges.is_empty() && arrangements.is_empty() {
        return;
    }
    // Schemes of the store's own are read in whole: a declared direction asks for a classification.
    let schemes = scope.schemes();
    for edge in edges {
        direction(scope, &schemes, edge);
    }
    for node in arrangements {
        form(scope, &schemes, node);
    }
}

fn direction(scope: &mut CheckScope<'_>, schemes: &TierSchemes, edge: EdgeRef<'_>) {
    let Some(declared) = edge_text(edge, "declared_direction") else { return };
    let (a, b) = (edge.source(), edge.target());
    let Some(span) = edge.validity().extent().certain() else { return };
    if !(a.has_label(label::GOVERNMENT) && b.has_label(label::GOVERNMENT)) {
        return;
    }
    let derived = directions(scope, schemes, (a, b), span, Scale::Rank);
    let said = |found: &[(Day, Direction)]| found.iter().any(|(_, own)| own.to_string() == declared);
    let Some(&(day, first)) = derived.first() else { return };
    if said(&derived) {
        return;
    }
    let message = format!(
        "{} declares the direction {declared}, but by rank it is {first} on {day}: {} and {}{}",
        edge_caption(edge),
        with_tier(a, Scale::Rank, day),
        with_tier(b, Scale::Rank, day),
        if first == Direction::Vertical { ", one under the other" } else { "" },
    );
    let by_level = said(&directions(scope, schemes, (a, b), span, Scale::Level));
    let (rule, subject) = (rule_of(first), edge_subject(edge));
    if first == Direction::Unclassified {
        let remedy = "record both ranks, so that it can be checked";
        scope.warn(subject, Fault::new(rule, message, remedy).of("declared_direction"));
    } else if by_level {
        let remedy =
            format!("by level it is {declared}: leave the cell empty and ask by level, or correct the cell");
        scope.error(subject, Fault::new(rule, message, remedy).of("declared_direction"));
    } else {
        let remedy = "correct the cell or leave it empty; the direction follows from ranks and hierarchy, or from \
                      levels where one asks by level";
        scope.error(subject, Fault::new(rule, message, remedy).of("declared_direction"));
    }
}

/// The rule by which a direction was found.
fn rule_of(direction: Direction) -> &'static str {
    match direction {
        Direction::Vertical => "S6",
        Direction::Horizontal | Direction::Diagonal | Direction::Unclassified => "S21",
    }
}

fn with_tier(node: NodeRef<'_>, scale: Scale, day: Day) -> String {
    let tier = node.value_at(scale.key(), day).map_or_else(|| "unknown".to_owned(), |tier| tier.to_string());
    format!("{} of {scale} {tier}", caption_at(node, day))
}

/// The directions of a pair within a span, each with the first day on which it was seen.
fn directions(
    scope: &CheckScope<'_>,
    schemes: &TierSchemes,
    (a, b): (NodeRef<'_>, NodeRef<'_>),
    span: Span,
    scale: Scale,
) -> Vec<(Day, Direction)> {
    let lines = [line_above(scope, a.ix()), line_above(scope, b.ix())];
    let mut days: BTreeSet<Day> = lines.iter().flatten().flat_map(|(_, held)| [held.from, held.to]).collect();
    for property in [a.property(scale.key()), b.property(scale.key())].iter().flatten() {
        days.extend(property.spells().iter().flat_map(|spell| {
            let extent = spell.validity.extent();
            [extent.possible.from, extent.possible.to]
        }));
    }
    days.retain(|day| span.contains(*day));
    // A span without a first day is entered on its last one.
    days.insert(if span.from > Day::MIN { span.from } else { span.to.previous().min(Day::today()) });
    let under = |line: &[(crate::graph::NodeIx, Span)], superior: NodeRef<'_>, day: Day| {
        line.iter().any(|(ix, held)| *ix == superior.ix() && held.contains(day))
    };
    let mut found: Vec<(Day, Direction)> = Vec::new();
    for day in days {
        let [above_a, above_b] = &lines;
        let direction = if under(above_a, b, day) || under(above_b, a, day) {
            Direction::Vertical
        } else {
            match compare(schemes, scale, (a, b), day) {
                None => Direction::Unclassified,
                Some(Ordering::Equal) => Direction::Horizontal,
                Some(_) => Direction::Diagonal,
            }
        };
        if !found.iter().any(|(_, own)| *own == direction) {
            found.push((day, direction));
        }
    }
    found
}

fn compare(
    schemes: &TierSchemes,
    scale: Scale,
    (a, b): (NodeRef<'_>, NodeRef<'_>),
    day: Day,
) -> Option<Ordering> {
    let step = |node: NodeRef<'_>| -> Option<(String, String)> {
        let tier = node.property(scale.key())?;
        let tier = tier.at(day)?.as_text()?.to_owned();
        Some((text(node, "scheme")?, tier))
    };
    let (one, other) = (step(a)?, step(b)?);
    schemes.compare(scale, (&one.0, &one.1), (&other.0, &other.1))
}

/// The form of the cooperating pairs that are not vertical (S7).
fn form(scope: &mut CheckScope<'_>, schemes: &TierSchemes, node: NodeRef<'_>) {
    let Some(declared) = text(node, "declared_form") else { return };
    let life = node.validity().extent();
    let parties: Vec<(NodeRef<'_>, Role, Span)> = scope
        .arriving(node, edge::PARTY_TO)
        .into_iter()
        .filter_map(|edge| {
            let role = Role::from_str(edge.value("role")?.as_text()?).ok()?;
            let own = edge.validity();
            // A row without dates takes part whenever the arrangement holds.
            let held =
                if own == Validity::UNKNOWN { life } else { own.extent().intersect(life)? }.certain()?;
            role.cooperates().then(|| (edge.source(), role, held))
        })
        .collect();
    if parties.len() > MOST_PARTIES {
        let message = format!(
            "{} declares the form {declared}, which is not checked: it has more than {MOST_PARTIES} parties",
            crate::relations::caption(node)
        );
        let remedy = "leave the cell empty; the form follows from the pairs";
        scope.warn(node_subject(node), Fault::new("S7", message, remedy).of("declared_form"));
        return;
    }
    let mut seen: BTreeSet<Direction> = BTreeSet::new();
    let mut example: Option<(NodeRef<'_>, NodeRef<'_>, Day, Direction)> = None;
    for (at, (a, role_a, held_a)) in parties.iter().enumerate() {
        for (b, _, held_b) in parties.iter().skip(at + 1).filter(|(_, role, _)| role_a.pairs_with(*role)) {
            let Some(span) = held_a.intersect(*held_b).filter(|_| a.ix() != b.ix()) else { continue };
            for (day, direction) in directions(scope, schemes, (*a, *b), span, Scale::Rank) {
                if seen.insert(direction) && direction.to_string() != declared {
                    example.get_or_insert((*a, *b, day, direction));
                }
            }
        }
    }
    let has = |direction| seen.contains(&direction);
    if seen.is_empty() || has(Direction::Unclassified) {
        return;
    }
    let derived = match (has(Direction::Horizontal), has(Direction::Diagonal)) {
        (true, true) => "multilateral-cross",
        (true, false) => "horizontal",
        (false, true) => "diagonal",
        (false, false) => "vertical-only",
    };
    if derived == declared {
        return;
    }
    let pair = example.map_or_else(String::new, |(a, b, day, direction)| {
        let (a, b) = (with_tier(a, Scale::Rank, day), with_tier(b, Scale::Rank, day));
        format!("; {direction}: {a} and {b} on {day}")
    });
    let message = format!(
        "{} declares the form {declared}, but by rank it is {derived}{pair}",
        crate::relations::caption(node)
    );
    let remedy = "correct the cell or leave it empty; the form follows from the pairs by rank or by level";
    scope.error(node_subject(node), Fault::new("S7", message, remedy).of("declared_form"));
}
