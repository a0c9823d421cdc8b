//! A bare list of ties of many rows: row by row it becomes the tables of a package, which are loaded in blocks.
//!
//! The rows of `cooperation` stand at the numbers that they have in the list, so that what is said of a row is said of
//! the list. What a row means is said by the translation that the planner of lists uses too.

use std::fs::File;
use std::io::{BufWriter, Read as _, Write as _};
use std::path::Path;

use memchr::memrchr;

use super::cells::Rows;
use super::cut::Cutter;
use super::load::bulk_load;
use super::{BulkError, BulkLoaded, BulkOptions, BulkProgress, Unsuited};
use crate::exchange::error::ExchangeError;
use crate::exchange::fault::{Fault, ImportFaults};
use crate::exchange::remarks::in_order_of_files;
use crate::exchange::text::{Separator, ragged_row};
use crate::exchange::ties_csv::{
    Founding, GOVERNMENT, Header, SOURCE, Survey, TiesOptions, Translator, founded_by, government, is_known,
    is_of_government, keeps_orientation, no_tie,
};
use crate::files::PrivateFolder;
use crate::graph::{BulkSink, Snapshot};
use crate::relations::Names;

/// Bytes that are enough to see the first row.
const FIRST_ROW: u64 = 1 << 16;

/// Where the rows of the tables that a list became stand in it.
#[derive(Debug)]
pub(super) struct Origin {
    /// Name of the list in messages.
    file: String,
    /// Rows that named a government, or a source, first.
    governments: Vec<u64>,
    sources: Vec<u64>,
    /// Holds the tables as long as they may be read again.
    _tables: PrivateFolder,
}

impl Origin {
    /// What is said of a row of a table, said of the row of the list that it came from.
    pub(super) fn of(&self, mut fault: Fault) -> Fault {
        let at = |rows: &[u64], row: Option<u64>| {
            let place = usize::try_from(row?.checked_sub(2)?).ok()?;
            rows.get(place).copied()
        };
        match fault.file.as_str() {
            "governments.csv" => fault.row = at(&self.governments, fault.row),
            "sources.csv" => fault.row = at(&self.sources, fault.row),
            "cooperation.csv" => {}
            _ => return fault,
        }
        fault.file.clone_from(&self.file);
        fault
    }
}

/// A list that is read row by row.
struct List<'l> {
    path: &'l Path,
    separator: Separator,
    header: Vec<String>,
    header_row: u64,
    options: &'l BulkOptions<'l>,
}

impl<'l> List<'l> {
    /// Reads the header.
    fn open<E>(
        path: &'l Path,
        ties: &TiesOptions,
        options: &'l BulkOptions<'l>,
    ) -> Result<Self, BulkError<E>> {
        let read = || -> std::io::Result<Vec<u8>> {
            let mut start = Vec::new();
            File::open(path)?.take(FIRST_ROW).read_to_end(&mut start)?;
            Ok(start)
        };
        let start = read().map_err(ExchangeError::io("read", path))?;
        let unsuited = |why| BulkError::Unsuited { path: path.to_owned(), why };
        let start = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&start);
        let mut separator = Separator::of(start);
        separator.byte = ties.text.delimiter.unwrap_or(separator.byte);
        // The last row of the start may be cut anywhere.
        let whole = start.get(..memrchr(b'\n', start).unwrap_or(start.len())).unwrap_or_default();
        let text = std::str::from_utf8(whole).map_err(|_| unsuited(Unsuited::Encoding))?;
        let mut rows = Rows::new(text, 1).separated_by(separator.byte);
        let mut is_there = rows.advance();
        if is_there && separator.declared {
            is_there = rows.advance();
        }
        let header: Vec<String> = rows.cells().map(|name| name.trim().to_owned()).collect();
        // A single column, XML, a file of UCINET or one without a header: what it is the planner says.
        if !is_there || header.len() < 2 || !header.iter().any(|name| is_known(name)) {
            return Err(unsuited(Unsuited::Header));
        }
        Ok(Self { path, separator, header, header_row: rows.number(), options })
    }

    /// Hands on the rows below the header, and after each block how many bytes were read.
    fn rows<E>(
        &self,
        mut tell: impl FnMut(u64),
        mut take: impl FnMut(&Rows<'_>) -> Result<(), BulkError<E>>,
    ) -> Result<(), BulkError<E>> {
        let file = File::open(self.path).map_err(ExchangeError::io("open", self.path))?;
        let mut cutter = Cutter::new(file, self.options.block_bytes).separated_by(self.separator.byte);
        let unsuited = |why| BulkError::Unsuited { path: self.path.to_owned(), why };
        let mut bytes = 0;
        loop {
            if self.options.is_cancelled() {
                return Err(BulkError::Cancelled);
            }
            let block = cutter.next().map_err(ExchangeError::io("read", self.path))?;
            let Some(block) = block.map_err(unsuited)? else { return Ok(()) };
            bytes += block.bytes.len() as u64;
            let text = String::from_utf8(block.bytes).map_err(|_| unsuited(Unsuited::Encoding))?;
            let mut rows = Rows::new(&text, block.first_row).separated_by(self.separator.byte);
            while rows.advance() {
                if rows.number() > self.header_row {
                    take(&rows)?;
                }
            }
            tell(bytes);
        }
    }
}

