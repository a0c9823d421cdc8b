//! An embedder’s first hour.
fn main() {}
