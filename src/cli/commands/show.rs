use clap::Args;

use crate::analysis::{Column, Report};
use crate::cli::context::{ReadArgs, Reading};
use crate::cli::failure::Failure;
use crate::graph::{EdgeRef, NodeRef, Property, Spell};
use crate::relations::{Kind, caption};
use crate::value::{Validity, Value};

/// Show all that is stored of one thing: a government, an arrangement, a body, a region …
#[derive(Args, Debug)]
pub(in crate::cli) struct Show {
    #[command(flatten)]
    pub(in crate::cli) read: ReadArgs,
    /// An id, code or name
    #[arg(value_name = "WHAT")]
    what: String,
}

const COLUMNS: [Column; 8] = [
    Column { name: "key", unit: "property or edge type" },
    Column { name: "value", unit: "value, or the other end" },
    Column { name: "valid_from", unit: "" },
    Column { name: "valid_to", unit: "" },
    Column { name: "attested", unit: "" },
    Column { name: "qualifiers", unit: "role, unit, fact …" },
    Column { name: "confidence", unit: "" },
    Column { name: "source", unit: "ids" },
];

impl Show {
    pub(in crate::cli) fn run(&self) -> Result<(), Failure> {
        let reading = Reading::open(&self.read.db)?;
        let day = self.read.time.day()?;
        let found = reading.find(&Kind::ALL, &self.what, day)?;
        let Some(node) = reading.snapshot.node_at(found) else {
            return Err(Failure::NotFound(format!("“{}” is not there", self.what)));
        };
        let window = self.read.time.window()?;
        let counts = |validity: &Validity| {
            window.is_none_or(|window| self.read.time.counts(validity.holds_in(window)))
        };
        let mut report = Report::new(caption(node), &COLUMNS);
        let validity = node.validity();
        let labels: Vec<&str> =
            node.labels().iter().map(|label| reading.snapshot.catalogue().label_name(*label)).collect();
        push(
            &mut report,
            "label",
            labels.join(" "),
            &validity,
            String::new(),
            node.value("confidence"),
            node.value("source"),
        );
        properties(&mut report, node, &counts);
        for (edges, arrow) in [(node.out_edges().collect::<Vec<_>>(), "→"), (node.in_edges().collect(), "←")]
        {
            for edge in edges.into_iter().filter(|edge| counts(&edge.validity())) {
                let other = if arrow == "→" { edge.target() } else { edge.source() };
                let key = format!("{} {arrow}", edge.edge_type());
                push(
                    &mut report,
                    &key,
                    caption(other),
                    &edge.validity(),
                    edge_qualifiers(edge),
                    edge.value("confidence"),
                    edge.value("source"),
                );
            }
        }
        self.read.output.write(&report)
    }
}

fn properties(report: &mut Report, node: NodeRef<'_>, counts: &impl Fn(&Validity) -> bool) {
    let catalogue = node.snapshot().catalogue();
    for (key, property) in node.properties().iter() {
        let key = catalogue.key_name(key);
        match property {
            Property::Fixed(value) => {
                push(report, key, value.to_string(), &Validity::UNKNOWN, String::new(), None, None);
            }
            Property::Dated(spells) => {
                for spell in spells.iter().filter(|spell| counts(&spell.validity)) {
                    let qualifier =
                        |name: &str| catalogue.key(name).and_then(|key| spell.qualifier(key)).cloned();
                    let text = spell_qualifiers(spell, |key| catalogue.key_name(key).to_owned());
                    push(
                        report,
                        key,
                        spell.value.to_string(),
                        &spell.validity,
                        text,
                        qualifier("confidence"),
                        qualifier("source"),
                    );
                }
            }
        }
    }
}

const SHOWN_APART: [&str; 3] = ["id", "confidence", "source"];

fn spell_qualifiers(spell: &Spell, name: impl Fn(crate::graph::KeyId) -> String) -> String {
    let named = spell.qualifiers.iter().map(|(key, value)| (name(*key), value.to_string()));
    joined(named)
}

fn edge_qualifiers(edge: EdgeRef<'_>) -> String {
    let catalogue = edge.source().snapshot().catalogue();
    let properties = edge.properties();
    let named = properties.iter().filter_map(|(key, property)| {
        Some((catalogue.key_name(key).to_owned(), property.latest()?.to_string()))
    });
    joined(named.collect::<Vec<_>>().into_iter())
}

fn joined(named: impl Iterator<Item = (String, String)>) -> String {
    let shown = named.filter(|(key, _)| !SHOWN_APART.contains(&key.as_str()));
    shown.map(|(key, value)| format!("{key} {value}")).collect::<Vec<_>>().join("; ")
}

fn push(
    report: &mut Report,
    key: &str,
    value: String,
    validity: &Validity,
    qualifiers: String,
    confidence: Option<Value>,
    source: Option<Value>,
) {
    let text = |value: Option<Value>| value.map_or_else(String::new, |value| value.to_string());
    report.push(vec![
        key.into(),
        value.into(),
        validity.from.to_string().into(),
        validity.to.to_string().into(),
        validity.attested_text().into(),
        qualifiers.into(),
        text(confidence).into(),
        text(source).into(),
    ]);
}
