//! Dumps, data packages and the formats of other programs, out of a database and back. Needs the feature `exchange`.

use std::io::{BufRead, Write};
use std::path::Path;

use super::Database;
use crate::error::Error;
use crate::exchange::{
    DumpCounts, ExportReport, GraphmlOptions, NetworkTable, TableReport, WriteOptions, WriteReport, dump,
    load, write_graphml, write_networks, write_package,
};
use crate::store::{CommitNote, Committed};
use crate::study::{Moment, Selection, Slice, Subjects};

impl Database {
    /// Loads a dump into an empty database.
    ///
    /// # Errors
    /// [`Error::Dump`] with the line at fault, [`Error::Rules`], [`Error::Store`].
    pub fn load(&self, from: impl BufRead, note: &CommitNote<'_>) -> Result<Committed, Error> {
        let changes = load(from, &*self.snapshot()?)?;
        self.commit(&changes, note)
    }

    /// Writes the present state as text, line by line, in a stable order.
    ///
    /// # Errors
    /// [`Error::Exchange`].
    pub fn dump(&self, out: impl Write) -> Result<DumpCounts, Error> {
        Ok(dump(&*self.snapshot()?, out)?)
    }

    /// Writes governments and the ties of a selection between them, or another view, as GraphML.
    ///
    /// # Errors
    /// [`Error::Exchange`]; [`Error::Study`] where the selection names a node that is not there.
    pub fn export_graphml(
        &self,
        options: &GraphmlOptions,
        selection: Selection,
        out: impl Write,
    ) -> Result<ExportReport, Error> {
        Ok(write_graphml(&self.study(selection, Subjects::default())?, options, out)?)
    }

    /// Writes the networks of some dates as a table for another program.
    ///
    /// # Errors
    /// [`Error::Study`] where the selection makes no network; [`Error::Exchange`] where the output cannot be written.
    pub fn export_networks(
        &self,
        moments: &[Moment],
        selection: Selection,
        table: NetworkTable,
        out: impl Write,
    ) -> Result<TableReport, Error> {
        let study = self.study(selection, Subjects::default())?;
        let slices = moments.iter().map(|moment| study.slice(*moment)).collect::<Result<Vec<_>, _>>()?;
        let slices: Vec<&Slice> = slices.iter().map(AsRef::as_ref).collect();
        Ok(write_networks(&slices, table, out)?)
    }

    /// Writes the present state as a data package.
    ///
    /// # Errors
    /// [`Error::Exchange`].
    pub fn export_package(&self, folder: &Path, options: &WriteOptions) -> Result<WriteReport, Error> {
        Ok(write_package(&*self.snapshot()?, folder, options)?)
    }
}
