//! Which government does a text mean?

use std::collections::HashMap;

use crate::graph::{NodeRef, Property, Snapshot};
use crate::value::{Date, Truth, Window, fold};

/// Governments by all that they are called: id, code, name, English name, alias, now or formerly.
pub(super) struct Governments<'s> {
    by_id: HashMap<String, NodeRef<'s>>,
    by_name: HashMap<String, Vec<NodeRef<'s>>>,
}

/// Why a text names no government.
pub(super) enum Missing {
    /// Nothing is called so.
    Unknown,
    /// Several are: their ids and names.
    Ambiguous(Vec<String>),
}

impl<'s> Governments<'s> {
    pub(super) fn of(snapshot: &'s Snapshot) -> Self {
        let mut names = Self { by_id: HashMap::new(), by_name: HashMap::new() };
        for node in snapshot.nodes_with("Government") {
            if let Some(id) = node.text_id() {
                names.by_id.insert(id.to_string(), node);
            }
            for key in ["code", "name", "name_en", "aliases"] {
                for text in texts(node.property(key)) {
                    let nodes = names.by_name.entry(fold(&text)).or_default();
                    if nodes.last().is_none_or(|last| last.ix() != node.ix()) {
                        nodes.push(node);
                    }
                }
            }
        }
        names
    }

    pub(super) fn is_empty(&self) -> bool {
        self.by_id.is_empty() && self.by_name.is_empty()
    }

    /// All ids, for suggestions.
    pub(super) fn known(&self) -> impl Iterator<Item = &str> {
        self.by_id.keys().chain(self.by_name.keys()).map(String::as_str)
    }

    /// The government that a text means at a date; without a date, among all.
    pub(super) fn find(&self, text: &str, date: Option<Date>) -> Result<NodeRef<'s>, Missing> {
        if let Some(node) = self.by_id.get(text) {
            return Ok(*node);
        }
        let all = self.by_name.get(&fold(text)).map_or(&[][..], Vec::as_slice);
        let holding: Vec<NodeRef<'s>> = match date {
            Some(date) => {
                let window = Window::as_of(date);
                let held = |node: &&NodeRef<'s>| node.validity().holds_in(window) != Truth::False;
                all.iter().filter(held).copied().collect()
            }
            None => all.to_vec(),
        };
        // A name may have gone to another government: who bears it at the date comes first (S11).
        let bearing: Vec<NodeRef<'s>> =
            holding.iter().filter(|node| bears(**node, text, date)).copied().collect();
        for nodes in [&bearing, &holding] {
            match nodes.as_slice() {
                [] => {}
                &[node] => return Ok(node),
                several => {
                    return Err(Missing::Ambiguous(several.iter().map(|node| describe(*node)).collect()));
                }
            }
        }
        Err(Missing::Unknown)
    }
}

/// Whether the text is a code or name of the government at the date, aliases apart.
fn bears(node: NodeRef<'_>, text: &str, date: Option<Date>) -> bool {
    let text = fold(text);
    ["code", "name", "name_en"].iter().any(|key| {
        let value = match date {
            Some(date) => node.value_at(key, date.last_day()),
            None => node.value(key),
        };
        value.is_some_and(|value| value.as_text().is_some_and(|own| fold(own) == text))
    })
}

fn describe(node: NodeRef<'_>) -> String {
    let id = node.text_id().unwrap_or_default();
    let name = node.value("name").map(|name| name.to_string()).unwrap_or_default();
    format!("{id} {name}")
}

fn texts(property: Option<Property>) -> Vec<String> {
    match property {
        None => Vec::new(),
        Some(Property::Fixed(value)) => value.texts_of().map(str::to_owned).collect(),
        Some(Property::Dated(spells)) => {
            spells.iter().flat_map(|spell| spell.value.texts_of()).map(str::to_owned).collect()
        }
    }
}
