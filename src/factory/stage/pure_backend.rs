//! Whether the base wheel of a project depends on nothing but files that pygo knows.
//!
//! A build backend is a program: it may ask git, the network or the clock. So only the pinned
//! setuptools counts, in its isolated environment, and only with settings that name no file outside
//! of the project. When the backend runs, `own_code.py` decides whether the project's code does
//! more than read its files. If unsure, the backend runs every time.

use fs_err as fs;

use super::backend::Backend;
use crate::project::{Entry, EntryKind, OWN_BACKEND};

/// The backends that read only the project.
const BACKENDS: &[&str] =
    &["setuptools.build_meta", "setuptools.build_meta:__legacy__", OWN_BACKEND];

/// Files with settings of setuptools.
const SETTINGS: &[&str] = &["pyproject.toml", "setup.cfg", "MANIFEST.in"];

/// Variables that setuptools, or Python while it runs it, may react to.
pub(super) const VARIABLES: &[&str] = &[
    "SETUPTOOLS_*",
    "DISTUTILS_*",
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

/// Those of them that are pygo's alone.
pub(super) const OWN_VARIABLES: &[&str] =
    &["PYGO_CACHE_DIR", "PYGO_SHARED_CACHE", "PYGO_SHARED_CACHE_MODE"];

/// What runs code, reads a clock, or names a file outside of the project.
const DOUBTFUL: &[&str] = &[
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

/// In place of a text that cannot be read: one that is doubtful.
const UNKNOWN: &str = "..";

/// Whether `backend` makes the same wheel of the same `sources`.
pub(super) fn is_pure(backend: &Backend<'_>, sources: &[Entry]) -> bool {
    let build_system = backend.build_system;
    // setuptools reads the file that it names.
    let has_more_settings = backend.host.environment.get("DIST_EXTRA_CONFIG").is_some();
    let is_known = BACKENDS.contains(&build_system.backend.as_str())
        && build_system.backend_path.is_empty()
        && !has_more_settings
        && backend.isolation
        && backend.is_pinned();
    is_known
        && SETTINGS.iter().all(|name| !is_doubtful(&text(sources, name)))
        && attributes(sources).is_some()
}

/// The attributes of modules that the settings look up, `example.__version__`; nothing if a line
/// may mean something else.
pub(super) fn attributes(sources: &[Entry]) -> Option<Vec<String>> {
    let settings = settings(sources);
    let lines = settings.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    lines.filter(|line| line.contains("attr")).map(attribute).collect()
}

/// The attribute that `line` of the settings looks up: `version = { attr = "example.version" }`,
/// `version = attr: example.version`.
fn attribute(line: &str) -> Option<String> {
    let (before, after) = line.split_once("attr")?;
    let before = before.trim_end_matches(|c: char| c == '.' || c == '{' || c.is_whitespace());
    let is_start = matches!(before, "" | "version" | "version =" | "version=");
    let value = after.trim_start().strip_prefix(['=', ':'])?.trim();
    let value = value.trim_end_matches('}').trim_end();
    let quote = value.chars().next().filter(|c| ['"', '\''].contains(c));
    let name = match quote {
        Some(quote) => value.strip_prefix(quote)?.strip_suffix(quote)?,
        None => value,
    };
    let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    (is_start && !name.is_empty() && name.chars().all(is_name)).then(|| name.to_owned())
}

/// The text of the file `name` at the top of the project; empty if there is none.
pub(super) fn text(sources: &[Entry], name: &str) -> String {
    let entry = sources.iter().find(|entry| entry.path.as_os_str() == name);
    let read = |entry: &Entry| match entry.kind {
        EntryKind::File { .. } => fs::read_to_string(&entry.source).ok(),
        // Doubtful: it may lead anywhere.
        _ => None,
    };
    entry.map_or(Some(String::new()), read).unwrap_or_else(|| UNKNOWN.to_owned())
}

/// Whether settings with this `text` may do more than name files of the project.
fn is_doubtful(text: &str) -> bool {
    // Comments and descriptions may say anything, and the backend reads none of pygo's keys.
    // A string of several lines may look like a table.
    let has_long_string = ["\"\"\"", "'''"].iter().any(|quotes| text.contains(quotes));
    let mut is_own = false;
    let mut counts = |line: &str| {
        if line.starts_with('[') {
            is_own = line.trim_start_matches('[').starts_with("tool.pygo-tools");
        }
        let is_prose = line.starts_with("description = \"");
        !(line.starts_with('#') || (!has_long_string && (is_own || is_prose)))
    };
    text.lines()
        .map(str::trim)
        .filter(|line| counts(line))
        .any(|line| line.starts_with('/') || DOUBTFUL.iter().any(|word| line.contains(word)))
}

/// Whether setup.py may read files: then nobody knows which.
pub(super) fn setup_reads(sources: &[Entry]) -> bool {
    let text = text(sources, "setup.py");
    text == UNKNOWN || ["open", "read", "load"].iter().any(|word| text.contains(word))
}

/// Whether the settings may name files in directories that the listing of the project leaves out:
/// outputs of earlier builds.
pub(super) fn names_outputs(sources: &[Entry]) -> bool {
    let settings = settings(sources);
    ["build/", "dist/", ".egg-info"].iter().any(|name| settings.contains(name))
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
        assert!(!is_doubtful(
            "[project]\ndescription = \"A command ..\"\n[tool.pygo-tools]\ngo-dir = \"../core\"\n\
             [[tool.pygo-tools.parts]]\nbefore = [\"make -C /x\"]\n[tool.setuptools]\n"
        ));
        assert!(is_doubtful("[tool.pygo-tools]\n[tool.setuptools]\npackage-dir = \"../src\"\n"));
        assert!(is_doubtful("description = \"\"\"..\n"));
        assert!(is_doubtful("x = '''\n[tool.pygo-tools]\n'''\ncmdclass = 1\n"));
        for text in [
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

    #[test]
    fn attributes_are_found_in_both_kinds_of_settings() {
        for line in [
            "version = {attr = \"x.__version__\"}",
            "version = { attr = 'x.__version__' }",
            "version.attr = \"x.__version__\"",
            "attr = \"x.__version__\"",
            "version = attr: x.__version__",
        ] {
            assert_eq!(attribute(line).as_deref(), Some("x.__version__"), "{line}");
        }
        for line in ["description = \"an attribute\"", "attr = [\"x\"]", "attr = \"a\" # \"b\""] {
            assert_eq!(attribute(line), None, "{line}");
        }
    }
}
