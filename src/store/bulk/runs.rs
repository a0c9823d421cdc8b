//! Rows sorted with bounded memory: sorted runs on disk, merged.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use crate::store::error::StoreError;
use crate::store::failpoint::failpoint;
use crate::workers;

/// Near node, type, far node: what rows are sorted by. Rows with the same key stay in their order.
pub(super) type Key = (u32, u16, u32);

/// Bytes of a row before its payload: key and length.
const HEADER: usize = 14;
const BUFFER: usize = 1 << 20;
/// Bytes of payload from which rows are full: a place in them is a number of four bytes.
const FULL: usize = 256 * 1024 * 1024;

/// A row in memory: its key and where its payload stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    key: Key,
    start: u32,
    length: u32,
}

/// Rows in the order of their arrival.
#[derive(Debug, Default)]
pub(super) struct Rows {
    bytes: Vec<u8>,
    places: Vec<Place>,
}

impl Rows {
    /// Adds a row, whose payload `write` appends.
    pub(super) fn push(&mut self, key: Key, write: impl FnOnce(&mut Vec<u8>)) {
        let start = self.bytes.len();
        write(&mut self.bytes);
        let length = self.bytes.len() - start;
        // Rows are full long before 4 GiB, and a payload takes no more than an element may.
        let place = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        self.places.push(Place { key, start: place(start), length: place(length) });
    }

    /// Whether further rows belong elsewhere.
    pub(super) fn is_full(&self) -> bool {
        self.bytes.len() >= FULL
    }

    fn append(&mut self, other: Self) {
        let shift = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
        self.bytes.extend_from_slice(&other.bytes);
        let moved = other.places.into_iter().map(|place| Place { start: place.start + shift, ..place });
        self.places.extend(moved);
    }

    fn payload(&self, place: &Place) -> &[u8] {
        self.bytes.get(place.start as usize..(place.start + place.length) as usize).unwrap_or_default()
    }
}

/// Takes rows in any order and gives them back sorted.
pub(super) struct Sorter {
    folder: PathBuf,
    name: &'static str,
    /// Bytes of payload from which a run goes to the disk.
    limit: usize,
    rows: Rows,
    runs: Vec<PathBuf>,
    count: u64,
}

impl Sorter {
    /// A sorter whose runs lie in a folder under a name.
    pub(super) fn new(folder: &Path, name: &'static str, limit: usize) -> Self {
        let (folder, limit) = (folder.to_owned(), limit.min(4 * FULL));
        Self { folder, name, limit, rows: Rows::default(), runs: Vec::new(), count: 0 }
    }

    /// How many rows there are.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// Appends rows.
    pub(super) fn push(&mut self, rows: Rows) -> Result<(), StoreError> {
        self.count += rows.places.len() as u64;
        let held = |rows: &Rows| rows.bytes.len() + rows.places.len() * size_of::<Place>();
        if held(&self.rows) + held(&rows) > self.limit && !self.rows.places.is_empty() {
            self.spill()?;
        }
        self.rows.append(rows);
        Ok(())
    }

    fn sort(&mut self) {
        // Payloads stand in the order of arrival, so that their place keeps equal keys in order.
        workers::sort(&mut self.rows.places);
    }

    fn spill(&mut self) -> Result<(), StoreError> {
        self.sort();
        let path = self.folder.join(format!("{}-{}.run", self.name, self.runs.len()));
        failpoint("file.write", &path)?;
        let io = StoreError::io(&path);
        let write = || -> std::io::Result<()> {
            let mut file = BufWriter::with_capacity(BUFFER, File::create_new(&path)?);
            for place in &self.rows.places {
                let (near, kind, far) = place.key;
                file.write_all(&near.to_le_bytes())?;
                file.write_all(&kind.to_le_bytes())?;
                file.write_all(&far.to_le_bytes())?;
                file.write_all(&place.length.to_le_bytes())?;
                file.write_all(self.rows.payload(place))?;
            }
            file.flush()
        };
        write().map_err(io)?;
        failpoint("load.spilled", &path)?;
        self.runs.push(path);
        self.rows.bytes.clear();
        self.rows.places.clear();
        Ok(())
    }

