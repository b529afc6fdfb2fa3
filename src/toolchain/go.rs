//! The Go that builds, and the one way to call it.
//!
//! The output is a function of the sources: no variable of the user may substitute another Go,
//! another processor or this machine's C libraries for what the wheel's tag promises. Variables
//! that say where modules come from and how code is compiled (`GOPROXY`, `GOFLAGS`, `CGO_CFLAGS`)
//! do apply.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::answers::is_binary;
use super::cache::Cache;
use super::locate::Program;
use super::python::Host;
use super::tool::{Found, Lookup, Tool};
use super::version::Version;
use crate::error::{Failure, Kind, Result};
use crate::process::{Call, Environment, Finished, may_write_into};

/// How Go is located. Shared libraries of an older Go cannot be built for every target.
pub(super) const GO: Program = Program {
    tool: Tool::Go,
    min: Version::new(1, 21, 0),
    in_package: "go/bin/go",
    // Otherwise it follows the go.mod around the current directory.
    version: |environment, exe, doing| call(environment, exe, doing).args(["version"]).envs(LOCAL),
};

/// Makes Go answer for itself, and not for a version that it could download.
const LOCAL: [(&str, &str); 2] = [("GOTOOLCHAIN", "local"), ("GOENV", "off")];

/// The Go that builds.
#[derive(Debug, Clone)]
pub struct Go {
    /// The program and its version.
    pub found: Found,
    dirs: Vec<(&'static str, PathBuf)>,
    environment: Environment,
    settings: BTreeMap<String, String>,
    modules: PathBuf,
    cache: Cache,
}

/// Variables that the user may also set with `go env -w`.
const SETTINGS: [&str; 7] = [
    "GOFLAGS",
    "CGO_CPPFLAGS",
    "CGO_CFLAGS",
    "CGO_CXXFLAGS",
    "CGO_FFLAGS",
    "CGO_LDFLAGS",
    "PKG_CONFIG",
];

impl Go {
    /// Locates Go, and the program in its GOROOT: the `go` on `PATH` may be a script around that,
    /// which a build would start thousands of times.
    pub(super) fn locate(lookup: &Lookup, host: &Host) -> Result<Self> {
        let environment = host.environment.clone();
        let mut found = GO
            .locate(lookup, host, |found| {
                check_modules(&environment, &host.cache, found, &lookup.go_dirs)
            })
            .map_err(variable_at_fault)?;
        let mut dirs = Vec::new();
        if let Some(root) = root(&environment, &host.cache, &found.path)? {
            found.path = root.join("bin/go");
            // Overrides a GOROOT set with `go env -w`.
            dirs.push(("GOROOT", root));
        }
        let mut this = Self {
            found,
            dirs,
            environment,
            settings: BTreeMap::new(),
            modules: PathBuf::new(),
            cache: host.cache.clone(),
        };
        let names = ["GOCACHE", "GOPATH", "GOMODCACHE"].into_iter().chain(SETTINGS);
        let args: Vec<_> = ["env", "-json"].into_iter().chain(names).collect();
        let call = this.call("asking Go for its caches").envs([("GOTOOLCHAIN", "local")]);
        let question = Question {
            environment: &this.environment,
            exe: &this.found.path,
            args: &args,
            dir: Path::new("/"),
            offline: false,
        };
        let printed = question.ask(&this.cache, call)?.stdout;
        this.settings = serde_json::from_str(&printed).unwrap_or_default();
        let [build, path, modules] = ["GOCACHE", "GOPATH", "GOMODCACHE"]
            .map(|name| PathBuf::from(this.settings.remove(name).unwrap_or_default()));
        // Without a home directory that is writable, Go can neither compile nor download.
        if !is_place(&build) {
            this.dirs.push(("GOCACHE", host.cache.dir("go/build")?));
        }
        // A list, of which Go writes to the first.
        let has_path = std::env::split_paths(&path).next().is_some_and(|dir| is_place(&dir));
        if !has_path {
            this.dirs.push(("GOPATH", host.cache.dir("go/path")?));
        }
        // One that can only be read still has the modules that an image came with.
        let has_modules = is_place(&modules) || modules.join("cache/download").is_dir();
        match (has_modules, has_path) {
            (true, true) => {}
            (true, false) => this.dirs.push(("GOMODCACHE", modules.clone())),
            (false, _) => this.dirs.push(("GOMODCACHE", host.cache.dir("go/path/pkg/mod")?)),
        }
        let replaced = this.dirs.iter().find(|(name, _)| *name == "GOMODCACHE");
        this.modules = replaced.map_or(modules, |(_, dir)| dir.clone());
        Ok(this)
    }

