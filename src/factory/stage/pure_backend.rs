//! Whether the base wheel of a project depends on nothing but files that pygo knows.
//!
//! A build backend is a program: it may ask git, the network or the clock. So only the pinned
//! setuptools counts, in its isolated environment, and only with settings that run no code of the
//! project and name no file outside of it. In doubt the backend runs.

use fs_err as fs;

use super::backend::Backend;
use crate::project::{Entry, EntryKind};

/// The backends that read only the project.
const BACKENDS: &[&str] = &["setuptools.build_meta", "pygo_tools.backend"];

/// Files with settings of setuptools.
const SETTINGS: &[&str] = &["pyproject.toml", "setup.cfg", "MANIFEST.in"];

/// Variables that setuptools, or Python while it runs it, may react to.
pub(super) const VARIABLES: &[&str] = &[
    "SETUPTOOLS_*",
    "DISTUTILS_*",
    "DIST_EXTRA_CONFIG",
    "SOURCE_DATE_EPOCH",
    "PYTHON*",
    "PYGO_*",
    "HOME",
    "LANG",
    "LC_*",
    "LD_*",
    "TZ",
    "MACOSX_DEPLOYMENT_TARGET",
    "CC",
    "CFLAGS",
    "LDFLAGS",
    "PATH",
    "VIRTUAL_ENV",
    "PIP_*",
    "UV_*",
];

/// What runs code, reads a clock, or names a file outside of the project.
const DOUBTFUL: &[&str] = &[
    "attr",
    "cmdclass",
    "command",
    "tag_date",
    "tag-date",
    "..",
    "\"/",
    "'/",
    "= /",
    "=/",
    "ext-modules",
    "ext_modules",
    "entry_points =",
    "setup_requires",
    "distutils",
    "find_links",
];

/// Whether `backend` makes the same wheel of the same `sources`.
pub(super) fn is_pure(backend: &Backend<'_>, sources: &[Entry]) -> bool {
    let build_system = backend.build_system;
    let is_known = BACKENDS.contains(&build_system.backend.as_str())
        && build_system.backend_path.is_empty()
        && backend.isolation
        && backend.is_pinned();
    let is_program = |entry: &Entry| entry.path.as_os_str() == "setup.py";
    is_known
        && !sources.iter().any(is_program)
        && SETTINGS.iter().all(|name| !is_doubtful(&text(sources, name)))
}

/// The text of the file `name` at the top of the project; empty if there is none.
pub(super) fn text(sources: &[Entry], name: &str) -> String {
    let entry = sources.iter().find(|entry| entry.path.as_os_str() == name);
    let read = |entry: &Entry| match entry.kind {
        EntryKind::File { .. } => fs::read_to_string(&entry.source).ok(),
        // Doubtful: it may lead anywhere.
        _ => Some("..".to_owned()),
    };
    entry.map_or(Some(String::new()), read).unwrap_or_else(|| "..".to_owned())
}

/// Whether settings with this `text` may do more than name files of the project.
fn is_doubtful(text: &str) -> bool {
    // Comments may say anything.
    let code = text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    code.into_iter()
        .any(|line| line.starts_with('/') || DOUBTFUL.iter().any(|word| line.contains(word)))
}

/// The settings as one text, to look for names of files in.
pub(super) fn settings(sources: &[Entry]) -> String {
    SETTINGS.iter().map(|name| text(sources, name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_may_run_code_or_leave_the_project_are_doubtful() {
        let plain = "# with attr\n[project]\nname = \"x\"\nversion = \"1\"\nreadme = \"README.md\"\n\
                     [project.urls]\nhome = \"https://example.org\"\n\
                     [tool.setuptools.packages.find]\nwhere = [\"src\"]\n";
        assert!(!is_doubtful(plain));
        assert!(!is_doubtful("include README.md\nrecursive-include src *.go"));
        for text in [
            "version = {attr = \"x.__version__\"}",
            "cmdclass = {build = \"x.Build\"}",
            "[egg_info]\ntag_date = 1",
            "package-dir = {\"\" = \"../src\"}",
            "package_dir =\n    = /src",
            "data = [\"/etc/passwd\"]",
            "  /etc/passwd",
        ] {
            assert!(is_doubtful(text), "{text}");
        }
    }
}
