//! Which tables a package has, and which columns each of them: read from the schema, nowhere else.

use crate::graph::{ColumnType, EdgeSpec, LabelSpec, PropertyKind, PropertySpec, Schema};

/// What a table holds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum TableKind<'s> {
    Label(&'s LabelSpec),
    Edge(&'s EdgeSpec),
    States,
    Observations,
    ExtraNodes,
    ExtraEdges,
    ExtraProperties,
}

pub(crate) const STATES: &str = "states";
pub(crate) const OBSERVATIONS: &str = "observations";
/// The label table of settings, which a description may hold instead.
pub(crate) const SETTINGS: &str = "settings";
pub(crate) const EXTRA_NODES: &str = "extra_nodes";
pub(crate) const EXTRA_EDGES: &str = "extra_edges";
pub(crate) const EXTRA_PROPERTIES: &str = "extra_properties";

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TableColumn<'s> {
    pub(crate) name: &'s str,
    pub(crate) column_type: ColumnType,
    pub(crate) spec: Option<&'s PropertySpec>,
    pub(crate) doc: &'s str,
}

const fn plain(name: &'static str, column_type: ColumnType, doc: &'static str) -> TableColumn<'static> {
    TableColumn { name, column_type, spec: None, doc }
}

const ID: TableColumn<'static> = plain("id", ColumnType::Text, "text id, unique in the table (S22)");
const FROM: TableColumn<'static> = plain("from", ColumnType::Text, "id of the row that the edge leaves");
const TO: TableColumn<'static> = plain("to", ColumnType::Text, "id of the row at which the edge arrives");
const VALID_FROM: TableColumn<'static> =
    plain("valid_from", ColumnType::Text, "first date; .. = no limit, empty = unknown (S1, S2)");
const VALID_TO: TableColumn<'static> = plain(
    "valid_to",
    ColumnType::Text,
    "first date on which it no longer holds; .. = no limit yet, empty = unknown (S1, S2)",
);
const ATTESTED: TableColumn<'static> =
    plain("attested", ColumnType::TextList, "dates at which a source shows it in force, separated by ; (S1)");
const SOURCE: TableColumn<'static> =
    plain("source", ColumnType::TextList, "ids of rows of sources, separated by ;");
