//! An embedder's first hour: found governments, rank them, let them cooperate, read the ties, measure.
fn main() {}
