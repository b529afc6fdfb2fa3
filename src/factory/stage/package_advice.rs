//! What to write so that a build backend includes a package that it left out.
//!
//! Input: the backend, the project's packaging files, the packages left out, and the wheel. Output:
//! a sentence with the lines to write. Sources: the documentation of each backend.

use std::collections::BTreeSet;
use std::path::Path;

use super::packages::LeftOut;
use crate::project::OWN_BACKEND;
use crate::wheel::Contents;

/// What to write in the project at `root`, whose `backend` left `left` out of `wheel`.
pub(super) fn advice(backend: &str, root: &Path, left: &[LeftOut], wheel: &Contents) -> String {
    let text = |name: &str| fs_err::read_to_string(root.join(name)).unwrap_or_default();
    let packages = Included::of(left, wheel);
    let (file, lines) = match backend.split(':').next().unwrap_or(backend) {
        "hatchling.build" => (PYPROJECT, packages.for_hatchling()),
        "uv_build" => (PYPROJECT, packages.for_uv()),
        "poetry.core.masonry.api" => (PYPROJECT, packages.for_poetry()),
        "pdm.backend" => (PYPROJECT, packages.for_pdm()),
        "flit_core.buildapi" | "flit.buildapi" => match packages.modules.first() {
            Some(module) if packages.modules.len() == 1 => (PYPROJECT, packages.for_flit(module)),
            _ => {
                let modules: Vec<_> = packages.modules.iter().map(String::as_str).collect();
                let all = modules.join(" and ");
                return format!(
                    "merge {all} into one package, or use another backend: flit builds only one"
                );
            }
        },
        module if module.starts_with("setuptools.") || module == OWN_BACKEND => {
            packages.for_setuptools(&text("setup.py"), &text("setup.cfg"), &text(PYPROJECT))
        }
        other => {
            let names: Vec<_> = left.iter().map(|left| left.package.as_str()).collect();
            return format!("configure {other} so that it includes {}", names.join(" and "));
        }
    };
    let lines: Vec<_> = lines.iter().map(|line| format!("    {line}")).collect();
    format!(
        "add this to {file}, and do not exclude any of these packages:\n\n{}\n",
        lines.join("\n")
    )
}

const PYPROJECT: &str = "pyproject.toml";

/// What a wheel should have.
struct Included {
    /// Every package, with dots.
    all: BTreeSet<String>,
    /// The outermost regular package of each: what some backends call a module.
    modules: BTreeSet<String>,
    /// The directory that contains the top-level packages.
    root: String,
    /// Whether one of them is without `__init__.py`.
    has_namespace: bool,
}

impl Included {
    /// The packages of `wheel`, and those in `left`.
    fn of(left: &[LeftOut], wheel: &Contents) -> Self {
        let dirs = |init: bool| {
            wheel.keys().filter_map(move |path| {
                let (dir, file) = path.as_str().rsplit_once('/')?;
                let counts = if init { file == "__init__.py" } else { file.ends_with(".py") };
                (counts && !dir.contains('.')).then(|| dir.replace('/', "."))
            })
        };
        let missing = || left.iter().map(|left| left.package.clone());
        let all: BTreeSet<String> = dirs(false).chain(missing()).collect();
        let regular: BTreeSet<String> = dirs(true).chain(missing()).collect();
        let outermost = |name: &String| {
            let above =
                std::iter::successors(Some(name.as_str()), |name| Some(name.rsplit_once('.')?.0));
            above.filter(|name| regular.contains(*name)).last().map(str::to_owned)
        };
        Self {
            modules: all.iter().filter_map(outermost).collect(),
            all,
            root: left.first().map(|left| left.root.clone()).unwrap_or_default(),
            has_namespace: left.iter().any(|left| !left.is_regular()),
        }
    }

    fn tops(&self) -> BTreeSet<&str> {
        self.all.iter().map(|name| name.split('.').next().unwrap_or(name)).collect()
    }

    /// The directories of the top-level packages.
    fn paths(&self) -> Vec<String> {
        let slash = if self.in_src() { "/" } else { "" };
        self.tops().into_iter().map(|top| format!("{}{slash}{top}", self.root)).collect()
    }

    fn in_src(&self) -> bool {
        !self.root.is_empty()
    }

    fn for_setuptools(
        &self,
        setup_py: &str,
        setup_cfg: &str,
        pyproject: &str,
    ) -> (&'static str, Vec<String>) {
        let all = list(&self.all);
        if setup_py.contains("packages") {
            let mut lines = vec![format!("packages={all},")];
            lines.extend(self.in_src().then(|| format!("package_dir={{\"\": {:?}}},", self.root)));
            return ("the call of setup() in setup.py", lines);
        }
        if setup_cfg.contains("packages") {
            let mut lines = vec!["[options]".to_owned(), "packages =".to_owned()];
            lines.extend(self.all.iter().map(|name| format!("    {name}")));
            if self.in_src() {
                lines.extend(["package_dir =".to_owned(), format!("    = {}", self.root)]);
            }
            return ("setup.cfg", lines);
        }
        if pyproject.contains("packages.find") {
            let patterns = self.tops().into_iter().map(|top| format!("{top}*"));
            let mut lines = vec!["[tool.setuptools.packages.find]".to_owned()];
            lines.extend(self.in_src().then(|| format!("where = [{:?}]", self.root)));
            lines.push(format!("include = {}", list(patterns)));
            lines.extend(self.has_namespace.then(|| "namespaces = true".to_owned()));
            return (PYPROJECT, lines);
        }
        let mut lines = vec!["[tool.setuptools]".to_owned(), format!("packages = {all}")];
        lines.extend(self.in_src().then(|| format!("package-dir = {{\"\" = {:?}}}", self.root)));
        (PYPROJECT, lines)
    }

