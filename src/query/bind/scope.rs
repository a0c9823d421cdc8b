//! Which variables can be named at a place?

use std::sync::Arc;

use super::Type;
use crate::query::plan::{Slot, TimeNumber};

/// A variable.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    pub(super) name: Arc<str>,
    pub(super) slot: Slot,
    pub(super) of: Type,
    /// The clause of time under which it was matched: its properties are read then.
    pub(super) time: Option<TimeNumber>,
}

/// The variables of a place, in the order in which they came in.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    variables: Vec<Variable>,
}

impl Scope {
    pub(super) fn find(&self, name: &str) -> Option<&Variable> {
        self.variables.iter().rev().find(|variable| &*variable.name == name)
    }

    /// Adds a variable; one of the same name is hidden.
    pub(super) fn add(&mut self, variable: Variable) {
        self.variables.push(variable);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Variable> {
        self.variables.iter()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.variables.is_empty()
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.iter().map(|variable| &*variable.name)
    }

    /// The slots that a row must keep.
    pub(super) fn live(&self) -> Vec<Slot> {
        let mut slots: Vec<Slot> = self.variables.iter().map(|variable| variable.slot).collect();
        slots.sort_unstable();
        slots.dedup();
        slots
    }
}
