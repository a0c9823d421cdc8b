//! A selection applied to one state of the graph.

use crate::relations::vocabulary::{edge, label};
use crate::watch::Watch;
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::captions::Captions;
use super::eligibility::Eligible;
use super::lift::Lift;
use super::{Moment, Panel, Selection, Slice, StudyError, Subjects};
use crate::graph::{EdgeRef, NodeId, NodeIx, NodeRef, Snapshot};
use crate::relations::{Hierarchy, Members, TieOptions, TieTable, TierSchemes};
use crate::value::{AsOf, Day, Inclusion, Reading, Value};

/// Ties and nodes of all slices that a study keeps at most; what is beyond is cut again when it is asked for.
const KEPT: usize = 1 << 26;

/// A selection applied to one state of the graph: it cuts a network for each date that is asked for, once.
#[derive(Debug)]
pub struct Study {
    ties: Arc<TieTable>,
    selection: Selection,
    subjects: Subjects,
    /// Where the nodes that selection and subjects name stand in the state.
    region: Option<NodeIx>,
    of: Option<NodeIx>,
    territory: Option<NodeIx>,
    body: Option<NodeIx>,
    only: BTreeSet<NodeIx>,
    without: BTreeSet<NodeIx>,
    panel: OnceLock<Vec<NodeIx>>,
    defining: BTreeSet<NodeIx>,
    ground: Arc<Ground>,
    /// As whom governments count on the days that were asked for.
    pub(super) lifts: Mutex<HashMap<Day, Arc<Lift>>>,
    members: OnceLock<Members>,
    eligible: OnceLock<Eligible>,
    slices: Mutex<Slices>,
}

/// What is read of a state whatever is selected, when first asked for.
#[derive(Debug, Default)]
struct Ground {
    captions: OnceLock<Captions>,
    schemes: OnceLock<TierSchemes>,
    hierarchy: OnceLock<Hierarchy>,
}

/// The slices that were cut.
#[derive(Debug, Default)]
struct Slices {
    cut: HashMap<Moment, Arc<Slice>>,
    size: usize,
}

impl Study {
    /// A study of the state that the ties were derived from, with the options of the selection.
    ///
    /// # Errors
    /// [`StudyError::NoSuchNode`] where the state does not have a node that is named.
    pub fn new(ties: Arc<TieTable>, selection: Selection, subjects: Subjects) -> Result<Self, StudyError> {
        let snapshot = Arc::clone(ties.snapshot());
        let place = |id: NodeId| snapshot.node(id).map(NodeRef::ix).ok_or(StudyError::NoSuchNode(id));
        let region = selection.nodes.region.map(place).transpose()?;
        let of = selection.nodes.of.map(place).transpose()?;
        let only = subjects.only.iter().copied().map(place).collect::<Result<_, _>>()?;
        let without = selection.without.iter().copied().map(place).collect::<Result<_, _>>()?;
        if let Some(Panel::Of(list)) = &selection.nodes.panel {
            list.iter().copied().try_for_each(|id| place(id).map(drop))?;
        }
        let territory = subjects.territory.map(place).transpose()?;
        let body = subjects.body.map(place).transpose()?;
        let defining = region.and_then(|ix| snapshot.node_at(ix)).map(defining_arrangements);
        Ok(Self {
            ties,
            selection,
            subjects,
            region,
            of,
            territory,
            body,
            only,
            without,
            panel: OnceLock::new(),
            defining: defining.unwrap_or_default(),
            ground: Arc::default(),
            lifts: Mutex::default(),
            members: OnceLock::new(),
            eligible: OnceLock::new(),
            slices: Mutex::default(),
        })
    }

