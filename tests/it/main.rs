//! Tests from outside the crate; one module a part.

#[cfg(test)]
mod store;
