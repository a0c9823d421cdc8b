//! `HEAD`: the witness outside the engine of what was acknowledged, and the pointer to the engine's folder.
//!
//! Two slots, each in a block of 4 KiB of its own; a write goes to the slot that is not the newest, so that the former
//! one survives a torn write. A slot, all numbers little-endian: commit u64, chain u64, nodes u64, edges u64, store
//! u64, digest of the directory u64, schema step u32, format u32, folder u32, turn u32, crc32 u32 of the bytes before.
//! The newest slot is the one with the greatest commit, and of these the one with the greatest turn.
//!
//! Format 1 had two slots of 64 bytes side by side, without digest, folder and turn, and twelve zeros before the
//! crc32; commit n was written to slot n mod 2.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::store::error::StoreError;
use crate::store::failpoint::failpoint;

/// Bytes of a slot in the file.
const BLOCK: usize = 4096;
/// Bytes of it that count.
const SLOT: usize = 68;
/// Bytes of a slot of format 1.
const SLOT_V1: usize = 64;

/// What one slot says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct Witness {
    /// Number of the last acknowledged commit.
    pub(in crate::store) commit: u64,
    /// Hash chain of the journal up to it.
    pub(in crate::store) chain: u64,
    pub(in crate::store) nodes: u64,
    pub(in crate::store) edges: u64,
    /// Which store it belongs to.
    pub(in crate::store) store: u64,
    /// Digest of the directory of chunks; 0 in format 1.
    pub(in crate::store) directory: u64,
    /// Last applied schema step; 0 = no schema.
    pub(in crate::store) schema: u32,
    /// Last applied format step.
    pub(in crate::store) format: u32,
    /// The engine's folder: `sled-N`; 0 in format 1.
    pub(in crate::store) folder: u32,
    /// How often the witness of this commit was written.
    pub(in crate::store) turn: u32,
}

impl Witness {
    fn to_bytes(self) -> [u8; SLOT] {
        let mut bytes = [0; SLOT];
        let longs = [self.commit, self.chain, self.nodes, self.edges, self.store, self.directory];
        for (place, number) in bytes.chunks_exact_mut(8).zip(longs) {
            place.copy_from_slice(&number.to_le_bytes());
        }
        let shorts = [self.schema, self.format, self.folder, self.turn];
        for (place, number) in bytes[48..].chunks_exact_mut(4).zip(shorts) {
            place.copy_from_slice(&number.to_le_bytes());
        }
        let crc = crc32fast::hash(&bytes[..SLOT - 4]);
        bytes[SLOT - 4..].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let long = |at: usize| bytes.get(at..)?.first_chunk().map(|part| u64::from_le_bytes(*part));
        let short = |at: usize| bytes.get(at..)?.first_chunk().map(|part| u32::from_le_bytes(*part));
        if short(SLOT - 4)? != crc32fast::hash(bytes.get(..SLOT - 4)?) {
            return None;
        }
        Some(Self {
            commit: long(0)?,
            chain: long(8)?,
            nodes: long(16)?,
            edges: long(24)?,
            store: long(32)?,
            directory: long(40)?,
            schema: short(48)?,
            format: short(52)?,
            folder: short(56)?,
            turn: short(60)?,
        })
    }

    /// What a slot of format 1 says.
    fn from_bytes_v1(bytes: &[u8]) -> Option<Self> {
        let long = |at: usize| bytes.get(at..)?.first_chunk().map(|part| u64::from_le_bytes(*part));
        let short = |at: usize| bytes.get(at..)?.first_chunk().map(|part| u32::from_le_bytes(*part));
        if short(60)? != crc32fast::hash(bytes.get(..60)?) {
            return None;
        }
        Some(Self {
            commit: long(0)?,
            chain: long(8)?,
            nodes: long(16)?,
            edges: long(24)?,
            store: long(32)?,
            directory: 0,
            schema: short(40)?,
            format: short(44)?,
            folder: 0,
            turn: 0,
        })
    }

