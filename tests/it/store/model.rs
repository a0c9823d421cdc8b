//! Random operations against plain maps in memory: after each one, crashes and refusals between them
//! included, the store holds exactly what the maps hold, and its history counts as many touches.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use intergov::graph::{ChangeSet, CommitRule, EdgeId, NodeId, Properties, Snapshot, Subject, Violation};
use intergov::store::{Access, CALLS, Fault, Store, StoreError, arm};
use intergov::value::{Validity, Value};

use super::sample::{NOTE, Numbers, copy_store, small_limits};

/// What is written under a key: all values of this test are integers.
type Held = BTreeMap<String, i64>;

#[derive(Clone, Debug, PartialEq)]
struct ModelNode {
    labels: BTreeSet<String>,
    held: Held,
}

#[derive(Clone, Debug, PartialEq)]
struct ModelEdge {
    edge_type: String,
    ends: (NodeId, NodeId),
    held: Held,
}

/// The state as plain maps.
#[derive(Clone, Debug, Default)]
struct Model {
    commit: u64,
    nodes: BTreeMap<NodeId, ModelNode>,
    edges: BTreeMap<EdgeId, ModelEdge>,
    /// The commits that touched an element, removed ones included.
    touched: BTreeMap<Subject, BTreeSet<u64>>,
}

impl Model {
    fn touch(&mut self, subject: Subject) {
        self.touched.entry(subject).or_default().insert(self.commit);
    }

    /// Makes a transaction of so many edits, and the model after it.
    fn edit(&self, snapshot: &Snapshot, numbers: &mut Numbers, edits: u64) -> (ChangeSet, Self) {
        let mut after = self.clone();
        after.commit += 1;
        let mut draft = snapshot.draft();
        for edit in 0..edits {
            let value = i64::try_from(after.commit * 1_000 + edit).unwrap();
            let key = ["id", "rank", "gdp", "备注"][numbers.place(4)];
            let nodes: Vec<NodeId> = after.nodes.keys().copied().collect();
            // What this transaction makes, it does not remove again.
            let old_nodes: Vec<NodeId> =
                nodes.iter().copied().filter(|node| self.nodes.contains_key(node)).collect();
            let old_edges: Vec<EdgeId> =
                after.edges.keys().copied().filter(|edge| self.edges.contains_key(edge)).collect();
            match numbers.next(10) {
                0..4 => {
                    let label = ["Government", "Body", "区域"][numbers.place(3)];
                    let id = draft.create_node(&[label, "Thing"], Validity::ALWAYS).unwrap();
                    let labels = [label.to_owned(), "Thing".to_owned()].into();
                    after.nodes.insert(id, ModelNode { labels, held: Held::new() });
                    after.touch(Subject::Node(id));
                }
                4..6 if !nodes.is_empty() => {
                    let ends = (nodes[numbers.place(nodes.len())], nodes[numbers.place(nodes.len())]);
                    let edge_type = ["PAYS", "合作"][numbers.place(2)];
                    let id = draft.create_edge(edge_type, ends.0, ends.1, Validity::UNKNOWN).unwrap();
                    let edge_type = edge_type.to_owned();
                    after.edges.insert(id, ModelEdge { edge_type, ends, held: Held::new() });
                    after.touch(Subject::Edge(id));
                }
                6 if !nodes.is_empty() => {
                    let id = nodes[numbers.place(nodes.len())];
                    draft.set_node(id, key, Value::Integer(value)).unwrap();
                    after.nodes.get_mut(&id).unwrap().held.insert(key.to_owned(), value);
                    after.touch(Subject::Node(id));
                }
                7 if !after.edges.is_empty() => {
                    let at = numbers.place(after.edges.len());
                    let (id, edge) = after.edges.iter_mut().nth(at).unwrap();
                    draft.set_edge(*id, key, Value::Integer(value)).unwrap();
                    edge.held.insert(key.to_owned(), value);
                    let id = *id;
                    after.touch(Subject::Edge(id));
                }
                8 if !old_edges.is_empty() => {
                    let id = old_edges[numbers.place(old_edges.len())];
                    draft.remove_edge(id).unwrap();
                    after.edges.remove(&id);
                    after.touch(Subject::Edge(id));
                }
                9 if !old_nodes.is_empty() => {
                    let id = old_nodes[numbers.place(old_nodes.len())];
                    let at_it: Vec<EdgeId> = after
                        .edges
                        .iter()
                        .filter(|(_, edge)| edge.ends.0 == id || edge.ends.1 == id)
                        .map(|(edge, _)| *edge)
                        .collect();
                    if at_it.iter().all(|edge| self.edges.contains_key(edge)) {
                        for edge in at_it {
                            draft.remove_edge(edge).unwrap();
                            after.edges.remove(&edge);
                            after.touch(Subject::Edge(edge));
                        }
                        draft.remove_node(id).unwrap();
                        after.nodes.remove(&id);
                        after.touch(Subject::Node(id));
                    }
                }
                _ => {}
            }
        }
        let changes = draft.finish();
        // A transaction that changes nothing is none.
        let after = if changes.is_empty() { self.clone() } else { after };
        (changes, after)
    }

