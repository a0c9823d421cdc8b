//! Clauses and patterns as text.

use super::super::ast::{
    Arrow, Clause, ClauseKind, EdgePattern, Expr, LabelExpr, NodePattern, PathPattern, Projection,
    RemoveItem, SetItem, Shortest, Yields,
};
use super::Printer;

impl Printer {
    pub(super) fn clauses(&mut self, clauses: &[Clause]) {
        for (index, clause) in clauses.iter().enumerate() {
            if index > 0 {
                self.put(" ");
            }
            self.clause(&clause.kind);
        }
    }

    fn clause(&mut self, clause: &ClauseKind) {
        match clause {
            ClauseKind::Match { optional, patterns, time, condition } => {
                self.put(if *optional { "OPTIONAL MATCH " } else { "MATCH " });
                self.list(patterns, Self::path_pattern);
                if let Some(time) = time {
                    self.put(" ");
                    self.time(time);
                }
                self.condition(condition.as_ref());
            }
            ClauseKind::Unwind { list, variable } => {
                self.put("UNWIND ");
                self.expr(list);
                self.put(" AS ");
                self.variable(&variable.text);
            }
            ClauseKind::With { projection, condition } => {
                self.put("WITH ");
                self.projection(projection);
                self.condition(condition.as_ref());
            }
            ClauseKind::Return(projection) => {
                self.put("RETURN ");
                self.projection(projection);
            }
            ClauseKind::Subquery { query, imports } => {
                self.put("CALL ");
                if let Some(imports) = imports {
                    self.put("(");
                    self.list(imports, |printer, name| printer.variable(&name.text));
                    self.put(") ");
                }
                self.put("{ ");
                self.query(query);
                self.put(" }");
            }
            ClauseKind::Call(call) => {
                self.put("CALL ");
                for (index, part) in call.name.text.split('.').enumerate() {
                    self.put(if index > 0 { "." } else { "" });
                    self.name(part, false);
                }
                if let Some(arguments) = &call.arguments {
                    self.put("(");
                    self.list(arguments, Self::expr);
                    self.put(")");
                }
                self.yields(&call.yields);
                self.condition(call.condition.as_ref());
            }
            writing => self.writing(writing),
        }
    }

    fn writing(&mut self, clause: &ClauseKind) {
        match clause {
            ClauseKind::Create { patterns, valid } => {
                self.valid(valid.as_ref());
                self.put("CREATE ");
                self.list(patterns, Self::path_pattern);
            }
            ClauseKind::Merge { pattern, on_create, on_match, valid } => {
                self.valid(valid.as_ref());
                self.put("MERGE ");
                self.path_pattern(pattern);
                for (word, items) in [(" ON CREATE SET ", on_create), (" ON MATCH SET ", on_match)] {
                    if !items.is_empty() {
                        self.put(word);
                        self.list(items, Self::set_item);
                    }
                }
            }
            ClauseKind::Set { items, valid } => {
                self.valid(valid.as_ref());
                self.put("SET ");
                self.list(items, Self::set_item);
            }
            ClauseKind::Remove(items) => {
                self.put("REMOVE ");
                self.list(items, |printer, item| match item {
                    RemoveItem::Property { target, key } => printer.property(target, &key.text),
                    RemoveItem::Labels { target, labels } => {
                        printer.variable(&target.text);
                        printer.label_names(labels);
                    }
                });
            }
            ClauseKind::Delete { detach, values } => {
                self.put(if *detach { "DETACH DELETE " } else { "DELETE " });
                self.list(values, Self::expr);
            }
            ClauseKind::Foreach { variable, list, clauses } => {
                self.put("FOREACH (");
                self.variable(&variable.text);
                self.put(" IN ");
                self.expr(list);
                self.put(" | ");
                self.clauses(clauses);
                self.put(")");
            }
            _ => {}
        }
    }

    fn condition(&mut self, condition: Option<&Expr>) {
        if let Some(condition) = condition {
            self.put(" WHERE ");
            self.expr(condition);
        }
    }

    fn yields(&mut self, yields: &Yields) {
        match yields {
            Yields::Unsaid => {}
            Yields::All => self.put(" YIELD *"),
            Yields::Some(columns) if columns.is_empty() => self.put(" YIELD -"),
            Yields::Some(columns) => {
                self.put(" YIELD ");
                self.list(columns, |printer, (column, alias)| {
                    printer.name(&column.text, false);
                    if let Some(alias) = alias {
                        printer.put(" AS ");
                        printer.variable(&alias.text);
                    }
                });
            }
        }
    }

