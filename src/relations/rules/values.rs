//! Values of declared properties: type, codebook, references, kind in time (S3).

use crate::relations::vocabulary::label;
use std::sync::Arc;

use super::compiled::{CompiledGiven, CompiledProperty, CompiledType};
use super::fault::{Fault, edge_subject, node_subject};
use super::schema::edge_lacks;
use super::scope::CheckScope;
use crate::graph::{ColumnType, EdgeRef, NodeRef, Properties, Property, PropertyKind, Spell, Subject};
use crate::relations::{caption, edge_caption};
use crate::value::{Value, nearest};

/// Values of the qualifier `date_kind` (S11).
const DATE_KINDS: [&str; 3] = ["approved", "effective", "listed"];

/// Checks the values of a node that has these properties.
pub(super) fn node(scope: &mut CheckScope<'_>, node: NodeRef<'_>, properties: &Properties) {
    let plans = Arc::clone(&scope.plans);
    let mut found = Vec::new();
    let mut declared = false;
    for plan in plans.of_node(node) {
        declared = true;
        for property in &plan.properties {
            if let Some(held) = property.key.and_then(|key| properties.get(key)) {
                check_property(scope, property, held, &mut found);
            }
        }
    }
    for plan in plans.given_of(node).filter(|_| declared) {
        if let Some(held) = properties.get(plan.key) {
            check_given(scope, plan, held, &mut found);
        }
    }
    report(scope, node_subject(node), found, || caption(node));
}

/// Checks the values of an edge, and that it has those that it must have.
pub(super) fn edge(scope: &mut CheckScope<'_>, edge: EdgeRef<'_>, plan: &CompiledType<'_>) {
    let mut found = Vec::new();
    for property in &plan.properties {
        let held = property.key.and_then(|key| edge.property_of(key));
        if property.spec.required && held.as_ref().and_then(Property::latest).is_none() {
            edge_lacks(scope, edge, property.spec);
        }
        if let Some(held) = held {
            check_property(scope, property, &held, &mut found);
        }
    }
    for given in &plan.given {
        if let Some(held) = edge.property_of(given.key) {
            check_given(scope, given, &held, &mut found);
        }
    }
    report(scope, edge_subject(edge), found, || edge_caption(edge));
}

/// All values that a property has.
pub(super) fn values_of(held: &Property) -> impl Iterator<Item = &Value> {
    let fixed = if let Property::Fixed(value) = held { Some(value) } else { None };
    fixed.into_iter().chain(held.spells().iter().map(|spell| &spell.value))
}

/// A fault of a value: column, rule, what is wrong, what to do.
type ValueFault = (String, &'static str, String, String);

fn report(scope: &mut CheckScope<'_>, subject: Subject, found: Vec<ValueFault>, name: impl Fn() -> String) {
    for (column, rule, message, remedy) in found {
        let message = format!("{}: {message}", name());
        scope.error(subject, Fault::new(rule, message, remedy).of(&column));
    }
}

fn check_property(
    scope: &CheckScope<'_>,
    plan: &CompiledProperty<'_>,
    held: &Property,
    found: &mut Vec<ValueFault>,
) {
    let (spec, codebook) = (plan.spec, plan.codebook);
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
    for value in values_of(held) {
        if !fits(value, spec.column_type) {
            let message = format!("{} is {value}, which is not {}", spec.key, type_name(spec.column_type));
            fault("schema", message, format!("write {}", type_name(spec.column_type)));
            continue;
        }
        let known = |text: &str| codebook.is_empty() || codebook.iter().any(|own| own == text);
        for text in value.texts_of().filter(|text| !known(text)) {
            let message = format!("“{text}” is not in the codebook of {}", spec.key);
            fault("schema", message, suggest(text, codebook));
        }
        if spec.column_type == ColumnType::Reference {
            let dangling = value.texts_of().find(|id| !resolves(scope, &spec.target, plan.slot, id));
            if let Some(id) = dangling {
                let targets = &spec.target;
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
        qualifiers(scope, &spec.key, spell, found);
    }
}

/// `did you mean …?`, or the whole codebook.
fn suggest(text: &str, codebook: &[String]) -> String {
    let near = nearest(text, codebook.iter().map(String::as_str), 1);
    let all = format!("write one of {}", codebook.join(", "));
    near.first().map_or_else(|| all.clone(), |near| format!("did you mean “{near}”? else {all}"))
}

/// Whether a row of one of the labels has an id; `slot` is where those that do are remembered.
fn resolves(scope: &CheckScope<'_>, labels: &[impl AsRef<str>], slot: usize, id: &str) -> bool {
    scope.visit(1);
    scope.is_right(slot, id, || labels.iter().any(|label| scope.after.find(label.as_ref(), id).is_some()))
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

/// A property that every row may have: id, source, confidence, note.
fn check_given(scope: &CheckScope<'_>, plan: &CompiledGiven, held: &Property, found: &mut Vec<ValueFault>) {
    let key = plan.name;
    match held {
        Property::Fixed(value) => given(scope, plan, value, found),
        Property::Dated(_) => {
            let message = format!("{key} has one value for the whole life and cannot be dated");
            found.push((key.to_owned(), "S3", message, "write one value without dates".to_owned()));
        }
    }
}

fn given(scope: &CheckScope<'_>, plan: &CompiledGiven, value: &Value, found: &mut Vec<ValueFault>) {
    let (key, wanted) = (plan.name, plan.column_type());
    let confidence = &scope.after.catalogue().schema().confidence;
    let mut fault = |message: String, remedy: String| found.push((key.to_owned(), "schema", message, remedy));
    if !fits(value, wanted) {
        return fault(
            format!("{key} is {value}, which is not {}", type_name(wanted)),
            format!("write {}", type_name(wanted)),
        );
    }
    if key == "confidence" && !confidence.is_empty() {
        for text in value.texts_of().filter(|text| !confidence.iter().any(|own| own == text)) {
            let message = format!("“{text}” is not a step of confidence");
            fault(message, suggest(text, confidence));
        }
    }
    if key == "source" {
        for id in value.texts_of().filter(|id| !resolves(scope, &[label::SOURCE], plan.slot, id)) {
            let message = format!("source names “{id}”, which is the id of no Source");
            fault(message, "add it to the table of sources or correct the id".to_owned());
        }
    }
}

/// What is said of a spell: source, confidence, kind of date.
fn qualifiers(scope: &CheckScope<'_>, property: &str, spell: &Spell, found: &mut Vec<ValueFault>) {
    let catalogue = scope.after.catalogue();
    let before = found.len();
    for (key, value) in &spell.qualifiers {
        match catalogue.key_name(*key) {
            "date_kind" => {
                for text in value.texts_of().filter(|text| !DATE_KINDS.contains(text)) {
                    let message = format!("“{text}” is not a kind of date");
                    let remedy = format!("write one of {}", DATE_KINDS.join(", "));
                    found.push(("date_kind".to_owned(), "S11", message, remedy));
                }
            }
            _ => {
                if let Some(plan) = scope.plans.given_by(*key) {
                    given(scope, plan, value, found);
                }
            }
        }
    }
    for (column, _, message, _) in found.iter_mut().skip(before) {
        *message = format!("{property} = {}: {message}", spell.value);
        *column = property.to_owned();
    }
}
