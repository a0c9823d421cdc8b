//! The query language: the openCypher kit, valid time, errors, derived ties, writing under the domain's rules.

mod errors;
mod tck;
mod ties;
mod time;
