//! Explains a failed build backend: the end of its traceback that concerns the project, and advice
//! for the causes that pygo recognises.

use std::path::Path;

use super::pattern::find;
use super::setuptools_metadata;

/// What setuptools says of any error in pyproject.toml.
const INVALID_PYPROJECT: &str = "invalid pyproject.toml config";

/// How many lines of an output a message has; the log has them all.
const MAX_LINES: usize = 20;

/// What is known about a backend that failed, besides its output.
pub(super) struct BackendFailure<'a> {
    /// `module` or `module:object`.
    pub(super) backend: &'a str,
    pub(super) isolation: bool,
    /// The modules that exist only once pygo has built them, and the package around them.
    pub(super) own: &'a [String],
    /// The directory that it ran in.
    pub(super) project: &'a Path,
}

/// Where a row applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Always,
    Isolated,
    Shared,
}

/// Texts of which the output contains one, where the row applies, and the help. A `*` in a text
/// stands for a name, which the help calls `{name}`; `{package}` is the project's package.
type Row = (&'static [&'static str], When, &'static str);

const TABLE: &[Row] = &[
    (
        &["`project.license` must be valid exactly by one definition", "{'license-files'}"],
        When::Isolated,
        "this setuptools is older than `license = \"MIT\"` and `license-files` (PEP 639): write \
         \"setuptools>=77\" into `requires` in [build-system]",
    ),
    (
        &["`project.license` must be valid exactly by one definition", "{'license-files'}"],
        When::Shared,
        "the installed setuptools is older than `license = \"MIT\"` and `license-files` (PEP 639): \
         install setuptools 77 or newer, or build without --no-isolation",
    ),
    (&[INVALID_PYPROJECT], When::Always, "correct [project] in pyproject.toml"),
    (
        &["invalid command 'bdist_wheel'"],
        When::Always,
        "install setuptools 70.1 or newer, or the package wheel",
    ),
    (
        &["Multiple top-level packages discovered", "Multiple top-level modules discovered"],
        When::Always,
        "{setuptools}",
    ),
    (
        &["Unable to determine which files to ship inside the wheel"],
        When::Always,
        "name the directory of the package in pyproject.toml:\n\
         [tool.hatch.build.targets.wheel]\npackages = [\"{directory}\"]",
    ),
    (
        &["No file/folder found for package"],
        When::Always,
        "name the package in pyproject.toml:\n\
         [tool.poetry]\npackages = [{ include = \"{package}\" }]",
    ),
    (
        &["No file/folder found for module"],
        When::Always,
        "name the package in pyproject.toml:\n[tool.flit.module]\nname = \"{package}\"",
    ),
    (
        &["was unable to detect version for", "Error getting the version from source `vcs`"],
        When::Always,
        "fetch the history and its tags (`git fetch --tags --unshallow`), tag a commit, or set \
         SETUPTOOLS_SCM_PRETEND_VERSION",
    ),
    (
        &["package directory '*' does not exist"],
        When::Always,
        "correct `packages` or `package_dir`, which name `{name}`",
    ),
    (
        &["No module named 'pkg_resources'"],
        When::Always,
        "setuptools 82 and newer have no pkg_resources: use importlib.metadata and \
         importlib.resources instead, or require \"setuptools<82\"",
    ),
    (
        &["No module named '*'"],
        When::Isolated,
        "add the distribution that contains `{name}` to `requires` in [build-system] of \
         pyproject.toml, or build with --no-isolation",
    ),
    (
        &["No module named '*'"],
        When::Shared,
        "install the distribution that contains `{name}`, or build without --no-isolation",
    ),
];

