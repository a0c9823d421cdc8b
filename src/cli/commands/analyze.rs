use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use crate::analysis::{Analysis, Column, LARGEST, MEASURES, Measure, Parameter, Report};
use crate::cli::context::{Reading, TimeArgs, moments};
use crate::cli::failure::Failure;
use crate::cli::output::OutputArgs;
use crate::cli::progress::Progress;
use crate::cli::selection::SelectionArgs;
use crate::error::Error;
use crate::relations::Kind;
use crate::study::{GroupBy, Moment, Selection, Subjects};
use crate::value::nearest;

/// Compute a measure at a date or over years; --list names them all
#[derive(Args, Debug)]
#[command(mut_arg("during", |during| during.hide(true)), after_help = "Examples:\n\
    \x20 intergov analyze --list\n\
    \x20 intergov analyze intergov-demo/store density --region yangtze-delta --years 1997..2019\n\
    \x20 intergov analyze intergov-demo/store powers --territory 652300 --as-of 2010")]
pub(in crate::cli) struct Analyze {
    /// The store
    #[arg(value_name = "DB", required_unless_present = "list")]
    db: Option<PathBuf>,
    /// The measure; without one they are listed
    #[arg(value_name = "MEASURE")]
    measure: Option<String>,
    /// List the measures, or tell all of one: question, source, options, columns with units
    #[arg(long)]
    list: bool,
    /// The options that were typed.
    #[arg(skip)]
    pub(in crate::cli) given: Vec<String>,
    /// A series of years, both included: 1997..2019
    #[arg(long, value_name = "A..B", conflicts_with_all = ["as_of", "during"])]
    years: Option<String>,
    #[command(flatten)]
    selection: SelectionArgs,
    /// The territory whose powers are asked for
    #[arg(long, value_name = "WHO")]
    territory: Option<String>,
    /// The body whose entry rules are asked for
    #[arg(long, value_name = "WHO")]
    body: Option<String>,
    /// Show only the row of this government; the network stays whole. May be repeated
    #[arg(long, value_name = "WHO")]
    only: Vec<String>,
    /// Show the result too without each of the largest arrangements, one at a time (S33)
    #[arg(long)]
    leave_one_out: bool,
    /// How far below a threshold is still a near miss, as a share of it
    #[arg(long, default_value_t = 0.1)]
    tolerance: f64,
    /// By what governments are grouped: province, level or rank
    #[arg(long, value_name = "WHAT", default_value = "province")]
    group_by: String,
    /// Tell the measure a number, as NAME=NUMBER; --list MEASURE says which. May be repeated
    #[arg(long, value_name = "NAME=NUMBER")]
    set: Vec<String>,
    /// List the arrangements behind the counts, a row each
    #[arg(long)]
    arrangements: bool,
    /// Show all statements of a fact (S19)
    #[arg(long)]
    all_statements: bool,
    #[command(flatten)]
    time: TimeArgs,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs,
}

impl Analyze {
    pub(in crate::cli) fn run(&self, progress: bool) -> Result<(), Failure> {
        let (Some(db), Some(name), false) = (&self.db, &self.measure, self.list) else {
            return self.output.write(&self.listed()?, &[]);
        };
        let measure = measure(name)?;
        self.check_options(measure)?;
        let reading = Reading::at(db, &self.time)?;
        let moments = moments(self.years.as_deref(), &self.time)?;
        let selection = self.selection.selection(&reading, &self.time)?;
        let subjects = self.subjects(&reading, measure)?;
        let sign = Progress::new(progress, "measuring");
        let mut report = if self.leave_one_out {
            one_left_out(&reading, measure, &moments, (selection, subjects))?
        } else {
            reading.db.analyze(measure.name, &moments, selection, subjects)?
        };
        drop(sign);
        if let Some(region) = &self.selection.region {
            report.selection.insert(0, ("region".into(), region.clone()));
        }
        self.output.write(&report, &[db])
    }

