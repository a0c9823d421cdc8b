//! Ctrl-C: the first one asks a command to stop by itself, the second one ends it.

use std::process::exit;
use std::sync::atomic::{AtomicBool, Ordering};

use super::failure::INTERRUPTED;

static ASKED: AtomicBool = AtomicBool::new(false);

/// Whether somebody has asked to stop. From this call on Ctrl-C no longer ends the process at once; where the
/// handler cannot be set it still does.
pub(super) fn on_interrupt() -> &'static AtomicBool {
    drop(ctrlc::set_handler(|| {
        if ASKED.swap(true, Ordering::Relaxed) {
            exit(i32::from(INTERRUPTED));
        }
    }));
    &ASKED
}
