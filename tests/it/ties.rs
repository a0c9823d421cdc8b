//! Ties of the real data: what the codebook says of known pairs, and laws that hold for all.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use intergov::Database;
use intergov::exchange::ImportOptions;
use intergov::graph::{NodeIx, Snapshot};
use intergov::relations::{
    Basis, Classifier, Direction, Form, Hierarchy, Names, Provinces, Role, Scale, Scope, TieOptions, TieRef,
    TieTable, TierSchemes, cooperating_parties,
};
use intergov::store::CommitNote;
use intergov::value::{Date, Day, Truth, Window};

pub(crate) const NOTE: CommitNote<'static> = CommitNote { actor: "test", command: "test", summary: "test" };

/// The shipped Chinese data, in memory.
pub(crate) fn china() -> &'static Database {
    static CHINA: OnceLock<Database> = OnceLock::new();
    CHINA.get_or_init(|| import(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/china")))
}

fn import(folder: &Path) -> Database {
    let db = Database::in_memory().unwrap();
    db.import(folder, &ImportOptions::default(), &NOTE).unwrap();
    db
}

fn day(text: &str) -> Day {
    text.parse::<Date>().unwrap().last_day()
}

fn as_of(text: &str) -> Window {
    Window::as_of(text.parse().unwrap())
}

/// The ties between two governments that certainly hold on the last day of a period.
fn between(a: &str, b: &str, when: &str, scale: Scale) -> Vec<(Direction, Option<Arc<str>>)> {
    let db = china();
    let snapshot = db.snapshot().unwrap();
    let names = Names::of(&snapshot);
    let ends = [a, b].map(|name| names.government(name, Some(day(when))).unwrap());
    let table = db.ties(&TieOptions { scale, ..TieOptions::default() }).unwrap();
    let joins = |tie: &TieRef<'_>| [[tie.source, tie.target], [tie.target, tie.source]].contains(&ends);
    table
        .holding(crate::read(as_of(when), false))
        .filter(joins)
        .map(|tie| (tie.direction, tie.text_id()))
        .collect()
}

fn directions(a: &str, b: &str, when: &str, scale: Scale) -> BTreeSet<Direction> {
    between(a, b, when, scale).into_iter().map(|(direction, _)| direction).collect()
}

#[test]
fn joint_enforcement_is_diagonal_by_rank_and_horizontal_by_level() {
    let of = |scale| {
        let ties = between("杭州", "湖州", "2010", scale);
        ties.iter().find(|(_, id)| id.as_deref() == Some("HHJS-ENV")).map(|(direction, _)| *direction)
    };
    assert_eq!(of(Scale::Rank), Some(Direction::Diagonal));
    assert_eq!(of(Scale::Level), Some(Direction::Horizontal));
}

#[test]
fn known_pairs_have_the_directions_of_the_codebook() {
    let only = |direction| BTreeSet::from([direction]);
    assert_eq!(directions("上海", "江苏", "2010", Scale::Rank), only(Direction::Horizontal));
    assert_eq!(directions("上海", "苏州", "2010", Scale::Rank), only(Direction::Diagonal));
    assert_eq!(directions("上海", "苏州", "2010", Scale::Level), only(Direction::Diagonal));
    assert_eq!(directions("江苏", "南京", "2010", Scale::Rank), only(Direction::Vertical));
    assert_eq!(directions("广东", "汶川", "2008", Scale::Rank), only(Direction::Diagonal));
}

#[test]
fn jinan_and_laiwu_are_led_by_one_another_only_after_the_merger() {
    let before = directions("济南", "莱芜市", "2018", Scale::Rank);
    assert!(!before.is_empty() && !before.contains(&Direction::Vertical), "{before:?}");
    assert_eq!(directions("济南", "莱芜区", "2019", Scale::Rank), BTreeSet::from([Direction::Vertical]));
}

#[test]
fn chongqing_leaves_sichuan_in_1997() {
    let snapshot = china().snapshot().unwrap();
    let names = Names::of(&snapshot);
    let chongqing = names.government("重庆", None).unwrap();
    let sichuan = names.government("四川", None).unwrap();
    let schemes = TierSchemes::of(&snapshot);
    let classifier = Classifier::new(&snapshot, &schemes, Scale::Rank, false);
    assert_eq!(classifier.direction_at(chongqing, sichuan, day("1996")), Direction::Vertical);
    assert_eq!(classifier.direction_at(chongqing, sichuan, day("1998")), Direction::Horizontal);
    assert_eq!(names.government("cn:510200", Some(day("1990"))).unwrap(), chongqing);
}

#[test]
fn wenchuan_is_cross_provincial_and_the_axis_lies_between_provinces() {
    let snapshot = china().snapshot().unwrap();
    let schemes = TierSchemes::of(&snapshot);
    let provinces = Provinces::of(&snapshot, &schemes);
    let scope = |id: &str, when: &str| {
        let node = snapshot.find("Arrangement", id).unwrap();
        provinces.scope(&cooperating_parties(node, crate::read(as_of(when), false)), day(when))
    };
    assert_eq!(scope("WC-02", "2009"), Scope::CrossProvincial);
    assert_eq!(scope("HSZ-FORUM", "2010"), Scope::ProvinceProvince);
    assert_eq!(scope("HHJS-ENV", "2010"), Scope::IntraProvincial);
    assert_eq!(scope("TAIHU", "2010"), Scope::CrossProvincial);
}

#[test]
fn forms_follow_from_the_pairs() {
    let db = china();
    let snapshot = db.snapshot().unwrap();
    let form = |id: &str, when: &str, scale| {
        let node = snapshot.find("Arrangement", id).unwrap().ix();
        Form::of(
            &db.ties(&TieOptions { scale, ..TieOptions::default() }).unwrap(),
            node,
            crate::read(as_of(when), false),
        )
    };
    assert_eq!(form("HHJS-ENV", "2010", Scale::Rank), Form::MultilateralCross);
    assert_eq!(form("HHJS-ENV", "2010", Scale::Level), Form::Horizontal);
    assert_eq!(form("HSZ-FORUM", "2010", Scale::Rank), Form::Horizontal);
    assert_eq!(form("WC-02", "2009", Scale::Rank), Form::Diagonal);
}

#[test]
fn only_the_roles_of_one_act_pair() {
    let db = china();
    let snapshot = db.snapshot().unwrap();
    let table = db.ties(&TieOptions::default()).unwrap();
    let tianjin = snapshot.find("Arrangement", "WC-20").unwrap().ix();
    let own: Vec<TieRef<'_>> = table.ties().filter(|tie| tie.basis == Basis::Arrangement(tianjin)).collect();
    // One assistor and two recipients, who do not pair with each other.
    assert_eq!(own.len(), 2);
    assert!(own.iter().all(|tie| tie.roles == (Role::Assistor, Role::Recipient) && !tie.symmetric));
    // Urumqi pays Changji inside an arrangement that ties them: one tie, not two (S8).
    let paid = between("乌鲁木齐", "昌吉", "2010", Scale::Rank);
    assert_eq!(paid.iter().filter(|(_, id)| id.as_deref() == Some("WUCHANG-COMP")).count(), 1);
    assert!(paid.iter().all(|(_, id)| id.as_deref() != Some("F-WUCHANG")));
}

#[test]
fn approvals_tie_along_the_line_of_command_only() {
    let table = china().ties(&TieOptions::default()).unwrap();
    let acts: Vec<TieRef<'_>> = table.ties().filter(|tie| matches!(tie.basis, Basis::Act(_))).collect();
    assert!(!acts.is_empty());
    let hierarchy = Hierarchy::of(&china().snapshot().unwrap());
    for tie in acts {
        assert_eq!(tie.direction, Direction::Vertical);
        let on = tie.extent.certain().unwrap_or(tie.extent.possible);
        let inside = match (on.from, on.to) {
            (Day::MIN, Day::MAX) => day("2010"),
            (Day::MIN, to) => to.previous(),
            (from, _) => from,
        };
        assert!(hierarchy.is_subordinate(tie.target, tie.source, inside));
    }
}

/// One line a tie: what it says without indices.
fn lines(snapshot: &Snapshot, table: &TieTable) -> BTreeSet<String> {
    let name = |ix: NodeIx| snapshot.node_at(ix).and_then(|node| node.text_id()).unwrap_or_default();
    let line = |tie: TieRef<'_>| {
        let mut ends = [(name(tie.source), tie.roles.0), (name(tie.target), tie.roles.1)];
        if tie.symmetric {
            ends.sort();
        }
        let basis = tie.text_id();
        format!("{ends:?} {} {} {} {:?} {basis:?}", tie.direction, tie.from, tie.to, tie.extent)
    };
    table.ties().map(line).collect()
}

