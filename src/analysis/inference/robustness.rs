//! Which statements about a region are true whatever is assumed of unknown ends, of who is counted, and of the largest
//! arrangements?

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::measure::Compute;
use crate::analysis::series::ReportError;
use crate::analysis::{
    Analysis, Arcs, Cell, Centrality, CentreRule, Column, Family, Measure, Missing, Nodality,
    PolycentricityOptions, Report, centralization, centres, options, polycentricity, strengths, top_share,
    trend,
};
use crate::study::{Moment, NodeIx, NodeSelection, Panel, Selection, Slice, Study, StudyError};
use crate::value::{Persist, Reading};

/// The readings of a robust study (S29), with the years that are presumed.
const READINGS: [Reading; 6] = [
    Reading::Certain,
    Reading::Presumed(Persist::Years(3)),
    Reading::Presumed(Persist::Years(5)),
    Reading::Presumed(Persist::Years(10)),
    Reading::Presumed(Persist::Forever),
    Reading::Possible,
];

/// How many of the largest arrangements are left out, one at a time (S33).
pub const LARGEST: usize = 3;

/// The level to which governments are lifted.
const LIFTED: &str = "city";

/// A network has one centre where its degree centralization is above this; a star has 1.
const ONE_CENTRE: f64 = 0.5;

/// Or where its first government has more of all strength than this; the hub of a star has one half.
const ONE_HUB: f64 = 0.25;

/// A trend counts where the p of its Mann–Kendall test is below this.
const SIGNIFICANT: f64 = 0.05;

/// A government counts as near the front up to this rank by strength.
const FRONT: usize = 3;

/// Ranks beyond this one say little of a government and are not told.
const LAST_RANK: usize = 10;

/// How many variants are named on which a statement hangs.
const NAMED: usize = 4;

const COLUMNS: [Column; 11] = [
    Column { name: "statement", unit: "a centre from A to B is one at each date" },
    Column { name: "finding", unit: "yes where the statement is true in all variants" },
    Column { name: "true_in", unit: "variants; count" },
    Column { name: "variants", unit: "variants of which the statement can be said; count" },
    Column { name: "share", unit: "of the variants, 0 to 1" },
    Column { name: "hangs_on", unit: "variants in which it is not true" },
    Column { name: "kind", unit: "never_one_centre, more_pairs, rose, fell, centre, first or rank" },
    Column { name: "subject_id", unit: "id of the government that it is about" },
    Column { name: "rank", unit: "the rank by strength that it has at least; of first and rank" },
    Column { name: "from", unit: "first date" },
    Column { name: "to", unit: "last date" },
];

/// What one variant shows at one date.
struct Shown {
    pairs: usize,
    /// Whether there is one centre; `None` if there are no ties.
    one_centre: Option<bool>,
    polycentricity: Option<f64>,
    centres: BTreeSet<NodeIx>,
    /// The rank by strength of each government that has some: 1 plus the number of those that have more.
    ranks: BTreeMap<NodeIx, usize>,
}

/// One set of assumptions, and what it shows at each date.
struct Variant {
    name: String,
    shown: Vec<Shown>,
}

/// What a statement says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Claim {
    /// At no date there is one centre.
    NeverOneCentre,
    /// More pairs are tied at the last date than at the first.
    MorePairs,
    /// Polycentricity rises.
    Rose,
    /// Polycentricity falls.
    Fell,
    /// A government is a centre at each date.
    Centre(NodeIx),
    /// No other government has more strength at the last date.
    First(NodeIx),
    /// A government is among the first k by strength at the last date.
    Among(NodeIx, usize),
}

/// A statement about some dates, as places among those of the study, and of each variant whether it is true; `None`
/// where it cannot be said.
struct Statement {
    claim: Claim,
    from: usize,
    to: usize,
    holds: Vec<Option<bool>>,
}

