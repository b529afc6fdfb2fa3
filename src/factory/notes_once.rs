//! Notes of a run, each once: slices and parts that share a package have the same to say.
//!
//! Input: the events of a run. Output: the same, without the notes that were reported before.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use super::event::{Event, Observer};

/// Forwards events to another observer, and each note only once.
pub(super) struct NotesOnce<'r> {
    observer: &'r dyn Observer,
    said: Mutex<BTreeSet<String>>,
}

impl<'r> NotesOnce<'r> {
    pub(super) fn new(observer: &'r dyn Observer) -> Self {
        Self { observer, said: Mutex::default() }
    }
}

impl Observer for NotesOnce<'_> {
    fn event(&self, event: &Event<'_>) {
        if let Event::Note(text) = event {
            let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
            if !said.insert((*text).to_owned()) {
                return;
            }
        }
        self.observer.event(event);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_of_two_slices_is_reported_once() {
        let heard = Mutex::new(Vec::new());
        let listener = |event: &Event<'_>| heard.lock().unwrap().push(format!("{event:?}"));
        let notes = NotesOnce::new(&listener);
        for text in ["main.go:4: a", "main.go:9: b", "main.go:4: a"] {
            notes.event(&Event::Note(text));
        }
        let target = crate::target::TARGETS[0];
        for _ in 0..2 {
            notes.event(&Event::Ended { target, failure: None });
        }
        let heard = heard.into_inner().unwrap();
        assert_eq!(heard[..2], [r#"Note("main.go:4: a")"#, r#"Note("main.go:9: b")"#]);
        assert_eq!(heard.iter().filter(|event| event.starts_with("Ended")).count(), 2, "{heard:?}");
        assert_eq!(heard.len(), 4, "{heard:?}");
    }
}
