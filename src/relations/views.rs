//! The domain as it is read: thin views of nodes, with getters in its own words.

use super::{Mechanism, Members, PowerOrigin, Role, Stage};
use crate::graph::{EdgeRef, NodeRef};
use crate::relations::vocabulary::{edge, label};
use crate::value::{Day, Extent, Truth, Validity, Value, Window};

/// Declares a view of the nodes of one label.
macro_rules! view {
    ($(#[$doc:meta])* $name:ident, $label:path) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name<'a>(NodeRef<'a>);

        impl<'a> $name<'a> {
            /// The view of a node; `None` if it has another label.
            #[must_use]
            pub fn of(node: NodeRef<'a>) -> Option<Self> {
                node.has_label($label).then_some(Self(node))
            }

            /// The node.
            #[must_use]
            pub fn node(self) -> NodeRef<'a> {
                self.0
            }

            /// Its text id; empty where it has none.
            #[must_use]
            pub fn id(self) -> String {
                text(self.0, "id").unwrap_or_default()
            }

            /// When it exists.
            #[must_use]
            pub fn validity(self) -> Validity {
                self.0.validity()
            }
        }
    };
}

fn text(node: NodeRef<'_>, key: &str) -> Option<String> {
    node.value(key).and_then(|value| value.as_text().map(str::to_owned))
}

fn text_at(node: NodeRef<'_>, key: &str, day: Day) -> Option<String> {
    node.value_at(key, day).and_then(|value| value.as_text().map(str::to_owned))
}

fn texts(node: NodeRef<'_>, key: &str) -> Vec<String> {
    node.value(key).map_or_else(Vec::new, |value| value.texts_of().map(str::to_owned).collect())
}

view! {
    /// A territorial government: the continuing authority of a territory (S10).
    ///
    /// ```
    /// use intergov::graph::{Catalogue, Snapshot};
    /// use intergov::relations::{Government, NewGovernment, Writer};
    /// use intergov::value::{Date, Validity};
    /// use std::sync::Arc;
    ///
    /// let empty = Snapshot::empty(Arc::new(Catalogue::default()));
    /// let mut draft = empty.draft();
    /// let mut writer = Writer::new(&mut draft);
    /// let city = writer.found_government(&NewGovernment::new("cn", "cn:370100", "济南市"), Validity::ALWAYS)?;
    /// let province = writer.found_government(&NewGovernment::new("cn", "cn:370000", "山东省"), Validity::ALWAYS)?;
    /// writer.subordinate(city, province, "1949-10".parse()?)?;
    /// let state = empty.apply(&draft.finish())?;
    /// let city = state.node(city).and_then(Government::of).ok_or("no city")?;
    /// let day = "2019".parse::<Date>()?.last_day();
    /// let superior = city.superior_at(day).ok_or("no superior")?;
    /// assert_eq!(superior.name_at(day).as_deref(), Some("山东省"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    Government, label::GOVERNMENT
}
view! {
    /// An organisation that governments share, or a department of one.
    Body, label::BODY
}
view! {
    /// One cooperation between governments: a dated, n-ary thing with parties in roles.
    Arrangement, label::ARRANGEMENT
}
view! {
    /// A named set of governments over time.
    Region, label::REGION
}
view! {
    /// A jurisdiction over a function, or over one stage of it, in a territory (S14).
    Power, label::POWER
}

impl<'a> Government<'a> {
    /// Its tier scheme, e.g. `cn`.
    #[must_use]
    pub fn scheme(self) -> Option<String> {
        text(self.0, "scheme")
    }

    /// Its code on a day.
    #[must_use]
    pub fn code_at(self, day: Day) -> Option<String> {
        text_at(self.0, "code", day)
    }

    /// Its name on a day.
    #[must_use]
    pub fn name_at(self, day: Day) -> Option<String> {
        text_at(self.0, "name", day)
    }

    /// Its territorial tier on a day.
    #[must_use]
    pub fn level_at(self, day: Day) -> Option<String> {
        text_at(self.0, "level", day)
    }

    /// Its administrative grade on a day; `None` = unknown (S21).
    #[must_use]
    pub fn rank_at(self, day: Day) -> Option<String> {
        text_at(self.0, "rank", day)
    }

    /// Longitude and latitude in degrees.
    #[must_use]
    pub fn place(self) -> Option<(f64, f64)> {
        let degree = |key: &str| self.0.value(key).as_ref().and_then(Value::as_number);
        degree("lon").zip(degree("lat"))
    }

    /// Its direct superior on a day: that of a subordination that certainly holds, else of one that
    /// possibly does.
    #[must_use]
    pub fn superior_at(self, day: Day) -> Option<Self> {
        held_at(self.0.out_edges_of(edge::SUBORDINATE_TO), day).and_then(|edge| Self::of(edge.target()))
    }

    /// Those directly under it on a day, certainly or possibly, by index.
    #[must_use]
    pub fn subordinates_at(self, day: Day) -> Vec<(Self, Truth)> {
        let edges = self.0.in_edges_of(edge::SUBORDINATE_TO);
        let held = edges.map(|edge| (edge.source(), edge.validity().holds_in(Window::on(day))));
        held.filter(|(_, truth)| *truth != Truth::False)
            .filter_map(|(node, truth)| Some((Self::of(node)?, truth)))
            .collect()
    }

