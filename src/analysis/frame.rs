//! The result of a measure for one network: typed columns, and what each row stands for.

use super::facts::Facts;
use super::{AnalysisError, Cell, Column, Measured, Parameter, Unit};
use crate::network::{Network, Orientation};
use crate::study::{Grouping, Slice, Study};

/// The values of one column, a value a row.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Values {
    /// Whole numbers.
    Counts(Vec<u64>),
    /// Numbers, each of which exists.
    Numbers(Vec<f64>),
    /// Numbers, or the reason why there is none.
    Measured(Vec<Measured>),
    /// Cells of other kinds: texts, lists of names.
    Cells(Vec<Cell>),
}

impl Values {
    /// Scores that all nodes have or none has, with the same reason for each.
    pub(super) fn of_all(
        scores: Result<Vec<f64>, AnalysisError>,
        network: &Network,
    ) -> Result<Self, AnalysisError> {
        match scores {
            Ok(scores) => Ok(Self::Numbers(scores)),
            Err(AnalysisError::Undefined(reason)) => {
                Ok(Self::Measured(vec![Err(reason); network.node_count()]))
            }
            Err(error) => Err(error),
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Counts(values) => values.len(),
            Self::Numbers(values) => values.len(),
            Self::Measured(values) => values.len(),
            Self::Cells(values) => values.len(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a row as a cell of a report; `None` beyond the last row.
    #[must_use]
    pub fn cell(&self, row: usize) -> Option<Cell> {
        match self {
            Self::Counts(values) => {
                values.get(row).map(|count| Cell::Integer(i64::try_from(*count).unwrap_or(i64::MAX)))
            }
            Self::Numbers(values) => values.get(row).copied().map(Cell::Float),
            Self::Measured(values) => values.get(row).copied().map(Cell::from),
            Self::Cells(values) => values.get(row).cloned(),
        }
    }
}

/// The result of a measure for one network.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Frame {
    /// What a row stands for: a node by its number in the network, a group, or the network.
    pub unit: Unit,
    /// The names of the groups; empty for other rows.
    pub groups: Vec<String>,
    /// The columns.
    pub columns: Vec<Column>,
    /// The values beside `columns`, each as long as there are rows.
    pub values: Vec<Values>,
}

impl Frame {
    pub(super) fn of_nodes(columns: Vec<Column>, values: Vec<Values>) -> Self {
        Self { unit: Unit::Node, groups: Vec::new(), columns, values }
    }

    pub(super) fn of_groups(columns: Vec<Column>, groups: Groups) -> Self {
        Self { unit: Unit::Group, groups: groups.names, columns, values: groups.values }
    }

    pub(super) fn of_network(columns: Vec<Column>, cells: Vec<Cell>) -> Self {
        let values = cells.into_iter().map(|cell| Values::Cells(vec![cell])).collect();
        Self { unit: Unit::Network, groups: Vec::new(), columns, values }
    }

    /// The cells of a row, in the order of the columns.
    #[must_use]
    pub fn row(&self, row: usize) -> Vec<Cell> {
        self.values.iter().filter_map(|values| values.cell(row)).collect()
    }
}

/// Groups of governments and what is measured of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Groups {
    pub(super) names: Vec<String>,
    pub(super) values: Vec<Values>,
}

impl Groups {
    /// The names of the rows where the first one is of all groups together.
    pub(super) fn after_all(names: Vec<String>) -> Vec<String> {
        std::iter::once("all".to_owned()).chain(names).collect()
    }
}

/// What a measure is computed from: a network with what is known of it, and what the measure was told.
pub(super) struct Asked<'a> {
    pub(super) slice: &'a Slice,
    pub(super) facts: &'a Facts,
    pub(super) study: &'a Study,
}

impl Asked<'_> {
    pub(super) fn network(&self) -> &Network {
        &self.slice.network
    }

    pub(super) fn orientation(&self) -> Orientation {
        self.slice.network.orientation()
    }

    /// The groups of the nodes, by what was asked for.
    pub(super) fn grouping(&self) -> Grouping {
        self.study.grouping(&self.slice.governments, self.slice.moment)
    }

    /// The number that was given for a parameter, or its default.
    pub(super) fn number(&self, parameter: &Parameter) -> f64 {
        self.study.subjects().told.get(parameter.name).copied().unwrap_or(parameter.default)
    }
}
