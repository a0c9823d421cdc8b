//! What a commit takes can be merged, compacted, backed up, restored, dumped and loaded; what it does not take is
//! refused before anything is written.

mod law;
mod older;
mod refused;
