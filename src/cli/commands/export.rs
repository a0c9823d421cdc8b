use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use crate::analysis::MEASURES;
use crate::cli::choice::known;
use crate::cli::context::{Reading, TimeArgs, moments, open_to_read};
use crate::cli::failure::Failure;
use crate::cli::output::{say, say_done};
use crate::cli::progress::Progress;
use crate::cli::selection::SelectionArgs;
use crate::database::Database;
use crate::exchange::{
    ExportReport, GraphView, GraphmlOptions, InvalidCharacters, NetworkTable, ParallelTies, WriteOptions,
};
use crate::files::{Overwrite, refuse_input, refuse_taken, write_file};
use crate::study::Selection;
use crate::value::counted;

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Graphml,
    Table(NetworkTable),
    Package,
}

impl ValueEnum for Target {
    fn value_variants<'a>() -> &'a [Self] {
        static ALL: LazyLock<Vec<Target>> = LazyLock::new(|| {
            let tables = NetworkTable::ALL.map(Target::Table);
            std::iter::once(Target::Graphml).chain(tables).chain([Target::Package]).collect()
        });
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (name, about) = match self {
            Self::Graphml => ("graphml", "A GraphML of governments and the ties derived between them"),
            Self::Table(table) => (table.name(), table.about()),
            Self::Package => ("package", "A data package: everything, as CSV"),
        };
        Some(PossibleValue::new(name).help(about))
    }
}

impl Target {
    /// The table of a network that it is; `None` for the others.
    fn table(self) -> Option<NetworkTable> {
        match self {
            Self::Table(table) => Some(table),
            Self::Graphml | Self::Package => None,
        }
    }
}

/// What becomes of several ties between two governments
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Parallel {
    /// One edge a pair and direction
    Merge,
    /// One edge a tie
    Keep,
}

/// Write the network that analyze measures, as GraphML or tables, or a data package
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n\
    \x20 intergov export intergov-demo/store --as-of 2019 -o ties-2019.graphml\n\
    \x20 intergov export intergov-demo/store --as-of 2019 --format edges -o edges.csv\n\
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
    time: TimeArgs,
    /// A series of years, both included, for --format pairs: 1997..2019
    #[arg(long, value_name = "A..B", conflicts_with_all = ["as_of", "during"])]
    years: Option<String>,
    #[command(flatten)]
    selection: SelectionArgs,
    /// Write these measures of governments as attributes of the nodes: degree,strength,betweenness,closeness …
    #[arg(long, value_name = "A,B,C", value_delimiter = ',')]
    with: Vec<String>,
    /// What becomes of parallel ties
    #[arg(long, value_enum, default_value_t = Parallel::Merge)]
    parallel: Parallel,
    /// Write all nodes and the stored edges instead of the derived ties
    #[arg(long, conflicts_with = "all")]
    stored: bool,
    /// Write all nodes, the stored edges and the derived ties
    #[arg(long)]
    all: bool,
    /// Write the ties of all directions, of the defining arrangement and of all plans
    #[arg(long)]
    all_ties: bool,
    /// Write whole numbers as text, for readers that hold every number as a double
    #[arg(long)]
    integers_as_text: bool,
    /// Refuse characters that XML forbids instead of writing U+FFFD for them
    #[arg(long)]
    refuse_characters: bool,
    /// Write over what stands there
    #[arg(long)]
    overwrite: bool,
    /// The options that were typed.
    #[arg(skip)]
    pub(in crate::cli) given: Vec<String>,
}

impl Export {
    pub(in crate::cli) fn run(&self, progress: bool) -> Result<(), Failure> {
        if self.format != Target::Package {
            if self.format == Target::Graphml {
                refuse_ending(&self.output)?;
            }
            refuse_taken(&self.output, Overwrite::if_asked(self.overwrite))?;
        }
        refuse_input(&self.output, &[&self.db])?;
        self.check_options()?;
        let sign = Progress::new(progress, "writing");
        if self.format == Target::Package {
            let db = open_to_read(&self.db)?;
            let options = WriteOptions { overwrite: self.overwrite, ..WriteOptions::default() };
            let report = db.export_package(&self.output, &options)?;
            drop(sign);
            let rows: usize = report.tables.iter().map(|(_, rows)| rows).sum();
            say_done(&format!("{} tables, {rows} rows in {}", report.tables.len(), self.output.display()));
            return Ok(());
        }
        let reading = Reading::at(&self.db, &self.time)?;
        let selection = self.selected(&reading)?;
        match self.format.table() {
            Some(table) => {
                let told = self.table(&reading.db, table, selection)?;
                drop(sign);
                say_done(&told);
            }
            None => {
                let report = self.graphml(&reading.db, selection)?;
                drop(sign);
                tell(&report, &self.output);
            }
        }
        Ok(())
    }

