//! Rules stop a commit; warnings do not.

use intergov::graph::{ChangeSet, CommitRule, Snapshot, Subject, Violation};
use intergov::store::{Store, StoreError, StoreOptions};

use super::sample::{NOTE, chain_of};

/// Refuses more than so many nodes, and warns of every edge.
struct AtMost(usize);

impl CommitRule for AtMost {
    fn check(&self, _before: &Snapshot, after: &Snapshot, _changes: &ChangeSet) -> Vec<Violation> {
        let violation = |subject, warning| Violation {
            subject,
            rule: "S0",
            column: None,
            message: "too many".to_owned(),
            remedy: "write less".to_owned(),
            warning,
        };
        let beyond = after.nodes().skip(self.0).map(|node| violation(Subject::Node(node.id()), false));
        let warned = after.edges().map(|edge| violation(Subject::Edge(edge.id()), true));
        beyond.chain(warned).collect()
    }
}

#[test]
fn all_violations_come_back_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(&folder.path().join("store"), &StoreOptions::default()).unwrap();
    let committed =
        store.commit(&chain_of(&store.snapshot().unwrap(), 4, "a"), &NOTE, &[&AtMost(5)]).unwrap();
    assert_eq!((committed.commit, committed.warnings.len()), (1, 3));
    let error =
        store.commit(&chain_of(&store.snapshot().unwrap(), 4, "b"), &NOTE, &[&AtMost(5)]).unwrap_err();
    let StoreError::Rules(violations) = &error else { panic!("{error}") };
    assert_eq!(violations.len(), 3);
    assert_eq!(error.to_string(), "too many (S0); write less (and 2 more)");
    assert_eq!((store.snapshot().unwrap().commit(), store.journal().unwrap().len()), (1, 1));
    let report = store.verify(&[&AtMost(3)]).unwrap();
    assert!(report.findings.is_empty() && !report.is_clean());
    assert!(store.verify(&[&AtMost(4)]).unwrap().is_clean());
}
