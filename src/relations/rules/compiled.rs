//! What does the schema ask of each label and edge type? Looked up once, by number instead of by name.

use crate::graph::{
    Catalogue, ColumnType, EdgeSpec, KeyId, LabelId, LabelSpec, NameKind, NodeRef, PropertySpec, TypeId,
};

/// Types of the derived ties, which are never stored.
const DERIVED: [&str; 5] = ["TIE", "VERTICAL", "HORIZONTAL", "DIAGONAL", "UNCLASSIFIED"];

/// Properties that every row may have.
const GIVEN: [&str; 4] = ["id", "source", "confidence", "note"];

/// What the schema asks of every label and edge type of a catalogue.
pub(super) struct CompiledSchema<'a> {
    labels: Vec<Option<CompiledLabel<'a>>>,
    types: Vec<CompiledType<'a>>,
    /// Properties that every node of a declared label may have.
    given: Vec<CompiledGiven>,
    /// The key of text ids.
    pub(super) id: Option<KeyId>,
    slots: usize,
}

/// A declared label.
pub(super) struct CompiledLabel<'a> {
    pub(super) spec: &'a LabelSpec,
    pub(super) properties: Vec<CompiledProperty<'a>>,
    /// Which of the properties that every row may have it declares itself.
    declared: Vec<KeyId>,
}

/// An edge type, declared or not.
#[derive(Default)]
pub(super) struct CompiledType<'a> {
    /// Whether it is the type of a derived tie.
    pub(super) derived: bool,
    /// Whether it must lie within the validity of its ends (S18).
    pub(super) within_ends: bool,
    pub(super) spec: Option<&'a EdgeSpec>,
    pub(super) properties: Vec<CompiledProperty<'a>>,
    /// Properties that every row may have and that the type does not declare itself.
    pub(super) given: Vec<CompiledGiven>,
    /// Pairs of labels that it joins, where the catalogue knows both.
    ends: Vec<(LabelId, LabelId)>,
}

impl CompiledType<'_> {
    /// Whether it may join nodes of these labels.
    pub(super) fn joins(&self, sources: &[LabelId], targets: &[LabelId]) -> bool {
        self.ends.iter().any(|(from, to)| sources.contains(from) && targets.contains(to))
    }
}

/// A declared property.
pub(super) struct CompiledProperty<'a> {
    pub(super) spec: &'a PropertySpec,
    /// None where no element has it.
    pub(super) key: Option<KeyId>,
    pub(super) codebook: &'a [String],
    /// Where texts are remembered that were found right.
    pub(super) slot: usize,
}

/// A property that every row may have.
pub(super) struct CompiledGiven {
    pub(super) name: &'static str,
    pub(super) key: KeyId,
    pub(super) slot: usize,
}

impl CompiledGiven {
    /// What its cell is read as.
    pub(super) fn column_type(&self) -> ColumnType {
        if self.name == "source" { ColumnType::TextList } else { ColumnType::Text }
    }
}

impl<'a> CompiledSchema<'a> {
    pub(super) fn of(catalogue: &'a Catalogue) -> Self {
        let schema = catalogue.schema();
        let mut plans = Self {
            labels: Vec::new(),
            types: Vec::new(),
            given: Vec::new(),
            id: catalogue.key("id"),
            slots: 0,
        };
        plans.given = plans.given(catalogue, |_| false);
        for name in catalogue.names() {
            match name.kind {
                NameKind::Label => {
                    let spec = schema.label(&name.text);
                    let plan = spec.map(|spec| plans.declared_label(catalogue, spec));
                    plans.labels.push(plan);
                }
                NameKind::EdgeType => {
                    let spec = schema.edge(&name.text);
                    let plan = plans.edge_type(catalogue, spec, &name.text);
                    plans.types.push(plan);
                }
                NameKind::Key => {}
            }
        }
        plans
    }

    fn declared_label(&mut self, catalogue: &'a Catalogue, spec: &'a LabelSpec) -> CompiledLabel<'a> {
        let own = |name: &&str| spec.properties.iter().any(|own| own.key == **name);
        CompiledLabel {
            spec,
            properties: self.properties(catalogue, &spec.properties),
            declared: GIVEN.iter().filter(|name| own(name)).filter_map(|name| catalogue.key(name)).collect(),
        }
    }

    fn edge_type(
        &mut self,
        catalogue: &'a Catalogue,
        spec: Option<&'a EdgeSpec>,
        name: &str,
    ) -> CompiledType<'a> {
        let derived = DERIVED.contains(&name);
        let Some(spec) = spec else {
            return CompiledType { derived, within_ends: true, ..CompiledType::default() };
        };
        let label = |name: &str| catalogue.label(name);
        let ends = spec.ends.iter().filter_map(|(from, to)| label(from).zip(label(to)));
        CompiledType {
            derived,
            within_ends: spec.within_ends,
            spec: Some(spec),
            ends: ends.collect(),
            properties: self.properties(catalogue, &spec.properties),
            given: self.given(catalogue, |name| spec.properties.iter().any(|own| own.key == name)),
        }
    }

    fn slot(&mut self) -> usize {
        self.slots += 1;
        self.slots - 1
    }

    fn properties(
        &mut self,
        catalogue: &'a Catalogue,
        specs: &'a [PropertySpec],
    ) -> Vec<CompiledProperty<'a>> {
        let plan = |spec: &'a PropertySpec| CompiledProperty {
            spec,
            key: catalogue.key(&spec.key),
            codebook: catalogue.schema().codebook(spec),
            slot: self.slot(),
        };
        specs.iter().map(plan).collect()
    }

    fn given(&mut self, catalogue: &Catalogue, declared: impl Fn(&str) -> bool) -> Vec<CompiledGiven> {
        let names = GIVEN.into_iter().filter(|name| !declared(name));
        let known = names.filter_map(|name| Some((name, catalogue.key(name)?)));
        known.map(|(name, key)| CompiledGiven { name, key, slot: self.slot() }).collect()
    }

    /// What the labels of a node ask for, those that are declared.
    pub(super) fn of_node(&self, node: NodeRef<'_>) -> impl Iterator<Item = &CompiledLabel<'a>> {
        let plan = |label: &LabelId| self.labels.get(usize::from(label.get()))?.as_ref();
        node.labels().iter().filter_map(plan)
    }

    /// Properties that every node may have, and that none of its labels declares.
    pub(super) fn given_of(&self, node: NodeRef<'_>) -> impl Iterator<Item = &CompiledGiven> {
        self.given
            .iter()
            .filter(move |given| !self.of_node(node).any(|plan| plan.declared.contains(&given.key)))
    }

    /// What is asked of a property that every row may have, by its key.
    pub(super) fn given_by(&self, key: KeyId) -> Option<&CompiledGiven> {
        self.given.iter().find(|given| given.key == key)
    }

    /// What an edge type asks for.
    pub(super) fn of_type(&self, edge_type: TypeId) -> Option<&CompiledType<'a>> {
        self.types.get(usize::from(edge_type.get()))
    }

    /// How many slots for texts there are.
    pub(super) fn slots(&self) -> usize {
        self.slots
    }
}
