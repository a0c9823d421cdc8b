//! Does the graph stay on disk, whatever happens to process and files?

mod backups;
mod beside;
mod bulk;
mod compaction;
mod faults;
mod kills;
mod locks;
mod migrations;
mod repair;
mod round_trip;
mod rules;
mod sample;
