//! What is done to answer a query: operators over a frame of slots, and expressions whose names are resolved.
//!
//! A row is one frame: each variable of a query has a slot of its own, in all of its parts.

use std::sync::Arc;

use super::functions::{AggregateFunction, Function};
use super::procedures::Procedure;
use super::syntax::TextRange;
use super::syntax::ast::{Arrow, BinaryOp, CompareOp, QuantifierKind, SubqueryKind};
use super::values::Datum;

/// The place of a variable in a frame.
pub(super) type Slot = usize;
/// The number of a clause of time.
pub(super) type TimeNumber = usize;

/// Labels of a node or types of an edge, as a test.
#[derive(Clone, Debug)]
pub(super) enum Labels {
    Name(Arc<str>),
    Any,
    Not(Box<Labels>),
    And(Vec<Labels>),
    Or(Vec<Labels>),
}

/// An operator. Each pulls rows from its input, except those that begin a plan.
#[derive(Clone, Debug)]
pub(super) enum Op {
    /// The frame as it is, once.
    Once,
    /// All nodes, or those that a text under a key finds.
    Scan {
        input: Box<Op>,
        slot: Slot,
        labels: Option<Labels>,
        seek: Option<(Arc<str>, Ex)>,
        time: Option<TimeNumber>,
    },
    Expand(Box<Expand>),
    ExpandMany(Box<ExpandMany>),
    Shortest(Box<Shortest>),
    /// Puts a path together.
    Path {
        input: Box<Op>,
        slot: Slot,
        start: Slot,
        steps: Vec<PathStep>,
    },
    Filter {
        input: Box<Op>,
        condition: Ex,
    },
    /// The rows of `inner`, or one with nulls.
    Optional {
        input: Box<Op>,
        inner: Box<Op>,
        slots: Vec<Slot>,
    },
    /// For each row the rows of a subquery; a subquery that returns nothing keeps the row.
    Apply {
        input: Box<Op>,
        inner: Box<Op>,
        returns: bool,
    },
    Project {
        input: Box<Op>,
        items: Vec<(Slot, Ex)>,
    },
    Aggregate {
        input: Box<Op>,
        keys: Vec<(Slot, Ex)>,
        aggregates: Vec<Aggregate>,
    },
    Distinct {
        input: Box<Op>,
        slots: Vec<Slot>,
    },
    /// Sorted rows; the first ones alone where a limit is known.
    Sort {
        input: Box<Op>,
        keys: Vec<(Ex, bool)>,
        live: Vec<Slot>,
        first: Option<Ex>,
    },
    Skip {
        input: Box<Op>,
        count: Ex,
    },
    Limit {
        input: Box<Op>,
        count: Ex,
    },
    Unwind {
        input: Box<Op>,
        list: Ex,
        slot: Slot,
    },
    /// Rows of several queries; the slots of each part in the order of columns.
    Union {
        parts: Vec<(Op, Vec<Slot>)>,
        slots: Vec<Slot>,
        distinct: bool,
    },
    Call {
        input: Box<Op>,
        procedure: Arc<Procedure>,
        arguments: Vec<Ex>,
        yields: Vec<(usize, Slot)>,
        keeps: bool,
    },
    /// All rows of the input before the first goes on.
    Eager {
        input: Box<Op>,
        live: Vec<Slot>,
    },
    Write {
        input: Box<Op>,
        writes: Vec<Write>,
    },
    Merge(Box<Merge>),
    Foreach {
        input: Box<Op>,
        slot: Slot,
        list: Ex,
        body: Box<Op>,
    },
}

impl Op {
    /// How many operators call each other at most.
    pub(super) fn steps(&self) -> usize {
        let mut steps = 0;
        let mut op = self;
        loop {
            steps += 1;
            op = match op {
                Self::Once => return steps,
                Self::Union { parts, .. } => {
                    return steps + parts.iter().map(|(part, _)| part.steps()).max().unwrap_or(0);
                }
                Self::Optional { input, inner, .. } | Self::Apply { input, inner, .. } => {
                    steps += inner.steps();
                    input
                }
                Self::Foreach { input, body, .. } => {
                    steps += body.steps();
                    input
                }
                Self::Merge(merge) => {
                    steps += merge.find.steps();
                    &merge.input
                }
                Self::Expand(expand) => &expand.input,
                Self::ExpandMany(many) => &many.step.input,
                Self::Shortest(shortest) => &shortest.step.input,
                Self::Scan { input, .. }
                | Self::Path { input, .. }
                | Self::Filter { input, .. }
                | Self::Project { input, .. }
                | Self::Aggregate { input, .. }
                | Self::Distinct { input, .. }
                | Self::Sort { input, .. }
                | Self::Skip { input, .. }
                | Self::Limit { input, .. }
                | Self::Unwind { input, .. }
                | Self::Call { input, .. }
                | Self::Eager { input, .. }
                | Self::Write { input, .. } => input,
            };
        }
    }
}

/// From a node over one edge to another.
#[derive(Clone, Debug)]
pub(super) struct Expand {
    pub(super) input: Op,
    pub(super) from: Slot,
    pub(super) edge: Slot,
    pub(super) to: Slot,
    /// Whether `to` has its node already.
    pub(super) into: bool,
    pub(super) arrow: Arrow,
    pub(super) types: Option<Labels>,
    /// Edges of the same MATCH that must not be met again.
    pub(super) unique: Vec<Slot>,
    pub(super) time: Option<TimeNumber>,
}

/// From a node over a number of edges.
#[derive(Clone, Debug)]
pub(super) struct ExpandMany {
    pub(super) step: Expand,
    pub(super) min: u32,
    pub(super) max: u32,
    /// What each edge must fulfil, with the slot in which it is seen.
    pub(super) condition: Option<(Slot, Ex)>,
    /// Whether the list of edges runs against the walk.
    pub(super) reversed: bool,
}

