//! Questions that once needed a script: partners, who came and went, edges as lists, codes of another year.

use super::{Place, fixture};

#[test]
fn partners_have_one_row_each() {
    let place = Place::toy();
    let run = place.run(&["ties", "toy", "Jia One", "--partners", "--as-of", "2008"]).succeeds();
    assert_eq!(
        run.columns(["code", "weight", "ties", "since", "directions", "holds", "arrangements"]),
        [
            ["cn:900200", "1", "1", "2005-01-01", "diagonal", "certain", "COUNCIL"],
            ["cn:910100", "1", "1", "", "diagonal", "certain", "FORUM"],
        ]
    );
    // Subordination is not a partnership, and a group has no partners.
    assert!(!run.stdout().contains("甲省"));
    let refused = place.run(&["ties", "toy", "toy-delta", "--partners"]).fails(2);
    assert!(refused.stderr().contains("partners are those of one government"), "{refused}");
}

#[test]
fn partners_are_kept_gained_and_lost() {
    let place = Place::toy();
    let turns = |from: &str, to: &str| {
        let run = place.run(&["ties", "toy", "Jia Two", "--from", from, "--to", to]).succeeds();
        run.columns(["turn", "code", "arrangements_before", "arrangements_after"])
    };
    // The council begins in 2003, the treaty of 2000 ends in 2010.
    assert_eq!(
        turns("2002", "2004"),
        [["kept", "cn:910100", "TREATY", "TREATY"], ["new", "cn:900100", "", "COUNCIL"]]
    );
    assert_eq!(
        turns("2004", "2012"),
        [["kept", "cn:900100", "COUNCIL", "COUNCIL"], ["lost", "cn:910100", "TREATY", ""]]
    );
    let reversed = place.run(&["ties", "toy", "Jia Two", "--from", "2012", "--to", "2004"]).fails(2);
    assert!(reversed.stderr().contains("write --from 2004 --to 2012"), "{reversed}");
}

#[test]
fn ties_of_all_are_chosen_by_domain_and_mechanism() {
    let place = Place::toy();
    let run = place.run(&["ties", "toy", "--domain", "economy", "--as-of", "2004"]).succeeds();
    assert_eq!(run.columns(["arrangement"]), [["COUNCIL"]]);
    place.run(&["ties", "toy", "--mechanism", "contrct"]).fails(2);
}

#[test]
fn edges_are_listed_by_their_table_or_type() {
    let place = Place::toy();
    let run = place.run(&["list", "toy", "parties", "--as-of", "2004"]).succeeds();
    assert_eq!(
        run.columns(["id", "from", "to", "role", "holds"])[0],
        ["p-1", "cn:900200", "TREATY", "member", "certain"]
    );
    assert_eq!(run.rows().len(), 5);
    let all = place.run(&["list", "toy", "MEMBER_OF"]).succeeds();
    assert_eq!(all.columns(["id"]), [["m-1"], ["m-2"], ["m-3"]]);
    assert!(place.run(&["list", "toy", "membership"]).fails(4).stderr().contains("did you mean memberships"));
    place.run(&["list", "toy", "parties", "--where", "role=lead"]).fails(2);
}

#[test]
fn differences_are_those_of_one_or_of_all_pairs() {
    let place = Place::toy();
    let one = place.run(&["diff", "toy", "--from", "2004", "--to", "2005", "--who", "Yi One"]).succeeds();
    assert_eq!(one.columns(["turn", "kind"]), [["began", "MEMBER_OF"]]);
    let pairs = place.run(&["diff", "toy", "--from", "2002", "--to", "2004", "--ties"]).succeeds();
    let rows = pairs.columns(["what", "before", "after"]);
    assert_eq!(rows[0], ["tied_pairs", "1", "2"]);
    assert_eq!(rows[1], ["began", "", "1"]);
}

