//! Ten lists of ties as other programs write them: the table of `docs/exchange.md`.

use std::path::Path;

use intergov::exchange::{ImportOptions, ImportPlan, ImportSource};
use intergov::graph::Snapshot;
use intergov::value::DateForm;

use super::{Folder, empty, planned};

fn plan(file: &str, options: &ImportOptions) -> Result<ImportPlan, Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/exchange/lists").join(file);
    let reader = std::fs::File::open(path).unwrap();
    planned(&empty(), ImportSource::list(file, reader), options)
        .map_err(|faults| faults.faults().iter().map(ToString::to_string).collect())
}

/// Each tie as `from-to [start, end) weight`, sorted.
pub(crate) fn ties(graph: &Snapshot) -> Vec<String> {
    let weight =
        |weight: Option<intergov::value::Value>| weight.map(|own| format!(" {own}")).unwrap_or_default();
    let mut ties: Vec<String> = graph
        .edges_of("COOPERATES_WITH")
        .map(|edge| {
            let ends = [edge.source(), edge.target()].map(|node| node.text_id().unwrap().to_string());
            format!("{}-{} {}{}", ends[0], ends[1], edge.validity(), weight(edge.value("weight")))
        })
        .collect();
    ties.sort();
    ties
}

/// What is read of a file, and what is said.
fn read(file: &str, options: &ImportOptions) -> (Vec<String>, Vec<String>) {
    let plan = plan(file, options).unwrap_or_else(|faults| panic!("{file}: {faults:?}"));
    let graph = empty().apply(plan.changes()).unwrap();
    (ties(&graph), plan.warnings().iter().map(ToString::to_string).collect())
}

const ALWAYS: &str = "no tie has a date: each holds always, as long as its two governments do (S31); if they hold at some time \
                      only, add a column year or valid_from, or read them as of unknown dates";

fn check(file: &str, options: &ImportOptions, expected: &[&str], said: &[&str]) {
    let (ties, warnings) = read(file, options);
    assert_eq!(ties, expected, "{file}");
    let said: Vec<String> = said.iter().map(|text| format!("{file}{text}")).collect();
    assert_eq!(warnings, said, "{file}");
}

#[test]
fn the_ten_lists_of_the_table_are_read_as_it_says() {
    let usual = ImportOptions::default();
    let always = format!(": {ALWAYS}");
    let right = "nothing is to be done if this is right";
    check(
        "gephi.csv",
        &usual,
        &["USA-CAN [.., ..) 1", "USA-MEX [.., ..) 2.5"],
        &[
            &always,
            &format!(
                ", row 1: not read: column Id, with which Gephi counts its edges; column Label, which is empty; column \
                 timeset, which is empty (package); {right}"
            ),
        ],
    );
    check(
        "ucinet.dl",
        &usual,
        &["USA-CAN [.., ..) 4", "USA-New Zealand [.., ..) 2.5"],
        &[&always, &format!(": it is read as a list of edges of UCINET (DL, edgelist1) (csv); {right}")],
    );
    check(
        "pandas.csv",
        &usual,
        &["USA-CAN [2010, 2011) 1.5", "USA-MEX [2011, 2012) 2"],
        &[
            &format!(
                ", row 1: not read: column 1, which has no name and counts the rows, as pandas and R write it (package); {right}"
            ),
            ", row 2, column year: 2 cells (rows 2, 3) such as “2010.0” are read as years (S2); write whole years",
        ],
    );
    check(
        "r.csv",
        &usual,
        &["USA-CAN [.., ..) 2", "USA-MEX [.., ..)"],
        &[
            &always,
            &format!(
                ", row 1: not read: column 1, which has no name and counts the rows, as pandas and R write it (package); {right}"
            ),
            ", row 3, column weight: “NA” in 1 cell is read as a missing value (csv); write nothing there",
        ],
    );
    check(
        "igraph.ncol",
        &usual,
        &["USA-CAN [.., ..) 1", "USA-MEX [.., ..) 2.5"],
        &[
            &always,
            ": blanks separate the cells: they were read so (csv); check the columns",
            ", row 1: the first row names no columns: its cells are read as from, to and weight (package); put a row \
             from,to,weight above it if this is right",
        ],
    );
    check(
        "excel-unicode.txt",
        &usual,
        &["Köln-Lyon [2010, 2011)"],
        &[
            ": tabs separate the cells of the first row: all rows were read so (csv); check the columns",
            ": the file is not UTF-8 and was read as UTF-16LE: “Köln” (encoding); check these words; save the file as CSV \
             UTF-8 if they are wrong",
        ],
    );
    check(
        "excel-sep.csv",
        &usual,
        &["USA-CAN [2010, 2011)"],
        &[
            ": the first row says that semicolons separate the cells: they were read so (csv); check the columns",
        ],
    );
    check(
        "statnet.csv",
        &usual,
        &["USA-CAN [.., ..) 1", "USA-NA [.., ..) 2"],
        &[
            &always,
            &format!(", row 1: columns .tail and .head are read as from and to (package); {right}"),
            ", row 3, column .head: “NA” is a name in 1 cell: is it a missing value? (reference); remove these rows if it is; \
             nothing is to be done if it is a name",
        ],
    );
}