/// A table that is written row by row.
struct Table {
    out: BufWriter<File>,
    /// Number of the last row.
    row: u64,
}

impl Table {
    fn create<'c>(path: &Path, header: impl Iterator<Item = &'c str>) -> Result<Self, ExchangeError> {
        let file = File::create(path).map_err(ExchangeError::io("make", path))?;
        let mut table = Self { out: BufWriter::with_capacity(1 << 20, file), row: 0 };
        table.write(1, header)?;
        Ok(table)
    }

    /// Writes a row at a number, with empty rows before it where there are none.
    fn write<'c>(&mut self, number: u64, cells: impl Iterator<Item = &'c str>) -> Result<(), ExchangeError> {
        while self.row + 1 < number {
            self.out.write_all(b"\n")?;
            self.row += 1;
        }
        for (at, cell) in cells.enumerate() {
            if at > 0 {
                self.out.write_all(b",")?;
            }
            // The first cell is quoted, so that no row is empty.
            if at == 0 || cell.contains([',', '"', '\n', '\r']) {
                self.out.write_all(b"\"")?;
                self.out.write_all(cell.replace('"', "\"\"").as_bytes())?;
                self.out.write_all(b"\"")?;
            } else {
                self.out.write_all(cell.as_bytes())?;
            }
        }
        self.out.write_all(b"\n")?;
        self.row += 1;
        Ok(())
    }
}

/// The tables of a list.
struct Tables {
    ties: Table,
    governments: Table,
    sources: Table,
    origin: Origin,
}

impl Tables {
    fn create(file: &str, folder: PrivateFolder, header: &[String]) -> Result<Self, ExchangeError> {
        let path = |name: &str| folder.path().join(name);
        Ok(Self {
            ties: Table::create(&path("cooperation.csv"), header.iter().map(String::as_str))?,
            governments: Table::create(&path("governments.csv"), GOVERNMENT.into_iter())?,
            sources: Table::create(&path("sources.csv"), SOURCE.into_iter())?,
            origin: Origin {
                file: file.to_owned(),
                governments: Vec::new(),
                sources: Vec::new(),
                _tables: folder,
            },
        })
    }

    fn finish(mut self) -> Result<Origin, ExchangeError> {
        for table in [&mut self.ties, &mut self.governments, &mut self.sources] {
            table.out.flush()?;
        }
        Ok(self.origin)
    }
}

