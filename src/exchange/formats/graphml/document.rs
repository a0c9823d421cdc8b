//! A GraphML document, element by element, so that every reader accepts it.
//!
//! The strict profile: typed keys before the graph, graph data before the nodes, nodes before the edges;
//! six attribute types; no defaults; nothing where a value is missing; characters that XML 1.0 forbids
//! are replaced and counted.

use std::borrow::Cow;
use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

/// Namespace of GraphML.
const NAMESPACE: &str = "http://graphml.graphdrawing.org/xmlns";
/// Integers beyond this are not exact in readers that hold every number as a double.
const EXACT_IN_DOUBLE: u64 = 1 << 53;

/// Type of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum AttributeType {
    Boolean,
    Long,
    Double,
    Text,
}

impl AttributeType {
    fn name(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Long => "long",
            Self::Double => "double",
            Self::Text => "string",
        }
    }
}

/// What an attribute belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Domain {
    Graph,
    Node,
    Edge,
}

impl Domain {
    fn name(self) -> &'static str {
        match self {
            Self::Graph => "graph",
            Self::Node => "node",
            Self::Edge => "edge",
        }
    }

    fn prefix(self) -> char {
        match self {
            Self::Graph => 'g',
            Self::Node => 'n',
            Self::Edge => 'e',
        }
    }
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum AttributeValue {
    Boolean(bool),
    Long(i64),
    Double(f64),
    Text(String),
}

/// A declared attribute.
#[derive(Clone, Debug)]
pub(super) struct Attribute {
    id: String,
    pub(super) name: String,
    pub(super) kind: AttributeType,
    domain: Domain,
    missing: usize,
}

/// Attributes of one domain: names unique whatever their case, ids never of the form `d0` (some readers
/// take those for labels).
#[derive(Clone, Debug)]
pub(super) struct Attributes {
    domain: Domain,
    columns: Vec<Attribute>,
}

impl Attributes {
    pub(super) fn new(domain: Domain) -> Self {
        Self { domain, columns: Vec::new() }
    }

    /// Declares an attribute and returns its position.
    pub(super) fn add(&mut self, name: &str, kind: AttributeType) -> usize {
        let name: String = name.chars().map(|c| if c.is_control() { '_' } else { c }).collect();
        let free = |columns: &[Attribute], name: &str| {
            !columns.iter().any(|column| column.name.to_lowercase() == name.to_lowercase())
        };
        let unique = (2..).map(|count| format!("{name}_{count}"));
        let name = std::iter::once(name.clone()).chain(unique).find(|name| free(&self.columns, name));
        let name = name.unwrap_or_default();
        let slug: String = name
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' })
            .collect();
        let base = format!("{}_{slug}", self.domain.prefix());
        let taken = |id: &str| self.columns.iter().any(|column| column.id == id);
        let id = if taken(&base) { format!("{base}_k{}", self.columns.len()) } else { base };
        self.columns.push(Attribute { id, name, kind, domain: self.domain, missing: 0 });
        self.columns.len() - 1
    }

    pub(super) fn len(&self) -> usize {
        self.columns.len()
    }

    /// Numeric and boolean attributes that some row leaves out.
    pub(super) fn nullable(&self) -> impl Iterator<Item = &str> {
        let typed =
            self.columns.iter().filter(|column| column.kind != AttributeType::Text && column.missing > 0);
        typed.map(|column| column.name.as_str())
    }
}

/// What had to be changed or left out while writing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Losses {
    /// Characters that XML 1.0 forbids, replaced by U+FFFD.
    pub(super) replaced: usize,
    /// Numbers that are not finite, left out.
    pub(super) not_finite: usize,
    /// Numbers below the least normal double, at which igraph refuses the whole file.
    pub(super) tiny: usize,
    /// Integers beyond 2^53.
    pub(super) large: usize,
    /// Empty texts, left out: many readers cannot tell them from missing ones.
    pub(super) empty: usize,
}

/// The document in the making.
pub(super) struct Document<W: Write> {
    writer: Writer<W>,
    pub(super) losses: Losses,
    integers_as_text: bool,
}

