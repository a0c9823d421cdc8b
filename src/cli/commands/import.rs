use std::fs::File;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::analysis::{Cell, Column, Report};
use crate::cli::context::{actor, command_line, note, open_to_read};
use crate::cli::failure::Failure;
use crate::cli::interrupt::on_interrupt;
use crate::cli::output::{OutputArgs, say};
use crate::cli::progress::{Progress, Unit};
use crate::database::{BulkImport, BulkStage, Database, Imported};
use crate::error::Error;
use crate::exchange::{DifferenceKind, ImportMode, ImportOptions, ImportPlan, TiesOptions};
use crate::graph::Snapshot;
use crate::store::CommitNote;

/// What happens to rows that the store has already
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Mode {
    /// An id that the store has is a fault
    Create,
    /// A row replaces the row of the same id
    Update,
    /// New rows are added; known ids must say the same
    Append,
    /// In the tables of the package, rows that it does not name are removed
    ReplacePackage,
}

impl From<Mode> for ImportMode {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Create => Self::Create,
            Mode::Update => Self::Update,
            Mode::Append => Self::Append,
            Mode::ReplacePackage => Self::ReplacePackage,
        }
    }
}

/// Import a data package, or a bare table of ties: all of it or nothing
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n\
    \x20 intergov import toy-store intergov-demo/data\n\
    \x20 intergov import toy-store intergov-demo/data --mode update --dry-run")]
pub(in crate::cli) struct Import {
    /// The store; made where there is nothing yet
    #[arg(value_name = "DB")]
    db: PathBuf,
    /// A folder with CSV tables, or one CSV file of ties
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// What happens to rows that the store has already
    #[arg(long, value_enum, default_value_t = Mode::Create)]
    mode: Mode,
    /// Print what would change and write nothing
    #[arg(long)]
    pub(in crate::cli) dry_run: bool,
    /// Let a tie that outlives its government go on at its only successor (S11)
    #[arg(long)]
    follow_successors: bool,
    /// Give governments without a rank the name of their level, marked as inferred (S21)
    #[arg(long)]
    rank_from_level: bool,
    /// Take the package's word for the rules of the domain; only for a large package into a new store
    #[arg(long)]
    trust: bool,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs,
}

const CHANGES: [Column; 6] = [
    Column { name: "change", unit: "added, changed, removed" },
    Column { name: "kind", unit: "label or edge type" },
    Column { name: "id", unit: "" },
    Column { name: "column", unit: "of a changed element" },
    Column { name: "before", unit: "" },
    Column { name: "after", unit: "" },
];

impl Import {
    pub(in crate::cli) fn run(&self, progress: bool) -> Result<(), Failure> {
        if !self.path.exists() {
            return Err(Failure::NotFound(format!("{} does not exist", self.path.display())));
        }
        let fresh = !self.db.exists();
        let sign = Progress::new(progress, "reading the files");
        if fresh && let Some(done) = self.in_bulk(&sign)? {
            drop(sign);
            tell(&done);
            return Ok(());
        }
        if self.trust {
            return Err(Failure::Usage(
                "--trust goes with a large package and a store that is not there yet".into(),
            ));
        }
        let mut plan = None;
        if fresh || self.dry_run {
            // What does not fit leaves no store behind: the plan for a new one is made on an empty one.
            let trial = if fresh { Database::in_memory()? } else { open_to_read(&self.db)? };
            let made = self.plan(&trial)?;
            if self.dry_run {
                drop(sign);
                return self.output.write(&changes(&made, &*trial.snapshot()?));
            }
            plan = Some(made);
        }
        sign.now("importing");
        let (actor, command) = (actor(), command_line());
        let summary = format!("import of {}", self.path.display());
        let note = note(&actor, &command, &summary);
        let done = match plan {
            Some(plan) => Database::create(&self.db)?.carry_out(plan, &note)?,
            None => self.import(&Database::open(&self.db)?, &note)?,
        };
        drop(sign);
        tell(&done);
        Ok(())
    }

