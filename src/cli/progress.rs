//! A sign of life for what may take more than a second.

use std::time::Duration;

use indicatif::ProgressBar;

/// How often the sign moves.
const TICK: Duration = Duration::from_millis(120);

/// A spinner on stderr while it lives; nothing where stderr is no terminal, or none is wanted.
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// Shows what is done.
    pub(super) fn new(wanted: bool, doing: &'static str) -> Self {
        let bar = if wanted { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
        bar.set_message(doing);
        bar.enable_steady_tick(TICK);
        Self(bar)
    }

    /// Shows how many bytes are done.
    pub(super) fn bytes(&self, doing: &str, bytes: u64) {
        self.0.set_message(format!("{doing}, {}", indicatif::DecimalBytes(bytes)));
    }

    /// Shows what is done next.
    pub(super) fn now(&self, doing: &'static str) {
        self.0.set_message(doing);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
