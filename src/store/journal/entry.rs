//! The journal: which actor changed what, when and by which command. Append-only; its order is the commit
//! number, so that a clock that goes back is harmless (S23).

use bincode::{Decode, Encode};

use crate::graph::limits::{ENTRY_BYTES, FORMER_BYTES};
use crate::graph::{Change, ChangeSet, EdgeRecord, NodeRecord, Snapshot, Subject};
use crate::store::engine::envelope::{Record, encode, seal_raw};
use crate::store::engine::{Tree, Write};
use crate::store::error::StoreError;
use crate::store::layout::records::{EdgeV1, NodeV1};
use crate::value::{FNV_BASIS, fnv1a};

const ENTRY: &str = "a journal entry";

/// Consecutive ids: first and count.
type RunsV1 = Vec<(u64, u64)>;

/// The hashed part of an entry.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub(in crate::store) struct BodyV1 {
    pub(in crate::store) commit: u64,
    at_millis: i64,
    actor: String,
    command: String,
    summary: String,
    /// FNV-1a of the log record; the digest of the directory if the commit went to the chunks at once (0 in
    /// format 1).
    pub(in crate::store) digest: u64,
    created_nodes: RunsV1,
    changed_nodes: RunsV1,
    removed_nodes: RunsV1,
    created_edges: RunsV1,
    changed_edges: RunsV1,
    removed_edges: RunsV1,
    /// Whether `former_nodes` and `former_edges` hold what was changed and removed.
    has_former: bool,
    former_nodes: Vec<NodeV1>,
    former_edges: Vec<EdgeV1>,
}

/// An entry and the hash chain up to it.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub(in crate::store) struct EntryV1 {
    pub(in crate::store) body: BodyV1,
    pub(in crate::store) chain: u64,
}

impl Record for EntryV1 {}

/// How many elements a commit created, changed and removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each says itself")]
pub struct ChangeCounts {
    pub created_nodes: u64,
    pub changed_nodes: u64,
    pub removed_nodes: u64,
    pub created_edges: u64,
    pub changed_edges: u64,
    pub removed_edges: u64,
}

/// One commit as the journal tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalEntry {
    /// Number of the commit: the order of the journal (S23).
    pub commit: u64,
    /// When, in milliseconds since 1970-01-01T00:00:00Z, by the clock of the machine.
    pub at_millis: i64,
    /// The actor.
    pub actor: String,
    /// By which command.
    pub command: String,
    /// What, in the words of the command.
    pub summary: String,
    /// How much.
    pub counts: ChangeCounts,
}

/// What a commit did to one element, and what the element was before.
#[derive(Clone, Debug, PartialEq)]
pub enum Touch {
    /// It came to be.
    Created,
    /// It was written again.
    Changed {
        /// The element before; `None` if a bulk load changed it.
        before: Option<Former>,
    },
    /// It was removed: "it was never so" (S18).
    Removed {
        /// The element before; `None` if a bulk load removed it.
        before: Option<Former>,
    },
}

/// An element as it was.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "each says itself")]
pub enum Former {
    Node(Box<NodeRecord>),
    Edge(Box<EdgeRecord>),
}

/// A commit in the history of one element.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryEntry {
    /// The commit.
    pub entry: JournalEntry,
    /// What it did to the element.
    pub touch: Touch,
}

/// The chain of a store before its first commit.
pub(in crate::store) fn chain_start(store: u64) -> u64 {
    fnv1a(FNV_BASIS, &store.to_le_bytes())
}

/// The chain after an entry.
pub(in crate::store) fn chain_after(chain: u64, body: &BodyV1) -> Result<u64, StoreError> {
    Ok(link(chain, &encode(body, ENTRY)?))
}

/// The chain after the bytes of a body.
fn link(chain: u64, body: &[u8]) -> u64 {
    fnv1a(fnv1a(FNV_BASIS, &chain.to_le_bytes()), body)
}

/// Actor, command and summary of a commit.
pub(in crate::store) struct Heading<'a> {
    pub(in crate::store) at_millis: i64,
    pub(in crate::store) actor: &'a str,
    pub(in crate::store) command: &'a str,
    pub(in crate::store) summary: &'a str,
}

impl BodyV1 {
    /// The entry of a change set made for `before`; `digest` is that of the log record, `None` without one.
    pub(in crate::store) fn new(
        before: &Snapshot,
        changes: &ChangeSet,
        heading: &Heading<'_>,
        digest: Option<u64>,
    ) -> Self {
        let mut body = Self::empty(before.commit() + 1, heading, digest);
        for change in changes {
            body.record(before, change);
        }
        body
    }

    fn empty(commit: u64, heading: &Heading<'_>, digest: Option<u64>) -> Self {
        Self {
            commit,
            at_millis: heading.at_millis,
            actor: heading.actor.to_owned(),
            command: heading.command.to_owned(),
            summary: heading.summary.to_owned(),
            digest: digest.unwrap_or(0),
            created_nodes: RunsV1::new(),
            changed_nodes: RunsV1::new(),
            removed_nodes: RunsV1::new(),
            created_edges: RunsV1::new(),
            changed_edges: RunsV1::new(),
            removed_edges: RunsV1::new(),
            has_former: digest.is_some(),
            former_nodes: Vec::new(),
            former_edges: Vec::new(),
        }
    }

