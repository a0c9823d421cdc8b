//! What a store says of how it is read (S28, S29).

use crate::graph::Snapshot;
use crate::relations::vocabulary::label;
use crate::value::{Persist, Reading};

/// The choices of a store; what it does not choose is the default of S29.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    reading: Option<String>,
    persist: Option<Persist>,
}

impl Settings {
    /// The settings of a state: its nodes `Setting`, by id.
    #[must_use]
    pub fn of(snapshot: &Snapshot) -> Self {
        let text = |id: &str| {
            let value = snapshot.find(label::SETTING, id)?.value("value")?;
            value.as_text().map(str::to_owned)
        };
        Self { reading: text("reading"), persist: text("persist").and_then(|years| years.parse().ok()) }
    }

    /// What is wrong with a setting; `None` if it can be read.
    pub(in crate::relations) fn fault(id: &str, value: &str) -> Option<String> {
        match id {
            "persist" => value.parse::<Persist>().err().map(|error| error.to_string()),
            "reading" => Reading::of(value, Persist::default())
                .is_none()
                .then(|| format!("“{value}” is not a reading")),
            _ => Some(format!("“{id}” is not a setting")),
        }
    }

    /// The reading that is asked for by its word and by years; what is not asked for is as the store says, else as the
    /// default says. `None` for a word that is not a reading.
    #[must_use]
    pub fn reading(&self, word: Option<&str>, persist: Option<Persist>) -> Option<Reading> {
        let persist = persist.or(self.persist).unwrap_or_default();
        let word = word.or(self.reading.as_deref());
        word.map_or(Some(Reading::Presumed(persist)), |word| Reading::of(word, persist))
    }
}
