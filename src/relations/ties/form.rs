//! Form of an arrangement, from its ties (S7).

use std::collections::BTreeSet;
use std::fmt;

use super::TieTable;
use crate::graph::{NodeIx, Snapshot};
use crate::relations::{Direction, caption_at};
use crate::value::{AsOf, Day};

/// The paper's definition of local cooperation, by which a vertical pair is none.
pub const LOCAL_COOPERATION: &str = "地方合作是指没有领导与被领导关系的地方政府之间的合作";

/// What the cooperating pairs of an arrangement are, vertical ones aside (S7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// All are horizontal.
    Horizontal,
    /// All are diagonal.
    Diagonal,
    /// 多边多极的交叉合作: both kinds.
    MultilateralCross,
    /// There are vertical pairs only.
    VerticalOnly,
    /// A rank is not known, or no pair holds.
    Undetermined,
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Horizontal => "horizontal",
            Self::Diagonal => "diagonal",
            Self::MultilateralCross => "multilateral-cross",
            Self::VerticalOnly => "vertical-only",
            Self::Undetermined => "undetermined",
        })
    }
}

crate::value::reads_words!(Form is "form": Horizontal Diagonal MultilateralCross VerticalOnly Undetermined);
#[cfg(feature = "serde")]
crate::value::as_text!(Form);

impl Form {
    /// The form of an arrangement in a window, under a reading.
    #[must_use]
    pub fn of(ties: &TieTable, arrangement: NodeIx, as_of: AsOf) -> Self {
        FormReading::of(ties, arrangement, as_of).form
    }
}

/// The pairs of an arrangement in a window, by direction.
///
/// In a window longer than a day a pair whose direction changed stands under both directions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormReading {
    /// The form.
    pub form: Form,
    /// Pairs of equal rank.
    pub horizontal: usize,
    /// Pairs of different rank.
    pub diagonal: usize,
    /// Pairs with a rank that is not known (S21).
    pub unclassified: usize,
    /// Pairs of leader and led, by index.
    pub vertical: Vec<(NodeIx, NodeIx)>,
    /// Whether the arrangement has more parties than the limit, so that its pairs are not known.
    pub unexpanded: bool,
    /// A day of the window.
    day: Day,
}

impl FormReading {
    /// Reads the pairs of an arrangement in a window, under a reading.
    #[must_use]
    pub fn of(ties: &TieTable, arrangement: NodeIx, as_of: AsOf) -> Self {
        let mut pairs: BTreeSet<(Direction, NodeIx, NodeIx)> = BTreeSet::new();
        for tie in ties.of_arrangement(arrangement).filter(|tie| as_of.includes(tie.extent)) {
            pairs.insert((tie.direction, tie.source, tie.target));
        }
        let count = |direction| pairs.iter().filter(|(own, ..)| *own == direction).count();
        let (horizontal, diagonal) = (count(Direction::Horizontal), count(Direction::Diagonal));
        let unclassified = count(Direction::Unclassified);
        let vertical: Vec<(NodeIx, NodeIx)> =
            pairs.iter().filter(|(own, ..)| *own == Direction::Vertical).map(|(_, a, b)| (*a, *b)).collect();
        let form = match (horizontal, diagonal) {
            _ if unclassified > 0 => Form::Undetermined,
            (1.., 1..) => Form::MultilateralCross,
            (1.., 0) => Form::Horizontal,
            (0, 1..) => Form::Diagonal,
            (0, 0) if !vertical.is_empty() => Form::VerticalOnly,
            (0, 0) => Form::Undetermined,
        };
        let unexpanded = ties.unexpanded().contains(&arrangement);
        Self { form, horizontal, diagonal, unclassified, vertical, unexpanded, day: as_of.first_day() }
    }

    /// One sentence on the vertical pairs, where there are any: they are not refused, but by the paper's
    /// definition they are not cooperation.
    #[must_use]
    pub fn warning(&self, snapshot: &Snapshot) -> Option<String> {
        let name =
            |ix: NodeIx| snapshot.node_at(ix).map(|node| caption_at(node, self.day)).unwrap_or_default();
        let pairs: Vec<String> =
            self.vertical.iter().map(|(a, b)| format!("{} and {}", name(*a), name(*b))).collect();
        (!pairs.is_empty()).then(|| {
            format!(
                "leader and led in one cooperation, which local cooperation is not by definition \
                 (“{LOCAL_COOPERATION}”): {} (S7)",
                pairs.join("; ")
            )
        })
    }
}
