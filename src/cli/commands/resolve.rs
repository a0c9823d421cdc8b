use std::fs::File;
use std::path::PathBuf;

use clap::Args;

use crate::analysis::{Cell, Column, Missing, Report};
use crate::cli::choice::known;
use crate::cli::context::{Reading, leak};
use crate::cli::failure::Failure;
use crate::cli::output::{OutputArgs, say};
use crate::cli::text_form::TextFormArgs;
use crate::exchange::{RawRow, RawTable, read_table};
use crate::graph::{NodeIx, NodeRef};
use crate::relations::{Candidate, Kind, LookupError, Scale, Standing, standing};
use crate::value::{Date, Day, counted, fold};

/// Link names of one's own table to codes: its rows and columns, and beside them what each name means
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n\
    \x20 intergov resolve intergov-demo/store names.csv --as-of 2010\n\
    \x20 intergov resolve intergov-demo/store names.csv --column name --level prefectural -o linked.csv")]
pub(in crate::cli) struct Resolve {
    /// The store
    #[arg(value_name = "DB")]
    db: PathBuf,
    /// A CSV; a column `date`, where there is one, holds the date of each row
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The column of the names [default: `name`, else the first one]
    #[arg(long, value_name = "NAME")]
    column: Option<String>,
    /// The first row holds data; columns are called column_1, column_2 …
    #[arg(long)]
    no_header: bool,
    /// Only governments of this level, where several bear a name
    #[arg(long)]
    level: Option<String>,
    /// The date at which rows without a date are read [default: now]
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
    /// Tell too which government stands for it at this date: itself, or the one that absorbed it (S11)
    #[arg(long, value_name = "DATE")]
    to: Option<String>,
    #[command(flatten)]
    text: TextFormArgs,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs,
}

/// What stands beside the columns of the file.
const COLUMNS: [Column; 11] = [
    Column { name: "status", unit: "found, ambiguous, not found, bad date" },
    Column { name: "id", unit: "id" },
    Column { name: "code", unit: "at the date" },
    Column { name: "found_name", unit: "at the date" },
    Column { name: "candidate_1", unit: "id or code of the nearest, or of one of those that bear the name" },
    Column { name: "candidate_1_name", unit: "" },
    Column { name: "candidate_2", unit: "id or code" },
    Column { name: "candidate_2_name", unit: "" },
    Column { name: "candidate_3", unit: "id or code" },
    Column { name: "candidate_3_name", unit: "" },
    Column { name: "message", unit: "why not, with all candidates" },
];

/// What stands there too with `--to`.
const LATER: [Column; 3] = [
    Column { name: "to_code", unit: "at the later date" },
    Column { name: "to_name", unit: "at the later date" },
    Column { name: "to_how", unit: "itself, absorbed, or which ones it became, of which none is followed" },
];

/// Candidates that have columns; the message names all.
const CANDIDATES: usize = 3;

/// How many comparisons of names the search for near ones may take: about a second.
const COMPARISONS: usize = 20_000_000;

