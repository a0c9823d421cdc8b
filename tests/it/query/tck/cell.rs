//! What a cell of an expected result means, and whether a value is that.

use std::collections::BTreeMap;

use intergov::query::{RowEdge, RowNode, RowValue};

/// An expected value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expected {
    Null,
    Boolean(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    List(Vec<Expected>),
    Map(BTreeMap<String, Expected>),
    Node(Node),
    Edge(Edge),
    Path(Node, Vec<(Edge, /* forward */ bool, Node)>),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    labels: Vec<String>,
    properties: BTreeMap<String, Expected>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Edge {
    edge_type: String,
    properties: BTreeMap<String, Expected>,
}

/// Reads a cell.
pub(super) fn parse(text: &str) -> Expected {
    let mut reader = Reader { text, at: 0 };
    let value = reader.value();
    reader.blanks();
    assert_eq!(reader.at, text.len(), "cell {text:?} goes on after its value");
    value
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn eat(&mut self, mark: &str) -> bool {
        self.blanks();
        let found = self.rest().starts_with(mark);
        self.at += if found { mark.len() } else { 0 };
        found
    }

    fn expect(&mut self, mark: &str) {
        assert!(self.eat(mark), "expected {mark} at {} of {:?}", self.at, self.text);
    }

    fn value(&mut self) -> Expected {
        self.blanks();
        match self.rest().chars().next() {
            Some('\'') => Expected::Text(self.string()),
            Some('[') => self.bracket(),
            Some('{') => Expected::Map(self.map()),
            Some('(') => Expected::Node(self.node()),
            Some('<') => self.path(),
            _ => self.word(),
        }
    }

    fn string(&mut self) -> String {
        self.at += 1;
        let mut text = String::new();
        let mut letters = self.text[self.at..].chars();
        while let Some(letter) = letters.next() {
            self.at += letter.len_utf8();
            match letter {
                '\\' => {
                    let next = letters.next().unwrap();
                    self.at += next.len_utf8();
                    text.push(if next == 'n' { '\n' } else { next });
                }
                '\'' => return text,
                letter => text.push(letter),
            }
        }
        panic!("no end of text in {:?}", self.text)
    }

    fn bracket(&mut self) -> Expected {
        if self.rest()[1..].trim_start().starts_with(':') {
            return Expected::Edge(self.edge());
        }
        self.at += 1;
        let mut items = Vec::new();
        while !self.eat("]") {
            items.push(self.value());
            self.eat(",");
        }
        Expected::List(items)
    }

    fn map(&mut self) -> BTreeMap<String, Expected> {
        self.expect("{");
        let mut entries = BTreeMap::new();
        while !self.eat("}") {
            let key = self.name();
            self.expect(":");
            entries.insert(key, self.value());
            self.eat(",");
        }
        entries
    }

    fn name(&mut self) -> String {
        self.blanks();
        if self.eat("`") {
            let end = self.rest().find('`').unwrap();
            let name = self.rest()[..end].to_owned();
            self.at += end + 1;
            return name;
        }
        let end = self
            .rest()
            .find(|letter: char| !letter.is_alphanumeric() && letter != '_')
            .unwrap_or(self.rest().len());
        let name = self.rest()[..end].to_owned();
        self.at += end;
        name
    }

    fn node(&mut self) -> Node {
        self.expect("(");
        let mut labels = Vec::new();
        while self.eat(":") {
            labels.push(self.name());
        }
        labels.sort();
        self.blanks();
        let properties = if self.rest().starts_with('{') { self.map() } else { BTreeMap::new() };
        self.expect(")");
        Node { labels, properties }
    }

    fn edge(&mut self) -> Edge {
        self.expect("[");
        self.expect(":");
        let edge_type = self.name();
        self.blanks();
        let properties = if self.rest().starts_with('{') { self.map() } else { BTreeMap::new() };
        self.expect("]");
        Edge { edge_type, properties }
    }

    fn path(&mut self) -> Expected {
        self.expect("<");
        let start = self.node();
        let mut steps = Vec::new();
        while !self.eat(">") {
            let forward = !self.eat("<-");
            if forward {
                self.expect("-");
            }
            let edge = self.edge();
            self.expect(if forward { "->" } else { "-" });
            steps.push((edge, forward, self.node()));
        }
        Expected::Path(start, steps)
    }

    fn word(&mut self) -> Expected {
        let end = self.rest().find([',', ']', '}', ' ']).unwrap_or(self.rest().len());
        let word = self.rest()[..end].to_owned();
        self.at += end;
        match word.as_str() {
            "null" => Expected::Null,
            "true" => Expected::Boolean(true),
            "false" => Expected::Boolean(false),
            "NaN" => Expected::Float(f64::NAN),
            "Inf" => Expected::Float(f64::INFINITY),
            "-Inf" => Expected::Float(f64::NEG_INFINITY),
            word => match word.parse() {
                Ok(number) => Expected::Integer(number),
                Err(_) => Expected::Float(
                    word.parse().unwrap_or_else(|_| panic!("cell {word:?} of {:?}", self.text)),
                ),
            },
        }
    }
}

/// How lists are compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lists {
    InOrder,
    AnyOrder,
}

