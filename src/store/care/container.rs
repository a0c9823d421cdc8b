//! The bytes of a backup file: header, sections of one tree each, footer (`docs/storage.md`).
//!
//! Every byte lies under a checksum, sections are numbered, and the footer counts them, so that a file that
//! was cut, altered or put together from two is noticed wherever it was.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write as _};
use std::path::{Path, PathBuf};

use crate::files::NewFile;
use crate::store::chunks::manifest::{BLOCK_TREES, ChunkEntryV2};
use crate::store::engine::envelope::fits;
use crate::store::engine::{Tree, Write};
use crate::store::error::StoreError;
use crate::store::failpoint::failpoint;
use crate::store::files::format::FORMAT;
use crate::store::files::head::Witness;

const MAGIC: &[u8; 16] = b"intergov backup\n";
/// The layout that is written; format 1 wrote layout 1, which ends its header behind the time.
const VERSION: u32 = 2;
const HEADER: usize = 112;
const HEADER_V1: usize = 92;
const SECTION_HEADER: usize = 20;
const FOOTER: usize = 32;
/// Bytes after which a section is closed.
const SECTION_BYTES: usize = 1024 * 1024;
/// How many bytes a packed one gives at the most, by the layout of lz4.
const EXPANSION: u64 = 255;
const COMPRESSED: u8 = 1;

/// What to do about a damaged backup.
pub(in crate::store) const OTHER_BACKUP: &str = "take another backup, or load a dump";

/// What a container holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Kind {
    /// A whole store.
    Backup,
    /// What the engine of a store holds, beside its segments.
    Manifest,
}

/// What the header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct Header {
    pub(in crate::store) witness: Witness,
    pub(in crate::store) segment_bytes: u32,
    /// Last commit that the chunks hold.
    pub(in crate::store) merged: u64,
    pub(in crate::store) made_at_millis: i64,
    pub(in crate::store) kind: Kind,
    /// A number that stands for the root of the blocks that a manifest refers to; 0 in a backup.
    pub(in crate::store) root: u64,
}

impl Header {
    fn to_bytes(self) -> Vec<u8> {
        let Witness { commit, chain, nodes, edges, store, schema, format, directory, .. } = self.witness;
        let version = if format == 1 { 1 } else { VERSION };
        let mut bytes = MAGIC.to_vec();
        for number in [version, format, schema, self.segment_bytes] {
            bytes.extend(number.to_le_bytes());
        }
        for number in [store, commit, chain, self.merged, nodes, edges] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(self.made_at_millis.to_le_bytes());
        if version > 1 {
            bytes.extend(directory.to_le_bytes());
            bytes.extend(self.root.to_le_bytes());
            bytes.extend((self.kind as u32).to_le_bytes());
        }
        bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, &'static str> {
        if !bytes.starts_with(MAGIC) {
            return Err("it does not begin with “intergov backup”");
        }
        let version = short(bytes, 16);
        let length = if version == 1 { HEADER_V1 } else { HEADER };
        let head = bytes.get(..length - 4).ok_or("it is cut short")?;
        if short(bytes, length - 4) != crc32fast::hash(head) {
            return Err("its header does not fit its checksum");
        }
        if version > VERSION {
            return Err("its version is not known here");
        }
        let more = |at: usize| if version == 1 { 0 } else { long(bytes, at) };
        let witness = Witness {
            format: short(bytes, 20),
            schema: short(bytes, 24),
            store: long(bytes, 32),
            commit: long(bytes, 40),
            chain: long(bytes, 48),
            nodes: long(bytes, 64),
            edges: long(bytes, 72),
            directory: more(88),
            folder: 0,
            turn: 0,
        };
        Ok(Self {
            witness,
            segment_bytes: short(bytes, 28),
            merged: long(bytes, 56),
            made_at_millis: long(bytes, 80).cast_signed(),
            kind: if version > 1 && short(bytes, 104) == 1 { Kind::Manifest } else { Kind::Backup },
            root: more(96),
        })
    }

    /// Reads the header from the beginning of a file, with its bytes.
    fn read(from: &mut impl Read) -> std::io::Result<(Vec<u8>, Result<Self, &'static str>)> {
        let mut bytes = vec![0; HEADER_V1];
        from.read_exact(&mut bytes)?;
        if short(&bytes, 16) != 1 {
            bytes.resize(HEADER, 0);
            from.read_exact(&mut bytes[HEADER_V1..])?;
        }
        let header = Self::from_bytes(&bytes);
        Ok((bytes, header))
    }
}

/// What the header of a file says.
pub(in crate::store) fn header_of(path: &Path) -> Result<Header, StoreError> {
    let mut file = File::open(path).map_err(StoreError::io(path))?;
    let (_, header) = Header::read(&mut file).map_err(|error| cut_short(path, error))?;
    header.map_err(|detail| damaged(path, detail))
}

