//! `datapackage.json`: what a package says of itself.

use std::path::{Component, Path};

use serde_json::{Map, Value as Json, json};

use super::layout::{TableColumn, TableKind};
use crate::exchange::fault::Fault;
use crate::graph::{ColumnType, Schema};

/// Name of the description file.
pub(crate) const FILE: &str = "datapackage.json";

/// A licence of a package or of a part of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Licence {
    /// Its SPDX name where it has one, e.g. `CC-BY-4.0`.
    pub name: String,
    /// Where its text is found.
    pub path: Option<String>,
    /// What it covers.
    pub title: Option<String>,
}

/// What a package says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// Short name, `[a-z0-9._-]`.
    pub name: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Description.
    pub description: Option<String>,
    /// Version of the data.
    pub version: Option<String>,
    /// Licences.
    pub licences: Vec<Licence>,
    /// Titles of the sources of the whole.
    pub sources: Vec<String>,
    /// How the data are to be read: the object `intergov`, as rows of `settings` say it too (S28, S29).
    pub settings: Vec<(String, String)>,
}

/// A description that has been read.
#[derive(Default)]
pub(in crate::exchange::package) struct Described {
    pub(in crate::exchange::package) metadata: Metadata,
    /// Whether it says that the package has no tables.
    pub(in crate::exchange::package) is_of_nothing: bool,
}

/// Reads the description and checks the files that it names; `is_there` tells whether a file of the package exists.
pub(in crate::exchange::package) fn read(
    text: &str,
    is_there: &dyn Fn(&str) -> bool,
    faults: &mut Vec<Fault>,
) -> Described {
    let text = text.trim_start_matches('\u{FEFF}');
    let object: Map<String, Json> = match serde_json::from_str(text) {
        Ok(object) => object,
        Err(error) => {
            let fault = Fault::new(
                FILE,
                "package",
                format!("it is not a JSON object: {error}"),
                "correct or remove the file",
            );
            faults.push(fault.at(u64::try_from(error.line()).unwrap_or(1)));
            return Described::default();
        }
    };
    check_resources(&object, is_there, faults);
    let text =
        |object: &Map<String, Json>, key: &str| object.get(key).and_then(Json::as_str).map(str::to_owned);
    let objects = |key: &str| {
        let list = object.get(key).and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        list.iter().filter_map(Json::as_object)
    };
    let metadata = Metadata {
        name: text(&object, "name"),
        title: text(&object, "title"),
        description: text(&object, "description"),
        version: text(&object, "version"),
        licences: objects("licenses")
            .map(|licence| Licence {
                name: text(licence, "name").unwrap_or_default(),
                path: text(licence, "path"),
                title: text(licence, "title"),
            })
            .collect(),
        sources: objects("sources").filter_map(|source| text(source, "title")).collect(),
        settings: settings(&object),
    };
    let resources = object.get("resources").and_then(Json::as_array);
    Described { metadata, is_of_nothing: resources.is_some_and(Vec::is_empty) }
}

/// The object `intergov`: texts and numbers by name.
fn settings(object: &Map<String, Json>) -> Vec<(String, String)> {
    let own = object.get("intergov").and_then(Json::as_object).into_iter().flatten();
    let text = |value: &Json| match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    own.map(|(name, value)| (name.clone(), text(value))).collect()
}

fn check_resources(object: &Map<String, Json>, is_there: &dyn Fn(&str) -> bool, faults: &mut Vec<Fault>) {
    let resources = object.get("resources").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    for resource in resources {
        let paths: Vec<&str> = match resource.get("path") {
            Some(Json::String(path)) => vec![path],
            Some(Json::Array(paths)) => paths.iter().filter_map(Json::as_str).collect(),
            _ => Vec::new(),
        };
        for path in paths {
            let inside = Path::new(path)
                .components()
                .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
            if !inside {
                let message = format!("the resource “{path}” lies outside the package");
                faults.push(Fault::new(FILE, "package", message, "name a file of the same folder"));
            } else if !is_there(path) {
                let message = format!("it lists the file “{path}”, which is not there");
                faults.push(Fault::new(FILE, "package", message, "add the file, or remove the resource"));
            }
        }
        let delimiter = resource.pointer("/dialect/delimiter").and_then(Json::as_str);
        if let Some(delimiter) = delimiter.filter(|delimiter| *delimiter != ",") {
            let message = format!("it declares the delimiter “{delimiter}”");
            faults.push(Fault::new(FILE, "package", message, "separate cells by commas"));
        }
    }
}

