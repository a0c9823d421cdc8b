//! What can go wrong at the front door.

#[cfg(feature = "analysis")]
use crate::analysis::ReportError;
#[cfg(feature = "exchange")]
use crate::exchange::{DumpError, ExchangeError, ImportError, ImportFaults};
use crate::graph::{ChangeError, PropertyError, Violation};
use crate::query::QueryError;
use crate::study::StudyError;

use crate::relations::{EditError, LookupError, WriteError};
use crate::store::StoreError;
use crate::value::{DateError, ValidityError};
use crate::watch::Cancelled;

/// Everything that can go wrong with a [`Database`](crate::Database).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The disk, or what it holds.
    #[error(transparent)]
    Store(StoreError),
    /// Rules that the change breaks; nothing was written.
    #[error("{}", violations_text(.0))]
    Rules(Vec<Violation>),
    /// Faults of an import; nothing was written.
    #[cfg(feature = "exchange")]
    #[error(transparent)]
    Import(#[from] ImportFaults),
    /// A file that cannot be read or written.
    #[cfg(feature = "exchange")]
    #[error(transparent)]
    Exchange(ExchangeError),
    /// A dump that cannot be read.
    #[cfg(feature = "exchange")]
    #[error(transparent)]
    Dump(DumpError),
    /// A text that names nothing, or several things.
    #[error(transparent)]
    Lookup(#[from] LookupError),
    /// An edit that cannot be made.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// Something that the domain does not let be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The change was made for another state than the present one: another commit came first. Nothing was written.
    #[error(
        "the change was made for commit {made_for}, but the graph is at commit {present}; read the present state \
         and make the change again"
    )]
    Conflict {
        /// The commit that the change was made for.
        made_for: u64,
        /// The present commit.
        present: u64,
    },
    /// Something else is being written, and the call was not to wait.
    #[error("another change is being written; try again")]
    Busy,
    /// A change within another change of the same thread, which would wait for itself.
    #[error(
        "this thread is changing this database already; finish that change first, or make this one part of it"
    )]
    Nested,
    /// A property that is not of the type that it was read as.
    #[error(transparent)]
    Property(#[from] PropertyError),
    /// A change that does not fit the graph; nothing was written.
    #[error(transparent)]
    Change(ChangeError),
    /// A measure that cannot be computed.
    #[cfg(feature = "analysis")]
    #[error(transparent)]
    Report(ReportError),
    /// A selection that makes no network.
    #[error(transparent)]
    Study(StudyError),
    /// A text that is not a date.
    #[error(transparent)]
    Date(#[from] DateError),
    /// Dates that make no validity.
    #[error(transparent)]
    Validity(#[from] ValidityError),
    /// A query that was refused or stopped; nothing was written.
    #[error(transparent)]
    Query(QueryError),
    /// A measure that does not exist.
    #[cfg(feature = "analysis")]
    #[error("there is no measure “{name}”; write a name of the list of measures")]
    NoMeasure {
        /// What was asked for.
        name: String,
    },
    /// The database lives in memory and has no such thing.
    #[error("a database in memory has no {what}; create one on disk")]
    InMemory {
        /// What was asked for.
        what: &'static str,
    },
    /// The [`Watch`](crate::Watch) that it ran under was cancelled; nothing was changed.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// The schema that is compiled in cannot be read.
    #[error(transparent)]
    Schema(#[from] crate::graph::SchemaError),
}

/// A state in memory is read without errors.
impl From<std::convert::Infallible> for Error {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Rules(violations) => Self::Rules(violations),
            StoreError::Change(error) => error.into(),
            StoreError::Cancelled => Cancelled.into(),
            error => Self::Store(error),
        }
    }
}

impl From<StudyError> for Error {
    fn from(error: StudyError) -> Self {
        match error {
            StudyError::Cancelled(cancelled) => cancelled.into(),
            error => Self::Study(error),
        }
    }
}

impl From<QueryError> for Error {
    fn from(error: QueryError) -> Self {
        if error.is_cancelled() { Cancelled.into() } else { Self::Query(error) }
    }
}

#[cfg(feature = "analysis")]
impl From<ReportError> for Error {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::Study(error @ StudyError::Cancelled(_)) => error.into(),
            error => Self::Report(error),
        }
    }
}

#[cfg(feature = "exchange")]
impl From<ExchangeError> for Error {
    fn from(error: ExchangeError) -> Self {
        match error {
            ExchangeError::Cancelled(cancelled) => cancelled.into(),
            ExchangeError::Study(error @ StudyError::Cancelled(_)) => error.into(),
            error => Self::Exchange(error),
        }
    }
}

#[cfg(feature = "exchange")]
impl From<DumpError> for Error {
    fn from(error: DumpError) -> Self {
        match error {
            DumpError::Cancelled(cancelled) => cancelled.into(),
            error => Self::Dump(error),
        }
    }
}

impl Error {
    /// Whether it was cancelled by the [`Watch`](crate::Watch) that it ran under.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Cancelled(_))
    }
}

impl From<ChangeError> for Error {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Base { expected, found } => Self::Conflict { made_for: found, present: expected },
            error => Self::Change(error),
        }
    }
}

#[cfg(feature = "exchange")]
impl<E: Into<Error>> From<ImportError<E>> for Error {
    fn from(error: ImportError<E>) -> Self {
        match error {
            ImportError::Faults(faults) => faults.into(),
            ImportError::Cancelled(cancelled) => cancelled.into(),
            ImportError::Io(error) => error.into(),
            ImportError::Sink(error) => error.into(),
        }
    }
}

fn violations_text(violations: &[Violation]) -> String {
    let lines: Vec<String> = violations.iter().map(ToString::to_string).collect();
    let count = lines.len();
    format!(
        "nothing was written: {count} breach{} of the rules\n{}",
        if count == 1 { "" } else { "es" },
        lines.join("\n")
    )
}
