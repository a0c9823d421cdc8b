use std::path::PathBuf;

use clap::Args;

use crate::analysis::{Column, MEASURES, Report};
use crate::cli::choice::{By, Way, known, weight_rule};
use crate::cli::context::{Reading, TimeArgs, moments, with_time};
use crate::cli::failure::Failure;
use crate::cli::output::OutputArgs;
use crate::cli::progress::Progress;
use crate::network::Orientation;
use crate::relations::{Direction, Kind, Scale};
use crate::study::{NodeSelection, Selection, Subjects};
use crate::value::nearest;

/// Compute a measure at a date or over years; --list names them all
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n\
    \x20 intergov analyze --list\n\
    \x20 intergov analyze intergov-demo/store density --region yangtze-delta --years 1997..2019\n\
    \x20 intergov analyze intergov-demo/store powers --territory 652300 --as-of 2010")]
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
    #[arg(long, value_name = "A..B", conflicts_with_all = ["as_of", "during"])]
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
    /// Show only the row of this government; the network stays whole. May be repeated
    #[arg(long, value_name = "WHO")]
    only: Vec<String>,
    /// Only ties of this direction; may be repeated
    #[arg(long, value_enum)]
    direction: Vec<Way>,
    /// Only arrangements of this domain; may be repeated
    #[arg(long)]
    domain: Vec<String>,
    /// Only arrangements of this mechanism; may be repeated
    #[arg(long)]
    mechanism: Vec<String>,
    /// Directions by rank or by level
    #[arg(long, value_enum, default_value_t = By::Rank)]
    by: By,
    /// Take a rank that is not recorded from the level (S21)
    #[arg(long)]
    rank_from_level: bool,
    /// Count the arrangement that defines the region's membership (S25)
    #[arg(long)]
    include_defining: bool,
    /// Count plans that name nearly all of the governments (S25)
    #[arg(long)]
    include_plans: bool,
    /// Count subordination and acts along the line (S6)
    #[arg(long)]
    include_subordination: bool,
    /// Weight of a pair (S32): newman, count, sum, or a number of the rows by its key, for example amount_minor
    #[arg(long, value_name = "RULE", default_value = "newman")]
    weight: String,
    /// Leave arrangements of more governments at the date unexpanded (S35)
    #[arg(long, value_name = "N", default_value_t = 5_000)]
    max_parties: usize,
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
    pub(in crate::cli) fn run(&self, progress: bool) -> Result<(), Failure> {
        let (Some(db), Some(measure), false) = (&self.db, &self.measure, self.list) else {
            return self.output.write(&measures(), &[]);
        };
        check_name(measure)?;
        let reading = Reading::at(db, &self.time)?;
        let moments = moments(self.years.as_deref(), &self.time)?;
        let selection = with_time(self.selection(&reading)?, &self.time);
        let subjects = self.subjects(&reading)?;
        let sign = Progress::new(progress, "measuring");
        let mut report = reading.db.analyze(measure, &moments, selection, subjects)?;
        drop(sign);
        if let Some(region) = &self.region {
            report.selection.insert(0, ("region".into(), region.clone()));
        }
        self.output.write(&report, &[db])
    }

    fn selection(&self, reading: &Reading) -> Result<Selection, Failure> {
        let groups = [Kind::Region, Kind::Body];
        let region = self.region.as_deref().map(|text| reading.find_id(&groups, text, None)).transpose()?;
        let usual = Selection::default();
        let directions = if self.direction.is_empty() {
            usual.directions
        } else {
            self.direction.iter().map(|way| Direction::from(*way)).collect()
        };
        self.check_words(reading)?;
        Ok(Selection {
            nodes: NodeSelection {
                region,
                level: self.level.clone(),
                rank: self.rank.clone(),
                ..NodeSelection::default()
            },
            directions,
            scale: self.by.into(),
            rank_from_level: self.rank_from_level,
            domains: self.domain.clone(),
            mechanisms: self.mechanism.clone(),
            include_defining: self.include_defining,
            include_plans: self.include_plans,
            include_subordination: self.include_subordination,
            orientation: if self.directed { Orientation::Directed } else { Orientation::Undirected },
            weight: weight_rule(&self.weight, &reading.snapshot)?,
            max_parties: self.max_parties,
            ..Selection::default()
        })
    }

    /// Words that no row can hold are refused instead of selecting nothing.
    fn check_words(&self, reading: &Reading) -> Result<(), Failure> {
        let schema = reading.snapshot.catalogue().schema();
        for (option, key, words) in
            [("--domain", "domains", &self.domain), ("--mechanism", "mechanism", &self.mechanism)]
        {
            let spec = schema.label("Arrangement");
            let spec = spec.and_then(|spec| spec.properties.iter().find(|property| property.key == key));
            let list: Vec<&str> =
                spec.map_or(&[][..], |spec| schema.codebook(spec)).iter().map(String::as_str).collect();
            words.iter().try_for_each(|word| known(option, word, &list))?;
        }
        for (option, scale, word) in
            [("--level", Scale::Level, &self.level), ("--rank", Scale::Rank, &self.rank)]
        {
            let Some(word) = word else { continue };
            let list = reading.tiers(scale);
            known(option, word, &list.iter().map(String::as_str).collect::<Vec<_>>())?;
        }
        Ok(())
    }

    fn subjects(&self, reading: &Reading) -> Result<Subjects, Failure> {
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
            only: only?,
        })
    }
}

/// A measure that does not exist is answered with the nearest name.
fn check_name(name: &str) -> Result<(), Failure> {
    if MEASURES.iter().any(|measure| measure.name == name) {
        return Ok(());
    }
    let near = nearest(name, MEASURES.iter().map(|measure| measure.name), 1);
    let near = near.first().map_or_else(String::new, |near| format!("did you mean {near}? "));
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
