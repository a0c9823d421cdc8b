use clap::Args;

use crate::analysis::{Column, Report};
use crate::cli::condition::Condition;
use crate::cli::context::{ReadArgs, Reading, leak};
use crate::cli::failure::Failure;
use crate::cli::tally::Tally;
use crate::graph::{LabelSpec, PropertyKind};
use crate::value::nearest;

/// List the nodes of a label: governments, arrangements, bodies, regions …
#[derive(Args, Debug)]
#[command(after_help = "Example:\n\
    \x20 intergov list intergov-demo/store arrangements --where mechanism=contract --as-of 2010")]
pub(in crate::cli) struct List {
    #[command(flatten)]
    pub(in crate::cli) read: ReadArgs,
    /// A label or its table: Government, arrangements …
    #[arg(value_name = "LABEL")]
    label: String,
    /// Only those that meet this: KEY=VALUE, or != < <= > >= or ~ (contains) instead of =; may be repeated
    #[arg(long = "where", value_name = "KEY=VALUE")]
    conditions: Vec<String>,
}

impl List {
    pub(in crate::cli) fn run(&self) -> Result<(), Failure> {
        let reading = Reading::at(&self.read.db, &self.read.time)?;
        let schema = reading.snapshot.catalogue().schema();
        let wanted = self.label.to_lowercase();
        let spec =
            schema.labels.iter().find(|spec| spec.name.to_lowercase() == wanted || spec.table == wanted);
        let Some(spec) = spec else {
            let names: Vec<&str> = schema.labels.iter().map(|spec| spec.name.as_str()).collect();
            let tables = schema.labels.iter().map(|spec| spec.table.as_str());
            let near = nearest(&self.label, names.iter().copied().chain(tables), 1);
            let near = near.first().map_or_else(String::new, |near| format!("did you mean {near}? "));
            return Err(Failure::NotFound(format!(
                "there is no label “{}”; {near}there are {}",
                self.label,
                names.join(", ")
            )));
        };
        let keys = columns(spec);
        let conditions: Vec<Condition> = self
            .conditions
            .iter()
            .map(|typed| Condition::read(&reading, spec, &keys, typed))
            .collect::<Result<_, _>>()?;
        let day = self.read.time.day()?;
        let columns: Vec<Column> = keys.iter().map(|key| Column { name: leak(key), unit: "" }).collect();
        let mut report = Report::new(format!("{} nodes", spec.name), &columns);
        let mut tally = Tally::new(&self.read.time, &reading.snapshot)?;
        for node in reading.snapshot.nodes_with(&spec.name) {
            let validity = node.validity();
            let value = |key: &str| reading.cell(node.ix(), key, day);
            if !conditions.iter().all(|condition| condition.holds(node, day)) {
                continue;
            }
            let extent = node.extent_given(&validity);
            let Some(holds) = tally.admits(extent, node.value("confidence").as_ref()) else { continue };
            let cells = keys.iter().map(|key| match key.as_str() {
                "valid_from" => validity.from.to_string().into(),
                "valid_to" => validity.to.to_string().into(),
                "attested" => validity.attested_text().into(),
                "holds" => holds.as_str().into(),
                key => value(key),
            });
            report.push(cells.collect());
        }
        report.rows.sort_by_cached_key(|row| row.first().map(ToString::to_string));
        let what = spec.table.replace('_', " ");
        tally.note(&mut report, &what);
        if report.rows.is_empty() {
            let nodes = || reading.snapshot.nodes_with(&spec.name);
            conditions
                .iter()
                .filter_map(|condition| condition.explain(nodes(), day, &what))
                .for_each(|why| report.note(why));
        }
        self.read.write(&report)
    }
}

fn columns(spec: &LabelSpec) -> Vec<String> {
    let own = spec.properties.iter().filter(|property| property.kind != PropertyKind::Observation);
    let own = own.map(|property| property.key.as_str());
    ["id"]
        .into_iter()
        .chain(own)
        .chain(["valid_from", "valid_to", "attested", "holds", "source", "confidence", "note"])
        .map(str::to_owned)
        .collect()
}
