//! Does the graph stay on disk, whatever happens to process and files?

#[cfg(target_os = "linux")]
mod attacks;
mod backups;
mod beside;
mod bulk;
mod busy;
mod compaction;
#[cfg(unix)]
mod disks;
mod doors;
mod faults;
mod formats;
mod journal;
mod kills;
mod limits;
mod locks;
mod migrations;
mod model;
#[cfg(target_os = "linux")]
mod order;
mod refusals;
mod repair;
mod round_trip;
mod rules;
mod sample;
mod soak;
mod values;
