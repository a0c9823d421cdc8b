//! No-op failpoints.

use std::path::Path;

use crate::store::error::StoreError;

/// Nothing happens here.
#[inline]
pub(in crate::store) fn failpoint(_stage: &'static str, _path: &Path) -> Result<(), StoreError> {
    Ok(())
}

/// The clock of the machine counts.
#[inline]
pub(in crate::store) fn clock() -> Option<i64> {
    None
}
