//! The answer of the study on one screen: what survives every assumption, what does not, and the numbers behind it.

use clap::ValueEnum;
use unicode_width::UnicodeWidthStr;

use super::study::selection;
use crate::analysis::{Cell, Report};
use crate::database::Database;
use crate::error::Error;
use crate::graph::{NodeId, Snapshot};
use crate::relations::vocabulary::label;
use crate::study::{Moment, Subjects};

/// The language of the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Lang {
    /// English
    #[default]
    En,
    /// 中文
    Zh,
}

impl Lang {
    fn pick(self, english: &'static str, chinese: &'static str) -> &'static str {
        match self {
            Self::En => english,
            Self::Zh => chinese,
        }
    }

    /// The name of a government in the language.
    fn name(self, snapshot: &Snapshot, id: &str) -> String {
        let node = snapshot.find(label::GOVERNMENT, id);
        let text = |key: &str| node.and_then(|node| node.value(key)).map(|value| value.to_string());
        let english = if self == Self::En { text("name_en") } else { None };
        english.or_else(|| text("name")).unwrap_or_else(|| id.to_owned())
    }
}

/// Years of the small table.
const SHOWN: [&str; 7] = ["1997", "2003", "2008", "2010", "2013", "2016", "2019"];

/// The most columns of a line.
const WIDTH: usize = 79;

/// How many statements that depend on an assumption are shown, and for each how many variants in which it is false.
const OPEN: usize = 5;
const NAMED: usize = 2;

/// How many centres of a year are named, the strongest first.
const CENTRES: usize = 2;

/// How many payments are shown.
const PAYMENTS: usize = 6;

/// What the answer is made of.
pub(in crate::cli) struct Answer<'a> {
    pub(in crate::cli) db: &'a Database,
    pub(in crate::cli) lang: Lang,
    /// The statements of the study, as the measure `robustness` gives them.
    pub(in crate::cli) robustness: &'a Report,
    /// The measure `polycentricity` over the years.
    pub(in crate::cli) shape: &'a Report,
    /// The facts of the paper.
    pub(in crate::cli) facts: &'a Report,
    /// The measure `flows` over the years.
    pub(in crate::cli) flows: &'a Report,
}

/// The statements of the study under every assumption.
pub(in crate::cli) fn robustness(db: &Database, region: NodeId, years: &[Moment]) -> Result<Report, Error> {
    db.analyze("robustness", years, selection(region), Subjects::default())
}

