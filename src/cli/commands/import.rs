use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::analysis::{Cell, Column, Report};
use crate::cli::context::{actor, command_line, make_store, note, open_to_read};
use crate::cli::failure::Failure;
use crate::cli::output::{PlaceArgs, say, say_done};
use crate::cli::progress::Progress;
use crate::cli::text_form::{TextFormArgs, columns, option_of};
use crate::database::{Database, Imported};
use crate::exchange::{ElementChangeKind, Fault, Founding, ImportMode, ImportOptions, ImportPlan, Undated};
use crate::files;
use crate::graph::{EdgeRef, NodeRef, Snapshot};
use crate::relations::Settings;
use crate::value::{Day, Extent, counted};

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

/// When something holds of which no date is given
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum WithoutDates {
    /// Always, as long as the governments do
    Always,
    /// At an unknown time
    Unknown,
}

impl From<WithoutDates> for Undated {
    fn from(undated: WithoutDates) -> Self {
        match undated {
            WithoutDates::Always => Self::Always,
            WithoutDates::Unknown => Self::Unknown,
        }
    }
}

/// Import a data package, or a bare table of ties: all of it or nothing
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n\
    \x20 intergov import toy-store intergov-demo/data\n\
    \x20 intergov import toy-store intergov-demo/data --mode update --dry-run\n\
    \x20 intergov import alliances.igdb dyads.csv --columns from=ccode1,to=ccode2,year=year")]
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
    /// Take the source's word for the rules of the domain: only types, codebooks and references are checked
    #[arg(long)]
    trust: bool,
    /// Found the governments that a list of ties names and the store does not have; the import says which
    #[arg(long)]
    found_missing: bool,
    /// When rows hold whose file has no date at all (S31)
    #[arg(long, value_enum, default_value_t = WithoutDates::Always)]
    undated: WithoutDates,
    /// Which columns of a list of ties mean what; others that mean nothing are then left out
    #[arg(long, value_name = "from=NAME,to=NAME,…")]
    columns: Option<String>,
    #[command(flatten)]
    text: TextFormArgs,
    #[command(flatten)]
    pub(in crate::cli) output: PlaceArgs,
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
        self.check_kind()?;
        if !self.dry_run {
            files::finish_interrupted(&self.db, files::STORE)?;
        }
        let fresh = files::is_free(&self.db);
        let bar = Progress::new(progress, "reading the files");
        let options = self.options()?;
        if self.dry_run {
            let trial = if fresh { Database::in_memory()? } else { open_to_read(&self.db)? };
            let plan = bar.watch().run(|| trial.plan(&self.path, &options))?;
            drop(bar);
            let inputs: [&Path; 2] = [&self.db, &self.path];
            return self.output.write(&changes(&plan, &*trial.snapshot()?), &inputs);
        }
        let import = |db: &Database| -> Result<(Imported, Option<String>), Failure> {
            let (actor, command) = (actor(), command_line());
            let summary = format!("import of {}", self.path.display());
            let note = note(&actor, &command, &summary);
            let done = bar.watch().run(|| db.import(&self.path, &options, &note))?;
            let told = if fresh { unknown_ends(&*db.snapshot()?) } else { None };
            Ok((done, told))
        };
        let done = if fresh {
            make_store(&self.db, |db| import(db).map(Some))?
        } else {
            Some(import(&Database::open(&self.db)?)?)
        };
        drop(bar);
        if let Some((done, told)) = done {
            told.iter().for_each(|told| say(told));
            tell(&done);
        }
        Ok(())
    }

    /// Refuses options that would say nothing of what is imported.
    fn check_kind(&self) -> Result<(), Failure> {
        if self.path.is_dir() && (self.found_missing || self.columns.is_some()) {
            let message = "--found-missing and --columns go with one CSV file of ties, not with a folder";
            return Err(Failure::Usage(message.to_owned()));
        }
        if !self.path.is_dir() && (self.follow_successors || self.rank_from_level) {
            let message = "--follow-successors and --rank-from-level go with a folder of tables";
            return Err(Failure::Usage(message.to_owned()));
        }
        Ok(())
    }

    fn options(&self) -> Result<ImportOptions, Failure> {
        Ok(ImportOptions {
            mode: self.mode.into(),
            follow_successors: self.follow_successors,
            rank_from_level: self.rank_from_level,
            text: self.text.form(),
            undated: self.undated.into(),
            create_governments: if self.found_missing { Founding::Always } else { Founding::InEmptyStore },
            columns: self.columns.as_deref().map(columns).transpose()?.unwrap_or_default(),
            trust: self.trust,
        })
    }
}

/// What a plan would do, a row an element and, where it changes, a row a column.
fn changes(plan: &ImportPlan, before: &Snapshot) -> Report {
    let mut report = Report::new("What the import would change", &CHANGES);
    for difference in plan.differences(before) {
        let change = match difference.kind {
            ElementChangeKind::Added => "added",
            ElementChangeKind::Changed => "changed",
            ElementChangeKind::Removed => "removed",
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
    plan.warnings().iter().for_each(|warning| report.note(said(warning)));
    plan.notes().iter().for_each(|note| report.note(note.as_str()));
    report
}

/// A warning, with the option that decides otherwise.
fn said(warning: &Fault) -> String {
    let option = warning.setting.map(|setting| format!(" ({})", option_of(setting))).unwrap_or_default();
    format!("warning: {warning}{option}")
}

/// How many things of a new store have begun and have no known end, and how they are read (S28, S29).
fn unknown_ends(snapshot: &Snapshot) -> Option<String> {
    let nodes = snapshot.nodes().map(NodeRef::extent);
    let edges = snapshot.edges().map(EdgeRef::extent);
    let lapses = |extent: &Extent| extent.alive_until().is_some_and(|day| day > Day::MIN);
    let count = nodes.chain(edges).filter(lapses).count();
    let reading = Settings::of(snapshot).reading(None, None).unwrap_or_default();
    let said = || {
        format!(
            "note: {} no known end; read as {reading} after the last evidence, unless --reading or --persist says \
             otherwise (S28)",
            counted(count, "row has", "rows have")
        )
    };
    (count > 0).then(said)
}

/// Says what an import did.
pub(in crate::cli) fn tell(done: &Imported) {
    for warning in &done.warnings {
        say(&said(warning));
    }
    for note in &done.notes {
        say(&format!("note: {note}"));
    }
    let (nodes, edges) = (done.nodes, done.edges);
    say_done(&format!(
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