impl<W: Write> Document<W> {
    /// Begins the document and declares all attributes.
    pub(super) fn begin(out: W, columns: &[&Attributes], integers_as_text: bool) -> io::Result<Self> {
        let mut document = Self {
            writer: Writer::new_with_indent(out, b' ', 1),
            losses: Losses::default(),
            integers_as_text,
        };
        document.writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        // Some readers guess the encoding from the first bytes; these leave no doubt.
        document.writer.write_event(Event::Comment(BytesText::from_escaped(" 政府间关系 ")))?;
        let root = BytesStart::new("graphml").with_attributes([("xmlns", NAMESPACE)]);
        document.writer.write_event(Event::Start(root))?;
        for column in columns.iter().flat_map(|columns| &columns.columns) {
            let kind = match column.kind {
                AttributeType::Long if integers_as_text => AttributeType::Text,
                kind => kind,
            };
            let name = document.clean(&column.name).into_owned();
            let key = BytesStart::new("key").with_attributes([
                ("id", column.id.as_str()),
                ("for", column.domain.name()),
                ("attr.name", name.as_str()),
                ("attr.type", kind.name()),
            ]);
            document.writer.write_event(Event::Empty(key))?;
        }
        Ok(document)
    }

    /// Begins the graph, with its data.
    pub(super) fn graph(
        &mut self,
        columns: &mut Attributes,
        cells: Vec<Option<AttributeValue>>,
    ) -> io::Result<()> {
        let graph = BytesStart::new("graph").with_attributes([("id", "G"), ("edgedefault", "directed")]);
        self.writer.write_event(Event::Start(graph))?;
        self.data(columns, cells)
    }

    pub(super) fn node(
        &mut self,
        id: &str,
        columns: &mut Attributes,
        cells: Vec<Option<AttributeValue>>,
    ) -> io::Result<()> {
        self.writer.write_event(Event::Start(BytesStart::new("node").with_attributes([("id", id)])))?;
        self.data(columns, cells)?;
        self.writer.write_event(Event::End(BytesEnd::new("node")))
    }

    pub(super) fn edge(
        &mut self,
        id: &str,
        (source, target): (&str, &str),
        columns: &mut Attributes,
        cells: Vec<Option<AttributeValue>>,
    ) -> io::Result<()> {
        let edge =
            BytesStart::new("edge").with_attributes([("id", id), ("source", source), ("target", target)]);
        self.writer.write_event(Event::Start(edge))?;
        self.data(columns, cells)?;
        self.writer.write_event(Event::End(BytesEnd::new("edge")))
    }

    /// Ends graph and document.
    pub(super) fn end(&mut self) -> io::Result<()> {
        self.writer.write_event(Event::End(BytesEnd::new("graph")))?;
        self.writer.write_event(Event::End(BytesEnd::new("graphml")))?;
        let out = self.writer.get_mut();
        out.write_all(b"\n")?;
        out.flush()
    }

    fn data(&mut self, columns: &mut Attributes, cells: Vec<Option<AttributeValue>>) -> io::Result<()> {
        for (column, cell) in columns.columns.iter_mut().zip(cells) {
            match cell.and_then(|cell| self.text(cell)) {
                Some(text) => {
                    let start = BytesStart::new("data").with_attributes([("key", column.id.as_str())]);
                    self.writer.write_event(Event::Start(start))?;
                    self.writer.write_event(Event::Text(BytesText::from_escaped(escape(&text))))?;
                    self.writer.write_event(Event::End(BytesEnd::new("data")))?;
                }
                None => column.missing += 1,
            }
        }
        Ok(())
    }

    /// The text of a value; `None` if it cannot be said.
    fn text(&mut self, cell: AttributeValue) -> Option<String> {
        match cell {
            AttributeValue::Boolean(truth) => Some(truth.to_string()),
            AttributeValue::Long(number) => {
                self.losses.large +=
                    usize::from(number.unsigned_abs() > EXACT_IN_DOUBLE && !self.integers_as_text);
                Some(number.to_string())
            }
            AttributeValue::Double(number) if number == 0.0 || number.is_normal() => Some(number.to_string()),
            AttributeValue::Double(number) => {
                let losses = &mut self.losses;
                *(if number.is_finite() { &mut losses.tiny } else { &mut losses.not_finite }) += 1;
                None
            }
            AttributeValue::Text(text) if text.is_empty() => {
                self.losses.empty += 1;
                None
            }
            AttributeValue::Text(text) => Some(self.clean(&text).into_owned()),
        }
    }

    /// The text with U+FFFD for every character that XML 1.0 forbids.
    fn clean<'t>(&mut self, text: &'t str) -> Cow<'t, str> {
        let bad = text.chars().filter(|character| !allowed(*character)).count();
        if bad == 0 {
            return Cow::Borrowed(text);
        }
        self.losses.replaced += bad;
        text.chars().map(|character| if allowed(character) { character } else { '\u{FFFD}' }).collect()
    }
}

/// Whether XML 1.0 allows the character at all, be it as a reference.
fn allowed(character: char) -> bool {
    !matches!(character, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}')
}

/// Text for the content of an element; a carriage return would be read as a line feed.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\r' => escaped.push_str("&#13;"),
            other => escaped.push(other),
        }
    }
    escaped
}
