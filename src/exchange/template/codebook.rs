//! The codebook of a schema as Markdown.

use super::terms::chinese;
use crate::exchange::package::{TableColumn, TableKind};
use crate::graph::{ColumnType, PropertyKind, Schema};
use crate::relations::{Scale, TierSchemes};

/// The tables of the example and their rows: a package that can be imported as it stands.
pub(super) const EXAMPLE: [(&str, &str); 3] = [
    (
        "governments.csv",
        "id,scheme,code,name,valid_from,valid_to\n\
         cn:330100,cn,330100,杭州市,..,..\n\
         cn:330500,cn,330500,湖州市,..,..\n",
    ),
    (
        "arrangements.csv",
        "id,name,mechanism,domains,valid_from,valid_to,attested\n\
         HH-2010,杭湖环保协议,contract,environment,2010-05,,2013\n",
    ),
    ("parties.csv", "from,to,role\ncn:330100,HH-2010,member\ncn:330500,HH-2010,member\n"),
];

const START: &str = "\
The agreement began in May 2010, a source shows it in force in 2013, and its end is not known: it is presumed to hold for five years after its last evidence. A start is not an attestation: write other days into `attested` 起始日不算有据可查. Where ranks decide whether a tie is horizontal or diagonal, give each government `level` and `rank` of its scheme 层级与行政级别:

";

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
* Check: a dry run of the import lists all faults with file, row and column, and changes nothing.
";

/// The codebook of a schema: each table, column, type, values and meaning, in English with Chinese terms.
#[must_use]
pub fn codebook(schema: &Schema) -> String {
    let mut text = String::from("# Codebook 编码手册\n\n");
    text.push_str(&start());
    text.push_str(&tiers());
    text.push('\n');
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

/// The three tables that make a network, with a row of each.
fn start() -> String {
    let mut text = String::from(
        "## Start with three tables 从三张表开始\n\nThree tables make a network; all others may stay empty. The folder \
         `example/` has them with these rows, and imports as it stands 示例可直接导入:\n\n```csv\n",
    );
    let tables: Vec<String> = EXAMPLE.iter().map(|(name, rows)| format!("{name}\n{rows}")).collect();
    text.push_str(&tables.join("\n"));
    text.push_str("```\n\n");
    text.push_str(START);
    text
}

/// The steps of the built-in schemes, from the top down.
fn tiers() -> String {
    let schemes = TierSchemes::builtin();
    let mut text = String::from("| scheme | level 层级 | rank 级别 |\n| --- | --- | --- |\n");
    for scheme in schemes.schemes() {
        let steps = |scale| {
            let names = schemes.names(scale, scheme).into_iter();
            let named = names.map(|name| match schemes.tier(scale, scheme, name) {
                Some(tier) if tier.local != name => format!("`{name}` {}", tier.local),
                _ => format!("`{name}`"),
            });
            named.collect::<Vec<_>>().join(", ")
        };
        text.push_str(&format!("| `{scheme}` | {} | {} |\n", steps(Scale::Level), steps(Scale::Rank)));
    }
    text.push_str("\nOther schemes are rows of `tiers.csv` 其他层级体系写入 tiers.csv.\n");
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

fn line(schema: &Schema, kind: TableKind<'_>, column: &TableColumn<'_>) -> String {
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
