use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::analysis::{Cell, Column, Missing, Report};
use crate::cli::context::{actor, command_line, note, open_to_read};
use crate::cli::failure::Failure;
use crate::cli::output::{Format, OutputArgs, say, say_done, stdout};
use crate::database::Database;
use crate::error::Error;
use crate::query::{Datum, ErrorClass, Parameters, QueryOptions, RowValue, Rows, statements};
use crate::relations::Settings;

/// Ask the graph in openCypher
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n\
    \x20 intergov query intergov-demo/store \"MATCH (g:Government {level: 'provincial'}) RETURN g.name\"\n\
    \x20 intergov query intergov-demo/store \"AS OF '2010' MATCH ({name: '湖州市'})--(a) RETURN a.name\"\n\
    \x20 intergov query --in-memory \"RETURN duration.between(date('2010-01-01'), date('2019-06-30')) AS d\"")]
pub(in crate::cli) struct Query {
    /// The store
    #[arg(value_name = "DB", required_unless_present = "in_memory")]
    db: Option<PathBuf>,
    /// The query; several are divided by ; and - reads them from standard input
    #[arg(value_name = "TEXT", required_unless_present_any = ["file", "in_memory"])]
    text: Option<String>,
    /// Read the query from this file
    #[arg(long, value_name = "FILE", conflicts_with = "text")]
    file: Option<PathBuf>,
    /// The value of a parameter, as JSON or else as text; may be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    param: Vec<String>,
    /// Let the query change the store
    #[arg(long)]
    pub(in crate::cli) write: bool,
    /// Stop after this many seconds
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<f64>,
    /// Stop with an error where a query gives more rows
    #[arg(long, value_name = "N")]
    max_rows: Option<usize>,
    /// Run on an empty graph in memory, without store and schema; the text is the only argument
    #[arg(long)]
    in_memory: bool,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs,
}

impl Query {
    pub(in crate::cli) fn run(&self) -> Result<(), Failure> {
        let texts = statements(&self.text()?);
        if texts.is_empty() {
            return Err(Failure::Usage(
                "there is no query; write one, for example: MATCH (n) RETURN count(n)".to_owned(),
            ));
        }
        let parameters = self.parameters()?;
        let database = self.database()?;
        let options = self.options(&database)?;
        let (actor, command) = (actor(), command_line());
        let mut given = Vec::new();
        for text in &texts {
            let rows = database.query(text, &parameters, &options, &note(&actor, &command, text.trim()));
            if matches!(&rows, Err(Error::Query(error)) if error.class == ErrorClass::ReadOnly) {
                say("hint: --write lets a query change the store");
            }
            let rows = rows?;
            rows.warnings.iter().for_each(|warning| say(&format!("warning: {warning}")));
            if !rows.summary.is_empty() {
                say_done(&told(&rows));
            }
            if !rows.columns.is_empty() {
                given.push(rows);
            }
        }
        if given.len() > 1 && self.output.place.output.is_some() {
            let message = "several queries return rows, and one file takes those of one; leave --output out";
            return Err(Failure::Usage(message.to_owned()));
        }
        given.iter().try_for_each(|rows| self.show(rows))
    }

    fn text(&self) -> Result<String, Failure> {
        if let Some(path) = &self.file {
            return std::fs::read_to_string(path)
                .map_err(|error| Failure::Usage(format!("cannot read {}: {error}", path.display())));
        }
        let typed =
            if self.in_memory { self.in_memory_text()? } else { self.text.clone().unwrap_or_default() };
        if typed != "-" {
            return Ok(typed);
        }
        let mut text = String::new();
        io::stdin().read_to_string(&mut text).map_err(Failure::io("read standard input"))?;
        Ok(text)
    }

    /// In memory the first argument is the query.
    fn in_memory_text(&self) -> Result<String, Failure> {
        match (&self.db, &self.text) {
            (Some(text), None) => Ok(text.to_string_lossy().into_owned()),
            _ => Err(Failure::Usage("--in-memory takes the query alone, and no store".to_owned())),
        }
    }

    fn database(&self) -> Result<Database, Failure> {
        match &self.db {
            _ if self.in_memory => Ok(Database::in_memory_without_schema()),
            Some(path) if self.write => Ok(Database::open(path)?),
            Some(path) => open_to_read(path),
            None => Err(Failure::Usage("name a store, or add --in-memory".to_owned())),
        }
    }

