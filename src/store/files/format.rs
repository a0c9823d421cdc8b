//! `FORMAT`: which format a store has. The first file that is read, and text, so that a person can too.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use crate::store::care::steps::{Step, StepKind};
use crate::store::error::StoreError;

/// Steps of the disk format, in order; each has its description in `migrations/format`.
pub(in crate::store) const FORMAT_STEPS: [Step<'static>; 2] = [
    Step {
        kind: StepKind::Format,
        number: 1,
        name: "packed_chunks",
        text: include_str!("../../../migrations/format/0001_packed_chunks.toml"),
    },
    Step {
        kind: StepKind::Format,
        number: 2,
        name: "immutable_segments",
        text: include_str!("../../../migrations/format/0002_immutable_segments.toml"),
    },
];

/// The format that this program writes.
pub(in crate::store) const FORMAT: u32 = FORMAT_STEPS[FORMAT_STEPS.len() - 1].number;

/// Bytes of an engine segment: values of 6 KiB never reach the files that sled does not sync.
pub(in crate::store) const SEGMENT_BYTES: usize = 512 * 1024;

const MAGIC: &str = "intergov store";

/// What the file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct Format {
    pub(in crate::store) format: u32,
    /// Fixed when the store is made: the engine opens with no other.
    pub(in crate::store) segment_bytes: usize,
    /// A number drawn when the store is made, so that files of two stores cannot be mixed.
    pub(in crate::store) store: u64,
}

impl Format {
    fn to_text(self) -> String {
        let body = format!(
            "{MAGIC}\nformat {}\nsegment {}\nid {:016x}\n",
            self.format, self.segment_bytes, self.store
        );
        let crc = crc32fast::hash(body.as_bytes());
        format!("{body}crc {crc:08x}\n")
    }

    fn from_text(text: &str) -> Result<Self, &'static str> {
        if !text.starts_with(MAGIC) {
            return Err("it does not begin with “intergov store”");
        }
        let torn = "it is cut short or altered";
        let (body, crc) = text.trim_end_matches('\n').rsplit_once("\ncrc ").ok_or(torn)?;
        let body = format!("{body}\n");
        if u32::from_str_radix(crc, 16) != Ok(crc32fast::hash(body.as_bytes())) {
            return Err("it does not fit its checksum");
        }
        let field =
            |name: &str| body.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')).ok_or(torn);
        Ok(Self {
            format: field("format")?.parse().map_err(|_| torn)?,
            segment_bytes: field("segment")?.parse().map_err(|_| torn)?,
            store: u64::from_str_radix(field("id")?, 16).map_err(|_| torn)?,
        })
    }

    pub(in crate::store) fn create(self, path: &Path) -> Result<(), StoreError> {
        let mut file = File::create_new(path).map_err(StoreError::io(path))?;
        file.write_all(self.to_text().as_bytes()).and_then(|()| file.sync_all()).map_err(StoreError::io(path))
    }

    /// Reads the file and refuses formats that this program does not know.
    pub(in crate::store) fn read(store: &Path, path: &Path) -> Result<Self, StoreError> {
        let bytes = std::fs::read(path).map_err(StoreError::io(path))?;
        let text = std::str::from_utf8(&bytes).map_err(|_| "it is not text");
        let format = text.and_then(Self::from_text).map_err(|detail| StoreError::corrupt(path, detail))?;
        if format.format > FORMAT {
            return Err(StoreError::NewerFormat {
                path: store.to_owned(),
                found: format.format,
                known: FORMAT,
            });
        }
        Ok(format)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read_as_it_was_written_and_every_altered_byte_is_noticed() {
        let format = Format { format: 1, segment_bytes: 4_194_304, store: 0xab };
        let text = format.to_text();
        assert!(text.starts_with("intergov store\nformat 1\nsegment 4194304\nid 00000000000000ab\ncrc "));
        assert_eq!(Format::from_text(&text), Ok(format));
        for at in 0..text.len() - 1 {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1;
            let altered = String::from_utf8(bytes).unwrap();
            assert!(Format::from_text(&altered) != Ok(format) || altered == text, "byte {at}");
        }
    }
}
