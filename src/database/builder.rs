//! Opening: which schema and which rules a database has.

use std::path::Path;
use std::sync::{Arc, RwLock};

use super::news::Reader;
use super::{Backing, Database, Migrated};
use crate::error::Error;
use crate::graph::{Catalogue, CommitRule, Schema, Snapshot};
use crate::relations;
use crate::store::{Access, CommitNote, SchemaStep, Store, StoreError, StoreOptions};

/// Opens databases that have a schema and rules of the program's own beside those of the domain.
///
/// Steps of a program's own are numbered from 1 in the order in which they are given, and are frozen once released, as
/// those of the domain are: a store keeps their texts. Opening a store that lacks some for writing says so;
/// [`Builder::migrate`] applies them. [`Database::open`], which does not know them, opens the store all the same: it
/// reads the declarations from it, and checks values against them. Rules are code, and hold only where they are given.
///
/// ```
/// use intergov::graph::{ChangeSet, CommitRule, Snapshot, Violation};
/// use intergov::{Database, Error};
///
/// const PEOPLE: &str = r#"
/// [[label]]
/// name = "Person"
/// table = "people"
/// doc = "A person who works for a government."
/// properties = [{ key = "age", kind = "fixed", type = "integer", doc = "age in years" }]
/// "#;
///
/// /// At most a thousand people.
/// struct Few;
///
/// impl CommitRule for Few {
///     fn check(&self, _: &Snapshot, after: &Snapshot, _: &ChangeSet) -> Vec<Violation> {
///         let first_too_many = after.nodes_with("Person").nth(1_000);
///         let breach = |node: intergov::graph::NodeRef<'_>| Violation {
///             subject: intergov::graph::Subject::Node(node.id()),
///             rule: "few",
///             column: None,
///             message: "there are more than a thousand people".to_owned(),
///             remedy: "remove some".to_owned(),
///             warning: false,
///         };
///         first_too_many.map(breach).into_iter().collect()
///     }
/// }
///
/// let db = Database::builder().schema_step("people", PEOPLE).rule(Few).in_memory()?;
/// assert!(db.snapshot()?.catalogue().schema().label("Person").is_some());
/// # Ok::<(), Error>(())
/// ```
#[derive(Default)]
#[must_use]
pub struct Builder {
    steps: Vec<SchemaStep>,
    rules: Vec<Box<dyn CommitRule>>,
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder").field("steps", &self.steps).finish_non_exhaustive()
    }
}

impl Builder {
    /// Adds the next step of the program's own schema: its name and its declarations in TOML, as the domain's schema has
    /// them.
    pub fn schema_step(mut self, name: impl Into<String>, declarations: impl Into<String>) -> Self {
        let number = (1..).zip(&self.steps).map(|(number, _)| number).last().unwrap_or(0) + 1;
        self.steps.push(SchemaStep { number, name: name.into(), text: declarations.into() });
        self
    }

    /// Adds a rule that every commit is checked against, after those of the domain.
    pub fn rule(mut self, rule: impl CommitRule + 'static) -> Self {
        self.rules.push(Box::new(rule));
        self
    }

    /// As [`Database::create`].
    ///
    /// # Errors
    /// As [`Database::create`], and [`Error::Store`] for steps that cannot be read or do not fit the domain's.
    pub fn create(self, path: impl AsRef<Path>) -> Result<Database, Error> {
        let store = Store::create(path.as_ref(), &self.options())?;
        Ok(self.on(Backing::Disk(Arc::new(store))))
    }

    /// As [`Database::open`].
    ///
    /// # Errors
    /// As [`Database::open`]; [`StoreError::OlderFormat`] if steps are still to be applied.
    pub fn open(self, path: impl AsRef<Path>) -> Result<Database, Error> {
        let store = Store::open(path.as_ref(), Access::ReadWrite, &self.options())?;
        Ok(self.on(Backing::Disk(Arc::new(store))))
    }

    /// As [`Database::open_or_create`].
    ///
    /// # Errors
    /// As [`Builder::open`] and [`Builder::create`].
    pub fn open_or_create(self, path: impl AsRef<Path>) -> Result<Database, Error> {
        let (path, options) = (path.as_ref(), self.options());
        let store = match Store::create(path, &options) {
            // Another process may be making it at the same time: who comes second opens it.
            Err(StoreError::AlreadyExists { .. }) => Store::open(path, Access::ReadWrite, &options)?,
            made => made?,
        };
        Ok(self.on(Backing::Disk(Arc::new(store))))
    }

    /// As [`Database::open_read_only`].
    ///
    /// # Errors
    /// As [`Database::open_read_only`].
    pub fn open_read_only(self, path: impl AsRef<Path>) -> Result<Database, Error> {
        let reader = Reader::open(path.as_ref().to_owned(), self.options())?;
        Ok(self.on(Backing::Reader(reader)))
    }

    /// As [`Database::in_memory`].
    ///
    /// # Errors
    /// [`Error::Schema`] for a step that cannot be read or does not fit the domain's schema.
    pub fn in_memory(self) -> Result<Database, Error> {
        let mut schema = relations::schema()?;
        self.steps.iter().try_for_each(|step| schema.extend_with_own(&step.text))?;
        Ok(self.on(Backing::empty(schema)))
    }

    /// As [`Database::migrate`].
    ///
    /// # Errors
    /// As [`Database::migrate`].
    pub fn migrate(
        self,
        path: impl AsRef<Path>,
        note: &CommitNote<'_>,
        backup: Option<&Path>,
    ) -> Result<Migrated, Error> {
        let done = Store::migrate(path.as_ref(), &self.options(), note, backup)?;
        let database = self.on(Backing::Disk(Arc::new(done.store)));
        Ok(Migrated { database, steps: done.steps, backup: done.backup })
    }

    /// The schema steps that the program knows.
    pub(super) fn options(&self) -> StoreOptions {
        let domain = relations::SCHEMA_STEPS.iter().map(|(number, name, text)| SchemaStep {
            number: *number,
            name: (*name).to_owned(),
            text: (*text).to_owned(),
        });
        StoreOptions { own_steps: self.steps.clone(), ..StoreOptions::with_schema(domain.collect()) }
    }

    fn on(self, backing: Backing) -> Database {
        let rules = relations::rules().into_iter().chain(self.rules).collect();
        Database::on(backing, rules)
    }
}

impl Backing {
    /// An empty graph in memory under a schema.
    pub(super) fn empty(schema: Schema) -> Self {
        let empty = Snapshot::empty(Arc::new(Catalogue::with_schema(Arc::new(schema))));
        Self::Memory(RwLock::new(Arc::new(empty)))
    }
}
