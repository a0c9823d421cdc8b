//! Which ties a selection asks for, whatever the date.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Selection;
use crate::graph::NodeIx;
use crate::relations::{Basis, Direction, Mechanism, TieTable};

/// What a selection says of a tie without regard to its dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Eligibility {
    /// It counts where it holds.
    Wanted,
    /// It belongs to the arrangement that defines the region's membership (S25).
    Defining,
    /// It belongs to an arrangement that is to be left out (S33).
    Without,
    /// Its confidence is below the least that is asked for.
    Unsure,
    /// It is of another direction, domain or mechanism.
    Filtered,
}

/// The eligibility of each tie of a table, and the plans among their arrangements.
#[derive(Clone, Debug)]
pub(super) struct Eligible {
    rows: Vec<Eligibility>,
    /// Arrangements that are plans, where plans over all are to be left out; sorted.
    plans: Vec<NodeIx>,
}

impl Eligible {
    pub(super) fn of(
        table: &TieTable,
        selection: &Selection,
        defining: &BTreeSet<NodeIx>,
        without: &BTreeSet<NodeIx>,
    ) -> Self {
        let (columns, attributes) = (table.columns(), table.attributes());
        let is_asked = |word: &Arc<str>, wanted: &[String]| wanted.iter().any(|own| **own == **word);
        let mechanisms: Vec<bool> = attributes
            .mechanisms()
            .iter()
            .map(|word| selection.mechanisms.is_empty() || is_asked(word, &selection.mechanisms))
            .collect();
        let domains: Vec<bool> = attributes
            .domain_lists()
            .iter()
            .map(|list| {
                selection.domains.is_empty() || list.iter().any(|word| is_asked(word, &selection.domains))
            })
            .collect();
        let schema = table.snapshot().catalogue().schema();
        let sure: Vec<bool> = attributes
            .confidences()
            .iter()
            .map(|step| {
                let stated = Some(&**step).filter(|step| !step.is_empty());
                schema.is_sure_enough(stated, selection.min_confidence.as_deref())
            })
            .collect();
        let of_row = |row: usize| {
            let in_defining = || attributes.arrangement(row).is_some_and(|ix| defining.contains(&ix));
            if !selection.include_defining && !defining.is_empty() && in_defining() {
                Eligibility::Defining
            } else if !without.is_empty()
                && attributes.arrangement(row).is_some_and(|ix| without.contains(&ix))
            {
                Eligibility::Without
            } else if !sure[attributes.confidence(row) as usize] {
                Eligibility::Unsure
            } else if mechanisms[attributes.mechanism(row) as usize]
                && domains[attributes.domains(row) as usize]
                && wants(selection, columns.directions()[row], columns.bases()[row])
            {
                Eligibility::Wanted
            } else {
                Eligibility::Filtered
            }
        };
        Self { rows: (0..columns.len()).map(of_row).collect(), plans: plans(table, selection) }
    }

    pub(super) fn of_row(&self, row: usize) -> Eligibility {
        self.rows.get(row).copied().unwrap_or(Eligibility::Filtered)
    }

    /// The plans of which it must be asked whether they are laid over all.
    pub(super) fn plans(&self) -> &[NodeIx] {
        &self.plans
    }
}

/// Whether a direction is asked for; direct subordination is only where it is included (S6).
fn wants(selection: &Selection, direction: Direction, basis: Basis) -> bool {
    match basis {
        Basis::Subordination(_) => selection.include_subordination,
        _ => {
            selection.directions.contains(&direction)
                || (direction == Direction::Vertical && selection.include_subordination)
        }
    }
}

/// The arrangements that are plans; none where plans are asked for.
fn plans(table: &TieTable, selection: &Selection) -> Vec<NodeIx> {
    let plan = Mechanism::Plan.to_string();
    if selection.include_plans || selection.mechanisms.contains(&plan) {
        return Vec::new();
    }
    let attributes = table.attributes();
    let Some(number) = (0_u32..).zip(attributes.mechanisms()).find(|(_, word)| ***word == *plan) else {
        return Vec::new();
    };
    let rows = (0..table.columns().len()).filter(|row| attributes.mechanism(*row) == number.0);
    let plans: BTreeSet<NodeIx> = rows.filter_map(|row| attributes.arrangement(row)).collect();
    plans.into_iter().collect()
}
