//! A store in one file: written beside a running writer, and made a store again.

use std::fs;
use std::path::Path;
use std::sync::PoisonError;

use super::commit::now_millis;
use super::compact::BATCH_BYTES;
use super::container::{Header, OTHER_BACKUP, Sink, Source};
use super::engine::Engine;
use super::error::StoreError;
use super::failpoint::hit;
use super::format::{Format, SEGMENT_BYTES};
use super::journal;
use super::live::{Expected, Live, blamed_on, check_whole};
use super::migrate;
use super::open::{Access, Store, StoreOptions};
use super::place::{Making, write_witnesses};
use crate::files::{NewFile, Overwrite, refuse_input};

/// What a backup holds, as [`Store::backup`] wrote it or [`Store::restore`] read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackupReport {
    /// The commit that it holds.
    pub commit: u64,
    /// Nodes.
    pub nodes: u64,
    /// Edges.
    pub edges: u64,
    /// Values of the engine.
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
        hit("backup.written", file)?;
        part.install()?;
        hit("backup.named", file)?;
        Ok(written)
    }

    fn backup_header(&self) -> Result<Header, StoreError> {
        let commit = journal::last_commit(self.engine())?;
        let mut witness = self.witnessed();
        if witness.commit != commit {
            // Written and not witnessed yet: only then the graph must be counted.
            let snapshot = self.snapshot()?;
            let writer = self.writer_state().lock().unwrap_or_else(PoisonError::into_inner);
            witness = Self::witness(&writer, writer.last, snapshot.counts(), writer.chain);
        }
        let writer = self.writer_state().lock().unwrap_or_else(PoisonError::into_inner);
        let merged = writer.manifest.state.merged;
        let segment_bytes = Format::read(self.path(), &self.path().join("FORMAT"))?.segment_bytes;
        let segment_bytes = u32::try_from(segment_bytes).unwrap_or(u32::MAX);
        Ok(Header { witness, segment_bytes, merged, made_at_millis: now_millis() })
    }

    fn write_sections(
        &self,
        file: &Path,
        part: NewFile,
        header: Header,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(BackupReport, NewFile), StoreError> {
        let live = {
            let writer = self.writer_state().lock().unwrap_or_else(PoisonError::into_inner);
            Live::of(&writer.manifest)
        };
        let mut sink = Sink::create(part, file, header)?;
        hit("backup.begun", file)?;
        let mut told = 0;
        live.visit(self.engine(), |tree, key, value| {
            sink.put(tree, key, value)?;
            if sink.written() > told {
                told = sink.written();
                progress(told);
            }
            Ok(())
        })?;
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
        let making = Making::beside(path)?;
        hit("restore.begun", making.folder())?;
        let header = source.header;
        let segment_bytes = segment_of(&header, file)?;
        let data = making.folder().join("sled");
        fs::create_dir(&data).map_err(StoreError::io(&data))?;
        let engine = Engine::open(&data, &data, segment_bytes, true)?;
        let mut batch = Vec::new();
        let mut filled = 0;
        while let Some(entries) = source.next_section()? {
            batch.extend(entries);
            if source.totals().bytes > filled + BATCH_BYTES as u64 {
                engine.fill(&batch)?;
                engine.sync()?;
                batch.clear();
                filled = source.totals().bytes;
            }
            progress(source.bytes_read());
        }
        engine.fill(&batch)?;
        hit("restore.filled", making.folder())?;
        let witness = header.witness;
        let expected = Expected {
            store: witness.store,
            commit: witness.commit,
            chain: witness.chain,
            merged: header.merged,
        };
        let whole = check_whole(&engine, expected).and_then(|()| migrate::applied(&engine));
        let applied = whole.map_err(|error| blamed_on(file, OTHER_BACKUP, error))?;
        // Refuses what this program could not open afterwards.
        migrate::pending(path, &applied, &options.steps())?;
        engine.sync()?;
        drop(engine);
        hit("restore.checked", making.folder())?;
        write_witnesses(
            making.folder(),
            Format { format: witness.format, segment_bytes, store: witness.store },
            witness,
        )?;
        making.finish()?;
        Ok(report(&header, source.totals().values, source.bytes_read()))
    }
}

/// The engine takes powers of two only, and stops on anything else.
fn segment_of(header: &Header, file: &Path) -> Result<usize, StoreError> {
    let bytes = header.segment_bytes as usize;
    if bytes.is_power_of_two() && (SEGMENT_BYTES..=1 << 30).contains(&bytes) {
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
pub(super) fn holds(file: &Path, store: &Store) -> Result<bool, StoreError> {
    let (header, _) = Source::open(file)?.check()?;
    let writer = store.writer_state().lock().unwrap_or_else(PoisonError::into_inner);
    let commit = journal::last_commit(store.engine())?;
    let own = (writer.manifest.state.store, commit, writer.chain);
    Ok((header.witness.store, header.witness.commit, header.witness.chain) == own)
}
