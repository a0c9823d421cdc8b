//! A sign of life for what may take more than a second.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// How often the sign moves.
const TICK: Duration = Duration::from_millis(120);

/// What a sign of life with a known end shows.
const COUNTED: &str = "{msg} {wide_bar} {percent}% {human_pos} rows, {per_sec}, {eta} left";

/// A spinner or a bar on stderr while it lives; nothing where stderr is no terminal, or none is wanted.
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// Shows what is done.
    pub(super) fn new(wanted: bool, doing: &'static str) -> Self {
        let bar = if wanted { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
        bar.set_message(doing);
        bar.enable_steady_tick(TICK);
        Self(bar)
    }

    /// Shows what is done, how fast, and for how long still; [`Progress::reach`] moves it.
    pub(super) fn counted(wanted: bool, doing: &'static str) -> Self {
        let bar = if wanted { ProgressBar::new(0) } else { ProgressBar::hidden() };
        if let Ok(style) = ProgressStyle::with_template(COUNTED) {
            bar.set_style(style);
        }
        bar.set_message(doing);
        bar.enable_steady_tick(TICK);
        Self(bar)
    }

    /// Shows how many of how many rows are done.
    pub(super) fn reach(&self, rows: u64, of: u64) {
        self.0.set_length(of.max(rows));
        self.0.set_position(rows);
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
