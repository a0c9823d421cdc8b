//! From arguments to what they mean: an open database, a date, a name.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::args::typed;
use super::choice::{ReadingWord, known};
use super::failure::Failure;
use super::output::{OutputArgs, say, say_done};
use super::period;
use crate::analysis::{Cell, Missing, Report};
use crate::database::Database;
use crate::error::Error;
use crate::files::{self, FileError, NewFolder};
use crate::graph::{Draft, NodeId, NodeIx, NodeRef, Snapshot};
use crate::relations::vocabulary::label;
use crate::relations::{
    Found, Kind, LookupError, Names, Reach, Scale, Settings, TieOptions, TieTable, TierSchemes, caption,
};
use crate::store::{Beside, CommitNote, StoreError};
use crate::study::{Moment, Selection};
use crate::value::{self, AsOf, Date, Day, Persist, Precision, Value, Window};

/// What counts of things whose end is not known.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct ReadingArgs {
    /// What counts of things whose end is not known (S28); presumed, unless the store says otherwise
    #[arg(long, value_enum, value_name = "READING")]
    reading: Option<ReadingWord>,
    /// For how many years after its last evidence something is presumed to hold: 3, 5, 10 or forever
    #[arg(long, value_name = "YEARS")]
    persist: Option<Persist>,
    /// Short for --reading possible
    #[arg(long, conflicts_with_all = ["reading", "persist"])]
    possible: bool,
}

impl ReadingArgs {
    /// The reading that is asked for, else that of the store.
    pub(super) fn reading(&self, snapshot: &Snapshot) -> Result<value::Reading, Failure> {
        let word = if self.possible { Some(ReadingWord::Possible) } else { self.reading };
        if let (Some(word @ (ReadingWord::Certain | ReadingWord::Possible)), Some(_)) = (word, self.persist) {
            return Err(Failure::Usage(format!(
                "--persist says how long something is presumed to hold, and --reading {} presumes nothing; leave out \
                 one of them (S28)",
                word.as_str()
            )));
        }
        // Years are asked of what is presumed, whatever the store's own reading is.
        let word = word.map(ReadingWord::as_str).or(self.persist.map(|_| "presumed"));
        Settings::of(snapshot).reading(word, self.persist).ok_or_else(|| {
            Failure::Usage(
                "the setting “reading” of the store is none of certain, presumed and possible; correct it, or name one \
                 with --reading"
                    .to_owned(),
            )
        })
    }
}

/// Which time is read.
#[derive(Args, Clone, Debug)]
pub(super) struct WindowArgs {
    /// The state on the last day of this period: 2010, 2010-03 or 2010-03-01
    #[arg(long, value_name = "DATE", conflicts_with = "during")]
    pub(super) as_of: Option<String>,
    /// What overlaps these periods, both included: 2004..2010
    #[arg(long, value_name = "A..B")]
    pub(super) during: Option<String>,
    #[command(flatten)]
    pub(super) reading: ReadingArgs,
}

impl WindowArgs {
    /// The window that is asked for; `None` = all times.
    pub(super) fn window(&self) -> Result<Option<Window>, Failure> {
        if let Some(date) = &self.as_of {
            return Ok(Some(Window::as_of(date.parse()?)));
        }
        let Some(range) = &self.during else { return Ok(None) };
        let (first, last) = period::range("--during", range)?;
        Ok(Some(Window::during(first, last)?))
    }

    /// The day at which names and states are read; `None` = the latest.
    pub(super) fn day(&self) -> Result<Option<Day>, Failure> {
        Ok(self.window()?.map(|window| window.span().to.previous()))
    }

    /// The window and the reading.
    pub(super) fn as_of(&self, snapshot: &Snapshot) -> Result<AsOf, Failure> {
        Ok(AsOf::new(self.window()?, self.reading.reading(snapshot)?))
    }
}

/// Which time is read, and which rows count.
#[derive(Args, Clone, Debug)]
pub(super) struct TimeArgs {
    #[command(flatten)]
    pub(super) period: WindowArgs,
    /// The least confidence that counts: high, medium, low, weak-source, unverified-recall
    #[arg(long, value_name = "STEP")]
    pub(super) min_confidence: Option<String>,
}

