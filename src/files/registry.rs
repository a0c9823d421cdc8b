//! What this process has in the making, and the moments at which it may not be ended.
//!
//! A handler of signals ends the process in two steps. [`end_here`] waits until no change is at its last steps, and
//! lets none begin them any more; [`remove_unfinished`] then removes what is in the making. So what a command was
//! asked for has been done, or has not, but never while the exit code says the other.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
#[cfg(feature = "cli")]
use std::time::{Duration, Instant};

/// How often and how long the removing is tried again where other threads still write.
#[cfg(feature = "cli")]
const TRIES: u32 = 50;
#[cfg(feature = "cli")]
const PAUSE: Duration = Duration::from_millis(4);

#[derive(Default)]
struct State {
    /// In the making: numbers and paths.
    making: BTreeMap<u64, PathBuf>,
    next: u64,
    /// Changes at their last steps.
    deciding: usize,
    /// Whether there has been one.
    decided: bool,
    /// Whether none may begin any more, because the process is about to end.
    ending: bool,
}

struct Registry {
    state: Mutex<State>,
    changed: Condvar,
}

static REGISTRY: Registry = Registry {
    state: Mutex::new(State { making: BTreeMap::new(), next: 0, deciding: 0, decided: false, ending: false }),
    changed: Condvar::new(),
};

impl Registry {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'s>(&self, state: MutexGuard<'s, State>) -> MutexGuard<'s, State> {
        self.changed.wait(state).unwrap_or_else(PoisonError::into_inner)
    }
}

/// The entry of something in the making; it goes with what it stands for.
#[derive(Debug)]
pub(super) struct Entry(u64);

impl Entry {
    /// Enters a path that is about to be made.
    pub(super) fn of(path: &Path) -> Self {
        let mut state = REGISTRY.state();
        while state.ending {
            state = REGISTRY.wait(state);
        }
        let number = state.next;
        state.next += 1;
        state.making.insert(number, path.to_owned());
        Self(number)
    }

    /// What was entered has another name now.
    pub(super) fn rename(&self, path: &Path) {
        REGISTRY.state().making.insert(self.0, path.to_owned());
    }
}

/// Whether this process has a path in the making.
pub(super) fn is_ours(path: &Path) -> bool {
    REGISTRY.state().making.values().any(|own| own == path)
}

impl Drop for Entry {
    fn drop(&mut self) {
        REGISTRY.state().making.remove(&self.0);
    }
}

/// A change at its last steps, from the first one that cannot be taken back to the last one that is needed.
#[derive(Debug)]
pub(crate) struct Decisive {
    counts: bool,
}

/// Begins the last steps of a change at a path: the process is not ended by its own handler of signals while the value
/// lives. Where it is about to be ended already, this never returns. May be held several times at once, also by one
/// thread. What is in the making itself, as a store that is made with its first data, decides nothing yet.
pub(crate) fn decisive(at: &Path) -> Decisive {
    let mut state = REGISTRY.state();
    while state.ending {
        state = REGISTRY.wait(state);
    }
    let counts = !state.making.values().any(|making| at.starts_with(making));
    state.deciding += usize::from(counts);
    Decisive { counts }
}

impl Drop for Decisive {
    fn drop(&mut self) {
        if self.counts {
            let mut state = REGISTRY.state();
            state.deciding -= 1;
            state.decided = true;
            REGISTRY.changed.notify_all();
        }
    }
}

#[cfg(feature = "cli")]
/// Whether this process has gone through the last steps of a change.
pub(crate) fn decided() -> bool {
    REGISTRY.state().decided
}

/// The process is about to end; dropping it lets everything go on.
#[cfg(feature = "cli")]
#[derive(Debug)]
pub(crate) struct Ending(());

/// Waits until no change is at its last steps; from then on none begins them, and nothing new is made.
#[cfg(feature = "cli")]
pub(crate) fn end_here() -> Ending {
    let mut state = REGISTRY.state();
    while state.deciding > 0 {
        state = REGISTRY.wait(state);
    }
    state.ending = true;
    Ending(())
}

#[cfg(feature = "cli")]
impl Drop for Ending {
    fn drop(&mut self) {
        REGISTRY.state().ending = false;
        REGISTRY.changed.notify_all();
    }
}

#[cfg(feature = "cli")]
/// Removes all that this process has in the making. Only after [`end_here`]: other threads may go on writing, but
/// nothing that they write gets to its place.
pub(crate) fn remove_unfinished() {
    let making: Vec<PathBuf> = REGISTRY.state().making.values().cloned().collect();
    let end = Instant::now() + PAUSE * TRIES;
    for path in making {
        while !remove(&path) && Instant::now() < end {
            std::thread::sleep(PAUSE);
        }
    }
}

/// Removes a file or a folder; `false` where something is left.
pub(super) fn remove(path: &Path) -> bool {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path).is_ok(),
        Ok(_) => fs::remove_file(path).is_ok(),
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    }
}
