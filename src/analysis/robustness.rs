//! Which statements about a region are true whatever is assumed of unknown ends, of who is counted, and of the largest
//! arrangements?

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::series::ReportError;
use super::{
    Analysis, Arcs, Cell, Centrality, CentreRule, Column, Missing, Nodality, PolycentricityOptions, Report,
    centralization, centres, polycentricity, strengths, top_share, trend,
};
use crate::study::{GovernmentIx, Moment, NodeSelection, Panel, Selection, Slice, Study, StudyError};
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

/// So many of the largest arrangements are left out, one at a time.
const LARGEST: usize = 3;

/// The level to which governments are lifted.
const LIFTED: &str = "city";

/// A network has one centre where its degree centralization is above this; a star has 1.
const ONE_CENTRE: f64 = 0.5;

/// Or where its first government has more of all strength than this; the hub of a star has one half.
const ONE_HUB: f64 = 0.25;

/// A trend counts where the p of its Mann–Kendall test is below this.
const SIGNIFICANT: f64 = 0.05;

/// How many variants are named on which a statement hangs.
const NAMED: usize = 4;

pub(super) const ROBUSTNESS: [Column; 7] = [
    Column { name: "finding", unit: "yes where the statement is true in all variants" },
    Column { name: "statement", unit: "" },
    Column { name: "true_in", unit: "variants; count" },
    Column { name: "variants", unit: "variants of which the statement can be said; count" },
    Column { name: "share", unit: "of the variants, 0 to 1" },
    Column { name: "hangs_on", unit: "variants in which it is not true" },
    Column { name: "kind", unit: "one_centre, pairs, trend, centre or first" },
];

/// What one variant shows at one date.
struct Shown {
    pairs: usize,
    /// Whether there is one centre; `None` where there are no ties.
    one_centre: Option<bool>,
    polycentricity: Option<f64>,
    centres: BTreeSet<GovernmentIx>,
    first: Option<GovernmentIx>,
}

/// One set of assumptions, and what it shows at each date.
struct Variant {
    name: String,
    shown: Vec<Shown>,
}

/// A statement: its words, and of each variant whether it is true; `None` where it cannot be said.
struct Statement {
    kind: &'static str,
    words: String,
    holds: Vec<Option<bool>>,
}

