use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use clap::{Args, ValueEnum};

use crate::analysis::{Cell, Column, Report};
use crate::cli::context::{actor, command_line, make_store, note, open_to_read};
use crate::cli::failure::Failure;
use crate::cli::output::{PlaceArgs, say, say_done};
use crate::cli::progress::{Progress, Unit};
use crate::cli::text_form::{TextFormArgs, columns, option_of};
use crate::database::{BulkImport, BulkStage, Database, Imported};
use crate::error::Error;
use crate::exchange::{
    DifferenceKind, Fault, Founding, ImportMode, ImportOptions, ImportPlan, TextForm, TiesOptions, Undated,
};
use crate::files;
use crate::graph::{EdgeRef, NodeRef, Snapshot};
use crate::relations::Settings;
use crate::store::CommitNote;
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
    /// Take the package's word for the rules of the domain; only for a large package into a new or empty store
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
            files::settle(&self.db, files::STORE)?;
        }
        let fresh = files::is_free(&self.db);
        let sign = Progress::new(progress, "reading the files");
        let mut open = None;
        if self.suits_bulk()? {
            let done = if fresh {
                make_store(&self.db, |db| self.in_bulk(db, &sign))?
            } else {
                // An empty store, which a killed import may have left, is as good as none.
                self.in_bulk(open.insert(Database::open(&self.db)?), &sign)?
            };
            if let Some(done) = done {
                drop(sign);
                tell(&done);
                return Ok(());
            }
        }
        if self.trust {
            return Err(Failure::Usage("--trust goes with a large package and a new or empty store".into()));
        }
        let mut plan = None;
        if fresh || self.dry_run {
            // What does not fit leaves no store behind: the plan for a new one is made on an empty one.
            let trial = if fresh { Database::in_memory()? } else { open_to_read(&self.db)? };
            let made = self.plan(&trial)?;
            if self.dry_run {
                drop(sign);
                let inputs: [&Path; 2] = [&self.db, &self.path];
                return self.output.write(&changes(&made, &*trial.snapshot()?), &inputs);
            }
            plan = Some(made);
        }
        sign.now("importing");
        let (actor, command) = (actor(), command_line());
        let summary = format!("import of {}", self.path.display());
        let note = note(&actor, &command, &summary);
        let done = match plan {
            Some(plan) => make_store(&self.db, |db| Ok(Some(db.carry_out(plan, &note)?)))?,
            None => {
                let db = open.map_or_else(|| Database::open(&self.db), Ok)?;
                Some(self.import(&db, &note)?)
            }
        };
        drop(sign);
        if fresh {
            tell_unknown_ends(&*Database::open_read_only(&self.db)?.snapshot()?)?;
        }
        done.iter().for_each(tell);
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

    /// Whether the package is one for the bulk way, which takes it into an empty store.
    fn suits_bulk(&self) -> Result<bool, Failure> {
        let plain = self.mode == Mode::Create && !self.follow_successors && !self.rank_from_level;
        if !plain || self.dry_run {
            return Ok(false);
        }
        if !self.path.is_dir() {
            return Ok(Database::suits_bulk_ties(&self.path, &self.bulk_options()));
        }
        let usual = self.text.form() == TextForm::default() && self.undated == WithoutDates::Always;
        Ok(usual && Database::suits_bulk(&self.path, &self.bulk_options())?)
    }

    fn bulk_options(&self) -> BulkImport<'static> {
        // A signal ends the process, which leaves what was.
        static NEVER: AtomicBool = AtomicBool::new(false);
        BulkImport { trust: self.trust, ..BulkImport::new(&NEVER) }
    }

    /// Imports a large package; nothing where the store is not empty, or only the planner understands the package.
    fn in_bulk(&self, db: &Database, sign: &Progress) -> Result<Option<Imported>, Failure> {
        let (actor, command) = (actor(), command_line());
        let summary = format!("import of {}", self.path.display());
        let note = note(&actor, &command, &summary);
        let options = self.bulk_options();
        let mut watch = |stage: BulkStage| match stage {
            BulkStage::Reading(progress) => {
                sign.reach("reading the files", (progress.bytes, progress.bytes_in_all), Unit::Bytes);
            }
            BulkStage::Sorting { done, in_all } => {
                sign.reach("packing the edges", (done, in_all), Unit::Rows);
            }
            BulkStage::Checking => sign.now("checking the rules"),
        };
        if self.path.is_dir() {
            return Ok(db.import_in_bulk(&self.path, &note, &options, &mut watch)?);
        }
        let (file, ties) = (file_name(&self.path), self.ties_options()?);
        Ok(db.import_ties_in_bulk((&self.path, &file), &ties, &note, &options, &mut watch)?)
    }

    fn options(&self) -> ImportOptions {
        ImportOptions {
            mode: self.mode.into(),
            follow_successors: self.follow_successors,
            rank_from_level: self.rank_from_level,
            text: self.text.form(),
            undated: self.undated.into(),
        }
    }

    fn ties_options(&self) -> Result<TiesOptions, Failure> {
        Ok(TiesOptions {
            create_governments: if self.found_missing { Founding::Always } else { Founding::InEmptyStore },
            mode: self.mode.into(),
            text: self.text.form(),
            undated: self.undated.into(),
            columns: self.columns.as_deref().map(columns).transpose()?.unwrap_or_default(),
        })
    }

    fn plan(&self, db: &Database) -> Result<ImportPlan, Failure> {
        if self.path.is_dir() {
            return Ok(db.plan_import(&self.path, &self.options())?);
        }
        Ok(db.plan_ties(&file_name(&self.path), open(&self.path)?, &self.ties_options()?)?)
    }

    fn import(&self, db: &Database, note: &CommitNote<'_>) -> Result<Imported, Failure> {
        let done: Result<Imported, Error> = if self.path.is_dir() {
            db.import(&self.path, &self.options(), note)
        } else {
            db.import_ties(&file_name(&self.path), open(&self.path)?, &self.ties_options()?, note)
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
    plan.warnings().iter().for_each(|warning| report.note(said(warning)));
    plan.notes().iter().for_each(|note| report.note(note.as_str()));
    report
}

fn open(path: &Path) -> Result<File, Failure> {
    File::open(path).map_err(Failure::io(format!("open {}", path.display())))
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// A warning, with the option that decides otherwise.
fn said(warning: &Fault) -> String {
    let option = warning.setting.map(|setting| format!(" ({})", option_of(setting))).unwrap_or_default();
    format!("warning: {warning}{option}")
}

/// Says how many things of a new store have begun and have no known end, and how they are read (S28, S29).
fn tell_unknown_ends(snapshot: &Snapshot) -> Result<(), Failure> {
    let nodes = snapshot.nodes().map(NodeRef::extent);
    let edges = snapshot.edges().map(EdgeRef::extent);
    let lapses = |extent: &Extent| extent.alive_until().is_some_and(|day| day > Day::MIN);
    let count = nodes.chain(edges).filter(lapses).count();
    if count > 0 {
        let reading = Settings::of(snapshot).reading(None, None).unwrap_or_default();
        say(&format!(
            "note: {} no known end; read as {reading} after the last sign of life, unless --reading or --persist says \
             otherwise (S28)",
            counted(count, "row has", "rows have")
        ));
    }
    Ok(())
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
