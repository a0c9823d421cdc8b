use clap::Args;

use crate::analysis::{Column, Report};
use crate::cli::condition::Condition;
use crate::cli::context::{ReadArgs, Reading, leak, value_cell};
use crate::cli::failure::Failure;
use crate::cli::tally::Tally;
use crate::graph::{EdgeSpec, LabelSpec, PropertyKind};
use crate::relations::edge_in_force;
use crate::value::nearest;

/// List the nodes of a label or the edges of a type: governments, arrangements, parties, flows …
#[derive(Args, Debug)]
#[command(after_help = "Example:\n\
    \x20 intergov list intergov-demo/store arrangements --where mechanism=contract --as-of 2010")]
pub(in crate::cli) struct List {
    #[command(flatten)]
    pub(in crate::cli) read: ReadArgs,
    /// A label, an edge type, or its table: Government, arrangements, parties …
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
        if spec.is_none()
            && let Some(spec) =
                schema.edges.iter().find(|spec| spec.name.to_lowercase() == wanted || spec.table == wanted)
        {
            return self.edges(&reading, spec);
        }
        let Some(spec) = spec else {
            let names: Vec<&str> = schema.labels.iter().map(|spec| spec.name.as_str()).collect();
            let edges = schema.edges.iter().flat_map(|spec| [spec.name.as_str(), spec.table.as_str()]);
            let tables = schema.labels.iter().map(|spec| spec.table.as_str()).chain(edges);
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
            let in_force = tally.as_of().in_force_but(node.extent_given(&validity), &node.interruptions());
            let Some(holds) = tally.admits(in_force, node.value("confidence").as_ref()) else { continue };
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

impl List {
    /// The edges of a type, by id.
    fn edges(&self, reading: &Reading, spec: &EdgeSpec) -> Result<(), Failure> {
        if !self.conditions.is_empty() {
            return Err(Failure::Usage(format!(
                "--where asks for properties of nodes; {} are edges: choose rows by --columns and --sort, or in the CSV",
                spec.table.replace('_', " ")
            )));
        }
        let day = self.read.time.day()?;
        let mut columns: Vec<Column> =
            ["id", "from", "from_name", "to", "to_name"].map(|name| Column { name, unit: "" }).to_vec();
        let keys = spec.properties.iter().map(|property| property.key.as_str());
        let keys: Vec<&str> = keys.filter(|key| *key != "id").collect();
        columns.extend(keys.iter().map(|key| Column { name: leak(key), unit: "" }));
        columns.extend(
            ["valid_from", "valid_to", "attested", "holds", "source", "confidence", "note"]
                .map(|name| Column { name, unit: "" }),
        );
        let mut report = Report::new(format!("{} edges", spec.name), &columns);
        let mut tally = Tally::new(&self.read.time, &reading.snapshot)?;
        for edge in reading.snapshot.edges_of(&spec.name) {
            let validity = edge.validity();
            let confidence = edge.value("confidence");
            let Some(holds) = tally.admits(edge_in_force(edge, tally.as_of()), confidence.as_ref()) else {
                continue;
            };
            let value = |key: &str| value_cell(edge.value(key).as_ref());
            let mut row = vec![value("id")];
            for end in [edge.source(), edge.target()] {
                row.push(end.text_id().map(|id| id.to_string()).unwrap_or_default().into());
                row.push(reading.cell(end.ix(), "name", day));
            }
            row.extend(keys.iter().map(|key| value(key)));
            row.extend([
                validity.from.to_string().into(),
                validity.to.to_string().into(),
                validity.attested_text().into(),
                holds.into(),
                value("source"),
                value_cell(confidence.as_ref()),
                value("note"),
            ]);
            report.push(row);
        }
        report.rows.sort_by_cached_key(|row| row.first().map(ToString::to_string));
        tally.note(&mut report, &spec.table.replace('_', " "));
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
