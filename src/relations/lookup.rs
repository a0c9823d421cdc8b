//! Which government, arrangement, body or region is meant by a text, at a date (S10, S11, S24).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::candidate::{Candidate, LookupError};
use crate::graph::{NodeIx, NodeRef, Property, Snapshot};
use crate::value::{Day, Extent, Truth, Validity, Value, Window, fold, nearest_folded};

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is a label of the schema")]
pub enum Kind {
    Government,
    Arrangement,
    Body,
    Region,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Government, Self::Arrangement, Self::Body, Self::Region];

    /// The label of its nodes.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Government => "Government",
            Self::Arrangement => "Arrangement",
            Self::Body => "Body",
            Self::Region => "Region",
        }
    }
}

/// By what a node was found, in the order in which it counts: an id outdoes a code, a code a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each says itself")]
pub enum FoundBy {
    Id,
    Code,
    Name,
    Alias,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The node.
    pub node: NodeIx,
    /// By what.
    pub by: FoundBy,
    /// Others that bore the same id, code or name at other dates, with when; filled where no date was
    /// asked for (S11).
    pub former: Vec<Candidate>,
}

/// One text under which a node is found, and when.
#[derive(Clone, Copy, Debug)]
struct Hit {
    node: NodeIx,
    kind: Kind,
    by: FoundBy,
    /// When it bore the text; for an id, when it exists.
    extent: Extent,
}

/// The nearest names that are offered where nothing is found.
const NEAREST: usize = 3;

/// All ids, codes, names and aliases of one state of the graph.
///
/// Built once for a snapshot, which it holds: cost in the number of nodes. Text is compared folded (S24):
/// width, case, spaces, traditional and simplified characters make no difference.
#[derive(Clone, Debug)]
pub struct Names {
    snapshot: Snapshot,
    hits: HashMap<String, Vec<Hit>>,
}

impl Names {
    /// The names of a snapshot.
    #[must_use]
    pub fn of(snapshot: &Snapshot) -> Self {
        let mut names = Self { snapshot: snapshot.clone(), hits: HashMap::new() };
        let labels: Vec<_> = Kind::ALL
            .iter()
            .filter_map(|kind| Some((*kind, snapshot.catalogue().label(kind.label())?)))
            .collect();
        for node in snapshot.nodes() {
            for (kind, _) in labels.iter().filter(|(_, label)| node.labels().contains(label)) {
                names.add(node, *kind);
            }
        }
        names
    }

    fn add(&mut self, node: NodeRef<'_>, kind: Kind) {
        let life = node.validity().extent();
        let keys = [
            ("id", FoundBy::Id),
            ("code", FoundBy::Code),
            ("name", FoundBy::Name),
            ("name_en", FoundBy::Name),
            ("aliases", FoundBy::Alias),
        ];
        for (key, by) in keys {
            let Some(property) = node.property(key) else { continue };
            for (value, extent) in borne(&property, life) {
                for text in value.texts_of() {
                    self.put(text, Hit { node: node.ix(), kind, by, extent });
                    if let (FoundBy::Code, Some((_, bare))) = (by, text.split_once(':')) {
                        self.put(bare, Hit { node: node.ix(), kind, by, extent });
                    }
                }
            }
        }
    }

    fn put(&mut self, text: &str, hit: Hit) {
        self.hits.entry(fold(text)).or_default().push(hit);
    }

    /// How many different texts name something.
    #[must_use]
    pub fn len(&self) -> usize {
        self.hits.len()
    }

