//! Does the graph stay on disk, whatever happens to process and files?

mod backups;
mod beside;
mod compaction;
mod faults;
mod kills;
mod locks;
mod migrations;
mod round_trip;
mod rules;
mod sample;