const CONFIDENCE: TableColumn<'static> = plain("confidence", ColumnType::Text, "how sure the statement is");
const NOTE: TableColumn<'static> = plain("note", ColumnType::Text, "free text");
const TAIL: [TableColumn<'static>; 6] = [VALID_FROM, VALID_TO, ATTESTED, SOURCE, CONFIDENCE, NOTE];
const LABEL: TableColumn<'static> = plain("label", ColumnType::Text, "label of the row that it is said of");
const OF: TableColumn<'static> = plain("of", ColumnType::Text, "id of the row that it is said of");
const PROPERTY: TableColumn<'static> = plain("property", ColumnType::Text, "property of that label");
const VALUE: TableColumn<'static> =
    plain("value", ColumnType::Text, "value, written as in a cell of that property");
const JSON: TableColumn<'static> = plain("properties", ColumnType::Text, "properties as JSON");

/// Columns of a row that are properties of the element itself besides those of its specification.
pub(crate) const ELEMENT_COLUMNS: [TableColumn<'static>; 3] = [SOURCE, CONFIDENCE, NOTE];

/// Columns of a state or an observation that are qualifiers of its spell.
pub(crate) const STATE_QUALIFIERS: [TableColumn<'static>; 4] = [
    plain("date_kind", ColumnType::Text, "what the date is: approved, effective or listed (S11)"),
    SOURCE,
    CONFIDENCE,
    NOTE,
];
pub(crate) const OBSERVATION_QUALIFIERS: [TableColumn<'static>; 6] = [
    plain("unit", ColumnType::Text, "unit of the value"),
    plain("fact", ColumnType::Text, "rows with the same key and different sources are alternatives (S19)"),
    plain("preferred", ColumnType::Boolean, "whether measures use this alternative (S19)"),
    SOURCE,
    CONFIDENCE,
    NOTE,
];
/// Values of `date_kind` (S11).
pub(crate) const DATE_KINDS: [&str; 3] = ["approved", "effective", "listed"];

impl<'s> TableKind<'s> {
    /// All tables, in the order in which they are read and written.
    pub(crate) fn all(schema: &'s Schema) -> impl Iterator<Item = Self> {
        let labels = schema.labels.iter().map(Self::Label);
        let edges = schema.edges.iter().map(Self::Edge);
        let dated = (!schema.is_empty()).then_some([Self::States, Self::Observations]);
        let extra = [Self::ExtraNodes, Self::ExtraEdges, Self::ExtraProperties];
        labels.chain(edges).chain(dated.into_iter().flatten()).chain(extra)
    }

    /// The table of a name.
    pub(crate) fn named(schema: &'s Schema, name: &str) -> Option<Self> {
        Self::all(schema).find(|kind| kind.table() == name)
    }

    /// Name of the table: its file without `.csv`.
    pub(crate) fn table(self) -> &'s str {
        match self {
            Self::Label(spec) => &spec.table,
            Self::Edge(spec) => &spec.table,
            Self::States => STATES,
            Self::Observations => OBSERVATIONS,
            Self::ExtraNodes => EXTRA_NODES,
            Self::ExtraEdges => EXTRA_EDGES,
            Self::ExtraProperties => EXTRA_PROPERTIES,
        }
    }

    /// What the table holds, in a sentence.
    pub(crate) fn doc(self) -> &'s str {
        match self {
            Self::Label(spec) => &spec.doc,
            Self::Edge(spec) => &spec.doc,
            Self::States => "Values of state properties that change in time: one row a spell (S3)",
            Self::Observations => "Statistics: one row a value and period (S3)",
            Self::ExtraNodes => "Nodes whose labels the schema does not declare, or that have several labels",
            Self::ExtraEdges => "Edges whose type or ends the schema does not declare",
            Self::ExtraProperties => "Properties that the columns of the other tables cannot hold",
        }
    }

    /// Its columns in the order in which they are written.
    pub(crate) fn columns(self) -> Vec<TableColumn<'s>> {
        let property = |spec: &'s PropertySpec| TableColumn {
            name: &spec.key,
            column_type: spec.column_type,
            spec: Some(spec),
            doc: &spec.doc,
        };
        match self {
            Self::Label(spec) => {
                let own = spec.properties.iter().filter(|spec| spec.kind != PropertyKind::Observation);
                [ID].into_iter().chain(own.map(property)).chain(TAIL).collect()
            }
            Self::Edge(spec) => {
                [ID, FROM, TO].into_iter().chain(spec.properties.iter().map(property)).chain(TAIL).collect()
            }
            Self::States => {
                let mut columns = vec![ID, LABEL, OF, PROPERTY, VALUE, VALID_FROM, VALID_TO, ATTESTED];
                columns.extend(STATE_QUALIFIERS);
                columns
            }
            Self::Observations => {
                let [unit, rest @ ..] = OBSERVATION_QUALIFIERS;
                let mut columns = vec![ID, LABEL, OF, PROPERTY, VALUE, unit, VALID_FROM, VALID_TO, ATTESTED];
                columns.extend(rest);
                columns
            }
            Self::ExtraNodes => {
                let labels = plain("labels", ColumnType::TextList, "labels, separated by ;");
                vec![ID, labels, VALID_FROM, VALID_TO, ATTESTED, JSON]
            }
            Self::ExtraEdges => {
                let edge_type = plain("type", ColumnType::Text, "edge type");
                vec![ID, edge_type, FROM, TO, VALID_FROM, VALID_TO, ATTESTED, JSON]
            }
            Self::ExtraProperties => {
                let table = plain("table", ColumnType::Text, "table of the row that it belongs to");
                let value = plain("value", ColumnType::Text, "value as JSON");
                vec![table, OF, PROPERTY, value]
            }
        }
    }

    /// The properties that its rows may hold in columns of their own.
    pub(crate) fn properties(self) -> &'s [PropertySpec] {
        match self {
            Self::Label(spec) => &spec.properties,
            Self::Edge(spec) => &spec.properties,
            _ => &[],
        }
    }
}

/// Whether the column holds a property of the element (not its id, ends or validity).
pub(in crate::exchange) fn is_property(column: &TableColumn<'_>) -> bool {
    column.spec.is_some() || ELEMENT_COLUMNS.iter().any(|own| own.name == column.name)
}

/// The kind of the properties whose spells a table holds, and the columns that qualify them.
pub(in crate::exchange) fn spells_in(
    kind: TableKind<'_>,
) -> Option<(PropertyKind, &'static [TableColumn<'static>])> {
    match kind {
        TableKind::States => Some((PropertyKind::State, &STATE_QUALIFIERS)),
        TableKind::Observations => Some((PropertyKind::Observation, &OBSERVATION_QUALIFIERS)),
        _ => None,
    }
}

/// Whether a property is the id, or one that every element may have.
pub(in crate::exchange) fn is_own(name: &str) -> bool {
    name == "id" || ELEMENT_COLUMNS.iter().any(|column| column.name == name)
}
