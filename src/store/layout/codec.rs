//! Numbers and texts in few bytes: what chunks are made of.
//!
//! `numbers` is a tag and what follows: 0 = all the same: the number; 1 = frame: least number, bits, the
//! differences to the least in that many bits each, lowest bit first; 2 = steps: the first number, then the
//! zigzag differences to the one before as a frame; 3 = steps as LEB128. The writer takes the shortest. How
//! many there are is known to the reader. A single number is LEB128; signed ones are zigzag.

use crate::graph::limits::{CHUNK_ROWS, READ_BYTES, UNPACKED_PER_BYTE};
use crate::store::engine::envelope::Flaw;
use crate::store::error::StoreError;

const SAME: u8 = 0;
const FRAME: u8 = 1;
const STEPS: u8 = 2;
const LEB_STEPS: u8 = 3;

/// Bytes in the making.
#[derive(Clone, Debug, Default)]
pub(in crate::store) struct Out(Vec<u8>);

impl Out {
    pub(in crate::store) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    pub(in crate::store) fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    pub(in crate::store) fn number(&mut self, number: u64) {
        leb(&mut self.0, number);
    }

    pub(in crate::store) fn numbers(&mut self, numbers: &[u64]) {
        let Some(&first) = numbers.first() else { return };
        let (least, greatest) = bounds(numbers.iter().copied());
        if least == greatest {
            self.byte(SAME);
            return self.number(first);
        }
        let steps: Vec<u64> =
            numbers.windows(2).map(|pair| zigzag(pair[1].wrapping_sub(pair[0]).cast_signed())).collect();
        let (step_least, step_greatest) = bounds(steps.iter().copied());
        let frame = numbers.len() * bits_of(greatest - least);
        let in_steps = steps.len() * bits_of(step_greatest - step_least);
        let in_leb: usize = 8 * steps.iter().map(|step| leb_bytes(*step)).sum::<usize>();
        if in_leb < frame.min(in_steps) {
            self.byte(LEB_STEPS);
            self.number(first);
            steps.iter().for_each(|step| leb(&mut self.0, *step));
        } else if in_steps < frame {
            self.byte(STEPS);
            self.number(first);
            self.frame(&steps, step_least, bits_of(step_greatest - step_least));
        } else {
            self.byte(FRAME);
            self.frame(numbers, least, bits_of(greatest - least));
        }
    }

    fn frame(&mut self, numbers: &[u64], least: u64, bits: usize) {
        self.number(least);
        self.byte(bits as u8);
        let (mut waiting, mut held) = (0_u128, 0);
        for number in numbers {
            waiting |= u128::from(number - least) << held;
            held += bits;
            while held >= 8 {
                self.0.push(waiting as u8);
                waiting >>= 8;
                held -= 8;
            }
        }
        if held > 0 {
            self.0.push(waiting as u8);
        }
    }

    /// Bytes with their length.
    pub(in crate::store) fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    /// Bytes with their length, packed where that saves an eighth.
    pub(in crate::store) fn block(&mut self, bytes: &[u8]) {
        let packed = lz4_flex::compress(bytes);
        self.number(bytes.len() as u64);
        if packed.len() < bytes.len() - bytes.len() / 8 {
            self.number(packed.len() as u64);
            self.0.extend_from_slice(&packed);
        } else {
            self.number(0);
            self.0.extend_from_slice(bytes);
        }
    }

    /// What `write` writes, with its length before it, so that a reader may pass it over.
    pub(in crate::store) fn section(
        &mut self,
        write: impl FnOnce(&mut Self) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut inner = Self::default();
        write(&mut inner)?;
        self.number(inner.0.len() as u64);
        self.0.extend_from_slice(&inner.0);
        Ok(())
    }
}

/// Bytes being read.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct In<'a>(&'a [u8]);

