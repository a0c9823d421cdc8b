use clap::Args;

use crate::analysis::{Column, Report};
use crate::cli::choice::{By, Way};
use crate::cli::context::{ReadArgs, Reading, value_cell};
use crate::cli::failure::Failure;
use crate::cli::tally::Tally;
use crate::graph::NodeIx;
use crate::relations::{Basis, Direction, Kind, Members, Provinces, Reach, TieOptions, TieRef, TierSchemes};
use crate::value::Day;

/// List the ties of a government, or among the members of a region or body
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n\
    \x20 intergov ties intergov-demo/store 湖州市 --as-of 2010 --direction horizontal\n\
    \x20 intergov ties intergov-demo/store yangtze-delta --during 2004..2010 --format json")]
pub(in crate::cli) struct Ties {
    #[command(flatten)]
    pub(in crate::cli) read: ReadArgs,
    /// A government, region or body: id, code or name
    #[arg(value_name = "WHO")]
    who: String,
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

const COLUMNS: [Column; 22] = [
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
    Column { name: "role", unit: "of the one" },
    Column { name: "other_role", unit: "of the other" },
    Column { name: "orientation", unit: "both, out, in" },
    Column { name: "scope", unit: "of the two" },
    Column { name: "holds", unit: "certain or possible, in the time that is read" },
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
        let reading = Reading::around(&self.read.db, &self.read.time, (&kinds, &self.who), Reach::Ties)?;
        let (window, day) = (self.read.time.window()?, self.read.time.day()?);
        let who = reading.find(&kinds, &self.who, day)?;
        let options = TieOptions {
            scale: self.by.into(),
            rank_from_level: self.rank_from_level,
            ..TieOptions::default()
        };
        let table = reading.ties(&options);
        let group = reading.snapshot.node_at(who).filter(|node| !node.has_label("Government"));
        let members: Option<Vec<NodeIx>> = group.map(|group| {
            let members = Members::of(group);
            match window {
                Some(window) => members.during(window, self.read.time.period.possible),
                None => members.iter().map(|member| member.government()).collect(),
            }
        });
        let mut report = Report::new(format!("Ties of {}", self.who), &COLUMNS);
        report.selection.push(("by".into(), options.scale.to_string()));
        let directions: Vec<Direction> = self.direction.iter().map(|way| Direction::from(*way)).collect();
        let mut tally = Tally::new(&self.read.time, window, &reading.snapshot);
        let schemes = TierSchemes::of(&reading.snapshot);
        let view =
            View { reading: &reading, provinces: Provinces::of(&reading.snapshot, &schemes), who, day };
        for tie in table.ties() {
            let concerned = match &members {
                Some(members) => members.contains(&tie.source) && members.contains(&tie.target),
                None => tie.source == who || tie.target == who,
            };
            let asked = concerned && (directions.is_empty() || directions.contains(&tie.direction));
            let confidence = tie.value("confidence");
            if asked && tally.admits(tie.extent, confidence.as_ref()) {
                report.push(row(&view, tie, tally.is_certain(tie.extent)));
            }
        }
        report.rows.sort_by_cached_key(|row| row.iter().map(ToString::to_string).collect::<Vec<_>>());
        tally.note(&mut report, "ties");
        let is_party = |arrangement: NodeIx| {
            let arrangement = reading.snapshot.node_at(arrangement);
            arrangement.is_some_and(|node| {
                node.in_edges_of("PARTY_TO").any(|row| match &members {
                    Some(members) => members.contains(&row.source_ix()),
                    None => row.source_ix() == who,
                })
            })
        };
        if let Some(cut) = table.unexpanded_among(is_party) {
            report.note(cut);
        }
        self.read.write(&report)
    }
}

/// What every row of the list is shown by.
struct View<'a> {
    reading: &'a Reading,
    provinces: Provinces<'a>,
    who: NodeIx,
    day: Option<Day>,
}

fn row(view: &View<'_>, tie: TieRef<'_>, certain_then: bool) -> Vec<crate::analysis::Cell> {
    let View { reading, provinces, who, day } = view;
    let (who, day) = (*who, *day);
    // A tie is shown from the side of the one that was asked for.
    let turned = tie.target == who;
    let (one, other) = if turned { (tie.target, tie.source) } else { (tie.source, tie.target) };
    let (role, other_role) = if turned { (tie.roles.1, tie.roles.0) } else { tie.roles };
    let orientation = if tie.symmetric {
        "both"
    } else if turned {
        "in"
    } else {
        "out"
    };
    // Codes and names as they stand at the date, else on the first day of the tie.
    let named_at =
        day.or_else(|| tie.extent.certain.map(|certain| certain.from)).filter(|day| *day != Day::MIN);
    let state = |ix, key: &str| reading.cell(ix, key, named_at);
    let arrangement = tie.arrangement();
    let of_arrangement = |key: &str| arrangement.map_or_else(String::new, |ix| reading.text(ix, key, None));
    let certain = |pick: fn(crate::value::Span) -> Day| {
        tie.extent.certain.map_or_else(String::new, |span| pick(span).to_string())
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
        role_text(role).into(),
        role_text(other_role).into(),
        orientation.into(),
        named_at.map_or_else(String::new, scope).into(),
        if certain_then { "certain" } else { "possible" }.into(),
        tie.basis.kind().into(),
        value_cell(tie.value("confidence").as_ref()),
        certain(|span| span.from).into(),
        certain(|span| span.to).into(),
        value_cell(tie.value("source").as_ref()),
        tie.id().into(),
    ]
}
