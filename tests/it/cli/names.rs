//! Who is meant by a name that is spelt another way, and who is offered where none is.

use super::Place;

const GOVERNMENTS: &str = "id,scheme,code,name,name_en,level,rank,valid_from,valid_to
zj,cn,cn:330000,浙江省,Zhejiang,provincial,provincial,1949,..
hz,cn,cn:330100,杭州市,Hangzhou,prefectural,sub-provincial,1949,..
xh,cn,cn:330106,西湖区,West Lake,county,county,1949,..
jx,cn,cn:360000,江西省,Jiangxi,provincial,provincial,1949,..
nc,cn,cn:360100,南昌市,Nanchang,prefectural,prefectural,1949,..
xh2,cn,cn:360103,西湖区,West Lake,county,county,1949,..
jl,cn,cn:220000,吉林省,Jilin,provincial,provincial,1949,..
jlc,cn,cn:220200,吉林市,Jilin,prefectural,prefectural,1949,..
cj,cn,cn:652300,昌吉回族自治州,Changji,prefectural,prefectural,1954,..
nq1,cn,cn:430103,南区,,county,county,1983,1996
nq2,cn,cn:430204,南区,,county,county,1983,1997
nq3,cn,cn:430602,南区,,county,county,1984,1996
nch,cn,cn:500119,南川区,,county,county,2006,..
ks,us,us:ks,Kansas,Kansas,state,state,1861,..
pe,us,us:pe,Peoria,Peoria,municipality,municipality,1845,..
sc,us,us:sc,Suffolk County,Suffolk County,county,county,1683,..
zu,local,local:zu,Zürich,Zurich,,,1351,..
lo,local,local:lo,L’Oie,,,,1900,..
sb,local,local:sb,Saint-Bois,,,,1900,..
";

const SUBORDINATION: &str = "from,to,valid_from,valid_to
hz,zj,1949,..
xh,hz,1949,..
nc,jx,1949,..
xh2,nc,1949,..
";

fn place() -> Place {
    let place = Place::empty();
    place.write("package/governments.csv", GOVERNMENTS);
    place.write("package/subordination.csv", SUBORDINATION);
    place.run(&["import", "db", "package"]).succeeds();
    place
}

fn resolved(place: &Place, names: &[&str], date: &str) -> Vec<[String; 2]> {
    let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    let file = place.write("names.csv", &format!("name\n{}\n", quoted.join("\n")));
    place.run(&["resolve", "db", &file, "--as-of", date]).succeeds().columns(["status", "id"])
}

#[test]
fn a_name_is_found_by_its_other_spellings() {
    let place = place();
    for (name, id) in [
        ("南川", "nch"),
        ("杭州", "hz"),
        ("杭州市人民政府", "hz"),
        ("Hangzhou City", "hz"),
        ("Hangzhou Municipal People's Government", "hz"),
        ("Zhejiang Province", "zj"),
        ("浙江省杭州市", "hz"),
        ("浙江杭州", "hz"),
        ("浙江省杭州市西湖区", "xh"),
        ("南昌市西湖区", "xh2"),
        ("Hangzhou, Zhejiang", "hz"),
        ("昌吉", "cj"),
        ("昌吉州", ""),
        ("昌吉自治州", "cj"),
        ("ZURICH", "zu"),
        ("Saint Bois", "sb"),
        ("L'Oie", "lo"),
        ("LOIE", "lo"),
        ("Suffolk", "sc"),
        ("Peoria City", "pe"),
        ("State of Kansas", "ks"),
        // A state is not a city, and of two places the one that is not a province is meant.
        ("Kansas City", ""),
        ("Jilin City", "jlc"),
        ("江西省杭州市", ""),
        ("杭州县", ""),
        // Nothing says whether Zürich is a city or a county.
        ("Zurich City", ""),
    ] {
        let [status, found] = &resolved(&place, &[name], "2018")[0];
        assert_eq!(
            (status.as_str(), found.as_str()),
            (if id.is_empty() { "not found" } else { "found" }, id),
            "{name}"
        );
    }
    assert_eq!(resolved(&place, &["吉林", "West Lake"], "2018"), [["ambiguous", ""], ["ambiguous", ""]]);
}

#[test]
fn who_lives_at_the_date_is_offered_first_and_no_name_twice() {
    let place = place();
    // One letter is wrong: both are one edit away, and only the one exists then.
    let run = place.run(&["show", "db", "南用区", "--as-of", "2018"]).fails(4);
    let told = run.stderr();
    let offered: Vec<&str> = told.split("did you mean ").nth(1).unwrap().split("; ").collect();
    assert!(offered[0].starts_with("南川区 (cn:500119"), "{told}");
    assert_eq!(told.matches("南区 (").count(), 1, "{told}");
    let run = place.run(&["show", "db", "南用区", "--as-of", "1990"]).fails(4);
    assert!(run.stderr().contains("did you mean 南区 ("), "{run}");
    // What begins with the text comes before what is near it.
    let run = place.run(&["show", "db", "Zür", "--as-of", "2018"]).fails(4);
    assert!(run.stderr().contains("did you mean Zürich"), "{run}");
}

