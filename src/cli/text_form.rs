//! How the files that a command reads are written, where that is decided by hand.

use clap::Args;

use super::failure::Failure;
use crate::exchange::{Setting, TextEncoding, TextForm};
use crate::value::DateForm;

/// Options for reading CSV files
#[derive(Args, Clone, Copy, Debug, Default)]
pub(super) struct TextFormArgs {
    /// What separates cells: a character, or comma, semicolon, tab, bar, space [default: as the first row shows]
    #[arg(long, value_name = "CHARACTER", value_parser = delimiter)]
    delimiter: Option<u8>,
    /// Encoding of the text, e.g. GB18030, Big5, Shift_JIS, EUC-KR, windows-1252, UTF-16LE [default: UTF-8, else as far
    /// as it is certain]
    #[arg(long, value_name = "NAME", value_parser = encoding)]
    encoding: Option<TextEncoding>,
    /// A form of dates to be read beside 2010-03-01: D.M.Y, D/M/Y, M/D/Y, Y/M/D, YM (201003), cjk (2010年3月)
    #[arg(long, value_name = "FORM", value_parser = dates)]
    dates: Option<DateForm>,
}

impl TextFormArgs {
    /// What they mean.
    pub(super) fn form(&self) -> TextForm {
        TextForm { delimiter: self.delimiter, encoding: self.encoding, dates: self.dates }
    }
}

fn delimiter(text: &str) -> Result<u8, String> {
    let named = match text {
        "comma" => Some(b','),
        "semicolon" => Some(b';'),
        "tab" | "\\t" => Some(b'\t'),
        "bar" | "pipe" => Some(b'|'),
        "space" => Some(b' '),
        _ => None,
    };
    let own = || match text.as_bytes() {
        &[byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\"\r\n".contains(&byte) => {
            Some(byte)
        }
        _ => None,
    };
    named.or_else(own).ok_or_else(|| "write one character such as ; or a name such as tab".to_owned())
}

fn encoding(text: &str) -> Result<TextEncoding, String> {
    text.parse().map_err(|error: crate::exchange::EncodingError| error.to_string())
}

fn dates(text: &str) -> Result<DateForm, String> {
    text.parse().map_err(|error: crate::value::DateFormError| error.to_string())
}

/// The option of `import` that sets what a remedy speaks of.
pub(super) fn option_of(setting: Setting) -> String {
    match setting {
        Setting::Encoding(name) => format!("--encoding {name}"),
        Setting::Dates(form) => format!("--dates {form}"),
        Setting::Columns => "--columns from=NAME,to=NAME".to_owned(),
        Setting::FoundMissing => "--found-missing".to_owned(),
        Setting::Undated => "--undated unknown".to_owned(),
        Setting::FollowSuccessors => "--follow-successors".to_owned(),
    }
}

/// Reads `from=COUNTRY1,to=COUNTRY2`: our name of a column and the name in the file.
pub(super) fn columns(text: &str) -> Result<Vec<(String, String)>, Failure> {
    let pair = |part: &str| {
        let (own, column) = part.split_once('=')?;
        let (own, column) = (own.trim().to_owned(), column.trim().to_owned());
        (!own.is_empty() && !column.is_empty()).then_some((own, column))
    };
    let pairs: Option<Vec<_>> = text.split(',').map(pair).collect();
    pairs.ok_or_else(|| {
        Failure::Usage(format!("“{text}” names no columns; write --columns from=NAME,to=NAME,year=NAME"))
    })
}