    fn options(&self, database: &Database) -> Result<QueryOptions, Failure> {
        let timeout = match self.timeout {
            None => None,
            Some(seconds) => Some(
                Duration::try_from_secs_f64(seconds)
                    .map_err(|_| Failure::Usage(format!("--timeout {seconds} is not a number of seconds")))?,
            ),
        };
        let mut options = QueryOptions {
            write: self.write || self.in_memory,
            timeout,
            max_rows: self.max_rows,
            ..QueryOptions::default()
        };
        if !self.in_memory {
            // The store says what counts where the query does not (S29).
            let own = Settings::of(&*database.snapshot()?).reading(None, None);
            options.reading = own.unwrap_or_default();
        }
        Ok(options)
    }

    fn parameters(&self) -> Result<Parameters, Failure> {
        let mut parameters = Parameters::new();
        for given in &self.param {
            let Some((name, value)) = given.split_once('=') else {
                return Err(Failure::Usage(format!(
                    "--param {given} has no value; write --param name=value"
                )));
            };
            let value = serde_json::from_str(value)
                .map_or_else(|_| Datum::text(value), |json| Datum::from_json(&json));
            parameters.insert(name.trim_start_matches('$').into(), value);
        }
        Ok(parameters)
    }

    fn show(&self, rows: &Rows) -> Result<(), Failure> {
        let format = self.output.place.format;
        if let (Some(format @ (Format::Json | Format::Jsonl)), None) = (format, &self.output.place.output) {
            let mut out = stdout();
            let wrote = write_json(rows, format, &mut out).and_then(|()| out.flush());
            return wrote.map_err(Failure::io("write to stdout"));
        }
        let inputs: Vec<&std::path::Path> = self.db.iter().map(AsRef::as_ref).collect();
        self.output.write(&report(rows), &inputs)
    }
}

/// What a query has changed.
fn told(rows: &Rows) -> String {
    let own = rows.summary;
    let parts = [
        (own.nodes_created, "nodes created"),
        (own.nodes_deleted, "nodes deleted"),
        (own.edges_created, "edges created"),
        (own.edges_deleted, "edges deleted"),
        (own.properties_set, "properties set"),
        (own.labels_added, "labels added"),
        (own.labels_removed, "labels removed"),
    ];
    let parts = parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{what}: {count}"));
    parts.collect::<Vec<_>>().join(", ")
}

/// The rows as a table.
fn report(rows: &Rows) -> Report {
    // Names of columns live as long as the program, which runs a few queries.
    let columns =
        rows.columns.iter().map(|name| Column { name: Box::leak(Box::<str>::from(&**name)), unit: "" });
    let mut report = Report::new("Query", &columns.collect::<Vec<_>>());
    for row in &rows.rows {
        report.push(row.iter().map(cell).collect());
    }
    report
}

fn cell(value: &RowValue) -> Cell {
    match value {
        RowValue::Null => Cell::Missing(Missing::NotApplicable),
        RowValue::Integer(number) => Cell::Integer(*number),
        RowValue::Float(number) if number.is_finite() => Cell::Float(*number),
        RowValue::Text(text) | RowValue::Time(text) => Cell::Text(text.to_string()),
        other => Cell::Text(other.to_string()),
    }
}

/// The rows as objects: nodes, edges, lists and maps keep their parts.
fn write_json(rows: &Rows, format: Format, out: &mut impl Write) -> io::Result<()> {
    let object = |row: &Vec<RowValue>| {
        let entries = rows.columns.iter().zip(row).map(|(name, value)| (name.to_string(), value.to_json()));
        serde_json::Value::Object(entries.collect())
    };
    if format == Format::Jsonl {
        return rows.rows.iter().try_for_each(|row| writeln!(out, "{}", object(row)));
    }
    let columns: Vec<&str> = rows.columns.iter().map(AsRef::as_ref).collect();
    let all: Vec<serde_json::Value> = rows.rows.iter().map(object).collect();
    let document = serde_json::json!({"columns": columns, "rows": all, "warnings": rows.warnings});
    let text = serde_json::to_string_pretty(&document).map_err(io::Error::other)?;
    writeln!(out, "{text}")
}
