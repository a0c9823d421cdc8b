//! Did you mean …? What to do about a name that nothing has.

use crate::value::nearest;

/// `did you mean “x”?`, or the given text where nothing is near.
pub(super) fn suggest<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    otherwise: impl FnOnce() -> String,
) -> String {
    match nearest(written, candidates, 1).first() {
        Some(near) => format!("did you mean “{near}”?"),
        None => otherwise(),
    }
}
