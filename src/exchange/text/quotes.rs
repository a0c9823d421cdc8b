//! Text behind a closing quote: whoever wrote it meant another rule of quotes than CSV has.

/// The position of the first cell of a row in which text follows the closing quote, and the cell up to there and a
/// little beyond.
pub(super) fn text_after_quote(row: &str, separator: u8) -> Option<(usize, String)> {
    #[derive(Clone, Copy)]
    enum Within {
        Start,
        Plain,
        Quoted,
        /// Behind a quote in a quoted cell: its end, or half of a doubled quote.
        Closing,
    }
    if !row.contains('"') {
        return None;
    }
    let (mut within, mut cell, mut start) = (Within::Start, 0, 0);
    for (at, byte) in row.bytes().enumerate() {
        within = match (within, byte) {
            (Within::Start | Within::Closing, b'"') => Within::Quoted,
            (Within::Quoted, b'"') => Within::Closing,
            (Within::Quoted, _) => Within::Quoted,
            (_, byte) if byte == separator => {
                (cell, start) = (cell + 1, at + 1);
                Within::Start
            }
            (Within::Start, b'\r' | b'\n') => {
                start = at + 1;
                Within::Start
            }
            // Blanks before the separator do no harm.
            (Within::Closing, b' ' | b'\t' | b'\r' | b'\n') => Within::Closing,
            (Within::Closing, _) => {
                let shown = row.get(start..).unwrap_or_default().lines().next().unwrap_or_default();
                return Some((cell, shown.chars().take(30).collect()));
            }
            _ => Within::Plain,
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_follows_a_closing_quote() {
        assert_eq!(
            text_after_quote("a,\"the \\\"Big\\\" Four\",b", b','),
            Some((1, "\"the \\\"Big\\\" Four\",b".into()))
        );
        assert_eq!(text_after_quote("\"a\"b;c", b';'), Some((0, "\"a\"b;c".into())));
        for row in
            ["a,b", "\"a \"\"b\"\" c\",d", "5\" pipe,\"x\"", "\"a\" ,\"b\"\r\n", "\"\",\"\"", "\"a\nb\",c"]
        {
            assert_eq!(text_after_quote(row, b','), None, "{row}");
        }
    }
}
