//! `pygo toolchain warm`: compiles what every project needs before there is a project.
//!
//! In: targets. Out: the caches of Go and zig with Go's standard library, compiled as libraries and
//! programs need it, and with each target's C runtime. It builds the project that `pygo new` writes,
//! which imports every package of the standard library, in a temporary directory; the wheels are
//! thrown away.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;
use std::time::Instant;

use clap::Args;

use super::build_args::NativeArgs;
use super::choice::names;
use super::matrix::{build, plan, ready};
use super::tool_args::ToolArgs;
use super::verdict::verdict;
use super::written::Written;
use crate::error::{Failure, Kind, Result};
use crate::process::Environment;
use crate::report::{Detail, Progress, seconds, tell};
use crate::target::Slice;
use crate::template::{self, Binding, File, NewName};
use crate::toolchain::{Cache, Lookup, Tools};

/// Compile ahead of time what every project needs, for images and CI
///
/// Fills Go's cache with its standard library, and zig's with the C runtime of each target, so that
/// a project's first build compiles only the project and its modules. Downloads the tools that this
/// takes. Go removes files that were not used for five days; outputs of earlier builds are neither
/// used nor kept.
#[derive(Debug, Args)]
pub(super) struct Warm {
    /// Comma-separated targets, as for `pygo matrix`; a wheel tag
    /// (`manylinux_2_28_x86_64`) names the minimum version, too
    #[arg(long, value_name = "LIST", allow_hyphen_values = true)]
    targets: Option<String>,
    /// Also compile C++'s standard library for projects with C++
    #[arg(long)]
    cxx: bool,
    /// Also compile Go's standard library for programs, which contain no C
    #[arg(long)]
    program: bool,
    #[command(flatten)]
    tools: ToolArgs,
}

/// A project to build.
struct Sample {
    dir: PathBuf,
    /// The directory of its Go code.
    go: PathBuf,
    /// Whether Go compiles C.
    cgo: bool,
}

const NAME: &str = "warm";

/// What makes zig compile C++'s standard library.
const CXX: &str = "#include <string>\n\n\
                   extern \"C\" int pygo_warm(const char *text) { return std::string(text).size(); }\n";

impl Warm {
    pub(super) fn run(self, environment: &Environment, detail: Detail) -> Result<ExitCode> {
        let start = Instant::now();
        let work = Cache::new(environment)?.temporary("warm")?;
        let lookup = Lookup { rebuild: true, ..self.tools.lookup(environment) };
        let mut samples = vec![self.library(&work.path().join("library"))?];
        if self.program {
            samples.push(program(&work.path().join("program"))?);
        }
        let mut warmed = String::new();
        for sample in &samples {
            let native = NativeArgs::of(sample.dir.clone(), self.tools.clone());
            let out_dir = work.path().join("dist");
            let targets = self.targets.as_deref();
            let plan = || plan(environment, &native, targets, &out_dir, |options| options);
            sample.import(environment, lookup.clone(), detail, &plan()?.slices)?;
            let plan = plan()?;
            ready(&out_dir)?;
            let built = build(environment, lookup.clone(), detail, &plan, None)?;
            if let Some(kind) = verdict(environment, &sample.dir, &built.results.outcomes) {
                return Ok(ExitCode::from(kind.exit_code()));
            }
            warmed = names(plan.targets());
        }
        if detail != Detail::Quiet {
            tell(format_args!("ready to build for {warmed} in {}", seconds(start.elapsed())));
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Writes a project with a library.
    fn library(&self, dir: &Path) -> Result<Sample> {
        let name: NewName = named()?;
        let kind = template::Kind::Pyproject;
        let go = format!("{}/go", kind.package_dir(&name));
        let mut files = template::files(&name, kind, Binding::Cffi);
        if self.cxx {
            let path = format!("{go}/warm.cpp");
            files.push(File { path, text: CXX.to_owned(), may_exist: false });
        }
        write(dir, &files)?;
        Ok(Sample { dir: dir.to_owned(), go: dir.join(go), cgo: true })
    }
}

/// Writes a project with a program in `dir`.
fn program(dir: &Path) -> Result<Sample> {
    write(dir, &template::program_files(&named()?, NAME, None, true))?;
    Ok(Sample { dir: dir.to_owned(), go: dir.to_owned(), cgo: false })
}

/// The projects' name, where a type says what a name is.
fn named<T: FromStr<Err: Display>>() -> Result<T> {
    NAME.parse().map_err(|error: T::Err| {
        Failure::project("naming a project", error.to_string(), "report this bug")
    })
}

fn write(dir: &Path, files: &[File]) -> Result<()> {
    Written::default().write(dir, files, "writing a project to build")
}

impl Sample {
    /// Adds a Go file for each of `slices` that imports the standard library.
    fn import(
        &self,
        environment: &Environment,
        lookup: Lookup,
        detail: Detail,
        slices: &[Slice],
    ) -> Result<()> {
        let progress = Progress::new(environment, detail, &[]);
        let tools =
            Tools::new(environment, lookup, move |download| progress.downloading(&download));
        let mut files = Vec::new();
        for slice in slices {
            // Go reads a file with these endings for this platform alone.
            let path = format!("std_{}_{}.go", slice.os.goos, slice.arch.goarch);
            if files.iter().any(|file: &File| file.path == path) {
                continue;
            }
            let packages = tools
                .go()?
                .call("listing Go's standard library")
                .args(["list", "std"])
                .envs(slice.go_env())
                .envs([("CGO_ENABLED", if self.cgo { "1" } else { "0" })])
                .dir(&self.go)
                .run(Kind::Toolchain, "check that `pygo go list std` works")?;
            let imports: String = packages
                .stdout
                .lines()
                .filter(|package| is_importable(package))
                .map(|package| format!("\t_ \"{package}\"\n"))
                .collect();
            let text = format!("package main\n\nimport (\n{imports})\n");
            files.push(File { path, text, may_exist: false });
        }
        write(&self.go, &files)
    }
}

/// Whether projects import `package`: not what is internal, not what belongs to a sanitizer, and not `plugin`,
/// which zig cannot link for macOS.
fn is_importable(package: &str) -> bool {
    let is_own = |part| matches!(part, "internal" | "vendor" | "race" | "msan" | "asan" | "plugin");
    !package.is_empty() && !package.split('/').any(is_own)
}

#[cfg(test)]
mod tests {
    use super::is_importable;

    #[test]
    fn only_what_projects_import_is_compiled() {
        for package in ["net/http", "runtime/cgo", "unsafe", "crypto/sha256"] {
            assert!(is_importable(package), "{package}");
        }
        let excluded =
            ["internal/abi", "vendor/golang.org/x/net/idna", "runtime/race", "plugin", ""];
        for package in excluded {
            assert!(!is_importable(package), "{package}");
        }
    }
}
