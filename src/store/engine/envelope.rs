//! The envelope of every stored value: checksum, version, compression, parts.
//!
//! `value = [crc32 u32 LE][version u8][flags u8][data]`; the checksum covers the tree's number, the key
//! and all that follows the checksum, so that a value under a wrong key is noticed too. A record larger
//! than [`PART_BYTES`] is cut into several values; every key ends with the part's number, u16 BE.

use std::borrow::Cow;

use bincode::{Decode, Encode};

use super::key_value::{Engine, Tree, Write};
use crate::graph::limits::{LOG_RECORD_BYTES, RECORD_BYTES};
use crate::store::error::StoreError;

/// Data bytes of one value: sled puts up to 16 values into a page and a page over a quarter of a segment
/// into a file of its own that it never syncs; 16 × 6 KiB stays below a quarter of 512 KiB.
const PART_BYTES: usize = 6 * 1024;
/// Below this a record is not worth compressing.
const COMPRESS_FROM: usize = 128;
const LAST: u8 = 1;
const COMPRESSED: u8 = 2;
const HEADER: usize = 6;

type Config<const BYTES: usize> = bincode::config::Configuration<
    bincode::config::LittleEndian,
    bincode::config::Varint,
    bincode::config::Limit<BYTES>,
>;

/// What a damaged length may make the decoder allocate of a record that is as large as one of the log.
const SMALL: Config<{ 256 * 1024 * 1024 }> = bincode::config::standard().with_limit();
/// The same of a larger one. A value takes at least two bytes, and sixteen times as many in memory.
const LARGE: Config<{ 2048 * 1024 * 1024 }> = bincode::config::standard().with_limit();

/// A record of a version of the disk format. Field order is the format: a released struct never changes.
pub(in crate::store) trait Record: Encode + Decode<()> {
    /// The version byte before it.
    const VERSION: u8 = 1;
}

/// What is wrong with stored bytes.
#[derive(Debug)]
pub(in crate::store) struct Flaw(pub(in crate::store) String);

impl Flaw {
    pub(in crate::store) fn new(detail: impl Into<String>) -> Self {
        Self(detail.into())
    }

    /// As an error that names tree and key.
    pub(in crate::store) fn at(self, engine: &Engine, tree: Tree, key: &[u8]) -> StoreError {
        let detail = format!("{}, key {}: {}", tree.name(), hex(key), self.0);
        StoreError::corrupt(&engine.data_path(), detail)
    }
}

/// Bytes as hexadecimal digits.
pub(in crate::store) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A record as bare bytes.
pub(in crate::store) fn encode<R: Encode>(record: &R, what: &str) -> Result<Vec<u8>, StoreError> {
    let raw = bincode::encode_to_vec(record, LARGE);
    let too_large = |bytes| StoreError::TooLarge { what: what.to_owned(), bytes, limit: RECORD_BYTES };
    let raw = raw.map_err(|_| too_large(RECORD_BYTES))?;
    if raw.len() > RECORD_BYTES { Err(too_large(raw.len())) } else { Ok(raw) }
}

/// A record from bare bytes.
pub(in crate::store) fn decode<R: Decode<()>>(raw: &[u8]) -> Result<R, Flaw> {
    let decoded = if raw.len() <= LOG_RECORD_BYTES {
        bincode::decode_from_slice(raw, SMALL)
    } else {
        bincode::decode_from_slice(raw, LARGE)
    };
    match decoded {
        Ok((record, read)) if read == raw.len() => Ok(record),
        Ok((_, read)) => Err(Flaw(format!("{} bytes are left over", raw.len() - read))),
        Err(error) => Err(Flaw(format!("it cannot be decoded ({error})"))),
    }
}

/// The key of a part.
fn part_key(key: &[u8], part: u16) -> Vec<u8> {
    let mut full = Vec::with_capacity(key.len() + 2);
    full.extend_from_slice(key);
    full.extend_from_slice(&part.to_be_bytes());
    full
}

fn checksum(tree: Tree, full_key: &[u8], rest: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&[tree as u8]);
    hasher.update(full_key);
    hasher.update(rest);
    hasher.finalize()
}

/// Whether a stored value fits its checksum.
pub(in crate::store) fn fits(tree: Tree, full_key: &[u8], value: &[u8]) -> bool {
    let parts = value.split_first_chunk::<4>().filter(|_| value.len() >= HEADER);
    parts.is_some_and(|(crc, rest)| checksum(tree, full_key, rest) == u32::from_le_bytes(*crc))
}