impl<'a> In<'a> {
    pub(in crate::store) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    fn read_bytes(&mut self, bytes: usize) -> Result<&'a [u8], Flaw> {
        let (taken, rest) = self.0.split_at_checked(bytes).ok_or_else(short)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(in crate::store) fn byte(&mut self) -> Result<u8, Flaw> {
        self.read_bytes(1).map(|taken| taken[0])
    }

    pub(in crate::store) fn number(&mut self) -> Result<u64, Flaw> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Flaw::new("a number in it has no end"))
    }

    /// A count of rows.
    pub(in crate::store) fn count(&mut self) -> Result<usize, Flaw> {
        match usize::try_from(self.number()?) {
            Ok(count) if count <= CHUNK_ROWS => Ok(count),
            _ => Err(Flaw::new("it claims more rows than a chunk has")),
        }
    }

    /// `count` numbers, of which there are no more than rows of a chunk.
    pub(in crate::store) fn numbers(&mut self, count: usize) -> Result<Vec<u64>, Flaw> {
        let mut numbers = Vec::with_capacity(count.min(CHUNK_ROWS));
        self.each(count, |number| {
            numbers.push(number);
            Ok(())
        })?;
        Ok(numbers)
    }

    /// Hands on `count` numbers one by one: many that are the same take no room here either.
    pub(in crate::store) fn each(
        &mut self,
        count: usize,
        mut take: impl FnMut(u64) -> Result<(), Flaw>,
    ) -> Result<(), Flaw> {
        if count == 0 {
            return Ok(());
        }
        match self.byte()? {
            SAME => {
                let number = self.number()?;
                (0..count).try_for_each(|_| take(number))
            }
            FRAME => self.frame(count, take),
            STEPS => {
                let mut sum = self.number()?;
                take(sum)?;
                self.frame(count - 1, |step| {
                    sum = sum.wrapping_add_signed(unzigzag(step));
                    take(sum)
                })
            }
            LEB_STEPS => {
                let mut sum = self.number()?;
                take(sum)?;
                (1..count).try_for_each(|_| {
                    sum = sum.wrapping_add_signed(unzigzag(self.number()?));
                    take(sum)
                })
            }
            tag => Err(Flaw(format!("numbers in it have the unknown form {tag}"))),
        }
    }

    fn frame(&mut self, count: usize, mut take: impl FnMut(u64) -> Result<(), Flaw>) -> Result<(), Flaw> {
        let least = self.number()?;
        let bits = usize::from(self.byte()?);
        if bits > 64 {
            return Err(Flaw::new("numbers in it have more than 64 bits"));
        }
        let bytes = self.read_bytes(count.checked_mul(bits).ok_or_else(short)?.div_ceil(8))?;
        let mask = if bits == 64 { u64::MAX } else { (1 << bits) - 1 };
        for at in 0..count {
            let (byte, shift) = (at * bits / 8, at * bits % 8);
            let word = match bytes.get(byte..byte + 8) {
                Some(&[a, b, c, d, e, f, g, h]) => u64::from_le_bytes([a, b, c, d, e, f, g, h]),
                _ => last_word(&bytes[byte.min(bytes.len())..]),
            };
            let mut number = word >> shift;
            if bits + shift > 64 {
                number |= u64::from(bytes.get(byte + 8).copied().unwrap_or(0)) << (64 - shift);
            }
            take(least.wrapping_add(number & mask))?;
        }
        Ok(())
    }

    /// What [`Out::bytes`] wrote.
    pub(in crate::store) fn bytes(&mut self) -> Result<&'a [u8], Flaw> {
        let bytes = usize::try_from(self.number()?).map_err(|_| short())?;
        self.read_bytes(bytes)
    }

    /// What [`Out::block`] wrote.
    pub(in crate::store) fn block(&mut self) -> Result<Vec<u8>, Flaw> {
        let bytes = usize::try_from(self.number()?).map_err(|_| short())?;
        match usize::try_from(self.number()?).map_err(|_| short())? {
            0 => Ok(self.read_bytes(bytes)?.to_vec()),
            packed => {
                let packed = self.read_bytes(packed)?;
                if bytes > READ_BYTES || bytes / UNPACKED_PER_BYTE > packed.len() {
                    return Err(Flaw::new("it claims more bytes than can be packed into so few"));
                }
                let unpacked = lz4_flex::decompress(packed, bytes);
                let unpacked = unpacked.map_err(|error| Flaw(format!("it cannot be unpacked ({error})")))?;
                if unpacked.len() == bytes { Ok(unpacked) } else { Err(short()) }
            }
        }
    }

    /// What [`Out::section`] wrote, to be read or passed over.
    pub(in crate::store) fn section(&mut self) -> Result<Self, Flaw> {
        self.bytes().map(Self)
    }

    pub(in crate::store) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Nothing may be left.
    pub(in crate::store) fn end(self) -> Result<(), Flaw> {
        match self.0.len() {
            0 => Ok(()),
            left => Err(Flaw(format!("{left} bytes are left over"))),
        }
    }
}

