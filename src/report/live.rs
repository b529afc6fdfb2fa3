//! Live lines on a terminal: a bar per download, a line per target, and a line for the whole run.
//!
//! Input: what started and ended, from several threads. Output: lines that a thread of their own
//! redraws, so that their clocks run while nothing happens.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use console::style;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::error::Failure;
use crate::factory::Work;
use crate::plural::plural;
use crate::printable::printable;
use crate::process::Environment;
use crate::report::wrap::{width, wrapped};
use crate::target::Target;
use crate::toolchain::{Download, Step};

/// How often the lines are redrawn.
const INTERVAL: Duration = Duration::from_millis(120);

/// The live lines of a run.
pub(super) struct Live {
    bars: MultiProgress,
    state: Arc<Mutex<State>>,
}

struct State {
    start: Instant,
    symbols: Symbols,
    targets: BTreeMap<Target, Line>,
    /// The line of the whole run, if it has targets, and how many there are.
    overall: Option<(ProgressBar, usize)>,
    downloads: BTreeMap<String, (ProgressBar, Instant)>,
}

/// The line of one target.
struct Line {
    bar: ProgressBar,
    /// What runs for it, and since when.
    running: Vec<(Work, Instant)>,
    ended: bool,
}

/// The characters of spinners and bars.
#[derive(Clone, Copy)]
struct Symbols {
    spinner: &'static str,
    bar: &'static str,
}

const ASCII: Symbols = Symbols { spinner: r"|/-\ ", bar: "=> " };
const UNICODE: Symbols = Symbols { spinner: "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ ", bar: "━╸ " };

impl Symbols {
    /// Those that the locale of `environment` can show.
    fn of(environment: &Environment) -> Self {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| environment.get(name));
        let locale = locale.and_then(|name| name.to_str()).unwrap_or_default().to_ascii_lowercase();
        if locale.contains("utf-8") || locale.contains("utf8") { UNICODE } else { ASCII }
    }
}

impl Live {
    /// Lines for `targets`.
    pub(super) fn new(environment: &Environment, targets: &[Target]) -> Self {
        let bars = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
        let symbols = Symbols::of(environment);
        let width = targets.iter().map(|target| target.name().len()).max().unwrap_or(0);
        let line = |target: &Target| {
            let bar = bars.add(ProgressBar::new_spinner());
            bar.set_style(styled("{spinner} {prefix}  {wide_msg}", symbols));
            bar.set_prefix(format!("{:width$}", target.name()));
            bar.set_message(waiting());
            (*target, Line { bar, running: Vec::new(), ended: false })
        };
        let lines = targets.iter().map(line).collect();
        let overall = (!targets.is_empty()).then(|| {
            let bar = bars.add(ProgressBar::new_spinner());
            bar.set_style(styled("  {wide_msg}", symbols));
            (bar, targets.len())
        });
        let state = State {
            start: Instant::now(),
            symbols,
            targets: lines,
            overall,
            downloads: BTreeMap::new(),
        };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::downgrade(&state);
        std::thread::spawn(move || redraw(&shared));
        Self { bars, state }
    }

    /// Prints a line above the live ones.
    pub(super) fn say(&self, text: &str) {
        let _ = self.bars.println(wrapped(&printable(text), width(&console::Term::stderr())));
    }

    /// Shows a step of a download; returns the line to print when it ends.
    pub(super) fn downloading(&self, download: &Download) -> Option<String> {
        let mut state = self.lock();
        let size = download.size.unwrap_or_default();
        match download.step {
            Step::Waiting => {
                let what = &download.what;
                return Some(format!("waiting for another pygo, which is downloading {what}"));
            }
            Step::Started => {
                let bar = self.bars.insert(0, ProgressBar::new(size));
                // uv shows no bytes before it has all: a bar would look stuck.
                let unmeasured =
                    "{spinner} {prefix} downloading {decimal_total_bytes} {elapsed:>3}";
                bar.set_style(styled(unmeasured, state.symbols));
                bar.set_prefix(download.what.clone());
                state.downloads.insert(download.what.clone(), (bar, Instant::now()));
            }
            Step::Received(count) => {
                if let Some((bar, _)) = state.downloads.get(&download.what) {
                    if bar.position() == 0 {
                        bar.set_style(styled(
                            "{spinner} {prefix} {msg}[{wide_bar}] \
                             {decimal_bytes}/{decimal_total_bytes} {elapsed:>3}",
                            state.symbols,
                        ));
                    }
                    bar.set_position(count.min(size));
                    if count >= size {
                        bar.set_message("unpacking ");
                    }
                }
            }
            Step::Finished | Step::Failed => {
                let (bar, since) = state.downloads.remove(&download.what)?;
                bar.finish_and_clear();
                self.bars.remove(&bar);
                let done = download.step == Step::Finished;
                let line = format!(
                    "downloaded {} ({}) in {}",
                    download.what,
                    super::bytes(size),
                    super::seconds(since.elapsed())
                );
                return done.then_some(line);
            }
        }
        None
    }

