//! One call of a tool: its arguments, environment, input and log, and its outcome.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::{IsTerminal, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;

use super::children::{Running, check_stopped, signal_name};
use super::cpu_time;
use super::environment::Environment;
use super::shell::shell_line;
use crate::error::{Failure, Kind, Result};
use crate::printable::without_passwords;

/// Variables that add to a compiler's search paths, whatever it compiles for.
const HOST_LIBRARIES: &[&str] = &[
    "CPATH",
    "C_INCLUDE_PATH",
    "CPLUS_INCLUDE_PATH",
    "OBJC_INCLUDE_PATH",
    "LIBRARY_PATH",
    "COMPILER_PATH",
];

/// What tools print when a disk or a quota is full; Python prints the number in every language.
const DISK_FULL: &[&str] =
    &["no space left on device", "[errno 28]", "disk quota exceeded", "[errno 122]"];

/// How zig ends such a line.
const DISK_FULL_ENDS: &[&str] = &[": nospaceleft", ": diskquota"];

/// One call of a tool.
pub struct Call {
    tool: String,
    doing: String,
    command: Command,
    /// The variables of this call, which the command has in addition to the inherited ones.
    own: BTreeMap<OsString, OsString>,
    input: Vec<u8>,
    log: Option<PathBuf>,
}

/// The outcome of a call.
pub struct Finished {
    /// The tool's exit status; never a signal, which is a [`Failure`].
    pub status: ExitStatus,
    /// The standard output.
    pub stdout: String,
    /// The standard error.
    pub stderr: String,
    doing: String,
    log: Option<PathBuf>,
}

