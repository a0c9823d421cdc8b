//! What a terminal gets: names that would command it are shown, and data for programs are left as they are.

use std::process::Command;

use super::Place;

/// Clears the screen, sets the title, fills the clipboard, rings, turns the direction.
const HOSTILE: &str = "\u{1b}[2J\u{1b}]0;title\u{7}\u{1b}]52;c;QQ==\u{7}\u{85}\u{202e}gnp";
const SHOWN: &str = "\\u001b[2J\\u001b]0;title\\u0007\\u001b]52;c;QQ==\\u0007\\u0085\\u202egnp";

/// A store in which a government has that name, and so has the one who wrote it.
fn place() -> Place {
    let place = Place::toy().with("INTERGOV_ACTOR", HOSTILE);
    place.run(&["set", "toy", "cn:900100", "name", HOSTILE]).succeeds();
    place
}

fn obeys_nothing(text: &str) -> bool {
    !text.contains(['\u{1b}', '\u{7}', '\u{85}', '\u{202e}'])
}

#[test]
fn tables_and_messages_show_what_a_terminal_would_obey() {
    let place = place();
    for format in ["table", "markdown"] {
        for command in
            [&["list", "toy", "governments"][..], &["show", "toy", "cn:900100"], &["history", "toy"]]
        {
            let run = place.run(&[command, &["--format", format]].concat()).succeeds();
            assert!(obeys_nothing(&run.stdout()) && obeys_nothing(&run.stderr()), "{command:?}");
            assert!(run.stdout().contains("\\u001b[2J"), "{command:?}: {run}");
        }
    }
    let run = place.run(&["show", "toy", &format!("no {HOSTILE}")]);
    assert!(run.code() != Some(0) && obeys_nothing(&run.stderr()) && run.stderr().contains(SHOWN), "{run}");
}

/// What an error quotes: the words of the user, names that are near, faults of a file.
#[test]
fn errors_show_what_a_terminal_would_obey() {
    let place = place();
    let table = format!("id,scheme,code,name\n{HOSTILE},cn,cn:1,{HOSTILE}\n{HOSTILE},cn,cn:1,x\n");
    place.write("bad/governments.csv", &table);
    let near = format!("{HOSTILE}x");
    for arguments in [
        &["show", "toy", &near][..],
        &["show", "toy", &near, "--format", "json"],
        &["list", "toy", "governments", "--where", &near],
        &["list", "toy", "governments", "--columns", &near],
        &["analyze", "toy", &near],
        &["analyze", "toy", "density", "--years", &near],
        &["import", "db", "bad"],
        &["import", "db", "bad", "--format", "json"],
        &["ties", "toy", "x", &format!("--{near}")],
        &[&near],
    ] {
        let run = place.run(arguments);
        assert!(run.code() != Some(0) && obeys_nothing(&run.stderr()), "{arguments:?}: {run}");
    }
}

#[test]
fn data_for_programs_are_left_as_they_are() {
    let place = place();
    let run = place.run(&["list", "toy", "governments", "--format", "csv"]).succeeds();
    assert!(run.columns(["name"]).contains(&[HOSTILE.to_owned()]), "{run}");
    assert!(place.run(&["dump", "toy"]).succeeds().stdout().contains('\u{202e}'));
}

/// Every format, where stdout is a terminal.
#[test]
fn a_terminal_gets_nothing_that_it_obeys() {
    if Command::new("script").arg("--version").output().is_err() {
        println!("skipped: there is no program `script`, which runs a command on a terminal");
        return;
    }
    let place = place();
    let program = env!("CARGO_BIN_EXE_intergov");
    let commands = [
        "list toy governments --format csv",
        "list toy governments --format json",
        "list toy governments --format jsonl",
        "list toy governments",
        "list toy governments --format markdown",
        "list toy governments --sort name --top 9 --columns name,id",
        "show toy cn:900100",
        "show toy cn:900100 --format json",
        "ties toy cn:900100 --columns name,id --sort name",
        "history toy",
        "history toy cn:900100 --format csv",
        "diff toy --from 2004 --to 2005 --columns what,id",
        "--no-progress analyze toy degree --as-of 2004",
        "--no-progress analyze toy members --region toy-delta --years 2000..2004 --format jsonl",
        "resolve toy names.csv --columns found_name,message,note",
        "dump toy",
    ];
    place.write("names.csv", &format!("name,note\ncn:900100,{HOSTILE}\n{HOSTILE}x,\n"));
    for command in commands {
        let output = Command::new("script")
            .args(["-qec", &format!("'{program}' {command}"), "/dev/null"])
            .current_dir(place.path("."))
            .env("NO_COLOR", "1")
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && obeys_nothing(&text), "{command}: {text:?}");
        // The name is not a member of the region before 2004, and wide columns are cut.
        assert!(command.contains("analyze") || text.contains("\\u001b[2J"), "{command}: {text:?}");
    }
}