#[test]
fn what_the_table_says_is_refused_is_read_by_hand() {
    let usual = ImportOptions::default();
    assert_eq!(
        plan("excel-german.csv", &usual).unwrap_err(),
        [
            "excel-german.csv, row 2, column valid_from: 2 cells are a date in another form, such as “22.07.1946” (rows 2, 3) \
             (S2); write 2010-03-01, or read dates in the form D.M.Y"
        ]
    );
    let mut german = ImportOptions::default();
    german.text.dates = Some(DateForm::DotDayMonthYear);
    check(
        "excel-german.csv",
        &german,
        &["USA-CAN [1946-07-22, ?) 2.5", "USA-MEX [2010-03-05, ?) 1"],
        &[
            ": semicolons separate the cells of the first row: all rows were read so (csv); check the columns",
            ", row 1: not read: column 5, which has no name and is empty (package); nothing is to be done if this is right",
            ", row 2, column weight: 1 cell such as “2,5” is read as a number with a decimal comma (schema); write numbers \
             with a decimal point",
        ],
    );
    let refused = plan("cow.csv", &usual).unwrap_err();
    assert!(
        refused[0].starts_with(
            "cow.csv, row 1: several pairs of columns name two governments: stateabb1 and stateabb2, ccode1 and ccode2 (package)"
        ),
        "{refused:?}"
    );
    let pairs = [("from", "stateabb1"), ("to", "StateAbb2"), ("year", "year")];
    let by_hand = ImportOptions {
        columns: pairs.map(|(own, column)| (own.to_owned(), column.to_owned())).to_vec(),
        ..ImportOptions::default()
    };
    check(
        "cow.csv",
        &by_hand,
        &["USA-CAN [1958, 1959)", "USA-MEX [1959, 1960)"],
        &[
            ", row 1: not read: column ccode1, which is not asked for; column ccode2, which is not asked for; column version, \
           which is not asked for (package); nothing is to be done if this is right",
        ],
    );
}

fn of(text: &str, options: &ImportOptions) -> Result<ImportPlan, Vec<String>> {
    planned(&empty(), ImportSource::list("t.csv", text.as_bytes()), options)
        .map_err(|faults| faults.faults().iter().map(ToString::to_string).collect())
}

#[test]
fn what_is_not_certain_is_one_fault_a_column() {
    let usual = ImportOptions::default();
    for (text, expected) in [
        (
            "a,b\nb,c\n",
            "t.csv, row 1: the first row names no column of a list of ties: “a”, “b” (package); put a row such as \
                        from,to,weight above it, or say which columns are from and to",
        ),
        (
            "a,b,2010\nb,c,2011\n",
            "t.csv, row 1: the first row names no column of a list of ties: “a”, “b”, “2010” (package); \
                                 put a row such as from,to,weight above it, or say which columns are from and to",
        ),
        (
            "from,to,timeset\na,b,\"<[2010.0,2011.0]>\"\n",
            "t.csv, row 1, column timeset: the spells of a timeset are not read \
                                 (package); write the start and the end of each tie in columns valid_from and valid_to",
        ),
        ("from,to,\na,b,x\n", "t.csv, row 1: column 3 has no name (csv); name or remove it"),
        (
            "from,to,weight,Weights\na,b,1,2\n",
            "t.csv, row 1, column Weights: the columns weight and Weights mean the same \
                                 (package); remove one of them, or say which is meant",
        ),
        ("from,to\n", "t.csv: the list has no tie (package); write a row for each pair of governments"),
        (
            "<?xml version=\"1.0\"?>\n<graphml>,\n",
            "t.csv: it is XML, such as GraphML, not CSV (csv); name a CSV file with a \
                                 row for each tie",
        ),
        (
            "dl n=2\ndata:\n0 1\n1 0\n",
            "t.csv: it is a DL file of the format fullmatrix (csv); save it in the format \
                                 edgelist1, or as a CSV file with a row for each tie",
        ),
        (
            "from,to,year\na,b,201003\na,c,201004\n",
            "t.csv, row 2, column year: 2 cells are a date in another form, such as \
                                 “201003” (rows 2, 3) (S2); write 2010-03-01, or read dates in the form YM",
        ),
        (
            "from,to,valid_from\na,b,01/02/2003\na,c,13/02/2003\n",
            "t.csv, row 2, column valid_from: 2 cells are a date in \
                                 another form, such as “01/02/2003” (rows 2, 3) (S2); write 2010-03-01, or read dates in the form D/M/Y",
        ),
        (
            "from,to,Type\na,b,sideways\n",
            "t.csv, row 2, column Type: “sideways” is neither Undirected nor Directed (package); \
                                 write one of them, or remove the column",
        ),
    ] {
        assert_eq!(of(text, &usual).map(drop), Err(vec![expected.to_owned()]), "{text}");
    }
}