    /// The directory of downloaded modules.
    pub fn modules(&self) -> &Path {
        &self.modules
    }

    /// The file in which `go env -w` keeps settings.
    pub fn settings_file(&self) -> Option<PathBuf> {
        settings_file(&self.environment)
    }

    /// The value of `name`, a variable for flags or PKG_CONFIG: that of the environment or of
    /// `go env -w`, or else Go's default.
    pub fn setting(&self, name: &str) -> &str {
        self.settings.get(name).map_or("", String::as_str)
    }

    /// All of these variables.
    pub fn settings(&self) -> &BTreeMap<String, String> {
        &self.settings
    }

    /// A call of it.
    pub fn call(&self, doing: impl Into<String>) -> Call {
        let dirs = self.dirs.iter().map(|(name, dir)| (name, dir));
        call(&self.environment, &self.found.path, doing).envs(dirs)
    }

    /// A call of the program `exe` that Go would run, such as pkg-config.
    pub fn tool(&self, exe: &Path, doing: &str) -> Call {
        let name = exe.file_name().unwrap_or(exe.as_os_str()).to_string_lossy();
        Call::new(&self.environment, &name, exe, doing).without_host_libraries()
    }

    /// The version that Go uses in `dir`, where a `go.mod` may ask for a newer one, which Go then
    /// downloads.
    ///
    /// # Errors
    /// Go's own message, for instance if it cannot download the newer version.
    pub fn version_in(&self, dir: &Path, offline: bool) -> Result<Version> {
        let call = self
            .call(format!("asking Go which version it uses in {}", dir.display()))
            .envs(offline.then_some(("GOPROXY", "off")));
        let question = Question {
            environment: &self.environment,
            exe: &self.found.path,
            args: &["env", "GOVERSION"],
            dir,
            offline,
        };
        let finished = match question.ask(&self.cache, call)? {
            Answered { finished: None, stdout } => {
                return Version::find_in(&stdout).ok_or_else(|| {
                    let doing = "reading what Go said about its version";
                    Failure::toolchain(doing, stdout, "build with --no-cache")
                });
            }
            Answered { finished: Some(finished), .. } => finished,
        };
        let version = Version::find_in(&finished.stdout);
        version.filter(|_| finished.status.success()).ok_or_else(|| {
            finished.failure(
                Kind::Toolchain,
                finished.last_words(),
                "let Go download the version that go.mod asks for, or name one with --go or \
                 PYGO_GO",
            )
        })
    }
}

/// Every Go refuses a variable that it cannot read, so another Go is no help.
fn variable_at_fault(failure: Failure) -> Failure {
    let Some(name) = ["GOFLAGS", "GOEXPERIMENT"].iter().find(|name| failure.found.contains(*name))
    else {
        return failure;
    };
    let help =
        format!("correct or unset {name}, in the environment or with `pygo go env -u {name}`");
    Failure { kind: Kind::Usage, help, ..failure }
}

/// Whether Go can keep files in `dir`.
fn is_place(dir: &Path) -> bool {
    dir.is_absolute() && may_write_into(dir)
}

/// Checks that the Go `found` can build the modules around `dirs`: their go.mod, or a go.work, may
/// require a newer Go, which this one may be unable or forbidden to download.
fn check_modules(
    environment: &Environment,
    cache: &Cache,
    found: &Found,
    dirs: &[PathBuf],
) -> Result<()> {
    for dir in dirs {
        let doing = format!("choosing a Go for {}", dir.display());
        // Reads go.mod, and nothing that needs a network or a complete module.
        let args = &["list", "-m"];
        let exe = &found.path;
        let question = Question { environment, exe, args, dir, offline: false };
        let call = call(environment, exe, doing);
        let Some(listed) = question.ask(cache, call)?.finished else { continue };
        let is_cause = |line: &&str| NEWER_GO.iter().any(|text| line.contains(text));
        if let Some(line) = listed.stderr.lines().find(is_cause) {
            let message = line.trim().trim_start_matches("go: ");
            let found = format!("{}: {message}", found.path.display());
            return Err(listed.failure(Kind::Toolchain, found, NEWER_GO_HELP));
        }
    }
    Ok(())
}

/// What Go prints if a module requires a newer one and Go may not or cannot download it.
const NEWER_GO: &[&str] = &["(running go", "go: download go", "toolchain not available"];

const NEWER_GO_HELP: &str = "unset GOTOOLCHAIN, so that Go downloads the version that go.mod asks \
                             for, name a newer Go with --go or PYGO_GO, or lower the `go` line";

/// A call of the Go `exe`, whichever it is.
fn call(environment: &Environment, exe: &Path, doing: impl Into<String>) -> Call {
    Call::new(environment, "go", exe, doing)
        .without_envs(["GOROOT", "GOTOOLDIR"])
        .without_host_libraries()
}

/// The root of the distribution that the Go `exe` belongs to, if it has one.
fn root(environment: &Environment, cache: &Cache, exe: &Path) -> Result<Option<PathBuf>> {
    let (args, dir) = (&["env", "GOROOT"], Path::new("/"));
    let question = Question { environment, exe, args, dir, offline: false };
    let call = call(environment, exe, "asking Go for its GOROOT").envs(LOCAL);
    let answered = question.ask(cache, call)?;
    let success = answered.finished.is_none_or(|finished| finished.status.success());
    let root = PathBuf::from(answered.stdout.trim());
    let complete = success && root.is_absolute() && root.join("bin/go").exists();
    Ok(complete.then_some(root))
}

/// The file in which `go env -w` keeps settings.
fn settings_file(environment: &Environment) -> Option<PathBuf> {
    match environment.get("GOENV") {
        Some(file) if file == "off" => None,
        Some(file) => Some(PathBuf::from(file)),
        None => {
            let named = environment.get("XDG_CONFIG_HOME").map(PathBuf::from);
            let home = environment.get("HOME").map(|home| Path::new(home).join(".config"));
            Some(named.or(home)?.join("go/env"))
        }
    }
}

/// A question to Go that does not change anything.
struct Question<'a> {
    environment: &'a Environment,
    exe: &'a Path,
    args: &'a [&'a str],
    dir: &'a Path,
    offline: bool,
}