    fn projection(&mut self, projection: &Projection) {
        if projection.distinct {
            self.put("DISTINCT ");
        }
        if projection.all {
            self.put(if projection.items.is_empty() { "*" } else { "*, " });
        }
        self.list(&projection.items, |printer, item| {
            printer.expr(&item.expr);
            if let Some(alias) = &item.alias {
                printer.put(" AS ");
                printer.variable(&alias.text);
            }
        });
        if !projection.order.is_empty() {
            self.put(" ORDER BY ");
            self.list(&projection.order, |printer, item| {
                printer.expr(&item.expr);
                printer.put(if item.descending { " DESC" } else { "" });
            });
        }
        for (word, count) in [(" SKIP ", &projection.skip), (" LIMIT ", &projection.limit)] {
            if let Some(count) = count {
                self.put(word);
                self.expr(count);
            }
        }
    }

    fn set_item(&mut self, item: &SetItem) {
        match item {
            SetItem::Property { target, key, value } => {
                self.property(target, &key.text);
                self.put(" = ");
                self.expr(value);
            }
            SetItem::All { target, value, add } => {
                self.variable(&target.text);
                self.put(if *add { " += " } else { " = " });
                self.expr(value);
            }
            SetItem::Labels { target, labels } => {
                self.variable(&target.text);
                self.label_names(labels);
            }
        }
    }

    fn label_names(&mut self, labels: &[super::super::ast::Name]) {
        for label in labels {
            self.put(":");
            self.name(&label.text, false);
        }
    }

    pub(super) fn path_pattern(&mut self, pattern: &PathPattern) {
        if let Some(variable) = &pattern.variable {
            self.variable(&variable.text);
            self.put(" = ");
        }
        match pattern.shortest {
            Some(Shortest::One) => self.put("shortestPath("),
            Some(Shortest::All) => self.put("allShortestPaths("),
            None => {}
        }
        self.node(&pattern.start);
        for (edge, node) in &pattern.steps {
            self.edge(edge);
            self.node(node);
        }
        if pattern.shortest.is_some() {
            self.put(")");
        }
    }

    fn node(&mut self, node: &NodePattern) {
        self.put("(");
        let start = self.out.len();
        if let Some(variable) = &node.variable {
            self.variable(&variable.text);
        }
        if let Some(labels) = &node.labels {
            self.put(":");
            self.labels(labels, 0);
        }
        self.pattern_tail(start, node.properties.as_ref(), node.condition.as_deref());
        self.put(")");
    }

    fn pattern_tail(&mut self, start: usize, properties: Option<&Expr>, condition: Option<&Expr>) {
        if let Some(properties) = properties {
            self.put(if self.out.len() > start { " " } else { "" });
            self.expr(properties);
        }
        if let Some(condition) = condition {
            self.put(if self.out.len() > start { " " } else { "" });
            self.put("WHERE ");
            self.expr(condition);
        }
    }

    fn edge(&mut self, edge: &EdgePattern) {
        self.put(if edge.arrow == Arrow::In { "<-" } else { "-" });
        let bracket = self.out.len();
        self.put("[");
        let start = self.out.len();
        if let Some(variable) = &edge.variable {
            self.variable(&variable.text);
        }
        if let Some(types) = &edge.types {
            self.put(":");
            self.labels(types, 0);
        }
        if let Some(length) = edge.length {
            let (min, max) = (length.min, length.max);
            let number = |bound: Option<u32>| bound.map_or_else(String::new, |bound| bound.to_string());
            let text = match (min, max) {
                (None, None) => "*".to_owned(),
                (min, max) if min == max => format!("*{}", number(min)),
                (min, max) => format!("*{}..{}", number(min), number(max)),
            };
            self.put(&text);
        }
        self.pattern_tail(start, edge.properties.as_ref(), edge.condition.as_deref());
        if self.out.len() == start {
            self.out.truncate(bracket);
        } else {
            self.put("]");
        }
        self.put(if edge.arrow == Arrow::Out { "->" } else { "-" });
    }

    /// A label expression; `outer` is 0 on top, 1 within `|`, 2 within `&`, 3 within `!`.
    pub(super) fn labels(&mut self, labels: &LabelExpr, outer: u8) {
        match labels {
            LabelExpr::Name(name) => self.name(&name.text, false),
            LabelExpr::Any => self.put("%"),
            LabelExpr::Not(inner) => {
                self.put("!");
                self.labels(inner, 3);
            }
            LabelExpr::And(items) => self.label_items(items, "&", outer >= 2, 2),
            LabelExpr::Or(items) => self.label_items(items, "|", outer >= 1, 1),
        }
    }

    fn label_items(&mut self, items: &[LabelExpr], mark: &str, parentheses: bool, level: u8) {
        self.put(if parentheses { "(" } else { "" });
        for (index, item) in items.iter().enumerate() {
            self.put(if index > 0 { mark } else { "" });
            self.labels(item, level);
        }
        self.put(if parentheses { ")" } else { "" });
    }
}
