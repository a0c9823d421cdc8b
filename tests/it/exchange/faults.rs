//! Every fault of a package: where it stands, by which rule, what to do; and nothing is imported.

use intergov::Watch;
use intergov::exchange::{BlockReader, ExchangeError, ImportOptions, Package, draft_import};
use intergov::graph::{Subject, Violation};

use super::{Folder, empty, planned, schema};

/// One changed file in a small package, and the faults that it brings.
fn check(file: &str, contents: impl AsRef<[u8]>, expected: &[&str]) {
    let folder = Folder::small();
    folder.write("arrangements.csv", "id,name,mechanism\nx,X,contract\n");
    folder.write(file, contents);
    assert_eq!(folder.faults(), expected);
}

#[test]
fn an_unknown_column_is_named_with_the_nearest_one() {
    check(
        "bodies.csv",
        "id,name,kind,funktion\n",
        &[
            "bodies.csv, row 1, column funktion: “funktion” is not a column of bodies (schema); did you mean “function”?",
        ],
    );
    check(
        "governments.csv",
        "id,scheme,code,name,population\n",
        &[
            "governments.csv, row 1, column population: “population” is not a column of governments (schema); \
           write its values to observations.csv, one row a period",
        ],
    );
}

#[test]
fn a_header_with_a_name_twice_or_without_one_is_refused() {
    check(
        "bodies.csv",
        "id,name,kind,name,\n",
        &[
            "bodies.csv, row 1: column 5 has no name (csv); name or remove it",
            "bodies.csv, row 1, column name: the column “name” stands in the header twice (csv); remove one of them",
        ],
    );
}

#[test]
fn a_file_that_is_no_table_is_refused() {
    check(
        "goverments.csv",
        "id\n",
        &["goverments.csv: “goverments” is not a table of the schema (package); did you mean “governments”?"],
    );
}

#[test]
fn the_description_is_checked() {
    check(
        "datapackage.json",
        r#"{"resources": [{"path": "governments.csv"}, {"path": "parties.csv"}, {"path": "../secret.csv"},
           {"path": "arrangements.csv", "dialect": {"delimiter": ";"}}]}"#,
        &[
            "datapackage.json: it declares the delimiter “;” (package); separate cells by commas",
            "datapackage.json: it lists the file “parties.csv”, which is not there (package); add the file, or remove the resource",
            "datapackage.json: the resource “../secret.csv” lies outside the package (package); name a file of the same folder",
        ],
    );
    check(
        "datapackage.json",
        "{\n\"name\": }",
        &[
            "datapackage.json, row 2: it is not a JSON object: expected value at line 2 column 9 (package); correct or remove the file",
        ],
    );
}

#[test]
fn an_id_is_given_once_and_is_plain() {
    check(
        "bodies.csv",
        "id,name,kind\nb,B,forum\nc,C,forum\nb,D,forum\n,E,forum\n f,F,forum\n",
        &[
            "bodies.csv, row 4, column id: the id “b” stands in row 2 already (S22); remove one of the rows, or give it another id",
            "bodies.csv, row 5, column id: the row has no id (S22); give it one, unique in bodies",
            "bodies.csv, row 6, column id: the id “ f” has spaces or control characters around or in it (S22); remove them",
        ],
    );
}

#[test]
fn an_unknown_id_is_named_with_the_nearest_one() {
    check(
        "parties.csv",
        "id,from,to,role,source\np,cn:1,y1,member,\nq,cn;1,x,member,\nr,,x,member,\ns,cn:1,x,member,nowhere\n",
        &[
            "parties.csv, row 2, column to: there is no Arrangement “y1” (reference); write the id of a row of arrangements.csv, not its name, or add the row",
            "parties.csv, row 3, column from: there is no Government “cn;1” (reference); did you mean “cn:1”? else write the id of a row of governments.csv, not its name, or add the row",
            "parties.csv, row 4, column from: “from” is missing (reference); name the id of a row",
            "parties.csv, row 5, column source: there is no Source “nowhere” (reference); write the id of a row of sources.csv, not its name, or add the row",
        ],
    );
    check(
        "entry_rules.csv",
        "id,attribute,operator,threshold,reference\ne,gdp,>=,20,cn:9\n",
        &[
            "entry_rules.csv, row 2, column reference: there is no Government “cn:9” (reference); did you mean “cn:1”? else write the id of a row of governments.csv, not its name, or add the row",
        ],
    );
}

