use std::path::PathBuf;

use clap::Args;

use crate::analysis::{Column, MEASURES, Report};
use crate::cli::context::{Reading, TimeArgs, moments, scale, with_time};
use crate::cli::failure::Failure;
use crate::cli::output::OutputArgs;
use crate::network::{NodeSelection, Orientation, Selection, Subjects, WeightRule};
use crate::relations::{Direction, Kind};

/// Compute a measure at a date or over years; --list names them all
#[derive(Args, Debug)]
pub(in crate::cli) struct Analyze {
    /// The store
    #[arg(value_name = "DB", required_unless_present = "list")]
    db: Option<PathBuf>,
    /// The measure
    #[arg(value_name = "MEASURE", required_unless_present = "list")]
    measure: Option<String>,
    /// List the measures: question, source, options, columns with units
    #[arg(long)]
    list: bool,
    /// A series of years, both included: 1997..2019
    #[arg(long, value_name = "A..B")]
    years: Option<String>,
    /// Only members of this region or body
    #[arg(long, value_name = "WHO")]
    region: Option<String>,
    /// The territory whose powers are asked for
    #[arg(long, value_name = "WHO")]
    territory: Option<String>,
    /// The body whose entry rules are asked for
    #[arg(long, value_name = "WHO")]
    body: Option<String>,
    /// Only governments of this level
    #[arg(long)]
    level: Option<String>,
    /// Only governments of this rank
    #[arg(long)]
    rank: Option<String>,
    /// Only this government; may be repeated
    #[arg(long, value_name = "WHO")]
    only: Vec<String>,
    /// Only ties of this direction; may be repeated
    #[arg(long)]
    direction: Vec<String>,
    /// Only arrangements of this domain; may be repeated
    #[arg(long)]
    domain: Vec<String>,
    /// Only arrangements of this mechanism; may be repeated
    #[arg(long)]
    mechanism: Vec<String>,
    /// Directions by rank or by level
    #[arg(long, default_value = "rank")]
    by: String,
    /// Take a rank that is not recorded from the level (S21)
    #[arg(long)]
    rank_from_level: bool,
    /// Count the arrangement that defines the region's membership (S25)
    #[arg(long)]
    include_defining: bool,
    /// Count plans laid over all members (S25)
    #[arg(long)]
    include_plans: bool,
    /// Count subordination and acts along the line (S6)
    #[arg(long)]
    include_subordination: bool,
    /// Weight of a pair: newman (sum of 1/(k-1)) or count (S26)
    #[arg(long, default_value = "newman")]
    weight: String,
    /// Keep the orientation of ties
    #[arg(long)]
    directed: bool,
    /// How far below a threshold is still a near miss, as a share of it
    #[arg(long, default_value_t = 0.1)]
    tolerance: f64,
    /// Show all statements of a fact (S19)
    #[arg(long)]
    all_statements: bool,
    #[command(flatten)]
    time: TimeArgs,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs,
}

impl Analyze {
    pub(in crate::cli) fn run(&self) -> Result<(), Failure> {
        let (Some(db), Some(measure), false) = (&self.db, &self.measure, self.list) else {
            return self.output.write(&measures());
        };
        check_name(measure)?;
        let reading = Reading::open(db)?;
        let moments = moments(self.years.as_deref(), &self.time)?;
        let selection = with_time(self.selection(&reading)?, &self.time);
        let subjects = self.subjects(&reading)?;
        let mut report = reading.db.analyze(measure, &moments, selection, subjects)?;
        if let Some(region) = &self.region {
            report.selection.insert(0, ("region".into(), region.clone()));
        }
        self.output.write(&report)
    }

    fn selection(&self, reading: &Reading) -> Result<Selection, Failure> {
        let day = self.time.day()?;
        let groups = [Kind::Region, Kind::Body];
        let region = self.region.as_deref().map(|text| reading.find(&groups, text, None)).transpose()?;
        let only: Result<Vec<_>, Failure> =
            self.only.iter().map(|text| reading.find(&[Kind::Government], text, day)).collect();
        let usual = Selection::default();
        let directions: Result<Vec<Direction>, Failure> =
            self.direction.iter().map(|text| direction(text)).collect();
        let directions = if self.direction.is_empty() { usual.directions } else { directions? };
        Ok(Selection {
            nodes: NodeSelection { region, level: self.level.clone(), rank: self.rank.clone(), only: only? },
            directions,
            scale: scale(&self.by)?,
            rank_from_level: self.rank_from_level,
            domains: self.domain.clone(),
            mechanisms: self.mechanism.clone(),
            include_defining: self.include_defining,
            include_plans: self.include_plans,
            include_subordination: self.include_subordination,
            orientation: if self.directed { Orientation::Directed } else { Orientation::Undirected },
            weight: match self.weight.as_str() {
                "newman" => WeightRule::Newman,
                "count" => WeightRule::Count,
                other => return Err(Failure::Usage(format!("--weight {other}: write newman or count"))),
            },
            ..Selection::default()
        })
    }

    fn subjects(&self, reading: &Reading) -> Result<Subjects, Failure> {
        let day = self.time.day()?;
        let find = |kinds: &[Kind], text: &Option<String>| {
            text.as_deref().map(|text| reading.find(kinds, text, day)).transpose()
        };
        Ok(Subjects {
            territory: find(&[Kind::Government], &self.territory)?,
            body: find(&[Kind::Body], &self.body)?,
            tolerance: self.tolerance,
            all_statements: self.all_statements,
        })
    }
}

fn direction(text: &str) -> Result<Direction, Failure> {
    let all = [Direction::Vertical, Direction::Horizontal, Direction::Diagonal, Direction::Unclassified];
    let found = all.into_iter().find(|direction| direction.to_string() == text);
    found.ok_or_else(|| {
        Failure::Usage(format!("--direction {text}: write vertical, horizontal, diagonal or unclassified"))
    })
}

/// A measure that does not exist is answered with the nearest name.
fn check_name(name: &str) -> Result<(), Failure> {
    if MEASURES.iter().any(|measure| measure.name == name) {
        return Ok(());
    }
    let near = MEASURES
        .iter()
        .max_by(|a, b| strsim::jaro_winkler(a.name, name).total_cmp(&strsim::jaro_winkler(b.name, name)));
    let near = near.map_or_else(String::new, |measure| format!("did you mean {}? ", measure.name));
    Err(Failure::NotFound(format!("there is no measure “{name}”; {near}analyze --list names them all")))
}

const LIST: [Column; 5] = [
    Column { name: "measure", unit: "" },
    Column { name: "question", unit: "" },
    Column { name: "source", unit: "" },
    Column { name: "options", unit: "beside selection and dates" },
    Column { name: "columns", unit: "name (unit)" },
];

fn measures() -> Report {
    let mut report = Report::new("Measures", &LIST);
    for measure in MEASURES {
        let columns: Vec<String> =
            measure.columns.iter().map(|column| format!("{} ({})", column.name, column.unit)).collect();
        report.push(vec![
            measure.name.into(),
            measure.question.into(),
            measure.source.into(),
            measure.options.join(" ").into(),
            columns.join("; ").into(),
        ]);
    }
    report
}
