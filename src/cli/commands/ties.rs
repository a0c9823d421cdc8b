use std::sync::Arc;

use clap::Args;

use crate::analysis::{Cell, Column, Report};
use crate::cli::choice::{By, Way};
use crate::cli::context::{ReadArgs, Reading, value_cell, with_time};
use crate::cli::failure::Failure;
use crate::cli::selection::check_codebook;
use crate::cli::tally::note_ties;
use crate::relations::vocabulary::label;

use super::partners::{orientation, partners, turns};
use crate::error::Error;
use crate::graph::{NodeId, NodeIx};
use crate::relations::{Basis, Direction, Kind, Provinces, Reach, TieRef, TieTable, TierSchemes};
use crate::study::{NodeSelection, Selection, Study, Subjects};
use crate::value::{AsOf, Day, Extent, InForce};

/// List the ties of a government, or among the members of a region or body
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n\
    \x20 intergov ties intergov-demo/store 湖州市 --as-of 2010 --direction horizontal\n\
    \x20 intergov ties intergov-demo/store yangtze-delta --during 2004..2010 --format json")]
pub(in crate::cli) struct Ties {
    #[command(flatten)]
    pub(in crate::cli) read: ReadArgs,
    /// A government, region or body: id, code or name; without one the ties of all governments
    #[arg(value_name = "WHO")]
    who: Option<String>,
    /// One row a partner: weight, ties, since when, arrangements; subordination apart
    #[arg(long, requires = "who", conflicts_with_all = ["from", "to"])]
    partners: bool,
    /// Tell which partners were kept, new and lost since this date; goes with --to
    #[arg(long, value_name = "DATE", requires_all = ["who", "to"], conflicts_with_all = ["as_of", "during"])]
    from: Option<String>,
    /// The later date of --from
    #[arg(long, value_name = "DATE", requires = "from")]
    to: Option<String>,
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
    /// Only ties of this direction; may be repeated
    #[arg(long, value_enum)]
    direction: Vec<Way>,
}

const COLUMNS: [Column; 23] = [
    Column { name: "direction", unit: "" },
    Column { name: "code", unit: "of the one" },
    Column { name: "name", unit: "of the one" },
    Column { name: "other_code", unit: "of the other" },
    Column { name: "other_name", unit: "of the other" },
    Column { name: "arrangement", unit: "id" },
    Column { name: "arrangement_name", unit: "" },
    Column { name: "valid_from", unit: "" },
    Column { name: "valid_to", unit: "" },
    Column { name: "mechanism", unit: "" },
    Column { name: "domains", unit: "separated by ;" },
    Column { name: "weight", unit: "what the tie gives to the weight of its pair (S32)" },
    Column { name: "role", unit: "of the one" },
    Column { name: "other_role", unit: "of the other" },
    Column { name: "orientation", unit: "both, out, in" },
    Column { name: "scope", unit: "of the two" },
    Column { name: "holds", unit: "certain, presumed or possible, in the time that is read" },
    Column { name: "basis", unit: "" },
    Column { name: "confidence", unit: "" },
    Column { name: "certain_from", unit: "first day on which it certainly holds" },
    Column { name: "certain_to", unit: "first day on which it no longer certainly holds" },
    Column { name: "source", unit: "ids" },
    Column { name: "id", unit: "of the tie" },
];

impl Ties {
    pub(in crate::cli) fn run(&self) -> Result<(), Failure> {
        let kinds = [Kind::Government, Kind::Region, Kind::Body];
        let time = &self.read.time;
        let reading = match &self.who {
            Some(who) => Reading::around(&self.read.db, time, (&kinds, who), Reach::Ties)?,
            None => Reading::at(&self.read.db, time)?,
        };
        let (as_of, day) = (time.as_of(&reading.snapshot)?, time.day()?);
        let who = self.who.as_deref().map(|who| reading.find(&kinds, who, day)).transpose()?;
        let selection = self.selection(who.map(|who| reading.node_id(who)).transpose()?, &reading)?;
        let ties = Arc::new(reading.ties(&selection.tie_options()));
        if let Some(who) = who.filter(|_| self.partners || self.from.is_some()) {
            return self.of_partners(&reading, ties, selection, who);
        }
        let of = self.who.as_deref().map(|who| format!(" of {who}")).unwrap_or_default();
        let mut report = Report::new(format!("Ties{of}"), &COLUMNS);
        report.selection.push(("by".into(), selection.scale.to_string()));
        report.selection.push(("weight".into(), selection.weight.to_string()));
        report.selection.push(("reading".into(), selection.reading.to_string()));
        let study = Study::new(ties, selection, Subjects::default()).map_err(Error::from)?;
        let counted = study.counted(as_of).map_err(Error::from)?;
        let schemes = TierSchemes::of(&reading.snapshot);
        let view =
            View { reading: &reading, provinces: Provinces::of(&reading.snapshot, &schemes), who, day };
        for (tie, weight) in counted.weighted() {
            report.push(row(&view, tie, weight, as_of));
        }
        report.rows.sort_by_cached_key(|row| row.iter().map(ToString::to_string).collect::<Vec<_>>());
        note_ties(&counted, &mut report);
        report.notes.extend(counted.ties.unexpanded_among(|_| counted.left_out.cut > 0));
        self.read.write(&report)
    }

