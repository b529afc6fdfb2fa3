//! Where the time of a run went: one page of HTML (`--timings`).
//!
//! In: the events of a run, and its [`Report`]. Out: the page, which needs no network and runs no
//! script.

mod chain;
mod chart;
mod html;
mod page;
mod span;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use span::{End, Span};

use super::Report;
use crate::error::{Failure, Result};
use crate::factory::{Event, Observer};
use crate::process::{check_writable, cpu_time, write_atomically};

/// The stages of a run, as they happened.
pub struct Timings {
    start: Instant,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The threads, in the order in which they first ran a stage.
    threads: Vec<ThreadId>,
    /// Stages that started.
    running: Vec<(Span, Duration)>,
    /// Stages that ended.
    spans: Vec<Span>,
}

impl Timings {
    /// Times since `start`.
    pub fn new(start: Instant) -> Self {
        Self { start, state: Mutex::default() }
    }

    /// Writes the page about the run of `report`, which built `project`.
    ///
    /// # Errors
    /// [`Kind::Output`](crate::error::Kind) if it cannot be written to `path`.
    pub fn write(&self, path: &Path, project: &str, report: &Report) -> Result<()> {
        let mut spans = self.lock().spans.clone();
        spans.sort_by_key(|span| (span.start, span.lane));
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let page = page::page(project, report, &spans, processors);
        write_atomically(path, page.as_bytes()).map_err(|error| unwritten(path, &error))
    }

    /// Checks that the page can be written to `path`.
    ///
    /// # Errors
    /// As [`Timings::write`].
    pub fn try_place(path: &Path) -> Result<()> {
        check_writable(path).map_err(|error| unwritten(path, &error))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn unwritten(path: &Path, error: &std::io::Error) -> Failure {
    Failure::io(format!("writing the timings to {}", path.display()), error)
}

impl Observer for Timings {
    /// A stage starts and ends in one thread, so its processor time is what that thread used in
    /// between.
    fn event(&self, event: &Event<'_>) {
        let cpu = cpu_time();
        match event {
            Event::Started { work, after, .. } => {
                let own = std::thread::current().id();
                let mut state = self.lock();
                let known = state.threads.iter().position(|thread| *thread == own);
                let lane = known.unwrap_or(state.threads.len());
                if known.is_none() {
                    state.threads.push(own);
                }
                let span = Span {
                    work: (*work).clone(),
                    after: after.to_vec(),
                    start: self.start.elapsed(),
                    elapsed: Duration::ZERO,
                    cpu: Duration::ZERO,
                    lane,
                    end: End::Built,
                };
                state.running.push((span, cpu));
            }
            Event::Finished { work, elapsed, cached, failure, .. } => {
                let mut state = self.lock();
                let Some(index) = state.running.iter().position(|(span, _)| span.work == **work)
                else {
                    return;
                };
                let (span, before) = state.running.swap_remove(index);
                let end = match failure {
                    Some(_) => End::Failed,
                    None if *cached => End::Cached,
                    None => End::Built,
                };
                let cpu = cpu.saturating_sub(before);
                state.spans.push(Span { elapsed: *elapsed, cpu, end, ..span });
            }
            Event::Note(_) | Event::Ended { .. } => {}
        }
    }
}
