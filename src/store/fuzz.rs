//! Doors into the decoders for the targets in `fuzz/`: bytes in, and whether a law holds.

use std::path::Path;

use super::chunks::{LinksV1, NodeChunkV1, OutChunkV1};
use super::envelope::{RECORD_BYTES, decode, encode, open_unchecked};
use super::head::Head;

/// Decodes a chunk; the first byte says of which kind.
///
/// Whether what could be unpacked is the same after it was packed and unpacked again.
#[must_use]
pub fn fuzz_chunk(bytes: &[u8]) -> bool {
    let Some((kind, raw)) = bytes.split_first() else { return true };
    match kind % 3 {
        0 => {
            let unpack = |raw: &[u8]| decode::<NodeChunkV1>(raw).and_then(NodeChunkV1::unpack).ok();
            unpack(raw).is_none_or(|nodes| {
                again(&NodeChunkV1::pack(nodes), |raw| Some(NodeChunkV1::pack(unpack(raw)?)))
            })
        }
        1 => {
            let unpack = |raw: &[u8]| decode::<OutChunkV1>(raw).and_then(OutChunkV1::unpack).ok();
            unpack(raw).is_none_or(|edges| {
                again(&OutChunkV1::pack(edges), |raw| Some(OutChunkV1::pack(unpack(raw)?)))
            })
        }
        _ => {
            let unpack = |raw: &[u8]| decode::<LinksV1>(raw).and_then(|links| links.unpack()).ok();
            unpack(raw)
                .is_none_or(|links| again(&LinksV1::pack(&links), |raw| Some(LinksV1::pack(&unpack(raw)?))))
        }
    }
}

/// Whether a chunk's bytes give the same bytes once they were unpacked and packed; bytes and not rows are
/// compared, for one sort of number is not equal to itself.
fn again<R: bincode::Encode>(packed: &R, repack: impl Fn(&[u8]) -> Option<R>) -> bool {
    let Ok(bytes) = encode(packed, "a chunk") else { return true };
    let repacked = repack(&bytes).and_then(|chunk| encode(&chunk, "a chunk").ok());
    repacked.as_ref() == Some(&bytes)
}

/// Unpacks a stored value behind its checksum; what it gives must not exceed the greatest record.
#[must_use]
pub fn fuzz_value(bytes: &[u8]) -> bool {
    let [version, flags, data @ ..] = bytes else { return true };
    let most = RECORD_BYTES.max(data.len());
    open_unchecked(*version, *flags, data).map_or(true, |(_, raw)| raw.len() <= most)
}

/// Reads a witness file, as it is and with its checksums mended.
///
/// Whether mended slots are read, the later one counts, and another length is refused.
#[must_use]
pub fn fuzz_head(bytes: &[u8]) -> bool {
    let path = Path::new("HEAD");
    // Without a fitting checksum it may only be refused.
    drop(Head::parse(path, bytes));
    let mut mended = bytes.to_vec();
    let mut commits = Vec::new();
    for slot in mended.chunks_exact_mut(64) {
        let crc = crc32fast::hash(&slot[..60]);
        slot[60..].copy_from_slice(&crc.to_le_bytes());
        commits.extend(slot.first_chunk().map(|number| u64::from_le_bytes(*number)));
    }
    match Head::parse(path, &mended) {
        Ok(reading) => bytes.len() == 128 && commits.iter().max() == Some(&reading.witness.commit),
        Err(_) => bytes.len() != 128,
    }
}
