//! What a failure says, and the exit code that it gives.

use std::collections::BTreeSet;
use std::io;
use std::process::ExitCode;

use serde_json::{Map, Value as Json, json};

use super::output::say;
use super::text_form::option_of;
use crate::analysis::ReportError;
use crate::error::Error;
use crate::exchange::{DumpError, ExchangeError, Fault};
use crate::files::FileError;
use crate::graph::Violation;
use crate::query::{ErrorClass, Phase, QueryError};
use crate::relations::{Candidate, LookupError};
use crate::store::StoreError;

/// What a command may end with, as help and `docs/cli.md` list it.
pub(super) const EXIT_CODES: [(&str, &str); 9] = [
    ("0", "done; also where the reader of the output stopped reading"),
    ("1", "the system or the store refused: a file, a lock, a newer format"),
    ("2", "the arguments do not fit, or a date is not a date"),
    ("4", "not found or ambiguous; nothing to show under --fail-empty; no store at the path"),
    ("5", "data break the rules: faults of an import, a refused change"),
    ("6", "the store is damaged"),
    ("129", "ended by SIGHUP: the terminal has gone; what stood before stands"),
    ("130", "ended by SIGINT: Ctrl-C; what stood before stands"),
    ("143", "ended by SIGTERM; what stood before stands"),
];

pub(super) const RUNTIME: u8 = 1;
pub(super) const USAGE: u8 = 2;
pub(super) const NOT_FOUND: u8 = 4;
pub(super) const CONSTRAINT: u8 = 5;
pub(super) const CORRUPT: u8 = 6;
pub(super) const INTERRUPTED: u8 = 130;

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
        if json {
            say(&json!({ "error": self.as_json() }).to_string());
        } else {
            say(&format!("error: {self}"));
            for hint in self.hints() {
                say(&format!("hint: {hint}"));
            }
        }
        ExitCode::from(self.code())
    }

    /// Options and commands that are the remedy, each once: the library names none.
    fn hints(&self) -> BTreeSet<String> {
        let Self::Library(error) = self else { return BTreeSet::new() };
        match error.as_ref() {
            Error::Import(faults) => {
                faults.faults().iter().filter_map(|fault| fault.setting).map(option_of).collect()
            }
            Error::Report(ReportError::Option { option, example, .. }) => {
                [format!("--{option} {example}")].into()
            }
            Error::NoMeasure { .. } => ["intergov analyze --list names all measures".to_owned()].into(),
            Error::Exchange(ExchangeError::NoFolder { .. }) => {
                ["intergov init --template FOLDER writes a folder of tables".to_owned()].into()
            }
            Error::Exchange(ExchangeError::CellTooLong { .. }) => {
                ["intergov dump DB writes values of any length".to_owned()].into()
            }
            _ => BTreeSet::new(),
        }
    }

    /// Code, kind and message; who might have been meant; each fault with its place, rule and remedy.
    fn as_json(&self) -> Json {
        let mut object = Map::new();
        object.insert("code".to_owned(), json!(self.code()));
        object.insert("kind".to_owned(), json!(self.kind()));
        object.insert("message".to_owned(), json!(self.to_string()));
        let mut list = |name: &str, entries: Vec<Json>| {
            if !entries.is_empty() {
                object.insert(name.to_owned(), Json::Array(entries));
            }
        };
        if let Self::Library(error) = self {
            match error.as_ref() {
                Error::Lookup(error) => {
                    list("candidates", error.candidates().into_iter().map(candidate_json).collect());
                }
                Error::Import(faults) => list("faults", faults.faults().iter().map(fault_json).collect()),
                Error::Rules(breaches) => list("faults", breaches.iter().map(violation_json).collect()),
                _ => {}
            }
        }
        Json::Object(object)
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

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let gone = |source: &io::Error| source.kind() == io::ErrorKind::BrokenPipe;
        match error {
            Error::Exchange(ExchangeError::Write(source)) if gone(&source) => Self::ReaderGone,
            error => Self::Library(Box::new(error)),
        }
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Exists { path } => Self::Usage(format!(
                "{} is there already; name another file or add --overwrite",
                path.display()
            )),
            FileError::Folder { .. } | FileError::Input { .. } => Self::Usage(error.to_string()),
            FileError::NotEmpty { .. } => ExchangeError::from(error).into(),
            FileError::Io { action, path, source } => {
                Self::io(format!("{action} {}", path.display()))(source)
            }
        }
    }
}

fn candidate_json(candidate: &Candidate) -> Json {
    json!({
        "id": candidate.id,
        "code": candidate.code,
        "name": candidate.name,
        "name_en": candidate.name_en,
        "level": candidate.level,
        "valid_from": candidate.validity.from.to_string(),
        "valid_to": candidate.validity.to.to_string(),
    })
}

