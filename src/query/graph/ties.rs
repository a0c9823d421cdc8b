//! Derived ties, as edges of a pattern (S4–S7, S12, S13).

use std::sync::Arc;

use super::{Graph, Neighbour};
use crate::graph::{NodeIx, TypeId};
use crate::query::error::QueryError;
use crate::query::values::{Datum, EdgeKey, Map, of_stored};
use crate::relations::{Direction, TieRef, TieTable};
use crate::value::{AsOf, Bound, Value};

/// The number of the table of ties among the sources of edges.
pub(super) const TIES: u16 = 1;

/// All directions.
pub(in crate::query) const DIRECTIONS: [Direction; 4] =
    [Direction::Vertical, Direction::Horizontal, Direction::Diagonal, Direction::Unclassified];

/// Properties that every tie has beside those of what it follows from.
const OWN: [&str; 7] = ["arrangement", "basis", "direction", "id", "symmetric", "valid_from", "valid_to"];

impl<'a> Graph<'a> {
    /// The same graph with its derived ties.
    pub(in crate::query) fn with_ties(mut self, ties: Option<Arc<TieTable>>) -> Self {
        self.ties = ties;
        self
    }

    /// The tie of a key, where it is one.
    pub(super) fn tie(&self, edge: EdgeKey) -> Option<TieRef<'_>> {
        if edge.table != TIES {
            return None;
        }
        self.ties.as_ref()?.get(edge.row as usize)
    }

    /// The ties of some directions that leave a node.
    pub(in crate::query) fn ties_out(&self, node: NodeIx, directions: &[Direction]) -> Vec<Neighbour> {
        self.ties_at(node, directions, true)
    }

    /// The ties of some directions that arrive at a node.
    pub(in crate::query) fn ties_in(&self, node: NodeIx, directions: &[Direction]) -> Vec<Neighbour> {
        self.ties_at(node, directions, false)
    }

    fn ties_at(&self, node: NodeIx, directions: &[Direction], out: bool) -> Vec<Neighbour> {
        let Some(table) = &self.ties else { return Vec::new() };
        let columns = table.columns();
        let far = if out { columns.targets() } else { columns.sources() };
        let near = |direction: &Direction| {
            if out { table.outgoing(node, *direction) } else { table.incoming(node, *direction) }
        };
        let rows = directions.iter().flat_map(|direction| near(direction).iter().copied());
        let of = |row: u32| Neighbour {
            edge: EdgeKey { table: TIES, row },
            node: far.get(row as usize).copied().unwrap_or_default(),
            edge_type: TypeId::new(u16::MAX),
        };
        rows.map(of).collect()
    }

    /// Whether a tie counts at a time.
    pub(super) fn tie_holds(&self, row: u32, time: AsOf) -> bool {
        let extent = self.ties.as_ref().and_then(|table| table.columns().extent(row as usize));
        extent.is_some_and(|extent| time.includes(extent))
    }

    /// A property of a tie.
    pub(super) fn tie_property(&self, tie: TieRef<'_>, key: &str) -> Result<Datum, QueryError> {
        let end = |bound: Bound| match bound {
            Bound::Known(date) => of_stored(&Value::Date(date)),
            Bound::Open | Bound::Unknown => Datum::Null,
        };
        Ok(match key {
            "id" => Datum::text(&tie.id()),
            "direction" => Datum::text(&tie.direction.to_string()),
            "basis" => Datum::text(tie.basis.kind()),
            "symmetric" => Datum::Boolean(tie.symmetric),
            "arrangement" => {
                let arrangement = tie.arrangement().and_then(|ix| tie.snapshot().node_at(ix));
                arrangement.and_then(|node| node.text_id()).map_or(Datum::Null, Datum::Text)
            }
            "valid_from" => end(tie.from),
            "valid_to" => end(tie.to),
            "weight" => {
                let error = QueryError::runtime(
                    crate::query::error::ErrorClass::NotSupported,
                    "NotSupported",
                    "the weight of a tie (S32) is not supported in queries by this version",
                );
                return Err(error.hint("lists of ties and measures have it"));
            }
            key => tie.value(key).map_or(Datum::Null, |value| of_stored(&value)),
        })
    }

    /// All properties of a tie that are its own.
    pub(super) fn tie_properties(&self, tie: TieRef<'_>) -> Map {
        let values = OWN.iter().filter_map(|key| {
            let value = self.tie_property(tie, key).ok().filter(|value| !value.is_null())?;
            Some((Arc::from(*key), value))
        });
        values.collect()
    }
}
