//! Why does the reading of tables end early?

use std::path::PathBuf;

use crate::exchange::error::ExchangeError;
use crate::exchange::fault::ImportFaults;
use crate::watch::Cancelled;

/// Why an import came to nothing; `E` is the error of the sink.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError<E> {
    /// All faults of the files.
    #[error(transparent)]
    Faults(#[from] ImportFaults),
    /// Its watch was cancelled.
    #[error("the import was cancelled; nothing was imported")]
    Cancelled(#[from] Cancelled),
    /// A file that cannot be read.
    #[error(transparent)]
    Io(#[from] ExchangeError),
    /// What the sink says.
    #[error("{0}")]
    Sink(E),
}

/// Why a reading stops.
pub(in crate::exchange) enum Halt<E> {
    /// It comes to nothing.
    Error(ImportError<E>),
    /// A file cannot be cut into blocks: it begins again, and that file is read as a whole.
    Uncut(PathBuf),
}

impl<E> From<ImportError<E>> for Halt<E> {
    fn from(error: ImportError<E>) -> Self {
        Self::Error(error)
    }
}

impl<E> From<ExchangeError> for Halt<E> {
    fn from(error: ExchangeError) -> Self {
        Self::Error(error.into())
    }
}
