//! Lists of texts that repeat each other's items: how columns like the domains of a tie lie in memory.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::graph::Property;
use crate::value::{Jagged, Value};

/// From this many different lists on, if their items repeat, items take less room than whole lists.
pub(crate) const MANY_LISTS: usize = 64;

/// Lists of texts, as numbers of their items.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct TextLists {
    /// The items that occur; at most 65,536.
    pub(crate) items: Vec<Arc<str>>,
    /// The numbers of the items of each list.
    pub(crate) codes: Jagged<u16>,
}

impl TextLists {
    /// Lists whose items repeat; `None` if something is not a list of texts, or the items do not repeat.
    pub(in crate::graph) fn pack(cells: &[Property]) -> Option<Self> {
        Self::of(cells).filter(Self::repeats)
    }

    /// Lists of texts, whether or not their items repeat.
    pub(in crate::graph) fn of(cells: &[Property]) -> Option<Self> {
        let mut packer = TextListPacker::default();
        cells.iter().all(|cell| packer.push(list_of(cell))).then_some(packer.lists)
    }

    /// Whether items repeat, so that numbers for them pay.
    fn repeats(&self) -> bool {
        self.items.len() * 2 <= self.codes.items().len()
    }

    pub(crate) fn len(&self) -> usize {
        self.codes.len()
    }

    /// The numbers of the items of a list.
    pub(in crate::graph) fn codes_at(&self, at: usize) -> Option<&[u16]> {
        self.codes.get(at)
    }

    /// Adds lists; false, with nothing added, where the items become too many.
    pub(in crate::graph) fn extend(&mut self, more: &Self) -> bool {
        let mut known: HashMap<&str, u16> =
            (0..).zip(&self.items).map(|(code, item)| (&**item, code)).collect();
        let mut new = Vec::new();
        let mut places = Vec::with_capacity(more.items.len());
        for item in &more.items {
            let Ok(next) = u16::try_from(self.items.len() + new.len()) else { return false };
            let place = *known.entry(item).or_insert(next);
            if place == next {
                new.push(Arc::clone(item));
            }
            places.push(place);
        }
        drop(known);
        if !self.codes.has_room(more.codes.items().len()) {
            return false;
        }
        self.items.extend(new);
        self.codes.extend(more.codes.clone(), |code| places[usize::from(code)]);
        true
    }

    /// A range of the lists, with the items that it uses in the order of first use.
    pub(in crate::graph) fn slice(&self, range: Range<usize>) -> Self {
        let mut slice = Self::default();
        let mut places: Vec<Option<u16>> = vec![None; self.items.len()];
        for at in range {
            for code in self.codes.of(at) {
                let place = &mut places[usize::from(*code)];
                let own = place.unwrap_or_else(|| {
                    slice.items.push(Arc::clone(&self.items[usize::from(*code)]));
                    u16::try_from(slice.items.len() - 1).unwrap_or(u16::MAX)
                });
                *place = Some(own);
                slice.codes.push_item(own);
            }
            slice.codes.end_list();
        }
        slice
    }

    pub(in crate::graph) fn shrink(&mut self) {
        self.codes.shrink_to_fit();
    }
}

/// The items of a list of texts.
fn list_of(cell: &Property) -> Option<impl Iterator<Item = Option<&str>>> {
    match cell {
        Property::Fixed(Value::List(items)) => Some(items.iter().map(Value::as_text)),
        Property::Fixed(_) | Property::Dated(_) => None,
    }
}

/// Collects lists of texts.
#[derive(Default)]
pub(crate) struct TextListPacker<'a> {
    known: HashMap<&'a str, u16>,
    lists: TextLists,
}

impl<'a> TextListPacker<'a> {
    /// Adds a list; false where it is none, holds something else than texts, or has one item too many.
    pub(crate) fn push(&mut self, items: Option<impl Iterator<Item = Option<&'a str>>>) -> bool {
        let Some(items) = items else { return false };
        for item in items {
            let Some(item) = item else { return false };
            let Ok(next) = u16::try_from(self.known.len()) else { return false };
            let code = *self.known.entry(item).or_insert(next);
            if code == next {
                self.lists.items.push(item.into());
            }
            self.lists.codes.push_item(code);
        }
        self.lists.codes.end_list()
    }

    /// The lists, where their items repeat.
    pub(crate) fn finish(self) -> Option<TextLists> {
        Some(self.lists).filter(TextLists::repeats)
    }
}
