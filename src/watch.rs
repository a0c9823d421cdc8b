//! How far is an operation, and shall it go on?
//!
//! Whatever may take more than a second looks at the [`Watch`] of its thread, if there is one: it tells how far it is, and
//! stops soon after it was cancelled. So a watch is optional everywhere, and no function takes one.

use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What an operation is doing, and in what its progress is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// Files are read: bytes.
    Reading,
    /// Edges are sorted and packed: edges.
    Packing,
    /// The rules look at what was read, and it is committed; nothing is counted.
    Checking,
    /// Rows or elements are written: rows, elements.
    Writing,
}

/// How far an operation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Progress {
    /// What it is doing.
    pub stage: Stage,
    /// How much of that is done, in what the stage counts.
    pub done: u64,
    /// How much there is in all; 0 if that is not known.
    pub in_all: u64,
}

/// An operation that was cancelled by its [`Watch`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, thiserror::Error)]
#[error("it was cancelled; nothing was changed")]
pub struct Cancelled;

/// What is called with each step of the progress.
type Tell = dyn Fn(Progress) + Send + Sync;

/// Progress and cancellation of what may take more than a second.
///
/// Clones are one watch. Any thread may cancel it; what runs under it then ends with an error of kind *cancelled*, and
/// changes nothing. A watch that was cancelled stays so.
///
/// ```
/// use intergov::exchange::ImportSource;
/// use intergov::{CommitNote, Database, Stage, Watch};
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// let db = Database::in_memory()?;
/// let rows = "id,scheme,code,name\na,x,a,Alpha\n";
/// let import = || {
///     let files = ImportSource::files([("governments", rows.as_bytes())]);
///     db.import(files, &Default::default(), &CommitNote::by("app"))
/// };
///
/// let read = Arc::new(AtomicU64::new(0));
/// let seen = Arc::clone(&read);
/// let watch = Watch::new().telling(move |progress| {
///     if progress.stage == Stage::Reading {
///         seen.store(progress.done, Ordering::Relaxed);
///     }
/// });
/// assert_eq!(watch.run(import)?.nodes.added, 1);
/// assert!(read.load(Ordering::Relaxed) >= rows.len() as u64);
///
/// watch.cancel();
/// assert!(watch.run(import).unwrap_err().is_cancelled());
/// # Ok::<(), intergov::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Watch {
    cancelled: Arc<AtomicBool>,
    tell: Option<Arc<Tell>>,
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").field("cancelled", &self.is_cancelled()).finish_non_exhaustive()
    }
}

thread_local! {
    static CURRENT: RefCell<Option<Watch>> = const { RefCell::new(None) };
}

/// Puts the watch of before back, also after a panic.
struct Restore(Option<Watch>);

impl Drop for Restore {
    fn drop(&mut self) {
        let before = self.0.take();
        CURRENT.with(|current| current.replace(before));
    }
}

impl Watch {
    /// A watch that tells nothing and can be cancelled.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same watch, which tells how far an operation is. `tell` is called on the thread of the operation or on one that
    /// works for it, some times a second at most for each block of work; it must not write to the same database.
    #[must_use]
    pub fn telling(self, tell: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        Self { tell: Some(Arc::new(tell)), ..self }
    }

    /// Stops what runs under it soon, and for ever.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether it was cancelled.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Does some work under this watch; watches of this thread do not add up, the innermost counts.
    pub fn run<T>(&self, work: impl FnOnce() -> T) -> T {
        let before = CURRENT.with(|current| current.replace(Some(self.clone())));
        let _restore = Restore(before);
        work()
    }

    /// The watch of this thread, or one that nothing cancels and that tells nothing.
    pub(crate) fn current() -> Self {
        CURRENT.with(|current| current.borrow().clone()).unwrap_or_default()
    }

    /// # Errors
    /// [`Cancelled`] if it was.
    pub(crate) fn check(&self) -> Result<(), Cancelled> {
        if self.is_cancelled() { Err(Cancelled) } else { Ok(()) }
    }

    /// Tells how far an operation is.
    pub(crate) fn tell(&self, stage: Stage, done: u64, in_all: u64) {
        if let Some(tell) = &self.tell {
            tell(Progress { stage, done, in_all });
        }
    }
}

/// Elements after which a loop looks at its watch.
const PACE: u64 = 1_024;

/// Counts the elements of a loop, and looks at the watch of its thread every 1,024 of them.
pub(crate) struct Pace {
    watch: Watch,
    stage: Stage,
    done: u64,
    in_all: u64,
}

impl Pace {
    /// Of a loop over `in_all` elements, 0 if that is not known.
    pub(crate) fn new(stage: Stage, in_all: usize) -> Self {
        Self { watch: Watch::current(), stage, done: 0, in_all: in_all as u64 }
    }

    /// Counts one.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub(crate) fn step(&mut self) -> Result<(), Cancelled> {
        if self.done.is_multiple_of(PACE) {
            self.watch.check()?;
            self.watch.tell(self.stage, self.done, self.in_all);
        }
        self.done += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;

    #[test]
    fn the_innermost_watch_counts_and_goes_with_its_work() {
        let (outer, inner) = (Watch::new(), Watch::new());
        inner.cancel();
        outer.run(|| {
            assert!(Watch::current().check().is_ok());
            assert_eq!(inner.run(|| Watch::current().check()), Err(Cancelled));
            let panics = AssertUnwindSafe(|| inner.run(|| assert_eq!(1, 2, "the work panics")));
            assert!(catch_unwind(panics).is_err());
            assert!(Watch::current().check().is_ok());
            outer.cancel();
            assert_eq!(Watch::current().check(), Err(Cancelled));
        });
        assert!(Watch::current().check().is_ok());
    }
}