#[test]
fn the_order_of_the_rows_changes_no_tie() {
    let folder = tempfile::tempdir().unwrap();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/china");
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let reversed = ["governments.csv", "arrangements.csv", "parties.csv"];
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let text = if reversed.contains(&name.as_str()) {
            let (header, rows) = text.split_once('\n').unwrap();
            let mut rows: Vec<&str> = rows.lines().collect();
            rows.reverse();
            format!("{header}\n{}\n", rows.join("\n"))
        } else {
            text
        };
        fs::write(folder.path().join(name), text).unwrap();
    }
    let turned = import(folder.path());
    let table = |db: &Database| lines(&db.snapshot().unwrap(), &db.ties(&TieOptions::default()).unwrap());
    let (straight, turned) = (table(china()), table(&turned));
    assert!(straight.len() > 2_000);
    assert_eq!(straight, turned);
}

#[test]
fn ties_of_one_day_are_the_ties_of_all_days_that_hold_then() {
    let snapshot = china().snapshot().unwrap();
    let schemes = TierSchemes::of(&snapshot);
    for year in ["1990", "1997", "2004", "2010", "2019"] {
        let window = as_of(year);
        let options = TieOptions { within: Some(window), ..TieOptions::default() };
        let then = TieTable::derive(&snapshot, &schemes, &options);
        let all = china().ties(&TieOptions::default()).unwrap();
        let held: Vec<TieRef<'_>> =
            all.ties().filter(|tie| tie.extent.holds_in(window) != Truth::False).collect();
        assert!(!held.is_empty());
        assert_eq!(then.ties().collect::<Vec<_>>(), held, "{year}");
    }
}

#[test]
fn a_tie_has_one_direction_throughout_and_lies_within_its_governments() {
    let snapshot = china().snapshot().unwrap();
    let schemes = TierSchemes::of(&snapshot);
    let classifier = Classifier::new(&snapshot, &schemes, Scale::Rank, false);
    for tie in china().ties(&TieOptions::default()).unwrap().ties() {
        if let Some(certain) = tie.extent.certain() {
            assert!(tie.extent.possible.covers(certain));
            if matches!(tie.basis, Basis::Arrangement(_)) {
                for on in [certain.from, certain.to.previous()] {
                    if on != Day::MIN && on != Day::MAX {
                        assert_eq!(classifier.direction_at(tie.source, tie.target, on), tie.direction);
                    }
                }
            }
        }
        assert!(!tie.symmetric || tie.source < tie.target);
        for end in [tie.source, tie.target] {
            let life = snapshot.node_at(end).unwrap().validity().extent();
            assert!(
                life.possible.covers(tie.extent.possible) || matches!(tie.basis, Basis::Subordination(_))
            );
        }
    }
}
