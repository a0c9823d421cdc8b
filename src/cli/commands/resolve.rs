use std::fs::File;
use std::path::PathBuf;

use clap::Args;

use crate::analysis::{Cell, Column, Report};
use crate::cli::context::Reading;
use crate::cli::failure::Failure;
use crate::cli::output::OutputArgs;
use crate::value::{Date, Day};

/// Link names of one's own table to codes; the ambiguous and unknown ones are listed with candidates
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  intergov resolve intergov-demo/store names.csv --as-of 2010")]
pub(in crate::cli) struct Resolve {
    /// The store
    #[arg(value_name = "DB")]
    db: PathBuf,
    /// A CSV with a column `name` (else the first one) and, if there is one, a column `date`
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The date at which rows without a date are read [default: now]
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs,
}

const COLUMNS: [Column; 7] = [
    Column { name: "name", unit: "as given" },
    Column { name: "date", unit: "as given, else --as-of" },
    Column { name: "status", unit: "found, ambiguous, not found" },
    Column { name: "id", unit: "" },
    Column { name: "code", unit: "at the date" },
    Column { name: "found_name", unit: "at the date" },
    Column { name: "message", unit: "candidates, or why not" },
];

impl Resolve {
    pub(in crate::cli) fn run(&self) -> Result<(), Failure> {
        let reading = Reading::open(&self.db)?;
        let path = self.file.display().to_string();
        let bad = |error: csv::Error| Failure::Usage(format!("{path}: {error}"));
        let file = File::open(&self.file).map_err(Failure::io(format!("open {path}")))?;
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(file);
        let header = reader.headers().map_err(bad)?.clone();
        let column = |name: &str| header.iter().position(|own| own.trim_start_matches('\u{feff}') == name);
        let (name, date) = (column("name").unwrap_or(0), column("date"));
        let usual = self.as_of.as_deref().map(str::parse::<Date>).transpose()?.map(Date::last_day);
        let mut report = Report::new("Names and codes", &COLUMNS);
        let mut open = 0;
        // A file without a header row begins with a name.
        let first = column("name").is_none().then(|| Ok(header.clone()));
        for record in first.into_iter().chain(reader.records()) {
            let record = record.map_err(bad)?;
            let text = record.get(name).unwrap_or_default().trim();
            let given = date.and_then(|at| record.get(at)).unwrap_or_default().trim();
            let wrong = |error| {
                let line = record.position().map_or(1, csv::Position::line);
                Failure::Usage(format!("{path}, line {line}: {error}"))
            };
            let day = match given {
                "" => usual,
                given => Some(given.parse::<Date>().map_err(wrong)?.last_day()),
            };
            let row = resolved(&reading, text, given, day);
            open += usize::from(row[2] != Cell::from("found"));
            report.push(row);
        }
        report.note(format!("{} names, {open} of them not linked", report.rows.len()));
        self.output.write(&report, &[&self.db, &self.file])
    }
}

fn resolved(reading: &Reading, text: &str, given: &str, day: Option<Day>) -> Vec<Cell> {
    let date =
        if given.is_empty() { day.map_or_else(String::new, |day| day.to_string()) } else { given.to_owned() };
    match reading.names().government(text, day) {
        Ok(ix) => vec![
            text.into(),
            date.into(),
            "found".into(),
            reading.cell(ix, "id", None),
            reading.cell(ix, "code", day),
            reading.cell(ix, "name", day),
            "".into(),
        ],
        Err(error) => {
            let ambiguous = matches!(error, crate::relations::LookupError::Ambiguous { .. });
            let status = if ambiguous { "ambiguous" } else { "not found" };
            let empty = || Cell::from("");
            vec![text.into(), date.into(), status.into(), empty(), empty(), empty(), error.to_string().into()]
        }
    }
}
