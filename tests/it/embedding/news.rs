//! Commits are told to subscribers, and a reader follows a writer.

use intergov::graph::Subject;
use intergov::value::Validity;
use intergov::{Database, Error};

use super::{NOTE, both};

#[test]
fn commits_are_told_with_what_they_touch() {
    both(|db| {
        let [commits, dropped] = [db.subscribe(), db.subscribe()];
        drop(dropped);
        let ((a, edge), _) = db
            .write(&NOTE, |draft| {
                let a = draft.create_node(&["Mark"], Validity::ALWAYS)?;
                Ok::<_, Error>((a, draft.create_edge("TIED", a, a, Validity::ALWAYS)?))
            })
            .unwrap();
        // Nothing is told of nothing, nor of what is refused.
        db.write(&NOTE, |_| Ok::<_, Error>(())).unwrap();
        let unfinished =
            db.write(&NOTE, |draft| Ok::<_, Error>(draft.create_node(&["Government"], Validity::ALWAYS)?));
        assert!(unfinished.is_err());
        db.write(&NOTE, |draft| Ok::<_, Error>(draft.detach_node(a)?)).unwrap();
        let told: Vec<_> =
            commits.try_iter().map(|event| (event.commit, event.subjects.unwrap().to_vec())).collect();
        let (node, edge) = (Subject::Node(a), Subject::Edge(edge));
        assert_eq!(told, [(1, vec![node, edge]), (2, vec![edge, node])]);
    });
}

#[test]
fn a_reader_follows_a_writer_when_it_is_asked_to() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let writer = Database::create(&path).unwrap();
    let reader = Database::open_read_only(&path).unwrap();
    let commits = reader.subscribe();
    assert!(!reader.refresh().unwrap());
    let former = reader.snapshot().unwrap();
    writer.write(&NOTE, |draft| Ok::<_, Error>(draft.create_node(&["Mark"], Validity::ALWAYS)?)).unwrap();
    assert_eq!(reader.snapshot().unwrap().node_count(), 0);
    assert!(reader.refresh().unwrap());
    assert!(!reader.refresh().unwrap());
    assert_eq!((reader.snapshot().unwrap().node_count(), former.node_count()), (1, 0));
    assert_eq!(commits.try_iter().map(|event| event.commit).collect::<Vec<_>>(), [1]);
    assert!(!writer.refresh().unwrap());
    assert!(
        reader.write(&NOTE, |draft| Ok::<_, Error>(draft.create_node(&["Mark"], Validity::ALWAYS)?)).is_err()
    );
}
