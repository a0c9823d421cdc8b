//! The cells of one column, in the tightest form that holds them exactly.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::packer::pack;
use super::prefixed::PrefixedInts;
use super::text_lists::TextLists;
use crate::graph::Property;
use crate::graph::read::PropertyRef;
use crate::value::Value;

/// Texts that repeat less than this often are kept one by one, not in a dictionary.
pub(super) const REPEATS: usize = 2;

/// Up to this many values are packed again if another form follows them: the first ones may have been too few to
/// tell.
const FEW: usize = 1 << 16;

/// The cells of the rows that have a value, in row order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ColumnData {
    Boolean(Vec<bool>),
    Integer(Vec<i64>),
    Float(Vec<f64>),
    /// Few distinct properties of any kind; at most 65,536.
    Dictionary {
        codes: Vec<u16>,
        dictionary: Vec<Property>,
    },
    /// Many distinct texts.
    TextData(TextData),
    /// Texts that are a prefix and a number: the usual form of ids.
    PrefixedInts(PrefixedInts),
    /// Lists of texts that differ, of items that repeat.
    TextLists(TextLists),
    Any(Vec<Property>),
}

/// Texts side by side in one string.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct TextData {
    bytes: String,
    /// Where each text ends in `bytes`.
    ends: Vec<u32>,
}

impl TextData {
    /// Adds a text; false where 4 GiB are full.
    pub(crate) fn push(&mut self, text: &str) -> bool {
        let Ok(end) = u32::try_from(self.bytes.len() + text.len()) else { return false };
        self.bytes.push_str(text);
        self.ends.push(end);
        true
    }

    /// Whether this many more bytes fit.
    fn has_room(&self, bytes: usize) -> bool {
        u32::try_from(self.bytes.len() + bytes).is_ok()
    }

    /// Bytes of all texts.
    pub(in crate::graph) fn bytes(&self) -> usize {
        self.bytes.len()
    }

    pub(crate) fn get(&self, at: usize) -> Option<&str> {
        let end = *self.ends.get(at)? as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        self.bytes.get(start..end)
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|at| self.get(at))
    }
}

fn text_of(property: &Property) -> Option<&Arc<str>> {
    if let Property::Fixed(Value::Text(text)) = property { Some(text) } else { None }
}

fn fixed_text(text: &str) -> Property {
    Property::Fixed(Value::Text(text.into()))
}

impl ColumnData {
    /// Properties in the tightest form.
    pub(crate) fn pack(cells: &[Property]) -> Self {
        let cells: Vec<&Property> = cells.iter().collect();
        let Ok(packed) = pack(&cells);
        packed
    }

