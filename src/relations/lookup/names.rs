//! Which government, arrangement, body or region is meant by a text, at a date (S10, S11, S24).

use crate::relations::vocabulary::edge;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use super::candidate::{Candidate, LookupError};
use super::kind::Kind;
use super::spelling::{Place, Spelling};
use super::texts::{Hit, Spelt, TextMap};
use crate::graph::{NodeIx, NodeRef, Snapshot};
use crate::value::{Day, Truth, Window, fold, near_folded};

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

/// The nearest names that are offered where nothing is found.
const NEAREST: usize = 3;

/// Most characters of a name behind the names of its superiors.
const LONGEST_PATH: usize = 64;

/// All ids, codes, names and aliases of one state of the graph.
///
/// Built once for a snapshot, which it holds: cost in the number of nodes. Text is compared folded (S24):
/// width, case, spaces, traditional and simplified characters make no difference. A text that no node has in this form is
/// looked for among the other spellings of names: without diacritics, hyphens and apostrophes, and of governments with
/// or without the word for the kind of place (南川 and 南川区, Hangzhou City), as its government (杭州市人民政府), or
/// behind the name of its superior (浙江省杭州市).
///
/// [`Names::followed`] gives those of another state at the cost of what differs between the two.
#[derive(Clone, Debug)]
pub struct Names {
    snapshot: Snapshot,
    hits: TextMap<Hit>,
    /// Names by their other spellings; made when the first text is not found.
    spellings: OnceLock<TextMap<Spelt>>,
}

impl Names {
    /// The names of a snapshot.
    #[must_use]
    pub fn of(snapshot: &Snapshot) -> Self {
        let (hits, spellings) = (TextMap::of(snapshot), OnceLock::new());
        Self { snapshot: snapshot.clone(), hits, spellings }
    }

    /// The names of another state of the same graph, mostly a later one. What it costs follows from the nodes that
    /// differ; where the graph was packed between the two, all are read.
    #[must_use]
    pub fn followed(&self, snapshot: &Snapshot) -> Self {
        let Some(changed) = snapshot.nodes_changed_since(&self.snapshot) else { return Self::of(snapshot) };
        let hits = self.hits.followed(&self.snapshot, snapshot, &changed);
        let spellings = OnceLock::new();
        if let Some(known) = self.spellings.get() {
            spellings.get_or_init(|| known.followed(&self.snapshot, snapshot, &changed));
        }
        Self { snapshot: snapshot.clone(), hits, spellings }
    }

    /// How many different texts name something.
    #[must_use]
    pub fn len(&self) -> usize {
        self.hits.texts().count()
    }

    /// Whether nothing has a name.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hits.texts().next().is_none()
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
    /// the one that has it now, and former holders are listed in the answer (S11).
    ///
    /// # Errors
    /// [`LookupError::NotFound`] with the nearest names, [`LookupError::Ambiguous`] with all candidates,
    /// [`LookupError::NotThen`] if the node that is meant did not exist or did not have the text at the date, and
    /// [`LookupError::CodeOfAnother`] where the text is the id of one government and was at that date the
    /// code of another.
    pub fn find(&self, kinds: &[Kind], text: &str, at: Option<Day>) -> Result<Found, LookupError> {
        match self.find_among(kinds, text, at, |_| true) {
            Err(LookupError::NotFound { kinds, .. }) if !kinds.is_empty() => {
                Err(self.not_found(&kinds, text, at))
            }
            found => found,
        }
    }

    /// As [`Names::find`], by ids, codes, names and aliases as they are written alone, and without the nearest names,
    /// which cost a comparison with each of [`Names::len`] texts: for a table that may found what it does not find.
    ///
    /// # Errors
    /// As [`Names::find`]; [`LookupError::NotFound`] names none.
    pub fn find_exactly(&self, kinds: &[Kind], text: &str, at: Option<Day>) -> Result<Found, LookupError> {
        self.decide(kinds, text, at, &self.borne(kinds, text))
    }

