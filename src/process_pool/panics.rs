//! What a job that panics leaves behind for the parent to be told.

use std::any::Any;
use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe, catch_unwind};

thread_local! {
    /// Where and with what this thread panicked last.
    static LAST_PANIC: RefCell<Option<(String, String)>> = const { RefCell::new(None) };
    static RUNS_JOBS: RefCell<bool> = const { RefCell::new(false) };
}

/// Has panics of jobs noted, for the parent to be told, instead of printed.
pub(super) fn remember_panics() {
    RUNS_JOBS.set(true);
    let print = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if RUNS_JOBS.with_borrow(|runs_jobs| *runs_jobs) {
            let location = info.location().map(ToString::to_string).unwrap_or_default();
            LAST_PANIC.set(Some((describe(info.payload()), location)));
        } else {
            print(info);
        }
    }));
}

fn describe(payload: &(dyn Any + Send)) -> String {
    if let Some(text) = payload.downcast_ref::<&str>() {
        (*text).to_owned()
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text.clone()
    } else {
        "a payload that is no text".to_owned()
    }
}

/// What a panic had to say: its message and its place.
pub(super) fn report(payload: Box<dyn Any + Send>) -> (String, Option<String>) {
    let report = match LAST_PANIC.take() {
        Some((message, location)) => (message, Some(location)),
        // The job has replaced the hook.
        None => (describe(&*payload), None),
    };
    // A payload may panic when it is dropped, and so may what that throws:
    // the second is let be.
    if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(second);
        LAST_PANIC.set(None);
    }
    report
}
