//! Numbered steps: which are applied, which the program has, and whether they fit together.

use std::collections::BTreeSet;
use std::path::Path;

use bincode::{Decode, Encode};

use super::steps::{Step, StepKind};
use crate::graph::{Schema, SchemaError};
use crate::store::engine::envelope::{Flaw, Record, read_all, seal};
use crate::store::engine::{Engine, Tree, Write};
use crate::store::error::{MigrationError, StoreError};

/// A step that a store has behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedStep {
    /// Format or schema.
    pub kind: StepKind,
    /// Its number.
    pub number: u32,
    /// Its name.
    pub name: String,
    /// CRC-32 of its text.
    pub checksum: u32,
    /// When it was applied, in milliseconds since 1970-01-01T00:00:00Z.
    pub applied_at_millis: i64,
}

impl Step<'_> {
    /// The writes that record the step as applied.
    pub(in crate::store) fn writes(&self, applied_at_millis: i64) -> Result<Vec<Write>, StoreError> {
        let record = StepV1 {
            kind: self.kind,
            number: self.number,
            name: self.name.to_owned(),
            checksum: self.checksum(),
            applied_at_millis,
            text: self.text.to_owned(),
        };
        let key = [&[self.kind as u8][..], &self.number.to_be_bytes()].concat();
        seal(Tree::Migrations, &key, &record)
    }
}

/// An applied step with its text, so that a store explains itself.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub(in crate::store) struct StepV1 {
    kind: StepKind,
    pub(in crate::store) number: u32,
    name: String,
    checksum: u32,
    applied_at_millis: i64,
    text: String,
}

impl Record for StepV1 {}

impl StepV1 {
    fn as_step(&self) -> Step<'_> {
        Step { kind: self.kind, number: self.number, name: &self.name, text: &self.text }
    }
}

impl From<&StepV1> for AppliedStep {
    fn from(step: &StepV1) -> Self {
        Self {
            kind: step.kind,
            number: step.number,
            name: step.name.clone(),
            checksum: step.checksum,
            applied_at_millis: step.applied_at_millis,
        }
    }
}

/// The steps that a store has behind it, by kind and number.
pub(in crate::store) fn applied(engine: &Engine) -> Result<Vec<StepV1>, StoreError> {
    let mut steps = Vec::new();
    read_all(engine, Tree::Migrations, &[], |key, step: StepV1| {
        let own_key = [&[step.kind as u8][..], &step.number.to_be_bytes()].concat();
        if key != own_key || step.as_step().checksum() != step.checksum {
            return Err(Flaw::new("the step does not fit its key or checksum").at(
                engine,
                Tree::Migrations,
                key,
            ));
        }
        steps.push(step);
        Ok(())
    })?;
    Ok(steps)
}

