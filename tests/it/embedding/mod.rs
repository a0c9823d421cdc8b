//! What a program that embeds the library relies on: writing, drafts, a schema of its own, news of commits.

mod drafts;
mod following;
mod news;
mod own_schema;
mod words;
mod writing;

use intergov::Database;
use intergov::store::CommitNote;

const NOTE: CommitNote<'static> = CommitNote::by("test");

/// A database in memory and one on disk: what holds of one holds of the other.
fn both(check: impl Fn(&Database)) {
    check(&Database::in_memory().unwrap());
    let folder = tempfile::tempdir().unwrap();
    check(&Database::create(folder.path().join("store")).unwrap());
}
