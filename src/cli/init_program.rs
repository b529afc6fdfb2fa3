//! `pygo init --bin` and `pygo new --bin`: makes a Go module a project with a program.
//!
//! Input: a directory, with or without go.mod. Output: a pyproject.toml next to go.mod; without one,
//! also a module.

use std::path::Path;
use std::process::ExitCode;

use fs_err as fs;

use super::new_ci::CiArg;
use super::output::print;
use super::written::{Written, exists, refuse};
use crate::error::{Failure, Kind, Result};
use crate::process::Environment;
use crate::project::{ProgramName, is_main_package, module_path, shown};
use crate::report::{Detail, tell};
use crate::template::program_files;
use crate::wheel::DistName;

/// Writes the project in `dir`; its program is `name`, or the one that the module has.
pub(super) fn write(
    environment: &Environment,
    dir: &Path,
    name: Option<&str>,
    ci: CiArg,
    detail: Detail,
) -> Result<ExitCode> {
    let doing = format!("setting up a program in {}", dir.display());
    let go_mod = dir.join("go.mod");
    let has_module = exists(&go_mod, &doing)?.is_some();
    if exists(&dir.join("pyproject.toml"), &doing)?.is_some() {
        let name = name.unwrap_or("hello");
        let help =
            format!("add these lines to it:\n\n    [tool.pygo-tools]\n    program = \"{name}\"");
        return Err(Failure::project(doing, "there is a pyproject.toml", help));
    }
    let (name, go_dir) = if has_module {
        let text = fs::read_to_string(&go_mod).map_err(|error| Failure::io(&doing, &error))?;
        command(dir, &text, name, &doing)?
    } else {
        (own_name(dir, name, &doing)?, None)
    };
    let program: ProgramName = valid(&name, &doing)?;
    let distribution: DistName = valid(&name, &doing)?;
    let files = program_files(&distribution, &program.to_string(), go_dir.as_deref(), !has_module);
    if !has_module {
        let there = |path: &str| {
            exists(&dir.join(path), &doing).map(|found| found.map(|_| path.to_owned()))
        };
        refuse(
            files.iter().filter_map(|file| there(&file.path).transpose()).collect::<Result<_>>()?,
            &doing,
        )?;
    }
    refuse(ci.in_the_way(dir, &doing)?.into_iter().collect(), &doing)?;
    let mut written = Written::default();
    if let Err(failure) = written.write(dir, &files, &doing) {
        return Err(written.undone(failure));
    }
    let written = ci.write(environment, dir, written, &doing)?;
    print(written.files().map(Path::display))?;
    if detail != Detail::Quiet {
        let project =
            if dir == Path::new(".") { String::new() } else { format!(" {}", dir.display()) };
        tell(format_args!("next: `pygo matrix{project}` builds a wheel for every platform"));
        tell(ci.last_line(&project));
    }
    Ok(ExitCode::SUCCESS)
}

fn valid<T: std::str::FromStr<Err: std::fmt::Display>>(name: &str, doing: &str) -> Result<T> {
    name.parse().map_err(|error: T::Err| {
        let found = format!("{} is not the name of a program: {error}", shown(name));
        Failure::new(Kind::Usage, doing, found, "name the program: `pygo init --bin --name hello`")
    })
}

fn own_name(dir: &Path, name: Option<&str>, doing: &str) -> Result<String> {
    if let Some(name) = name {
        return Ok(name.to_owned());
    }
    let full = fs::canonicalize(dir).map_err(|error| Failure::io(doing, &error))?;
    Ok(full.file_name().unwrap_or_default().to_string_lossy().into_owned())
}

