//! Which functions are there, what do they take, and what do they give?
//!
//! One table: the binder checks calls by it, the executor runs what it names, messages suggest names from it.

mod aggregate;
mod convert;
mod element;
mod list;
mod math;
mod text;
mod time;

pub(super) use aggregate::{Accumulator, AggregateFunction};

use super::bind::Type;
use super::error::{ErrorClass, QueryError};
use super::execute::Run;
use super::values::Datum;

type Result = std::result::Result<Datum, QueryError>;

/// What an argument may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    Any,
    Boolean,
    Integer,
    Number,
    Text,
    List,
    ListOrText,
    Node,
    Edge,
    NodeOrEdge,
    Path,
    /// A map, a node or an edge.
    Entries,
}

impl Takes {
    /// Whether a type may fit.
    pub(super) fn may_be(self, of: &Type) -> bool {
        let any = |types: &[Type]| types.iter().any(|own| of.may_be(own));
        match self {
            Self::Any => true,
            Self::Boolean => any(&[Type::Boolean]),
            Self::Integer => any(&[Type::Integer]),
            Self::Number => any(&[Type::Number]),
            Self::Text => any(&[Type::Text]),
            Self::List => any(&[Type::list(Type::Any)]),
            Self::ListOrText => any(&[Type::list(Type::Any), Type::Text]),
            Self::Node => any(&[Type::Node]),
            Self::Edge => any(&[Type::Edge]),
            Self::NodeOrEdge => any(&[Type::Node, Type::Edge]),
            Self::Path => any(&[Type::Path]),
            Self::Entries => any(&[Type::Map, Type::Node, Type::Edge]),
        }
    }

    /// What a message calls it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Any => "a value",
            Self::Boolean => "a boolean",
            Self::Integer => "an integer",
            Self::Number => "a number",
            Self::Text => "a text",
            Self::List => "a list",
            Self::ListOrText => "a list or a text",
            Self::Node => "a node",
            Self::Edge => "an edge",
            Self::NodeOrEdge => "a node or an edge",
            Self::Path => "a path",
            Self::Entries => "a map, a node or an edge",
        }
    }
}

/// A function.
#[derive(Debug)]
pub(super) struct Function {
    pub(super) name: &'static str,
    pub(super) takes: &'static [Takes],
    /// How many arguments it needs at least.
    pub(super) least: usize,
    /// Whether it takes as many arguments of the last kind as there are.
    pub(super) endless: bool,
    /// Whether it is null where an argument is.
    pub(super) strict: bool,
    pub(super) gives: fn(&[Type]) -> Type,
    pub(super) run: fn(&Run<'_>, &[Datum]) -> Result,
}

impl Function {
    /// A function of a fixed number of arguments that is null where one of them is.
    const fn new(
        name: &'static str,
        takes: &'static [Takes],
        gives: fn(&[Type]) -> Type,
        run: fn(&Run<'_>, &[Datum]) -> Result,
    ) -> Self {
        Self { name, takes, least: takes.len(), endless: false, strict: true, gives, run }
    }

    /// The same, where arguments from a number on may be missing.
    const fn at_least(mut self, least: usize) -> Self {
        self.least = least;
        self
    }

    /// The same, where null is an argument as others are.
    const fn lenient(mut self) -> Self {
        self.strict = false;
        self
    }

    const fn endless(mut self) -> Self {
        self.endless = true;
        self
    }
}

/// The function of a name, whatever its case.
pub(super) fn find(name: &str) -> Option<&'static Function> {
    tables().flatten().find(|function| function.name.eq_ignore_ascii_case(name))
}

/// Names of all functions.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    tables().flatten().map(|function| function.name).chain(AggregateFunction::names())
}

fn tables() -> impl Iterator<Item = &'static [Function]> {
    [
        convert::TABLE,
        element::TABLE,
        list::TABLE,
        math::TABLE,
        text::TABLE,
        time::DATES,
        time::LOCAL_TIMES,
        time::TIMES,
        time::LOCAL_DATETIMES,
        time::DATETIMES,
        time::OTHERS,
    ]
    .into_iter()
}

/// An argument of the wrong type.
fn wrong(name: &str, takes: Takes, found: &Datum) -> QueryError {
    let message = format!("`{name}` needs {}, found {}", takes.name(), found.type_name());
    QueryError::runtime(ErrorClass::Type, "InvalidArgumentValue", message)
}

fn any(_: &[Type]) -> Type {
    Type::Any
}

fn boolean(_: &[Type]) -> Type {
    Type::Boolean
}

fn integer(_: &[Type]) -> Type {
    Type::Integer
}

fn float(_: &[Type]) -> Type {
    Type::Float
}

fn number(_: &[Type]) -> Type {
    Type::Number
}

fn a_text(_: &[Type]) -> Type {
    Type::Text
}

fn texts(_: &[Type]) -> Type {
    Type::list(Type::Text)
}

fn first(types: &[Type]) -> Type {
    types.first().cloned().unwrap_or(Type::Any)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_function_stands_once_in_the_table() {
        let mut names: Vec<String> = names().map(str::to_lowercase).collect();
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all);
        assert!(all > 80, "only {all} functions");
        for function in tables().flatten() {
            assert!(function.least <= function.takes.len(), "{}", function.name);
        }
    }
}