#[test]
fn ends_that_the_type_does_not_join_are_refused() {
    let folder = Folder::small();
    folder.write("arrangements.csv", "id,name,mechanism\nx,X,contract\n");
    folder.write("bodies.csv", "id,name,kind\nb,B,forum\ncn:1,C,forum\n");
    folder.write("part_of.csv", "id,from,to\np,x,b\nq,b,cn:1\n");
    assert_eq!(
        folder.faults(),
        [
            "part_of.csv, row 2, column to: PART_OF does not join “x” and “b” (schema); its ends are Body → Body or Body → Government or Arrangement → Arrangement",
            "part_of.csv, row 3, column to: “cn:1” names several rows: a Body, a Government (reference); write Body/cn:1",
        ]
    );
}

#[test]
fn dates_are_dates_and_ends_come_after_starts() {
    check(
        "regions.csv",
        "id,name,approved_on,valid_from,valid_to,attested\n\
         a,A,2010/3/1,,,\nb,B,,2010-13,,\nc,C,,2010,2010-01-01,\nd,D,,2010,2012,2015\ne,E,,,十年,\n",
        &[
            "regions.csv, row 2, column approved_on: “2010/3/1” is not a date (S2); write 2010-03-01, or read dates in the form Y/M/D",
            "regions.csv, row 3, column valid_from: “2010-13” is not a date; write 2010, 2010-03 or 2010-03-01 (S2); correct the date, or leave the cell empty where it is not known",
            "regions.csv, row 4, column valid_to: valid_to 2010-01-01 is not after valid_from 2010: a validity is half-open [from, to) (S2); correct the date, or leave the cell empty where it is not known",
            "regions.csv, row 5, column attested: attested 2015 lies outside [valid_from, valid_to) (S1); correct the date, or leave the cell empty where it is not known",
            "regions.csv, row 6, column valid_to: “十年” is not a date; write 2010, 2010-03 or 2010-03-01 (S2); correct the date, or leave the cell empty where it is not known",
        ],
    );
}

#[test]
fn values_come_from_the_codebook_and_have_their_type() {
    check(
        "arrangements.csv",
        "id,name,mechanism,domains,unknown_parties,confidence\n\
         a,A,contracts,,,\nb,B,contract,economy;enviroment,,\nc,C,contract,,3.5,\nd,D,contract,,,sure\ne,,contract,,,\n",
        &[
            "arrangements.csv, row 2, column mechanism: “contracts” is not in the codebook of mechanism (codebook); did you mean “contract”?",
            "arrangements.csv, row 3, column domains: “enviroment” is not in the codebook of domains (codebook); did you mean “environment”?",
            "arrangements.csv, row 4, column unknown_parties: “3.5” is not a whole number (schema); write digits only, without separators",
            "arrangements.csv, row 5, column confidence: “sure” is not in the codebook of confidence (codebook); write one of high, medium, low, weak-source, unverified-recall",
            "arrangements.csv, row 6, column name: “name” is missing (schema); every row of this table needs it",
        ],
    );
    check(
        "cooperation.csv",
        "id,from,to,weight\nc,cn:1,cn:2,\"1,5\"\n",
        &[
            "cooperation.csv, row 2, column weight: “1,5” is not a number (schema); write digits with a decimal point, without separators",
        ],
    );
    check(
        "powers.csv",
        "id,function,stage,origin,revocable\np,tax,whole,people,yes\n",
        &[
            "powers.csv, row 2, column revocable: “yes” is neither true nor false (schema); write true or false",
        ],
    );
}

