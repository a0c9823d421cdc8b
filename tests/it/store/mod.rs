//! Does the graph stay on disk, whatever happens to process and files?

#[cfg(unix)]
mod disks;
mod faults;
mod kills;
mod locks;
mod migrations;
mod model;
#[cfg(target_os = "linux")]
mod order;
mod refusals;
mod round_trip;
mod rules;
mod sample;
mod soak;