    /// Texts in the tightest form; `None` beyond 4 GiB.
    pub(super) fn of_texts(cells: &[&str]) -> Option<Self> {
        if let Some(numbered) = PrefixedInts::pack(cells) {
            return Some(Self::PrefixedInts(numbered));
        }
        let most = (cells.len() / REPEATS).max(1);
        let mut known: HashMap<&str, u16> = HashMap::new();
        let mut dictionary: Vec<Property> = Vec::new();
        let codes = cells.iter().map(|text| {
            if let Some(code) = known.get(*text) {
                return Some(*code);
            }
            let next = u16::try_from(dictionary.len()).ok().filter(|next| *next < u16::MAX)?;
            known.insert(*text, next);
            dictionary.push(fixed_text(text));
            (dictionary.len() <= most).then_some(next)
        });
        if let Some(codes) = codes.collect() {
            return Some(Self::Dictionary { codes, dictionary });
        }
        let mut texts = TextData::default();
        cells.iter().all(|text| texts.push(text)).then_some(Self::TextData(texts))
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Boolean(cells) => cells.len(),
            Self::Integer(cells) => cells.len(),
            Self::Float(cells) => cells.len(),
            Self::Dictionary { codes, .. } => codes.len(),
            Self::TextData(texts) => texts.len(),
            Self::PrefixedInts(texts) => texts.numbers.len(),
            Self::TextLists(lists) => lists.len(),
            Self::Any(cells) => cells.len(),
        }
    }

    /// The property at a place, on its own: what it shares with others it goes on sharing.
    pub(crate) fn get(&self, at: usize) -> Option<Property> {
        match self {
            Self::Dictionary { codes, dictionary } => dictionary.get(usize::from(*codes.get(at)?)).cloned(),
            Self::Any(cells) => cells.get(at).cloned(),
            _ => self.get_ref(at).map(PropertyRef::to_property),
        }
    }

    /// Calls `see` with every text of a cell, in whatever spell.
    pub(crate) fn texts_at(&self, at: usize, mut see: impl FnMut(&str)) {
        match self {
            Self::Boolean(_) | Self::Integer(_) | Self::Float(_) | Self::TextLists(_) => {}
            Self::TextData(texts) => texts.get(at).into_iter().for_each(see),
            Self::PrefixedInts(texts) => texts.text(at).iter().for_each(|text| see(&text.to_str())),
            Self::Dictionary { codes, dictionary } => {
                let held = codes.get(at).and_then(|code| dictionary.get(usize::from(*code)));
                held.into_iter().for_each(|property| texts_in(property, &mut see));
            }
            Self::Any(cells) => cells.get(at).into_iter().for_each(|property| texts_in(property, &mut see)),
        }
    }

    /// The cells of a range of positions.
    pub(crate) fn slice(&self, range: Range<usize>) -> Self {
        match self {
            Self::Boolean(cells) => Self::Boolean(cells[range].to_vec()),
            Self::Integer(cells) => Self::Integer(cells[range].to_vec()),
            Self::Float(cells) => Self::Float(cells[range].to_vec()),
            Self::PrefixedInts(texts) => Self::PrefixedInts(texts.slice(range)),
            Self::TextData(texts) => {
                let mut slice = TextData::default();
                for at in range {
                    // A slice is no longer than the whole.
                    texts.get(at).into_iter().for_each(|text| {
                        slice.push(text);
                    });
                }
                Self::TextData(slice)
            }
            Self::TextLists(lists) => Self::TextLists(lists.slice(range)),
            Self::Any(cells) => Self::pack(&cells[range]),
            Self::Dictionary { codes, dictionary } => {
                // Only what the slice uses, in the order of first use.
                let mut own = vec![u16::MAX; dictionary.len()];
                let mut used: Vec<Property> = Vec::new();
                let mut next = 0_u16;
                let codes = codes[range].iter().map(|code| {
                    let place = &mut own[usize::from(*code)];
                    if *place == u16::MAX {
                        *place = next;
                        next = next.wrapping_add(1);
                        used.push(dictionary[usize::from(*code)].clone());
                    }
                    *place
                });
                let codes = codes.collect();
                Self::Dictionary { codes, dictionary: used }
            }
        }
    }
}

fn texts_in(property: &Property, see: &mut impl FnMut(&str)) {
    property.values().filter_map(Value::as_text).for_each(see);
}

/// Gives equal properties equal numbers.
#[derive(Clone, Debug, Default)]
struct Coder {
    dictionary: Vec<Property>,
    texts: HashMap<Arc<str>, u16>,
    others: HashMap<String, u16>,
}

impl Coder {
    fn of(dictionary: Vec<Property>) -> Self {
        let mut coder = Self::default();
        for property in dictionary {
            coder.code(&property);
        }
        coder
    }

    fn len(&self) -> usize {
        self.dictionary.len()
    }

    /// The numbers of cells; `None` if there are too many.
    fn codes(&mut self, cells: &ColumnData) -> Option<Vec<u16>> {
        let ColumnData::Dictionary { codes, dictionary } = cells else {
            return cells.properties().map(|property| self.code(&property)).collect();
        };
        let known: Vec<u16> = dictionary.iter().map(|property| self.code(property)).collect::<Option<_>>()?;
        Some(codes.iter().map(|code| known[usize::from(*code)]).collect())
    }

