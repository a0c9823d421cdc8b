//! Lists of ties as the command takes them: second lists, lists beside packages, isolates, options.

use super::Place;

#[test]
fn a_second_list_goes_into_the_same_store() {
    let place = Place::empty();
    place.write("1.csv", "from,to,year\nUSA,CAN,2010\n");
    place.write("2.csv", "from,to,year\nUSA,MEX,2011\nUSA,BRA,2011\nUSA,CAN,2011\n");
    place.run(&["import", "db", "1.csv"]).succeeds();
    let refused = place.run(&["import", "db", "2.csv"]);
    assert_eq!(refused.code(), Some(5), "{refused}");
    assert!(refused.stderr().ends_with("hint: --found-missing\n"), "{refused}");
    let trial = place.run(&["import", "db", "2.csv", "--found-missing", "--dry-run"]).succeeds();
    assert!(
        trial.stderr().contains("2 governments that the store did not have were founded: MEX, BRA"),
        "{trial}"
    );
    let read = place.run(&["import", "db", "2.csv", "--found-missing"]).succeeds();
    assert!(
        read.stderr().contains("2 governments that the store did not have were founded: MEX, BRA"),
        "{read}"
    );
    assert!(
        read.stderr().contains("nodes 2 added, 0 changed, 0 removed, 0 as they were; edges 3 added"),
        "{read}"
    );
    // The rows of a list that grows are known again.
    place.write("3.csv", "from,to,year\nUSA,MEX,2011\nUSA,MEX,2012\n");
    let read = place.run(&["import", "db", "3.csv", "--mode", "append"]).succeeds();
    assert!(read.stderr().contains("edges 1 added, 0 changed, 0 removed, 1 as they were"), "{read}");
}

#[test]
fn a_list_goes_beside_a_package() {
    let place = Place::toy();
    let before = place.run(&["list", "toy", "governments", "--format", "csv"]).succeeds().rows().len();
    let ids: Vec<[String; 1]> =
        place.run(&["list", "toy", "governments", "--format", "csv"]).succeeds().columns(["id"]);
    place.write("ties.csv", &format!("from,to,year\n{},{},2010\n", ids[0][0], ids[1][0]));
    place.run(&["import", "toy", "ties.csv"]).succeeds();
    let after = place.run(&["list", "toy", "governments", "--format", "csv"]).succeeds().rows().len();
    assert_eq!(before, after);
}

#[test]
fn governments_without_ties_come_from_a_table() {
    let place = Place::empty();
    place.write(
        "package/governments.csv",
        "id,scheme,code,name,valid_from,valid_to\na,local,a,A,..,..\nb,local,b,B,..,..\nc,local,c,C,..,..\n",
    );
    place.write("ties.csv", "from,to\na,b\n");
    place.run(&["import", "db", "package"]).succeeds();
    place.run(&["import", "db", "ties.csv"]).succeeds();
    let shown = place.run(&["analyze", "db", "degree", "--as-of", "2010", "--format", "csv"]).succeeds();
    let degrees = shown.columns(["code", "degree"]).into_iter().map(|row| row.join(" "));
    let mut degrees: Vec<String> = degrees.collect();
    degrees.sort();
    assert_eq!(degrees, ["a 1", "b 1", "c 0"]);
}

#[test]
fn options_decide_by_hand_how_a_file_is_read() {
    let place = Place::empty();
    place.write("edges.csv", "COUNTRY1:COUNTRY2:YEAR:x\nA:B:2010年3月:1\n");
    let refused = place.run(&["import", "db", "edges.csv", "--delimiter", ":"]);
    assert_eq!(refused.code(), Some(5), "{refused}");
    let options = ["--delimiter", ":", "--columns", "year=YEAR", "--dates", "cjk"];
    let arguments = [&["import", "db", "edges.csv"][..], &options].concat();
    let read = place.run(&arguments).succeeds();
    assert!(read.stderr().contains("not read: column x, which is not asked for"), "{read}");
    let ties = place.run(&["ties", "db", "A", "--format", "csv"]).succeeds();
    assert!(ties.stdout().contains("2010-03"), "{ties}");
    for (option, value, told) in [
        ("--delimiter", "xy", "write one character such as ; or a name such as tab"),
        ("--encoding", "klingon", "is not an encoding that is known"),
        ("--dates", "soon", "is not a form of dates; write one of D.M.Y"),
        ("--columns", "from", "write --columns from=NAME,to=NAME,year=NAME"),
    ] {
        let refused = place.run(&["import", "db2", "edges.csv", option, value]);
        assert_eq!(refused.code(), Some(2), "{refused}");
        assert!(refused.stderr().contains(told), "{refused}");
        assert!(!place.path("db2").exists());
    }
    place.write("package/governments.csv", "id,scheme,code,name\na,x,a,A\n");
    for option in [&["--found-missing"][..], &["--columns", "from=a,to=b"]] {
        let refused = place.run(&[&["import", "db2", "package"][..], option].concat());
        assert_eq!(refused.code(), Some(2), "{refused}");
    }
    let refused = place.run(&["import", "db2", "edges.csv", "--rank-from-level"]);
    assert_eq!(refused.code(), Some(2), "{refused}");
}

#[test]
fn the_option_that_reads_a_file_is_named_in_json_too() {
    let place = Place::empty();
    place.write("edges.csv", "from,to,year\nA,B,201003\n");
    let refused = place.run(&["import", "db", "edges.csv", "--format", "json"]);
    assert_eq!(refused.code(), Some(5), "{refused}");
    let error: serde_json::Value = serde_json::from_str(refused.stderr().lines().last().unwrap()).unwrap();
    assert_eq!(error["error"]["faults"][0]["option"], "--dates YM", "{refused}");
}

#[test]
fn names_of_a_file_in_another_form_are_linked() {
    let place = Place::toy();
    place.write("names.csv", "name;date\nnobody;22.07.1946\n");
    let shown = place.run(&["resolve", "toy", "names.csv", "--dates", "D.M.Y", "--format", "csv"]).succeeds();
    assert_eq!(shown.rows()[0][..3], ["nobody", "22.07.1946", "not found"]);
    assert!(shown.stderr().contains("semicolons separate the cells"), "{shown}");
}
