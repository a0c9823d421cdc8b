//! Values as text.

use std::fmt;
use std::sync::Arc;

use super::Datum;

/// The text of a scalar, as `toString` gives it; `None` for null and for what has no such text.
pub(in crate::query) fn text_of(value: &Datum) -> Option<Arc<str>> {
    match value {
        Datum::Text(text) => Some(Arc::clone(text)),
        Datum::Boolean(truth) => Some(truth.to_string().into()),
        Datum::Integer(number) => Some(number.to_string().into()),
        Datum::Float(number) => Some(float(*number).into()),
        Datum::Period(date) => Some(date.to_string().into()),
        Datum::Temporal(value) => Some(value.to_string().into()),
        Datum::Duration(value) => Some(value.to_string().into()),
        _ => None,
    }
}

/// A double with at least one digit after the point.
pub(super) fn float(number: f64) -> String {
    if number.is_nan() {
        "NaN".to_owned()
    } else if number.is_infinite() {
        if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned()
    } else if number != 0.0 && !(1e-3..1e7).contains(&number.abs()) {
        let text = format!("{number:E}");
        if text.contains('.') { text } else { text.replacen('E', ".0E", 1) }
    } else {
        format!("{number:?}")
    }
}

/// As a literal of the language; nodes, edges and paths by their numbers.
impl fmt::Display for Datum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Text(text) => write!(f, "'{}'", text.replace('\\', "\\\\").replace('\'', "\\'")),
            Self::List(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if index > 0 { ", " } else { "" })?;
                }
                f.write_str("]")
            }
            Self::Map(entries) => {
                f.write_str("{")?;
                for (index, (key, value)) in entries.iter().enumerate() {
                    write!(f, "{}{key}: {value}", if index > 0 { ", " } else { "" })?;
                }
                f.write_str("}")
            }
            Self::Node(node) => write!(f, "(#{})", node.get()),
            Self::Edge(edge) => write!(f, "[#{}]", edge.row),
            Self::Path(path) => write!(f, "<path of {} edges>", path.edges.len()),
            scalar => f.write_str(&text_of(scalar).unwrap_or_default()),
        }
    }
}
