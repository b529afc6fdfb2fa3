//! One stage of a run: when it started and ended, in which thread, and with which result.

use std::time::Duration;

use crate::factory::Work;

/// One stage.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Span {
    pub(super) work: Work,
    /// The stages whose outputs it needed.
    pub(super) after: Vec<Work>,
    /// Since the start of the run.
    pub(super) start: Duration,
    pub(super) elapsed: Duration,
    /// Processor time of its tools, and of pygo itself.
    pub(super) cpu: Duration,
    /// The thread that it ran in: 0 for the first.
    pub(super) lane: usize,
    pub(super) end: End,
}

/// How a stage ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Built,
    /// Its output is that of an earlier run.
    Cached,
    Failed,
}
