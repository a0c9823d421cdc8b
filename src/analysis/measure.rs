//! What a measure says of itself. `analyze`, its list and its help, series and exports read it there.

use super::frame::{Asked, Groups, Values};
use super::{Analysis, AnalysisError, Cell, Column, Frame, Report, ReportError, tables};
use crate::network::Orientation;
use crate::study::Moment;

/// A family of measures; each is a folder of `src/analysis`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Family {
    /// Members, arrangements, approvals, powers and money as they are recorded.
    Records,
    /// What cooperation does: directions, economic ties, entry of new members.
    Effects,
    /// How the network hangs together.
    Cohesion,
    /// One centre or many.
    Multicentre,
    /// Statements and their proof.
    Inference,
    /// Which government is central.
    Centrality,
    /// Which place a government has among others.
    Positions,
    /// How groups hang together, and how apart.
    Groups,
}

impl Family {
    /// Its name, which is that of its folder.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Records => "records",
            Self::Effects => "effects",
            Self::Cohesion => "cohesion",
            Self::Multicentre => "multicentre",
            Self::Inference => "inference",
            Self::Centrality => "centrality",
            Self::Positions => "positions",
            Self::Groups => "groups",
        }
    }
}

/// What a row of the result stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unit {
    /// A government at a date.
    Node,
    /// A group of governments at a date.
    Group,
    /// A whole network at a date.
    Network,
    /// What the measure says: a record, a statement.
    Other,
}

impl Unit {
    /// The word for a row.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Node => "government",
            Self::Group => "group",
            Self::Network => "network",
            Self::Other => "record",
        }
    }
}

/// A number that a measure can be told, with what it is otherwise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameter {
    /// Its name, as in `--set NAME=NUMBER`.
    pub name: &'static str,
    /// What it does, with its unit.
    pub meaning: &'static str,
    /// Its value where none is given.
    pub default: f64,
    /// The least possible value.
    pub least: f64,
    /// The greatest possible value.
    pub most: f64,
}

/// How a measure is computed.
#[derive(Clone, Copy)]
pub(super) enum Compute {
    /// One list of values a column, in the order of the nodes.
    Nodes(fn(&Asked<'_>) -> Result<Vec<Values>, AnalysisError>),
    /// The groups, and one list of values a column in their order.
    Groups(fn(&Asked<'_>) -> Result<Groups, AnalysisError>),
    /// One value a column.
    Network(fn(&Asked<'_>) -> Result<Vec<Cell>, AnalysisError>),
    /// Rows of another kind.
    Rows(fn(&Analysis, &[Moment]) -> Result<Report, ReportError>),
}

/// One measure.
#[derive(Clone, Copy)]
pub struct Measure {
    /// Its name on the command line.
    pub name: &'static str,
    /// The family to which it belongs.
    pub family: Family,
    /// What its table is called.
    pub title: &'static str,
    /// The question that it answers.
    pub question: &'static str,
    /// Formula or rule.
    pub formula: &'static str,
    /// Where the formula or rule comes from.
    pub source: &'static str,
    /// The program or paper whose numbers it is compared with; empty if it counts records.
    pub oracle: &'static str,
    /// Time and memory for n governments and m ties.
    pub cost: &'static str,
    /// Options that it reads beside the dates, by the names of the command line without dashes; any other one has no
    /// effect on it.
    pub options: &'static [&'static str],
    /// The numbers that it can be told.
    pub parameters: &'static [Parameter],
    /// The columns that it adds to the ones naming the row.
    pub columns: &'static [Column],
    /// Columns that it adds besides where the network is directed.
    pub directed: &'static [Column],
    pub(super) compute: Compute,
}

impl std::fmt::Debug for Measure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Measure").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Measure {
    pub(super) fn run(&self, analysis: &Analysis, moments: &[Moment]) -> Result<Report, ReportError> {
        let mut report = match self.compute {
            Compute::Nodes(_) => tables::by_node(self, analysis, moments),
            Compute::Groups(_) => tables::by_group(self, analysis, moments),
            Compute::Network(_) => tables::by_date(self, analysis, moments),
            Compute::Rows(compute) => compute(analysis, moments),
        }?;
        report.measure = Some(self.name);
        Ok(report)
    }

    /// The result for one network as typed columns; `None` for a measure of records.
    pub(super) fn frame(&self, asked: &Asked<'_>) -> Result<Option<Frame>, AnalysisError> {
        let columns = self.columns_of(asked.orientation());
        Ok(match self.compute {
            Compute::Nodes(compute) => Some(Frame::of_nodes(columns, compute(asked)?)),
            Compute::Groups(compute) => Some(Frame::of_groups(columns, compute(asked)?)),
            Compute::Network(compute) => Some(Frame::of_network(columns, compute(asked)?)),
            Compute::Rows(_) => None,
        })
    }

    /// What a row of its result stands for.
    #[must_use]
    pub fn unit(&self) -> Unit {
        match self.compute {
            Compute::Nodes(_) => Unit::Node,
            Compute::Groups(_) => Unit::Group,
            Compute::Network(_) => Unit::Network,
            Compute::Rows(_) => Unit::Other,
        }
    }

    /// The columns that it adds for networks of an orientation.
    #[must_use]
    pub fn columns_of(&self, orientation: Orientation) -> Vec<Column> {
        let directed = if orientation == Orientation::Directed { self.directed } else { &[] };
        self.columns.iter().chain(directed).copied().collect()
    }

    /// The column that answers the question: the one of the measure's name, else the first that it adds.
    #[must_use]
    pub fn key_column(&self) -> &'static str {
        let named = self.columns.iter().find(|column| column.name == self.name);
        named.or_else(|| self.columns.first()).map_or(self.name, |column| column.name)
    }

    /// Whether it has a row for each government.
    #[must_use]
    pub fn is_of_nodes(&self) -> bool {
        self.unit() == Unit::Node
    }

    /// A column that it adds.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// A number that it can be told.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&'static Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }

    /// The measure of a name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        super::MEASURES.iter().find(|measure| measure.name == name)
    }
}