    /// As [`Names::find`], among those nodes alone that are wanted, and without the nearest names.
    ///
    /// # Errors
    /// As [`Names::find`]; [`LookupError::NotFound`] names none.
    pub fn find_among(
        &self,
        kinds: &[Kind],
        text: &str,
        at: Option<Day>,
        wanted: impl Fn(NodeRef<'_>) -> bool,
    ) -> Result<Found, LookupError> {
        let mut hits = self.borne(kinds, text);
        if hits.is_empty() {
            hits = self.spelt(kinds, text);
        }
        if hits.is_empty() && kinds.contains(&Kind::Government) {
            hits = self.below(text, at);
        }
        hits.retain(|hit| self.snapshot.node_at(hit.node).is_some_and(&wanted));
        self.decide(kinds, text, at, &hits)
    }

    fn decide(
        &self,
        kinds: &[Kind],
        text: &str,
        at: Option<Day>,
        hits: &[Hit],
    ) -> Result<Found, LookupError> {
        if hits.is_empty() {
            let (text, kinds) = (text.to_owned(), kinds.to_vec());
            return Err(LookupError::NotFound { text, kinds, nearest: Vec::new() });
        }
        match at {
            Some(day) => self.at(text, day, hits),
            None => self.latest(text, hits),
        }
    }

    /// Whether a text is an id, a code, a name or an alias as it is written, of a node of these kinds.
    #[must_use]
    pub fn bears(&self, kinds: &[Kind], text: &str) -> bool {
        !self.borne(kinds, text).is_empty()
    }

    fn borne(&self, kinds: &[Kind], text: &str) -> Vec<Hit> {
        let hits = self.hits.get(&fold(text)).iter();
        hits.filter(|hit| kinds.contains(&hit.kind)).copied().collect()
    }

    /// Names that a text is another spelling of; those that differ in marks alone come before all others.
    fn spelt(&self, kinds: &[Kind], text: &str) -> Vec<Hit> {
        let asked = Spelling::of(text);
        let of = |key: &str| {
            let found = self.spellings().get(key).iter();
            found.filter(|own| kinds.contains(&own.hit.kind)).copied().collect::<Vec<Spelt>>()
        };
        let same: Vec<Hit> =
            of(&asked.whole).iter().filter(|own| own.without.is_none()).map(|own| own.hit).collect();
        if !same.is_empty() {
            return same;
        }
        // One of both says no kind of place, or both say the same.
        let meant = |own: &Spelt| match (asked.place, own.without) {
            (Some(place), None) => own.hit.kind == Kind::Government && self.fits(place, own.hit.node),
            (asked, without) => asked.is_none() || asked == without,
        };
        of(&asked.bare).iter().filter(|own| meant(own)).map(|own| own.hit).collect()
    }

    fn spellings(&self) -> &TextMap<Spelt> {
        self.spellings.get_or_init(|| TextMap::of(&self.snapshot))
    }

    /// Whether a government is such a place, by its name in the language of the place, else by its level; where
    /// neither says it, it is not taken for one.
    fn fits(&self, place: Place, node: NodeIx) -> bool {
        let Some(node) = self.snapshot.node_at(node) else { return false };
        let text = |key: &str| node.value(key).map(|value| value.to_string()).unwrap_or_default();
        match Spelling::of(&text("name")).place {
            Some(own) => own == place,
            None => node.value("level").is_some() && place.fits(&text("level")),
        }
    }

    /// Governments that a text names behind the name of a superior: 浙江省杭州市, or `Hangzhou, Zhejiang`.
    fn below(&self, text: &str, at: Option<Day>) -> Vec<Hit> {
        if text.chars().count() > LONGEST_PATH {
            return Vec::new();
        }
        let governments = |part: &str| {
            let part = part.trim();
            let hits = self.borne(&[Kind::Government], part);
            if hits.is_empty() && !part.is_empty() { self.spelt(&[Kind::Government], part) } else { hits }
        };
        let governments_or_below = |part: &str| {
            let hits = governments(part);
            if hits.is_empty() { self.below(part, at) } else { hits }
        };
        let parts: Vec<(&str, &str)> = match text.split_once([',', '，']) {
            Some((first, last)) => vec![(last, first), (first, last)],
            // Without blanks or commas between them only Chinese names follow each other.
            None if text.is_ascii() => Vec::new(),
            None => text.char_indices().skip(1).filter_map(|(at, _)| text.split_at_checked(at)).collect(),
        };
        let found = parts.into_iter().map(|(above, own)| {
            let above: BTreeSet<NodeIx> = governments(above).iter().map(|hit| hit.node).collect();
            let own = if above.is_empty() { Vec::new() } else { governments_or_below(own) };
            own.into_iter().filter(|hit| self.is_below(hit.node, &above, at)).collect::<Vec<Hit>>()
        });
        found.into_iter().find(|hits| !hits.is_empty()).unwrap_or_default()
    }

    /// Whether one of a set commands a government, directly or not, at the day or at any time.
    fn is_below(&self, node: NodeIx, above: &BTreeSet<NodeIx>, at: Option<Day>) -> bool {
        let (mut seen, mut next) = (BTreeSet::from([node]), vec![node]);
        while let Some(node) = next.pop().and_then(|ix| self.snapshot.node_at(ix)) {
            for edge in node.out_edges_of(edge::SUBORDINATE_TO) {
                let then = at.is_none_or(|day| edge.validity().holds_in(Window::on(day)) != Truth::False);
                if then && above.contains(&edge.target_ix()) {
                    return true;
                }
                if then && seen.insert(edge.target_ix()) {
                    next.push(edge.target_ix());
                }
            }
        }
        false
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
        // A node that still has the text comes before one that had it once; among those an id before a code before a name.
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

    /// Those that exist at the date before those that do not; of these first those that begin with the text, then by
    /// edits; each name once.
    fn not_found(&self, kinds: &[Kind], text: &str, at: Option<Day>) -> LookupError {
        let of_kind = |hit: &&Hit| kinds.contains(&hit.kind);
        let near = near_folded(text, self.hits.texts());
        let mut edits: BTreeMap<NodeIx, usize> = BTreeMap::new();
        for (count, name) in near {
            for hit in self.hits.get(name).iter().filter(of_kind) {
                let least = edits.entry(hit.node).or_insert(count);
                *least = count.min(*least);
            }
        }
        let gone = |ix: &NodeIx| {
            let life = self.snapshot.node_at(*ix).map(|node| node.validity().extent());
            life.is_none_or(|life| match at {
                Some(day) => life.holds_in(Window::on(day)) == Truth::False,
                None => life.possible.to != Day::MAX,
            })
        };
        let mut nodes: Vec<(bool, usize, NodeIx)> =
            edits.into_iter().map(|(ix, edits)| (gone(&ix), edits, ix)).collect();
        nodes.sort_unstable();
        let mut nearest: Vec<Candidate> = Vec::new();
        for (_, _, ix) in nodes {
            let candidate = self.candidate(ix, at);
            if nearest.len() < NEAREST && nearest.iter().all(|own| own.name != candidate.name) {
                nearest.push(candidate);
            }
            if nearest.len() == NEAREST {
                break;
            }
        }
        LookupError::NotFound { text: text.to_owned(), kinds: kinds.to_vec(), nearest }
    }

    fn candidate(&self, ix: NodeIx, day: Option<Day>) -> Candidate {
        self.snapshot.node_at(ix).map_or_else(Candidate::default, |node| Candidate::of(node, day))
    }
}

/// Whether two texts are spellings of one name: folded, without marks, with or without the word for the kind of place.
#[must_use]
pub fn same_name(a: &str, b: &str) -> bool {
    let (a, b) = (Spelling::of(a), Spelling::of(b));
    let kinds_agree = a.place.is_none() || b.place.is_none() || a.place == b.place;
    a.whole == b.whole || (a.bare == b.bare && kinds_agree)
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
