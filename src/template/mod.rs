//! The files of a new project.
//!
//! Input: a [`NewName`] and a [`Kind`]. Output: the files, each with its path and text. The texts
//! are in `files/`, where `{{name}}` stands for the distribution and `{{package}}` for the Python
//! package. Reads and writes nothing.
//!
//! The library is called `<package>_go`, because a linker would find the system's own `util`,
//! `info` or `c` first.

mod adopt;
mod binding;
mod ci;
mod name;
mod reserved;

pub use adopt::{Adopted, adopt, is_configured};
pub use binding::Binding;
use binding::Template;
pub use ci::{CiService, CiWants, ci_file};
pub use name::{NewName, NewNameError};

use crate::project::{OWN_BACKEND, OWN_REQUIREMENT};
use crate::wheel::DistName;

/// The layout of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Everything in `pyproject.toml`, the package in `src/`.
    Pyproject,
    /// `config.json`, `setup.py` and the package side by side: the layout of pygo-tools 0.1.8.
    SetupPy,
}

/// A file of a new project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its path relative to the project, with `/`.
    pub path: String,
    /// Its contents.
    pub text: String,
    /// Whether an existing file is kept instead.
    pub may_exist: bool,
}

/// In every package.
const PACKAGE: &[Template] = &[
    ("__init__.py", include_str!("files/both/init.py")),
    ("go/go.mod", include_str!("files/both/go.mod.txt")),
    ("py.typed", ""),
];

/// The files next to every package.
const BESIDE: &[Template] = &[
    (".gitignore", include_str!("files/both/gitignore")),
    ("tests/test_{{package}}.py", include_str!("files/both/test.py")),
];

const PYPROJECT: &[Template] = &[
    ("MANIFEST.in", include_str!("files/pyproject/MANIFEST.in")),
    ("README.md", include_str!("files/pyproject/README.md")),
    ("pyproject.toml", include_str!("files/pyproject/pyproject.toml.txt")),
    // Lets `python -m unittest` find the tests. In the other layout it would make pytest import
    // the sources instead of an installed package.
    ("tests/__init__.py", ""),
];

const SETUP_PY: &[Template] = &[
    ("MANIFEST.in", include_str!("files/setup_py/MANIFEST.in")),
    ("README.md", include_str!("files/setup_py/README.md")),
    ("config.json", include_str!("files/setup_py/config.json")),
    ("pyproject.toml", include_str!("files/setup_py/pyproject.toml.txt")),
    ("setup.py", include_str!("files/setup_py/setup.py")),
];

/// Files that may already exist, because no build depends on them.
const MAY_EXIST: &[&str] = &[".gitignore", "README.md"];

impl Kind {
    /// The directory of the package, relative to the project.
    pub fn package_dir(self, name: &NewName) -> String {
        match self {
            Self::Pyproject => format!("src/{}", name.package),
            Self::SetupPy => name.package.to_string(),
        }
    }

    /// Paths that must not exist in the project: a build would read them too, or first.
    pub fn rivals(self, name: &NewName) -> Vec<String> {
        let setup_cfg = "setup.cfg".to_owned();
        match self {
            Self::Pyproject => vec![format!("{}/go", name.package), setup_cfg, "setup.py".into()],
            Self::SetupPy => vec![setup_cfg],
        }
    }
}

/// The Go code of a package called `name` in the directory `dir`, for `binding`.
pub fn go_files(name: &NewName, binding: Binding, dir: &str) -> Vec<File> {
    let go = PACKAGE.iter().chain(binding.package()).filter(|(path, _)| path.starts_with("go/"));
    go.map(|(path, text)| File {
        path: format!("{dir}/{path}"),
        text: name.fill(text),
        may_exist: false,
    })
    .collect()
}

