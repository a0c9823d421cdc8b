//! What `-o` writes over, through and beside, and what a killed command leaves.

use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

use super::{Place, fixture};

/// Names in a folder, hidden ones too.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn make_fifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// Kills a run of the command when a file that it writes has so many blocks of 512 bytes.
fn cut_off(place: &Place, blocks: u32, arguments: &[&str]) {
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("ulimit -f {blocks}; exec \"$@\"")).arg("sh");
    command.arg(env!("CARGO_BIN_EXE_intergov")).args(arguments);
    let status = command.current_dir(place.path(".")).stderr(Stdio::null()).status().unwrap();
    assert_eq!(status.code(), None, "{arguments:?} was not killed: {status}");
}

#[test]
fn every_command_refuses_what_exists_and_takes_overwrite() {
    let place = Place::toy();
    place.write("names.csv", "name\n甲一市\n");
    let fixture = fixture("two-provinces");
    for arguments in [
        &["dump", "toy"][..],
        &["export", "toy", "--as-of", "2006"],
        &["show", "toy", "甲一市"],
        &["list", "toy", "region"],
        &["ties", "toy", "甲一市"],
        &["resolve", "toy", "names.csv"],
        &["diff", "toy", "--from", "2004", "--to", "2006"],
        &["analyze", "toy", "density", "--as-of", "2006"],
        &["stats", "toy"],
        &["schema", "toy"],
        &["history", "toy"],
        &["verify", "toy"],
        &["import", "toy", &fixture, "--mode", "update", "--dry-run"],
    ] {
        place.write("out", "mine");
        let run = place.run(&[arguments, &["-o", "out"]].concat()).fails(2);
        assert!(
            run.stderr().contains("out is there already; name another file or add --overwrite"),
            "{arguments:?}\n{run}"
        );
        assert_eq!(place.read("out"), "mine", "{arguments:?}");
        place.run(&[arguments, &["-o", "out", "--overwrite"]].concat()).succeeds();
        assert_ne!(place.read("out"), "mine", "{arguments:?}");
        fs::remove_file(place.path("out")).unwrap();
        place.run(&[arguments, &["-o", "out"]].concat()).succeeds();
        assert_eq!(names(&place.path(".")), ["names.csv", "out", "toy"], "{arguments:?}");
    }
}

#[test]
fn no_command_writes_over_what_it_reads() {
    let place = Place::toy();
    let witness = fs::read(place.path("toy/HEAD")).unwrap();
    for arguments in [
        &["list", "toy", "governments", "-o", "toy/HEAD", "--overwrite"][..],
        &["dump", "toy", "-o", "toy/MANIFEST", "--overwrite"],
        &["dump", "toy", "-o", "toy/FORMAT", "--overwrite"],
        &["export", "toy", "-o", "toy/new.graphml"],
        &["export", "toy", "-o", "toy", "--format", "package", "--overwrite"],
        &["export", "toy", "-o", "toy/package", "--format", "package"],
    ] {
        let run = place.run(arguments).fails(2);
        assert!(run.stderr().contains("is part of what is read"), "{arguments:?}\n{run}");
    }
    assert_eq!(fs::read(place.path("toy/HEAD")).unwrap(), witness);
    assert!(!place.path("toy/new.graphml").exists());
    let table = "year,city,score\n2005,甲一市,7\n";
    let path = place.write("my.csv", table);
    symlink(&path, place.path("link.csv")).unwrap();
    for target in ["my.csv", "./my.csv", "link.csv"] {
        let run = place.run(&["resolve", "toy", "my.csv", "-o", target, "--overwrite"]).fails(2);
        assert!(run.stderr().contains("is part of what is read"), "{run}");
        assert_eq!(place.read("my.csv"), table);
    }
    place.run(&["export", "toy", "--format", "package", "-o", "package"]).succeeds();
    let before = place.read("package/governments.csv");
    let target = "package/governments.csv";
    place
        .run(&["import", "toy", "package", "--mode", "update", "--dry-run", "-o", target, "--overwrite"])
        .fails(2);
    assert_eq!(place.read(target), before);
    place.run(&["verify", "toy"]).succeeds();
}

