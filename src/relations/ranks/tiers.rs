//! Tier schemes: levels and ranks with their order, as data (S21).

use crate::relations::vocabulary::label;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::graph::Snapshot;
use crate::value::Value;

/// Which scale a direction is read from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Scale {
    /// The administrative grade, the paper's scale.
    #[default]
    Rank,
    /// The territorial tier.
    Level,
}

impl Scale {
    /// The state property that holds it.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Rank => "rank",
            Self::Level => "level",
        }
    }
}

impl fmt::Display for Scale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

crate::value::reads_words!(Scale is "scale": Rank Level);
#[cfg(feature = "serde")]
crate::value::as_text!(Scale);

/// One step of a scale.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// Its name in the data.
    pub name: String,
    /// Its name in the language of the place.
    pub local: String,
    /// Its place: 0 is the top, half steps are allowed.
    pub ordinal: f64,
    /// Its place on the scale that schemes share; `None` = not comparable with other schemes.
    pub common: Option<f64>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct SchemeFile {
    name: String,
    country: String,
    province: String,
    /// None where the scheme has no level of cities.
    city: Option<String>,
    levels: Vec<Tier>,
    ranks: Vec<Tier>,
}

const BUILTIN: [&str; 3] =
    [include_str!("schemes/cn.toml"), include_str!("schemes/us.toml"), include_str!("schemes/eu.toml")];

/// All tier schemes that a store knows: the built-in ones and the rows of its table `tiers`.
///
/// ```
/// use std::cmp::Ordering;
/// use intergov::relations::{Scale, TierSchemes};
/// let schemes = TierSchemes::builtin();
/// let compare = |a, b| schemes.compare(Scale::Rank, ("cn", a), ("cn", b));
/// assert_eq!(compare("sub-provincial", "prefectural"), Some(Ordering::Less));
/// assert_eq!(compare("sub-provincial", "baron"), None);
/// assert_eq!(schemes.compare(Scale::Rank, ("cn", "provincial"), ("us", "state")), None);
/// ```
#[derive(Clone, Debug, Default)]
pub struct TierSchemes {
    tiers: BTreeMap<String, Scheme>,
}

/// Both scales of one scheme.
#[derive(Clone, Debug, Default)]
struct Scheme {
    levels: BTreeMap<String, Tier>,
    ranks: BTreeMap<String, Tier>,
    /// Names of the levels on which countries and provinces stand, where the scheme declares them.
    country: Option<String>,
    province: Option<String>,
    city: Option<String>,
}

impl Scheme {
    fn scale(&self, scale: Scale) -> &BTreeMap<String, Tier> {
        match scale {
            Scale::Level => &self.levels,
            Scale::Rank => &self.ranks,
        }
    }

    fn scale_mut(&mut self, scale: Scale) -> &mut BTreeMap<String, Tier> {
        match scale {
            Scale::Level => &mut self.levels,
            Scale::Rank => &mut self.ranks,
        }
    }

    /// The place of a declared level, else of the level at a place counted from the top.
    fn place(&self, declared: Option<&String>, default: f64) -> f64 {
        declared.and_then(|name| self.levels.get(name)).map_or(default, |tier| tier.ordinal)
    }
}

impl TierSchemes {
    /// China, the United States, the European Union.
    #[must_use]
    pub fn builtin() -> Self {
        static READ: OnceLock<TierSchemes> = OnceLock::new();
        READ.get_or_init(Self::read_builtin).clone()
    }

    fn read_builtin() -> Self {
        let mut schemes = Self::default();
        for text in BUILTIN {
            // The files are compiled in and read by a test; one that did not parse would leave its scheme out.
            let file: SchemeFile = toml::from_str(text).unwrap_or_default();
            let scheme = schemes.tiers.entry(file.name).or_default();
            (scheme.country, scheme.province) = (Some(file.country), Some(file.province));
            scheme.city = file.city;
            for (scale, tiers) in [(Scale::Level, file.levels), (Scale::Rank, file.ranks)] {
                let named = tiers.into_iter().map(|tier| (tier.name.clone(), tier));
                scheme.scale_mut(scale).extend(named);
            }
        }
        schemes
    }

