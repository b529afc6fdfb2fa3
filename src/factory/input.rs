//! What a stage is: an input that can be fingerprinted and run, and whose output may be kept.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::event::{Event, Observer, Stage};
use super::fingerprint::Hasher;
use super::store::{Bases, Found, Saved};
use crate::error::Result;

/// The input of a stage: everything that it reads, and what it makes of it.
pub(super) trait Input {
    /// The stage.
    const STAGE: Stage;
    /// What it makes.
    type Output: Send + Sync;

    /// Feeds everything that can change the output to a fingerprint.
    ///
    /// # Errors
    /// If a file cannot be read.
    fn feed(&self, into: &mut Hasher) -> Result<()>;

    /// Runs the stage.
    ///
    /// # Errors
    /// Why the output cannot be made.
    fn run(self, io: &Io<'_>) -> Result<Self::Output>;

    /// Feeds everything that decides the output to the key of kept outputs, but the files that the
    /// stage's tools read. Returns whether an output may be kept: if in doubt, it may not.
    ///
    /// # Errors
    /// If a file cannot be read.
    fn key(&self, _into: &mut Hasher) -> Result<bool> {
        Ok(false)
    }

    /// Where the tools are whose files the stage reads, and which the key names otherwise.
    fn tools(&self) -> Bases {
        Bases::default()
    }

    /// What there is to keep of an output.
    fn save(_output: &Self::Output) -> Option<Saved> {
        None
    }

    /// The output that an earlier run kept.
    ///
    /// # Errors
    /// If it cannot be written to the stage's directory.
    fn restore(&self, _found: Found) -> Result<Option<Self::Output>> {
        Ok(None)
    }
}

/// What a running stage may say.
pub(super) struct Io<'r> {
    observer: &'r dyn Observer,
    /// Everything that was reported.
    notes: Mutex<Vec<String>>,
    /// Receives what the stage's tools print.
    pub(super) log: &'r Path,
}

impl<'r> Io<'r> {
    /// For work outside a run's graph.
    pub(super) fn new(observer: &'r dyn Observer, log: &'r Path) -> Self {
        Self { observer, notes: Mutex::default(), log }
    }

    /// Everything that was reported.
    pub(super) fn into_notes(self) -> Vec<String> {
        self.notes.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reports something about this run, which a kept output does not repeat.
    pub(super) fn announce(&self, text: &str) {
        self.observer.event(&Event::Note(text));
    }

    /// Reports something that stops nothing.
    pub(super) fn note(&self, text: &str) {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).push(text.to_owned());
        self.observer.event(&Event::Note(text));
    }
}
