//! Values of declared properties: type, codebook, references, kind in time (S3).

use std::collections::BTreeSet;

use super::schema::declared_labels;
use super::scope::{Fault, Scope, edge_subject, node_subject};
use crate::graph::{
    ColumnType, Properties, Property, PropertyKind, PropertySpec, Schema, Snapshot, Spell, Subject,
};
use crate::relations::caption::{caption, edge_caption};
use crate::value::{Value, nearest};

/// Values of the qualifier `date_kind` (S11).
const DATE_KINDS: [&str; 3] = ["approved", "effective", "listed"];

pub(super) fn check(scope: &mut Scope<'_>) {
    let snapshot = scope.after;
    let schema = snapshot.catalogue().schema();
    for node in scope.nodes.clone() {
        let mut found = Vec::new();
        let properties = node.properties();
        let mut declared = BTreeSet::new();
        for spec in declared_labels(node) {
            for property in &spec.properties {
                declared.insert(property.key.as_str());
                let Some(held) = get(snapshot, &properties, &property.key) else { continue };
                check_property(scope, schema, property, held, &mut found);
            }
        }
        if !declared.is_empty() {
            check_given(scope, schema, &properties, &declared, &mut found);
        }
        report(scope, node_subject(node), found, || caption(node));
    }
    for edge in scope.edges.clone() {
        let Some(spec) = schema.edge(edge.edge_type()) else { continue };
        let mut found = Vec::new();
        let properties = edge.properties();
        let declared: BTreeSet<&str> = spec.properties.iter().map(|property| property.key.as_str()).collect();
        for property in &spec.properties {
            let Some(held) = get(snapshot, &properties, &property.key) else { continue };
            check_property(scope, schema, property, held, &mut found);
        }
        check_given(scope, schema, &properties, &declared, &mut found);
        report(scope, edge_subject(edge), found, || edge_caption(edge));
    }
}

/// A fault of a value: column, rule, what is wrong, what to do.
type ValueFault = (String, &'static str, String, String);

fn report(scope: &mut Scope<'_>, subject: Subject, found: Vec<ValueFault>, name: impl Fn() -> String) {
    for (column, rule, message, remedy) in found {
        let message = format!("{}: {message}", name());
        scope.error(subject, Fault::new(rule, message, remedy).of(&column));
    }
}

fn get<'p>(snapshot: &Snapshot, properties: &'p Properties, key: &str) -> Option<&'p Property> {
    properties.get(snapshot.catalogue().key(key)?)
}

fn check_property(
    scope: &Scope<'_>,
    schema: &Schema,
    spec: &PropertySpec,
    held: &Property,
    found: &mut Vec<ValueFault>,
) {
    let mut fault =
        |rule, message: String, remedy: String| found.push((spec.key.clone(), rule, message, remedy));
    match (spec.kind, held) {
        (PropertyKind::Observation, Property::Fixed(_)) => {
            let message = format!("{} is an observation and has no period", spec.key);
            fault("S3", message, "write it with the period that it was observed for".to_owned());
        }
        (PropertyKind::Fixed, Property::Dated(_)) => {
            let message = format!("{} has one value for the whole life and cannot be dated", spec.key);
            fault("S3", message, "write one value without dates".to_owned());
        }
        _ => {}
    }
    let values: Vec<&Value> = match held {
        Property::Fixed(value) => vec![value],
        Property::Dated(spells) => spells.iter().map(|spell| &spell.value).collect(),
    };
    for value in values {
        if !fits(value, spec.column_type) {
            let message = format!("{} is {value}, which is not {}", spec.key, type_name(spec.column_type));
            fault("schema", message, format!("write {}", type_name(spec.column_type)));
            continue;
        }
        let codebook = schema.codebook(spec);
        for text in
            value.texts_of().filter(|text| !codebook.is_empty() && !codebook.iter().any(|own| own == text))
        {
            let message = format!("“{text}” is not in the codebook of {}", spec.key);
            fault("schema", message, suggest(text, codebook));
        }
        if spec.column_type == ColumnType::Reference {
            let targets: Vec<&str> = spec.target.iter().map(String::as_str).collect();
            let dangling = value.texts_of().find(|id| !resolves(scope, &targets, id));
            if let Some(id) = dangling {
                let message =
                    format!("{} names “{id}”, which is the id of no {}", spec.key, targets.join(" or "));
                fault(
                    "schema",
                    message,
                    format!("add the {} or correct the id", targets.join(" or ").to_lowercase()),
                );
            }
        }
    }
    for spell in held.spells() {
        qualifiers(scope, schema, &spec.key, spell, found);
    }
}

