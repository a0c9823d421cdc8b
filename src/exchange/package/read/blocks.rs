//! How are the blocks of a table read on all cores and handed on in the order of its rows?

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::block::{Block, MadeRows};
use super::contents::TableContents;
use super::cut::{Cutter, Uncut};
use super::file::SourceFile;
use super::halt::{Halt, ImportError};
use crate::exchange::error::ExchangeError;
use crate::exchange::text::RawRow;
use crate::watch::Watch;

/// Bytes of a block by default: some ten thousand rows.
const DEFAULT_BLOCK: usize = 2 << 20;

/// About how many bytes a row of a whole table is taken for.
const ROW: usize = 64;

/// How tables are read.
#[derive(Clone, Copy, Debug)]
pub struct BlockReader<'l> {
    /// About how many bytes are read at a time. Default: 2 MiB. Two blocks a thread are under way at most.
    pub block_bytes: usize,
    /// How many threads read blocks. Default: as many as the machine runs at once.
    pub threads: usize,
    /// Stops the reading, and is told how far it is.
    pub watch: &'l Watch,
}

impl<'l> BlockReader<'l> {
    /// The defaults, under a watch.
    #[must_use]
    pub fn new(watch: &'l Watch) -> Self {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        Self { block_bytes: DEFAULT_BLOCK, threads, watch }
    }
}

/// Where blocks come from: one worker at a time takes one, if few enough are under way.
struct BlockSource<'t> {
    feed: Feed<'t>,
    next: u64,
    /// One token a block that may be under way.
    tokens: Receiver<()>,
}

enum Feed<'t> {
    Cut(Cutter<Box<dyn Read + Send>>, u8),
    Whole(std::slice::Chunks<'t, RawRow>),
}

enum Failed {
    Io(std::io::Error),
    Uncut,
}

impl Failed {
    fn at<E>(self, path: Option<&Path>) -> Halt<E> {
        let path = path.unwrap_or_else(|| Path::new(""));
        match self {
            Self::Io(error) => ExchangeError::io("read", path)(error).into(),
            Self::Uncut => Halt::Uncut(path.to_owned()),
        }
    }
}

type TakenBlock<'t, T> = Result<(u64, Block<'t>, T), Failed>;

impl<'t> BlockSource<'t> {
    fn take(&mut self) -> Option<Result<(u64, Block<'t>), Failed>> {
        self.tokens.recv().ok()?;
        let block = match &mut self.feed {
            Feed::Whole(rows) => Block::Whole(rows.next()?),
            Feed::Cut(cutter, separator) => {
                let piece = match cutter.next() {
                    Ok(Ok(piece)) => piece?,
                    Ok(Err(Uncut)) => return Some(Err(Failed::Uncut)),
                    Err(error) => return Some(Err(Failed::Io(error))),
                };
                match String::from_utf8(piece.bytes) {
                    Ok(text) => Block::Text { text, first_row: piece.first_row, separator: *separator },
                    Err(_) => return Some(Err(Failed::Uncut)),
                }
            }
        };
        self.next += 1;
        Some(Ok((self.next - 1, block)))
    }
}

/// Makes rows of blocks, where a table is made so.
type Maker<'t> = Option<Box<dyn FnMut(&Block<'_>) -> MadeRows + 't>>;

fn made<'t>(maker: &mut Maker<'_>, block: Block<'t>) -> Block<'t> {
    match maker {
        Some(maker) => Block::Made { rows: maker(&block), bytes: block.bytes() },
        None => block,
    }
}

impl BlockReader<'_> {
    /// Cuts a file.
    pub(super) fn cutter<E>(
        &self,
        file: &SourceFile,
        separator: u8,
    ) -> Result<Cutter<Box<dyn Read + Send>>, Halt<E>> {
        Ok(Cutter::new(file.open()?, self.block_bytes, separator))
    }

    fn feed<'t, E>(&self, contents: &'t TableContents) -> Result<(Feed<'t>, Option<&'t Path>), Halt<E>> {
        Ok(match contents {
            TableContents::File { file, separator } => {
                (Feed::Cut(self.cutter(file, *separator)?, *separator), Some(file.path()))
            }
            TableContents::Whole(table) => {
                (Feed::Whole(table.rows.chunks((self.block_bytes / ROW).max(1))), None)
            }
            TableContents::Made(made) => return self.feed(made.of()),
        })
    }

    /// Reads all blocks of a table: `worker` makes what a thread keeps from block to block, `read` reads a
    /// block on any thread, `take` gets the results with their blocks, in the order of the rows, on this thread.
    pub(in crate::exchange) fn blocks<'t, W, T: Send, E>(
        &self,
        contents: &'t TableContents,
        worker: impl Fn() -> W + Sync,
        read: impl Fn(&mut W, &Block<'_>) -> T + Sync,
        mut take: impl FnMut(T, &Block<'_>) -> Result<(), Halt<E>>,
    ) -> Result<(), Halt<E>> {
        let (token, tokens) = channel();
        let (feed, path) = self.feed(contents)?;
        let source = Mutex::new(BlockSource { feed, next: 0, tokens });
        let maker = || match contents {
            TableContents::Made(made) => Some(made.maker()),
            TableContents::File { .. } | TableContents::Whole(_) => None,
        };
        let work = |results: &Sender<TakenBlock<'t, T>>| {
            let (mut maker, mut worker) = (maker(), worker());
            while !self.watch.is_cancelled() {
                let block = source.lock().unwrap_or_else(PoisonError::into_inner).take();
                let Some(block) = block else { break };
                let result = block.map(|(at, block)| {
                    let block = made(&mut maker, block);
                    let read = read(&mut worker, &block);
                    (at, block, read)
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
                return self.alone((&source, path), &token, (maker(), worker(), &read), &mut take);
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
                let (at, block, read) = result.map_err(|failed| failed.at(path))?;
                early.insert(at, (block, read));
                while let Some((block, read)) = early.remove(&next) {
                    self.check()?;
                    take(read, &block)?;
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
        (source, path): (&Mutex<BlockSource<'_>>, Option<&Path>),
        token: &Sender<()>,
        (mut maker, mut worker, read): (Maker<'_>, W, impl Fn(&mut W, &Block<'_>) -> T),
        take: &mut impl FnMut(T, &Block<'_>) -> Result<(), Halt<E>>,
    ) -> Result<(), Halt<E>> {
        loop {
            self.check()?;
            token.send(()).unwrap_or_default();
            let Some(block) = source.lock().unwrap_or_else(PoisonError::into_inner).take() else {
                return Ok(());
            };
            let (_, block) = block.map_err(|failed| failed.at(path))?;
            let block = made(&mut maker, block);
            take(read(&mut worker, &block), &block)?;
        }
    }

    /// Stops if the watch was cancelled.
    pub(in crate::exchange) fn check<E>(&self) -> Result<(), Halt<E>> {
        Ok(self.watch.check().map_err(ImportError::from)?)
    }
}
