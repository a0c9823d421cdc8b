//! How does a bare list become tables? Its names become governments and sources; its rows are translated each time that
//! the table of its ties is read, so that they are kept nowhere.

use std::collections::{BTreeSet, HashSet};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use memchr::memrchr;

use super::columns::{ListHeader, is_known};
use super::name_set::NameSet;
use super::rows::Translator;
use super::survey::Survey;
use super::translate::{Translation, translate};
use super::{
    GOVERNMENT, SOURCE, founded_by, founds, government, keeps_orientation, new_governments, no_tie, read_list,
};
use crate::exchange::error::ExchangeError;
use crate::exchange::fault::{Fault, ImportFaults};
use crate::exchange::import::OpenedTables;
use crate::exchange::package::{
    Block, BlockReader, Census, Halt, ImportError, ImportOptions, Made, MadeRows, PackageTable, RowCursor,
    SourceFile, TableContents, TableKind,
};
use crate::exchange::text::{RawRow, RawTable, Separator, TextForm, ragged_row};
use crate::graph::{Schema, Snapshot};
use crate::relations::Names;
use crate::relations::vocabulary::{edge, label};

/// Bytes that are enough to see the first row.
const FIRST_ROW: u64 = 1 << 16;

/// A list as it is written.
#[derive(Debug)]
pub(super) struct ListRows {
    /// Its name in messages.
    pub(super) file: String,
    contents: TableContents,
    pub(super) separator: u8,
    header: Vec<String>,
    header_row: u64,
    warnings: Vec<Fault>,
}

impl ListRows {
    /// A list that is read in blocks; `None` if its text or its header is not of the usual kind.
    fn cut(path: &Path, file: &str, form: &TextForm) -> Result<Option<Self>, ExchangeError> {
        if form.encoding.is_some() {
            return Ok(None);
        }
        let read = || -> std::io::Result<Vec<u8>> {
            let mut start = Vec::new();
            File::open(path)?.take(FIRST_ROW).read_to_end(&mut start)?;
            Ok(start)
        };
        let start = read().map_err(ExchangeError::io("read", path))?;
        let start = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&start);
        let mut separator = Separator::of(start);
        let warning = if form.delimiter.is_none() { separator.warning(file) } else { None };
        separator.byte = form.delimiter.unwrap_or(separator.byte);
        // The last row of the start may be cut anywhere.
        let whole = start.get(..memrchr(b'\n', start).unwrap_or(start.len())).unwrap_or_default();
        let Ok(text) = std::str::from_utf8(whole) else { return Ok(None) };
        let block = Block::Text { text: text.to_owned(), first_row: 1, separator: separator.byte };
        let mut rows = block.rows();
        let mut is_there = rows.advance();
        if is_there && separator.declared {
            is_there = rows.advance();
        }
        let header: Vec<String> = rows.cells().map(|name| name.trim().to_owned()).collect();
        // A single column, XML, a file of UCINET or one without a header is read as a whole.
        if !is_there || header.len() < 2 || !header.iter().any(|name| is_known(name)) {
            return Ok(None);
        }
        let contents =
            TableContents::File { file: SourceFile::Disk(path.to_owned()), separator: separator.byte };
        let (file, header_row) = (file.to_owned(), rows.number());
        let warnings = warning.into_iter().collect();
        Ok(Some(Self { file, contents, separator: separator.byte, header, header_row, warnings }))
    }

    fn whole(raw: Arc<RawTable>) -> Self {
        Self {
            file: raw.file.clone(),
            separator: raw.separator,
            header: raw.header.clone(),
            header_row: raw.header_row,
            warnings: raw.warnings.clone(),
            contents: TableContents::Whole(raw),
        }
    }

    /// Hands on the rows of a block that lie below the header.
    pub(super) fn each(&self, block: &Block<'_>, mut take: impl FnMut(&RowCursor<'_>)) {
        let is_whole = matches!(block, Block::Whole(_));
        let mut rows = block.rows();
        while rows.advance() {
            if is_whole || rows.number() > self.header_row {
                take(&rows);
            }
        }
    }

    /// Whether a row has as many cells as the header.
    pub(super) fn is_even(&self, rows: &RowCursor<'_>) -> bool {
        rows.len() == self.header.len()
    }

    /// The fault of a row that has not; a list that was read as a whole has told it already.
    pub(super) fn ragged(&self, rows: &RowCursor<'_>) -> Option<Fault> {
        let is_cut = matches!(self.contents, TableContents::File { .. });
        is_cut.then(|| ragged_row(&self.file, rows.number(), rows.len(), self.header.len()))
    }

    /// Reads all blocks, as [`BlockReader::blocks`] does.
    pub(super) fn blocks<W, T: Send, E>(
        &self,
        reader: &BlockReader<'_>,
        worker: impl Fn() -> W + Sync,
        read: impl Fn(&mut W, &Block<'_>) -> T + Sync,
        take: impl FnMut(T, &Block<'_>) -> Result<(), Halt<E>>,
    ) -> Result<(), Halt<E>> {
        reader.blocks(&self.contents, worker, read, take)
    }

    /// Looks at all cells; whether there is any row.
    fn survey<E>(&self, reader: &BlockReader<'_>) -> Result<(Survey, bool), Halt<E>> {
        let look = |_: &mut (), block: &Block<'_>| {
            let (mut survey, mut any) = (Survey::default(), false);
            self.each(block, |rows| {
                any = true;
                if self.is_even(rows) {
                    survey.look(rows.cells());
                }
            });
            (survey, any)
        };
        let (mut whole, mut any) = (Survey::default(), false);
        self.blocks(
            reader,
            || (),
            look,
            |(survey, some), _| {
                whole.extend(survey);
                any |= some;
                Ok(())
            },
        )?;
        Ok((whole, any))
    }
}

