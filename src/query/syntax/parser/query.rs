//! Statements, UNION, and the clauses of time.

use super::super::ast::{
    Clause, ClauseKind, Prefix, Query, ReadingWord, Statement, TimeClause, ValidClause, When,
};
use super::{Parsed, Parser};
use crate::query::error::QueryError;
use crate::query::syntax::token::TokenKind;

/// First words of statements that are read and not run, with what a message calls them.
const UNSUPPORTED: [(&[&str], &str); 16] = [
    (&["LOAD", "CSV"], "LOAD CSV"),
    (&["CREATE", "INDEX"], "CREATE INDEX"),
    (&["CREATE", "TEXT", "INDEX"], "CREATE TEXT INDEX"),
    (&["CREATE", "RANGE", "INDEX"], "CREATE RANGE INDEX"),
    (&["CREATE", "FULLTEXT", "INDEX"], "CREATE FULLTEXT INDEX"),
    (&["CREATE", "CONSTRAINT"], "CREATE CONSTRAINT"),
    (&["DROP"], "DROP"),
    (&["SHOW"], "SHOW"),
    (&["USE"], "USE"),
    (&["USING"], "USING: hints to the planner"),
    (&["START"], "START"),
    (&["INSERT"], "INSERT: write CREATE instead; INSERT"),
    (&["FINISH"], "FINISH"),
    (&["FILTER"], "FILTER: write WITH * WHERE instead; FILTER"),
    (&["LET"], "LET: write WITH *, … AS … instead; LET"),
    (&["NEXT"], "NEXT"),
];

impl Parser<'_> {
    pub(super) fn statement(&mut self) -> Parsed<Statement> {
        let prefix = if self.eat_word("EXPLAIN") {
            Some(Prefix::Explain)
        } else if self.eat_word("PROFILE") {
            Some(Prefix::Profile)
        } else {
            None
        };
        let query = self.query()?;
        self.eat_mark(";");
        if self.token().kind != TokenKind::End {
            return Err(self.expected("a clause or the end of the query"));
        }
        Ok(Statement { prefix, query })
    }

    /// One query with its unions, up to what is not a clause.
    pub(super) fn query(&mut self) -> Parsed<Query> {
        let start = self.range();
        let time = self.time_clause()?;
        let first = self.single_query()?;
        let mut unions = Vec::new();
        while self.is_word("UNION") {
            let range = self.range();
            self.at += 1;
            let all = self.eat_word("ALL");
            if !all {
                self.eat_word("DISTINCT");
            }
            unions.push((all, self.single_query()?, range));
        }
        Ok(Query { time, first, unions, range: self.since(start) })
    }

    fn single_query(&mut self) -> Parsed<Vec<Clause>> {
        let mut clauses = Vec::new();
        while let Some(clause) = self.clause()? {
            let last = matches!(clause.kind, ClauseKind::Return(_));
            clauses.push(clause);
            if last {
                break;
            }
        }
        if clauses.is_empty() {
            return Err(self.expected("a clause: MATCH, WITH, RETURN, UNWIND, CREATE, MERGE, CALL …"));
        }
        Ok(clauses)
    }

    /// A refusal by name where a clause begins that is not run.
    pub(super) fn refuse_unsupported(&self) -> Parsed<()> {
        match UNSUPPORTED.iter().find(|(words, _)| self.are_words(words)) {
            Some((_, what)) => self.not_supported(what),
            None => Ok(()),
        }
    }

    /// `AS OF …`, `DURING … .. …` or the long form `FOR VALID_TIME …`, with a reading.
    pub(super) fn time_clause(&mut self) -> Parsed<Option<TimeClause>> {
        let start = self.range();
        let long = self.eat_words(&["FOR", "VALID_TIME"]);
        let when = if self.eat_words(&["AS", "OF"]) {
            When::AsOf(self.expr()?)
        } else if self.is_word("DURING") && !self.ahead(1).is_mark("(") {
            self.at += 1;
            let first = self.expr()?;
            self.expect_mark("..")?;
            When::During(first, self.expr()?)
        } else if long {
            return Err(self.expected("`AS OF` or `DURING`"));
        } else if self.are_words(&["AS", "KNOWN", "AT"]) {
            return self.not_supported("AS KNOWN AT");
        } else {
            return Ok(None);
        };
        let reading = self.reading()?;
        Ok(Some(TimeClause { when, reading, range: self.since(start) }))
    }

    fn reading(&mut self) -> Parsed<Option<ReadingWord>> {
        if self.eat_word("CERTAIN") {
            return Ok(Some(ReadingWord::Certain));
        }
        if self.eat_word("POSSIBLE") {
            return Ok(Some(ReadingWord::Possible));
        }
        if !self.eat_word("PRESUMED") {
            return Ok(None);
        }
        let TokenKind::Integer(years) = self.token().kind else {
            return Ok(Some(ReadingWord::Presumed(None)));
        };
        let range = self.range();
        self.at += 1;
        let years = u16::try_from(years).map_err(|_| {
            QueryError::syntax("NumberOutOfRange", range, "at most 65,535 years can be presumed (S28)")
        })?;
        if !self.eat_word("YEARS") {
            self.expect_word("YEAR")?;
        }
        Ok(Some(ReadingWord::Presumed(Some(years))))
    }

    /// `VALID FROM … [TO …]`.
    pub(super) fn valid_clause(&mut self) -> Parsed<Option<ValidClause>> {
        let start = self.range();
        if !self.eat_words(&["VALID", "FROM"]) {
            return Ok(None);
        }
        let from = self.expr()?;
        let to = if self.eat_word("TO") { Some(self.expr()?) } else { None };
        Ok(Some(ValidClause { from, to, range: self.since(start) }))
    }
}