    /// The arrangements in which it takes part, with role and dates of each part.
    #[must_use]
    pub fn parts(self) -> Vec<(Arrangement<'a>, Party<'a>)> {
        let edges = self.0.out_edges_of(edge::PARTY_TO);
        edges.filter_map(|edge| Some((Arrangement::of(edge.target())?, Party::of(edge)?))).collect()
    }
}

impl Body<'_> {
    /// Its name.
    #[must_use]
    pub fn name(self) -> Option<String> {
        text(self.0, "name")
    }

    /// Its kind of the codebook.
    #[must_use]
    pub fn kind(self) -> Option<String> {
        text(self.0, "kind")
    }

    /// Its members.
    #[must_use]
    pub fn members(self) -> Members {
        Members::of(self.0)
    }
}

impl Region<'_> {
    /// Its name.
    #[must_use]
    pub fn name(self) -> Option<String> {
        text(self.0, "name")
    }

    /// Its members: those of the body that defines it, else its own (S9).
    #[must_use]
    pub fn members(self) -> Members {
        Members::of(self.0)
    }
}

/// A government in a role of an arrangement.
#[derive(Clone, Copy, Debug)]
pub struct Party<'a> {
    government: Government<'a>,
    edge: EdgeRef<'a>,
    role: Role,
}

impl<'a> Party<'a> {
    /// The party that a `PARTY_TO` edge states; `None` for other edges and unknown roles.
    #[must_use]
    pub fn of(edge: EdgeRef<'a>) -> Option<Self> {
        let role = edge.value("role")?.as_text()?.parse().ok()?;
        Some(Self { government: Government::of(edge.source())?, edge, role })
    }

    /// Who takes part.
    #[must_use]
    pub fn government(&self) -> Government<'a> {
        self.government
    }

    /// In which role (S5).
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }

    /// The edge.
    #[must_use]
    pub fn edge(&self) -> EdgeRef<'a> {
        self.edge
    }

    /// When it takes part, within the dates of the arrangement; `None` if the two exclude each other.
    #[must_use]
    pub fn extent(&self) -> Option<Extent> {
        self.edge.extent().intersect(self.edge.target().extent())
    }
}

impl<'a> Arrangement<'a> {
    /// Its name.
    #[must_use]
    pub fn name(self) -> Option<String> {
        text(self.0, "name")
    }

    /// By which mechanism it works; `None` if the codebook does not have it.
    #[must_use]
    pub fn mechanism(self) -> Option<Mechanism> {
        text(self.0, "mechanism")?.parse().ok()
    }

    /// Its domains of the codebook: one is specialised (专业性), several are comprehensive (综合性).
    #[must_use]
    pub fn domains(self) -> Vec<String> {
        texts(self.0, "domains")
    }

    /// Its parties in all roles, by role, then by government.
    #[must_use]
    pub fn parties(self) -> Vec<Party<'a>> {
        let mut parties: Vec<Party<'a>> = self.0.in_edges_of(edge::PARTY_TO).filter_map(Party::of).collect();
        parties.sort_by_key(|party| (party.role, party.edge.source_ix(), party.edge.ix()));
        parties
    }

    /// The framework of which it is a part.
    #[must_use]
    pub fn framework(self) -> Option<Self> {
        self.0.out_edges_of(edge::PART_OF).find_map(|edge| Self::of(edge.target()))
    }

    /// Its sub-arrangements.
    #[must_use]
    pub fn sub_arrangements(self) -> Vec<Self> {
        self.0.in_edges_of(edge::PART_OF).filter_map(|edge| Self::of(edge.source())).collect()
    }

    /// The body that it is.
    #[must_use]
    pub fn body(self) -> Option<Body<'a>> {
        self.0.out_edges_of(edge::OF).find_map(|edge| Body::of(edge.target()))
    }
}

impl<'a> Power<'a> {
    /// The function.
    #[must_use]
    pub fn function(self) -> Option<String> {
        text(self.0, "function")
    }

    /// The stage of it.
    #[must_use]
    pub fn stage(self) -> Option<Stage> {
        text(self.0, "stage")?.parse().ok()
    }

    /// Where it comes from.
    #[must_use]
    pub fn origin(self) -> Option<PowerOrigin> {
        text(self.0, "origin")?.parse().ok()
    }

    /// The territories that it covers.
    #[must_use]
    pub fn territories(self) -> Vec<Government<'a>> {
        self.0.out_edges_of(edge::OVER).filter_map(|edge| Government::of(edge.target())).collect()
    }

    /// The government or body that holds it on a day.
    #[must_use]
    pub fn holder_at(self, day: Day) -> Option<NodeRef<'a>> {
        held_at(self.0.out_edges_of(edge::HELD_BY), day).map(EdgeRef::target)
    }
}

/// The first edge that certainly holds on a day, else the first that possibly does.
fn held_at<'a>(edges: impl Iterator<Item = EdgeRef<'a>>, day: Day) -> Option<EdgeRef<'a>> {
    let edges: Vec<EdgeRef<'a>> = edges.collect();
    let held = |wanted: Truth| {
        edges.iter().copied().find(|edge| edge.validity().holds_in(Window::on(day)) == wanted)
    };
    held(Truth::True).or_else(|| held(Truth::Unknown))
}