#[test]
fn states_and_observations_are_of_known_rows_and_properties() {
    check(
        "states.csv",
        "id,label,of,property,value,valid_from,valid_to,date_kind\n\
         a,Government,cn:1,level,provincial,1990,..,\n\
         b,Government,cn:1,lon,1,1990,..,\n\
         c,Government,cn:9,level,county,1990,..,\n\
         d,Goverment,cn:1,level,county,1990,..,\n\
         e,Government,cn:1,level,,1990,..,\n\
         f,Government,cn:1,rank,county,1990,..,\n\
         g,Government,cn:2,level,county,1990,..,heard\n",
        &[
            "governments.csv, row 2, column rank: “rank” is given here and in states.csv (S3); leave the cell empty where the value changes in time, or remove the rows of states.csv",
            "states.csv, row 3, column property: “lon” is not a known state of Government (S3); write one of code, name, name_en, level, rank, type, interrupted",
            "states.csv, row 4, column of: there is no Government “cn:9” (reference); did you mean “cn:1”? else write the id of a row of governments.csv, not its name, or add the row",
            "states.csv, row 5, column label: there is no label “Goverment” (schema); did you mean “Government”?",
            "states.csv, row 6, column value: the value is missing (S3); write the value, or remove the row; a spell without a value says nothing",
            "states.csv, row 8, column date_kind: “heard” is not in the codebook of date_kind (codebook); write one of approved, effective, listed",
        ],
    );
    check(
        "observations.csv",
        "id,label,of,property,value,valid_from,valid_to\no,Government,cn:1,gdp,much,2010,2011\n",
        &[
            "observations.csv, row 2, column value: “much” is not a number (schema); write digits with a decimal point, without separators",
        ],
    );
}

#[test]
fn rows_are_even() {
    check(
        "bodies.csv",
        "id,name,kind\nb,B\n\nc,C,forum,more\n",
        &[
            "bodies.csv, row 2: the row has 2 cells, the header has 3 (csv); give every row a cell for each column; quote a cell that holds a comma",
            "bodies.csv, row 4: the row has 4 cells, the header has 3 (csv); give every row a cell for each column; quote a cell that holds a comma",
        ],
    );
}

#[test]
fn an_uneven_row_still_has_its_name() {
    let folder = Folder::small();
    folder.write("bodies.csv", "id,name,kind\nb,B\n");
    folder.write("memberships.csv", "id,from,to\nm,cn:1,b\n");
    assert_eq!(folder.faults().len(), 1, "the membership finds its body: {:?}", folder.faults());
}

#[test]
fn what_is_no_text_is_refused() {
    let utf16: Vec<u8> = "id,name\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    check("bodies.csv", [&[0xFF, 0xFE][..], &utf16].concat(), &[]);
    check(
        "bodies.csv",
        "id,name,kind\nb,B\0,forum\n",
        &["bodies.csv, row 2: a NUL byte stands in the text (csv); remove it; is this a CSV file?"],
    );
    check(
        "bodies.csv",
        [b"id,name,kind\nb,".as_slice(), &[0xFF, 0xFF, 0xFF], b",forum\n"].concat(),
        &[
            "bodies.csv, row 2: the text is not UTF-8, and its encoding is not certain (encoding); save the file as CSV UTF-8, or \
           name its encoding; as windows-1256 it says “ےےے”",
        ],
    );
    check(
        "bodies.csv",
        "id,name,kind\nb,\"B,forum\nc,C,forum\n",
        &[
            "bodies.csv, row 2: a quote is opened and never closed (csv); close it, or double it inside a value",
        ],
    );
}

#[test]
fn a_field_of_100_mb_is_refused_without_reading_it() {
    let folder = Folder::new();
    // A sparse file: the field is never on disk, and its NUL bytes are never reached.
    let path = folder.path().join("bodies.csv");
    let text = format!("id,name,kind\nb,\"{}", "长".repeat(400_000));
    std::fs::write(&path, &text).unwrap();
    std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(100 << 20).unwrap();
    assert_eq!(
        folder.faults(),
        [
            "bodies.csv, row 2, column name: a cell is longer than 1048576 bytes (1 MiB) (csv); shorten it; is a quote missing?"
        ]
    );
}

