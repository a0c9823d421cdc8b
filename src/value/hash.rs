//! A hash that never changes: what lies on disk may depend on it.

/// The offset basis of FNV-1a.
pub const FNV_BASIS: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a with 64 bits (Fowler, Noll, Vo): notices accidents, not attackers.
#[must_use]
pub fn fnv1a(seed: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(seed, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// A text as 32 bits: both halves of its FNV-1a.
#[must_use]
pub fn text_hash(text: &str) -> u32 {
    let hash = fnv1a(FNV_BASIS, text.as_bytes());
    (hash ^ (hash >> 32)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Test vectors of the authors, <http://www.isthe.com/chongo/tech/comp/fnv/>.
    #[test]
    fn published_values() {
        assert_eq!(fnv1a(FNV_BASIS, b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(FNV_BASIS, b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv1a(FNV_BASIS, b"foobar"), 0x8594_4171_f739_67e8);
    }
}