impl Resolve {
    pub(in crate::cli) fn run(&self) -> Result<(), Failure> {
        let reading = Reading::open(&self.db)?;
        let usual = self.as_of.as_deref().map(str::parse::<Date>).transpose()?.map(Date::last_day);
        if let Some(level) = &self.level {
            let levels = reading.tiers(Scale::Level);
            known("--level", level, &levels.iter().map(String::as_str).collect::<Vec<_>>())?;
        }
        let table = self.table()?;
        let (name, date) = self.columns(&reading, &table)?;
        let later = self.to.as_deref().map(str::parse::<Date>).transpose()?.map(Date::last_day);
        let further = if later.is_some() { &LATER[..] } else { &[] };
        let mut report = Report::new("Names and codes", &columns(&table.header, further));
        let mut resolver = Resolver {
            reading: &reading,
            level: self.level.as_deref(),
            suggestions: (COMPARISONS / reading.names().len().max(1)).max(1),
        };
        let (asked, mut open) = (resolver.suggestions, 0);
        for row in &table.rows {
            let cell = |at: usize| row.cells.get(at).unwrap_or_default();
            let given = date.map_or("", |at| cell(at).trim());
            let formed = self.text.form().dates.and_then(|form| form.read(given));
            let day = match (given, formed) {
                ("", _) => Ok(usual),
                (_, Some(date)) => Ok(Some(date.last_day())),
                (given, None) => given.parse().map(|date: Date| Some(date.last_day())),
            };
            let answer = match day {
                Ok(day) => resolver.answer(cell(name).trim(), day),
                Err(error) => Answer::refused("bad date", &[], error.to_string()),
            };
            open += usize::from(answer.status != "found");
            let own = (0..table.header.len()).map(|at| Cell::from(cell(at)));
            let then = later.map(|day| stands_for(&reading, answer.node, day));
            report.push(own.chain(answer.cells()).chain(then.into_iter().flatten()).collect());
        }
        let rows = report.rows.len();
        report.note(format!("{}, {open} of them not linked", counted(rows, "name", "names")));
        if resolver.suggestions == 0 {
            report.note(format!("near names were looked for for the first {asked} names that nothing bears"));
        }
        self.output.write(&report, &[&self.db, &self.file])
    }

    /// The rows of the file; a row with another number of cells than the header is told.
    fn table(&self) -> Result<RawTable, Failure> {
        let path = self.file.display().to_string();
        let file = File::open(&self.file).map_err(Failure::io(format!("open {path}")))?;
        let mut faults = Vec::new();
        let table = read_table(&path, file, &self.text.form(), &mut faults)
            .map_err(Failure::io(format!("read {path}")))?;
        let warnings = table.iter().flat_map(|table| &table.warnings);
        warnings.for_each(|warning| say(&format!("warning: {warning}")));
        let Some(mut table) = table else {
            let fault = faults.first().map(ToString::to_string);
            return Err(Failure::Usage(fault.unwrap_or_else(|| format!("{path} is not a table"))));
        };
        faults.iter().for_each(|fault| say(&format!("warning: {fault}")));
        if self.no_header {
            let first = RawRow { number: 1, cells: table.header.iter().collect() };
            table.rows.insert(0, first);
            table.header = (1..=table.header.len()).map(|at| format!("column_{at}")).collect();
        }
        Ok(table)
    }

    /// Where names and dates stand.
    fn columns(&self, reading: &Reading, table: &RawTable) -> Result<(usize, Option<usize>), Failure> {
        let called = |wanted: &str| table.header.iter().position(|own| fold(own) == fold(wanted));
        let date = called("date");
        if let Some(wanted) = &self.column {
            let names: Vec<&str> = table.header.iter().map(String::as_str).collect();
            let at = table.header.iter().position(|own| own == wanted).or_else(|| called(wanted));
            return match at {
                Some(at) => Ok((at, date)),
                None => known("--column", wanted, &names).map(|()| (0, date)),
            };
        }
        if let Some(at) = called("name") {
            return Ok((at, date));
        }
        let first = table.header.first().map_or("", |name| name.trim());
        let meant = || reading.names().find_among(&[Kind::Government], first, None, |_| true);
        if !self.no_header && !matches!(meant(), Err(LookupError::NotFound { .. })) {
            return Err(Failure::Usage(format!(
                "{}: the header names no column `name`, and “{first}” is a government: add --no-header where the first \
                 row holds data, or --column {first}",
                self.file.display()
            )));
        }
        say(&format!("note: names are read from the column {first} (--column)"));
        Ok((0, date))
    }
}

/// The columns of the file, then those of the answer; one that the file has too begins with `found_`.
fn columns(header: &[String], further: &[Column]) -> Vec<Column> {
    let mut taken: Vec<String> = Vec::new();
    let free = |taken: &[String], name: &str| !name.is_empty() && !taken.iter().any(|own| own == name);
    for (at, name) in header.iter().enumerate() {
        let name = if free(&taken, name) { name.clone() } else { format!("column_{}", at + 1) };
        taken.push(name);
    }
    let mut columns: Vec<Column> = Vec::new();
    for column in COLUMNS.iter().chain(further).copied() {
        let mut name = column.name.to_owned();
        while !free(&taken, &name) {
            name = format!("found_{name}");
        }
        taken.push(name);
        columns.push(column);
    }
    let units = header.iter().map(|_| "as given").chain(columns.iter().map(|column| column.unit));
    taken.iter().zip(units).map(|(name, unit)| Column { name: leak(name), unit }).collect()
}

