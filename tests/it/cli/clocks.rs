//! A clock that shows what it should not: no command takes a sound store for a damaged one, and none panics.

use std::io::ErrorKind;
use std::process::Command;

use super::{Place, Shown, fixture};

/// Whether the machine can show a command another time.
fn is_there() -> bool {
    match Command::new("faketime").arg("--version").output() {
        Ok(_) => true,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            println!("skipped: the program faketime, which shows a command another time, is not installed");
            false
        }
        Err(error) => panic!("{error}"),
    }
}

/// Runs the command while the clock shows a time.
fn at(place: &Place, time: &str, arguments: &[&str]) -> Shown {
    let own = place.command(arguments);
    let mut command = Command::new("faketime");
    command.args(["-f", &format!("@{time}")]).arg(own.get_program()).args(own.get_args());
    command.current_dir(place.path("")).env("INTERGOV_ACTOR", "tester").env("TZ", "UTC");
    Shown(command.output().unwrap())
}

#[test]
fn a_clock_before_1970_is_named_and_harms_nothing() {
    if !is_there() {
        return;
    }
    let place = Place::toy();
    let before = place.run(&["dump", "toy"]).succeeds().stdout();
    for arguments in [
        &["verify", "toy"][..],
        &["list", "toy", "Government"],
        &["ties", "toy", "甲一市"],
        &["dump", "toy"],
        &["compact", "toy"],
        &["backup", "toy", "kept"],
        &["import", "toy", &fixture("two-provinces")],
        &["import", "new", &fixture("two-provinces")],
    ] {
        let shown = at(&place, "1969-06-01 12:00:00", arguments).fails(1);
        let told = shown.stderr();
        assert!(told.contains("the clock of this machine stands before 1970"), "{arguments:?}: {told}");
        assert!(!told.contains("damaged") && !told.contains("panicked"), "{arguments:?}: {told}");
    }
    place.run(&["verify", "toy"]).succeeds();
    assert_eq!(place.run(&["dump", "toy"]).succeeds().stdout(), before);
}

#[test]
fn on_the_last_day_of_the_calendar_commands_work() {
    if !is_there() {
        return;
    }
    let place = Place::toy();
    for time in ["9999-12-30 23:30:00", "9999-12-31 23:59:00"] {
        let shown = at(&place, time, &["analyze", "toy", "density", "--format", "csv"]).succeeds();
        assert!(shown.stdout().contains("\n9999-12-31,"), "{shown}");
        at(&place, time, &["set", "toy", "cn:900100", "note", "late"]).succeeds();
        at(&place, time, &["history", "toy"]).succeeds();
        at(&place, time, &["verify", "toy"]).succeeds();
    }
}
