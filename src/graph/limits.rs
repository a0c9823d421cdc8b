//! How much an element, a chunk and a record may hold: every writer and every reader takes its number from here.
//!
//! **What a commit takes** is bounded by [`ELEMENT_BYTES`], [`LIST_ITEMS`], [`LIST_DEPTH`], [`ATTESTATIONS`],
//! [`LABELS`] and [`NAMES_BYTES`], and by nothing else. The rest follows from them:
//!
//! - *A chunk of one element* can always be written and read. What an element holds under one key takes at most
//!   [`ELEMENT_BYTES`] unpacked, below `RECORD_BYTES`, beyond which no block of values is written. A writer cuts
//!   chunks of several elements until each holds at most `CHUNK_RAW_BYTES` unpacked, `CHUNK_BYTES` packed,
//!   `CHUNK_ITEMS` items of lists and as many attestations, or is a chunk of one element.
//! - *A record of the log* takes at most `LOG_RECORD_BYTES`; a larger change goes to chunks at once. *An entry of
//!   the journal* leaves out what elements were before beyond `FORMER_BYTES`, and takes at most `ENTRY_BYTES`; a
//!   block of entries is closed from `BLOCK_BYTES` on, so that it stays below `RECORD_BYTES`.
//! - *A line of a dump* has at most eight bytes for each byte that counts for [`ELEMENT_BYTES`]; so has the header for
//!   each byte of all names. The longest line that is read
//!   is therefore `LINE_BYTES`.
//!
//! Readers take more than writers make: stores of earlier programs, which did not cut by what a chunk holds
//! unpacked, stay readable. Of packed bytes a reader believes at most `UNPACKED_PER_BYTE` for one, of items that
//! take no bytes at most `READ_ITEMS`.

use super::{
    Catalogue, EdgeId, EdgeRecord, KeyId, LabelId, NewEdge, NewNode, NodeId, NodeRecord, Properties,
    Property, Spell, Subject,
};
use crate::value::{Bound, Date, Validity, Value};

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

/// The most bytes of one element: of its record in the log, and of the names of its labels or type and of its keys,
/// each time it uses one.
pub const ELEMENT_BYTES: usize = 64 * MIB;
/// The most items of one list.
pub const LIST_ITEMS: usize = 1 << 24;
/// How deep lists may lie in lists: a dump is JSON, whose readers stop at 128 levels, of which a line takes 7.
pub const LIST_DEPTH: usize = 120;
/// The most dates on which one element, or one spell, may be attested.
pub const ATTESTATIONS: usize = 1 << 20;
/// The most labels of one node.
pub const LABELS: usize = 1 << 16;
/// The most that all labels, edge types and keys may take together.
pub const NAMES_BYTES: usize = ELEMENT_BYTES;

/// The longest line of a dump.
pub(crate) const LINE_BYTES: u64 = 8 * ELEMENT_BYTES as u64;

/// The greatest record, unpacked: what a damaged length may make a reader allocate.
pub(crate) const RECORD_BYTES: usize = 66 * MIB;
/// A record of the log beyond this goes to the chunks at once.
pub(crate) const LOG_RECORD_BYTES: usize = 8 * MIB;
/// Beyond this an entry of the journal keeps only which elements changed, not what they were.
pub(crate) const FORMER_BYTES: usize = 8 * MIB;
/// The greatest entry of the journal.
pub(crate) const ENTRY_BYTES: usize = 64 * MIB;
/// A block of journal entries is closed once it holds this many bytes, unpacked.
pub(crate) const BLOCK_BYTES: usize = 512 * KIB;

/// The most rows of a chunk.
pub(crate) const CHUNK_ROWS: usize = 1 << 16;
/// Packed bytes from which a chunk is cut in two, where it has two rows.
pub(crate) const CHUNK_BYTES: usize = 512 * KIB;
/// Unpacked bytes from which a chunk is cut, likewise.
pub(crate) const CHUNK_RAW_BYTES: usize = 16 * MIB;
/// Items of lists, and attestations, from which a chunk is cut, likewise.
pub(crate) const CHUNK_ITEMS: usize = 1 << 22;

