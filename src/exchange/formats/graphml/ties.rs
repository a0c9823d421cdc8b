//! Derived ties as edges of a GraphML.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::document::{AttributeType, AttributeValue};
use super::options::ParallelTies;
use crate::graph::{EdgeRef, NodeIx, NodeRef, Snapshot};
use crate::network::sum;
use crate::relations::vocabulary::edge;
use crate::relations::{Basis, TieRef};
use crate::study::Counted;
use crate::value::{Bound, Value};

/// Attributes of derived ties after the shared ones, in order.
pub(super) const TIE_COLUMNS: [(&str, AttributeType); 9] = [
    ("ties", AttributeType::Long),
    ("arrangement_count", AttributeType::Long),
    ("arrangements", AttributeType::Text),
    ("arrangement_names", AttributeType::Text),
    ("mechanisms", AttributeType::Text),
    ("domains", AttributeType::Text),
    ("bases", AttributeType::Text),
    ("roles", AttributeType::Text),
    ("tie_ids", AttributeType::Text),
];

/// One edge to write.
pub(super) struct TieLine {
    pub(super) id: String,
    pub(super) source: NodeIx,
    pub(super) target: NodeIx,
    pub(super) cells: Vec<Option<AttributeValue>>,
}

/// The ties to write, grouped into edges; each tie with what it gives to the weight of its pair.
pub(super) struct TieLines<'s> {
    snapshot: &'s Snapshot,
    parallel: ParallelTies,
    pub(super) groups: Vec<Vec<CountedTie<'s>>>,
    taken: HashMap<String, usize>,
}

/// A tie, between whom it counts, and what it gives to the weight of that pair.
#[derive(Clone, Copy)]
pub(super) struct CountedTie<'s> {
    tie: TieRef<'s>,
    ends: (NodeIx, NodeIx),
    weight: f64,
}

/// What a group of ties says together.
#[derive(Default)]
struct MergedTie {
    arrangements: BTreeMap<String, String>,
    mechanisms: BTreeSet<String>,
    domains: BTreeSet<String>,
    bases: BTreeSet<&'static str>,
    roles: BTreeSet<String>,
    sources: BTreeSet<String>,
    confidence: Option<(usize, String)>,
    distinct: HashSet<Basis>,
}

impl<'s> TieLines<'s> {
    pub(super) fn new(counted: &'s Counted, parallel: ParallelTies) -> Self {
        let mut groups: BTreeMap<_, Vec<CountedTie<'s>>> = BTreeMap::new();
        for (at, (tie, weight)) in counted.weighted().enumerate() {
            let Some(ends) = counted.ends(at) else { continue };
            let apart = if parallel == ParallelTies::Keep { tie.row() } else { 0 };
            // Whichever government stands first as another one: of a tie without orientation the lower index.
            let ends = if tie.symmetric { (ends.0.min(ends.1), ends.0.max(ends.1)) } else { ends };
            let key = (ends, tie.direction, tie.symmetric, apart);
            groups.entry(key).or_default().push(CountedTie { tie, ends, weight });
        }
        let snapshot: &Snapshot = counted.ties.snapshot();
        Self { snapshot, parallel, groups: groups.into_values().collect(), taken: HashMap::new() }
    }

    /// Governments with a tie to another.
    pub(super) fn tied(&self) -> BTreeSet<NodeIx> {
        self.groups.iter().flatten().flat_map(|line| [line.ends.0, line.ends.1]).collect()
    }

