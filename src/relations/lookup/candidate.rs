//! Who might have been meant: what a look-up offers where it cannot decide.

use crate::relations::vocabulary::edge;
use std::fmt;

use super::caption::caption;
use super::kind::Kind;
use crate::graph::{NodeIx, NodeRef};
use crate::value::{Day, Truth, Validity, Window};

/// One of those who might be meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Candidate {
    /// The node.
    pub node: NodeIx,
    /// Its text id; empty where it has none.
    pub id: String,
    /// Its code at the date asked for, else its latest one; `None` if it has none.
    pub code: Option<String>,
    /// Its name at the date asked for, else its latest one.
    pub name: String,
    /// Its English name.
    pub name_en: Option<String>,
    /// Its territorial tier.
    pub level: Option<String>,
    /// Caption of its superior at the date asked for, else of its latest one.
    pub superior: Option<String>,
    /// When it exists.
    pub validity: Validity,
    /// Captions of those that succeeded it, each with the date.
    pub successors: Vec<String>,
}

impl Candidate {
    /// What a node is at a date, or now.
    #[must_use]
    pub fn of(node: NodeRef<'_>, day: Option<Day>) -> Self {
        let text = |key: &str| {
            let at = day.and_then(|day| node.value_at(key, day));
            at.or_else(|| node.value(key)).map(|value| value.to_string())
        };
        let mut superiors: Vec<_> = node.out_edges_of(edge::SUBORDINATE_TO).collect();
        superiors.sort_by_key(|edge| edge.validity().extent().possible.to);
        let then = |wanted: Truth| {
            superiors
                .iter()
                .rev()
                .find(|edge| day.is_none_or(|day| edge.validity().holds_in(Window::on(day)) == wanted))
        };
        let superior = then(Truth::True).or_else(|| then(Truth::Unknown));
        let successors = node.out_edges_of(edge::SUCCEEDED_BY);
        Self {
            node: node.ix(),
            id: text("id").unwrap_or_default(),
            code: text("code"),
            name: text("name").unwrap_or_default(),
            name_en: text("name_en"),
            level: text("level"),
            superior: superior.map(|edge| caption(edge.target())),
            validity: node.validity(),
            successors: successors
                .map(|edge| format!("{} from {}", caption(edge.target()), edge.validity().from))
                .collect(),
        }
    }
}

impl fmt::Display for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if let Some(name) = self.name_en.as_ref().filter(|name| **name != self.name) {
            write!(f, " {name}")?;
        }
        let code = self.code.as_deref().unwrap_or(&self.id);
        write!(f, " ({code}")?;
        if !self.id.is_empty() && code != self.id {
            write!(f, ", id {}", self.id)?;
        }
        if let Some(level) = &self.level {
            write!(f, ", {level}")?;
        }
        if let Some(superior) = &self.superior {
            write!(f, ", under {superior}")?;
        }
        write!(f, ", {})", self.validity)
    }
}

/// Why a text does not name one node.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LookupError {
    /// No node has the text as its code or name.
    #[error("no {} has the id, code or name “{text}”{}", kinds_text(kinds), did_you_mean(nearest))]
    NotFound {
        /// What was looked for.
        text: String,
        /// Among what.
        kinds: Vec<Kind>,
        /// The nearest ones, at most three.
        nearest: Vec<Candidate>,
    },
    /// Several nodes have the text.
    #[error("“{text}” is ambiguous; write the id or code of one of: {}", list(candidates))]
    Ambiguous {
        /// What was looked for.
        text: String,
        /// All of them.
        candidates: Vec<Candidate>,
    },
    /// The nodes that have the text did not exist, or did not have it, at the date.
    #[error(
        "“{text}” names nothing on {day}, but at other dates: {}{}; write the name or code of that date, \
             or the successor (S11)",
        list(candidates),
        successors(candidates)
    )]
    NotThen {
        /// What was looked for.
        text: String,
        /// When.
        day: Day,
        /// The nodes that have it at other dates.
        candidates: Vec<Candidate>,
    },
    /// The id of one government that was the code of another at the date.
    #[error("“{text}” stands for {meant} today, but on {day} it was the code of {holder} (S11); \
             write the id “{}” or a name", holder.id)]
    CodeOfAnother {
        /// What was looked for.
        text: String,
        /// When.
        day: Day,
        /// Whose id it is.
        meant: Box<Candidate>,
        /// Whose code it was.
        holder: Box<Candidate>,
    },
}

impl LookupError {
    /// The nodes that may have been meant, best first; empty if none is near.
    #[must_use]
    pub fn candidates(&self) -> Vec<&Candidate> {
        match self {
            Self::NotFound { nearest: candidates, .. }
            | Self::Ambiguous { candidates, .. }
            | Self::NotThen { candidates, .. } => candidates.iter().collect(),
            Self::CodeOfAnother { meant, holder, .. } => vec![holder.as_ref(), meant.as_ref()],
        }
    }
}

fn kinds_text(kinds: &[Kind]) -> String {
    let names: Vec<String> = kinds.iter().map(|kind| kind.label().to_lowercase()).collect();
    if names.is_empty() { "node".to_owned() } else { names.join(" or ") }
}

fn list(candidates: &[Candidate]) -> String {
    candidates.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn did_you_mean(nearest: &[Candidate]) -> String {
    if nearest.is_empty() { String::new() } else { format!("; did you mean {}?", list(nearest)) }
}

fn successors(candidates: &[Candidate]) -> String {
    let all: Vec<&str> = candidates.iter().flat_map(|own| &own.successors).map(String::as_str).collect();
    if all.is_empty() { String::new() } else { format!("; succeeded by {}", all.join(", ")) }
}
