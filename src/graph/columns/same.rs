//! Whether columns are the same to the last bit: −0.0 is not 0.0 here, and a number that is not one is itself.

use super::data::ColumnData;
use super::row_group::RowGroup;
use crate::graph::{EdgeColumns, NodeColumns, Property};
use crate::value::Value;

fn same_values(one: &Value, other: &Value) -> bool {
    one.total_cmp(other).is_eq()
}

fn same_properties(one: &Property, other: &Property) -> bool {
    match (one, other) {
        (Property::Fixed(one), Property::Fixed(other)) => same_values(one, other),
        (Property::Dated(one), Property::Dated(other)) => {
            one.len() == other.len()
                && one.iter().zip(other.iter()).all(|(one, other)| {
                    let qualifiers = one.qualifiers.iter().zip(&other.qualifiers);
                    one.validity == other.validity
                        && same_values(&one.value, &other.value)
                        && one.qualifiers.len() == other.qualifiers.len()
                        && qualifiers
                            .into_iter()
                            .all(|((key, one), (own, other))| key == own && same_values(one, other))
                })
        }
        _ => false,
    }
}

fn all_same(one: &[Property], other: &[Property]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same_properties(one, other))
}

impl ColumnData {
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Float(one), Self::Float(other)) => {
                one.len() == other.len()
                    && one.iter().zip(other).all(|(one, other)| one.to_bits() == other.to_bits())
            }
            (
                Self::Dictionary { codes, dictionary },
                Self::Dictionary { codes: other_codes, dictionary: other_dictionary },
            ) => codes == other_codes && all_same(dictionary, other_dictionary),
            (Self::Any(one), Self::Any(other)) => all_same(one, other),
            _ => self == other,
        }
    }
}

impl RowGroup {
    fn is_same(&self, other: &Self) -> bool {
        (&self.from, &self.to, &self.attested) == (&other.from, &other.to, &other.attested)
            && self.columns.len() == other.columns.len()
            && self.columns.iter().zip(&other.columns).all(|((key, one), (own, other))| {
                key == own && one.rows == other.rows && one.cells.is_same(&other.cells)
            })
    }
}

impl NodeColumns {
    /// Whether they are the same, floats by their bits.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.ids == other.ids
            && self.labels == other.labels
            && self.label_sets == other.label_sets
            && self.elements.is_same(&other.elements)
    }
}

impl EdgeColumns {
    /// Whether they are the same, floats by their bits.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.sources == other.sources
            && self.types == other.types
            && self.targets == other.targets
            && self.ids == other.ids
            && self.elements.is_same(&other.elements)
    }
}