#[test]
fn a_name_that_is_the_same_in_both_languages_is_printed_once() {
    let place = place();
    let run = place.run(&["show", "db", "Kanses"]).fails(4);
    assert!(run.stderr().contains("did you mean Kansas (us:ks,"), "{run}");
    let set = place.run(&["set", "db", "Kansas", "note", "x"]).succeeds();
    assert!(set.stderr().starts_with("Kansas (us:ks): note was nothing"), "{set}");
}

#[test]
fn a_table_keeps_its_columns_and_gets_the_answers_beside_them() {
    let place = place();
    let file =
        place.write("cities.csv", "year,city,code,score\n1,杭州,x,3.5\n2,West Lake,y,\n3,Atlantis,z,7\n");
    let run = place.run(&["resolve", "db", &file, "--column", "city", "--as-of", "2018"]).succeeds();
    let header = run.stdout().lines().next().unwrap().to_owned();
    assert_eq!(
        header,
        "year,city,code,score,status,id,found_code,found_name,candidate_1,candidate_1_name,candidate_2,\
         candidate_2_name,candidate_3,candidate_3_name,message"
    );
    assert_eq!(
        run.columns(["year", "city", "code", "score", "status", "found_code", "candidate_1", "candidate_2"]),
        [
            ["1", "杭州", "x", "3.5", "found", "cn:330100", "", ""],
            ["2", "West Lake", "y", "", "ambiguous", "", "cn:330106", "cn:360103"],
            ["3", "Atlantis", "z", "7", "not found", "", "", ""],
        ]
    );
    assert_eq!(run.stderr(), "note: 3 names, 2 of them not linked\n");
    let wrong = place.run(&["resolve", "db", &file, "--column", "citi"]).fails(2);
    assert!(
        wrong.stderr().contains("--column citi: did you mean city? write one of year, city, code, score"),
        "{wrong}"
    );
}

#[test]
fn the_header_is_no_name_and_a_first_name_no_header() {
    let place = place();
    let statuses = |text: &str, options: &[&str]| {
        let file = place.write("list.csv", text);
        let run = place.run(&[&["resolve", "db", &file, "--as-of", "2018"][..], options].concat()).succeeds();
        run.columns(["status"]).concat()
    };
    assert_eq!(statuses("Name\n杭州\n", &[]), ["found"]);
    assert_eq!(statuses("city;nothing\n杭州\n", &[]), ["found"]);
    assert_eq!(statuses("南昌\n杭州\n", &["--no-header"]), ["found", "found"]);
    let file = place.write("list.csv", "南昌\n杭州\n");
    let run = place.run(&["resolve", "db", &file]).fails(2);
    assert!(run.stderr().contains("add --no-header"), "{run}");
}

#[test]
fn one_bad_date_marks_its_row_alone() {
    let place = place();
    let file = place.write("dated.csv", "Date,Name\n2010/3/5,杭州\n2010,杭州\n");
    let run = place.run(&["resolve", "db", &file]).succeeds();
    assert_eq!(run.columns(["status", "id"]), [["bad date", ""], ["found", "hz"]]);
    assert!(run.columns(["message"])[0][0].contains("2010/3/5"), "{run}");
}

#[test]
fn a_level_decides_between_two_of_a_name() {
    let place = place();
    let file = place.write("names.csv", "name\n吉林\n");
    let run = place.run(&["resolve", "db", &file, "--level", "prefectural"]).succeeds();
    assert_eq!(run.columns(["status", "id"]), [["found", "jlc"]]);
    let run = place.run(&["resolve", "db", &file, "--level", "prefecural"]).fails(2);
    assert!(run.stderr().contains("did you mean prefectural?"), "{run}");
}

/// A table that founds what it does not find must not take one place for another.
#[test]
fn a_table_of_ties_links_names_as_they_are_written() {
    let place = Place::empty();
    place.write(
        "ties.csv",
        "from,to,year\nKansas,Kansas City,2010\nSaint-Bois,Saint Bois,2010\nZürich,Zurich,2011\n",
    );
    place.run(&["import", "db", "ties.csv"]).succeeds();
    let names = place
        .run(&["list", "db", "governments", "--columns", "name", "--sort", "name"])
        .succeeds()
        .rows()
        .concat();
    assert_eq!(names, ["Kansas", "Kansas City", "Saint Bois", "Saint-Bois", "Zurich", "Zürich"]);
}
