//! Values, dates and words as serde writes them: texts as `Display` writes them.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Bound, Date, Day, Truth, Validity, Value};

/// Serializes types as the texts that `Display` writes and `FromStr` reads.
macro_rules! as_text {
    ($($name:ty)+) => {
        $(
            impl serde::Serialize for $name {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.collect_str(self)
                }
            }

            impl<'de> serde::Deserialize<'de> for $name {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let text = <std::borrow::Cow<'_, str>>::deserialize(deserializer)?;
                    text.parse().map_err(serde::de::Error::custom)
                }
            }
        )+
    };
}

pub(crate) use as_text;

as_text! { Bound Date Day Truth }

/// A truth value, a number, a list, or a text; a date is the text that it is written as.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Boolean(truth) => truth.serialize(serializer),
            Self::Integer(number) => number.serialize(serializer),
            Self::Float(number) => number.serialize(serializer),
            Self::Text(text) => text.serialize(serializer),
            Self::Date(date) => date.serialize(serializer),
            Self::List(items) => items.as_ref().serialize(serializer),
        }
    }
}

/// A validity as its three cells.
#[derive(Deserialize, Serialize)]
struct Cells {
    from: Bound,
    to: Bound,
    #[serde(default)]
    attested: Vec<Date>,
}

/// `{"from": "1997", "to": "..", "attested": ["2010"]}`: as in a table, unknown is empty and open is `..`.
impl Serialize for Validity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Cells { from: self.from, to: self.to, attested: self.attested.clone() }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Validity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Cells { from, to, attested } = Cells::deserialize(deserializer)?;
        Self::new(from, to, attested).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_json_has_them() {
        let date: Date = "2010-03".parse().unwrap();
        let value = Value::from([Value::from(1), 0.5.into(), "文".into(), date.into(), true.into()]);
        assert_eq!(serde_json::to_string(&value).unwrap(), "[1,0.5,\"文\",\"2010-03\",true]");
    }

    #[test]
    fn validities_come_back_and_are_checked() {
        let validity = Validity::parse("1997", "", "2010;2019").unwrap();
        let text = serde_json::to_string(&validity).unwrap();
        assert_eq!(text, "{\"from\":\"1997\",\"to\":\"\",\"attested\":[\"2010\",\"2019\"]}");
        assert_eq!(serde_json::from_str::<Validity>(&text).unwrap(), validity);
        assert!(serde_json::from_str::<Validity>("{\"from\":\"1997\",\"to\":\"1990\"}").is_err());
        assert!(serde_json::from_str::<Truth>("\"maybe\"").is_err());
    }
}
