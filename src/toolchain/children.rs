//! The processes that are running for us, and the promise that none outlives us.
//!
//! Each tool runs in a process group of its own. A signal to `pygo` ends all groups and lets
//! the threads that wait for them clean up. A `pygo` that is killed outright cannot clean up,
//! so a small guard process watches a pipe from it: when the pipe closes, the guard ends the
//! groups that are left and removes the temporary paths that are left.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::{BufRead, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

/// The hidden subcommand under which this program runs as its own guard.
pub const GUARD_COMMAND: &str = "__guard";

static STOP: AtomicI32 = AtomicI32::new(0);
static STATE: Mutex<State> = Mutex::new(State { groups: BTreeSet::new(), guard: None });

struct State {
    groups: BTreeSet<u32>,
    guard: Option<ChildStdin>,
}

impl State {
    /// Sends one record: what happens (`+g`, `-g`, `+p`, `-p`), to what, and a NUL, which no
    /// path can hold.
    fn tell_guard(&mut self, what: &str, of: &[u8]) {
        // A guard that is gone cannot be told; the run itself goes on without it.
        if let Some(pipe) = &mut self.guard {
            let _ = pipe.write_all(&[what.as_bytes(), of, b"\0"].concat());
        }
    }
}

fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The signal that asked this run to stop, if one did.
pub fn stopped() -> Option<u8> {
    u8::try_from(STOP.load(Ordering::SeqCst)).ok().filter(|signal| *signal != 0)
}

/// Starts the guard: this very program, as `pygo __guard`, in a group of its own.
///
/// Where it cannot be started the run has no guard, and loses nothing but the clean-up after
/// a `SIGKILL`.
pub fn start_guard() {
    let Ok(program) = std::env::current_exe() else { return };
    let child = Command::new(program)
        .arg(GUARD_COMMAND)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn();
    if let Ok(mut child) = child {
        state().guard = child.stdin.take();
    }
}

/// What the guard does: reads which groups and paths come and go, and when its standard input
/// closes, ends and removes what is left.
pub fn guard(mut input: impl BufRead) {
    let mut groups = BTreeSet::new();
    let mut paths = BTreeSet::new();
    let mut record = Vec::new();
    // A record that was cut short is none.
    while input.read_until(0, &mut record).is_ok() && record.pop() == Some(0) {
        let text = |bytes: &[u8]| std::str::from_utf8(bytes).ok()?.parse::<u32>().ok();
        let path = |bytes: &[u8]| PathBuf::from(OsStr::from_bytes(bytes));
        match record.split_at_checked(2) {
            Some((b"+g", group)) => groups.extend(text(group)),
            Some((b"-g", group)) => drop(text(group).map(|group| groups.remove(&group))),
            Some((b"+p", bytes)) => drop(paths.insert(path(bytes))),
            Some((b"-p", bytes)) => drop(paths.remove(&path(bytes))),
            _ => {}
        }
        record.clear();
    }
    for group in groups {
        signal_group(group, Signal::SIGKILL);
    }
    for path in paths.iter().rev() {
        // A process that was just killed may still create a file while the tree is removed.
        for _ in 0..50 {
            let gone = if path.is_dir() {
                fs_err::remove_dir_all(path)
            } else {
                fs_err::remove_file(path)
            };
            if gone.is_ok() || !path.exists() {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Ends every running group, and keeps new ones from starting: `SIGTERM` first, `SIGKILL` for
/// those that are still there after two seconds.
pub fn stop_all(signal: i32) {
    STOP.store(signal, Ordering::SeqCst);
    for group in &state().groups {
        signal_group(*group, Signal::SIGTERM);
    }
    for _ in 0..100 {
        if state().groups.is_empty() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    for group in &state().groups {
        signal_group(*group, Signal::SIGKILL);
    }
}

fn signal_group(group: u32, signal: Signal) {
    if let Ok(group) = i32::try_from(group) {
        // The group may have ended between our looking and our signalling.
        let _ = killpg(Pid::from_raw(group), signal);
    }
}

/// A process group that is running; dropped when its leader has been waited for.
pub(super) struct Running(u32);

impl Running {
    /// Notes the group that `leader` leads. When a stop came first, the group is ended at once.
    pub(super) fn new(leader: u32) -> Self {
        let mut state = state();
        state.groups.insert(leader);
        state.tell_guard("+g", leader.to_string().as_bytes());
        if stopped().is_some() {
            signal_group(leader, Signal::SIGTERM);
        }
        Self(leader)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut state = state();
        state.groups.remove(&self.0);
        state.tell_guard("-g", self.0.to_string().as_bytes());
    }
}

/// A path that must not outlive this run: removed when dropped, and by the guard otherwise.
#[derive(Debug)]
pub struct Temporary(PathBuf);

impl Temporary {
    /// Takes charge of `path`, which may not exist yet.
    pub fn new(path: PathBuf) -> Self {
        state().tell_guard("+p", path.as_os_str().as_bytes());
        Self(path)
    }

    /// A new file in `dir`, with the permissions that the process gives any new file.
    ///
    /// # Errors
    /// If `dir` cannot be written to.
    pub fn file_in(dir: &Path) -> std::io::Result<(Self, std::fs::File)> {
        let create = |path: &Path| {
            // Told to the guard before it exists: a kill may come between any two steps. Whatever
            // had this name would be removed, so the name is one that nothing has.
            let temporary = Self::new(path.to_owned());
            let file =
                std::fs::OpenOptions::new().read(true).write(true).create_new(true).open(path)?;
            Ok((temporary, file))
        };
        let made = tempfile::Builder::new()
            .prefix(".pygo-")
            .suffix(".part")
            .rand_bytes(16)
            .disable_cleanup(true)
            .make_in(dir, create);
        // The made-up name says nothing to a reader; the directory does.
        let made = made.map_err(|error| {
            let found = format!("cannot create a file in `{}`: {error}", dir.display());
            std::io::Error::new(error.kind(), found)
        })?;
        Ok(made.into_parts().0)
    }

    /// Moves it to `place`, a path in the same file system, where it is whole and stays.
    ///
    /// # Errors
    /// If it cannot be renamed.
    pub fn put(self, place: &Path) -> std::io::Result<()> {
        fs_err::rename(&self.0, place)?;
        // The rename is whole either way; that it outlasts a power cut is worth a try.
        let dir = place.parent().filter(|dir| !dir.as_os_str().is_empty());
        let _ = fs_err::File::open(dir.unwrap_or(Path::new("."))).and_then(|dir| dir.sync_all());
        Ok(())
    }

    /// The path.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if self.0.is_dir() {
            let _ = fs_err::remove_dir_all(&self.0);
        } else if self.0.exists() {
            let _ = fs_err::remove_file(&self.0);
        }
        state().tell_guard("-p", self.0.as_os_str().as_bytes());
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
