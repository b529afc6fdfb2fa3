//! The configuration: which file has it, what it contains, and whether its values are valid.
//!
//! Input: the root of a project. Output: a [`Config`] whose names and settings are valid. As in
//! pygo-tools 0.1.8, the configuration is `config.json` if there is a `setup.py` next to it, else
//! the table `[tool.pygo-tools]` of `pyproject.toml`.

mod build_system;
mod c_inputs;
mod check;
mod commands;
mod compiler;
mod declarations;
mod file;
mod keys;
mod kind;
mod misnamed;
mod mistyped;
mod moved;
mod platform;
mod profile;
mod schema;
mod settings;
mod table;
mod tables;
mod test;
mod tree;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::c_inputs::CInputs;
use super::part::PartKind;
use super::text::{self, inside, shown};
use crate::error::{Failure, Result};
use crate::target::Slice;
pub use build_system::{BuildSystem, OWN_BACKEND, OWN_REQUIREMENT};
pub use check::{CheckConfig, check_reference};
pub use compiler::CompilerName;
use file::{ConfigFile, PartTable};
pub use keys::{Key, keys, reference};
pub use moved::moved_paths;
pub use profile::Profile;
pub use schema::config_schema;
pub use settings::{NativeSettings, Settings};
pub use test::TestSettings;

/// A configuration whose values are all valid.
#[derive(Debug, Clone)]
pub struct Config {
    /// The file that has it.
    pub file: PathBuf,
    /// The contents of a wheel besides Python files; at least one part.
    pub parts: Vec<PartConfig>,
    /// The same parts on the slices for which a key has another value.
    pub on: BTreeMap<Slice, Vec<PartConfig>>,
    /// The backend that `pygo_tools.backend` calls for everything but the native part.
    pub backend: Option<String>,
    /// Defaults for building.
    pub settings: Settings,
}

/// The configuration of one part.
#[derive(Debug, Clone)]
pub struct PartConfig {
    /// The binary to build, and the way Python reaches it.
    pub kind: PartKind,
    /// The directory of the Go package relative to the root, if configured.
    pub go_dir: Option<PathBuf>,
    /// The import path of a package of another module.
    pub go_package: Option<String>,
    /// Go's build tags.
    pub build_tags: Vec<String>,
    /// Flags for Go's linker, with `{version}` for the version.
    pub ldflags: Vec<String>,
    /// The words of each command that runs before Go.
    pub before: Vec<Vec<String>>,
    /// The inputs that its C code is compiled and linked with.
    pub c: CInputs,
}

impl PartConfig {
    fn read(table: &PartTable, root: &Path, doing: &str) -> Result<Self> {
        let keys = kind::resolve(table, doing)?;
        let go_dir = keys.go_dir.as_deref().map(|dir| go_dir(dir, doing)).transpose()?;
        let go_package = keys.go_package.as_deref().map(|path| import_path(path, doing));
        let go_package = go_package.transpose()?;
        let build_tags = keys.build_tags.clone().unwrap_or_default();
        check_tags(&build_tags, doing)?;
        let ldflags = keys.ldflags.clone().unwrap_or_default();
        let before =
            commands::commands("before", keys.before.as_deref().unwrap_or_default(), doing)?;
        let c = c_inputs::read(&keys, doing)?;
        let kind = kind::of(&keys, root, doing)?;
        Ok(Self { kind, go_dir, go_package, build_tags, ldflags, before, c })
    }
}

impl Config {
    /// Finds and reads the configuration of the project at `root`; `at` is the same directory as
    /// the user wrote it, for messages.
    ///
    /// # Errors
    /// No configuration, malformed text (with line and column), a missing, unknown or invalid key.
    pub fn read(root: &Path, at: &Path) -> Result<Self> {
        let json_file = root.join("config.json");
        let toml_file = root.join("pyproject.toml");
        let has_setup = root.join("setup.py").exists();
        if json_file.exists() && has_setup {
            let doing = format!("reading {}", text::shown_in(at, "config.json"));
            let file = ConfigFile::from_json(&text::read(&json_file, &doing)?, &doing);
            let file = text::unquoted(file, root, &json_file)?;
            return Self::check(file, root, json_file, &doing);
        }
        if toml_file.exists() {
            let doing = format!("reading {}", text::shown_in(at, "pyproject.toml"));
            let text = text::read(&toml_file, &doing)?;
            let file = text::unquoted(ConfigFile::from_toml(&text, &doing), root, &toml_file)?;
            if let Some(file) = file {
                let doing = format!("{doing}, [tool.pygo-tools]");
                return Self::check(file, root, toml_file, &doing);
            }
            if let Some(failure) = misnamed::misnamed(&text, &doing) {
                return text::unquoted(Err(failure), root, &toml_file);
            }
        }
        let json_found = match (json_file.exists(), has_setup) {
            (true, _) => "config.json, but no setup.py next to it",
            (false, true) => "setup.py, but no config.json next to it",
            (false, false) => "no setup.py with a config.json",
        };
        let toml_found = if toml_file.exists() {
            "pyproject.toml, but no table [tool.pygo-tools] in it"
        } else {
            "no pyproject.toml"
        };
        Err(Failure::project(
            format!("looking for the configuration of {}", at.display()),
            format!("{json_found}\n{toml_found}"),
            "write package, extension and library into a config.json next to \
             setup.py, or into the table [tool.pygo-tools] of pyproject.toml; for a \
             program, write the key `program` there",
        ))
    }

