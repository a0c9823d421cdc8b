//! Operators that see many rows before one goes on: groups, order, sets, subqueries, unions, procedures.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashMap, HashSet};

use super::operators::{limit_of, run};
use super::{Done, Flow, Frame, Run, Sink};
use crate::query::functions::{Accumulator, AggregateFunction};
use crate::query::plan::{Aggregate, Ex, Op, Slot};
use crate::query::values::{Datum, GroupKey, order};

pub(super) fn run_gathering(op: &Op, run_: &mut Run<'_>, frame: &mut Frame, sink: Sink<'_>) -> Done<Flow> {
    match op {
        Op::Aggregate { input, keys, aggregates } => aggregate(input, keys, aggregates, run_, frame, sink),
        Op::Distinct { input, slots } => {
            let mut seen: HashSet<Vec<GroupKey>> = HashSet::new();
            run(input, run_, frame, &mut |run_, frame| {
                let key = slots.iter().map(|slot| GroupKey(frame[*slot].clone())).collect();
                if seen.insert(key) { sink(run_, frame) } else { Ok(Flow::More) }
            })
        }
        Op::Sort { input, keys, live, first } => sort(input, keys, live, first.as_ref(), run_, frame, sink),
        Op::Eager { input, live } => {
            let mut rows = Vec::new();
            run(input, run_, frame, &mut |_, frame| {
                rows.push(kept(frame, live));
                Ok(Flow::More)
            })?;
            push_all(rows, live, run_, frame, sink)
        }
        Op::Apply { input, inner, returns } => run(input, run_, frame, &mut |run_, frame| {
            if *returns {
                return run(inner, run_, frame, sink);
            }
            run(inner, run_, frame, &mut |_, _| Ok(Flow::More))?;
            sink(run_, frame)
        }),
        Op::Union { parts, slots, distinct } => union(parts, slots, *distinct, run_, frame, sink),
        Op::Call { input, procedure, arguments, yields, keeps } => {
            run(input, run_, frame, &mut |run_, frame| {
                let mut values = Vec::with_capacity(arguments.len());
                for (argument, (_, wanted)) in arguments.iter().zip(&procedure.arguments) {
                    values.push(run_.argument(argument, *wanted, frame)?);
                }
                let rows = (procedure.run)(run_.graph.snapshot, &values)?;
                if *keeps {
                    return sink(run_, frame);
                }
                for row in rows {
                    for (column, slot) in yields {
                        frame[*slot] = row.get(*column).cloned().unwrap_or(Datum::Null);
                    }
                    if sink(run_, frame)? == Flow::Enough {
                        return Ok(Flow::Enough);
                    }
                }
                Ok(Flow::More)
            })
        }
        _ => Ok(Flow::More),
    }
}

fn kept(frame: &Frame, live: &[Slot]) -> Vec<Datum> {
    live.iter().map(|slot| frame[*slot].clone()).collect()
}

/// Puts kept rows back into the frame, one by one.
fn push_all(
    rows: Vec<Vec<Datum>>,
    live: &[Slot],
    run_: &mut Run<'_>,
    frame: &mut Frame,
    sink: Sink<'_>,
) -> Done<Flow> {
    for row in rows {
        for (slot, value) in live.iter().zip(row) {
            frame[*slot] = value;
        }
        if sink(run_, frame)? == Flow::Enough {
            return Ok(Flow::Enough);
        }
    }
    Ok(Flow::More)
}

/// A group with the values of its keys.
type Group = (Vec<Datum>, Vec<Accumulator>);