    /// Whether nothing has a name.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hits.is_empty()
    }

    /// The snapshot whose names these are.
    #[must_use]
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The government that a text means; see [`Names::find`].
    ///
    /// # Errors
    /// As [`Names::find`].
    pub fn government(&self, text: &str, at: Option<Day>) -> Result<NodeIx, LookupError> {
        self.find(&[Kind::Government], text, at).map(|found| found.node)
    }

    /// What a text means among nodes of the given kinds.
    ///
    /// An id outdoes a code, a code a name, a name an alias. Codes may be written with their scheme
    /// (`cn:310000`) or without. With a date the one that bore the text at that date is meant; without,
    /// the one that bears it now, and former bearers are listed in the answer (S11).
    ///
    /// # Errors
    /// [`LookupError::NotFound`] with the nearest names, [`LookupError::Ambiguous`] with all candidates,
    /// [`LookupError::NotThen`] where who is meant did not exist or did not bear the text at the date, and
    /// [`LookupError::CodeOfAnother`] where the text is the id of one government and was at that date the
    /// code of another.
    pub fn find(&self, kinds: &[Kind], text: &str, at: Option<Day>) -> Result<Found, LookupError> {
        match self.find_exactly(kinds, text, at) {
            Err(LookupError::NotFound { kinds, .. }) if !kinds.is_empty() => {
                Err(self.not_found(&kinds, text))
            }
            found => found,
        }
    }

    /// As [`Names::find`], without the nearest names, which cost a comparison with each of [`Names::len`]
    /// texts: for the many texts of a table.
    ///
    /// # Errors
    /// As [`Names::find`]; [`LookupError::NotFound`] names none.
    pub fn find_exactly(&self, kinds: &[Kind], text: &str, at: Option<Day>) -> Result<Found, LookupError> {
        let hits: Vec<Hit> = self.hits.get(&fold(text)).map_or_else(Vec::new, |hits| {
            hits.iter().filter(|hit| kinds.contains(&hit.kind)).copied().collect()
        });
        if hits.is_empty() {
            let (text, kinds) = (text.to_owned(), kinds.to_vec());
            return Err(LookupError::NotFound { text, kinds, nearest: Vec::new() });
        }
        match at {
            Some(day) => self.at(text, day, &hits),
            None => self.latest(text, &hits),
        }
    }

    fn at(&self, text: &str, day: Day, hits: &[Hit]) -> Result<Found, LookupError> {
        let window = Window::on(day);
        let holders = |by: FoundBy, least: Truth| -> BTreeSet<NodeIx> {
            let held = hits.iter().filter(|hit| hit.by == by && hit.extent.holds_in(window) >= least);
            held.map(|hit| hit.node).collect()
        };
        let meant: BTreeSet<NodeIx> =
            hits.iter().filter(|hit| hit.by == FoundBy::Id).map(|hit| hit.node).collect();
        if let (Some(&meant), Some(&holder)) =
            (meant.first(), holders(FoundBy::Code, Truth::True).iter().find(|ix| !meant.contains(ix)))
        {
            let [meant, holder] = [meant, holder].map(|ix| Box::new(self.candidate(ix, Some(day))));
            return Err(LookupError::CodeOfAnother { text: text.to_owned(), day, meant, holder });
        }
        for by in [FoundBy::Id, FoundBy::Code, FoundBy::Name, FoundBy::Alias] {
            for least in [Truth::True, Truth::Unknown] {
                let held = holders(by, least);
                match held.first() {
                    Some(&node) if held.len() == 1 => return Ok(Found { node, by, former: Vec::new() }),
                    Some(_) => return Err(self.ambiguous(text, &held, Some(day))),
                    None => {}
                }
            }
        }
        let all: BTreeSet<NodeIx> = hits.iter().map(|hit| hit.node).collect();
        let candidates = all.into_iter().map(|ix| self.candidate(ix, Some(day))).collect();
        Err(LookupError::NotThen { text: text.to_owned(), day, candidates })
    }

    fn latest(&self, text: &str, hits: &[Hit]) -> Result<Found, LookupError> {
        let mut last: BTreeMap<(FoundBy, NodeIx), Day> = BTreeMap::new();
        for hit in hits {
            let end = last.entry((hit.by, hit.node)).or_insert(Day::MIN);
            *end = (*end).max(hit.extent.possible.to);
        }
        let bearers: BTreeSet<NodeIx> = hits.iter().map(|hit| hit.node).collect();
        // Who still bears the text comes before who once did; among those an id before a code before a name.
        for still in [true, false] {
            for by in [FoundBy::Id, FoundBy::Code, FoundBy::Name, FoundBy::Alias] {
                let chosen = last.iter().filter(|((own, _), end)| *own == by && (**end == Day::MAX) == still);
                let chosen: BTreeSet<NodeIx> = chosen.map(|((_, node), _)| *node).collect();
                match chosen.first() {
                    Some(&node) if chosen.len() == 1 => {
                        let others = bearers.iter().filter(|ix| **ix != node);
                        let former = others.map(|ix| self.candidate(*ix, None)).collect();
                        return Ok(Found { node, by, former });
                    }
                    Some(_) => return Err(self.ambiguous(text, &chosen, None)),
                    None => {}
                }
            }
        }
        Err(LookupError::NotFound { text: text.to_owned(), kinds: Vec::new(), nearest: Vec::new() })
    }

    fn ambiguous(&self, text: &str, nodes: &BTreeSet<NodeIx>, day: Option<Day>) -> LookupError {
        let mut candidates: Vec<Candidate> = nodes.iter().map(|ix| self.candidate(*ix, day)).collect();
        candidates.sort_by(|a, b| (&a.code, &a.id).cmp(&(&b.code, &b.id)));
        LookupError::Ambiguous { text: text.to_owned(), candidates }
    }

    fn not_found(&self, kinds: &[Kind], text: &str) -> LookupError {
        let of_kind = |hits: &&Vec<Hit>| hits.iter().any(|hit| kinds.contains(&hit.kind));
        let known = self.hits.iter().filter(|(_, hits)| of_kind(hits)).map(|(name, _)| name.as_str());
        let near = nearest_folded(text, known, NEAREST);
        let mut nodes: Vec<NodeIx> = Vec::new();
        for hit in near.iter().filter_map(|name| self.hits.get(*name)).flatten() {
            if kinds.contains(&hit.kind) && !nodes.contains(&hit.node) && nodes.len() < NEAREST {
                nodes.push(hit.node);
            }
        }
        let nearest = nodes.into_iter().map(|ix| self.candidate(ix, None)).collect();
        LookupError::NotFound { text: text.to_owned(), kinds: kinds.to_vec(), nearest }
    }

    fn candidate(&self, ix: NodeIx, day: Option<Day>) -> Candidate {
        self.snapshot.node_at(ix).map_or_else(Candidate::default, |node| Candidate::of(node, day))
    }
}

