//! Statements of the paper, compared with what the store derives.

use std::sync::Arc;

use crate::analysis::{Cell, Column, Report};
use crate::database::Database;
use crate::error::Error;
use crate::graph::{EdgeRef, NodeRef, Snapshot};
use crate::relations::vocabulary::{edge, label};
use crate::relations::{
    Basis, Direction, Provinces, Scope, TieOptions, TieTable, TierSchemes, cooperating_parties,
};
use crate::study::{Moment, Study};
use crate::value::{Bound, Reading, Value};

const FACTS: [Column; 4] = [
    Column { name: "fact", unit: "number in the codebook" },
    Column { name: "statement", unit: "what the paper says" },
    Column { name: "verdict", unit: "holds, holds in part, does not hold" },
    Column { name: "found", unit: "what the store derives" },
];

/// What the store says to facts 2, 4, 6, 10 and 11.
pub(in crate::cli) fn facts(db: &Database) -> Result<Report, Error> {
    let in_2010 = Moment::new("2010".parse()?);
    let in_2009 = Moment::new("2009".parse()?);
    let ties = db.ties(&TieOptions::default())?;
    let study = Study::new(Arc::clone(&ties), Default::default(), Default::default())?;
    let check = Check { study: &study, ties: &ties, snapshot: ties.snapshot(), moment: in_2010 };
    let mut report = Report::new("The paper's facts", &FACTS);
    let wenchuan = Check { moment: in_2009, ..check }.wenchuan();
    for (number, statement, (holds, found)) in [
        (
            2,
            "Wenchuan: one province helps one hard-hit county: emergency, diagonal, cross-provincial",
            wenchuan,
        ),
        (
            4,
            "Hangzhou, Huzhou, Jiaxing, Shaoxing enforce together: contract, territorial, environment",
            check.enforcement(),
        ),
        (
            4,
            "Wuxi, Suzhou, Changzhou, Shanghai treat Lake Tai: contract, territorial, water; diagonal with Shanghai",
            check.lake_tai(),
        ),
        (
            6,
            "Urumqi and Changji: party committee from 2004-12, five merged bureaus, 40 million yuan a year",
            check.wuchang(),
        ),
        (
            10,
            "Watershed compensation: Quanzhou 20, Fuzhou 27, Xiamen 21 million yuan a year, no payee named",
            check.watershed(),
        ),
        (
            11,
            "Entry rules: urbanisation >= 20 %, GDP per capita >= 20 % of Shanghai's, economic linkage >= 10",
            check.entry_rules(),
        ),
    ] {
        let verdict = match holds {
            Held::Yes => "holds",
            Held::InPart => "holds in part",
            Held::No => "does not hold",
        };
        report.push(vec![Cell::Integer(number), statement.into(), verdict.into(), found.into()]);
    }
    Ok(report)
}

#[derive(Clone, Copy)]
struct Check<'a> {
    study: &'a Study,
    ties: &'a TieTable,
    snapshot: &'a Snapshot,
    moment: Moment,
}

/// Whether a fact holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    Yes,
    InPart,
    No,
}