fn short(bytes: &[u8], at: usize) -> u32 {
    bytes[at..].first_chunk().map_or(0, |part| u32::from_le_bytes(*part))
}

fn long(bytes: &[u8], at: usize) -> u64 {
    bytes[at..].first_chunk().map_or(0, |part| u64::from_le_bytes(*part))
}

/// What the footer counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::store) struct Totals {
    pub(in crate::store) sections: u32,
    pub(in crate::store) values: u64,
    /// Bytes of keys and values.
    pub(in crate::store) bytes: u64,
}

impl Totals {
    fn to_bytes(self, all: u32) -> Vec<u8> {
        let mut bytes = 0_u32.to_le_bytes().to_vec();
        bytes.extend(self.sections.to_le_bytes());
        bytes.extend(self.values.to_le_bytes());
        bytes.extend(self.bytes.to_le_bytes());
        bytes.extend(all.to_le_bytes());
        bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
        bytes
    }
}

/// A backup file that is written.
pub(in crate::store) struct Sink {
    out: BufWriter<NewFile>,
    /// In messages.
    path: PathBuf,
    /// Of all bytes so far.
    all: crc32fast::Hasher,
    section: Vec<u8>,
    tree: Tree,
    values: u32,
    totals: Totals,
    written: u64,
}

impl Sink {
    pub(in crate::store) fn create(file: NewFile, path: &Path, header: Header) -> Result<Self, StoreError> {
        let mut sink = Self {
            out: BufWriter::new(file),
            path: path.to_owned(),
            all: crc32fast::Hasher::new(),
            section: Vec::with_capacity(SECTION_BYTES),
            tree: Tree::Meta,
            values: 0,
            totals: Totals::default(),
            written: 0,
        };
        sink.write(&header.to_bytes())?;
        Ok(sink)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.all.update(bytes);
        self.written += bytes.len() as u64;
        failpoint("file.write", &self.path)?;
        self.out.write_all(bytes).map_err(StoreError::io(&self.path))
    }

    /// Adds a value.
    pub(in crate::store) fn append(
        &mut self,
        tree: Tree,
        key: &[u8],
        value: &[u8],
    ) -> Result<(), StoreError> {
        if tree != self.tree || self.section.len() >= SECTION_BYTES {
            self.end_section()?;
            self.tree = tree;
        }
        // Keys have 24 bytes at most, values as many as the largest chunk.
        let key_bytes = u16::try_from(key.len()).unwrap_or(u16::MAX);
        let value_bytes = u32::try_from(value.len()).unwrap_or(u32::MAX);
        self.section.extend(key_bytes.to_le_bytes());
        self.section.extend(value_bytes.to_le_bytes());
        self.section.extend_from_slice(key);
        self.section.extend_from_slice(value);
        self.values += 1;
        self.totals.values += 1;
        self.totals.bytes += (key.len() + value.len()) as u64;
        Ok(())
    }

    fn end_section(&mut self) -> Result<(), StoreError> {
        if self.section.is_empty() {
            return Ok(());
        }
        let raw = std::mem::take(&mut self.section);
        let packed = lz4_flex::block::compress(&raw);
        let pays = packed.len() < raw.len() - raw.len() / 8;
        let data = if pays { &packed } else { &raw };
        self.totals.sections += 1;
        let mut section = self.totals.sections.to_le_bytes().to_vec();
        section.extend([self.tree as u8, if pays { COMPRESSED } else { 0 }, 0, 0]);
        section.extend(self.values.to_le_bytes());
        for length in [raw.len(), data.len()] {
            section.extend(u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
        }
        section.extend_from_slice(data);
        section.extend(crc32fast::hash(&section).to_le_bytes());
        self.values = 0;
        self.write(&section)?;
        self.section = raw;
        self.section.clear();
        Ok(())
    }

    /// Writes the footer; tells what was counted, the bytes of the file, and the file, which is to be installed.
    pub(in crate::store) fn finish(mut self) -> Result<(Totals, u64, NewFile), StoreError> {
        self.end_section()?;
        let footer = self.totals.to_bytes(self.all.clone().finalize());
        self.write(&footer)?;
        failpoint("file.sync", &self.path)?;
        let failed = StoreError::io(&self.path);
        let file = self.out.into_inner().map_err(|error| failed(error.into_error()))?;
        Ok((self.totals, self.written, file))
    }

    /// Bytes of the file so far.
    pub(in crate::store) fn written(&self) -> u64 {
        self.written
    }
}

/// A backup file that is read, with a checksum over every byte.
pub(in crate::store) struct Source {
    from: BufReader<File>,
    path: PathBuf,
    all: crc32fast::Hasher,
    pub(in crate::store) header: Header,
    totals: Totals,
    read: u64,
    /// Bytes of the file.
    length: u64,
}

impl Source {
    /// Opens a backup and reads its header.
    pub(in crate::store) fn open(path: &Path) -> Result<Self, StoreError> {
        let file = File::open(path).map_err(StoreError::io(path))?;
        let length = file.metadata().map_err(StoreError::io(path))?.len();
        let mut from = BufReader::new(file);
        let (bytes, header) = Header::read(&mut from).map_err(|error| cut_short(path, error))?;
        let header = header.map_err(|detail| damaged(path, detail))?;
        if header.witness.format > FORMAT {
            let (found, known) = (header.witness.format, FORMAT);
            return Err(StoreError::NewerFormat { path: path.to_owned(), found, known });
        }
        let mut all = crc32fast::Hasher::new();
        all.update(&bytes);
        let read = bytes.len() as u64;
        Ok(Self { from, path: path.to_owned(), all, header, totals: Totals::default(), read, length })
    }

