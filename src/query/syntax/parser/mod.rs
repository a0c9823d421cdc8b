//! How do tokens become a tree? Recursive descent, Pratt's method for expressions.

mod atom;
mod clause;
mod expr;
mod pattern;
mod projection;
mod query;

use std::sync::Arc;

use super::TextRange;
use super::ast::{Name, Statement};
use super::lexer;
use super::token::{Token, TokenKind};
use crate::query::error::{QueryError, did_you_mean};

/// Levels of nesting that a query may have: what reads the tree later calls itself as often.
const DEEPEST: usize = 120;

/// Reads one statement; a semicolon may end it.
pub(in crate::query) fn parse(text: &str) -> Result<Statement, QueryError> {
    let tokens = lexer::tokens(text)?;
    let mut parser = Parser { text, tokens, at: 0, depth: 0 };
    parser.statement()
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

type Parsed<T> = Result<T, QueryError>;

/// Words that cannot be the name of a variable unless they stand in backticks: a clause or an operator is meant.
const RESERVED: [&str; 41] = [
    "ALL",
    "AND",
    "ASC",
    "ASCENDING",
    "BY",
    "CASE",
    "CONTAINS",
    "CREATE",
    "DELETE",
    "DESC",
    "DESCENDING",
    "DETACH",
    "DISTINCT",
    "ELSE",
    "ENDS",
    "FALSE",
    "IN",
    "IS",
    "LIMIT",
    "MATCH",
    "MERGE",
    "NOT",
    "NULL",
    "ON",
    "OPTIONAL",
    "OR",
    "ORDER",
    "REMOVE",
    "RETURN",
    "SET",
    "SKIP",
    "STARTS",
    "THEN",
    "TRUE",
    "UNION",
    "UNWIND",
    "WHEN",
    "WHERE",
    "WITH",
    "XOR",
    "YIELD",
];

/// Whether a word cannot be the name of a variable as it stands.
pub(super) fn is_reserved(word: &str) -> bool {
    RESERVED.iter().any(|own| own.eq_ignore_ascii_case(word))
}

impl Parser<'_> {
    fn token(&self) -> &Token {
        &self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    fn ahead(&self, by: usize) -> &Token {
        &self.tokens[(self.at + by).min(self.tokens.len() - 1)]
    }

    fn range(&self) -> TextRange {
        self.token().range
    }

    /// From a place to the end of the last token that was read.
    fn since(&self, start: TextRange) -> TextRange {
        let last = self.at.checked_sub(1).map_or(start, |at| self.tokens[at].range);
        start.to(last)
    }

    fn is_word(&self, word: &str) -> bool {
        self.token().is_word(word)
    }

    fn is_mark(&self, mark: &str) -> bool {
        self.token().is_mark(mark)
    }

    /// Whether the next tokens are these keywords.
    fn are_words(&self, words: &[&str]) -> bool {
        words.iter().enumerate().all(|(by, word)| self.ahead(by).is_word(word))
    }

    fn eat_words(&mut self, words: &[&str]) -> bool {
        let found = self.are_words(words);
        if found {
            self.at += words.len();
        }
        found
    }

    fn eat_word(&mut self, word: &str) -> bool {
        self.eat_words(&[word])
    }

    fn eat_mark(&mut self, mark: &str) -> bool {
        let found = self.is_mark(mark);
        if found {
            self.at += 1;
        }
        found
    }

    fn expect_word(&mut self, word: &str) -> Parsed<()> {
        if self.eat_word(word) { Ok(()) } else { Err(self.expected(&format!("`{word}`"))) }
    }

    fn expect_mark(&mut self, mark: &str) -> Parsed<()> {
        if self.eat_mark(mark) { Ok(()) } else { Err(self.expected(&format!("`{mark}`"))) }
    }

    /// An error at the present token, with the nearest keyword where a word was written.
    fn expected(&self, what: &str) -> QueryError {
        let token = self.token();
        let message = format!("expected {what}, found {}", token.described());
        let keywords = RESERVED.into_iter().chain(["AS", "CALL", "FOREACH", "END", "EXISTS", "FROM"]);
        let hint = token.word().filter(|word| word.len() > 2).and_then(|word| {
            did_you_mean(word, keywords)
                .filter(|hint| !hint.to_lowercase().contains(&format!("`{}`", word.to_lowercase())))
        });
        QueryError::syntax("UnexpectedSyntax", token.range, message).maybe_hint(hint)
    }

    /// Runs a part of the parser one level deeper.
    fn deeper<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        self.check_depth(self.depth + 1)?;
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    fn check_depth(&self, depth: usize) -> Parsed<()> {
        if depth <= DEEPEST {
            return Ok(());
        }
        let message = format!("the query is nested deeper than {DEEPEST} levels");
        let error = QueryError::syntax("TooDeep", self.range(), message);
        Err(error.hint("use a list with IN, a parameter, or several clauses"))
    }

    /// A name of a label, type, key or alias: keywords may be such names.
    fn any_name(&mut self, what: &str) -> Parsed<Name> {
        let token = self.token();
        match &token.kind {
            TokenKind::Word(text) | TokenKind::Quoted(text) => {
                let name = Name { text: Arc::clone(text), range: token.range };
                self.at += 1;
                Ok(name)
            }
            _ => Err(self.expected(what)),
        }
    }

    /// Whether a token can be the name of a variable.
    fn is_variable(token: &Token) -> bool {
        match &token.kind {
            TokenKind::Quoted(_) => true,
            TokenKind::Word(word) => !is_reserved(word),
            _ => false,
        }
    }

    /// The name of a variable.
    fn variable(&mut self) -> Parsed<Name> {
        if Self::is_variable(self.token()) {
            self.any_name("a variable")
        } else {
            Err(self.expected("a variable"))
        }
    }

    /// Items with commas between them; at least one.
    fn several<T>(&mut self, mut parse: impl FnMut(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        let mut items = vec![parse(self)?];
        while self.eat_mark(",") {
            items.push(parse(self)?);
        }
        Ok(items)
    }

    fn not_supported<T>(&self, what: &str) -> Parsed<T> {
        Err(QueryError::not_supported(what, self.range()))
    }
}