/// The schema that steps declare, in their order.
pub(in crate::store) fn schema_of_steps(steps: &[Step<'_>]) -> Result<Schema, MigrationError> {
    let mut schema = Schema::default();
    extend(&mut schema, steps)?;
    Ok(schema)
}

/// Whether the schema steps of a program are numbered without gaps, and fit together.
pub(in crate::store) fn check_steps(path: &Path, steps: &[Step<'_>]) -> Result<(), StoreError> {
    let numbers =
        |kind| steps.iter().filter(move |step| step.kind == kind).map(|step| (step.number, step.name));
    let checked = [StepKind::Schema, StepKind::Own]
        .into_iter()
        .try_for_each(|kind| check_sequence(kind, numbers(kind), "in the program"))
        .and_then(|()| add_new(&mut Schema::default(), steps));
    checked.map_err(|source| StoreError::Migration { path: path.to_owned(), source })
}

/// Adds what steps declare that were not applied before: those of a program's own must not change what is there.
pub(in crate::store) fn add_new(schema: &mut Schema, steps: &[Step<'_>]) -> Result<(), MigrationError> {
    for step in steps {
        match step.kind {
            StepKind::Own => {
                let added = schema.extend_with_own(step.text);
                added.map_err(|error| unreadable(step, &error))?;
            }
            StepKind::Format | StepKind::Schema => extend(schema, std::slice::from_ref(step))?,
        }
    }
    Ok(())
}

fn unreadable(step: &Step<'_>, error: &SchemaError) -> MigrationError {
    MigrationError::Unreadable {
        kind: step.kind,
        number: step.number,
        name: step.name.to_owned(),
        detail: error.to_string(),
    }
}

/// Adds what steps declare to a schema.
pub(in crate::store) fn extend(schema: &mut Schema, steps: &[Step<'_>]) -> Result<(), MigrationError> {
    for step in steps.iter().filter(|step| step.kind != StepKind::Format) {
        schema.extend_from_toml(step.text).map_err(|error| unreadable(step, &error))?;
    }
    Ok(())
}

/// The schema that applied steps declare.
pub(in crate::store) fn schema_of(applied: &[StepV1]) -> Result<Schema, MigrationError> {
    let steps: Vec<Step<'_>> = applied.iter().map(StepV1::as_step).collect();
    schema_of_steps(&steps)
}

/// The number of the last applied step of a kind; 0 = none.
pub(in crate::store) fn last_of(applied: &[StepV1], kind: StepKind) -> u32 {
    applied.iter().filter(|step| step.kind == kind).map(|step| step.number).max().unwrap_or(0)
}

/// Whether numbers run from 1 without gaps and no number or name is there twice.
pub(in crate::store) fn check_sequence<'a>(
    kind: StepKind,
    steps: impl Iterator<Item = (u32, &'a str)>,
    place: &'static str,
) -> Result<(), MigrationError> {
    let mut steps: Vec<_> = steps.collect();
    steps.sort_unstable();
    let mut names = BTreeSet::new();
    for (expected, (number, name)) in (1..).zip(steps) {
        if number < expected || !names.insert(name) {
            return Err(MigrationError::Repeated { kind, number, name: name.to_owned() });
        }
        if number > expected {
            return Err(MigrationError::Missing { kind, number: expected, place });
        }
    }
    Ok(())
}

/// The steps of one kind that are still to be applied.
fn pending_of<'a>(
    kind: StepKind,
    applied: &[StepV1],
    known: &[Step<'a>],
) -> Result<Vec<Step<'a>>, MigrationError> {
    let known: Vec<Step<'a>> = known.iter().filter(|step| step.kind == kind).copied().collect();
    let applied: Vec<&StepV1> = applied.iter().filter(|step| step.kind == kind).collect();
    check_sequence(kind, known.iter().map(|step| (step.number, step.name)), "in the program")?;
    check_sequence(kind, applied.iter().map(|step| (step.number, step.name.as_str())), "in the store")?;
    for step in &applied {
        let (number, name) = (step.number, step.name.clone());
        match known.iter().find(|own| own.number == number) {
            // What another program declares of its own is read from the store.
            None if kind == StepKind::Own => {}
            None => return Err(MigrationError::Newer { kind, number, name }),
            Some(own) if own.checksum() != step.checksum || own.name != name => {
                return Err(MigrationError::Divergent { kind, number, name });
            }
            Some(_) => {}
        }
    }
    // A store without a schema stays without one.
    if kind == StepKind::Schema && applied.is_empty() {
        return Ok(Vec::new());
    }
    let last = applied.iter().map(|step| step.number).max().unwrap_or(0);
    Ok(known.into_iter().filter(|step| step.number > last).collect())
}

/// The steps that are still to be applied: format, schema, the program's own.
pub(in crate::store) fn pending<'a>(
    path: &Path,
    applied: &[StepV1],
    known: &[Step<'a>],
) -> Result<Vec<Step<'a>>, StoreError> {
    let migration = |source| StoreError::Migration { path: path.to_owned(), source };
    let mut pending = pending_of(StepKind::Format, applied, known).map_err(migration)?;
    pending.extend(pending_of(StepKind::Schema, applied, known).map_err(migration)?);
    pending.extend(pending_of(StepKind::Own, applied, known).map_err(migration)?);
    Ok(pending)
}
