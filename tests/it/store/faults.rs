//! Every file of a store damaged in turn: a typed error or the whole store, never a panic, never an
//! older or an empty store.

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use intergov::graph::Snapshot;
use intergov::store::{Access, Store, StoreError, StoreOptions};
use intergov::value::Value;

use super::sample::{NOTE, chain_of, copy_store, engine_of, same_records, segments_of, small_limits};

/// A store with chunks, replaced chunks and a log, opened several times.
struct Sound {
    path: PathBuf,
    reference: Snapshot,
    commits: usize,
    _folder: tempfile::TempDir,
}

fn options() -> StoreOptions {
    StoreOptions { chunk_rows: 40, ..small_limits() }
}

fn sound() -> Sound {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let store = Store::create(&path, &options()).unwrap();
    let mut reference = Snapshot::clone(&store.snapshot().unwrap());
    drop(store);
    let sizes = [400, 3, 2, 200, 2, 2, 2, 2];
    for (number, size) in sizes.into_iter().enumerate() {
        let store = Store::open(&path, Access::ReadWrite, &options()).unwrap();
        let changes = chain_of(&reference, size, &format!("长三角-{number}"));
        store.commit(&changes, &NOTE, &[]).unwrap();
        reference = reference.apply(&changes).unwrap();
        if number + 1 == sizes.len() {
            let stats = store.stats().unwrap();
            assert!(stats.log_operations > 0 && stats.merged_commit > 0, "{stats:?}");
            println!("{} nodes, {} chunks, {} bytes", stats.nodes, stats.chunks, stats.file_bytes);
        }
    }
    Sound { path, reference, commits: sizes.len(), _folder: folder }
}

/// All files below a folder, relative to it.
fn files_of(folder: &Path, below: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder.join(below)).unwrap() {
        let name = below.join(entry.unwrap().file_name());
        if folder.join(&name).is_dir() { files.extend(files_of(folder, &name)) } else { files.push(name) }
    }
    files.sort();
    files
}

/// What an opening gave.
enum Outcome {
    /// All that was there is there.
    Whole,
    /// The graph is there; the journal says that it is damaged when it is read.
    JournalDamaged,
    Error(StoreError),
}

/// Opens a damaged store; panics of ours and states that are neither whole nor an error fail the test.
fn outcome(path: &Path, sound: &Sound, access: Access, what: &str) -> Outcome {
    let opened = catch_unwind(AssertUnwindSafe(|| Store::open(path, access, &options())));
    let store = match opened.unwrap_or_else(|_| panic!("{what}: opening panicked")) {
        Ok(store) => store,
        Err(error) => {
            // Asking again does not help: the opening has not made an older store of it.
            match Store::open(path, access, &options()) {
                Ok(store) => {
                    let second = store.snapshot().map(|again| same_records(&again, &sound.reference));
                    assert!(second.unwrap_or(true), "{what}: second time")
                }
                Err(again) => assert!(!matches!(again, StoreError::Locked { .. }), "{what}: {again}"),
            }
            return Outcome::Error(error);
        }
    };
    let snapshot = match catch_unwind(AssertUnwindSafe(|| store.snapshot())) {
        Ok(Ok(snapshot)) => snapshot,
        Ok(Err(error)) => return Outcome::Error(error),
        Err(_) => panic!("{what}: loading panicked"),
    };
    assert!(same_records(&snapshot, &sound.reference), "{what}: another state without a word");
    let journal = catch_unwind(AssertUnwindSafe(|| (store.journal(), store.verify(&[]))));
    let (journal, report) = journal.unwrap_or_else(|_| panic!("{what}: reading panicked"));
    match journal {
        Ok(journal) => assert_eq!(journal.len(), sound.commits, "{what}: the journal is shorter"),
        Err(error) => {
            assert!(matches!(error, StoreError::Corrupt { .. }), "{what}: {error}");
            assert!(report.is_err() || report.is_ok_and(|report| !report.is_clean()), "{what}");
            return Outcome::JournalDamaged;
        }
    }
    Outcome::Whole
}

