//! Cells that are read as they stand and are hardly meant so, and text in other encodings than UTF-8.

use intergov::exchange::{ImportOptions, ImportSource, Undated};

use super::blocks::same_in_blocks;
use super::{Folder, empty, import, planned};

fn ties(bytes: &[u8]) -> Result<Vec<String>, Vec<String>> {
    let texts = |faults: &[intergov::exchange::Fault]| faults.iter().map(ToString::to_string).collect();
    match planned(&empty(), ImportSource::list("t.csv", bytes), &ImportOptions::default()) {
        Ok(plan) => Ok(texts(plan.warnings())),
        Err(faults) => Err(texts(faults.faults())),
    }
}

fn warnings(folder: &Folder) -> Vec<String> {
    let plan = planned(&empty(), folder.path(), &ImportOptions::default()).unwrap();
    plan.warnings().iter().map(ToString::to_string).collect()
}

#[test]
fn what_cannot_be_seen_makes_no_second_government() {
    for character in ["\u{200B}", "\u{2060}", "\u{AD}", "\u{FEFF}"] {
        let text = format!("from,to,year\n上海市,苏州市,2010\n上海{character}市,无锡市,2010\n");
        let number = u32::from(character.chars().next().unwrap());
        assert_eq!(
            ties(text.as_bytes()),
            Err(vec![format!(
                "t.csv, row 3, column from: “上海\\u{number:04x}市” holds a character that cannot be seen (S24); remove it: \
                 with it the name is another one"
            )])
        );
    }
    let folder = Folder::new();
    folder.write("governments.csv", "id,scheme,code,name,valid_from\na\u{200B},x,a,A,..\n");
    assert_eq!(
        folder.faults(),
        [
            "governments.csv, row 2, column id: the id “a\\u200b” holds a character that cannot be seen (S22); remove it"
        ]
    );
    same_in_blocks(folder.path(), 30);
    folder
        .write("governments.csv", "id,scheme,code,name,valid_from\na,x,a,A\u{200B},..\nb,x,b,B\u{200B},..\n");
    assert_eq!(
        warnings(&folder),
        [
            "governments.csv, row 2, column name: 2 cells (rows 2, 3) hold a character that cannot be seen, first in \
             “A\\u200b” (S24); remove it: with it the name is another one"
        ]
    );
    same_in_blocks(folder.path(), 30);
}

#[test]
fn variants_of_a_name_do_not_found_two_governments() {
    assert_eq!(
        ties("from,to,year\nCalifornia,Oregon,2010\ncalifornia,Nevada,2010\ncalifornia,Utah,2011\n".as_bytes()),
        Err(vec![
            "t.csv, row 3, column from: “california” is “California” of row 2 but for case, width or blanks (S24); write the \
             name of a government in one way"
                .to_owned()
        ])
    );
}

#[test]
fn names_of_nothing_and_dates_that_are_hardly_meant_are_said_once_a_file() {
    let rows: String = (0..7).map(|row| format!("g{row},NA,1999,9999-12-31\n")).collect();
    assert_eq!(
        ties(format!("from,to,valid_from,valid_to\n{rows}#REF!,g1,1900-01-01,..\n").as_bytes()),
        Ok([
            "t.csv, row 2, column to: “NA” is a name in 7 cells (rows 2, 3, 4, 5, 6, …): is it a missing value? (reference); \
             remove these rows if it is; nothing is to be done if it is a name",
            "t.csv, row 2, column valid_to: 9999-12-31 is a date in 7 cells (rows 2, 3, 4, 5, 6, …): in many programs it stands \
             for no end or an unknown date (S1); write .. for what has no end yet, and nothing for an unknown date",
            "t.csv, row 9, column from: “#REF!” is a name in 1 cell: a formula that failed (reference); write the name, or \
             remove the rows",
            "t.csv, row 9, column valid_from: 1900-01-01 is a date in 1 cell: in many programs it stands for no end or an \
             unknown date (S1); write .. for what has no end yet, and nothing for an unknown date",
        ]
        .map(str::to_owned)
        .to_vec())
    );
    let folder = Folder::new();
    let rows: String = (0..9).map(|row| format!("g{row},x,g{row},NULL,1900-01-01,\n")).collect();
    folder.write("governments.csv", format!("id,scheme,code,name,valid_from,valid_to\n{rows}"));
    let said = warnings(&folder);
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(
        said[0].starts_with("governments.csv, row 2, column name: “NULL” is a name in 9 cells"),
        "{said:?}"
    );
    assert!(
        said[1].starts_with("governments.csv, row 2, column valid_from: 1900-01-01 is a date in 9 cells"),
        "{said:?}"
    );
    for block in [1, 60, 1 << 21] {
        same_in_blocks(folder.path(), block);
    }
}

