//! From a node over one edge.

use super::predicate::Test;
use super::{Done, Flow, Frame, Run, Sink};
use crate::graph::{NodeIx, TypeId};
use crate::query::graph::{DIRECTIONS, Neighbour};
use crate::query::plan::{Expand, Labels};
use crate::query::syntax::ast::Arrow;
use crate::query::values::{Datum, EdgeKey};
use crate::relations::Direction;
use crate::value::AsOf;

/// What is asked of each edge, resolved once.
pub(super) struct EdgeTest {
    arrow: Arrow,
    types: Option<Test<TypeId>>,
    /// The directions of derived ties that the types name (S12).
    ties: Vec<Direction>,
    time: Option<AsOf>,
}

impl<'a> Run<'a> {
    pub(super) fn edge_test(&self, expand: &Expand) -> EdgeTest {
        let types = expand.types.as_ref();
        let named = |direction: &Direction| types.is_some_and(|types| names_tie(types, *direction));
        EdgeTest {
            arrow: expand.arrow,
            types: self.type_test(types),
            ties: DIRECTIONS.into_iter().filter(named).collect(),
            time: self.time(expand.time),
        }
    }

    /// The edges at a node that an expansion may take: those that leave it, then those that arrive, then ties.
    pub(super) fn neighbours(
        &self,
        node: NodeIx,
        test: &EdgeTest,
    ) -> impl Iterator<Item = Neighbour> + use<'a> {
        let arrow = test.arrow;
        let out = (arrow != Arrow::In).then(|| self.graph.out_edges(node));
        let arriving = (arrow != Arrow::Out).then(|| self.graph.in_edges(node));
        // An edge from a node to itself is met once.
        let twice = arrow == Arrow::Both;
        let arriving = arriving.into_iter().flatten().filter(move |own| !twice || own.node != node);
        let mut ties = Vec::new();
        if !test.ties.is_empty() {
            if arrow != Arrow::In {
                ties.extend(self.graph.ties_out(node, &test.ties));
            }
            if arrow != Arrow::Out {
                ties.extend(self.graph.ties_in(node, &test.ties));
            }
        }
        out.into_iter().flatten().chain(arriving).chain(ties)
    }

    /// Whether an edge and the node behind it count.
    pub(super) fn takes(&self, test: &EdgeTest, next: Neighbour) -> bool {
        // Ties were chosen by their direction already.
        let stored = next.edge.table == 0;
        if stored && !test.types.as_ref().is_none_or(|types| Self::passes_type(types, next.edge_type)) {
            return false;
        }
        test.time.is_none_or(|time| {
            self.graph.holds(&Datum::Edge(next.edge), time) && self.graph.holds(&Datum::Node(next.node), time)
        })
    }

    pub(super) fn expand(&mut self, expand: &Expand, frame: &mut Frame, sink: Sink<'_>) -> Done<Flow> {
        let Datum::Node(from) = frame[expand.from] else { return Ok(Flow::More) };
        let into = match (expand.into, &frame[expand.to]) {
            (true, Datum::Node(node)) => Some(*node),
            (true, _) => return Ok(Flow::More),
            (false, _) => None,
        };
        let test = self.edge_test(expand);
        for next in self.neighbours(from, &test) {
            self.step()?;
            if into.is_some_and(|into| into != next.node) || !self.takes(&test, next) {
                continue;
            }
            if is_used(frame, &expand.unique, next.edge) {
                continue;
            }
            frame[expand.edge] = Datum::Edge(next.edge);
            frame[expand.to] = Datum::Node(next.node);
            if sink(self, frame)? == Flow::Enough {
                return Ok(Flow::Enough);
            }
        }
        Ok(Flow::More)
    }
}

/// Whether an edge is among those that a MATCH has met already.
pub(super) fn is_used(frame: &Frame, slots: &[usize], edge: EdgeKey) -> bool {
    slots.iter().any(|slot| match &frame[*slot] {
        Datum::Edge(own) => *own == edge,
        Datum::List(items) => items.iter().any(|item| matches!(item, Datum::Edge(own) if *own == edge)),
        _ => false,
    })
}

/// Whether types name the derived ties of a direction: by its own name or by `TIE`, and only so.
fn names_tie(types: &Labels, direction: Direction) -> bool {
    match types {
        Labels::Name(name) => matches!(&**name, "TIE") || **name == *direction.edge_type(),
        Labels::Any | Labels::Not(_) => false,
        Labels::And(items) => !items.is_empty() && items.iter().all(|item| names_tie(item, direction)),
        Labels::Or(items) => items.iter().any(|item| names_tie(item, direction)),
    }
}
