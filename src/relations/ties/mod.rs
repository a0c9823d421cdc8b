//! Which ties follow from what is stored?

mod acts;
mod arrangements;
mod derive;
mod held;
mod index;
mod party;
mod table;

pub(super) use party::parties;
pub use table::{Basis, Tie, TieOptions, TieRef, TieTable};