    fn check(file: ConfigFile, root: &Path, path: PathBuf, doing: &str) -> Result<Self> {
        let backend = file.project.backend.clone();
        if let Some(backend) = backend.as_deref().filter(|name| name.starts_with("pygo_tools")) {
            return Err(Failure::project(
                doing,
                format!("`backend` is {}, which cannot wrap itself", shown(backend)),
                "name the backend of the Python part, such as \"hatchling.build\"",
            ));
        }
        let settings = Settings::read(&file, doing)?;
        let read = |tables: &[PartTable], on: &str| {
            let part = |table: &PartTable| {
                PartConfig::read(table, root, &format!("{doing}{}{on}", table.place))
            };
            let parts = tables.iter().map(part).collect::<Result<Vec<_>>>()?;
            let kinds: Vec<_> = parts.iter().map(|part| &part.kind).collect();
            c_inputs::check(tables, &kinds, &format!("{doing}{on}"))?;
            Ok::<_, Failure>(parts)
        };
        let tables = file.parts(None);
        let parts = read(&tables, "")?;
        let mut on = BTreeMap::new();
        for slice in file.slices() {
            let other = file.parts(Some(slice));
            if other != tables {
                on.insert(slice, read(&other, &format!(", for {}", slice.name()))?);
            }
        }
        Ok(Self { file: path, parts, on, backend, settings })
    }
}

/// Checks the directory of the Go package, which may be outside the project.
fn go_dir(dir: &str, doing: &str) -> Result<PathBuf> {
    let is_relative =
        !dir.is_empty() && !dir.chars().any(char::is_control) && !dir.starts_with('/');
    let outside = || is_relative.then(|| Path::new(dir).components().collect());
    inside(dir).or_else(outside).ok_or_else(|| {
        Failure::project(
            doing,
            format!("`go-dir` is {}, which is not a relative path", shown(dir)),
            "write a path relative to the project: \"go\", \"../core\"",
        )
    })
}

/// Checks the import path of a package that another module has.
fn import_path(path: &str, doing: &str) -> Result<String> {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "-._~+".contains(c);
    let is_element = |name: &str| {
        !name.is_empty() && !name.starts_with(['.', '+']) && name.chars().all(is_allowed)
    };
    let has_host = path.split('/').next().is_some_and(|host| host.contains('.'));
    if has_host && path.split('/').all(is_element) {
        return Ok(path.to_owned());
    }
    let help = if path.contains('@') {
        "remove the version: go.mod selects it"
    } else {
        "write the path as in an `import`: \"example.org/tool/cmd/tool\"; a directory of the \
         project belongs in `go-dir`"
    };
    let found = format!(
        "`go-package` is {}, which is not the import path of a package in another module",
        shown(path)
    );
    Err(Failure::project(doing, found, help))
}

/// Source: "Build constraints" of `go help buildconstraint`: letters, digits, `_` and `.`.
fn check_tags(tags: &[String], doing: &str) -> Result<()> {
    let is_valid = |tag: &String| {
        !tag.is_empty() && tag.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.')
    };
    match tags.iter().find(|tag| !is_valid(tag)) {
        None => Ok(()),
        Some(tag) => Err(Failure::project(
            doing,
            format!("`build-tags` contains {}, which is not a build tag", shown(tag)),
            "write one tag per string, with letters, digits, underscores and dots",
        )),
    }
}

#[cfg(test)]
mod tests {
    use fs_err as fs;

    use super::*;

