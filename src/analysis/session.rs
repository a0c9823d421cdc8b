//! A study with the measures that were asked of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::facts::Facts;
use super::frame::Asked;
use super::{Frame, Measure, Report, ReportError};
use crate::study::{Churn, Moment, Slice, Study, StudyError};
use crate::value::Reading;
use crate::workers;

/// Computes measures over the dates of one study. Each network is cut once, and what several measures need of it is
/// computed once, however many measures are asked for.
#[derive(Debug)]
pub struct Analysis {
    study: Study,
    facts: Mutex<HashMap<Moment, Arc<Facts>>>,
    changed: Mutex<HashMap<Step, Arc<Changed>>>,
    /// The same under the strictest and the widest reading.
    bounds: OnceLock<Box<[Analysis; 2]>>,
}

/// The date before, where there is one, and the date.
type Step = (Option<Moment>, Moment);

/// What changed from one date of a series to the next.
#[derive(Debug)]
pub(super) struct Changed {
    /// Pairs that came and went; nothing for the first date.
    pub(super) churn: Option<Churn>,
    /// Ties that began within the period.
    pub(super) events: usize,
}

impl Analysis {
    /// An analysis of a study.
    #[must_use]
    pub fn new(study: Study) -> Self {
        Self { study, facts: Mutex::default(), changed: Mutex::default(), bounds: OnceLock::new() }
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

    /// What changed up to a date, computed once for all measures of a series.
    pub(super) fn changed(&self, before: Option<Moment>, moment: Moment) -> Result<Arc<Changed>, StudyError> {
        let key = (before, moment);
        let known = || self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(changed) = known().get(&key) {
            return Ok(Arc::clone(changed));
        }
        let slice = self.study.slice(moment)?;
        let churn = before.map(|before| self.study.slice(before)).transpose()?;
        let churn = churn.map(|before| self.study.churn(&before, &slice));
        let changed = Arc::new(Changed { churn, events: self.study.events(moment)? });
        Ok(Arc::clone(known().entry(key).or_insert(changed)))
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

    /// The result of a measure for the network of a date, typed: rows by the number of the node, numbers, and reasons
    /// where there are none. `None` for a measure of records, and where an arrangement was cut out of the network (S35).
    ///
    /// # Errors
    /// [`ReportError`] where the selection makes no network or the measure does not fit it.
    pub fn frame(&self, measure: &Measure, moment: Moment) -> Result<Option<Frame>, ReportError> {
        let (slice, facts) = self.slice(moment)?;
        if slice.counted.left_out.cut > 0 {
            return Ok(None);
        }
        Ok(workers::run(|| measure.frame(&self.asked(&slice, &facts)))?)
    }

    /// A network with what the measure was told of it.
    pub(super) fn asked<'a>(&'a self, slice: &'a Slice, facts: &'a Facts) -> Asked<'a> {
        Asked { slice, facts, study: &self.study }
    }
}