/// LZ4 makes at most 255 bytes of one: a longer match takes a byte more for each.
pub(crate) const UNPACKED_PER_BYTE: usize = 255;
/// The greatest block of texts that a reader takes: ends are numbers of four bytes.
pub(crate) const READ_BYTES: usize = u32::MAX as usize;
/// Items of lists, and attestations, of one chunk that a reader takes, for those that are all the same take no bytes
/// there. An earlier program put 256 nodes or 1,024 edges into a chunk whatever they held: 4,194,304 or 1,048,576
/// items each, which had taken 24 GiB of memory before they came there.
pub(crate) const READ_ITEMS: usize = 1 << 30;

const _: () = assert!(ELEMENT_BYTES <= ENTRY_BYTES && ENTRY_BYTES + BLOCK_BYTES + MIB <= RECORD_BYTES);
const _: () = assert!(LOG_RECORD_BYTES <= RECORD_BYTES && FORMER_BYTES <= ENTRY_BYTES);
const _: () = assert!(CHUNK_ITEMS <= READ_ITEMS && CHUNK_RAW_BYTES <= ELEMENT_BYTES);
const _: () = assert!(LABELS <= CHUNK_ROWS);

/// More than an element or a graph may hold; nothing was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LimitError {
    /// The element takes too many bytes.
    #[error(
        "{} takes {bytes} bytes, {of_key} of them under “{key}”; an element may take at most {ELEMENT_BYTES}: \
         store less in it, or spread it over several", told(.subject)
    )]
    Element {
        /// The element.
        subject: Subject,
        /// Its bytes.
        bytes: usize,
        /// The key under which the most of them are.
        key: String,
        /// So many.
        of_key: usize,
    },
    /// A list has too many items.
    #[error(
        "“{key}” of {} has a list of {items} items; a list may have at most {LIST_ITEMS}: \
         spread it over several keys or elements", told(.subject)
    )]
    Items {
        /// The element.
        subject: Subject,
        /// The key.
        key: String,
        /// The items of the list.
        items: usize,
    },
    /// Lists lie too deep in lists.
    #[error(
        "“{key}” of {} holds lists more than {LIST_DEPTH} deep in lists; make it flatter", told(.subject)
    )]
    Depth {
        /// The element.
        subject: Subject,
        /// The key.
        key: String,
    },
    /// The element, or a value of it, is attested too often.
    #[error(
        "{}{} is attested on {dates} dates; at most {ATTESTATIONS} are kept: \
         leave some out, or state a start and an end",
        key.as_ref().map(|key| format!("“{key}” of ")).unwrap_or_default(), told(.subject)
    )]
    Attestations {
        /// The element.
        subject: Subject,
        /// The key, where it is a value under it.
        key: Option<String>,
        /// How many.
        dates: usize,
    },
    /// The node has too many labels.
    #[error("{} has {labels} labels; a node may have at most {LABELS}: name each once", told(.subject))]
    Labels {
        /// The node.
        subject: Subject,
        /// How many.
        labels: usize,
    },
    /// The names of the graph take too many bytes.
    #[error(
        "all labels, edge types and keys take {bytes} bytes; they may take at most {NAMES_BYTES}: \
         use fewer or shorter names"
    )]
    Names {
        /// Their bytes.
        bytes: usize,
    },
}

/// An element, for a message.
pub(super) fn told(subject: &Subject) -> String {
    match subject {
        Subject::Node(id) => format!("node {id}"),
        Subject::Edge(id) => format!("edge {id}"),
    }
}

/// What is counted for the numbers, ends and punctuation of an element itself.
const ELEMENT_ITSELF: usize = 16;

/// Bytes of a number as records have it.
fn number_bytes(number: u64) -> usize {
    match number {
        0..=250 => 1,
        251..=0xffff => 3,
        0x1_0000..=0xffff_ffff => 5,
        _ => 9,
    }
}

/// Bytes of a signed number: small ones of either sign take little.
fn signed_bytes(number: i64) -> usize {
    number_bytes(((number << 1) ^ (number >> 63)).cast_unsigned())
}

