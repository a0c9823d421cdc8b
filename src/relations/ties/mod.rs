//! Which ties follow from what is stored?

mod derive;
mod party;
mod table;

pub use table::{Basis, Tie, TieOptions, TieTable};
