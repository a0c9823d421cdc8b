//! The clauses of a query.

use super::super::ast::{
    Clause, ClauseKind, ExprKind, Name, ProcedureCall, Query, RemoveItem, SetItem, ValidClause, Yields,
};
use super::{Parsed, Parser};
use crate::query::error::QueryError;
use crate::query::syntax::token::TokenKind;

/// Levels that a subquery counts.
const SUBQUERY_DEPTH: usize = 12;

impl Parser<'_> {
    /// The next clause; `None` if none begins.
    pub(super) fn clause(&mut self) -> Parsed<Option<Clause>> {
        self.refuse_unsupported()?;
        let start = self.range();
        let valid = self.valid_clause()?;
        let Some(kind) = self.clause_kind(valid)? else { return Ok(None) };
        Ok(Some(Clause { kind, range: self.since(start) }))
    }

    fn clause_kind(&mut self, valid: Option<ValidClause>) -> Parsed<Option<ClauseKind>> {
        if valid.is_some() {
            return self.writing_clause(valid).map(Some);
        }
        let kind = if self.eat_words(&["OPTIONAL", "MATCH"]) {
            self.match_clause(true)?
        } else if self.are_words(&["OPTIONAL", "CALL"]) {
            return self.not_supported("OPTIONAL CALL");
        } else if self.eat_word("MATCH") {
            self.match_clause(false)?
        } else if self.eat_word("UNWIND") {
            let list = self.expr()?;
            self.expect_word("AS")?;
            ClauseKind::Unwind { list, variable: self.variable()? }
        } else if self.eat_word("WITH") {
            let projection = self.projection()?;
            let condition = self.condition()?;
            ClauseKind::With { projection, condition }
        } else if self.eat_word("RETURN") {
            ClauseKind::Return(self.projection()?)
        } else if self.eat_word("REMOVE") {
            ClauseKind::Remove(self.several(Self::remove_item)?)
        } else if self.is_word("DETACH") || self.is_word("NODETACH") || self.is_word("DELETE") {
            let detach = self.eat_word("DETACH");
            self.eat_word("NODETACH");
            self.expect_word("DELETE")?;
            ClauseKind::Delete { detach, values: self.several(Self::expr)? }
        } else if self.eat_word("CALL") {
            self.call()?
        } else if self.eat_word("FOREACH") {
            self.foreach()?
        } else if self.is_word("CREATE") || self.is_word("MERGE") || self.is_word("SET") {
            self.writing_clause(None)?
        } else if self.is_word("END") && !self.ahead(1).is_mark(".") {
            return self.not_supported("END … AT");
        } else {
            return Ok(None);
        };
        Ok(Some(kind))
    }

    /// What may follow VALID FROM.
    fn writing_clause(&mut self, valid: Option<ValidClause>) -> Parsed<ClauseKind> {
        if self.eat_word("CREATE") {
            return Ok(ClauseKind::Create { patterns: self.several(Self::path_pattern)?, valid });
        }
        if self.eat_word("SET") {
            return Ok(ClauseKind::Set { items: self.set_items()?, valid });
        }
        if !self.eat_word("MERGE") {
            return Err(self.expected("CREATE, MERGE or SET"));
        }
        let pattern = self.path_pattern()?;
        let (mut on_create, mut on_match) = (Vec::new(), Vec::new());
        while self.eat_word("ON") {
            let actions = if self.eat_word("CREATE") {
                &mut on_create
            } else if self.eat_word("MATCH") {
                &mut on_match
            } else {
                return Err(self.expected("CREATE or MATCH"));
            };
            self.expect_word("SET")?;
            actions.extend(self.set_items()?);
        }
        Ok(ClauseKind::Merge { pattern, on_create, on_match, valid })
    }

    fn match_clause(&mut self, optional: bool) -> Parsed<ClauseKind> {
        for mode in ["REPEATABLE", "DIFFERENT"] {
            if self.is_word(mode) && self.ahead(1).word().is_some() {
                return self.not_supported("a match mode (REPEATABLE ELEMENTS, DIFFERENT RELATIONSHIPS)");
            }
        }
        let patterns = self.several(Self::path_pattern)?;
        let time = self.time_clause()?;
        self.refuse_unsupported()?;
        let condition = self.condition()?;
        Ok(ClauseKind::Match { optional, patterns, time, condition })
    }

    /// `WHERE …`, where it stands.
    pub(super) fn condition(&mut self) -> Parsed<Option<super::super::ast::Expr>> {
        if self.eat_word("WHERE") { self.expr().map(Some) } else { Ok(None) }
    }

    fn set_items(&mut self) -> Parsed<Vec<SetItem>> {
        self.several(Self::set_item)
    }

    fn set_item(&mut self) -> Parsed<SetItem> {
        if Self::is_variable(self.token()) {
            if self.ahead(1).is_mark(":") {
                let target = self.variable()?;
                return Ok(SetItem::Labels { target, labels: self.label_names()? });
            }
            for (mark, add) in [("=", false), ("+=", true)] {
                if self.ahead(1).is_mark(mark) {
                    let target = self.variable()?;
                    self.at += 1;
                    return Ok(SetItem::All { target, value: self.expr()?, add });
                }
            }
        }
        let range = self.range();
        let target = self.postfix()?;
        let ExprKind::Property(target, key) = target.kind else {
            let message =
                "SET needs a property, labels or a whole node or edge: `n.key = …`, `n:Label`, `n = {…}`";
            return Err(QueryError::syntax("UnexpectedSyntax", range, message));
        };
        self.expect_mark("=")?;
        Ok(SetItem::Property { target: *target, key, value: self.expr()? })
    }

    fn remove_item(&mut self) -> Parsed<RemoveItem> {
        if Self::is_variable(self.token()) && self.ahead(1).is_mark(":") {
            let target = self.variable()?;
            return Ok(RemoveItem::Labels { target, labels: self.label_names()? });
        }
        let range = self.range();
        match self.postfix()?.kind {
            ExprKind::Property(target, key) => Ok(RemoveItem::Property { target: *target, key }),
            _ => {
                let message = "REMOVE needs a property or labels: `n.key`, `n:Label`";
                Err(QueryError::syntax("UnexpectedSyntax", range, message))
            }
        }
    }

    /// `:A:B`.
    fn label_names(&mut self) -> Parsed<Vec<Name>> {
        let mut labels = Vec::new();
        while self.eat_mark(":") {
            labels.push(self.any_name("a label")?);
        }
        Ok(labels)
    }

    fn foreach(&mut self) -> Parsed<ClauseKind> {
        self.expect_mark("(")?;
        let variable = self.variable()?;
        self.expect_word("IN")?;
        let list = self.expr()?;
        self.expect_mark("|")?;
        let mut clauses = Vec::new();
        while let Some(clause) = self.deeper(Self::clause)? {
            clauses.push(clause);
        }
        self.expect_mark(")")?;
        Ok(ClauseKind::Foreach { variable, list, clauses })
    }

    fn call(&mut self) -> Parsed<ClauseKind> {
        if self.is_mark("{") {
            let query = self.subquery()?;
            if self.is_word("IN") {
                return self.not_supported("CALL { … } IN TRANSACTIONS");
            }
            return Ok(ClauseKind::Subquery { query, imports: None });
        }
        if self.is_mark("(") {
            self.at += 1;
            let mut imports = Vec::new();
            if self.is_mark("*") {
                return self.not_supported("CALL (*) { … }");
            }
            if !self.is_mark(")") {
                imports = self.several(Self::variable)?;
            }
            self.expect_mark(")")?;
            return Ok(ClauseKind::Subquery { query: self.subquery()?, imports: Some(imports) });
        }
        let mut name = self.any_name("the name of a procedure")?;
        while self.eat_mark(".") {
            let part = self.any_name("the name of a procedure")?;
            name.text = format!("{}.{}", name.text, part.text).into();
            name.range = name.range.to(part.range);
        }
        let arguments = if self.eat_mark("(") { Some(self.arguments()?) } else { None };
        let yields = self.yields()?;
        let condition = if yields == Yields::Unsaid { None } else { self.condition()? };
        Ok(ClauseKind::Call(ProcedureCall { name, arguments, yields, condition }))
    }

    /// `{ … }` with a query in it.
    pub(super) fn subquery(&mut self) -> Parsed<Query> {
        self.expect_mark("{")?;
        // A query is read by more functions than an expression is.
        self.check_depth(self.depth + SUBQUERY_DEPTH)?;
        self.depth += SUBQUERY_DEPTH;
        let query = self.query();
        self.depth -= SUBQUERY_DEPTH;
        let query = query?;
        self.expect_mark("}")?;
        Ok(query)
    }

    /// Arguments up to the closing parenthesis.
    pub(super) fn arguments(&mut self) -> Parsed<Vec<super::super::ast::Expr>> {
        let arguments = if self.is_mark(")") { Vec::new() } else { self.several(Self::expr)? };
        self.expect_mark(")")?;
        Ok(arguments)
    }

    fn yields(&mut self) -> Parsed<Yields> {
        if !self.eat_word("YIELD") {
            return Ok(Yields::Unsaid);
        }
        if self.eat_mark("*") {
            return Ok(Yields::All);
        }
        if self.is_mark("-") {
            self.at += 1;
            return Ok(Yields::Some(Vec::new()));
        }
        let column = |parser: &mut Self| {
            let column = parser.any_name("a column of the procedure")?;
            let alias = if parser.eat_word("AS") { Some(parser.variable()?) } else { None };
            Ok((column, alias))
        };
        self.several(column).map(Yields::Some)
    }

    /// Whether a number stands here that is an upper or lower bound.
    pub(super) fn bound(&mut self) -> Parsed<Option<u32>> {
        let TokenKind::Integer(number) = self.token().kind else { return Ok(None) };
        let range = self.range();
        self.at += 1;
        let number = u32::try_from(number).map_err(|_| {
            QueryError::syntax("InvalidRelationshipPattern", range, "a path has at most 4,294,967,295 edges")
        })?;
        Ok(Some(number))
    }
}
