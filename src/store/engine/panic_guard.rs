//! Panics of the engine on damaged files, caught and kept off the terminal.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    /// How many guarded calls this thread is inside of.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

static HOOK: Once = Once::new();

/// Name of the engine's own threads, which panic on damaged files too.
const ENGINE_THREADS: &str = "sled-io-";

/// Runs a call into the engine and turns a panic below it into its message.
///
/// The panic hook of the process is wrapped once and asked first whether the panicking thread is inside a
/// guarded call; every other panic is reported as before.
pub(in crate::store) fn guarded<T>(call: impl FnOnce() -> T) -> Result<T, String> {
    HOOK.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |info| {
            if !is_guarded() {
                before(info);
            }
        }));
    });
    DEPTH.with(|depth| depth.set(depth.get() + 1));
    let result = catch_unwind(AssertUnwindSafe(call));
    DEPTH.with(|depth| depth.set(depth.get() - 1));
    result.map_err(|payload| message_of(payload.as_ref()))
}

fn is_guarded() -> bool {
    let inside = DEPTH.try_with(|depth| depth.get() > 0).unwrap_or(false);
    inside || std::thread::current().name().is_some_and(|name| name.starts_with(ENGINE_THREADS))
}

fn message_of(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "the engine stopped without a message".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_its_message() {
        assert_eq!(guarded(|| 7), Ok(7));
        assert_eq!(guarded(|| -> u8 { panic!("page {} is gone", 3) }), Err("page 3 is gone".to_owned()));
        assert!(!is_guarded());
    }
}