impl Statement {
    fn kind(&self) -> &'static str {
        match self.claim {
            Claim::NeverOneCentre => "never_one_centre",
            Claim::MorePairs => "more_pairs",
            Claim::Rose => "rose",
            Claim::Fell => "fell",
            Claim::Centre(_) => "centre",
            Claim::First(_) => "first",
            Claim::Among(..) => "rank",
        }
    }

    fn subject(&self) -> Option<NodeIx> {
        match self.claim {
            Claim::Centre(government) | Claim::First(government) | Claim::Among(government, _) => {
                Some(government)
            }
            _ => None,
        }
    }

    /// The rank that it names.
    fn rank(&self) -> Option<usize> {
        match self.claim {
            Claim::First(_) => Some(1),
            Claim::Among(_, rank) => Some(rank),
            _ => None,
        }
    }

    fn words(&self, study: &Study, moments: &[Moment]) -> String {
        let (from, to) = (at(moments, self.from), at(moments, self.to));
        let who = self.subject().map(|own| name(study, own, moments, self.to)).unwrap_or_default();
        match self.claim {
            Claim::NeverOneCentre => format!("at no time from {from} to {to} one centre"),
            Claim::MorePairs => format!("more pairs are tied in {to} than in {from}"),
            Claim::Rose => format!("polycentricity rose from {from} to {to}"),
            Claim::Fell => format!("polycentricity fell from {from} to {to}"),
            Claim::Centre(_) if from == to => format!("{who} is a centre in {to}"),
            Claim::Centre(_) => format!("{who} is a centre from {from} to {to}"),
            Claim::First(_) => format!("{who} is first by strength in {to}"),
            Claim::Among(_, rank) => format!("{who} is among the first {rank} by strength in {to}"),
        }
    }

    fn true_in(&self) -> usize {
        self.holds.iter().filter(|own| **own == Some(true)).count()
    }

    fn said_in(&self) -> usize {
        self.holds.iter().flatten().count()
    }

    fn is_finding(&self) -> bool {
        self.said_in() > 0 && self.true_in() == self.said_in()
    }
}

/// The statements of a study, those that are true in all variants first.
fn compute(analysis: &Analysis, moments: &[Moment]) -> Result<Report, ReportError> {
    if moments.len() < 3 {
        return Err(ReportError::Option {
            measure: "robustness",
            needs: "a series of at least three dates",
            option: "years",
            example: "1997..2019",
        });
    }
    let study = analysis.study();
    let variants = variants(analysis, moments)?;
    let mut statements = vec![never_one_centre(&variants, moments, 0)];
    let robust_from =
        (1..moments.len() - 1).find(|from| never_one_centre(&variants, moments, *from).is_finding());
    if let Some(from) = robust_from.filter(|_| !statements[0].is_finding()) {
        statements.push(never_one_centre(&variants, moments, from));
    }
    statements.push(more_pairs(&variants, moments));
    statements.extend(trends(&variants, moments));
    statements.extend(centre_statements(&variants, moments));
    statements.extend(rank_statements(&variants, moments));
    statements.sort_by_key(|own| Reverse(own.is_finding()));
    let mut report = Report::new("Statements, and whether they survive every assumption", &COLUMNS);
    report.selection = study.selection().echo();
    report.note(format!(
        "{} variants: certain, presumed for 3, 5 and 10 years and forever, possible (S28); each also with the \
         governments of {} fixed, with those below {LIFTED} lifted, and without each of the {LARGEST} largest \
         arrangements (S33)",
        variants.len(),
        moments.last().map(ToString::to_string).unwrap_or_default(),
    ));
    report.note(format!(
        "one centre: degree centralization above {ONE_CENTRE}, or the first government with more than {ONE_HUB} of all \
         strength (a star has 1 and 0.5); a centre: strength above mean + 1 standard deviation; a trend: the sign of \
         the Theil–Sen slope with a Mann–Kendall p below {SIGNIFICANT}"
    ));
    for statement in &statements {
        report.push(row(study, moments, statement, &variants));
    }
    Ok(report)
}

fn row(study: &Study, moments: &[Moment], statement: &Statement, variants: &[Variant]) -> Vec<Cell> {
    let (true_in, said_in) = (statement.true_in(), statement.said_in());
    let not = variants.iter().zip(&statement.holds).filter(|(_, holds)| **holds == Some(false));
    let mut not: Vec<String> = not.map(|(variant, _)| variant.name.clone()).collect();
    if not.len() > NAMED {
        let more = not.len() - NAMED;
        not.truncate(NAMED);
        not.push(format!("{more} more"));
    }
    let share = if said_in == 0 {
        Cell::Missing(Missing::NotApplicable)
    } else {
        Cell::Float(true_in as f64 / said_in as f64)
    };
    vec![
        statement.words(study, moments).into(),
        if statement.is_finding() { "yes" } else { "no" }.into(),
        true_in.into(),
        said_in.into(),
        share,
        not.into_iter().collect(),
        statement.kind().into(),
        statement.subject().map(|own| study.id_of(own)).unwrap_or_default().into(),
        statement.rank().map_or(Cell::Missing(Missing::NotApplicable), Cell::from),
        at(moments, statement.from).into(),
        at(moments, statement.to).into(),
    ]
}

