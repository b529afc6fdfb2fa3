//! Finds and reads the Go package that a configuration describes.
//!
//! Input: the root of a project and its configuration. Output: the directory of the package, and
//! what its files declare.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use fs_err as fs;

use super::binary::{NativeModule, Program};
use super::config::PartConfig;
use super::go::package::find_go_mod;
use super::go::source::GoSource;
use super::part::PartKind;
use super::text::unreadable;
use crate::error::{Failure, Result};

/// The directory of a Go package, and the package.
pub(super) struct GoDirectory {
    /// The directory relative to the project, links included.
    pub(super) go_dir: PathBuf,
    /// The same directory, absolute and without links.
    pub(super) dir: PathBuf,
    /// What its files declare.
    pub(super) source: GoSource,
}

impl GoDirectory {
    /// Finds and reads the Go package of the part `config` in the project at `root`, if GOWORK is `gowork`.
    ///
    /// # Errors
    /// No directory, or none with such a package.
    pub(super) fn find(root: &Path, config: &PartConfig, gowork: Option<&OsStr>) -> Result<Self> {
        if let Some(import) = &config.go_package {
            return Self::of_another_module(root, config, import);
        }
        match &config.kind {
            PartKind::Program(program) => Self::of_program(root, config, program, gowork),
            PartKind::Capi(native) => Self::of_module(root, config, native, gowork),
            PartKind::Cffi(library, _)
            | PartKind::CffiStatic(library, _)
            | PartKind::CffiAbi(library, _)
            | PartKind::Ctypes(library) => {
                let package = library.package.path();
                let doing = format!("looking for the Go package of `{}`", library.package);
                let usual = [format!("{package}/go"), format!("src/{package}/go")];
                let help = format!(
                    "put the Go package into the Python package, or set `go-dir`:\n\n    \
                     {package}/__init__.py\n    {package}/go/main.go"
                );
                let (go_dir, dir) = existing(root, &places(config, usual), &doing)?
                    .map_err(|found| Failure::project(&doing, found, help))?;
                let source = match config.kind {
                    _ if !config.before.is_empty() => {
                        GoSource::of_unfinished(&dir, &go_dir, gowork)?
                    }
                    _ if config.kind.extension().is_some() => {
                        GoSource::of_extension(&dir, &go_dir, gowork)?
                    }
                    _ => GoSource::of_library(&dir, &go_dir, gowork)?,
                };
                Ok(Self { go_dir, dir, source })
            }
        }
    }

    /// The directory whose go.mod selects the module of the package `import`: its files are Go's to
    /// read.
    fn of_another_module(root: &Path, config: &PartConfig, import: &str) -> Result<Self> {
        let doing = format!("looking for the go.mod that requires {import}");
        let help = format!(
            "run `pygo go mod init NAME` and `pygo go get -tool {import}` in the project, or set \
             `go-dir` to the directory of go.mod"
        );
        let (go_dir, dir) = existing(root, &places(config, [String::new()]), &doing)?
            .map_err(|found| Failure::project(&doing, found, &help))?;
        if find_go_mod(&dir).is_none() {
            let place = if go_dir.as_os_str().is_empty() { Path::new(".") } else { &go_dir };
            let found = format!("there is no go.mod in {} or above", place.display());
            return Err(Failure::project(doing, found, help));
        }
        Ok(Self { go_dir, dir, source: GoSource::default() })
    }

    /// The first usual place with a package main: a module of a single command has it at the top,
    /// others in `cmd`.
    fn of_module(
        root: &Path,
        config: &PartConfig,
        native: &NativeModule,
        gowork: Option<&OsStr>,
    ) -> Result<Self> {
        let doing = format!("looking for the Go package of `{}`", native.module);
        let usual = match native.package().map(|package| package.path()) {
            Some(package) => [format!("{package}/go"), format!("src/{package}/go")],
            None => ["go".to_owned(), "src/go".to_owned()],
        };
        let help = format!("put the Go package into {}, or set `go-dir`", usual[0]);
        let (go_dir, dir) = existing(root, &places(config, usual), &doing)?
            .map_err(|found| Failure::project(&doing, found, help))?;
        let source = if config.before.is_empty() {
            GoSource::of_extension(&dir, &go_dir, gowork)?
        } else {
            GoSource::of_unfinished(&dir, &go_dir, gowork)?
        };
        Ok(Self { go_dir, dir, source })
    }