/// The data of a record, compressed where that pays, and its flags.
fn pack(raw: &[u8]) -> (Cow<'_, [u8]>, u8) {
    if raw.len() >= COMPRESS_FROM {
        let packed = lz4_flex::compress_prepend_size(raw);
        // Compression pays from an eighth on.
        if packed.len() < raw.len() - raw.len() / 8 {
            return (Cow::Owned(packed), COMPRESSED);
        }
    }
    (Cow::Borrowed(raw), 0)
}

/// A record as a block of a segment: version, flags, data. The directory holds its checksum.
pub(in crate::store) fn pack_block<R: Record>(record: &R) -> Result<Vec<u8>, StoreError> {
    let raw = encode(record, "a block")?;
    let (data, flags) = pack(&raw);
    Ok([&[R::VERSION, flags | LAST], &data[..]].concat())
}

/// The record of a block.
pub(in crate::store) fn unpack_block<R: Record>(block: &[u8]) -> Result<R, Flaw> {
    let [version, flags, data @ ..] = block else { return Err(Flaw::new("it is cut short")) };
    let assembly = Assembly { data: data.to_vec(), version: *version, flags: *flags, next: 1 };
    assembly.finish().and_then(of_version)
}

/// The writes that store bare bytes under a key.
pub(in crate::store) fn seal_raw(
    tree: Tree,
    key: &[u8],
    version: u8,
    raw: &[u8],
) -> Result<Vec<Write>, StoreError> {
    let (data, compressed) = pack(raw);
    let parts = data.len().div_ceil(PART_BYTES).max(1);
    let last = u16::try_from(parts - 1).map_err(|_| StoreError::TooLarge {
        what: format!("a record of {}", tree.name()),
        bytes: raw.len(),
        limit: RECORD_BYTES,
    })?;
    let mut writes = Vec::with_capacity(parts);
    for part in 0..=last {
        let from = usize::from(part) * PART_BYTES;
        let piece = data.get(from..data.len().min(from + PART_BYTES)).unwrap_or_default();
        let flags = compressed | if part == last { LAST } else { 0 };
        let full_key = part_key(key, part);
        let mut rest = vec![version, flags];
        rest.extend_from_slice(piece);
        let mut value = checksum(tree, &full_key, &rest).to_le_bytes().to_vec();
        value.append(&mut rest);
        writes.push(Write { tree, key: full_key, value: Some(value) });
    }
    Ok(writes)
}

/// The writes that store a record under a key.
pub(in crate::store) fn seal<R: Record>(
    tree: Tree,
    key: &[u8],
    record: &R,
) -> Result<Vec<Write>, StoreError> {
    let raw = encode(record, &format!("a record of {}", tree.name()))?;
    seal_raw(tree, key, R::VERSION, &raw)
}

/// Puts the parts of one record together.
#[derive(Default)]
struct Assembly {
    data: Vec<u8>,
    version: u8,
    flags: u8,
    next: u16,
}

impl Assembly {
    /// Takes the next part in; true once the record is whole.
    fn push(&mut self, tree: Tree, full_key: &[u8], value: &[u8]) -> Result<bool, Flaw> {
        if !fits(tree, full_key, value) {
            return Err(Flaw::new("it does not fit its checksum"));
        }
        let part = full_key.last_chunk::<2>().map(|part| u16::from_be_bytes(*part));
        if part != Some(self.next) {
            return Err(Flaw(format!("part {} is missing", self.next)));
        }
        (self.version, self.flags) = (value[4], value[5]);
        self.data.extend_from_slice(&value[HEADER..]);
        self.next = self.next.saturating_add(1);
        Ok(self.flags & LAST != 0)
    }

    fn finish(self) -> Result<(u8, Vec<u8>), Flaw> {
        if self.flags & COMPRESSED == 0 {
            return Ok((self.version, self.data));
        }
        let (bytes, packed) = lz4_flex::block::uncompressed_size(&self.data)
            .map_err(|error| Flaw(format!("it cannot be unpacked ({error})")))?;
        if bytes > RECORD_BYTES {
            return Err(Flaw(format!("it claims {bytes} bytes")));
        }
        let raw = lz4_flex::block::decompress(packed, bytes);
        Ok((self.version, raw.map_err(|error| Flaw(format!("it cannot be unpacked ({error})")))?))
    }
}