#[test]
fn a_name_of_one_year_is_followed_to_another() {
    let place = Place::empty();
    place.write(
        "pkg/governments.csv",
        "id,scheme,code,name,valid_from,valid_to\na,local,a,Aville,..,2011\nb,local,b,Bville,..,..\n\
         c,local,c,Cville,..,2011\n",
    );
    place.write(
        "pkg/succession.csv",
        "from,to,kind,valid_from,valid_to\na,b,absorbed,2011,..\nc,b,partial,2011,..\n",
    );
    place.run(&["import", "db", "pkg"]).succeeds();
    place.write("names.csv", "name\nAville\nBville\nCville\n");
    let run = place.run(&["resolve", "db", "names.csv", "--as-of", "2005", "--to", "2018"]).succeeds();
    assert_eq!(
        run.columns(["name", "to_code", "to_how"]),
        [["Aville", "b", "absorbed"], ["Bville", "b", "itself"], ["Cville", "", "became Bville"]]
    );
}

#[test]
fn a_package_says_how_it_is_read() {
    let place = Place::empty();
    let governments = "id,scheme,code,name,valid_from,valid_to\na,local,a,A,..,..\nb,local,b,B,..,..\n";
    let arrangements = "id,name,mechanism,valid_from,valid_to\nx,X,contract,1990,\n";
    let parties = "from,to,role\na,x,member\nb,x,member\n";
    for (folder, settings) in [("plain", None), ("own", Some("forever")), ("wrong", Some("long"))] {
        place.write(&format!("{folder}/governments.csv"), governments);
        place.write(&format!("{folder}/arrangements.csv"), arrangements);
        place.write(&format!("{folder}/parties.csv"), parties);
        if let Some(persist) = settings {
            let text = format!("{{\"intergov\": {{\"persist\": \"{persist}\"}}}}");
            place.write(&format!("{folder}/datapackage.json"), &text);
        }
    }
    let plain = place.run(&["import", "plain.db", "plain"]).succeeds();
    assert!(plain.stderr().contains("3 rows have no known end; read as presumed (5 years)"), "{plain}");
    place.run(&["import", "own.db", "own"]).succeeds();
    let wrong = place.run(&["import", "wrong.db", "wrong"]).fails(5);
    assert!(wrong.stderr().contains("S29") && wrong.stderr().contains("forever"), "{wrong}");
    let tied = |store: &str, more: &[&str]| {
        let run = place.run(&[&["ties", store, "a", "--as-of", "2010"], more].concat()).succeeds();
        run.columns(["holds"]).concat()
    };
    assert!(tied("plain.db", &[]).is_empty());
    assert_eq!(tied("own.db", &[]), ["presumed"]);
    assert_eq!(tied("plain.db", &["--persist", "30"]), ["presumed"]);
    assert!(tied("own.db", &["--persist", "5"]).is_empty());
    let refused = place.run(&["ties", "own.db", "a", "--reading", "certain", "--persist", "3"]).fails(2);
    assert!(refused.stderr().contains("--persist says how long"), "{refused}");
}

#[test]
fn a_series_is_shown_without_each_of_the_largest_arrangements() {
    let place = Place::toy();
    let arguments = ["analyze", "toy", "density", "--region", "toy-delta", "--years", "2004..2005"];
    let run = place.run(&[&arguments[..], &["--leave-one-out"]].concat()).succeeds();
    let rows = run.columns(["without", "date", "tied_pairs"]);
    // The council ties one pair in both years; the treaty one from 2005 on, when Yi One is a member.
    assert_eq!(rows[..2], [["", "2004", "1"], ["", "2005", "2"]]);
    assert!(rows.contains(&["COUNCIL", "2005", "1"].map(str::to_owned)), "{rows:?}");
    assert!(rows.contains(&["TREATY", "2004", "1"].map(str::to_owned)), "{rows:?}");
    place.run(&["analyze", "toy", "members", "--region", "toy-delta", "--leave-one-out"]).fails(2);
}