/// The program of the module in `dir`, and its directory where pygo would not look for it. A
/// `package main` at the top has the name of the module, another that of its directory in `cmd`.
fn command(
    dir: &Path,
    go_mod: &str,
    name: Option<&str>,
    doing: &str,
) -> Result<(String, Option<String>)> {
    let module = module_path(go_mod).unwrap_or_default();
    let is_version = |part: &&str| {
        part.strip_prefix('v')
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let mut parts = module.rsplit('/').filter(|part| !is_version(part));
    let last = parts.next().unwrap_or_default().to_owned();
    if is_main_package(dir) {
        return Ok((name.unwrap_or(&last).to_owned(), None));
    }
    let entries = fs::read_dir(dir.join("cmd")).into_iter().flatten().flatten();
    let mut commands: Vec<String> = entries
        .filter(|entry| is_main_package(&entry.path()))
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    commands.sort();
    let wanted = name.unwrap_or(&last);
    match commands.as_slice() {
        _ if commands.iter().any(|command| command == wanted) => Ok((wanted.to_owned(), None)),
        [only] => {
            let other = name.filter(|name| name != only).map(|_| format!("cmd/{only}"));
            Ok((name.unwrap_or(only).to_owned(), other))
        }
        [] => Err(Failure::project(
            doing,
            "the module has no `package main` at its top or in a directory of cmd",
            "write the pyproject.toml by hand, with `go-dir` for the directory of the command",
        )),
        many => Err(Failure::new(
            Kind::Usage,
            doing,
            format!("the module has several commands: {}", many.join(", ")),
            "choose one with --name",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command_of(files: &[&str], name: Option<&str>) -> Result<(String, Option<String>), String> {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let package = if file.contains("lib") { "lib" } else { "main // the command" };
            fs::write(path, format!("// A\npackage {package}\n")).unwrap();
        }
        let go_mod = "// x\nmodule example.org/tool/v3 // y\n\ngo 1.24\n";
        command(dir.path(), go_mod, name, "setting up").map_err(|failure| failure.found)
    }

    #[test]
    fn go_decides_what_is_a_package_main_and_a_module() {
        let found = |go_mod: &str, text: &str| {
            let dir = tempfile::tempdir().unwrap();
            fs::write(dir.path().join("main.go"), text).unwrap();
            command(dir.path(), go_mod, None, "setting up").map(|(name, _)| name).ok()
        };
        let go_mod = "module example.org/tool\n";
        for go_mod in ["module\texample.org/tool", "module (\n\t\"example.org/tool\"\n)\n", go_mod]
        {
            assert_eq!(found(go_mod, "package main\n").as_deref(), Some("tool"), "{go_mod}");
        }
        for text in
            ["/* A */ package main", "/*\n*/\npackage /**/ main\n", "package main; func main() {}"]
        {
            assert_eq!(found(go_mod, text).as_deref(), Some("tool"), "{text}");
        }
        for text in [
            "package lib\n\nconst Text = `\npackage main\n`\n",
            "//go:build ignore && linux\n\npackage main\n",
            "// package main\npackage lib\n",
        ] {
            assert_eq!(found(go_mod, text), None, "{text}");
        }
    }

    #[test]
    fn the_command_of_a_module_is_found() {
        for (files, name, found) in [
            (&["main.go"] as &[_], None, ("tool", None)),
            (&["main.go"], Some("other"), ("other", None)),
            (&["lib.go", "cmd/tool/main.go", "cmd/gen/main.go"], None, ("tool", None)),
            (&["lib.go", "cmd/tool/main.go", "cmd/gen/main.go"], Some("gen"), ("gen", None)),
            (&["lib.go", "cmd/only/main.go", "cmd/x/lib.go"], None, ("only", None)),
            (&["lib.go", "cmd/only/main.go"], Some("py"), ("py", Some("cmd/only"))),
        ] {
            let found = (found.0.to_owned(), found.1.map(str::to_owned));
            assert_eq!(command_of(files, name), Ok(found), "{files:?}");
        }
        assert!(command_of(&["lib.go"], None).unwrap_err().contains("no `package main`"));
        assert_eq!(
            command_of(&["cmd/a/main.go", "cmd/b/main.go"], None).unwrap_err(),
            "the module has several commands: a, b"
        );
    }
}