type Damage = (&'static str, Box<dyn Fn(&Path)>);

fn cut(path: &Path, keep: impl Fn(u64) -> u64) {
    let file = fs::File::options().write(true).open(path).unwrap();
    file.set_len(keep(file.metadata().unwrap().len())).unwrap();
}

fn flip(path: &Path, place: impl Fn(usize) -> usize, count: usize) {
    let mut bytes = fs::read(path).unwrap();
    // Beyond the last byte that is not zero there is only room for later.
    let used = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    if used > 0 {
        let at = place(used).min(used - 1);
        let end = (at + count).min(used);
        bytes[at..end].iter_mut().for_each(|byte| *byte ^= 0x10);
        fs::write(path, bytes).unwrap();
    }
}

fn damages() -> Vec<Damage> {
    let mut damages: Vec<Damage> = vec![
        ("missing", Box::new(|path| fs::remove_file(path).unwrap())),
        ("emptied", Box::new(|path| cut(path, |_| 0))),
        ("cut to half", Box::new(|path| cut(path, |length| length / 2))),
        ("last byte cut", Box::new(|path| cut(path, |length| length.saturating_sub(1)))),
        (
            "cut after its used part",
            Box::new(|path| {
                let bytes = fs::read(path).unwrap();
                let used = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
                cut(path, |_| used as u64 * 9 / 10);
            }),
        ),
    ];
    for part in 0..40_usize {
        damages.push(("a bit flipped", Box::new(move |path| flip(path, |used| used * part / 40, 1))));
    }
    for part in 0..12_usize {
        damages.push(("100 bytes altered", Box::new(move |path| flip(path, |used| used * part / 12, 100))));
    }
    damages
}

#[test]
fn damage_to_any_file_is_named_or_harmless() {
    let sound = sound();
    let files = files_of(&sound.path, Path::new(""));
    let engine = engine_of(&sound.path).file_name().unwrap().to_string_lossy().into_owned();
    for expected in ["FORMAT", "HEAD", "LOCK", "MANIFEST", &format!("{engine}/conf"), &format!("{engine}/db")]
    {
        assert!(files.contains(&PathBuf::from(expected)), "{files:?}");
    }
    assert!(files.iter().any(|file| file.starts_with("segments")), "{files:?}");
    let mut seen: BTreeMap<(String, &str, String), u32> = BTreeMap::new();
    for file in &files {
        let name = file.to_string_lossy().replace(&engine, "sled-N");
        let kind = match (name.find("snap."), name.starts_with("segments")) {
            (Some(at), _) => format!("{}snap.*", &name[..at]),
            (None, true) => "segments/*".to_owned(),
            (None, false) => name.clone(),
        };
        for (name, damage) in damages() {
            for access in [Access::ReadWrite, Access::ReadOnly] {
                let folder = tempfile::tempdir().unwrap();
                let path = folder.path().join("store");
                copy_store(&sound.path, &path);
                damage(&path.join(file));
                let what = format!("{} {name}", file.display());
                let gave = match outcome(&path, &sound, access, &what) {
                    Outcome::Whole => "whole".to_owned(),
                    Outcome::JournalDamaged => "the graph whole, the journal damaged".to_owned(),
                    Outcome::Error(error) => {
                        assert!(
                            matches!(
                                error,
                                StoreError::Corrupt { .. }
                                    | StoreError::Lost { .. }
                                    | StoreError::NewerFormat { .. }
                            ),
                            "{what}: {error}"
                        );
                        error.to_string().replace(&*path.to_string_lossy(), "STORE")
                    }
                };
                *seen.entry((kind.clone(), name, gave)).or_default() += 1;
            }
        }
    }
    for ((file, damage, gave), times) in &seen {
        println!("{file} | {damage} | {times} | {gave}");
    }
    for damaged in ["sled-N/db", "segments/*"] {
        assert!(seen.keys().any(|(file, _, gave)| file == damaged && gave != "whole"));
    }
}

/// A store opens in spite of a damaged chunk; reading finds it.
#[test]
fn damage_deep_in_the_data_is_found_when_they_are_read() {
    let mut sound = sound();
    let store = Store::open(&sound.path, Access::ReadWrite, &options()).unwrap();
    for round in 0..4_u64 {
        let before = store.snapshot().unwrap();
        let mut draft = before.draft();
        for (number, node) in
            (round * 5..).zip(before.nodes().skip(usize::try_from(round * 5).unwrap()).take(5))
        {
            // Text that does not compress: a sequence of multiples by a large prime.
            let noise = (number * 40_000..(number + 1) * 40_000)
                .map(|n| format!("{:016x}", n.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
            draft
                .set_node(node.id(), &format!("noise {round}"), Value::text(&noise.collect::<String>()))
                .unwrap();
        }
        store.commit(&draft.finish(), &NOTE, &[]).unwrap();
    }
    (sound.reference, sound.commits) = (Snapshot::clone(&store.snapshot().unwrap()), sound.commits + 4);
    drop(store);
    let bytes = fs::metadata(&segments_of(&sound.path)[0]).unwrap().len();
    assert!(bytes >= 3 * 1024 * 1024, "{bytes}");
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for part in 0..40_usize {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store");
        copy_store(&sound.path, &path);
        let count = if part % 2 == 0 { 1 } else { 4_096 };
        flip(&segments_of(&path)[0], |used| used * part / 40, count);
        let gave = match outcome(&path, &sound, Access::ReadWrite, &format!("part {part}")) {
            Outcome::Whole => "whole".to_owned(),
            Outcome::JournalDamaged => "the graph whole, the journal damaged".to_owned(),
            Outcome::Error(error) => {
                assert!(matches!(error, StoreError::Corrupt { .. } | StoreError::Lost { .. }), "{error}");
                error.to_string().replace(&*path.to_string_lossy(), "STORE")
            }
        };
        *seen.entry(gave).or_default() += 1;
    }
    for (gave, times) in &seen {
        println!("{times} | {gave}");
    }
    assert!(seen.keys().any(|gave| gave.contains(".seg is damaged")), "{seen:?}");
}

/// What made sled alone come back empty without a word: a damaged log and no page table.
#[test]
fn a_damaged_log_without_its_page_table_is_never_an_older_store() {
    let sound = sound();
    for part in 0..24_u64 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store");
        copy_store(&sound.path, &path);
        let engine = engine_of(&path);
        for file in files_of(&path, Path::new(engine.file_name().unwrap())) {
            if file.to_string_lossy().contains("snap.") {
                fs::remove_file(path.join(file)).unwrap();
            }
        }
        let data = engine.join("db");
        if part % 2 == 0 {
            cut(&data, |length| length * part / 24);
        } else {
            flip(&data, |used| used * usize::try_from(part).unwrap() / 24, 20);
        }
        match outcome(&path, &sound, Access::ReadWrite, &format!("part {part}")) {
            Outcome::Whole | Outcome::JournalDamaged => {}
            Outcome::Error(error) => {
                println!("{part}: {error}");
                assert!(matches!(error, StoreError::Corrupt { .. } | StoreError::Lost { .. }), "{error}");
            }
        }
    }
}

/// Either slot of the witness alone is enough, and the next opening for writing mends the other.
#[test]
fn a_damaged_slot_of_the_witness_is_mended() {
    let sound = sound();
    for slot in [0, 4096] {
        flip(&sound.path.join("HEAD"), |_| slot + 5, 1);
        let store = Store::open(&sound.path, Access::ReadOnly, &options()).unwrap();
        let report = store.verify(&[]).unwrap();
        assert!(report.findings.iter().any(|finding| finding.detail.contains("HEAD")), "{report:?}");
        drop(store);
        let store = Store::open(&sound.path, Access::ReadWrite, &options()).unwrap();
        assert!(store.verify(&[]).unwrap().is_clean());
        assert!(same_records(&store.snapshot().unwrap(), &sound.reference));
    }
}

/// The engine's folder of an earlier day under today's witness, and the other way round.
#[test]
fn an_older_engine_or_an_older_witness_is_noticed() {
    let sound = sound();
    let folder = tempfile::tempdir().unwrap();
    let older = folder.path().join("older");
    copy_store(&sound.path, &older);
    let store = Store::open(&sound.path, Access::ReadWrite, &options()).unwrap();
    for tag in ["x", "y", "z"] {
        store.commit(&chain_of(&store.snapshot().unwrap(), 2, tag), &NOTE, &[]).unwrap();
    }
    drop(store);
    let today = folder.path().join("today");
    copy_store(&sound.path, &today);

    let mixed = folder.path().join("older engine");
    copy_store(&today, &mixed);
    let engine = engine_of(&mixed);
    fs::remove_dir_all(&engine).unwrap();
    copy_store(&engine_of(&older), &engine);
    let error = Store::open(&mixed, Access::ReadWrite, &options()).unwrap_err();
    assert!(matches!(error, StoreError::Lost { from: 9, to: 11, .. }), "{error}");
    assert!(error.to_string().contains("lost the commits 9 to 11"), "{error}");

    let mixed = folder.path().join("older witness");
    copy_store(&today, &mixed);
    fs::copy(older.join("HEAD"), mixed.join("HEAD")).unwrap();
    fs::rename(engine_of(&mixed), mixed.join(engine_of(&older).file_name().unwrap())).unwrap();
    let error = Store::open(&mixed, Access::ReadWrite, &options()).unwrap_err();
    assert!(matches!(&error, StoreError::Corrupt { file, .. } if file.ends_with("HEAD")), "{error}");

    let other = folder.path().join("other");
    drop(Store::create(&other, &options()).unwrap());
    fs::copy(other.join("HEAD"), today.join("HEAD")).unwrap();
    let error = Store::open(&today, Access::ReadWrite, &options()).unwrap_err();
    assert!(error.to_string().contains("belongs to another store"), "{error}");
}

/// A page table that a killed process had not finished is removed; sled alone would take it for the newest.
#[test]
fn a_half_written_page_table_does_no_harm() {
    let sound = sound();
    let planted = engine_of(&sound.path).join("snap.ffffffffffffffff.generating");
    for access in [Access::ReadOnly, Access::ReadWrite] {
        fs::write(&planted, "half a page table").unwrap();
        assert!(matches!(outcome(&sound.path, &sound, access, "planted"), Outcome::Whole));
        assert_eq!(planted.exists(), access == Access::ReadOnly);
    }
}

#[test]
fn a_folder_without_its_engine_is_damaged_and_not_made_anew() {
    let sound = sound();
    let engine = engine_of(&sound.path);
    fs::remove_dir_all(&engine).unwrap();
    let error = Store::open(&sound.path, Access::ReadWrite, &options()).unwrap_err();
    assert!(matches!(&error, StoreError::Corrupt { file, .. } if *file == engine), "{error}");
    assert!(!engine.exists());
}