    /// The number of a property; `None` if all numbers are taken.
    fn code(&mut self, property: &Property) -> Option<u16> {
        // One number less than there are, so that a slice may mark a place as free.
        let next = u16::try_from(self.dictionary.len()).ok().filter(|next| *next < u16::MAX);
        match text_of(property) {
            Some(text) => {
                if let Some(code) = self.texts.get(text) {
                    return Some(*code);
                }
                self.texts.insert(Arc::clone(text), next?);
            }
            None => {
                // The debug form tells -0.0 from 0.0 and every kind of value from every other.
                let form = format!("{property:?}");
                if let Some(code) = self.others.get(&form) {
                    return Some(*code);
                }
                self.others.insert(form, next?);
            }
        }
        self.dictionary.push(property.clone());
        next
    }
}

/// Collects the cells of one column from pieces.
#[derive(Clone, Debug, Default)]
pub(in crate::graph) struct ColumnDataBuilder {
    cells: Option<ColumnData>,
    /// The numbers of the dictionary, once cells are added to it.
    coder: Coder,
}

impl ColumnDataBuilder {
    /// Adds cells behind those that are there; where the forms differ, a wider one takes both.
    pub(in crate::graph) fn extend(&mut self, more: ColumnData) {
        let Some(own) = &mut self.cells else { return self.begin(more) };
        let taken = match (own, &more) {
            (ColumnData::Boolean(own), ColumnData::Boolean(more)) => {
                own.extend(more);
                true
            }
            (ColumnData::Integer(own), ColumnData::Integer(more)) => {
                own.extend(more);
                true
            }
            (ColumnData::Float(own), ColumnData::Float(more)) => {
                own.extend(more);
                true
            }
            (ColumnData::Any(own), more) => {
                own.extend(more.properties());
                true
            }
            (ColumnData::PrefixedInts(own), ColumnData::PrefixedInts(more)) => own.extend(more),
            // Lists that differ so much belong with their items.
            (ColumnData::Dictionary { .. }, ColumnData::TextLists(_)) => false,
            (ColumnData::Dictionary { codes, dictionary }, more) => {
                if self.coder.len() == 0 {
                    self.coder = Coder::of(dictionary.clone());
                }
                let new = self.coder.codes(more);
                new.is_some_and(|new| {
                    dictionary.extend_from_slice(&self.coder.dictionary[dictionary.len()..]);
                    codes.extend(new);
                    true
                })
            }
            (ColumnData::TextLists(own), ColumnData::TextLists(more)) => own.extend(more),
            // A few cells may have taken another form because they were few.
            (ColumnData::TextLists(own), more) => {
                let cells: Vec<Property> = more.properties().collect();
                TextLists::of(&cells).is_some_and(|lists| own.extend(&lists))
            }
            (ColumnData::TextData(own), more) if more.all_texts() && own.has_room(more.text_bytes()) => {
                // There is room, so that every text is taken.
                (0..more.len()).for_each(|at| {
                    more.texts_at(at, |text| {
                        own.push(text);
                    });
                });
                true
            }
            _ => false,
        };
        if !taken {
            self.widen(&more);
        }
    }

    fn begin(&mut self, cells: ColumnData) {
        self.coder = Coder::default();
        self.cells = Some(cells);
    }

    /// Takes cells of another form: texts where all are texts, lists where all are lists of texts, else anything.
    fn widen(&mut self, more: &ColumnData) {
        let own = self.cells.take().unwrap_or(ColumnData::Any(Vec::new()));
        if own.len() + more.len() <= FEW {
            return self
                .begin(ColumnData::pack(&own.properties().chain(more.properties()).collect::<Vec<_>>()));
        }
        self.coder = Coder::default();
        let mut texts = TextData::default();
        let bytes = own.text_bytes() + more.text_bytes();
        self.cells = Some(if own.all_texts() && more.all_texts() && texts.has_room(bytes) {
            for cells in [&own, more] {
                (0..cells.len()).for_each(|at| {
                    cells.texts_at(at, |text| {
                        texts.push(text);
                    });
                });
            }
            ColumnData::TextData(texts)
        } else {
            let all: Vec<Property> = own.properties().chain(more.properties()).collect();
            TextLists::pack(&all).map_or(ColumnData::Any(all), ColumnData::TextLists)
        });
    }