/// A list that was read as a whole.
pub(in crate::exchange) struct ListText {
    raw: Option<Arc<RawTable>>,
    faults: Vec<Fault>,
}

/// Reads a list as a whole, whichever of the usual kinds of file it is.
pub(in crate::exchange) fn read_text_list(file: &str, reader: &mut dyn Read, form: &TextForm) -> ListText {
    let mut faults = Vec::new();
    let raw = read_list(file, reader, form, &mut faults);
    ListText { raw: raw.map(Arc::new), faults }
}

impl ListText {
    /// The tables of the list.
    pub(in crate::exchange) fn open<'s, E>(
        &self,
        reader: &BlockReader<'_>,
        (before, options): (&'s Snapshot, &'s ImportOptions),
    ) -> Result<OpenedTables<'s>, Halt<E>> {
        let faults = schema_fault(before.catalogue().schema(), self.raw.as_ref().map_or("", |raw| &raw.file));
        let faults: Vec<Fault> = faults.into_iter().chain(self.faults.iter().cloned()).collect();
        match &self.raw {
            Some(raw) => tables_of(reader, ListRows::whole(Arc::clone(raw)), faults, (before, options)),
            None => Err(ImportError::Faults(faults.into_iter().collect()).into()),
        }
    }
}

/// The tables of a list in a file.
pub(in crate::exchange) fn open_list<'s, E>(
    reader: &BlockReader<'_>,
    (before, options): (&'s Snapshot, &'s ImportOptions),
    path: &Path,
    uncut: &BTreeSet<PathBuf>,
) -> Result<OpenedTables<'s>, Halt<E>> {
    let file = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let may_cut = !uncut.contains(path) && path.is_file();
    let cut = if may_cut { ListRows::cut(path, &file, &options.text)? } else { None };
    if let Some(rows) = cut {
        let faults = schema_fault(before.catalogue().schema(), &file);
        return tables_of(reader, rows, faults.into_iter().collect(), (before, options));
    }
    let mut text = File::open(path).map_err(ExchangeError::io("open", path))?;
    read_text_list(&file, &mut text, &options.text).open(reader, (before, options))
}

/// The fault of a store whose schema does not have ties.
fn schema_fault(schema: &Schema, file: &str) -> Option<Fault> {
    let message = "the store has no domain schema, so that ties have no meaning in it";
    let fault = || Fault::new(file, "schema", message, "import into a store that has the domain schema");
    schema.edge(edge::COOPERATES_WITH).is_none().then(fault)
}

/// A list that is understood: a table of cooperation whose rows are translated when they are read.
pub(super) struct TieList {
    rows: ListRows,
    meaning: ListHeader,
    names: Names,
    options: ImportOptions,
    founds: bool,
    has_orientation: bool,
    /// Governments that it founds.
    founded: NameSet,
    /// Rows that become no tie.
    refused: HashSet<u64>,
    census: Option<Arc<Census>>,
}

