use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::cli::choice::By;
use crate::cli::context::{WindowArgs, open_to_read};
use crate::cli::failure::Failure;
use crate::cli::output::{say, say_done};
use crate::cli::progress::Progress;
use crate::database::Database;
use crate::exchange::{
    ExportReport, GraphView, GraphmlOptions, InvalidCharacters, ParallelTies, WriteOptions,
};
use crate::files::{Overwrite, refuse_input, refuse_taken, write_file};
use crate::study::Selection;

/// What is written
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Target {
    /// A GraphML of governments and the ties derived between them
    Graphml,
    /// A data package: everything, as CSV
    Package,
}

/// What becomes of several ties between two governments
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Parallel {
    /// One edge a pair and direction
    Merge,
    /// One edge a tie
    Keep,
}

/// Write a GraphML or a data package
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n\
    \x20 intergov export intergov-demo/store --as-of 2019 -o ties-2019.graphml\n\
    \x20 intergov export intergov-demo/store --format package -o package")]
pub(in crate::cli) struct Export {
    /// The store
    #[arg(value_name = "DB")]
    db: PathBuf,
    /// What to write
    #[arg(long, value_enum, default_value_t = Target::Graphml)]
    format: Target,
    /// The file, or the folder of a package
    #[arg(long, short, value_name = "PATH")]
    output: PathBuf,
    #[command(flatten)]
    period: WindowArgs,
    /// Directions by rank or by level
    #[arg(long, value_enum, default_value_t = By::Rank)]
    by: By,
    /// What becomes of parallel ties
    #[arg(long, value_enum, default_value_t = Parallel::Merge)]
    parallel: Parallel,
    /// Write all nodes and the stored edges instead of the derived ties
    #[arg(long, conflicts_with = "all")]
    stored: bool,
    /// Write all nodes, the stored edges and the derived ties
    #[arg(long)]
    all: bool,
    /// Write the ties of direct subordination too (S6)
    #[arg(long)]
    subordination: bool,
    /// Write whole numbers as text, for readers that hold every number as a double
    #[arg(long)]
    integers_as_text: bool,
    /// Refuse characters that XML forbids instead of writing U+FFFD for them
    #[arg(long)]
    refuse_characters: bool,
    /// Write over what stands there
    #[arg(long)]
    overwrite: bool,
}

impl Export {
    pub(in crate::cli) fn run(&self, progress: bool) -> Result<(), Failure> {
        if self.format == Target::Graphml {
            refuse_ending(&self.output)?;
            refuse_taken(&self.output, Overwrite::if_asked(self.overwrite))?;
        }
        refuse_input(&self.output, &[&self.db])?;
        let sign = Progress::new(progress, "writing");
        let db = open_to_read(&self.db)?;
        match self.format {
            Target::Package => {
                self.refuse_for_packages()?;
                let options = WriteOptions { overwrite: self.overwrite, ..WriteOptions::default() };
                let report = db.export_package(&self.output, &options)?;
                drop(sign);
                let rows: usize = report.tables.iter().map(|(_, rows)| rows).sum();
                say_done(&format!(
                    "{} tables, {rows} rows in {}",
                    report.tables.len(),
                    self.output.display()
                ));
            }
            Target::Graphml => {
                let report = self.graphml(&db)?;
                drop(sign);
                tell(&report, &self.output);
            }
        }
        Ok(())
    }

    /// A package is the whole store: what narrows a GraphML would be ignored.
    fn refuse_for_packages(&self) -> Result<(), Failure> {
        let narrowed = self.period.is_asked()
            || self.stored
            || self.all
            || self.subordination
            || self.integers_as_text
            || self.refuse_characters
            || self.by != By::Rank
            || self.parallel != Parallel::Merge;
        if narrowed {
            return Err(Failure::Usage(
                "a package holds the whole store; only --output and --overwrite go with --format package"
                    .into(),
            ));
        }
        Ok(())
    }

    fn graphml(&self, db: &Database) -> Result<ExportReport, Failure> {
        let options = GraphmlOptions {
            view: match (self.stored, self.all) {
                (true, _) => GraphView::Stored,
                (_, true) => GraphView::All,
                _ => GraphView::Ties,
            },
            parallel: match self.parallel {
                Parallel::Merge => ParallelTies::Merge,
                Parallel::Keep => ParallelTies::Keep,
            },
            window: self.period.window()?,
            integers_as_text: self.integers_as_text,
            invalid: if self.refuse_characters {
                InvalidCharacters::Refuse
            } else {
                InvalidCharacters::Replace
            },
            ..GraphmlOptions::default()
        };
        let all = Selection::all_ties(self.subordination);
        let selection = Selection {
            scale: self.by.into(),
            reading: self.period.reading.reading(&*db.snapshot()?)?,
            ..all
        };
        write_file(&self.output, Overwrite::if_asked(self.overwrite), &[&self.db], |out| {
            Ok(db.export_graphml(&options, selection.clone(), out)?)
        })
    }
}

/// Endings that name another format than GraphML.
const OTHER_ENDINGS: [&str; 10] = ["csv", "tsv", "txt", "json", "jsonl", "gexf", "gml", "net", "dl", "xlsx"];

/// Refuses a file whose name promises another format than it would get.
fn refuse_ending(path: &Path) -> Result<(), Failure> {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
    if OTHER_ENDINGS.contains(&ending.as_str()) {
        return Err(Failure::Usage(format!(
            "{} would hold GraphML, which is not {ending}; name a file that ends in .graphml, or write a folder of CSV \
             tables with --format package",
            path.display()
        )));
    }
    Ok(())
}

/// Says what was written and what was not.
pub(in crate::cli) fn tell(report: &ExportReport, path: &Path) {
    for warning in &report.warnings {
        say(&format!("warning: {warning}"));
    }
    for (what, count) in &report.left_out {
        say(&format!("note: left out: {count} {what}"));
    }
    say_done(&format!("{} nodes, {} edges in {}", report.nodes, report.edges, path.display()));
}
