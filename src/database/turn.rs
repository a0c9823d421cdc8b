//! One writes at a time: who waits for whom.

use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread::{self, ThreadId};

use crate::error::Error;

/// The right to write to a database, which one thread has at a time.
#[derive(Debug, Default)]
pub(super) struct WriteLock {
    held: Mutex<()>,
    /// The thread that holds it, so that it does not wait for itself.
    holder: Mutex<Option<ThreadId>>,
}

/// The right to write; it ends when this is dropped, also by a panic.
#[derive(Debug)]
pub(super) struct WriteGuard<'l> {
    lock: &'l WriteLock,
    _held: MutexGuard<'l, ()>,
}

impl WriteLock {
    /// Waits for the right to write.
    pub(super) fn wait(&self) -> Result<WriteGuard<'_>, Error> {
        self.not_held_here()?;
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(self.guard(held))
    }

    /// Takes the right to write if nothing else has it.
    pub(super) fn take(&self) -> Result<WriteGuard<'_>, Error> {
        self.not_held_here()?;
        match self.held.try_lock() {
            Ok(held) => Ok(self.guard(held)),
            Err(TryLockError::Poisoned(held)) => Ok(self.guard(held.into_inner())),
            Err(TryLockError::WouldBlock) => Err(Error::Busy),
        }
    }

    fn guard<'l>(&'l self, held: MutexGuard<'l, ()>) -> WriteGuard<'l> {
        *self.holder() = Some(thread::current().id());
        WriteGuard { lock: self, _held: held }
    }

    fn not_held_here(&self) -> Result<(), Error> {
        if *self.holder() == Some(thread::current().id()) { Err(Error::Nested) } else { Ok(()) }
    }

    fn holder(&self) -> MutexGuard<'_, Option<ThreadId>> {
        self.holder.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for WriteGuard<'_> {
    fn drop(&mut self) {
        // Before the lock is let go: the next thread writes itself in after it.
        *self.lock.holder() = None;
    }
}
