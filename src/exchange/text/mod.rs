//! How do the bytes of a CSV file become rows, whatever program wrote them?
//!
//! Encoding, separator, quotes and limits are decided here, for tables of packages and for bare lists alike.
//! What a cell means is decided by its reader.

mod encoding;
mod quotes;
mod separator;
mod table;
mod watch;

use crate::value::DateForm;

pub use encoding::{EncodingError, TextEncoding};
pub(super) use separator::{Separator, decimal_point};
pub(crate) use table::{RawRow, RawTable, read_table};
pub(super) use table::{ragged_row, read_text, table_of};
pub(super) use watch::{table_too_large, too_many_columns};

/// How a text file is written, where that is decided by hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TextForm {
    /// What separates the cells: an ASCII character. Default: comma, semicolon, tab or bar, whichever the first
    /// row has most of.
    pub delimiter: Option<u8>,
    /// The encoding. Default: UTF-8; UTF-16 with a byte-order mark; GB18030 where the text is certainly Chinese.
    pub encoding: Option<TextEncoding>,
    /// A form in which dates may be written beside `2010-03-01`. Default: none.
    pub dates: Option<DateForm>,
}