#[test]
fn what_is_not_a_regular_file_is_written_through() {
    let place = Place::toy();
    let dump = place.run(&["dump", "toy"]).succeeds().stdout();
    // A FIFO: its reader gets the data, and it stays.
    make_fifo(&place.path("fifo"));
    for arguments in [&["dump", "toy", "-o", "fifo"][..], &["dump", "toy", "-o", "fifo", "--overwrite"]] {
        let reader = Command::new("cat").arg(place.path("fifo")).stdout(Stdio::piped()).spawn().unwrap();
        place.run(arguments).succeeds();
        if !fs::symlink_metadata(place.path("fifo")).unwrap().file_type().is_fifo() {
            let mut reader = reader;
            reader.kill().unwrap();
            panic!("the FIFO was replaced");
        }
        assert_eq!(String::from_utf8(reader.wait_with_output().unwrap().stdout).unwrap(), dump);
    }
    // A device behind a link, so that a fault replaces the link and not the device.
    symlink("/dev/full", place.path("full")).unwrap();
    symlink("/dev/null", place.path("null")).unwrap();
    for overwrite in [&[][..], &["--overwrite"]] {
        for what in [&["dump", "toy"][..], &["export", "toy"], &["list", "toy", "region"]] {
            place.run(&[what, &["-o", "null"], overwrite].concat()).succeeds();
            let run = place.run(&[what, &["-o", "full"], overwrite].concat()).fails(1);
            assert!(run.stderr().contains("No space left"), "{run}");
        }
    }
    assert_eq!(fs::read_link(place.path("full")).unwrap(), Path::new("/dev/full"));
    assert_eq!(fs::read_link(place.path("null")).unwrap(), Path::new("/dev/null"));
    // The command's own output by another name.
    for name in ["/dev/stdout", "/proc/self/fd/1", "/dev/fd/1"] {
        assert_eq!(place.run(&["dump", "toy", "-o", name]).succeeds().stdout(), dump, "{name}");
    }
    assert_eq!(names(&place.path(".")), ["fifo", "full", "null", "toy"]);
}

#[test]
fn a_link_stays_and_its_target_is_the_file() {
    let place = Place::toy();
    place.write("there/target.jsonl", "old");
    symlink("there/target.jsonl", place.path("link")).unwrap();
    symlink("there/nothing-yet.jsonl", place.path("dangling")).unwrap();
    place.run(&["dump", "toy", "-o", "link"]).fails(2);
    assert_eq!(place.read("there/target.jsonl"), "old");
    place.run(&["dump", "toy", "-o", "link", "--overwrite"]).succeeds();
    place.run(&["dump", "toy", "-o", "dangling"]).succeeds();
    let dump = place.run(&["dump", "toy"]).succeeds().stdout();
    for (link, target) in [("link", "there/target.jsonl"), ("dangling", "there/nothing-yet.jsonl")] {
        assert_eq!(fs::read_link(place.path(link)).unwrap(), Path::new(target));
        assert!(!fs::symlink_metadata(place.path(target)).unwrap().file_type().is_symlink());
        assert_eq!(place.read(target), dump);
    }
    assert_eq!(names(&place.path("there")), ["nothing-yet.jsonl", "target.jsonl"]);
}

#[test]
fn a_file_that_is_written_over_keeps_its_mode() {
    let place = Place::toy();
    for mode in [0o600, 0o640, 0o664] {
        let path = place.write("out", "old");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        place.run(&["dump", "toy", "-o", "out", "--overwrite"]).succeeds();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, mode);
    }
}

#[test]
fn a_foreign_file_beside_the_target_is_left_alone() {
    let place = Place::toy();
    for name in ["x.jsonl.partial", "x.jsonl.part", ".x.jsonl.partial"] {
        place.write(name, "mine");
    }
    place.write("victim", "mine");
    symlink(place.path("victim"), place.path("x.graphml.partial")).unwrap();
    place.run(&["dump", "toy", "-o", "x.jsonl"]).succeeds();
    place.run(&["export", "toy", "-o", "x.graphml"]).succeeds();
    for name in ["x.jsonl.partial", "x.jsonl.part", ".x.jsonl.partial", "victim"] {
        assert_eq!(place.read(name), "mine", "{name}");
    }
    assert!(fs::symlink_metadata(place.path("x.graphml")).unwrap().is_file());
    place.run(&["dump", "toy", "-o", "toy"]).fails(2);
    place.run(&["dump", "toy", "-o", "nowhere/x.jsonl"]).fails(1);
    assert!(!place.path("toy.partial").exists());
}

