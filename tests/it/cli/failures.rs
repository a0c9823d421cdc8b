//! What the command says when something is wrong, and the code with which it ends.

use std::fs;
use std::io::Read;
use std::process::Stdio;

use super::{Place, fixture};

#[test]
fn a_mistyped_path_makes_no_store() {
    let place = Place::empty();
    let file = place.write("names.csv", "name\n杭州\n");
    for arguments in [
        &["show", "nowhere", "杭州"][..],
        &["list", "nowhere", "Government"],
        &["ties", "nowhere", "杭州"],
        &["resolve", "nowhere", &file],
        &["diff", "nowhere", "--from", "2010", "--to", "2019"],
        &["analyze", "nowhere", "density", "--as-of", "2010"],
        &["stats", "nowhere"],
        &["schema", "nowhere"],
        &["history", "nowhere"],
        &["verify", "nowhere"],
        &["dump", "nowhere"],
        &["export", "nowhere", "-o", "out.graphml"],
        &["backup", "nowhere", "out.backup"],
        &["migrate", "nowhere"],
        &["compact", "nowhere"],
        &["set", "nowhere", "杭州", "note", "x"],
        &["end", "nowhere", "杭州", "--at", "2010"],
    ] {
        let run = place.run(arguments).fails(4);
        assert!(run.stderr().starts_with("error: nowhere is not a store"), "{arguments:?}\n{run}");
        assert!(!place.path("nowhere").exists(), "{arguments:?}");
    }
    assert!(!place.path("out.graphml").exists() && !place.path("out.backup").exists());
    place.run(&["restore", "no-such-backup", "fresh"]).fails(1);
    place.run(&["import", "fresh", "no-such-package"]).fails(4);
    place.run(&["load", "fresh", "no-such-dump"]).fails(1);
    assert!(!place.path("fresh").exists());
}

