//! Who may join: rules of entry, with missing values as unknown.

use crate::analysis::measure::Compute;
use crate::analysis::series::ReportError;
use crate::analysis::{Analysis, Column, Family, Measure, Report};
use crate::study::Moment;
use crate::study::{NodeIx, Study};
use crate::value::Inclusion;
use crate::value::Truth;

/// How a value is compared with the threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// value ≥ threshold
    AtLeast,
    /// value > threshold
    MoreThan,
    /// value ≤ threshold
    AtMost,
    /// value < threshold
    LessThan,
}

impl Comparison {
    fn holds(self, value: f64, threshold: f64) -> bool {
        match self {
            Comparison::AtLeast => value >= threshold,
            Comparison::MoreThan => value > threshold,
            Comparison::AtMost => value <= threshold,
            Comparison::LessThan => value < threshold,
        }
    }
}

/// One condition of entry, for example: degree of urbanisation at least 20 %.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryRule {
    attribute: String,
    comparison: Comparison,
    threshold: f64,
}

/// Why a rule, or a question about one, is not valid.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RuleError {
    /// The threshold is NaN or infinite.
    #[error("the threshold of `{attribute}` is not a finite number")]
    ThresholdNotFinite {
        /// Whose threshold.
        attribute: String,
    },
    /// The tolerance is negative, NaN or infinite.
    #[error("the tolerance {tolerance} is not a finite share of at least 0")]
    BadTolerance {
        /// What was given.
        tolerance: f64,
    },
}

impl EntryRule {
    /// A rule on an attribute; the threshold is in the attribute's unit.
    ///
    /// # Errors
    /// [`RuleError::ThresholdNotFinite`].
    pub fn new(
        attribute: impl Into<String>,
        comparison: Comparison,
        threshold: f64,
    ) -> Result<Self, RuleError> {
        let attribute = attribute.into();
        if !threshold.is_finite() {
            return Err(RuleError::ThresholdNotFinite { attribute });
        }
        Ok(EntryRule { attribute, comparison, threshold })
    }

    /// The same rule with another threshold, to ask "what if".
    ///
    /// # Errors
    /// [`RuleError::ThresholdNotFinite`].
    pub fn with_threshold(&self, threshold: f64) -> Result<Self, RuleError> {
        EntryRule::new(self.attribute.clone(), self.comparison, threshold)
    }

    /// What is compared.
    pub fn attribute(&self) -> &str {
        &self.attribute
    }

    /// How it is compared.
    pub fn comparison(&self) -> Comparison {
        self.comparison
    }

    /// With what it is compared.
    pub fn threshold(&self) -> f64 {
        self.threshold
    }

    /// Applies the rule to a value. A missing value, or one that is not a finite number, is unknown and
    /// never a failure.
    pub fn check(&self, value: Option<f64>) -> RuleCheck {
        let value = value.filter(|value| value.is_finite());
        let truth = value.map_or(Truth::Unknown, |value| self.comparison.holds(value, self.threshold).into());
        RuleCheck { rule: self.clone(), value, truth, margin: value.map(|value| self.margin(value)) }
    }

    fn margin(&self, value: f64) -> Margin {
        let above = match self.comparison {
            Comparison::AtLeast | Comparison::MoreThan => value - self.threshold,
            Comparison::AtMost | Comparison::LessThan => self.threshold - value,
        };
        if self.threshold == 0.0 {
            Margin::Absolute(above)
        } else {
            Margin::Share(above / self.threshold.abs())
        }
    }
}

/// How far a value is on the right side of a threshold; below 0 it is on the wrong one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Margin {
    /// As a share of the threshold: 0.1 is a tenth of the threshold better than asked.
    Share(f64),
    /// In the unit of the attribute, where the threshold is 0 and has no shares.
    Absolute(f64),
}

/// A rule applied to a value.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleCheck {
    /// The rule.
    pub rule: EntryRule,
    /// The value, if there is one.
    pub value: Option<f64>,
    /// Whether the rule is met.
    pub truth: Truth,
    /// How far the value is from the threshold; `None` without a value.
    pub margin: Option<Margin>,
}

