//! Which governments and ties are measured or written: the options that `analyze` and `export` share.

use std::path::{Path, PathBuf};

use clap::Args;

use super::choice::{By, Way, known, weight_rule};
use super::context::{Reading, TimeArgs, with_time};
use super::failure::Failure;
use crate::graph::NodeId;
use crate::network::Orientation;
use crate::relations::vocabulary::label;
use crate::relations::{Direction, Kind, Scale};
use crate::study::{Moment, NodeSelection, Panel, Selection};

/// Which governments and ties are read.
#[derive(Args, Clone, Debug)]
pub(super) struct SelectionArgs {
    /// Only members of this region or body; of a government all that stand under it at the date
    #[arg(long, value_name = "WHO")]
    pub(super) region: Option<String>,
    /// Only governments of this level
    #[arg(long)]
    level: Option<String>,
    /// Only governments of this rank
    #[arg(long)]
    rank: Option<String>,
    /// Keep the governments of this date over the whole series, or those that a file lists, one a line (S33)
    #[arg(long, value_name = "DATE|FILE")]
    panel: Option<String>,
    /// Let governments below this level cooperate as their superior: a level, or city, province (S33)
    #[arg(long, value_name = "LEVEL")]
    lift: Option<String>,
    /// Leave this arrangement out; may be repeated (S33)
    #[arg(long, value_name = "ID")]
    without: Vec<String>,
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
}

impl SelectionArgs {
    /// What is selected of what has been read, under the reading and the least confidence that are asked for.
    pub(super) fn selection(&self, reading: &Reading, time: &TimeArgs) -> Result<Selection, Failure> {
        self.check_words(reading)?;
        let usual = Selection::default();
        let directions = if self.direction.is_empty() {
            usual.directions.clone()
        } else {
            self.direction.iter().map(|way| Direction::from(*way)).collect()
        };
        let region = |text: &String| match reading.find_id(&[Kind::Region, Kind::Body], text, None) {
            Err(Failure::NotFound(_)) | Err(Failure::Library(_)) => {
                reading.find_id(&[Kind::Region, Kind::Body, Kind::Government], text, None)
            }
            found => found,
        };
        let without = self.without.iter().map(|text| reading.find_id(&[Kind::Arrangement], text, None));
        let selection = Selection {
            nodes: NodeSelection {
                region: self.region.as_ref().map(region).transpose()?,
                panel: self.panel.as_deref().map(|text| panel(reading, text)).transpose()?,
                level: self.level.clone(),
                rank: self.rank.clone(),
                ..NodeSelection::default()
            },
            directions,
            scale: self.by.into(),
            rank_from_level: self.rank_from_level,
            domains: self.domain.clone(),
            mechanisms: self.mechanism.clone(),
            without: without.collect::<Result<_, _>>()?,
            lift: self.lift.clone(),
            include_defining: self.include_defining,
            include_plans: self.include_plans,
            include_subordination: self.include_subordination,
            orientation: if self.directed { Orientation::Directed } else { Orientation::Undirected },
            weight: weight_rule(&self.weight, &reading.snapshot)?,
            max_parties: self.max_parties,
            ..usual
        };
        with_time(selection, time, &reading.snapshot)
    }

    /// Words that no row can hold are refused instead of selecting nothing.
    fn check_words(&self, reading: &Reading) -> Result<(), Failure> {
        check_codebook(reading, &self.domain, &self.mechanism)?;
        for (option, scale, word) in
            [("--level", Scale::Level, &self.level), ("--rank", Scale::Rank, &self.rank)]
        {
            let Some(word) = word else { continue };
            known(option, word, &reading.tiers(scale))?;
        }
        if let Some(word) = &self.lift {
            let mut list = reading.tiers(Scale::Level);
            list.extend(["city", "province", "country"].map(str::to_owned));
            known("--lift", word, &list)?;
        }
        Ok(())
    }
}

/// Domains and mechanisms that the codebook does not have are refused instead of selecting nothing.
pub(super) fn check_codebook(
    reading: &Reading,
    domains: &[String],
    mechanisms: &[String],
) -> Result<(), Failure> {
    let schema = reading.snapshot.catalogue().schema();
    for (option, key, words) in [("--domain", "domains", domains), ("--mechanism", "mechanism", mechanisms)] {
        let spec = schema.label(label::ARRANGEMENT);
        let spec = spec.and_then(|spec| spec.properties.iter().find(|property| property.key == key));
        let list = spec.map_or(&[][..], |spec| schema.codebook(spec));
        words.iter().try_for_each(|word| known(option, word, list))?;
    }
    Ok(())
}

/// The governments of a date, or those that a file lists by code, id or name.
fn panel(reading: &Reading, text: &str) -> Result<Panel, Failure> {
    if let Ok(date) = text.parse() {
        return Ok(Panel::At(Moment::new(date)));
    }
    let path = PathBuf::from(text);
    if !path.is_file() {
        return Err(Failure::Usage(format!(
            "--panel {text} is neither a date nor a file; write 2003, or name a file with a government a line (S33)"
        )));
    }
    Ok(Panel::Of(listed(reading, &path)?))
}

/// The governments that a file lists, one a line.
fn listed(reading: &Reading, path: &Path) -> Result<Vec<NodeId>, Failure> {
    let text = std::fs::read_to_string(path).map_err(Failure::io(format!("read {}", path.display())))?;
    let names = text.lines().map(str::trim).filter(|line| !line.is_empty());
    names.map(|name| reading.find_id(&[Kind::Government], name, None)).collect()
}
