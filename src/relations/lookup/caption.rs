//! How elements are called in messages: by name, English name and code, not by permanent ids.

use crate::graph::{EdgeRef, NodeRef};
use crate::value::{Day, Value};

/// `湖州市 Huzhou (cn:330500)`: the latest name, English name where it is another, and code or text
/// id of a node.
#[must_use]
pub fn caption(node: NodeRef<'_>) -> String {
    caption_with(node, |key| node.value(key))
}

/// As [`caption`], with name and code as they stood on a day (S3).
#[must_use]
pub fn caption_at(node: NodeRef<'_>, day: Day) -> String {
    caption_with(node, |key| node.value_at(key, day).or_else(|| node.value(key)))
}

fn caption_with(node: NodeRef<'_>, value: impl Fn(&str) -> Option<Value>) -> String {
    let text =
        |key: &str| value(key).filter(|value| value.as_text().is_some()).map(|value| value.to_string());
    let mut names: Vec<String> = [text("name"), text("name_en")].into_iter().flatten().collect();
    names.dedup();
    let code = text("code").or_else(|| text("id"));
    match (names.is_empty(), code) {
        (false, Some(code)) => format!("{} ({code})", names.join(" ")),
        (false, None) => names.join(" "),
        (true, Some(code)) => code,
        (true, None) => node.id().to_string(),
    }
}

/// `PARTY_TO p-1 from 湖州市 (cn:330500) to 太湖 (TAIHU) [1997, ..)`: type, text id, ends and dates of an edge.
#[must_use]
pub fn edge_caption(edge: EdgeRef<'_>) -> String {
    let id = edge.text_id().map_or_else(String::new, |id| format!(" {id}"));
    let (from, to) = (caption(edge.source()), caption(edge.target()));
    format!("{}{id} from {from} to {to} {}", edge.edge_type(), edge.validity())
}