/// A candidate checked by all rules.
#[derive(Debug, Clone, PartialEq)]
pub struct Admission {
    /// Whether all rules are met: one failure decides, otherwise one missing value makes it unknown. True
    /// without rules.
    pub truth: Truth,
    /// The rules in the order given.
    pub checks: Vec<RuleCheck>,
}

impl Admission {
    /// The rules that fail by no more than a share `tolerance` of their threshold, in the order given.
    ///
    /// A rule with the threshold 0 has no shares and is never among them.
    ///
    /// # Errors
    /// [`RuleError::BadTolerance`] for a tolerance that is negative or not finite.
    pub fn near_misses(&self, tolerance: f64) -> Result<Vec<&RuleCheck>, RuleError> {
        if !(tolerance.is_finite() && tolerance >= 0.0) {
            return Err(RuleError::BadTolerance { tolerance });
        }
        let near = |check: &&RuleCheck| {
            check.truth == Truth::False
                && matches!(check.margin, Some(Margin::Share(share)) if -share <= tolerance)
        };
        Ok(self.checks.iter().filter(near).collect())
    }

    /// The smallest margin among rules whose threshold is not 0, as a share of the threshold: how much room
    /// is left, or how much is wanting. `None` if no such rule has a value.
    pub fn least_margin(&self) -> Option<f64> {
        let share = |check: &RuleCheck| match check.margin {
            Some(Margin::Share(share)) => Some(share),
            Some(Margin::Absolute(_)) | None => None,
        };
        self.checks.iter().filter_map(share).min_by(f64::total_cmp)
    }
}

/// Checks a candidate by rules of entry, all of which must be met.
///
/// `value` gives the candidate's value of an attribute, or `None` if it is missing. O(rules).
///
/// # Examples
/// ```
/// use intergov::analysis::{Comparison, EntryRule, admit};
/// use intergov::value::Truth;
///
/// // The entry rule of the Yangtze delta cities; the economic link coefficient has no stated formula.
/// let rules = [
///     EntryRule::new("urbanisation", Comparison::AtLeast, 0.20)?,
///     EntryRule::new("gdp_per_head_to_shanghai", Comparison::AtLeast, 0.20)?,
///     EntryRule::new("economic_link", Comparison::AtLeast, 10.0)?,
/// ];
/// let candidate = |attribute: &str| match attribute {
///     "urbanisation" => Some(0.31),
///     "gdp_per_head_to_shanghai" => Some(0.19),
///     _ => None,
/// };
/// let admission = admit(&rules, candidate);
/// assert_eq!(admission.truth, Truth::False);
/// let near = admission.near_misses(0.10)?;
/// assert_eq!(near[0].rule.attribute(), "gdp_per_head_to_shanghai");
/// # Ok::<(), intergov::analysis::RuleError>(())
/// ```
pub fn admit(rules: &[EntryRule], value: impl Fn(&str) -> Option<f64>) -> Admission {
    let checks: Vec<RuleCheck> = rules.iter().map(|rule| rule.check(value(rule.attribute()))).collect();
    let truth = checks.iter().fold(Truth::True, |all, check| all.and(check.truth));
    Admission { truth, checks }
}

const COLUMNS: [Column; 8] = [
    Column { name: "date", unit: "period of the figures" },
    Column { name: "code", unit: "code at the date" },
    Column { name: "name", unit: "name at the date" },
    Column { name: "member", unit: "yes, no, unknown" },
    Column { name: "meets_rules", unit: "yes, no, unknown (three-valued logic, Kleene 1938)" },
    Column { name: "verdict", unit: "what membership and rules say together" },
    Column { name: "rules", unit: "each rule with the value and whether it is met" },
    Column { name: "near_miss", unit: "rules missed by less than the tolerance" },
];