/// What Go printed, and the call that printed it unless that was in an earlier run.
struct Answered {
    stdout: String,
    finished: Option<Finished>,
}

impl Question<'_> {
    /// Asks with `call`, which lacks only the arguments and the directory. A successful answer is
    /// kept while Go, its settings and the modules around the directory stay the same.
    fn ask(&self, cache: &Cache, call: Call) -> Result<Answered> {
        let Self { environment, exe, args, dir, offline } = *self;
        let variables =
            environment.select(&["GO*", "CGO_*", "PKG_CONFIG", "HOME", "XDG_*", "PATH"]);
        let question = ("go", exe, args, dir, offline, variables);
        if let Some(stdout) = cache.recall(&question) {
            return Ok(Answered { stdout, finished: None });
        }
        let asked = cache.clock();
        let finished = call.args(args).dir(dir).finish()?;
        if finished.status.success() && is_binary(exe) {
            let root = fs_err::canonicalize(exe).unwrap_or_else(|_| exe.to_owned());
            let root = root.ancestors().nth(2).unwrap_or(Path::new("/")).to_owned();
            let around = dir.ancestors().flat_map(|dir| ["go.mod", "go.work"].map(|n| dir.join(n)));
            let workspace = environment.get("GOWORK").map(PathBuf::from);
            let about = [exe.to_owned(), root.join("VERSION"), root.join("go.env")]
                .into_iter()
                .chain(settings_file(environment))
                .chain(around)
                .chain(workspace.filter(|path| path.is_absolute()));
            cache.keep(&question, about.collect(), &finished.stdout, asked);
        }
        Ok(Answered { stdout: finished.stdout.clone(), finished: Some(finished) })
    }
}
