//! How are the blocks of a table read on all cores and handed on in the order of the file?

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::cut::Cutter;
use super::{BulkError, Unsuited};
use crate::exchange::error::ExchangeError;

/// How the files are read.
#[derive(Clone, Copy)]
pub(super) struct Reader<'l> {
    /// About how many bytes a block has.
    pub(super) block: usize,
    pub(super) threads: usize,
    /// What separates the cells.
    pub(super) separator: u8,
    pub(super) cancel: &'l AtomicBool,
}

/// A block of whole rows as text.
pub(super) struct Text {
    pub(super) text: String,
    pub(super) first_row: u64,
}

impl Text {
    /// How many bytes it has.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }
}

/// Where blocks come from: one worker at a time takes one, if few enough are under way.
struct Source {
    cutter: Cutter<File>,
    next: u64,
    /// One token a block that may be under way.
    tokens: Receiver<()>,
}

type Taken<T> = Result<(u64, Text, T), Failed>;

enum Failed {
    Io(std::io::Error),
    Unsuited(Unsuited),
}

impl Failed {
    fn at<E>(self, path: &Path) -> BulkError<E> {
        match self {
            Self::Io(error) => ExchangeError::io("read", path)(error).into(),
            Self::Unsuited(why) => BulkError::Unsuited { path: path.to_owned(), why },
        }
    }
}

impl Source {
    fn take(&mut self) -> Option<Result<(u64, Text), Failed>> {
        self.tokens.recv().ok()?;
        let block = match self.cutter.next() {
            Ok(Ok(block)) => block?,
            Ok(Err(unsuited)) => return Some(Err(Failed::Unsuited(unsuited))),
            Err(error) => return Some(Err(Failed::Io(error))),
        };
        self.next += 1;
        Some(match String::from_utf8(block.bytes) {
            Ok(text) => Ok((self.next - 1, Text { text, first_row: block.first_row })),
            Err(_) => Err(Failed::Unsuited(Unsuited::Encoding)),
        })
    }
}

impl Reader<'_> {
    /// Opens a table.
    pub(super) fn cutter<E>(&self, path: &Path) -> Result<Cutter<File>, BulkError<E>> {
        let file = File::open(path).map_err(ExchangeError::io("open", path))?;
        Ok(Cutter::new(file, self.block).separated_by(self.separator))
    }

    /// Reads all blocks of a table: `worker` makes what a thread keeps from block to block, `read` reads a
    /// block on any thread, `take` gets the results with their blocks, in the order of the file, on this thread.
    pub(super) fn blocks<W, T: Send, E>(
        &self,
        path: &Path,
        worker: impl Fn() -> W + Sync,
        read: impl Fn(&mut W, &Text) -> T + Sync,
        mut take: impl FnMut(T, &Text) -> Result<(), BulkError<E>>,
    ) -> Result<(), BulkError<E>> {
        let (token, tokens) = channel();
        let source = Mutex::new(Source { cutter: self.cutter(path)?, next: 0, tokens });
        let work = |results: &Sender<Taken<T>>| {
            let mut worker = worker();
            while !self.cancelled() {
                let block = source.lock().unwrap_or_else(PoisonError::into_inner).take();
                let Some(block) = block else { break };
                let result = block.map(|(at, text)| {
                    let read = read(&mut worker, &text);
                    (at, text, read)
                });
                if results.send(result).is_err() {
                    break;
                }
            }
        };
        thread::scope(|scope| {
            let (results, received) = channel();
            let mut started = 0;
            for _ in 0..self.threads.max(1) {
                let results = results.clone();
                let work = &work;
                started +=
                    usize::from(thread::Builder::new().spawn_scoped(scope, move || work(&results)).is_ok());
            }
            drop(results);
            if started == 0 {
                return self.alone(path, &source, &token, (&worker, &read), &mut take);
            }
            // Leaving early drops the tokens and the results' receiver, on which every worker stops.
            let token = token;
            // The source outlives this: a token always arrives.
            let allow = || token.send(()).unwrap_or_default();
            for _ in 0..2 * self.threads.max(1) {
                allow();
            }
            let mut early = BTreeMap::new();
            let mut next = 0;
            while let Ok(result) = received.recv() {
                let (at, text, read) = result.map_err(|failed| failed.at(path))?;
                early.insert(at, (text, read));
                while let Some((text, read)) = early.remove(&next) {
                    self.check()?;
                    take(read, &text)?;
                    allow();
                    next += 1;
                }
            }
            self.check()
        })
    }

    /// Reads the blocks on this thread, where the system starts no other.
    fn alone<W, T, E>(
        &self,
        path: &Path,
        source: &Mutex<Source>,
        token: &Sender<()>,
        (worker, read): (impl Fn() -> W, impl Fn(&mut W, &Text) -> T),
        take: &mut impl FnMut(T, &Text) -> Result<(), BulkError<E>>,
    ) -> Result<(), BulkError<E>> {
        let mut worker = worker();
        loop {
            self.check()?;
            token.send(()).unwrap_or_default();
            let Some(block) = source.lock().unwrap_or_else(PoisonError::into_inner).take() else {
                return Ok(());
            };
            let (_, text) = block.map_err(|failed| failed.at(path))?;
            take(read(&mut worker, &text), &text)?;
        }
    }

    fn cancelled(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }

    /// Stops where somebody asks for it.
    pub(super) fn check<E>(&self) -> Result<(), BulkError<E>> {
        if self.cancelled() { Err(BulkError::Cancelled) } else { Ok(()) }
    }
}
