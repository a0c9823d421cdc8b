//! An embedder's first hour: found governments, rank them, let them cooperate, read the ties, measure.
//!
//! Run it with `cargo run --example first_hour`.

use std::error::Error;
use std::io::{self, Write};

use intergov::relations::{Mechanism, NewArrangement, NewGovernment, Role, TieOptions, Writer, caption};
use intergov::store::CommitNote;
use intergov::study::{Moment, Selection, Subjects};
use intergov::value::{AsOf, Date, Reading, Validity};
use intergov::{Database, Error as DatabaseError};

fn main() -> Result<(), Box<dyn Error>> {
    // In memory here; `Database::open_or_create(path)` is the same on disk.
    let db = Database::in_memory()?;
    let note = CommitNote::by("first-hour").saying("two cities of one province");

    // A write is all or nothing: rules check it, and no reader sees half of it.
    let ((hangzhou, huzhou), _) = db.write(&note, |draft| {
        let mut writer = Writer::new(draft);
        let province = NewGovernment {
            level: Some("provincial"),
            rank: Some("provincial"),
            ..NewGovernment::new("cn", "cn:330000", "浙江省")
        };
        let province = writer.found_government(&province, Validity::ALWAYS)?;
        let mut found = |code, name, rank| {
            let city = NewGovernment {
                level: Some("prefectural"),
                rank: Some(rank),
                ..NewGovernment::new("cn", code, name)
            };
            let city = writer.found_government(&city, Validity::ALWAYS)?;
            writer.subordinate(city, province, "1983".parse()?)?;
            Ok::<_, DatabaseError>(city)
        };
        let hangzhou = found("cn:330100", "杭州市", "sub-provincial")?;
        let huzhou = found("cn:330500", "湖州市", "prefectural")?;
        let patrol = NewArrangement::new("patrol", "联合执法", Mechanism::Contract);
        let patrol = writer.add_arrangement(&patrol, Validity::since("2008".parse()?))?;
        for city in [hangzhou, huzhou] {
            // A party without dates takes part whenever its arrangement holds.
            writer.add_party(city, patrol, Role::Member, Validity::UNKNOWN)?;
        }
        Ok::<_, DatabaseError>((hangzhou, huzhou))
    })?;

    // Elements are read as types of the program.
    let snapshot = db.snapshot()?;
    let city = snapshot.node(huzhou).ok_or("the city is gone")?;
    let mut out = io::stdout().lock();
    writeln!(out, "{} is {}", city.get::<String>("name")?.unwrap_or_default(), caption(city))?;

    // The ties of one government cost what it has, not what the graph has.
    let year: Date = "2010".parse()?;
    for tie in
        db.ties_around(&[hangzhou], &TieOptions::default())?.holding(AsOf::date(year, Reading::Certain))
    {
        if let (Some(source), Some(target)) = (tie.source(), tie.target()) {
            writeln!(out, "{}: {} – {}", tie.direction, caption(source), caption(target))?;
        }
    }

    // A measure runs on a selection, at a date or over years.
    let report = db.analyze("directions", &[Moment::new(year)], Selection::default(), Subjects::default())?;
    for (column, cell) in report.columns.iter().zip(report.rows.first().into_iter().flatten()) {
        writeln!(out, "{} = {cell}", column.name)?;
    }

    // What breaks a rule is refused, with the rule and what to do.
    let again = NewGovernment::new("cn", "cn:330500", "另一个市");
    let refused = db.write(&note, |draft| {
        Ok::<_, DatabaseError>(Writer::new(draft).found_government(&again, Validity::ALWAYS)?)
    });
    writeln!(out, "{}", refused.err().ok_or("a code was given twice and no rule noticed")?)?;
    Ok(())
}
