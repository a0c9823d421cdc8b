//! States and observations in time (S3, S17).

use std::sync::Arc;

use super::{WriteError, Writer};
use crate::graph::{KeyId, NodeId, NodeRecord, Property, PropertyKind, Spell};
use crate::value::{Bound, Date, Day, Truth, Validity, Value, Window};

/// A statistic for one period.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation<'a> {
    /// Property of the schema, e.g. `population`.
    pub key: &'a str,
    /// The value, in `unit`.
    pub value: f64,
    /// The period for which it holds; it is never carried beyond it (S3).
    pub period: Validity,
    /// Unit. Default: none.
    pub unit: Option<&'a str>,
    /// Statements with the same key are alternatives (S19). Default: none.
    pub fact: Option<&'a str>,
    /// Whether measures use this alternative. Default: not said.
    pub preferred: Option<bool>,
    /// Ids of its sources. Default: none.
    pub sources: &'a [&'a str],
}

impl<'a> Observation<'a> {
    /// A value for the periods from `first` to `last`, both included.
    ///
    /// # Errors
    /// [`WriteError::Validity`] where the last lies before the first.
    pub fn new(key: &'a str, value: f64, first: Date, last: Date) -> Result<Self, WriteError> {
        let window = Window::during(first, last)?;
        let end = Date::new(window.span().to, first.precision().max(last.precision()));
        // After the last day of the calendar nothing ends.
        let period = Validity::new(Bound::Known(first), end.map_or(Bound::Open, Bound::Known), Vec::new())?;
        Ok(Self { key, value, period, unit: None, fact: None, preferred: None, sources: &[] })
    }
}

impl Writer<'_, '_> {
    /// Sets a state of a node: name, code, level, rank, type …
    ///
    /// With a date it opens a spell there and closes the former one; a later spell stays. Without, it
    /// corrects the latest spell: "it was never otherwise" (S17).
    ///
    /// ```
    /// use std::sync::Arc;
    /// use intergov::graph::{Catalogue, Snapshot};
    /// use intergov::relations::{NewGovernment, Writer};
    /// use intergov::value::{Date, Validity, Value};
    ///
    /// let empty = Snapshot::empty(Arc::new(Catalogue::default()));
    /// let mut draft = empty.draft();
    /// let mut writer = Writer::new(&mut draft);
    /// let city = NewGovernment { rank: Some("prefectural"), ..NewGovernment::new("cn", "cn:330100", "杭州市") };
    /// let city = writer.found_government(&city, Validity::ALWAYS)?;
    /// writer.set_state(city, "rank", "sub-provincial".into(), Some("1994-02-25".parse()?))?;
    /// let state = empty.apply(&draft.finish())?;
    /// let rank = |year| state.node(city)?.value_at("rank", Date::year(year)?.last_day());
    /// assert_eq!(rank(1993), Some(Value::text("prefectural")));
    /// assert_eq!(rank(1994), Some(Value::text("sub-provincial")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`WriteError::NoState`] for a property that the schema declares otherwise, [`WriteError::OutsideLife`]
    /// for a date at which the node certainly does not exist.
    pub fn set_state(
        &mut self,
        node: NodeId,
        key: &str,
        value: Value,
        from: Option<Date>,
    ) -> Result<(), WriteError> {
        let record = self.draft.node_record(node).ok_or(crate::graph::ChangeError::NoSuchNode(node))?;
        self.declared_as(&record, key, PropertyKind::State)?;
        let number = self.draft.key(key)?;
        let held = record.properties.get(number).cloned();
        let next = match (held, from) {
            (Some(Property::Dated(spells)), None) => Property::Dated(correct_latest(&spells, value)),
            (_, None) => Property::Fixed(value),
            (held, Some(date)) => {
                if record.validity.holds_in(Window::on(date.first_day())) == Truth::False {
                    return Err(WriteError::OutsideLife {
                        node: self.caption(&record),
                        date,
                        validity: record.validity.to_string(),
                    });
                }
                let spells = match held {
                    Some(Property::Dated(spells)) => spells.to_vec(),
                    Some(Property::Fixed(value)) => {
                        vec![Spell { validity: record.validity.clone(), value, qualifiers: Vec::new() }]
                    }
                    None => Vec::new(),
                };
                Property::Dated(open_spell(spells, value, date, record.validity.to)?)
            }
        };
        self.put(node, key, next)
    }

