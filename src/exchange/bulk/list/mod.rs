//! How does a bare list of ties of many rows come into an empty store? Block by block it becomes the tables of a
//! package, which are loaded in blocks.
//!
//! The rows of `cooperation` stand at the numbers that they have in the list, so that what is said of a row is said of
//! the list. What a row means is said by the translation that the planner of lists uses too.

mod tables;
mod translate;

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use memchr::memrchr;

use super::cells::Rows;
use super::load::bulk_load;
use super::pipeline::{Reader, Text};
use super::{BulkError, BulkLoaded, BulkOptions, BulkProgress, Unsuited};
use crate::exchange::error::ExchangeError;
use crate::exchange::fault::Fault;
use crate::exchange::remarks::in_order_of_files;
use crate::exchange::text::Separator;
use crate::exchange::ties_csv::{
    Founding, Header, Survey, TiesOptions, is_known, is_of_government, keeps_orientation,
};
use crate::files::PrivateFolder;
use crate::graph::{BulkSink, Snapshot};
use crate::relations::Names;
use translate::{Translation, translate};

pub(super) use tables::Origin;

/// Bytes that are enough to see the first row.
const FIRST_ROW: u64 = 1 << 16;

/// A list that is read in blocks.
struct List<'l> {
    path: &'l Path,
    /// Its name in messages.
    file: &'l str,
    separator: Separator,
    header: Vec<String>,
    header_row: u64,
    reader: Reader<'l>,
}

impl<'l> List<'l> {
    /// Reads the header.
    fn open<E>(
        (path, file): (&'l Path, &'l str),
        ties: &TiesOptions,
        options: &BulkOptions<'l>,
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
        let reader = Reader { separator: separator.byte, ..options.reader() };
        Ok(Self { path, file, separator, header, header_row: rows.number(), reader })
    }

    /// Hands on the rows of a block that lie below the header.
    fn rows(&self, text: &Text, mut take: impl FnMut(&Rows<'_>)) {
        let mut rows = Rows::new(&text.text, text.first_row).separated_by(self.separator.byte);
        while rows.advance() {
            if rows.number() > self.header_row {
                take(&rows);
            }
        }
    }

    /// Looks at all cells; `tell` gets how many bytes were read.
    fn survey<E>(&self, mut tell: impl FnMut(u64)) -> Result<Survey, BulkError<E>> {
        let look = |_: &mut (), text: &Text| {
            let mut survey = Survey::default();
            self.rows(text, |rows| {
                if rows.len() == self.header.len() {
                    survey.look(rows.cells());
                }
            });
            survey
        };
        let (mut whole, mut bytes) = (Survey::default(), 0);
        self.reader.blocks(
            self.path,
            || (),
            look,
            |survey, text| {
                whole.extend(survey);
                bytes += text.len() as u64;
                tell(bytes);
                Ok(())
            },
        )?;
        Ok(whole)
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
    let list = List::open((path, file), ties, options)?;
    let survey = list.survey(&mut tell)?;
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
    // Beside a mount point nothing may be written.
    let folder =
        PrivateFolder::for_reader(scratch).or_else(|_| PrivateFolder::for_reader(&std::env::temp_dir()));
    let folder = folder.map_err(ExchangeError::from)?;
    let place = folder.path().to_owned();
    let names = Names::of(empty);
    let again = |bytes| tell(size + bytes);
    let Translation { origin, mut faults, remarks } =
        translate(&list, (&header, orientation), &names, ties, folder, again)?;
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