    /// The built-in schemes and what the store's own `Tier` rows add or replace.
    #[must_use]
    pub fn of(snapshot: &Snapshot) -> Self {
        let mut schemes = Self::builtin();
        for node in snapshot.nodes_with(label::TIER) {
            let text = |key: &str| node.value(key).map(|value| value.to_string());
            let number = |key: &str| node.value(key).as_ref().and_then(Value::as_number);
            let (Some(scheme), Some(name), Some(ordinal)) = (text("scheme"), text("name"), number("ordinal"))
            else {
                continue;
            };
            let scale = if text("scale").as_deref() == Some("level") { Scale::Level } else { Scale::Rank };
            let local = text("name_local").unwrap_or_else(|| name.clone());
            let tier = Tier { name: name.clone(), local, ordinal, common: number("common_ordinal") };
            schemes.tiers.entry(scheme).or_default().scale_mut(scale).insert(name, tier);
        }
        schemes
    }

    /// The names of the schemes, by code point.
    pub fn schemes(&self) -> impl Iterator<Item = &str> {
        self.tiers.keys().map(String::as_str)
    }

    /// A step of a scale.
    #[must_use]
    pub fn tier(&self, scale: Scale, scheme: &str, name: &str) -> Option<&Tier> {
        self.tiers.get(scheme)?.scale(scale).get(name)
    }

    /// The names of a scheme's steps from the top down.
    #[must_use]
    pub fn names(&self, scale: Scale, scheme: &str) -> Vec<&str> {
        let own = self.tiers.get(scheme).map(|own| own.scale(scale).values());
        let mut tiers: Vec<&Tier> = own.into_iter().flatten().collect();
        tiers.sort_by(|a, b| a.ordinal.total_cmp(&b.ordinal));
        tiers.into_iter().map(|tier| tier.name.as_str()).collect()
    }

    /// The place of the level on which the countries of a scheme stand; 0 where it declares none.
    #[must_use]
    pub fn country_ordinal(&self, scheme: &str) -> f64 {
        self.tiers.get(scheme).map_or(0.0, |own| own.place(own.country.as_ref(), 0.0))
    }

    /// The place of the level on which the provinces of a scheme stand: provinces, states, NUTS 1 regions; 1
    /// where it declares none.
    #[must_use]
    pub fn province_ordinal(&self, scheme: &str) -> f64 {
        self.tiers.get(scheme).map_or(1.0, |own| own.place(own.province.as_ref(), 1.0))
    }

    /// The place of the level that a word means in a scheme: a level by its name, or `country`, `province` or `city` as
    /// the scheme declares them.
    #[must_use]
    pub fn level_ordinal(&self, scheme: &str, word: &str) -> Option<f64> {
        let own = self.tiers.get(scheme)?;
        let declared = match word {
            "country" => own.country.as_deref(),
            "province" => own.province.as_deref(),
            "city" => own.city.as_deref(),
            _ => None,
        };
        own.levels.get(declared.unwrap_or(word)).map(|tier| tier.ordinal)
    }

    /// Compares two steps (scheme, name); the lesser is the higher. `None` if a step is unknown or the
    /// schemes share no scale (S21).
    #[must_use]
    pub fn compare(&self, scale: Scale, a: (&str, &str), b: (&str, &str)) -> Option<Ordering> {
        let (first, second) = (self.tier(scale, a.0, a.1)?, self.tier(scale, b.0, b.1)?);
        if a.0 == b.0 {
            Some(first.ordinal.total_cmp(&second.ordinal))
        } else {
            Some(first.common?.total_cmp(&second.common?))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_scheme_is_read() {
        for text in BUILTIN {
            let file: SchemeFile = toml::from_str(text).unwrap();
            let schemes = TierSchemes::builtin();
            assert_eq!(schemes.names(Scale::Level, &file.name).len(), file.levels.len());
            assert_eq!(schemes.names(Scale::Rank, &file.name).len(), file.ranks.len());
            assert!(schemes.tier(Scale::Level, &file.name, &file.country).is_some());
            assert!(schemes.tier(Scale::Level, &file.name, &file.province).is_some());
        }
    }
}
