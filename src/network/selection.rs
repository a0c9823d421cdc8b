//! Which governments and which ties go into a network, when, and how heavily.

use std::fmt;

use super::Orientation;
use crate::graph::NodeId;
use crate::relations::{Direction, Scale};
use crate::value::{Date, DateError, Day, Window};

/// A date at which a network is read, and the period that it stands for (S2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    date: Date,
}

impl Moment {
    /// The last day of a named period.
    #[must_use]
    pub fn new(date: Date) -> Self {
        Self { date }
    }

    /// The day that is read.
    #[must_use]
    pub fn day(self) -> Day {
        self.date.last_day()
    }

    /// The window of that day.
    #[must_use]
    pub fn window(self) -> Window {
        Window::as_of(self.date)
    }

    /// The whole period.
    #[must_use]
    pub fn period(self) -> Window {
        Window::during(self.date, self.date).unwrap_or_else(|_| self.window())
    }

    /// The years of a series, both ends included.
    ///
    /// # Errors
    /// [`DateError`] where the text is neither `1997..2019` nor one date.
    pub fn series(text: &str) -> Result<Vec<Self>, DateError> {
        let wrong = || DateError { text: text.to_owned() };
        let Some((first, last)) = text.split_once("..") else { return Ok(vec![Self::new(text.parse()?)]) };
        let year = |part: &str| part.parse::<Date>()?.first_day().year().ok_or_else(wrong);
        let (first, last) = (year(first)?, year(last)?);
        if last < first {
            return Err(wrong());
        }
        Ok((first..=last).filter_map(Date::year).map(Self::new).collect())
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.date.fmt(f)
    }
}

/// What a tie weighs (S26).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WeightRule {
    /// The sum over shared arrangements of 1/(k−1), k the number of parties (Newman 2001): a council of 41
    /// does not drown a treaty of two.
    #[default]
    Newman,
    /// The number of shared arrangements.
    Count,
}

/// Which governments are nodes. Nodes are named by their permanent ids, which mean the same in every state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeSelection {
    /// Members of this region or body at each date.
    pub region: Option<NodeId>,
    /// Only governments of this level.
    pub level: Option<String>,
    /// Only governments of this rank.
    pub rank: Option<String>,
    /// Only these governments; empty = any.
    pub only: Vec<NodeId>,
}

/// What a measure is told beside the selection of governments and ties.
#[derive(Clone, Debug, PartialEq)]
pub struct Subjects {
    /// The territory whose powers are asked for.
    pub territory: Option<NodeId>,
    /// The body whose entry rules are held against governments; else the one that defines the region.
    pub body: Option<NodeId>,
    /// How far below a threshold a value is still a near miss, as a share of the threshold.
    pub tolerance: f64,
    /// Whether all statements of a fact are shown, not the preferred one alone (S19).
    pub all_statements: bool,
}

impl Default for Subjects {
    fn default() -> Self {
        Self { territory: None, body: None, tolerance: 0.1, all_statements: false }
    }
}

/// Which governments and ties are measured; the default is cooperation of all governments.
#[derive(Clone, Debug, PartialEq)]
pub struct Selection {
    /// Which governments.
    pub nodes: NodeSelection,
    /// Which directions; unclassified ties are cooperation whose ranks are not known.
    pub directions: Vec<Direction>,
    /// Scale of the directions.
    pub scale: Scale,
    /// Whether a rank that is not recorded is taken from the level; such ranks are inferred (S21).
    pub rank_from_level: bool,
    /// Only arrangements in one of these domains; empty = any.
    pub domains: Vec<String>,
    /// Only arrangements with one of these mechanisms; empty = any.
    pub mechanisms: Vec<String>,
    /// Whether the arrangement that defines the region's membership counts (S25).
    pub include_defining: bool,
    /// Whether plans laid over all members from above count (S25).
    pub include_plans: bool,
    /// Whether ties of subordination and acts along the line count (S6).
    pub include_subordination: bool,
    /// Whether what only possibly holds counts as well (S1).
    pub possible: bool,
    /// The least confidence of a statement that counts.
    pub min_confidence: Option<String>,
    /// Whether ties have a start and an end.
    pub orientation: Orientation,
    /// What a tie weighs.
    pub weight: WeightRule,
}

impl Default for Selection {
    fn default() -> Self {
        Self {
            nodes: NodeSelection::default(),
            directions: vec![Direction::Horizontal, Direction::Diagonal, Direction::Unclassified],
            scale: Scale::default(),
            rank_from_level: false,
            domains: Vec::new(),
            mechanisms: Vec::new(),
            include_defining: false,
            include_plans: false,
            include_subordination: false,
            possible: false,
            min_confidence: None,
            orientation: Orientation::Undirected,
            weight: WeightRule::Newman,
        }
    }
}

impl Selection {
    /// Each choice by name, for the head of a result.
    #[must_use]
    pub fn echo(&self) -> Vec<(String, String)> {
        let list = |items: &[String]| if items.is_empty() { "all".to_owned() } else { items.join(",") };
        let directions: Vec<String> = self.directions.iter().map(ToString::to_string).collect();
        let entries = [
            ("level", self.nodes.level.clone().unwrap_or_else(|| "all".into())),
            ("rank", self.nodes.rank.clone().unwrap_or_else(|| "all".into())),
            ("directions", directions.join(",")),
            ("by", self.scale.to_string()),
            ("domains", list(&self.domains)),
            ("mechanisms", list(&self.mechanisms)),
            ("defining arrangement", counted(self.include_defining)),
            ("plans", counted(self.include_plans)),
            ("subordination", counted(self.include_subordination)),
            ("possible", counted(self.possible)),
            ("least confidence", self.min_confidence.clone().unwrap_or_else(|| "any".into())),
            (
                "orientation",
                if self.orientation == Orientation::Directed { "directed" } else { "undirected" }.into(),
            ),
            (
                "weight",
                match self.weight {
                    WeightRule::Newman => "sum over shared arrangements of 1/(k-1) (S26)".into(),
                    WeightRule::Count => "number of shared arrangements".into(),
                },
            ),
        ];
        entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

fn counted(included: bool) -> String {
    if included { "counted" } else { "left out" }.to_owned()
}