    fn for_hatchling(&self) -> Vec<String> {
        vec![
            "[tool.hatch.build.targets.wheel]".to_owned(),
            format!("packages = {}", list(self.paths())),
        ]
    }

    fn for_uv(&self) -> Vec<String> {
        vec![
            "[tool.uv.build-backend]".to_owned(),
            format!("module-name = {}", list(&self.modules)),
            format!("module-root = {:?}", self.root),
        ]
    }

    fn for_poetry(&self) -> Vec<String> {
        let from = if self.in_src() { format!(", from = {:?}", self.root) } else { String::new() };
        let row = |top| format!("{{ include = {top:?}{from} }}");
        let rows: Vec<_> = self.tops().into_iter().map(row).collect();
        vec!["[tool.poetry]".to_owned(), format!("packages = [{}]", rows.join(", "))]
    }

    fn for_pdm(&self) -> Vec<String> {
        let includes = format!("includes = {}", list(self.paths()));
        let mut lines = vec!["[tool.pdm.build]".to_owned(), includes];
        lines.extend(self.in_src().then(|| format!("package-dir = {:?}", self.root)));
        lines
    }

    fn for_flit(&self, module: &str) -> Vec<String> {
        vec!["[tool.flit.module]".to_owned(), format!("name = {module:?}")]
    }
}

/// A list of strings, the same in Python and TOML.
fn list(names: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let quoted: Vec<_> = names.into_iter().map(|name| format!("{:?}", name.as_ref())).collect();
    format!("[{}]", quoted.join(", "))
}

#[cfg(test)]
mod tests {
    use fs_err as fs;

    use super::*;
    use crate::wheel::File;

    /// The advice for a project with `files` and the packages app and acme.fast, whose wheel has
    /// only app.
    fn advised(backend: &str, root: &str, files: &[(&str, &str)]) -> String {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(dir.path().join(name), text).unwrap();
        }
        let left = ["acme", "acme.fast"].map(|package| LeftOut {
            package: package.to_owned(),
            root: root.to_owned(),
            file: format!("{root}/{}/__init__.py", package.replace('.', "/")),
            is_needed: true,
        });
        let paths = ["app/__init__.py", "app-1.dist-info/METADATA"];
        let wheel = paths.map(|path| (path.parse().unwrap(), File::new([]))).into();
        advice(backend, dir.path(), &left, &wheel)
    }

    fn lines(file: &str, lines: &[&str]) -> String {
        let lines: Vec<_> = lines.iter().map(|line| format!("    {line}\n")).collect();
        format!(
            "add this to {file}, and do not exclude any of these packages:\n\n{}",
            lines.concat()
        )
    }

    #[test]
    fn setuptools_is_advised_where_it_is_configured() {
        let setup_py = ("setup.py", "setup(packages=['app'])");
        let setup_cfg = ("setup.cfg", "[options]\npackages = find:");
        let find = (PYPROJECT, "[tool.setuptools.packages.find]\nexclude = ['acme']");
        let plain = (PYPROJECT, "[project]");
        let all = r#"["acme", "acme.fast", "app"]"#;
        for (root, file, expected) in [
            (
                "",
                setup_py,
                lines("the call of setup() in setup.py", &[&format!("packages={all},")]),
            ),
            (
                "src",
                setup_cfg,
                lines(
                    "setup.cfg",
                    &[
                        "[options]",
                        "packages =",
                        "    acme",
                        "    acme.fast",
                        "    app",
                        "package_dir =",
                        "    = src",
                    ],
                ),
            ),
            (
                "src",
                find,
                lines(
                    PYPROJECT,
                    &[
                        "[tool.setuptools.packages.find]",
                        r#"where = ["src"]"#,
                        r#"include = ["acme*", "app*"]"#,
                    ],
                ),
            ),
            ("", plain, lines(PYPROJECT, &["[tool.setuptools]", &format!("packages = {all}")])),
        ] {
            assert_eq!(advised("pygo_tools.backend", root, &[file]), expected);
            assert_eq!(advised("setuptools.build_meta:__legacy__", root, &[file]), expected);
        }
    }

    #[test]
    fn every_backend_has_its_own_key() {
        for (backend, expected) in [
            (
                "hatchling.build",
                &["[tool.hatch.build.targets.wheel]", r#"packages = ["src/acme", "src/app"]"#][..],
            ),
            (
                "uv_build",
                &[
                    "[tool.uv.build-backend]",
                    r#"module-name = ["acme", "app"]"#,
                    r#"module-root = "src""#,
                ],
            ),
            (
                "poetry.core.masonry.api",
                &[
                    "[tool.poetry]",
                    r#"packages = [{ include = "acme", from = "src" }, { include = "app", from = "src" }]"#,
                ],
            ),
            (
                "pdm.backend",
                &[
                    "[tool.pdm.build]",
                    r#"includes = ["src/acme", "src/app"]"#,
                    r#"package-dir = "src""#,
                ],
            ),
        ] {
            assert_eq!(advised(backend, "src", &[]), lines(PYPROJECT, expected));
        }
        assert_eq!(
            advised("flit_core.buildapi", "", &[]),
            "merge acme and app into one package, or use another backend: flit builds only one"
        );
        assert_eq!(
            advised("own.backend:api", "", &[]),
            "configure own.backend so that it includes acme and acme.fast"
        );
    }
}
