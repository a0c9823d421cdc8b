//! A value in the cell of a table, and back.

use super::remarks::invisible;
use crate::graph::ColumnType;
use crate::value::{Date, Value};

/// Why a cell cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CellFault {
    pub(super) rule: &'static str,
    pub(super) message: String,
    pub(super) remedy: String,
}

fn fault(rule: &'static str, message: String, remedy: &str) -> CellFault {
    CellFault { rule, message, remedy: remedy.to_owned() }
}

/// Reads a cell; an empty one is a missing value.
pub(super) fn read_cell(cell: &str, column_type: ColumnType) -> Result<Option<Value>, CellFault> {
    if cell.is_empty() {
        return Ok(None);
    }
    let trimmed = cell.trim();
    let value = match column_type {
        ColumnType::Text | ColumnType::Reference => Value::text(cell),
        ColumnType::TextList => {
            let items = split_list(cell);
            if items.is_empty() {
                return Ok(None);
            }
            Value::texts(items.iter().map(String::as_str))
        }
        ColumnType::Integer => Value::Integer(trimmed.parse().map_err(|_| {
            fault(
                "schema",
                format!("“{cell}” is not a whole number"),
                "write digits only, without separators",
            )
        })?),
        ColumnType::Float => Value::Float(read_float(trimmed).ok_or_else(|| {
            fault(
                "schema",
                format!("“{cell}” is not a number"),
                "write digits with a decimal point, without separators",
            )
        })?),
        ColumnType::Boolean => Value::Boolean(read_boolean(trimmed).ok_or_else(|| {
            fault("schema", format!("“{cell}” is neither true nor false"), "write true or false")
        })?),
        ColumnType::Date => Value::Date(trimmed.parse::<Date>().map_err(|_| {
            fault("S2", format!("“{cell}” is not a date"), "write 2010, 2010-03 or 2010-03-01")
        })?),
    };
    Ok(Some(value))
}

fn read_float(text: &str) -> Option<f64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    text.parse().ok().filter(|number: &f64| digits && number.is_finite())
}

/// Spreadsheets write `TRUE` and `FALSE`.
pub(super) fn read_boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// The cell that reads back as exactly this value; `None` if there is none.
pub(super) fn write_cell(value: &Value, column_type: ColumnType) -> Option<String> {
    let cell = match (value, column_type) {
        (Value::List(items), ColumnType::TextList) => join_list(items.iter().map(Value::as_text))?,
        (Value::List(_), _) => return None,
        _ => value.to_string(),
    };
    let fits =
        !cell.contains('\0') && read_cell(&cell, column_type).is_ok_and(|read| read.as_ref() == Some(value));
    fits.then_some(cell)
}

/// Items of a list cell: separated by `;`, `\;` is a semicolon, `\\` a backslash. Spaces around an item
/// and empty items do not count.
pub(super) fn split_list(cell: &str) -> Vec<String> {
    let mut items = vec![String::new()];
    let mut characters = cell.chars().peekable();
    while let Some(character) = characters.next() {
        let item = items.last_mut();
        match (character, characters.peek(), item) {
            ('\\', Some(&next @ (';' | '\\')), Some(item)) => {
                item.push(next);
                characters.next();
            }
            (';', _, _) => items.push(String::new()),
            (other, _, Some(item)) => item.push(other),
            (_, _, None) => {}
        }
    }
    items.iter().map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect()
}

/// The cell of a list of texts that are known to be such.
pub(super) fn join_texts(items: &[&str]) -> String {
    join_list(items.iter().map(|item| Some(*item))).unwrap_or_default()
}

fn join_list<'a>(items: impl Iterator<Item = Option<&'a str>>) -> Option<String> {
    let items: Option<Vec<String>> =
        items.map(|item| Some(item?.replace('\\', r"\\").replace(';', r"\;"))).collect();
    Some(items?.join(";"))
}

/// Why a text cannot be an id, if it cannot.
pub(super) fn id_fault(id: &str) -> Option<CellFault> {
    if id.trim() != id || id.chars().any(char::is_control) {
        let message =
            format!("the id “{}” has spaces or control characters around or in it", id.escape_debug());
        return Some(fault("S22", message, "remove them"));
    }
    if let Some(character) = invisible(id) {
        let message = format!("the id “{}” holds a character that cannot be seen", visible(id, character));
        return Some(fault("S22", message, "remove it"));
    }
    None
}

/// A text with a character that cannot be seen written as its number: `\u200b`.
pub(super) fn visible(text: &str, character: char) -> String {
    text.replace(character, &format!("\\u{:04x}", u32::from(character)))
}

/// An id with this prefix only names a row inside its package: the element has no text id.
pub(super) const BLANK: &str = "_:";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_read_back_as_the_same_value() {
        let cases = [
            (Value::text("长三角; “quote\""), ColumnType::Text),
            (Value::texts(["a;b", r"c\d", r"\;"]), ColumnType::TextList),
            (Value::Integer(i64::MIN), ColumnType::Integer),
            (Value::Float(0.1 + 0.2), ColumnType::Float),
            (Value::Float(1e300), ColumnType::Float),
            (Value::Float(-0.0), ColumnType::Float),
            (Value::Boolean(false), ColumnType::Boolean),
            (Value::Date("2010-03".parse().unwrap()), ColumnType::Date),
        ];
        for (value, column_type) in cases {
            let cell = write_cell(&value, column_type).unwrap();
            assert_eq!(read_cell(&cell, column_type), Ok(Some(value)), "{cell}");
        }
    }

    #[test]
    fn what_would_change_does_not_fit() {
        let cases = [
            (Value::Integer(3), ColumnType::Text),
            (Value::Integer(3), ColumnType::Float),
            (Value::text(""), ColumnType::Text),
            (Value::Text("e\u{301}".into()), ColumnType::Text),
            (Value::Text("a\0b".into()), ColumnType::Text),
            (Value::texts([" a"]), ColumnType::TextList),
            (Value::texts(["", "b"]), ColumnType::TextList),
            (Value::List([].into()), ColumnType::TextList),
            (Value::List([Value::Integer(1)].into()), ColumnType::TextList),
        ];
        for (value, column_type) in cases {
            assert_eq!(write_cell(&value, column_type), None, "{value:?} {column_type:?}");
        }
    }

    #[test]
    fn numbers_of_other_notations_are_refused() {
        for cell in ["1,000", "NaN", "inf", "1.5.1", "十"] {
            assert!(read_cell(cell, ColumnType::Float).is_err(), "{cell}");
        }
        assert!(read_cell("3.0", ColumnType::Integer).is_err());
        assert_eq!(read_cell("TRUE", ColumnType::Boolean), Ok(Some(Value::Boolean(true))));
        assert!(read_cell("yes", ColumnType::Boolean).is_err());
    }
}
