//! What `--where` asks of the value of a property: `KEY=VALUE`, `!=`, `<`, `<=`, `>`, `>=`, and `~` for "contains".

use std::cmp::Ordering;

use super::choice::{known, known_in};
use super::context::Reading;
use super::failure::Failure;
use crate::graph::{ColumnType, LabelSpec, NodeRef, PropertySpec};
use crate::relations::vocabulary::label;
use crate::relations::{Scale, same_name};
use crate::value::{Bound, Date, Day, Value, fold, nearest};

/// How a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    Other,
    Less,
    AtMost,
    More,
    AtLeast,
    Contains,
}

/// Longer signs before those that they begin with.
const OPERATORS: [(&str, Operator); 7] = [
    ("!=", Operator::Other),
    ("<=", Operator::AtMost),
    (">=", Operator::AtLeast),
    ("=", Operator::Equal),
    ("<", Operator::Less),
    (">", Operator::More),
    ("~", Operator::Contains),
];

impl Operator {
    /// Whether it asks which of two values is the greater.
    fn orders(self) -> bool {
        matches!(self, Self::Less | Self::AtMost | Self::More | Self::AtLeast)
    }

    fn admits(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::Other => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::More => order.is_gt(),
            Self::AtLeast => order.is_ge(),
            Self::Contains => false,
        }
    }
}

/// What a value is compared with.
#[derive(Clone, Debug)]
enum Wanted {
    /// No value: `KEY=`.
    Nothing,
    Number(f64),
    /// A period; a date that lies in it is equal to it.
    Period(Date),
    /// An end that is known to have no limit: `..`.
    Open,
    /// Text; names are compared by their spellings.
    Text {
        text: String,
        name: bool,
    },
}

/// One condition.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    typed: String,
    key: String,
    operator: Operator,
    wanted: Wanted,
}

/// Properties that are names: they are compared as look-up compares them.
const NAMES: [&str; 3] = ["name", "name_en", "aliases"];

impl Condition {
    /// Reads a condition on nodes of a label whose columns are these.
    ///
    /// # Errors
    /// [`Failure::Usage`] where the key or the word is unknown, or the value does not compare so.
    pub(super) fn read(
        reading: &Reading,
        spec: &LabelSpec,
        columns: &[String],
        typed: &str,
    ) -> Result<Self, Failure> {
        let at = typed.find(['=', '!', '<', '>', '~']);
        let split = at.and_then(|at| {
            let (key, rest) = typed.split_at_checked(at)?;
            let (sign, operator) = OPERATORS.iter().find(|(sign, _)| rest.starts_with(sign))?;
            Some((key.trim(), *operator, rest.strip_prefix(sign)?.trim()))
        });
        let Some((key, operator, value)) = split else {
            return Err(Failure::Usage(format!(
                "--where {typed}: write KEY=VALUE, or compare with != < <= > >= or ~ (contains)"
            )));
        };
        known("--where", key, &columns.iter().map(String::as_str).collect::<Vec<_>>())?;
        let property = spec.properties.iter().find(|property| property.key == key);
        let wanted = wanted(key, property, operator, value)
            .map_err(|why| Failure::Usage(format!("--where {typed}: {why}")))?;
        if matches!(wanted, Wanted::Text { .. }) && operator != Operator::Contains {
            known_in(&format!("--where {typed}"), value, &words(reading, spec, key, property))?;
        }
        Ok(Self { typed: typed.to_owned(), key: key.to_owned(), operator, wanted })
    }

    /// Whether a node meets it, at a day or by its latest values.
    pub(super) fn holds(&self, node: NodeRef<'_>, day: Option<Day>) -> bool {
        match self.key.as_str() {
            "valid_from" => self.holds_bound(node.validity().from, Day::MIN),
            "valid_to" => self.holds_bound(node.validity().to, Day::MAX),
            "attested" => {
                let dates = node.validity().attested_text();
                let dates: Vec<Value> =
                    dates.split(';').filter(|date| !date.is_empty()).map(Value::text).collect();
                self.holds_any(&dates)
            }
            key => {
                let value = |key: &str| day.map_or_else(|| node.value(key), |day| node.value_at(key, day));
                let mut values = entries(value(key));
                if key == "name" && matches!(self.operator, Operator::Equal | Operator::Other) {
                    values.extend(entries(value("name_en")).into_iter().chain(entries(value("aliases"))));
                }
                self.holds_any(&values)
            }
        }
    }

    /// One entry of a list is enough; `!=` is met where `=` is not.
    fn holds_any(&self, values: &[Value]) -> bool {
        match (self.operator, &self.wanted) {
            (Operator::Equal, Wanted::Nothing) => values.is_empty(),
            (Operator::Other, Wanted::Nothing) => !values.is_empty(),
            (Operator::Other, _) => !values.iter().any(|value| self.meets(value, Operator::Equal)),
            (operator, _) => values.iter().any(|value| self.meets(value, operator)),
        }
    }

