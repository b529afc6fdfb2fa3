//! Running one tool to its end.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;

use super::children::{self, Running};
use crate::error::{Failure, Kind, Result};

/// What compilers add to their search paths, whatever they compile for.
const HOST_LIBRARIES: &[&str] = &[
    "CPATH",
    "C_INCLUDE_PATH",
    "CPLUS_INCLUDE_PATH",
    "OBJC_INCLUDE_PATH",
    "LIBRARY_PATH",
    "COMPILER_PATH",
];

/// What tools say when a disk or a quota is full; Python's number stands for all languages.
const DISK_FULL: &[&str] =
    &["no space left on device", "[errno 28]", "disk quota exceeded", "[errno 122]"];

/// How zig's lines end that say so.
const DISK_FULL_ENDS: &[&str] = &[": nospaceleft", ": diskquota"];

/// One call of a tool: what for, with what, and where its output is kept.
pub struct Call {
    tool: String,
    doing: String,
    command: Command,
    input: Vec<u8>,
    log: Option<PathBuf>,
}

/// What a tool said before it ended.
pub struct Finished {
    /// How it ended; never by a signal, for that is a [`Failure`].
    pub status: ExitStatus,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
    doing: String,
    log: Option<PathBuf>,
}

impl Call {
    /// A call of the program at `exe`, named `tool` in messages, `doing` something.
    pub fn new(tool: &str, exe: &Path, doing: impl Into<String>) -> Self {
        Self {
            tool: tool.to_owned(),
            doing: doing.into(),
            command: Command::new(exe),
            input: Vec::new(),
            log: None,
        }
    }

    /// Adds arguments.
    pub fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.command.args(args);
        self
    }

    /// Adds environment variables to the inherited ones.
    pub fn envs<K: AsRef<OsStr>, V: AsRef<OsStr>>(
        mut self,
        vars: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        self.command.envs(vars);
        self
    }

    /// Takes environment variables out of the inherited ones.
    pub fn without_envs<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Self {
        for name in names {
            self.command.env_remove(name);
        }
        self
    }

    /// Takes out what would put headers and libraries of this machine before those of the
    /// target.
    pub fn without_host_libraries(self) -> Self {
        self.without_envs(HOST_LIBRARIES.iter().copied())
    }

    /// The directory to run in.
    pub fn dir(mut self, dir: &Path) -> Self {
        self.command.current_dir(dir);
        self
    }

    /// What it reads from its standard input.
    pub fn input(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = input.into();
        self
    }

    /// The file to which the command line and all output are added.
    pub fn log(mut self, log: &Path) -> Self {
        self.log = Some(log.to_owned());
        self
    }

    /// Runs it and waits, whatever its exit code.
    ///
    /// # Errors
    /// [`Kind::Toolchain`] if it cannot be started or a signal ends it,
    /// [`Kind::Interrupted`] if this run was asked to stop.
    pub fn finish(mut self) -> Result<Finished> {
        if let Some(signal) = children::stopped() {
            return Err(interrupted(signal, &self.doing));
        }
        let shown = self.shown();
        self.command
            .process_group(0)
            .stdin(if self.input.is_empty() { Stdio::null() } else { Stdio::piped() })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = self.command.spawn().map_err(|error| {
            Failure::toolchain(
                &self.doing,
                format!("{} cannot be started: {error}: {}", self.tool, shown),
                "check that the file is there and may be executed; `pygo doctor` lists what is found",
            )
        })?;
        let running = Running::new(child.id());
        let (mut stdin, stdout, stderr) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (stdout, stderr) = thread::scope(|scope| {
            let input = std::mem::take(&mut self.input);
            scope.spawn(move || {
                // A tool may end without reading all of it; its exit code tells.
                let _ = stdin.take().map(|mut pipe| pipe.write_all(&input));
            });
            let stderr = scope.spawn(|| read_all(stderr));
            (read_all(stdout), stderr.join().unwrap_or_default())
        });
        let status = child.wait();
        drop(running);
        let status = status.map_err(|error| Failure::io(&self.doing, &error))?;
        self.write_log(&shown, &stdout, &stderr, status)?;
        if let Some(signal) = children::stopped() {
            return Err(interrupted(signal, &self.doing));
        }
        let finished = Finished { status, stdout, stderr, doing: self.doing, log: self.log };
        match status.signal() {
            Some(signal) => {
                let name = nix::sys::signal::Signal::try_from(signal)
                    .map_or_else(|_| signal.to_string(), |signal| signal.to_string());
                Err(finished.failure(
                    Kind::Toolchain,
                    format!(
                        "{} was ended by the signal {name}\n{}",
                        self.tool,
                        tail(&finished.stderr)
                    ),
                    "run again; if it repeats, try another version of it (see `pygo doctor`), \
                     and look for memory or disk running out",
                ))
            }
            None => Ok(finished),
        }
    }

    fn shown(&self) -> String {
        let mut words: Vec<String> = Vec::new();
        if let Some(dir) = self.command.get_current_dir() {
            words.push(format!("cd {} &&", dir.display()));
        }
        for (name, value) in self.command.get_envs() {
            if let Some(value) = value {
                words.push(format!("{}={}", name.display(), quoted(value)));
            }
        }
        words.push(quoted(self.command.get_program()));
        words.extend(self.command.get_args().map(quoted));
        words.join(" ")
    }

    fn write_log(&self, shown: &str, stdout: &str, stderr: &str, status: ExitStatus) -> Result<()> {
        let Some(path) = &self.log else { return Ok(()) };
        let write = || -> std::io::Result<()> {
            if let Some(parent) = path.parent() {
                fs_err::create_dir_all(parent)?;
            }
            let mut file = fs_err::OpenOptions::new().create(true).append(true).open(path)?;
            write!(file, "$ {shown}\n{stdout}{stderr}({status})\n")
        };
        write().map_err(|error| Failure::io(format!("{}: writing its log", self.doing), &error))
    }
}

