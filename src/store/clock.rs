//! The time that journal entries and backups name.

use std::time::SystemTime;

use super::failpoint::clock;

/// Milliseconds since 1970-01-01T00:00:00Z by the clock of the machine.
pub(super) fn now_millis() -> i64 {
    if let Some(millis) = clock() {
        return millis;
    }
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
