//! Rank and size: does the first centre tower over the next ones?

use crate::analysis::undefined::{Measured, Undefined};

/// What stands for the rank in the regression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum RankShift {
    /// The rank r. This is the default.
    #[default]
    Plain,
    /// `r - 1/2`, which removes the bias in small samples (Gabaix and Ibragimov 2011).
    MinusHalf,
}

/// How [`rank_size`] is computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankSizeOptions {
    /// How many of the largest centres enter a regression; one regression for each number.
    /// Default = 2, 3, 4 (Burger and Meijers 2012).
    pub tops: Vec<usize>,
    /// What stands for the rank. Default = [`RankShift::Plain`].
    pub shift: RankShift,
}

impl Default for RankSizeOptions {
    fn default() -> Self {
        RankSizeOptions { tops: vec![2, 3, 4], shift: RankShift::Plain }
    }
}

/// One regression `ln y = a - b ln r`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RankSizeSlope {
    /// How many of the largest centres it is over.
    pub top: usize,
    /// The slope b: 0 if all are equally large; the larger, the more the first one dominates.
    pub slope: f64,
    /// The intercept a, the logarithm of the size that the line gives to rank 1.
    pub intercept: f64,
}

/// Rank-size slopes and their mean.
#[derive(Debug, Clone, PartialEq)]
pub struct RankSize {
    /// One entry for each number of centres that could be computed.
    pub slopes: Vec<RankSizeSlope>,
    /// The mean of the slopes; [`Undefined::TooFewNodes`] if there is none.
    pub mean: Measured,
    /// Sizes that were left out because they are 0, negative or not finite and have no logarithm.
    pub excluded: usize,
}

/// Rank-size slopes of the largest centres, by ordinary least squares of `ln y` on `ln r`.
///
/// With the total importance of cities the result is their morphological polycentricity, with the flow that
/// they draw from the other cities of the region the functional one. b ≥ 0, without unit; the smaller, the
/// more polycentric. A number of centres below 2 or above that of positive sizes is skipped. Equal sizes get
/// successive ranks.
///
/// Source: Burger and Meijers 2012, Urban Studies 49(5), 1127–1149. O(N log N).
///
/// # Examples
/// ```
/// use intergov::analysis::{RankSizeOptions, rank_size};
///
/// // Sizes that follow Zipf's rule: the second is half the first, the third a third.
/// let zipf = rank_size(&[12.0, 6.0, 4.0, 3.0], &RankSizeOptions::default());
/// assert!((zipf.mean? - 1.0).abs() < 1e-12);
/// # Ok::<(), intergov::analysis::Undefined>(())
/// ```
pub fn rank_size(sizes: &[f64], options: &RankSizeOptions) -> RankSize {
    let mut falling: Vec<f64> =
        sizes.iter().copied().filter(|size| size.is_finite() && *size > 0.0).collect();
    falling.sort_by(|a, b| b.total_cmp(a));
    let possible = options.tops.iter().filter(|top| (2..=falling.len()).contains(top));
    let slopes: Vec<_> = possible.map(|top| regression(&falling[..*top], options.shift)).collect();
    let mean = match slopes.len() {
        0 => Err(Undefined::TooFewNodes),
        count => Ok(slopes.iter().map(|found| found.slope).sum::<f64>() / count as f64),
    };
    RankSize { slopes, mean, excluded: sizes.len() - falling.len() }
}

/// The line through at least two falling sizes.
fn regression(falling: &[f64], shift: RankShift) -> RankSizeSlope {
    let shift = match shift {
        RankShift::Plain => 0.0,
        RankShift::MinusHalf => 0.5,
    };
    let count = falling.len() as f64;
    let x: Vec<f64> = (1..=falling.len()).map(|rank| (rank as f64 - shift).ln()).collect();
    let y: Vec<f64> = falling.iter().map(|size| size.ln()).collect();
    let (mean_x, mean_y) = (x.iter().sum::<f64>() / count, y.iter().sum::<f64>() / count);
    let covariance: f64 = x.iter().zip(&y).map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    let variance: f64 = x.iter().map(|x| (x - mean_x).powi(2)).sum();
    let rise = covariance / variance;
    // Sizes that fall cannot rise; equal ones can by rounding, and give -0.0 without this.
    let slope = if rise >= 0.0 { 0.0 } else { -rise };
    RankSizeSlope { top: falling.len(), slope, intercept: mean_y - rise * mean_x }
}