#[test]
fn an_ambiguous_name_lists_its_candidates() {
    let place = Place::toy();
    place.run(&["ties", "toy", "河口县"]).is("
--- stderr
error: “河口县” is ambiguous; write the id or code of one of: 河口县 Hekou of Jia (cn:900121, county, under 甲一市 Jia One (cn:900100), [.., ..)); 河口县 Hekou of Yi (cn:910121, county, under 乙一市 Yi One (cn:910100), [.., ..))
--- exit 4
");
    let run = place.run(&["ties", "toy", "河口县", "--format", "json"]).fails(4);
    let json: serde_json::Value = serde_json::from_str(&run.stderr()).unwrap();
    assert_eq!((&json["error"]["code"], &json["error"]["kind"]), (&4.into(), &"not_found".into()));
    let codes: Vec<&str> = json["error"]["candidates"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["code"].as_str())
        .collect();
    assert_eq!(codes, ["cn:900121", "cn:910121"]);
}

#[test]
fn what_is_nearly_right_is_answered_with_what_was_meant() {
    let place = Place::toy();
    for (arguments, code, told) in [
        (&["ties", "toy", "甲一巿"][..], 4, "did you mean 甲一市"),
        (&["ties", "toy", "jia on"], 4, "did you mean 甲一市 Jia One (cn:900100"),
        (&["list", "toy", "Goverment"], 4, "did you mean Government?"),
        (&["list", "toy", "region", "--where", "knd=delta"], 2, "did you mean kind?"),
        (&["analyze", "toy", "densty", "--as-of", "2005"], 4, "did you mean density?"),
        (&["analyze", "toy", "density", "--as-of", "2005", "--domain", "watr"], 2, "did you mean water?"),
        (
            &["analyze", "toy", "density", "--as-of", "2005", "--mechanism", "contrat"],
            2,
            "did you mean contract?",
        ),
        (
            &["analyze", "toy", "density", "--as-of", "2005", "--rank", "prefectual"],
            2,
            "did you mean prefectural?",
        ),
        (&["ties", "toy", "甲一市", "--direction", "horizontl"], 2, "'horizontal'"),
        (&["ties", "toy", "甲一市", "--min-confidence", "hihg"], 2, "write one of high, medium, low"),
        (&["diff", "toy", "--from", "2004", "--to", "2005", "--of", "PARTYTO"], 2, "did you mean PARTY_TO?"),
        (&["set", "toy", "甲一市", "nam", "x"], 5, "name"),
    ] {
        let run = place.run(arguments).fails(code);
        assert!(run.stderr().contains(told), "{arguments:?}\n{run}");
    }
}

#[test]
fn arguments_that_make_no_sense_are_refused_before_anything_happens() {
    let place = Place::toy();
    for arguments in [
        &["frobnicate"][..],
        &["show", "toy"],
        &["ties", "toy", "甲一市", "--as-of", "二〇一〇"],
        &["ties", "toy", "甲一市", "--as-of", "2010", "--during", "2004..2010"],
        &["ties", "toy", "甲一市", "--during", "2010..2004"],
        &["analyze", "toy", "density", "--years", "2010..2004"],
        &["analyze", "toy", "members", "--as-of", "2005"],
        &["export", "toy", "--format", "package", "--as-of", "2010", "-o", "out"],
        &["end", "toy", "COUNCIL", "--at", "2010", "--reason", "boredom"],
    ] {
        let run = place.run(arguments).fails(2);
        assert!(run.stderr().starts_with("error: "), "{arguments:?}\n{run}");
    }
    assert!(!place.path("out").exists());
    let run = place.run(&["show", "toy", "--format", "json"]).fails(2);
    let json: serde_json::Value = serde_json::from_str(&run.stderr()).unwrap();
    assert_eq!(json["error"]["kind"], "usage");
}

#[test]
fn nothing_to_show_is_an_error_only_where_it_is_asked_for() {
    let place = Place::toy();
    let arguments = ["list", "toy", "Meeting"];
    place.run(&arguments).succeeds();
    let run = place.run(&[&arguments[..], &["--fail-empty"]].concat());
    assert_eq!(run.code(), Some(4), "{run}");
}

#[test]
fn an_import_with_faults_names_them_all_and_leaves_no_store() {
    let place = Place::empty();
    place.write(
        "bad/governments.csv",
        "id,scheme,code,name,level,rank,valid_from,valid_to\nx,cn,cn:1,甲,county,county,2010,2009\n",
    );
    place.write("bad/subordination.csv", "from,to,valid_from\nx,y,2010\n");
    let run = place.run(&["import", "db", "bad"]).fails(5);
    assert!(run.stderr().contains("governments.csv, row 2"), "{run}");
    assert!(run.stderr().contains("subordination.csv, row 2"), "{run}");
    assert!(!place.path("db").exists());
    let run = place.run(&["import", "db", "bad", "--format", "json"]).fails(5);
    let json: serde_json::Value = serde_json::from_str(&run.stderr()).unwrap();
    let faults = json["error"]["faults"].as_array().unwrap();
    assert!(
        faults.iter().all(|fault| fault["row"] == 2 && !fault["remedy"].as_str().unwrap().is_empty()),
        "{run}"
    );
    assert!(faults.len() >= 2);
}

#[test]
fn damage_gives_its_own_code() {
    let place = Place::toy();
    let engine = fs::read_dir(place.path("toy")).unwrap().map(|entry| entry.unwrap().path());
    let engine = engine.into_iter().find(|path| path.to_string_lossy().contains("sled-")).unwrap();
    fs::remove_dir_all(engine).unwrap();
    let run = place.run(&["stats", "toy"]).fails(6);
    assert!(run.stderr().contains("damaged") && run.stderr().contains("restore"), "{run}");
    // The segments are whole, and beside them is a copy of what the engine held.
    let run = place.run(&["verify", "toy", "--repair"]).succeeds();
    assert!(
        run.stderr().contains("made again from its copy") && run.stderr().contains("the store is sound"),
        "{run}"
    );
    place.run(&["stats", "toy"]).succeeds();
}

#[test]
fn a_store_in_use_names_who_uses_it() {
    let place = Place::toy();
    let held = intergov::Database::open(place.path("toy")).unwrap();
    let run = place.run(&["set", "toy", "甲一市", "note", "x"]).fails(1);
    assert!(run.stderr().contains(&format!("in use by process {}", std::process::id())), "{run}");
    drop(held);
    place.run(&["set", "toy", "甲一市", "note", "x"]).succeeds();
}

#[test]
fn a_reader_that_stops_reading_is_no_error() {
    let place = Place::empty();
    place.run(&["import", "china", &fixture("china")]).succeeds();
    for arguments in [
        &["dump", "china"][..],
        &["list", "china", "source"],
        &["list", "china", "source", "--format", "json"],
    ] {
        let mut child =
            place.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut told = String::new();
        child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{arguments:?}: {told}");
        assert!(!told.contains("error"), "{arguments:?}: {told}");
    }
}

#[test]
fn colours_follow_the_environment_and_the_option() {
    let coloured = |place: Place, option: &[&str]| {
        let arguments = [&["list", "nowhere", "region"][..], option].concat();
        place.run(&arguments).fails(4).stderr().contains('\u{1b}')
    };
    // No terminal here.
    assert!(!coloured(Place::empty(), &[]));
    assert!(coloured(Place::empty().with("CLICOLOR_FORCE", "1"), &[]));
    assert!(!coloured(Place::empty().with("CLICOLOR_FORCE", "1").with("NO_COLOR", "1"), &[]));
    assert!(!coloured(Place::empty().with("CLICOLOR_FORCE", "1"), &["--color", "never"]));
    assert!(coloured(Place::empty().with("NO_COLOR", "1"), &["--color", "always"]));
}

#[test]
fn data_are_never_coloured_and_never_mixed_with_messages() {
    let place = Place::toy().with("CLICOLOR_FORCE", "1");
    let run = place.run(&["ties", "toy", "甲一市", "--as-of", "2009"]).succeeds();
    assert!(!run.stdout().contains('\u{1b}') && !run.stdout().contains("note:"), "{run}");
    assert!(run.stderr().contains("\u{1b}["), "{run}");
}

/// A path may hold any bytes; a word that must be text is refused as such.
#[cfg(unix)]
#[test]
fn arguments_that_are_not_utf8_work_or_are_refused() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    // 数据 in GBK.
    let name = OsStr::from_bytes(b"\xCA\xFD\xBE\xDD");
    let place = Place::empty();
    let run = |before: &[&str], after: &[&str]| {
        let mut command = place.command(before);
        super::Shown(command.arg(name).args(after).output().unwrap())
    };
    run(&["import"], &[&fixture("two-provinces")]).succeeds();
    run(&["set"], &["甲一市", "note", "x"]).succeeds();
    let history = run(&["history"], &["--format", "json"]).succeeds();
    assert!(history.stdout().contains("set \u{FFFD}"), "{history}");
    let refused = run(&["set", "store", "甲一市", "note"], &[]).fails(2);
    assert!(refused.stderr().contains("UTF-8"), "{refused}");
    run(&["--bogus"], &[]).fails(2);
    let refused = run(&["show", "--format=json"], &["--bogus"]).fails(2);
    assert!(refused.stderr().starts_with("{\"error\":"), "{refused}");
}

