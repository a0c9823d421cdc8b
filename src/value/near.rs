//! Did you mean …? The known texts nearest to one that was written.

use super::fold;

/// The candidates with the fewest single-character edits from `written` after folding (S24), at most a
/// third of its length and at least one; a candidate that begins with `written` is one edit away.
/// Sorted by edits, then by code points; at most `most`.
///
/// ```
/// use intergov::value::nearest;
/// assert_eq!(nearest("provincal", ["national", "provincial"], 1), ["provincial"]);
/// assert_eq!(nearest("杭卅市", ["杭州市", "湖州市"], 1), ["杭州市"]);
/// assert!(nearest("xyz", ["rank", "name"], 3).is_empty());
/// ```
#[must_use]
pub fn nearest<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    most: usize,
) -> Vec<&'a str> {
    let near = near(&fold(written), candidates.into_iter().map(|candidate| (fold(candidate), candidate)));
    near.into_iter().take(most).map(|(_, candidate)| candidate).collect()
}

/// All candidates, folded already, that [`nearest`] would take, each with its edits, 0 for one that begins with
/// `written`.
pub(crate) fn near_folded<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Vec<(usize, &'a str)> {
    let folded = fold(written);
    let near = near(&folded, candidates.into_iter().map(|candidate| (candidate, candidate)));
    let begins = |name: &str| !folded.is_empty() && name.starts_with(&folded);
    near.into_iter().map(|(edits, name)| (if begins(name) { 0 } else { edits }, name)).collect()
}

/// Candidates within reach of a folded text and their edits, the nearest first.
fn near<'a, F: AsRef<str>>(
    folded: &str,
    candidates: impl Iterator<Item = (F, &'a str)>,
) -> Vec<(usize, &'a str)> {
    let own: Vec<char> = folded.chars().collect();
    let limit = (own.len() / 3).max(1);
    let mut row = Vec::new();
    let mut near: Vec<(usize, &str)> = candidates
        .filter_map(|(other, candidate)| {
            let other = other.as_ref();
            if !own.is_empty() && other.starts_with(folded) {
                return Some((usize::from(other != folded), candidate));
            }
            (other.chars().count().abs_diff(own.len()) <= limit)
                .then(|| (edits(&own, other.chars(), &mut row), candidate))
                .filter(|(edits, _)| *edits <= limit)
        })
        .collect();
    near.sort_unstable();
    near.dedup();
    near
}

/// Levenshtein's distance (Soviet Physics Doklady 10, 1966), row by row.
/// `row` only saves its allocation.
fn edits(a: &[char], b: impl Iterator<Item = char>, row: &mut Vec<usize>) -> usize {
    row.clear();
    row.extend(0..=a.len());
    for (above, left) in b.enumerate() {
        let mut diagonal = above;
        let mut last = above + 1;
        for (cell, right) in row.iter_mut().skip(1).zip(a) {
            let changed = diagonal + usize::from(left != *right);
            diagonal = *cell;
            last = changed.min(last + 1).min(diagonal + 1);
            *cell = last;
        }
        if let Some(first) = row.first_mut() {
            *first = above + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::edits;

    #[test]
    fn edits_are_counted_by_character() {
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        let cases = [
            ("kitten", "sitting", 3),
            ("flaw", "lawn", 2),
            ("", "上海", 2),
            ("上海", "上海", 0),
            ("ab", "", 2),
        ];
        for (a, b, expected) in cases {
            assert_eq!(edits(&chars(a), b.chars(), &mut Vec::new()), expected, "{a} {b}");
        }
    }
}
