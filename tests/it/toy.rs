//! The toy country: its rules case by case, and what is said of each kind of bad input.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use intergov::Database;
use intergov::exchange::ImportOptions;
use intergov::graph::Snapshot;
use intergov::relations::{
    Basis, Direction, Form, LookupError, Members, Names, Tenure, Tie, TieOptions, custody, flows, resolve,
};
use intergov::value::{Bound, Date, Day, Truth, Window};

use crate::ties::NOTE;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/toy")
}

fn toy() -> Database {
    let db = Database::in_memory().unwrap();
    db.import(&folder(), &ImportOptions::default(), &NOTE).unwrap();
    db
}

fn day(text: &str) -> Day {
    text.parse::<Date>().unwrap().last_day()
}

fn as_of(text: &str) -> Window {
    Window::as_of(text.parse().unwrap())
}

/// The ties of an arrangement: ends by id, in the order of the ids where they have no orientation.
fn ties_of(db: &Database, snapshot: &Snapshot, id: &str) -> Vec<(String, String, Tie)> {
    let arrangement = snapshot.find("Arrangement", id).unwrap().ix();
    let name = |ix| snapshot.node_at(ix).unwrap().text_id().unwrap().to_string();
    let table = db.ties(&TieOptions::default()).unwrap();
    let own = table.ties().filter(|tie| tie.basis == Basis::Arrangement(arrangement));
    let mut ties: Vec<(String, String, Tie)> = own
        .map(|tie| {
            let (mut a, mut b) = (name(tie.source), name(tie.target));
            if tie.symmetric && b < a {
                std::mem::swap(&mut a, &mut b);
            }
            (a, b, Tie::clone(&tie))
        })
        .collect();
    ties.sort_by(|x, y| (&x.0, &x.1, x.2.extent.possible).cmp(&(&y.0, &y.1, y.2.extent.possible)));
    ties
}

#[test]
fn s4_a_change_of_rank_splits_the_tie() {
    let db = toy();
    let ties = ties_of(&db, &db.snapshot().unwrap(), "COUNCIL");
    let pair: Vec<&Tie> = ties
        .iter()
        .filter(|(a, b, _)| (a.as_str(), b.as_str()) == ("t11", "t12"))
        .map(|tie| &tie.2)
        .collect();
    let spells: Vec<(Direction, String, String)> =
        pair.iter().map(|tie| (tie.direction, tie.from.to_string(), tie.to.to_string())).collect();
    assert_eq!(spells.len(), 2);
    assert_eq!((spells[0].0, spells[0].1.as_str()), (Direction::Horizontal, "1990"));
    assert_eq!((spells[1].0, spells[1].2.as_str()), (Direction::Diagonal, ".."));
    assert_eq!(pair[0].extent.possible.to, day("1993").next());
}

#[test]
fn s5_recipients_and_observers_do_not_pair() {
    let db = toy();
    let snapshot = db.snapshot().unwrap();
    let pairs = |id| -> Vec<(String, String)> {
        let mut pairs: Vec<_> = ties_of(&db, &snapshot, id).into_iter().map(|(a, b, _)| (a, b)).collect();
        pairs.dedup();
        pairs
    };
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(pairs("QUAKE"), [pair("t10", "t2111"), pair("t10", "t90")]);
    assert_eq!(pairs("COUNCIL"), [pair("t11", "t12"), pair("t11", "t21"), pair("t12", "t21")]);
    assert_eq!(pairs("BORDER"), []);
}

#[test]
fn s8_an_act_inside_an_arrangement_makes_no_second_tie() {
    let db = toy();
    let bases: Vec<&str> =
        db.ties(&TieOptions::default()).unwrap().ties().map(|tie| tie.basis.kind()).collect();
    assert_eq!(bases.iter().filter(|kind| **kind == "assistance").count(), 0);
    // 河城–西港 is horizontal throughout; 东都–河城 begins in 2001, after the change of rank.
    assert_eq!(bases.iter().filter(|kind| **kind == "dyad").count(), 2);
}

#[test]
fn s7_and_s21_form_and_unknown_rank() {
    let db = toy();
    let snapshot = db.snapshot().unwrap();
    let form = |id: &str, when: &str| {
        let node = snapshot.find("Arrangement", id).unwrap().ix();
        Form::of(&db.ties(&TieOptions::default()).unwrap(), node, crate::read(as_of(when), false))
    };
    assert_eq!(form("COUNCIL", "1992"), Form::Horizontal);
    assert_eq!(form("COUNCIL", "2003"), Form::MultilateralCross);
    assert_eq!(form("CARD", "2010"), Form::Diagonal);
    assert_eq!(form("QUAKE", "2009"), Form::Undetermined);
    let pact = ties_of(&db, &snapshot, "BORDER-PACT");
    assert!(pact.iter().all(|(_, _, tie)| tie.direction == Direction::Unclassified));
}

