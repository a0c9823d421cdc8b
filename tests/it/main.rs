//! Tests of the whole, by subject.
//!
//! - `kernels`: networks and measures, against outside numbers, closed forms and laws

mod kernels;
