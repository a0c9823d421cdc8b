//! A store in one file: written beside a running writer, and made a store again.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::container::{BlockKey, Header, Kind, OTHER_BACKUP, Sink, Source, damaged};
use super::format1::{self, Reachable};
use crate::files::{NewFile, Overwrite, refuse_input};
use crate::graph::Catalogue;
use crate::store::base::Base;
use crate::store::chunks::checkpoint::{Folding, fresh_engine, keep_manifest, seal_segment};
use crate::store::chunks::manifest::{BLOCK_TREES, ChunkEntryV2, Manifest};
use crate::store::chunks::segment::SegmentWriter;
use crate::store::chunks::segments::Segments;
use crate::store::chunks::state::{DIRECTORIES, StateV2};
use crate::store::clock::now_millis;
use crate::store::create::{make_segments, write_witnesses};
use crate::store::engine::envelope::unseal;
use crate::store::engine::{Tree, Write};
use crate::store::error::StoreError;
use crate::store::failpoint::failpoint;
use crate::store::files::format::Format;
use crate::store::files::head::Witness;
use crate::store::files::staging::Staging;
use crate::store::handle::{Access, Store, StoreOptions};

/// Bytes of a backup of format 1 that are handed to its engine at once.
const BATCH_BYTES: u64 = 8 * 1024 * 1024;

/// What a backup holds, as [`Store::backup`] wrote it or [`Store::restore`] read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackupReport {
    /// The commit that it holds.
    pub commit: u64,
    /// Nodes.
    pub nodes: u64,
    /// Edges.
    pub edges: u64,
    /// Records of the engine, and blocks.
    pub values: u64,
    /// Bytes of the file.
    pub bytes: u64,
    /// When the backup was made, in milliseconds since 1970-01-01T00:00:00Z by the clock of the machine.
    pub made_at_millis: i64,
}

impl Store {
    /// Writes the whole store to one file, as of one commit, journal included. Writers go on meanwhile: what
    /// is read is a private copy, so that as many bytes as the store has are needed for temporary files.
    ///
    /// The file is written under another name and renamed when it is whole; what is not a regular file, a pipe or a
    /// device, is written to. `progress` is told the bytes written.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] where there is a file already, [`StoreError::Busy`] beside a writer that
    /// never rests, [`StoreError::Corrupt`] where the store is damaged, [`StoreError::Io`].
    pub fn backup(&self, file: &Path, progress: &mut dyn FnMut(u64)) -> Result<BackupReport, StoreError> {
        if self.is_reader() {
            return self.write_backup(file, progress);
        }
        let steps = self.limits().steps();
        let (reader, _) = Self::open_any(self.path(), Access::ReadOnly, self.limits(), &steps)?;
        reader.write_backup(file, progress)
    }

    fn write_backup(&self, file: &Path, progress: &mut dyn FnMut(u64)) -> Result<BackupReport, StoreError> {
        let header = self.backup_header()?;
        refuse_input(file, &[self.path()])?;
        let part = NewFile::create(file, Overwrite::No)?;
        let (written, part) = self.write_sections(file, part, header, progress)?;
        failpoint("backup.written", file)?;
        if let Some(written) = part.path() {
            Source::open(written)?.check()?;
        }
        part.install()?;
        failpoint("backup.named", file)?;
        Ok(written)
    }

    fn backup_header(&self) -> Result<Header, StoreError> {
        let base = self.base();
        let mut witness = self.witnessed;
        if witness.commit != base.last {
            // Written and not witnessed yet: only then the graph must be counted.
            let snapshot = self.snapshot()?;
            let writer = self.writer_state();
            witness = Self::witness_of(&base, &writer, writer.chain, snapshot.counts());
        }
        let format = Format::read(self.path(), &self.path().join("FORMAT"))?;
        let segment_bytes = u32::try_from(format.segment_bytes).unwrap_or(u32::MAX);
        let merged = base.manifest.state.merged;
        let (made_at_millis, kind) = (now_millis(), Kind::Backup);
        Ok(Header { witness, segment_bytes, merged, made_at_millis, kind, root: 0 })
    }