#[test]
fn s1_what_is_not_known_is_possible_and_nothing_more() {
    let db = toy();
    let snapshot = db.snapshot().unwrap();
    let members = Members::of(snapshot.find("Region", "rivers").unwrap());
    let westhaven = snapshot.find("Government", "t21").unwrap().ix();
    let held: BTreeMap<&str, Truth> =
        ["1997", "2003", "2010", "2015"].map(|year| (year, members.includes(westhaven, as_of(year)))).into();
    assert_eq!(held["1997"], Truth::False);
    assert_eq!(held["2003"], Truth::True);
    assert_eq!(held["2010"], Truth::True);
    assert_eq!(held["2015"], Truth::Unknown);
    let agreement = ties_of(&db, &snapshot, "FRAME-1");
    assert!(agreement.iter().all(|(_, _, tie)| tie.extent.certain().is_none() && tie.from == Bound::Unknown));
    assert!(agreement.iter().all(|(_, _, tie)| tie.extent.possible.from == day("2000").next()));
}

#[test]
fn s11_a_code_is_found_at_its_date() {
    let snapshot = toy().snapshot().unwrap();
    let at = |year: &str| {
        resolve(&snapshot, "cn:t13", Some(day(year)))
            .map(|ix| snapshot.node_at(ix).unwrap().text_id().unwrap())
    };
    assert_eq!(at("2010").unwrap().as_ref(), "t13-old");
    assert_eq!(at("2018").unwrap().as_ref(), "t13-new");
    assert!(matches!(at("2015"), Err(LookupError::NotThen { .. })));
    let found = Names::of(&snapshot).find(&[intergov::relations::Kind::Government], "cn:t13", None).unwrap();
    assert_eq!(found.former.len(), 1);
}

#[test]
fn s14_a_ceded_power_returns_when_its_body_ends() {
    let snapshot = toy().snapshot().unwrap();
    let riverton = snapshot.find("Government", "t12").unwrap().ix();
    let finance = |year: &str| -> Vec<(String, Tenure)> {
        let rows = custody(&snapshot, riverton, crate::read(as_of(year), false))
            .into_iter()
            .filter(|row| row.function == "finance");
        rows.map(|row| (snapshot.node_at(row.holder).unwrap().text_id().unwrap().to_string(), row.tenure))
            .collect()
    };
    assert_eq!(finance("2010"), [("B-BUREAU".to_owned(), Tenure::Recorded)]);
    assert!(finance("2013").iter().all(|(holder, tenure)| holder == "t12" && *tenure != Tenure::Recorded));
}

#[test]
fn s19_one_statement_of_a_fact_counts() {
    let snapshot = toy().snapshot().unwrap();
    let counted = |all| -> Vec<(i64, bool)> {
        let rows = flows(&snapshot, crate::read(as_of("2012"), false), all)
            .into_iter()
            .filter(|row| row.fact.is_some());
        rows.map(|row| (row.amount.unwrap(), row.counts)).collect()
    };
    assert_eq!(counted(false), [(200_000_000, true)]);
    assert_eq!(counted(true), [(200_000_000, true), (250_000_000, false)]);
}

/// One bad input: the table, a row that is added to it (or the text that replaces it whole), and what the
/// message must say.
pub(crate) struct Bad {
    pub(crate) name: &'static str,
    table: &'static str,
    columns: &'static str,
    row: &'static str,
    says: &'static [&'static str],
}

pub(crate) const BAD: &[Bad] = &[
    Bad {
        name: "unknown code",
        table: "parties",
        columns: "id,from,to,role",
        row: "x,t99,COUNCIL,member",
        says: &["parties.csv, row", "t99"],
    },
    Bad {
        name: "two superiors",
        table: "subordination",
        columns: "id,from,to,valid_from,valid_to",
        row: "x,t12,t20,2000,..",
        says: &["subordination.csv", "河城市", "东省", "西省"],
    },
    Bad {
        name: "a cycle",
        table: "subordination",
        columns: "id,from,to,valid_from,valid_to",
        row: "x,t00,t12,1960,1970",
        says: &["its own superior", "玩具国中央", "河城市"],
    },
    Bad {
        name: "to not after from",
        table: "arrangements",
        columns: "id,name,mechanism,valid_from,valid_to",
        row: "x,甲,contract,2010,2010",
        says: &["arrangements.csv", "S2", "2010"],
    },
    Bad {
        name: "party outside the arrangement",
        table: "parties",
        columns: "id,from,to,role,valid_from,valid_to",
        row: "x,t21,PATROL,member,2015,2016",
        says: &["联合巡查", "2014"],
    },
    Bad {
        name: "party after its government",
        table: "parties",
        columns: "id,from,to,role,valid_from,valid_to",
        row: "x,t13-old,COUNCIL,member,2016,2017",
        says: &["旧城市", "东都市", "follow successors"],
    },
    Bad {
        name: "declared direction",
        table: "cooperation",
        columns: "id,from,to,declared_direction,valid_from,valid_to",
        row: "x,t11,t12,horizontal,2005,2006",
        says: &["东都市", "河城市", "sub-provincial", "prefectural", "diagonal"],
    },
    Bad {
        name: "arrangement without parties",
        table: "arrangements",
        columns: "id,name,mechanism,valid_from,valid_to",
        row: "x,独行,contract,2010,2012",
        says: &["独行", "part"],
    },
    Bad {
        name: "cession without a body",
        table: "powers",
        columns: "id,function,stage,origin,valid_from,valid_to",
        row: "x,ports,whole,cession,2010,2012",
        says: &["ports", "S14"],
    },
    Bad {
        name: "payment without currency",
        table: "flows",
        columns: "id,from,to,resource,amount_minor,period,valid_from,valid_to",
        row: "x,t11,t12,money,100,year,2010,2012",
        says: &["currency", "S20"],
    },
    Bad {
        name: "unknown column",
        table: "parties",
        columns: "id,from,to,rolle",
        row: "x,t11,COUNCIL,member",
        says: &["rolle", "role"],
    },
    Bad {
        name: "duplicate id",
        table: "claims",
        columns: "id,quantity,comparator",
        row: "cl1,again,=",
        says: &["claims.csv", "cl1"],
    },
    Bad {
        name: "value outside the codebook",
        table: "parties",
        columns: "id,from,to,role",
        row: "x,t11,CARD,membre",
        says: &["membre", "member"],
    },
    Bad {
        name: "not a date",
        table: "claims",
        columns: "id,quantity,comparator,valid_from",
        row: "x,again,=,2010-13",
        says: &["2010-13", "S2"],
    },
    Bad {
        name: "code of another at that date",
        table: "governments",
        columns: "id,scheme,code,name,valid_from,valid_to",
        row: "x,cn,cn:t13,又一城,2010,..",
        says: &["cn:t13", "旧城市"],
    },
];

