//! What is known of the type of an expression before the query runs?

/// A type; `Any` where nothing is known.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::query) enum Type {
    Any,
    Null,
    Boolean,
    Integer,
    Float,
    Number,
    Text,
    /// A day, a time, or a duration.
    Time,
    Map,
    Node,
    Edge,
    Path,
    List(Box<Type>),
}

impl Type {
    pub(in crate::query) fn list(of: Self) -> Self {
        Self::List(Box::new(of))
    }

    /// What a message calls it.
    pub(in crate::query) fn name(&self) -> String {
        match self {
            Self::Any => "a value".to_owned(),
            Self::Null => "null".to_owned(),
            Self::Boolean => "a boolean".to_owned(),
            Self::Integer => "an integer".to_owned(),
            Self::Float => "a float".to_owned(),
            Self::Number => "a number".to_owned(),
            Self::Text => "a text".to_owned(),
            Self::Time => "a time".to_owned(),
            Self::Map => "a map".to_owned(),
            Self::Node => "a node".to_owned(),
            Self::Edge => "an edge".to_owned(),
            Self::Path => "a path".to_owned(),
            Self::List(_) => "a list".to_owned(),
        }
    }

    /// Whether a value of it may be a value of the other type.
    pub(in crate::query) fn may_be(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any | Self::Null, _) | (_, Self::Any | Self::Null) => true,
            (Self::Integer | Self::Float | Self::Number, Self::Number)
            | (Self::Number, Self::Integer | Self::Float) => true,
            (Self::List(a), Self::List(b)) => a.may_be(b),
            (a, b) => a == b,
        }
    }

    /// The type of what may be of either.
    pub(in crate::query) fn join(self, other: Self) -> Self {
        match (self, other) {
            (Self::Null, other) | (other, Self::Null) => other,
            (a, b) if a == b => a,
            (Self::Integer | Self::Float | Self::Number, Self::Integer | Self::Float | Self::Number) => {
                Self::Number
            }
            (Self::List(a), Self::List(b)) => Self::list(a.join(*b)),
            _ => Self::Any,
        }
    }
}
