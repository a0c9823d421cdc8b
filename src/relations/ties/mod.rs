//! Which ties follow from what is stored?

mod acts;
mod arrangements;
mod attendance;
mod attributes;
mod columns;
mod derive;
mod dyads;
mod held;
mod index;
mod party;
mod table;
mod tie;

pub use attendance::Attendance;
pub use attributes::TieAttributes;
pub use columns::TieColumns;
pub use party::edge_in_force;
pub(super) use party::{WholeEnd, parties, whole_of};
pub use table::{TieOptions, TieTable};
pub use tie::{Basis, Tie, TieRef};
