//! Where a project of setuptools has its metadata, and therefore the names of its packages: setuptools
//! reads `[tool.setuptools]` only beside `[project]`.
//!
//! Input: the project. Output: what to write, and where.

use std::path::Path;

/// Where the metadata is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Metadata {
    /// `[project]` in pyproject.toml.
    Pyproject,
    SetupCfg,
    SetupPy,
}

impl Metadata {
    /// Where that of the project at `root` is.
    pub(super) fn of(root: &Path) -> Self {
        let has = |file: &str, tables: &[&str]| {
            let text = fs_err::read_to_string(root.join(file)).unwrap_or_default();
            text.lines().any(|line| tables.iter().any(|table| line.trim_end().starts_with(table)))
        };
        if has("pyproject.toml", &["[project]"]) {
            Self::Pyproject
        } else if has("setup.cfg", &["[metadata]", "[options]"]) {
            Self::SetupCfg
        } else if root.join("setup.py").is_file() {
            Self::SetupPy
        } else {
            Self::Pyproject
        }
    }

    /// What to write so that setuptools looks for no packages, and takes `package` if the project has
    /// Python files of it in `dir`. A top-level extension module has none.
    pub(super) fn packages(self, package: &str, dir: &Path) -> String {
        let has_python = fs_err::read_dir(dir).is_ok_and(|mut entries| {
            entries.any(|entry| {
                entry.is_ok_and(|entry| entry.path().extension().is_some_and(|end| end == "py"))
            })
        });
        let (start, names) = if has_python {
            ("name the package", vec![package])
        } else {
            ("name the project's Python packages, or none,", Vec::new())
        };
        let quoted: Vec<_> = names.iter().map(|name| format!("{name:?}")).collect();
        let list = quoted.join(", ");
        match self {
            Self::Pyproject => {
                format!("{start} in pyproject.toml:\n[tool.setuptools]\npackages = [{list}]")
            }
            Self::SetupCfg => {
                let lines: String = names.iter().map(|name| format!("\n    {name}")).collect();
                format!("{start} in setup.cfg:\n[options]\npackages ={lines}")
            }
            Self::SetupPy => {
                format!("{start} in the call of setup() in setup.py:\npackages=[{list}],")
            }
        }
    }

    /// What to do if setuptools does not accept pyproject.toml because it has no `[project]`.
    pub(super) fn without_project_table(self) -> Option<String> {
        let place = match self {
            Self::Pyproject => return None,
            Self::SetupCfg => "[options] in setup.cfg",
            Self::SetupPy => "the call of setup() in setup.py",
        };
        Some(format!(
            "setuptools reads [tool.setuptools] only beside [project]: move its keys to {place}, or \
             all metadata to [project]"
        ))
    }
}

#[cfg(test)]
mod tests {
    use fs_err as fs;

    use super::*;

    #[test]
    fn packages_are_named_where_the_metadata_is() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        let write = |name: &str, text: &str| fs::write(root.join(name), text).unwrap();
        fs::create_dir(root.join("p")).unwrap();
        fs::create_dir(root.join("_x")).unwrap();
        write("p/__init__.py", "");
        write("_x/main.go", "");
        let advice = |package: &str| Metadata::of(root).packages(package, &root.join(package));

        write("setup.py", "from setuptools import setup\nsetup()\n");
        write("pyproject.toml", "[tool.pygo-tools]\n");
        assert_eq!(
            advice("p"),
            "name the package in the call of setup() in setup.py:\npackages=[\"p\"],"
        );
        assert!(advice("_x").ends_with("\npackages=[],"), "{}", advice("_x"));
        write("setup.cfg", "[metadata]\nname = p\n");
        assert_eq!(advice("p"), "name the package in setup.cfg:\n[options]\npackages =\n    p");
        assert!(advice("_x").ends_with("setup.cfg:\n[options]\npackages ="), "{}", advice("_x"));
        write("pyproject.toml", "[project]\nname = \"p\"\n");
        assert!(advice("p").ends_with("[tool.setuptools]\npackages = [\"p\"]"));
    }
}