    /// Adds a statistic for one period; earlier statements stay.
    ///
    /// # Errors
    /// [`WriteError::NoObservation`] for a property that the schema declares otherwise.
    pub fn add_observation(&mut self, node: NodeId, new: &Observation<'_>) -> Result<(), WriteError> {
        let record = self.draft.node_record(node).ok_or(crate::graph::ChangeError::NoSuchNode(node))?;
        self.declared_as(&record, new.key, PropertyKind::Observation)?;
        let sources = (!new.sources.is_empty()).then(|| Value::texts(new.sources.iter().copied()));
        let owner = self.text(&record.properties, "id").unwrap_or_else(|| node.to_string());
        let start = new.period.from.date().map_or_else(String::new, |date| date.to_string());
        let number = self.draft.key(new.key)?;
        let mut spells = record.properties.get(number).map_or_else(Vec::new, |held| held.spells().to_vec());
        let id = format!("{owner}.{}.{start}.{}", new.key, spells.len() + 1);
        let said = [
            ("id", Some(Value::text(&id))),
            ("unit", new.unit.map(Value::text)),
            ("fact", new.fact.map(Value::text)),
            ("preferred", new.preferred.map(Value::from)),
            ("source", sources),
        ];
        let mut qualifiers: Vec<(KeyId, Value)> = Vec::new();
        for (key, value) in said {
            if let Some(value) = value {
                qualifiers.push((self.draft.key(key)?, value));
            }
        }
        qualifiers.sort_by_key(|(key, _)| *key);
        spells.push(Spell { validity: new.period.clone(), value: Value::Float(new.value), qualifiers });
        spells.sort_by_key(start_of);
        self.put(node, new.key, Property::Dated(spells.into()))
    }

    /// Refuses a key that a label of the node declares as another kind; undeclared keys are free.
    fn declared_as(&self, record: &NodeRecord, key: &str, kind: PropertyKind) -> Result<(), WriteError> {
        let catalogue = self.draft.catalogue();
        let specs =
            record.labels.iter().filter_map(|label| catalogue.schema().label(catalogue.label_name(*label)));
        for spec in specs {
            let declared = spec.properties.iter().find(|property| property.key == key);
            if declared.is_some_and(|declared| declared.kind != kind) {
                let (key, label) = (key.to_owned(), spec.name.clone());
                return Err(match kind {
                    PropertyKind::Observation => WriteError::NoObservation { key, label },
                    PropertyKind::State | PropertyKind::Fixed => WriteError::NoState { key, label },
                });
            }
        }
        Ok(())
    }
}

fn start_of(spell: &Spell) -> Day {
    spell.validity.extent().possible.from
}

fn correct_latest(spells: &[Spell], value: Value) -> Arc<[Spell]> {
    let mut spells = spells.to_vec();
    if let Some(last) = spells.last_mut() {
        last.value = value;
    }
    spells.into()
}

/// Opens a spell at a date and closes the one that held before it there.
fn open_spell(
    spells: Vec<Spell>,
    value: Value,
    at: Date,
    life_end: Bound,
) -> Result<Arc<[Spell]>, WriteError> {
    let day = at.first_day();
    let begins = |spell: &Spell| spell.validity.from.date().map_or(Day::MIN, Date::first_day);
    // What begins on the day or later stays, except that a spell of the very day is corrected.
    let next = spells.iter().filter(|spell| begins(spell) > day).min_by_key(|spell| begins(spell));
    let mut end = next.map_or(life_end, |next| next.validity.from);
    let mut kept = Vec::with_capacity(spells.len() + 2);
    for mut spell in spells {
        let over = spell.validity.to.date().is_some_and(|to| to.first_day() <= day);
        if begins(&spell) > day || over {
            kept.push(spell);
        } else if begins(&spell) == day {
            end = spell.validity.to;
        } else {
            end = spell.validity.to;
            let attested =
                spell.validity.attested.iter().filter(|date| date.last_day() < day).copied().collect();
            spell.validity = Validity::new(spell.validity.from, Bound::Known(at), attested)?;
            kept.push(spell);
        }
    }
    let validity = Validity::new(Bound::Known(at), end, Vec::new())?;
    kept.push(Spell { validity, value, qualifiers: Vec::new() });
    kept.sort_by_key(start_of);
    Ok(kept.into())
}
