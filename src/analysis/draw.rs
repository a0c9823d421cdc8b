//! Chance from a seed: the same numbers on every machine and for any number of threads.

use rand_pcg::Pcg64;
use rand_pcg::rand_core::Rng;

/// Numbers that chance gives.
pub(super) struct Draw(Pcg64);

impl Draw {
    /// The numbers of one of several replicates of a seed; each replicate has a stream of its own, so that they may be
    /// drawn in any order and at once.
    pub(super) fn of(seed: u64, replicate: u64) -> Self {
        Self(Pcg64::new(u128::from(seed), u128::from(replicate)))
    }

    /// A number from 0 to `limit` - 1, each as likely as the others; 0 for a limit of 0.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        // The high half of a product of 64 bits by 64 bits: its bias is below limit / 2^64.
        let product = u128::from(self.0.next_u64()) * limit as u128;
        usize::try_from(product >> 64).unwrap_or(0)
    }

    /// Puts items in an order that chance gives (Fisher and Yates).
    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}