impl TimeArgs {
    /// As [`WindowArgs::day`].
    pub(super) fn day(&self) -> Result<Option<Day>, Failure> {
        self.period.day()
    }

    /// As [`WindowArgs::as_of`].
    pub(super) fn as_of(&self, snapshot: &Snapshot) -> Result<AsOf, Failure> {
        self.period.as_of(snapshot)
    }

    /// Refuses a confidence that the schema does not have.
    pub(super) fn check(&self, snapshot: &Snapshot) -> Result<(), Failure> {
        let Some(least) = &self.min_confidence else { return Ok(()) };
        let steps: Vec<&str> = snapshot.catalogue().schema().confidence.iter().map(String::as_str).collect();
        known("--min-confidence", least, &steps)
    }
}

/// A store that is read, a time, and how the data are written.
#[derive(Args, Clone, Debug)]
pub(super) struct ReadArgs {
    /// The store
    #[arg(value_name = "DB")]
    pub(super) db: PathBuf,
    #[command(flatten)]
    pub(super) time: TimeArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

impl ReadArgs {
    /// As [`OutputArgs::write`].
    pub(super) fn write(&self, report: &Report) -> Result<(), Failure> {
        self.output.write(report, &[&self.db])
    }
}

/// Makes a store at a place, with all that `fill` puts into it, or leaves the place as it is: also where `fill`
/// returns nothing, and where the process is killed.
pub(super) fn make_store<T>(
    place: &Path,
    fill: impl FnOnce(&Database) -> Result<Option<T>, Failure>,
) -> Result<Option<T>, Failure> {
    let making = NewFolder::at(place, files::STORE).map_err(store_failure)?;
    let db = Database::create(making.path())?;
    let filled = fill(&db)?;
    drop(db);
    if filled.is_some() {
        making.install().map_err(store_failure)?;
    }
    Ok(filled)
}

fn store_failure(error: FileError) -> Failure {
    Error::from(StoreError::from(error)).into()
}

/// Opens a store for reading; never makes one. Beside a writer it tells which commit is read.
pub(super) fn open_to_read(path: &Path) -> Result<Database, Failure> {
    let db = Database::open_read_only(path)?;
    if let Some(beside) = db.beside()? {
        say(&told(&beside));
    }
    Ok(db)
}

/// `note: reading commit 118 of 2026-11-25 16:02 (3 s ago) beside the writer 4711`
fn told(beside: &Beside) -> String {
    let made = beside.committed_at_millis.and_then(|at| {
        let at = jiff::Timestamp::from_millisecond(at).ok()?;
        let local = jiff::tz::TimeZone::system().to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string();
        let now = jiff::Timestamp::try_from(std::time::SystemTime::now());
        // A clock that went back, or beyond the calendar, makes no age.
        let seconds = now.map_or(-1, |now| now.duration_since(at).as_secs());
        Some(if seconds < 0 { format!(" of {local}") } else { format!(" of {local} ({seconds} s ago)") })
    });
    let writer = beside.writer.map_or_else(|| "a writer".to_owned(), |pid| format!("the writer {pid}"));
    format!("note: reading commit {}{} beside {writer}", beside.commit, made.unwrap_or_default())
}

/// A database that is open for reading, its state, and its names.
pub(super) struct Reading {
    pub(super) db: Database,
    pub(super) snapshot: Arc<Snapshot>,
    names: Names,
}

impl Reading {
    /// Opens a store for reading; never makes one.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        Self::of(open_to_read(path)?)
    }

    /// Opens a store for a change; never makes one.
    pub(super) fn open_to_change(path: &Path) -> Result<Self, Failure> {
        Self::of(Database::open(path)?)
    }

    /// Commits a draft on this state, and tells its warnings, what it did and its number.
    pub(super) fn commit(&self, draft: Draft<'_>, told: &str) -> Result<(), Failure> {
        let (actor, command) = (actor(), command_line());
        let done = self.db.commit(&draft.finish(), &note(&actor, &command, told))?;
        for warning in &done.warnings {
            say(&format!("warning: {warning}"));
        }
        say_done(&format!("{told}; commit {}", done.commit));
        if self.db.is_held_up() {
            say(
                "note: a reader that stands still holds the store; it was waited for once, and is not any more",
            );
        }
        Ok(())
    }

