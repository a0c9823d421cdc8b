use std::path::PathBuf;

use clap::Args;

use crate::analysis::{Column, Report};
use crate::cli::context::{Reading, value_cell};
use crate::cli::failure::Failure;
use crate::cli::output::OutputArgs;
use crate::graph::{Days, Element, Turn};
use crate::relations::{caption, edge_caption};
use crate::value::Date;

/// Tell what began, ended or changed between two dates
#[derive(Args, Debug)]
pub(in crate::cli) struct Diff {
    /// The store
    #[arg(value_name = "DB")]
    db: PathBuf,
    /// The one date
    #[arg(long, value_name = "DATE")]
    from: String,
    /// The other date
    #[arg(long, value_name = "DATE")]
    to: String,
    /// Only elements of this label or edge type
    #[arg(long, value_name = "NAME")]
    of: Option<String>,
    /// Count what only possibly holds as well (S1)
    #[arg(long)]
    possible: bool,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs,
}

const COLUMNS: [Column; 6] = [
    Column { name: "turn", unit: "began, ended, changed" },
    Column { name: "kind", unit: "label or edge type" },
    Column { name: "what", unit: "" },
    Column { name: "property", unit: "" },
    Column { name: "before", unit: "" },
    Column { name: "after", unit: "" },
];

impl Diff {
    pub(in crate::cli) fn run(&self) -> Result<(), Failure> {
        let reading = Reading::open(&self.db)?;
        let day = |text: &str| text.parse::<Date>().map(Date::last_day);
        let days = Days { before: day(&self.from)?, after: day(&self.to)?, possible: self.possible };
        let snapshot = &reading.snapshot;
        let catalogue = snapshot.catalogue();
        let mut report = Report::new(format!("{} to {}", self.from, self.to), &COLUMNS);
        for difference in snapshot.differences(days) {
            let (kind, what) = match difference.element {
                Element::Node(ix) => {
                    let Some(node) = snapshot.node_at(ix) else { continue };
                    let labels: Vec<&str> =
                        node.labels().iter().map(|label| catalogue.label_name(*label)).collect();
                    (labels.join(" "), caption(node))
                }
                Element::Edge(ix) => {
                    let Some(edge) = snapshot.edge_at(ix) else { continue };
                    (edge.edge_type().to_owned(), edge_caption(edge))
                }
            };
            if self.of.as_ref().is_some_and(|wanted| *wanted != kind) {
                continue;
            }
            let (turn, property, before, after) = match difference.turn {
                Turn::Began => ("began", "", None, None),
                Turn::Ended => ("ended", "", None, None),
                Turn::Changed { key, before, after } => ("changed", catalogue.key_name(key), before, after),
            };
            report.push(vec![
                turn.into(),
                kind.into(),
                what.into(),
                property.into(),
                value_cell(before.as_ref()),
                value_cell(after.as_ref()),
            ]);
        }
        self.output.write(&report)
    }
}
