//! Expressions as text.

use super::super::ast::{BinaryOp, Expr, ExprKind, MapItem, Name, QuantifierKind, SubqueryKind, precedence};
use super::Printer;

/// How tightly the outermost operator of an expression binds.
fn level(expr: &ExprKind) -> u8 {
    match expr {
        ExprKind::Binary(op, ..) => op.form().1,
        ExprKind::Compare(..) => precedence::COMPARE,
        ExprKind::IsNull(..) => precedence::PREDICATE,
        ExprKind::Not(_) => precedence::NOT,
        ExprKind::Negate(_) | ExprKind::Plus(_) => precedence::UNARY,
        ExprKind::Integer(i64::MIN) => precedence::UNARY,
        ExprKind::HasLabels(..) | ExprKind::Property(..) | ExprKind::Index(..) | ExprKind::Slice(..) => {
            precedence::POSTFIX
        }
        _ => precedence::POSTFIX + 1,
    }
}

impl Printer {
    pub(super) fn expr(&mut self, expr: &Expr) {
        self.bound(expr, precedence::OR);
    }

    /// An expression, in parentheses where it binds less tightly than what is around it.
    fn bound(&mut self, expr: &Expr, least: u8) {
        let parentheses = level(&expr.kind) < least;
        self.put(if parentheses { "(" } else { "" });
        self.kind(&expr.kind);
        self.put(if parentheses { ")" } else { "" });
    }

    pub(super) fn property(&mut self, target: &Expr, key: &str) {
        // A number before a dot would be read as part of it, and a label after another one too.
        let number =
            matches!(target.kind, ExprKind::Integer(_) | ExprKind::Float(_) | ExprKind::HasLabels(..));
        self.put(if number { "(" } else { "" });
        self.bound(target, precedence::POSTFIX);
        self.put(if number { ")" } else { "" });
        self.put(".");
        self.name(key, false);
    }

    fn kind(&mut self, kind: &ExprKind) {
        match kind {
            ExprKind::Null => self.put("NULL"),
            ExprKind::Boolean(truth) => self.put(if *truth { "true" } else { "false" }),
            ExprKind::Integer(number) => self.put(&number.to_string()),
            ExprKind::Float(number) => self.put(&format!("{number:?}")),
            ExprKind::Text(text) => self.text(text),
            ExprKind::Parameter(name) => {
                self.put("$");
                let digits = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
                if digits { self.put(name) } else { self.name(name, false) }
            }
            ExprKind::Variable(name) => self.variable(name),
            ExprKind::List(items) => self.list_literal(items),
            ExprKind::Map(entries) => {
                self.put("{");
                self.list(entries, |printer, (key, value)| printer.entry(key, value));
                self.put("}");
            }
            ExprKind::Not(inner) => {
                self.put("NOT ");
                self.bound(inner, precedence::NOT);
            }
            ExprKind::Negate(inner) => {
                // `-9223372036854775808` is one number; a minus before it is another operator.
                self.put("-");
                self.bound(inner, precedence::UNARY);
            }
            ExprKind::Plus(inner) => {
                self.put("+");
                self.bound(inner, precedence::UNARY);
            }
            ExprKind::Binary(op, left, right) => self.binary(*op, left, right),
            ExprKind::Compare(first, chain) => {
                self.bound(first, precedence::COMPARE + 1);
                for (op, operand) in chain {
                    self.put(&format!(" {} ", op.mark()));
                    self.bound(operand, precedence::COMPARE + 1);
                }
            }
            ExprKind::IsNull(inner, negated) => {
                self.bound(inner, precedence::PREDICATE);
                self.put(if *negated { " IS NOT NULL" } else { " IS NULL" });
            }
            compound => self.compound(compound),
        }
    }

    fn compound(&mut self, kind: &ExprKind) {
        match kind {
            ExprKind::Property(target, key) => self.property(target, &key.text),
            ExprKind::HasLabels(target, labels) => {
                let again = matches!(target.kind, ExprKind::HasLabels(..));
                self.put(if again { "(" } else { "" });
                self.bound(target, precedence::POSTFIX);
                self.put(if again { "):" } else { ":" });
                self.labels(labels, 0);
            }
            ExprKind::Index(target, at) => {
                self.subscripted(target);
                self.put("[");
                self.expr(at);
                self.put("]");
            }
            ExprKind::Slice(target, first, last) => {
                self.subscripted(target);
                self.put("[");
                if let Some(first) = first {
                    self.expr(first);
                }
                self.put("..");
                if let Some(last) = last {
                    self.expr(last);
                }
                self.put("]");
            }
            ExprKind::Call { name, distinct, arguments } => {
                for (index, part) in name.text.split('.').enumerate() {
                    self.put(if index > 0 { "." } else { "" });
                    self.name(
                        part,
                        super::super::parser::is_reserved(part) && !part.eq_ignore_ascii_case("all"),
                    );
                }
                self.put(if *distinct { "(DISTINCT " } else { "(" });
                self.list(arguments, Self::expr);
                self.put(")");
            }
            ExprKind::CountAll => self.put("count(*)"),
            ExprKind::Case { subject, arms, otherwise } => {
                self.put("CASE");
                if let Some(subject) = subject {
                    self.put(" ");
                    self.expr(subject);
                }
                for (when, then) in arms {
                    self.put(" WHEN ");
                    self.expr(when);
                    self.put(" THEN ");
                    self.expr(then);
                }
                if let Some(otherwise) = otherwise {
                    self.put(" ELSE ");
                    self.expr(otherwise);
                }
                self.put(" END");
            }
            scoped => self.scoped(scoped),
        }
    }

