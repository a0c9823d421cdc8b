//! What is a value? Scalars, lists, dates with precision, validity in time, three-valued logic.
//!
//! Nothing here knows of graphs or files. The rules S1 and S2 (unknown is not open; precision and
//! windows) live in [`Validity`] and [`Window`].

mod civil;
mod date;
mod date_form;
mod fold;
mod hash;
mod near;
mod scalar;
mod truth;
mod validity;

pub use date::{Date, DateError, Day, Precision};
pub use date_form::{DateForm, DateFormError};
pub use fold::{fold, normalize};
pub use hash::{FNV_BASIS, fnv1a, text_hash};
pub use near::nearest;
pub(crate) use near::nearest_folded;
pub use scalar::{Value, ValueType};
pub use truth::Truth;
pub use validity::{Bound, Extent, Span, Validity, ValidityError, Window};