/// The values of a property and when each was borne, within the life of the node.
fn borne(property: &Property, life: Extent) -> Vec<(Value, Extent)> {
    match property {
        Property::Fixed(value) => vec![(value.clone(), life)],
        Property::Dated(spells) => {
            let within = |validity: &Validity| {
                let extent = validity.extent();
                // A spell that certainly holds shows that its node exists then.
                extent.clip(life.possible)
            };
            spells.iter().filter_map(|spell| Some((spell.value.clone(), within(&spell.validity)?))).collect()
        }
    }
}

/// The government that a text means at a date, or now.
///
/// For many look-ups in one state build [`Names`] once.
///
/// ```
/// use std::sync::Arc;
/// use intergov::graph::{Catalogue, Snapshot};
/// use intergov::relations::{Writer, NewGovernment, resolve};
/// use intergov::value::Validity;
///
/// let empty = Snapshot::empty(Arc::new(Catalogue::default()));
/// let mut draft = empty.draft();
/// let mut writer = Writer::new(&mut draft);
/// let city = NewGovernment { name_en: Some("Huzhou"), ..NewGovernment::new("cn", "cn:330500", "湖州市") };
/// let city = writer.found_government(&city, Validity::ALWAYS)?;
/// let state = empty.apply(&draft.finish())?;
/// for text in ["cn:330500", "330500", "湖州市", "ＨＵＺＨＯＵ"] {
///     assert_eq!(resolve(&state, text, None)?, state.node(city).ok_or("gone")?.ix());
/// }
/// assert!(resolve(&state, "湖洲市", None).unwrap_err().to_string().contains("湖州市"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As [`Names::find`].
pub fn resolve(snapshot: &Snapshot, text: &str, at: Option<Day>) -> Result<NodeIx, LookupError> {
    Names::of(snapshot).government(text, at)
}