impl Answer<'_> {
    /// The screen.
    pub(in crate::cli) fn text(&self) -> Result<String, Error> {
        let snapshot = self.db.snapshot()?;
        let lang = self.lang;
        let mut out = String::new();
        let mut line = |text: &str| {
            out.push_str(text);
            out.push('\n');
        };
        line(lang.pick(
            "Is the Yangtze delta polycentric, and since when?",
            "长三角是多中心的吗？从什么时候开始？",
        ));
        line("");
        let variants = self.robustness.rows.iter().map(|row| cell(self.robustness, row, "variants")).max();
        let variants = variants.unwrap_or_default();
        line(&match lang {
            Lang::En => {
                format!("True under all {variants} sets of assumptions (unknown ends, who is counted):")
            }
            Lang::Zh => format!("在全部 {variants} 组假设（未知的终止时间、计入哪些政府）下都成立："),
        });
        for text in self.findings(&snapshot) {
            wrap(&text, "  + ", &mut line);
        }
        line(lang.pick("Not known; it hangs on what is assumed:", "尚不能断定，取决于所作的假设："));
        for text in self.open(&snapshot) {
            wrap(&text, "  ? ", &mut line);
        }
        line("");
        self.table(&snapshot, &mut line);
        line("");
        self.payments(&snapshot, &mut line);
        self.paper(&snapshot, &mut line);
        Ok(out)
    }

    fn rows(&self, finding: &str) -> impl Iterator<Item = &Vec<Cell>> {
        self.robustness.rows.iter().filter(move |row| cell(self.robustness, row, "finding") == finding)
    }

    /// What is true under all assumptions; of the centres one sentence each, of all ranks one.
    fn findings(&self, snapshot: &Snapshot) -> Vec<String> {
        let mut said = Vec::new();
        let mut ranks: Vec<(usize, String)> = Vec::new();
        let mut centres: Vec<(String, Vec<String>)> = Vec::new();
        for row in self.rows("yes") {
            let get = |name: &str| cell(self.robustness, row, name);
            if get("kind") == "centre" {
                let who = self.lang.name(snapshot, &get("subject_id"));
                let (from, to) = (get("from"), get("to"));
                let when = if from == to { to } else { format!("{from}–{to}") };
                match centres.iter_mut().find(|(own, _)| *own == who) {
                    Some((_, times)) => times.push(when),
                    None => centres.push((who, vec![when])),
                }
            } else if get("kind") == "rank" {
                let who = self.lang.name(snapshot, &get("subject_id"));
                ranks.push((get("rank").parse().unwrap_or(usize::MAX), who));
            } else {
                said.push(self.words(snapshot, row));
            }
        }
        let centres = centres.into_iter().map(|(who, mut when)| {
            when.sort();
            match self.lang {
                Lang::En => format!("{who} is a centre: {}", when.join(", ")),
                Lang::Zh => format!("{who}是中心：{}", when.join("、")),
            }
        });
        said.extend(centres);
        ranks.sort();
        if let Some(last) =
            self.rows("yes").map(|row| cell(self.robustness, row, "to")).max().filter(|_| !ranks.is_empty())
        {
            let named: Vec<String> = ranks.iter().map(|(rank, who)| format!("{who} {rank}")).collect();
            said.push(match self.lang {
                Lang::En => format!("rank by strength in {last} at worst: {}", named.join(", ")),
                Lang::Zh => format!("{last} 年联系强度排名最低为：{}", named.join("、")),
            });
        }
        said
    }

    /// What hangs on an assumption: first the shape, then the governments about which the variants differ most.
    fn open(&self, snapshot: &Snapshot) -> Vec<String> {
        let mut rows: Vec<&Vec<Cell>> = self.rows("no").collect();
        let is_of_one = |row: &Vec<Cell>| cell(self.robustness, row, "kind") == "centre";
        // Ranks are told as findings; what is true in few variants is not open: it is hardly so.
        rows.retain(|row| cell(self.robustness, row, "kind") != "rank");
        rows.retain(|row| {
            let share: f64 = cell(self.robustness, row, "share").parse().unwrap_or(0.0);
            share >= 0.5 || cell(self.robustness, row, "kind") == "never_one_centre"
        });
        rows.sort_by_key(|row| is_of_one(row));
        let told = rows.into_iter().take(OPEN).map(|row| {
            let get = |name: &str| cell(self.robustness, row, name);
            let hangs = get("hangs_on");
            let mut hangs: Vec<&str> = hangs.split(';').collect();
            let more = get("variants").parse().unwrap_or(0_usize) - get("true_in").parse().unwrap_or(0_usize);
            hangs.truncate(NAMED);
            let rest = more.saturating_sub(hangs.len());
            let rest = if rest > 0 { format!("; {rest} more") } else { String::new() };
            let hangs = format!("{}{rest}", hangs.join("; "));
            match self.lang {
                Lang::En => format!(
                    "{}: true in {} of {}, not under: {hangs}",
                    self.words(snapshot, row),
                    get("true_in"),
                    get("variants")
                ),
                Lang::Zh => format!(
                    "{}：{} 组中 {} 组成立，不成立于：{}",
                    self.words(snapshot, row),
                    get("variants"),
                    get("true_in"),
                    in_chinese(&hangs)
                ),
            }
        });
        told.collect()
    }

    /// A statement in the language of the answer.
    fn words(&self, snapshot: &Snapshot, row: &[Cell]) -> String {
        let get = |name: &str| cell(self.robustness, row, name);
        let (from, to) = (get("from"), get("to"));
        let who = self.lang.name(snapshot, &get("subject_id"));
        match (get("kind").as_str(), self.lang) {
            ("never_one_centre", Lang::En) => format!("at no time from {from} to {to} one centre"),
            ("never_one_centre", Lang::Zh) => format!("{from} 年至 {to} 年从未只有一个中心"),
            ("more_pairs", Lang::En) => format!("more pairs are tied in {to} than in {from}"),
            ("more_pairs", Lang::Zh) => format!("{to} 年有合作关系的城市对多于 {from} 年"),
            ("rose", Lang::En) => format!("polycentricity rose from {from} to {to}"),
            ("rose", Lang::Zh) => format!("{from} 年至 {to} 年多中心程度上升"),
            ("fell", Lang::En) => format!("polycentricity fell from {from} to {to}"),
            ("fell", Lang::Zh) => format!("{from} 年至 {to} 年多中心程度下降"),
            ("centre", Lang::En) => format!("{who} is a centre in {to}"),
            ("centre", Lang::Zh) => format!("{who}在 {to} 年是中心"),
            ("first", Lang::En) => format!("{who} is first by strength in {to}"),
            ("first", Lang::Zh) => format!("{who}在 {to} 年联系强度居首"),
            // Another kind is told in the words of the measure.
            _ => get("statement"),
        }
    }

    /// The small table: value [certain, possible].
    fn table(&self, snapshot: &Snapshot, line: &mut impl FnMut(&str)) {
        let heads = self.lang.pick(
            "year|members|tied pairs|centralization|polycentricity|centres",
            "年份|成员|合作城市对|中心化|多中心|中心",
        );
        let widths = [4, 7, 14, 14, 14];
        line(&columns(&heads.split('|').map(str::to_owned).collect::<Vec<_>>(), &widths));
        let names: Vec<(String, String)> = snapshot
            .nodes_with(label::GOVERNMENT)
            .filter_map(|node| Some((node.value("name")?.to_string(), node.text_id()?.to_string())))
            .collect();
        for row in
            self.shape.rows.iter().filter(|row| SHOWN.contains(&cell(self.shape, row, "date").as_str()))
        {
            let band = |name: &str| {
                self.shape.column(name).and_then(|at| row.get(at)).map(shown).unwrap_or_default()
            };
            let centres = match self.shape.column("centre_names").and_then(|at| row.get(at)) {
                Some(Cell::List(own)) => own
                    .iter()
                    .take(CENTRES)
                    .map(|name| {
                        let id = names.iter().find(|(own, _)| own == name).map(|(_, id)| id.as_str());
                        id.map_or_else(|| name.clone(), |id| self.lang.name(snapshot, id))
                    })
                    .collect::<Vec<_>>()
                    .join(self.lang.pick(", ", "、")),
                _ => String::new(),
            };
            let cells = [
                cell(self.shape, row, "date"),
                band("governments"),
                band("tied_pairs"),
                band("degree_centralization"),
                band("polycentricity"),
                centres,
            ];
            line(&columns(&cells, &widths));
        }
        line(self.lang.pick(
            "presumed to hold 5 years after the last source [certain, possible]",
            "括号外：末次记载后推定持续 5 年；括号内：[确定, 可能]",
        ));
    }

    /// Who pays whom for water and help: amounts a year or in all.
    fn payments(&self, snapshot: &Snapshot, line: &mut impl FnMut(&str)) {
        let flows = self.flows;
        let mut payments: Vec<(String, i64, Vec<String>)> = Vec::new();
        for row in &flows.rows {
            let get = |name: &str| cell(flows, row, name);
            let Ok(minor) = get("amount_minor").parse::<i64>() else { continue };
            if get("period") != "year" || get("currency") != "CNY" {
                continue;
            }
            let name = |column: &str| {
                let text = get(column);
                let find = |node: &crate::graph::NodeRef<'_>| {
                    node.value("name").is_some_and(|own| own.to_string() == text)
                };
                let node = snapshot.nodes_with(label::GOVERNMENT).find(find);
                let id = node.and_then(|node| node.text_id());
                id.map_or(text.clone(), |id| self.lang.name(snapshot, &id))
            };
            let payee = if get("payee").is_empty() {
                let node = snapshot.find(label::ARRANGEMENT, &get("arrangement"));
                let key = self.lang.pick("name_en", "name");
                let value = node.and_then(|node| node.value(key).or_else(|| node.value("name")));
                value.map_or_else(|| get("arrangement"), |value| value.to_string())
            } else {
                name("payee")
            };
            let who = format!("{} → {payee}", name("payer"));
            match payments.iter_mut().find(|(own, amount, _)| *own == who && *amount == minor) {
                Some((.., years)) => years.push(get("date")),
                None => payments.push((who, minor, vec![get("date")])),
            }
        }
        payments.sort_by_key(|(who, amount, _)| (std::cmp::Reverse(*amount), who.clone()));
        let further = payments.len().saturating_sub(PAYMENTS);
        let mut said: Vec<String> = payments
            .iter()
            .take(PAYMENTS)
            .map(|(who, minor, years)| {
                let (first, last) =
                    (years.first().cloned().unwrap_or_default(), years.last().cloned().unwrap_or_default());
                let years = if first == last { first } else { format!("{first}–{last}") };
                match self.lang {
                    Lang::En => format!("{who} {} m ({years})", minor / 100_000_000),
                    Lang::Zh => format!("{who} {} 万元（{years}）", minor / 1_000_000),
                }
            })
            .collect();
        if further > 0 {
            said.push(match self.lang {
                Lang::En => format!("{further} more in flows.csv"),
                Lang::Zh => format!("另有 {further} 项见 flows.csv"),
            });
        }
        let head = self.lang.pick("Who pays whom, yuan a year: ", "谁向谁付费（每年）：");
        wrap(&format!("{head}{}", said.join(self.lang.pick("; ", "；"))), "", line);
    }

    /// What the paper states, and what the store holds.
    fn paper(&self, snapshot: &Snapshot, line: &mut impl FnMut(&str)) {
        let verdicts = || self.facts.rows.iter().map(|row| cell(self.facts, row, "verdict"));
        let (holds, all) = (verdicts().filter(|verdict| verdict == "holds").count(), verdicts().count());
        wrap(
            &match self.lang {
                Lang::En => {
                    format!("The paper: {holds} of {all} statements that can be derived hold in the store.")
                }
                Lang::Zh => format!("论文：{all} 条可推导的陈述中有 {holds} 条与库中数据一致。"),
            },
            "",
            line,
        );
        for claim in snapshot.nodes_with(label::CLAIM) {
            let text = |key: &str| claim.value(key).map(|value| value.to_string()).unwrap_or_default();
            let note = text("note");
            if let Some(fact) = note.strip_prefix("contradicted:") {
                let claimed = match self.lang {
                    Lang::En => {
                        format!("It says: {} {} {};", text("quantity"), text("comparator"), text("value"))
                    }
                    Lang::Zh => format!("论文称：{}。", text("statement")),
                };
                let but = self.lang.pick("but", "但史实：");
                wrap(&format!("{claimed} {but} {}", fact.trim()), "  ! ", line);
            }
        }
    }
}

