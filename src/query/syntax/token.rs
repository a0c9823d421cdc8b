//! The words and marks of a query.

use std::sync::Arc;

use super::TextRange;
use crate::query::error::QueryError;

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum TokenKind {
    /// A name or a keyword: there are no reserved words for the lexer.
    Word(Arc<str>),
    /// A name in backticks.
    Quoted(Arc<str>),
    /// `$name` or `$1`.
    Parameter(Arc<str>),
    /// A whole number without sign; at most 2^63, which only `-` makes fit.
    Integer(u64),
    Float(f64),
    Text(Arc<str>),
    /// Letters and digits that are not a number: an error where a value is meant.
    Faulty(QueryError),
    /// One of the marks of [`MARKS`].
    Mark(&'static str),
    End,
}

/// A token and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) range: TextRange,
}

/// All marks, longer ones before those that they begin with.
pub(super) const MARKS: [&str; 35] = [
    "..", "<>", "!=", "<=", ">=", "=~", "+=", "||", "(", ")", "[", "]", "{", "}", ",", ";", ":", ".", "+",
    "-", "*", "/", "%", "^", "=", "<", ">", "|", "&", "!", "?", "@", "#", "~", "$",
];

impl Token {
    /// The word, if it is one that may be a keyword.
    pub(super) fn word(&self) -> Option<&str> {
        if let TokenKind::Word(word) = &self.kind { Some(word) } else { None }
    }

    /// Whether it is a keyword, whatever its case.
    pub(super) fn is_word(&self, keyword: &str) -> bool {
        self.word().is_some_and(|word| word.eq_ignore_ascii_case(keyword))
    }

    /// Whether it is a mark.
    pub(super) fn is_mark(&self, mark: &str) -> bool {
        matches!(&self.kind, TokenKind::Mark(own) if *own == mark)
    }

    /// How a message names it.
    pub(super) fn described(&self) -> String {
        match &self.kind {
            TokenKind::Word(word) => format!("`{word}`"),
            TokenKind::Quoted(name) => format!("the name `{name}`"),
            TokenKind::Parameter(name) => format!("the parameter `${name}`"),
            TokenKind::Integer(number) => format!("the number {number}"),
            TokenKind::Float(number) => format!("the number {number}"),
            TokenKind::Text(_) => "a text".to_owned(),
            TokenKind::Faulty(_) => "what is not a number".to_owned(),
            TokenKind::Mark(mark) => format!("`{mark}`"),
            TokenKind::End => "the end of the query".to_owned(),
        }
    }
}
