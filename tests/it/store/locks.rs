//! One writer; readers beside each other; nothing made by a mistyped path.

use std::fs;

use intergov::store::{Access, Store, StoreError, StoreOptions};

use super::sample::{NOTE, chain_of, engine_of};

#[test]
fn a_second_writer_is_told_at_once_which_process_holds_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let options = StoreOptions::default();
    let store = Store::create(&path, &options).unwrap();
    let own = std::process::id();
    let error = Store::open(&path, Access::ReadWrite, &options).unwrap_err();
    assert!(matches!(error, StoreError::Locked { pid: Some(pid), .. } if pid == own), "{error}");
    assert!(error.to_string().contains(&format!("process {own}; wait")), "{error}");
    assert!(matches!(Store::compact(&path, &options, &mut |_| {}), Err(StoreError::Locked { .. })));
    drop(store);
    assert!(Store::open(&path, Access::ReadWrite, &options).is_ok());
}

#[test]
fn readers_share_the_store_and_leave_it_byte_for_byte_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let options = StoreOptions::default();
    let store = Store::create(&path, &options).unwrap();
    store.commit(&chain_of(&store.snapshot().unwrap(), 5, "a"), &NOTE, &[]).unwrap();
    drop(store);
    let engine = engine_of(&path);
    let files = ["HEAD", "FORMAT", "LOCK", "MANIFEST"].map(|name| path.join(name));
    let files: Vec<_> = files.into_iter().chain(["db", "conf"].map(|name| engine.join(name))).collect();
    let bytes = || files.iter().map(|file| fs::read(file).unwrap()).collect::<Vec<_>>();
    let before = bytes();
    let one = Store::open(&path, Access::ReadOnly, &options).unwrap();
    let two = Store::open(&path, Access::ReadOnly, &options).unwrap();
    assert_eq!((one.snapshot().unwrap().node_count(), two.snapshot().unwrap().node_count()), (5, 5));
    let error = one.commit(&chain_of(&one.snapshot().unwrap(), 1, "b"), &NOTE, &[]).unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
    assert_eq!(one.journal().unwrap().len(), 1);
    drop((one, two));
    assert!(bytes() == before);
    assert_eq!(engine_of(&path), engine);
}

#[test]
fn a_writer_comes_after_readers_have_copied() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let options = StoreOptions::default();
    drop(Store::create(&path, &options).unwrap());
    let reader = Store::open(&path, Access::ReadOnly, &options).unwrap();
    let writer = Store::open(&path, Access::ReadWrite, &options).unwrap();
    writer.commit(&chain_of(&writer.snapshot().unwrap(), 2, "a"), &NOTE, &[]).unwrap();
    assert_eq!((reader.snapshot().unwrap().commit(), writer.snapshot().unwrap().commit()), (0, 1));
    assert!(reader.verify(&[]).unwrap().is_clean());
}

#[test]
fn open_never_makes_a_store_and_create_never_takes_an_occupied_folder() {
    let folder = tempfile::tempdir().unwrap();
    let options = StoreOptions::default();
    let nowhere = folder.path().join("nowhere");
    for access in [Access::ReadWrite, Access::ReadOnly] {
        let error = Store::open(&nowhere, access, &options).unwrap_err();
        assert!(matches!(error, StoreError::NotAStore { .. }), "{error}");
    }
    assert!(!nowhere.exists());
    let empty = folder.path().join("empty");
    fs::create_dir(&empty).unwrap();
    assert!(matches!(
        Store::open(&empty, Access::ReadWrite, &options).unwrap_err(),
        StoreError::NotAStore { .. }
    ));
    assert!(Store::create(&empty, &options).is_ok());
    assert!(matches!(Store::create(&empty, &options).unwrap_err(), StoreError::AlreadyExists { .. }));
    let file = folder.path().join("file");
    fs::write(&file, "text").unwrap();
    assert!(matches!(Store::create(&file, &options).unwrap_err(), StoreError::AlreadyExists { .. }));
    assert!(matches!(
        Store::open(&file, Access::ReadOnly, &options).unwrap_err(),
        StoreError::NotAStore { .. }
    ));
    assert_eq!(fs::read_to_string(&file).unwrap(), "text");
}
