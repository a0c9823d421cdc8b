//! Which texts a node is found by, and the chunks of hashes that lead from a text to nodes. Version 1.

use std::collections::BTreeSet;

use super::codec::{In, Out};
use crate::graph::{Catalogue, KeyId, LabelId, Properties};
use crate::store::engine::envelope::Flaw;
use crate::value::{Value, fold, text_hash};

/// The key under which every node has its own text.
const ID: &str = "id";

/// Hash and node, sorted.
pub(in crate::store) type Entry = (u32, u64);

/// What the schema wants nodes to be found by: their ids, the texts of searched properties, listed labels.
///
/// Texts are folded (S24); of a text with a colon the part behind it counts too, so that a code is found
/// without its scheme. What is found by hash is a candidate: the reader compares texts.
#[derive(Clone, Debug)]
pub(in crate::store) struct SearchKeys {
    keys: BTreeSet<KeyId>,
    labels: Vec<(LabelId, u32)>,
}

impl SearchKeys {
    pub(in crate::store) fn of(catalogue: &Catalogue) -> Self {
        let schema = catalogue.schema();
        let searched = schema.labels.iter().flat_map(|spec| &spec.properties).filter(|spec| spec.search);
        let names = searched.map(|spec| spec.key.as_str()).chain([ID]);
        let listed = schema.labels.iter().filter(|spec| spec.listed);
        Self {
            keys: names.filter_map(|name| catalogue.key(name)).collect(),
            labels: listed
                .filter_map(|spec| Some((catalogue.label(&spec.name)?, label_hash(&spec.name))))
                .collect(),
        }
    }

    /// Whether nodes are found by a key.
    pub(in crate::store) fn has(&self, key: KeyId) -> bool {
        self.keys.contains(&key)
    }

    /// The hashes by which a node is found, sorted.
    pub(in crate::store) fn hashes(&self, labels: &[LabelId], properties: &Properties) -> Vec<u32> {
        let mut hashes: Vec<u32> = Vec::new();
        for (_, property) in properties.iter().filter(|(key, _)| self.has(*key)) {
            property.values().flat_map(Value::texts_of).for_each(|text| note_text(text, &mut hashes));
        }
        let listed = self.labels.iter().filter(|(label, _)| labels.contains(label));
        hashes.extend(listed.map(|(_, hash)| *hash));
        hashes.sort_unstable();
        hashes.dedup();
        hashes
    }
}

fn note_text(text: &str, hashes: &mut Vec<u32>) {
    let folded = fold(text);
    if let Some((_, behind)) = folded.split_once(':') {
        hashes.push(text_hash(behind));
    }
    hashes.push(text_hash(&folded));
}

/// The hash of a text that is looked for.
pub(in crate::store) fn wanted_hash(text: &str) -> u32 {
    text_hash(&fold(text))
}

/// The hash under which all nodes of a listed label stand; no text has a line feed at its start.
pub(in crate::store) fn label_hash(label: &str) -> u32 {
    text_hash(&format!("\n{label}"))
}

/// The bytes of a chunk of the index.
pub(in crate::store) fn write_index(entries: &[Entry]) -> Vec<u8> {
    let mut out = Out::default();
    out.number(entries.len() as u64);
    out.numbers(&entries.iter().map(|(hash, _)| u64::from(*hash)).collect::<Vec<_>>());
    out.numbers(&entries.iter().map(|(_, node)| *node).collect::<Vec<_>>());
    out.into_bytes()
}

/// The entries of a chunk of the index.
pub(in crate::store) fn read_index(bytes: &[u8]) -> Result<Vec<Entry>, Flaw> {
    let mut read = In::new(bytes);
    let rows = read.count()?;
    let hashes = read.numbers(rows)?;
    let nodes = read.numbers(rows)?;
    read.end()?;
    let entries: Result<Vec<Entry>, Flaw> = hashes
        .into_iter()
        .zip(nodes)
        .map(|(hash, node)| u32::try_from(hash).map(|hash| (hash, node)).map_err(|_| out_of_range()))
        .collect();
    let entries = entries?;
    if entries.is_sorted() { Ok(entries) } else { Err(Flaw::new("its entries are not in order")) }
}

fn out_of_range() -> Flaw {
    Flaw::new("a hash in it is out of range")
}