#[test]
fn a_number_stands_beside_its_bounds() {
    let place = Place::toy();
    let arguments = ["analyze", "toy", "density", "--region", "toy-delta", "--years", "2008..2010"];
    // The forum was last attested in 2008: the pair is presumed to be tied later on, and not known to be.
    let table = place.run(&[&arguments[..], &["--format", "table"]].concat()).succeeds();
    assert!(table.stdout().contains("3 [2, 3]"), "{table}");
    let csv = place.run(&arguments).succeeds();
    let rows = csv.columns(["date", "tied_pairs", "tied_pairs_certain", "tied_pairs_possible", "lapsed"]);
    assert_eq!(rows[0], ["2008", "3", "3", "3", ""]);
    assert_eq!(rows[1], ["2009", "3", "2", "3", "0"]);
    let strict = place.run(&[&arguments[..], &["--reading", "certain"]].concat()).succeeds();
    assert_eq!(strict.columns(["tied_pairs", "lapsed", "change"])[1], ["2", "1", "record"]);
    assert!(strict.stderr().contains("2009: the record changed, not the network"), "{strict}");
    assert!(strict.stderr().contains("(FORUM 1)"), "{strict}");
}

#[test]
fn a_file_carries_measures_on_its_nodes() {
    let place = Place::toy();
    let arguments = ["export", "toy", "--as-of", "2004", "--with", "degree,betweenness", "-o", "t.graphml"];
    place.run(&arguments).succeeds();
    let graph = place.read("t.graphml");
    assert!(graph.contains("attr.name=\"degree\"") && graph.contains("attr.name=\"betweenness\""), "{graph}");
    place.run(&["export", "toy", "--as-of", "2004", "--with", "degre", "-o", "u.graphml"]).fails(2);
    place.run(&["export", "toy", "--as-of", "2004", "--format", "edges", "-o", "e.csv"]).succeeds();
    // Jia One and Two share the council, Jia Two and Yi One the treaty.
    assert_eq!(place.read("e.csv").lines().count(), 3);
    place.run(&["export", "toy", "--format", "edges", "--with", "degree", "-o", "f.csv"]).fails(2);
}

/// Strengths 4, 3 and 1: A ties B with weight 3 and C with weight 1.
#[test]
fn ranks_that_every_variant_shows_are_findings() {
    let place = Place::empty();
    place.write("ties.csv", "source,target,weight,valid_from,valid_to\nA,B,3,1990,..\nA,C,1,1990,..\n");
    place.run(&["import", "db", "ties.csv"]).succeeds();
    let robust =
        place.run(&["analyze", "db", "robustness", "--years", "2000..2002", "--format", "csv"]).succeeds();
    let of_ranks: Vec<[String; 4]> = robust
        .columns(["statement", "finding", "kind", "rank"])
        .into_iter()
        .filter(|[_, _, kind, _]| kind == "first" || kind == "rank")
        .collect();
    assert_eq!(
        of_ranks,
        [
            ["A is first by strength in 2002", "yes", "first", "1"],
            ["B is among the first 2 by strength in 2002", "yes", "rank", "2"],
            ["C is among the first 3 by strength in 2002", "yes", "rank", "3"],
        ]
    );
}

/// What is counted is what is listed.
#[test]
fn the_arrangements_behind_scopes_are_listed_on_request() {
    let place = Place::empty();
    place.run(&["import", "china", &fixture("china")]).succeeds();
    let asked = [
        "analyze",
        "china",
        "scopes",
        "--region",
        "yangtze-delta",
        "--years",
        "2008..2010",
        "--format",
        "csv",
    ];
    let counts = place.run(&asked).succeeds();
    let listed = place.run(&[&asked[..], &["--arrangements"]].concat()).succeeds();
    let rows = listed.columns(["date", "scope", "form"]);
    let columns =
        ["date", "arrangements", "province_province", "intra_provincial", "cross_provincial", "horizontal"];
    for [date, all, axis, within, across, horizontal] in counts.columns(columns) {
        let count = |wanted: &dyn Fn(&[String; 3]) -> bool| {
            rows.iter().filter(|row| row[0] == date && wanted(row)).count().to_string()
        };
        assert_eq!(count(&|_| true), all);
        assert_eq!(count(&|row| row[1] == "province-province"), axis);
        assert_eq!(count(&|row| row[1] == "intra-provincial"), within);
        assert_eq!(count(&|row| row[1] == "cross-provincial"), across);
        assert_eq!(count(&|row| row[2] == "horizontal"), horizontal);
        assert_ne!(all, "0");
    }
    place.run(&["analyze", "china", "density", "--as-of", "2010", "--arrangements"]).fails(2);
}
