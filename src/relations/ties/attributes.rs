//! What the rows behind the ties say, as typed columns.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use super::columns::TieColumns;
use super::tie::{Basis, TieRef};
use crate::graph::{KeyId, NodeIx, Snapshot};
use crate::value::Value;
use crate::workers;

/// The arrangement, mechanism, domains, confidence and weight of each tie: of its own row, else of its arrangement.
#[derive(Clone, Debug)]
pub struct TieAttributes {
    arrangement: Vec<NodeIx>,
    mechanism: Vec<u32>,
    domains: Vec<u32>,
    confidence: Vec<u32>,
    /// NaN where the row states none.
    weight: Vec<f64>,
    mechanisms: Vec<Arc<str>>,
    domain_lists: Vec<Vec<Arc<str>>>,
    confidences: Vec<Arc<str>>,
}

/// Stands for no arrangement.
const NONE: NodeIx = NodeIx::new(u32::MAX);

/// Ties that one task reads.
const TIES_PER_TASK: usize = 1 << 14;

/// What one tie says.
#[derive(Clone)]
struct Said {
    arrangement: NodeIx,
    mechanism: Option<Value>,
    domains: Option<Value>,
    confidence: Option<Value>,
    weight: f64,
}

impl TieAttributes {
    /// Reads the rows behind the ties, on all cores.
    pub(super) fn of(snapshot: &Arc<Snapshot>, columns: &TieColumns) -> Self {
        let rows = columns.len();
        let keys = Keys::of(snapshot);
        let tasks = rows.div_ceil(TIES_PER_TASK);
        let parts: Vec<Vec<Said>> = workers::map(0..tasks, |task| {
            // All pairs of an arrangement say the same.
            let mut known: HashMap<NodeIx, Said> = HashMap::new();
            let rows = task * TIES_PER_TASK..rows.min((task + 1) * TIES_PER_TASK);
            let ties = rows
                .filter_map(|row| Some(TieRef::new(snapshot, columns.get(row)?, u32::try_from(row).ok()?)));
            let said = |tie: TieRef<'_>| match tie.basis {
                Basis::Arrangement(node) => known.entry(node).or_insert_with(|| keys.read(tie)).clone(),
                _ => keys.read(tie),
            };
            ties.map(said).collect()
        });
        let mut made = Self::with_capacity(rows);
        let mut mechanisms: Interner<Arc<str>> = Interner::default();
        let mut domain_lists: Interner<Vec<Arc<str>>> = Interner::default();
        let mut confidences: Interner<Arc<str>> = Interner::default();
        for said in parts.into_iter().flatten() {
            let domains = said.domains.iter().flat_map(Value::texts_of).map(Arc::from).collect();
            made.arrangement.push(said.arrangement);
            made.mechanism.push(mechanisms.number(text(said.mechanism)));
            made.domains.push(domain_lists.number(domains));
            made.confidence.push(confidences.number(text(said.confidence)));
            made.weight.push(said.weight);
        }
        made.mechanisms = mechanisms.words;
        made.domain_lists = domain_lists.words;
        made.confidences = confidences.words;
        made
    }

    fn with_capacity(rows: usize) -> Self {
        Self {
            arrangement: Vec::with_capacity(rows),
            mechanism: Vec::with_capacity(rows),
            domains: Vec::with_capacity(rows),
            confidence: Vec::with_capacity(rows),
            weight: Vec::with_capacity(rows),
            mechanisms: Vec::new(),
            domain_lists: Vec::new(),
            confidences: Vec::new(),
        }
    }

    /// The arrangement that the tie of a row belongs to.
    #[must_use]
    pub fn arrangement(&self, row: usize) -> Option<NodeIx> {
        self.arrangement.get(row).copied().filter(|ix| *ix != NONE)
    }

    /// The number of its mechanism, for [`TieAttributes::mechanisms`]; 0 where it states none.
    #[must_use]
    pub fn mechanism(&self, row: usize) -> u32 {
        self.mechanism.get(row).copied().unwrap_or_default()
    }

    /// The number of its list of domains, for [`TieAttributes::domain_lists`]; 0 where it states none.
    #[must_use]
    pub fn domains(&self, row: usize) -> u32 {
        self.domains.get(row).copied().unwrap_or_default()
    }

    /// The number of its confidence, for [`TieAttributes::confidences`]; 0 where it states none.
    #[must_use]
    pub fn confidence(&self, row: usize) -> u32 {
        self.confidence.get(row).copied().unwrap_or_default()
    }

    /// The weight that its own row states.
    #[must_use]
    pub fn weight(&self, row: usize) -> Option<f64> {
        self.weight.get(row).copied().filter(|weight| !weight.is_nan())
    }

    /// All mechanisms, by number; the first is empty.
    #[must_use]
    pub fn mechanisms(&self) -> &[Arc<str>] {
        &self.mechanisms
    }

    /// All lists of domains, by number; the first is empty.
    #[must_use]
    pub fn domain_lists(&self) -> &[Vec<Arc<str>>] {
        &self.domain_lists
    }

    /// All confidences, by number; the first is empty.
    #[must_use]
    pub fn confidences(&self) -> &[Arc<str>] {
        &self.confidences
    }
}

/// Words of a column, numbered as they come; the first is the empty one.
struct Interner<T> {
    words: Vec<T>,
    known: HashMap<T, u32>,
}

impl<T: Clone + Default + Eq + Hash> Default for Interner<T> {
    fn default() -> Self {
        Self { words: vec![T::default()], known: HashMap::from([(T::default(), 0)]) }
    }
}

impl<T: Clone + Eq + Hash> Interner<T> {
    fn number(&mut self, word: T) -> u32 {
        if let Some(number) = self.known.get(&word) {
            return *number;
        }
        let number = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
        self.words.push(word.clone());
        self.known.insert(word, number);
        number
    }
}

fn text(value: Option<Value>) -> Arc<str> {
    match value {
        Some(Value::Text(text)) => text,
        Some(value) => value.to_string().into(),
        None => Arc::default(),
    }
}

/// The keys of what is read.
struct Keys {
    mechanism: Option<KeyId>,
    domains: Option<KeyId>,
    confidence: Option<KeyId>,
    weight: Option<KeyId>,
}

impl Keys {
    fn of(snapshot: &Snapshot) -> Self {
        let key = |name: &str| snapshot.catalogue().key(name);
        Self {
            mechanism: key("mechanism"),
            domains: key("domains"),
            confidence: key("confidence"),
            weight: key("weight"),
        }
    }

    fn read(&self, tie: TieRef<'_>) -> Said {
        let statement = tie.statement();
        let weight = statement.own(self.weight).as_ref().and_then(Value::as_number);
        Said {
            arrangement: statement.arrangement.map_or(NONE, |node| node.ix()),
            mechanism: statement.value(self.mechanism),
            domains: statement.value(self.domains),
            confidence: statement.value(self.confidence),
            weight: weight.unwrap_or(f64::NAN),
        }
    }
}
