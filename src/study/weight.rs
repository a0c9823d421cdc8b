//! What each tie that counts gives to the weight of its pair (S32): the one place that says it.

use rustc_hash::{FxHashMap, FxHashSet};

use super::counted::Parties;
use super::{Counted, StudyError, WeightRule};
use crate::graph::NodeIx;
use crate::relations::{Basis, TieTable};
use crate::value::Value;

/// The weight of each of the rows that count, in their order; 0 for what an arrangement or row gives the pair already.
///
/// # Errors
/// [`StudyError::MixedUnits`] where amounts of different units would be added.
pub(super) fn weights(
    parties: &Parties<'_>,
    rule: &WeightRule,
    counted: &Counted,
) -> Result<Vec<f64>, StudyError> {
    let (table, rows) = (parties.ties, counted.rows.as_slice());
    let attributes = table.attributes();
    let mut weights = match rule {
        WeightRule::Newman => newman(parties, rows),
        WeightRule::Count => vec![1.0; rows.len()],
        WeightRule::Sum => rows.iter().map(|row| attributes.weight(*row as usize).unwrap_or(1.0)).collect(),
        WeightRule::Property(key) => of_property(table, key, rows)?,
    };
    for at in repeated(table, counted) {
        weights[at] = 0.0;
    }
    Ok(weights)
}

/// 1/(k−1) for a tie of an arrangement of k parties; else the weight that the row states, or 1.
fn newman(parties: &Parties<'_>, rows: &[u32]) -> Vec<f64> {
    let (bases, attributes) = (parties.ties.columns().bases(), parties.ties.attributes());
    let mut shares: FxHashMap<NodeIx, f64> = FxHashMap::default();
    let mut share = |arrangement: NodeIx| {
        *shares.entry(arrangement).or_insert_with(|| {
            let others = parties.of(arrangement).len().saturating_sub(1);
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

/// Places among the rows of further spells of one basis and pair: several count at once in a longer window, where their
/// dates are not known, and where governments count as one.
fn further_spells(counted: &Counted) -> Vec<usize> {
    let bases = counted.ties.columns().bases();
    let basis = |at: usize| counted.rows.get(at).and_then(|row| bases.get(*row as usize)).copied();
    if counted.lifted.is_some() {
        let mut seen = FxHashSet::default();
        let places = 0..counted.rows.len();
        return places.filter(|at| !seen.insert((counted.ends(*at), basis(*at)))).collect();
    }
    // Rows of one pair follow each other.
    let (mut found, mut first) = (Vec::new(), 0);
    let mut seen: FxHashSet<Option<Basis>> = FxHashSet::default();
    while first < counted.rows.len() {
        let pair = counted.ends(first);
        let mut next = first + 1;
        while next < counted.rows.len() && counted.ends(next) == pair {
            next += 1;
        }
        if next - first > 1 {
            seen.clear();
            found.extend((first..next).filter(|at| !seen.insert(basis(*at))));
        }
        first = next;
    }
    found
}

/// Places among the rows of ties that another row ties already: a basis counts once a pair, and so does an arrangement
/// with the acts inside it.
fn repeated(table: &TieTable, counted: &Counted) -> Vec<usize> {
    let (columns, attributes, rows) = (table.columns(), table.attributes(), counted.rows.as_slice());
    let is_act = |row: usize| !matches!(columns.bases()[row], Basis::Arrangement(_));
    let mut within: FxHashSet<NodeIx> = FxHashSet::default();
    let mut found = further_spells(counted);
    for row in rows.iter().map(|row| *row as usize).filter(|row| is_act(*row)) {
        within.extend(attributes.arrangement(row));
    }
    if within.is_empty() {
        return found;
    }
    // The pairs that an arrangement ties either way, and the acts of one towards the other.
    let mut paired: FxHashSet<(NodeIx, NodeIx, NodeIx)> = FxHashSet::default();
    let mut acted: FxHashSet<(NodeIx, NodeIx, NodeIx)> = FxHashSet::default();
    for acts in [false, true] {
        for (at, row) in rows.iter().map(|row| *row as usize).enumerate() {
            let arrangement = attributes.arrangement(row).filter(|ix| within.contains(ix));
            let Some(arrangement) = arrangement.filter(|_| is_act(row) == acts) else { continue };
            let Some((source, target)) = counted.ends(at) else { continue };
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