/// One or all shortest paths between two nodes that are bound.
#[derive(Clone, Debug)]
pub(super) struct Shortest {
    pub(super) step: Expand,
    pub(super) min: u32,
    pub(super) max: u32,
    pub(super) condition: Option<(Slot, Ex)>,
    pub(super) all: bool,
    /// Takes the path.
    pub(super) path: Slot,
}

#[derive(Clone, Debug)]
pub(super) struct PathStep {
    pub(super) edge: Slot,
    /// Whether the slot holds a list of edges.
    pub(super) many: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Aggregate {
    pub(super) function: AggregateFunction,
    pub(super) distinct: bool,
    /// Missing for `count(*)`.
    pub(super) arguments: Vec<Ex>,
    pub(super) slot: Slot,
    pub(super) range: TextRange,
}

#[derive(Clone, Debug)]
pub(super) enum Write {
    Node {
        slot: Slot,
        labels: Vec<Arc<str>>,
        properties: Option<Ex>,
        valid: Option<Valid>,
    },
    Edge {
        slot: Slot,
        edge_type: Arc<str>,
        from: Slot,
        to: Slot,
        properties: Option<Ex>,
        valid: Option<Valid>,
    },
    Path {
        slot: Slot,
        start: Slot,
        steps: Vec<PathStep>,
    },
    SetProperty {
        target: Ex,
        key: Arc<str>,
        value: Ex,
        valid: Option<Valid>,
        range: TextRange,
    },
    SetAll {
        slot: Slot,
        value: Ex,
        add: bool,
        range: TextRange,
    },
    SetLabels {
        slot: Slot,
        labels: Vec<Arc<str>>,
    },
    RemoveLabels {
        slot: Slot,
        labels: Vec<Arc<str>>,
    },
    Delete {
        values: Vec<Ex>,
        detach: bool,
    },
}

impl Write {
    /// Whether it makes something new and changes nothing else.
    pub(super) fn creates(&self) -> bool {
        matches!(self, Self::Node { .. } | Self::Edge { .. } | Self::Path { .. })
    }
}

/// When what is written holds.
#[derive(Clone, Debug)]
pub(super) struct Valid {
    pub(super) from: Ex,
    pub(super) to: Option<Ex>,
}

#[derive(Clone, Debug)]
pub(super) struct Merge {
    pub(super) input: Op,
    pub(super) find: Op,
    /// Slots that the pattern fills.
    pub(super) slots: Vec<Slot>,
    pub(super) create: Vec<Write>,
    pub(super) on_create: Vec<Write>,
    pub(super) on_match: Vec<Write>,
    /// Properties of the pattern: null in them is an error.
    pub(super) given: Vec<(Ex, TextRange)>,
}

/// An expression and where it was written.
#[derive(Clone, Debug)]
pub(super) struct Ex {
    pub(super) kind: ExKind,
    pub(super) range: TextRange,
}

#[derive(Clone, Debug)]
pub(super) enum ExKind {
    Constant(Datum),
    Parameter(Arc<str>),
    Slot(Slot),
    Property(Box<Ex>, Arc<str>, Option<TimeNumber>),
    HasLabels(Box<Ex>, Labels),
    Index(Box<Ex>, Box<Ex>),
    Slice(Box<Ex>, Option<Box<Ex>>, Option<Box<Ex>>),
    Not(Box<Ex>),
    Negate(Box<Ex>),
    Plus(Box<Ex>),
    Binary(BinaryOp, Box<Ex>, Box<Ex>),
    Compare(Box<Ex>, Vec<(CompareOp, Ex)>),
    IsNull(Box<Ex>, bool),
    List(Vec<Ex>),
    Map(Vec<(Arc<str>, Ex)>),
    MapProjection {
        base: Box<Ex>,
        all: bool,
        entries: Vec<(Arc<str>, Ex)>,
    },
    Call(&'static Function, Vec<Ex>),
    Case {
        subject: Option<Box<Ex>>,
        arms: Vec<(Ex, Ex)>,
        otherwise: Option<Box<Ex>>,
    },
    ListComprehension {
        slot: Slot,
        list: Box<Ex>,
        condition: Option<Box<Ex>>,
        map: Option<Box<Ex>>,
    },
    Quantifier {
        kind: QuantifierKind,
        slot: Slot,
        list: Box<Ex>,
        condition: Option<Box<Ex>>,
    },
    Reduce {
        accumulator: Slot,
        init: Box<Ex>,
        slot: Slot,
        list: Box<Ex>,
        body: Box<Ex>,
    },
    /// A plan that is run for each row; COLLECT gathers the value of an expression.
    Subquery {
        kind: SubqueryKind,
        plan: Box<Op>,
        value: Option<Box<Ex>>,
    },
}

impl Ex {
    /// A slot.
    pub(super) fn slot(slot: Slot, range: TextRange) -> Self {
        Self { kind: ExKind::Slot(slot), range }
    }
}

/// A window in time that a query names.
#[derive(Clone, Debug)]
pub(super) struct BoundTime {
    /// The date, or the first and the last.
    pub(super) first: Ex,
    pub(super) last: Option<Ex>,
    pub(super) reading: crate::value::Reading,
    pub(super) range: TextRange,
}

/// A query whose names are resolved.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) root: Op,
    /// Names of the columns and their slots.
    pub(super) columns: Vec<(Arc<str>, Slot)>,
    /// How many slots a frame has.
    pub(super) slots: usize,
    pub(super) times: Vec<BoundTime>,
    pub(super) writes: bool,
    /// Whether it needs the derived ties.
    pub(super) ties: bool,
    pub(super) prefix: Option<super::syntax::ast::Prefix>,
}
