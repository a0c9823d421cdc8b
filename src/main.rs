//! The command `intergov`.
fn main() {}
