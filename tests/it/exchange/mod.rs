//! Files in and out: packages, dumps, GraphML, bare ties.

mod blocks;
mod bounds;
mod dump;
mod faults;
pub(crate) mod graphml;
mod hostile;
mod list_blocks;
mod lists;
mod networks;
mod package;
pub(crate) mod random;
mod readers;
mod synth;
mod ties;
mod values;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use intergov::Watch;
use intergov::exchange::{
    BlockReader, ImportError, ImportFaults, ImportOptions, ImportPlan, ImportSource, draft_import,
};
use intergov::graph::{Catalogue, Schema, Snapshot};

/// The domain's schema.
pub(crate) fn schema() -> Schema {
    intergov::relations::schema().unwrap()
}

/// An empty graph under the domain's schema.
pub(crate) fn empty() -> Snapshot {
    Snapshot::empty(Arc::new(Catalogue::with_schema(Arc::new(schema()))))
}

/// A folder of fixtures, if this checkout has it.
pub(crate) fn fixture(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    if !folder.join("governments.csv").is_file() {
        println!("skipped: fixtures/{name} is not in this checkout");
        return None;
    }
    Some(folder)
}

/// A graph with a package imported.
pub(crate) fn import(into: &Snapshot, folder: &Path, options: &ImportOptions) -> Snapshot {
    let plan = planned(into, folder, options).unwrap_or_else(|faults| panic!("{faults}"));
    into.apply(plan.changes()).unwrap()
}

/// What an import into a graph would do.
pub(crate) fn planned<'r>(
    into: &Snapshot,
    source: impl Into<ImportSource<'r>>,
    options: &ImportOptions,
) -> Result<ImportPlan, ImportFaults> {
    planned_in_blocks(into, source, options, 1 << 21)
}

/// The same, read in blocks of some size.
pub(crate) fn planned_in_blocks<'r>(
    into: &Snapshot,
    source: impl Into<ImportSource<'r>>,
    options: &ImportOptions,
    block_bytes: usize,
) -> Result<ImportPlan, ImportFaults> {
    let watch = Watch::new();
    let reader = BlockReader { block_bytes, threads: 3, ..BlockReader::new(&watch) };
    match draft_import(into, source.into(), options, reader) {
        Ok((changes, read)) => Ok(ImportPlan::new(into, changes, &read).unwrap()),
        Err(ImportError::Faults(faults)) => Err(faults),
        Err(error) => panic!("{error}"),
    }
}

/// The faults of a plan.
fn texts(plan: Result<ImportPlan, ImportFaults>) -> Vec<String> {
    let faults = plan.err().map(|faults| faults.faults().iter().map(ToString::to_string).collect());
    faults.unwrap_or_default()
}

/// Reads a few bytes at a time, as a network does.
pub(crate) struct Slow(Vec<u8>, usize);

impl std::io::Read for Slow {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let rest = &self.0[self.1..];
        let count = rest.len().min(buffer.len()).min(977);
        buffer[..count].copy_from_slice(&rest[..count]);
        self.1 += count;
        Ok(count)
    }
}

/// The files of a folder by name, as readers; `None` if one of them is not a plain file.
pub(crate) fn readers(folder: &Path) -> Option<Vec<(String, Slow)>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).ok()? {
        let entry = entry.unwrap();
        let name = entry.file_name().to_string_lossy().into_owned();
        // To open a pipe is to wait for its other end.
        if !entry.path().is_file() {
            return None;
        }
        // A name without an ending is that of a table among readers.
        if name.to_lowercase().ends_with(".csv") || name.contains("datapackage") {
            files.push((name, Slow(std::fs::read(entry.path()).ok()?, 0)));
        }
    }
    // Readers come in any order.
    files.sort_by(|one, other| other.0.cmp(&one.0));
    Some(files)
}

/// A package in the making.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    /// An empty folder.
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Two governments.
    pub(crate) fn small() -> Self {
        let folder = Self::new();
        folder.write(
            "governments.csv",
            "id,scheme,code,name,rank\ncn:1,cn,cn:1,甲,provincial\ncn:2,cn,cn:2,乙,prefectural\n",
        );
        folder
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, file: &str, contents: impl AsRef<[u8]>) {
        std::fs::write(self.path().join(file), contents).unwrap();
    }

    pub(crate) fn append(&self, file: &str, rows: &str) {
        let text = std::fs::read_to_string(self.path().join(file)).unwrap();
        self.write(file, text + rows);
    }

    pub(crate) fn replace(&self, file: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.path().join(file)).unwrap();
        assert!(text.contains(from));
        self.write(file, text.replace(from, to));
    }

    /// The faults of importing it into an empty graph; readers of the same files have the same.
    pub(crate) fn faults(&self) -> Vec<String> {
        let found = texts(planned(&empty(), self.path(), &ImportOptions::default()));
        let is_of_the_folder = found.iter().any(|fault| fault.starts_with(&*self.path().to_string_lossy()));
        if let Some(files) = readers(self.path()).filter(|_| !is_of_the_folder) {
            assert_eq!(
                texts(planned(&empty(), ImportSource::files(files), &ImportOptions::default())),
                found
            );
        }
        found
    }
}