/// The rules of a body, by id.
fn entry_rules(study: &Study, body: NodeIx) -> Result<Vec<EntryRule>, RuleError> {
    let conditions = study.entry_conditions(body).into_iter();
    let rules = conditions.map(|condition| {
        let comparison = match condition.operator.as_str() {
            ">" => Comparison::MoreThan,
            "<=" => Comparison::AtMost,
            "<" => Comparison::LessThan,
            _ => Comparison::AtLeast,
        };
        EntryRule::new(condition.attribute, comparison, condition.threshold)
    });
    rules.collect()
}

fn compute(analysis: &Analysis, moments: &[Moment]) -> Result<Report, ReportError> {
    let study = analysis.study();
    let Some(body) = study.body() else {
        return Err(ReportError::Option {
            measure: "entry-rules",
            needs: "a region or body that has entry rules",
            option: "region",
            example: "yangtze-delta",
        });
    };
    let rules = entry_rules(study, body).map_err(ReportError::Rule)?;
    let mut report = Report::new("Entry rules and members", &COLUMNS);
    report.selection = study.selection().echo();
    report.note(format!("{} rules; a missing figure makes a rule unknown, never failed", rules.len()));
    report.note(
        "economic_linkage has no formula and no unit in its source: unknown until units are given (S26)",
    );
    for moment in moments {
        entry_rows(study, body, &rules, *moment, study.subjects().tolerance, &mut report)?;
    }
    Ok(report)
}

fn entry_rows(
    study: &Study,
    body: NodeIx,
    rules: &[EntryRule],
    moment: Moment,
    tolerance: f64,
    report: &mut Report,
) -> Result<(), ReportError> {
    for (government, member) in study.candidates(body, moment) {
        let admission = admit(rules, |attribute| study.figure(government, attribute, moment));
        // Without any figure there is nothing to check by the rules, and nothing to tell.
        let is_member = study.as_of(moment).admits(member);
        if !is_member.is_included() && admission.checks.iter().all(|check| check.value.is_none()) {
            continue;
        }
        let near = admission.near_misses(tolerance).map_err(ReportError::Rule)?;
        let near: Vec<&str> = near.iter().map(|check| check.rule.attribute()).collect();
        report.push(vec![
            moment.to_string().into(),
            study.code(government, moment).into(),
            study.name(government, moment).into(),
            member.to_string().into(),
            admission.truth.to_string().into(),
            verdict(is_member, admission.truth).into(),
            checks_text(&admission).into(),
            near.into_iter().collect(),
        ]);
    }
    Ok(())
}

fn verdict(member: Inclusion, meets: Truth) -> &'static str {
    match (member, meets) {
        (Inclusion::Included, Truth::True) => "inside, meets the rules",
        (Inclusion::Included, Truth::False) => "inside, does not meet the rules",
        (Inclusion::Included, Truth::Unknown) => "inside, rules unknown",
        (Inclusion::Excluded, Truth::True) => "outside, meets the rules",
        (Inclusion::Excluded, Truth::False) => "outside, does not meet the rules",
        (Inclusion::Excluded, Truth::Unknown) => "outside, rules unknown",
        (Inclusion::Uncertain, _) => "membership unknown",
    }
}

fn checks_text(admission: &Admission) -> String {
    let texts: Vec<String> = admission
        .checks
        .iter()
        .map(|check| match check.value {
            Some(value) => format!("{} {value}: {}", check.rule.attribute(), check.truth),
            None => format!("{}: unknown", check.rule.attribute()),
        })
        .collect();
    texts.join("; ")
}

/// The measure as it stands in the table.
pub(in crate::analysis) const MEASURE: Measure = Measure {
    name: "entry-rules",
    family: Family::Effects,
    title: "Entry rules and members",
    question: "who meets the entry rules and is outside, who is inside and does not meet them?",
    formula: "every rule of the body by Kleene's three-valued logic",
    source: "entry rules of the body; three-valued logic after Kleene 1938",
    oracle: "",
    cost: "O(n)",
    options: &["region", "body", "tolerance"],
    parameters: &[],
    columns: &COLUMNS,
    directed: &[],
    compute: Compute::Rows(compute),
};
