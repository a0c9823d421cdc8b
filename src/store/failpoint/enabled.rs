//! Points at which a test steps in.
//!
//! In the process of the test: [`arm`], for the files below one folder, so that tests beside it notice
//! nothing. In a child process: the variable `INTERGOV_FAILPOINTS`, as `commit.logged:3:kill` (stage, which
//! hit, fault), several with commas between them; faults are `kill`, `pause`, `enospc` and `eio`. With
//! `INTERGOV_FAILPOINTS_TELL` set, each stage is told on standard output as it is entered, `stage
//! commit.logged`, and a pause as `paused commit.logged`.

use std::cell::Cell;
use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use crate::store::error::StoreError;

/// The stages of the store, each entered where its name says what has just happened.
pub const STAGES: [&str; 48] = [
    "create.begun",
    "create.data",
    "restore.begun",
    "restore.filled",
    "restore.checked",
    "making.files",
    "making.whole",
    "making.moved",
    "open.locked",
    "open.copied",
    "open.data",
    "open.loaded",
    "settle.witness",
    "settle.witnessed",
    "settle.clean",
    "commit.begun",
    "commit.logged",
    "commit.synced",
    "commit.witnessed",
    "bulk.begun",
    "bulk.chunks",
    "load.begun",
    "load.spilled",
    "load.nodes",
    "load.edges",
    "load.links",
    "merge.begun",
    "merge.chunks",
    "checkpoint.segment",
    "checkpoint.engine",
    "checkpoint.witnessed",
    "pack.segment",
    "pack.synced",
    "manifest.written",
    "manifest.named",
    "migrate.begun",
    "migrate.counts",
    "migrate.written",
    "backup.begun",
    "backup.written",
    "backup.named",
    "compact.begun",
    "compact.done",
    "repair.begun",
    "repair.chunks",
    "rebuild.engine",
    "rebuild.aside",
    "rebuild.witnessed",
];

/// Single calls to the disk inside a stage; too many to be told.
pub const CALLS: [&str; 18] = [
    "data.read",
    "data.fill",
    "data.write",
    "data.flush",
    "data.sync",
    "head.write",
    "head.sync",
    "file.read",
    "file.write",
    "file.sync",
    "segment.open",
    "segment.read",
    "segment.write",
    "segment.sync",
    "segment.remove",
    "folder.copy",
    "folder.sync",
    "folder.remove",
];

/// Error numbers of Linux.
const ENOSPC: i32 = 28;
const EIO: i32 = 5;

const ARMED_VARIABLE: &str = "INTERGOV_FAILPOINTS";
const TELL_VARIABLE: &str = "INTERGOV_FAILPOINTS_TELL";

/// What happens at a point.
#[derive(Clone)]
pub enum Fault {
    /// The process ends at once, without closing anything.
    Kill,
    /// The thread stands still for ever, so that a parent can kill the process there.
    Pause,
    /// The operating system says so: an error number.
    Error(i32),
    /// This is run, and the store goes on.
    Call(Arc<dyn Fn() + Send + Sync>),
}

impl Fault {
    /// The disk is full.
    pub const FULL: Self = Self::Error(ENOSPC);
    /// The disk does not answer.
    pub const BROKEN: Self = Self::Error(EIO);

    fn from_name(name: &str) -> Option<Self> {
        match name {
            "kill" => Some(Self::Kill),
            "pause" => Some(Self::Pause),
            "enospc" => Some(Self::FULL),
            "eio" => Some(Self::BROKEN),
            _ => None,
        }
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kill => f.write_str("kill"),
            Self::Pause => f.write_str("pause"),
            Self::Error(code) => write!(f, "{}", io::Error::from_raw_os_error(*code)),
            Self::Call(_) => f.write_str("call"),
        }
    }
}

struct Point {
    id: u64,
    below: PathBuf,
    stage: String,
    /// Hits that pass before the fault.
    passes: u32,
    fault: Option<Fault>,
}