/// Copies the package and adds a row under its own columns to a table.
pub(crate) fn with_row(bad: &Bad) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, copy.path().join(path.file_name().unwrap())).unwrap();
    }
    let path = copy.path().join(format!("{}.csv", bad.table));
    let text = fs::read_to_string(&path).unwrap();
    let mut header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    let own = header.len();
    for column in bad
        .columns
        .split(',')
        .filter(|column| !text.lines().next().unwrap().split(',').any(|name| name == *column))
    {
        header.push(column);
    }
    let values: BTreeMap<&str, &str> = bad.columns.split(',').zip(bad.row.split(',')).collect();
    let pad = ",".repeat(header.len() - own);
    let rows: Vec<String> = text.lines().skip(1).map(|line| format!("{line}{pad}")).collect();
    let added: Vec<&str> = header.iter().map(|name| values.get(name).copied().unwrap_or_default()).collect();
    fs::write(path, format!("{}\n{}\n{}\n", header.join(","), rows.join("\n"), added.join(","))).unwrap();
    copy
}

#[test]
fn bad_input_is_named_and_nothing_is_written() {
    for bad in BAD {
        let copy = with_row(bad);
        let db = Database::in_memory().unwrap();
        let said = match db.import(copy.path(), &ImportOptions::default(), &NOTE) {
            Ok(_) => panic!("{}: it was imported", bad.name),
            Err(error) => error.to_string(),
        };
        for part in bad.says {
            assert!(said.contains(part), "{}: “{part}” is not said:\n{said}", bad.name);
        }
        assert_eq!(db.snapshot().unwrap().node_count(), 0, "{}", bad.name);
    }
}

#[test]
fn two_holders_of_one_power_are_refused() {
    let copy = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let mut text = fs::read_to_string(&path).unwrap();
        let added = match name.as_str() {
            "power_holders.csv" => Some(BTreeMap::from([
                ("id", "x"),
                ("from", "pw2"),
                ("to", "t12"),
                ("valid_from", "2005"),
                ("valid_to", ".."),
            ])),
            _ => None,
        };
        if let Some(values) = added {
            let header = text.lines().next().unwrap().to_owned();
            let row: Vec<&str> =
                header.split(',').map(|column| values.get(column).copied().unwrap_or_default()).collect();
            text = format!("{text}{}\n", row.join(","));
        }
        fs::write(copy.path().join(name), text).unwrap();
    }
    let db = Database::in_memory().unwrap();
    let said = db.import(copy.path(), &ImportOptions::default(), &NOTE).unwrap_err().to_string();
    assert!(said.contains("land use") && said.contains("S14") && said.contains("东都市"), "{said}");
    assert_eq!(db.snapshot().unwrap().node_count(), 0);
}

#[test]
fn an_ambiguous_name_lists_its_candidates() {
    let db = toy();
    db.write(&NOTE, |draft| {
        let mut writer = intergov::relations::Writer::new(draft);
        let twin = intergov::relations::NewGovernment {
            level: Some("county"),
            ..intergov::relations::NewGovernment::new("cn", "cn:t2112", "山县")
        };
        writer.found_government(&twin, intergov::value::Validity::ALWAYS)?;
        Ok::<_, intergov::Error>(())
    })
    .unwrap();
    let error = resolve(&db.snapshot().unwrap(), "山县", None).unwrap_err();
    assert_eq!(error.candidates().len(), 2);
    let said = error.to_string();
    assert!(said.contains("cn:t2111") && said.contains("cn:t2112"), "{said}");
}
