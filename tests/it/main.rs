//! Tests of the crate as its users see it, one module a subject.
//!
//! - `architecture`: who may use whom, how long files are, what is refused
//! - `exchange`: packages, dumps, GraphML and bare ties: laws, faults and what other readers see
//! - `graph`: the graph in memory, and petgraph on it
//! - `kernels`: networks and measures, against outside numbers, closed forms and laws
//! - `store`: the disk: round trips, faults, kills
//! - `ties`: directions, spells, pairs, forms, powers, flows: cases, rules and laws

mod architecture;
mod exchange;
mod graph;
mod kernels;
mod store;
mod ties;
