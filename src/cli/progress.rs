//! Progress of what may take more than a second.

use std::fmt::Write;
use std::time::Duration;

use indicatif::{DecimalBytes, HumanCount, ProgressBar, ProgressState, ProgressStyle};

use crate::watch::{Progress as Shown, Stage, Watch};
use crate::workers;

/// How often the sign moves.
const TICK: Duration = Duration::from_millis(120);

/// What a progress display with a known end shows.
const COUNTED: &str = "{msg} {wide_bar} {percent} % {done}, {rate}, {eta} left";

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Rows,
    Bytes,
}

/// A spinner or a bar on stderr while it lives; nothing where stderr is not a terminal, or no progress is wanted.
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// Shows what is done.
    pub(super) fn new(wanted: bool, doing: &'static str) -> Self {
        let bar = if wanted { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
        bar.set_message(doing);
        // indicatif panics where it is refused the thread that moves the sign.
        if !bar.is_hidden() && workers::expect_thread().is_ok() {
            bar.enable_steady_tick(TICK);
        }
        Self(bar)
    }

    /// Shows how much of a known amount is done: share, rate and remaining time.
    fn reach(&self, doing: &'static str, (done, in_all): (u64, u64), unit: Unit) {
        if self.0.length() != Some(in_all) {
            // A template that is compiled in; where it would not do the plain bar remains.
            if let Ok(style) = ProgressStyle::with_template(COUNTED) {
                let amount = move |number: u64| match unit {
                    Unit::Rows => format!("{} rows", HumanCount(number)),
                    Unit::Bytes => DecimalBytes(number).to_string(),
                };
                let done = move |state: &ProgressState, out: &mut dyn Write| {
                    // A bar that cannot be written is not a reason to stop.
                    out.write_str(&amount(state.pos())).unwrap_or_default();
                };
                let rate = move |state: &ProgressState, out: &mut dyn Write| {
                    write!(out, "{}/s", amount(state.per_sec() as u64)).unwrap_or_default();
                };
                self.0.set_style(style.with_key("done", done).with_key("rate", rate));
            }
            self.0.reset();
            self.0.set_length(in_all);
        }
        self.0.set_message(doing);
        self.0.set_position(done);
    }

    /// A watch that shows here how far what runs under it is. It is never cancelled: a signal ends the process, which leaves
    /// what was.
    pub(super) fn watch(&self) -> Watch {
        let shown = Self(self.0.clone());
        Watch::new().telling(move |Shown { stage, done, in_all }| {
            let (doing, unit) = match stage {
                Stage::Reading => ("reading the files", Unit::Bytes),
                Stage::Packing => ("packing the edges", Unit::Rows),
                Stage::Checking => ("checking the rules", Unit::Rows),
                _ => ("writing", Unit::Rows),
            };
            if in_all == 0 { shown.now(doing) } else { shown.reach(doing, (done, in_all), unit) }
        })
    }

    /// Shows how many bytes are done.
    pub(super) fn bytes(&self, doing: &str, bytes: u64) {
        self.0.set_message(format!("{doing}, {}", DecimalBytes(bytes)));
    }

    /// Shows what is done next.
    pub(super) fn now(&self, doing: &'static str) {
        if self.0.length().is_some() {
            self.0.unset_length();
            self.0.set_style(ProgressStyle::default_spinner());
        }
        self.0.set_message(doing);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
