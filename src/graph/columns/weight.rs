//! What columns hold, unpacked: worked out before they are packed.

use super::data::{ColumnData, TextData};
use super::row_group::RowGroup;
use crate::graph::limits::{Weight, property_bytes};
use crate::graph::{EdgeColumns, NodeColumns, Property};
use crate::value::Value;

impl ColumnData {
    fn weight(&self) -> Weight {
        let bytes = match self {
            Self::Boolean(cells) => cells.len(),
            Self::Integer(cells) => size_of_val(cells.as_slice()),
            Self::Float(cells) => size_of_val(cells.as_slice()),
            Self::Dictionary { codes, dictionary } => {
                size_of_val(codes.as_slice()) + dictionary.iter().map(property_bytes).sum::<usize>()
            }
            Self::TextData(texts) => texts.bytes() + texts.len() * size_of::<u32>(),
            Self::PrefixedInts(texts) => {
                let forms = texts.forms.iter().map(|form| form.prefix.len());
                forms.sum::<usize>() + texts.numbers.len() * size_of::<u32>()
            }
            Self::TextLists(lists) => {
                let items = lists.items.iter().map(|item| item.len());
                items.sum::<usize>() + lists.codes.bytes()
            }
            Self::Any(cells) => cells.iter().map(property_bytes).sum(),
        };
        let items = if let Self::TextLists(lists) = self { lists.codes.items().len() } else { 0 };
        Weight { bytes, items, attestations: 0 }
    }
}

impl RowGroup {
    fn weight(&self) -> Weight {
        let dates = self.attested.dates.items().len();
        let bytes = (2 * self.len() + dates) * size_of::<i32>();
        let mut weight = Weight { bytes, items: 0, attestations: dates };
        self.columns.iter().for_each(|(_, part)| weight += part.cells.weight());
        weight
    }

    /// One row whose texts stand for themselves: in that form they may be as large as an earlier program took them,
    /// and are packed. Forms and dictionaries are for texts that repeat.
    fn plain(mut self) -> Self {
        for (_, part) in &mut self.columns {
            let mut texts = TextData::default();
            if let Some(Property::Fixed(Value::Text(text))) = part.cells.get(0)
                && part.cells.len() == 1
                && texts.push(&text)
            {
                part.cells = ColumnData::TextData(texts);
            }
        }
        self
    }
}

impl NodeColumns {
    /// What the nodes hold.
    pub(crate) fn weight(&self) -> Weight {
        let labels = self.label_sets.iter().map(|set| size_of_val(&**set));
        let bytes = self.ids.len() * (size_of::<u64>() + size_of::<u32>()) + labels.sum::<usize>();
        let mut weight = Weight { bytes, ..Weight::default() };
        weight += self.elements.weight();
        weight
    }

    /// One row, with its texts as they are.
    pub(crate) fn plain(self) -> Self {
        Self { elements: self.elements.plain(), ..self }
    }
}

impl EdgeColumns {
    /// What the edges hold.
    pub(crate) fn weight(&self) -> Weight {
        let bytes = self.ids.len() * (3 * size_of::<u64>() + size_of::<u16>());
        let mut weight = Weight { bytes, ..Weight::default() };
        weight += self.elements.weight();
        weight
    }

    /// One row, with its texts as they are.
    pub(crate) fn plain(self) -> Self {
        Self { elements: self.elements.plain(), ..self }
    }
}