    /// The maps that a snapshot holds.
    fn of(snapshot: &Snapshot) -> (BTreeMap<NodeId, ModelNode>, BTreeMap<EdgeId, ModelEdge>) {
        let catalogue = snapshot.catalogue();
        let held = |properties: &Properties| -> Held {
            let of = |(key, property): (_, &intergov::graph::Property)| match property.latest() {
                Some(Value::Integer(value)) => (catalogue.key_name(key).to_owned(), *value),
                other => panic!("{other:?}"),
            };
            properties.iter().map(of).collect()
        };
        let node = |node: intergov::graph::NodeRef<'_>| {
            let labels = node.labels().iter().map(|label| catalogue.label_name(*label).to_owned()).collect();
            (node.id(), ModelNode { labels, held: held(&node.properties()) })
        };
        let edge = |edge: intergov::graph::EdgeRef<'_>| {
            let ends = (edge.source().id(), edge.target().id());
            let edge_type = edge.edge_type().to_owned();
            (edge.id(), ModelEdge { edge_type, ends, held: held(&edge.properties()) })
        };
        (snapshot.nodes().map(node).collect(), snapshot.edges().map(edge).collect())
    }
}

/// A rule that nothing meets.
struct Never;

impl CommitRule for Never {
    fn check(&self, _: &Snapshot, after: &Snapshot, _: &ChangeSet) -> Vec<Violation> {
        let subject = Subject::Node(after.nodes().next().map_or(NodeId::new(0), |node| node.id()));
        let (message, remedy) = ("no".to_owned(), "none".to_owned());
        vec![Violation { subject, rule: "never", column: None, message, remedy, warning: false }]
    }
}

/// A store and the model of it.
struct Run {
    numbers: Numbers,
    folder: tempfile::TempDir,
    path: PathBuf,
    store: Option<Store>,
    model: Model,
    trace: Vec<String>,
}

impl Run {
    fn new(seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store-0");
        let store = Some(Store::create(&path, &small_limits()).unwrap());
        let trace = vec![format!("seed {seed}")];
        Self { numbers: Numbers(seed), folder, path, store, model: Model::default(), trace }
    }

    fn store(&self) -> &Store {
        self.store.as_ref().unwrap()
    }

    fn next_change(&mut self) -> (ChangeSet, Model) {
        // One in five is a bulk commit.
        let edits = if self.numbers.next(5) == 0 { 10 + self.numbers.next(30) } else { self.numbers.next(7) };
        let snapshot = self.store().snapshot().unwrap();
        self.model.edit(&snapshot, &mut self.numbers, edits)
    }

    fn reopen(&mut self) {
        self.store = None;
        self.store = Some(Store::open(&self.path, Access::ReadWrite, &small_limits()).unwrap());
    }

    fn step(&mut self) {
        let choice = self.numbers.next(12);
        let name = match choice {
            0..5 => self.commit(),
            5 => self.rejected(),
            6 => self.outdated(),
            7 => {
                self.store().merge().unwrap();
                "merge".to_owned()
            }
            8 => {
                self.reopen();
                "reopen".to_owned()
            }
            9 | 10 => self.crash(),
            _ => self.refused(),
        };
        self.trace.push(name);
        self.expect_equal();
    }

    fn commit(&mut self) -> String {
        let (changes, after) = self.next_change();
        let committed = self.store().commit(&changes, &NOTE, &[]).unwrap();
        self.model = after;
        assert_eq!(committed.commit, self.model.commit, "{:?}", self.trace);
        format!("commit of {} changes", changes.len())
    }

    fn rejected(&mut self) -> String {
        let (changes, _) = self.next_change();
        if !changes.is_empty() {
            let error = self.store().commit(&changes, &NOTE, &[&Never]).unwrap_err();
            assert!(matches!(error, StoreError::Rules(_)), "{error}");
        }
        "rejected by a rule".to_owned()
    }

    fn outdated(&mut self) -> String {
        let (old, _) = self.next_change();
        let name = self.commit();
        if !old.is_empty() && old.base() != self.model.commit {
            let error = self.store().commit(&old, &NOTE, &[]).unwrap_err();
            assert!(matches!(error, StoreError::Change(_)), "{error}");
        }
        format!("{name}, then one for the state before")
    }

