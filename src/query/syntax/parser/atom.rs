//! What stands alone in an expression: literals, names, calls, comprehensions, subqueries.

use std::sync::Arc;

use super::super::ast::{Clause, ClauseKind};
use super::super::ast::{Expr, ExprKind, MapItem, Name, QuantifierKind, Query, Shortest, SubqueryKind};
use super::{Parsed, Parser};
use crate::query::error::QueryError;
use crate::query::syntax::token::TokenKind;

impl Parser<'_> {
    pub(super) fn atom(&mut self) -> Parsed<Expr> {
        let start = self.range();
        let kind = match self.token().kind.clone() {
            TokenKind::Integer(number) => {
                self.at += 1;
                let overflow =
                    || QueryError::syntax("IntegerOverflow", start, "this whole number does not fit 64 bits");
                ExprKind::Integer(i64::try_from(number).map_err(|_| overflow())?)
            }
            TokenKind::Float(number) => self.literal(ExprKind::Float(number)),
            TokenKind::Text(text) => self.literal(ExprKind::Text(text)),
            TokenKind::Faulty(error) => return Err(error),
            TokenKind::Parameter(name) => self.literal(ExprKind::Parameter(name)),
            TokenKind::Quoted(name) if !self.ahead(1).is_mark("(") && !self.ahead(1).is_mark(".") => {
                self.literal(ExprKind::Variable(name))
            }
            TokenKind::Mark("(") => return self.parenthesis(),
            TokenKind::Mark("[") => self.bracket()?,
            TokenKind::Mark("{") => return self.map_literal(),
            TokenKind::Word(_) | TokenKind::Quoted(_) => self.worded()?,
            TokenKind::Mark(_) | TokenKind::End => return Err(self.expected("an expression")),
        };
        Ok(Expr { kind, range: self.since(start) })
    }

    fn literal(&mut self, kind: ExprKind) -> ExprKind {
        self.at += 1;
        kind
    }

    /// `(…)`: a pattern where edges follow, else an expression.
    fn parenthesis(&mut self) -> Parsed<Expr> {
        let start = self.range();
        let before = self.at;
        if let Some(pattern) = self.pattern_here() {
            let kind = ExprKind::Pattern(Box::new(pattern));
            return Ok(Expr { kind, range: self.since(start) });
        }
        self.at = before + 1;
        let mut inner = self.expr()?;
        self.expect_mark(")")?;
        inner.range = self.since(start);
        Ok(inner)
    }

    /// A pattern with at least one edge, if one stands here.
    fn pattern_here(&mut self) -> Option<super::super::ast::PathPattern> {
        // Only what may begin a node is tried, so that no text is read again and again.
        let next = self.ahead(1);
        let plausible = next.is_mark(")") || next.is_mark(":") || next.is_mark("{") || {
            let after = self.ahead(2);
            Self::is_variable(next) && (after.is_mark(")") || after.is_mark(":") || after.is_mark("{"))
        };
        if !plausible {
            return None;
        }
        let (at, depth) = (self.at, self.depth);
        let pattern = self.path().ok().filter(|pattern| !pattern.steps.is_empty());
        if pattern.is_none() {
            (self.at, self.depth) = (at, depth);
        }
        pattern
    }

    /// `[…]`: a list, a list comprehension or a pattern comprehension.
    fn bracket(&mut self) -> Parsed<ExprKind> {
        if Self::is_variable(self.ahead(1)) && self.ahead(2).is_word("IN") {
            return self.list_comprehension();
        }
        self.at += 1;
        let before = self.at;
        let named =
            Self::is_variable(self.token()) && self.ahead(1).is_mark("=") && self.ahead(2).is_mark("(");
        if named || self.is_mark("(") {
            if let Some(kind) = self.pattern_comprehension(named)? {
                return Ok(kind);
            }
            self.at = before;
        }
        let items = if self.is_mark("]") { Vec::new() } else { self.several(Self::expr)? };
        self.expect_mark("]")?;
        Ok(ExprKind::List(items))
    }

    /// `[x IN list WHERE … | …]`.
    fn list_comprehension(&mut self) -> Parsed<ExprKind> {
        self.at += 1;
        let variable = self.variable()?;
        self.at += 1;
        let list = Box::new(self.expr()?);
        let condition = self.condition()?.map(Box::new);
        let map = if self.eat_mark("|") { Some(Box::new(self.expr()?)) } else { None };
        self.expect_mark("]")?;
        Ok(ExprKind::ListComprehension { variable, list, condition, map })
    }

    fn pattern_comprehension(&mut self, named: bool) -> Parsed<Option<ExprKind>> {
        let variable = if named {
            let variable = self.variable()?;
            self.at += 1;
            Some(variable)
        } else {
            None
        };
        let Some(mut pattern) = self.pattern_here() else { return Ok(None) };
        if !self.is_mark("|") && !self.is_word("WHERE") {
            return Ok(None);
        }
        pattern.variable = variable;
        let condition = self.condition()?.map(Box::new);
        self.expect_mark("|")?;
        let map = Box::new(self.expr()?);
        self.expect_mark("]")?;
        Ok(Some(ExprKind::PatternComprehension { pattern: Box::new(pattern), condition, map }))
    }

    pub(super) fn map_literal(&mut self) -> Parsed<Expr> {
        let start = self.range();
        self.expect_mark("{")?;
        let entry = |parser: &mut Self| {
            let key = parser.any_name("a key")?;
            parser.expect_mark(":")?;
            Ok((key, parser.expr()?))
        };
        let entries = if self.is_mark("}") { Vec::new() } else { self.several(entry)? };
        self.expect_mark("}")?;
        Ok(Expr { kind: ExprKind::Map(entries), range: self.since(start) })
    }

    /// What begins with a word.
    fn worded(&mut self) -> Parsed<ExprKind> {
        let (call, brace) = (self.ahead(1).is_mark("("), self.ahead(1).is_mark("{"));
        for (word, kind) in
            [("NULL", ExprKind::Null), ("TRUE", ExprKind::Boolean(true)), ("FALSE", ExprKind::Boolean(false))]
        {
            if self.is_word(word) {
                return Ok(self.literal(kind));
            }
        }
        if self.is_word("CASE") {
            return self.case();
        }
        let kinds = [
            ("EXISTS", SubqueryKind::Exists),
            ("COUNT", SubqueryKind::Count),
            ("COLLECT", SubqueryKind::Collect),
        ];
        if let Some((_, kind)) = kinds.into_iter().find(|(word, _)| brace && self.is_word(word)) {
            self.at += 1;
            return self.subquery_expr(kind);
        }
        if brace && Self::is_variable(self.token()) {
            return self.map_projection();
        }
        if call {
            return self.called();
        }
        if self.ahead(1).is_mark(".")
            && let Some(kind) = self.namespaced()?
        {
            return Ok(kind);
        }
        if !Self::is_variable(self.token()) {
            return Err(self.expected("an expression"));
        }
        self.variable().map(|name| ExprKind::Variable(name.text))
    }

    /// `name(…)` and the forms that only look like a call.
    fn called(&mut self) -> Parsed<ExprKind> {
        let quantifiers = [
            ("ALL", QuantifierKind::All),
            ("ANY", QuantifierKind::Any),
            ("NONE", QuantifierKind::None),
            ("SINGLE", QuantifierKind::Single),
        ];
        let filters = Self::is_variable(self.ahead(2)) && self.ahead(3).is_word("IN");
        if let Some((_, kind)) = quantifiers.into_iter().find(|(word, _)| filters && self.is_word(word)) {
            return self.quantifier_expr(kind);
        }
        if self.is_word("REDUCE") && self.ahead(3).is_mark("=") {
            return self.reduce();
        }
        if self.is_word("COUNT") && self.ahead(2).is_mark("*") && self.ahead(3).is_mark(")") {
            self.at += 4;
            return Ok(ExprKind::CountAll);
        }
        for (word, shortest) in [("shortestPath", Shortest::One), ("allShortestPaths", Shortest::All)] {
            if self.is_word(word) {
                return Ok(ExprKind::Pattern(Box::new(self.shortest(shortest)?)));
            }
        }
        if !Self::is_variable(self.token()) && !self.is_word("ALL") {
            return Err(self.expected("an expression"));
        }
        let name = self.any_name("a function")?;
        self.call_of(name)
    }

    fn call_of(&mut self, name: Name) -> Parsed<ExprKind> {
        self.expect_mark("(")?;
        let distinct = self.eat_word("DISTINCT");
        Ok(ExprKind::Call { name, distinct, arguments: self.arguments()? })
    }

    /// `duration.between(…)`; `None` if it is a property.
    fn namespaced(&mut self) -> Parsed<Option<ExprKind>> {
        let mut by = 0;
        while self.ahead(by + 1).is_mark(".") && self.ahead(by + 2).word().is_some() {
            by += 2;
        }
        if !self.ahead(by + 1).is_mark("(") {
            return Ok(None);
        }
        let mut name = self.any_name("a function")?;
        while self.eat_mark(".") {
            let part = self.any_name("a function")?;
            let text: Arc<str> = format!("{}.{}", name.text, part.text).into();
            name = Name { text, range: name.range.to(part.range) };
        }
        self.call_of(name).map(Some)
    }

    fn quantifier_expr(&mut self, kind: QuantifierKind) -> Parsed<ExprKind> {
        self.at += 2;
        let variable = self.variable()?;
        self.expect_word("IN")?;
        let list = Box::new(self.expr()?);
        let condition = self.condition()?.map(Box::new);
        self.expect_mark(")")?;
        Ok(ExprKind::Quantifier { kind, variable, list, condition })
    }

    fn reduce(&mut self) -> Parsed<ExprKind> {
        self.at += 2;
        let accumulator = self.variable()?;
        self.expect_mark("=")?;
        let init = Box::new(self.expr()?);
        self.expect_mark(",")?;
        let variable = self.variable()?;
        self.expect_word("IN")?;
        let list = Box::new(self.expr()?);
        self.expect_mark("|")?;
        let body = Box::new(self.expr()?);
        self.expect_mark(")")?;
        Ok(ExprKind::Reduce { accumulator, init, variable, list, body })
    }

    fn case(&mut self) -> Parsed<ExprKind> {
        self.at += 1;
        let subject = if self.is_word("WHEN") { None } else { Some(Box::new(self.expr()?)) };
        let mut arms = Vec::new();
        while self.eat_word("WHEN") {
            let when = self.expr()?;
            self.expect_word("THEN")?;
            arms.push((when, self.expr()?));
        }
        if arms.is_empty() {
            return Err(self.expected("`WHEN`"));
        }
        let otherwise = if self.eat_word("ELSE") { Some(Box::new(self.expr()?)) } else { None };
        self.expect_word("END")?;
        Ok(ExprKind::Case { subject, arms, otherwise })
    }

    /// `EXISTS { … }` with a whole query in it, or a pattern and WHERE alone.
    fn subquery_expr(&mut self, kind: SubqueryKind) -> Parsed<ExprKind> {
        let start = self.ahead(1).range;
        let bare = self.ahead(1).is_mark("(")
            || Self::is_variable(self.ahead(1)) && self.ahead(2).is_mark("=") && self.ahead(3).is_mark("(");
        if !bare {
            return Ok(ExprKind::Subquery(kind, Box::new(self.subquery()?)));
        }
        self.at += 1;
        let patterns = self.deeper(|parser| parser.several(Self::path_pattern))?;
        let time = self.time_clause()?;
        let condition = self.condition()?;
        let range = self.since(start);
        self.expect_mark("}")?;
        let first =
            vec![Clause { kind: ClauseKind::Match { optional: false, patterns, time, condition }, range }];
        let query = Query { time: None, first, unions: Vec::new(), range };
        Ok(ExprKind::Subquery(kind, Box::new(query)))
    }

    /// `n {.name, .*, x, key: value}`.
    fn map_projection(&mut self) -> Parsed<ExprKind> {
        let variable = self.variable()?;
        self.expect_mark("{")?;
        let item = |parser: &mut Self| {
            if parser.eat_mark(".") {
                if parser.eat_mark("*") {
                    return Ok(MapItem::All);
                }
                return parser.any_name("a property").map(MapItem::Property);
            }
            let name = parser.any_name("a key")?;
            if parser.eat_mark(":") {
                return Ok(MapItem::Entry(name, parser.expr()?));
            }
            Ok(MapItem::Variable(name))
        };
        let items = if self.is_mark("}") { Vec::new() } else { self.several(item)? };
        self.expect_mark("}")?;
        Ok(ExprKind::MapProjection { variable, items })
    }
}
