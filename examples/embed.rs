//! scratch
use intergov::{
    Database,
    analysis::Cell,
    exchange::ImportOptions,
    network::{Moment, NodeSelection, Selection},
    store::CommitNote,
};
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let db = Database::in_memory()?;
    let note = CommitNote { actor: "me", command: "x", summary: "x" };
    let t = std::time::Instant::now();
    let done = db.import(std::path::Path::new("fixtures/china"), &ImportOptions::default(), &note);
    match &done {
        Ok(d) => println!("{d:?}"),
        Err(e) => {
            println!("{e}");
            return Ok(());
        }
    }
    println!("import {:?}", t.elapsed());
    let snapshot = db.snapshot();
    let region = snapshot.find("Region", "yangtze-delta").map(|r| r.ix());
    for m in ["members", "directions", "polycentricity", "linkage", "entry-rules", "degree"] {
        let t = std::time::Instant::now();
        let selection =
            Selection { nodes: NodeSelection { region, ..Default::default() }, ..Default::default() };
        let years = if m == "entry-rules" || m == "degree" { "2010" } else { "1997..2019" };
        let r = db.analyze(m, &Moment::series(years)?, selection, Default::default())?;
        println!("== {m} {:?}", t.elapsed());
        println!("{}", r.columns.iter().map(|c| c.name).collect::<Vec<_>>().join("\t"));
        for row in r.rows.iter().take(45) {
            println!(
                "{}",
                row.iter()
                    .map(|c| match c {
                        Cell::Float(f) => format!("{f:.3}"),
                        c => c.to_string(),
                    })
                    .collect::<Vec<_>>()
                    .join("\t")
            );
        }
        for n in r.notes.iter().take(3) {
            println!("# {n}");
        }
    }
    Ok(())
}
