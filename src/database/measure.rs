//! Measures of the networks of a database.

use super::Database;
use crate::analysis::{Analysis, Measure, Report};
use crate::error::Error;
use crate::study::{Moment, Selection, Subjects};

impl Database {
    /// Computes a measure of the table [`MEASURES`](crate::analysis::MEASURES) at each date. Needs the feature `analysis`.
    ///
    /// # Errors
    /// [`Error::NoMeasure`], [`Error::Report`], [`Error::Study`] where the selection names a node that is not
    /// there.
    pub fn analyze(
        &self,
        measure: &str,
        moments: &[Moment],
        selection: Selection,
        subjects: Subjects,
    ) -> Result<Report, Error> {
        let found = Measure::find(measure).ok_or_else(|| Error::NoMeasure { name: measure.to_owned() })?;
        Ok(Analysis::new(self.study(selection, subjects)?).run(found, moments)?)
    }
}
