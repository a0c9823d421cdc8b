//! Tests of labels and types, resolved to numbers once.

use super::Run;
use crate::graph::{LabelId, NodeIx, TypeId};
use crate::query::plan::Labels;
use crate::query::values::EdgeKey;

/// A test with numbers in place of names; `None` for a name that the graph does not have.
pub(super) enum Test<T> {
    Number(Option<T>),
    Any,
    Not(Box<Test<T>>),
    And(Vec<Test<T>>),
    Or(Vec<Test<T>>),
}

impl<T: Copy> Test<T> {
    fn of(labels: &Labels, number: &dyn Fn(&str) -> Option<T>) -> Self {
        let all = |items: &[Labels]| items.iter().map(|item| Self::of(item, number)).collect();
        match labels {
            Labels::Name(name) => Self::Number(number(name)),
            Labels::Any => Self::Any,
            Labels::Not(inner) => Self::Not(Box::new(Self::of(inner, number))),
            Labels::And(items) => Self::And(all(items)),
            Labels::Or(items) => Self::Or(all(items)),
        }
    }

    fn holds(&self, has: &dyn Fn(T) -> bool, any: &dyn Fn() -> bool) -> bool {
        match self {
            Self::Number(number) => number.is_some_and(has),
            Self::Any => any(),
            Self::Not(inner) => !inner.holds(has, any),
            Self::And(items) => items.iter().all(|item| item.holds(has, any)),
            Self::Or(items) => items.iter().any(|item| item.holds(has, any)),
        }
    }
}

impl Run<'_> {
    pub(super) fn label_test(&self, labels: Option<&Labels>) -> Option<Test<LabelId>> {
        labels.map(|labels| Test::of(labels, &|name| self.graph.catalogue().label(name)))
    }

    pub(super) fn type_test(&self, types: Option<&Labels>) -> Option<Test<TypeId>> {
        types.map(|types| Test::of(types, &|name| self.graph.catalogue().edge_type(name)))
    }

    pub(super) fn passes(&self, test: &Test<LabelId>, node: NodeIx) -> bool {
        if let Test::Number(Some(label)) = test {
            return self.graph.has_label(node, *label);
        }
        test.holds(&|label| self.graph.has_label(node, label), &|| self.graph.has_labels(node))
    }

    /// Whether an edge of a type passes.
    pub(super) fn passes_type(test: &Test<TypeId>, edge_type: TypeId) -> bool {
        if let Test::Number(number) = test {
            return *number == Some(edge_type);
        }
        test.holds(&|own| own == edge_type, &|| true)
    }

    /// Whether a node has labels.
    pub(super) fn node_has(&self, node: NodeIx, labels: &Labels) -> bool {
        self.label_test(Some(labels)).is_some_and(|test| self.passes(&test, node))
    }

    /// Whether an edge has a type.
    pub(super) fn edge_has(&self, edge: EdgeKey, types: &Labels) -> bool {
        if edge.table != 0 {
            let own = self.graph.edge_type(edge);
            let test = Test::of(types, &|name| Some(name == own || name == "TIE"));
            return test.holds(&|same| same, &|| true);
        }
        self.type_test(Some(types)).is_some_and(|test| Self::passes_type(&test, self.graph.type_of(edge)))
    }
}
