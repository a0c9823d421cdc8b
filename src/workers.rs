//! On which threads does the library work?
//!
//! On its own ones, and never on those of a caller's rayon pool. A worker of rayon that waits takes up other tasks of its
//! pool meanwhile; were it the caller's worker, it would take up the caller's next call into the library, within whatever
//! lock this one holds. So
//!
//! - parallel work runs in a pool that belongs to the library, which takes in nothing else;
//! - a thread that brings work there sleeps until it is done. A worker of another pool would not sleep: it brings its
//!   work by a thread that is started for it;
//! - what runs in the pool waits for no lock that is held across parallel work. A value that is worked out once, behind a
//!   `OnceLock`, is worked out on one core; what takes several is worked out outside of the lock and then published.
//!
//! Where the system refuses threads, there are fewer workers, and at last none: then the work is done where it is asked
//! for, one part after the other, with the same result.

use std::io;
use std::panic::resume_unwind;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use rayon::prelude::{IntoParallelIterator, ParallelIterator as _, ParallelSliceMut as _};
use rayon::{ThreadBuilder, ThreadPool, ThreadPoolBuilder};

use crate::watch::Watch;

/// Slices up to this length are sorted on one core, as rayon does too: it is done before another core wakes.
const SORTED_ALONE: usize = 2_000;

/// How long [`expect_thread`] waits for its thread to be gone: ten milliseconds at most.
const LEAVING_TRIES: u32 = 100;
const LEAVING_PAUSE: Duration = Duration::from_micros(100);

static POOL: OnceLock<ThreadPool> = OnceLock::new();

/// The pool; `None` if the system refuses threads. It is asked again the next time.
fn pool() -> Option<&'static ThreadPool> {
    static MAKING: Mutex<()> = Mutex::new(());
    if let Some(pool) = POOL.get() {
        return Some(pool);
    }
    let _one_at_a_time = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(pool) = POOL.get() {
        return Some(pool);
    }
    Some(POOL.get_or_init({
        let made = make(start)?;
        || made
    }))
}

fn start(worker: ThreadBuilder) -> io::Result<()> {
    let name = format!("intergov-{}", worker.index());
    thread::Builder::new().name(name).spawn(|| worker.run()).map(drop)
}

/// A pool of as many workers as `RAYON_NUM_THREADS` says, else as the machine runs at once; where the system does not
/// start as many, of half as many, and so on.
fn make(mut start: impl FnMut(ThreadBuilder) -> io::Result<()>) -> Option<ThreadPool> {
    let mut of =
        |workers| ThreadPoolBuilder::new().num_threads(workers).spawn_handler(&mut start).build().ok();
    // Zero stands for as many as rayon thinks right.
    if let Some(pool) = of(0) {
        return Some(pool);
    }
    let mut workers = thread::available_parallelism().map_or(1, usize::from);
    while workers > 1 {
        workers /= 2;
        if let Some(pool) = of(workers) {
            return Some(pool);
        }
    }
    of(1)
}

/// Hands `input` to `together` on a worker, or to `alone` on this thread where there is no worker.
fn enter<I: Send, T: Send>(input: I, together: impl FnOnce(I) -> T + Send, alone: impl FnOnce(I) -> T) -> T {
    let Some(pool) = pool() else { return alone(input) };
    let is_foreign = pool.current_thread_index().is_none() && rayon::current_thread_index().is_some();
    if !is_foreign {
        return pool.install(|| together(input));
    }
    let mut waiting = Some(input);
    let done = thread::scope(|scope| {
        let bring = || waiting.take().map(|input| pool.install(|| together(input)));
        let bringer = thread::Builder::new().name("intergov-bringer".to_owned()).spawn_scoped(scope, bring);
        bringer.ok().and_then(|bringer| bringer.join().unwrap_or_else(|panic| resume_unwind(panic)))
    });
    match (done, waiting) {
        (Some(done), _) => done,
        (None, Some(input)) => alone(input),
        (None, None) => unreachable!("what was brought to the pool has come back or has panicked"),
    }
}

/// Does some work on a worker, from which all its parallel parts are reached without a further crossing. The watch of this
/// thread goes with it.
///
/// Not for what takes a lock that is held across parallel work, and not for what calls the caller's code.
pub(crate) fn run<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let watch = Watch::current();
    enter(work, |work| watch.run(work), |work| work())
}

/// Does two things side by side.
pub(crate) fn both<A: Send, B: Send>(
    one: impl FnOnce() -> A + Send,
    other: impl FnOnce() -> B + Send,
) -> (A, B) {
    enter((one, other), |(one, other)| rayon::join(one, other), |(one, other)| (one(), other()))
}

/// What is made of each item, in their order.
pub(crate) fn map<X, I, T>(items: I, make: impl Fn(X) -> T + Send + Sync) -> Vec<T>
where
    X: Send,
    I: IntoParallelIterator<Item = X> + IntoIterator<Item = X> + Send,
    T: Send,
{
    enter(
        items,
        |items| items.into_par_iter().map(&make).collect(),
        |items| items.into_iter().map(&make).collect(),
    )
}

