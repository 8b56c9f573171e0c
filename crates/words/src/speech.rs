//! Who is spoken to: the process's own person, or whoever something is done for.

use std::cell::Cell;
use std::pin::Pin;
use std::sync::{PoisonError, RwLock};
use std::task::{Context, Poll};

use crate::Language;

/// How to speak to a person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Speech {
    /// The language of sentences.
    pub language: Language,
    /// Whether what runs from right to left is isolated, so that a terminal turns it around by itself.
    pub isolate: bool,
}

/// What the process speaks where nothing else is said.
static OWN: RwLock<Speech> = RwLock::new(Speech { language: Language::English, isolate: false });

thread_local! {
    static MEANWHILE: Cell<Option<Speech>> = const { Cell::new(None) };
}

/// From now on this process speaks like this.
pub fn speak(speech: Speech) {
    *OWN.write().unwrap_or_else(PoisonError::into_inner) = speech;
}

/// How to speak here and now.
#[must_use]
pub fn current() -> Speech {
    MEANWHILE.get().unwrap_or_else(|| *OWN.read().unwrap_or_else(PoisonError::into_inner))
}

/// Speaks like this during some work on this thread.
pub fn within<T>(speech: Speech, work: impl FnOnce() -> T) -> T {
    /// Puts back what was, however the work ends.
    struct Back(Option<Speech>);
    impl Drop for Back {
        fn drop(&mut self) {
            MEANWHILE.set(self.0);
        }
    }
    let _back = Back(MEANWHILE.replace(Some(speech)));
    work()
}

/// Work that speaks like this whenever it goes on, on whichever thread.
#[derive(Debug)]
pub struct Spoken<F> {
    speech: Speech,
    work: Pin<Box<F>>,
}

impl<F: Future> Spoken<F> {
    /// Of some work.
    pub fn new(speech: Speech, work: F) -> Self {
        Self { speech, work: Box::pin(work) }
    }
}

impl<F: Future> Future for Spoken<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let speech = self.speech;
        let work = self.work.as_mut();
        within(speech, || work.poll(context))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRENCH: Speech = Speech { language: Language::French, isolate: false };

    #[test]
    fn what_is_done_for_somebody_speaks_their_language_and_nothing_after_it() {
        assert_eq!(current(), Speech::default());
        within(FRENCH, || {
            assert_eq!(current(), FRENCH);
            within(Speech::default(), || assert_eq!(current(), Speech::default()));
            assert_eq!(current(), FRENCH);
        });
        assert_eq!(current(), Speech::default());
        let panicked = std::panic::catch_unwind(|| within(FRENCH, || panic!("as a handler may")));
        assert!(panicked.is_err());
        assert_eq!(current(), Speech::default());
    }

    #[test]
    fn work_speaks_its_language_at_every_step() {
        let steps = std::cell::RefCell::new(Vec::new());
        let step = |_: &mut Context<'_>| {
            let mut steps = steps.borrow_mut();
            steps.push(current());
            if steps.len() < 2 { Poll::Pending } else { Poll::Ready(()) }
        };
        let mut work = std::pin::pin!(Spoken::new(FRENCH, std::future::poll_fn(step)));
        let mut context = Context::from_waker(std::task::Waker::noop());
        assert!(work.as_mut().poll(&mut context).is_pending());
        assert_eq!(current(), Speech::default());
        assert!(work.as_mut().poll(&mut context).is_ready());
        assert_eq!(*steps.borrow(), [FRENCH, FRENCH]);
    }
}