#[test]
fn a_run_that_is_cut_off_leaves_the_former_folder_and_the_next_run_clears_up() {
    let place = Place::empty();
    let size = ["--governments", "300", "--ties", "300", "--arrangements", "10", "--parties", "40"];
    let synth = |out: &'static str, seed: &'static str, more: &'static [&str]| {
        [&["synth", out, "--seed", seed], &size[..], more].concat()
    };
    let package = |folder: &str| {
        let names = names(&place.path(folder));
        names.into_iter().map(|name| (place.read(&format!("{folder}/{name}")), name)).collect::<Vec<_>>()
    };
    cut_off(&place, 16, &synth("null", "1", &[]));
    assert_eq!(names(&place.path(".")).len(), 1, "nothing is left to be found");
    assert!(!place.path("null").exists());
    place.run(&synth("null", "1", &[])).succeeds();
    assert_eq!(names(&place.path(".")), ["null"]);
    place.run(&["import", "store", "null"]).succeeds();
    // The former package stays whole, until the new one takes its place as a whole.
    let former = package("null");
    cut_off(&place, 16, &synth("null", "2", &["--overwrite"]));
    assert_eq!(package("null"), former);
    place.run(&synth("null", "2", &["--overwrite"])).succeeds();
    place.run(&synth("other", "2", &[])).succeeds();
    assert_eq!(package("null"), package("other"));
    assert_eq!(names(&place.path(".")), ["null", "other", "store"]);
    // A file likewise.
    place.run(&["list", "store", "Government", "-o", "list.csv"]).succeeds();
    let former = place.read("list.csv");
    cut_off(&place, 16, &["schema", "-o", "list.csv", "--overwrite"]);
    assert_eq!(place.read("list.csv"), former);
    place.run(&["schema", "-o", "list.csv", "--overwrite"]).succeeds();
    assert_eq!(names(&place.path(".")), ["list.csv", "null", "other", "store"]);
}

#[test]
fn a_package_takes_nothing_in_and_loses_nothing_foreign() {
    let place = Place::toy();
    // What the former program left, in a container where every process has the id 1: live or not, it is not taken.
    for id in [1, std::process::id()] {
        place.write(&format!(".package.new-{id}/subordination.csv"), "id,from,to\nforeign,a,b\n");
    }
    place.run(&["export", "toy", "--format", "package", "-o", "package"]).succeeds();
    let tables = names(&place.path("package"));
    assert!(place.read("package/subordination.csv").lines().all(|line| !line.starts_with("foreign")));
    // Foreign files and folders stay where they are through an exchange, tables of before do not.
    place.write("package/README.md", "mine");
    place.write("package/notes/deep.txt", "mine");
    place.write("package/states.csv", "of,label\n");
    fs::set_permissions(place.path("package"), fs::Permissions::from_mode(0o2750)).unwrap();
    place.run(&["set", "toy", "甲一市", "note", "x"]).succeeds();
    place.run(&["export", "toy", "--format", "package", "-o", "package"]).fails(1);
    place.run(&["export", "toy", "--format", "package", "-o", "package", "--overwrite"]).succeeds();
    assert_eq!(
        (place.read("package/README.md"), place.read("package/notes/deep.txt")),
        ("mine".into(), "mine".into())
    );
    let mut expected = tables.clone();
    expected.extend(["README.md".to_owned(), "notes".to_owned()]);
    expected.sort();
    assert_eq!(names(&place.path("package")), expected);
    assert_eq!(fs::metadata(place.path("package")).unwrap().mode() & 0o7777, 0o2750);
    place.run(&["import", "again", "package"]).succeeds();
    let open =
        |store: &str| intergov::Database::open_read_only(place.path(store)).unwrap().snapshot().unwrap();
    assert!(open("again").holds_same(&open("toy")));
}

