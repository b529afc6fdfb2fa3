//! The process groups that are running, and the guard that cleans up after a killed `pygo`.
//!
//! A signal to `pygo` ends every group and lets the threads that wait for them clean up. A `pygo`
//! that is killed cannot clean up, so a small guard process reads from a pipe which groups and
//! temporary paths exist. When the pipe closes, it ends and removes those that are left.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::{BufRead, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::error::{Failure, Kind, Result};

/// The hidden subcommand that runs this program as the guard.
pub const GUARD_COMMAND: &str = "__guard";

static STOP: AtomicI32 = AtomicI32::new(0);
static STATE: Mutex<State> = Mutex::new(State { groups: BTreeSet::new(), guard: Guard::None });

struct State {
    groups: BTreeSet<Pid>,
    guard: Guard,
}

enum Guard {
    None,
    /// Starts with the first group or path: many runs have neither.
    Wanted,
    Reads(ChildStdin),
}

fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Sends one record: the event (`+g`, `-g`, `+p`, `-p`), its subject, and a NUL, which no path
/// contains.
pub(super) fn notify_guard(event: &str, subject: &[u8]) {
    let mut state = state();
    if matches!(state.guard, Guard::Wanted) {
        state.guard = start_guard().map_or(Guard::None, Guard::Reads);
    }
    // Without a guard the run goes on.
    if let Guard::Reads(pipe) = &mut state.guard {
        let _ = pipe.write_all(&[event.as_bytes(), subject, b"\0"].concat());
    }
}

/// The signal that stopped this run, if any.
fn stopped() -> Option<u8> {
    u8::try_from(STOP.load(Ordering::SeqCst)).ok().filter(|signal| *signal != 0)
}

/// Fails with [`Kind::Interrupted`] if a signal stopped this run.
pub fn check_stopped(doing: &str) -> Result<()> {
    let Some(signal) = stopped() else { return Ok(()) };
    let name = signal_name(signal.into());
    Err(Failure::new(
        Kind::Interrupted(signal),
        doing,
        format!("pygo received {name}"),
        "run it again; wheels that were finished are complete",
    ))
}

/// The name of a signal: `SIGINT`.
pub(super) fn signal_name(number: i32) -> String {
    Signal::try_from(number)
        .map_or_else(|_| format!("signal {number}"), |signal| signal.as_str().to_owned())
}

/// From now on a guard cleans up after a `SIGKILL`. Only pygo itself may ask for it, because the
/// guard is this program, as `pygo __guard`.
pub fn want_guard() {
    state().guard = Guard::Wanted;
}

/// The input of a new guard, which is in its own process group. If it cannot be started, only the
/// cleanup after a `SIGKILL` is lost.
fn start_guard() -> Option<ChildStdin> {
    Command::new(std::env::current_exe().ok()?)
        .arg(GUARD_COMMAND)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .ok()?
        .stdin
}

/// The guard's whole life: records which groups and paths exist until its input ends, then ends
/// and removes those that are left.
pub fn guard(mut input: impl BufRead) {
    let mut groups = BTreeSet::new();
    let mut paths = BTreeSet::new();
    let mut record = Vec::new();
    // A truncated record does not count.
    while input.read_until(0, &mut record).is_ok() && record.pop() == Some(0) {
        let number = |bytes: &[u8]| Some(Pid::from_raw(str::from_utf8(bytes).ok()?.parse().ok()?));
        let path = |bytes: &[u8]| PathBuf::from(OsStr::from_bytes(bytes));
        match record.split_at_checked(2) {
            Some((b"+g", group)) => groups.extend(number(group)),
            Some((b"-g", group)) => drop(number(group).map(|group| groups.remove(&group))),
            Some((b"+p", bytes)) => drop(paths.insert(path(bytes))),
            Some((b"-p", bytes)) => drop(paths.remove(&path(bytes))),
            _ => {}
        }
        record.clear();
    }
    for group in groups {
        let _ = killpg(group, Signal::SIGKILL);
    }
    for path in paths.iter().rev() {
        // A process that was just killed may still create a file while the tree is removed.
        for _ in 0..50 {
            if remove(path).is_ok() || !path.exists() {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Ends every running group and keeps new ones from starting: `SIGTERM` first, and `SIGKILL` after
/// two seconds. A group may already be gone.
pub fn stop_all(signal: i32) {
    STOP.store(signal, Ordering::SeqCst);
    for group in &state().groups {
        let _ = killpg(*group, Signal::SIGTERM);
    }
    for _ in 0..100 {
        if state().groups.is_empty() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    for group in &state().groups {
        let _ = killpg(*group, Signal::SIGKILL);
    }
}

/// Removes the file or the directory `path`.
pub fn remove(path: &Path) -> std::io::Result<()> {
    if path.is_dir() { fs_err::remove_dir_all(path) } else { fs_err::remove_file(path) }
}

/// A running process group; drop it once its leader has been waited for.
pub(super) struct Running(Pid);

impl Running {
    /// Registers the group of `leader`. If the run was stopped meanwhile, ends the group at once.
    pub(super) fn new(leader: &Child) -> Self {
        let leader = Pid::from_raw(leader.id().cast_signed());
        state().groups.insert(leader);
        notify_guard("+g", leader.to_string().as_bytes());
        if stopped().is_some() {
            let _ = killpg(leader, Signal::SIGTERM);
        }
        Self(leader)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        state().groups.remove(&self.0);
        notify_guard("-g", self.0.to_string().as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guard_ends_and_removes_only_what_is_left() {
        let dir = tempfile::tempdir().unwrap();
        let (kept, left) = (dir.path().join("kept"), dir.path().join("le\nft"));
        fs_err::create_dir(&kept).unwrap();
        fs_err::create_dir_all(left.join("deep")).unwrap();
        let mut sleeper = Command::new("sleep").arg("60").process_group(0).spawn().unwrap();
        let script = format!(
            "+g{}\0+p{}\0+p{}\0-p{}\0+p/cut-",
            sleeper.id(),
            kept.display(),
            left.display(),
            kept.display()
        );
        guard(script.as_bytes());
        assert!(!sleeper.wait().unwrap().success());
        assert!(kept.exists() && !left.exists());
    }
}
