//! `FORMAT` and `HEAD` together: which store it is, and which folder holds the engine.

use std::path::{Path, PathBuf};

use super::folder;
use super::format::Format;
use super::former_format;
use super::head::{Head, Reading};
use crate::store::error::StoreError;

/// The folder that `HEAD` names.
pub(in crate::store) fn data_folder(store: &Path, reading: &Reading) -> PathBuf {
    match reading.witness.folder {
        0 => former_format::data_folder(store),
        number => folder::engine_folder(store, number),
    }
}

/// Reads `FORMAT` and `HEAD`, which must be of one store.
pub(in crate::store) fn read_witnesses(path: &Path) -> Result<(Format, Reading), StoreError> {
    let format = Format::read(path, &path.join("FORMAT"))?;
    let head = former_format::head_path(path, &format);
    let reading = Head::read(&head)?;
    if reading.witness.store != format.store {
        return Err(StoreError::corrupt(&head, "it belongs to another store than FORMAT"));
    }
    if (reading.witness.folder == 0) != (format.format == 1) {
        return Err(StoreError::corrupt(&head, "it is of another format than FORMAT says"));
    }
    let data = data_folder(path, &reading);
    if !data.is_dir() {
        return Err(StoreError::corrupt(&data, "the folder is missing"));
    }
    Ok((format, reading))
}
