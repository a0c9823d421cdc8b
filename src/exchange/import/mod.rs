//! How does a package or a bare list come into a state? One way: sources become tables, tables become rows, and what the
//! rows make goes to a sink.
//!
//! The sink is a load into an empty store, or a draft of any state; what a row means does not hang on it.

mod difference;
mod plan;

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::fault::{Fault, ImportFaults, Setting};
use super::formats::{GOVERNMENT_NAMES, ListText, open_list, read_text_list};
use super::package::{
    BlockReader, Halt, ImportCounts, ImportError, ImportMode, ImportOptions, Listing, MemoryFiles,
    MergeOutcome, NamedReader, PackageTable, TableForm, merge,
};
use super::remarks::{Remarks, in_order_of_files};
use crate::graph::{GraphSink, Snapshot, Violation};
use crate::relations::FOLLOW_SUCCESSORS;
use crate::watch::Watch;

pub use difference::{ElementChange, ElementChangeKind};
pub use plan::{ImportPlan, draft_import};

/// Where an import comes from.
pub enum ImportSource<'r> {
    /// A folder with the tables of a package.
    Package(&'r Path),
    /// A file with a bare list of ties.
    List(&'r Path),
    /// The files of a package by name, read from anywhere.
    Files(Vec<NamedReader<'r>>),
    /// A bare list of ties that is read from anywhere, and its name in messages.
    ListText(&'r str, Box<dyn Read + 'r>),
}

impl std::fmt::Debug for ImportSource<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Package(path) => f.debug_tuple("Package").field(path).finish(),
            Self::List(path) => f.debug_tuple("List").field(path).finish(),
            Self::Files(files) => f.debug_list().entries(files.iter().map(|(name, _)| name)).finish(),
            Self::ListText(file, _) => f.debug_tuple("ListText").field(file).finish(),
        }
    }
}

impl<'r, P: AsRef<Path> + ?Sized> From<&'r P> for ImportSource<'r> {
    /// A folder is a package, anything else a list.
    fn from(path: &'r P) -> Self {
        let path = path.as_ref();
        if path.is_dir() { Self::Package(path) } else { Self::List(path) }
    }
}

impl<'r> ImportSource<'r> {
    /// The files of a package as a folder has them, by name: tables such as `governments.csv` (or `governments`), and
    /// `datapackage.json` if there is one. Each is read once and held in memory during the import, 256 MiB at most.
    ///
    /// ```
    /// use intergov::exchange::ImportSource;
    /// use intergov::{CommitNote, Database};
    ///
    /// let db = Database::in_memory()?;
    /// let governments = "id,scheme,code,name\na,x,a,Alpha\nb,x,b,Beta\n";
    /// let cooperation = "id,from,to,valid_from\nt,a,b,2001\n";
    /// let files = [("governments.csv", governments.as_bytes()), ("cooperation.csv", cooperation.as_bytes())];
    /// let done = db.import(ImportSource::files(files), &Default::default(), &CommitNote::by("app"))?;
    /// assert_eq!((done.nodes.added, done.edges.added), (2, 1));
    ///
    /// // A fault names file, row and column.
    /// let wrong = [("governments.csv", "id,scheme,code,name,level\nc,cn,c,Gamma,nowhere\n".as_bytes())];
    /// let refused = db.plan(ImportSource::files(wrong), &Default::default()).unwrap_err();
    /// assert!(refused.to_string().contains("governments.csv, row 2, column level"));
    /// # Ok::<(), intergov::Error>(())
    /// ```
    #[must_use]
    pub fn files<R: Read + 'r>(files: impl IntoIterator<Item = (impl Into<String>, R)>) -> Self {
        let named = |(name, reader): (_, R)| -> NamedReader<'r> { (Into::into(name), Box::new(reader)) };
        Self::Files(files.into_iter().map(named).collect())
    }

    /// A bare list of ties, and its name in messages.
    #[must_use]
    pub fn list(file: &'r str, reader: impl Read + 'r) -> Self {
        Self::ListText(file, Box::new(reader))
    }
}