/// The files of a project called `name`, sorted by path.
pub fn files(name: &NewName, kind: Kind, binding: Binding) -> Vec<File> {
    let (of_kind, configuration) = match kind {
        Kind::Pyproject => (PYPROJECT, "pyproject.toml"),
        Kind::SetupPy => (SETUP_PY, "config.json"),
    };
    let dir = kind.package_dir(name);
    let whole = |text: &str| {
        let text = binding.fill(text).replace("{{file}}", configuration).replace("{{dir}}", &dir);
        let text =
            text.replace("{{requirement}}", OWN_REQUIREMENT).replace("{{backend}}", OWN_BACKEND);
        name.fill(&text)
    };
    let inside =
        PACKAGE.iter().chain(binding.package()).map(|(path, text)| (format!("{dir}/{path}"), text));
    let beside = BESIDE.iter().chain(of_kind).map(|(path, text)| ((*path).to_owned(), text));
    let mut files: Vec<_> = inside
        .chain(beside)
        .map(|(path, text)| File {
            may_exist: MAY_EXIST.contains(&path.as_str()),
            path: name.fill(&path),
            text: whole(text),
        })
        .collect();
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files
}

/// The files that make a Go module a project with `program`, whose `package main` is in `go_dir` if
/// pygo would not find it; `with_module` adds the module.
pub fn program_files(
    name: &DistName,
    program: &str,
    go_dir: Option<&str>,
    with_module: bool,
) -> Vec<File> {
    let go_dir = go_dir.map(|dir| format!("go-dir = \"{dir}\"\n")).unwrap_or_default();
    let pyproject = format!(
        "[build-system]\nrequires = [\"{OWN_REQUIREMENT}\"]\n\
         build-backend = \"{OWN_BACKEND}\"\n\n[project]\nname = \"{name}\"\n\
         version = \"0.1.0\"\n\n[tool.pygo-tools]\nprogram = \"{program}\"\n{go_dir}"
    );
    let module = [
        ("go.mod", format!("module {program}\n\ngo 1.21\n")),
        (
            "main.go",
            format!(
                "package main\n\nimport \"fmt\"\n\nfunc main() {{\n\
                 \tfmt.Println(\"Hello from {program}\")\n}}\n"
            ),
        ),
    ];
    let module = module.into_iter().filter(|_| with_module);
    let all = module.chain([("pyproject.toml", pyproject)]);
    all.map(|(path, text)| File { path: path.to_owned(), text, may_exist: false }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: Kind, binding: Binding) -> Vec<File> {
        files(&"My-Lib".parse().unwrap(), kind, binding)
    }

    fn paths(kind: Kind) -> Vec<String> {
        of(kind, Binding::Cffi).into_iter().map(|file| file.path).collect()
    }

    #[test]
    fn each_kind_has_its_paths() {
        assert_eq!(
            paths(Kind::Pyproject),
            [
                ".gitignore",
                "MANIFEST.in",
                "README.md",
                "pyproject.toml",
                "src/my_lib/__init__.py",
                "src/my_lib/_my_lib.pyi",
                "src/my_lib/go/go.mod",
                "src/my_lib/go/main.go",
                "src/my_lib/greeting.py",
                "src/my_lib/py.typed",
                "tests/__init__.py",
                "tests/test_my_lib.py",
            ]
        );
        assert_eq!(
            paths(Kind::SetupPy),
            [
                ".gitignore",
                "MANIFEST.in",
                "README.md",
                "config.json",
                "my_lib/__init__.py",
                "my_lib/_my_lib.pyi",
                "my_lib/go/go.mod",
                "my_lib/go/main.go",
                "my_lib/greeting.py",
                "my_lib/py.typed",
                "pyproject.toml",
                "setup.py",
                "tests/test_my_lib.py",
            ]
        );
    }

    #[test]
    fn every_placeholder_is_filled() {
        let all = Binding::ALL.map(|binding| (Kind::Pyproject, binding));
        for (kind, binding) in all.into_iter().chain([(Kind::SetupPy, Binding::Cffi)]) {
            for file in of(kind, binding) {
                let whole = format!("{}{}", file.path, file.text);
                assert!(!whole.contains("{{") && !whole.contains("}}"), "{file:?}");
                assert!(file.text.is_empty() || file.text.ends_with('\n'), "{file:?}");
            }
        }
    }
}