/// Reads names against a state.
struct Resolver<'a> {
    reading: &'a Reading,
    level: Option<&'a str>,
    /// How many further names may be compared with all others.
    suggestions: usize,
}

/// What a name means.
struct Answer {
    status: &'static str,
    node: Option<NodeIx>,
    found: [Cell; 3],
    /// Code or id, and name.
    candidates: Vec<(String, String)>,
    message: String,
}

impl Answer {
    fn refused(status: &'static str, candidates: &[&Candidate], message: String) -> Self {
        let named = |own: &&Candidate| (own.code.clone().unwrap_or_else(|| own.id.clone()), own.name.clone());
        let none = || Cell::Missing(Missing::NotApplicable);
        let candidates = candidates.iter().take(CANDIDATES).map(named).collect();
        Self { status, node: None, found: [none(), none(), none()], candidates, message }
    }

    fn cells(self) -> impl Iterator<Item = Cell> {
        let mut candidates: Vec<Cell> = Vec::new();
        for (code, name) in self.candidates {
            candidates.extend([code.into(), name.into()]);
        }
        candidates.resize(2 * CANDIDATES, Cell::Missing(Missing::NotApplicable));
        [self.status.into()].into_iter().chain(self.found).chain(candidates).chain([self.message.into()])
    }
}

/// Who stands for a government on a day: the cells of [`LATER`].
fn stands_for(reading: &Reading, government: Option<NodeIx>, day: Day) -> [Cell; 3] {
    let none = || Cell::Missing(Missing::NotApplicable);
    let Some(government) = government else { return [none(), none(), none()] };
    let cells = |ix: NodeIx, how: Cell| {
        [reading.cell(ix, "code", Some(day)), reading.cell(ix, "name", Some(day)), how]
    };
    match standing(&reading.snapshot, government, day) {
        Standing::Itself => cells(government, "itself".into()),
        Standing::Successor { government, .. } => cells(government, "absorbed".into()),
        Standing::Undecided(successors) => {
            let names = successors.iter().map(|ix| reading.cell(*ix, "name", Some(day)).to_string());
            let names: Vec<String> = names.collect();
            let how =
                if names.is_empty() { "ended".to_owned() } else { format!("became {}", names.join(", ")) };
            [none(), none(), how.into()]
        }
    }
}

impl Resolver<'_> {
    fn answer(&mut self, text: &str, day: Option<Day>) -> Answer {
        let (names, kinds) = (self.reading.names(), [Kind::Government]);
        let level = self.level;
        let wanted = |node: NodeRef<'_>| {
            let value = day.map_or_else(|| node.value("level"), |day| node.value_at("level", day));
            level.is_none_or(|level| value.is_some_and(|own| own.as_text() == Some(level)))
        };
        let mut found = names.find_among(&kinds, text, day, wanted);
        if self.suggestions > 0 && matches!(found, Err(LookupError::NotFound { .. })) {
            self.suggestions -= 1;
            found = match names.find(&kinds, text, day) {
                // Who bears the name is of another level.
                Ok(_) if level.is_some() => found,
                other => other,
            };
        }
        match found.map(|found| found.node) {
            Ok(ix) => Answer {
                status: "found",
                node: Some(ix),
                found: [
                    self.reading.cell(ix, "id", None),
                    self.reading.cell(ix, "code", day),
                    self.reading.cell(ix, "name", day),
                ],
                candidates: Vec::new(),
                message: String::new(),
            },
            Err(error) => {
                let ambiguous = matches!(error, LookupError::Ambiguous { .. });
                let status = if ambiguous { "ambiguous" } else { "not found" };
                Answer::refused(status, &error.candidates(), error.to_string())
            }
        }
    }
}