    fn write_sections(
        &self,
        file: &Path,
        part: NewFile,
        header: Header,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(BackupReport, NewFile), StoreError> {
        let base = self.base();
        let mut sink = Sink::create(part, file, header)?;
        failpoint("backup.begun", file)?;
        let mut told = 0;
        let mut put = |tree: Tree, key: &[u8], value: &[u8]| {
            sink.append(tree, key, value)?;
            if sink.written() > told {
                told = sink.written();
                progress(told);
            }
            Ok(())
        };
        if header.witness.format == 1 {
            // As the program that wrote the store would, so that it can go back to it.
            Reachable::of(&base.manifest).visit(&base.engine, put)?;
        } else {
            // Where the blocks lie here says nothing of another store.
            let state = StateV2 {
                next_segment: 1,
                segments: Vec::new(),
                parts: Default::default(),
                ..base.manifest.state.clone()
            };
            for Write { tree, key, value } in state.writes()? {
                put(tree, &key, &value.unwrap_or_default())?;
            }
            for tree in Tree::KEPT.into_iter().filter(|tree| *tree != Tree::Meta) {
                let mut outcome = Ok(());
                base.engine.scan(tree, &[], |key, value| {
                    outcome = put(tree, key, value);
                    outcome.is_ok()
                })?;
                outcome?;
            }
            for tree in BLOCK_TREES {
                for entry in base.manifest.directory(tree) {
                    let bytes = base.manifest.segments.read(&entry.place)?;
                    put(tree, &BlockKey::new(entry, &bytes).to_bytes(), &bytes)?;
                }
            }
        }
        let (totals, bytes, part) = sink.finish()?;
        Ok((report(&header, totals.values, bytes), part))
    }

    /// Makes a store of a backup in a new or empty folder: the same store, with its journal and its ids.
    ///
    /// It is made beside its place, checked, and moved there when it is whole, so that a process killed in
    /// between leaves nothing that opens. `progress` is told the bytes read.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] where there is anything at the path, [`StoreError::Corrupt`] for a
    /// damaged backup, [`StoreError::NewerFormat`] and [`StoreError::Migration`] for one of a newer program,
    /// [`StoreError::Io`].
    pub fn restore(
        file: &Path,
        path: &Path,
        options: &StoreOptions,
        progress: &mut dyn FnMut(u64),
    ) -> Result<BackupReport, StoreError> {
        // Read twice: what is damaged is refused before anything is made.
        Source::open(file)?.check()?;
        let mut source = Source::open(file)?;
        let header = source.header;
        if header.kind != Kind::Backup {
            return Err(damaged(file, "it is the MANIFEST of a store"));
        }
        let making = Staging::beside(path)?;
        failpoint("restore.begun", making.folder())?;
        let witness = match header.witness.format {
            1 => restore_format_1(&mut source, making.folder(), file, progress),
            _ => restore_blocks(&mut source, making.folder(), progress),
        };
        let witness = witness.map_err(|error| blamed_on(file, error))?;
        write_witnesses(making.folder(), witness)?;
        failpoint("restore.filled", making.folder())?;
        prove(making.folder(), options).map_err(|error| blamed_on(file, error))?;
        failpoint("restore.checked", making.folder())?;
        making.finish()?;
        Ok(report(&header, source.totals().values, source.bytes_read()))
    }
}

/// Writes the segment and the engine of a backup into a folder, and returns the witness of what it holds.
fn restore_blocks(
    source: &mut Source,
    folder: &Path,
    progress: &mut dyn FnMut(u64),
) -> Result<Witness, StoreError> {
    make_segments(folder)?;
    let mut witness = source.header.witness;
    let mut segment = SegmentWriter::create(&Segments::folder_in(folder), witness.store, 1)?;
    let mut directories: [Vec<ChunkEntryV2>; DIRECTORIES] = Default::default();
    let mut small: Vec<Write> = Vec::new();
    while let Some(entries) = source.next_section()? {
        for Write { tree, key, value } in entries {
            let bytes = value.unwrap_or_default();
            match (BLOCK_TREES.iter().position(|own| *own == tree), BlockKey::of(&key)) {
                (Some(at), Some(BlockKey { first, rows, earliest, latest, .. })) => {
                    let place = segment.append(&bytes)?;
                    directories[at].push(ChunkEntryV2 { first, rows, earliest, latest, place });
                }
                _ => small.push(Write { tree, key, value: Some(bytes) }),
            }
        }
        progress(source.bytes_read());
    }
    let (state, mut small): (Vec<Write>, Vec<Write>) =
        small.into_iter().partition(|write| write.tree == Tree::Meta);
    let state: StateV2 = unseal(&state).map_err(|flaw| StoreError::corrupt(folder, flaw.0))?;
    let mut manifest = Manifest::of(state, directories, Segments::open_all(folder)?);
    let former = Manifest { segments: manifest.segments.clone(), ..Manifest::new(witness.store) };
    seal_segment(&former, &mut manifest, segment, &mut Folding::due(&mut |_| {}))?;
    // As the store that was backed up had it; opening compares.
    manifest.digest = witness.directory;
    small.extend(manifest.writes()?);
    let engine = Arc::new(fresh_engine(folder, 1, &small)?);
    (witness.folder, witness.turn) = (1, 0);
    let catalogue = Arc::new(Catalogue::default());
    let base = Base { engine, folder: 1, manifest: Arc::new(manifest), catalogue, last: witness.commit };
    keep_manifest(folder, &base, witness.chain)?;
    Ok(witness)
}

/// Makes a store of the present format of a backup of format 1.
fn restore_format_1(
    source: &mut Source,
    folder: &Path,
    file: &Path,
    progress: &mut dyn FnMut(u64),
) -> Result<Witness, StoreError> {
    let header = source.header;
    let data = folder.join("sled");
    let engine = Arc::new(format1::empty_engine(&data, segment_of(&header, file)?)?);
    let mut batch = Vec::new();
    let mut filled = 0;
    while let Some(entries) = source.next_section()? {
        batch.extend(entries);
        if source.totals().bytes > filled + BATCH_BYTES {
            engine.fill(&batch)?;
            batch.clear();
            filled = source.totals().bytes;
        }
        progress(source.bytes_read());
    }
    engine.fill(&batch)?;
    let base = format1::base_of(&engine, header.witness.commit)?;
    let witness = format1::carry_over(&base, folder, header.witness, None)?;
    drop((base, engine));
    fs::remove_dir_all(&data).map_err(StoreError::io(&data))?;
    Ok(witness)
}

/// Opens a store that was just made and reads all of it.
fn prove(folder: &Path, options: &StoreOptions) -> Result<(), StoreError> {
    let (store, _) = Store::open_any(folder, Access::ReadOnly, options, &options.steps())?;
    match store.verify(&[])?.findings.into_iter().next() {
        None => Ok(()),
        Some(finding) => Err(StoreError::corrupt(folder, finding.detail)),
    }
}

/// An error that names the backup instead of the store in the making.
fn blamed_on(file: &Path, error: StoreError) -> StoreError {
    match error {
        StoreError::Corrupt { detail, .. } => damaged(file, &detail),
        StoreError::Lost { .. } => damaged(file, "it does not hold the commits that it names"),
        other => other,
    }
}

/// The engine takes powers of two only, and stops on anything else.
fn segment_of(header: &Header, file: &Path) -> Result<usize, StoreError> {
    let bytes = header.segment_bytes as usize;
    if bytes.is_power_of_two() && (1 << 22..=1 << 24).contains(&bytes) {
        return Ok(bytes);
    }
    let detail = format!("it names a segment of {bytes} bytes");
    Err(StoreError::Corrupt { file: file.to_owned(), detail, advice: OTHER_BACKUP })
}

fn report(header: &Header, values: u64, bytes: u64) -> BackupReport {
    let witness = header.witness;
    BackupReport {
        commit: witness.commit,
        nodes: witness.nodes,
        edges: witness.edges,
        values,
        bytes,
        made_at_millis: header.made_at_millis,
    }
}

/// Whether a file is a whole backup of a store at a commit.
pub(in crate::store) fn holds(file: &Path, store: &Store) -> Result<bool, StoreError> {
    let (header, _) = Source::open(file)?.check()?;
    let base = store.base();
    let own = (base.manifest.state.store, base.last, store.writer_state().chain);
    Ok((header.witness.store, header.witness.commit, header.witness.chain) == own)
}
