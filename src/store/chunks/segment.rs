//! One segment file: blocks of bytes behind a header, written once and never changed.
//!
//! A segment says only whose it is. Where its blocks lie, how long they are and what they hash to stands in the
//! directory, so that a block of another segment, of another store or of another day is noticed when it is read.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bincode::{Decode, Encode};

use crate::store::error::StoreError;
use crate::store::failpoint::failpoint;

/// First bytes of every segment.
const MAGIC: &[u8; 16] = b"intergov segment";
/// Version of the layout of a segment.
const VERSION: u32 = 1;
/// Bytes before the first block.
pub(in crate::store) const HEADER: usize = 64;
/// Bytes that are handed to the operating system at once.
const BUFFER: usize = 1 << 20;

/// Where a block lies, how long it is, and the crc32 of its bytes.
///
/// Segments are numbered from 1. Of a store of format 1 the segment is 0 and the offset is the number of a chunk
/// in the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(in crate::store) struct Place {
    pub(in crate::store) segment: u32,
    pub(in crate::store) offset: u64,
    pub(in crate::store) bytes: u32,
    pub(in crate::store) digest: u32,
}

/// The file of a segment.
pub(in crate::store) fn path_of(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("{number:08}.seg"))
}

/// The number in the name of a segment file; `None` if it is not one.
pub(in crate::store) fn number_of(path: &Path) -> Option<u32> {
    let name = path.file_name()?.to_str()?.strip_suffix(".seg")?;
    name.parse().ok().filter(|number| path_of(Path::new(""), *number) == Path::new(&format!("{name}.seg")))
}

fn header(store: u64, number: u32) -> [u8; HEADER] {
    let mut bytes = [0; HEADER];
    bytes[..16].copy_from_slice(MAGIC);
    bytes[16..20].copy_from_slice(&VERSION.to_le_bytes());
    bytes[20..24].copy_from_slice(&number.to_le_bytes());
    bytes[24..32].copy_from_slice(&store.to_le_bytes());
    let crc = crc32fast::hash(&bytes[..HEADER - 4]);
    bytes[HEADER - 4..].copy_from_slice(&crc.to_le_bytes());
    bytes
}

/// An open segment. It stays readable after its file was removed, as long as it is held.
#[derive(Debug)]
pub(in crate::store) struct Segment {
    file: File,
    path: PathBuf,
    number: u32,
    bytes: u64,
}

impl Segment {
    /// Opens a segment file. Nothing is read: [`Segment::check`] does.
    pub(in crate::store) fn open(path: &Path, number: u32) -> Result<Self, StoreError> {
        failpoint("segment.open", path)?;
        let file = File::open(path).map_err(StoreError::io(path))?;
        let bytes = file.metadata().map_err(StoreError::io(path))?.len();
        Ok(Self { file, path: path.to_owned(), number, bytes })
    }

    pub(in crate::store) fn number(&self) -> u32 {
        self.number
    }

    /// Bytes of the file.
    pub(in crate::store) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Compares the header and the length.
    pub(in crate::store) fn check(&self, store: u64, bytes: u64) -> Result<(), StoreError> {
        if self.bytes != bytes {
            let detail = format!("it has {} bytes, the directory says {bytes}", self.bytes);
            return Err(StoreError::corrupt(&self.path, detail));
        }
        let mut found = [0; HEADER];
        self.read_at(&mut found, 0)?;
        if found != header(store, self.number) {
            return Err(StoreError::corrupt(&self.path, "its header is damaged or belongs to another store"));
        }
        Ok(())
    }

    /// The bytes of a block, compared with its digest.
    pub(in crate::store) fn read(&self, place: &Place) -> Result<Vec<u8>, StoreError> {
        let end = place.offset.checked_add(u64::from(place.bytes));
        // Before anything is allocated for it.
        if end.is_none_or(|end| end > self.bytes) {
            return Err(self.damaged(place, "it ends behind the file"));
        }
        let mut bytes = vec![0; place.bytes as usize];
        self.read_at(&mut bytes, place.offset)?;
        if crc32fast::hash(&bytes) != place.digest {
            return Err(self.damaged(place, "it does not fit its checksum"));
        }
        Ok(bytes)
    }

    /// The error for a block of this segment.
    pub(in crate::store) fn damaged(&self, place: &Place, detail: &str) -> StoreError {
        StoreError::corrupt(&self.path, format!("the block at byte {}: {detail}", place.offset))
    }

    fn read_at(&self, bytes: &mut [u8], offset: u64) -> Result<(), StoreError> {
        failpoint("segment.read", &self.path)?;
        read_exact_at(&self.file, bytes, offset).map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => StoreError::corrupt(&self.path, "it is cut short"),
            _ => StoreError::io(&self.path)(error),
        })
    }
}

#[cfg(unix)]
fn read_exact_at(file: &File, bytes: &mut [u8], offset: u64) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, offset)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut bytes: &mut [u8], mut offset: u64) -> std::io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, bytes, offset)? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            read => {
                bytes = &mut bytes[read..];
                offset += read as u64;
            }
        }
    }
    Ok(())
}

