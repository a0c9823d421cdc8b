//! Real disks that are full, read-only or another user's.
//!
//! Mounting needs the rights of the administrator; without them the tests say that they are skipped.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use intergov::graph::{ChangeSet, Snapshot};
use intergov::store::{Access, Store, StoreError, StoreOptions};
use intergov::value::Value;

use super::sample::{NOTE, Numbers, chain_of, copy_store, same_records};

const MEBIBYTE: u64 = 1024 * 1024;

/// A small file system of its own; dropping it takes it away.
struct Disk {
    folder: tempfile::TempDir,
    at: PathBuf,
}

impl Disk {
    /// A file system in memory, or one of ext4 in a file; `None` if neither may be made here.
    fn new(kind: &str, bytes: u64) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join("disk");
        fs::create_dir(&at).unwrap();
        let image = folder.path().join("image");
        let mounted = if kind == "tmpfs" {
            run("mount", &["-t", "tmpfs", "-o", &format!("size={bytes}"), "tmpfs", text(&at)])
        } else {
            fs::File::create(&image).unwrap().set_len(bytes).unwrap();
            run("mke2fs", &["-q", "-t", "ext4", "-F", text(&image)])
                .and_then(|()| run("mount", &["-o", "loop", text(&image), text(&at)]))
        };
        match mounted {
            Ok(()) => Some(Self { folder, at }),
            Err(reason) => {
                println!("skipped: no {kind} of its own can be mounted here ({reason})");
                None
            }
        }
    }

    fn remount(&self, options: &str) {
        run("mount", &["-o", &format!("remount,{options}"), text(&self.at)]).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily, for a failed test may still hold files.
        drop(run("umount", &["-l", text(&self.at)]));
        assert!(self.folder.path().exists());
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn run(program: &str, arguments: &[&str]) -> Result<(), String> {
    match Command::new(program).args(arguments).output() {
        Err(error) => Err(format!("{program}: {error}")),
        Ok(Output { status, stderr, .. }) if !status.success() => {
            Err(format!("{program}: {}", String::from_utf8_lossy(&stderr).trim()))
        }
        Ok(_) => Ok(()),
    }
}

/// Limits that let log, merges and bulk commits meet the full disk by turns.
fn options() -> StoreOptions {
    StoreOptions { bulk_changes: 60, merge_operations: 200, chunk_rows: 40, ..StoreOptions::default() }
}

/// A change of some ten kilobytes that do not compress.
fn noise(snapshot: &Snapshot, numbers: &mut Numbers, nodes: usize) -> ChangeSet {
    let mut draft = snapshot.draft();
    for _ in 0..nodes {
        let node = draft.create_node(&["Government"], intergov::value::Validity::ALWAYS).unwrap();
        let text: String = (0..600).map(|_| format!("{:08x}", numbers.next(1 << 31))).collect();
        draft.set_node(node, "note", Value::text(&text)).unwrap();
    }
    draft.finish()
}

/// Writes until the disk is full; returns the last state that was acknowledged, and what was being tried.
fn fill(path: &Path, numbers: &mut Numbers) -> (Snapshot, Snapshot, StoreError) {
    let store = Store::open(path, Access::ReadWrite, &options()).unwrap();
    for round in 1..5_000 {
        let before = store.snapshot().unwrap();
        let changes = noise(&before, numbers, if round % 9 == 0 { 80 } else { 5 });
        let Err(error) = store.commit(&changes, &NOTE, &[]) else { continue };
        assert!(same_records(&store.snapshot().unwrap(), &before));
        return (Snapshot::clone(&before), before.apply(&changes).unwrap(), error);
    }
    panic!("the disk is never full");
}

fn survives_a_full_disk(kind: &str, bytes: u64) {
    let Some(disk) = Disk::new(kind, bytes) else { return };
    let path = disk.at.join("store");
    drop(Store::create(&path, &options()).unwrap());
    let mut numbers = Numbers(bytes);
    let (before, after, error) = fill(&path, &mut numbers);
    println!("{kind}, commit {}: {error}", before.commit());
    assert!(matches!(error, StoreError::Io { .. }), "{error:?}");
    assert!(error.to_string().contains("make room there, then open the store again"), "{error}");
    // Opened while the disk is still full, for reading and for writing: whole, or an error and no change.
    // A reader needs no room there.
    expect_one_of(&Store::open(&path, Access::ReadOnly, &options()).unwrap(), &before, &after);
    match Store::open(&path, Access::ReadWrite, &options()) {
        Ok(store) => expect_one_of(&store, &before, &after),
        Err(error) => {
            println!("{kind}, still full: {error}");
            assert!(matches!(error, StoreError::Io { .. }), "{error:?}");
        }
    }
    // With room again.
    let larger = tempfile::tempdir().unwrap();
    let moved = larger.path().join("store");
    copy_store(&path, &moved);
    let store = Store::open(&moved, Access::ReadWrite, &options()).unwrap();
    expect_one_of(&store, &before, &after);
    store.commit(&chain_of(&store.snapshot().unwrap(), 3, "again"), &NOTE, &[]).unwrap();
    store.merge().unwrap();
    assert!(store.verify(&[]).unwrap().is_clean());
}

fn expect_one_of(store: &Store, before: &Snapshot, after: &Snapshot) {
    let found = store.snapshot().unwrap();
    assert!(same_records(&found, before) || same_records(&found, after), "commit {}", found.commit());
    let report = store.verify(&[]).unwrap();
    assert!(report.is_clean(), "{:?}", report.findings);
}

#[test]
fn a_full_disk_loses_nothing_that_was_acknowledged() {
    for mebibytes in [9, 14, 21] {
        survives_a_full_disk("tmpfs", mebibytes * MEBIBYTE);
    }
    survives_a_full_disk("ext4", 24 * MEBIBYTE);
}

/// No room even for an empty store: it is made whole or not at all.
#[test]
fn a_store_that_finds_no_room_is_whole_or_not_made() {
    for kibibytes in [8, 16, 24, 32, 64, 128] {
        find_no_room(kibibytes * 1024);
    }
}

fn find_no_room(bytes: u64) {
    let Some(disk) = Disk::new("tmpfs", bytes) else { return };
    let path = disk.at.join("store");
    let error = Store::create(&path, &options()).unwrap_err();
    println!("{bytes}: {error}");
    assert!(matches!(error, StoreError::Io { .. }), "{error:?}");
    for entry in fs::read_dir(&disk.at).unwrap() {
        assert_eq!(entry.unwrap().path(), path, "half a store is left");
        disk.remount("size=32m");
        let store = Store::open(&path, Access::ReadWrite, &options()).unwrap();
        assert_eq!(store.snapshot().unwrap().commit(), 0);
    }
}

#[test]
fn a_read_only_medium_is_read_and_not_written() {
    let Some(disk) = Disk::new("tmpfs", 32 * MEBIBYTE) else { return };
    let path = disk.at.join("store");
    let store = Store::create(&path, &options()).unwrap();
    store.commit(&chain_of(&store.snapshot().unwrap(), 5, "a"), &NOTE, &[]).unwrap();
    drop(store);
    disk.remount("ro");
    let error = Store::open(&path, Access::ReadWrite, &options()).unwrap_err();
    println!("{error}");
    assert!(matches!(&error, StoreError::Io { path, .. } if path.ends_with("LOCK")), "{error:?}");
    assert!(error.to_string().ends_with("make the medium writable, or only read"), "{error}");
    let error = Store::create(&disk.at.join("new"), &options()).unwrap_err();
    assert!(matches!(error, StoreError::Io { .. }), "{error:?}");
    let store = Store::open(&path, Access::ReadOnly, &options()).unwrap();
    assert_eq!(store.snapshot().unwrap().node_count(), 5);
    assert!(store.verify(&[]).unwrap().is_clean());
}

const FOREIGN: &str = "INTERGOV_TEST_FOREIGN_STORE";
/// The user “nobody”.
const NOBODY: u32 = 65_534;

#[test]
#[ignore = "the process of another user; it is started by the test below"]
fn foreign_child() {
    let Some(path) = std::env::var_os(FOREIGN) else { return };
    let path = Path::new(&path);
    let tell = |what: &str, done: Result<Store, StoreError>| match done {
        Ok(store) => println!("{what} gave {} nodes", store.snapshot().unwrap().node_count()),
        Err(error @ StoreError::Io { .. }) => println!("{what} gave io {error}"),
        Err(error) => println!("{what} gave {error:?}"),
    };
    tell("write", Store::open(path, Access::ReadWrite, &options()));
    tell("read", Store::open(path, Access::ReadOnly, &options()));
    tell("create", Store::create(&path.with_file_name("new"), &options()));
}

/// What another user is told of a store, where such a process can be started.
fn as_nobody(path: &Path) -> Option<String> {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["store::disks::foreign_child", "--exact", "--ignored", "--nocapture"])
        .env(FOREIGN, path)
        .uid(NOBODY)
        .gid(NOBODY)
        .output();
    match child {
        Ok(output) => Some(String::from_utf8_lossy(&output.stdout).into_owned()),
        Err(error) => {
            println!("skipped: no process of another user can be started here ({error})");
            None
        }
    }
}

