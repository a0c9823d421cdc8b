//! How is a small value kept under a key, and how is damage to it noticed?

pub(in crate::store) mod envelope;
mod key_value;
mod panic_guard;

pub(in crate::store) use key_value::{Engine, Layout, Tree, Write};
