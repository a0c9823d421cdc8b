//! The operators that need no file of their own.

use std::sync::Arc;

use super::{Done, Flow, Frame, Run, Sink, gather};
use crate::graph::NodeIx;
use crate::query::error::{ErrorClass, QueryError};
use crate::query::plan::{Ex, Labels, Op, PathStep, Slot, TimeNumber};
use crate::query::values::{Datum, Path};

/// Pushes the rows of an operator to what comes after it.
pub(in crate::query) fn run(op: &Op, run_: &mut Run<'_>, frame: &mut Frame, sink: Sink<'_>) -> Done<Flow> {
    match op {
        Op::Once => sink(run_, frame),
        Op::Scan { input, slot, labels, seek, time } => run(input, run_, frame, &mut |run_, frame| {
            run_.scan(
                frame,
                *slot,
                labels.as_ref(),
                seek.as_ref().map(|(key, value)| (&**key, value)),
                *time,
                sink,
            )
        }),
        Op::Expand(expand) => {
            run(&expand.input, run_, frame, &mut |run_, frame| run_.expand(expand, frame, sink))
        }
        Op::ExpandMany(many) => {
            run(&many.step.input, run_, frame, &mut |run_, frame| run_.expand_many(many, frame, sink))
        }
        Op::Shortest(shortest) => {
            run(&shortest.step.input, run_, frame, &mut |run_, frame| run_.shortest(shortest, frame, sink))
        }
        Op::Path { input, slot, start, steps } => run(input, run_, frame, &mut |run_, frame| {
            frame[*slot] = run_.path(frame, *start, steps);
            sink(run_, frame)
        }),
        Op::Filter { input, condition } => run(input, run_, frame, &mut |run_, frame| {
            if run_.is_true(condition, frame)? { sink(run_, frame) } else { Ok(Flow::More) }
        }),
        Op::Project { input, items } => run(input, run_, frame, &mut |run_, frame| {
            for (slot, ex) in items {
                frame[*slot] = run_.eval(ex, frame)?;
            }
            sink(run_, frame)
        }),
        Op::Unwind { input, list, slot } => {
            run(input, run_, frame, &mut |run_, frame| run_.unwind(list, *slot, frame, sink))
        }
        Op::Optional { input, inner, slots } => run(input, run_, frame, &mut |run_, frame| {
            let mut found = false;
            let flow = run(inner, run_, frame, &mut |run_, frame| {
                found = true;
                sink(run_, frame)
            })?;
            if found {
                return Ok(flow);
            }
            for slot in slots {
                frame[*slot] = Datum::Null;
            }
            sink(run_, frame)
        }),
        Op::Foreach { input, slot, list, body } => run(input, run_, frame, &mut |run_, frame| {
            for item in run_.items(list, frame)?.iter() {
                frame[*slot] = item.clone();
                run(body, run_, frame, &mut |_, _| Ok(Flow::More))?;
            }
            sink(run_, frame)
        }),
        Op::Write { input, writes } => run(input, run_, frame, &mut |run_, frame| {
            run_.step()?;
            run_.write_all(writes, frame)?;
            sink(run_, frame)
        }),
        Op::Merge(merge) => run(&merge.input, run_, frame, &mut |run_, frame| run_.merge(merge, frame, sink)),
        Op::Skip { input, count } => skip(input, count, run_, frame, sink),
        Op::Limit { input, count } => limit(input, count, run_, frame, sink),
        gathering => gather::run_gathering(gathering, run_, frame, sink),
    }
}

/// The number of SKIP and LIMIT.
fn count(ex: &Ex, run_: &mut Run<'_>, frame: &mut Frame) -> Done<u64> {
    match run_.eval(ex, frame)? {
        Datum::Integer(number) => u64::try_from(number).map_err(|_| {
            let message = format!("SKIP and LIMIT must not be negative, found {number}");
            QueryError::runtime(ErrorClass::Syntax, "NegativeIntegerArgument", message).at(ex.range)
        }),
        other => {
            let message = format!("SKIP and LIMIT need an integer, found {}", other.type_name());
            Err(QueryError::runtime(ErrorClass::Syntax, "InvalidArgumentType", message).at(ex.range))
        }
    }
}

pub(super) fn limit_of(ex: Option<&Ex>, run_: &mut Run<'_>, frame: &mut Frame) -> Done<Option<usize>> {
    let Some(ex) = ex else { return Ok(None) };
    count(ex, run_, frame).map(|count| usize::try_from(count).ok())
}

fn skip(input: &Op, ex: &Ex, run_: &mut Run<'_>, frame: &mut Frame, sink: Sink<'_>) -> Done<Flow> {
    let mut left = count(ex, run_, frame)?;
    run(input, run_, frame, &mut |run_, frame| {
        if left > 0 {
            left -= 1;
            return Ok(Flow::More);
        }
        sink(run_, frame)
    })
}

