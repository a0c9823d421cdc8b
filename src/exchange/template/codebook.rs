//! The codebook of a schema as Markdown.

use super::terms::chinese;
use crate::exchange::package::{Column, TableKind};
use crate::graph::{ColumnType, PropertyKind, Schema};

const RULES: &str = "\
## How to fill in the tables 填写说明

* Each file is one table 表; the first row names the columns 列; their order is free, and a column or a file that is not needed may be left out.
* `id` is a text of your own, unique in its table 唯一标识. `from`, `to` and `of` name the `id` of another row; where an id stands in two tables write `Label/id`. Edges 关系 may leave `id` empty.
* Dates 日期 are `2010`, `2010-03` or `2010-03-01`. `valid_from` is the first date 起始日; `valid_to` is the first date on which the thing no longer holds 终止日（不含）. `..` means no limit yet 尚无期限; an empty cell means unknown 不详. `attested` lists dates at which a source shows it in force 有据可查的日期.
* Lists 列表 are separated by `;`. A `;` inside a value is written `\\;`.
* An empty cell is a missing value 缺失值.
* A value that changes in time (name, code, rank …) stays empty in its own table and gets one row a spell in `states.csv` 状态变化. Statistics are rows of `observations.csv` 统计数据.
* `source` names rows of `sources.csv` 来源; `confidence` says how sure the statement is 可信度.
* Save as CSV UTF-8 or GB18030, separated by commas.
* Check: `intergov import DB FOLDER --dry-run` lists all faults with file, row and column, and changes nothing.
";

/// The codebook of a schema: each table, column, type, values and meaning, in English with Chinese terms.
#[must_use]
pub fn codebook(schema: &Schema) -> String {
    let mut text = String::from("# Codebook 编码手册\n\n");
    text.push_str(RULES);
    let sections =
        [("Nodes 节点", "label"), ("Edges 关系", "edge"), ("Values in time 随时间变化的值", "dated")];
    for (title, wanted) in sections {
        text.push_str(&format!("\n## {title}\n"));
        for kind in TableKind::all(schema).filter(|kind| group(*kind) == wanted) {
            describe(schema, kind, &mut text);
        }
    }
    text
}

fn group(kind: TableKind<'_>) -> &'static str {
    match kind {
        TableKind::Label(_) => "label",
        TableKind::Edge(_) => "edge",
        TableKind::States | TableKind::Observations => "dated",
        TableKind::ExtraNodes | TableKind::ExtraEdges | TableKind::ExtraProperties => "extra",
    }
}

fn describe(schema: &Schema, kind: TableKind<'_>, text: &mut String) {
    let name = match kind {
        TableKind::Label(spec) => spec.name.as_str(),
        TableKind::Edge(spec) => spec.name.as_str(),
        _ => kind.table(),
    };
    text.push_str(&format!("\n### {}.csv · {}\n\n{}.\n", kind.table(), named(name), kind.doc()));
    if let TableKind::Edge(spec) = kind {
        let ends: Vec<String> =
            spec.ends.iter().map(|(from, to)| format!("{} → {}", named(from), named(to))).collect();
        text.push_str(&format!("\nFrom → to: {}.\n", ends.join("; ")));
    }
    text.push_str(
        "\n| column | 中文 | type | required | values | meaning |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    for column in kind.columns() {
        text.push_str(&line(schema, kind, &column));
    }
    let observed: Vec<String> = kind
        .properties()
        .iter()
        .filter(|spec| spec.kind == PropertyKind::Observation)
        .map(|spec| format!("`{}` {} ({})", spec.key, chinese(&spec.key).unwrap_or_default(), spec.doc))
        .collect();
    if !observed.is_empty() {
        text.push_str(&format!("\nStatistics, as rows of `observations.csv`: {}.\n", observed.join("; ")));
    }
}

/// A name with its Chinese term.
fn named(name: &str) -> String {
    chinese(name).map_or_else(|| name.to_owned(), |term| format!("{name} {term}"))
}

fn line(schema: &Schema, kind: TableKind<'_>, column: &Column<'_>) -> String {
    let column_type = match (column.name, column.column_type) {
        ("valid_from" | "valid_to", _) => "date, `..` or empty",
        ("attested", _) => "list of dates",
        (_, ColumnType::Text) => "text",
        (_, ColumnType::TextList) => "list of texts",
        (_, ColumnType::Integer) => "whole number",
        (_, ColumnType::Float) => "number",
        (_, ColumnType::Boolean) => "`true` or `false`",
        (_, ColumnType::Date) => "date",
        (_, ColumnType::Reference) => "id",
    };
    let edge = matches!(kind, TableKind::Edge(_));
    let required = match (column.name, column.spec) {
        ("id", _) => !edge && !matches!(kind, TableKind::States | TableKind::Observations),
        ("from" | "to" | "label" | "of" | "property" | "value", None) => true,
        (_, spec) => spec.is_some_and(|spec| spec.required),
    };
    let codebook: &[String] = match (column.spec, column.name) {
        (Some(spec), _) => schema.codebook(spec),
        (None, "confidence") => &schema.confidence,
        _ => &[],
    };
    let values: Vec<String> = codebook
        .iter()
        .map(|value| match chinese(value) {
            Some(term) => format!("`{value}` {term}"),
            None => format!("`{value}`"),
        })
        .collect();
    let mut doc = column.doc.to_owned();
    if let Some(spec) = column.spec
        && !spec.target.is_empty()
    {
        doc = format!("id of a row of {}. {doc}", spec.target.join(" or "));
    }
    format!(
        "| `{}` | {} | {column_type} | {} | {} | {} |\n",
        column.name,
        chinese(column.name).unwrap_or_default(),
        if required { "yes" } else { "" },
        values.join(", ").replace('|', "\\|"),
        doc.trim().replace('|', "\\|"),
    )
}