    /// The partners of a government, or how they changed between two dates.
    fn of_partners(
        &self,
        reading: &Reading,
        ties: Arc<TieTable>,
        selection: Selection,
        who: NodeIx,
    ) -> Result<(), Failure> {
        if !reading.snapshot.node_at(who).is_some_and(|node| node.has_label(label::GOVERNMENT)) {
            return Err(Failure::Usage(format!(
                "{} is a group; partners are those of one government",
                self.who.as_deref().unwrap_or_default()
            )));
        }
        let chosen = selection.reading;
        let study = Study::new(ties, selection, Subjects::default()).map_err(Error::from)?;
        let title = format!("Partners of {}", self.who.as_deref().unwrap_or_default());
        let mut report = match (&self.from, &self.to) {
            (Some(from), Some(to)) => {
                let at = |text: &str| -> Result<_, Failure> {
                    Ok(study.counted(AsOf::date(text.parse()?, chosen)).map_err(Error::from)?)
                };
                let (before, after) = (at(from)?, at(to)?);
                if after.as_of.last_day() < before.as_of.last_day() {
                    return Err(Failure::Usage(format!(
                        "--from {from} lies after --to {to}; write --from {to} --to {from}"
                    )));
                }
                turns(reading, (&before, &after), who, format!("{title}, {from} to {to}"))
            }
            _ => {
                let counted = study.counted(self.read.time.as_of(&reading.snapshot)?).map_err(Error::from)?;
                let mut report = partners(reading, &counted, who, title);
                note_ties(&counted, &mut report);
                report
            }
        };
        report.selection.push(("reading".into(), chosen.to_string()));
        self.read.write(&report)
    }

    /// All ties of a government, between the members of a group, or of all.
    fn selection(&self, who: Option<NodeId>, reading: &Reading) -> Result<Selection, Failure> {
        // Superiors, and those who approve along the line, are not partners (S6).
        let is_of_partners = self.partners || self.from.is_some();
        let all = Selection::all_ties(!is_of_partners);
        let node = who.and_then(|who| reading.snapshot.node(who));
        let is_government = node.is_some_and(|node| node.has_label(label::GOVERNMENT));
        let (of, region) = if is_government { (who, None) } else { (None, who) };
        check_codebook(reading, &self.domain, &self.mechanism)?;
        let asked: Vec<Direction> = self.direction.iter().map(|way| Direction::from(*way)).collect();
        let usual = if is_of_partners { Selection::default().directions } else { all.directions.clone() };
        let directions = if asked.is_empty() { usual } else { asked };
        let selection = Selection {
            nodes: NodeSelection { region, of, ..NodeSelection::default() },
            include_subordination: all.include_subordination && directions.contains(&Direction::Vertical),
            domains: self.domain.clone(),
            mechanisms: self.mechanism.clone(),
            directions,
            scale: self.by.into(),
            rank_from_level: self.rank_from_level,
            ..all
        };
        with_time(selection, &self.read.time, &reading.snapshot)
    }
}

/// What every row of the list is shown by.
struct View<'a> {
    reading: &'a Reading,
    provinces: Provinces<'a>,
    who: Option<NodeIx>,
    day: Option<Day>,
}

/// How surely a tie is in force; where no time is read, whether any day is certain.
fn in_force(extent: Extent, as_of: AsOf) -> String {
    match as_of.window() {
        Some(_) => as_of.in_force(extent).to_string(),
        None if extent.certain().is_some() => InForce::Certainly.to_string(),
        None => InForce::Possibly.to_string(),
    }
}

fn row(view: &View<'_>, tie: TieRef<'_>, weight: f64, as_of: AsOf) -> Vec<Cell> {
    let View { reading, provinces, who, day } = view;
    let (who, day) = (*who, *day);
    // A tie is shown from the side of the one that was asked for.
    let turned = Some(tie.target) == who;
    let (one, other) = if turned { (tie.target, tie.source) } else { (tie.source, tie.target) };
    let (role, other_role) = if turned { (tie.roles.1, tie.roles.0) } else { tie.roles };
    // Codes and names as they stand at the date, else on the first day of the tie.
    let named_at =
        day.or_else(|| tie.extent.certain().map(|certain| certain.from)).filter(|day| *day != Day::MIN);
    let state = |ix, key: &str| reading.cell(ix, key, named_at);
    let arrangement = tie.arrangement();
    let of_arrangement = |key: &str| arrangement.map_or_else(String::new, |ix| reading.text(ix, key, None));
    let certain = |pick: fn(crate::value::Span) -> Day| {
        tie.extent.certain().map_or_else(String::new, |span| pick(span).to_string())
    };
    let subordination = matches!(tie.basis, Basis::Subordination(_));
    let role_text =
        |role: crate::relations::Role| if subordination { String::new() } else { role.to_string() };
    let scope = |day| provinces.scope(&[tie.source, tie.target], day).to_string();
    vec![
        tie.direction.to_string().into(),
        state(one, "code"),
        state(one, "name"),
        state(other, "code"),
        state(other, "name"),
        of_arrangement("id").into(),
        of_arrangement("name").into(),
        tie.from.to_string().into(),
        tie.to.to_string().into(),
        value_cell(tie.value("mechanism").as_ref()),
        value_cell(tie.value("domains").as_ref()),
        Cell::Float(weight),
        role_text(role).into(),
        role_text(other_role).into(),
        orientation(tie, turned).into(),
        named_at.map_or_else(String::new, scope).into(),
        in_force(tie.extent, as_of).into(),
        tie.basis.kind().into(),
        value_cell(tie.value("confidence").as_ref()),
        certain(|span| span.from).into(),
        certain(|span| span.to).into(),
        value_cell(tie.value("source").as_ref()),
        tie.id().into(),
    ]
}
