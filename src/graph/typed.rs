//! Properties read as types of the program.

use super::limits::told;
use super::{DraftEdge, DraftNode, EdgeRef, NodeRef, Subject};
use crate::value::{Day, FromValue, UnsuitedValue};

/// A property that does not fit the type that it is read as.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{key}” of {}: {source}", told(subject))]
pub struct PropertyError {
    /// The element.
    pub subject: Subject,
    /// The key.
    pub key: String,
    /// What is there, and what was asked for.
    pub source: UnsuitedValue,
}

/// Typed getters of an element.
macro_rules! typed {
    ($($name:ident: $kind:ident,)+) => {
        $(impl $name<'_> {
            /// The latest value under a key, read as a type (S3); `None` if it holds nothing there.
            ///
            /// # Errors
            /// [`PropertyError`] for a value of another type.
            pub fn get<T: FromValue>(self, key: &str) -> Result<Option<T>, PropertyError> {
                let value = self.value(key);
                value.map(|value| T::from_value(&value)).transpose().map_err(|source| self.unsuited(key, source))
            }

            /// The value under a key on a day, likewise (S3).
            ///
            /// # Errors
            /// As [`Self::get`].
            pub fn get_at<T: FromValue>(self, key: &str, day: Day) -> Result<Option<T>, PropertyError> {
                let value = self.value_at(key, day);
                value.map(|value| T::from_value(&value)).transpose().map_err(|source| self.unsuited(key, source))
            }

            fn unsuited(self, key: &str, source: UnsuitedValue) -> PropertyError {
                PropertyError { subject: Subject::$kind(self.id()), key: key.to_owned(), source }
            }
        })+
    };
}

typed! { NodeRef: Node, EdgeRef: Edge, DraftNode: Node, DraftEdge: Edge, }

impl<'a> NodeRef<'a> {
    /// The names of its labels, in the order of their numbers.
    pub fn label_names(self) -> impl Iterator<Item = &'a str> {
        let catalogue = self.snapshot().catalogue();
        self.labels().iter().map(|label| catalogue.label_name(*label))
    }
}

impl EdgeRef<'_> {
    /// The value under a key on a day (S3).
    #[must_use]
    pub fn value_at(self, key: &str, day: Day) -> Option<crate::value::Value> {
        self.property(key)?.at(day).cloned()
    }
}
