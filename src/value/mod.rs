//! What is a value? Scalars, lists, dates with precision, validity in time, three-valued logic.
//!
//! Nothing here knows of graphs or files. The rules S1 and S2 (unknown is not open; precision and
//! windows) live in [`Validity`] and [`Window`].

mod as_of;
#[cfg(feature = "serde")]
mod as_serde;
mod civil;
mod count;
mod date;
mod date_form;
mod fold;
mod hash;
mod jagged;
mod near;
mod scalar;
mod truth;
mod typed;
mod validity;
mod words;

pub use as_of::{AsOf, InForce, Inclusion, Persist, PersistError, Reading};
#[cfg(feature = "serde")]
pub(crate) use as_serde::as_text;
pub(crate) use count::counted;
pub use date::{Date, DateError, Day, Precision};
pub use date_form::{DateForm, DateFormError};
pub use fold::{fold, fold_marks, normalize};
pub use hash::{FNV_BASIS, fnv1a, text_hash};
pub(crate) use jagged::Jagged;
pub(crate) use near::near_folded;
pub use near::nearest;
pub use scalar::{Value, ValueType};
pub use truth::Truth;
pub use typed::{FromValue, IntoValue, UnsuitedValue};
pub use validity::{Bound, Extent, Span, Validity, ValidityError, Window};
pub use words::WordError;
pub(crate) use words::reads_words;
