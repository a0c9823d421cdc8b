//! From a node over a number of edges: all walks that meet no edge twice.

use super::expand::{EdgeTest, is_used};
use super::{Done, Flow, Frame, Run, Sink};
use crate::graph::NodeIx;
use crate::query::plan::ExpandMany;
use crate::query::values::{Datum, EdgeKey};

/// A walk in the making.
struct Walk {
    node: NodeIx,
    edges: Vec<EdgeKey>,
    into: Option<NodeIx>,
}

impl Run<'_> {
    pub(super) fn expand_many(&mut self, many: &ExpandMany, frame: &mut Frame, sink: Sink<'_>) -> Done<Flow> {
        let step = &many.step;
        let Datum::Node(from) = frame[step.from] else { return Ok(Flow::More) };
        let into = match (step.into, &frame[step.to]) {
            (true, Datum::Node(node)) => Some(*node),
            (true, _) => return Ok(Flow::More),
            (false, _) => None,
        };
        let test = self.edge_test(step);
        let mut walk = Walk { node: from, edges: Vec::new(), into };
        self.walk(many, &test, &mut walk, frame, sink)
    }

    /// Goes on from the end of a walk, depth first. The stack of iterators lies on the heap: walks may be long.
    fn walk(
        &mut self,
        many: &ExpandMany,
        test: &EdgeTest,
        walk: &mut Walk,
        frame: &mut Frame,
        sink: Sink<'_>,
    ) -> Done<Flow> {
        if self.arrive(many, walk, frame, sink)? == Flow::Enough {
            return Ok(Flow::Enough);
        }
        let deeper = |walk: &Walk| walk.edges.len() < many.max as usize;
        if !deeper(walk) {
            return Ok(Flow::More);
        }
        let mut stack = vec![(walk.node, self.neighbours(walk.node, test))];
        while let Some((_, edges)) = stack.last_mut() {
            let Some(next) = edges.next() else {
                stack.pop();
                walk.edges.pop();
                walk.node = stack.last().map_or(walk.node, |(node, _)| *node);
                continue;
            };
            self.step()?;
            let used = walk.edges.contains(&next.edge) || is_used(frame, &many.step.unique, next.edge);
            if used || !self.takes(test, next) || !self.fulfils(many, next.edge, frame)? {
                continue;
            }
            walk.edges.push(next.edge);
            walk.node = next.node;
            if self.arrive(many, walk, frame, sink)? == Flow::Enough {
                return Ok(Flow::Enough);
            }
            if deeper(walk) {
                stack.push((walk.node, self.neighbours(walk.node, test)));
            } else {
                walk.edges.pop();
                walk.node = stack.last().map_or(walk.node, |(node, _)| *node);
            }
        }
        Ok(Flow::More)
    }

    /// Whether an edge fulfils what each of many must.
    fn fulfils(&mut self, many: &ExpandMany, edge: EdgeKey, frame: &mut Frame) -> Done<bool> {
        let Some((slot, condition)) = &many.condition else { return Ok(true) };
        frame[*slot] = Datum::Edge(edge);
        self.is_true(condition, frame)
    }

    /// A row for a walk that is long enough and ends where it should.
    fn arrive(&mut self, many: &ExpandMany, walk: &Walk, frame: &mut Frame, sink: Sink<'_>) -> Done<Flow> {
        if walk.edges.len() < many.min as usize || walk.into.is_some_and(|into| into != walk.node) {
            return Ok(Flow::More);
        }
        let edges = walk.edges.iter().map(|edge| Datum::Edge(*edge));
        frame[many.step.edge] = if many.reversed { Datum::list(edges.rev()) } else { Datum::list(edges) };
        frame[many.step.to] = Datum::Node(walk.node);
        sink(self, frame)
    }
}
