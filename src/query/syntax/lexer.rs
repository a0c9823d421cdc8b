//! Cuts the text of a query into tokens.

use std::sync::Arc;

use super::TextRange;
use super::token::{MARKS, Token, TokenKind};
use crate::query::error::QueryError;

/// All tokens of a text, with [`TokenKind::End`] as the last one.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, QueryError> {
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens = Vec::new();
    loop {
        lexer.skip_blanks()?;
        let start = lexer.at;
        let kind = lexer.token()?;
        let end = kind == TokenKind::End;
        tokens.push(Token { kind, range: TextRange::new(start, lexer.at) });
        if end {
            return Ok(tokens);
        }
    }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

/// Whether a name may begin with it.
pub(super) fn starts_name(letter: char) -> bool {
    letter.is_alphabetic() || letter == '_'
}

/// Whether a name may go on with it.
pub(super) fn continues_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || unicode_normalization::char::is_combining_mark(letter)
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn error(&self, code: &'static str, start: usize, message: impl Into<String>) -> QueryError {
        QueryError::syntax(code, TextRange::new(start, self.at.max(start + 1)), message)
    }

    fn skip_blanks(&mut self) -> Result<(), QueryError> {
        loop {
            let rest = self.rest();
            let blanks = rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
            let other = rest.chars().next().filter(|letter| letter.is_whitespace()).map_or(0, char::len_utf8);
            let skipped = if rest.starts_with("//") {
                rest.find('\n').unwrap_or(rest.len())
            } else if rest.starts_with("/*") {
                let end = rest.find("*/");
                end.ok_or_else(|| self.error("UnexpectedSyntax", self.at, "this comment has no end `*/`"))?
                    + 2
            } else {
                blanks.max(other)
            };
            if skipped == 0 {
                return Ok(());
            }
            self.at += skipped;
        }
    }

    fn token(&mut self) -> Result<TokenKind, QueryError> {
        let Some(letter) = self.peek() else { return Ok(TokenKind::End) };
        let rest = self.rest();
        let after = rest[letter.len_utf8()..].chars().next();
        if letter.is_ascii_digit() || letter == '.' && after.is_some_and(|next| next.is_ascii_digit()) {
            let number = self.number();
            return Ok(number.unwrap_or_else(TokenKind::Faulty));
        }
        if starts_name(letter) {
            return Ok(TokenKind::Word(self.name()));
        }
        match letter {
            '`' => self.quoted().map(TokenKind::Quoted),
            '\'' | '"' => self.string(letter).map(TokenKind::Text),
            '$' => self.parameter(),
            _ => {
                let Some(mark) = MARKS.iter().find(|mark| rest.starts_with(**mark)) else {
                    let start = self.at;
                    self.at += letter.len_utf8();
                    let message = format!("the character “{letter}” cannot stand here");
                    return Err(self.error("InvalidUnicodeCharacter", start, message));
                };
                self.at += mark.len();
                Ok(TokenKind::Mark(mark))
            }
        }
    }

    fn name(&mut self) -> Arc<str> {
        let rest = self.rest();
        let end = rest.find(|letter| !continues_name(letter)).unwrap_or(rest.len());
        let name = rest[..end].into();
        self.at += end;
        name
    }

    /// A name in backticks; two of them are one.
    fn quoted(&mut self) -> Result<Arc<str>, QueryError> {
        let start = self.at;
        let mut name = String::new();
        self.at += 1;
        while let Some(letter) = self.peek() {
            self.at += letter.len_utf8();
            if letter != '`' {
                name.push(letter);
            } else if self.peek() == Some('`') {
                self.at += 1;
                name.push('`');
            } else {
                return Ok(name.into());
            }
        }
        Err(self.error("UnexpectedSyntax", start, "this name has no closing backtick"))
    }

    fn parameter(&mut self) -> Result<TokenKind, QueryError> {
        let start = self.at;
        self.at += 1;
        match self.peek() {
            Some('`') => self.quoted().map(TokenKind::Parameter),
            Some(letter) if continues_name(letter) => Ok(TokenKind::Parameter(self.name())),
            _ => Err(self.error("UnexpectedSyntax", start, "`$` needs the name of a parameter: `$name`")),
        }
    }

    fn string(&mut self, quote: char) -> Result<Arc<str>, QueryError> {
        let start = self.at;
        let mut text = String::new();
        self.at += 1;
        while let Some(letter) = self.peek() {
            self.at += letter.len_utf8();
            match letter {
                '\\' => text.push(self.escape()?),
                letter if letter == quote => return Ok(text.into()),
                letter => text.push(letter),
            }
        }
        Err(self.error("UnexpectedSyntax", start, format!("this text has no closing {quote}")))
    }

    /// What a backslash and the letters after it stand for.
    fn escape(&mut self) -> Result<char, QueryError> {
        let start = self.at - 1;
        let letter = self.peek().unwrap_or('\0');
        self.at += self.peek().map_or(0, char::len_utf8);
        let digits = match letter {
            '\\' | '\'' | '"' | '`' | '/' => return Ok(letter),
            'b' => return Ok('\u{8}'),
            'f' => return Ok('\u{c}'),
            'n' => return Ok('\n'),
            'r' => return Ok('\r'),
            't' => return Ok('\t'),
            'u' => 4,
            'U' => 8,
            _ => return Err(self.error("UnexpectedSyntax", start, "there is no such escape in a text")),
        };
        let written =
            self.rest().get(..digits).filter(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let number = written.and_then(|hex| u32::from_str_radix(hex, 16).ok());
        let Some(letter) = number.and_then(char::from_u32) else {
            let message = format!("\\{letter} needs {digits} hexadecimal digits of a Unicode character");
            return Err(self.error("InvalidUnicodeLiteral", start, message));
        };
        self.at += digits;
        Ok(letter)
    }

    fn number(&mut self) -> Result<TokenKind, QueryError> {
        let start = self.at;
        let rest = self.rest().to_owned();
        let radix = match rest.as_bytes() {
            [b'0', b'x' | b'X', ..] => 16,
            [b'0', b'o' | b'O', ..] => 8,
            _ => return self.decimal(start, &rest),
        };
        let end = rest.find(|letter| !continues_name(letter)).unwrap_or(rest.len());
        self.at += end;
        let digits = rest[2..end].replace('_', "");
        if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
            let message = format!("`{}` is not a number of base {radix}", &rest[..end]);
            return Err(self.error("InvalidNumberLiteral", start, message));
        }
        let number = u64::from_str_radix(&digits, radix).ok().filter(|number| *number <= 1 << 63);
        number.map(TokenKind::Integer).ok_or_else(|| self.overflow(start))
    }

    fn decimal(&mut self, start: usize, rest: &str) -> Result<TokenKind, QueryError> {
        let digits = |from: usize| {
            let tail = &rest[from..];
            from + tail.find(|letter: char| !letter.is_ascii_digit() && letter != '_').unwrap_or(tail.len())
        };
        let is_digit = |at: usize| rest.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
        let mut end = digits(0);
        let mut whole = true;
        if rest[end..].starts_with('.') && is_digit(end + 1) {
            (end, whole) = (digits(end + 1), false);
        }
        if rest[end..].starts_with(['e', 'E']) {
            let sign = usize::from(rest[end + 1..].starts_with(['+', '-']));
            if is_digit(end + 1 + sign) {
                (end, whole) = (digits(end + 1 + sign), false);
            }
        }
        self.at += end;
        if self.peek().is_some_and(continues_name) {
            let tail = self.rest();
            self.at += tail.find(|letter| !continues_name(letter)).unwrap_or(tail.len());
            let message = format!("`{}` is not a number", &self.text[start..self.at]);
            return Err(self.error("InvalidNumberLiteral", start, message));
        }
        let written = rest[..end].replace('_', "");
        if whole {
            let number = written.parse().ok().filter(|number| *number <= 1_u64 << 63);
            return number.map(TokenKind::Integer).ok_or_else(|| self.overflow(start));
        }
        let number = written.parse().ok().filter(|number: &f64| number.is_finite());
        let too_large = || self.error("FloatingPointOverflow", start, "this number is too large for 64 bits");
        number.map(TokenKind::Float).ok_or_else(too_large)
    }

    fn overflow(&self, start: usize) -> QueryError {
        self.error("IntegerOverflow", start, "this whole number does not fit 64 bits")
    }
}