/// A source that can be read again.
enum Input<'r> {
    Package(&'r Path),
    Files(MemoryFiles),
    List(&'r Path),
    Text(ListText),
}

/// The tables of a source.
pub(super) struct OpenedTables<'s> {
    pub(super) tables: Vec<PackageTable<'s>>,
    pub(super) faults: ImportFaults,
    pub(super) warnings: Vec<Fault>,
    pub(super) remarks: Remarks,
    pub(super) notes: Vec<String>,
    /// The folder, if it must hold rows, or a word for files in memory.
    folder: Option<PathBuf>,
    /// Whether they were made of a list.
    is_list: bool,
}

impl<'s> OpenedTables<'s> {
    /// The tables of a list.
    pub(super) fn of_list(tables: Vec<PackageTable<'s>>, faults: ImportFaults) -> Self {
        Self {
            tables,
            faults,
            warnings: Vec::new(),
            remarks: Remarks::default(),
            notes: Vec::new(),
            folder: None,
            is_list: true,
        }
    }
}

/// What an import read, and what it takes to find an element in its files again.
#[derive(Debug)]
pub struct ImportRead<'s> {
    before: &'s Snapshot,
    options: &'s ImportOptions,
    tables: Vec<PackageTable<'s>>,
    block_bytes: usize,
    threads: usize,
    merged: MergeOutcome,
}

impl<'s> ImportRead<'s> {
    /// Counts of nodes.
    #[must_use]
    pub fn nodes(&self) -> ImportCounts {
        self.merged.nodes
    }

    /// Counts of edges.
    #[must_use]
    pub fn edges(&self) -> ImportCounts {
        self.merged.edges
    }

    /// What the import did beyond the rows: ties continued at a successor, ranks inferred, governments founded.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.merged.notes
    }

    /// What is said of the files: how text was read that is not UTF-8 or not separated by commas, and what is
    /// hardly meant, such as a government “NA” or a date 9999-12-31.
    #[must_use]
    pub fn warnings(&self) -> &[Fault] {
        &self.merged.warnings
    }

    /// What rules say of the state after the import, at file and row, in the order of the breaches. Tables that it needs
    /// are read again; they must not have changed since.
    #[must_use]
    pub fn locate(self, after: &Snapshot, breaches: &[Violation]) -> Vec<Fault> {
        if breaches.is_empty() {
            return Vec::new();
        }
        let never = Watch::new();
        let Self { before, options, tables, block_bytes, threads, merged } = self;
        let reader = BlockReader { block_bytes, threads, watch: &never };
        let places = merged.places(reader, (before, options, after), &tables, breaches);
        breaches.iter().zip(places).map(|(breach, place)| located(breach, place)).collect()
    }
}

/// What a rule says, at a file and row; the last says whether it is the row of a spell.
fn located(breach: &Violation, place: Option<(String, u64, bool)>) -> Fault {
    let is_spell = place.as_ref().is_some_and(|(_, _, is_spell)| *is_spell);
    let (file, row) = place.map(|(file, row, _)| (file, row)).unzip();
    Fault {
        file: file.unwrap_or_default(),
        row,
        column: if is_spell { Some("value".to_owned()) } else { breach.column.clone() },
        rule: breach.rule,
        message: breach.message.clone(),
        remedy: breach.remedy.clone(),
        warning: breach.warning,
        setting: breach.remedy.ends_with(FOLLOW_SUCCESSORS).then_some(Setting::FollowSuccessors),
    }
}

/// Reads a source and hands what its rows make to a sink, which `sink` makes for the state `before`. It may be asked for
/// one again: if a file cannot be cut into blocks, the reading begins again with that file read as a whole.
///
/// # Errors
/// [`ImportError::Faults`] with all faults of the files, [`ImportError::Cancelled`], what the system and the sink say. The
/// sink may then have taken a part.
pub fn read_import<'s, S: GraphSink>(
    (before, options): (&'s Snapshot, &'s ImportOptions),
    source: ImportSource<'_>,
    sink: impl FnMut() -> Result<S, S::Error>,
    reader: BlockReader<'_>,
) -> Result<(S, ImportRead<'s>), ImportError<S::Error>> {
    let (sink, mut read, folder) = read_rows((before, options), source, sink, reader)?;
    settle(&mut read, folder)?;
    Ok((sink, read))
}