#[test]
fn byte_order_mark_and_gb18030_are_read() {
    let rows = "id,scheme,code,name\ncn:310000,cn,cn:310000,上海市\n";
    let (chinese, _, _) = encoding_rs::GB18030.encode(rows);
    for bytes in [rows.as_bytes().to_vec(), [b"\xEF\xBB\xBF", rows.as_bytes()].concat(), chinese.into_owned()]
    {
        let folder = Folder::new();
        folder.write("governments.csv", bytes);
        let plan = planned(&empty(), folder.path(), &ImportOptions::default()).unwrap();
        let graph = empty().apply(plan.changes()).unwrap();
        let name = graph.find("Government", "cn:310000").unwrap().value("name");
        assert_eq!(name, Some("上海市".into()));
    }
}

#[test]
fn an_existing_id_is_refused_by_create() {
    let folder = Folder::small();
    let plan = planned(&empty(), folder.path(), &ImportOptions::default()).unwrap();
    let graph = empty().apply(plan.changes()).unwrap();
    let faults = planned(&graph, folder.path(), &ImportOptions::default()).unwrap_err();
    assert_eq!(
        faults.faults().iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["cn:1", "cn:2"].iter().zip([2, 3]).map(|(id, row)| format!(
            "governments.csv, row {row}, column id: the store has a row “{id}” of governments already (S22); import with \
             the mode update to replace it, or append to add only new rows"
        )).collect::<Vec<_>>()
    );
    assert_eq!(faults.to_string().lines().next(), Some("nothing was imported: 2 faults"));
}

#[test]
fn all_faults_of_all_files_come_at_once() {
    let folder = Folder::small();
    folder.write("bodies.csv", "id,name,kind\nb,B,club\n");
    folder.write("memberships.csv", "id,from,to\nm,cn:7,b\n");
    folder.write("regions.csv", "id,name,valid_from\nr,R,soon\n");
    let faults = folder.faults();
    assert_eq!(faults.len(), 3, "{faults:#?}");
    assert!(faults[0].starts_with("bodies.csv, row 2, column kind"));
    assert!(faults[1].starts_with("memberships.csv, row 2, column from"));
    assert!(faults[2].starts_with("regions.csv, row 2, column valid_from"));
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let missing = Folder::new().path().join("nothing");
    let error = Package::read(&missing, &schema()).unwrap_err();
    assert!(matches!(error, ExchangeError::NoFolder { .. }));
    assert!(error.to_string().ends_with("is not a folder; name a folder with CSV tables"));
}

#[test]
fn a_broken_rule_is_found_at_its_row() {
    let folder = Folder::small();
    folder.write(
        "states.csv",
        "id,label,of,property,value,valid_from,valid_to\ns,Government,cn:2,level,county,1990,..\n",
    );
    let plan = planned(&empty(), folder.path(), &ImportOptions::default()).unwrap();
    let subject = Subject::Node(plan.after().find("Government", "cn:2").unwrap().id());
    let breach = |column: &str, subject| Violation {
        subject,
        rule: "S21",
        column: Some(column.to_owned()),
        message: "wrong".to_owned(),
        remedy: "correct it".to_owned(),
        warning: false,
    };
    let found = |column, subject| {
        let (start, options, watch) = (empty(), ImportOptions::default(), Watch::new());
        let reader = BlockReader::new(&watch);
        let (changes, read) = draft_import(&start, folder.path().into(), &options, reader).unwrap();
        read.locate(&start.apply(&changes).unwrap(), &[breach(column, subject)])[0].to_string()
    };
    assert_eq!(found("rank", subject), "governments.csv, row 3, column rank: wrong (S21); correct it");
    assert_eq!(found("level", subject), "states.csv, row 2, column value: wrong (S21); correct it");
    let other = Subject::Node(intergov::graph::NodeId::new(99));
    assert_eq!(found("rank", other), "store, column rank: wrong (S21); correct it");
}