impl Call {
    /// A call of the program `exe`, named `tool` in messages; `doing` says what it is for.
    pub fn new(
        environment: &Environment,
        tool: &str,
        exe: &Path,
        doing: impl Into<String>,
    ) -> Self {
        let mut command = Command::new(exe);
        command.env_clear().envs(environment.variables());
        Self {
            tool: tool.to_owned(),
            doing: doing.into(),
            command,
            own: BTreeMap::new(),
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
        for (name, value) in vars {
            self.command.env(&name, &value);
            self.own.insert(name.as_ref().to_owned(), value.as_ref().to_owned());
        }
        self
    }

    /// Removes inherited environment variables.
    pub fn without_envs<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Self {
        for name in names {
            self.command.env_remove(name);
            self.own.remove(OsStr::new(name));
        }
        self
    }

    /// Removes variables that would put this machine's headers and libraries before the target's.
    pub fn without_host_libraries(self) -> Self {
        self.without_envs(HOST_LIBRARIES.iter().copied())
    }

    /// Sets the directory to run in.
    pub fn dir(mut self, dir: &Path) -> Self {
        self.command.current_dir(dir);
        self
    }

    /// Sets the standard input.
    pub fn input(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = input.into();
        self
    }

    /// Appends the command line and all output to a file.
    pub fn log(mut self, log: &Path) -> Self {
        self.log = Some(log.to_owned());
        self
    }

    /// Runs the tool to completion, whatever its exit code.
    ///
    /// # Errors
    /// [`Kind::Toolchain`] if it cannot be started or a signal ends it, [`Kind::Interrupted`] if
    /// this run was stopped.
    pub fn finish(mut self) -> Result<Finished> {
        check_stopped(&self.doing)?;
        let shown = self.shown();
        self.command
            .process_group(0)
            .stdin(if self.input.is_empty() { Stdio::null() } else { Stdio::piped() })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let program = Path::new(self.command.get_program());
        if program.is_dir() {
            return Err(Failure::toolchain(
                &self.doing,
                format!("{} is a directory", program.display()),
                format!("name the program {} itself, in it or in its `bin`", self.tool),
            ));
        }
        let spawned = self.command.spawn();
        let mut child = spawned.map_err(|error| self.unstarted(&shown, &error))?;
        let running = Running::new(&child);
        let (mut stdin, stdout, stderr) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (stdout, stderr) = thread::scope(|scope| {
            let input = std::mem::take(&mut self.input);
            scope.spawn(move || {
                // A tool may end without reading all input; its exit code decides.
                let _ = stdin.take().map(|mut pipe| pipe.write_all(&input));
            });
            let stderr = scope.spawn(|| read_all(stderr));
            (read_all(stdout), stderr.join().unwrap_or_default())
        });
        cpu_time::add_ended(&child);
        let status = child.wait();
        drop(running);
        let status = status.map_err(|error| Failure::io(&self.doing, &error))?;
        self.write_log(&shown, &stdout, &stderr, status)?;
        check_stopped(&self.doing)?;
        let finished = Finished { status, stdout, stderr, doing: self.doing, log: self.log };
        match status.signal() {
            Some(signal) => {
                let name = signal_name(signal);
                Err(finished.failure(
                    Kind::Toolchain,
                    format!("{} was killed by {name}\n{}", self.tool, tail(&finished.stderr)),
                    "run again; if it happens again, try another version of the tool (see \
                     `pygo doctor`), and check free memory and disk space",
                ))
            }
            None => Ok(finished),
        }
    }

    /// Runs the tool to completion. If it exits with an error, its last words are a failure of
    /// `kind`.
    pub fn run(self, kind: Kind, help: &str) -> Result<Finished> {
        let finished = self.finish()?;
        if finished.status.success() {
            return Ok(finished);
        }
        Err(finished.failure(kind, finished.last_words(), help))
    }

    /// Runs the tool to completion with this process's own input and outputs, of which nothing is
    /// kept: what it prints and asks for may be secret.
    ///
    /// # Errors
    /// As for [`finish`](Self::finish).
    pub fn attached(mut self) -> Result<ExitStatus> {
        check_stopped(&self.doing)?;
        let shown = self.shown();
        // On a terminal the tool may ask questions, which only the group in the foreground can.
        let is_own_group = !std::io::stdin().is_terminal();
        if is_own_group {
            self.command.process_group(0);
        }
        let spawned = self.command.spawn();
        let mut child = spawned.map_err(|error| self.unstarted(&shown, &error))?;
        let running = is_own_group.then(|| Running::new(&child));
        let status = child.wait();
        drop(running);
        check_stopped(&self.doing)?;
        status.map_err(|error| Failure::io(&self.doing, &error))
    }

    /// Replaces this process by the tool, which inherits the standard streams. Returns only if
    /// that fails.
    pub fn exec(mut self) -> Failure {
        if let Err(failure) = check_stopped(&self.doing) {
            return failure;
        }
        let shown = self.shown();
        let error = self.command.exec();
        self.unstarted(&shown, &error)
    }

    fn unstarted(&self, shown: &str, error: &std::io::Error) -> Failure {
        Failure::toolchain(
            &self.doing,
            format!("{} cannot be started: {error}: {shown}", self.tool),
            "check that the file exists and is executable; `pygo doctor` lists the tools it finds",
        )
    }

    fn shown(&self) -> String {
        let mut words: Vec<String> = Vec::new();
        if let Some(dir) = self.command.get_current_dir() {
            words.push(format!("cd {} &&", shell_line([dir])));
        }
        let variable = |(name, value): (&OsString, &OsString)| {
            format!("{}={}", name.display(), shell_line([value]))
        };
        words.extend(self.own.iter().map(variable));
        words.push(shell_line(
            [self.command.get_program()].into_iter().chain(self.command.get_args()),
        ));
        words.join(" ")
    }

    fn write_log(&self, shown: &str, stdout: &str, stderr: &str, status: ExitStatus) -> Result<()> {
        let Some(path) = &self.log else { return Ok(()) };
        let write = || -> std::io::Result<()> {
            if let Some(parent) = path.parent() {
                fs_err::create_dir_all(parent)?;
            }
            let mut file = fs_err::OpenOptions::new().create(true).append(true).open(path)?;
            let text = format!("$ {shown}\n{stdout}{stderr}({status})\n");
            file.write_all(without_passwords(&text).as_bytes())
        };
        write().map_err(|error| Failure::io(format!("{}: writing the log", self.doing), &error))
    }
}

impl Finished {
    /// A failure with this call's purpose and log. If the tool reported a full disk, that becomes
    /// the reason, whatever the caller suspected.
    pub fn failure(
        &self,
        kind: Kind,
        found: impl Into<String>,
        help: impl Into<String>,
    ) -> Failure {
        let mut failure = Failure::new(kind, &self.doing, found, help);
        if let Some(line) = self.disk_full() {
            failure.kind = Kind::Output;
            failure.help = "free some space, or set PYGO_CACHE_DIR (and GOCACHE, for Go's build \
                            cache) to another place"
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

    /// The line that reports a full disk.
    fn disk_full(&self) -> Option<&str> {
        let reports = |line: &&str| {
            let line = line.to_ascii_lowercase();
            DISK_FULL.iter().any(|text| line.contains(text))
                || DISK_FULL_ENDS.iter().any(|text| line.trim_end().ends_with(text))
        };
        self.stderr.lines().chain(self.stdout.lines()).find(reports).map(str::trim)
    }

    /// The end of the standard error, or of the standard output if the former is empty.
    pub fn last_words(&self) -> String {
        if self.stderr.trim().is_empty() { tail(&self.stdout) } else { tail(&self.stderr) }
    }
}

fn read_all(pipe: Option<impl Read>) -> String {
    let mut bytes = Vec::new();
    // What arrived before a broken pipe is all we can have.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Call {
        let environment =
            [("KEPT", "kept"), ("CHANGED", "old"), ("CPATH", "x")].into_iter().collect();
        Call::new(&environment, "sh", Path::new("/bin/sh"), "testing").args(["-c", script])
    }

    #[test]
    fn both_streams_and_the_exit_code_are_returned() {
        let finished = shell("cat; echo err >&2; exit 3").input("in").finish().unwrap();
        assert_eq!((finished.stdout.as_str(), finished.stderr.as_str()), ("in", "err\n"));
        assert_eq!(finished.status.code(), Some(3));
    }

    #[test]
    fn a_tool_gets_the_snapshot_and_the_variables_of_the_call() {
        let call = shell("echo $KEPT $CHANGED $ADDED ${CPATH-unset} ${CARGO-unset}");
        let call = call.without_host_libraries().envs([("CHANGED", "new"), ("ADDED", "added")]);
        assert_eq!(call.finish().unwrap().stdout, "kept new added unset unset\n");
    }

    #[test]
    fn a_full_disk_is_reported_for_any_tool() {
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
}