    /// Refuses options that the format does not use.
    fn check_options(&self) -> Result<(), Failure> {
        if self.format == Target::Package {
            // A package is the whole store: what narrows a network would be ignored.
            let kept = ["format", "output", "overwrite", "no-progress", "color", "read-only"];
            if let Some(option) = self.given.iter().find(|option| !kept.contains(&option.as_str())) {
                return Err(Failure::Usage(format!(
                    "a package holds the whole store: --{option} has no effect on it; only --output and --overwrite go \
                     with --format package"
                )));
            }
        }
        let of_graphml = self.stored
            || self.all
            || self.integers_as_text
            || self.refuse_characters
            || self.parallel != Parallel::Merge
            || !self.with.is_empty();
        if self.format.table().is_some() && of_graphml {
            return Err(Failure::Usage(
                "--stored, --all, --parallel, --with, --integers-as-text and --refuse-characters go with --format graphml"
                    .to_owned(),
            ));
        }
        if self.years.is_some() && !self.format.table().is_some_and(NetworkTable::takes_series) {
            return Err(Failure::Usage(
                "--years goes with --format pairs; name one date with --as-of for the others".to_owned(),
            ));
        }
        Ok(())
    }

    /// The network that `analyze` measures with the same options, or all ties.
    fn selected(&self, reading: &Reading) -> Result<Selection, Failure> {
        let selection = self.selection.selection(reading, &self.time)?;
        if !self.all_ties {
            return Ok(selection);
        }
        let all = Selection::all_ties(selection.include_subordination);
        Ok(Selection { directions: all.directions, include_defining: true, include_plans: true, ..selection })
    }

    /// Writes a table of networks, and tells what it holds.
    fn table(&self, db: &Database, table: NetworkTable, selection: Selection) -> Result<String, Failure> {
        let moments = moments(self.years.as_deref(), &self.time)?;
        let overwrite = Overwrite::if_asked(self.overwrite);
        let report = write_file(&self.output, overwrite, &[&self.db], |out| {
            Ok::<_, Failure>(db.export_networks(&moments, selection.clone(), table, out)?)
        })?;
        let rows = counted(report.rows, "row", "rows");
        let isolates =
            counted(report.isolates, "government without a tie is", "governments without a tie are");
        let isolates = match report.isolates {
            0 => String::new(),
            _ => format!("; {isolates} not in a list of edges"),
        };
        Ok(format!("{rows} in {}{isolates}", self.output.display()))
    }

    fn graphml(&self, db: &Database, selection: Selection) -> Result<ExportReport, Failure> {
        let measures = if self.with.is_empty() {
            Vec::new()
        } else {
            let moments = moments(None, &self.time)?;
            let Some(moment) = moments.first() else { return Ok(ExportReport::default()) };
            self.check_measures()?;
            db.node_measures(&self.with, *moment, &selection)?
        };
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
            window: self.time.period.window()?,
            integers_as_text: self.integers_as_text,
            invalid: if self.refuse_characters {
                InvalidCharacters::Refuse
            } else {
                InvalidCharacters::Replace
            },
            measures,
            ..GraphmlOptions::default()
        };
        write_file(&self.output, Overwrite::if_asked(self.overwrite), &[&self.db], |out| {
            Ok(db.export_graphml(&options, selection.clone(), out)?)
        })
    }

    /// Refuses a measure that governments do not have.
    fn check_measures(&self) -> Result<(), Failure> {
        let of_nodes = MEASURES.iter().filter(|measure| measure.is_of_nodes());
        let names: Vec<&str> =
            of_nodes.flat_map(|measure| measure.columns.iter().map(|column| column.name)).collect();
        self.with.iter().try_for_each(|name| known("--with", name, &names))
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
