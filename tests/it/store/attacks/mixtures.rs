//! Two copies of one store that went different ways, and a third that an interrupted copier made of both.
//!
//! Each copy is changed by commits of its own that have the same sizes: chunk numbers, lengths and offsets agree, every
//! checksum of a block fits, and the counts are right. Such a mixture once opened with `verify` clean and the notes of
//! the other copy in it. What is neither the one nor the other must not open, or say that it is damaged.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use intergov::graph::{ChangeSet, Snapshot};
use intergov::store::{Access, Store, StoreError, StoreOptions, set_clock};
use intergov::value::{Validity, Value};

use super::super::sample::{NOTE, chain_of, copy_store};
use super::{Answer, Files, Told, ask, contents, lay_down};

/// What a disk writes at once: mixtures are made at every multiple of it, those of whole blocks among them.
const SECTOR: usize = 512;

fn options() -> StoreOptions {
    StoreOptions { bulk_changes: 100, merge_operations: 1_000, chunk_rows: 16, ..StoreOptions::default() }
}

/// What a copy does after the moment at which it was made.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// Commits to the log.
    Small,
    /// A change of every element, twice, and commits to the log.
    Bulk,
    /// Names that the other copy does not have, in the log.
    Names,
    /// Commits to the log, merged.
    Merge,
    /// The same, with names.
    MergeNames,
    /// Names alone, merged: the chunks hold their numbers and are the same in both.
    NamesAlone,
    /// Nothing is written but the journal's old entries into a block.
    Pack,
}

const WAYS: [Way; 7] =
    [Way::Small, Way::Bulk, Way::Names, Way::Merge, Way::MergeNames, Way::NamesAlone, Way::Pack];

/// Gives every element another note; the length does not depend on the tag.
fn notes(before: &Snapshot, tag: &str, count: usize) -> ChangeSet {
    let mut draft = before.draft();
    for node in before.nodes().take(count) {
        draft.set_node(node.id(), "note", Value::text(&format!("{tag} {}", node.id()))).unwrap();
    }
    for edge in before.edges().take(count) {
        draft.set_edge(edge.id(), "note", Value::text(&format!("{tag} {}", edge.id()))).unwrap();
    }
    draft.finish()
}

/// Nodes with labels and keys, and edges of types, that have the tag in their long names: enough to fill a page of the
/// engine with nothing but names.
fn named(before: &Snapshot, tag: &str) -> ChangeSet {
    let mut draft = before.draft();
    for number in 10..50 {
        let name = format!("{number} {} {tag}", "long ".repeat(12));
        let node = draft.create_node(&[&format!("Label {name}")], Validity::ALWAYS).unwrap();
        draft.set_node(node, &format!("key {name}"), Value::Integer(7)).unwrap();
        draft.create_edge(&format!("TYPE {name}"), node, node, Validity::UNKNOWN).unwrap();
    }
    draft.finish()
}

fn go(path: &Path, way: Way, tag: &str) -> Told {
    let store = Store::open(path, Access::ReadWrite, &options()).unwrap();
    let commit = |make: &dyn Fn(&Snapshot) -> ChangeSet| {
        let changes = make(&store.snapshot().unwrap());
        store.commit(&changes, &NOTE, &[]).unwrap();
    };
    match way {
        Way::Small => (0..3).for_each(|count| commit(&|before| notes(before, tag, 3 + count))),
        Way::Bulk => {
            commit(&|before| notes(before, tag, usize::MAX));
            commit(&|before| notes(before, &tag.to_lowercase(), usize::MAX));
            (0..2).for_each(|_| commit(&|before| notes(before, tag, 2)));
        }
        Way::Names => commit(&|before| named(before, tag)),
        Way::Merge | Way::MergeNames => {
            commit(&|before| notes(before, tag, 20));
            if matches!(way, Way::MergeNames) {
                commit(&|before| named(before, tag));
            }
            store.merge().unwrap();
        }
        Way::NamesAlone => {
            commit(&|before| named(before, tag));
            store.merge().unwrap();
        }
        Way::Pack => {
            (0..40).for_each(|_| commit(&|before| notes(before, tag, 1)));
            store.merge().unwrap();
        }
    }
    Told::by(&store).unwrap()
}

/// Two copies, what each tells, and where they differ.
struct Copies {
    files: [Files; 2],
    told: [Told; 2],
    /// Every sector that is not the same in both, by file.
    differ: Vec<(PathBuf, usize)>,
    _folder: tempfile::TempDir,
}

fn sector(bytes: Option<&Vec<u8>>, number: usize) -> &[u8] {
    let bytes = bytes.map_or(&[][..], Vec::as_slice);
    &bytes[bytes.len().min(number * SECTOR)..bytes.len().min((number + 1) * SECTOR)]
}