    /// The state that is studied; all indices that the study gives belong to it.
    #[must_use]
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        self.ties.snapshot()
    }

    /// The region or body whose members are studied.
    #[must_use]
    pub fn region(&self) -> Option<NodeIx> {
        self.region
    }

    /// Whether a tie is of the government that alone is asked for.
    pub(super) fn concerns(&self, source: NodeIx, target: NodeIx) -> bool {
        self.of.is_none_or(|of| source == of || target == of)
    }

    /// The territory whose powers are asked for.
    #[must_use]
    pub fn territory(&self) -> Option<NodeIx> {
        self.territory
    }

    /// The body that is named among the subjects.
    pub(super) fn named_body(&self) -> Option<NodeIx> {
        self.body
    }

    /// What is selected.
    #[must_use]
    pub fn selection(&self) -> &Selection {
        &self.selection
    }

    /// A moment under the reading of the selection.
    #[must_use]
    pub fn as_of(&self, moment: Moment) -> AsOf {
        moment.as_of(self.selection.reading)
    }

    /// A study of the same ties and subjects with another selection; what was read of the state serves both. How ties
    /// are derived stays as it is.
    ///
    /// # Errors
    /// As [`Study::new`].
    pub fn with(&self, selection: Selection) -> Result<Self, StudyError> {
        let study = Self::new(Arc::clone(&self.ties), selection, self.subjects.clone())?;
        Ok(Self { ground: Arc::clone(&self.ground), ..study })
    }

    /// The same study under another reading.
    ///
    /// # Errors
    /// As [`Study::new`].
    pub fn read_as(&self, reading: Reading) -> Result<Self, StudyError> {
        self.with(Selection { reading, ..self.selection.clone() })
    }

    /// The same study without an arrangement (S33).
    ///
    /// # Errors
    /// As [`Study::new`].
    pub fn without(&self, arrangement: NodeIx) -> Result<Self, StudyError> {
        let mut selection = self.selection.clone();
        selection.without.extend(self.snapshot().node_at(arrangement).map(NodeRef::id));
        self.with(selection)
    }

    /// What the measure is told beside the selection.
    #[must_use]
    pub fn subjects(&self) -> &Subjects {
        &self.subjects
    }

    /// Whether the row of a government is asked for.
    #[must_use]
    pub fn shows(&self, government: NodeIx) -> bool {
        self.only.is_empty() || self.only.contains(&government)
    }

    /// The derived ties of all times.
    #[must_use]
    pub fn ties(&self) -> &Arc<TieTable> {
        &self.ties
    }

    /// The ties of a window: those of all times, unless an arrangement is over a limit at some time. A limit counts
    /// who takes part at the date (S35), so they are then derived for the window alone.
    pub(super) fn ties_in(&self, as_of: AsOf) -> Arc<TieTable> {
        if self.ties.unexpanded().is_empty() || as_of.window().is_none() {
            return Arc::clone(&self.ties);
        }
        let snapshot = self.snapshot();
        let options = TieOptions { within: as_of.window(), ..self.ties.options().clone() };
        Arc::new(TieTable::derive(snapshot, &TierSchemes::of(snapshot), &options))
    }

    /// What the selection says of each tie of a table.
    pub(super) fn eligible(&self, ties: &Arc<TieTable>) -> Cow<'_, Eligible> {
        let make = |table: &TieTable| Eligible::of(table, &self.selection, &self.defining, &self.without);
        if Arc::ptr_eq(ties, &self.ties) {
            Cow::Borrowed(self.eligible.get_or_init(|| make(&self.ties)))
        } else {
            Cow::Owned(make(ties))
        }
    }

    pub(super) fn schemes(&self) -> &TierSchemes {
        self.ground.schemes.get_or_init(|| TierSchemes::of(self.snapshot()))
    }

    pub(super) fn hierarchy(&self) -> &Hierarchy {
        self.ground.hierarchy.get_or_init(|| Hierarchy::of(self.snapshot()))
    }

    pub(super) fn captions(&self) -> &Captions {
        self.ground.captions.get_or_init(|| Captions::of(self.snapshot()))
    }

    /// The governments of the study in a window, by code, and how many are left out because they only possibly belong or
    /// exist: those that are selected, or those of the panel.
    #[must_use]
    pub fn governments(&self, as_of: AsOf) -> (Vec<NodeIx>, usize) {
        match self.panel(as_of) {
            Some(mut panel) => {
                self.captions().sort(&mut panel, as_of.last_day().unwrap_or(Day::LAST));
                (panel, 0)
            }
            None => self.selected(as_of),
        }
    }

    /// The selected governments of a window, by code.
    fn selected(&self, as_of: AsOf) -> (Vec<NodeIx>, usize) {
        let mut possible = 0;
        let mut counts = |inclusion: Inclusion| {
            possible += usize::from(inclusion == Inclusion::Uncertain);
            inclusion.is_included()
        };
        let day = as_of.last_day().unwrap_or(Day::LAST);
        let mut chosen: Vec<NodeIx> = match self.region.and_then(|ix| self.snapshot().node_at(ix)) {
            Some(region) if region.has_label(label::GOVERNMENT) => {
                let below = self.below(region.ix(), day).into_iter();
                let own = |ix: NodeIx| self.snapshot().node_at(ix).map(|node| node.in_force(as_of));
                below.filter(|ix| own(*ix).is_some_and(|own| counts(as_of.admits(own)))).collect()
            }
            Some(region) => {
                let members = self.members.get_or_init(|| Members::of(region)).at(as_of);
                members
                    .into_iter()
                    .filter(|(_, truth)| counts(as_of.admits(*truth)))
                    .map(|(ix, _)| ix)
                    .collect()
            }
            None => {
                let governments = self.captions().in_force(as_of);
                governments.filter(|(_, own)| counts(as_of.admits(*own))).map(|(ix, _)| ix).collect()
            }
        };
        let matches = |ix: NodeIx, key: &str, wanted: &Option<String>| {
            wanted.as_deref().is_none_or(|wanted| {
                let value = self.snapshot().node_at(ix).and_then(|node| node.value_at(key, day));
                value.as_ref().and_then(Value::as_text) == Some(wanted)
            })
        };
        let nodes = &self.selection.nodes;
        chosen.retain(|ix| matches(*ix, "level", &nodes.level) && matches(*ix, "rank", &nodes.rank));
        // A government that counts as another one is not a node beside it.
        if let Some(lift) = self.lift(day) {
            chosen.retain(|ix| !lift.moves(*ix));
        }
        self.captions().sort(&mut chosen, day);
        (chosen, possible)
    }

    /// The governments that are kept fixed over all dates, where there are such.
    fn panel(&self, as_of: AsOf) -> Option<Vec<NodeIx>> {
        let own = self.selection.nodes.panel.as_ref()?;
        let kept = self.panel.get_or_init(|| match own {
            Panel::Of(list) => {
                list.iter().filter_map(|id| self.snapshot().node(*id)).map(NodeRef::ix).collect()
            }
            Panel::At(moment) => self.selected(moment.as_of(as_of.reading())).0,
        });
        Some(kept.clone())
    }

    /// The network of the selection at a date; cut once however often it is asked for.
    ///
    /// # Errors
    /// [`StudyError`] where two governments share a code at the date, or amounts of different units would be added.
    pub fn slice(&self, moment: Moment) -> Result<Arc<Slice>, StudyError> {
        if let Some(slice) = self.slices().cut.get(&moment) {
            return Ok(Arc::clone(slice));
        }
        Watch::current().check()?;
        let slice = Arc::new(self.cut_slice(moment)?);
        let size = slice.counted.rows.len() + slice.governments.len();
        let mut slices = self.slices();
        if slices.size + size <= KEPT && slices.cut.insert(moment, Arc::clone(&slice)).is_none() {
            slices.size += size;
        }
        Ok(slice)
    }

    fn slices(&self) -> std::sync::MutexGuard<'_, Slices> {
        self.slices.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The arrangements that are the organisation by which a region is defined (S25), or that are the body itself.
fn defining_arrangements(region: NodeRef<'_>) -> BTreeSet<NodeIx> {
    let bodies: Vec<NodeRef<'_>> = if region.has_label(label::BODY) {
        vec![region]
    } else {
        region.out_edges_of(edge::DEFINED_BY).map(EdgeRef::target).collect()
    };
    let arrangements = bodies.into_iter().flat_map(|body| body.in_edges_of(edge::OF));
    arrangements
        .map(|edge| edge.source())
        .filter(|node| node.has_label(label::ARRANGEMENT))
        .map(NodeRef::ix)
        .collect()
}