    /// Imports a large package into a new store, which goes again where the import comes to nothing.
    fn in_bulk(&self, sign: &Progress) -> Result<Option<Imported>, Failure> {
        let cancel = on_interrupt();
        let options = BulkImport { trust: self.trust, ..BulkImport::new(cancel) };
        let plain = self.mode == Mode::Create && !self.follow_successors && !self.rank_from_level;
        if !plain || self.dry_run || !self.path.is_dir() || !Database::suits_bulk(&self.path, &options)? {
            return Ok(None);
        }
        let (actor, command) = (actor(), command_line());
        let summary = format!("import of {}", self.path.display());
        let db = Database::create(&self.db)?;
        let done = db.import_in_bulk(&self.path, &note(&actor, &command, &summary), &options, &mut |stage| {
            match stage {
                BulkStage::Reading(progress) => {
                    sign.reach("reading the files", (progress.bytes, progress.bytes_in_all), Unit::Bytes);
                }
                BulkStage::Sorting { done, in_all } => {
                    sign.reach("packing the edges", (done, in_all), Unit::Rows)
                }
                BulkStage::Checking => sign.now("checking the rules"),
            }
        });
        drop(db);
        if !matches!(done, Ok(Some(_))) {
            std::fs::remove_dir_all(&self.db)
                .map_err(Failure::io(format!("remove {}", self.db.display())))?;
        }
        Ok(done?)
    }

    fn options(&self) -> ImportOptions {
        ImportOptions {
            mode: self.mode.into(),
            follow_successors: self.follow_successors,
            rank_from_level: self.rank_from_level,
        }
    }

    fn ties_options(&self) -> TiesOptions {
        TiesOptions { mode: self.mode.into(), ..TiesOptions::default() }
    }

    fn plan(&self, db: &Database) -> Result<ImportPlan, Failure> {
        if self.path.is_dir() {
            return Ok(db.plan_import(&self.path, &self.options())?);
        }
        Ok(db.plan_ties(&file_name(&self.path), open(&self.path)?, &self.ties_options())?)
    }

    fn import(&self, db: &Database, note: &CommitNote<'_>) -> Result<Imported, Failure> {
        let done: Result<Imported, Error> = if self.path.is_dir() {
            db.import(&self.path, &self.options(), note)
        } else {
            db.import_ties(&file_name(&self.path), open(&self.path)?, &self.ties_options(), note)
        };
        Ok(done?)
    }
}

/// What a plan would do, a row an element and, where it changes, a row a column.
fn changes(plan: &ImportPlan, before: &Snapshot) -> Report {
    let mut report = Report::new("What the import would change", &CHANGES);
    for difference in plan.differences(before) {
        let change = match difference.kind {
            DifferenceKind::Added => "added",
            DifferenceKind::Changed => "changed",
            DifferenceKind::Removed => "removed",
        };
        let row = |column: &str, before: &str, after: &str| {
            let texts = [change, &difference.what, &difference.id, column, before, after];
            texts.into_iter().map(Cell::from).collect()
        };
        if difference.columns.is_empty() {
            report.push(row("", "", ""));
        }
        for (column, before, after) in &difference.columns {
            report.push(row(column, before, after));
        }
    }
    let counts = [("nodes", plan.nodes()), ("edges", plan.edges())].map(|(what, counts)| {
        format!(
            "{what} {} added, {} changed, {} removed, {} as they are",
            counts.added, counts.changed, counts.removed, counts.unchanged
        )
    });
    report.note(format!("nothing was written; {}", counts.join("; ")));
    plan.notes().iter().for_each(|note| report.note(note.as_str()));
    report
}

fn open(path: &Path) -> Result<File, Failure> {
    File::open(path).map_err(Failure::io(format!("open {}", path.display())))
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// Says what an import did.
pub(in crate::cli) fn tell(done: &Imported) {
    for warning in &done.warnings {
        say(&format!("warning: {warning}"));
    }
    for note in &done.notes {
        say(&format!("note: {note}"));
    }
    let (nodes, edges) = (done.nodes, done.edges);
    say(&format!(
        "imported as commit {}: nodes {} added, {} changed, {} removed, {} as they were; edges {} added, {} changed, {} removed, {} as they were",
        done.commit,
        nodes.added,
        nodes.changed,
        nodes.removed,
        nodes.unchanged,
        edges.added,
        edges.changed,
        edges.removed,
        edges.unchanged
    ));
}
