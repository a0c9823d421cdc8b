use std::fs::File;
use std::path::PathBuf;

use clap::Args;

use crate::analysis::{Cell, Column, Report};
use crate::cli::context::Reading;
use crate::cli::failure::Failure;
use crate::cli::output::{OutputArgs, say};
use crate::cli::text_form::TextFormArgs;
use crate::exchange::{RawTable, read_table};
use crate::relations::{Kind, LookupError};
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
    text: TextFormArgs,
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

/// How many comparisons of names the search for near ones may take: about a second.
const COMPARISONS: usize = 20_000_000;

impl Resolve {
    pub(in crate::cli) fn run(&self) -> Result<(), Failure> {
        let reading = Reading::open(&self.db)?;
        let path = self.file.display().to_string();
        let table = self.table(&path)?;
        let header: csv::StringRecord = table.header.iter().collect();
        let column = |name: &str| table.header.iter().position(|own| own == name);
        let (name, date) = (column("name").unwrap_or(0), column("date"));
        let usual = self.as_of.as_deref().map(str::parse::<Date>).transpose()?.map(Date::last_day);
        let mut report = Report::new("Names and codes", &COLUMNS);
        let mut open = 0;
        let mut suggestions = (COMPARISONS / reading.names().len().max(1)).max(1);
        let asked = suggestions;
        // A file without a header row begins with a name.
        let first = (column("name").is_none() && !header.is_empty()).then_some((1, &header));
        for (line, record) in first.into_iter().chain(table.rows.iter().map(|row| (row.number, &row.cells))) {
            let text = record.get(name).unwrap_or_default().trim();
            let given = date.and_then(|at| record.get(at)).unwrap_or_default().trim();
            let wrong = |error| Failure::Usage(format!("{path}, line {line}: {error}"));
            let day = match given {
                "" => usual,
                given => match self.text.form().dates.and_then(|form| form.read(given)) {
                    Some(date) => Some(date.last_day()),
                    None => Some(given.parse::<Date>().map_err(wrong)?.last_day()),
                },
            };
            let row = resolved(&reading, text, (given, day), &mut suggestions);
            open += usize::from(row[2] != Cell::from("found"));
            report.push(row);
        }
        report.note(format!("{} names, {open} of them not linked", report.rows.len()));
        if suggestions == 0 {
            report.note(format!("near names were looked for for the first {asked} names that nothing bears"));
        }
        self.output.write(&report, &[&self.db, &self.file])
    }

    /// The rows of the file, whatever the number of their cells.
    fn table(&self, path: &str) -> Result<RawTable, Failure> {
        let file = File::open(&self.file).map_err(Failure::io(format!("open {path}")))?;
        let mut faults = Vec::new();
        let table = read_table(path, file, &self.text.form(), &mut faults)
            .map_err(Failure::io(format!("read {path}")))?;
        let warnings = table.iter().flat_map(|table| &table.warnings);
        warnings.for_each(|warning| say(&format!("warning: {warning}")));
        table.ok_or_else(|| {
            Failure::Usage(
                faults.first().map_or_else(|| format!("{path} is not a table"), ToString::to_string),
            )
        })
    }
}

/// What a row means; `suggestions` is how many further names may be compared with all others.
fn resolved(
    reading: &Reading,
    text: &str,
    (given, day): (&str, Option<Day>),
    suggestions: &mut usize,
) -> Vec<Cell> {
    let date =
        if given.is_empty() { day.map_or_else(String::new, |day| day.to_string()) } else { given.to_owned() };
    let names = reading.names();
    let mut found = names.find_exactly(&[Kind::Government], text, day);
    if *suggestions > 0 && matches!(found, Err(LookupError::NotFound { .. })) {
        *suggestions -= 1;
        found = names.find(&[Kind::Government], text, day);
    }
    match found.map(|found| found.node) {
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
            let ambiguous = matches!(error, LookupError::Ambiguous { .. });
            let status = if ambiguous { "ambiguous" } else { "not found" };
            let empty = || Cell::from("");
            vec![text.into(), date.into(), status.into(), empty(), empty(), empty(), error.to_string().into()]
        }
    }
}