/// All variants of a study.
fn variants(analysis: &Analysis, moments: &[Moment]) -> Result<Vec<Variant>, ReportError> {
    let study = analysis.study();
    let usual = study.selection();
    let last = moments.last().copied();
    let panel = NodeSelection { panel: last.map(Panel::At), ..usual.nodes.clone() };
    let mut kinds: Vec<(String, Selection)> = vec![
        (String::new(), usual.clone()),
        (
            format!(", the governments of {}", last.map(|last| last.to_string()).unwrap_or_default()),
            Selection { nodes: panel, ..usual.clone() },
        ),
        (format!(", lifted to {LIFTED}"), Selection { lift: Some(LIFTED.to_owned()), ..usual.clone() }),
    ];
    for arrangement in study.largest_arrangements(moments, LARGEST)? {
        let without = study.without(arrangement)?.selection().clone();
        kinds.push((format!(", without {}", study.id_of(arrangement)), without));
    }
    let mut variants = Vec::new();
    for reading in READINGS {
        for (name, selection) in &kinds {
            let own = study.with(Selection { reading, ..selection.clone() })?;
            let shown = moments.iter().map(|moment| Ok(shown(&*own.slice(*moment)?)));
            variants.push(Variant {
                name: format!("{reading}{name}"),
                shown: shown.collect::<Result<_, StudyError>>()?,
            });
        }
    }
    Ok(variants)
}

fn shown(slice: &Slice) -> Shown {
    let network = &slice.network;
    let strengths = strengths(network, Arcs::All);
    let is_tied = network.tie_count() > 0;
    let above = |measured: Option<f64>, least: f64| measured.map(|value| value > least);
    let star = above(centralization(network, Centrality::Degree(Arcs::All)).ok(), ONE_CENTRE);
    let hub = above(top_share(&strengths, 1).ok(), ONE_HUB);
    let green = PolycentricityOptions { nodality: Nodality::Degree, ..PolycentricityOptions::default() };
    let found = centres(network, CentreRule::default()).map(|found| found.nodes).unwrap_or_default();
    let government = |node: u32| slice.governments.get(node as usize).copied();
    let of = |node: u32, own: f64| {
        let ahead = strengths.iter().filter(|other| other.total_cmp(&own).is_gt()).count();
        Some((government(node)?, ahead + 1))
    };
    let tied = (0_u32..).zip(&strengths).filter(|(_, own)| **own > 0.0);
    let ranks =
        tied.filter_map(|(node, own)| of(node, *own)).filter(|(_, rank)| *rank <= LAST_RANK).collect();
    Shown {
        pairs: network.pair_count(),
        one_centre: is_tied.then(|| star == Some(true) || hub == Some(true)),
        polycentricity: polycentricity(network, green).ok().filter(|_| is_tied),
        centres: found.into_iter().filter(|_| is_tied).filter_map(government).collect(),
        ranks,
    }
}

fn never_one_centre(variants: &[Variant], moments: &[Moment], from: usize) -> Statement {
    let never = |variant: &Variant| {
        let said: Vec<bool> = variant.shown.iter().skip(from).filter_map(|shown| shown.one_centre).collect();
        (!said.is_empty()).then(|| said.iter().all(|one| !one))
    };
    let holds = variants.iter().map(never).collect();
    Statement { claim: Claim::NeverOneCentre, from, to: moments.len() - 1, holds }
}

fn at(moments: &[Moment], place: usize) -> String {
    moments.get(place).map(ToString::to_string).unwrap_or_default()
}

fn more_pairs(variants: &[Variant], moments: &[Moment]) -> Statement {
    let more = |variant: &Variant| Some(variant.shown.last()?.pairs > variant.shown.first()?.pairs);
    let holds = variants.iter().map(more).collect();
    Statement { claim: Claim::MorePairs, from: 0, to: moments.len() - 1, holds }
}

/// Whether polycentricity rose, and whether it fell.
fn trends(variants: &[Variant], moments: &[Moment]) -> Vec<Statement> {
    let trends: Vec<_> = variants
        .iter()
        .map(|variant| {
            let values =
                (0_i32..).zip(&variant.shown).filter_map(|(at, shown)| Some((at, shown.polycentricity?)));
            trend(&values.collect::<Vec<_>>()).ok()
        })
        .collect();
    let statement = |claim: Claim, sign: f64| {
        let holds = trends.iter().map(|own| own.map(|own| own.p < SIGNIFICANT && own.slope * sign > 0.0));
        Statement { claim, from: 0, to: moments.len() - 1, holds: holds.collect() }
    };
    vec![statement(Claim::Rose, 1.0), statement(Claim::Fell, -1.0)]
}

