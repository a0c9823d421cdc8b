use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;

use super::export::tell as tell_export;
use crate::cli::context::{actor, command_line, make_store, note};
use crate::cli::demo::{
    Answer, Lang, REGION, Section, YEARS, facts, robustness, sections, selection, write_data,
};
use crate::cli::failure::Failure;
use crate::cli::interrupt;
use crate::cli::output::{Format, say, stdout, terminal_width, write_report};
use crate::cli::progress::Progress;
use crate::cli::view::View;
use crate::database::Database;
use crate::exchange::{GraphmlOptions, ImportOptions};
use crate::files::{self, Overwrite, write_file};
use crate::graph::NodeId;
use crate::relations::vocabulary::label;
use crate::study::{Moment, Selection, Subjects};

/// Make a store from the shipped data, study the Yangtze delta 1997–2019, write GraphML and CSV
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  intergov demo")]
pub(in crate::cli) struct Demo {
    /// Where store, data and results go; results that are there are written over
    #[arg(long, value_name = "FOLDER", default_value = "intergov-demo")]
    folder: PathBuf,
    /// Print all tables after the answer
    #[arg(long)]
    full: bool,
    /// The language of the answer
    #[arg(long, value_enum, default_value_t = Lang::En)]
    lang: Lang,
}

impl Demo {
    pub(in crate::cli) fn run(&self, progress: bool) -> Result<(), Failure> {
        interrupt::in_steps();
        let store = self.folder.join("store");
        let sign = Progress::new(progress, "opening the store");
        let db = if store.exists() {
            say(&format!(
                "the store {} is there already and stays as it is; the study reads it",
                store.display()
            ));
            Database::open_read_only(&store)?
        } else {
            sign.now("importing the shipped data");
            make(&self.folder, &store)?
        };
        sign.now("measuring");
        let years = Moment::series(YEARS)?;
        let snapshot = db.snapshot()?;
        let region = snapshot.find(label::REGION, REGION).map(|node| node.id());
        let region = region.ok_or_else(|| {
            Failure::NotFound(format!(
                "the store {} has no region {REGION}; name another --folder",
                store.display()
            ))
        })?;
        let mut parts = sections(&db, region, &years)?;
        parts.push(Section { name: "facts", report: facts(&db)? });
        let flows = db.analyze("flows", &years, Selection::default(), Subjects::default())?;
        parts.push(Section { name: "flows", report: flows });
        parts.push(Section { name: "robustness", report: robustness(&db, region, &years)? });
        drop(sign);
        // Files first: a reader who stops reading the tables has them all the same.
        self.write_files(&db, region, &parts, years.last().copied())?;
        let report = |name: &str| parts.iter().find(|part| part.name == name).map(|part| &part.report);
        if let (Some(robustness), Some(shape), Some(facts), Some(flows)) =
            (report("robustness"), report("polycentricity"), report("facts"), report("flows"))
        {
            let answer = Answer { db: &db, lang: self.lang, robustness, shape, facts, flows };
            let mut out = stdout();
            out.write_all(answer.text()?.as_bytes()).map_err(Failure::io("write to stdout"))?;
            out.flush().map_err(Failure::io("write to stdout"))?;
        }
        if self.full {
            return parts.iter().try_for_each(print);
        }
        say("note: intergov demo --full prints all tables");
        Ok(())
    }

    /// The tables as CSV and the network of the study in the last year as GraphML.
    fn write_files(
        &self,
        db: &Database,
        region: NodeId,
        parts: &[Section],
        last: Option<Moment>,
    ) -> Result<(), Failure> {
        for part in parts {
            let path = self.folder.join(format!("{}.csv", part.name));
            write_file(&path, Overwrite::Yes, &[], |out| {
                write_report(&View::whole(&part.report), Format::Csv, None, out).map(drop)
            })?;
        }
        say(&format!("{} tables as CSV in {}", parts.len(), self.folder.display()));
        let Some(last) = last else { return Ok(()) };
        let measures = db.node_measures(&MEASURED.map(str::to_owned), last, &selection(region))?;
        let options = GraphmlOptions { window: Some(last.window()), measures, ..GraphmlOptions::default() };
        let path = self.folder.join("yangtze-2019.graphml");
        let report = write_file(&path, Overwrite::Yes, &[], |out| {
            Ok::<_, Failure>(db.export_graphml(&options, selection(region), out)?)
        })?;
        tell_export(&report, &path);
        Ok(())
    }
}

/// Measures that stand on the nodes of the GraphML.
const MEASURED: [&str; 4] = ["degree", "strength", "betweenness", "closeness"];

/// Makes the store of the shipped data, or of those that stand in the folder already.
fn make(folder: &Path, store: &Path) -> Result<Database, Failure> {
    let data = folder.join("data");
    // What an earlier program had in the making.
    files::remove_given_up(&folder.join("store.partial"));
    if files::is_free(&data) {
        write_data(&data)?;
    } else {
        say(&format!("the data {} are there already and are imported as they are", data.display()));
    }
    let (actor, command) = (actor(), command_line());
    let note = note(&actor, &command, "the shipped data");
    let done = make_store(store, |db| Ok(Some(db.import(&data, &ImportOptions::default(), &note)?)))?;
    if let Some(done) = done {
        say(&format!(
            "{} nodes and {} edges imported from {}; {} warnings (intergov verify lists them)",
            done.nodes.added,
            done.edges.added,
            data.display(),
            done.warnings.len()
        ));
    }
    Ok(Database::open_read_only(store)?)
}

fn print(part: &Section) -> Result<(), Failure> {
    let mut out = stdout();
    writeln!(out, "\n{}\n", part.report.title).map_err(Failure::io("write to stdout"))?;
    let notices = write_report(&View::whole(&part.report), Format::Table, terminal_width(), &mut out)?;
    for notice in notices.iter().filter(|notice| !notice.contains("--format")) {
        writeln!(out, "  {notice}; {}.csv has everything", part.name)
            .map_err(Failure::io("write to stdout"))?;
    }
    for note in &part.report.notes {
        // The notes of each date stand in the measures' own output; here the general ones suffice.
        if !note.starts_with(|first: char| first.is_ascii_digit()) {
            writeln!(out, "  {note}").map_err(Failure::io("write to stdout"))?;
        }
    }
    out.flush().map_err(Failure::io("write to stdout"))
}
