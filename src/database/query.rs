//! Queries at the front door: what one writes is committed with the rules and the journal.

use crate::database::Database;
use crate::error::Error;
use crate::query::{Parameters, QueryOptions, Rows, run_query_with};
use crate::relations::TieOptions;
use crate::store::CommitNote;

impl Database {
    /// Runs a query on the present state. What it writes goes through the same rules and the same journal as
    /// [`Database::write`]: all of it or nothing.
    ///
    /// # Errors
    /// [`Error::Query`] with the place in the text; where it writes, as [`Database::commit`].
    ///
    /// ```
    /// use intergov::Database;
    /// use intergov::query::{QueryOptions, RowValue};
    /// use intergov::store::CommitNote;
    ///
    /// let db = Database::in_memory_without_schema();
    /// let note = CommitNote { actor: "me", command: "example", summary: "two cities" };
    /// let write = QueryOptions { write: true, ..QueryOptions::default() };
    /// db.query("CREATE (:City {name: '杭州'})-[:NEAR]->(:City {name: '上海'})", &Default::default(), &write, &note)?;
    /// let text = "MATCH (:City {name: $name})-[:NEAR]->(other) RETURN other.name";
    /// let parameters = [("name".into(), "杭州".into())].into();
    /// let rows = db.query(text, &parameters, &QueryOptions::default(), &note)?;
    /// assert_eq!(rows.rows, [[RowValue::Text("上海".into())]]);
    /// # Ok::<(), intergov::Error>(())
    /// ```
    pub fn query(
        &self,
        text: &str,
        parameters: &Parameters,
        options: &QueryOptions,
        note: &CommitNote<'_>,
    ) -> Result<Rows, Error> {
        let snapshot = self.snapshot()?;
        let ties = || self.ties_of(&snapshot, &TieOptions::default());
        let outcome = run_query_with(&snapshot, text, parameters, options, &ties)?;
        let mut rows = outcome.rows;
        if let Some(changes) = outcome.changes.filter(|changes| !changes.is_empty()) {
            let committed = self.commit(&changes, note)?;
            rows.warnings.extend(committed.warnings.iter().map(ToString::to_string));
        }
        Ok(rows)
    }
}