#[test]
fn an_exchange_of_folders_that_was_cut_off_is_ended_by_the_next_run() {
    let place = Place::toy();
    let export = |more: &[&str]| {
        place.run(&[&["export", "toy", "--format", "package", "-o", "package"][..], more].concat())
    };
    export(&[]).succeeds();
    place.write("package/README.md", "mine");
    let former = place.path(".package.former-0123456789abcdef");
    // Between the two renames: the former folder comes back, with all that is in it.
    fs::rename(place.path("package"), &former).unwrap();
    export(&[]).fails(1);
    assert_eq!(place.read("package/README.md"), "mine");
    assert_eq!(names(&place.path(".")), ["package", "toy"]);
    // After them: what is foreign has not been moved yet.
    fs::rename(place.path("package"), &former).unwrap();
    export(&[]).fails(1);
    fs::create_dir(&former).unwrap();
    fs::rename(place.path("package/README.md"), former.join("README.md")).unwrap();
    fs::write(former.join("governments.csv"), "id\n").unwrap();
    export(&["--overwrite"]).succeeds();
    assert_eq!(place.read("package/README.md"), "mine");
    assert_eq!(names(&place.path(".")), ["package", "toy"]);
}

#[test]
fn an_installation_that_was_cut_off_is_not_read_and_is_ended_by_the_next_run() {
    let place = Place::toy();
    place.run(&["export", "toy", "--format", "package", "-o", "package"]).succeeds();
    let whole = names(&place.path("package"));
    // Into a folder that was there the tables are moved one by one.
    let rest = place.path("package/.installing-0123456789abcdef");
    fs::create_dir(&rest).unwrap();
    fs::rename(place.path("package/parties.csv"), rest.join("parties.csv")).unwrap();
    fs::rename(place.path("package/datapackage.json"), rest.join("datapackage.json")).unwrap();
    let run = place.run(&["import", "half", "package"]).fails(1);
    assert!(run.stderr().contains("was cut off; write it again"), "{run}");
    assert!(!place.path("half").exists());
    let run = place.run(&["export", "toy", "--format", "package", "-o", "package"]).fails(1);
    assert!(run.stderr().contains("is not empty"), "{run}");
    assert_eq!(names(&place.path("package")), whole);
    place.run(&["import", "again", "package"]).succeeds();
}

#[test]
fn a_store_whose_making_was_cut_off_is_no_damage_and_is_ended_by_the_next_making() {
    let place = Place::toy();
    let rest = place.path("toy/.installing-0123456789abcdef");
    fs::create_dir(&rest).unwrap();
    fs::rename(place.path("toy/FORMAT"), rest.join("FORMAT")).unwrap();
    let run = place.run(&["stats", "toy"]).fails(4);
    assert!(run.stderr().contains("its making was cut off, or goes on; make it there again"), "{run}");
    let run = place.run(&["init", "toy"]).fails(1);
    assert!(run.stderr().contains("exists already"), "{run}");
    place.run(&["verify", "toy"]).succeeds();
    assert!(!rest.exists());
}