#[test]
fn rows_that_repeat_a_row_are_said() {
    let said = ties(b"from,to,weight,year\na,b,1,2010\na,b,1,2010\na,b,2,2010\na,b,1,2010\n").unwrap();
    assert_eq!(
        said,
        ["t.csv, row 3: 2 rows (rows 3, 5) repeat a row above word for word (csv); remove them"]
    );
    let folder = Folder::small();
    folder.write(
        "cooperation.csv",
        "from,to,weight,valid_from\ncn:1,cn:2,1,2010\ncn:1,cn:2,2,2010\ncn:2,cn:1,1,2010\ncn:1,cn:2,1,2010\ncn:2,cn:1,1,2010\n",
    );
    let said = warnings(&folder);
    assert!(
        said.contains(
            &"cooperation.csv, row 5: 2 rows (rows 5, 6) repeat a row above word for word (csv); remove them"
                .to_owned()
        ),
        "{said:?}"
    );
    for block in [1, 40, 1 << 21] {
        same_in_blocks(folder.path(), block);
    }
}

#[test]
fn text_behind_a_closing_quote_is_refused() {
    assert_eq!(
        ties(b"from,to,note\na,b,\"the \\\"Big\\\" Four\"\n"),
        Err(vec![
            "t.csv, row 2, column note: text follows a closing quote: \"the \\\"Big\\\" Four\" (csv); write a quote inside a \
             quoted cell twice (\"\"), without a backslash"
                .to_owned()
        ])
    );
    assert_eq!(
        ties(b"from,to,year,note\na,b,2010,a 5\" pipe\" \n\"c\" ,d,2010,\"x \"\"y\"\"\"\n"),
        Ok(Vec::new())
    );
}

#[test]
fn only_what_is_certainly_chinese_is_read_without_being_asked() {
    let encoded = |encoding: &'static encoding_rs::Encoding, text: &str| encoding.encode(text).0.into_owned();
    let text = "from,to,year\n南京市,苏州市,2010\n扬州市,镇江市,2010\n";
    let said = ties(&encoded(encoding_rs::GB18030, text)).unwrap();
    assert_eq!(
        said,
        [
            "t.csv: the file is not UTF-8 and was read as gb18030: “南京市”, “苏州市”, “扬州市” (encoding); check these words; \
             save the file as CSV UTF-8 if they are wrong"
        ]
    );
    for (encoding, text, name) in [
        (encoding_rs::WINDOWS_1252, "from,to\nCuraçao,Réunion\nZürich,Genève\n", "windows-1252"),
        (encoding_rs::SHIFT_JIS, "from,to\n岡山市,倉敷市\n広島市,呉市\n", "Shift_JIS"),
        (encoding_rs::EUC_KR, "from,to\n서울,부산\n대구,인천\n", "EUC-KR"),
        (encoding_rs::BIG5, "from,to\n臺北市,高雄市\n臺中市,臺南市\n", "Big5"),
    ] {
        let refused = ties(&encoded(encoding, text)).unwrap_err();
        let expected = format!(
            "t.csv, row 2: the text is not UTF-8, and its encoding is not certain (encoding); save the file as CSV UTF-8, or \
             name its encoding; as {name} it says "
        );
        assert!(refused.len() == 1 && refused[0].starts_with(&expected), "{refused:?}");
        let mut options = ImportOptions::default();
        options.text.encoding = Some(name.parse().unwrap());
        let plan =
            planned(&empty(), ImportSource::list("t.csv", encoded(encoding, text).as_slice()), &options)
                .unwrap();
        let graph = empty().apply(plan.changes()).unwrap();
        let first = text.split(['\n', ',']).nth(2).unwrap();
        assert!(graph.find("Government", first).is_some(), "{name}");
        assert!(plan.warnings().iter().any(|warning| warning.message.contains(first)), "{name}");
    }
}

#[test]
fn rows_that_are_not_utf8_are_named_where_the_others_are() {
    let mut text = "from,to,year\nZürich,Genève,2010\n北京,上海,2010\n".as_bytes().to_vec();
    text.extend(b"R\xE9union,Lyon,2010\n");
    text.extend(encoding_rs::GB18030.encode("天津,重庆,2011\n").0.iter());
    let refused = ties(&text).unwrap_err();
    let rows: Vec<&str> = refused.iter().map(|fault| fault.split(':').next().unwrap()).collect();
    assert_eq!(rows, ["t.csv, row 4", "t.csv, row 5"], "{refused:?}");
    // However many rows of another encoding there are.
    let mut text = "from,to,year\n北京,上海,2010\n".as_bytes().to_vec();
    for _ in 0..50 {
        text.extend(encoding_rs::GB18030.encode("天津,重庆,2011\n").0.iter());
    }
    assert_eq!(ties(&text).unwrap_err().len(), 50);
}

