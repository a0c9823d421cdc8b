//! A count in a sentence.

/// `1 tie`, `2 ties`.
pub(crate) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
