//! Doors into the decoders for the targets in `fuzz/`: bytes in, and whether a law holds.

use std::path::Path;

use super::chunks::{read_in, read_nodes, read_out, write_in, write_nodes, write_out};
use super::text_index::{read_index, write_index};
use crate::graph::limits::RECORD_BYTES;
use crate::store::engine::envelope::open_unchecked;
use crate::store::files::head::Head;

/// Decodes a chunk; the first byte says of which kind.
///
/// Whether what could be decoded gives the same bytes once it was encoded, decoded and encoded again; bytes and
/// not rows are compared, for one sort of number is not equal to itself.
#[must_use]
pub fn fuzz_chunk(bytes: &[u8]) -> bool {
    let Some((kind, raw)) = bytes.split_first() else { return true };
    match kind % 4 {
        0 => again(raw, |raw| write_nodes(&read_nodes(raw, |_| true).ok()?).ok()),
        1 => again(raw, |raw| write_out(&read_out(raw, |_| true).ok()?).ok()),
        2 => again(raw, |raw| write_in(&read_in(raw).ok()?).ok()),
        _ => again(raw, |raw| Some(write_index(&read_index(raw).ok()?))),
    }
}

/// Whether a second pass changes nothing.
fn again(raw: &[u8], pass: impl Fn(&[u8]) -> Option<Vec<u8>>) -> bool {
    pass(raw).is_none_or(|once| pass(&once).as_ref() == Some(&once))
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
/// Whether mended slots are read, the newer one counts, and another length is refused.
#[must_use]
pub fn fuzz_head(bytes: &[u8]) -> bool {
    let path = Path::new("HEAD");
    // Without a fitting checksum it may only be refused.
    drop(Head::parse(path, bytes));
    let (block, slot) = if bytes.len() == 8192 { (4096, 68) } else { (64, 64) };
    let mut mended = bytes.to_vec();
    let mut commits = Vec::new();
    for block in mended.chunks_exact_mut(block) {
        let (checked, rest) = block.split_at_mut(slot - 4);
        let crc = crc32fast::hash(checked).to_le_bytes();
        rest.iter_mut().zip(crc).for_each(|(to, from)| *to = from);
        commits.extend(block.first_chunk().map(|number| u64::from_le_bytes(*number)));
    }
    let sound = bytes.len() == 8192 || bytes.len() == 128;
    match Head::parse(path, &mended) {
        Ok(reading) => sound && commits.iter().max() == Some(&reading.witness.commit),
        Err(_) => !sound,
    }
}
