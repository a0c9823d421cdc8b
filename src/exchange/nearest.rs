//! Did you mean …? The known name nearest to one that was written.

/// The candidate with the fewest single-character edits from `written`, at most a third of its length
/// (and at least one); of equally near ones the first by code points.
pub(super) fn nearest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written: Vec<char> = written.to_lowercase().chars().collect();
    let limit = (written.len() / 3).max(1);
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let other: Vec<char> = candidate.to_lowercase().chars().collect();
            (other.len().abs_diff(written.len()) <= limit)
                .then(|| (edits(&written, &other), candidate))
                .filter(|(edits, _)| *edits <= limit)
        })
        .min()
        .map(|(_, candidate)| candidate)
}

/// `did you mean “x”?`, or the given text where nothing is near.
pub(super) fn suggest<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    otherwise: impl FnOnce() -> String,
) -> String {
    nearest(written, candidates).map_or_else(otherwise, |near| format!("did you mean “{near}”?"))
}

/// Levenshtein distance, by rows.
fn edits(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut last = i + 1;
        for (j, right) in b.iter().enumerate() {
            let above = row[j + 1];
            let changed = diagonal + usize::from(left != right);
            row[j] = last;
            last = changed.min(last + 1).min(above + 1);
            diagonal = above;
        }
        row[b.len()] = last;
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::{edits, nearest};

    #[test]
    fn the_nearest_name_is_found() {
        assert_eq!(nearest("provincal", ["national", "provincial", "county"]), Some("provincial"));
        assert_eq!(nearest("ranks", ["rank", "name"]), Some("rank"));
        assert_eq!(nearest("杭卅市", ["杭州市", "湖州市"]), Some("杭州市"));
        assert_eq!(nearest("xyz", ["rank", "name"]), None);
    }

    #[test]
    fn edits_are_counted_by_character() {
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        assert_eq!(edits(&chars("kitten"), &chars("sitting")), 3);
        assert_eq!(edits(&chars(""), &chars("上海")), 2);
        assert_eq!(edits(&chars("上海"), &chars("上海")), 0);
    }
}
