//! Equality, comparison, order and equivalence of values of any type (openCypher, CIP2016-06-14).
//!
//! Equality and comparison are three-valued: null is unknown. Order and equivalence are total: null is null, NaN is
//! NaN, and 1 is 1.0.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use super::Datum;
use crate::value::cmp_mixed;

/// Whether two values are equal; `None` if that is unknown.
pub(in crate::query) fn equals(a: &Datum, b: &Datum) -> Option<bool> {
    match (a, b) {
        (Datum::Null, _) | (_, Datum::Null) => None,
        (Datum::Integer(a), Datum::Float(b)) | (Datum::Float(b), Datum::Integer(a)) => {
            Some(cmp_mixed(*a, *b) == Some(Ordering::Equal))
        }
        (Datum::Float(a), Datum::Float(b)) => Some(a == b),
        (Datum::List(a), Datum::List(b)) => {
            if a.len() != b.len() {
                return Some(false);
            }
            all_equal(a.iter().zip(b.iter()))
        }
        (Datum::Map(a), Datum::Map(b)) => {
            if a.len() != b.len() || !a.keys().eq(b.keys()) {
                return Some(false);
            }
            all_equal(a.values().zip(b.values()))
        }
        (Datum::Temporal(a), Datum::Temporal(b)) => Some(a.is_equal(b)),
        _ => Some(order(a, b) == Ordering::Equal),
    }
}

fn all_equal<'a>(pairs: impl Iterator<Item = (&'a Datum, &'a Datum)>) -> Option<bool> {
    let mut known = true;
    for (a, b) in pairs {
        match equals(a, b) {
            Some(false) => return Some(false),
            Some(true) => {}
            None => known = false,
        }
    }
    known.then_some(true)
}

/// How two values of one comparable type compare; `None` for null, and for types that do not compare.
pub(in crate::query) fn compare(a: &Datum, b: &Datum) -> Option<Ordering> {
    match (a, b) {
        (Datum::Boolean(a), Datum::Boolean(b)) => Some(a.cmp(b)),
        (Datum::Integer(a), Datum::Integer(b)) => Some(a.cmp(b)),
        (Datum::Float(a), Datum::Float(b)) => a.partial_cmp(b),
        (Datum::Integer(a), Datum::Float(b)) => cmp_mixed(*a, *b),
        (Datum::Float(a), Datum::Integer(b)) => cmp_mixed(*b, *a).map(Ordering::reverse),
        (Datum::Text(a), Datum::Text(b)) => Some(a.cmp(b)),
        (Datum::Period(_) | Datum::Temporal(_), Datum::Period(_) | Datum::Temporal(_)) => compare_times(a, b),
        (Datum::List(a), Datum::List(b)) => {
            for (a, b) in a.iter().zip(b.iter()) {
                match compare(a, b) {
                    Some(Ordering::Equal) => {}
                    other => return other,
                }
            }
            Some(a.len().cmp(&b.len()))
        }
        _ => None,
    }
}

fn compare_times(a: &Datum, b: &Datum) -> Option<Ordering> {
    match (a, b) {
        (Datum::Temporal(a), Datum::Temporal(b)) => a.compare(b),
        (Datum::Period(a), Datum::Period(b)) => Some(a.cmp(b)),
        (Datum::Period(a), Datum::Temporal(b)) => Some(i64::from(a.first_day().number()).cmp(&b.date()?)),
        (Datum::Temporal(_), Datum::Period(_)) => compare_times(b, a).map(Ordering::reverse),
        _ => None,
    }
}

/// The place of a type in the order of all values.
fn rank(value: &Datum) -> u8 {
    match value {
        Datum::Map(_) => 0,
        Datum::Node(_) => 1,
        Datum::Edge(_) => 2,
        Datum::List(_) => 3,
        Datum::Path(_) => 4,
        Datum::Temporal(_) | Datum::Period(_) => 5,
        Datum::Duration(_) => 6,
        Datum::Text(_) => 7,
        Datum::Boolean(_) => 8,
        Datum::Integer(_) | Datum::Float(_) => 9,
        Datum::Null => 10,
    }
}