/// For each government and date at which it is a centre in some variant: said once for a run of dates at which it is so
/// in all, and of the last date for the others.
fn centre_statements(variants: &[Variant], moments: &[Moment]) -> Vec<Statement> {
    let all: BTreeSet<NodeIx> = variants
        .iter()
        .flat_map(|variant| &variant.shown)
        .flat_map(|shown| shown.centres.iter().copied())
        .collect();
    let holds_at = |government: NodeIx, place: usize| -> Vec<Option<bool>> {
        let of = |variant: &Variant| {
            let shown = variant.shown.get(place)?;
            shown.one_centre.map(|_| shown.centres.contains(&government))
        };
        variants.iter().map(of).collect()
    };
    let in_all = |government: NodeIx, place: usize| {
        let holds = holds_at(government, place);
        holds.iter().flatten().count() > 0 && holds.iter().flatten().all(|own| *own)
    };
    let mut statements = Vec::new();
    for government in all {
        let mut place = 0;
        while place < moments.len() {
            let start = place;
            while place < moments.len() && in_all(government, place) {
                place += 1;
            }
            if place > start {
                let (claim, to) = (Claim::Centre(government), place - 1);
                statements.push(Statement { claim, from: start, to, holds: holds_at(government, to) });
            }
            place += 1;
        }
        let last = moments.len() - 1;
        let holds = holds_at(government, last);
        if holds.contains(&Some(true)) && !in_all(government, last) {
            statements.push(Statement { claim: Claim::Centre(government), from: last, to: last, holds });
        }
    }
    statements.sort_by_key(|statement| Reverse(statement.true_in()));
    statements
}

/// Of the strengths at the last date: who is first, who is among the first [`FRONT`], and of those that are there in some
/// variant the rank that they have or are better than in every one.
fn rank_statements(variants: &[Variant], moments: &[Moment]) -> Vec<Statement> {
    let last = moments.len() - 1;
    let ranks: Vec<Option<&BTreeMap<NodeIx, usize>>> = variants
        .iter()
        .map(|variant| Some(&variant.shown.get(last)?.ranks).filter(|own| !own.is_empty()))
        .collect();
    let among = |government: NodeIx, most: usize| -> Vec<Option<bool>> {
        let is_among = |own: &BTreeMap<NodeIx, usize>| own.get(&government).is_some_and(|rank| *rank <= most);
        ranks.iter().map(|own| own.map(is_among)).collect()
    };
    let statement = |claim, holds| Statement { claim, from: last, to: last, holds };
    let front: BTreeSet<NodeIx> = ranks
        .iter()
        .flatten()
        .flat_map(|own| own.iter().filter(|(_, rank)| **rank <= FRONT).map(|(government, _)| *government))
        .collect();
    let mut statements = Vec::new();
    for government in front {
        let first = among(government, 1);
        if first.contains(&Some(true)) {
            statements.push(statement(Claim::First(government), first));
        }
        let worst = ranks.iter().flatten().map(|own| own.get(&government).copied());
        let worst = worst.max_by_key(|rank| rank.unwrap_or(usize::MAX)).flatten();
        if worst.is_none_or(|worst| worst > FRONT) {
            statements.push(statement(Claim::Among(government, FRONT), among(government, FRONT)));
        }
        if let Some(worst) = worst.filter(|worst| *worst > 1) {
            statements.push(statement(Claim::Among(government, worst), among(government, worst)));
        }
    }
    statements.sort_by_key(|statement| Reverse(statement.true_in()));
    statements
}

fn name(study: &Study, government: NodeIx, moments: &[Moment], place: usize) -> String {
    let english = study.text_of(government, "name_en");
    if !english.is_empty() {
        return english;
    }
    moments.get(place).map(|moment| study.name(government, *moment).to_string()).unwrap_or_default()
}

/// The measure as it stands in the table.
pub(in crate::analysis) const MEASURE: Measure = Measure {
    name: "robustness",
    family: Family::Inference,
    title: "Robustness",
    question: "which statements about a region are true whatever is assumed?",
    formula: "each statement under every reading, level and omission of a large arrangement",
    source: "Theil and Sen 1968; Mann 1945, Kendall 1975; S28, S29, S33",
    oracle: "scipy kendalltau, theilslopes",
    cost: "O(r n m) for r readings",
    options: &options::WEIGHTED_TIES,
    parameters: &[],
    columns: &COLUMNS,
    directed: &[],
    compute: Compute::Rows(compute),
};
