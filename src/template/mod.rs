//! A project to begin with: its files, before they are anywhere.
//!
//! In: a [`NewName`] and a [`Kind`]. Out: the files, each with its place in the project and its
//! text. The texts are those of `files/`, where `{{name}}` stands for the distribution and
//! `{{package}}` for the Python package. Nothing here reads or writes.
//!
//! The library is `<package>_go` and not `<package>`: of `util`, `info` or `c`, a linker would
//! take the system's own.

mod name;
mod taken;

pub use name::{NewName, NewNameError};

/// Which layout a project has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// All in `pyproject.toml`, the package in `src/`.
    Pyproject,
    /// `config.json` beside `setup.py`, the package beside both: that of pygo-tools 0.1.8.
    SetupPy,
}

/// A file of a new project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Where it goes, relative to the project and with `/`.
    pub path: String,
    /// What is in it.
    pub text: String,
    /// Whether one that is there already serves as well.
    pub may_be_there: bool,
}

/// A template: where it goes, and what is in it.
type Template = (&'static str, &'static str);

/// What both kinds have in their package.
const PACKAGE: &[Template] = &[
    ("__init__.py", include_str!("files/both/init.py")),
    ("_{{package}}.pyi", include_str!("files/both/extension.pyi")),
    ("go/go.mod", include_str!("files/both/go.mod.txt")),
    ("go/main.go", include_str!("files/both/main.go")),
    ("greeting.py", include_str!("files/both/greeting.py")),
    ("py.typed", ""),
];

/// What both kinds have beside it.
const BESIDE: &[Template] = &[
    (".gitignore", include_str!("files/both/gitignore")),
    ("tests/test_{{package}}.py", include_str!("files/both/test.py")),
];

const PYPROJECT: &[Template] = &[
    ("MANIFEST.in", include_str!("files/pyproject/MANIFEST.in")),
    ("README.md", include_str!("files/pyproject/README.md")),
    ("pyproject.toml", include_str!("files/pyproject/pyproject.toml.txt")),
    // Makes `python -m unittest` find the tests. In the other layout it would have pytest put
    // the sources before an installed package.
    ("tests/__init__.py", ""),
];

const SETUP_PY: &[Template] = &[
    ("MANIFEST.in", include_str!("files/setup_py/MANIFEST.in")),
    ("README.md", include_str!("files/setup_py/README.md")),
    ("config.json", include_str!("files/setup_py/config.json")),
    ("pyproject.toml", include_str!("files/setup_py/pyproject.toml.txt")),
    ("setup.py", include_str!("files/setup_py/setup.py")),
];

/// What a person may have put there before, and no build depends on.
const MAY_BE_THERE: &[&str] = &[".gitignore", "README.md"];

impl Kind {
    /// The directory of the package, relative to the project.
    pub fn package_dir(self, name: &NewName) -> String {
        match self {
            Self::Pyproject => format!("src/{}", name.package()),
            Self::SetupPy => name.package().to_string(),
        }
    }

    /// What must not be in the project, for it would be read beside the files, or before them.
    pub fn rivals(self, name: &NewName) -> Vec<String> {
        let setup_cfg = "setup.cfg".to_owned();
        match self {
            Self::Pyproject => vec![format!("{}/go", name.package()), setup_cfg, "setup.py".into()],
            Self::SetupPy => vec![setup_cfg],
        }
    }
}

/// The files of a project called `name`, by their places.
pub fn files(name: &NewName, kind: Kind) -> Vec<File> {
    let fill = |text: &str| {
        text.replace("{{name}}", &name.distribution().to_string())
            .replace("{{package}}", name.package().as_str())
    };
    let of_kind = match kind {
        Kind::Pyproject => PYPROJECT,
        Kind::SetupPy => SETUP_PY,
    };
    let dir = kind.package_dir(name);
    let inside = PACKAGE.iter().map(|(path, text)| (format!("{dir}/{path}"), text));
    let beside = BESIDE.iter().chain(of_kind).map(|(path, text)| ((*path).to_owned(), text));
    let mut files: Vec<_> = inside
        .chain(beside)
        .map(|(path, text)| File {
            may_be_there: MAY_BE_THERE.contains(&path.as_str()),
            path: fill(&path),
            text: fill(text),
        })
        .collect();
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, kind: Kind) -> Vec<File> {
        files(&name.parse().unwrap(), kind)
    }

    fn paths(kind: Kind) -> Vec<String> {
        of("My-Lib", kind).into_iter().map(|file| file.path).collect()
    }

    #[test]
    fn where_files_go() {
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
        for kind in [Kind::Pyproject, Kind::SetupPy] {
            for file in of("My-Lib", kind) {
                let whole = format!("{}{}", file.path, file.text);
                assert!(!whole.contains("{{") && !whole.contains("}}"), "{file:?}");
                assert!(file.text.is_empty() || file.text.ends_with('\n'), "{file:?}");
            }
        }
    }
}
