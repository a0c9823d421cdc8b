//! Options of the command line that several measures read, by name without dashes.

/// Which governments are read, and whether those count that only possibly belong.
pub(super) const WHO: [&str; 8] =
    ["region", "level", "rank", "panel", "lift", "reading", "persist", "possible"];

/// As [`WHO`], and which of their ties are read.
pub(super) const TIES: [&str; 21] = with(
    WHO,
    [
        "direction",
        "domain",
        "mechanism",
        "without",
        "leave-one-out",
        "by",
        "rank-from-level",
        "include-defining",
        "include-plans",
        "include-subordination",
        "min-confidence",
        "max-parties",
        "directed",
    ],
);

/// As [`WHO`], and how arrangements are read.
pub(super) const ARRANGEMENTS: [&str; 12] =
    with(WHO, ["by", "rank-from-level", "max-parties", "arrangements"]);

/// As [`TIES`], and what they weigh.
pub(super) const WEIGHTED_TIES: [&str; 22] = with(TIES, ["weight"]);

/// As [`WEIGHTED_TIES`], and whose rows are shown.
pub(super) const ROWS: [&str; 23] = with(WEIGHTED_TIES, ["only"]);

/// A list with more at its end; `M` is `N + K`.
const fn with<const N: usize, const K: usize, const M: usize>(
    options: [&'static str; N],
    more: [&'static str; K],
) -> [&'static str; M] {
    let mut all = [""; M];
    let mut at = 0;
    while at < M {
        all[at] = if at < N { options[at] } else { more[at - N] };
        at += 1;
    }
    all
}

/// As [`ROWS`], and the numbers that the measure can be told.
pub(super) const ROWS_TOLD: [&str; 24] = with(ROWS, ["set"]);

/// As [`TIES`], whose rows are shown, and by what governments are grouped.
pub(super) const GROUPED: [&str; 23] = with(TIES, ["only", "group-by"]);

/// As [`TIES`], and by what governments are grouped.
pub(super) const GROUPED_ROWS: [&str; 22] = with(TIES, ["group-by"]);

/// As [`ROWS`], and by what governments are grouped.
pub(super) const WEIGHTED_GROUPED: [&str; 24] = with(ROWS, ["group-by"]);

/// As [`WEIGHTED_TIES`], by what governments are grouped, and the numbers that the measure can be told.
pub(super) const WEIGHTED_GROUPED_TOLD: [&str; 24] = with(WEIGHTED_TIES, ["group-by", "set"]);

/// As [`TIES`], and whose rows are shown.
pub(super) const ROWS_UNWEIGHTED: [&str; 22] = with(TIES, ["only"]);