fn aggregate(
    input: &Op,
    keys: &[(Slot, Ex)],
    aggregates: &[Aggregate],
    run_: &mut Run<'_>,
    frame: &mut Frame,
    sink: Sink<'_>,
) -> Done<Flow> {
    let fresh =
        || aggregates.iter().map(|own| Accumulator::new(own.function, own.distinct)).collect::<Vec<_>>();
    let mut places: HashMap<Vec<GroupKey>, usize> = HashMap::new();
    let mut groups: Vec<Group> = Vec::new();
    // Without keys all rows are one group, also where there is no row.
    if keys.is_empty() {
        groups.push((Vec::new(), fresh()));
    }
    run(input, run_, frame, &mut |run_, frame| {
        let place = if keys.is_empty() {
            0
        } else {
            let mut key = Vec::with_capacity(keys.len());
            for (_, ex) in keys {
                key.push(GroupKey(run_.eval(ex, frame)?));
            }
            match places.get(&key) {
                Some(place) => *place,
                None => {
                    groups.push((key.iter().map(|key| key.0.clone()).collect(), fresh()));
                    places.insert(key, groups.len() - 1);
                    groups.len() - 1
                }
            }
        };
        for (own, accumulator) in aggregates.iter().zip(&mut groups[place].1) {
            if own.function == AggregateFunction::CountAll {
                accumulator.add(&[])?;
                continue;
            }
            let mut arguments = Vec::with_capacity(own.arguments.len());
            for argument in &own.arguments {
                arguments.push(run_.eval(argument, frame)?);
            }
            accumulator.add(&arguments).map_err(|error| error.at(own.range))?;
        }
        Ok(Flow::More)
    })?;
    for (key, accumulators) in groups {
        for ((slot, _), value) in keys.iter().zip(key) {
            frame[*slot] = value;
        }
        for (own, accumulator) in aggregates.iter().zip(accumulators) {
            frame[own.slot] = accumulator.finish().map_err(|error| error.at(own.range))?;
        }
        if sink(run_, frame)? == Flow::Enough {
            return Ok(Flow::Enough);
        }
    }
    Ok(Flow::More)
}

/// A row that is to be sorted; rows of equal keys stay in the order in which they came.
struct Sorted<'k> {
    keys: Vec<Datum>,
    directions: &'k [(Ex, bool)],
    number: usize,
    row: Vec<Datum>,
}

impl Ord for Sorted<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let pairs = self.keys.iter().zip(&other.keys).zip(self.directions);
        let mut orders =
            pairs.map(|((a, b), (_, descending))| if *descending { order(b, a) } else { order(a, b) });
        orders.find(|order| order.is_ne()).unwrap_or(Ordering::Equal).then(self.number.cmp(&other.number))
    }
}

impl PartialOrd for Sorted<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Sorted<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Sorted<'_> {}

fn sort(
    input: &Op,
    keys: &[(Ex, bool)],
    live: &[Slot],
    first: Option<&Ex>,
    run_: &mut Run<'_>,
    frame: &mut Frame,
    sink: Sink<'_>,
) -> Done<Flow> {
    let most = limit_of(first, run_, frame)?;
    // The greatest row lies on top: where only the first are wanted, it gives way to a smaller one.
    let mut heap = BinaryHeap::new();
    let mut number = 0;
    run(input, run_, frame, &mut |run_, frame| {
        let mut values = Vec::with_capacity(keys.len());
        for (ex, _) in keys {
            values.push(run_.eval(ex, frame)?);
        }
        number += 1;
        let row = Sorted { keys: values, directions: keys, number, row: Vec::new() };
        if most.is_some_and(|most| heap.len() >= most) && heap.peek().is_none_or(|greatest| row >= *greatest)
        {
            return Ok(Flow::More);
        }
        heap.push(Sorted { row: kept(frame, live), ..row });
        if most.is_some_and(|most| heap.len() > most) {
            heap.pop();
        }
        Ok(Flow::More)
    })?;
    let rows = heap.into_sorted_vec().into_iter().map(|sorted| sorted.row).collect();
    push_all(rows, live, run_, frame, sink)
}

fn union(
    parts: &[(Op, Vec<Slot>)],
    slots: &[Slot],
    distinct: bool,
    run_: &mut Run<'_>,
    frame: &mut Frame,
    sink: Sink<'_>,
) -> Done<Flow> {
    let mut seen: HashSet<Vec<GroupKey>> = HashSet::new();
    for (part, own) in parts {
        let flow = run(part, run_, frame, &mut |run_, frame| {
            let row = kept(frame, own);
            if distinct && !seen.insert(row.iter().cloned().map(GroupKey).collect()) {
                return Ok(Flow::More);
            }
            for (slot, value) in slots.iter().zip(row) {
                frame[*slot] = value;
            }
            sink(run_, frame)
        })?;
        if flow == Flow::Enough {
            return Ok(Flow::Enough);
        }
    }
    Ok(Flow::More)
}
