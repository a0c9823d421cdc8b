//! Which governments and which ties go into a network, when, and how heavily.

use std::collections::BTreeMap;
use std::fmt;

use super::GroupBy;
use crate::graph::NodeId;
use crate::network::Orientation;
use crate::relations::{Direction, Scale, TieOptions};
use crate::value::{AsOf, Date, DateError, Day, Reading, Window};

/// A date at which a network is read, and the period that it stands for (S2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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

    /// The last day of the period, under a reading.
    #[must_use]
    pub fn as_of(self, reading: Reading) -> AsOf {
        AsOf::new(Some(self.window()), reading)
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

/// What the weight of a pair is the sum of (S26, S32).
///
/// A pair's weight is the sum over the ties that count between the two. An act inside an arrangement that pairs the
/// two adds nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum WeightRule {
    /// An arrangement gives 1/(k−1), k the number of its parties that cooperate at the date (Newman 2001): a council
    /// of 41 does not drown a treaty of two. A bare dyad gives its own weight, or 1.
    #[default]
    Newman,
    /// Each tie gives 1.
    Count,
    /// Each tie gives the weight that its row states, or 1.
    Sum,
    /// Each tie gives this number of its row; a row without it gives nothing and is counted as left out.
    Property(String),
}

impl fmt::Display for WeightRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Newman => f.write_str("arrangements 1/(k-1), dyads their own weight or 1 (S26, S32)"),
            Self::Count => f.write_str("1 a tie"),
            Self::Sum => f.write_str("the weight of each row, or 1"),
            Self::Property(key) => write!(f, "the property {key} of each row"),
        }
    }
}

/// Governments that are kept fixed over all dates of a study (S33).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Panel {
    /// Those that are selected at a date.
    At(Moment),
    /// These.
    Of(Vec<NodeId>),
}

/// Which governments are nodes. Nodes are named by their permanent ids, which mean the same in every state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeSelection {
    /// Members of this region or body at each date; of a government all that stand under it then.
    pub region: Option<NodeId>,
    /// The same governments at each date, whatever the membership is then (S33).
    pub panel: Option<Panel>,
    /// Only ties of this government.
    pub of: Option<NodeId>,
    /// Only governments of this level.
    pub level: Option<String>,
    /// Only governments of this rank.
    pub rank: Option<String>,
}

/// What a measure is told beside the selection of governments and ties.
#[derive(Clone, Debug, PartialEq)]
pub struct Subjects {
    /// The territory whose powers are asked for.
    pub territory: Option<NodeId>,
    /// The body whose entry rules are applied to governments; else the one that defines the region.
    pub body: Option<NodeId>,
    /// How far below a threshold a value is still a near miss, as a share of the threshold.
    pub tolerance: f64,
    /// Whether all statements of a fact are shown, not the preferred one alone (S19).
    pub all_statements: bool,
    /// Whether arrangements are listed, not counted alone.
    pub list_arrangements: bool,
    /// Only the rows of these governments; empty = all. The network stays whole.
    pub only: Vec<NodeId>,
    /// By what governments are grouped, where a measure asks for groups.
    pub group_by: GroupBy,
    /// Numbers that the measure is told, by the names of its parameters.
    pub told: BTreeMap<String, f64>,
}

impl Default for Subjects {
    fn default() -> Self {
        Self {
            territory: None,
            body: None,
            tolerance: 0.1,
            all_statements: false,
            list_arrangements: false,
            only: Vec::new(),
            group_by: GroupBy::default(),
            told: BTreeMap::new(),
        }
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
    /// Arrangements that are left out (S33).
    pub without: Vec<NodeId>,
    /// A government below this level counts as its superior there at the date (S33): the name of a level, or `country`,
    /// `province` or `city`.
    pub lift: Option<String>,
    /// Whether the arrangement that defines the region's membership counts (S25).
    pub include_defining: bool,
    /// Whether plans that name nearly all of the governments, laid over them from above, count (S25). They count too
    /// where the mechanism `plan` is asked for.
    pub include_plans: bool,
    /// Whether ties of subordination and acts along the line count (S6).
    pub include_subordination: bool,
    /// What counts of things whose end is not known (S28); presumed, 5 years, where nothing else is said (S29).
    pub reading: Reading,
    /// The least confidence of a statement that counts.
    pub min_confidence: Option<String>,
    /// Whether ties have a start and an end.
    pub orientation: Orientation,
    /// What a pair weighs.
    pub weight: WeightRule,
    /// An arrangement in which more governments cooperate at the date is not expanded into pairs (S35).
    pub max_parties: usize,
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
            without: Vec::new(),
            lift: None,
            include_defining: false,
            include_plans: false,
            include_subordination: false,
            reading: Reading::default(),
            min_confidence: None,
            orientation: Orientation::Undirected,
            weight: WeightRule::Newman,
            max_parties: TieOptions::default().max_parties,
        }
    }
}

impl Selection {
    /// All ties of all directions, those of membership and plans and acts along the line included; direct
    /// subordination on request.
    #[must_use]
    pub fn all_ties(include_subordination: bool) -> Self {
        Self {
            directions: vec![
                Direction::Vertical,
                Direction::Horizontal,
                Direction::Diagonal,
                Direction::Unclassified,
            ],
            include_defining: true,
            include_plans: true,
            include_subordination,
            ..Self::default()
        }
    }

    /// How the ties that it selects from are derived.
    #[must_use]
    pub fn tie_options(&self) -> TieOptions {
        TieOptions {
            scale: self.scale,
            rank_from_level: self.rank_from_level,
            max_parties: self.max_parties,
            ..TieOptions::default()
        }
    }

    /// Each choice by name, for the head of a result.
    #[must_use]
    pub fn echo(&self) -> Vec<(String, String)> {
        let list = |items: &[String]| if items.is_empty() { "all".to_owned() } else { items.join(",") };
        let directions: Vec<String> = self.directions.iter().map(ToString::to_string).collect();
        let entries = [
            ("reading", self.reading.to_string()),
            ("level", self.nodes.level.clone().unwrap_or_else(|| "all".into())),
            ("rank", self.nodes.rank.clone().unwrap_or_else(|| "all".into())),
            ("directions", directions.join(",")),
            ("by", self.scale.to_string()),
            ("domains", list(&self.domains)),
            ("mechanisms", list(&self.mechanisms)),
            ("without", format!("{} arrangements", self.without.len())),
            ("lift", self.lift.clone().unwrap_or_else(|| "none".into())),
            (
                "panel",
                match &self.nodes.panel {
                    None => "none".into(),
                    Some(Panel::At(moment)) => format!("the governments of {moment}"),
                    Some(Panel::Of(list)) => format!("{} governments", list.len()),
                },
            ),
            ("defining arrangement", counted(self.include_defining)),
            ("plans", counted(self.include_plans)),
            ("subordination", counted(self.include_subordination)),
            ("least confidence", self.min_confidence.clone().unwrap_or_else(|| "any".into())),
            (
                "orientation",
                if self.orientation == Orientation::Directed { "directed" } else { "undirected" }.into(),
            ),
            ("weight", self.weight.to_string()),
            ("most parties", self.max_parties.to_string()),
        ];
        entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

fn counted(included: bool) -> String {
    if included { "counted" } else { "left out" }.to_owned()
}
