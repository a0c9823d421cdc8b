//! Tests of the crate as its users see it, one module a subject.
//!
//! - `architecture`: who may use whom, how long files are, what is refused
//! - `graph`: the graph in memory, and petgraph on it
//! - `kernels`: networks and measures, against outside numbers, closed forms and laws

mod architecture;
mod graph;
mod kernels;