    fn damaged(&self, detail: &str) -> StoreError {
        damaged(&self.path, detail)
    }

    fn read_exact(&mut self, bytes: &mut [u8]) -> Result<(), StoreError> {
        self.read += bytes.len() as u64;
        failpoint("file.read", &self.path)?;
        self.from.read_exact(bytes).map_err(|error| cut_short(&self.path, error))
    }

    /// The values of the next section; `None` after the footer, with which the file ends.
    pub(in crate::store) fn next_section(&mut self) -> Result<Option<Vec<Write>>, StoreError> {
        let mut header = [0; SECTION_HEADER];
        self.read_exact(&mut header)?;
        let number = short(&header, 0);
        if number == 0 {
            return self.end(&header).map(|()| None);
        }
        let (tree, flags) = (header[4], header[5]);
        let [values, raw, packed] = [8, 12, 16].map(|at| short(&header, at));
        // What a damaged length makes us allocate is no more than the file may hold.
        let most = u64::from(packed) * if flags == COMPRESSED { EXPANSION } else { 1 };
        if u64::from(packed) > self.length.saturating_sub(self.read) || u64::from(raw) > most + 64 {
            return Err(self.damaged(&format!("section {number} claims too many bytes")));
        }
        let (raw, packed) = (raw as usize, packed as usize);
        let mut data = vec![0; packed + 4];
        self.read_exact(&mut data)?;
        let mut crc = crc32fast::Hasher::new();
        crc.update(&header);
        crc.update(&data[..packed]);
        if short(&data, packed) != crc.finalize() {
            return Err(self.damaged(&format!("section {number} does not fit its checksum")));
        }
        self.all.update(&header);
        self.all.update(&data);
        data.truncate(packed);
        let tree = Tree::ALL.get(usize::from(tree)).copied();
        let entries = if number == self.totals.sections + 1 && flags <= COMPRESSED {
            let raw =
                if flags == COMPRESSED { lz4_flex::block::decompress(&data, raw).ok() } else { Some(data) };
            let blocks = |tree| self.header.witness.format > 1 && BLOCK_TREES.contains(&tree);
            tree.zip(raw).and_then(|(tree, raw)| entries_of(tree, blocks(tree), &raw))
        } else {
            None
        };
        let entries = entries.filter(|entries| entries.len() == values as usize);
        let entries =
            entries.ok_or_else(|| self.damaged(&format!("section {number} does not hold together")))?;
        self.totals.sections += 1;
        self.totals.values += u64::from(values);
        let bytes = entries.iter().map(|write| write.key.len() + write.value.as_ref().map_or(0, Vec::len));
        self.totals.bytes += bytes.sum::<usize>() as u64;
        Ok(Some(entries))
    }

    fn end(&mut self, begin: &[u8; SECTION_HEADER]) -> Result<(), StoreError> {
        let mut footer = [0; FOOTER];
        footer[..SECTION_HEADER].copy_from_slice(begin);
        self.read_exact(&mut footer[SECTION_HEADER..])?;
        if short(&footer, FOOTER - 4) != crc32fast::hash(&footer[..FOOTER - 4]) {
            return Err(self.damaged("its footer does not fit its checksum"));
        }
        if footer[..] != self.totals.to_bytes(self.all.clone().finalize()) {
            return Err(self.damaged("its footer counts something else than it holds"));
        }
        match self.from.read(&mut [0]) {
            Ok(0) => Ok(()),
            Ok(_) => Err(self.damaged("something follows its footer")),
            Err(error) => Err(StoreError::io(&self.path)(error)),
        }
    }

    /// Reads the rest and compares.
    pub(in crate::store) fn check(mut self) -> Result<(Header, Totals), StoreError> {
        while self.next_section()?.is_some() {}
        Ok((self.header, self.totals))
    }

