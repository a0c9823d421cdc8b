//! Plays one scenario.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use intergov::graph::{Catalogue, Snapshot};
use intergov::query::{
    Datum, ParameterType, Parameters, Phase, Procedure, Procedures, QueryError, QueryOptions, RowValue, Rows,
    run_query,
};

use super::cell::{Expected, Lists, is, parse};
use super::feature::{Scenario, Step};

/// What a scenario has done so far.
struct Play {
    snapshot: Snapshot,
    before: Snapshot,
    parameters: Parameters,
    procedures: Procedures,
    last: Option<Result<Rows, QueryError>>,
}

/// Plays a scenario.
///
/// # Errors
/// What differs.
pub(super) fn play(scenario: &Scenario, kit: &Path) -> Result<(), String> {
    let empty = Snapshot::empty(Arc::new(Catalogue::default()));
    let mut play = Play {
        snapshot: empty.clone(),
        before: empty,
        parameters: Parameters::new(),
        procedures: Procedures::default(),
        last: None,
    };
    scenario
        .steps
        .iter()
        .try_for_each(|step| play.step(step, kit).map_err(|error| format!("{}: {error}", step.text)))
}

impl Play {
    fn step(&mut self, step: &Step, kit: &Path) -> Result<(), String> {
        let text = step.text.as_str();
        let query = || step.doc.as_deref().unwrap_or_default();
        if text == "an empty graph" || text == "any graph" {
            return Ok(());
        }
        if let Some(name) = text.strip_prefix("the ").and_then(|rest| rest.strip_suffix(" graph")) {
            let path = kit.join("graphs").join(name).join(format!("{name}.cypher"));
            let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
            return self.run(&text).map(drop).map_err(|error| error.to_string());
        }
        if text == "having executed:" {
            return self.run(query()).map(drop).map_err(|error| error.to_string());
        }
        if text.starts_with("parameters are:") || text.starts_with("parameter values are:") {
            for row in &step.table {
                self.parameters.insert(row[0].as_str().into(), datum(&parse(&row[1])));
            }
            return Ok(());
        }
        if let Some(signature) = text.strip_prefix("there exists a procedure ") {
            self.procedures.add(procedure(signature.trim_end_matches(':'), &step.table));
            return Ok(());
        }
        if text == "executing query:" || text == "executing control query:" {
            self.before = self.snapshot.clone();
            self.last = Some(self.run(query()));
            return Ok(());
        }
        self.check(text, step)
    }

    fn run(&mut self, text: &str) -> Result<Rows, QueryError> {
        let options =
            QueryOptions { write: true, procedures: self.procedures.clone(), ..QueryOptions::default() };
        let outcome = run_query(&self.snapshot, text, &self.parameters, &options)?;
        if let Some(changes) = &outcome.changes {
            self.snapshot = self.snapshot.apply(changes).unwrap_or_else(|error| panic!("{text}\n{error}"));
        }
        Ok(outcome.rows)
    }

    fn check(&mut self, text: &str, step: &Step) -> Result<(), String> {
        let Some(last) = &self.last else { return Err("no query has run".to_owned()) };
        if let Some(rest) =
            text.strip_prefix("the result should be, ").or_else(|| text.strip_prefix("the result should be "))
        {
            let rows = last.as_ref().map_err(ToString::to_string)?;
            return result(rest.trim_end_matches(':'), &step.table, rows);
        }
        if text == "no side effects" {
            return effects(&self.before, &self.snapshot, &[]);
        }
        if text.starts_with("the side effects should be") {
            return effects(&self.before, &self.snapshot, &step.table);
        }
        if text.contains(" should be raised at ") {
            return match last {
                Ok(rows) => Err(format!("no error, but {} rows", rows.rows.len())),
                Err(error) => raised(text, error),
            };
        }
        Err("this step is not known".to_owned())
    }
}

/// `a SyntaxError should be raised at compile time: UndefinedVariable`.
fn raised(text: &str, error: &QueryError) -> Result<(), String> {
    let (class, rest) = text.split_once(" should be raised at ").ok_or("no class")?;
    let class = class.trim_start_matches("an ").trim_start_matches("a ");
    let (phase, detail) = rest.split_once(": ").ok_or("no detail")?;
    let phase_fits = match phase {
        "compile time" => error.phase == Phase::CompileTime,
        "runtime" => error.phase == Phase::Runtime,
        _ => true,
    };
    if class == error.class.name() && phase_fits && (detail == "*" || detail == error.code) {
        return Ok(());
    }
    Err(format!("found {:?}: {error}", error.phase))
}

