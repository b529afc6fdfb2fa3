//! Editable wheels: where the native part goes, and how Python finds it there.
//!
//! The Python files of an editable install stay in the author's tree, where pygo writes nothing.
//! So the native part goes into a package of its own in site-packages, laid out as in any other
//! wheel, and a finder there resolves the modules that pygo made. A `.pth` file loads the finder when
//! Python starts (<https://docs.python.org/3/library/site.html>).

use super::binding::ExtensionModule;
use crate::project::{Part, Project};
use crate::wheel::{Contents, File, FormatError};

/// The finder, with placeholders for the modules it resolves.
const FINDER: &str = include_str!("scripts/editable_finder.py");

/// The package that holds the native part of `project`: `_pygo_editable_example`.
pub(super) fn package(project: &Project) -> String {
    let name = |part: &Part| part.package().or_else(|| part.module().cloned());
    let first = project.parts.iter().find_map(name);
    let first = first.map(|name| name.as_str().replace('.', "_"));
    format!("_pygo_editable_{}", first.unwrap_or_default())
}

/// Adds `package` with the finder for `extensions` and the modules in `python`, with their paths, to an editable wheel.
///
/// # Errors
/// None that a valid project could cause.
pub(super) fn add_finder(
    package: &str,
    extensions: &[ExtensionModule<'_>],
    python: &[(String, String)],
    contents: &mut Contents,
) -> Result<(), FormatError> {
    if extensions.is_empty() && python.is_empty() {
        return Ok(());
    }
    let row = |module: &str, path: &str| format!("    \"{module}\": \"{path}\",\n");
    let extensions: Vec<_> = extensions.iter().map(|e| row(e.module.as_str(), &e.path)).collect();
    let python: Vec<_> = python.iter().map(|(module, path)| row(module, path)).collect();
    let finder = FINDER
        .replace("    # extensions\n", &extensions.concat())
        .replace("    # modules\n", &python.concat());
    contents.insert(format!("{package}/__init__.py").parse()?, File::new(finder.into_bytes()));
    let start = format!("import {package}\n");
    contents.insert(format!("{package}.pth").parse()?, File::new(start.into_bytes()));
    Ok(())
}
