//! What each tie that counts gives to the weight of its pair (S32): the one place that says it.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{StudyError, WeightRule};
use crate::graph::NodeIx;
use crate::relations::{Basis, TieTable};
use crate::value::{AsOf, Value};

/// The weight of each of the rows, in their order; 0 for an act inside an arrangement that pairs the two already.
///
/// # Errors
/// [`StudyError::MixedUnits`] where amounts of different units would be added.
pub(super) fn weights(
    table: &TieTable,
    as_of: AsOf,
    rule: &WeightRule,
    rows: &[u32],
) -> Result<Vec<f64>, StudyError> {
    let attributes = table.attributes();
    let mut weights = match rule {
        WeightRule::Newman => newman(table, as_of, rows),
        WeightRule::Count => vec![1.0; rows.len()],
        WeightRule::Sum => rows.iter().map(|row| attributes.weight(*row as usize).unwrap_or(1.0)).collect(),
        WeightRule::Property(key) => of_property(table, key, rows)?,
    };
    for at in repeated(table, as_of, rows) {
        weights[at] = 0.0;
    }
    Ok(weights)
}

/// 1/(k−1) for a tie of an arrangement of k parties; else the weight that the row states, or 1.
fn newman(table: &TieTable, as_of: AsOf, rows: &[u32]) -> Vec<f64> {
    let (bases, attributes) = (table.columns().bases(), table.attributes());
    let mut shares: FxHashMap<NodeIx, f64> = FxHashMap::default();
    let mut share = |arrangement: NodeIx| {
        *shares.entry(arrangement).or_insert_with(|| {
            let others = table.attendance().parties(arrangement, as_of).count().saturating_sub(1);
            1.0 / others.max(1) as f64
        })
    };
    let weight = |row: &u32| {
        let row = *row as usize;
        match bases[row] {
            Basis::Arrangement(arrangement) => share(arrangement),
            _ => match (attributes.weight(row), attributes.arrangement(row)) {
                (Some(own), _) => own,
                (None, Some(arrangement)) => share(arrangement),
                (None, None) => 1.0,
            },
        }
    };
    rows.iter().map(weight).collect()
}

/// A number of each row.
fn of_property(table: &TieTable, key: &str, rows: &[u32]) -> Result<Vec<f64>, StudyError> {
    let mut unit: Option<String> = None;
    let mut weights = Vec::with_capacity(rows.len());
    for tie in rows.iter().filter_map(|row| table.get(*row as usize)) {
        let number = tie.own_value(key).as_ref().and_then(Value::as_number);
        weights.push(number.unwrap_or(0.0));
        if number.is_none() {
            continue;
        }
        let parts = ["resource", "currency", "period"].map(|part| tie.own_value(part));
        let own: Vec<String> = parts.iter().flatten().map(ToString::to_string).collect();
        let own = if own.is_empty() { "no unit".to_owned() } else { own.join(" ") };
        match &unit {
            Some(first) if *first != own => {
                let (key, first) = (key.to_owned(), first.clone());
                return Err(StudyError::MixedUnits { key, first, second: own });
            }
            _ => unit = Some(own),
        }
    }
    Ok(weights)
}

/// Places among the rows of ties that an arrangement ties already: an arrangement counts once a pair. At an instant
/// only acts inside an arrangement can repeat it; in a longer window several spells of one pair can too.
fn repeated(table: &TieTable, as_of: AsOf, rows: &[u32]) -> Vec<usize> {
    let (columns, attributes) = (table.columns(), table.attributes());
    let is_act = |row: usize| !matches!(columns.bases()[row], Basis::Arrangement(_));
    let mut within: FxHashSet<NodeIx> = FxHashSet::default();
    for row in rows.iter().map(|row| *row as usize) {
        if is_act(row) || !as_of.is_instant() {
            within.extend(attributes.arrangement(row));
        }
    }
    if within.is_empty() {
        return Vec::new();
    }
    // The pairs that an arrangement ties either way, and the acts of one towards the other.
    let mut paired: FxHashSet<(NodeIx, NodeIx, NodeIx)> = FxHashSet::default();
    let mut acted: FxHashSet<(NodeIx, NodeIx, NodeIx)> = FxHashSet::default();
    let mut found = Vec::new();
    for acts in [false, true] {
        for (at, row) in rows.iter().map(|row| *row as usize).enumerate() {
            let arrangement = attributes.arrangement(row).filter(|ix| within.contains(ix));
            let Some(arrangement) = arrangement.filter(|_| is_act(row) == acts) else { continue };
            let (source, target) = (columns.sources()[row], columns.targets()[row]);
            let pair = (source.min(target), source.max(target), arrangement);
            let repeats = if acts {
                paired.contains(&pair) || !acted.insert((source, target, arrangement))
            } else {
                !paired.insert(pair)
            };
            if repeats {
                found.push(at);
            }
        }
    }
    found
}