impl Statement {
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
pub(super) fn robustness_report(analysis: &Analysis, moments: &[Moment]) -> Result<Report, ReportError> {
    if moments.len() < 3 {
        return Err(ReportError::Option {
            measure: "robustness",
            option: "a series of at least three dates",
            example: "--years 1997..2019",
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
    statements.extend(centre_statements(study, &variants, moments));
    statements.extend(first_statements(study, &variants, moments));
    statements.sort_by_key(|own| Reverse(own.is_finding()));
    let mut report = Report::new("Statements, and whether they survive every assumption", &ROBUSTNESS);
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
        report.push(row(statement, &variants));
    }
    Ok(report)
}

fn row(statement: &Statement, variants: &[Variant]) -> Vec<Cell> {
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
        if statement.is_finding() { "yes" } else { "no" }.into(),
        statement.words.as_str().into(),
        true_in.into(),
        said_in.into(),
        share,
        not.into_iter().collect(),
        statement.kind.into(),
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
    for arrangement in largest(study, moments)? {
        let node = study.snapshot().node_at(arrangement);
        let mut without = usual.without.clone();
        without.extend(node.map(|node| node.id()));
        kinds.push((
            format!(", without {}", study.id_of(arrangement)),
            Selection { without, ..usual.clone() },
        ));
    }
    let mut variants = Vec::new();
    for reading in READINGS {
        for (name, selection) in &kinds {
            let selection = Selection { reading, ..selection.clone() };
            let own = Study::new(study.ties().clone(), selection, study.subjects().clone())?;
            let shown = moments.iter().map(|moment| Ok(shown(&*own.slice(*moment)?)));
            variants.push(Variant {
                name: format!("{reading}{name}"),
                shown: shown.collect::<Result<_, StudyError>>()?,
            });
        }
    }
    Ok(variants)
}

/// The arrangements that give most ties over all dates.
fn largest(study: &Study, moments: &[Moment]) -> Result<Vec<GovernmentIx>, StudyError> {
    let mut counts: BTreeMap<GovernmentIx, usize> = BTreeMap::new();
    for moment in moments {
        for (arrangement, ties) in &study.slice(*moment)?.arrangements {
            *counts.entry(*arrangement).or_default() += ties;
        }
    }
    let mut counts: Vec<(GovernmentIx, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(ix, count)| (Reverse(*count), *ix));
    Ok(counts.into_iter().take(LARGEST).map(|(ix, _)| ix).collect())
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
    let first = (0_u32..).zip(&strengths).max_by(|(a, x), (b, y)| x.total_cmp(y).then(b.cmp(a)));
    Shown {
        pairs: network.pair_count(),
        one_centre: is_tied.then(|| star == Some(true) || hub == Some(true)),
        polycentricity: polycentricity(network, green).ok().filter(|_| is_tied),
        centres: found.into_iter().filter(|_| is_tied).filter_map(|node| government(node)).collect(),
        first: first.filter(|_| is_tied).and_then(|(node, _)| government(node)),
    }
}

fn never_one_centre(variants: &[Variant], moments: &[Moment], from: usize) -> Statement {
    let never = |variant: &Variant| {
        let said: Vec<bool> = variant.shown.iter().skip(from).filter_map(|shown| shown.one_centre).collect();
        (!said.is_empty()).then(|| said.iter().all(|one| !one))
    };
    Statement {
        kind: "one_centre",
        words: format!(
            "at no time from {} to {} one centre",
            at(moments, from),
            at(moments, moments.len() - 1)
        ),
        holds: variants.iter().map(never).collect(),
    }
}

fn at(moments: &[Moment], place: usize) -> String {
    moments.get(place).map(ToString::to_string).unwrap_or_default()
}

fn more_pairs(variants: &[Variant], moments: &[Moment]) -> Statement {
    let more = |variant: &Variant| Some(variant.shown.last()?.pairs > variant.shown.first()?.pairs);
    Statement {
        kind: "pairs",
        words: format!(
            "more pairs are tied in {} than in {}",
            at(moments, moments.len() - 1),
            at(moments, 0)
        ),
        holds: variants.iter().map(more).collect(),
    }
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
    let statement = |word: &str, sign: f64| Statement {
        kind: "trend",
        words: format!("polycentricity {word} from {} to {}", at(moments, 0), at(moments, moments.len() - 1)),
        holds: trends
            .iter()
            .map(|own| own.map(|own| own.p < SIGNIFICANT && own.slope * sign > 0.0))
            .collect(),
    };
    vec![statement("rose", 1.0), statement("fell", -1.0)]
}

/// For each government and date at which it is a centre in some variant: said once for a run of dates at which it is so
/// in all, and of the last date for the others.
fn centre_statements(study: &Study, variants: &[Variant], moments: &[Moment]) -> Vec<Statement> {
    let all: BTreeSet<GovernmentIx> = variants
        .iter()
        .flat_map(|variant| &variant.shown)
        .flat_map(|shown| shown.centres.iter().copied())
        .collect();
    let holds_at = |government: GovernmentIx, place: usize| -> Vec<Option<bool>> {
        let of = |variant: &Variant| {
            let shown = variant.shown.get(place)?;
            shown.one_centre.map(|_| shown.centres.contains(&government))
        };
        variants.iter().map(of).collect()
    };
    let in_all = |government: GovernmentIx, place: usize| {
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
                let when = match place - start {
                    1 => format!("in {}", at(moments, start)),
                    _ => format!("in each year from {} to {}", at(moments, start), at(moments, place - 1)),
                };
                statements.push(Statement {
                    kind: "centre",
                    words: format!("{} is a centre {when}", name(study, government, moments, place - 1)),
                    holds: holds_at(government, place - 1),
                });
            }
            place += 1;
        }
        let last = moments.len() - 1;
        let holds = holds_at(government, last);
        if holds.contains(&Some(true)) && !in_all(government, last) {
            statements.push(Statement {
                kind: "centre",
                words: format!(
                    "{} is a centre in {}",
                    name(study, government, moments, last),
                    at(moments, last)
                ),
                holds,
            });
        }
    }
    statements.sort_by_key(|statement| Reverse(statement.true_in()));
    statements
}

/// Who is first by strength at the last date.
fn first_statements(study: &Study, variants: &[Variant], moments: &[Moment]) -> Vec<Statement> {
    let last = moments.len() - 1;
    let firsts = || variants.iter().map(|variant| variant.shown.get(last).and_then(|shown| shown.first));
    let all: BTreeSet<GovernmentIx> = firsts().flatten().collect();
    let statement = |government: GovernmentIx| Statement {
        kind: "first",
        words: format!(
            "{} is first by strength in {}",
            name(study, government, moments, last),
            at(moments, last)
        ),
        holds: firsts().map(|first| first.map(|first| first == government)).collect(),
    };
    let mut statements: Vec<Statement> = all.into_iter().map(statement).collect();
    statements.sort_by_key(|statement| Reverse(statement.true_in()));
    statements
}

fn name(study: &Study, government: GovernmentIx, moments: &[Moment], place: usize) -> String {
    let name = moments.get(place).map(|moment| study.name(government, *moment));
    let english = study.text_of(government, "name_en");
    let name = name.map(|name| name.to_string()).unwrap_or_default();
    if english.is_empty() || english == name { name } else { format!("{english} {name}") }
}
