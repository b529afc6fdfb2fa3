//! An editable wheel: where its native part lies, and how Python finds it there.
//!
//! The Python files of an editable install stay in the author's tree, where nothing is written
//! to. So the native part goes into a package of its own in site-packages, laid out in it as in
//! any other wheel, and a finder there answers for the extension modules. A `.pth` file starts
//! the finder with Python (<https://docs.python.org/3/library/site.html>).

use crate::project::Project;
use crate::wheel::{Contents, File, MemberPathError};

/// The finder, with a place for the modules it answers for.
const FINDER: &str = include_str!("scripts/editable_finder.py");

/// The package that holds the native part of `project`: `_pygo_editable_example`.
pub(super) fn package(project: &Project) -> String {
    let name = project.libraries.first().map(|library| library.package.as_str().replace('.', "_"));
    format!("_pygo_editable_{}", name.unwrap_or_default())
}

/// Adds the finder for the extensions of `project` to an editable wheel.
///
/// # Errors
/// None that a valid project could cause.
pub(super) fn add_finder(
    project: &Project,
    contents: &mut Contents,
) -> Result<(), MemberPathError> {
    let package = package(project);
    let modules: Vec<_> = project
        .extensions
        .iter()
        .map(|extension| format!("    \"{}\": \"{}\",\n", extension.module, extension.wheel_path()))
        .collect();
    let finder = FINDER.replace("    # modules\n", &modules.concat());
    contents.insert(format!("{package}/__init__.py").parse()?, File::new(finder.into_bytes()));
    let start = format!("import {package}\n");
    contents.insert(format!("{package}.pth").parse()?, File::new(start.into_bytes()));
    Ok(())
}