    /// All rows in the order of their keys.
    pub(super) fn merge(mut self) -> Result<Merge, StoreError> {
        self.sort();
        let mut runs = Vec::new();
        for path in std::mem::take(&mut self.runs) {
            failpoint("file.read", &path)?;
            let file = File::open(&path).map_err(StoreError::io(&path))?;
            runs.push(Run::File { reader: BufReader::with_capacity(BUFFER, file), path });
        }
        runs.push(Run::Memory { rows: std::mem::take(&mut self.rows), next: 0 });
        let mut heads = BinaryHeap::with_capacity(runs.len());
        for (at, run) in runs.iter_mut().enumerate() {
            let mut payload = Vec::new();
            if let Some(key) = run.next(&mut payload)? {
                heads.push(Reverse(HeadRow { key, run: at, payload }));
            }
        }
        Ok(Merge { runs, heads })
    }
}

/// Where the next rows come from.
enum Run {
    File { reader: BufReader<File>, path: PathBuf },
    Memory { rows: Rows, next: usize },
}

impl Run {
    /// Reads the next row; `None` at the end.
    fn next(&mut self, payload: &mut Vec<u8>) -> Result<Option<Key>, StoreError> {
        payload.clear();
        match self {
            Self::Memory { rows, next } => {
                let Some(place) = rows.places.get(*next) else { return Ok(None) };
                *next += 1;
                payload.extend_from_slice(rows.payload(place));
                Ok(Some(place.key))
            }
            Self::File { reader, path } => {
                let mut header = [0; HEADER];
                match reader.read_exact(&mut header) {
                    Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(None),
                    read => read.map_err(StoreError::io(path))?,
                }
                let [a, b, c, d, e, f, g, h, i, j, k, l, m, n] = header;
                let length = u32::from_le_bytes([k, l, m, n]);
                payload.resize(length as usize, 0);
                reader.read_exact(payload).map_err(StoreError::io(path))?;
                let key = (
                    u32::from_le_bytes([a, b, c, d]),
                    u16::from_le_bytes([e, f]),
                    u32::from_le_bytes([g, h, i, j]),
                );
                Ok(Some(key))
            }
        }
    }
}

/// The first row of a run that has not been given yet.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct HeadRow {
    key: Key,
    /// Earlier runs hold earlier rows.
    run: usize,
    payload: Vec<u8>,
}

/// Sorted runs as one sequence.
pub(super) struct Merge {
    runs: Vec<Run>,
    heads: BinaryHeap<Reverse<HeadRow>>,
}

impl Merge {
    /// Hands the next row on; false at the end.
    pub(super) fn next(&mut self, take: impl FnOnce(Key, &[u8])) -> Result<bool, StoreError> {
        let Some(mut head) = self.heads.peek_mut() else { return Ok(false) };
        let Reverse(row) = &mut *head;
        take(row.key, &row.payload);
        match self.runs[row.run].next(&mut row.payload)? {
            Some(key) => row.key = key,
            None => drop(PeekMut::pop(head)),
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The law of a sorter: what comes out is what came in, stably sorted, whatever fits into memory.
    #[test]
    fn rows_come_back_sorted_and_stable() {
        let folder = tempfile::tempdir().unwrap();
        let rows: Vec<(Key, Vec<u8>)> = (0..5_000_u32)
            .map(|n| {
                let mixed = n.wrapping_mul(2_654_435_761);
                (
                    (mixed % 50, (mixed >> 8) as u16 % 3, (mixed >> 16) % 10),
                    n.to_le_bytes()[..(n % 5) as usize].to_vec(),
                )
            })
            .collect();
        let mut expected = rows.clone();
        expected.sort_by_key(|(key, _)| *key);
        for (name, limit) in [("a", 1), ("b", 3_000), ("c", usize::MAX)] {
            let mut sorter = Sorter::new(folder.path(), name, limit);
            for batch in rows.chunks(700) {
                let mut taken = Rows::default();
                batch
                    .iter()
                    .for_each(|(key, payload)| taken.push(*key, |out| out.extend_from_slice(payload)));
                sorter.push(taken).unwrap();
            }
            assert_eq!(sorter.count(), 5_000);
            let mut merge = sorter.merge().unwrap();
            let mut found = Vec::new();
            while merge.next(|key, payload| found.push((key, payload.to_vec()))).unwrap() {}
            assert_eq!(found, expected, "{name}");
        }
    }
}