#[test]
fn an_empty_folder_becomes_a_store_or_a_package_and_keeps_its_rights() {
    for mode in [0o700, 0o2770, 0o755] {
        let place = Place::toy();
        place.run(&["dump", "toy", "-o", "all.jsonl"]).succeeds();
        place.run(&["backup", "toy", "toy.backup"]).succeeds();
        place.write("ties.csv", "from,to,year\n甲,乙,2010\n");
        let package = fixture("two-provinces");
        for arguments in [
            &["init", "here"][..],
            &["init", "here", "--template"],
            &["import", "here", &package],
            &["import", "here", "ties.csv"],
            &["load", "here", "all.jsonl"],
            &["restore", "toy.backup", "here"],
            &["export", "toy", "--format", "package", "-o", "here"],
            &[
                "synth",
                "here",
                "--governments",
                "50",
                "--ties",
                "20",
                "--arrangements",
                "5",
                "--parties",
                "12",
            ],
        ] {
            let here = place.path("here");
            fs::create_dir(&here).unwrap();
            // What a fresh file system of a volume has.
            fs::create_dir(here.join("lost+found")).unwrap();
            fs::set_permissions(&here, fs::Permissions::from_mode(mode)).unwrap();
            let before = fs::metadata(&here).unwrap();
            place.run(arguments).succeeds();
            let after = fs::metadata(&here).unwrap();
            assert_eq!(after.mode() & 0o7777, mode, "{arguments:?}");
            // The folder itself, not another one in its place: it may be a mount point.
            assert_eq!((after.ino(), after.uid(), after.gid()), (before.ino(), before.uid(), before.gid()));
            assert!(names(&here).iter().all(|name| !name.starts_with('.')), "{:?}", names(&here));
            if here.join("FORMAT").exists() {
                place.run(&["verify", "here"]).succeeds();
            }
            fs::remove_dir_all(&here).unwrap();
        }
    }
}

#[test]
fn a_store_is_made_in_the_folder_where_one_stands() {
    let place = Place::empty();
    let here = place.path("here");
    fs::create_dir(&here).unwrap();
    let run =
        |arguments: &[&str]| place.command(arguments).current_dir(&here).output().unwrap().status.code();
    assert_eq!(run(&["init", "."]), Some(0));
    assert_eq!(run(&["verify", "."]), Some(0));
    assert_eq!(run(&["init", "."]), Some(1));
    fs::create_dir(place.path("other")).unwrap();
    fs::remove_dir_all(&here).unwrap();
    fs::create_dir(&here).unwrap();
    assert_eq!(run(&["import", ".", &fixture("two-provinces")]), Some(0));
    assert_eq!(run(&["verify", "."]), Some(0));
}

#[test]
fn a_new_store_is_private_unless_its_folder_is_shared() {
    let place = Place::empty();
    let mode = |name: &str| fs::metadata(place.path(name)).unwrap().mode() & 0o777;
    place.run(&["init", "mine"]).succeeds();
    place.run(&["import", "toy", &fixture("two-provinces")]).succeeds();
    place.run(&["backup", "toy", "toy.backup"]).succeeds();
    place.run(&["restore", "toy.backup", "again"]).succeeds();
    for store in ["mine", "toy", "again"] {
        assert_eq!(mode(store), 0o700, "{store}");
    }
    // A folder that hands its group on is one that a group shares.
    fs::create_dir(place.path("shared")).unwrap();
    fs::set_permissions(place.path("shared"), fs::Permissions::from_mode(0o2775)).unwrap();
    place.run(&["init", "shared/ours"]).succeeds();
    assert_ne!(mode("shared/ours") & 0o077, 0);
}

#[test]
fn what_stands_at_the_place_of_a_new_store_stays() {
    let place = Place::toy();
    place.write("occupied/mine", "mine");
    place.write("file", "mine");
    for arguments in [&["init", "occupied"][..], &["init", "file"], &["init", "toy"]] {
        let run = place.run(arguments).fails(1);
        assert!(run.stderr().contains("exists already; nothing is written over"), "{run}");
    }
    assert_eq!((place.read("occupied/mine"), place.read("file")), ("mine".into(), "mine".into()));
    assert_eq!(names(&place.path(".")), ["file", "occupied", "toy"]);
}

#[test]
fn a_demo_changes_nothing_that_is_there_but_its_results() {
    let place = Place::empty();
    place.run(&["demo"]).succeeds();
    assert_eq!(names(&place.path(".")), ["intergov-demo"]);
    assert!(names(&place.path("intergov-demo")).iter().all(|name| !name.contains(".making-")));
    place.write("intergov-demo/data/README.md", "mine");
    place.write("intergov-demo/facts.csv", "old");
    fs::remove_dir_all(place.path("intergov-demo/store")).unwrap();
    place.run(&["demo"]).succeeds();
    assert_eq!(place.read("intergov-demo/data/README.md"), "mine");
    assert_ne!(place.read("intergov-demo/facts.csv"), "old");
}