    fn age(&self) -> (u64, u32) {
        (self.commit, self.turn)
    }
}

/// What the file says at opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct Reading {
    /// The newer of the valid slots.
    pub(in crate::store) witness: Witness,
    /// Which one it is.
    newest: usize,
    /// How many commits the store may be ahead of it: one that was written and not acknowledged, and one
    /// more if the other slot is damaged.
    pub(in crate::store) slack: u64,
}

impl Reading {
    /// What a file would say that named this witness alone.
    pub(in crate::store) fn of(witness: Witness) -> Self {
        Self { witness, newest: 0, slack: 0 }
    }
}

/// The open file.
#[derive(Debug)]
pub(in crate::store) struct Head {
    file: File,
    path: PathBuf,
    newest: usize,
    last: Witness,
}

impl Head {
    /// Makes the file with both slots alike.
    pub(in crate::store) fn create(path: &Path, witness: Witness) -> Result<(), StoreError> {
        let mut bytes = vec![0; 2 * BLOCK];
        for slot in bytes.chunks_exact_mut(BLOCK) {
            slot[..SLOT].copy_from_slice(&witness.to_bytes());
        }
        let mut file = File::create_new(path).map_err(StoreError::io(path))?;
        file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(StoreError::io(path))
    }

    /// Puts a file with both slots alike in the place of the one that is there.
    pub(in crate::store) fn replace(path: &Path, witness: Witness) -> Result<(), StoreError> {
        let new = path.with_extension("new");
        match std::fs::remove_file(&new) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(StoreError::io(&new)(error));
            }
            _ => {}
        }
        Self::create(&new, witness)?;
        std::fs::rename(&new, path).map_err(StoreError::io(path))?;
        path.parent().map_or(Ok(()), super::staging::sync_folder)
    }

    /// Reads both slots of the file.
    pub(in crate::store) fn read(path: &Path) -> Result<Reading, StoreError> {
        let mut bytes = Vec::new();
        let opened = File::open(path).and_then(|file| file.take(BLOCK as u64 * 4).read_to_end(&mut bytes));
        match opened {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(StoreError::corrupt(path, "the file is missing"));
            }
            result => drop(result.map_err(StoreError::io(path))?),
        }
        Self::parse(path, &bytes)
    }

    /// What the bytes of the file at a path say.
    pub(in crate::store) fn parse(path: &Path, bytes: &[u8]) -> Result<Reading, StoreError> {
        let slots = if bytes.len() == 2 * BLOCK {
            [Witness::from_bytes(&bytes[..BLOCK]), Witness::from_bytes(&bytes[BLOCK..])]
        } else if bytes.len() == 2 * SLOT_V1 {
            [Witness::from_bytes_v1(&bytes[..SLOT_V1]), Witness::from_bytes_v1(&bytes[SLOT_V1..])]
        } else {
            let detail = format!("it has {} bytes instead of {}", bytes.len(), 2 * BLOCK);
            return Err(StoreError::corrupt(path, detail));
        };
        match slots {
            [Some(first), Some(second)] => {
                let newest = usize::from(second.age() > first.age());
                Ok(Reading { witness: if newest == 0 { first } else { second }, newest, slack: 1 })
            }
            [Some(witness), None] => Ok(Reading { witness, newest: 0, slack: 2 }),
            [None, Some(witness)] => Ok(Reading { witness, newest: 1, slack: 2 }),
            [None, None] => Err(StoreError::corrupt(path, "neither slot fits its checksum")),
        }
    }

    /// Opens the file, which says `reading`, for writing.
    pub(in crate::store) fn open(path: &Path, reading: &Reading) -> Result<Self, StoreError> {
        let file = File::options().write(true).open(path).map_err(StoreError::io(path))?;
        Ok(Self { file, path: path.to_owned(), newest: reading.newest, last: reading.witness })
    }

    /// Writes a witness to the older slot and brings it to the disk. `witness.turn` is set here.
    pub(in crate::store) fn write(&mut self, witness: Witness) -> Result<(), StoreError> {
        let again = witness.commit == self.last.commit;
        let turn = if again { self.last.turn.saturating_add(1) } else { 0 };
        let witness = Witness { turn, ..witness };
        let slot = 1 - self.newest;
        self.write_slot(slot, witness)?;
        (self.newest, self.last) = (slot, witness);
        Ok(())
    }

    /// Writes a witness to both slots, one after the other, so that neither names what is about to go.
    pub(in crate::store) fn write_both(&mut self, witness: Witness) -> Result<(), StoreError> {
        self.write(witness)?;
        self.write(witness)
    }

    fn write_slot(&mut self, slot: usize, witness: Witness) -> Result<(), StoreError> {
        failpoint("head.write", &self.path)?;
        let at = SeekFrom::Start((slot * BLOCK) as u64);
        let written = self.file.seek(at).and_then(|_| self.file.write_all(&witness.to_bytes()));
        written.map_err(StoreError::io(&self.path))?;
        failpoint("head.sync", &self.path)?;
        self.file.sync_data().map_err(StoreError::io(&self.path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Witness = Witness {
        commit: 1,
        chain: 0x0203,
        nodes: 4,
        edges: 5,
        store: 6,
        directory: 7,
        schema: 8,
        format: 9,
        folder: 10,
        turn: 11,
    };

    #[test]
    fn a_slot_has_the_bytes_that_the_layout_says() {
        let mut expected = vec![1, 0, 0, 0, 0, 0, 0, 0, 3, 2, 0, 0, 0, 0, 0, 0];
        for number in 4..=7 {
            expected.extend([number, 0, 0, 0, 0, 0, 0, 0]);
        }
        for number in 8..=11 {
            expected.extend([number, 0, 0, 0]);
        }
        let bytes = ONE.to_bytes();
        assert_eq!(bytes[..64], expected);
        assert_eq!(Witness::from_bytes(&bytes), Some(ONE));
    }

    #[test]
    fn every_flipped_bit_of_a_slot_is_noticed() {
        for bit in 0..SLOT * 8 {
            let mut bytes = ONE.to_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(Witness::from_bytes(&bytes), None, "bit {bit}");
        }
    }

    /// The bytes of format 1, by hand but for the checksum.
    #[test]
    fn a_slot_of_format_1_is_read() {
        let mut slot = vec![1, 0, 0, 0, 0, 0, 0, 0, 3, 2, 0, 0, 0, 0, 0, 0];
        slot.extend([4, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0]);
        slot.extend([6, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 8, 0, 0, 0]);
        slot.extend([0; 12]);
        slot.extend(crc32fast::hash(&slot).to_le_bytes());
        let expected = Witness { directory: 0, schema: 7, format: 8, folder: 0, turn: 0, ..ONE };
        let reading = Head::parse(Path::new("HEAD"), &[slot, vec![0; 64]].concat()).unwrap();
        assert_eq!((reading.witness, reading.slack), (expected, 2));
    }

    /// Whatever is torn while a slot is written, the one before it stands.
    #[test]
    fn a_write_never_touches_the_newest_slot() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("HEAD");
        Head::create(&path, ONE).unwrap();
        let mut last = Head::read(&path).unwrap();
        let mut head = Head::open(&path, &last).unwrap();
        for (commit, folder) in [(2, 10), (3, 10), (3, 11), (3, 12), (4, 12), (5, 12)] {
            let before = std::fs::read(&path).unwrap();
            head.write(Witness { commit, folder, ..ONE }).unwrap();
            let after = std::fs::read(&path).unwrap();
            let newest = last.newest * BLOCK..(last.newest + 1) * BLOCK;
            assert_eq!(before[newest.clone()], after[newest]);
            last = Head::read(&path).unwrap();
            assert_eq!((last.witness.commit, last.witness.folder, last.slack), (commit, folder, 1));
        }
    }
}