    pub(in crate::graph) fn finish(self) -> ColumnData {
        let mut cells = self.cells.unwrap_or(ColumnData::Any(Vec::new()));
        cells.shrink();
        cells
    }
}

impl ColumnData {
    fn properties(&self) -> impl Iterator<Item = Property> {
        (0..self.len()).filter_map(|at| self.get(at))
    }

    /// Gives back the room that growing has left.
    fn shrink(&mut self) {
        match self {
            Self::Boolean(cells) => cells.shrink_to_fit(),
            Self::Integer(cells) => cells.shrink_to_fit(),
            Self::Float(cells) => cells.shrink_to_fit(),
            Self::Dictionary { codes, .. } => codes.shrink_to_fit(),
            Self::TextData(texts) => {
                texts.bytes.shrink_to_fit();
                texts.ends.shrink_to_fit();
            }
            Self::PrefixedInts(texts) => {
                texts.of.shrink_to_fit();
                texts.numbers.shrink_to_fit();
            }
            Self::TextLists(lists) => lists.shrink(),
            Self::Any(cells) => cells.shrink_to_fit(),
        }
    }

    fn text_bytes(&self) -> usize {
        let mut bytes = 0;
        (0..self.len()).for_each(|at| self.texts_at(at, |text| bytes += text.len()));
        bytes
    }

    /// Whether every cell is one text without dates.
    fn all_texts(&self) -> bool {
        match self {
            Self::TextData(_) | Self::PrefixedInts(_) => true,
            Self::Dictionary { dictionary, .. } => {
                dictionary.iter().all(|property| text_of(property).is_some())
            }
            Self::Any(cells) => cells.iter().all(|property| text_of(property).is_some()),
            Self::Boolean(_) | Self::Integer(_) | Self::Float(_) | Self::TextLists(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> Vec<Property> {
        texts.iter().map(|text| fixed_text(text)).collect()
    }

    fn list(items: &[&str]) -> Property {
        Property::Fixed(Value::texts(items.iter().copied()))
    }

    /// Columns of every form, in pieces of every size: what comes out is what went in, slices included.
    #[test]
    fn whatever_the_pieces_the_cells_are_the_same() {
        let many = |of: &dyn Fn(usize) -> Property| (0..500).map(of).collect::<Vec<Property>>();
        let columns: Vec<Vec<Property>> = vec![
            many(&|n| fixed_text(&format!("t{n:05}"))),
            many(&|n| fixed_text(if n == 250 { "odd" } else { ["s1", "s2"][n % 2] })),
            many(&|n| fixed_text(&"长".repeat(n % 70))),
            many(&|n| list(&[["a", "b", "c"][n % 3], &format!("x{}", n % 40)])),
            many(&|n| if n % 100 == 99 { list(&["only", "once"]) } else { list(&[["a", "b"][n % 2]]) }),
            many(&|n| Property::Fixed(Value::Float([0.0, -0.0, 1.5][n % 3]))),
            many(&|n| Property::Fixed(if n < 300 { Value::Integer(n as i64) } else { Value::Boolean(true) })),
            [texts(&["a1", "a2"]), many(&|n| fixed_text(&format!("b{}", n * 7)))].concat(),
            [many(&|_| list(&["same"])), texts(&["text"])].concat(),
        ];
        for (column, piece) in
            columns.iter().flat_map(|column| [1, 2, 7, 100, 600].map(|piece| (column, piece)))
        {
            let mut builder = ColumnDataBuilder::default();
            column.chunks(piece).for_each(|cells| builder.extend(ColumnData::pack(cells)));
            let cells = builder.finish();
            let form = |properties: &[Property]| format!("{properties:?}");
            assert_eq!(form(&cells.properties().collect::<Vec<_>>()), form(column), "{piece}");
            let range = piece.min(400)..450;
            let slice: Vec<Property> = cells.slice(range.clone()).properties().collect();
            assert_eq!(form(&slice), form(&column[range]), "{piece}");
        }
    }
}