fn date_bytes(date: Date) -> usize {
    signed_bytes(i64::from(date.first_day().number())) + 1
}

fn bound_bytes(bound: Bound) -> usize {
    match bound {
        Bound::Unknown | Bound::Open => 1,
        Bound::Known(date) => 1 + date_bytes(date),
    }
}

fn validity_bytes(validity: &Validity) -> usize {
    let attested = validity.attested.iter().map(|date| date_bytes(*date));
    bound_bytes(validity.from)
        + bound_bytes(validity.to)
        + number_bytes(validity.attested.len() as u64)
        + attested.sum::<usize>()
}

fn value_bytes(value: &Value) -> usize {
    1 + match value {
        Value::Boolean(_) => 1,
        Value::Integer(number) => signed_bytes(*number),
        Value::Float(_) => size_of::<f64>(),
        Value::Text(text) => number_bytes(text.len() as u64) + text.len(),
        Value::Date(date) => date_bytes(*date),
        Value::List(items) => number_bytes(items.len() as u64) + items.iter().map(value_bytes).sum::<usize>(),
    }
}

fn key_bytes(key: KeyId) -> usize {
    number_bytes(u64::from(key.get()))
}

fn spell_bytes(spell: &Spell, named: &impl Fn(KeyId) -> usize) -> usize {
    let qualifiers = spell.qualifiers.iter();
    validity_bytes(&spell.validity)
        + value_bytes(&spell.value)
        + number_bytes(spell.qualifiers.len() as u64)
        + qualifiers.map(|(key, value)| key_bytes(*key) + named(*key) + value_bytes(value)).sum::<usize>()
}

fn held_bytes(property: &Property, named: &impl Fn(KeyId) -> usize) -> usize {
    1 + match property {
        Property::Fixed(value) => value_bytes(value),
        Property::Dated(spells) => {
            let each = spells.iter().map(|spell| spell_bytes(spell, named));
            number_bytes(spells.len() as u64) + each.sum::<usize>()
        }
    }
}

/// The bytes of a property in a record, and in a block of values of a chunk.
pub(crate) fn property_bytes(property: &Property) -> usize {
    held_bytes(property, &|_| 0)
}

fn labels_bytes(labels: &[LabelId], catalogue: &Catalogue) -> usize {
    labels.iter().map(|label| number_bytes(u64::from(label.get())) + catalogue.label_name(*label).len()).sum()
}

/// An element on its way into the graph.
#[derive(Clone, Copy)]
pub(crate) struct Measured<'a> {
    pub(crate) subject: Subject,
    pub(crate) validity: &'a Validity,
    pub(crate) properties: &'a Properties,
    /// How many labels it has, and the bytes of their names or of that of its type.
    pub(crate) labels: (usize, usize),
}

impl<'a> Measured<'a> {
    /// A node.
    pub(crate) fn node(node: &'a NodeRecord, catalogue: &Catalogue) -> Self {
        Self {
            subject: Subject::Node(node.id),
            validity: &node.validity,
            properties: &node.properties,
            labels: (node.labels.len(), labels_bytes(&node.labels, catalogue)),
        }
    }

    /// An edge.
    pub(crate) fn edge(edge: &'a EdgeRecord, catalogue: &Catalogue) -> Self {
        Self {
            subject: Subject::Edge(edge.id),
            validity: &edge.validity,
            properties: &edge.properties,
            labels: (0, catalogue.type_name(edge.edge_type).len()),
        }
    }

    /// A node that gets this id in a bulk load.
    pub(crate) fn new_node(id: NodeId, node: &'a NewNode, catalogue: &Catalogue) -> Self {
        Self {
            subject: Subject::Node(id),
            validity: &node.validity,
            properties: &node.properties,
            labels: (node.labels.len(), labels_bytes(&node.labels, catalogue)),
        }
    }

    /// An edge of a bulk load; until its id is known it is called by its place in the order of arrival.
    pub(crate) fn new_edge(place: EdgeId, edge: &'a NewEdge, catalogue: &Catalogue) -> Self {
        Self {
            subject: Subject::Edge(place),
            validity: &edge.validity,
            properties: &edge.properties,
            labels: (0, catalogue.type_name(edge.edge_type).len()),
        }
    }

