//! From where does chance come, so that the same seed gives the same bytes on every machine?

/// The odd number nearest to 2^64 divided by the golden ratio.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// What a stream of chance is for. Each table draws from streams of its own, so that more rows of one
/// change no row of another.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stream {
    Branches,
    Names,
    Activity,
    Fate,
    Government,
    Place,
    Ties,
    Sizes,
    Arrangements,
    Parties,
}

/// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014,
/// doi 10.1145/2660193.2660195): eight bytes of state, two multiplications a number.
#[derive(Clone, Debug)]
pub(super) struct SplitMix(u64);

impl SplitMix {
    /// The stream of one item: a block of rows, or a government.
    pub(super) fn of(seed: u64, stream: Stream, item: u64) -> Self {
        let table = mix(seed ^ (stream as u64 + 1).wrapping_mul(GOLDEN));
        Self(mix(table.wrapping_add(item.wrapping_mul(GOLDEN))))
    }

    /// 64 random bits.
    pub(super) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// A number from 0 up to, not including, `bound`; 0 where the bound is 0. The upper half of a product
    /// stands for the remainder (Lemire 2019), whose bias of `bound`/2^64 is left.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(bound)) >> 64) as u64
    }

    /// Whether what happens in so many of a hundred cases happens.
    pub(super) fn percent(&mut self, cases: u64) -> bool {
        self.below(100) < cases
    }

    /// One of a list that is not empty.
    pub(super) fn one_of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as u64) as usize]
    }

    /// One of a list that is not empty; earlier ones come more often: the first of n with 1/√n.
    pub(super) fn mostly_first<T: Copy>(&mut self, list: &[T]) -> T {
        let unit = self.unit();
        list[((unit * unit * list.len() as f64) as usize).min(list.len() - 1)]
    }

    /// A number above 0 and at most 1.
    pub(super) fn unit(&mut self) -> f64 {
        const STEP: f64 = 1.0 / (1_u64 << 53) as f64;
        ((self.bits() >> 11) + 1) as f64 * STEP
    }

    /// A Pareto number, at least 1, with P(X > x) = x^(-4/3): its mean is 4 and its variance has no bound.
    /// Square roots are rounded alike everywhere, powers are not.
    pub(super) fn pareto(&mut self) -> f64 {
        let root = self.unit().sqrt();
        1.0 / (root * root.sqrt())
    }
}

fn mix(bits: u64) -> u64 {
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_reference() {
        // Seed 1234567 of splitmix64.c by S. Vigna (prng.di.unimi.it), as Rosetta Code lists its output.
        let mut chance = SplitMix(1_234_567);
        let found: Vec<u64> = (0..5).map(|_| chance.bits()).collect();
        let wanted = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
            4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ];
        assert_eq!(found, wanted);
    }

    #[test]
    fn pareto_numbers_have_the_tail_that_is_promised() {
        // P(X > 8) = 8^(-4/3) = 1/16: of 160,000 draws 10,000, with a standard deviation of 97.
        let mut chance = SplitMix::of(7, Stream::Activity, 0);
        let above = (0..160_000).filter(|_| chance.pareto() > 8.0).count();
        assert!((9_500..10_500).contains(&above), "{above}");
    }
}
