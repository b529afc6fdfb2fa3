//! `pygo init` and `pygo new`: write a new project.
//!
//! Input: a directory and a name. Output: the files of the template. All paths are checked before
//! the first write, and a failure halfway removes everything written. No file is replaced, and no
//! link below the directory is followed.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use fs_err as fs;

use super::existing::{Addition, addition};
use super::init_program;
use super::new_ci::CiArg;
use super::output::print;
use super::written::{Written, exists, in_the_way_of, refuse};
use crate::error::{Failure, Kind, Result};
use crate::process::{Environment, write_atomically};
use crate::project::shown;
use crate::report::{Detail, tell};
use crate::template::{self, Binding, File, NewName, NewNameError};

/// Set up a project in a directory, or add Go to the package there
///
/// In a directory with pyproject.toml or setup.py, adds a Go package and the configuration. All
/// other files and lines stay as they are.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Project directory
    #[arg(value_name = "DIR", default_value = ".")]
    dir: PathBuf,
    /// Project name [default: the name of the directory]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    layout: Layout,
}

/// Create a project in a new directory
#[derive(Debug, Args)]
pub(super) struct NewArguments {
    /// Name of the project and its directory
    #[arg(value_name = "NAME")]
    name: String,
    #[command(flatten)]
    layout: Layout,
}

#[derive(Debug, Args)]
struct Layout {
    /// Use setup.py and config.json, the layout of pygo-tools 0.1.8
    #[arg(long)]
    setup_py: bool,
    /// Set up a Go program, which the wheel installs as a command
    #[arg(long, conflicts_with = "setup_py")]
    bin: bool,
    /// How Python calls the Go code
    #[arg(long, value_enum, value_name = "BINDING", default_value_t)]
    #[arg(conflicts_with_all = ["setup_py", "bin"])]
    binding: BindingArg,
    #[command(flatten)]
    ci: CiArg,
}

/// A value of the key `binding`.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum BindingArg {
    /// Through an extension module that cffi generates
    #[default]
    Cffi,
    /// Through Python code that cffi generates: one wheel for every Python, PyPy too
    CffiAbi,
    /// With ctypes, which opens the library alone
    Ctypes,
    /// Through an extension module whose own C uses Python's limited API
    Capi,
}

impl Layout {
    fn binding(&self) -> Binding {
        match self.binding {
            BindingArg::Cffi => Binding::Cffi,
            BindingArg::CffiAbi => Binding::CffiAbi,
            BindingArg::Ctypes => Binding::Ctypes,
            BindingArg::Capi => Binding::Capi,
        }
    }

    fn kind(&self) -> template::Kind {
        if self.setup_py { template::Kind::SetupPy } else { template::Kind::Pyproject }
    }
}

impl Arguments {
    pub(super) fn run(self, environment: &Environment, detail: Detail) -> Result<ExitCode> {
        let ci = self.layout.ci;
        if self.layout.bin {
            return init_program::write(environment, &self.dir, self.name.as_deref(), ci, detail);
        }
        let binding = self.layout.binding();
        if let Some(addition) = addition(&self.dir, self.name.as_deref(), binding)? {
            return add(environment, &self.dir, &addition, &self.layout, detail);
        }
        let name = match &self.name {
            Some(name) => {
                let doing = format!("reading the name {}", shown(name));
                name.parse().map_err(|error| invalid_name(doing, &error, "--name"))?
            }
            None => name_of(&self.dir)?,
        };
        write(environment, &self.dir, &name, &self.layout, detail)
    }
}

