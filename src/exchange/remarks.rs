//! Cells that are read as they stand and are hardly meant so: said once a file, with a count and the first rows.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hash as _, Hasher as _};

use super::fault::Fault;

/// What is strange about a cell or a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Oddity {
    /// A name that programs write for a missing value, or for a formula that failed.
    NameOfNothing(&'static str),
    /// A date that stands for "no end" or "not known" in other programs.
    Sentinel(&'static str),
    /// A name with characters that cannot be seen.
    Invisible,
    /// A row that says the same as one above it.
    Repeated,
    /// A cell that stands for a missing value, and was read so.
    Missing(&'static str),
    /// A whole number with a point, `2010.0`, read as a year.
    YearWithPoint,
    /// A number with a decimal comma, read as one with a point.
    DecimalComma,
    /// A tie that its source directs, where the store keeps no orientation.
    Oriented,
}

/// How many rows are named.
const ROWS: usize = 5;

/// Names of missing values and of formulas that failed, as R, pandas and spreadsheets write them.
const NOTHING: [&str; 13] = [
    "NA", "N/A", "#N/A", "NaN", "nan", "NULL", "null", "None", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!",
    "<NA>",
];

/// Dates that stand for "no end" or "not known" in other programs.
const SENTINELS: [&str; 8] =
    ["9999-12-31", "9999-12", "9999", "9999-01-01", "0001-01-01", "0001", "1900-01-01", "1899-12-30"];

/// The name of a missing value or of a formula that failed, if the text is one.
pub(super) fn name_of_nothing(text: &str) -> Option<&'static str> {
    // Nearly all cells are told by their first byte.
    if !text.starts_with(['N', 'n', '#', '<']) {
        return None;
    }
    NOTHING.into_iter().find(|own| *own == text)
}

/// The word for a missing value that a number, a date or a word of a codebook cannot be.
pub(super) fn missing_value(text: &str) -> Option<&'static str> {
    name_of_nothing(text).filter(|word| !word.ends_with(['!', '?']))
}

/// The date that is hardly meant, if the text is one.
pub(super) fn sentinel(text: &str) -> Option<&'static str> {
    SENTINELS.into_iter().find(|own| *own == text.trim())
}

/// The first character that nobody can see and that makes another name of a name.
///
/// Joiners belong to the spelling of Arabic, Persian and Indian names and are left alone between letters of them.
pub(super) fn invisible(text: &str) -> Option<char> {
    if text.is_ascii() {
        return None;
    }
    let is_joined = |character: char| ('\u{600}'..'\u{1000}').contains(&character);
    let mut before = ' ';
    for (at, character) in text.char_indices() {
        let found = match character {
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}'
            | '\u{FEFF}' => true,
            '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' => true,
            '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' | '\u{E0000}'..='\u{E007F}' => true,
            '\u{200C}' | '\u{200D}' => {
                let after = text.get(at..).and_then(|rest| rest.chars().nth(1)).unwrap_or(' ');
                !(is_joined(before) && is_joined(after))
            }
            _ => false,
        };
        if found {
            return Some(character);
        }
        before = character;
    }
    None
}