impl BackendFailure<'_> {
    /// The part of `stderr` that concerns the project; `None` if it has no traceback.
    pub(super) fn found(&self, stderr: &str) -> Option<String> {
        let traceback = Traceback::last_in(stderr)?;
        let (frames, message) = traceback.parts();
        let own = frames.into_iter().filter_map(|frame| self.shown(frame));
        let project = format!("{}/", self.project.display());
        let lines: Vec<_> =
            own.chain(message.iter().map(|line| line.replace(&project, ""))).collect();
        Some(lines[lines.len().saturating_sub(MAX_LINES)..].join("\n"))
    }

    /// How to fix it.
    pub(super) fn help(&self, stderr: &str) -> String {
        if let Some(module) = self.missing(stderr)
            && self.is_backend(module)
        {
            return self.no_backend(module);
        }
        let metadata = || setuptools_metadata::Metadata::of(self.project);
        if stderr.contains(INVALID_PYPROJECT)
            && let Some(help) = metadata().without_project_table()
        {
            return help;
        }
        if self.imports_own(stderr) {
            let package = self.own.first().map_or("", String::as_str);
            return format!(
                "building imports the package `{package}`, whose native part does not exist yet: \
                 let setup.py and pyproject.toml read the version from a file instead, and import \
                 nothing from `{package}`"
            );
        }
        let applies = |when: When| match when {
            When::Always => true,
            When::Isolated => self.isolation,
            When::Shared => !self.isolation,
        };
        let rows = TABLE.iter().filter(|(_, when, _)| applies(*when));
        let found = rows.into_iter().find_map(|(texts, _, help)| {
            let name = texts.iter().find_map(|text| find(text, stderr))?;
            Some(help.replace("{name}", name))
        });
        let package = self.own.first().map_or("", String::as_str);
        let help = found.unwrap_or_else(|| "fix the backend's error".to_owned());
        let directory = package.replace('.', "/");
        let in_src = self.project.join("src").join(&directory).is_dir();
        let directory = if in_src { format!("src/{directory}") } else { directory };
        let setuptools = || metadata().packages(package, &self.project.join(&directory));
        let help = help.replace("{package}", package).replace("{directory}", &directory);
        if help == "{setuptools}" { setuptools() } else { help }
    }

    /// The module whose absence ended the backend.
    fn missing<'e>(&self, stderr: &'e str) -> Option<&'e str> {
        let line = stderr.lines().rev().find(|line| line.starts_with("ModuleNotFoundError"))?;
        find("No module named '*'", line)
    }

    /// Whether `module` is the backend, and not a module that it imports.
    fn is_backend(&self, module: &str) -> bool {
        let backend = self.backend.split(':').next().unwrap_or_default();
        backend == module || backend.starts_with(&format!("{module}."))
    }

    fn no_backend(&self, module: &str) -> String {
        let backend = self.backend;
        if self.isolation {
            format!(
                "`build-backend` is {backend}, but nothing in `requires` contains `{module}`: \
                 correct the name, or add the distribution to `requires` in [build-system]"
            )
        } else {
            format!(
                "install the distribution that contains `{module}`, or build without --no-isolation"
            )
        }
    }

    /// Whether the backend ran code of the project's package, or looked for its native part.
    fn imports_own(&self, stderr: &str) -> bool {
        let is_below =
            |module: &str, own: &String| module == own || module.starts_with(&format!("{own}."));
        let is_own = |module: &str| self.own.iter().any(|own| is_below(module, own));
        if self.missing(stderr).is_some_and(is_own) {
            return true;
        }
        let Some(package) = self.own.first() else { return false };
        let directory = package.replace('.', "/");
        let frames = Traceback::last_in(stderr).map(|traceback| traceback.parts().0);
        frames.into_iter().flatten().any(|frame| {
            let path = Path::new(frame.file).strip_prefix(self.project);
            path.is_ok_and(|path| {
                path.starts_with(&directory) || path.starts_with(format!("src/{directory}"))
            })
        })
    }

    /// A frame in a file of the project: `setup.py:2: import example`.
    fn shown(&self, frame: Frame<'_>) -> Option<String> {
        let Frame { file, line, source } = frame;
        let file = match Path::new(file).strip_prefix(self.project) {
            Ok(path) => path.display().to_string(),
            // setuptools compiles setup.py under this name, or its own line if there is none.
            Err(_) if file == "<string>" && self.project.join("setup.py").exists() => {
                "setup.py".to_owned()
            }
            Err(_) => return None,
        };
        // Python prints the lines of files, but setuptools passes setup.py as a string.
        let text = || fs_err::read_to_string(self.project.join(&file)).ok();
        let number = line.parse::<usize>().ok()?.checked_sub(1)?;
        let line_of = |text: String| Some(text.lines().nth(number)?.trim().to_owned());
        let source = source.map(str::to_owned).or_else(|| line_of(text()?));
        let source = source.map(|source| format!(": {source}")).unwrap_or_default();
        Some(format!("{file}:{line}{source}"))
    }
}

/// A Python traceback with what follows it.
struct Traceback<'a>(Vec<&'a str>);

/// One call in a traceback.
struct Frame<'a> {
    file: &'a str,
    line: &'a str,
    source: Option<&'a str>,
}

impl<'a> Traceback<'a> {
    fn last_in(output: &'a str) -> Option<Self> {
        let start = output.rfind("Traceback (most recent call last):")?;
        Some(Self(output[start..].trim_end().lines().skip(1).collect()))
    }

