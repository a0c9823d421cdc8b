//! What a failure says, and the exit code that it gives.

use std::io::{self, Write};
use std::process::ExitCode;

use crate::error::Error;
use crate::relations::LookupError;
use crate::store::StoreError;

/// Exit codes, as `docs/cli.md` lists them.
pub(super) const RUNTIME: u8 = 1;
pub(super) const USAGE: u8 = 2;
pub(super) const NOT_FOUND: u8 = 4;
pub(super) const CONSTRAINT: u8 = 5;
pub(super) const CORRUPT: u8 = 6;

/// Why a command stopped.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// The library.
    #[error(transparent)]
    Library(Box<Error>),
    /// Arguments that do not fit together or cannot be read.
    #[error("{0}")]
    Usage(String),
    /// What was asked for is not there.
    #[error("{0}")]
    NotFound(String),
    /// The terminal or a file.
    #[error("cannot {action}: {source}")]
    Io {
        /// What was tried.
        action: String,
        /// What the system said.
        source: io::Error,
    },
    /// The reader of our output has gone: not an error.
    #[error("")]
    ReaderGone,
}

impl Failure {
    /// What the system refused.
    pub(super) fn io(action: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let action = action.into();
        move |source| match source.kind() {
            io::ErrorKind::BrokenPipe => Self::ReaderGone,
            _ => Self::Io { action, source },
        }
    }

    /// Prints the failure and gives the exit code.
    pub(super) fn report(&self, json: bool) -> ExitCode {
        if matches!(self, Self::ReaderGone) {
            return ExitCode::SUCCESS;
        }
        let code = self.code();
        let text = if json {
            let kind = self.kind();
            serde_json::json!({ "error": { "code": code, "kind": kind, "message": self.to_string() } })
                .to_string()
        } else {
            format!("error: {self}")
        };
        let mut stderr = anstream::stderr().lock();
        // A closed stderr leaves nobody to tell.
        drop(writeln!(stderr, "{text}"));
        ExitCode::from(code)
    }

    fn kind(&self) -> &'static str {
        match self.code() {
            USAGE => "usage",
            NOT_FOUND => "not_found",
            CONSTRAINT => "constraint",
            CORRUPT => "corrupt",
            _ => "runtime",
        }
    }

    fn code(&self) -> u8 {
        match self {
            Self::Usage(_) => USAGE,
            Self::NotFound(_) => NOT_FOUND,
            Self::Io { .. } => RUNTIME,
            Self::ReaderGone => 0,
            Self::Library(error) => library_code(error),
        }
    }
}

/// One code for each error of the library; a new variant must be given one here.
fn library_code(error: &Error) -> u8 {
    match error {
        Error::Store(error) => store_code(error),
        Error::Rules(_) | Error::Edit(_) | Error::Write(_) | Error::Import(_) | Error::Dump(_) | Error::Change(_) => CONSTRAINT,
        Error::Exchange(_) | Error::Network(_) | Error::InMemory { .. } | Error::Schema(_) => RUNTIME,
        Error::Lookup(_) | Error::NoMeasure { .. } => NOT_FOUND,
        Error::Report(_) | Error::Date(_) | Error::Validity(_) => USAGE,
    }
}

fn store_code(error: &StoreError) -> u8 {
    match error {
        StoreError::NotAStore { .. } => NOT_FOUND,
        StoreError::Corrupt { .. } | StoreError::Lost { .. } => CORRUPT,
        StoreError::Rules(_) | StoreError::Change(_) | StoreError::TooLarge { .. } => CONSTRAINT,
        StoreError::AlreadyExists { .. }
        | StoreError::Locked { .. }
        | StoreError::ReadOnly { .. }
        | StoreError::NewerFormat { .. }
        | StoreError::OlderFormat { .. }
        | StoreError::Migration { .. }
        | StoreError::Io { .. }
        | StoreError::Unfinished { .. } => RUNTIME,
    }
}

/// Anything that the library's error is made from.
macro_rules! through_error {
    ($($error:ty),+ $(,)?) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::Library(Box::new(error.into()))
            }
        }
    )+};
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Library(Box::new(error))
    }
}

through_error!(
    LookupError,
    crate::value::DateError,
    crate::value::ValidityError,
    crate::graph::ChangeError,
    crate::relations::EditError,
    crate::exchange::ExchangeError,
    crate::exchange::ImportFaults,
);