    /// The edge of a group.
    pub(super) fn line(
        &mut self,
        group: &[CountedTie<'s>],
        ids: &HashMap<NodeIx, String>,
    ) -> Option<TieLine> {
        let CountedTie { tie: first, ends: (source, target), .. } = *group.first()?;
        let mut merged = MergedTie::default();
        for line in group {
            self.merge(line.tie, &mut merged);
        }
        let end = |ix: NodeIx| ids.get(&ix).map_or("", String::as_str);
        let kind = first.direction.edge_type();
        let base = match self.parallel {
            ParallelTies::Merge => {
                let way = if first.symmetric { "" } else { ".oriented" };
                format!("t.{}.{}.{kind}{way}", end(source), end(target))
            }
            ParallelTies::Keep => format!("t.{}", super::nodes::encode(&first.id())),
        };
        let count = self.taken.entry(base.clone()).or_insert(0);
        *count += 1;
        let id = if *count == 1 { base } else { format!("{base}.{count}") };
        let tie_ids: BTreeSet<String> = group.iter().map(|line| line.tie.id()).collect();
        let number = |count: usize| i64::try_from(count).ok().map(AttributeValue::Long);
        let [from, to] = hull(group);
        let text = |text: &str| Some(AttributeValue::Text(text.to_owned()));
        let cells = vec![
            text(&id),
            text(kind),
            text(kind),
            tie_ids.first().filter(|_| group.len() == 1).and_then(|id| text(id)),
            Some(AttributeValue::Boolean(first.symmetric)),
            Some(AttributeValue::Boolean(true)),
            Some(AttributeValue::Double(sum(group.iter().map(|line| line.weight)))),
            from,
            to,
            None,
            list(&merged.sources),
            merged.confidence.map(|(_, name)| AttributeValue::Text(name)),
            None,
            number(merged.distinct.len()),
            number(merged.arrangements.len()),
            list(merged.arrangements.keys()),
            list(merged.arrangements.values()),
            list(&merged.mechanisms),
            list(&merged.domains),
            list(merged.bases.iter()),
            list(&merged.roles),
            list(&tie_ids),
        ];
        Some(TieLine { id, source, target, cells })
    }

    fn merge(&self, tie: TieRef<'s>, merged: &mut MergedTie) {
        let snapshot = self.snapshot;
        let arrangement = tie.arrangement().and_then(|ix| snapshot.node_at(ix));
        if let Some(node) = arrangement {
            let id = node.text_id().map_or_else(String::new, |id| id.to_string());
            let name = node.value("name").map(|name| name.to_string()).unwrap_or_default();
            merged.arrangements.insert(id, name);
        }
        let texts = |key: &str| tie.value(key);
        let take = |value: Option<Value>, into: &mut BTreeSet<String>| {
            into.extend(value.iter().flat_map(Value::texts_of).map(str::to_owned));
        };
        take(texts("mechanism"), &mut merged.mechanisms);
        take(texts("domains"), &mut merged.domains);
        merged.bases.insert(tie.basis.kind());
        merged.roles.insert(format!("{}–{}", tie.roles.0, tie.roles.1));
        self.take_provenance(tie, arrangement, merged);
        merged.distinct.insert(tie.basis);
    }

    /// Sources and the least confidence of the basis and of the rows by which both take part.
    fn take_provenance(&self, tie: TieRef<'s>, arrangement: Option<NodeRef<'s>>, merged: &mut MergedTie) {
        let snapshot = self.snapshot;
        let schema = snapshot.catalogue().schema();
        let mut take = |source: Option<Value>, confidence: Option<Value>| {
            merged.sources.extend(source.iter().flat_map(Value::texts_of).map(str::to_owned));
            let known = confidence.as_ref().and_then(Value::as_text);
            let Some((at, name)) = known.and_then(|name| Some((schema.confidence_step(name)?, name))) else {
                return;
            };
            if merged.confidence.as_ref().is_none_or(|(least, _)| *least < at) {
                merged.confidence = Some((at, name.to_owned()));
            }
        };
        let mut edge = |edge: EdgeRef<'s>| take(edge.value("source"), edge.value("confidence"));
        match tie.basis {
            Basis::Dyad(ix)
            | Basis::Assistance(ix)
            | Basis::Flow(ix)
            | Basis::Act(ix)
            | Basis::Subordination(ix) => {
                snapshot.edge_at(ix).into_iter().for_each(&mut edge);
            }
            Basis::Arrangement(_) | Basis::Power(_) => {}
        }
        if let Some(node) = arrangement {
            for end in [tie.source, tie.target].iter().filter_map(|ix| snapshot.node_at(*ix)) {
                end.out_edges_of(edge::PARTY_TO)
                    .filter(|row| row.target_ix() == node.ix())
                    .for_each(&mut edge);
            }
            take(node.value("source"), node.value("confidence"));
        }
        if let Basis::Power(ix) = tie.basis
            && let Some(node) = snapshot.node_at(ix)
        {
            take(node.value("source"), node.value("confidence"));
        }
    }
}

fn list<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Option<AttributeValue> {
    let texts: Vec<serde_json::Value> =
        texts.into_iter().map(|text| serde_json::Value::from(text.as_ref())).collect();
    (!texts.is_empty()).then(|| AttributeValue::Text(serde_json::Value::from(texts).to_string()))
}

/// The earliest start and the latest end of a group; an unknown one hides the others.
fn hull(group: &[CountedTie<'_>]) -> [Option<AttributeValue>; 2] {
    let starts: Vec<Bound> = group.iter().map(|line| line.tie.from).collect();
    let ends: Vec<Bound> = group.iter().map(|line| line.tie.to).collect();
    let joint = |bounds: &[Bound], pick: fn(&[Bound]) -> Option<Bound>| {
        if bounds.contains(&Bound::Unknown) {
            return None;
        }
        let bound = if bounds.contains(&Bound::Open) { Some(Bound::Open) } else { pick(bounds) };
        bound.map(|bound| AttributeValue::Text(bound.to_string()))
    };
    let earliest = |bounds: &[Bound]| bounds.iter().filter_map(|bound| bound.date()).min().map(Bound::Known);
    let latest = |bounds: &[Bound]| bounds.iter().filter_map(|bound| bound.date()).max().map(Bound::Known);
    [joint(&starts, earliest), joint(&ends, latest)]
}
