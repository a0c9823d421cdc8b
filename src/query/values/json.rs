//! Values of parameters from JSON.

use super::Datum;

impl Datum {
    /// The value of JSON: whole numbers of 64 bits are integers, all others floats; objects are maps.
    ///
    /// ```
    /// use intergov::query::Datum;
    /// let value = Datum::from_json(&serde_json::from_str("[1, 2.5, null, {\"a\": \"上海\"}]")?);
    /// assert_eq!(value.to_string(), "[1, 2.5, null, {a: '上海'}]");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn from_json(value: &serde_json::Value) -> Self {
        use serde_json::Value;
        match value {
            Value::Null => Self::Null,
            Value::Bool(truth) => Self::Boolean(*truth),
            Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(whole), _) => Self::Integer(whole),
                (None, Some(float)) => Self::Float(float),
                (None, None) => Self::Null,
            },
            Value::String(text) => Self::text(text),
            Value::Array(items) => Self::list(items.iter().map(Self::from_json)),
            Value::Object(entries) => {
                Self::map(entries.iter().map(|(key, value)| (key.as_str(), Self::from_json(value))))
            }
        }
    }
}