impl Finished {
    /// A failure that has this call's doing and log. Whatever it is taken for, it is the disk's
    /// if the tool said that the disk is full.
    pub fn failure(
        &self,
        kind: Kind,
        found: impl Into<String>,
        help: impl Into<String>,
    ) -> Failure {
        let mut failure = Failure::new(kind, &self.doing, found, help);
        if let Some(line) = self.disk_full() {
            failure.kind = Kind::Output;
            failure.help = "free some space, or choose another place with PYGO_CACHE_DIR (and \
                            GOCACHE, for what Go compiles)"
                .to_owned();
            if !failure.found.contains(line) {
                failure.found = format!("{line}\n{}", failure.found);
            }
        }
        match &self.log {
            Some(log) => failure.with_log(log),
            None => failure,
        }
    }

    /// The line in which it said that there is no space left.
    fn disk_full(&self) -> Option<&str> {
        let tells = |line: &&str| {
            let line = line.to_ascii_lowercase();
            DISK_FULL.iter().any(|text| line.contains(text))
                || DISK_FULL_ENDS.iter().any(|text| line.trim_end().ends_with(text))
        };
        self.stderr.lines().chain(self.stdout.lines()).find(tells).map(str::trim)
    }

    /// The end of what it wrote to standard error, or to standard output if that is all it has.
    pub fn last_words(&self) -> String {
        if self.stderr.trim().is_empty() { tail(&self.stdout) } else { tail(&self.stderr) }
    }
}

/// The failure of a run that a signal asked to stop.
pub fn interrupted(signal: u8, doing: &str) -> Failure {
    Failure::new(
        Kind::Interrupted(signal),
        doing,
        "the run was asked to stop",
        "run it again; finished wheels are whole and stay",
    )
}

fn read_all(pipe: Option<impl Read>) -> String {
    let mut bytes = Vec::new();
    // What was read until a broken pipe is all there is to have.
    let _ = pipe.map(|mut pipe| pipe.read_to_end(&mut bytes));
    String::from_utf8_lossy(&bytes).into_owned()
}

fn tail(text: &str) -> String {
    const LINES: usize = 20;
    let lines: Vec<_> = text.trim_end().lines().collect();
    let from = lines.len().saturating_sub(LINES);
    let cut = if from > 0 { "…\n" } else { "" };
    format!("{cut}{}", lines[from..].join("\n"))
}

fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.into_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Call {
        Call::new("sh", Path::new("/bin/sh"), "testing").args(["-c", script])
    }

    #[test]
    fn both_streams_and_the_exit_code_come_back() {
        let finished = shell("cat; echo err >&2; exit 3").input("in").finish().unwrap();
        assert_eq!((finished.stdout.as_str(), finished.stderr.as_str()), ("in", "err\n"));
        assert_eq!(finished.status.code(), Some(3));
    }

    #[test]
    fn a_death_by_signal_names_the_tool_and_the_signal() {
        let failure = shell("kill -SEGV $$").finish().err().unwrap();
        assert_eq!(failure.kind, Kind::Toolchain);
        assert!(failure.found.contains("sh was ended by the signal SIGSEGV"), "{failure}");
    }

    #[test]
    fn a_full_disk_is_told_whatever_the_tool_is() {
        for said in [
            "ERROR: Could not install: [Errno 28] Kein Speicherplatz",
            "ld: write: No space left on device",
            "error: unable to write: NoSpaceLeft",
        ] {
            let finished = shell(&format!("echo '{said}' >&2; seq 40 >&2; exit 1")).finish();
            let finished = finished.ok().unwrap();
            let failure = finished.failure(Kind::Toolchain, finished.last_words(), "network?");
            assert_eq!(failure.kind, Kind::Output, "{said}");
            assert!(failure.found.starts_with(said) && failure.help.contains("free some space"));
        }
        let finished = shell("echo 'no route to host' >&2; exit 1").finish().ok().unwrap();
        assert_eq!(finished.failure(Kind::Toolchain, "", "").kind, Kind::Toolchain);
    }

    #[test]
    fn a_program_that_is_not_there_is_a_toolchain_failure() {
        let failure = Call::new("zig", Path::new("/nowhere/zig"), "x").finish().err().unwrap();
        assert_eq!(failure.kind, Kind::Toolchain);
    }
}
