//! A package whose files come from readers. That it means what the folder means is a law of `blocks` and `faults`.

use intergov::exchange::{ImportOptions, ImportSource};
use intergov::graph::Subject;
use intergov::{Database, Error};

use super::{Folder, empty, fixture, planned, readers};
use crate::ties::NOTE;

fn refused(files: &[(&str, &[u8])]) -> String {
    let source = ImportSource::files(files.iter().copied());
    planned(&empty(), source, &ImportOptions::default()).unwrap_err().to_string()
}

#[test]
fn a_table_may_be_named_without_its_ending() {
    let files = [("governments", "id,scheme,code,name\na,x,a,A\n".as_bytes())];
    let plan = planned(&empty(), ImportSource::files(files), &ImportOptions::default()).unwrap();
    assert_eq!(plan.nodes().added, 1);
}

#[test]
fn files_that_make_no_package_are_refused() {
    assert!(refused(&[]).contains("no table of the schema is among the files"));
    assert!(refused(&[("notes.txt", b"x")]).contains("no table of the schema is among the files"));
    assert!(
        refused(&[("governments", b"id,scheme,code,name\n")]).contains("no table of the package has a row")
    );
    let twice: &[(&str, &[u8])] = &[("governments", b"id\n"), ("governments.csv", b"id\n")];
    assert!(refused(twice).contains("governments.csv: there are two files of this name"));
    assert!(refused(&[("goverments.csv", b"id\n")]).contains("did you mean “governments”?"));
    assert!(refused(&[("Governments.csv", b"id\n")]).contains("it is governments.csv in another case"));
}

#[test]
fn a_table_that_never_ends_is_refused() {
    let endless = std::io::repeat(b'x');
    let source = ImportSource::files([("governments.csv", endless)]);
    let told = planned(&empty(), source, &ImportOptions::default()).unwrap_err().to_string();
    assert!(told.contains("the table has more than 268435456 bytes (256 MiB)"), "{told}");
}

#[test]
fn a_reader_that_fails_is_told_with_its_name() {
    struct Broken;
    impl std::io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the line is dead"))
        }
    }
    let db = Database::in_memory().unwrap();
    let source = ImportSource::files([("governments.csv", Broken)]);
    let error = db.import(source, &ImportOptions::default(), &NOTE).unwrap_err();
    assert!(matches!(error, Error::Exchange(_)));
    assert_eq!(error.to_string(), "cannot read governments.csv: the line is dead");
}

#[test]
fn a_database_takes_the_shipped_data_from_readers_and_places_breaches_in_them() {
    let Some(folder) = fixture("toy") else { return };
    let place = Folder::new();
    let disk = Database::create(place.path().join("db")).unwrap();
    let memory = Database::in_memory().unwrap();
    let from_folder = memory.import(&folder, &ImportOptions::default(), &NOTE).unwrap();
    let files = ImportSource::files(readers(&folder).unwrap());
    assert_eq!(disk.import(files, &ImportOptions::default(), &NOTE).unwrap(), from_folder);
    let (one, other) = (disk.snapshot().unwrap(), memory.snapshot().unwrap());
    assert!(one.holds_same(&other));
    assert!(one.nodes().map(|node| Subject::Node(node.id())).next().is_some());

    let loops: &[(&str, &[u8])] = &[
        ("governments.csv", b"id,scheme,code,name\na,x,a,A\nb,x,b,B\n"),
        ("subordination.csv", b"id,from,to\ns,a,b\nt,b,a\n"),
    ];
    let source = || ImportSource::files(loops.iter().copied());
    let memory = Database::in_memory().unwrap();
    let told = memory.import(source(), &ImportOptions::default(), &NOTE).unwrap_err().to_string();
    assert!(told.contains("subordination.csv, row "), "{told}");
}