/// The version and the bare bytes of a value on its own, whatever checksum it names.
#[cfg(feature = "fuzzing")]
pub(in crate::store) fn open_unchecked(version: u8, flags: u8, data: &[u8]) -> Result<(u8, Vec<u8>), Flaw> {
    Assembly { data: data.to_vec(), version, flags, next: 1 }.finish()
}

/// The record that these values, the parts of one record in order, make up.
pub(in crate::store) fn unseal<R: Record>(parts: &[Write]) -> Result<R, Flaw> {
    let mut assembly = Assembly::default();
    for Write { tree, key, value } in parts {
        if assembly.push(*tree, key, value.as_deref().unwrap_or_default())? {
            return assembly.finish().and_then(of_version);
        }
    }
    Err(Flaw::new("it is cut short"))
}

fn of_version<R: Record>((version, raw): (u8, Vec<u8>)) -> Result<R, Flaw> {
    if version != R::VERSION {
        return Err(Flaw(format!("version {version} is not known here")));
    }
    decode(&raw)
}

/// The record under a key.
pub(in crate::store) fn read<R: Record>(
    engine: &Engine,
    tree: Tree,
    key: &[u8],
) -> Result<Option<R>, StoreError> {
    let flaw = |flaw: Flaw| flaw.at(engine, tree, key);
    read_raw(engine, tree, key)?.map(of_version).transpose().map_err(flaw)
}

/// A block of the journal that format 1 keeps as a record, as it stands in a segment.
pub(in crate::store) fn read_as_block(
    engine: &Engine,
    tree: Tree,
    number: u64,
) -> Result<Vec<u8>, StoreError> {
    Ok([&[1, LAST], &read_chunk(engine, tree, number)?[..]].concat())
}

/// The bytes of a chunk that the engine holds, as in format 1.
pub(in crate::store) fn read_chunk(engine: &Engine, tree: Tree, chunk: u64) -> Result<Vec<u8>, StoreError> {
    let key = chunk.to_be_bytes();
    let flaw = |flaw: Flaw| flaw.at(engine, tree, &key);
    match read_raw(engine, tree, &key)? {
        Some((1, raw)) => Ok(raw),
        Some((version, _)) => Err(flaw(Flaw(format!("version {version} is not known here")))),
        None => Err(flaw(Flaw::new("the chunk is missing"))),
    }
}

/// Version and bytes under a key.
fn read_raw(engine: &Engine, tree: Tree, key: &[u8]) -> Result<Option<(u8, Vec<u8>)>, StoreError> {
    let mut assembly = Assembly::default();
    loop {
        let full_key = part_key(key, assembly.next);
        let flaw = |flaw: Flaw| flaw.at(engine, tree, &full_key);
        match engine.get(tree, &full_key)? {
            None if assembly.next == 0 => return Ok(None),
            None => return Err(flaw(Flaw::new("this part of the record is missing"))),
            Some(value) => {
                if assembly.push(tree, &full_key, &value).map_err(flaw)? {
                    return assembly.finish().map(Some).map_err(flaw);
                }
            }
        }
    }
}

/// Version and bytes of the records under all keys from `from` on, in order.
pub(in crate::store) fn read_all_raw(
    engine: &Engine,
    tree: Tree,
    from: &[u8],
    mut take: impl FnMut(&[u8], u8, &[u8]) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    assemble_all(
        engine,
        tree,
        from,
        |_| true,
        |key, assembly| {
            let (version, raw) = assembly.finish().map_err(|flaw| flaw.at(engine, tree, key))?;
            take(key, version, &raw)
        },
    )
}

/// The records under all keys from `from` on, in order.
pub(in crate::store) fn read_all<R: Record>(
    engine: &Engine,
    tree: Tree,
    from: &[u8],
    mut take: impl FnMut(&[u8], R) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    assemble_all(
        engine,
        tree,
        from,
        |_| true,
        |key, assembly| {
            let record = assembly.finish().and_then(of_version);
            take(key, record.map_err(|flaw| flaw.at(engine, tree, key))?)
        },
    )
}

/// Compares the checksums of all values of a tree and counts them, but for records that do not count.
pub(in crate::store) fn check_values(
    engine: &Engine,
    tree: Tree,
    counts: impl Fn(&[u8]) -> bool,
) -> Result<u64, StoreError> {
    let mut values = 0;
    assemble_all(engine, tree, &[], counts, |key, assembly| {
        values += u64::from(assembly.next);
        assembly.finish().map(drop).map_err(|flaw| flaw.at(engine, tree, key))
    })?;
    Ok(values)
}

