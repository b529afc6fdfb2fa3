//! What makes the wheel of a build backend one for this machine.
//!
//! Input: the project that the backend built. Output: the lines of its build scripts that say so:
//! arguments of setuptools, overridden methods and attributes of its classes, and what hooks of
//! hatchling set. They are found by their names, because what a script does is not known.

use std::path::Path;

/// Names that setuptools and its plugins, hatchling, poetry and pdm give to it.
const NAMES: &[&str] = &[
    "ext_modules",
    "ext-modules",
    "cffi_modules",
    "build_golang",
    "rust_extensions",
    "has_ext_modules",
    "root_is_pure",
    "is_pure",
    "pure_python",
    "infer_tag",
    "build_data[\"tag\"]",
    "build_data['tag']",
    "tool.poetry.build",
    "is-purelib",
];

/// How many of the lines a message has.
const MAX_LINES: usize = 6;

/// What to do so that the backend builds a pure wheel from the project at `root`.
pub(super) fn advice(root: &Path) -> String {
    let mut lines = Vec::new();
    for file in scripts(root) {
        let text = fs_err::read_to_string(root.join(&file)).unwrap_or_default();
        let named = text.lines().map(str::trim).enumerate().filter(|(_, line)| {
            !line.starts_with('#') && NAMES.iter().any(|name| line.contains(name))
        });
        lines.extend(named.map(|(number, line)| format!("{file}:{}: {line}", number + 1)));
    }
    if lines.is_empty() {
        return "leave native code to pygo: remove ext_modules, cffi_modules and other native parts \
                from what the backend builds"
            .to_owned();
    }
    lines.truncate(MAX_LINES);
    format!(
        "leave native code and tags to pygo: remove what makes the wheel one for this machine\n{}",
        lines.join("\n")
    )
}

/// The files of the project that say how it is built.
fn scripts(root: &Path) -> Vec<String> {
    let entries = fs_err::read_dir(root).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let is_script =
        |name: &String| name.ends_with(".py") || name == "setup.cfg" || name == "pyproject.toml";
    let mut names: Vec<_> = names.filter(is_script).collect();
    names.sort_unstable();
    names
}