/// A new store is its user's own: another one is told so, and not that there is none.
#[test]
fn a_store_that_another_user_may_not_enter_is_not_called_missing() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let path = folder.path().join("store");
    Store::create(&path, &options()).unwrap();
    let Some(output) = as_nobody(&path) else { return };
    for what in ["write", "read"] {
        let told = format!("{what} gave io {}/FORMAT: Permission denied", path.display());
        assert!(output.contains(&told), "{output}");
    }
}

/// A folder in which another user may not write: neither into its files, then into these only.
#[test]
fn a_folder_without_the_right_to_write_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let path = folder.path().join("store");
    let store = Store::create(&path, &options()).unwrap();
    store.commit(&chain_of(&store.snapshot().unwrap(), 5, "a"), &NOTE, &[]).unwrap();
    drop(store);
    // A store is its user's own until that user opens its folder to others.
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    for files_are_own in [false, true] {
        if files_are_own {
            let files = ["LOCK", "TURN", "QUIET", "HEAD", "FORMAT", "sled/db", "sled/conf"];
            let files = files.map(|name| path.join(name));
            if let Err(error) = files.iter().try_for_each(|file| chown(file, Some(NOBODY), None)) {
                println!("skipped: files cannot be given to another user here ({error})");
                return;
            }
        }
        let Some(output) = as_nobody(&path) else { return };
        println!("{output}");
        if files_are_own {
            // The engine needs no new file to open.
            assert!(output.contains("write gave 5 nodes"), "{output}");
        } else {
            assert!(output.contains("write gave io "), "{output}");
            assert!(output.contains("store/LOCK: "), "{output}");
        }
        assert!(output.contains("get the right to read and write there"), "{output}");
        assert!(output.contains("read gave 5 nodes"), "{output}");
        assert!(output.contains("create gave io "), "{output}");
        let store = Store::open(&path, Access::ReadWrite, &options()).unwrap();
        assert_eq!(store.snapshot().unwrap().node_count(), 5);
        assert!(store.verify(&[]).unwrap().is_clean());
    }
}