impl NewArguments {
    pub(super) fn run(self, environment: &Environment, detail: Detail) -> Result<ExitCode> {
        let ci = self.layout.ci;
        let doing = format!("reading the name {}", shown(&self.name));
        if self.layout.bin && self.name == "." {
            return init_program::write(environment, Path::new("."), None, ci, detail);
        }
        if self.layout.bin {
            let dir = Path::new(&self.name);
            is_new(dir)?;
            return init_program::write(environment, dir, Some(&self.name), ci, detail);
        }
        let name: NewName = self.name.parse().map_err(|error| {
            let mut failure = invalid_name(doing, &error, "pygo new");
            if self.name.contains('/') {
                failure.help.push_str("; for another place, `pygo init DIR`");
            }
            failure
        })?;
        let dir = Path::new(&self.name);
        is_new(dir)?;
        write(environment, dir, &name, &self.layout, detail)
    }
}

/// The failure for an invalid name; `option` precedes a name on the command line.
fn invalid_name(doing: String, error: &NewNameError, option: &str) -> Failure {
    let nearest = error.nearest().unwrap_or("my-lib");
    let help = format!("choose another name: `{option} {nearest}`");
    Failure::new(Kind::Usage, doing, error.to_string(), help)
}

/// The name of a project in the directory `dir`.
fn name_of(dir: &Path) -> Result<NewName> {
    let doing = || format!("naming the project after its directory, {}", dir.display());
    let own = |dir: &Path| dir.file_name().map(OsStr::to_owned);
    let written = match dir.components().next_back() {
        Some(Component::Normal(_)) => own(dir),
        // `.` and `..` are not the directory's name.
        _ => own(&fs::canonicalize(dir).map_err(|error| Failure::io(doing(), &error))?),
    };
    let Some(written) = written else {
        let help = "name the project: `--name my-lib`";
        return Err(Failure::new(Kind::Usage, doing(), "the directory has no name", help));
    };
    written.to_string_lossy().parse().map_err(|error| invalid_name(doing(), &error, "--name"))
}

/// Rejects a directory that exists and is not empty.
fn is_new(dir: &Path) -> Result<()> {
    let doing = format!("creating the directory {}", dir.display());
    let found = match fs::symlink_metadata(dir) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(Failure::io(doing, &error)),
        Ok(there) if there.is_symlink() => "a symbolic link has that name",
        Ok(there) if !there.is_dir() => "a file has that name",
        Ok(_) => {
            let mut entries = fs::read_dir(dir).map_err(|error| Failure::io(&doing, &error))?;
            if entries.next().is_none() {
                return Ok(());
            }
            "it already exists and is not empty"
        }
    };
    let help = format!(
        "choose another name, or set the project up in the existing directory: `pygo init {}`",
        dir.display()
    );
    Err(Failure::project(doing, found, help))
}

/// Writes the project `name` into `dir` and lists its files.
fn write(
    environment: &Environment,
    dir: &Path,
    name: &NewName,
    layout: &Layout,
    detail: Detail,
) -> Result<ExitCode> {
    let (kind, binding) = (layout.kind(), layout.binding());
    let doing = format!("writing the project {} into {}", name.distribution, dir.display());
    let (kept, files): (Vec<File>, Vec<File>) = template::files(name, kind, binding)
        .into_iter()
        .partition(|file| file.may_exist && dir.join(&file.path).is_file());
    free(dir, name, layout, &files, &doing)?;
    let mut written = Written::default();
    if let Err(failure) = written.write(dir, &files, &doing) {
        return Err(written.undone(failure));
    }
    let written = layout.ci.write(environment, dir, written, &doing)?;
    let tell = |line: std::fmt::Arguments<'_>| {
        if detail != Detail::Quiet {
            tell(line);
        }
    };
    for file in kept {
        tell(format_args!("note: {} already exists and was not changed", file.path));
    }
    print(written.files().map(Path::display))?;
    let project = if dir == Path::new(".") { String::new() } else { format!(" {}", dir.display()) };
    let install = match binding.is_editable() {
        true => format!("`pygo develop{project}` installs"),
        false => format!("`pip install {}` installs", dir.display()),
    };
    tell(format_args!(
        "next: {install} it in the active Python environment, `pygo matrix{project}` builds its wheels"
    ));
    tell(format_args!("{}", layout.ci.last_line(&project)));
    Ok(ExitCode::SUCCESS)
}