fn result(how: &str, table: &[Vec<String>], rows: &Rows) -> Result<(), String> {
    let lists = if how.contains("ignoring element order") { Lists::AnyOrder } else { Lists::InOrder };
    let Some((header, expected)) = table.split_first() else {
        return if rows.rows.is_empty() {
            Ok(())
        } else {
            Err(format!("{} rows and none expected", rows.rows.len()))
        };
    };
    // An empty table may have a row without cells.
    let columns: Vec<&str> = rows.columns.iter().map(AsRef::as_ref).collect();
    let places: Option<Vec<usize>> = header
        .iter()
        .map(|name| columns.iter().position(|own| own == name || own.replace('\n', " ") == *name))
        .collect();
    let places = places.filter(|_| header.len() == columns.len());
    let places = places.ok_or_else(|| format!("columns {columns:?}, expected {header:?}"))?;
    let expected: Vec<Vec<Expected>> =
        expected.iter().map(|row| row.iter().map(|cell| parse(cell)).collect()).collect();
    let fits = |expected: &[Expected], found: &[RowValue]| {
        expected.iter().zip(&places).all(|(cell, place)| is(cell, &found[*place], lists))
    };
    let shown = || {
        rows.rows
            .iter()
            .map(|row| row.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | "))
            .collect::<Vec<_>>()
            .join("\n")
    };
    if expected.len() != rows.rows.len() {
        return Err(format!("{} rows, expected {}:\n{}", rows.rows.len(), expected.len(), shown()));
    }
    if how.starts_with("in order") {
        let wrong = expected.iter().zip(&rows.rows).position(|(expected, found)| !fits(expected, found));
        return wrong.map_or(Ok(()), |at| Err(format!("row {at} differs:\n{}", shown())));
    }
    let mut left: Vec<&Vec<RowValue>> = rows.rows.iter().collect();
    for row in &expected {
        match left.iter().position(|found| fits(row, found)) {
            Some(at) => drop(left.remove(at)),
            None => return Err(format!("no row is {row:?}:\n{}", shown())),
        }
    }
    Ok(())
}

/// The four observations of the kit, before and after.
fn effects(before: &Snapshot, after: &Snapshot, table: &[Vec<String>]) -> Result<(), String> {
    let observe = |snapshot: &Snapshot| {
        let nodes: BTreeSet<String> = snapshot.nodes().map(|node| node.id().to_string()).collect();
        let edges: BTreeSet<String> = snapshot.edges().map(|edge| edge.id().to_string()).collect();
        let mut properties = BTreeSet::new();
        let mut labels = BTreeSet::new();
        for node in snapshot.nodes() {
            labels
                .extend(node.labels().iter().map(|label| snapshot.catalogue().label_name(*label).to_owned()));
            let own = node.properties();
            properties.extend(own.iter().map(|(key, value)| format!("{} {key} {value:?}", node.id())));
        }
        for edge in snapshot.edges() {
            let own = edge.properties();
            properties.extend(own.iter().map(|(key, value)| format!("{} {key} {value:?}", edge.id())));
        }
        [("nodes", nodes), ("relationships", edges), ("properties", properties), ("labels", labels)]
    };
    let mut found = Vec::new();
    for ((name, old), (_, new)) in observe(before).into_iter().zip(observe(after)) {
        found.push((format!("+{name}"), new.difference(&old).count()));
        found.push((format!("-{name}"), old.difference(&new).count()));
    }
    for (name, count) in &found {
        let wanted = table.iter().find(|row| row[0] == *name).map_or(0, |row| row[1].parse().unwrap());
        if *count != wanted {
            return Err(format!("{name} is {count}, expected {wanted}"));
        }
    }
    Ok(())
}

fn datum(expected: &Expected) -> Datum {
    match expected {
        Expected::Null => Datum::Null,
        Expected::Boolean(truth) => Datum::Boolean(*truth),
        Expected::Integer(number) => Datum::Integer(*number),
        Expected::Float(number) => Datum::Float(*number),
        Expected::Text(text) => Datum::text(text),
        Expected::List(items) => Datum::list(items.iter().map(datum)),
        Expected::Map(entries) => Datum::map(entries.iter().map(|(key, value)| (key.as_str(), datum(value)))),
        other => panic!("{other:?} cannot be a parameter"),
    }
}

/// `test.my.proc(in :: INTEGER?) :: (out :: STRING?)` and its rows: arguments, then columns.
fn procedure(signature: &str, table: &[Vec<String>]) -> Procedure {
    let (call, columns) = signature.split_once(") ::").unwrap();
    let (name, arguments) = call.split_once('(').unwrap();
    let fields = |list: &str| -> Vec<(String, ParameterType)> {
        let list = list.trim().trim_matches(['(', ')']).trim();
        let items = list.split(',').filter(|item| !item.trim().is_empty());
        items
            .map(|item| {
                let (name, of) = item.split_once("::").unwrap();
                let of = match of.trim().trim_end_matches('?') {
                    "INTEGER" => ParameterType::Integer,
                    "FLOAT" => ParameterType::Float,
                    "NUMBER" => ParameterType::Number,
                    "STRING" => ParameterType::Text,
                    "BOOLEAN" => ParameterType::Boolean,
                    "MAP" => ParameterType::Map,
                    _ => ParameterType::Any,
                };
                (name.trim().to_owned(), of)
            })
            .collect()
    };
    let (arguments, columns) = (fields(arguments), fields(columns));
    let width = arguments.len();
    let rows: Vec<Vec<Datum>> =
        table.iter().skip(1).map(|row| row.iter().map(|cell| datum(&parse(cell))).collect()).collect();
    let run = move |_: &Snapshot, given: &[Datum]| {
        let same = |a: &Datum, b: &Datum| match (a, b) {
            (Datum::Integer(a), Datum::Float(b)) | (Datum::Float(b), Datum::Integer(a)) => *a as f64 == *b,
            (a, b) => a.to_string() == b.to_string(),
        };
        let rows = rows.iter().filter(|row| row.iter().zip(given).all(|(a, b)| same(a, b)));
        Ok(rows.map(|row| row[width.min(row.len())..].to_vec()).collect())
    };
    Procedure { name: name.trim().to_owned(), arguments, columns, run: Box::new(run) }
}
