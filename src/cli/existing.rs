//! `pygo init` in an existing package: what to add to it.
//!
//! Input: a directory. Output: an [`Addition`], if the directory has a Python project that is not
//! built by pygo yet. Writes nothing.

use std::path::Path;

use fs_err as fs;

use crate::error::{Failure, Result};
use crate::project::{ModuleName, StaticMetadata, is_no_package};
use crate::template::{self, Adopted, Binding, File, NewName};
use crate::wheel::DistName;

/// What makes an existing package one with Go code.
pub(super) struct Addition {
    /// New files.
    pub(super) files: Vec<File>,
    /// The new pyproject.toml, and what changes in it.
    pub(super) pyproject: Adopted,
    /// The name of the extension module in the package: `_my_lib`.
    pub(super) module: String,
}

/// What the project in `dir` needs for `binding`. `None` if there is no Python project, or if one of
/// its files is in the way of a new project's.
pub(super) fn addition(
    dir: &Path,
    name: Option<&str>,
    binding: Binding,
) -> Result<Option<Addition>> {
    let doing = format!("adding Go to the package in {}", dir.display());
    let has_setup = dir.join("setup.py").is_file();
    let file = dir.join("pyproject.toml");
    let text = fs::read_to_string(&file).unwrap_or_default();
    let document: Option<toml::Table> = text.parse().ok();
    let has_project = document.is_some_and(|document| document.contains_key("project"));
    if !has_project && (!has_setup || file.exists()) {
        return Ok(None);
    }
    let configured = if has_setup && dir.join("config.json").exists() {
        Some("config.json next to setup.py")
    } else {
        template::is_configured(&text).then_some("[tool.pygo-tools] in pyproject.toml")
    };
    if let Some(place) = configured {
        let found = format!("the project has {place}: pygo builds it already");
        let help = "edit that configuration; `pygo new NAME` creates another project";
        return Err(Failure::project(doing, found, help));
    }
    let named = match name.map(str::parse) {
        Some(Ok(name)) => Some(name),
        // Refused like the name of a new project.
        Some(Err(_)) => return Ok(None),
        None => StaticMetadata::read(dir).name,
    };
    let Some((parent, package)) = package(dir, named.as_ref()) else {
        let expected = named.map_or("NAME".to_owned(), |name| name.escaped());
        let found = format!("there is no package {expected} in src or next to pyproject.toml");
        let help = format!("create src/{expected}/__init__.py, or name the package: --name NAME");
        return Err(Failure::project(doing, found, help));
    };
    let wrong = |found: String| {
        Failure::project(&doing, found, "rename the package, or correct pyproject.toml")
    };
    let module: ModuleName = package.parse().map_err(|error| wrong(format!("{error}")))?;
    let distribution: DistName = match named {
        Some(name) => name,
        None => package.parse().map_err(|error| wrong(format!("{error}")))?,
    };
    let name = NewName { distribution, package: module };
    let pyproject = template::adopt(&text, &name, binding).map_err(wrong)?;
    let files = template::go_files(&name, binding, &format!("{parent}{package}"));
    Ok(Some(Addition { files, pyproject, module: format!("_{package}") }))
}

/// The package of the distribution `name`, or the only one, and the directory above it: `src/` or
/// none.
fn package(dir: &Path, name: Option<&DistName>) -> Option<(&'static str, String)> {
    let places = ["src/", ""];
    let is_package =
        |parent: &str, name: &str| dir.join(parent).join(name).join("__init__.py").is_file();
    if let Some(name) = name.map(DistName::escaped)
        && let Some(parent) = places.into_iter().find(|parent| is_package(parent, &name))
    {
        return Some((parent, name));
    }
    places.into_iter().find_map(|parent| {
        let entries = fs::read_dir(dir.join(parent)).ok()?;
        let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        let mut names = names.filter(|name| is_package(parent, name) && !is_no_package(name));
        let only = names.next()?;
        names.next().is_none().then_some((parent, only))
    })
}