fn short() -> Flaw {
    Flaw::new("it is cut short")
}

fn last_word(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
}

fn bounds(numbers: impl Iterator<Item = u64>) -> (u64, u64) {
    let bounds = numbers.fold((u64::MAX, 0), |(least, most), number| (least.min(number), most.max(number)));
    if bounds.0 > bounds.1 { (0, 0) } else { bounds }
}

fn bits_of(number: u64) -> usize {
    (u64::BITS - number.leading_zeros()) as usize
}

fn leb_bytes(number: u64) -> usize {
    bits_of(number).div_ceil(7).max(1)
}

fn leb(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Small numbers of either sign as small numbers.
pub(in crate::store) fn zigzag(number: i64) -> u64 {
    (number.cast_unsigned() << 1) ^ (number >> 63).cast_unsigned()
}

/// The number again.
pub(in crate::store) fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -((number & 1).cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes_of(numbers: &[u64]) -> Vec<u8> {
        let mut out = Out::default();
        out.numbers(numbers);
        out.into_bytes()
    }

    #[test]
    fn each_form_is_what_the_head_of_this_file_says() {
        assert_eq!(bytes_of(&[7, 7, 7]), [SAME, 7]);
        // Over the least 5: 0, 3, 1, 0, 3 in two bits each, lowest first.
        assert_eq!(bytes_of(&[5, 8, 6, 5, 8]), [FRAME, 5, 2, 0b00_01_11_00, 0b11]);
        // Steps of ten: zigzag 20, all the same: no bits.
        assert_eq!(bytes_of(&[100, 110, 120]), [STEPS, 100, 20, 0]);
        // One far step among near ones: 100,000, zigzagged 200,000 = c0 9a 0c.
        let far: Vec<u64> = (0..3).chain(100_002..100_011).collect();
        assert_eq!(bytes_of(&far), [LEB_STEPS, 0, 2, 2, 0xc0, 0x9a, 0x0c, 2, 2, 2, 2, 2, 2, 2, 2]);
    }

    proptest::proptest! {
        #[test]
        fn numbers_come_back(numbers in proptest::collection::vec(proptest::num::u64::ANY, 0..200), shift in 0_u32..64) {
            let numbers: Vec<u64> = numbers.into_iter().map(|number| number >> shift).collect();
            for numbers in [numbers.clone(), { let mut sorted = numbers; sorted.sort_unstable(); sorted }] {
                let bytes = bytes_of(&numbers);
                let mut read = In::new(&bytes);
                proptest::prop_assert_eq!(read.numbers(numbers.len()).unwrap(), numbers);
                read.end().unwrap();
            }
        }

        #[test]
        fn anything_is_read_without_panic(bytes in proptest::collection::vec(0_u8.., 0..60), count in 0_usize..100) {
            let mut read = In::new(&bytes);
            while read.numbers(count).is_ok() && read.block().is_ok() && read.section().is_ok() {}
        }

        #[test]
        fn signs_come_back(number in proptest::num::i64::ANY) {
            proptest::prop_assert_eq!(unzigzag(zigzag(number)), number);
        }
    }
}