/// At most a given number of rows. What writes below runs to its end: a limit ends the rows, not the writing.
fn limit(input: &Op, ex: &Ex, run_: &mut Run<'_>, frame: &mut Frame, sink: Sink<'_>) -> Done<Flow> {
    let mut left = count(ex, run_, frame)?;
    if left == 0 && !writes(input, true) {
        return Ok(Flow::More);
    }
    let mut flow = Flow::More;
    let all = writes(input, false);
    run(input, run_, frame, &mut |run_, frame| {
        if left > 0 && flow == Flow::More {
            left -= 1;
            flow = sink(run_, frame)?;
        }
        Ok(if (left == 0 || flow == Flow::Enough) && !all { Flow::Enough } else { Flow::More })
    })?;
    Ok(flow)
}

/// Whether an operator or one below it changes the graph; `deep` looks also below what sees all rows before one goes on.
fn writes(op: &Op, deep: bool) -> bool {
    let below = |input: &Op| writes(input, deep);
    match op {
        Op::Write { .. } | Op::Merge(_) | Op::Foreach { .. } => true,
        Op::Once => false,
        Op::Eager { input, .. } | Op::Sort { input, .. } | Op::Aggregate { input, .. } => {
            deep && below(input)
        }
        Op::Union { parts, .. } => parts.iter().any(|(part, _)| below(part)),
        Op::Scan { input, .. }
        | Op::Path { input, .. }
        | Op::Filter { input, .. }
        | Op::Optional { input, .. }
        | Op::Project { input, .. }
        | Op::Distinct { input, .. }
        | Op::Skip { input, .. }
        | Op::Limit { input, .. }
        | Op::Unwind { input, .. }
        | Op::Call { input, .. } => below(input),
        Op::Apply { input, inner, .. } => below(input) || below(inner),
        Op::Expand(expand) => below(&expand.input),
        Op::ExpandMany(many) => below(&many.step.input),
        Op::Shortest(shortest) => below(&shortest.step.input),
    }
}

impl Run<'_> {
    /// The path of nodes and edges in a frame; null where one of them is.
    pub(super) fn path(&self, frame: &Frame, start: Slot, steps: &[PathStep]) -> Datum {
        let Datum::Node(mut last) = frame[start] else { return Datum::Null };
        let mut path = Path { nodes: vec![last], edges: Vec::with_capacity(steps.len()) };
        for step in steps {
            let edges = match &frame[step.edge] {
                Datum::List(items) if step.many => Arc::clone(items),
                one => Arc::from([one.clone()]),
            };
            for edge in edges.iter() {
                let Datum::Edge(edge) = edge else { return Datum::Null };
                let (source, target) = self.graph.ends(*edge);
                last = if source == last { target } else { source };
                path.edges.push(*edge);
                path.nodes.push(last);
            }
        }
        Datum::Path(path.into())
    }

    /// All nodes, or those that a text finds, with labels and at a time.
    fn scan(
        &mut self,
        frame: &mut Frame,
        slot: Slot,
        labels: Option<&Labels>,
        seek: Option<(&str, &Ex)>,
        time: Option<TimeNumber>,
        sink: Sink<'_>,
    ) -> Done<Flow> {
        if let Some((key, ex)) = seek {
            match self.eval(ex, frame)? {
                Datum::Text(text) => {
                    let found = self.graph.holding(key, &text).into_iter();
                    return self.scanned(found, frame, slot, labels, time, sink);
                }
                // Nothing is equal to null.
                Datum::Null => return Ok(Flow::More),
                _ => {}
            }
        }
        let all = (0..self.graph.node_bound()).map(NodeIx::new);
        self.scanned(all, frame, slot, labels, time, sink)
    }

    fn scanned(
        &mut self,
        nodes: impl Iterator<Item = NodeIx>,
        frame: &mut Frame,
        slot: Slot,
        labels: Option<&Labels>,
        time: Option<TimeNumber>,
        sink: Sink<'_>,
    ) -> Done<Flow> {
        let time = self.time(time);
        let test = self.label_test(labels);
        for node in nodes {
            self.step()?;
            if !self.graph.is_node(node) || !test.as_ref().is_none_or(|test| self.passes(test, node)) {
                continue;
            }
            if time.is_some_and(|time| !self.graph.holds(&Datum::Node(node), time)) {
                continue;
            }
            frame[slot] = Datum::Node(node);
            if sink(self, frame)? == Flow::Enough {
                return Ok(Flow::Enough);
            }
        }
        Ok(Flow::More)
    }

    fn unwind(&mut self, list: &Ex, slot: Slot, frame: &mut Frame, sink: Sink<'_>) -> Done<Flow> {
        for item in self.items(list, frame)?.iter() {
            self.step()?;
            frame[slot] = item.clone();
            if sink(self, frame)? == Flow::Enough {
                return Ok(Flow::Enough);
            }
        }
        Ok(Flow::More)
    }

    /// The items of a list; null has none, and any other value is one item.
    fn items(&mut self, list: &Ex, frame: &mut Frame) -> Done<Arc<[Datum]>> {
        Ok(match self.eval(list, frame)? {
            Datum::List(items) => items,
            Datum::Null => Arc::from([]),
            other => Arc::from([other]),
        })
    }
}