    /// What has variables of its own.
    fn scoped(&mut self, kind: &ExprKind) {
        match kind {
            ExprKind::ListComprehension { variable, list, condition, map } => {
                self.put("[");
                self.filtered(variable, list, condition.as_deref());
                if let Some(map) = map {
                    self.put(" | ");
                    self.expr(map);
                }
                self.put("]");
            }
            ExprKind::PatternComprehension { pattern, condition, map } => {
                self.put("[");
                self.path_pattern(pattern);
                if let Some(condition) = condition {
                    self.put(" WHERE ");
                    self.expr(condition);
                }
                self.put(" | ");
                self.expr(map);
                self.put("]");
            }
            ExprKind::Quantifier { kind, variable, list, condition } => {
                self.put(match kind {
                    QuantifierKind::All => "all(",
                    QuantifierKind::Any => "any(",
                    QuantifierKind::None => "none(",
                    QuantifierKind::Single => "single(",
                });
                self.filtered(variable, list, condition.as_deref());
                self.put(")");
            }
            ExprKind::Reduce { accumulator, init, variable, list, body } => {
                self.put("reduce(");
                self.variable(&accumulator.text);
                self.put(" = ");
                self.expr(init);
                self.put(", ");
                self.filtered(variable, list, None);
                self.put(" | ");
                self.expr(body);
                self.put(")");
            }
            ExprKind::Pattern(pattern) => self.path_pattern(pattern),
            ExprKind::Subquery(kind, query) => {
                self.put(match kind {
                    SubqueryKind::Exists => "EXISTS { ",
                    SubqueryKind::Count => "COUNT { ",
                    SubqueryKind::Collect => "COLLECT { ",
                });
                self.query(query);
                self.put(" }");
            }
            ExprKind::MapProjection { variable, items } => {
                self.variable(&variable.text);
                self.put(" {");
                self.list(items, |printer, item| match item {
                    MapItem::All => printer.put(".*"),
                    MapItem::Property(name) => {
                        printer.put(".");
                        printer.name(&name.text, false);
                    }
                    MapItem::Variable(name) => printer.name(&name.text, false),
                    MapItem::Entry(name, value) => printer.entry(name, value),
                });
                self.put("}");
            }
            _ => {}
        }
    }

    fn filtered(&mut self, variable: &Name, list: &Expr, condition: Option<&Expr>) {
        self.variable(&variable.text);
        self.put(" IN ");
        self.expr(list);
        if let Some(condition) = condition {
            self.put(" WHERE ");
            self.expr(condition);
        }
    }

    fn entry(&mut self, key: &Name, value: &Expr) {
        self.name(&key.text, false);
        self.put(": ");
        self.expr(value);
    }

    fn subscripted(&mut self, target: &Expr) {
        // `n:A[0]` would be a label and an index of it; a name before `[` is safe.
        let labels = matches!(target.kind, ExprKind::HasLabels(..));
        self.put(if labels { "(" } else { "" });
        self.bound(target, precedence::POSTFIX);
        self.put(if labels { ")" } else { "" });
    }

    fn list_literal(&mut self, items: &[Expr]) {
        // `[x IN y]` and `[(a)-->(b) | …]` are comprehensions.
        let comprehension = |item: &Expr| leftmost_in(&item.kind);
        self.put("[");
        let first = items.first().is_some_and(comprehension);
        for (index, item) in items.iter().enumerate() {
            self.put(if index > 0 { ", " } else { "" });
            self.put(if first && index == 0 { "(" } else { "" });
            self.expr(item);
            self.put(if first && index == 0 { ")" } else { "" });
        }
        self.put("]");
    }

    fn binary(&mut self, op: BinaryOp, left: &Expr, right: &Expr) {
        let (mark, level) = op.form();
        self.bound(left, level);
        self.put(&format!(" {mark} "));
        self.bound(right, level + 1);
    }

    fn text(&mut self, text: &str) {
        self.put("'");
        for letter in text.chars() {
            match letter {
                '\'' => self.put("\\'"),
                '\\' => self.put("\\\\"),
                '\n' => self.put("\\n"),
                '\r' => self.put("\\r"),
                '\t' => self.put("\\t"),
                letter => self.out.push(letter),
            }
        }
        self.put("'");
    }
}

/// Whether the text of an expression begins with `variable IN`.
fn leftmost_in(kind: &ExprKind) -> bool {
    match kind {
        ExprKind::Binary(BinaryOp::In, left, _) if matches!(left.kind, ExprKind::Variable(_)) => true,
        ExprKind::Binary(_, left, _) | ExprKind::Compare(left, _) | ExprKind::IsNull(left, _) => {
            leftmost_in(&left.kind)
        }
        _ => false,
    }
}
