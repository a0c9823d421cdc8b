//! How far do two divisions of the same nodes agree?

use crate::analysis::undefined::{Measured, Undefined};
use std::collections::BTreeMap;

/// How far two divisions agree, over the nodes that both know.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Agreement {
    /// Normalised mutual information, by the mean of both entropies: 0 to 1, 1 = the same division.
    pub nmi: Measured,
    /// Adjusted mutual information: 0 = as much as chance gives divisions of these sizes, 1 = the same division.
    pub ami: Measured,
    /// Adjusted Rand index over pairs of nodes: 0 = as chance, 1 = the same division.
    pub ari: Measured,
    /// Variation of information in nats: 0 = the same division, to ln n.
    pub vi: Measured,
}

impl Agreement {
    fn none(reason: Undefined) -> Self {
        Self { nmi: Err(reason), ami: Err(reason), ari: Err(reason), vi: Err(reason) }
    }
}

/// Compares two divisions. Nodes that one of them does not place are left out.
///
/// [`Undefined::TooFewNodes`] below two nodes, [`Undefined::SingleGroup`] if both put all nodes in one group or each in a
/// group of its own, where there is nothing to agree on. Source: Vinh, Epps and Bailey 2010, Journal of Machine Learning
/// Research 11, 2837–2854; Hubert and Arabie 1985; Meilă 2007. O(n + sum of the expected information, at most groups² n).
///
/// # Examples
/// ```
/// use intergov::analysis::agreement;
///
/// let (one, other) = ([Some(0), Some(0), Some(1), Some(1)], [Some(7), Some(7), Some(3), Some(3)]);
/// assert!((agreement(&one, &other).ari? - 1.0).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn agreement(one: &[Option<u32>], other: &[Option<u32>]) -> Agreement {
    let mut table: BTreeMap<(u32, u32), u64> = BTreeMap::new();
    for pair in one.iter().zip(other).filter_map(|(one, other)| (*one).zip(*other)) {
        *table.entry(pair).or_default() += 1;
    }
    let (rows, columns) = (sums(&table, |pair| pair.0), sums(&table, |pair| pair.1));
    let nodes: u64 = table.values().sum();
    let is_trivial = |sizes: &[u64]| sizes.len() == 1 || sizes.len() as u64 == nodes;
    if nodes < 2 {
        return Agreement::none(Undefined::TooFewNodes);
    }
    if is_trivial(&rows) && is_trivial(&columns) {
        return Agreement::none(Undefined::SingleGroup);
    }
    let n = nodes as f64;
    let share = |count: u64| count as f64 / n;
    let entropy = |sizes: &[u64]| -sizes.iter().map(|size| share(*size) * share(*size).ln()).sum::<f64>();
    let (of_rows, of_columns) = (entropy(&rows), entropy(&columns));
    let joint = -table.values().map(|count| share(*count) * share(*count).ln()).sum::<f64>();
    let shared = (of_rows + of_columns - joint).max(0.0);
    let mean = f64::midpoint(of_rows, of_columns);
    let expected = expected_information(&rows, &columns, nodes);
    Agreement {
        nmi: Ok(shared / mean),
        ami: Ok((shared - expected) / (mean - expected)),
        ari: Ok(rand_index(&table, &rows, &columns, nodes)),
        vi: Ok((2.0 * joint - of_rows - of_columns).max(0.0)),
    }
}

/// The sizes of the groups of one side, by number.
fn sums(table: &BTreeMap<(u32, u32), u64>, side: fn(&(u32, u32)) -> u32) -> Vec<u64> {
    let mut sizes: BTreeMap<u32, u64> = BTreeMap::new();
    table.iter().for_each(|(pair, count)| *sizes.entry(side(pair)).or_default() += count);
    sizes.into_values().collect()
}

fn rand_index(table: &BTreeMap<(u32, u32), u64>, rows: &[u64], columns: &[u64], nodes: u64) -> f64 {
    let pairs = |count: u64| count as f64 * (count as f64 - 1.0) / 2.0;
    let of = |sizes: &[u64]| sizes.iter().map(|size| pairs(*size)).sum::<f64>();
    let both: f64 = table.values().map(|count| pairs(*count)).sum();
    let (one, other) = (of(rows), of(columns));
    let drawn = one * other / pairs(nodes);
    (both - drawn) / (f64::midpoint(one, other) - drawn)
}

/// The mutual information that divisions of these sizes share on the average over all ways to place the nodes.
fn expected_information(rows: &[u64], columns: &[u64], nodes: u64) -> f64 {
    let factorial = |number: u64| libm::lgamma(number as f64 + 1.0);
    let n = nodes as f64;
    // Groups of one size give the same terms.
    let mut sum = 0.0;
    for (row, rows) in counted(rows) {
        for (column, columns) in counted(columns) {
            let ways =
                factorial(row) + factorial(column) + factorial(nodes - row) + factorial(nodes - column);
            let least = (row + column).saturating_sub(nodes).max(1);
            for both in least..=row.min(column) {
                let drawn = ways
                    - factorial(nodes)
                    - factorial(both)
                    - factorial(row - both)
                    - factorial(column - both)
                    - factorial(nodes + both - row - column);
                let information = both as f64 / n * (n * both as f64 / (row as f64 * column as f64)).ln();
                sum += (rows * columns) as f64 * information * drawn.exp();
            }
        }
    }
    sum
}

/// Sizes with how many groups have each.
fn counted(sizes: &[u64]) -> BTreeMap<u64, u64> {
    let mut counts = BTreeMap::new();
    sizes.iter().for_each(|size| *counts.entry(*size).or_default() += 1);
    counts
}
