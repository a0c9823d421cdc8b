//! Who pays whom what: statements, alternatives, the preferred one (S19, S20).

use crate::relations::vocabulary::{edge, label};
use std::collections::BTreeMap;

use crate::graph::{EdgeIx, EdgeRef, NodeIx, Snapshot};
use crate::value::{AsOf, Date, InForce, Value};

/// One statement of a flow.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowStatement {
    /// The `PAYS` edge.
    pub row: EdgeIx,
    /// Who gives.
    pub payer: NodeIx,
    /// Who receives; `None` if the source names no payee.
    pub payee: Option<NodeIx>,
    /// The arrangement.
    pub arrangement: Option<NodeIx>,
    /// money, talent, technology or land.
    pub resource: String,
    /// Amount in minor units of the currency.
    pub amount: Option<i64>,
    /// ISO 4217.
    pub currency: String,
    /// once, year or total.
    pub period: String,
    /// Statements of one fact are alternatives.
    pub fact: Option<String>,
    /// Whether measures use this one (S19).
    pub counts: bool,
    /// How many statements of the fact hold in the window, this one included.
    pub statements: usize,
    /// The least and the greatest amount that statements of the fact give in this one's resource, currency
    /// and period (S19, S20); `None` if none of them gives one.
    pub spread: Option<(i64, i64)>,
    /// How surely it holds (S28).
    pub holds: InForce,
    /// Where it comes from.
    pub sources: String,
    /// How sure it is.
    pub confidence: Option<String>,
}

/// What statements are of one fact: those of one key, else the row alone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fact {
    Named(String),
    Row(EdgeIx),
}

impl FlowStatement {
    fn fact_key(&self) -> Fact {
        self.fact.clone().map_or(Fact::Row(self.row), Fact::Named)
    }

    /// Amounts of unlike things are never compared or added (S20).
    fn is_like(&self, other: &Self) -> bool {
        (&self.resource, &self.currency, &self.period) == (&other.resource, &other.currency, &other.period)
    }
}

/// The flows of a window, by payer, payee and row. Of the statements of one fact that hold in it the preferred
/// one counts, else the one of the highest confidence, else the one of the earlier source (S19); with
/// `all_statements` the others stand beside it and do not count.
#[must_use]
pub fn flows(snapshot: &Snapshot, as_of: AsOf, all_statements: bool) -> Vec<FlowStatement> {
    let held = |statement: &FlowStatement| as_of.admits(statement.holds).is_included();
    let mut facts: BTreeMap<Fact, Vec<FlowStatement>> = BTreeMap::new();
    for statement in snapshot.edges_of(edge::PAYS).map(|edge| statement(snapshot, edge, as_of)) {
        facts.entry(statement.fact_key()).or_default().push(statement);
    }
    let mut rows = Vec::new();
    for mut fact in facts.into_values() {
        let chosen = fact.iter().enumerate().filter(|(_, statement)| held(statement));
        let Some(chosen) = chosen.min_by_key(|(_, own)| standing(snapshot, own)).map(|(at, _)| at) else {
            continue;
        };
        let statements = fact.iter().filter(|statement| held(statement)).count();
        let amounts: Vec<Option<(i64, i64)>> = fact
            .iter()
            .map(|own| {
                let like = fact.iter().filter(|other| held(other) && own.is_like(other));
                let amounts = || like.clone().filter_map(|other| other.amount);
                amounts().min().zip(amounts().max())
            })
            .collect();
        for ((at, own), spread) in fact.iter_mut().enumerate().zip(amounts) {
            (own.counts, own.statements, own.spread) = (at == chosen, statements, spread);
        }
        rows.extend(fact.into_iter().filter(|statement| statement.counts || all_statements));
    }
    rows.sort_by_key(|statement| (statement.payer, statement.payee, !statement.counts, statement.row));
    rows
}

/// The order in which statements of one fact count: the least first.
fn standing(
    snapshot: &Snapshot,
    statement: &FlowStatement,
) -> (bool, usize, (bool, Option<Date>), String, EdgeIx) {
    let edge = snapshot.edge_at(statement.row);
    let preferred = edge.and_then(|edge| edge.value("preferred")) == Some(Value::Boolean(true));
    let schema = snapshot.catalogue().schema();
    let step = statement.confidence.as_ref().and_then(|own| schema.confidence_step(own));
    let sources = edge.and_then(|edge| edge.value("source"));
    let published = sources.iter().flat_map(Value::texts_of).filter_map(|id| {
        snapshot.find(label::SOURCE, id)?.value("published").as_ref().and_then(Value::as_date)
    });
    // A source of no known date comes after all that have one.
    let earliest = published.min();
    let earliest = (earliest.is_none(), earliest);
    (!preferred, step.unwrap_or(schema.confidence.len()), earliest, statement.sources.clone(), statement.row)
}

fn statement(snapshot: &Snapshot, edge: EdgeRef<'_>, as_of: AsOf) -> FlowStatement {
    let text = |key: &str| edge.value(key).map(|value| value.to_string());
    let target = edge.target();
    let named = target.has_label(label::GOVERNMENT);
    let arrangement = edge.value("arrangement");
    let arrangement = arrangement.as_ref().and_then(|id| snapshot.find(label::ARRANGEMENT, id.as_text()?));
    let ends = edge.source().extent().intersect(target.extent());
    let extent = ends.and_then(|ends| ends.intersect(edge.extent()));
    FlowStatement {
        row: edge.ix(),
        payer: edge.source_ix(),
        payee: named.then(|| target.ix()),
        arrangement: arrangement.map(|node| node.ix()).or_else(|| (!named).then(|| target.ix())),
        resource: text("resource").unwrap_or_default(),
        amount: edge.value("amount_minor").as_ref().and_then(Value::as_integer),
        currency: text("currency").unwrap_or_default(),
        period: text("period").unwrap_or_default(),
        fact: text("fact"),
        counts: false,
        statements: 0,
        spread: None,
        holds: extent
            .filter(|_| !edge.is_interrupted(as_of))
            .map_or(InForce::Not, |extent| as_of.in_force(extent)),
        sources: text("source").unwrap_or_default(),
        confidence: text("confidence"),
    }
}