/// A segment that is being written. Nothing refers to it before the directory that names it is written, so a
/// process that is killed leaves a file that the next writer removes.
#[derive(Debug)]
pub(in crate::store) struct SegmentWriter {
    out: BufWriter<File>,
    path: PathBuf,
    number: u32,
    offset: u64,
    finished: bool,
}

impl SegmentWriter {
    /// Makes the file and writes its header.
    pub(in crate::store) fn create(folder: &Path, store: u64, number: u32) -> Result<Self, StoreError> {
        let path = path_of(folder, number);
        failpoint("segment.write", &path)?;
        let file = File::create_new(&path).map_err(StoreError::io(&path))?;
        let out = BufWriter::with_capacity(BUFFER, file);
        let mut writer = Self { out, path, number, offset: 0, finished: false };
        writer.write(&header(store, number))?;
        Ok(writer)
    }

    pub(in crate::store) fn number(&self) -> u32 {
        self.number
    }

    /// Bytes of the file so far.
    pub(in crate::store) fn bytes(&self) -> u64 {
        self.offset
    }

    /// Whether it holds no block yet.
    pub(in crate::store) fn is_empty(&self) -> bool {
        self.offset == HEADER as u64
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        failpoint("segment.write", &self.path)?;
        self.out.write_all(bytes).map_err(StoreError::io(&self.path))?;
        self.offset += bytes.len() as u64;
        Ok(())
    }

    /// Appends a block.
    pub(in crate::store) fn append(&mut self, bytes: &[u8]) -> Result<Place, StoreError> {
        let length = u32::try_from(bytes.len()).map_err(|_| StoreError::TooLarge {
            what: "a block".to_owned(),
            bytes: bytes.len(),
            limit: u32::MAX as usize,
        })?;
        let (segment, offset, digest) = (self.number, self.offset, crc32fast::hash(bytes));
        self.write(bytes)?;
        Ok(Place { segment, offset, bytes: length, digest })
    }

    /// The blocks so far, to be read.
    pub(in crate::store) fn reader(&mut self) -> Result<Arc<Segment>, StoreError> {
        self.out.flush().map_err(StoreError::io(&self.path))?;
        Ok(Arc::new(Segment::open(&self.path, self.number)?))
    }

    /// Brings the file and its name to the disk.
    pub(in crate::store) fn finish(mut self) -> Result<Arc<Segment>, StoreError> {
        let io = |error| StoreError::io(&self.path)(error);
        self.out.flush().map_err(io)?;
        failpoint("segment.sync", &self.path)?;
        self.out.get_ref().sync_all().map_err(io)?;
        if let Some(folder) = self.path.parent() {
            crate::store::files::staging::sync_folder(folder)?;
        }
        let segment = Segment::open(&self.path, self.number)?;
        if segment.bytes != self.offset {
            return Err(StoreError::corrupt(&self.path, "it has not the length that was written"));
        }
        self.finished = true;
        Ok(Arc::new(segment))
    }
}

impl Drop for SegmentWriter {
    fn drop(&mut self) {
        if !self.finished {
            // The error that led here counts; the next writer removes the file where this fails.
            drop(fs::remove_file(&self.path));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_has_the_bytes_that_the_layout_says() {
        let mut expected = b"intergov segment".to_vec();
        expected.extend([1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0]);
        expected.extend([0; 28]);
        assert_eq!(header(3, 2)[..60], expected);
    }

    #[test]
    fn names_are_numbers_of_eight_digits() {
        assert_eq!(number_of(Path::new("a/00000012.seg")), Some(12));
        for other in ["12.seg", "00000012", "+0000012.seg", "00000012.seg.partial"] {
            assert_eq!(number_of(Path::new(other)), None, "{other}");
        }
    }

    #[test]
    fn a_block_comes_back_and_whatever_is_done_to_it_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = SegmentWriter::create(folder.path(), 7, 1).unwrap();
        let places = [&b"one"[..], &[0; 5_000], b""].map(|bytes| writer.append(bytes).unwrap());
        let segment = writer.finish().unwrap();
        segment.check(7, 64 + 5_003).unwrap();
        assert_eq!(segment.read(&places[0]).unwrap(), b"one");
        assert_eq!(segment.read(&places[1]).unwrap(), [0; 5_000]);
        assert_eq!(segment.read(&places[2]).unwrap(), b"");
        let corrupt = |result: Result<(), StoreError>| matches!(result, Err(StoreError::Corrupt { .. }));
        assert!(corrupt(segment.check(8, 64 + 5_003)) && corrupt(segment.check(7, 64)));
        for place in [
            Place { offset: 65, ..places[0] },
            Place { bytes: 4, ..places[0] },
            Place { digest: 1, ..places[1] },
            Place { bytes: u32::MAX, ..places[1] },
            Place { offset: u64::MAX, ..places[1] },
        ] {
            assert!(corrupt(segment.read(&place).map(drop)), "{place:?}");
        }
    }

    #[test]
    fn a_segment_that_is_not_finished_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = SegmentWriter::create(folder.path(), 7, 1).unwrap();
        writer.append(b"one").unwrap();
        drop(writer);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
