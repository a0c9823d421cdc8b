//! How unequal a list of quantities is.

use crate::analysis::undefined::{Measured, Undefined, ratio};

/// Herfindahl–Hirschman index: the sum of squared shares, `Σ (x_i / Σ x)²`.
///
/// Range [1/N, 1]: 1 if one has all. [`Undefined::ZeroDenominator`] if the sum is 0,
/// [`Undefined::NotAQuantity`] if a value is negative or not finite. Source: Herfindahl 1950. O(N).
///
/// # Examples
/// ```
/// use intergov::analysis::hhi;
///
/// // What three cities pay a year into the fund of a river basin, in 10 000 yuan.
/// let index = hhi(&[2000.0, 2700.0, 2100.0])?;
/// assert!((index - 0.339533).abs() < 1e-6);
/// # Ok::<(), intergov::analysis::Undefined>(())
/// ```
pub fn hhi(values: &[f64]) -> Measured {
    let total = total(values)?;
    Ok(values.iter().map(|value| (value / total).powi(2)).sum())
}

/// Evenness: Shannon's entropy of the shares over its largest value, `-Σ p ln p / ln N`.
///
/// Range [0, 1]: 1 if all are equal, 0 if one has all; `0 ln 0 = 0`. N counts zeros too, so that the mix of
/// three directions is divided by ln 3 even if one does not occur. [`Undefined::TooFewNodes`] for fewer than
/// two values; otherwise as [`hhi`]. Source: Shannon 1948; Pielou 1966. O(N).
pub fn evenness(values: &[f64]) -> Measured {
    if values.len() < 2 {
        return Err(Undefined::TooFewNodes);
    }
    let total = total(values)?;
    let entropy: f64 = values.iter().map(|value| entropy_term(value / total)).sum();
    ratio(entropy, (values.len() as f64).ln())
}

/// The share of the `top` largest values in the sum of all, in [0, 1].
///
/// With strengths this is the share of one or two great cities in all ties. `top` larger than the list
/// means all of it. Undefined as [`hhi`].
/// O(N log N).
pub fn top_share(values: &[f64], top: usize) -> Measured {
    let total = total(values)?;
    let mut falling = values.to_vec();
    falling.sort_by(|a, b| b.total_cmp(a));
    ratio(falling.iter().take(top).sum(), total).map(|share| share.min(1.0))
}

/// `-p ln p`, with `0 ln 0 = 0`.
pub(in crate::analysis) fn entropy_term(share: f64) -> f64 {
    if share > 0.0 { 0.0 - share * share.ln() } else { 0.0 }
}

/// The sum of values that are shares of something.
fn total(values: &[f64]) -> Measured {
    if values.iter().any(|value| !value.is_finite() || *value < 0.0) {
        return Err(Undefined::NotAQuantity);
    }
    let total: f64 = values.iter().sum();
    match total {
        0.0 => Err(Undefined::ZeroDenominator),
        total if total.is_infinite() => Err(Undefined::Overflow),
        total => Ok(total),
    }
}
