//! Patterns of nodes and edges.

use super::super::ast::{
    Arrow, EdgePattern, Expr, ExprKind, LabelExpr, Length, NodePattern, PathPattern, Shortest,
};
use super::{Parsed, Parser};
use crate::query::error::QueryError;
use crate::query::syntax::token::TokenKind;

impl Parser<'_> {
    /// A path, with the variable that names it.
    pub(super) fn path_pattern(&mut self) -> Parsed<PathPattern> {
        let start = self.range();
        let variable = if Self::is_variable(self.token()) && self.ahead(1).is_mark("=") {
            let variable = self.variable()?;
            self.at += 1;
            Some(variable)
        } else {
            None
        };
        for (words, what) in [
            (&["ANY"][..], "ANY SHORTEST: write shortestPath((a)-[*]-(b)) instead; ANY"),
            (&["SHORTEST"], "SHORTEST k: write allShortestPaths((a)-[*]-(b)) instead; SHORTEST"),
            (&["ALL"], "ALL SHORTEST: write allShortestPaths((a)-[*]-(b)) instead; ALL"),
        ] {
            if self.are_words(words) && !self.ahead(1).is_mark("=") {
                return self.not_supported(what);
            }
        }
        let shortest = [("shortestPath", Shortest::One), ("allShortestPaths", Shortest::All)]
            .into_iter()
            .find(|(word, _)| self.is_word(word) && self.ahead(1).is_mark("("));
        let mut pattern = match shortest {
            Some((_, shortest)) => self.shortest(shortest)?,
            None => self.path()?,
        };
        pattern.variable = variable;
        pattern.range = self.since(start);
        Ok(pattern)
    }

    /// `shortestPath((a)-[*]-(b))`.
    pub(super) fn shortest(&mut self, shortest: Shortest) -> Parsed<PathPattern> {
        self.at += 1;
        self.expect_mark("(")?;
        let mut pattern = self.path()?;
        self.expect_mark(")")?;
        if pattern.steps.len() != 1 {
            let message = "a shortest path needs exactly one step: `shortestPath((a)-[*]-(b))`";
            return Err(QueryError::syntax("InvalidRelationshipPattern", pattern.range, message));
        }
        pattern.shortest = Some(shortest);
        Ok(pattern)
    }

    /// Nodes and edges in turn.
    pub(super) fn path(&mut self) -> Parsed<PathPattern> {
        let range = self.range();
        if self.is_mark("(") && self.ahead(1).is_mark("(") {
            return self.deeper(Self::parenthesised_path);
        }
        let start = self.node_pattern()?;
        let mut steps = Vec::new();
        while self.is_mark("-") || self.is_mark("<") {
            let edge = self.edge_pattern()?;
            steps.push((edge, self.node_pattern()?));
        }
        if self.is_mark("(") && self.ahead(1).is_mark("(") {
            return self.not_supported("a quantified path pattern");
        }
        let range = self.since(range);
        Ok(PathPattern { variable: None, shortest: None, start, steps, range })
    }

    /// `((a)-->(b))`; a quantifier after it makes it another pattern.
    fn parenthesised_path(&mut self) -> Parsed<PathPattern> {
        self.expect_mark("(")?;
        let pattern = self.path()?;
        if self.is_word("WHERE") {
            return self.not_supported("a quantified path pattern");
        }
        self.expect_mark(")")?;
        if self.is_mark("{") || self.is_mark("+") || self.is_mark("*") {
            return self.not_supported("a quantified path pattern");
        }
        Ok(pattern)
    }

    fn node_pattern(&mut self) -> Parsed<NodePattern> {
        let start = self.range();
        self.expect_mark("(")?;
        let mut node = NodePattern::default();
        if Self::is_variable(self.token()) {
            node.variable = Some(self.variable()?);
        }
        if self.is_mark(":") || self.is_word("IS") {
            node.labels = Some(self.labels()?);
        }
        node.properties = self.pattern_properties()?;
        node.condition = self.condition()?.map(Box::new);
        self.expect_mark(")")?;
        node.range = self.since(start);
        Ok(node)
    }

    /// `{…}` or a parameter.
    fn pattern_properties(&mut self) -> Parsed<Option<Expr>> {
        let range = self.range();
        match &self.token().kind {
            TokenKind::Mark("{") => self.map_literal().map(Some),
            TokenKind::Parameter(name) => {
                let kind = ExprKind::Parameter(std::sync::Arc::clone(name));
                self.at += 1;
                Ok(Some(Expr { kind, range }))
            }
            _ => Ok(None),
        }
    }

    fn edge_pattern(&mut self) -> Parsed<EdgePattern> {
        let start = self.range();
        let left = self.eat_mark("<");
        self.expect_mark("-")?;
        let mut edge = EdgePattern {
            variable: None,
            types: None,
            arrow: Arrow::Both,
            length: None,
            properties: None,
            condition: None,
            range: start,
        };
        if self.eat_mark("[") {
            self.edge_detail(&mut edge)?;
            self.expect_mark("]")?;
        }
        self.expect_mark("-")?;
        let right = self.eat_mark(">");
        edge.arrow = match (left, right) {
            (true, false) => Arrow::In,
            (false, true) => Arrow::Out,
            _ => Arrow::Both,
        };
        if edge.length.is_none() {
            edge.length = self.quantifier()?;
        }
        edge.range = self.since(start);
        Ok(edge)
    }

    fn edge_detail(&mut self, edge: &mut EdgePattern) -> Parsed<()> {
        if Self::is_variable(self.token()) {
            edge.variable = Some(self.variable()?);
        }
        if self.is_mark(":") || self.is_word("IS") {
            edge.types = Some(self.labels()?);
        }
        let number = matches!(self.token().kind, TokenKind::Integer(_));
        if self.is_mark("..") || number {
            return Err(self.invalid_length("the number of edges stands after `*`: `[:TYPE*1..3]`"));
        }
        if self.eat_mark("*") {
            if self.is_mark("-") {
                return Err(self.invalid_length("the number of edges must not be negative"));
            }
            let min = self.bound()?;
            edge.length = Some(if self.eat_mark("..") {
                Length { min, max: self.bound()? }
            } else {
                Length { min, max: min }
            });
        }
        edge.properties = self.pattern_properties()?;
        edge.condition = self.condition()?.map(Box::new);
        Ok(())
    }

    fn invalid_length(&self, message: &str) -> QueryError {
        QueryError::syntax("InvalidRelationshipPattern", self.range(), message)
    }

    /// GQL's `{1,3}`, `+` and `*` after an edge.
    fn quantifier(&mut self) -> Parsed<Option<Length>> {
        if self.eat_mark("+") {
            return Ok(Some(Length { min: Some(1), max: None }));
        }
        if self.eat_mark("*") {
            return Ok(Some(Length { min: Some(0), max: None }));
        }
        if !self.eat_mark("{") {
            return Ok(None);
        }
        let min = self.bound()?;
        let max = if self.eat_mark(",") { self.bound()? } else { min };
        self.expect_mark("}")?;
        Ok(Some(Length { min: min.or(Some(0)), max }))
    }

    /// `:A`, `:A:B`, `:A|B`, `:A&!B`, or with `IS` instead of the colon.
    pub(super) fn labels(&mut self) -> Parsed<LabelExpr> {
        if !self.eat_word("IS") {
            self.expect_mark(":")?;
        }
        let first = self.deeper(Self::label_or)?;
        let mut all = vec![first];
        while self.eat_mark(":") {
            all.push(self.deeper(Self::label_or)?);
        }
        Ok(joined(all, LabelExpr::And))
    }

    fn label_or(&mut self) -> Parsed<LabelExpr> {
        let mut any = vec![self.label_and()?];
        while self.eat_mark("|") {
            // The old form `:A|:B`.
            self.eat_mark(":");
            any.push(self.label_and()?);
        }
        Ok(joined(any, LabelExpr::Or))
    }

    fn label_and(&mut self) -> Parsed<LabelExpr> {
        let mut all = vec![self.label_not()?];
        while self.eat_mark("&") {
            all.push(self.label_not()?);
        }
        Ok(joined(all, LabelExpr::And))
    }

    fn label_not(&mut self) -> Parsed<LabelExpr> {
        if self.eat_mark("!") {
            return Ok(LabelExpr::Not(Box::new(self.deeper(Self::label_not)?)));
        }
        if self.eat_mark("%") {
            return Ok(LabelExpr::Any);
        }
        if self.eat_mark("(") {
            let inner = self.deeper(Self::label_or)?;
            self.expect_mark(")")?;
            return Ok(inner);
        }
        self.any_name("a label or a type").map(LabelExpr::Name)
    }
}

fn joined(mut items: Vec<LabelExpr>, join: fn(Vec<LabelExpr>) -> LabelExpr) -> LabelExpr {
    match items.pop() {
        Some(only) if items.is_empty() => only,
        Some(last) => {
            items.push(last);
            join(items)
        }
        None => join(items),
    }
}