/// The total order of ORDER BY; values that it calls equal are equivalent.
pub(in crate::query) fn order(a: &Datum, b: &Datum) -> Ordering {
    match (a, b) {
        (Datum::Integer(a), Datum::Integer(b)) => a.cmp(b),
        (Datum::Float(a), Datum::Float(b)) => a.partial_cmp(b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan())),
        (Datum::Integer(a), Datum::Float(b)) => cmp_mixed(*a, *b).unwrap_or(Ordering::Less),
        (Datum::Float(a), Datum::Integer(b)) => {
            cmp_mixed(*b, *a).map_or(Ordering::Greater, Ordering::reverse)
        }
        (Datum::Boolean(a), Datum::Boolean(b)) => a.cmp(b),
        (Datum::Text(a), Datum::Text(b)) => a.cmp(b),
        (Datum::Node(a), Datum::Node(b)) => a.cmp(b),
        (Datum::Edge(a), Datum::Edge(b)) => a.cmp(b),
        (Datum::Path(a), Datum::Path(b)) => a.cmp(b),
        (Datum::Duration(a), Datum::Duration(b)) => a.order(b),
        (Datum::Temporal(a), Datum::Temporal(b)) => a.order(b),
        (Datum::Period(a), Datum::Period(b)) => a.cmp(b),
        (Datum::Period(_), Datum::Temporal(_)) => {
            compare_times(a, b).unwrap_or(Ordering::Greater).then(Ordering::Less)
        }
        (Datum::Temporal(_), Datum::Period(_)) => order(b, a).reverse(),
        (Datum::List(a), Datum::List(b)) => order_all(a.iter().zip(b.iter())).then(a.len().cmp(&b.len())),
        (Datum::Map(a), Datum::Map(b)) => {
            let keys = a.keys().cmp(b.keys());
            a.len().cmp(&b.len()).then(keys).then_with(|| order_all(a.values().zip(b.values())))
        }
        _ => rank(a).cmp(&rank(b)),
    }
}

fn order_all<'a>(mut pairs: impl Iterator<Item = (&'a Datum, &'a Datum)>) -> Ordering {
    pairs.find_map(|(a, b)| Some(order(a, b)).filter(|order| order.is_ne())).unwrap_or(Ordering::Equal)
}

/// A value as a key of groups: equal where equivalent.
#[derive(Clone, Debug)]
pub(in crate::query) struct GroupKey(pub(in crate::query) Datum);

impl PartialEq for GroupKey {
    fn eq(&self, other: &Self) -> bool {
        order(&self.0, &other.0) == Ordering::Equal
    }
}

impl Eq for GroupKey {}

impl Hash for GroupKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash(&self.0, state);
    }
}

fn hash<H: Hasher>(value: &Datum, state: &mut H) {
    rank(value).hash(state);
    match value {
        Datum::Null => {}
        Datum::Boolean(truth) => truth.hash(state),
        // Numbers that are equal round to the same double.
        Datum::Integer(number) => (*number as f64).to_bits().hash(state),
        Datum::Float(number) if number.is_nan() => f64::NAN.to_bits().hash(state),
        // Minus zero is zero.
        Datum::Float(number) => (number + 0.0).to_bits().hash(state),
        Datum::Text(text) => text.hash(state),
        Datum::Period(date) => date.first_day().number().hash(state),
        Datum::Temporal(value) => value.hash_into(state),
        Datum::Duration(value) => value.hash_into(state),
        Datum::List(items) => items.iter().for_each(|item| hash(item, state)),
        Datum::Map(entries) => entries.iter().for_each(|(key, value)| {
            key.hash(state);
            hash(value, state);
        }),
        Datum::Node(node) => node.hash(state),
        Datum::Edge(edge) => edge.hash(state),
        Datum::Path(path) => path.hash(state),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::hash_map::DefaultHasher;

    use proptest::prelude::*;

    use super::*;

    fn values() -> impl Strategy<Value = Datum> {
        let leaf = prop_oneof![
            Just(Datum::Null),
            any::<bool>().prop_map(Datum::Boolean),
            (-3_i64..3).prop_map(Datum::Integer),
            prop::sample::select(vec![i64::MAX, i64::MIN, 1 << 53, (1 << 53) + 1]).prop_map(Datum::Integer),
            prop::sample::select(vec![
                -0.0,
                0.0,
                1.0,
                1.5,
                f64::NAN,
                f64::INFINITY,
                9_007_199_254_740_992.0,
                9.3e18
            ])
            .prop_map(Datum::Float),
            "[ab]{0,2}".prop_map(|text| Datum::text(&text)),
        ];
        leaf.prop_recursive(2, 8, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Datum::list),
                prop::collection::btree_map("[ab]", inner, 0..3)
                    .prop_map(|map| Datum::map(map.iter().map(|(key, value)| (key.as_str(), value.clone())))),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_order_is_total_and_agrees_with_equality_comparison_and_hashes(
            a in values(), b in values(), c in values()
        ) {
            prop_assert_eq!(order(&a, &b), order(&b, &a).reverse());
            prop_assert_eq!(order(&a, &a), Ordering::Equal);
            if order(&a, &b).is_le() && order(&b, &c).is_le() {
                prop_assert!(order(&a, &c).is_le());
            }
            if equals(&a, &b) == Some(true) {
                prop_assert_eq!(order(&a, &b), Ordering::Equal);
            }
            if let Some(found) = compare(&a, &b) {
                prop_assert_eq!(found, order(&a, &b));
            }
            if order(&a, &b) == Ordering::Equal {
                let hashed = |value: &Datum| {
                    let mut hasher = DefaultHasher::new();
                    GroupKey(value.clone()).hash(&mut hasher);
                    hasher.finish()
                };
                prop_assert_eq!(hashed(&a), hashed(&b));
            }
        }
    }
}