    pub(in crate::store) fn totals(&self) -> Totals {
        self.totals
    }

    /// Bytes of the file so far.
    pub(in crate::store) fn bytes_read(&self) -> u64 {
        self.read
    }
}

/// Takes the values of a section apart; `None` if they do not fit it or their own checksums.
fn entries_of(tree: Tree, blocks: bool, mut raw: &[u8]) -> Option<Vec<Write>> {
    let mut entries = Vec::new();
    while !raw.is_empty() {
        let (key_bytes, rest) = raw.split_first_chunk::<2>()?;
        let (value_bytes, rest) = rest.split_first_chunk::<4>()?;
        let (key, rest) = rest.split_at_checked(usize::from(u16::from_le_bytes(*key_bytes)))?;
        let (value, rest) = rest.split_at_checked(u32::from_le_bytes(*value_bytes) as usize)?;
        let sound = if blocks { BlockKey::of(key)?.fits(value) } else { fits(tree, key, value) };
        if !sound {
            return None;
        }
        entries.push(Write { tree, key: key.to_vec(), value: Some(value.to_vec()) });
        raw = rest;
    }
    Some(entries)
}

/// Under what a block stands: what the directory says of it, without where it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct BlockKey {
    pub(in crate::store) first: u64,
    pub(in crate::store) rows: u32,
    pub(in crate::store) earliest: i32,
    pub(in crate::store) latest: i32,
    digest: u32,
}

impl BlockKey {
    pub(in crate::store) fn new(entry: &ChunkEntryV2, bytes: &[u8]) -> Self {
        let ChunkEntryV2 { first, rows, earliest, latest, .. } = *entry;
        Self { first, rows, earliest, latest, digest: crc32fast::hash(bytes) }
    }

    pub(in crate::store) fn to_bytes(self) -> Vec<u8> {
        let mut bytes = self.first.to_le_bytes().to_vec();
        bytes.extend(self.rows.to_le_bytes());
        bytes.extend(self.earliest.to_le_bytes());
        bytes.extend(self.latest.to_le_bytes());
        bytes.extend(self.digest.to_le_bytes());
        bytes
    }

    pub(in crate::store) fn of(key: &[u8]) -> Option<Self> {
        (key.len() == 24).then(|| Self {
            first: long(key, 0),
            rows: short(key, 8),
            earliest: short(key, 12).cast_signed(),
            latest: short(key, 16).cast_signed(),
            digest: short(key, 20),
        })
    }

    fn fits(&self, bytes: &[u8]) -> bool {
        crc32fast::hash(bytes) == self.digest
    }
}

pub(in crate::store) fn damaged(path: &Path, detail: &str) -> StoreError {
    StoreError::Corrupt { file: path.to_owned(), detail: detail.to_owned(), advice: OTHER_BACKUP }
}

fn cut_short(path: &Path, error: std::io::Error) -> StoreError {
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof => damaged(path, "it is cut short"),
        _ => StoreError::io(path)(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The headers as `docs/storage.md` lays them out, by hand but for the checksum.
    #[test]
    fn the_header_has_the_bytes_that_the_layout_says() {
        let witness = Witness {
            commit: 2,
            chain: 3,
            nodes: 5,
            edges: 6,
            store: 1,
            schema: 8,
            format: 2,
            directory: 8,
            folder: 0,
            turn: 0,
        };
        let kind = Kind::Manifest;
        let header =
            Header { witness, segment_bytes: 0x08_0000, merged: 4, made_at_millis: 7, kind, root: 9 };
        let mut expected = b"intergov backup\n".to_vec();
        expected.extend([2, 0, 0, 0, 2, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0x08, 0]);
        for number in 1..=9 {
            expected.extend([number, 0, 0, 0, 0, 0, 0, 0]);
        }
        expected.extend([1, 0, 0, 0]);
        let bytes = header.to_bytes();
        assert_eq!((&bytes[..108], bytes.len()), (&expected[..], HEADER));
        assert_eq!(Header::from_bytes(&bytes), Ok(header));

        let witness = Witness { format: 1, directory: 0, ..witness };
        let header = Header { witness, segment_bytes: 0x40_0000, kind: Kind::Backup, root: 0, ..header };
        let mut expected = b"intergov backup\n".to_vec();
        expected.extend([1, 0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0x40, 0]);
        for number in 1..=7 {
            expected.extend([number, 0, 0, 0, 0, 0, 0, 0]);
        }
        let bytes = header.to_bytes();
        assert_eq!((&bytes[..88], bytes.len()), (&expected[..], HEADER_V1));
        assert_eq!(Header::from_bytes(&bytes), Ok(header));
    }
}