    fn of_program(
        root: &Path,
        config: &PartConfig,
        program: &Program,
        gowork: Option<&OsStr>,
    ) -> Result<Self> {
        let doing = format!("looking for the Go package of `{}`", program.name);
        let mut failures = Vec::new();
        for place in places(config, [String::new(), format!("cmd/{}", program.name)]) {
            match existing(root, &[place], &doing)? {
                Ok((go_dir, dir)) => match GoSource::of_program(&dir, &go_dir, gowork) {
                    Ok(source) => return Ok(Self { go_dir, dir, source }),
                    Err(failure) => failures.push(failure),
                },
                Err(found) => failures.push(Failure::project(&doing, found, "")),
            }
        }
        // A configured directory has one reason, which names it.
        if let ([only], Some(_)) = (failures.as_slice(), &config.go_dir)
            && !only.help.is_empty()
        {
            return Err(only.clone());
        }
        let found: Vec<_> = failures
            .iter()
            .map(|failure| match failure.doing.strip_prefix("reading the Go package ") {
                Some(place) => format!("{place}: {}", failure.found),
                None => failure.found.clone(),
            })
            .collect();
        let help = "set `go-dir` to the directory of the command, which contains `package main`";
        Err(Failure::project(doing, found.join("\n"), help))
    }
}

/// The configured directory, else the usual ones.
fn places<const N: usize>(config: &PartConfig, usual: [String; N]) -> Vec<PathBuf> {
    match &config.go_dir {
        Some(dir) => vec![dir.clone()],
        None => usual.map(PathBuf::from).to_vec(),
    }
}

/// The first directory of `places` that exists: relative to the project, and absolute. Otherwise
/// what is there instead.
fn existing(
    root: &Path,
    places: &[PathBuf],
    doing: &str,
) -> Result<Result<(PathBuf, PathBuf), String>> {
    let mut found = Vec::new();
    for place in places {
        let dir = root.join(place);
        match fs::metadata(&dir) {
            Ok(metadata) if metadata.is_dir() => {
                let full = fs::canonicalize(&dir).map_err(|error| unreadable(doing, &error))?;
                return Ok(Ok((place.clone(), full)));
            }
            Ok(_) => found.push(format!("{} is not a directory", place.display())),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                found.push(format!("there is no directory {}", place.display()));
            }
            Err(error) => return Err(unreadable(doing, &error)),
        }
    }
    Ok(Err(found.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::super::Project;
    use super::*;

    /// The Go directory of a program `tool`, or what was found instead.
    fn found(more: &str, files: &[(&str, &str)]) -> Result<PathBuf, String> {
        let project = read(more, files).map_err(|failure| failure.found)?;
        Ok(project.parts[0].go.go_dir.clone())
    }

    fn failure(more: &str, files: &[(&str, &str)]) -> Failure {
        read(more, files).unwrap_err()
    }

    fn read(more: &str, files: &[(&str, &str)]) -> Result<Project> {
        let dir = tempfile::tempdir().unwrap();
        let table = format!("[tool.pygo-tools]\nprogram = 'tool'\n{more}");
        for (path, text) in files.iter().chain(&[("pyproject.toml", table.as_str())]) {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Project::read(dir.path(), None)
    }

    const MAIN: &str = "package main\n\nfunc main() {}\n";
    const OTHER: &str = "package tool\n";

    #[test]
    fn a_program_is_at_the_top_or_in_cmd() {
        assert_eq!(found("", &[("main.go", MAIN)]), Ok("".into()));
        let both = [("tool.go", OTHER), ("cmd/tool/main.go", MAIN)];
        assert_eq!(found("", &both), Ok("cmd/tool".into()));
        assert_eq!(found("go-dir = 'cli'", &[("cli/x.go", MAIN)]), Ok("cli".into()));
    }

    #[test]
    fn a_package_of_another_module_needs_a_go_mod() {
        let key = "go-package = 'example.org/tool/cmd/tool'";
        assert_eq!(found(key, &[("go.mod", "module x")]), Ok("".into()));
        let inside = format!("{key}\ngo-dir = 'go'");
        assert_eq!(found(&inside, &[("go/go.mod", "module x")]), Ok("go".into()));
        assert_eq!(
            found(&inside, &[("go/x.txt", "")]).unwrap_err(),
            "there is no go.mod in go or above"
        );
        for (bad, help) in [
            ("./cmd/tool", "write the path as in an `import`"),
            ("fmt", "write the path as in an `import`"),
            ("example.org/x@v1.2.0", "remove the version: go.mod selects it"),
        ] {
            let failure = failure(&format!("go-package = '{bad}'"), &[("go.mod", "module x")]);
            assert!(failure.help.starts_with(help), "{failure}");
        }
    }

    #[test]
    fn without_a_package_main_every_place_has_its_reason() {
        assert_eq!(
            found("", &[("tool.go", OTHER)]).unwrap_err(),
            ".: tool.go belongs to package \"tool\"\nthere is no directory cmd/tool"
        );
        let found = found("go-dir = 'cli'", &[("cli/x.go", OTHER)]).unwrap_err();
        assert_eq!(found, "cli/x.go belongs to package \"tool\"");
    }
}
