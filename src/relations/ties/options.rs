//! How ties are derived.

use crate::relations::Scale;
use crate::value::Window;

/// How ties are derived.
#[derive(Clone, Debug, PartialEq)]
pub struct TieOptions {
    /// Scale of the directions. Default: rank.
    pub scale: Scale,
    /// Whether a rank that is not recorded is taken from the level (S21). Default: no.
    pub rank_from_level: bool,
    /// Arrangements in which more governments cooperate at once are not expanded into pairs (S35).
    /// Default: 5,000.
    pub max_parties: usize,
    /// Where the parties of all arrangements make more pairs together, the largest arrangements are not
    /// expanded (S35). Default: 12,500,000, the pairs of 5,000 parties; they take about 2 GiB.
    pub max_pairs: usize,
    /// Only ties that possibly hold in this window; `None` = all.
    pub within: Option<Window>,
}

impl Default for TieOptions {
    fn default() -> Self {
        Self {
            scale: Scale::Rank,
            rank_from_level: false,
            max_parties: 5_000,
            max_pairs: 12_500_000,
            within: None,
        }
    }
}