/// As [`map`], with room to work in that goes from item to item on one worker.
pub(crate) fn map_with<X, I, R, T>(
    items: I,
    room: impl Fn() -> R + Send + Sync,
    make: impl Fn(&mut R, X) -> T + Send + Sync,
) -> Vec<T>
where
    X: Send,
    I: IntoParallelIterator<Item = X> + IntoIterator<Item = X> + Send,
    T: Send,
{
    enter(
        items,
        |items| items.into_par_iter().map_init(&room, &make).collect(),
        |items| {
            let mut room = room();
            items.into_iter().map(|item| make(&mut room, item)).collect()
        },
    )
}

/// As [`map`]; stops soon after a failure.
pub(crate) fn try_map<X, I, T, E>(
    items: I,
    make: impl Fn(X) -> Result<T, E> + Send + Sync,
) -> Result<Vec<T>, E>
where
    X: Send,
    I: IntoParallelIterator<Item = X> + IntoIterator<Item = X> + Send,
    T: Send,
    E: Send,
{
    enter(
        items,
        |items| items.into_par_iter().map(&make).collect(),
        |items| items.into_iter().map(&make).collect(),
    )
}

/// All that is made of the items, in their order.
pub(crate) fn flat_map<X, I, J>(items: I, make: impl Fn(X) -> J + Send + Sync) -> Vec<J::Item>
where
    X: Send,
    I: IntoParallelIterator<Item = X> + IntoIterator<Item = X> + Send,
    J: IntoIterator,
    J::Item: Send,
{
    enter(
        items,
        |items| items.into_par_iter().flat_map_iter(&make).collect(),
        |items| items.into_iter().flat_map(&make).collect(),
    )
}

/// Sorts; equal items end in any order.
pub(crate) fn sort<T: Ord + Send>(items: &mut [T]) {
    if items.len() <= SORTED_ALONE {
        return items.sort_unstable();
    }
    enter(items, |items| items.par_sort_unstable(), |items| items.sort_unstable());
}

/// Sorts by a key; items of one key end in any order.
pub(crate) fn sort_by_key<T: Send, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K + Sync) {
    if items.len() <= SORTED_ALONE {
        return items.sort_unstable_by_key(key);
    }
    enter(items, |items| items.par_sort_unstable_by_key(&key), |items| items.sort_unstable_by_key(&key));
}

/// How many threads work at once.
pub(crate) fn count() -> usize {
    pool().map_or(1, ThreadPool::current_num_threads)
}

/// Whether the system starts a thread now. What waits for ever for threads that it was refused asks here first.
///
/// # Errors
/// What the system says.
pub(crate) fn expect_thread() -> io::Result<()> {
    let before = counted();
    thread::Builder::new().spawn(|| ())?.join().unwrap_or_else(|panic| resume_unwind(panic));
    // A thread that has been joined may still count for a moment, and take the place of the one that is to follow.
    for _ in 0..LEAVING_TRIES {
        if counted() <= before {
            break;
        }
        thread::sleep(LEAVING_PAUSE);
    }
    Ok(())
}

/// Threads of this process, where the system tells.
fn counted() -> usize {
    std::fs::read_dir("/proc/self/task").map_or(0, Iterator::count)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    /// A system that starts so many threads at once and no more.
    fn of_room(room: usize) -> Option<ThreadPool> {
        make(
            move |worker| {
                if worker.index() < room { start(worker) } else { Err(io::ErrorKind::WouldBlock.into()) }
            },
        )
    }

    #[test]
    fn a_system_that_refuses_threads_gives_fewer_or_no_workers() {
        assert!(of_room(0).is_none());
        let pool = of_room(1).unwrap();
        assert_eq!(pool.install(|| (0..1_000_u32).into_par_iter().sum::<u32>()), 499_500);
        assert_eq!(pool.current_num_threads(), 1);
    }

    #[test]
    fn a_worker_of_another_pool_brings_its_work_and_takes_up_no_other() {
        let other = ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let taken_up = AtomicBool::new(false);
        other.install(|| {
            // Were this worker to look for work while it waits, it would find the second task.
            rayon::join(
                || {
                    let squares = map(0..10_000_usize, |at| at * at);
                    assert_eq!(squares[99], 9_801);
                    assert!(!taken_up.load(Ordering::Relaxed));
                },
                || taken_up.store(true, Ordering::Relaxed),
            )
        });
        assert!(taken_up.into_inner());
    }

    #[test]
    fn a_panic_comes_back_to_who_brought_the_work() {
        let other = ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let work = || run(|| assert_eq!(1, 2, "the work panics"));
        assert!(std::panic::catch_unwind(work).is_err());
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| other.install(work))).is_err());
        assert_eq!(run(|| 7), 7);
    }
}
