//! `HEAD`: the witness outside the engine of what was acknowledged.
//!
//! Two slots of 64 bytes; commit `n` is written to slot `n mod 2`, so that the former one survives a torn
//! write. A slot, all numbers little-endian: commit u64, chain u64, nodes u64, edges u64, store u64,
//! schema step u32, format u32, 12 bytes of zeros, crc32 u32 of the 60 bytes before.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::error::StoreError;
use super::failpoint::hit;

const SLOT: usize = 64;

/// What one slot says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Witness {
    /// Number of the last acknowledged commit.
    pub(super) commit: u64,
    /// Hash chain of the journal up to it.
    pub(super) chain: u64,
    pub(super) nodes: u64,
    pub(super) edges: u64,
    /// Which store it belongs to.
    pub(super) store: u64,
    /// Last applied schema step; 0 = no schema.
    pub(super) schema: u32,
    /// Last applied format step.
    pub(super) format: u32,
}

impl Witness {
    fn to_bytes(self) -> [u8; SLOT] {
        let mut bytes = [0; SLOT];
        let numbers = [self.commit, self.chain, self.nodes, self.edges, self.store];
        for (place, number) in bytes.chunks_exact_mut(8).zip(numbers) {
            place.copy_from_slice(&number.to_le_bytes());
        }
        bytes[40..44].copy_from_slice(&self.schema.to_le_bytes());
        bytes[44..48].copy_from_slice(&self.format.to_le_bytes());
        let crc = crc32fast::hash(&bytes[..60]);
        bytes[60..].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8; SLOT]) -> Option<Self> {
        let long = |at: usize| bytes[at..].first_chunk().map(|part| u64::from_le_bytes(*part));
        let short = |at: usize| bytes[at..].first_chunk().map(|part| u32::from_le_bytes(*part));
        if short(60)? != crc32fast::hash(&bytes[..60]) {
            return None;
        }
        Some(Self {
            commit: long(0)?,
            chain: long(8)?,
            nodes: long(16)?,
            edges: long(24)?,
            store: long(32)?,
            schema: short(40)?,
            format: short(44)?,
        })
    }
}

/// What the file says at opening.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    /// The later of the valid slots.
    pub(super) witness: Witness,
    /// How many commits the store may be ahead of it: one that was written and not acknowledged, and one
    /// more where the other slot is damaged.
    pub(super) slack: u64,
}

/// The open file.
#[derive(Debug)]
pub(super) struct Head {
    file: File,
    path: PathBuf,
}

impl Head {
    /// Makes the file with both slots alike.
    pub(super) fn create(path: &Path, witness: Witness) -> Result<(), StoreError> {
        let bytes = [witness.to_bytes(), witness.to_bytes()].concat();
        let mut file = File::create_new(path).map_err(StoreError::io(path))?;
        file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(StoreError::io(path))
    }

    /// Reads both slots of the file.
    pub(super) fn read(path: &Path) -> Result<Reading, StoreError> {
        let mut bytes = Vec::new();
        let opened = File::open(path).and_then(|mut file| file.read_to_end(&mut bytes));
        match opened {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(StoreError::corrupt(path, "the file is missing"));
            }
            result => drop(result.map_err(StoreError::io(path))?),
        }
        Self::parse(path, &bytes)
    }

    /// What the bytes of the file at a path say.
    pub(super) fn parse(path: &Path, bytes: &[u8]) -> Result<Reading, StoreError> {
        let (slots, rest) = bytes.as_chunks::<SLOT>();
        if slots.len() != 2 || !rest.is_empty() {
            let detail = format!("it has {} bytes instead of {}", bytes.len(), 2 * SLOT);
            return Err(StoreError::corrupt(path, detail));
        }
        match (Witness::from_bytes(&slots[0]), Witness::from_bytes(&slots[1])) {
            (Some(even), Some(odd)) => {
                let witness = if even.commit >= odd.commit { even } else { odd };
                Ok(Reading { witness, slack: 1 })
            }
            (Some(witness), None) | (None, Some(witness)) => Ok(Reading { witness, slack: 2 }),
            (None, None) => Err(StoreError::corrupt(path, "neither slot fits its checksum")),
        }
    }

    /// Opens the file for writing.
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let file = File::options().write(true).open(path).map_err(StoreError::io(path))?;
        Ok(Self { file, path: path.to_owned() })
    }

    /// Writes a commit's slot and brings it to the disk.
    pub(super) fn write(&mut self, witness: Witness) -> Result<(), StoreError> {
        self.write_slot(witness.commit % 2, witness)
    }

    /// Writes both slots alike, one after the other, where one of them was damaged.
    pub(super) fn write_both(&mut self, witness: Witness) -> Result<(), StoreError> {
        self.write_slot(witness.commit % 2, witness)?;
        self.write_slot((witness.commit + 1) % 2, witness)
    }

    fn write_slot(&mut self, slot: u64, witness: Witness) -> Result<(), StoreError> {
        hit("head.write", &self.path)?;
        let written = self
            .file
            .seek(SeekFrom::Start(slot * SLOT as u64))
            .and_then(|_| self.file.write_all(&witness.to_bytes()));
        written.map_err(StoreError::io(&self.path))?;
        hit("head.sync", &self.path)?;
        self.file.sync_data().map_err(StoreError::io(&self.path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_has_the_bytes_that_the_layout_says() {
        let witness =
            Witness { commit: 1, chain: 0x0203, nodes: 4, edges: 5, store: 6, schema: 7, format: 8 };
        let mut expected = vec![1, 0, 0, 0, 0, 0, 0, 0, 3, 2, 0, 0, 0, 0, 0, 0];
        expected.extend([4, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0]);
        expected.extend([6, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 8, 0, 0, 0]);
        expected.extend([0; 12]);
        let bytes = witness.to_bytes();
        assert_eq!(bytes[..60], expected);
        assert_eq!(Witness::from_bytes(&bytes), Some(witness));
    }

    #[test]
    fn every_flipped_bit_of_a_slot_is_noticed() {
        let witness = Witness { commit: 9, chain: 8, nodes: 7, edges: 6, store: 5, schema: 4, format: 3 };
        for bit in 0..SLOT * 8 {
            let mut bytes = witness.to_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(Witness::from_bytes(&bytes), None, "bit {bit}");
        }
    }
}
