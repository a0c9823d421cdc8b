//! Where does one statement end and the next begin?

use super::lexer;
use super::token::TokenKind;

/// The statements of a text, divided by semicolons; what cannot be cut into tokens is one statement.
///
/// Each keeps the lines and columns that it has in the text: what stands before it is blank.
///
/// ```
/// use intergov::query::statements;
/// let all = statements("RETURN ';' AS a;\n  RETURN 2 AS b");
/// assert_eq!(all, ["RETURN ';' AS a", "                \n  RETURN 2 AS b"]);
/// ```
#[must_use]
pub fn statements(text: &str) -> Vec<String> {
    let Ok(tokens) = lexer::tokens(text) else { return vec![text.to_owned()] };
    let mut statements = Vec::new();
    let mut start: Option<usize> = None;
    let mut end = 0;
    for token in tokens {
        if token.is_mark(";") || token.kind == TokenKind::End {
            if let Some(from) = start.take() {
                let blank = text[..from].chars().map(|letter| if letter == '\n' { '\n' } else { ' ' });
                let mut statement: String = blank.collect();
                statement.push_str(&text[from..end]);
                statements.push(statement);
            }
            continue;
        }
        start.get_or_insert(token.range.start());
        end = token.range.end();
    }
    statements
}