    /// `work` starts for the targets it `serves`.
    pub(super) fn started(&self, work: &Work, serves: &[Target]) {
        let mut state = self.lock();
        for target in serves {
            if let Some(line) = state.targets.get_mut(target) {
                line.running.push((work.clone(), Instant::now()));
                line.show();
            }
        }
    }

    /// `work` has ended for the targets it `serves`.
    pub(super) fn finished(&self, work: &Work, serves: &[Target]) {
        let mut state = self.lock();
        for target in serves {
            if let Some(line) = state.targets.get_mut(target) {
                line.running.retain(|(other, _)| other != work);
                line.show();
            }
        }
    }

    /// Nothing more runs for `target`.
    pub(super) fn ended(&self, target: Target, failure: Option<&Failure>) {
        let mut state = self.lock();
        let time = super::seconds(state.start.elapsed());
        let symbols = state.symbols;
        if let Some(line) = state.targets.get_mut(&target) {
            let word = match failure {
                None => style("built").green(),
                Some(failure) if failure.kind.is_interruption() => style("interrupted").yellow(),
                Some(_) => style("failed").red(),
            };
            line.ended = true;
            line.bar.set_style(styled("  {prefix}  {wide_msg}", symbols));
            line.bar.set_message(format!("{} {time}", word.for_stderr()));
        }
        state.show();
    }

    /// Removes the lines.
    pub(super) fn clear(&self) {
        let mut state = self.lock();
        let _ = self.bars.clear();
        // The lines of dropped bars would come back with the next drawing.
        self.bars.set_draw_target(ProgressDrawTarget::hidden());
        state.targets.clear();
        state.downloads.clear();
        state.overall = None;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Updates clocks and spinners.
    fn show(&self) {
        for (bar, _) in self.downloads.values() {
            bar.tick();
        }
        for line in self.targets.values().filter(|line| !line.ended && !line.running.is_empty()) {
            line.show();
            line.bar.tick();
        }
        if let Some((bar, count)) = &self.overall {
            let ended = self.targets.values().filter(|line| line.ended).count();
            bar.set_message(overall(ended, *count, self.start.elapsed()));
        }
    }
}

impl Line {
    fn show(&self) {
        if self.ended {
            return;
        }
        let running: Vec<_> =
            self.running.iter().map(|(work, since)| stage(work, since.elapsed())).collect();
        self.bar.set_message(if running.is_empty() { waiting() } else { running.join(", ") });
    }
}

/// Redraws until the run is over.
fn redraw(state: &Weak<Mutex<State>>) {
    while let Some(state) = state.upgrade() {
        state.lock().unwrap_or_else(PoisonError::into_inner).show();
        drop(state);
        std::thread::sleep(INTERVAL);
    }
}

/// `library hello 12 s`.
fn stage(work: &Work, elapsed: Duration) -> String {
    let part = work.scope.part().map(|part| format!(" {part}")).unwrap_or_default();
    format!("{}{part} {} s", work.stage, elapsed.as_secs())
}

/// `2/4 targets, 31 s`.
fn overall(ended: usize, count: usize, elapsed: Duration) -> String {
    format!("{ended}/{}, {} s", plural(count, "target"), elapsed.as_secs())
}

fn waiting() -> String {
    style("waiting").dim().for_stderr().to_string()
}

fn styled(template: &str, symbols: Symbols) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_spinner())
        .tick_chars(symbols.spinner)
        .progress_chars(symbols.bar)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::factory::{Scope, Stage};

    #[test]
    fn the_locale_chooses_the_symbols() {
        for (variables, ascii) in [
            (&[("LANG", "de_DE.UTF-8")][..], false),
            (&[("LANG", "de_DE.UTF-8"), ("LC_ALL", "C")], true),
            (&[("LC_CTYPE", "C.utf8")], false),
            (&[("LC_ALL", ""), ("LANG", "POSIX")], true),
            (&[], true),
        ] {
            let symbols = Symbols::of(&variables.iter().copied().collect());
            assert_eq!(
                symbols.spinner.is_ascii() && symbols.bar.is_ascii(),
                ascii,
                "{variables:?}"
            );
        }
    }

    #[test]
    fn clocks_are_per_stage_and_for_the_whole_run() {
        let work = Work { stage: Stage::BaseWheel, scope: Scope::All };
        assert_eq!(stage(&work, Duration::from_millis(12_900)), "base-wheel 12 s");
        assert_eq!(overall(2, 4, Duration::from_secs(31)), "2/4 targets, 31 s");
        assert_eq!(overall(0, 1, Duration::ZERO), "0/1 target, 0 s");
    }
}
