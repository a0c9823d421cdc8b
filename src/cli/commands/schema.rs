use std::path::PathBuf;

use clap::Args;

use crate::analysis::{Cell, Column, Report};
use crate::cli::context::open_to_read;
use crate::cli::failure::Failure;
use crate::cli::output::OutputArgs;
use crate::database::Database;
use crate::graph::{PropertySpec, Schema as GraphSchema};
use crate::relations::{Scale, TierSchemes};

/// List labels, edge types, their columns and codebooks
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  intergov schema")]
pub(in crate::cli) struct Schema {
    /// The store [default: the schema of this program]
    #[arg(value_name = "DB")]
    db: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs,
}

const COLUMNS: [Column; 7] = [
    Column { name: "of", unit: "label, edge type or scheme of tiers" },
    Column { name: "table", unit: "file of a package" },
    Column { name: "column", unit: "empty = the table itself" },
    Column { name: "kind", unit: "fixed, state, observation (S3)" },
    Column { name: "type", unit: "" },
    Column { name: "values", unit: "codebook" },
    Column { name: "meaning", unit: "" },
];

impl Schema {
    pub(in crate::cli) fn run(&self) -> Result<(), Failure> {
        let db = match &self.db {
            Some(path) => open_to_read(path)?,
            None => Database::in_memory()?,
        };
        let snapshot = db.snapshot()?;
        let schema = snapshot.catalogue().schema();
        let mut report = Report::new("Schema", &COLUMNS);
        for spec in &schema.labels {
            report.push(head(&spec.name, &spec.table, &spec.doc));
            spec.properties
                .iter()
                .for_each(|property| report.push(row(schema, &spec.name, &spec.table, property)));
        }
        for spec in &schema.edges {
            let ends: Vec<String> = spec.ends.iter().map(|(from, to)| format!("{from} → {to}")).collect();
            report.push(head(&spec.name, &spec.table, &format!("{}; {}", ends.join(", "), spec.doc)));
            spec.properties
                .iter()
                .for_each(|property| report.push(row(schema, &spec.name, &spec.table, property)));
        }
        steps(&TierSchemes::of(&snapshot), &mut report);
        self.output.write(&report, self.db.as_deref().as_slice())
    }
}

/// The levels and ranks of each scheme, from the top down (S21).
fn steps(schemes: &TierSchemes, report: &mut Report) {
    for name in schemes.schemes() {
        for scale in [Scale::Level, Scale::Rank] {
            let steps: Cell = schemes.names(scale, name).into_iter().collect();
            let (column, kind) = (scale.key(), "state");
            let of = format!("scheme {name}");
            let meaning = "steps of the scheme from the top down (S21)";
            report.push(vec![
                of.into(),
                "governments".into(),
                column.into(),
                kind.into(),
                "text".into(),
                steps,
                meaning.into(),
            ]);
        }
    }
}

fn head(name: &str, table: &str, doc: &str) -> Vec<Cell> {
    vec![name.into(), table.into(), "".into(), "".into(), "".into(), "".into(), doc.into()]
}

fn row(schema: &GraphSchema, name: &str, table: &str, property: &PropertySpec) -> Vec<Cell> {
    vec![
        name.into(),
        table.into(),
        property.key.as_str().into(),
        format!("{:?}", property.kind).to_lowercase().into(),
        format!("{:?}", property.column_type).to_lowercase().into(),
        schema.codebook(property).iter().cloned().collect(),
        property.doc.as_str().into(),
    ]
}
