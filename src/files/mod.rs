//! How does a file or a folder get to its place whole?
//!
//! Everything that this crate leaves on the disk is made under another name and renamed when it is whole and synced:
//! a file beside its place ([`NewFile`]), a folder beside or, where its place is an empty folder already, inside it
//! ([`NewFolder`]). What is being made carries a lock for as long as its process lives, so that what a dead process
//! left is told from what a live one makes, whatever its process id is: the next process at the same place removes it.
//! The process knows what it has in the making, so that a signal can take it away ([`end_here`],
//! [`remove_unfinished`]).

mod error;
mod former;
mod leftovers;
mod making;
mod names;
mod new_file;
mod new_folder;
mod private;
mod registry;
mod rights;
mod sync;
mod target;

pub(crate) use error::FileError;
#[cfg(feature = "cli")]
pub(crate) use leftovers::remove_given_up;
pub(crate) use names::is_unfinished;
pub(crate) use new_file::{NewFile, Overwrite};
#[cfg(feature = "cli")]
pub(crate) use new_file::{refuse_taken, write_file};
pub(crate) use new_folder::{Kind, NewFolder, Rights, STORE};
#[cfg(feature = "cli")]
pub(crate) use new_folder::{finish_interrupted, is_free};
pub(crate) use private::PrivateFolder;
pub(crate) use registry::decisive;
#[cfg(feature = "cli")]
pub(crate) use registry::{decided, end_here, remove_unfinished};
pub(crate) use sync::sync_folder;
pub(crate) use target::refuse_input;
