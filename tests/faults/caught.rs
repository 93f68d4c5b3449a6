//! Catching panics: what they say, and where.

use gradus::Error;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::sync::Once;

/// A panic: what it says, and where it says it happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Panic {
    pub message: String,
    pub file: String,
    pub line: u32,
}

thread_local! {
    static CAUGHT: RefCell<Option<Panic>> = const { RefCell::new(None) };
    pub static CATCHING: Cell<bool> = const { Cell::new(false) };
}

/// The panic of `act`, which must not return.
#[track_caller]
pub fn panic_of<T>(act: impl FnOnce() -> T) -> Panic {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !CATCHING.get() {
                return usual(info);
            }
            let payload = info.payload();
            let fixed = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
            let message = fixed.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap();
            let at = info.location().unwrap();
            CAUGHT.set(Some(Panic { message, file: at.file().to_owned(), line: at.line() }));
        }));
    });
    CATCHING.set(true);
    let result = catch_unwind(AssertUnwindSafe(act));
    CATCHING.set(false);
    assert!(result.is_err(), "it did not panic");
    CAUGHT.take().unwrap()
}

/// The panic of `act` says what `error` says, and happened in the file of the caller at `line`.
#[track_caller]
pub fn check_panic<T>(act: impl FnOnce() -> T, error: &Error, line: u32) {
    let file = Location::caller().file().to_owned();
    let panic = panic_of(act);
    assert_eq!(panic, Panic { message: error.to_string(), file, line });
}