    /// The bytes of the element, names included.
    pub(crate) fn bytes(self, catalogue: &Catalogue) -> usize {
        let named = |key: KeyId| catalogue.key_name(key).len();
        let held = self.properties.iter();
        ELEMENT_ITSELF
            + self.labels.1
            + validity_bytes(self.validity)
            + held.map(|(key, held)| key_bytes(key) + named(key) + held_bytes(held, &named)).sum::<usize>()
    }

    /// Its bytes, where a commit takes it.
    pub(crate) fn check(self, catalogue: &Catalogue) -> Result<usize, LimitError> {
        let subject = self.subject;
        if self.labels.0 > LABELS {
            return Err(LimitError::Labels { subject, labels: self.labels.0 });
        }
        if self.validity.attested.len() > ATTESTATIONS {
            return Err(LimitError::Attestations { subject, key: None, dates: self.validity.attested.len() });
        }
        // Deep lists first: the bytes are counted by a walk into them.
        for (key, property) in self.properties.iter() {
            check_lists(property).map_err(|fault| fault.at(subject, catalogue.key_name(key)))?;
        }
        let bytes = self.bytes(catalogue);
        if bytes <= ELEMENT_BYTES {
            return Ok(bytes);
        }
        let held = self.properties.iter().map(|(key, held)| (property_bytes(held), catalogue.key_name(key)));
        let (of_key, key) = held.max().unwrap_or_default();
        Err(LimitError::Element { subject, bytes, key: key.to_owned(), of_key })
    }
}

/// What is wrong with a value, before it is said of which element.
enum ListFault {
    Items(usize),
    Depth,
    Attestations(usize),
}

impl ListFault {
    fn at(self, subject: Subject, key: &str) -> LimitError {
        let key = key.to_owned();
        match self {
            Self::Items(items) => LimitError::Items { subject, key, items },
            Self::Depth => LimitError::Depth { subject, key },
            Self::Attestations(dates) => LimitError::Attestations { subject, key: Some(key), dates },
        }
    }
}

fn check_lists(property: &Property) -> Result<(), ListFault> {
    for spell in property.spells() {
        if spell.validity.attested.len() > ATTESTATIONS {
            return Err(ListFault::Attestations(spell.validity.attested.len()));
        }
        spell.qualifiers.iter().try_for_each(|(_, value)| check_list(value, 0))?;
    }
    property.values().try_for_each(|value| check_list(value, 0))
}

fn check_list(value: &Value, depth: usize) -> Result<(), ListFault> {
    let Value::List(items) = value else { return Ok(()) };
    if depth >= LIST_DEPTH {
        return Err(ListFault::Depth);
    }
    if items.len() > LIST_ITEMS {
        return Err(ListFault::Items(items.len()));
    }
    items.iter().try_for_each(|item| check_list(item, depth + 1))
}

/// Whether the names of a catalogue may stand.
pub(crate) fn check_names(catalogue: &Catalogue) -> Result<(), LimitError> {
    let bytes = catalogue.bytes();
    if bytes > NAMES_BYTES { Err(LimitError::Names { bytes }) } else { Ok(()) }
}

/// How many rows a chunk has if this many are wished for.
pub(crate) fn rows_of_chunk(wished: usize) -> usize {
    wished.clamp(1, CHUNK_ROWS)
}

/// What rows of a chunk hold: by it a writer cuts before it packs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Weight {
    /// Bytes, unpacked.
    pub(crate) bytes: usize,
    /// Items of lists.
    pub(crate) items: usize,
    pub(crate) attestations: usize,
}

impl Weight {
    /// Whether a chunk of several rows may weigh so much.
    pub(crate) fn fits(self) -> bool {
        self.bytes <= CHUNK_RAW_BYTES && self.items <= CHUNK_ITEMS && self.attestations <= CHUNK_ITEMS
    }
}

impl std::ops::AddAssign for Weight {
    fn add_assign(&mut self, more: Self) {
        self.bytes += more.bytes;
        self.items += more.items;
        self.attestations += more.attestations;
    }
}