    /// Opens a store for reading and takes in what is needed to answer about what a text means among nodes of
    /// these kinds; where nothing bears it, the whole graph, so that near names can be offered.
    pub(super) fn around(
        path: &Path,
        time: &TimeArgs,
        (kinds, what): (&[Kind], &str),
        reach: Reach,
    ) -> Result<Self, Failure> {
        let db = open_to_read(path)?;
        let text = what.split_once('/').map_or(what, |(_, id)| id);
        let cut = match db.around(what, reach)? {
            Some(cut) => Some(cut),
            None => db.around(text, reach)?,
        };
        let reading = match cut.map(|cut| (Names::of(&cut), cut)) {
            Some((names, snapshot)) if bears(&names, kinds, what) => Self { db, snapshot, names },
            _ => Self::of(db)?,
        };
        time.check(&reading.snapshot)?;
        Ok(reading)
    }

    /// The ties that follow from what has been taken in.
    pub(super) fn ties(&self, options: &TieOptions) -> TieTable {
        TieTable::derive(&self.snapshot, &TierSchemes::of(&self.snapshot), options)
    }

    fn of(db: Database) -> Result<Self, Failure> {
        let snapshot = db.snapshot()?;
        let names = Names::of(&snapshot);
        Ok(Self { db, snapshot, names })
    }

    /// Opens a store for reading at a time; never makes one.
    pub(super) fn at(path: &Path, time: &TimeArgs) -> Result<Self, Failure> {
        let reading = Self::open(path)?;
        time.check(&reading.snapshot)?;
        Ok(reading)
    }

    /// The values that governments may have under `level` or `rank`: the steps of the schemes in use, and
    /// whatever a government holds beside them.
    pub(super) fn tiers(&self, scale: Scale) -> Vec<String> {
        let text = |value: &Value| value.as_text().map(str::to_owned);
        let governments = || self.snapshot.nodes_with(label::GOVERNMENT);
        let used: BTreeSet<String> =
            governments().filter_map(|node| node.value("scheme").as_ref().and_then(text)).collect();
        let schemes = TierSchemes::of(&self.snapshot);
        let mut tiers: Vec<String> =
            used.iter().flat_map(|scheme| schemes.names(scale, scheme)).map(str::to_owned).collect();
        let held: BTreeSet<String> =
            governments().filter_map(|node| node.value(scale.key()).as_ref().and_then(text)).collect();
        tiers.extend(held.into_iter().filter(|name| !tiers.contains(name)).collect::<Vec<_>>());
        tiers
    }

