//! Text behind a closing quote: whoever wrote it meant another rule of quotes than CSV has.

/// The position of the first cell of a row in which text follows the closing quote, and the cell up to there and a
/// little beyond.
pub(super) fn text_after_quote(row: &str, separator: u8) -> Option<(usize, String)> {
    #[derive(Clone, Copy)]
    enum QuoteState {
        Start,
        Plain,
        Quoted,
        /// Behind a quote in a quoted cell: its end, or half of a doubled quote.
        Closing,
    }
    if !row.contains('"') {
        return None;
    }
    let (mut within, mut cell, mut start) = (QuoteState::Start, 0, 0);
    for (at, byte) in row.bytes().enumerate() {
        within = match (within, byte) {
            (QuoteState::Start | QuoteState::Closing, b'"') => QuoteState::Quoted,
            (QuoteState::Quoted, b'"') => QuoteState::Closing,
            (QuoteState::Quoted, _) => QuoteState::Quoted,
            (_, byte) if byte == separator => {
                (cell, start) = (cell + 1, at + 1);
                QuoteState::Start
            }
            (QuoteState::Start, b'\r' | b'\n') => {
                start = at + 1;
                QuoteState::Start
            }
            // Blanks before the separator do no harm.
            (QuoteState::Closing, b' ' | b'\t' | b'\r' | b'\n') => QuoteState::Closing,
            (QuoteState::Closing, _) => {
                let shown = row.get(start..).unwrap_or_default().lines().next().unwrap_or_default();
                return Some((cell, shown.chars().take(30).collect()));
            }
            _ => QuoteState::Plain,
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
