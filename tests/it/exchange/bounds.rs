//! What a file may ask of its reader: plain files only, and limits that are said before memory is gone.

use std::io::{self, Read};

use intergov::exchange::{ImportOptions, ImportSource, WriteOptions, write_package};
use proptest::prelude::*;

use super::{Folder, empty, planned};

/// A pipe that repeats a text for ever, and counts what is taken from it.
struct Endless<'t> {
    text: &'t [u8],
    taken: usize,
}

impl Read for Endless<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        for byte in buffer.iter_mut() {
            *byte = self.text[self.taken % self.text.len()];
            self.taken += 1;
        }
        Ok(buffer.len())
    }
}

fn ties_of(reader: impl Read) -> Vec<String> {
    let faults =
        planned(&empty(), ImportSource::list("ties.csv", reader), &ImportOptions::default()).unwrap_err();
    faults.faults().iter().map(ToString::to_string).collect()
}

#[cfg(unix)]
#[test]
fn a_table_that_is_not_a_plain_file_is_a_fault() {
    use std::os::unix::fs::symlink;
    use std::process::Command;

    let folder = Folder::small();
    symlink("nowhere.csv", folder.path().join("arrangements.csv")).unwrap();
    symlink("/dev/zero", folder.path().join("bodies.csv")).unwrap();
    std::fs::create_dir(folder.path().join("parties.csv")).unwrap();
    std::fs::create_dir(folder.path().join("datapackage.json")).unwrap();
    assert!(Command::new("mkfifo").arg(folder.path().join("regions.csv")).status().unwrap().success());
    let pipe = "it is a pipe, a device or a socket, not a file";
    let remedy = "put a plain file there, or move it out of the folder";
    assert_eq!(
        folder.faults(),
        [
            format!(
                "arrangements.csv: what it links to cannot be reached: No such file or directory (os error 2) (package); {remedy}"
            ),
            format!("bodies.csv: {pipe} (package); {remedy}"),
            format!("datapackage.json: it is a folder, not a file (package); {remedy}"),
            format!("parties.csv: it is a folder, not a file (package); {remedy}"),
            format!("regions.csv: {pipe} (package); {remedy}"),
        ]
    );
    // Nothing of a pipe is read, so that an import does not wait for a writer.
    let folder = Folder::small();
    assert!(Command::new("mkfifo").arg(folder.path().join("datapackage.json")).status().unwrap().success());
    assert_eq!(folder.faults(), [format!("datapackage.json: {pipe} (package); {remedy}")]);
}

#[cfg(unix)]
#[test]
fn a_link_to_a_plain_file_is_read() {
    let (folder, elsewhere) = (Folder::new(), Folder::small());
    let table = elsewhere.path().join("governments.csv");
    std::os::unix::fs::symlink(table, folder.path().join("governments.csv")).unwrap();
    assert_eq!(folder.faults(), [""; 0]);
    let plan = planned(&empty(), folder.path(), &ImportOptions::default()).unwrap();
    assert_eq!(plan.nodes().added, 2);
}

#[test]
fn a_name_in_another_case_is_a_fault() {
    let folder = Folder::small();
    folder.write("Subordination.CSV", "id,from,to\n");
    folder.write("Wine.CSV", "id\n");
    let faults = folder.faults();
    assert_eq!(
        faults[0],
        "Subordination.CSV: it is subordination.csv in another case (package); rename it to subordination.csv"
    );
    assert!(
        faults[1].starts_with("Wine.CSV: “Wine.CSV” is not a table of the schema (package)"),
        "{faults:?}"
    );
    assert_eq!(faults.len(), 2);
}

#[test]
fn a_folder_without_tables_is_a_fault() {
    let folder = Folder::new();
    let place = folder.path().display().to_string();
    let nothing = format!("{place}: no table of the schema is in this folder (package);");
    assert_eq!(folder.faults(), [format!("{nothing} name a folder with tables such as governments.csv")]);
    let below = folder.path().join("package");
    std::fs::create_dir(&below).unwrap();
    std::fs::write(below.join("governments.csv"), "id,scheme,code,name\n").unwrap();
    folder.write("README.md", "a package lies below\n");
    assert_eq!(folder.faults(), [format!("{nothing} did you mean {}?", below.display())]);
    // A package may say that it has none.
    let graph = empty();
    let written = folder.path().join("empty");
    write_package(&graph, &written, &WriteOptions::default()).unwrap();
    assert!(planned(&graph, &written, &ImportOptions::default()).unwrap().changes().is_empty());
}

