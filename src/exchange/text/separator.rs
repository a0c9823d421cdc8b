//! What separates the cells of a row? The first row tells.

use crate::exchange::fault::Fault;

/// What separates cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::exchange) struct Separator {
    pub(in crate::exchange) byte: u8,
    /// Whether the first row is `sep=;`, as Excel writes and reads it: it is then no row of the table.
    pub(in crate::exchange) declared: bool,
}

const SEPARATORS: [(u8, &str); 4] =
    [(b',', "commas"), (b';', "semicolons"), (b'\t', "tabs"), (b'|', "vertical bars")];

impl Separator {
    pub(in crate::exchange) const COMMA: Self = Self { byte: b',', declared: false };

    /// The separator of a file that begins with these bytes, whose first row is among them.
    pub(in crate::exchange) fn of(start: &[u8]) -> Self {
        let row =
            start.split(|byte| matches!(byte, b'\n' | b'\r')).find(|row| !row.is_empty()).unwrap_or_default();
        if let Some(byte) = declared(row) {
            return Self { byte, declared: true };
        }
        let mut quoted = false;
        let mut counts = [0_usize; SEPARATORS.len()];
        for byte in row {
            quoted ^= *byte == b'"';
            let at = SEPARATORS.iter().position(|(own, _)| own == byte).filter(|_| !quoted);
            if let Some(count) = at.and_then(|at| counts.get_mut(at)) {
                *count += 1;
            }
        }
        let mut best = (0, Self::COMMA.byte);
        for ((byte, _), count) in SEPARATORS.iter().zip(counts) {
            if count > best.0 {
                best = (count, *byte);
            }
        }
        Self { byte: best.1, declared: false }
    }

    /// What is said of a file whose cells commas do not separate.
    pub(in crate::exchange) fn warning(self, file: &str) -> Option<Fault> {
        let (_, name) = SEPARATORS.iter().find(|(own, _)| *own == self.byte && self.byte != b',')?;
        let message = if self.declared {
            format!("the first row says that {name} separate the cells: they were read so")
        } else {
            format!("{name} separate the cells of the first row: all rows were read so")
        };
        let remedy = "check the columns";
        Some(Fault { warning: true, ..Fault::new(file, "csv", message, remedy) })
    }
}

/// The separator that a row `sep=;` names.
fn declared(row: &[u8]) -> Option<u8> {
    let row = row.strip_prefix(b"\"").and_then(|row| row.strip_suffix(b"\"")).unwrap_or(row);
    let (name, byte) = (row.get(..4)?, row.get(4)?);
    let only = matches!(row.len(), 5) && name.eq_ignore_ascii_case(b"sep=");
    only.then_some(*byte).filter(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric() && *byte != b'"')
}

/// A number with a decimal comma, `2,5`, as one with a point; `None` for any other text.
pub(in crate::exchange) fn decimal_point(text: &str) -> Option<String> {
    let (whole, part) = text.trim().split_once(',')?;
    let unsigned = whole.strip_prefix(['-', '+']).unwrap_or(whole);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (digits(unsigned) && digits(part)).then(|| format!("{whole}.{part}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_row_tells_the_separator() {
        for (start, byte, is_declared) in [
            ("from,to\na;b,c", b',', false),
            ("\n\"from\";\"to, or not\"\n", b';', false),
            ("from\tto\r\n", b'\t', false),
            ("from|to", b'|', false),
            ("sep=;\r\nfrom,to", b';', true),
            ("\"sep=\t\"\nfrom,to", b'\t', true),
            ("sep=a\nx;y", b',', false),
            ("from", b',', false),
            ("", b',', false),
        ] {
            let found = Separator::of(start.as_bytes());
            assert_eq!((found.byte, found.declared), (byte, is_declared), "{start:?}");
        }
    }

    #[test]
    fn a_decimal_comma_is_a_point() {
        assert_eq!(decimal_point(" 2,5").as_deref(), Some("2.5"));
        assert_eq!(decimal_point("-12,50").as_deref(), Some("-12.50"));
        for text in ["2.5", "1.234,5", "1,234,5", ",5", "5,", "a,b", ""] {
            assert_eq!(decimal_point(text), None, "{text}");
        }
    }
}