/// Whether a value is what a cell says; temporal values are written as texts.
pub(super) fn is(expected: &Expected, found: &RowValue, lists: Lists) -> bool {
    match (expected, found) {
        (Expected::Null, RowValue::Null) => true,
        (Expected::Boolean(a), RowValue::Boolean(b)) => a == b,
        (Expected::Integer(a), RowValue::Integer(b)) => a == b,
        (Expected::Float(a), RowValue::Float(b)) => a == b || a.is_nan() && b.is_nan() || close(*a, *b),
        (Expected::Text(a), RowValue::Text(b) | RowValue::Time(b)) => *a == **b,
        (Expected::List(a), RowValue::List(b)) if lists == Lists::InOrder => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is(a, b, lists))
        }
        (Expected::List(a), RowValue::List(b)) => {
            let mut left: Vec<&RowValue> = b.iter().collect();
            a.len() == b.len()
                && a.iter().all(|own| {
                    let at = left.iter().position(|found| is(own, found, lists));
                    at.map(|at| left.remove(at)).is_some()
                })
        }
        (Expected::Map(a), RowValue::Map(b)) => entries(a, b, lists),
        (Expected::Node(a), RowValue::Node(b)) => node(a, b, lists),
        (Expected::Edge(a), RowValue::Edge(b)) => edge(a, b, lists),
        (Expected::Path(start, steps), RowValue::Path(path)) => {
            path.edges.len() == steps.len()
                && node(start, &path.nodes[0], lists)
                && steps.iter().enumerate().all(|(at, (own, forward, end))| {
                    let (before, after) = (path.nodes[at].id, path.nodes[at + 1].id);
                    let found = &path.edges[at];
                    let ends = if *forward { (before, after) } else { (after, before) };
                    edge(own, found, lists)
                        && node(end, &path.nodes[at + 1], lists)
                        && (found.source, found.target) == ends
                })
        }
        _ => false,
    }
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * a.abs().max(b.abs())
}

fn entries(
    expected: &BTreeMap<String, Expected>,
    found: &BTreeMap<std::sync::Arc<str>, RowValue>,
    lists: Lists,
) -> bool {
    expected.len() == found.len()
        && expected
            .iter()
            .all(|(key, value)| found.get(key.as_str()).is_some_and(|found| is(value, found, lists)))
}

fn node(expected: &Node, found: &RowNode, lists: Lists) -> bool {
    let mut labels: Vec<&str> = found.labels.iter().map(AsRef::as_ref).collect();
    labels.sort_unstable();
    expected.labels == labels && entries(&expected.properties, &found.properties, lists)
}

fn edge(expected: &Edge, found: &RowEdge, lists: Lists) -> bool {
    *expected.edge_type == *found.edge_type && entries(&expected.properties, &found.properties, lists)
}