#[test]
fn a_description_has_a_limit() {
    let folder = Folder::small();
    let text = |bytes: usize| format!("{{\"title\":\"{}\"}}", "x".repeat(bytes - 12));
    folder.write("datapackage.json", text(4 << 20));
    assert_eq!(folder.faults(), [""; 0]);
    folder.write("datapackage.json", text((4 << 20) + 1));
    assert_eq!(
        folder.faults(),
        [
            "datapackage.json: it is larger than 4194304 bytes (4 MiB) (package); describe the package and its \
          tables only, or remove the file"
        ]
    );
}

#[test]
fn a_table_has_at_most_1024_columns() {
    let header = |columns: usize| format!("id,scheme,code,name{}\n", ",x".repeat(columns - 4));
    let folder = Folder::small();
    folder.write("governments.csv", header(1_024));
    // One fault an unknown column: the first is unknown, each other one stands there twice.
    let faults = folder.faults();
    assert_eq!(faults.len(), 2, "{faults:?}");
    for columns in [1_025, 300_000] {
        folder.write("governments.csv", header(columns));
        assert_eq!(
            folder.faults(),
            [
                "governments.csv, row 1: the row has more than 1024 cells, the limit of a table (csv); keep the \
              columns of the table; is this a CSV file?"
            ]
        );
    }
    assert_eq!(
        ties_of(format!("from,to\na,b{}\n", ",".repeat(2_000_000)).as_bytes()),
        [
            "ties.csv, row 2: the row has more than 1024 cells, the limit of a table (csv); keep the columns of the \
          table; is this a CSV file?"
        ]
    );
}

#[test]
fn what_never_ends_is_read_no_further_than_a_limit() {
    let limits: [(&[u8], usize, &str); 4] = [
        (b"x", 2 << 20, "a cell is longer than 1048576 bytes (1 MiB)"),
        (b"\0", 2 << 20, "a NUL byte stands in the text"),
        (b",", 1 << 20, "the row has more than 1024 cells"),
        (b"a,b,2000\n", 40 << 20, "the table has more than 4000000 rows"),
    ];
    for (text, most, told) in limits {
        let mut endless = Endless { text, taken: 0 };
        let faults = ties_of(&mut endless);
        assert!(faults.len() == 1 && faults[0].contains(told), "{faults:?}");
        assert!(endless.taken < most, "{told}: {} bytes were taken", endless.taken);
    }
}

#[test]
fn a_row_has_at_most_16_mib() {
    // Cells of 1 MB, so that no cell is over its limit.
    let row = [&"x".repeat(1_000_000), ","].concat().repeat(20);
    let faults = ties_of(format!("from,to\n{row}\n").as_bytes());
    assert_eq!(
        faults,
        [
            "ties.csv, row 2: a row is longer than 16777216 bytes (16 MiB) (csv); shorten it; is a quote missing?"
        ]
    );
}

#[test]
fn uneven_rows_are_counted_where_they_are_many() {
    let text = format!("from,to\n{}", "a\n".repeat(10_007));
    let source = ImportSource::list("ties.csv", text.as_bytes());
    let faults = planned(&empty(), source, &ImportOptions::default()).unwrap_err();
    // All but the first 10,000, and the line that counts the other seven.
    assert_eq!((faults.faults().len(), faults.further()), (10_000, 1));
}

proptest! {
    /// However many columns there are and whatever they are called, each is found or told, once.
    #[test]
    fn every_column_is_found_or_told(names in proptest::collection::vec("[a-c]{0,2}", 1..40)) {
        let folder = Folder::new();
        let header = ["id", "scheme", "code", "name"].into_iter().chain(names.iter().map(String::as_str));
        folder.write("governments.csv", format!("{}\n", header.collect::<Vec<_>>().join(",")));
        let of = |what: &str| folder.faults().iter().filter(|fault| fault.contains(what)).count();
        let mut different: Vec<&String> = names.iter().filter(|name| !name.is_empty()).collect();
        different.sort();
        different.dedup();
        prop_assert_eq!(of("is not a column of"), different.len());
        prop_assert_eq!(of("has no name"), usize::from(names.iter().any(String::is_empty)).max(of("has no name")));
    }
}