    /// The measures, or the one that is named beside `--list`.
    fn listed(&self) -> Result<Report, Failure> {
        let place = self.db.as_deref().and_then(std::path::Path::to_str);
        match (self.list, place, &self.measure) {
            (true, _, Some(name)) => Ok(details(measure(name)?)),
            (true, Some(name), None) if !std::path::Path::new(name).exists() => Ok(details(measure(name)?)),
            (false, Some(name), _) if Measure::find(name).is_some() => Err(Failure::Usage(format!(
                "{name} is a measure; name the store before it: analyze DB {name}"
            ))),
            _ => Ok(measures()),
        }
    }

    /// Refuses an option that has no effect on the measure, and names the measures on which it has.
    fn check_options(&self, measure: &Measure) -> Result<(), Failure> {
        for option in self.given.iter().map(String::as_str) {
            if ALWAYS.contains(&option) || measure.options.contains(&option) {
                continue;
            }
            let users = MEASURES.iter().filter(|other| other.options.contains(&option));
            let users: Vec<&str> = users.map(|other| other.name).collect();
            return Err(Failure::Usage(format!(
                "{} does not use --{option}; measures that do: {}",
                measure.name,
                users.join(", ")
            )));
        }
        Ok(())
    }

    fn grouped_by(&self) -> Result<GroupBy, Failure> {
        let found = GroupBy::ALL.into_iter().find(|by| by.to_string() == self.group_by);
        let names = GroupBy::ALL.map(|by| by.to_string()).join(", ");
        found.ok_or_else(|| Failure::Usage(format!("--group-by {} is not one of {names}", self.group_by)))
    }

    fn told(&self, measure: &Measure) -> Result<BTreeMap<String, f64>, Failure> {
        self.set.iter().map(|text| told(measure, text)).collect()
    }

    fn subjects(&self, reading: &Reading, measure: &Measure) -> Result<Subjects, Failure> {
        let day = self.time.day()?;
        let find = |kinds: &[Kind], text: &Option<String>| {
            text.as_deref().map(|text| reading.find_id(kinds, text, day)).transpose()
        };
        let only: Result<Vec<_>, Failure> =
            self.only.iter().map(|text| reading.find_id(&[Kind::Government], text, day)).collect();
        Ok(Subjects {
            territory: find(&[Kind::Government], &self.territory)?,
            body: find(&[Kind::Body], &self.body)?,
            tolerance: self.tolerance,
            all_statements: self.all_statements,
            list_arrangements: self.arrangements,
            only: only?,
            group_by: self.grouped_by()?,
            told: self.told(measure)?,
        })
    }
}

/// A number of `--set`, within the range of its parameter.
fn told(measure: &Measure, text: &str) -> Result<(String, f64), Failure> {
    let wrong = |what: String| Failure::Usage(format!("--set {text}: {what}"));
    let (name, number) = text
        .split_once('=')
        .ok_or_else(|| wrong("this is not NAME=NUMBER; write for example --set damping=0.9".to_owned()))?;
    let Some(parameter) = measure.parameter(name) else {
        let names: Vec<&str> = measure.parameters.iter().map(|own| own.name).collect();
        return Err(wrong(format!("{} can be told {}", measure.name, names.join(", "))));
    };
    match number.parse::<f64>() {
        Ok(number) if (parameter.least..=parameter.most).contains(&number) => Ok((name.to_owned(), number)),
        _ => Err(wrong(format!("{name} is a number from {} to {}", parameter.least, parameter.most))),
    }
}

