//! How do the rows of a list become rows of tables on all cores?
//!
//! Workers translate blocks as if nothing was wrong with them; what they found of new names is put together in the order
//! of the file. From the first block on in which a row is at fault, rows are translated one by one: then what is said of
//! a row may hang on all rows above it.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use super::List;
use super::tables::{Origin, Table, Tables};
use crate::exchange::bulk::BulkError;
use crate::exchange::bulk::pipeline::Text;
use crate::exchange::error::ExchangeError;
use crate::exchange::fault::{Fault, ImportFaults};
use crate::exchange::remarks::Remarks;
use crate::exchange::text::ragged_row;
use crate::exchange::ties_csv::{Header, TiesOptions, Translator, no_tie};
use crate::files::PrivateFolder;
use crate::relations::Names;

/// What a list became.
pub(super) struct Translation {
    pub(super) origin: Origin,
    pub(super) faults: ImportFaults,
    pub(super) remarks: Remarks,
}

/// Translates a list into tables in a folder; `tell` gets how many bytes were read.
pub(super) fn translate<E>(
    list: &List<'_>,
    (header, orientation): (&Header, bool),
    names: &Names,
    options: &TiesOptions,
    folder: PrivateFolder,
    mut tell: impl FnMut(u64),
) -> Result<Translation, BulkError<E>> {
    let translator = || {
        let form = (list.file, list.separator.byte);
        Translator::new(form, header, names, options, (true, orientation))
    };
    let whole = translator();
    let tables = Tables::create(list.file, folder, &whole.header())?;
    let mut merge = Merge { list, whole, tables, uneven: Vec::new(), any: false };
    let clean = AtomicBool::new(true);
    let worker = || Worker { list, translator: translator(), cells: csv::StringRecord::new() };
    let read = |worker: &mut Worker<'_, '_>, text: &Text| {
        clean.load(Ordering::Relaxed).then(|| worker.read(text)).flatten()
    };
    let mut bytes = 0;
    list.reader.blocks(list.path, worker, read, |part, text| {
        let is_taken = match part.filter(|_| clean.load(Ordering::Relaxed)) {
            Some(part) => merge.append(part).map_err(ExchangeError::from)?,
            None => false,
        };
        if !is_taken {
            clean.store(false, Ordering::Relaxed);
            merge.one_by_one(text).map_err(ExchangeError::from)?;
        }
        bytes += text.len() as u64;
        tell(bytes);
        Ok(())
    })?;
    let Merge { whole, tables, uneven, any, .. } = merge;
    let origin = tables.finish().map_err(ExchangeError::from)?;
    let (more, remarks) = whole.finish();
    let mut faults: ImportFaults = uneven.into_iter().chain(more).collect();
    if !any {
        faults.push(no_tie(list.file));
    }
    Ok(Translation { origin, faults, remarks })
}

/// What a block without faults became.
struct Part {
    ties: Table<Vec<u8>>,
    /// Governments that the worker has not met before, with their rows.
    named: Vec<(String, u64)>,
    /// Sources that the worker has not met before, with their rows.
    cited: Vec<(String, u64)>,
    remarks: Remarks,
    any: bool,
}

/// Translates blocks apart from those before them.
struct Worker<'l, 'n> {
    list: &'l List<'l>,
    translator: Translator<'n>,
    cells: csv::StringRecord,
}

impl Worker<'_, '_> {
    /// Nothing where a row of the block is at fault.
    fn read(&mut self, text: &Text) -> Option<Part> {
        let Self { list, translator, cells } = self;
        let (mut named, mut cited) = (Vec::new(), Vec::new());
        // The header is the first row of the table.
        let mut ties = Table::part((text.first_row - 1).max(1));
        let (mut any, mut is_even) = (false, true);
        list.rows(text, |rows| {
            any = true;
            is_even &= rows.len() == list.header.len();
            cells.clear();
            rows.cells().for_each(|cell| cells.push_field(cell));
            let number = rows.number();
            let Some(tie) = translator.row(number, cells).filter(|_| is_even) else { return };
            named.extend(tie.governments.into_iter().map(|name| (name, number)));
            cited.extend(tie.sources.into_iter().map(|id| (id, number)));
            is_even &= ties.write(number, tie.cells.iter()).is_ok();
        });
        let remarks = translator.take_remarks();
        (is_even && translator.is_faultless()).then_some(Part { ties, named, cited, remarks, any })
    }
}

/// Puts blocks together in the order of the file.
struct Merge<'l, 'n> {
    list: &'l List<'l>,
    /// Has seen all rows so far.
    whole: Translator<'n>,
    tables: Tables,
    uneven: Vec<Fault>,
    any: bool,
}

impl Merge<'_, '_> {
    /// Takes what a worker made of a block, unless the names in it do not go with those above.
    fn append(&mut self, part: Part) -> io::Result<bool> {
        let Self { whole, tables, any, .. } = self;
        let Some(named) = whole.found_all(part.named) else { return Ok(false) };
        tables.first_named(named.iter().map(|(name, row)| (name.as_str(), *row)))?;
        let cited: Vec<_> = part.cited.into_iter().filter(|(id, _)| whole.cite(id)).collect();
        tables.first_cited(cited.iter().map(|(id, row)| (id.as_str(), *row)))?;
        tables.append_ties(&part.ties)?;
        whole.remarks.extend(part.remarks);
        *any |= part.any;
        Ok(true)
    }

    fn one_by_one(&mut self, text: &Text) -> io::Result<()> {
        let Self { list, whole, tables, uneven, any } = self;
        let mut cells = csv::StringRecord::new();
        let mut written = Ok(());
        list.rows(text, |rows| {
            *any = true;
            if rows.len() != list.header.len() {
                uneven.push(ragged_row(list.file, rows.number(), rows.len(), list.header.len()));
                return;
            }
            cells.clear();
            rows.cells().for_each(|cell| cells.push_field(cell));
            if let Some(tie) = whole.row(rows.number(), &cells)
                && written.is_ok()
            {
                written = tables.push(rows.number(), &tie);
            }
        });
        written
    }
}