    /// The entry of a bulk load into an empty store.
    pub(in crate::store) fn of_bulk(
        commit: u64,
        heading: &Heading<'_>,
        counts: (u64, u64),
        first: (u64, u64),
    ) -> Self {
        let mut body = Self::empty(commit, heading, None);
        body.created_nodes.extend((counts.0 > 0).then_some((first.0, counts.0)));
        body.created_edges.extend((counts.1 > 0).then_some((first.1, counts.1)));
        body
    }

    fn record(&mut self, before: &Snapshot, change: &Change) {
        match change {
            Change::PutNode(node) => match before.node(node.id) {
                None => add(&mut self.created_nodes, node.id.get()),
                Some(former) => {
                    add(&mut self.changed_nodes, node.id.get());
                    if self.has_former {
                        self.former_nodes.push((&former.to_record()).into());
                    }
                }
            },
            Change::RemoveNode(id) => {
                add(&mut self.removed_nodes, id.get());
                if let Some(former) = before.node(*id).filter(|_| self.has_former) {
                    self.former_nodes.push((&former.to_record()).into());
                }
            }
            Change::PutEdge(edge) => match before.edge(edge.id) {
                None => add(&mut self.created_edges, edge.id.get()),
                Some(former) => {
                    add(&mut self.changed_edges, edge.id.get());
                    if self.has_former {
                        self.former_edges.push((&former.to_record()).into());
                    }
                }
            },
            Change::RemoveEdge(id) => {
                add(&mut self.removed_edges, id.get());
                if let Some(former) = before.edge(*id).filter(|_| self.has_former) {
                    self.former_edges.push((&former.to_record()).into());
                }
            }
        }
    }

    /// Names the chunks to which the commit went at once.
    pub(in crate::store) fn with_directory(mut self, digest: u64) -> Self {
        self.digest = digest;
        self
    }

    /// The chain with this entry, and the writes that store it.
    pub(in crate::store) fn seal_after(mut self, chain: u64) -> Result<(u64, Vec<Write>), StoreError> {
        let mut raw = encode(&self, ENTRY);
        if self.has_former && raw.as_ref().map_or(true, |raw| raw.len() > FORMER_BYTES) {
            self.has_former = false;
            (self.former_nodes, self.former_edges) = Default::default();
            raw = encode(&self, ENTRY);
        }
        let mut raw = raw?;
        if raw.len() > ENTRY_BYTES {
            return Err(StoreError::TooLarge {
                what: ENTRY.to_owned(),
                bytes: raw.len(),
                limit: ENTRY_BYTES,
            });
        }
        let chain = link(chain, &raw);
        // A record is the concatenation of its fields: see `EntryV1`.
        raw.extend(encode(&chain, ENTRY)?);
        Ok((chain, seal_raw(Tree::Journal, &self.commit.to_be_bytes(), EntryV1::VERSION, &raw)?))
    }

    pub(in crate::store) fn touch(&self, subject: Subject) -> Option<Touch> {
        let (id, created, changed, removed) = match subject {
            Subject::Node(id) => (id.get(), &self.created_nodes, &self.changed_nodes, &self.removed_nodes),
            Subject::Edge(id) => (id.get(), &self.created_edges, &self.changed_edges, &self.removed_edges),
        };
        if has(created, id) {
            Some(Touch::Created)
        } else if has(changed, id) {
            Some(Touch::Changed { before: self.former(subject) })
        } else if has(removed, id) {
            Some(Touch::Removed { before: self.former(subject) })
        } else {
            None
        }
    }

    fn former(&self, subject: Subject) -> Option<Former> {
        match subject {
            Subject::Node(id) => {
                let node = self.former_nodes.iter().find(|node| node.id() == id)?;
                Some(Former::Node(Box::new(node.clone().into())))
            }
            Subject::Edge(id) => {
                let edge = self.former_edges.iter().find(|edge| edge.id() == id)?;
                Some(Former::Edge(Box::new(edge.clone().into())))
            }
        }
    }

    pub(in crate::store) fn entry(&self) -> JournalEntry {
        let counts = ChangeCounts {
            created_nodes: count(&self.created_nodes),
            changed_nodes: count(&self.changed_nodes),
            removed_nodes: count(&self.removed_nodes),
            created_edges: count(&self.created_edges),
            changed_edges: count(&self.changed_edges),
            removed_edges: count(&self.removed_edges),
        };
        JournalEntry {
            commit: self.commit,
            at_millis: self.at_millis,
            actor: self.actor.clone(),
            command: self.command.clone(),
            summary: self.summary.clone(),
            counts,
        }
    }
}

/// Adds an id; a change set names them in ascending order, so that runs grow at their end.
fn add(runs: &mut RunsV1, id: u64) {
    match runs.last_mut() {
        Some((first, count)) if *first + *count == id => *count += 1,
        _ => runs.push((id, 1)),
    }
}

fn has(runs: &RunsV1, id: u64) -> bool {
    runs.iter().any(|(first, count)| id >= *first && id - *first < *count)
}

fn count(runs: &RunsV1) -> u64 {
    runs.iter().map(|(_, count)| *count).sum()
}

impl EntryV1 {
    /// When it was made.
    pub(in crate::store) fn at_millis(&self) -> i64 {
        self.body.at_millis
    }
}
