//! How long is something presumed to hold whose end is not known (S28)? As the schema says of its kind.

use serde::Deserialize;

use super::{EdgeRef, LabelId, NodeRef, Schema, TypeId};
use crate::value::{Day, Extent, Validity};

/// How long a kind of thing is presumed to last. A kind of which the schema does not say it lasts the given number of years, as the
/// reading says, after its last evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lasts {
    /// Until an end is known.
    Always,
    /// As long as the source of the edge.
    Source,
    /// As long as the target of the edge.
    Target,
    /// As its dates say, and no day longer.
    Stated,
}

/// An end of an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// Where it leaves.
    Source,
    /// Where it arrives.
    Target,
}

/// What the schema says of the kinds of a catalogue, by their numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Kinds {
    labels: Vec<LabelKind>,
    edges: Vec<EdgeKind>,
}

#[derive(Clone, Debug, Default)]
struct LabelKind {
    lasts: Option<Lasts>,
    interrupted_by: Option<String>,
}

#[derive(Clone, Copy, Debug, Default)]
struct EdgeKind {
    lasts: Option<Lasts>,
    shows_source: bool,
    shows_target: bool,
}

impl Kinds {
    pub(super) fn add_label(&mut self, schema: &Schema, name: &str) {
        let kind = schema
            .label(name)
            .map(|spec| LabelKind { lasts: spec.lasts, interrupted_by: spec.interrupted_by.clone() });
        self.labels.push(kind.unwrap_or_default());
    }

    /// The state whose spells interrupt the existence of a node with a label.
    pub(super) fn interrupted_by(&self, label: LabelId) -> Option<&str> {
        self.labels.get(usize::from(label.get()))?.interrupted_by.as_deref()
    }

    pub(super) fn add_edge_type(&mut self, schema: &Schema, name: &str) {
        let kind = schema.edge(name).map(|spec| EdgeKind {
            lasts: spec.lasts,
            shows_source: spec.shows.contains(&End::Source),
            shows_target: spec.shows.contains(&End::Target),
        });
        self.edges.push(kind.unwrap_or_default());
    }

    /// The types of edges that are evidence of an end.
    pub(super) fn showing(&self, end: End) -> Vec<TypeId> {
        let shows = |kind: &EdgeKind| match end {
            End::Source => kind.shows_source,
            End::Target => kind.shows_target,
        };
        (0..)
            .zip(&self.edges)
            .filter(|(_, kind)| shows(kind))
            .map(|(number, _)| TypeId::new(number))
            .collect()
    }

    fn edge(&self, edge: EdgeRef<'_>) -> EdgeKind {
        self.edges.get(usize::from(edge.type_id().get())).copied().unwrap_or_default()
    }
}

impl NodeRef<'_> {
    /// How long it is presumed to last, where the schema says so.
    #[must_use]
    pub fn lasts(self) -> Option<Lasts> {
        let kinds = &self.snapshot.catalogue().kinds().labels;
        self.labels().iter().find_map(|label| kinds.get(usize::from(label.get()))?.lasts)
    }

    /// When it certainly, presumably and possibly exists (S1, S28).
    ///
    /// Edges that name it later than its own row are evidence of it, where the schema says so.
    #[must_use]
    pub fn extent(self) -> Extent {
        self.extent_given(&self.validity())
    }

    /// The same of a node whose dates are known already.
    #[must_use]
    pub fn extent_given(self, validity: &Validity) -> Extent {
        let own = validity.extent();
        match self.lasts() {
            _ if own.alive_until().is_none() => own,
            Some(Lasts::Always) => own.lasting(),
            Some(_) => own.stated(),
            None => self.signs(own, true),
        }
    }

    /// With the evidence that edges give; `through` those of its other ends as well.
    fn signs(self, own: Extent, through: bool) -> Extent {
        let kinds = self.snapshot.catalogue().kinds();
        let mut extent = own;
        let mut take = |edge: EdgeRef<'_>, other: NodeRef<'_>| {
            // A row without dates says nothing, unless what it leads to is of a day, such as a meeting.
            let own = edge.validity();
            let is_of_a_day = own == Validity::UNKNOWN && other.lasts() == Some(Lasts::Stated);
            let dated = if is_of_a_day { other.validity() } else { own };
            if let Some(certain) = dated.extent().certain() {
                extent = extent.alive_before(certain.to);
            }
            // A body shows that its arrangements are alive, and its meetings that it is.
            if through && kinds.edge(edge).shows_both() {
                let further = other.signs(other.validity().extent(), false);
                if let Some(day) = further.alive_until().filter(|day| *day > Day::MIN) {
                    extent = extent.alive_before(day);
                }
            }
        };
        for edge in self.out_edges().filter(|edge| kinds.edge(*edge).shows_source) {
            take(edge, edge.target());
        }
        for edge in self.in_edges().filter(|edge| kinds.edge(*edge).shows_target) {
            take(edge, edge.source());
        }
        extent
    }
}

impl EdgeKind {
    fn shows_both(self) -> bool {
        self.shows_source && self.shows_target
    }
}

impl EdgeRef<'_> {
    /// When it certainly, presumably and possibly holds, by its own dates (S1, S28).
    #[must_use]
    pub fn extent(self) -> Extent {
        self.extent_given(&self.validity())
    }

    /// The same of an edge whose dates are known already.
    #[must_use]
    pub fn extent_given(self, validity: &Validity) -> Extent {
        let own = validity.extent();
        match self.lasts() {
            _ if own.alive_until().is_none() => own,
            None => own,
            Some(Lasts::Always) => own.lasting(),
            Some(Lasts::Stated) => own.stated(),
            Some(Lasts::Source) => own.lasting_as(self.source().extent()),
            Some(Lasts::Target) => own.lasting_as(self.target().extent()),
        }
    }

    /// How long it is presumed to last, where the schema says so.
    #[must_use]
    pub fn lasts(self) -> Option<Lasts> {
        self.snapshot.catalogue().kinds().edge(self).lasts
    }
}
