//! Properties of an element by their keys, as values and as types of the program.

use std::sync::Arc;

use super::limits::told;
use super::{DraftEdge, DraftNode, EdgeRef, NodeRef, Property, Subject};
use crate::value::{Day, FromValue, UnsuitedValue, Value};

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

/// The getters that all elements share, of a state or a draft, beside `property_of`.
macro_rules! getters {
    ($($name:ident: $kind:ident,)+) => {
        $(impl $name<'_> {
            /// What it holds under a key.
            #[must_use]
            pub fn property(self, key: &str) -> Option<Property> {
                self.property_of(self.key(key)?)
            }

            /// The latest value under a key (S3).
            #[must_use]
            pub fn value(self, key: &str) -> Option<Value> {
                self.property(key)?.latest().cloned()
            }

            /// The value under a key on a day (S3).
            #[must_use]
            pub fn value_at(self, key: &str, day: Day) -> Option<Value> {
                self.property(key)?.at(day).cloned()
            }

            /// Its text id.
            #[must_use]
            pub fn text_id(self) -> Option<Arc<str>> {
                if let Some(Value::Text(id)) = self.value("id") { Some(id) } else { None }
            }

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

getters! { NodeRef: Node, EdgeRef: Edge, DraftNode: Node, DraftEdge: Edge, }

impl<'a> NodeRef<'a> {
    /// The names of its labels, in the order of their numbers.
    pub fn label_names(self) -> impl Iterator<Item = &'a str> {
        let catalogue = self.snapshot().catalogue();
        self.labels().iter().map(|label| catalogue.label_name(*label))
    }
}