/// Adds Go to the package in `dir` and explains what changed.
fn add(
    environment: &Environment,
    dir: &Path,
    addition: &Addition,
    layout: &Layout,
    detail: Detail,
) -> Result<ExitCode> {
    let doing = format!("adding Go to the package in {}", dir.display());
    let mut occupied = Vec::new();
    // A link may lead to somebody else's file.
    if exists(&dir.join("pyproject.toml"), &doing)?.is_some_and(|there| there.is_symlink()) {
        occupied.push("pyproject.toml, a symbolic link".to_owned());
    }
    for file in &addition.files {
        occupied.extend(in_the_way_of(dir, &file.path, &doing)?);
        let go = Path::new(&file.path).parent().unwrap_or(dir);
        occupied.extend(entries(dir, go));
    }
    occupied.extend(layout.ci.in_the_way(dir, &doing)?);
    refuse(occupied, &doing)?;
    let mut written = Written::default();
    let file = dir.join("pyproject.toml");
    let before = fs::read(&file).ok();
    let all = written.write(dir, &addition.files, &doing).and_then(|()| {
        write_atomically(&file, addition.pyproject.text.as_bytes())
            .map_err(|error| Failure::io(&doing, &error))
    });
    if let Err(failure) = all {
        return Err(written.undone(failure));
    }
    let written = layout.ci.write(environment, dir, written, &doing).inspect_err(|_| {
        let _ = before.map_or_else(|| fs::remove_file(&file), |text| fs::write(&file, text));
    })?;
    print(written.files().map(Path::display))?;
    if detail != Detail::Quiet {
        for change in &addition.pyproject.changes {
            tell(change);
        }
        let module = &addition.module;
        let example = match layout.binding() {
            Binding::Cffi | Binding::CffiAbi => format!(
                "from .{module} import ffi, lib\n    text = lib.Greet(b\"Ada\")\n    \
                 print(ffi.string(text).decode())\n    lib.Free(text)\n"
            ),
            Binding::Capi => format!("from .{module} import greet\n    print(greet(\"Ada\"))\n"),
            Binding::Ctypes => format!(
                "import ctypes, pathlib\n    place = pathlib.Path(__file__).parent / \
                 \"lib/lib{}_go.so\"\n    library = ctypes.CDLL(str(place))\n",
                module.trim_start_matches('_')
            ),
        };
        let install = match layout.binding().is_editable() {
            true => "`pygo develop` builds and installs it",
            false => "`pip install .` builds and installs it",
        };
        tell(format_args!("next: {install}; then in Python, in the package:\n\n    {example}"));
        tell(layout.ci.last_line(""));
    }
    Ok(ExitCode::SUCCESS)
}

/// The files in the directory `go` of the project in `dir`: Go would compile them together with new
/// ones.
fn entries(dir: &Path, go: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir.join(go)).into_iter().flatten().flatten();
    entries.map(|entry| go.join(entry.file_name()).display().to_string()).collect()
}

/// Rejects a directory with files in the way of the project; names all of them.
fn free(dir: &Path, name: &NewName, layout: &Layout, files: &[File], doing: &str) -> Result<()> {
    let kind = layout.kind();
    let mut in_the_way = Vec::new();
    let mut note = |found: Option<String>| in_the_way.extend(found);
    for file in files {
        note(in_the_way_of(dir, &file.path, doing)?);
    }
    for rival in kind.rivals(name) {
        let there = exists(&dir.join(&rival), doing)?.is_some();
        note(there.then(|| format!("{rival}, which would also be read")));
    }
    in_the_way.extend(layout.ci.in_the_way(dir, doing)?);
    in_the_way.extend(entries(dir, &Path::new(&kind.package_dir(name)).join("go")));
    refuse(in_the_way, doing)
}
