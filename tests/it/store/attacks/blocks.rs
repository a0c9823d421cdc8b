//! One bad block of 4 KiB, read while it is bad.
//!
//! A large store was once opened in place to read it. The engine took a block that it could not make sense of for the
//! end of its log, and wrote zeros over all that followed: with the block back in its place the store stayed lost. A
//! reader must leave every byte as it is, and either be right or say that the store is damaged.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use intergov::graph::{Contents, EdgeDirection, PointRead, Subject};
use intergov::store::{Access, ChunkReader, Store, StoreError, StoreOptions};
use intergov::value::Value;

use super::super::sample::{NOTE, Numbers, chain_of, small_limits};
use super::{Answer, BLOCK, Files, Told, ask, contents, lay_down};

fn options() -> StoreOptions {
    StoreOptions { chunk_rows: 40, ..small_limits() }
}

/// A store with several segments, a packed journal and a log.
fn store(path: &Path) -> Told {
    let store = Store::create(path, &options()).unwrap();
    for (number, size) in [400, 3, 2, 200, 2, 2, 60, 2].into_iter().enumerate() {
        let before = store.snapshot().unwrap();
        store.commit(&chain_of(&before, size, &format!("长三角-{number}")), &NOTE, &[]).unwrap();
    }
    let before = store.snapshot().unwrap();
    let mut draft = before.draft();
    for (number, node) in (0..4_u64).zip(before.nodes()) {
        // Text that does not compress: multiples of a large prime.
        let noise = (number * 6_000..(number + 1) * 6_000)
            .map(|n| format!("{:016x}", n.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        draft.set_node(node.id(), "noise", Value::text(&noise.collect::<String>())).unwrap();
    }
    store.commit(&draft.finish(), &NOTE, &[]).unwrap();
    store.merge().unwrap();
    let before = store.snapshot().unwrap();
    store.commit(&chain_of(&before, 2, "last"), &NOTE, &[]).unwrap();
    let stats = store.stats().unwrap();
    assert!(stats.log_operations > 0 && stats.merged_commit > 0, "{stats:?}");
    Told::by(&store).unwrap()
}

/// The places of blocks, each file's in turn; where there are more than so many, some of each file.
fn places(files: &Files, count: usize) -> Vec<(PathBuf, usize)> {
    let blocks = |bytes: &Vec<u8>| bytes.len().div_ceil(BLOCK);
    // Behind its last byte that is not zero the engine's file holds nothing yet.
    let used = |bytes: &Vec<u8>| bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last / BLOCK + 1);
    let all: usize = files.values().map(used).sum();
    let mut places = Vec::new();
    for (name, bytes) in files {
        let step = (all / count).max(1);
        places.extend((0..used(bytes)).step_by(step).map(|block| (name.clone(), block)));
        if used(bytes) < blocks(bytes) {
            places.push((name.clone(), used(bytes)));
        }
    }
    places
}

fn spoil(bytes: &mut [u8], block: usize, numbers: &mut Numbers, zero: bool) {
    let end = ((block + 1) * BLOCK).min(bytes.len());
    for byte in &mut bytes[block * BLOCK..end] {
        *byte = if zero { 0 } else { u8::try_from(numbers.next(256)).unwrap() };
    }
}

/// Every way to read a store, each on its own; what it gives is right or a typed error.
fn read_all(path: &Path, right: &Told, what: &str) -> bool {
    let damage = |error: &StoreError| {
        assert!(
            matches!(
                error,
                StoreError::Corrupt { .. } | StoreError::Lost { .. } | StoreError::NewerFormat { .. }
            ),
            "{what}: {error}"
        );
    };
    match ask(path, Access::ReadOnly, &options(), what) {
        Answer::Sound(told) => assert!(told.is(right), "{what}: it tells something else"),
        Answer::Finds => {}
        Answer::Fails(error) => damage(&error),
    }
    let node = right.graph.nodes().next().unwrap();
    let store = match Store::open(path, Access::ReadOnly, &options()) {
        Ok(store) => store,
        Err(error) => {
            damage(&error);
            return false;
        }
    };
    match store.reader().and_then(|reader| reader.nodes(&[node.id()])) {
        Ok(found) => assert_eq!(found, [node.to_record()], "{what}"),
        Err(error) => damage(&error),
    }
    let own = node.out_edges().map(|edge| edge.to_record()).collect::<Vec<_>>();
    let wanted = |reader: ChunkReader| reader.edges(&[node.id()], EdgeDirection::Out, &[], Contents::Whole);
    match store.reader().and_then(wanted) {
        Ok(found) => assert_eq!(found, own, "{what}"),
        Err(error) => damage(&error),
    }
    store.stats().map_or_else(|error| damage(&error), drop);
    store.history(Subject::Node(node.id())).map_or_else(|error| damage(&error), drop);
    store.beside().map_or_else(|error| damage(&error), drop);
    let backup = path.with_file_name("backup");
    match store.backup(&backup, &mut |_| {}) {
        Ok(_) => {
            let restored = path.with_file_name("restored");
            let back = Store::restore(&backup, &restored, &options(), &mut |_| {});
            match back {
                Ok(_) => {
                    let store = Store::open(&restored, Access::ReadOnly, &options()).unwrap();
                    assert!(Told::by(&store).unwrap().is(right), "{what}: the backup is another");
                    fs::remove_dir_all(&restored).unwrap();
                }
                Err(error) => damage(&error),
            }
            fs::remove_file(&backup).unwrap();
        }
        Err(error) => damage(&error),
    }
    true
}

/// Makes so many blocks bad, one at a time.
fn spoil_blocks(count: usize) {
    let folder = tempfile::tempdir().unwrap();
    let sound = folder.path().join("sound");
    let right = store(&sound);
    let files = contents(&sound);
    let places = places(&files, count);
    let mut numbers = Numbers(1);
    let mut seen: BTreeMap<(String, bool), u32> = BTreeMap::new();
    for (at, (name, block)) in places.iter().enumerate() {
        let path = folder.path().join("store");
        let mut spoilt = files.clone();
        spoil(spoilt.get_mut(name).unwrap(), *block, &mut numbers, at % 2 == 0);
        lay_down(&path, &spoilt);
        let what = format!("{} block {block}", name.display());
        let opens = read_all(&path, &right, &what);
        assert!(contents(&path) == spoilt, "{what}: reading changed the store");
        // With the block good again all is as it was.
        fs::write(path.join(name), &files[name]).unwrap();
        let Answer::Sound(told) = ask(&path, Access::ReadOnly, &options(), &what) else {
            panic!("{what}: it is not sound when the block is good again")
        };
        assert!(told.is(&right), "{what}");
        *seen.entry((name.display().to_string(), opens)).or_default() += 1;
    }
    println!("{} blocks of {} files", places.len(), files.len());
    for ((file, opens), times) in &seen {
        println!("{file} | {} | {times}", if *opens { "opens" } else { "does not open" });
    }
    // Those of the log and of the segments are not harmless.
    assert!(seen.keys().any(|(file, opens)| file.ends_with("/db") && !opens), "{seen:?}");
    assert!(fs::read_dir(folder.path()).unwrap().count() == 2);
}

#[test]
fn a_bad_block_is_named_or_harmless_and_reading_changes_nothing() {
    spoil_blocks(60);
}

#[test]
#[ignore = "takes a while; the continuous integration runs it by name"]
fn two_hundred_bad_blocks_and_more() {
    spoil_blocks(100_000);
}