impl From<bool> for Held {
    fn from(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

/// Whether a fact holds, and what was found.
type Verdict = (Held, String);

impl<'a> Check<'a> {
    fn arrangement(&self, id: &str) -> Option<NodeRef<'a>> {
        self.snapshot.find(label::ARRANGEMENT, id)
    }

    /// Directions of an arrangement's ties at the date, with the names of each pair.
    fn pairs(&self, arrangement: NodeRef<'_>) -> Vec<(Direction, String)> {
        let name = |ix| {
            let node = self.snapshot.node_at(ix);
            node.and_then(|node| node.value_at("name", self.moment.day()))
                .map_or_else(String::new, |name| name.to_string())
        };
        let own = self.ties.holding(self.moment.as_of(Reading::Certain));
        let own = own.filter(|tie| tie.basis == Basis::Arrangement(arrangement.ix()));
        own.map(|tie| (tie.direction, format!("{}-{}", name(tie.source), name(tie.target)))).collect()
    }

    fn wenchuan(&self) -> Verdict {
        let Some(programme) = self.arrangement("WC") else {
            return (Held::No, "the programme is not in the store".into());
        };
        let schemes = TierSchemes::of(self.snapshot);
        let provinces = Provinces::of(self.snapshot, &schemes);
        let mut pairs = 0;
        let mut others: Vec<String> = Vec::new();
        for part in programme.in_edges_of(edge::PART_OF).map(EdgeRef::source) {
            let parties = cooperating_parties(part, self.moment.as_of(Reading::Certain));
            let directions = self.pairs(part);
            let emergency = part.value("subkind") == Some(Value::text("emergency"));
            let across = provinces.scope(&parties, self.moment.day()) == Scope::CrossProvincial;
            let diagonal = !directions.is_empty()
                && directions.iter().all(|(direction, _)| *direction == Direction::Diagonal);
            pairs += 1;
            if !(emergency && across && diagonal) {
                others.push(part.value("name").map_or_else(String::new, |name| name.to_string()));
            }
        }
        let found = format!(
            "in {} {} of {pairs} pairs are emergency, diagonal and cross-provincial",
            self.moment,
            pairs - others.len()
        );
        match (pairs, others.len()) {
            (0, _) => (Held::No, "the programme has no parts in the store".into()),
            (_, 0) => (Held::Yes, found),
            (all, none) if none == all => (Held::No, found),
            _ => (Held::InPart, format!("{found}; not: {}", others.join(", "))),
        }
    }

    /// Whether an arrangement is a territorial contract in a domain, and its ties.
    fn contract(&self, id: &str, domain: &str) -> Option<(bool, Vec<(Direction, String)>)> {
        let arrangement = self.arrangement(id)?;
        let is = |key: &str, wanted: &str| {
            arrangement.value(key).is_some_and(|value| value.texts_of().any(|own| own == wanted))
        };
        let kind = is("mechanism", "contract") && is("subkind", "territorial") && is("domains", domain);
        Some((kind, self.pairs(arrangement)))
    }

    fn enforcement(&self) -> Verdict {
        let Some((kind, ties)) = self.contract("HHJS-ENV", "environment") else {
            return (Held::No, "not in the store".into());
        };
        let count = |wanted| ties.iter().filter(|(direction, _)| *direction == wanted).count();
        let found = format!(
            "territorial contract: {kind}; {} ties, {} diagonal with Hangzhou, {} horizontal",
            ties.len(),
            count(Direction::Diagonal),
            count(Direction::Horizontal)
        );
        ((kind && ties.len() == 6).into(), found)
    }

    fn lake_tai(&self) -> Verdict {
        let Some((kind, ties)) = self.contract("TAIHU", "water") else {
            return (Held::No, "not in the store".into());
        };
        let diagonal: Vec<&str> = ties
            .iter()
            .filter(|(direction, _)| *direction == Direction::Diagonal)
            .map(|(_, pair)| pair.as_str())
            .collect();
        let shanghai = !diagonal.is_empty() && diagonal.iter().all(|pair| pair.contains("上海"));
        (
            (kind && shanghai).into(),
            format!("territorial contract: {kind}; {} ties, diagonal: {}", ties.len(), diagonal.join(", ")),
        )
    }

    fn wuchang(&self) -> Verdict {
        let (Some(committee), Some(changji)) =
            (self.arrangement("WUCHANG"), self.snapshot.find(label::GOVERNMENT, "cn:652300"))
        else {
            return (Held::No, "not in the store".into());
        };
        let from = committee.validity().from;
        let since = matches!(from, Bound::Known(date) if date.to_string() == "2004-12");
        let study = self.study;
        let (held, _) = study.custody(changji.ix(), self.moment);
        let bureaus = held.iter().filter(|row| {
            self.snapshot.node_at(row.holder).is_some_and(|holder| holder.has_label(label::BODY))
        });
        let bureaus = bureaus.count();
        let paid: Vec<i64> = study
            .flows(self.moment)
            .iter()
            .filter(|flow| flow.counts && flow.payee == Some(changji.ix()) && flow.period == "year")
            .filter_map(|flow| flow.amount)
            .collect();
        let found = format!(
            "committee from {from}; {bureaus} functions of Changji held by joint bureaus; paid a year: {} million yuan",
            paid.iter().sum::<i64>() / 100_000_000
        );
        ((since && bureaus == 5 && paid == [4_000_000_000]).into(), found)
    }

    fn watershed(&self) -> Verdict {
        let study = self.study;
        let flows = study.flows(self.moment);
        let paid = |code: &str| {
            let payer = self.snapshot.find(label::GOVERNMENT, code)?;
            let own =
                flows.iter().find(|flow| flow.counts && flow.payer == payer.ix() && flow.payee.is_none())?;
            own.amount
        };
        let amounts = [paid("cn:350500"), paid("cn:350100"), paid("cn:350200")];
        let texts: Vec<String> = amounts
            .iter()
            .map(|amount| amount.map_or_else(|| "?".into(), |minor| (minor / 100_000_000).to_string()))
            .collect();
        let wanted = [20, 27, 21].map(|millions: i64| Some(millions * 100_000_000));
        (
            (amounts == wanted).into(),
            format!("Quanzhou {}, Fuzhou {}, Xiamen {} million yuan a year", texts[0], texts[1], texts[2]),
        )
    }

    fn entry_rules(&self) -> Verdict {
        let Some(body) = self.snapshot.find(label::BODY, "B-YRD-COUNCIL") else {
            return (Held::No, "not in the store".into());
        };
        let study = self.study;
        let mut rules: Vec<String> = study
            .entry_conditions(body.ix())
            .iter()
            .map(|rule| format!("{} {} {}", rule.attribute, rule.operator, rule.threshold))
            .collect();
        rules.sort();
        let wanted = ["economic_linkage >= 10", "gdp_per_capita_ratio >= 20", "urbanisation_rate >= 20"];
        ((rules == wanted).into(), rules.join(", "))
    }
}
