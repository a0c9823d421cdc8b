//! Which ties follow from what is stored: the cases of the paper, every rule, laws on random hierarchies.

mod declared;
mod directions;
mod interrupted;
pub(crate) mod laws;
mod pairs;
mod records;
mod spells;
mod weights;
pub(crate) mod world;
