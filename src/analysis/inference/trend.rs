//! Whether a series rises or falls.

use crate::analysis::Undefined;

/// The trend of a series at equal steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trend {
    /// Theil–Sen slope a step: the median of the slopes of all pairs (Sen 1968).
    pub slope: f64,
    /// Two-sided p of the Mann–Kendall test by the normal approximation, with correction for ties and continuity
    /// (Mann 1945; Kendall 1975).
    pub p: f64,
}

/// The trend of the values that there are, each with its step.
///
/// # Errors
/// [`Undefined::TooFewNodes`] with fewer than three values.
///
/// ```
/// use intergov::analysis::trend;
/// let rising = trend(&[(0, 1.0), (1, 2.0), (2, 3.0), (3, 4.0)])?;
/// assert_eq!(rising.slope, 1.0);
/// // S = 6, variance 4·3·13/18, z = 5/2.944: by hand.
/// assert!((rising.p - 0.0894).abs() < 0.0001);
/// # Ok::<(), intergov::analysis::Undefined>(())
/// ```
pub fn trend(values: &[(i32, f64)]) -> Result<Trend, Undefined> {
    if values.len() < 3 {
        return Err(Undefined::TooFewNodes);
    }
    let mut slopes = Vec::with_capacity(values.len() * (values.len() - 1) / 2);
    let mut score = 0_i64;
    for (at, (step, value)) in values.iter().enumerate() {
        for (later, further) in &values[at + 1..] {
            slopes.push((further - value) / f64::from(later - step));
            score += match further.total_cmp(value) {
                std::cmp::Ordering::Greater => 1,
                std::cmp::Ordering::Less => -1,
                std::cmp::Ordering::Equal => 0,
            };
        }
    }
    slopes.sort_by(f64::total_cmp);
    Ok(Trend { slope: median(&slopes), p: p_of(score, values) })
}

fn median(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    if sorted.len().is_multiple_of(2) { (sorted[middle - 1] + sorted[middle]) / 2.0 } else { sorted[middle] }
}

/// The p of a Mann–Kendall score.
fn p_of(score: i64, values: &[(i32, f64)]) -> f64 {
    let part = |count: usize| {
        let n = count as f64;
        n * (n - 1.0) * (2.0 * n + 5.0)
    };
    let mut sorted: Vec<f64> = values.iter().map(|(_, value)| *value).collect();
    sorted.sort_by(f64::total_cmp);
    let tied: f64 = sorted.chunk_by(|a, b| a == b).map(|group| part(group.len())).sum();
    let variance = (part(values.len()) - tied) / 18.0;
    if variance <= 0.0 || score == 0 {
        return 1.0;
    }
    let z = (score.abs() - 1) as f64 / variance.sqrt();
    libm::erfc(z / std::f64::consts::SQRT_2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_without_change_has_no_trend() {
        let flat = trend(&[(0, 2.0), (1, 2.0), (5, 2.0)]).unwrap();
        assert_eq!((flat.slope, flat.p), (0.0, 1.0));
        assert_eq!(trend(&[(0, 1.0), (1, 2.0)]), Err(Undefined::TooFewNodes));
    }

    #[test]
    fn ties_lessen_the_variance() {
        // 1, 2, 2, 3: S = 5, variance (4·3·13 − 2·1·9)/18 = 7.667, z = 4/2.769, p = 0.1486: by hand.
        let found = trend(&[(0, 1.0), (1, 2.0), (2, 2.0), (3, 3.0)]).unwrap();
        assert!((found.p - 0.148_6).abs() < 0.000_1, "{found:?}");
        assert!((found.slope - 7.0 / 12.0).abs() < 1e-12, "{found:?}");
    }
}
