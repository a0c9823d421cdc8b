//! What WITH and RETURN have in common.

use super::super::ast::{Projection, ProjectionItem, SortItem, Written};
use super::{Parsed, Parser};

impl Parser<'_> {
    pub(super) fn projection(&mut self) -> Parsed<Projection> {
        let distinct = self.eat_word("DISTINCT");
        let all = self.eat_mark("*");
        let items =
            if all && !self.eat_mark(",") { Vec::new() } else { self.several(Self::projection_item)? };
        let order =
            if self.eat_words(&["ORDER", "BY"]) { self.several(Self::sort_item)? } else { Vec::new() };
        let skip = if self.eat_word("SKIP") || self.eat_word("OFFSET") { Some(self.expr()?) } else { None };
        let limit = if self.eat_word("LIMIT") { Some(self.expr()?) } else { None };
        Ok(Projection { distinct, all, items, order, skip, limit })
    }

    fn projection_item(&mut self) -> Parsed<ProjectionItem> {
        let start = self.range();
        let expr = self.expr()?;
        let range = self.since(start);
        let written = self.text.get(range.start()..range.end()).unwrap_or_default();
        let alias = if self.is_word("AS") && !self.ahead(1).is_word("OF")
            || self.is_word("AS") && self.ends_item(2)
        {
            self.at += 1;
            Some(self.variable()?)
        } else {
            None
        };
        Ok(ProjectionItem { expr, alias, written: Written(written.into()) })
    }

    /// Whether the token that comes after so many others ends an item: `RETURN n AS of`.
    fn ends_item(&self, by: usize) -> bool {
        let token = self.ahead(by);
        token.kind == super::TokenKind::End
            || token.is_mark(",")
            || token.is_mark("}")
            || token.is_mark(";")
            || ["ORDER", "SKIP", "LIMIT", "WHERE", "UNION", "MATCH", "RETURN", "WITH"]
                .iter()
                .any(|word| token.is_word(word))
    }

    fn sort_item(&mut self) -> Parsed<SortItem> {
        let expr = self.expr()?;
        let descending = self.eat_word("DESC") || self.eat_word("DESCENDING");
        if !descending && !self.eat_word("ASC") {
            self.eat_word("ASCENDING");
        }
        Ok(SortItem { expr, descending })
    }
}
