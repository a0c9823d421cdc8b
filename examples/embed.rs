//! An embedder's first hour: found governments, rank them, let them cooperate, read the ties, measure.
//!
//! Run it with `cargo run --example embed`.

use std::error::Error;
use std::io::{self, Write};

use intergov::Database;
use intergov::graph::{Draft, NodeId};
use intergov::relations::{TieOptions, caption};
use intergov::store::CommitNote;
use intergov::study::{Moment, Selection, Subjects};
use intergov::value::{AsOf, Date, Reading, Validity, Value};

/// One government of China: a node with a key (`id`), the states that the rules read, and its life.
fn found(
    draft: &mut Draft<'_>,
    code: &str,
    name: &str,
    level: &str,
    rank: &str,
) -> Result<NodeId, intergov::Error> {
    let node = draft.create_node(&["Government"], Validity::ALWAYS)?;
    for (key, value) in
        [("id", code), ("scheme", "cn"), ("code", code), ("name", name), ("level", level), ("rank", rank)]
    {
        draft.set_node(node, key, Value::text(value))?;
    }
    Ok(node)
}

/// An edge with a key. A party without dates takes part whenever its arrangement holds.
fn join(
    draft: &mut Draft<'_>,
    kind: &str,
    from: NodeId,
    to: NodeId,
    id: &str,
) -> Result<(), intergov::Error> {
    let validity = if kind == "PARTY_TO" { Validity::UNKNOWN } else { Validity::ALWAYS };
    let edge = draft.create_edge(kind, from, to, validity)?;
    draft.set_edge(edge, "id", Value::text(id))?;
    if kind == "PARTY_TO" {
        draft.set_edge(edge, "role", Value::text("member"))?;
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    // In memory here; `Database::create(path)` and `Database::open(path)` are the same on disk.
    let db = Database::in_memory()?;
    let note = CommitNote { actor: "embed", command: "example", summary: "two cities of one province" };

    // A write is all or nothing: rules are held against it, and no reader sees half of it.
    db.write(&note, |draft| {
        let province = found(draft, "cn:330000", "浙江省", "provincial", "provincial")?;
        let hangzhou = found(draft, "cn:330100", "杭州市", "prefectural", "sub-provincial")?;
        let huzhou = found(draft, "cn:330500", "湖州市", "prefectural", "prefectural")?;
        join(draft, "SUBORDINATE_TO", hangzhou, province, "s1")?;
        join(draft, "SUBORDINATE_TO", huzhou, province, "s2")?;
        let patrol = draft.create_node(&["Arrangement"], Validity::since("2008".parse()?))?;
        for (key, value) in [("id", "patrol"), ("name", "联合执法"), ("mechanism", "contract")] {
            draft.set_node(patrol, key, Value::text(value))?;
        }
        join(draft, "PARTY_TO", hangzhou, patrol, "p1")?;
        join(draft, "PARTY_TO", huzhou, patrol, "p2")
    })?;

    // Ties are derived from one state and are read there: what is committed meanwhile changes nothing of it.
    let year: Date = "2010".parse()?;
    let mut out = io::stdout().lock();
    for tie in db.ties(&TieOptions::default())?.holding(AsOf::date(year, Reading::Certain)) {
        if let (Some(source), Some(target)) = (tie.source(), tie.target()) {
            writeln!(out, "{}: {} – {}", tie.direction, caption(source), caption(target))?;
        }
    }

    // A measure runs on a selection, at a date or over years.
    let report = db.analyze("directions", &[Moment::new(year)], Selection::default(), Subjects::default())?;
    for (column, cell) in report.columns.iter().zip(&report.rows[0]) {
        writeln!(out, "{} = {cell}", column.name)?;
    }

    // What breaks a rule is refused, with the rule and what to do.
    let refused = db
        .write(&note, |draft| found(draft, "cn:330500", "另一个市", "prefectural", "prefectural").map(drop));
    writeln!(out, "{}", refused.err().ok_or("a code was given twice and no rule noticed")?)?;
    Ok(())
}
