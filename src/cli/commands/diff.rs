use std::path::PathBuf;

use clap::Args;

use crate::analysis::{Cell, Column, Missing, Report};
use crate::cli::choice::known;
use crate::cli::context::{Reading, ReadingArgs, value_cell};
use crate::cli::failure::Failure;
use crate::cli::output::OutputArgs;
use crate::graph::{Days, Difference, Element, Snapshot, Turn};
use crate::relations::{Kind, caption, edge_caption};
use crate::study::{Moment, Selection, Subjects};
use crate::value::Date;

/// Tell what began, ended or changed between two dates
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  intergov diff intergov-demo/store --from 2010 --to 2019 --of Government")]
pub(in crate::cli) struct Diff {
    /// The store
    #[arg(value_name = "DB")]
    db: PathBuf,
    /// The earlier date
    #[arg(long, value_name = "DATE")]
    from: String,
    /// The later date
    #[arg(long, value_name = "DATE")]
    to: String,
    /// Only elements of this label or edge type
    #[arg(long, value_name = "NAME")]
    of: Option<String>,
    /// Only what is about this government, region, body or arrangement: itself and its edges
    #[arg(long, value_name = "WHO")]
    who: Option<String>,
    /// Tell which tied pairs came and went instead of what is stored; ties WHO --from --to tells those of one
    #[arg(long, conflicts_with_all = ["of", "who"])]
    ties: bool,
    #[command(flatten)]
    reading: ReadingArgs,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs,
}

const COLUMNS: [Column; 8] = [
    Column { name: "turn", unit: "began, ended, changed" },
    Column { name: "id", unit: "id, as show, history and end take it" },
    Column { name: "what", unit: "" },
    Column { name: "property", unit: "" },
    Column { name: "before", unit: "" },
    Column { name: "after", unit: "" },
    Column { name: "kind", unit: "label or edge type" },
    Column { name: "confidence", unit: "of the element" },
];

const PAIRS: [Column; 3] = [
    Column { name: "what", unit: "tied pairs, and those that came or went" },
    Column { name: "before", unit: "count" },
    Column { name: "after", unit: "count" },
];

impl Diff {
    pub(in crate::cli) fn run(&self) -> Result<(), Failure> {
        let reading = Reading::open(&self.db)?;
        let snapshot = &reading.snapshot;
        let day = |text: &str| text.parse::<Date>().map(Date::last_day);
        let days = Days {
            before: day(&self.from)?,
            after: day(&self.to)?,
            reading: self.reading.reading(snapshot)?,
        };
        if days.after < days.before {
            return Err(Failure::Usage(format!(
                "--from {} lies after --to {}: what ended would seem to begin; write --from {} --to {}",
                self.from, self.to, self.to, self.from
            )));
        }
        if self.ties {
            return self.pairs(&reading, days);
        }
        let who = self.who.as_deref().map(|who| reading.find(&Kind::ALL, who, None)).transpose()?;
        if let Some(of) = &self.of {
            let schema = snapshot.catalogue().schema();
            let labels = schema.labels.iter().map(|spec| spec.name.as_str());
            let types = schema.edges.iter().map(|spec| spec.name.as_str());
            known("--of", of, &labels.chain(types).collect::<Vec<_>>())?;
        }
        let mut report = Report::new(format!("{} to {}", self.from, self.to), &COLUMNS);
        let concerns = |difference: &Difference| match (who, difference.element) {
            (None, _) => true,
            (Some(who), Element::Node(ix)) => ix == who,
            (Some(who), Element::Edge(ix)) => {
                snapshot.edge_at(ix).is_some_and(|edge| edge.source_ix() == who || edge.target_ix() == who)
            }
        };
        for difference in snapshot.differences(days).into_iter().filter(concerns) {
            report.rows.extend(self.row(snapshot, difference));
        }
        let unknown = snapshot.undetermined(days);
        if unknown > 0 {
            report.note(format!(
                "{unknown} elements count on one day and only possibly hold on the other: not shown to begin or end (S1); \
                 --possible counts them as holding"
            ));
        }
        report.selection.push(("reading".to_owned(), days.reading.to_string()));
        self.output.write(&report, &[&self.db])
    }

    /// The tied pairs of all governments that came and went, and why (S34).
    fn pairs(&self, reading: &Reading, days: Days) -> Result<(), Failure> {
        let selection = Selection { reading: days.reading, ..Selection::default() };
        let moments = [self.from.parse()?, self.to.parse()?].map(Moment::new);
        let report = reading.db.analyze("density", &moments, selection, Subjects::default())?;
        let wanted = ["tied_pairs", "began", "surfaced", "joined", "ended", "lapsed", "left"];
        let mut short = Report::new(format!("Tied pairs, {} to {}", self.from, self.to), &PAIRS);
        for name in wanted {
            let at = report.column(name).unwrap_or_default();
            let value =
                |row: usize| report.rows.get(row).and_then(|row| row.get(at)).map(Cell::value).cloned();
            let before = if name == "tied_pairs" { value(0) } else { None };
            let none = || Cell::Missing(Missing::NotApplicable);
            short.push(vec![name.into(), before.unwrap_or_else(none), value(1).unwrap_or_else(none)]);
        }
        short.selection = report.selection;
        let told = format!("{}: ", self.to);
        short.notes.extend(report.notes.into_iter().filter(|note| note.starts_with(&told)));
        self.output.write(&short, &[&self.db])
    }

    fn row(&self, snapshot: &Snapshot, difference: Difference) -> Option<Vec<Cell>> {
        let catalogue = snapshot.catalogue();
        let (kind, id, what, confidence) = match difference.element {
            Element::Node(ix) => {
                let node = snapshot.node_at(ix)?;
                let labels: Vec<&str> =
                    node.labels().iter().map(|label| catalogue.label_name(*label)).collect();
                let id = node.text_id().map(|id| format!("{}/{id}", labels.first().unwrap_or(&"")));
                (labels.join(" "), id, caption(node), node.value("confidence"))
            }
            Element::Edge(ix) => {
                let edge = snapshot.edge_at(ix)?;
                let id = edge.text_id().map(|id| format!("{}/{id}", edge.edge_type()));
                (edge.edge_type().to_owned(), id, edge_caption(edge), edge.value("confidence"))
            }
        };
        if self.of.as_ref().is_some_and(|wanted| *wanted != kind) {
            return None;
        }
        let (turn, property, before, after) = match difference.turn {
            Turn::Began => ("began", "", None, None),
            Turn::Ended => ("ended", "", None, None),
            Turn::Changed { key, before, after } => ("changed", catalogue.key_name(key), before, after),
        };
        Some(vec![
            turn.into(),
            id.unwrap_or_default().into(),
            what.into(),
            property.into(),
            value_cell(before.as_ref()),
            value_cell(after.as_ref()),
            kind.into(),
            value_cell(confidence.as_ref()),
        ])
    }
}
