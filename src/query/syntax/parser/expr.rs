//! Expressions, by Pratt's method (Top down operator precedence, POPL 1973).

use super::super::ast::{BinaryOp, CompareOp, Expr, ExprKind, precedence};
use super::{Parsed, Parser};
use crate::query::syntax::token::TokenKind;

/// An operator between or after operands.
enum Operator {
    Binary(BinaryOp),
    Compare(CompareOp),
    IsNull { negated: bool },
}

impl Parser<'_> {
    /// A whole expression.
    pub(super) fn expr(&mut self) -> Parsed<Expr> {
        self.binding(precedence::OR)
    }

    /// An expression of operators that bind at least so tightly.
    fn binding(&mut self, least: u8) -> Parsed<Expr> {
        self.deeper(|parser| parser.operators(least))
    }

    fn operators(&mut self, least: u8) -> Parsed<Expr> {
        let start = self.range();
        let mut left = self.prefix()?;
        // A chain of operators is as deep a tree as it is long.
        let mut chain = 0;
        while let Some((operator, words)) = self.operator() {
            let level = match &operator {
                Operator::Binary(op) => op.form().1,
                Operator::Compare(_) => precedence::COMPARE,
                Operator::IsNull { .. } => precedence::PREDICATE,
            };
            if level < least {
                break;
            }
            chain += 1;
            self.check_depth(self.depth + chain)?;
            self.at += words;
            let kind = match operator {
                Operator::Binary(op) => {
                    ExprKind::Binary(op, Box::new(left), Box::new(self.binding(level + 1)?))
                }
                Operator::IsNull { negated } => ExprKind::IsNull(Box::new(left), negated),
                Operator::Compare(op) => self.comparison(left, op)?,
            };
            left = Expr { kind, range: self.since(start) };
        }
        Ok(left)
    }

    /// `a < b <= c` is one comparison, not a comparison of a comparison.
    fn comparison(&mut self, left: Expr, op: CompareOp) -> Parsed<ExprKind> {
        let mut chain = vec![(op, self.binding(precedence::COMPARE + 1)?)];
        while let Some((Operator::Compare(op), words)) = self.operator() {
            self.at += words;
            chain.push((op, self.binding(precedence::COMPARE + 1)?));
        }
        Ok(ExprKind::Compare(Box::new(left), chain))
    }

    /// The operator that stands here, and how many tokens it takes.
    fn operator(&self) -> Option<(Operator, usize)> {
        let token = self.token();
        if let TokenKind::Mark(mark) = token.kind {
            let operator = match mark {
                "+" => Operator::Binary(BinaryOp::Add),
                "-" => Operator::Binary(BinaryOp::Subtract),
                "||" => Operator::Binary(BinaryOp::Concatenate),
                "*" => Operator::Binary(BinaryOp::Multiply),
                "/" => Operator::Binary(BinaryOp::Divide),
                "%" => Operator::Binary(BinaryOp::Remainder),
                "^" => Operator::Binary(BinaryOp::Power),
                "=~" => Operator::Binary(BinaryOp::Regex),
                "=" => Operator::Compare(CompareOp::Equal),
                "<>" | "!=" => Operator::Compare(CompareOp::NotEqual),
                "<" => Operator::Compare(CompareOp::Less),
                "<=" => Operator::Compare(CompareOp::LessOrEqual),
                ">" => Operator::Compare(CompareOp::Greater),
                ">=" => Operator::Compare(CompareOp::GreaterOrEqual),
                _ => return None,
            };
            return Some((operator, 1));
        }
        let words: [(&[&str], Operator); 9] = [
            (&["OR"], Operator::Binary(BinaryOp::Or)),
            (&["XOR"], Operator::Binary(BinaryOp::Xor)),
            (&["AND"], Operator::Binary(BinaryOp::And)),
            (&["IN"], Operator::Binary(BinaryOp::In)),
            (&["STARTS", "WITH"], Operator::Binary(BinaryOp::StartsWith)),
            (&["ENDS", "WITH"], Operator::Binary(BinaryOp::EndsWith)),
            (&["CONTAINS"], Operator::Binary(BinaryOp::Contains)),
            (&["IS", "NULL"], Operator::IsNull { negated: false }),
            (&["IS", "NOT", "NULL"], Operator::IsNull { negated: true }),
        ];
        token.word()?;
        words.into_iter().find(|(words, _)| self.are_words(words)).map(|(words, op)| (op, words.len()))
    }

    fn prefix(&mut self) -> Parsed<Expr> {
        let start = self.range();
        if self.is_word("NOT") {
            self.at += 1;
            let operand = Box::new(self.binding(precedence::NOT)?);
            return Ok(Expr { kind: ExprKind::Not(operand), range: self.since(start) });
        }
        let kind = if self.eat_mark("-") {
            if let TokenKind::Integer(number) = self.token().kind {
                // The least number has no positive counterpart of 64 bits.
                if number == 1 << 63 {
                    self.at += 1;
                    return Ok(Expr { kind: ExprKind::Integer(i64::MIN), range: self.since(start) });
                }
            }
            ExprKind::Negate(Box::new(self.deeper(Self::prefix)?))
        } else if self.eat_mark("+") {
            ExprKind::Plus(Box::new(self.deeper(Self::prefix)?))
        } else {
            return self.postfix();
        };
        Ok(Expr { kind, range: self.since(start) })
    }

    /// An atom with `.key`, `[…]` and `:Label` after it.
    pub(super) fn postfix(&mut self) -> Parsed<Expr> {
        let start = self.range();
        let mut expr = self.deeper(Self::atom)?;
        let mut chain = 0;
        loop {
            chain += 1;
            self.check_depth(self.depth + chain)?;
            let kind = if self.eat_mark(".") {
                ExprKind::Property(Box::new(expr), self.any_name("the name of a property")?)
            } else if self.eat_mark("[") {
                let kind = self.subscript(expr)?;
                self.expect_mark("]")?;
                kind
            } else if self.is_mark(":") {
                ExprKind::HasLabels(Box::new(expr), self.labels()?)
            } else {
                return Ok(expr);
            };
            expr = Expr { kind, range: self.since(start) };
        }
    }

    fn subscript(&mut self, expr: Expr) -> Parsed<ExprKind> {
        let expr = Box::new(expr);
        let first = if self.is_mark("..") { None } else { Some(Box::new(self.expr()?)) };
        if self.eat_mark("..") {
            let last = if self.is_mark("]") { None } else { Some(Box::new(self.expr()?)) };
            return Ok(ExprKind::Slice(expr, first, last));
        }
        match first {
            Some(at) => Ok(ExprKind::Index(expr, at)),
            None => Err(self.expected("an index")),
        }
    }
}