#[test]
fn a_table_without_dates_holds_always() {
    let folder = Folder::small();
    folder.write("arrangements.csv", "id,name,mechanism,valid_from,valid_to\nx,X,contract,2001,2005\n");
    folder.write("parties.csv", "from,to,role\ncn:1,x,member\ncn:2,x,member\n");
    folder.write("cooperation.csv", "from,to\ncn:1,cn:2\n");
    assert_eq!(
        warnings(&folder),
        ["cooperation.csv", "governments.csv"].map(|file| format!(
            "{file}: no column gives a date: its rows hold always (S31); add columns valid_from and valid_to if they hold at \
             some time only"
        ))
    );
    for block in [1, 50, 1 << 21] {
        same_in_blocks(folder.path(), block);
    }
    let graph = import(&empty(), folder.path(), &ImportOptions::default());
    let validities = |edge_type: &str| -> Vec<String> {
        graph.edges_of(edge_type).map(|edge| edge.validity().to_string()).collect()
    };
    assert_eq!(validities("COOPERATES_WITH"), ["[.., ..)"]);
    // A party lasts as its arrangement does.
    assert_eq!(validities("PARTY_TO"), ["[?, ?)", "[?, ?)"]);
    // An edge holds as long as its ends.
    folder.write(
        "governments.csv",
        "id,scheme,code,name,valid_from,valid_to\ncn:1,cn,cn:1,甲,1949,..\ncn:2,cn,cn:2,乙,1983-05,2011\n",
    );
    let graph = import(&empty(), folder.path(), &ImportOptions::default());
    let edge = graph.edges_of("COOPERATES_WITH").next().unwrap();
    assert_eq!(edge.validity().to_string(), "[1983-05, 2011)");
    let unknown = ImportOptions { undated: Undated::Unknown, ..ImportOptions::default() };
    let graph = import(&empty(), folder.path(), &unknown);
    assert_eq!(graph.edges_of("COOPERATES_WITH").next().unwrap().validity().to_string(), "[?, ?)");
}

#[test]
fn an_undated_list_holds_as_long_as_its_governments() {
    let folder = Folder::new();
    folder.write(
        "governments.csv",
        "id,scheme,code,name,valid_from,valid_to\na,x,a,A,1949,..\nb,x,b,B,1983-05,2011\nc,x,c,C,,..\n",
    );
    let graph = import(&empty(), folder.path(), &ImportOptions::default());
    let of = |text: &str, undated: Undated| {
        let options = ImportOptions { undated, ..ImportOptions::default() };
        let plan = planned(&graph, ImportSource::list("t.csv", text.as_bytes()), &options).unwrap();
        super::lists::ties(&graph.apply(plan.changes()).unwrap())
    };
    let list = "from,to,year\na,b,\nb,c,\n";
    assert_eq!(of(list, Undated::Always), ["a-b [1983-05, 2011)", "b-c [1983-05, 2011)"]);
    assert_eq!(of(list, Undated::Unknown), ["a-b [?, ?)", "b-c [?, ?)"]);
    // Where some rows have dates, an empty date is unknown (S1).
    assert_eq!(of("from,to,year\na,b,2001\na,c,\n", Undated::Always), ["a-b [2001, 2002)", "a-c [?, ?)"]);
}

#[test]
fn floods_of_faults_are_counted() {
    let rows: String = (0..30).map(|row| format!("g{row},g{row},1\n")).collect();
    let text = format!("from,to,weight\n{rows}a,b,much\n");
    let source = ImportSource::list("t.csv", text.as_bytes());
    let faults = planned(&empty(), source, &ImportOptions::default()).unwrap_err();
    assert_eq!((faults.count(), faults.faults().len()), (31, 31));
    let text = faults.to_string();
    assert_eq!(text.lines().count(), 1 + 20 + 1 + 1, "{text}");
    assert!(text.starts_with("nothing was imported: 31 faults\n"), "{text}");
    assert!(text.ends_with("and 10 more of this kind: S5, column to"), "{text}");
}

#[test]
fn strange_files_of_a_folder_are_one_fault() {
    let folder = Folder::small();
    for number in 0..30 {
        folder.write(&format!("quarterly-report-{number:02}.csv"), "x\n");
    }
    folder.write("goverments.csv", "id\n");
    let faults = folder.faults();
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(faults[0].contains("did you mean “governments”?"), "{faults:?}");
    assert!(
        faults[1].contains(
            "“quarterly-report-03”, “quarterly-report-04” and 25 more are not tables of the schema"
        ),
        "{faults:?}"
    );
}

#[test]
fn a_folder_whose_tables_have_no_rows_is_a_fault() {
    let folder = Folder::new();
    folder.write("governments.csv", "id,scheme,code,name,valid_from\n");
    let place = folder.path().display();
    assert_eq!(
        folder.faults(),
        [format!(
            "{place}: no table of the package has a row (package); write rows into them, or name another package; to empty \
             tables of the store replace the package"
        )]
    );
    same_in_blocks(folder.path(), 64);
}
