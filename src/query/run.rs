//! One query from its text to its rows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::bind::{self, Context, UnknownName};
use super::error::{ErrorClass, QueryError};
use super::execute::{self, Flow, Run};
use super::graph::{Graph, Summary};
use super::plan::Plan;
use super::procedures::Procedures;
use super::syntax;
use super::values::{Datum, RowValue};
use crate::graph::{ChangeSet, Snapshot};
use crate::relations::{TieOptions, TieTable, TierSchemes};
use crate::value::Reading;

/// Values of parameters by name.
pub type Parameters = BTreeMap<Arc<str>, Datum>;

/// How a query is run.
#[derive(Clone, Debug)]
pub struct QueryOptions {
    /// Procedures that it may call. Default = [`Procedures::built_in`].
    pub procedures: Procedures,
    /// Whether it may change the graph. Default = no.
    pub write: bool,
    /// How long it may take. Default = as long as it needs.
    pub timeout: Option<Duration>,
    /// How many rows it may give: one more is an error. Default = any number.
    pub max_rows: Option<usize>,
    /// What counts where a clause of time names no reading. Default = presumed, 5 years (S29).
    pub reading: Reading,
    /// Seed of `rand()`. Default = 1.
    pub seed: u64,
}

impl Default for QueryOptions {
    fn default() -> Self {
        Self {
            procedures: Procedures::built_in(),
            write: false,
            timeout: None,
            max_rows: None,
            reading: Reading::default(),
            seed: 1,
        }
    }
}

/// What a query gives.
#[derive(Clone, Debug)]
pub struct Rows {
    /// Names of the columns; none where the query returns nothing.
    pub columns: Vec<Arc<str>>,
    /// The rows in order, each with a value for every column.
    pub rows: Vec<Vec<RowValue>>,
    /// What may have been meant otherwise: names that the graph does not have.
    pub warnings: Vec<String>,
    /// What the query changes.
    pub summary: Summary,
}

/// A query that has run: its rows, and what it would change.
#[derive(Debug)]
pub struct Outcome {
    /// The rows.
    pub rows: Rows,
    /// The changes, made for the state that was read; `None` if there are none.
    pub changes: Option<ChangeSet>,
}

/// Runs a query on a state. What it writes is seen by its own later clauses, and returned as a change set.
///
/// # Errors
/// [`QueryError`] with the place in the text.
pub fn run_query(
    snapshot: &Snapshot,
    text: &str,
    parameters: &Parameters,
    options: &QueryOptions,
) -> Result<Outcome, QueryError> {
    let derive = || {
        let snapshot = Arc::new(snapshot.clone());
        Arc::new(TieTable::derive(&snapshot, &TierSchemes::of(&snapshot), &TieOptions::default()))
    };
    run_query_with(snapshot, text, parameters, options, &derive)
}

/// As [`run_query`], with the derived ties of the state from elsewhere, where the query names them.
///
/// # Errors
/// As [`run_query`].
pub fn run_query_with(
    snapshot: &Snapshot,
    text: &str,
    parameters: &Parameters,
    options: &QueryOptions,
    ties: &dyn Fn() -> Arc<TieTable>,
) -> Result<Outcome, QueryError> {
    run_unlocated(snapshot, text, parameters, options, ties).map_err(|error| error.located(text))
}

fn run_unlocated(
    snapshot: &Snapshot,
    text: &str,
    parameters: &Parameters,
    options: &QueryOptions,
    ties: &dyn Fn() -> Arc<TieTable>,
) -> Result<Outcome, QueryError> {
    let statement = syntax::parse(text)?;
    let names: BTreeSet<Arc<str>> = parameters.keys().cloned().collect();
    let context = Context {
        catalogue: snapshot.catalogue(),
        procedures: &options.procedures,
        parameters: &names,
        reading: options.reading,
    };
    let (plan, unknown) = bind::bind(&statement, context)?;
    if plan.prefix.is_some() {
        return Err(QueryError::not_supported("EXPLAIN and PROFILE", statement.query.range));
    }
    if plan.writes && !options.write {
        let message = "the query changes the graph, and may only read";
        return Err(QueryError::early(ErrorClass::ReadOnly, "ReadOnly", statement.query.range, message)
            .hint("allow it to write"));
    }
    let warnings = unknown.iter().map(|name| warning(name, text)).collect();
    let graph = Graph::new(snapshot).with_ties(plan.ties.then(ties));
    execute_plan(&plan, graph, parameters, options, warnings)
}

fn execute_plan(
    plan: &Plan,
    graph: Graph<'_>,
    parameters: &Parameters,
    options: &QueryOptions,
    warnings: Vec<String>,
) -> Result<Outcome, QueryError> {
    let deadline = options.timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    let mut run = Run::new(graph, parameters, options.seed, deadline);
    run.set_times(plan)?;
    let mut frame = vec![Datum::Null; plan.slots];
    let mut rows = Vec::new();
    execute::run(&plan.root, &mut run, &mut frame, &mut |run, frame| {
        if !plan.columns.is_empty() {
            let values = plan.columns.iter().map(|(_, slot)| RowValue::of(&frame[*slot], &run.graph));
            rows.push(values.collect::<Vec<RowValue>>());
        }
        if options.max_rows.is_some_and(|most| rows.len() > most) {
            let message = format!("the query gives more than {} rows", options.max_rows.unwrap_or_default());
            return Err(QueryError::runtime(ErrorClass::Stopped, "TooManyRows", message)
                .hint("add LIMIT, or allow more rows"));
        }
        Ok(Flow::More)
    })?;
    let columns = plan.columns.iter().map(|(name, _)| Arc::clone(name)).collect();
    let (changes, summary) = match run.graph.finish()? {
        Some((changes, summary)) => (Some(changes), summary),
        None => (None, Summary::default()),
    };
    Ok(Outcome { rows: Rows { columns, rows, warnings, summary }, changes })
}

/// What is told of a name that the graph does not have.
fn warning(unknown: &UnknownName, text: &str) -> String {
    let near = unknown.near.as_ref().map(|near| format!("; {near}")).unwrap_or_default();
    let place = QueryError::syntax("Warning", unknown.range, "").located(text).place.clone();
    let at =
        place.map(|place| format!(" (line {}, column {})", place.line, place.column)).unwrap_or_default();
    if unknown.what == bind::SYMMETRIC {
        let name = &unknown.name;
        return format!("`{name}` is symmetric{at}: the arrow sees half; write -[:{name}]- (S13)");
    }
    format!("the graph has no {} `{}`{at}{near}", unknown.what, unknown.name)
}

impl Snapshot {
    /// Runs a query that only reads.
    ///
    /// # Errors
    /// [`QueryError`] with the place in the text; of a query that would write, too.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use intergov::graph::{Catalogue, Snapshot};
    /// use intergov::query::RowValue;
    ///
    /// let empty = Snapshot::empty(Arc::new(Catalogue::default()));
    /// let rows = empty.query("UNWIND [3, 1, 2] AS x RETURN x ORDER BY x", &Default::default())?;
    /// assert_eq!(rows.columns[0].as_ref(), "x");
    /// assert_eq!(rows.rows[0][0], RowValue::Integer(1));
    /// # Ok::<(), intergov::query::QueryError>(())
    /// ```
    pub fn query(&self, text: &str, parameters: &Parameters) -> Result<Rows, QueryError> {
        run_query(self, text, parameters, &QueryOptions::default()).map(|outcome| outcome.rows)
    }
}
