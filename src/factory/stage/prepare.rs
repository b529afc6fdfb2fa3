//! Prepare: the project's own commands run before Go, in a copy of the project for one slice.
//!
//! What a command reads is unknown, so it runs every time, and what it wrote decides: the library or
//! program is built in the copy, and all files there that Go may read, or that a command changed,
//! are in its fingerprint.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

use fs_err as fs;

use super::WorkDir;
use super::go_command::quoted;
use crate::error::{Failure, Kind, Result};
use crate::factory::event::Stage;
use crate::factory::fingerprint::Hasher;
use crate::factory::flow::{Input, Io};
use crate::factory::staging;
use crate::process::{Call, Environment};
use crate::project::{Entry, EntryKind, GoPackage, sources};
use crate::relative_path::{clean, relative_path_to};
use crate::target::Slice;
use crate::toolchain::{Driver, Go};

/// Runs the commands of one part for one slice.
pub(in crate::factory) struct Prepare<'a> {
    pub(in crate::factory) package: &'a GoPackage,
    /// The project.
    pub(in crate::factory) root: &'a Path,
    /// All files of the project.
    pub(in crate::factory) sources: &'a [Entry],
    /// The names of those that Go may read.
    pub(in crate::factory) go_sources: BTreeSet<PathBuf>,
    /// The directories of modules outside the project, which go.mod or go.work names.
    pub(in crate::factory) outside: Vec<PathBuf>,
    pub(in crate::factory) slice: Slice,
    pub(in crate::factory) go: &'a Go,
    /// The C compiler, and its fingerprint, if the part has C.
    pub(in crate::factory) cc: Option<(Driver, String)>,
    /// The environment of the run.
    pub(in crate::factory) inherited: &'a Environment,
    /// The part of it that Go, cgo and the compiler react to.
    pub(in crate::factory) environment: BTreeMap<String, String>,
    /// Download no modules.
    pub(in crate::factory) offline: bool,
    pub(in crate::factory) dir: WorkDir,
}

/// A copy of the project after its commands ran.
#[derive(Debug, Clone)]
pub(in crate::factory) struct Prepared {
    /// The copy.
    pub(in crate::factory) root: PathBuf,
    /// The Go package in it.
    pub(in crate::factory) package: GoPackage,
    /// The files that Go may read and those that a command changed: name and place.
    pub(in crate::factory) sources: Vec<(String, PathBuf)>,
}

/// How many directories up `way` leads.
fn steps_up(way: &Path) -> usize {
    way.components().filter(|part| *part == Component::ParentDir).count()
}

/// Commands of Go that run what they build. They build it for this machine.
const FOR_THIS_MACHINE: &[&str] = &["generate", "run", "tool"];

/// What is left out of the copy: object files of a build in the author's tree may be for another
/// system, and make would take them for current.
const OBJECTS: &[&str] = &["o", "lo", "obj"];

