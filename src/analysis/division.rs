//! Nodes by group: numbers from 0, and `None` for a node without a group.

/// The group of a node.
pub(super) fn group_of(groups: &[Option<u32>], node: u32) -> Option<u32> {
    groups.get(node as usize).copied().flatten()
}

/// How many groups there are, empty ones below the last included.
pub(super) fn group_count<'a>(numbers: impl IntoIterator<Item = &'a u32>) -> usize {
    numbers.into_iter().max().map_or(0, |last| *last as usize + 1)
}
