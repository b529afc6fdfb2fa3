//! Progress on standard error: a live line per target on a terminal, otherwise a plain line per
//! finished stage.

use console::style;

use super::live::Live;
use super::{bytes, seconds, tell};
use crate::factory::{Event, Observer, Work};
use crate::process::Environment;
use crate::target::Target;
use crate::toolchain::{Download, Step};

/// The amount of output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Failures only.
    Quiet,
    /// Stages as they finish.
    Normal,
    /// Also every tool's command line and output.
    Verbose,
}

/// Shows the progress of a run.
pub struct Progress {
    detail: Detail,
    /// The lines on a terminal.
    live: Option<Live>,
}

impl Progress {
    /// Progress for `targets`. Live lines need a terminal, and no `CI` in the environment.
    pub fn new(environment: &Environment, detail: Detail, targets: &[Target]) -> Self {
        let is_live = detail == Detail::Normal
            && console::Term::stderr().features().is_attended()
            && environment.get("CI").is_none();
        Self { detail, live: is_live.then(|| Live::new(environment, targets)) }
    }

    /// Shows a step of a download.
    pub fn downloading(&self, download: &Download) {
        if let Some(live) = &self.live {
            if let Some(line) = live.downloading(download) {
                live.say(&line);
            }
            return;
        }
        let doing = match download.step {
            Step::Waiting => "waiting for another pygo, which is downloading",
            Step::Started => "downloading",
            Step::Received(_) | Step::Finished | Step::Failed => return,
        };
        let size = download.size.map(|size| format!(" ({})", bytes(size))).unwrap_or_default();
        self.say(&format!("{doing} {}{size} into {}", download.what, download.into.display()));
    }

    /// Clears the live lines.
    pub fn finish(&self) {
        if let Some(live) = &self.live {
            live.clear();
        }
    }

    fn say(&self, text: &str) {
        match (self.detail, &self.live) {
            (Detail::Quiet, _) => {}
            (_, None) => tell(text),
            (_, Some(live)) => live.say(text),
        }
    }
}

/// `linux-amd64: library hello`, `all targets: base-wheel`.
fn described(work: &Work) -> String {
    let scope = &work.scope;
    let platform = if scope.concerns_all() { "all targets".to_owned() } else { scope.platform() };
    let part = scope.part().map(|part| format!(" {part}")).unwrap_or_default();
    format!("{platform}: {}{part}", work.stage)
}

impl Observer for Progress {
    fn event(&self, event: &Event<'_>) {
        match event {
            Event::Note(text) => {
                self.say(&format!("{} {text}", style("note:").cyan().for_stderr()))
            }
            Event::Started { work, serves, .. } => {
                if let Some(live) = &self.live {
                    live.started(work, serves);
                }
            }
            Event::Finished { work, serves, elapsed, cached, log, failure } => {
                if let Some(live) = &self.live {
                    live.finished(work, serves);
                } else {
                    let ended = match failure {
                        None if *cached => " cached",
                        None => "",
                        Some(failure) if failure.kind.is_interruption() => " interrupted",
                        Some(_) => " failed",
                    };
                    let stage = described(work);
                    self.say(&format!("{stage}{ended} ({})", seconds(*elapsed)));
                }
                if self.detail == Detail::Verbose
                    && let Ok(said) = fs_err::read_to_string(log)
                {
                    self.say(said.trim_end());
                }
            }
            Event::Ended { target, failure } => {
                if let Some(live) = &self.live {
                    live.ended(*target, *failure);
                }
            }
        }
    }
}