#[test]
fn dates_are_read_in_the_form_that_is_given() {
    for (form, column, cell, validity) in [
        ("YM", "year", "201003", "[2010-03, 2010-04)"),
        ("cjk", "year", "2010年", "[2010, 2011)"),
        ("M/D/Y", "valid_from", "05/13/2003", "[2003-05-13, ?)"),
        ("cjk", "valid_from", "平成18年3月31日", "[2006-03-31, ?)"),
        ("Y/M/D", "attested", "2010/3;2011", ""),
    ] {
        let mut options = ImportOptions::default();
        options.text.dates = Some(form.parse().unwrap());
        let plan = of(&format!("from,to,{column}\na,b,{cell}\n"), &options).unwrap();
        let graph = empty().apply(plan.changes()).unwrap();
        let edge = graph.edges_of("COOPERATES_WITH").next().unwrap();
        let shown = edge.validity();
        if column == "attested" {
            assert_eq!(shown.attested_text(), "2010-03;2011");
        } else {
            assert_eq!(shown.to_string(), validity, "{cell}");
        }
    }
}

#[test]
fn a_directed_list_says_that_the_orientation_is_not_kept_where_it_is_not() {
    let plan = of("Source,Target,Type\na,b,Directed\nb,c,Undirected\n", &ImportOptions::default()).unwrap();
    let keeps = super::schema()
        .edge("COOPERATES_WITH")
        .is_some_and(|spec| spec.properties.iter().any(|property| property.key == "oriented"));
    let said = plan
        .warnings()
        .iter()
        .any(|warning| warning.message.contains("the orientation of a tie is not kept"));
    assert_ne!(said, keeps);
    let graph = empty().apply(plan.changes()).unwrap();
    let oriented =
        graph.edges_of("COOPERATES_WITH").filter(|edge| edge.value("oriented") == Some(true.into()));
    assert_eq!(oriented.count(), usize::from(keeps));
}

#[test]
fn dates_of_a_package_in_another_form_say_which() {
    let folder = Folder::new();
    folder.write(
        "governments.csv",
        "id,scheme,code,name,valid_from,valid_to\na,x,a,A,22.07.1946,\nb,x,b,B,,01/02/2003\nc,x,c,C,soon,\n",
    );
    assert_eq!(
        folder.faults(),
        [
            "governments.csv, row 2, column valid_from: “22.07.1946” is not a date; write 2010, 2010-03 or 2010-03-01 (S2); \
             write 1946-07-22, or read dates in the form D.M.Y",
            "governments.csv, row 3, column valid_to: “01/02/2003” is not a date; write 2010, 2010-03 or 2010-03-01 (S2); \
             write 2003-02-01, or read dates in the form D/M/Y or M/D/Y",
            "governments.csv, row 4, column valid_from: “soon” is not a date; write 2010, 2010-03 or 2010-03-01 (S2); correct \
             the date, or leave the cell empty where it is not known",
        ]
    );
    super::blocks::same_in_blocks(folder.path(), 50);
}

#[test]
fn packages_are_read_as_other_programs_write_them_too() {
    let folder = Folder::new();
    folder.write(
        "governments.csv",
        "id;scheme;code;name;lon;valid_from\na;x;a;A;2,5;1.5.1949\nb;x;b;B;3;1949\n",
    );
    let mut options = ImportOptions::default();
    options.text.dates = Some(DateForm::DotDayMonthYear);
    let plan = planned(&empty(), folder.path(), &options).unwrap();
    let said: Vec<String> = plan.warnings().iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "governments.csv: semicolons separate the cells of the first row: all rows were read so (csv); check the columns"
        ]
    );
    let graph = empty().apply(plan.changes()).unwrap();
    let government = graph.find("Government", "a").unwrap();
    assert_eq!(government.value("lon"), Some(2.5.into()));
    assert_eq!(government.validity().to_string(), "[1949-05-01, ?)");
}
