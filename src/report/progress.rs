//! Progress on standard error: a live line per target on a terminal, otherwise a plain line per
//! finished stage.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use console::style;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{bytes, seconds, tell};
use crate::error::Failure;
use crate::factory::{Event, Observer, Work};
use crate::process::Environment;
use crate::target::Target;
use crate::toolchain::Download;

/// How much to print.
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
    bars: MultiProgress,
    lines: Mutex<BTreeMap<Target, Line>>,
}

/// The live line of one target.
struct Line {
    bar: ProgressBar,
    running: Vec<Work>,
}

impl Progress {
    /// Progress for `targets`. Live lines need a terminal, and no `CI` in the environment.
    pub fn new(environment: &Environment, detail: Detail, targets: &[Target]) -> Self {
        let live = detail == Detail::Normal
            && console::Term::stderr().features().is_attended()
            && environment.get("CI").is_none();
        let bars = MultiProgress::with_draw_target(if live {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        });
        let width = targets.iter().map(|target| target.name().len()).max().unwrap_or(0);
        let line = |target: &Target| {
            let bar = bars.add(ProgressBar::new_spinner());
            if let Ok(style) =
                ProgressStyle::with_template("{spinner} {prefix} {wide_msg} {elapsed:>4}")
            {
                bar.set_style(style);
            }
            bar.set_prefix(format!("{:width$}", target.name()));
            bar.set_message("waiting");
            (*target, Line { bar, running: Vec::new() })
        };
        let lines = if live { targets.iter().map(line).collect() } else { BTreeMap::new() };
        Self { detail, bars, lines: Mutex::new(lines) }
    }

    /// Announces a download.
    pub fn downloading(&self, download: &Download) {
        let size = download.size.map(|size| format!(" ({})", bytes(size))).unwrap_or_default();
        let doing = if download.waiting {
            "waiting for another pygo, which is downloading"
        } else {
            "downloading"
        };
        let into = download.into.display();
        self.say(&format!("{doing} {}{size} into {into}", download.what));
    }

    /// Clears the live lines.
    pub fn finish(&self) {
        let _ = self.bars.clear();
    }

    fn say(&self, text: &str) {
        match self.detail {
            Detail::Quiet => {}
            _ if self.bars.is_hidden() => tell(text),
            _ => {
                let _ = self.bars.println(text);
            }
        }
    }

    fn live(&self, serves: &[Target], change: impl Fn(&mut Vec<Work>)) {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        for target in serves {
            let Some(line) = lines.get_mut(target) else { continue };
            change(&mut line.running);
            let names: Vec<_> = line.running.iter().map(|work| work.stage.to_string()).collect();
            line.bar.enable_steady_tick(Duration::from_millis(120));
            line.bar.set_message(if names.is_empty() {
                "waiting".to_owned()
            } else {
                names.join(", ")
            });
        }
    }

    fn end(&self, target: Target, failure: Option<&Failure>) {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = lines.remove(&target) {
            let word = match failure {
                None => style("built").green(),
                Some(failure) if failure.kind.is_interruption() => style("interrupted").yellow(),
                Some(_) => style("failed").red(),
            };
            line.bar.finish_with_message(word.for_stderr().to_string());
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
            Event::Started { work, serves } => {
                self.live(serves, |running| running.push((*work).clone()))
            }
            Event::Finished { work, serves, elapsed, log, failure } => {
                self.live(serves, |running| running.retain(|other| other != *work));
                if self.bars.is_hidden() {
                    let ended = match failure {
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
            Event::Ended { target, failure } => self.end(*target, *failure),
        }
    }
}