impl Copies {
    fn new(way: Way, size: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path().join("base");
        let store = Store::create(&base, &options()).unwrap();
        // Equal times, so that the entries of the journal have equal lengths.
        set_clock(Some(1_900_000_000_000));
        for (size, tag) in [(size, "a"), (5, "b"), (5, "c")] {
            store.commit(&chain_of(&store.snapshot().unwrap(), size, tag), &NOTE, &[]).unwrap();
        }
        drop(store);
        let mut files = [Files::new(), Files::new()];
        let told = ["ONE", "TWO"].map(|tag| {
            let path = folder.path().join(tag);
            copy_store(&base, &path);
            let told = go(&path, way, tag);
            files[usize::from(tag == "TWO")] = contents(&path);
            told
        });
        set_clock(None);
        let names: BTreeSet<&PathBuf> = files.iter().flat_map(Files::keys).collect();
        let mut differ = Vec::new();
        for name in names {
            let both = [files[0].get(name), files[1].get(name)];
            let length = both.iter().flatten().map(|bytes| bytes.len()).max().unwrap();
            let sectors = (0..length.div_ceil(SECTOR).max(1)).filter(|number| {
                both[0].is_some() != both[1].is_some() || sector(both[0], *number) != sector(both[1], *number)
            });
            differ.extend(sectors.map(|number| (name.clone(), number)));
        }
        Self { files, told, differ, _folder: folder }
    }

    /// The files of the first copy with these sectors of the second.
    fn mixed(&self, of_second: &dyn Fn(usize) -> bool) -> Files {
        let mut mixed = self.files[0].clone();
        for (at, (name, number)) in self.differ.iter().enumerate() {
            if of_second(at) {
                let Some(second) = self.files[1].get(name) else {
                    mixed.remove(name);
                    continue;
                };
                let new = sector(Some(second), *number);
                let bytes = mixed.entry(name.clone()).or_default();
                let from = number * SECTOR;
                bytes.resize(bytes.len().max(from + new.len()), 0);
                bytes[from..from + new.len()].copy_from_slice(new);
            }
        }
        // A file has the length of the copy that its last sector is of.
        for (name, bytes) in &mut mixed {
            let last = self.differ.iter().rposition(|(own, _)| own == name);
            if let Some(length) =
                last.filter(|at| of_second(*at)).and_then(|_| self.files[1].get(name)).map(Vec::len)
            {
                bytes.truncate(length);
            }
        }
        mixed
    }

    /// Opens a mixture in both ways: it is one of the copies, or not sound. Returns what was wrong.
    fn judge(&self, path: &Path, mixed: &Files, what: &str) -> String {
        let mut gave = String::new();
        for access in [Access::ReadOnly, Access::ReadWrite] {
            lay_down(path, mixed);
            gave = match ask(path, access, &options(), what) {
                Answer::Sound(told) => {
                    let which = self.told.iter().position(|own| own.is(&told));
                    match which {
                        Some(which) => format!("copy {}", which + 1),
                        None => panic!("{what}, {access:?}: it is sound, and neither the one nor the other"),
                    }
                }
                Answer::Finds => "opens, verify finds it".to_owned(),
                Answer::Fails(error) => {
                    assert!(matches!(error, StoreError::Corrupt { .. } | StoreError::Lost { .. }), "{error}");
                    "does not open".to_owned()
                }
            };
        }
        gave
    }
}

/// Mixes copies at so many cut points of each way, sector by sector, and by whole files.
fn mix(size: usize, cuts: usize) {
    // Most of the time passes while an opening waits to try again.
    std::thread::scope(|scope| {
        WAYS.iter().for_each(|way| drop(scope.spawn(move || mix_one(*way, size, cuts))))
    });
}

fn mix_one(way: Way, size: usize, cuts: usize) {
    let copies = Copies::new(way, size);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let count = copies.differ.len();
    assert!(count > 1 && !copies.told[0].is(&copies.told[1]), "{way:?}: {count} sectors differ");
    let mut seen: BTreeMap<(&str, String), u32> = BTreeMap::new();
    let mut judge = |kind: &'static str, at: usize, of_second: &dyn Fn(usize) -> bool| {
        let what = format!("{way:?}, {kind} {at}: {:?}", copies.differ.get(at));
        let gave = copies.judge(&path, &copies.mixed(of_second), &what);
        *seen.entry((kind, gave)).or_default() += 1;
    };
    for cut in (0..=count).step_by((count / cuts).max(1)) {
        judge("the second up to", cut, &|at| at < cut);
        judge("the first up to", cut, &|at| at >= cut);
        judge("the second's sector", cut, &|at| at == cut);
        judge("all but the second's sector", cut, &|at| at != cut);
    }
    // A page of the engine takes several sectors: runs of them are what makes a page of the other copy.
    let runs: Vec<(usize, usize)> =
        (0..count).flat_map(|from| (from + 1..=count).map(move |to| (from, to))).collect();
    for (from, to) in runs.iter().step_by((runs.len() / (4 * cuts)).max(1)) {
        judge("the second's run", *from, &|at| (*from..*to).contains(&at));
    }
    let names: BTreeSet<&PathBuf> = copies.differ.iter().map(|(name, _)| name).collect();
    let names: Vec<&PathBuf> = names.into_iter().collect();
    let all = 1_usize << names.len().min(12);
    for choice in (0..all).step_by((all / cuts).max(1)) {
        judge("whole files", choice, &|at| {
            let name = names.iter().position(|name| **name == copies.differ[at].0).unwrap();
            choice >> name & 1 == 1
        });
    }
    for ((kind, gave), times) in &seen {
        println!("{way:?} | {count} sectors of {} files differ | {kind} | {gave} | {times}", names.len());
    }
}

#[test]
fn a_mixture_of_two_diverged_copies_is_never_taken_for_a_sound_store() {
    mix(150, 8);
}

#[test]
#[ignore = "takes minutes; run by name, as docs/reliability.md says"]
fn two_hundred_cut_points_through_diverged_copies() {
    mix(150, 200);
    mix(3_000, 200);
}