/// A table that was written, for the description.
pub(in crate::exchange::package) struct WrittenTable<'s> {
    pub(in crate::exchange::package) kind: TableKind<'s>,
    pub(in crate::exchange::package) rows: usize,
}

/// The text of the description file.
pub(in crate::exchange::package) fn write(
    metadata: &Metadata,
    schema: &Schema,
    tables: &[WrittenTable<'_>],
) -> String {
    let mut object = Map::new();
    let mut put = |key: &str, value: Json| drop(object.insert(key.to_owned(), value));
    put("profile", json!("data-package"));
    put("name", json!(metadata.name.as_deref().unwrap_or("intergov")));
    let texts =
        [("title", &metadata.title), ("version", &metadata.version), ("description", &metadata.description)];
    for (key, text) in texts {
        if let Some(text) = text {
            put(key, json!(text));
        }
    }
    if !metadata.licences.is_empty() {
        put("licenses", metadata.licences.iter().map(licence).collect());
    }
    if !metadata.sources.is_empty() {
        put("sources", metadata.sources.iter().map(|title| json!({ "title": title })).collect());
    }
    put("resources", tables.iter().map(|table| resource(schema, table)).collect());
    let mut text = serde_json::to_string_pretty(&Json::Object(object)).unwrap_or_default();
    text.push('\n');
    text
}

fn licence(licence: &Licence) -> Json {
    let mut object = Map::from_iter([("name".to_owned(), json!(licence.name))]);
    for (key, text) in [("path", &licence.path), ("title", &licence.title)] {
        if let Some(text) = text {
            object.insert(key.to_owned(), json!(text));
        }
    }
    Json::Object(object)
}

fn resource(schema: &Schema, table: &WrittenTable<'_>) -> Json {
    let fields: Json = table.kind.columns().iter().map(|column| field(schema, table.kind, column)).collect();
    let mut table_schema = Map::from_iter([("fields".to_owned(), fields)]);
    if !matches!(table.kind, TableKind::ExtraProperties) {
        table_schema.insert("primaryKey".to_owned(), json!("id"));
    }
    table_schema.insert("missingValues".to_owned(), json!([""]));
    let name = table.kind.table();
    json!({
        "name": name,
        "path": format!("{name}.csv"),
        "title": table.kind.doc(),
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "rows": table.rows,
        "schema": table_schema,
    })
}

fn field(schema: &Schema, kind: TableKind<'_>, column: &TableColumn<'_>) -> Json {
    let mut field = Map::from_iter([("name".to_owned(), json!(column.name))]);
    let name = match column.column_type {
        ColumnType::Integer => "integer",
        ColumnType::Float => "number",
        ColumnType::Boolean => "boolean",
        // A date keeps the precision of its source, which the type `date` does not allow.
        ColumnType::Text | ColumnType::TextList | ColumnType::Reference | ColumnType::Date => "string",
    };
    field.insert("type".to_owned(), json!(name));
    if !column.doc.is_empty() {
        field.insert("description".to_owned(), json!(column.doc));
    }
    let mut constraints = Map::new();
    if let Some(spec) = column.spec {
        // The value of a state may stand in `states` instead.
        if spec.required && spec.kind == crate::graph::PropertyKind::Fixed {
            constraints.insert("required".to_owned(), json!(true));
        }
        let values = schema.codebook(spec);
        if !values.is_empty() && spec.column_type == ColumnType::Text {
            constraints.insert("enum".to_owned(), json!(values));
        }
    }
    if column.name == "id" && !matches!(kind, TableKind::ExtraProperties) {
        constraints.insert("required".to_owned(), json!(true));
        constraints.insert("unique".to_owned(), json!(true));
    }
    if !constraints.is_empty() {
        field.insert("constraints".to_owned(), Json::Object(constraints));
    }
    Json::Object(field)
}