/// A point that waits for its hit; dropping it takes it away.
#[derive(Debug)]
pub struct Armed {
    id: u64,
}

impl Armed {
    /// Whether the fault has happened.
    #[must_use]
    pub fn has_fired(&self) -> bool {
        points().iter().any(|point| point.id == self.id && point.fault.is_none())
    }
}

impl Drop for Armed {
    fn drop(&mut self) {
        points().retain(|point| point.id != self.id);
    }
}

/// Lets a fault happen, once, at the `nth` hit (from 1) of a stage or call on a file below a folder.
#[must_use]
pub fn arm(below: &Path, stage: &str, nth: u32, fault: Fault) -> Armed {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let id = NEXT.fetch_add(1, Ordering::Relaxed);
    let passes = nth.saturating_sub(1);
    let point = Point { id, below: below.to_owned(), stage: stage.to_owned(), passes, fault: Some(fault) };
    points().push(point);
    Armed { id }
}

fn points() -> MutexGuard<'static, Vec<Point>> {
    static POINTS: OnceLock<Mutex<Vec<Point>>> = OnceLock::new();
    let points = POINTS.get_or_init(|| Mutex::new(from_environment()));
    points.lock().unwrap_or_else(PoisonError::into_inner)
}

fn from_environment() -> Vec<Point> {
    let text = std::env::var(ARMED_VARIABLE).unwrap_or_default();
    let point = |part: &str| {
        let (stage, rest) = part.split_once(':')?;
        let (nth, fault) = rest.split_once(':')?;
        let passes = nth.parse::<u32>().ok()?.saturating_sub(1);
        let fault = Fault::from_name(fault)?;
        Some(Point { id: 0, below: PathBuf::new(), stage: stage.to_owned(), passes, fault: Some(fault) })
    };
    text.split(',').filter_map(point).collect()
}

/// Enters a stage, or makes a call, on a file.
pub(in crate::store) fn failpoint(stage: &'static str, path: &Path) -> Result<(), StoreError> {
    let failed = StoreError::io(path);
    if STAGES.contains(&stage) {
        if let Err(error) = report("stage", stage) {
            return Err(failed(error));
        }
    } else if !CALLS.contains(&stage) {
        return Err(failed(io::Error::other(format!("failpoint {stage} is not in the table of stages"))));
    }
    match due(stage, path) {
        None => Ok(()),
        Some(Fault::Kill) => std::process::abort(),
        Some(Fault::Pause) => {
            drop(report("paused", stage));
            loop {
                std::thread::sleep(Duration::from_secs(3_600));
            }
        }
        Some(Fault::Error(code)) => Err(failed(io::Error::from_raw_os_error(code))),
        Some(Fault::Call(call)) => {
            call();
            Ok(())
        }
    }
}

/// Counts a hit and takes the fault whose turn it is.
fn due(stage: &str, path: &Path) -> Option<Fault> {
    let mut points = points();
    let mut due = None;
    for point in points.iter_mut().filter(|point| point.stage == stage && path.starts_with(&point.below)) {
        if point.passes > 0 {
            point.passes -= 1;
        } else if due.is_none() {
            due = point.fault.take();
        }
    }
    due
}

fn report(what: &str, stage: &str) -> io::Result<()> {
    static TELLS: OnceLock<bool> = OnceLock::new();
    if *TELLS.get_or_init(|| std::env::var_os(TELL_VARIABLE).is_some()) {
        writeln!(io::stdout().lock(), "{what} {stage}")?;
    }
    Ok(())
}

thread_local! {
    static CLOCK: Cell<Option<i64>> = const { Cell::new(None) };
}

/// What the clock shows to this thread, in milliseconds since 1970-01-01T00:00:00Z; `None` = the machine's.
pub fn set_clock(millis: Option<i64>) {
    CLOCK.with(|clock| clock.set(millis));
}

/// What the clock shows, where a test has set it.
pub(in crate::store) fn clock() -> Option<i64> {
    CLOCK.with(Cell::get)
}