/// What stands for the cells of a row, to see whether another one says the same.
pub(super) fn row_hash<'c>(hasher: &impl BuildHasher, cells: impl Iterator<Item = &'c str>) -> u64 {
    let mut state = hasher.build_hasher();
    cells.for_each(|cell| cell.hash(&mut state));
    state.finish()
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct RemarkedCells {
    count: usize,
    rows: Vec<u64>,
    example: String,
}

/// What was found strange, by file, column and kind.
#[derive(Clone, Debug, Default)]
pub(super) struct Remarks {
    found: BTreeMap<(String, String, Oddity), RemarkedCells>,
}

impl Remarks {
    /// Notes a cell; `column` is empty for a whole row.
    pub(super) fn note(&mut self, file: &str, row: u64, column: &str, oddity: Oddity, example: &str) {
        let found = self.found.entry((file.to_owned(), column.to_owned(), oddity)).or_default();
        if found.count == 0 {
            example.clone_into(&mut found.example);
        }
        found.count += 1;
        if found.rows.len() < ROWS {
            found.rows.push(row);
        }
    }

    /// Forgets what was found in some columns.
    pub(super) fn forget_columns(&mut self, columns: &[&str]) {
        self.found.retain(|(_, column, _), _| !columns.contains(&column.as_str()));
    }

    /// Takes what was found further down.
    pub(super) fn extend(&mut self, further: Self) {
        for (key, more) in further.found {
            let found = self.found.entry(key).or_default();
            if found.count == 0 {
                found.example = more.example;
            }
            found.count += more.count;
            let room = ROWS.saturating_sub(found.rows.len());
            found.rows.extend(more.rows.into_iter().take(room));
        }
    }

    /// A warning for each kind.
    pub(super) fn into_warnings(self) -> Vec<Fault> {
        self.found
            .into_iter()
            .map(|((file, column, oddity), found)| warning(file, column, oddity, &found))
            .collect()
    }
}

/// What is said of the files, in the order of file, row and column.
pub(super) fn in_order_of_files(mut warnings: Vec<Fault>, remarks: Remarks) -> Vec<Fault> {
    warnings.extend(remarks.into_warnings());
    warnings.sort();
    warnings
}

fn warning(file: String, column: String, oddity: Oddity, found: &RemarkedCells) -> Fault {
    let rows: Vec<String> = found.rows.iter().map(ToString::to_string).collect();
    let dots = if found.count > rows.len() { ", …" } else { "" };
    let counted = |what: &str| match found.count {
        1 => format!("1 {what}"),
        count => format!("{count} {what}s (rows {}{dots})", rows.join(", ")),
    };
    let (cells, times) = (counted("cell"), counted("row"));
    let (is, years, numbers) =
        if found.count == 1 { ("is", "a year", "a number") } else { ("are", "years", "numbers") };
    let (hold, repeat) = if found.count == 1 { ("holds", "repeats") } else { ("hold", "repeat") };
    let example = &found.example;
    let (rule, message, remedy) = match oddity {
        Oddity::NameOfNothing(word) if word.starts_with('#') => (
            "reference",
            format!("“{word}” is a name in {cells}: a formula that failed"),
            "write the name, or remove the rows",
        ),
        Oddity::NameOfNothing(word) => (
            "reference",
            format!("“{word}” is a name in {cells}: is it a missing value?"),
            "remove these rows if it is; nothing is to be done if it is a name",
        ),
        Oddity::Sentinel(word) => (
            "S1",
            format!("{word} is a date in {cells}: in many programs it stands for no end or an unknown date"),
            "write .. for what has no end yet, and nothing for an unknown date",
        ),
        Oddity::Invisible => (
            "S24",
            format!("{cells} {hold} a character that cannot be seen, first in “{example}”"),
            "remove it: with it the name is another one",
        ),
        Oddity::Repeated => ("csv", format!("{times} {repeat} a row above word for word"), "remove them"),
        Oddity::Missing(word) => {
            ("csv", format!("“{word}” in {cells} is read as a missing value"), "write nothing there")
        }
        Oddity::YearWithPoint => {
            ("S2", format!("{cells} such as “{example}” {is} read as {years}"), "write whole years")
        }
        Oddity::DecimalComma => (
            "schema",
            format!("{cells} such as “{example}” {is} read as {numbers} with a decimal comma"),
            "write numbers with a decimal point",
        ),
        Oddity::Oriented => (
            "S32",
            format!("{times} {is} directed; the orientation of a tie is not kept"),
            "nothing is to be done where ties have no direction",
        ),
    };
    let fault = Fault::new(file, rule, message, remedy).warned();
    let fault = match found.rows.first() {
        Some(row) => fault.at(*row),
        None => fault,
    };
    if column.is_empty() { fault } else { fault.of(column) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_found() {
        for (text, found) in [
            ("上海\u{200B}市", Some('\u{200B}')),
            ("\u{FEFF}Bonn", Some('\u{FEFF}')),
            ("Saar\u{AD}land", Some('\u{AD}')),
            ("a\u{2060}b", Some('\u{2060}')),
            ("a\u{200D}é", Some('\u{200D}')),
            ("می\u{200C}خواهم", None),
            ("長江三角洲", None),
            ("Zürich", None),
        ] {
            assert_eq!(invisible(text), found, "{text:?}");
        }
    }
}