/// Visits the whole records from a key on that count, still packed.
fn assemble_all(
    engine: &Engine,
    tree: Tree,
    from: &[u8],
    counts: impl Fn(&[u8]) -> bool,
    mut take: impl FnMut(&[u8], Assembly) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut assembly = Assembly::default();
    let mut open_key: Vec<u8> = Vec::new();
    let mut outcome = Ok(());
    let mut step = |full_key: &[u8], value: &[u8]| {
        let key = full_key.get(..full_key.len().saturating_sub(2)).unwrap_or_default();
        let flaw = |flaw: Flaw| flaw.at(engine, tree, full_key);
        if !counts(key) {
            return Ok(());
        }
        if assembly.next > 0 && open_key != key {
            return Err(flaw(Flaw::new("the record before it is cut short")));
        }
        key.clone_into(&mut open_key);
        if assembly.push(tree, full_key, value).map_err(flaw)? {
            return take(key, std::mem::take(&mut assembly));
        }
        Ok(())
    };
    engine.scan(tree, from, |full_key, value| {
        outcome = step(full_key, value);
        outcome.is_ok()
    })?;
    outcome?;
    if assembly.next > 0 {
        return Err(Flaw::new("the last record is cut short").at(engine, tree, &open_key));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, Default, PartialEq, Encode, Decode)]
    struct Numbers(Vec<u64>);

    impl Record for Numbers {}

    fn numbers() -> Numbers {
        Numbers((0..20_000_u64).map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect())
    }

    /// A record of several parts under one key and a small one under the next.
    fn filled(engine: &Engine) -> (Numbers, Vec<Write>) {
        let writes = seal(Tree::Log, &1_u64.to_be_bytes(), &numbers()).unwrap();
        engine.transact(&writes).unwrap();
        let small = seal(Tree::Log, &2_u64.to_be_bytes(), &Numbers::default()).unwrap();
        engine.transact(&small).unwrap();
        (numbers(), writes)
    }

    /// Reads both ways: by key and in a scan of the tree.
    fn read_both(engine: &Engine) -> [Result<(), StoreError>; 3] {
        let one = read::<Numbers>(engine, Tree::Log, &1_u64.to_be_bytes()).map(drop);
        let all = read_all::<Numbers>(engine, Tree::Log, &[], |_, _| Ok(()));
        [one, all, check_values(engine, Tree::Log, |_| true).map(drop)]
    }

    #[test]
    fn a_block_comes_back_packed_or_not() {
        for record in [Numbers::default(), numbers(), Numbers(vec![7; 1_000])] {
            let block = pack_block(&record).unwrap();
            assert_eq!(unpack_block::<Numbers>(&block).unwrap(), record);
            assert_eq!(block[1] & COMPRESSED > 0, record.0.first() == Some(&7));
            assert!(unpack_block::<Numbers>(&block[..block.len() - 1]).is_err());
        }
        assert!(unpack_block::<Numbers>(&[1]).is_err());
    }

    #[test]
    fn whatever_is_done_to_a_value_below_our_checksum_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::scratch(folder.path());
        let (large, writes) = filled(&engine);
        let back = read::<Numbers>(&engine, Tree::Log, &1_u64.to_be_bytes()).unwrap();
        assert_eq!(back, Some(large));
        assert!(writes.len() > 2 && read_both(&engine).iter().all(Result::is_ok));

        let mut harm: Vec<(&str, Vec<Write>)> = Vec::new();
        for at in [0, 4, 5, 6, 1_000] {
            let mut write = writes[0].clone();
            write.value.as_mut().unwrap()[at] ^= 1;
            harm.push(("a bit flipped", vec![write]));
        }
        harm.push(("a middle part gone", vec![Write { value: None, ..writes[1].clone() }]));
        let last = &writes[writes.len() - 1];
        harm.push(("the last part gone", vec![Write { value: None, ..last.clone() }]));
        harm.push((
            "a part under another's key",
            vec![Write { key: writes[1].key.clone(), ..writes[0].clone() }],
        ));
        harm.push(("an empty value", vec![Write { value: Some(Vec::new()), ..writes[0].clone() }]));
        for (what, harmful) in harm {
            engine.transact(&harmful).unwrap();
            for result in read_both(&engine) {
                assert!(matches!(result, Err(StoreError::Corrupt { .. })), "{what}");
            }
            engine.transact(&writes).unwrap();
        }
        assert!(read_both(&engine).iter().all(Result::is_ok));
    }
}
