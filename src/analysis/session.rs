//! A study with the measures that were asked of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::facts::Facts;
use super::{Measure, Report, ReportError};
use crate::study::{Moment, Slice, Study, StudyError};
use crate::value::Reading;
use crate::workers;

/// Computes measures over the dates of one study. Each network is cut once, and what several measures need of it is
/// computed once, however many measures are asked for.
#[derive(Debug)]
pub struct Analysis {
    study: Study,
    facts: Mutex<HashMap<Moment, Arc<Facts>>>,
    /// The same under the strictest and the widest reading.
    bounds: OnceLock<Box<[Analysis; 2]>>,
}

impl Analysis {
    /// An analysis of a study.
    #[must_use]
    pub fn new(study: Study) -> Self {
        Self { study, facts: Mutex::default(), bounds: OnceLock::new() }
    }

    /// What is studied.
    #[must_use]
    pub fn study(&self) -> &Study {
        &self.study
    }

    /// Computes a measure at each date.
    ///
    /// # Errors
    /// [`ReportError`] where an option is missing or the selection makes no network.
    pub fn run(&self, measure: &Measure, moments: &[Moment]) -> Result<Report, ReportError> {
        workers::run(|| measure.run(self, moments))
    }

    /// The same study under the strictest and the widest reading (S28).
    pub(super) fn bounds(&self) -> Result<&[Self; 2], StudyError> {
        if let Some(bounds) = self.bounds.get() {
            return Ok(bounds);
        }
        let under = |reading| self.study.read_as(reading).map(Self::new);
        let made = Box::new([under(Reading::Certain)?, under(Reading::Possible)?]);
        Ok(self.bounds.get_or_init(|| made))
    }

    /// The network of a date, and what is known of it.
    pub(super) fn slice(&self, moment: Moment) -> Result<(Arc<Slice>, Arc<Facts>), StudyError> {
        let slice = self.study.slice(moment)?;
        let mut facts = self.facts.lock().unwrap_or_else(PoisonError::into_inner);
        Ok((slice, Arc::clone(facts.entry(moment).or_default())))
    }
}
