//! Small worlds of governments in memory, built row by row as a package would hold them.

use std::collections::BTreeMap;
use std::sync::Arc;

use intergov::graph::{Catalogue, NodeId, NodeIx, Property, Snapshot, Spell};
use intergov::relations::{self, TieOptions, TieRef, TieTable, TierSchemes};
use intergov::value::{Bound, Date, Validity, Value, Window};

/// `(valid_from, valid_to, attested)` as cells.
pub(crate) type Dates = (&'static str, &'static str, &'static str);

/// No limit on either side.
pub(crate) const ALWAYS: Dates = ("..", "..", "");
/// Nothing known.
pub(crate) const UNDATED: Dates = ("", "", "");

#[derive(Clone)]
enum Cell {
    Fixed(Value),
    Dated(Vec<(Validity, Value)>),
}

#[derive(Clone)]
struct NodeRow {
    label: &'static str,
    id: String,
    validity: Validity,
    cells: Vec<(&'static str, Cell)>,
}

#[derive(Clone)]
struct EdgeRow {
    edge_type: &'static str,
    id: String,
    from: String,
    to: String,
    validity: Validity,
    cells: Vec<(&'static str, Value)>,
}

/// Rows in the making.
#[derive(Clone, Default)]
pub(crate) struct World {
    nodes: Vec<NodeRow>,
    edges: Vec<EdgeRow>,
}

fn validity((from, to, attested): Dates) -> Validity {
    Validity::parse(from, to, attested).unwrap()
}

impl World {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn node(
        &mut self,
        label: &'static str,
        id: &str,
        validity: Validity,
        cells: &[(&'static str, &str)],
    ) -> &mut Self {
        let cells = cells.iter().map(|(key, text)| (*key, Cell::Fixed(Value::text(text)))).collect();
        self.nodes.push(NodeRow { label, id: id.to_owned(), validity, cells });
        self
    }

    /// A government of one level and rank for its whole life; an empty rank is unknown.
    pub(crate) fn government(&mut self, id: &str, level: &str, rank: &str) -> &mut Self {
        self.government_in("cn", id, level, rank)
    }

    pub(crate) fn government_in(&mut self, scheme: &str, id: &str, level: &str, rank: &str) -> &mut Self {
        let all = [("scheme", scheme), ("code", id), ("name", id), ("level", level), ("rank", rank)];
        let given: Vec<_> = all.into_iter().filter(|(_, text)| !text.is_empty()).collect();
        self.node("Government", id, Validity::ALWAYS, &given)
    }

    fn last(&mut self, id: &str) -> &mut NodeRow {
        self.nodes.iter_mut().find(|node| node.id == id).unwrap()
    }

    /// Dates the life of a node.
    pub(crate) fn lives(&mut self, id: &str, dates: Dates) -> &mut Self {
        self.last(id).validity = validity(dates);
        self
    }

    pub(crate) fn set(&mut self, id: &str, key: &'static str, value: Value) -> &mut Self {
        self.last(id).cells.push((key, Cell::Fixed(value)));
        self
    }

    /// A state in spells `(from, to, value)` (S3).
    pub(crate) fn states(&mut self, id: &str, key: &'static str, spells: &[(&str, &str, &str)]) -> &mut Self {
        let spells = spells
            .iter()
            .map(|(from, to, text)| (Validity::parse(from, to, "").unwrap(), Value::text(text)))
            .collect();
        let row = self.last(id);
        row.cells.retain(|(own, _)| *own != key);
        row.cells.push((key, Cell::Dated(spells)));
        self
    }

    pub(crate) fn edge(
        &mut self,
        edge_type: &'static str,
        from: &str,
        to: &str,
        dates: Dates,
        cells: &[(&'static str, Value)],
    ) -> &mut Self {
        let id = format!("{edge_type}-{from}-{to}-{}", self.edges.len());
        self.edges.push(EdgeRow {
            edge_type,
            id,
            from: from.to_owned(),
            to: to.to_owned(),
            validity: validity(dates),
            cells: cells.to_vec(),
        });
        self
    }

    pub(crate) fn under(&mut self, government: &str, superior: &str, dates: Dates) -> &mut Self {
        self.edge("SUBORDINATE_TO", government, superior, dates, &[])
    }

    pub(crate) fn arrangement(&mut self, id: &str, dates: Dates) -> &mut Self {
        self.node("Arrangement", id, validity(dates), &[("name", id), ("mechanism", "contract")])
    }

    pub(crate) fn party(&mut self, government: &str, arrangement: &str, role: &str) -> &mut Self {
        self.party_in(government, arrangement, role, UNDATED)
    }

    pub(crate) fn party_in(
        &mut self,
        government: &str,
        arrangement: &str,
        role: &str,
        dates: Dates,
    ) -> &mut Self {
        self.edge("PARTY_TO", government, arrangement, dates, &[("role", Value::text(role))])
    }

    /// An arrangement of members without end.
    pub(crate) fn council(&mut self, id: &str, from: &'static str, members: &[&str]) -> &mut Self {
        self.arrangement(id, (from, "..", ""));
        for member in members {
            self.party(member, id, "member");
        }
        self
    }

    pub(crate) fn build(&self) -> Graph {
        self.build_in(&(0..self.nodes.len()).collect::<Vec<_>>())
    }

    /// Builds it with the nodes made in another order, so that their ids and indices differ.
    pub(crate) fn build_in(&self, order: &[usize]) -> Graph {
        let schema = relations::schema().unwrap();
        let empty = Snapshot::empty(Arc::new(Catalogue::with_schema(Arc::new(schema))));
        let mut draft = empty.draft();
        let mut ids: BTreeMap<String, NodeId> = BTreeMap::new();
        for row in order.iter().map(|at| &self.nodes[*at]) {
            let node = draft.create_node(&[row.label], row.validity.clone()).unwrap();
            ids.insert(row.id.clone(), node);
            draft.set_node(node, "id", Value::text(&row.id)).unwrap();
            for (key, cell) in &row.cells {
                let property = match cell {
                    Cell::Fixed(value) => Property::Fixed(value.clone()),
                    Cell::Dated(spells) => {
                        let spell = |(validity, value): &(Validity, Value)| Spell {
                            validity: validity.clone(),
                            value: value.clone(),
                            qualifiers: Vec::new(),
                        };
                        Property::Dated(spells.iter().map(spell).collect())
                    }
                };
                let key = draft.key(key).unwrap();
                draft.edit_node(node).unwrap().properties.insert(key, property);
            }
        }
        for row in &self.edges {
            let edge =
                draft.create_edge(row.edge_type, ids[&row.from], ids[&row.to], row.validity.clone()).unwrap();
            draft.set_edge(edge, "id", Value::text(&row.id)).unwrap();
            for (key, value) in &row.cells {
                draft.set_edge(edge, key, value.clone()).unwrap();
            }
        }
        let changes = draft.finish();
        Graph { snapshot: Arc::new(empty.apply(&changes).unwrap()) }
    }

    pub(crate) fn node_count(&self) -> usize {
        self.nodes.len()
    }
}

/// A world in memory.
pub(crate) struct Graph {
    pub(crate) snapshot: Arc<Snapshot>,
}

impl Graph {
    pub(crate) fn ix(&self, id: &str) -> NodeIx {
        ["Government", "Body", "Arrangement", "Region", "Power"]
            .iter()
            .find_map(|label| self.snapshot.find(label, id))
            .unwrap_or_else(|| panic!("no node {id}"))
            .ix()
    }

    pub(crate) fn id(&self, ix: NodeIx) -> String {
        self.snapshot.node_at(ix).unwrap().text_id().unwrap().to_string()
    }

    pub(crate) fn ids(&self, all: &[NodeIx]) -> Vec<String> {
        all.iter().map(|ix| self.id(*ix)).collect()
    }

    pub(crate) fn ties(&self) -> TieTable {
        self.ties_with(&TieOptions::default())
    }

    pub(crate) fn ties_with(&self, options: &TieOptions) -> TieTable {
        TieTable::derive(&self.snapshot, &TierSchemes::of(&self.snapshot), options)
    }

    /// `a - b horizontal [1997, ..) arrangement` for a symmetric tie, the lesser id first; `a > b …` else.
    pub(crate) fn line(&self, tie: TieRef<'_>) -> String {
        let (mut a, mut b) = (self.id(tie.source), self.id(tie.target));
        if tie.symmetric && b < a {
            (a, b) = (b, a);
        }
        let way = if tie.symmetric { "-" } else { ">" };
        let bound = |bound: Bound| match bound {
            Bound::Unknown => "?".to_owned(),
            bound => bound.to_string(),
        };
        let (from, to) = (bound(tie.from), bound(tie.to));
        format!("{a} {way} {b} {} [{from}, {to}) {}", tie.direction, tie.basis.kind())
    }

    /// All ties but plain subordination, sorted.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines_of(self.ties().ties())
    }

    pub(crate) fn lines_of<'t>(&self, ties: impl Iterator<Item = TieRef<'t>>) -> Vec<String> {
        let mut lines: Vec<String> =
            ties.map(|tie| self.line(tie)).filter(|line| !line.ends_with("subordination")).collect();
        lines.sort();
        lines
    }
}

pub(crate) fn date(text: &str) -> Date {
    text.parse().unwrap()
}

pub(crate) fn as_of(text: &str) -> Window {
    Window::as_of(date(text))
}

/// China as far as the cases need it: the national government, provinces, cities of the delta, counties.
pub(crate) fn china() -> World {
    let mut world = World::new();
    world.government("cn", "national", "national");
    for province in ["Shanghai", "Jiangsu", "Zhejiang", "Guangdong", "Sichuan", "Shandong", "Anhui"] {
        world.government(province, "provincial", "provincial").under(province, "cn", ALWAYS);
    }
    for (city, province, rank) in [
        ("Nanjing", "Jiangsu", "sub-provincial"),
        ("Suzhou", "Jiangsu", "prefectural"),
        ("Wuxi", "Jiangsu", "prefectural"),
        ("Hangzhou", "Zhejiang", "sub-provincial"),
        ("Huzhou", "Zhejiang", "prefectural"),
        ("Jiaxing", "Zhejiang", "prefectural"),
        ("Guangzhou", "Guangdong", "sub-provincial"),
        ("Aba", "Sichuan", "prefectural"),
        ("Jinan", "Shandong", "sub-provincial"),
    ] {
        world.government(city, "prefectural", rank).under(city, province, ALWAYS);
    }
    for (county, city) in [("Wenchuan", "Aba"), ("Kunshan", "Suzhou"), ("Deqing", "Huzhou")] {
        world.government(county, "county", "county").under(county, city, ALWAYS);
    }
    world
}