/// Loads a bare list of ties into a sink for an empty store, as [`plan_ties`](crate::exchange::plan_ties) would plan
/// it: the same graph, or the same faults. `empty` is the state of that store, `scratch` a folder for files that are
/// about as large as the list and are removed with the result; where nothing can be made in it, they are made among the
/// system's temporary files.
///
/// Memory is bounded by the names of the governments and eight bytes a row.
///
/// # Errors
/// As [`bulk_load`]; [`BulkError::Unsuited`] too where the header or the text is not of the usual kind.
pub fn bulk_ties<S: BulkSink>(
    (path, file): (&Path, &str),
    empty: &Snapshot,
    sink: &mut S,
    (ties, options): (&TiesOptions, &BulkOptions<'_>),
    scratch: &Path,
    progress: &mut dyn FnMut(BulkProgress),
) -> Result<BulkLoaded, BulkError<S::Error>> {
    let schema = empty.catalogue().schema();
    let unsuited = |why| BulkError::Unsuited { path: path.to_owned(), why };
    if ties.text.encoding.is_some() || ties.create_governments == Founding::Never {
        return Err(unsuited(Unsuited::Encoding));
    }
    let size = std::fs::metadata(path).map_err(ExchangeError::io("read", path))?.len();
    let mut tell = |bytes: u64| progress(BulkProgress { rows: 0, bytes, bytes_in_all: 5 * size });
    let list = List::open(path, ties, options)?;
    let mut survey = Survey::default();
    list.rows(&mut tell, |rows| {
        if rows.len() == list.header.len() {
            survey.look(rows.cells());
        }
        Ok(())
    })?;
    let (mut found, mut warnings) = (Vec::new(), Vec::new());
    if ties.text.delimiter.is_none() {
        warnings.extend(list.separator.warning(file));
    }
    let orientation = keeps_orientation(schema);
    let header = (file, list.header_row, list.header.as_slice());
    let header = Header::of(header, &survey, ties, orientation, (&mut found, &mut warnings));
    let Some(header) = header.filter(|_| found.is_empty()) else {
        return Err(unsuited(Unsuited::Header));
    };
    let names = Names::of(empty);
    let form = (file, list.separator.byte);
    let mut translator = Translator::new(form, header, &names, ties, (true, orientation));
    // Beside a mount point nothing may be written.
    let folder =
        PrivateFolder::for_reader(scratch).or_else(|_| PrivateFolder::for_reader(&std::env::temp_dir()));
    let folder = folder.map_err(ExchangeError::from)?;
    let place = folder.path().to_owned();
    let mut tables = Tables::create(file, folder, &translator.header())?;
    let note = founded_by(file);
    let (mut uneven, mut any) = (Vec::new(), false);
    let mut record = csv::StringRecord::new();
    let again = |bytes| tell(size + bytes);
    list.rows(again, |rows| {
        any = true;
        if rows.len() != list.header.len() {
            uneven.push(ragged_row(file, rows.number(), rows.len(), list.header.len()));
            return Ok(());
        }
        record.clear();
        rows.cells().for_each(|cell| record.push_field(cell));
        let Some(tie) = translator.row(rows.number(), &record) else { return Ok(()) };
        for name in &tie.governments {
            tables.origin.governments.push(rows.number());
            let next = tables.governments.row + 1;
            tables.governments.write(next, government(name, &note).into_iter())?;
        }
        for id in &tie.sources {
            tables.origin.sources.push(rows.number());
            let next = tables.sources.row + 1;
            tables.sources.write(next, [id.as_str(), id.as_str()].into_iter())?;
        }
        tables.ties.write(rows.number(), tie.cells.iter())?;
        Ok(())
    })?;
    let origin = tables.finish()?;
    let (more, remarks) = translator.finish();
    let mut faults: ImportFaults = uneven.into_iter().chain(more).collect();
    if !any {
        faults.push(no_tie(file));
    }
    let further = &mut |done: BulkProgress| {
        let BulkProgress { rows, bytes, bytes_in_all } = done;
        progress(BulkProgress { rows, bytes: 2 * size + bytes, bytes_in_all: 2 * size + bytes_in_all });
    };
    match bulk_load(&place, schema, sink, options, further) {
        Ok(_) if !faults.is_empty() => Err(BulkError::Faults(faults)),
        Ok(mut loaded) => {
            let own = loaded.take_warnings().into_iter().map(|warning| origin.of(warning));
            let is_new =
                |warning: &Fault| warning.column.as_deref().is_none_or(|name| !is_of_government(name));
            warnings.extend(own.filter(is_new));
            loaded.comes_from(origin, in_order_of_files(warnings, remarks));
            Ok(loaded)
        }
        Err(BulkError::Faults(found)) => {
            // That the tables have no rows is no wonder where all rows are at fault.
            let of_rows = found.faults().iter().filter(|fault| fault.file.ends_with(".csv"));
            of_rows.for_each(|fault| faults.push(origin.of(fault.clone())));
            faults.sort();
            Err(BulkError::Faults(faults))
        }
        Err(error) => Err(error),
    }
}