    fn meets(&self, value: &Value, operator: Operator) -> bool {
        match &self.wanted {
            Wanted::Nothing | Wanted::Open => false,
            Wanted::Number(number) => value
                .as_number()
                .and_then(|own| own.partial_cmp(number))
                .is_some_and(|order| operator.admits(order)),
            Wanted::Period(period) => {
                let date = value.to_string().parse::<Date>();
                date.is_ok_and(|date| operator.admits(order_in(date.first_day(), *period)))
            }
            Wanted::Text { text, .. } if operator == Operator::Contains => {
                fold(&value.to_string()).contains(&fold(text))
            }
            Wanted::Text { text, name } => {
                let own = value.to_string();
                let same_code =
                    || self.key == "code" && own.split_once(':').is_some_and(|(_, bare)| bare == text);
                fold(&own) == fold(text) || same_code() || (*name && same_name(&own, text))
            }
        }
    }

    /// An end of a validity; an open one lies before or after every date.
    fn holds_bound(&self, bound: Bound, open: Day) -> bool {
        match (bound, &self.wanted) {
            (Bound::Unknown, Wanted::Nothing) => self.operator == Operator::Equal,
            (_, Wanted::Nothing) => self.operator == Operator::Other,
            (Bound::Unknown, _) => self.operator == Operator::Other,
            (Bound::Open, Wanted::Open) => {
                matches!(self.operator, Operator::Equal | Operator::AtMost | Operator::AtLeast)
            }
            (Bound::Open, Wanted::Period(period)) => self.operator.admits(order_in(open, *period)),
            (Bound::Known(date), Wanted::Open) => self.operator.admits(date.first_day().cmp(&open)),
            (Bound::Known(date), Wanted::Period(period)) => {
                self.operator.admits(order_in(date.first_day(), *period))
            }
            (bound, Wanted::Text { text, .. }) => bound.to_string().contains(text.as_str()),
            (_, Wanted::Number(_)) => false,
        }
    }

    /// Why nothing may have met the conditions: the values nearest to one that no node has.
    pub(super) fn explain<'a>(
        &self,
        nodes: impl Iterator<Item = NodeRef<'a>>,
        day: Option<Day>,
        what: &str,
    ) -> Option<String> {
        let (mut count, mut values) = (0, Vec::new());
        for node in nodes {
            if self.holds(node, day) {
                return None;
            }
            count += 1;
            values.extend(entries(node.value(&self.key)).iter().map(ToString::to_string));
        }
        values.sort_unstable();
        values.dedup();
        let near = match &self.wanted {
            Wanted::Text { text, .. } => nearest(text, values.iter().map(String::as_str), 3).join(" or "),
            _ => String::new(),
        };
        let near = if near.is_empty() { near } else { format!("; did you mean {near}?") };
        Some(format!("--where {}: none of {count} {what} meets it, at whatever date{near}", self.typed))
    }
}

/// Where a day lies: before a period, in it (equal), after it.
fn order_in(day: Day, period: Date) -> Ordering {
    if day < period.first_day() {
        Ordering::Less
    } else if day > period.last_day() {
        Ordering::Greater
    } else {
        Ordering::Equal
    }
}

/// The value, or each entry of a list.
fn entries(value: Option<Value>) -> Vec<Value> {
    match value {
        Some(Value::List(values)) => values.to_vec(),
        value => value.into_iter().collect(),
    }
}

/// What a value is compared with, by the type of the property.
fn wanted(
    key: &str,
    property: Option<&PropertySpec>,
    operator: Operator,
    value: &str,
) -> Result<Wanted, String> {
    let text = || Wanted::Text { text: value.to_owned(), name: NAMES.contains(&key) };
    let is_date = matches!(key, "valid_from" | "valid_to" | "attested");
    let column = property.map(|property| property.column_type);
    if value.is_empty() {
        let asks = matches!(operator, Operator::Equal | Operator::Other);
        return asks.then_some(Wanted::Nothing).ok_or_else(|| "there is no value to compare with".to_owned());
    }
    if operator == Operator::Contains {
        return Ok(text());
    }
    match column {
        _ if is_date && value == ".." => Ok(Wanted::Open),
        Some(ColumnType::Date) => value.parse().map(Wanted::Period).map_err(|error| format!("{error}")),
        _ if is_date => value.parse().map(Wanted::Period).map_err(|error| format!("{error}")),
        Some(ColumnType::Integer | ColumnType::Float) => {
            let number = value.parse().ok().filter(|number: &f64| number.is_finite());
            number.map(Wanted::Number).ok_or_else(|| format!("{key} holds numbers, and “{value}” is not one"))
        }
        _ if operator.orders() => {
            Err(format!("{key} holds text, which is not ordered; compare it with =, != or ~ (contains)"))
        }
        _ => Ok(text()),
    }
}

/// The words of a closed list, where the property has one.
fn words(reading: &Reading, spec: &LabelSpec, key: &str, property: Option<&PropertySpec>) -> Vec<String> {
    let schema = reading.snapshot.catalogue().schema();
    match key {
        "level" | "rank" if spec.name == label::GOVERNMENT => {
            reading.tiers(if key == "level" { Scale::Level } else { Scale::Rank })
        }
        "confidence" => schema.confidence.clone(),
        _ if property.is_some_and(|property| property.column_type == ColumnType::Boolean) => {
            ["true", "false"].map(str::to_owned).to_vec()
        }
        _ => property.map_or_else(Vec::new, |property| schema.codebook(property).to_vec()),
    }
}