    /// Copies the store as it lies there in the midst of a commit or merge, and goes on with the copy.
    fn crash(&mut self) -> String {
        const STAGES: [&str; 11] = [
            "bulk.begun",
            "bulk.chunks",
            "commit.begun",
            "commit.logged",
            "commit.synced",
            "commit.witnessed",
            "merge.begun",
            "merge.chunks",
            "merge.swapped",
            "merge.synced",
            "clean.begun",
        ];
        let points: Vec<&str> = STAGES.into_iter().chain(CALLS).collect();
        let point = points[self.numbers.place(points.len())];
        let nth = 1 + u32::try_from(self.numbers.next(3)).unwrap();
        let copy = self.folder.path().join(format!("store-{}", self.trace.len()));
        let (from, to) = (self.path.clone(), copy.clone());
        let armed = arm(&self.path, point, nth, Fault::Call(Arc::new(move || copy_store(&from, &to))));
        let (changes, after) = self.next_change();
        self.store().commit(&changes, &NOTE, &[]).unwrap();
        if !armed.has_fired() {
            self.model = after;
            self.store().merge().unwrap();
        } else if point == "commit.witnessed" {
            // The commit stands, whatever the process had still to do.
            self.model = after;
        } else {
            self.settle(&copy, after);
        }
        let fired = armed.has_fired();
        drop(armed);
        self.store = None;
        if fired {
            self.path = copy;
        }
        self.reopen();
        format!("crash at {point} {nth}, {}", if fired { "hit" } else { "not hit" })
    }

    /// Takes the model after a commit if a copy of the store holds that commit.
    fn settle(&mut self, at: &std::path::Path, after: Model) {
        let store = Store::open(at, Access::ReadOnly, &small_limits()).unwrap();
        let commit = store.snapshot().unwrap().commit();
        assert!(commit == self.model.commit || commit == after.commit, "{:?}: {commit}", self.trace);
        if commit == after.commit {
            self.model = after;
        }
    }

    /// The operating system refuses once in the midst of a commit.
    fn refused(&mut self) -> String {
        let point = CALLS[self.numbers.place(CALLS.len())];
        let armed = arm(&self.path, point, 1 + u32::try_from(self.numbers.next(3)).unwrap(), Fault::FULL);
        let (changes, after) = self.next_change();
        let done = self.store().commit(&changes, &NOTE, &[]);
        drop(armed);
        self.store = None;
        if done.is_ok() {
            self.model = after;
        } else {
            let path = self.path.clone();
            self.settle(&path, after);
        }
        self.reopen();
        format!("refused at {point}: {}", done.is_err())
    }

    fn expect_equal(&mut self) {
        let (store, model) = (self.store.as_ref().unwrap(), &self.model);
        let snapshot = store.snapshot().unwrap();
        let (nodes, edges) = Model::of(&snapshot);
        assert_eq!(snapshot.commit(), model.commit, "{:#?}", self.trace);
        assert!(nodes == model.nodes && edges == model.edges, "{:#?}", self.trace);
        assert_eq!((snapshot.node_count(), snapshot.edge_count()), (nodes.len(), edges.len()));
        for (id, _) in nodes.iter().take(5) {
            let degree =
                |end: fn(&ModelEdge) -> NodeId| edges.values().filter(|edge| end(edge) == *id).count();
            let node = snapshot.node(*id).unwrap();
            assert_eq!(node.out_edges().count(), degree(|edge| edge.ends.0), "{:#?}", self.trace);
            assert_eq!(node.in_edges().count(), degree(|edge| edge.ends.1), "{:#?}", self.trace);
        }
        if !model.touched.is_empty() {
            let at = self.numbers.place(model.touched.len());
            let (subject, commits) = model.touched.iter().nth(at).unwrap();
            let history = store.history(*subject).unwrap();
            let found: Vec<u64> = history.iter().map(|entry| entry.entry.commit).collect();
            assert_eq!(found, commits.iter().copied().collect::<Vec<_>>(), "{subject:?} {:#?}", self.trace);
        }
    }

    fn finish(mut self) {
        self.reopen();
        self.expect_equal();
        let report = self.store().verify(&[]).unwrap();
        assert!(report.is_clean(), "{:?} {:#?}", report.findings, self.trace);
        let journal = self.store().journal().unwrap();
        assert_eq!(journal.len() as u64, self.model.commit, "{:#?}", self.trace);
        let touches: u64 = journal
            .iter()
            .map(|entry| entry.counts)
            .map(|n| {
                n.created_nodes
                    + n.changed_nodes
                    + n.removed_nodes
                    + n.created_edges
                    + n.changed_edges
                    + n.removed_edges
            })
            .sum();
        let expected: usize = self.model.touched.values().map(BTreeSet::len).sum();
        assert_eq!(touches, expected as u64, "{:#?}", self.trace);
    }
}

fn run(seeds: std::ops::Range<u64>, steps: usize) {
    for seed in seeds {
        let mut run = Run::new(seed);
        for _ in 0..steps {
            run.step();
        }
        run.finish();
    }
}

#[test]
fn a_store_is_what_plain_maps_are() {
    run(0..6, 40);
}

#[test]
#[ignore = "takes minutes; run by name, as docs/reliability.md says"]
fn a_store_is_what_plain_maps_are_at_length() {
    run(1_000..1_200, 120);
}
