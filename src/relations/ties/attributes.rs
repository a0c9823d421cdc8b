//! What the rows behind the ties say, as typed columns.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use super::table::TieTable;
use super::tie::{Basis, TieRef};
use crate::graph::NodeIx;
use crate::value::Value;

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

/// The numbers of what one tie says.
type Numbers = (NodeIx, u32, u32, u32, f64);

impl TieAttributes {
    pub(super) fn of(table: &TieTable) -> Self {
        let mut reader = Reader::default();
        // All pairs of an arrangement say the same.
        let mut known: HashMap<NodeIx, Numbers> = HashMap::new();
        let mut made = Self::with_capacity(table.columns().len());
        for tie in table.ties() {
            made.push(match tie.basis {
                Basis::Arrangement(node) => *known.entry(node).or_insert_with(|| reader.read(tie)),
                _ => reader.read(tie),
            });
        }
        made.mechanisms = reader.mechanisms.words;
        made.domain_lists = reader.domain_lists.words;
        made.confidences = reader.confidences.words;
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

    fn push(&mut self, (arrangement, mechanism, domains, confidence, weight): Numbers) {
        self.arrangement.push(arrangement);
        self.mechanism.push(mechanism);
        self.domains.push(domains);
        self.confidence.push(confidence);
        self.weight.push(weight);
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
struct Numbering<T> {
    words: Vec<T>,
    known: HashMap<T, u32>,
}

impl<T: Clone + Default + Eq + Hash> Default for Numbering<T> {
    fn default() -> Self {
        Self { words: vec![T::default()], known: HashMap::from([(T::default(), 0)]) }
    }
}

impl<T: Clone + Eq + Hash> Numbering<T> {
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

/// Reads rows and numbers their words.
#[derive(Default)]
struct Reader {
    mechanisms: Numbering<Arc<str>>,
    domain_lists: Numbering<Vec<Arc<str>>>,
    confidences: Numbering<Arc<str>>,
}

impl Reader {
    fn read(&mut self, tie: TieRef<'_>) -> Numbers {
        let text = |key: &str| -> Arc<str> {
            tie.value(key).map_or_else(Arc::default, |value| value.to_string().into())
        };
        let domains = tie.value("domains");
        let domains: Vec<Arc<str>> = domains.iter().flat_map(Value::texts_of).map(Arc::from).collect();
        (
            tie.arrangement().unwrap_or(NONE),
            self.mechanisms.number(text("mechanism")),
            self.domain_lists.number(domains),
            self.confidences.number(text("confidence")),
            tie.own_value("weight").and_then(|value| value.as_number()).unwrap_or(f64::NAN),
        )
    }
}