/// `did you mean …?`, or the whole codebook.
fn suggest(text: &str, codebook: &[String]) -> String {
    let near = nearest(text, codebook.iter().map(String::as_str), 1);
    let all = format!("write one of {}", codebook.join(", "));
    near.first().map_or_else(|| all.clone(), |near| format!("did you mean “{near}”? else {all}"))
}

fn resolves(scope: &Scope<'_>, labels: &[&str], id: &str) -> bool {
    scope.visit(1);
    labels.iter().any(|label| scope.after.find(label, id).is_some())
}

fn fits(value: &Value, column_type: ColumnType) -> bool {
    match column_type {
        ColumnType::Text | ColumnType::Reference => matches!(value, Value::Text(_)),
        ColumnType::TextList => {
            value.as_list().is_some_and(|list| list.iter().all(|item| item.as_text().is_some()))
        }
        ColumnType::Integer => matches!(value, Value::Integer(_)),
        ColumnType::Float => value.as_number().is_some_and(f64::is_finite),
        ColumnType::Boolean => matches!(value, Value::Boolean(_)),
        ColumnType::Date => matches!(value, Value::Date(_)),
    }
}

fn type_name(column_type: ColumnType) -> &'static str {
    match column_type {
        ColumnType::Text => "text",
        ColumnType::TextList => "a list of texts",
        ColumnType::Integer => "a whole number",
        ColumnType::Float => "a number",
        ColumnType::Boolean => "true or false",
        ColumnType::Date => "a date (2010, 2010-03 or 2010-03-01)",
        ColumnType::Reference => "the id of a row",
    }
}

/// Properties that every row may have: id, source, confidence, note.
fn check_given(
    scope: &Scope<'_>,
    schema: &Schema,
    properties: &Properties,
    declared: &BTreeSet<&str>,
    found: &mut Vec<ValueFault>,
) {
    for key in ["id", "source", "confidence", "note"] {
        if declared.contains(key) {
            continue;
        }
        match get(scope.after, properties, key) {
            Some(Property::Fixed(value)) => given(scope, schema, key, value, found),
            Some(Property::Dated(_)) => {
                let message = format!("{key} has one value for the whole life and cannot be dated");
                found.push((key.to_owned(), "S3", message, "write one value without dates".to_owned()));
            }
            None => {}
        }
    }
}

fn given(scope: &Scope<'_>, schema: &Schema, key: &str, value: &Value, found: &mut Vec<ValueFault>) {
    let mut fault = |message: String, remedy: String| found.push((key.to_owned(), "schema", message, remedy));
    let wanted = if key == "source" { ColumnType::TextList } else { ColumnType::Text };
    if !fits(value, wanted) {
        return fault(
            format!("{key} is {value}, which is not {}", type_name(wanted)),
            format!("write {}", type_name(wanted)),
        );
    }
    if key == "confidence" && !schema.confidence.is_empty() {
        for text in value.texts_of().filter(|text| !schema.confidence.iter().any(|own| own == text)) {
            let message = format!("“{text}” is no step of confidence");
            fault(message, suggest(text, &schema.confidence));
        }
    }
    if key == "source" {
        for id in value.texts_of().filter(|id| !resolves(scope, &["Source"], id)) {
            let message = format!("source names “{id}”, which is the id of no Source");
            fault(message, "add it to the table of sources or correct the id".to_owned());
        }
    }
}

/// What is said of a spell: source, confidence, kind of date.
fn qualifiers(
    scope: &Scope<'_>,
    schema: &Schema,
    property: &str,
    spell: &Spell,
    found: &mut Vec<ValueFault>,
) {
    let catalogue = scope.after.catalogue();
    let before = found.len();
    for (key, value) in &spell.qualifiers {
        match catalogue.key_name(*key) {
            key @ ("id" | "source" | "confidence" | "note") => given(scope, schema, key, value, found),
            "date_kind" => {
                for text in value.texts_of().filter(|text| !DATE_KINDS.contains(text)) {
                    let message = format!("“{text}” is no kind of date");
                    let remedy = format!("write one of {}", DATE_KINDS.join(", "));
                    found.push(("date_kind".to_owned(), "S11", message, remedy));
                }
            }
            _ => {}
        }
    }
    for (column, _, message, _) in found.iter_mut().skip(before) {
        *message = format!("{property} = {}: {message}", spell.value);
        *column = property.to_owned();
    }
}