/// A measure as it is, and without each of the largest arrangements; the first column says which is left out.
fn one_left_out(
    reading: &Reading,
    measure: &Measure,
    moments: &[Moment],
    (selection, subjects): (Selection, Subjects),
) -> Result<Report, Failure> {
    const WITHOUT: Column = Column { name: "without", unit: "id of the arrangement that is left out" };
    let whole = Analysis::new(reading.db.study(selection, subjects)?);
    let study = whole.study();
    let largest = study.largest_arrangements(moments, LARGEST).map_err(Error::from)?;
    let with = |without: &str, report: &mut Report| {
        report.columns.insert(0, WITHOUT);
        report.rows.iter_mut().for_each(|row| row.insert(0, without.into()));
    };
    let mut all = whole.run(measure, moments).map_err(Error::from)?;
    with("", &mut all);
    for arrangement in largest {
        let without = Analysis::new(study.without(arrangement).map_err(Error::from)?);
        let mut report = without.run(measure, moments).map_err(Error::from)?;
        with(&study.id_of(arrangement), &mut report);
        all.rows.append(&mut report.rows);
    }
    Ok(all)
}

/// Options that go with every measure: where it is read, when, and how the answer is written.
const ALWAYS: [&str; 16] = [
    "list",
    "years",
    "as-of",
    "during",
    "format",
    "output",
    "overwrite",
    "fail-empty",
    "columns",
    "sort",
    "top",
    "color",
    "no-progress",
    "read-only",
    "help",
    "version",
];

/// The measure of a name; one that does not exist is answered with the nearest.
fn measure(name: &str) -> Result<&'static Measure, Failure> {
    Measure::find(name).ok_or_else(|| {
        let near = nearest(name, MEASURES.iter().map(|measure| measure.name), 1);
        let near = near.first().map_or_else(String::new, |near| format!("did you mean {near}? "));
        Failure::NotFound(format!("there is no measure “{name}”; {near}analyze --list names them all"))
    })
}

const LIST: [Column; 6] = [
    Column { name: "measure", unit: "" },
    Column { name: "family", unit: "" },
    Column { name: "question", unit: "" },
    Column { name: "source", unit: "" },
    Column { name: "options", unit: "beside dates" },
    Column { name: "columns", unit: "name (unit)" },
];

fn measures() -> Report {
    let mut report = Report::new("Measures", &LIST);
    for measure in MEASURES {
        let columns = measure.columns.iter().map(|column| format!("{} ({})", column.name, column.unit));
        report.push(vec![
            measure.name.into(),
            measure.family.name().into(),
            measure.question.into(),
            measure.source.into(),
            measure.options.iter().map(|option| format!("--{option}")).collect(),
            columns.collect(),
        ]);
    }
    report.note("analyze --list MEASURE tells all of one");
    report
}

const DETAILS: [Column; 3] = [
    Column { name: "part", unit: "measure, number, option, column" },
    Column { name: "name", unit: "" },
    Column { name: "meaning", unit: "question, source, unit" },
];

/// All that is to be told of one measure.
fn details(measure: &Measure) -> Report {
    let mut report = Report::new(measure.name, &DETAILS);
    let mut row = |part: &str, name: &str, meaning: &str| {
        report.push(vec![part.into(), name.into(), meaning.into()]);
    };
    row("question", measure.name, measure.question);
    row("formula", measure.name, measure.formula);
    row("source", measure.name, measure.source);
    row("cost", measure.name, measure.cost);
    if !measure.oracle.is_empty() {
        row("checked", measure.name, &format!("against {}", measure.oracle));
    }
    for parameter in measure.parameters {
        let Parameter { name, meaning, default, least, most } = parameter;
        row("number", name, &format!("{meaning}; {least} to {most}, {default} where it is not set"));
    }
    let program = Analyze::augment_args(clap::Command::new("analyze"));
    for option in measure.options {
        let help = program.get_arguments().find(|own| own.get_long() == Some(*option));
        let help = help.and_then(clap::Arg::get_help).map(ToString::to_string).unwrap_or_default();
        row("option", &format!("--{option}"), &help);
    }
    measure.columns.iter().for_each(|column| row("column", column.name, column.unit));
    for column in measure.directed {
        row("column", column.name, &format!("{}; with --directed", column.unit));
    }
    report
}
