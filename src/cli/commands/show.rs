use clap::Args;

use crate::analysis::{Column, Report};
use crate::cli::context::{ReadArgs, Reading, value_cell};
use crate::cli::failure::Failure;
use crate::cli::tally::Tally;
use crate::graph::{EdgeRef, NodeRef, Property, Spell};
use crate::relations::{Kind, Reach, caption, caption_at, edge_in_force};
use crate::value::{AsOf, Day, InForce, Validity, Value};

/// Show all that is stored of one thing: a government, an arrangement, a body, a source …
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n\
    \x20 intergov show intergov-demo/store 杭州市 --as-of 2010\n\
    \x20 intergov show intergov-demo/store paper-q06")]
pub(in crate::cli) struct Show {
    #[command(flatten)]
    pub(in crate::cli) read: ReadArgs,
    /// A name, code or id; where ids of several labels collide, Label/id
    #[arg(value_name = "WHAT")]
    what: String,
}

const COLUMNS: [Column; 10] = [
    Column { name: "key", unit: "property or edge type" },
    Column { name: "value", unit: "value, or the other end" },
    Column { name: "valid_from", unit: "" },
    Column { name: "valid_to", unit: "" },
    Column { name: "attested", unit: "" },
    Column { name: "holds", unit: "certain, presumed or possible, in the time that is read" },
    Column { name: "qualifiers", unit: "role, unit, fact …" },
    Column { name: "confidence", unit: "" },
    Column { name: "source", unit: "ids" },
    Column { name: "id", unit: "id of an edge, as history and end take it" },
];

impl Show {
    pub(in crate::cli) fn run(&self) -> Result<(), Failure> {
        let reading =
            Reading::around(&self.read.db, &self.read.time, (&Kind::ALL, &self.what), Reach::Edges)?;
        let day = self.read.time.day()?;
        let node = reading.node(&self.what, day)?;
        let mut report = Report::new(name_at(node, day), &COLUMNS);
        head(&mut report, node);
        let mut tally = Tally::new(&self.read.time, &reading.snapshot)?;
        let as_of = tally.as_of();
        let mut statements = spells(node, as_of);
        let edge = |edge, other, arrow| edge_statement(edge, (other, arrow), day, as_of);
        statements.extend(node.out_edges().map(|own| edge(own, own.target(), "→")));
        statements.extend(node.in_edges().map(|own| edge(own, own.source(), "←")));
        for statement in statements {
            if let Some(holds) = tally.admits(statement.in_force, statement.confidence.as_ref()) {
                statement.push(holds, &mut report);
            }
        }
        tally.note(&mut report, "dated statements");
        self.read.write(&report)
    }
}

/// One row: what is said, for when, and by whom.
struct Statement {
    key: String,
    value: String,
    validity: Validity,
    /// How surely it is in force: a row without dates may hold as long as what it belongs to.
    in_force: InForce,
    qualifiers: String,
    confidence: Option<Value>,
    source: Option<Value>,
    id: Option<String>,
}

impl Statement {
    fn push(self, holds: String, report: &mut Report) {
        let text = |value: Option<Value>| value.map_or_else(String::new, |value| value.to_string());
        report.push(vec![
            self.key.into(),
            self.value.into(),
            self.validity.from.to_string().into(),
            self.validity.to.to_string().into(),
            self.validity.attested_text().into(),
            holds.into(),
            self.qualifiers.into(),
            text(self.confidence).into(),
            value_cell(self.source.as_ref()),
            self.id.unwrap_or_default().into(),
        ]);
    }
}

fn name_at(node: NodeRef<'_>, day: Option<Day>) -> String {
    day.map_or_else(|| caption(node), |day| caption_at(node, day))
}

/// Label and life, then the properties that hold for the whole life.
fn head(report: &mut Report, node: NodeRef<'_>) {
    let catalogue = node.snapshot().catalogue();
    let labels: Vec<&str> = node.labels().iter().map(|label| catalogue.label_name(*label)).collect();
    let (confidence, source) = (node.value("confidence"), node.value("source"));
    let fixed = |key: &str, value: String| Statement {
        key: key.to_owned(),
        value,
        validity: Validity::UNKNOWN,
        in_force: InForce::Certainly,
        qualifiers: String::new(),
        confidence: None,
        source: None,
        id: None,
    };
    Statement { validity: node.validity(), confidence, source, ..fixed("label", labels.join(" ")) }
        .push(String::new(), report);
    for (key, property) in node.properties().iter() {
        let key = catalogue.key_name(key);
        if let Property::Fixed(value) = property
            && !["confidence", "source"].contains(&key)
        {
            fixed(key, value.to_string()).push(String::new(), report);
        }
    }
}

/// The dated properties of a node, a statement a spell.
fn spells(node: NodeRef<'_>, as_of: AsOf) -> Vec<Statement> {
    let catalogue = node.snapshot().catalogue();
    let statement = |key: &str, spell: &Spell| {
        let qualifier = |name: &str| catalogue.key(name).and_then(|key| spell.qualifier(key)).cloned();
        let (extent, schema) = (spell.validity.extent(), catalogue.schema());
        let named = spell.qualifiers.iter().map(|(key, value)| (catalogue.key_name(*key), value.to_string()));
        Statement {
            key: key.to_owned(),
            value: spell.value.to_string(),
            validity: spell.validity.clone(),
            in_force: as_of.in_force(if schema.is_observation(key) {
                extent.stated()
            } else {
                extent.lasting()
            }),
            qualifiers: joined(named),
            confidence: qualifier("confidence"),
            source: qualifier("source"),
            id: None,
        }
    };
    let properties = node.properties();
    let dated = properties.iter().flat_map(|(key, property)| {
        property.spells().iter().map(move |spell| (catalogue.key_name(key), spell))
    });
    dated.map(|(key, spell)| statement(key, spell)).collect()
}

/// An edge, from the side of the node that is not `other`.
fn edge_statement(
    edge: EdgeRef<'_>,
    (other, arrow): (NodeRef<'_>, &str),
    day: Option<Day>,
    as_of: AsOf,
) -> Statement {
    let catalogue = other.snapshot().catalogue();
    let properties = edge.properties();
    let named = properties
        .iter()
        .filter_map(|(key, property)| Some((catalogue.key_name(key), property.latest()?.to_string())));
    Statement {
        key: format!("{} {arrow}", edge.edge_type()),
        value: name_at(other, day),
        validity: edge.validity(),
        in_force: edge_in_force(edge, as_of),
        qualifiers: joined(named),
        confidence: edge.value("confidence"),
        source: edge.value("source"),
        id: edge.text_id().map(|id| format!("{}/{id}", edge.edge_type())),
    }
}

/// Qualifiers that have a column of their own, or say nothing to a reader.
const SHOWN_APART: [&str; 3] = ["id", "confidence", "source"];

fn joined<'a>(named: impl Iterator<Item = (&'a str, String)>) -> String {
    let shown = named.filter(|(key, _)| !SHOWN_APART.contains(key));
    shown.map(|(key, value)| format!("{key} {value}")).collect::<Vec<_>>().join("; ")
}