/// As [`read_import`], before anything is said of the faults.
fn read_rows<'s, S: GraphSink>(
    (before, options): (&'s Snapshot, &'s ImportOptions),
    source: ImportSource<'_>,
    mut sink: impl FnMut() -> Result<S, S::Error>,
    reader: BlockReader<'_>,
) -> Result<(S, ImportRead<'s>, Option<PathBuf>), ImportError<S::Error>> {
    let input = match source {
        ImportSource::Package(path) => Input::Package(path),
        ImportSource::Files(readers) => Input::Files(MemoryFiles::read(readers)?),
        ImportSource::List(path) => Input::List(path),
        ImportSource::ListText(file, mut reader) => {
            Input::Text(read_text_list(file, &mut *reader, &options.text))
        }
    };
    let mut uncut = BTreeSet::new();
    loop {
        let mut sink = sink().map_err(ImportError::Sink)?;
        match once((before, options), &input, &uncut, &mut sink, reader) {
            Ok((read, folder)) => return Ok((sink, read, folder)),
            Err(Halt::Error(error)) => return Err(error),
            Err(Halt::Uncut(path)) => drop(uncut.insert(path)),
        }
    }
}

/// Reads all tables once.
fn once<'s, S: GraphSink>(
    (before, options): (&'s Snapshot, &'s ImportOptions),
    input: &Input<'_>,
    uncut: &BTreeSet<PathBuf>,
    sink: &mut S,
    reader: BlockReader<'_>,
) -> Result<(ImportRead<'s>, Option<PathBuf>), Halt<S::Error>> {
    let opened = match input {
        Input::Package(folder) => {
            let listing = Listing::of(folder, before.catalogue().schema())?;
            open_package(&reader, before, (listing, folder, options), uncut)?
        }
        Input::Files(files) => {
            let listing = Listing::of_memory(files, before.catalogue().schema());
            open_package(&reader, before, (listing, Path::new("package"), options), uncut)?
        }
        Input::List(path) => open_list(&reader, (before, options), path, uncut)?,
        Input::Text(text) => text.open(&reader, (before, options))?,
    };
    let OpenedTables { tables, faults, mut warnings, remarks, notes, folder, is_list } = opened;
    let mut merged = merge(reader, (before, options), (&tables, faults), sink)?;
    // What the tables say of names was said of the list's own columns.
    merged.warnings.append(&mut warnings);
    merged.notes.extend(notes);
    if is_list {
        merged.remarks.forget_columns(&GOVERNMENT_NAMES);
    }
    merged.remarks.extend(remarks);
    let BlockReader { block_bytes, threads, .. } = reader;
    Ok((ImportRead { before, options, tables, block_bytes, threads, merged }, folder))
}

fn open_package<'s, E>(
    reader: &BlockReader<'_>,
    before: &'s Snapshot,
    (listing, folder, options): (Listing<'s>, &Path, &ImportOptions),
    uncut: &BTreeSet<PathBuf>,
) -> Result<OpenedTables<'s>, Halt<E>> {
    let schema = before.catalogue().schema();
    let mut faults: ImportFaults = listing.faults.iter().cloned().collect();
    let form = TableForm { text: &options.text, uncut };
    let tables = listing.open(reader, schema, form, &mut faults)?;
    let must_have_rows = !listing.is_of_nothing && options.mode != ImportMode::ReplacePackage;
    let folder = must_have_rows.then(|| folder.to_owned());
    Ok(OpenedTables { folder, is_list: false, ..OpenedTables::of_list(tables, faults) })
}

/// All faults, if there are any; else the warnings in order.
fn settle(read: &mut ImportRead<'_>, folder: Option<PathBuf>) -> Result<(), ImportFaults> {
    let merged = &mut read.merged;
    if let Some(folder) = folder.filter(|_| merged.rows == 0 && merged.faults.is_empty()) {
        let remedy =
            "write rows into them, or name another package; to empty tables of the store replace the package";
        let fault =
            Fault::new(folder.display().to_string(), "package", "no table of the package has a row", remedy);
        merged.faults.push(fault);
    }
    if !merged.faults.is_empty() {
        let mut faults = std::mem::take(&mut merged.faults);
        faults.sort();
        return Err(faults);
    }
    let (warnings, remarks) = (std::mem::take(&mut merged.warnings), std::mem::take(&mut merged.remarks));
    merged.warnings = in_order_of_files(warnings, remarks);
    Ok(())
}
