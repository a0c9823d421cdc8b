//! Tests of the crate as its users see it, one module a subject.
//!
//! - `architecture`: who may use whom, how long files are, what is refused
//! - `exchange`: packages, dumps, GraphML and bare ties: laws, faults and what other readers see
//! - `kernels`: networks and measures, against outside numbers, closed forms and laws

mod architecture;
mod exchange;
mod kernels;
