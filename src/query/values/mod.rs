//! What is a value while a query runs? Null, scalars, temporal values, lists, maps, nodes, edges and paths.

mod arithmetic;
mod compare;
mod datum;
mod display;
mod json;
mod row_value;
mod stored;
pub(super) mod temporal;

pub(super) use arithmetic::{arithmetic, negate};
pub(super) use compare::{GroupKey, compare, equals, order};
pub(super) use datum::truth;
pub use datum::{Datum, EdgeKey, Map, Path};
pub(super) use display::text_of;
pub use row_value::{RowEdge, RowNode, RowPath, RowValue};
pub(super) use stored::{of_stored, to_stored};