    fn project(files: &[(&str, &str)]) -> Result<Config> {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(dir.path().join(name), text).unwrap();
        }
        Config::read(dir.path(), Path::new("."))
    }

    /// A valid configuration with `more` lines.
    fn with(more: &str) -> Result<Config> {
        project(&[("pyproject.toml", &format!("{TABLE}{more}"))])
    }

    fn package(config: &Config) -> &str {
        match &config.parts[0].kind {
            PartKind::Cffi(library, _) => library.package.as_str(),
            other => panic!("{other:?}"),
        }
    }

    const TABLE: &str = "[tool.pygo-tools]\npackage = 'a.b'\nextension = 'a._x'\n\
                         library = 'l'\nsignatures = ['int F(void);']\n";

    #[test]
    fn config_json_counts_only_beside_setup_py() {
        let json = r#"{"package": "p", "extension": "_p", "library": "l", "signatures": ["x"]}"#;
        let both = [("config.json", json), ("setup.py", ""), ("pyproject.toml", TABLE)];
        assert!(project(&both).unwrap().file.ends_with("config.json"));
        let other = project(&[both[0], both[2]]).unwrap();
        assert!(other.file.ends_with("pyproject.toml"));
        assert_eq!(package(&other), "a.b");
        let found = |files: &[(&str, &str)]| project(files).unwrap_err().found;
        assert_eq!(found(&both[..1]), "config.json, but no setup.py next to it\nno pyproject.toml");
        assert_eq!(found(&[]), "no setup.py with a config.json\nno pyproject.toml");
        assert_eq!(
            found(&[("setup.py", ""), ("pyproject.toml", "[project]\nname = 'x'")]),
            "setup.py, but no config.json next to it\n\
             pyproject.toml, but no table [tool.pygo-tools] in it"
        );
    }

    #[test]
    fn every_missing_key_is_named_at_once() {
        let failure =
            project(&[("pyproject.toml", "[tool.pygo-tools]\npackage = 'a'")]).unwrap_err();
        assert_eq!(failure.found, "the keys `extension`, `library` are missing");
        assert_eq!(failure.doing, "reading pyproject.toml, [tool.pygo-tools]");
    }

    #[test]
    fn a_nested_package_may_be_written_with_slashes_as_in_0_1_8() {
        let text = TABLE.replace("a.b", "a/b/");
        assert_eq!(package(&project(&[("pyproject.toml", &text)]).unwrap()), "a.b");
    }

    #[test]
    fn an_invalid_name_is_shown_escaped() {
        for (value, found) in [
            (r"'../x'", "\"../x\", which is not a valid name: part of it is empty"),
            (r"'/x'", "\"/x\", which is not a valid name: part of it is empty"),
            (
                r#""a\u0000""#,
                "\"a\\0\", which is not a valid name: an identifier cannot contain \"\\0\"",
            ),
            (
                r#""a\nb""#,
                "\"a\\nb\", which is not a valid name: an identifier cannot contain \"\\n\"",
            ),
        ] {
            let text = TABLE.replace("'a.b'", value);
            let failure = project(&[("pyproject.toml", &text)]).unwrap_err();
            assert_eq!(failure.found, format!("`package` is {found}"));
        }
    }

    #[test]
    fn a_likely_name_is_suggested() {
        for (key, value, help) in [
            ("library = 'l'", "library = 'libhello.so'", "write \"hello\""),
            ("library = 'l'", "library = 'my-lib'", "write \"my_lib\""),
            ("package = 'a.b'", "package = 'my-package'", "write \"my_package\""),
            ("extension = 'a._x'", "extension = 'a b'", "use letters, digits and underscores, "),
        ] {
            let text = TABLE.replace(key, value);
            let failure = project(&[("pyproject.toml", &text)]).unwrap_err();
            assert!(failure.help.starts_with(help), "{failure}");
        }
    }

    #[test]
    fn go_dir_is_relative_to_the_project() {
        let with = |dir: &str| with(&format!("go-dir = {dir}"));
        assert_eq!(
            with("'./src/go/'").unwrap().parts[0].go_dir.clone().unwrap(),
            Path::new("src/go")
        );
        assert_eq!(with("'.'").unwrap().parts[0].go_dir.clone().unwrap(), Path::new(""));
        assert_eq!(with("'../go/'").unwrap().parts[0].go_dir.clone().unwrap(), Path::new("../go"));
        for bad in ["'/go'", "''", r#""a\u0000""#] {
            assert!(with(bad).unwrap_err().found.starts_with("`go-dir` is \""), "{bad}");
        }
    }

    #[test]
    fn the_backend_does_not_wrap_itself() {
        assert!(with("backend = 'hatchling.build'").is_ok());
        let found = with("backend = 'pygo_tools.backend'").unwrap_err().found;
        assert_eq!(found, "`backend` is \"pygo_tools.backend\", which cannot wrap itself");
    }

    #[test]
    fn each_string_is_one_build_tag() {
        let config = with("build-tags = ['netgo', 'go1.21']").unwrap();
        assert_eq!(config.parts[0].build_tags, ["netgo", "go1.21"]);
        assert!(with("build-tags = ['a,b']").is_err());
    }
}
