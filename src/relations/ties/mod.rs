//! Which ties follow from what is stored?

mod arrangements;
mod attendance;
mod attributes;
mod bilateral;
mod clipped_validity;
mod columns;
mod derive;
mod dyads;
mod form;
mod index;
mod options;
mod party;
mod role;
mod spells;
mod table;
mod tie;

pub use attendance::Attendance;
pub use attributes::TieAttributes;
pub use columns::TieColumns;
pub use form::{Form, FormReading, LOCAL_COOPERATION};
pub use options::TieOptions;
pub use party::edge_in_force;
pub(super) use party::{WholeEnd, parties, whole_of};
pub use role::{Act, Pairing, Role, RoleError};
pub use table::TieTable;
pub use tie::{Basis, Tie, TieRef};
