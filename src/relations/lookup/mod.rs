//! Which node is meant by a code or a name, and how is a node called?

mod candidate;
mod caption;
mod kind;
mod names;
mod spelling;
mod successors;
mod texts;

pub use candidate::{Candidate, LookupError};
pub use caption::{caption, caption_at, edge_caption};
pub use kind::Kind;
pub use names::{Found, FoundBy, Names, resolve, same_name};
pub use successors::{Standing, standing};