    /// What a text means among nodes of these kinds; former bearers are told.
    pub(super) fn find(&self, kinds: &[Kind], text: &str, day: Option<Day>) -> Result<NodeIx, Failure> {
        match self.names.find(kinds, text, day) {
            Ok(found) => Ok(Self::meant(text, &found)),
            Err(error @ LookupError::NotFound { .. }) => {
                Err(self.of_another_kind(kinds, text, day).unwrap_or_else(|| error.into()))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// What bears a text that means nothing of these kinds.
    fn of_another_kind(&self, kinds: &[Kind], text: &str, day: Option<Day>) -> Option<Failure> {
        let others: Vec<Kind> = Kind::ALL.into_iter().filter(|kind| !kinds.contains(kind)).collect();
        let by_name = self
            .names
            .find_exactly(&others, text, day)
            .ok()
            .and_then(|found| self.snapshot.node_at(found.node));
        let node = by_name.or_else(|| self.snapshot.nodes_holding("id", text).first().copied())?;
        let labels: Vec<&str> =
            node.labels().iter().map(|label| self.snapshot.catalogue().label_name(*label)).collect();
        let wanted: Vec<String> = kinds.iter().map(|kind| kind.label().to_lowercase()).collect();
        Some(Failure::NotFound(format!(
            "“{text}” is not the name of a {}, but {}, labelled {}; “show” tells what is stored of it",
            wanted.join(" or "),
            caption(node),
            labels.join(" ")
        )))
    }

    /// The permanent id of what is meant.
    pub(super) fn find_id(&self, kinds: &[Kind], text: &str, day: Option<Day>) -> Result<NodeId, Failure> {
        self.node_id(self.find(kinds, text, day)?)
    }

    /// The permanent id of a node of what has been taken in.
    pub(super) fn node_id(&self, ix: NodeIx) -> Result<NodeId, Failure> {
        let node = self.snapshot.node_at(ix);
        node.map(NodeRef::id).ok_or_else(|| Failure::NotFound(format!("there is no node {}", ix.get())))
    }

    /// Who is meant; former bearers of the text are told.
    pub(super) fn meant(text: &str, found: &Found) -> NodeIx {
        if !found.former.is_empty() {
            let former: Vec<String> = found.former.iter().map(ToString::to_string).collect();
            say(&format!("note: “{text}” also stands for {} (S11)", former.join("; ")));
        }
        found.node
    }

    /// The names of the state.
    pub(super) fn names(&self) -> &Names {
        &self.names
    }

    /// A property of a node as a cell: at the day, else the latest.
    pub(super) fn cell(&self, node: NodeIx, key: &str, day: Option<Day>) -> Cell {
        let node = self.snapshot.node_at(node);
        let value = node.and_then(|node| match day {
            Some(day) => node.value_at(key, day),
            None => node.value(key),
        });
        value_cell(value.as_ref())
    }

    /// A property of a node as text.
    pub(super) fn text(&self, node: NodeIx, key: &str, day: Option<Day>) -> String {
        self.cell(node, key, day).to_string()
    }
}

/// Whether a text names something as it is written: by name, code or id, or as `Label/id`. Other spellings are looked
/// for in the whole graph, where it shows whether one alone is meant.
fn bears(names: &Names, kinds: &[Kind], what: &str) -> bool {
    let snapshot = names.snapshot();
    let by_label = what.split_once('/').is_some_and(|(label, id)| snapshot.find(label, id).is_some());
    by_label
        || names.bears(kinds, what)
        || (kinds == Kind::ALL && !snapshot.nodes_holding("id", what).is_empty())
}

/// A name of a column that is read from data. Columns live as long as the program; a table has a few dozen of them.
pub(super) fn leak(name: &str) -> &'static str {
    Box::leak(name.to_owned().into_boxed_str())
}

/// A value as a cell; a missing one is empty.
pub(super) fn value_cell(value: Option<&Value>) -> Cell {
    match value {
        Some(Value::Integer(number)) => Cell::Integer(*number),
        Some(Value::Float(number)) => Cell::Float(*number),
        Some(Value::List(values)) => values.iter().map(ToString::to_string).collect(),
        Some(value) => Cell::Text(value.to_string()),
        None => Cell::Missing(Missing::NotApplicable),
    }
}

/// Who writes, for the journal.
pub(super) fn actor() -> String {
    std::env::var("INTERGOV_ACTOR").or_else(|_| std::env::var("USER")).unwrap_or_else(|_| "unknown".into())
}

/// The command line as it was typed, for the journal.
pub(super) fn command_line() -> String {
    typed().skip(1).collect::<Vec<_>>().join(" ")
}

/// The heading of a journal entry.
pub(super) fn note<'a>(actor: &'a str, command: &'a str, summary: &'a str) -> CommitNote<'a> {
    CommitNote { actor, command, summary }
}

/// The dates at which a measure is read: the years `1997..2019`, or the one of `--as-of`, or today.
pub(super) fn moments(years: Option<&str>, time: &TimeArgs) -> Result<Vec<Moment>, Failure> {
    match (years, &time.period.as_of, &time.period.during) {
        (Some(years), ..) => period::years("--years", years),
        (None, Some(date), _) => Ok(vec![Moment::new(date.parse()?)]),
        (None, None, Some(range)) => Err(Failure::Usage(format!(
            "a measure is read at dates, not over a period as --during {range} asks; read one with --as-of, or a series \
             with --years"
        ))),
        (None, None, None) => {
            say("note: no date is given; the state of today is read (--as-of, --years)");
            let today = Date::new(Day::today(), Precision::Day);
            Ok(today.into_iter().map(Moment::new).collect())
        }
    }
}

/// The selection with what the time arguments say.
pub(super) fn with_time(
    selection: Selection,
    time: &TimeArgs,
    snapshot: &Snapshot,
) -> Result<Selection, Failure> {
    let (min_confidence, reading) = (time.min_confidence.clone(), time.period.reading.reading(snapshot)?);
    Ok(Selection { reading, min_confidence, ..selection })
}
