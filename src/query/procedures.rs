//! Which procedures can a query call, and what do they yield?

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::error::QueryError;
use super::values::Datum;
use crate::graph::{NameKind, Snapshot};

/// The type of an argument or a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each says itself")]
pub enum ParameterType {
    Any,
    Boolean,
    Integer,
    Float,
    Number,
    Text,
    Map,
    List,
    Node,
    Edge,
    Path,
}

/// What runs when a procedure is called: it gets the state and the arguments, and gives rows.
pub type ProcedureBody = dyn Fn(&Snapshot, &[Datum]) -> Result<Vec<Vec<Datum>>, QueryError> + Send + Sync;

/// A procedure: `CALL name(arguments) YIELD columns`.
pub struct Procedure {
    /// Its full name: `db.labels`.
    pub name: String,
    /// Names and types of its arguments.
    pub arguments: Vec<(String, ParameterType)>,
    /// Names and types of its columns; none where it only does something.
    pub columns: Vec<(String, ParameterType)>,
    /// What it does.
    pub run: Box<ProcedureBody>,
}

impl fmt::Debug for Procedure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Procedure").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Procedures by name.
#[derive(Clone, Debug, Default)]
pub struct Procedures(BTreeMap<String, Arc<Procedure>>);

impl Procedures {
    /// The procedures that every database has: `db.labels()`, `db.relationshipTypes()`, `db.propertyKeys()`.
    #[must_use]
    pub fn built_in() -> Self {
        let mut all = Self::default();
        for (name, column, kind) in [
            ("db.labels", "label", NameKind::Label),
            ("db.relationshipTypes", "relationshipType", NameKind::EdgeType),
            ("db.propertyKeys", "propertyKey", NameKind::Key),
        ] {
            all.add(Procedure {
                name: name.to_owned(),
                arguments: Vec::new(),
                columns: vec![(column.to_owned(), ParameterType::Text)],
                run: Box::new(move |snapshot, _| {
                    let names = snapshot.catalogue().names().filter(|name| name.kind == kind);
                    let mut names: Vec<_> = names.map(|name| name.text).collect();
                    names.sort_unstable();
                    Ok(names.into_iter().map(|name| vec![Datum::Text(name)]).collect())
                }),
            });
        }
        all
    }

    /// Adds a procedure; one of the same name gives way.
    pub fn add(&mut self, procedure: Procedure) {
        self.0.insert(procedure.name.clone(), Arc::new(procedure));
    }

    /// The procedure of a name.
    pub(super) fn find(&self, name: &str) -> Option<&Arc<Procedure>> {
        self.0.get(name)
    }

    /// All names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}
