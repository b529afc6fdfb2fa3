//! Runs the command the way a user does.
//!
//! A [`Test`] is a project in a temporary directory, a command line, and the expected output:
//!
//! ```ignore
//! Test::hello().write("config.json", "{").fails(3, "reading config.json\n  found: ...");
//! ```

use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

pub struct Test {
    dir: TempDir,
    args: Vec<String>,
    env: Vec<(String, OsString)>,
}

pub struct Finished {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Test {
    /// An empty directory.
    pub fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap(), args: vec!["matrix".into()], env: Vec::new() }
    }

    /// The project of `example/hello`.
    pub fn hello() -> Self {
        Self::new()
            .write("config.json", include_str!("../../example/hello/config.json"))
            .write("setup.py", include_str!("../../example/hello/setup.py"))
            .write("example/__init__.py", "")
            .write("example/go/main.go", include_str!("../../example/hello/example/go/main.go"))
    }

    /// `example/hello` with another config.json.
    pub fn config(json: &str) -> Self {
        Self::hello().write("config.json", json)
    }

    /// `example/hello` with other signatures.
    pub fn signatures(signatures: &[&str]) -> Self {
        Self::config(&format!(
            "{{\"package\": \"example\", \"extension\": \"_example\", \"library\": \"hello\", \"signatures\": {signatures:?}}}"
        ))
    }

    /// A project described by pyproject.toml.
    pub fn pyproject(toml: &str) -> Self {
        Self::new()
            .write("pyproject.toml", toml)
            .write("example/__init__.py", "")
            .write("example/go/main.go", include_str!("../../example/hello/example/go/main.go"))
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn write(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.dir.path().join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, content).unwrap();
        self
    }

    /// A shell script that replaces a tool.
    pub fn script(self, path: &str, script: &str) -> Self {
        let this = self.write(path, format!("#!/bin/sh\n{script}\n"));
        let file = this.dir.path().join(path);
        fs_err::set_permissions(file, std::fs::Permissions::from_mode(0o755)).unwrap();
        this
    }

    /// A shell script that comes before a program of the same name on `PATH`.
    pub fn program(self, name: &str, script: &str) -> Self {
        let bin = self.dir.path().join("own-bin");
        let rest = path_without_toolchain();
        let path = std::iter::once(bin).chain(std::env::split_paths(&rest));
        let path = std::env::join_paths(path).unwrap();
        self.script(&format!("own-bin/{name}"), script).env("PATH", path)
    }

    pub fn link(self, path: &str, target: &str) -> Self {
        fs_err::os::unix::fs::symlink(target, self.dir.path().join(path)).unwrap();
        self
    }

    pub fn remove(self, path: &str) -> Self {
        let path = self.dir.path().join(path);
        if path.is_dir() { fs_err::remove_dir_all(path) } else { fs_err::remove_file(path) }
            .unwrap();
        self
    }

    pub fn args(mut self, args: &[&str]) -> Self {
        self.args = args.iter().map(ToString::to_string).collect();
        self
    }

    pub fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.env.push((name.to_owned(), value.into()));
        self
    }

    /// The command in the project's directory, with neither Go nor zig on PATH.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pygo"));
        let replaced = |name: &str| {
            name.starts_with("PYGO_")
                || name.starts_with("GO")
                || name.starts_with("ZIG")
                || name == "CI"
        };
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(replaced)
                || name == "GITHUB_ACTIONS"
                || name == "VIRTUAL_ENV"
            {
                command.env_remove(name);
            }
        }
        command
            .args(&self.args)
            .current_dir(self.dir.path())
            .env("PATH", path_without_toolchain())
            .env("PYGO_CACHE_DIR", shared_cache())
            .env("NO_COLOR", "1")
            .envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }

    pub fn run(&self) -> Finished {
        let output = self.command().output().unwrap();
        let text = |bytes: Vec<u8>| {
            let text = String::from_utf8(bytes).unwrap();
            text.replace(&self.dir.path().canonicalize().unwrap().display().to_string(), "[ROOT]")
                .replace(&self.dir.path().display().to_string(), "[ROOT]")
                .replace(&shared_cache().display().to_string(), "[CACHE]")
        };
        Finished {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    /// Expects exactly this failure, and no wheel.
    #[track_caller]
    pub fn fails(self, code: i32, message: &str) {
        let done = self.run();
        assert_eq!(done.stderr.trim_end(), format!("error: {}", message.trim()));
        self.left_nothing(&done, code);
    }

    /// Expects a failure whose message contains these parts, and no wheel.
    #[track_caller]
    pub fn fails_with(self, code: i32, parts: &[&str]) {
        let done = self.run();
        let at =
            done.stderr.find("error: ").unwrap_or_else(|| panic!("no error:\n{}", done.stderr));
        for part in parts {
            assert!(done.stderr[at..].contains(part), "no `{part}` in:\n{}", done.stderr);
        }
        self.left_nothing(&done, code);
    }

    #[track_caller]
    fn left_nothing(&self, done: &Finished, code: i32) {
        assert_eq!(done.code, Some(code), "{}", done.stderr);
        assert_eq!(done.stdout, "");
        let left: Vec<PathBuf> = match fs_err::read_dir(self.dir.path().join("dist")) {
            Ok(entries) => entries.map(|entry| entry.unwrap().path()).collect(),
            Err(_) => Vec::new(),
        };
        assert!(left.is_empty(), "left in dist: {left:?}");
    }
}

/// The cache that all tests share, so that tools are downloaded once.
pub fn shared_cache() -> PathBuf {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("target");
    std::env::var_os("PYGO_TEST_CACHE").map_or_else(|| target.join("pygo-cache"), PathBuf::from)
}

/// `PATH` without the directories that contain go or zig.
pub fn path_without_toolchain() -> OsString {
    let path = std::env::var_os("PATH").unwrap();
    let has_none = |dir: &PathBuf| ["go", "zig"].iter().all(|tool| !dir.join(tool).exists());
    std::env::join_paths(std::env::split_paths(&path).filter(has_none)).unwrap()
}
