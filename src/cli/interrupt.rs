//! Ctrl-C, SIGTERM, SIGHUP: what a command that is ended leaves.
//!
//! The store is sound whenever a process ends, so a thread of its own ends the process within a second, whatever the
//! command is at: it takes away what is in the making, and what stood before stands. Only where a change is at its last
//! steps does it wait for them, and then lets the command say that it has done what it was asked for.

use std::process::exit;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::files;

/// So long a command may take from its last steps to its last word.
const GRACE: Duration = Duration::from_millis(800);
const PAUSE: Duration = Duration::from_millis(5);

static DONE: AtomicBool = AtomicBool::new(false);
static IN_STEPS: AtomicBool = AtomicBool::new(false);

/// The command makes several changes one after the other: a signal between them ends it with what has been made.
pub(super) fn in_steps() {
    IN_STEPS.store(true, Ordering::SeqCst);
}

/// The command has done what it was asked for; the first signal from now on lets it end by itself.
pub(super) fn done() {
    DONE.store(true, Ordering::SeqCst);
}

fn is_done() -> bool {
    DONE.load(Ordering::SeqCst)
}

/// Ends the process with a code, unless the command has done what it was asked for: then it ends by itself.
fn end(code: i32) {
    if is_done() {
        return;
    }
    let _ending = files::end_here();
    if files::decided() {
        let end = Instant::now() + GRACE;
        while Instant::now() < end {
            if is_done() {
                return;
            }
            std::thread::sleep(PAUSE);
        }
    }
    // The one change that the command makes has been made: no code says that it has not.
    let changed = files::decided() && !IN_STEPS.load(Ordering::SeqCst);
    files::remove_unfinished();
    exit(if changed { 0 } else { code });
}

/// Begins to watch for signals. Where that cannot be, they end the process as they end any other.
#[cfg(unix)]
pub(super) fn watch() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    let ignored = ignored();
    let watched: Vec<i32> =
        [SIGHUP, SIGINT, SIGTERM].into_iter().filter(|signal| ignored & (1 << (signal - 1)) == 0).collect();
    let watch = move || {
        let Ok(mut signals) = Signals::new(&watched) else { return };
        let mut is_first = true;
        for signal in signals.forever() {
            if is_first {
                end(128 + signal);
            } else {
                exit(128 + signal);
            }
            is_first = false;
        }
    };
    drop(std::thread::Builder::new().name("signals".to_owned()).spawn(watch));
}

/// The signals that the parent had this process ignore, as `nohup` does: a bit for each, as Linux tells them.
#[cfg(unix)]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let bits = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    bits.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok()).unwrap_or(0)
}

/// Begins to watch for Ctrl-C.
#[cfg(not(unix))]
pub(super) fn watch() {
    drop(ctrlc::set_handler(|| end(i32::from(super::failure::INTERRUPTED))));
}
