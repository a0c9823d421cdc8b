use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::export::{tell as tell_export, write_file};
use crate::cli::context::{actor, command_line, note};
use crate::cli::demo::{REGION, Section, YEARS, facts, sections, write_data};
use crate::cli::failure::Failure;
use crate::cli::output::{Format, say, terminal_width, write_report};
use crate::cli::progress::Progress;
use crate::database::Database;
use crate::exchange::{GraphmlOptions, ImportOptions};
use crate::graph::NodeRef;
use crate::network::Moment;
use crate::relations::{Members, TieOptions};

/// Make a store from the shipped data, study the Yangtze delta 1997–2019, write GraphML and CSV
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  intergov demo")]
pub(in crate::cli) struct Demo {
    /// Where store, data and results go
    #[arg(long, value_name = "FOLDER", default_value = "intergov-demo")]
    folder: PathBuf,
}

impl Demo {
    pub(in crate::cli) fn run(&self, progress: bool) -> Result<(), Failure> {
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
        let region = snapshot.find("Region", REGION).map(|node| node.id());
        let region = region.ok_or_else(|| {
            Failure::NotFound(format!(
                "the store {} has no region {REGION}; name another --folder",
                store.display()
            ))
        })?;
        let mut parts = sections(&db, region, &years)?;
        parts.push(Section { name: "facts", report: facts(&db)? });
        drop(sign);
        // Files first: a reader who stops reading the tables has them all the same.
        self.write_files(&db, &parts, years.last().copied())?;
        parts.iter().try_for_each(print)
    }

    /// The tables as CSV and the members' network of the last year as GraphML.
    fn write_files(&self, db: &Database, parts: &[Section], last: Option<Moment>) -> Result<(), Failure> {
        for part in parts {
            let path = self.folder.join(format!("{}.csv", part.name));
            write_file(&path, |out| write_report(&part.report, Format::Csv, None, out).map(drop))?;
        }
        say(&format!("{} tables as CSV in {}", parts.len(), self.folder.display()));
        let Some(last) = last else { return Ok(()) };
        let snapshot = db.snapshot()?;
        let members = snapshot.find("Region", REGION).map(Members::of).unwrap_or_default();
        let id = |ix| snapshot.node_at(ix).map(NodeRef::id);
        let options = GraphmlOptions {
            window: Some(last.window()),
            only: Some(members.during(last.window(), false).into_iter().filter_map(id).collect()),
            ..GraphmlOptions::default()
        };
        let path = self.folder.join("yangtze-2019.graphml");
        let report =
            write_file(&path, |out| Ok(db.export_graphml(&options, &TieOptions::default(), out)?))?;
        tell_export(&report, &path);
        Ok(())
    }
}

/// Makes the store beside its place and moves it there when it is whole.
fn make(folder: &Path, store: &Path) -> Result<Database, Failure> {
    let data = folder.join("data");
    fs::create_dir_all(folder).map_err(Failure::io(format!("make {}", folder.display())))?;
    write_data(&data).map_err(Failure::io(format!("write {}", data.display())))?;
    let partial = folder.join("store.partial");
    if partial.exists() {
        fs::remove_dir_all(&partial).map_err(Failure::io(format!("remove {}", partial.display())))?;
    }
    let db = Database::create(&partial)?;
    let (actor, command) = (actor(), command_line());
    let done = db.import(&data, &ImportOptions::default(), &note(&actor, &command, "the shipped data"))?;
    say(&format!(
        "{} nodes and {} edges imported from {}; {} warnings (intergov verify lists them)",
        done.nodes.added,
        done.edges.added,
        data.display(),
        done.warnings.len()
    ));
    drop(db);
    fs::rename(&partial, store).map_err(Failure::io(format!("move {} to its place", store.display())))?;
    Ok(Database::open_read_only(store)?)
}

fn print(part: &Section) -> Result<(), Failure> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    writeln!(out, "\n{}\n", part.report.title).map_err(Failure::io("write to stdout"))?;
    let notices = write_report(&part.report, Format::Table, terminal_width(), &mut out)?;
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
    Ok(())
}