    /// The calls, and the lines of the exception.
    fn parts(&self) -> (Vec<Frame<'a>>, &[&'a str]) {
        let end = self.0.iter().position(|line| !line.starts_with(' ')).unwrap_or(self.0.len());
        let (calls, message) = self.0.split_at(end);
        let mut frames: Vec<Frame<'a>> = Vec::new();
        for text in calls {
            if let Some(rest) = text.strip_prefix("  File \"")
                && let Some((file, rest)) = rest.split_once("\", line ")
            {
                let line = rest.split(',').next().unwrap_or_default();
                frames.push(Frame { file, line, source: None });
            } else if let Some(frame) = frames.last_mut() {
                let source = text.trim();
                let is_marker = source.chars().all(|c| "^~ ".contains(c));
                if !is_marker && frame.source.is_none() {
                    frame.source = Some(source);
                }
            }
        }
        (frames, message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What setuptools 84 prints when setup.py runs `from p import __version__`.
    fn traceback(end: &str) -> String {
        format!(
            "warning: ignored\nTraceback (most recent call last):\n  \
             File \"/cache/files/scripts-1/backend.py\", line 50, in <module>\n    main()\n  \
             File \"/cache/tools/setuptools-84.2.1/setuptools/build_meta.py\", line 317, in \
             run_setup\n    exec(code, locals())  # noqa: S102 # exec is intentional here\n    \
             ^^^^^^^^^^^^^^^^^^^^\n{end}\n"
        )
    }

    const PACKAGE: &str = "  File \"/run/project/a/p/__init__.py\", line 1, in <module>\n    ";

    fn failure(own: &[String], isolation: bool) -> BackendFailure<'_> {
        let project = Path::new("/run/project");
        BackendFailure { backend: "flit_core.buildapi", isolation, own, project }
    }

    fn own() -> Vec<String> {
        ["a.p", "a._x"].map(str::to_owned).into()
    }

    #[test]
    fn the_project_s_own_lines_are_shown() {
        let end = format!("{PACKAGE}from _x import lib\nModuleNotFoundError: No module named '_x'");
        let own = own();
        let found = failure(&own, true).found(&traceback(&end)).unwrap();
        assert_eq!(
            found,
            "a/p/__init__.py:1: from _x import lib\nModuleNotFoundError: No module named '_x'"
        );
        assert_eq!(failure(&own, true).found("error: no traceback"), None);
    }

    #[test]
    fn a_build_that_imports_its_own_package_is_recognised() {
        let own = own();
        let help = |end: String| failure(&own, true).help(&traceback(&end));
        for end in [
            format!(
                "{PACKAGE}from .native import lib\nModuleNotFoundError: No module named 'a.p.native'"
            ),
            "ModuleNotFoundError: No module named 'a._x'".to_owned(),
            format!(
                "{PACKAGE}from .lib import thing\nImportError: cannot import name 'thing' from 'a.p.lib'"
            ),
            format!(
                "{PACKAGE}CDLL('x.so')\n  File \"/lib/ctypes/__init__.py\", line 376, in __init__\n    \
                     self._handle = _dlopen(self._name, mode)\nOSError: x.so: cannot open shared object file"
            ),
            format!("{PACKAGE}import numpy\nModuleNotFoundError: No module named 'numpy'"),
        ] {
            assert!(help(end).starts_with("building imports the package `a.p`, whose native part"));
        }
        let other = help("ModuleNotFoundError: No module named 'numpy'".to_owned());
        assert!(other.starts_with("add the distribution that contains `numpy` to `requires`"));
        let other = help("ModuleNotFoundError: No module named 'a.px'".to_owned());
        assert!(other.starts_with("add the distribution that contains `a.px`"), "{other}");
    }

    #[test]
    fn causes_in_setuptools_and_other_backends_are_recognised() {
        let own = own();
        for (isolation, end, help) in [
            (
                true,
                "ValueError: invalid pyproject.toml config: `project.license`.\nconfiguration error: \
                 `project.license` must be valid exactly by one definition (2 matches found):",
                "write \"setuptools>=77\" into `requires` in [build-system]",
            ),
            (
                false,
                "ValueError: invalid pyproject.toml config: `project`.\nconfiguration error: \
                 `project` must not contain {'license-files'} properties",
                "install setuptools 77 or newer, or build without --no-isolation",
            ),
            (
                true,
                "ValueError: invalid pyproject.toml config: `project.authors`.\nconfiguration error: \
                 `project.authors` must be array",
                "correct [project] in pyproject.toml",
            ),
            (
                true,
                "ModuleNotFoundError: No module named 'flit_core'",
                "`build-backend` is flit_core.buildapi, but nothing in `requires` contains \
                 `flit_core`",
            ),
            (
                false,
                "ModuleNotFoundError: No module named 'flit_core.buildapi'",
                "install the distribution that contains `flit_core.buildapi`",
            ),
            (
                true,
                "ModuleNotFoundError: No module named 'pkg_resources'",
                "require \"setuptools<82\"",
            ),
            (
                true,
                "ValueError: Unable to determine which files to ship inside the wheel using the \
                 following heuristics: https://hatch.pypa.io/latest/plugins/builder/wheel/",
                "[tool.hatch.build.targets.wheel]\npackages = [\"a/p\"]",
            ),
            (
                true,
                "LookupError: setuptools-scm was unable to detect version for /run/project.",
                "set SETUPTOOLS_SCM_PRETEND_VERSION",
            ),
        ] {
            let advice = failure(&own, isolation).help(&traceback(end));
            assert!(advice.contains(help), "{advice}\nfor {end}");
        }
        let output = "error: Multiple top-level packages discovered in a flat-layout: ['q', 'p'].";
        let advice = failure(&own, true).help(output);
        assert!(advice.ends_with("[tool.setuptools]\npackages = []"), "{advice}");
        let output = "error: package directory 'pp' does not exist";
        assert!(failure(&own, true).help(output).contains("which name `pp`"));
        assert_eq!(failure(&own, true).help("error: x"), "fix the backend's error");
    }
}