fn tables_of<'s, E>(
    reader: &BlockReader<'_>,
    rows: ListRows,
    mut faults: Vec<Fault>,
    (before, options): (&'s Snapshot, &'s ImportOptions),
) -> Result<OpenedTables<'s>, Halt<E>> {
    let schema = before.catalogue().schema();
    let (survey, any) = rows.survey(reader)?;
    if !any && faults.is_empty() {
        faults.push(no_tie(&rows.file));
    }
    let mut warnings = rows.warnings.clone();
    let has_orientation = keeps_orientation(schema);
    let header = (rows.file.as_str(), rows.header_row, rows.header.as_slice());
    let meaning = ListHeader::of(header, &survey, options, has_orientation, (&mut faults, &mut warnings));
    let Some(meaning) = meaning else {
        return Err(ImportError::Faults(faults.into_iter().collect()).into());
    };
    let (names, founds) = (Names::of(before), founds(before, options.create_governments));
    let form = (rows.file.as_str(), rows.separator);
    let translator = || Translator::new(form, &meaning, &names, options, (founds, has_orientation));
    let mut translation = translate(reader, &rows, translator)?;
    let census = translation.census().map(Arc::new);
    let Translation { whole, uneven, sources, refused, ties, .. } = translation;
    let columns = whole.header();
    let named = whole.founded().to_vec();
    let is_first = before.nodes_with(label::GOVERNMENT).next().is_none();
    let note = (!is_first && !named.is_empty()).then(|| new_governments(&named));
    let (found, remarks) = whole.finish();
    faults.extend(uneven.into_iter().chain(found));
    let mut faults: ImportFaults = faults.into_iter().collect();
    let note_of = founded_by(&rows.file);
    let governments =
        named.iter().map(|(name, row)| (*row, government(name, &note_of).into_iter().collect()));
    let governments = table("governments", &rows.file, &GOVERNMENT, governments);
    let sources = sources.iter().map(|(id, row)| (*row, [id.as_str(), id].into_iter().collect()));
    let sources = table("sources", &rows.file, &SOURCE, sources);
    let mut tables = Vec::new();
    for raw in [governments, sources].into_iter().filter(|raw| !raw.rows.is_empty()) {
        let kind = TableKind::named(schema, &raw.name);
        tables.extend(kind.map(|kind| PackageTable::whole(kind, raw, &mut faults)));
    }
    let mut founded = NameSet::default();
    named.iter().for_each(|(name, _)| founded.insert(name));
    if let Some(kind) = TableKind::named(schema, "cooperation").filter(|_| ties > 0) {
        let file = rows.file.clone();
        let list = TieList {
            rows,
            meaning,
            names,
            options: options.clone(),
            founds,
            has_orientation,
            founded,
            refused,
            census,
        };
        tables.push(PackageTable::made(
            kind,
            (&file, columns),
            TableContents::Made(Arc::new(list)),
            &mut faults,
        ));
    }
    let mut opened = OpenedTables::of_list(tables, faults);
    (opened.warnings, opened.remarks) = (warnings, remarks);
    opened.notes.extend(note);
    Ok(opened)
}

fn table(
    name: &str,
    file: &str,
    header: &[&str],
    rows: impl Iterator<Item = (u64, csv::StringRecord)>,
) -> RawTable {
    RawTable {
        name: name.to_owned(),
        file: file.to_owned(),
        header: header.iter().map(|name| (*name).to_owned()).collect(),
        rows: rows.map(|(number, cells)| RawRow { number, cells }).collect(),
        ..RawTable::default()
    }
}

impl std::fmt::Debug for TieList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TieList").field("rows", &self.rows).finish_non_exhaustive()
    }
}

impl Made for TieList {
    fn of(&self) -> &TableContents {
        &self.rows.contents
    }

    fn census(&self) -> Option<Arc<Census>> {
        self.census.clone()
    }

    fn maker(&self) -> Box<dyn FnMut(&Block<'_>) -> MadeRows + '_> {
        let form = (self.rows.file.as_str(), self.rows.separator);
        let known = (self.founds, self.has_orientation);
        let mut translator = Translator::new(form, &self.meaning, &self.names, &self.options, known);
        translator.knows(&self.founded);
        let width = translator.header().len();
        Box::new(move |block| {
            let mut made = MadeRows::new(width);
            self.rows.each(block, |rows| {
                let may_tie = self.rows.is_even(rows) && !self.refused.contains(&rows.number());
                if may_tie && translator.row(rows.number(), rows).is_some() {
                    made.push(rows.number(), translator.cells().iter());
                }
            });
            // What is to be said of the rows was said when they were read first.
            drop(translator.take_remarks());
            made
        })
    }
}