fn fault_json(fault: &Fault) -> Json {
    json!({
        "file": fault.file,
        "row": fault.row,
        "column": fault.column,
        "rule": fault.rule,
        "message": fault.message,
        "remedy": fault.remedy,
        "option": fault.setting.map(option_of),
    })
}

fn violation_json(breach: &Violation) -> Json {
    json!({
        "column": breach.column,
        "rule": breach.rule,
        "message": breach.message,
        "remedy": breach.remedy,
    })
}

/// One code for each error of the library; a new variant must be given one here.
fn library_code(error: &Error) -> u8 {
    match error {
        Error::Store(error) => store_code(error),
        Error::Exchange(error) => exchange_code(error),
        Error::Dump(DumpError::Read(_)) => RUNTIME,
        Error::Dump(DumpError::Cancelled(_)) => INTERRUPTED,
        Error::Dump(
            DumpError::Header
            | DumpError::NotEmpty { .. }
            | DumpError::Line { .. }
            | DumpError::Counts { .. },
        )
        | Error::Rules(_)
        | Error::Edit(_)
        | Error::Write(_)
        | Error::Import(_)
        | Error::Conflict { .. }
        | Error::Property(_)
        | Error::Change(_) => CONSTRAINT,
        Error::Busy | Error::Nested | Error::Study(_) | Error::InMemory { .. } | Error::Schema(_) => RUNTIME,
        Error::Lookup(_) | Error::NoMeasure { .. } => NOT_FOUND,
        Error::Report(error) => report_code(error),
        Error::Query(error) => query_code(error),
        Error::Date(_) | Error::Validity(_) => USAGE,
        Error::Cancelled(_) => INTERRUPTED,
    }
}

fn query_code(error: &QueryError) -> u8 {
    match (error.class, error.phase) {
        (ErrorClass::ConstraintVerificationFailed, _) => CONSTRAINT,
        (ErrorClass::Stopped, _) => RUNTIME,
        (_, Phase::CompileTime) => USAGE,
        (_, Phase::Runtime) => RUNTIME,
    }
}

fn report_code(error: &ReportError) -> u8 {
    match error {
        ReportError::Option { .. } => USAGE,
        ReportError::Rule(_) => CONSTRAINT,
        ReportError::Study(_) | ReportError::Analysis(_) => RUNTIME,
    }
}

fn exchange_code(error: &ExchangeError) -> u8 {
    match error {
        ExchangeError::NoFolder { .. } => NOT_FOUND,
        ExchangeError::Study(_) => RUNTIME,
        ExchangeError::Cancelled(_) => INTERRUPTED,
        ExchangeError::Impossible { .. } => USAGE,
        ExchangeError::CellTooLong { .. } | ExchangeError::ForbiddenCharacters { .. } => CONSTRAINT,
        ExchangeError::Unfinished { .. }
        | ExchangeError::Io { .. }
        | ExchangeError::NotEmpty { .. }
        | ExchangeError::Write(_) => RUNTIME,
    }
}

fn store_code(error: &StoreError) -> u8 {
    match error {
        StoreError::NotAStore { .. } => NOT_FOUND,
        StoreError::Corrupt { .. } | StoreError::Lost { .. } => CORRUPT,
        StoreError::Rules(_) | StoreError::Change(_) | StoreError::TooLarge { .. } => CONSTRAINT,
        StoreError::Within { .. } => USAGE,
        StoreError::Cancelled => INTERRUPTED,
        StoreError::AlreadyExists { .. }
        | StoreError::NotEmpty { .. }
        | StoreError::Locked { .. }
        | StoreError::Busy { .. }
        | StoreError::ReadOnly { .. }
        | StoreError::NewerFormat { .. }
        | StoreError::OlderFormat { .. }
        | StoreError::Migration { .. }
        | StoreError::Io { .. }
        | StoreError::NoThreads(_)
        | StoreError::Load { .. }
        | StoreError::Clock { .. }
        | StoreError::Unreadable { .. }
        | StoreError::Unfinished { .. } => RUNTIME,
    }
}

/// Anything that the library's error is made from.
macro_rules! through_error {
    ($($error:ty),+ $(,)?) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Error::from(error).into()
            }
        }
    )+};
}

through_error!(
    LookupError,
    crate::value::DateError,
    crate::value::ValidityError,
    crate::graph::ChangeError,
    crate::relations::EditError,
    crate::relations::WriteError,
    ExchangeError,
    crate::exchange::ImportFaults,
);