#[test]
fn a_folder_above_the_package_makes_no_store() {
    let place = Place::empty();
    place.write("parent/package/governments.csv", "id,scheme,code,name\ncn:1,cn,cn:1,甲\n");
    let run = place.run(&["import", "db", "parent"]).fails(5);
    assert!(run.stderr().contains("did you mean parent/package?"), "{run}");
    assert!(!place.path("db").exists());
}

#[test]
fn a_list_of_names_has_the_limits_of_a_table() {
    let place = Place::toy();
    for (text, told) in [
        (format!("name\n{}\n", "x".repeat(1_100_000)), "a cell is longer than 1048576 bytes"),
        (",".repeat(3_000_000), "the row has more than 1024 cells"),
        ("name\na\0\n".to_owned(), "a NUL byte stands in the text"),
    ] {
        let file = place.write("names.csv", &text);
        let run = place.run(&["resolve", "toy", &file]).fails(2);
        assert!(run.stderr().contains(told), "{run}");
    }
    #[cfg(unix)]
    place.run(&["resolve", "toy", "/dev/zero"]).fails(2);
}

#[test]
fn near_names_are_looked_for_within_a_budget_that_is_told() {
    let place = Place::empty();
    // 3,000 governments have 3,001 texts at least; 20,000,000 comparisons are enough for fewer than 7,000 names.
    let mut governments = "id,scheme,code,name\n".to_owned();
    (0..3_000).for_each(|at| governments += &format!("g{at:05},local,c{at:05},Town{at:05}\n"));
    place.write("package/governments.csv", &governments);
    place.run(&["import", "db", "package"]).succeeds();
    let mut names = "name\n".to_owned();
    (0..7_000).for_each(|at| names += &format!("Twon{at:05}\n"));
    let file = place.write("names.csv", &names);
    let run = place.run(&["resolve", "db", &file, "--format", "csv"]).succeeds();
    let told: Vec<bool> =
        run.columns(["message"]).iter().map(|[told]| told.contains("did you mean")).collect();
    assert_eq!(told.len(), 7_000);
    assert!(told[0] && !told[6_999]);
    let first = told.iter().filter(|told| **told).count();
    assert!(run.stderr().contains("near names were looked for for the first "), "{first}");
}