impl Prepare<'_> {
    /// The variables that select what a command builds for.
    fn target(&self, doing: &str) -> Result<Vec<(&'static str, OsString)>> {
        let mut env: Vec<(_, OsString)> =
            self.slice.go_env().map(|(name, value)| (name, value.into())).collect();
        env.push(("CGO_ENABLED", if self.cc.is_some() { "1" } else { "0" }.into()));
        if let Some((driver, _)) = &self.cc {
            for (name, path) in [("CC", &driver.cc), ("CXX", &driver.cxx)] {
                env.push((name, quoted(&path.display().to_string(), doing)?.into()));
            }
            let tools = [("AR", &driver.ar), ("RANLIB", &driver.ranlib)];
            env.extend(tools.into_iter().map(|(name, path)| (name, path.clone().into())));
            env.extend(driver.env.iter().map(|(name, path)| (*name, path.clone().into())));
        }
        Ok(env)
    }

    fn call(&self, words: &[String], package: &GoPackage, doing: &str) -> Result<Call> {
        let (program, args) = words.split_first().map_or(("", &[][..]), |(p, a)| (p.as_str(), a));
        let is_go = program == "go";
        let mut call = if is_go {
            self.go.call(doing)
        } else {
            let exe = if program.contains('/') {
                package.dir.join(program)
            } else {
                PathBuf::from(program)
            };
            Call::new(self.inherited, program, &exe, doing).without_host_libraries()
        };
        let mut path =
            self.go.found.path.parent().map(Path::to_owned).into_iter().collect::<Vec<_>>();
        path.extend(self.inherited.get("PATH").into_iter().flat_map(std::env::split_paths));
        if let Ok(path) = std::env::join_paths(path) {
            call = call.envs([("PATH", path)]);
        }
        let runs_here = args.first().is_some_and(|verb| FOR_THIS_MACHINE.contains(&verb.as_str()));
        if !(is_go && runs_here) {
            call = call.envs(self.target(doing)?);
        }
        if package.go_mod.is_none() {
            call = call.envs([("GOWORK", "off")]);
        }
        if self.offline {
            call = call.envs([("GOPROXY", "off")]);
        }
        let call = call.envs([("PYGO_TARGET", self.slice.name())]).envs(self.dir.env());
        Ok(call.args(args).dir(&package.dir))
    }

    /// Copies the project. Times stay, because make compares them.
    fn copy(&self, io: &Io<'_>) -> Result<PathBuf> {
        let is_object = |entry: &Entry| {
            let extension = entry.path.extension().and_then(|extension| extension.to_str());
            matches!(entry.kind, EntryKind::File { .. })
                && !self.package.c.contain(&entry.path)
                && extension.is_some_and(|extension| OBJECTS.contains(&extension))
        };
        let copied: Vec<Entry> =
            self.sources.iter().filter(|entry| !is_object(entry)).cloned().collect();
        // As many directories above the copy as the way to the farthest module leads up, of the
        // same names.
        let outside = self.all_outside();
        let up = outside.iter().map(|(way, _)| steps_up(way)).max().unwrap_or(0);
        let names: Vec<_> = self.root.components().rev().take(up).collect();
        let into = self.dir.own.join("prepared").join(names.into_iter().rev().collect::<PathBuf>());
        let root = staging::stage(self.inherited, self.root, &copied, &into, io.log)?;
        for entry in &copied {
            if let EntryKind::File { .. } = entry.kind {
                let time = fs::metadata(&entry.source).and_then(|metadata| metadata.modified());
                let file = fs::OpenOptions::new().append(true).open(root.join(&entry.path));
                if let (Ok(time), Ok(file)) = (time, file) {
                    // Where a file system cannot, make builds more than it has to.
                    let _ = file.set_modified(time);
                }
            }
        }
        let failed = |error| Failure::io("copying the project", &error);
        let root = fs::canonicalize(&root).map_err(failed)?;
        for (way, place) in outside {
            let link = clean(&root.join(way));
            if !link.exists() {
                link.parent().map_or(Ok(()), fs::create_dir_all).map_err(failed)?;
                fs::os::unix::fs::symlink(place, &link).map_err(failed)?;
            }
        }
        Ok(root)
    }

    /// What Go reads outside the project, by a relative path of go.mod or go.work: the way there
    /// from the project, and the place. In the copy, the same way leads to a link.
    fn all_outside(&self) -> Vec<(PathBuf, PathBuf)> {
        let mut above = self.root.ancestors().skip(1).map(|dir| dir.join("go.work"));
        let work = above.find(|file| file.is_file());
        let work = work.filter(|_| self.inherited.get("GOWORK").is_none());
        let sum = work.as_ref().map(|file| file.with_extension("work.sum"));
        let files = work.into_iter().chain(sum.filter(|file| file.is_file()));
        let mut all: Vec<PathBuf> = self.outside.iter().cloned().chain(files).collect();
        // A module before those below it.
        all.sort();
        all.into_iter().map(|place| (relative_path_to(self.root, &place), place)).collect()
    }

    /// The files that Go may read, and those that a command changed.
    fn read(&self, root: &Path) -> Result<Vec<(String, PathBuf)>> {
        let before: BTreeMap<&Path, &Path> = self
            .sources
            .iter()
            .map(|entry| (entry.path.as_path(), entry.source.as_path()))
            .collect();
        let state = |path: &Path| {
            let metadata = fs::metadata(path).ok()?;
            Some((metadata.len(), metadata.modified().ok()?))
        };
        let entries = sources(root, None)?.into_iter();
        let counts = |entry: &Entry| {
            let is_same = || {
                before
                    .get(entry.path.as_path())
                    .is_some_and(|old| state(old) == state(&entry.source))
            };
            entry.source.is_file() && (self.go_sources.contains(&entry.path) || !is_same())
        };
        Ok(entries
            .filter(counts)
            .map(|entry| (entry.path.to_string_lossy().into_owned(), entry.source))
            .collect())
    }
}

impl Input for Prepare<'_> {
    const STAGE: Stage = Stage::Prepare;
    type Output = Prepared;

    fn feed(&self, into: &mut Hasher) -> Result<()> {
        let Self { package, sources, slice, go, cc, environment, .. } = self;
        let Self { root: _, go_sources: _, inherited: _, offline: _, dir: _, outside: _, .. } =
            self;
        let ways: Vec<_> = self.all_outside().into_iter().map(|(way, _)| way).collect();
        into.value("outside", &ways)?;
        into.value("package", &(&package.name, &package.go_dir, package.go_mod.is_some()))?;
        into.value("commands", &package.before)?;
        into.value("slice", &slice.name())?;
        into.value("environment", environment)?;
        into.value("go", &go.found.fingerprint())?;
        into.value("compiler", &cc.as_ref().map(|(_, fingerprint)| fingerprint))?;
        for entry in *sources {
            into.value("entry", &(&entry.path, format!("{:?}", entry.kind)))?;
            if matches!(entry.kind, EntryKind::File { .. }) {
                into.file("content", &entry.source)?;
            }
        }
        Ok(())
    }

    /// # Errors
    /// A command that cannot be started or fails, with its exit status and its last words.
    fn run(self, io: &Io<'_>) -> Result<Prepared> {
        let root = self.copy(io)?;
        let Some(mut package) = self.package.in_copy(self.root, &root) else {
            return Err(Failure::project(
                format!("preparing to run the commands of `before` for {}", self.package.name),
                "its go.mod is outside the project, and the commands run in a copy of the project",
                "move go.mod into the project, or run the commands yourself and remove `before`",
            ));
        };
        for words in &self.package.before {
            let shown = words.join(" ");
            let doing = format!("running `{shown}` of `before` for {}", self.slice.name());
            let finished = self.call(words, &package, &doing)?.log(io.log).finish()?;
            if !finished.status.success() {
                return Err(finished.failure(
                    Kind::Build,
                    format!("{}: {}", finished.status, finished.last_words()),
                    format!(
                        "fix the command; it ran without a shell in {} of a copy of the project; \
                         the log lists its variables",
                        match self.package.go_dir.as_os_str().is_empty() {
                            true => Path::new(".").display(),
                            false => self.package.go_dir.display(),
                        }
                    ),
                ));
            }
        }
        let made = package.dir.join("go.mod");
        if package.go_mod.is_none() && made.is_file() {
            package.go_mod = Some(made);
        }
        Ok(Prepared { sources: self.read(&root)?, package, root })
    }
}
