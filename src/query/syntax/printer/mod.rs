//! How is a tree written as text? One form for each tree, which is read as the same tree again.

mod clause;
mod expr;

use std::fmt::Write;

use super::ast::{Prefix, Query, ReadingWord, Statement, TimeClause, ValidClause, When};
use super::lexer::{continues_name, starts_name};

/// The text of a statement.
pub(super) fn print(statement: &Statement) -> String {
    let mut printer = Printer::default();
    match statement.prefix {
        Some(Prefix::Explain) => printer.put("EXPLAIN "),
        Some(Prefix::Profile) => printer.put("PROFILE "),
        None => {}
    }
    printer.query(&statement.query);
    printer.out
}

#[derive(Default)]
struct Printer {
    out: String,
}

impl Printer {
    fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn query(&mut self, query: &Query) {
        if let Some(time) = &query.time {
            self.time(time);
            self.put(" ");
        }
        self.clauses(&query.first);
        for (all, clauses, _) in &query.unions {
            self.put(if *all { " UNION ALL " } else { " UNION " });
            self.clauses(clauses);
        }
    }

    fn time(&mut self, time: &TimeClause) {
        match &time.when {
            When::AsOf(date) => {
                self.put("AS OF ");
                self.expr(date);
            }
            When::During(first, last) => {
                self.put("DURING ");
                self.expr(first);
                self.put(" .. ");
                self.expr(last);
            }
        }
        match time.reading {
            Some(ReadingWord::Certain) => self.put(" CERTAIN"),
            Some(ReadingWord::Possible) => self.put(" POSSIBLE"),
            Some(ReadingWord::Presumed(None)) => self.put(" PRESUMED"),
            Some(ReadingWord::Presumed(Some(years))) => self.put(&format!(" PRESUMED {years} YEARS")),
            None => {}
        }
    }

    fn valid(&mut self, valid: Option<&ValidClause>) {
        let Some(valid) = valid else { return };
        self.put("VALID FROM ");
        self.expr(&valid.from);
        if let Some(to) = &valid.to {
            self.put(" TO ");
            self.expr(to);
        }
        self.put(" ");
    }

    /// A name, in backticks where it needs them.
    fn name(&mut self, name: &str, reserved: bool) {
        let mut letters = name.chars();
        let plain = letters.next().is_some_and(starts_name) && letters.all(continues_name) && !reserved;
        if plain {
            self.put(name);
        } else {
            let escaped = name.replace('`', "``");
            let _ = write!(self.out, "`{escaped}`");
        }
    }

    /// The name of a variable: one that could be read as a keyword stands in backticks.
    fn variable(&mut self, name: &str) {
        self.name(name, is_keyword(name));
    }

    fn list<T>(&mut self, items: &[T], mut print: impl FnMut(&mut Self, &T)) {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.put(", ");
            }
            print(self, item);
        }
    }
}

/// Whether a word may mean something else than a name.
fn is_keyword(name: &str) -> bool {
    super::parser::is_reserved(name)
        || ["AS", "CALL", "FOREACH", "EXISTS", "COUNT", "COLLECT", "REDUCE", "END", "USE", "OF"]
            .iter()
            .any(|word| word.eq_ignore_ascii_case(name))
        || [
            "DURING", "FOR", "VALID", "CERTAIN", "PRESUMED", "POSSIBLE", "YEARS", "YEAR", "TO", "USING",
            "DROP", "SHOW",
        ]
        .iter()
        .any(|word| word.eq_ignore_ascii_case(name))
        || [
            "ANY",
            "NONE",
            "SINGLE",
            "SHORTEST",
            "shortestPath",
            "allShortestPaths",
            "EXPLAIN",
            "PROFILE",
            "OFFSET",
        ]
        .iter()
        .any(|word| word.eq_ignore_ascii_case(name))
        || ["LOAD", "START", "INSERT", "FINISH", "FILTER", "LET", "NEXT", "NODETACH"]
            .iter()
            .any(|word| word.eq_ignore_ascii_case(name))
}