/// The names of variants in Chinese.
fn in_chinese(variants: &str) -> String {
    [
        ("certain", "确定"),
        ("presumed (forever)", "推定永久"),
        ("presumed (3 years)", "推定 3 年"),
        ("presumed (5 years)", "推定 5 年"),
        ("presumed (10 years)", "推定 10 年"),
        ("possible", "可能"),
        (", lifted to city", "且区县计入城市"),
        (", without ", "且不计 "),
        (", the governments of ", "且固定成员为 "),
        (" more", " 组其他"),
        ("; ", "；"),
    ]
    .iter()
    .fold(variants.to_owned(), |text, (english, chinese)| text.replace(english, chinese))
}

/// A cell of a row by the name of its column, as text.
fn cell(report: &Report, row: &[Cell], name: &str) -> String {
    let found = report.column(name).and_then(|at| row.get(at));
    found.map_or_else(String::new, |cell| match cell.value() {
        Cell::Missing(_) => String::new(),
        value => value.to_string(),
    })
}

/// A number with two decimals, and its bounds.
fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Float(number) => format!("{number:.2}").replace("0.", "."),
        Cell::Missing(_) => "–".to_owned(),
        Cell::Band(band) => {
            format!("{} [{}, {}]", shown(&band.value), shown(&band.certain), shown(&band.possible))
        }
        cell => cell.to_string(),
    }
}

/// Cells in columns of display widths; the last one takes the rest of the line.
fn columns(cells: &[String], widths: &[usize]) -> String {
    let mut text = String::new();
    for (at, cell) in cells.iter().enumerate() {
        text.push_str(cell);
        if let Some(width) = widths.get(at) {
            text.push_str(&" ".repeat((width + 1).saturating_sub(cell.width()).max(1)));
        }
    }
    text.trim_end().to_owned()
}

/// A text in lines of a screen, the first after a mark and the others as far in.
fn wrap(text: &str, mark: &str, line: &mut impl FnMut(&str)) {
    let indent = " ".repeat(mark.width().max(2));
    let mut current = mark.to_owned();
    let mut is_empty = true;
    for word in pieces(text) {
        if current.width() + word.trim_end().width() > WIDTH && !is_empty {
            line(current.trim_end());
            current.clone_from(&indent);
        }
        current.push_str(word);
        is_empty = false;
    }
    line(current.trim_end());
}

/// Where a line may break: behind blanks, and behind any character that takes two cells.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let breaks =
        |character: char| character == ' ' || unicode_width::UnicodeWidthChar::width(character) == Some(2);
    text.split_inclusive(breaks)
}
