//! The table of derived ties of one snapshot.

use std::sync::{Arc, OnceLock};

use super::attendance::Attendance;
use super::attributes::TieAttributes;
use super::columns::TieColumns;
use super::index::TieIndex;
use super::options::TieOptions;
use super::tie::{Tie, TieRef};
use crate::graph::{NodeIx, Snapshot};
use crate::relations::{Direction, caption};
use crate::value::AsOf;

/// How many arrangements over a limit are named.
const NAMED: usize = 5;

/// What follows from a snapshot.
pub(super) struct Derived {
    /// All ties, in the order of the table.
    pub(super) ties: Vec<Tie>,
    /// Arrangements that are not expanded.
    pub(super) unexpanded: Vec<NodeIx>,
    /// Rows of dyads that repeat or overlap another row.
    pub(super) repeated: usize,
}

/// All derived ties of a snapshot as typed columns, sorted by source, target, start and basis.
///
/// It keeps the snapshot: a later state may give the same indices to other nodes.
#[derive(Clone, Debug)]
pub struct TieTable {
    snapshot: Arc<Snapshot>,
    columns: TieColumns,
    unexpanded: Vec<NodeIx>,
    repeated: usize,
    options: TieOptions,
    /// Built when first asked for; index and attendance on one core (see `workers`).
    index: OnceLock<TieIndex>,
    attributes: OnceLock<TieAttributes>,
    attendance: OnceLock<Attendance>,
}

impl PartialEq for TieTable {
    fn eq(&self, other: &Self) -> bool {
        self.columns == other.columns && self.unexpanded == other.unexpanded
    }
}

impl TieTable {
    pub(super) fn new(snapshot: Arc<Snapshot>, derived: Derived, options: &TieOptions) -> Self {
        Self {
            snapshot,
            columns: TieColumns::of(&derived.ties),
            unexpanded: derived.unexpanded,
            repeated: derived.repeated,
            options: options.clone(),
            index: OnceLock::new(),
            attributes: OnceLock::new(),
            attendance: OnceLock::new(),
        }
    }

    /// The state that the ties follow from, and that all indices of the table belong to.
    #[must_use]
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }

    /// How they were derived.
    #[must_use]
    pub fn options(&self) -> &TieOptions {
        &self.options
    }

    /// Ends, directions, dates and bases, a column each.
    #[must_use]
    pub fn columns(&self) -> &TieColumns {
        &self.columns
    }

    /// What the rows behind the ties say, a column each; read when first asked for.
    #[must_use]
    pub fn attributes(&self) -> &TieAttributes {
        if let Some(attributes) = self.attributes.get() {
            return attributes;
        }
        // Outside of the lock: rows are read on all cores.
        let read = TieAttributes::of(&self.snapshot, &self.columns);
        self.attributes.get_or_init(|| read)
    }

    /// When which government takes part in which arrangement; read when first asked for.
    #[must_use]
    pub fn attendance(&self) -> &Attendance {
        self.attendance.get_or_init(|| Attendance::of(&self.snapshot))
    }

    fn index(&self) -> &TieIndex {
        self.index.get_or_init(|| TieIndex::of(&self.columns))
    }

    /// The tie of a row; `None` if there is no such row.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<TieRef<'_>> {
        let number = u32::try_from(row).ok()?;
        Some(TieRef::new(&self.snapshot, self.columns.get(row)?, number))
    }

    /// The ties.
    pub fn ties(&self) -> impl ExactSizeIterator<Item = TieRef<'_>> {
        self.columns.iter().map(|(row, tie)| TieRef::new(&self.snapshot, tie, row))
    }

    fn at<'t>(&'t self, rows: &'t [u32]) -> impl Iterator<Item = TieRef<'t>> {
        rows.iter().filter_map(|row| self.get(*row as usize))
    }

    /// The ties of one government: those that leave it or are symmetric and name it first, then the others.
    pub fn of(&self, government: NodeIx) -> impl Iterator<Item = TieRef<'_>> {
        let index = self.index();
        self.at(index.outgoing.of_government(government))
            .chain(self.at(index.incoming.of_government(government)))
    }

    /// The rows of the ties of one direction whose source is a government.
    #[must_use]
    pub fn outgoing(&self, government: NodeIx, direction: Direction) -> &[u32] {
        self.index().outgoing.of(government, direction)
    }

    /// The rows of the ties of one direction whose target is a government.
    #[must_use]
    pub fn incoming(&self, government: NodeIx, direction: Direction) -> &[u32] {
        self.index().incoming.of(government, direction)
    }

    /// The ties of the cooperating pairs of one arrangement.
    pub fn of_arrangement(&self, arrangement: NodeIx) -> impl Iterator<Item = TieRef<'_>> {
        self.at(self.index().of_arrangement(arrangement))
    }

    /// The ties that count under a reading (S28).
    pub fn holding(&self, as_of: AsOf) -> impl Iterator<Item = TieRef<'_>> {
        self.ties().filter(move |tie| as_of.includes(tie.extent))
    }

    /// How many rows of dyads repeat or overlap another row that says the same, and count once with it (S32).
    #[must_use]
    pub fn repeated(&self) -> usize {
        self.repeated
    }

    /// Says how many rows of dyads repeat others; `None` if none does.
    #[must_use]
    pub fn repeated_rows(&self) -> Option<String> {
        (self.repeated > 0).then(|| {
            format!(
                "{} rows of dyads repeat or overlap a row that says the same and count once with it (S32)",
                self.repeated
            )
        })
    }

    /// Arrangements over a limit, which are not expanded into pairs.
    #[must_use]
    pub fn unexpanded(&self) -> &[NodeIx] {
        &self.unexpanded
    }

    /// Says which of these arrangements are not expanded into pairs, and by which limits; `None` if all are.
    #[must_use]
    pub fn unexpanded_among(&self, wanted: impl Fn(NodeIx) -> bool) -> Option<String> {
        let cut: Vec<NodeIx> = self.unexpanded.iter().copied().filter(|ix| wanted(*ix)).collect();
        let named = cut.iter().take(NAMED).filter_map(|ix| self.snapshot.node_at(*ix));
        let mut names: Vec<String> = named.map(caption).collect();
        if cut.len() > NAMED {
            names.push(format!("{} more", cut.len() - NAMED));
        }
        (!cut.is_empty()).then(|| {
            format!(
                "arrangements not expanded into pairs (S35), {} in number: {}; the limits are {} governments that \
                 cooperate in one arrangement at once, and {} pairs of all arrangements together",
                cut.len(),
                names.join(", "),
                self.options.max_parties,
                self.options.max_pairs
            )
        })
    }
}
