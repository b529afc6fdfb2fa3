//! The configuration: which file it is in, and what it says.
//!
//! In: the root of a project. Out: a [`Config`] whose names are valid. The rule for the file is
//! that of pygo-tools 0.1.8: `config.json` counts where it stands beside a `setup.py`, else the
//! table `[tool.pygo-tools]` of `pyproject.toml`.

pub(super) mod decode;
pub mod keys;
pub mod settings;

use std::path::{Component, Path, PathBuf};

use super::names::{LibraryName, ModuleName, NameError, shown};
use super::text;
use crate::error::{Failure, Result};
use decode::{json, toml_table};
use keys::{ConfigFile, KEYS};
use settings::Settings;

/// Which kind of project it is, by the file that configures it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flavor {
    /// `config.json` beside `setup.py`.
    SetupPy,
    /// `[tool.pygo-tools]` in `pyproject.toml`.
    Pyproject,
}

/// A configuration whose every value has been checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// The file it was read from.
    pub file: PathBuf,
    /// Which kind of project that makes it.
    pub flavor: Flavor,
    /// The Python package that holds the library.
    pub package: ModuleName,
    /// The extension module.
    pub extension: ModuleName,
    /// The Go library.
    pub library: LibraryName,
    /// The C declarations for cffi.
    pub signatures: Vec<String>,
    /// Where the Go package is, relative to the root, when it was said.
    pub go_dir: Option<PathBuf>,
    /// Go's build tags.
    pub build_tags: Vec<String>,
    /// Defaults for building.
    pub settings: Settings,
}

impl Config {
    /// Finds and reads the configuration of the project at `root`; `at` is that place as the
    /// user wrote it, for messages.
    ///
    /// # Errors
    /// No configuration, malformed text (with line and column), a missing, unknown or wrong key,
    /// a name that is none.
    pub fn read(root: &Path, at: &Path) -> Result<Self> {
        let json_file = root.join("config.json");
        let toml_file = root.join("pyproject.toml");
        let beside_setup = root.join("setup.py").exists();
        if json_file.exists() && beside_setup {
            let doing = format!("reading {}", text::shown_in(at, "config.json"));
            let file = json(&text::read(&json_file, &doing)?, &doing)?;
            return Self::check(file, json_file, Flavor::SetupPy, &doing);
        }
        if toml_file.exists() {
            let doing = format!("reading {}", text::shown_in(at, "pyproject.toml"));
            if let Some(file) = toml_table(&text::read(&toml_file, &doing)?, &doing)? {
                let doing = format!("{doing}, [tool.pygo-tools]");
                return Self::check(file, toml_file, Flavor::Pyproject, &doing);
            }
        }
        let json_found = match (json_file.exists(), beside_setup) {
            (true, _) => "config.json, but no setup.py beside it",
            (false, true) => "setup.py, but no config.json beside it",
            (false, false) => "no setup.py with a config.json",
        };
        let toml_found = match toml_file.exists() {
            true => "pyproject.toml, but no table [tool.pygo-tools] in it",
            false => "no pyproject.toml",
        };
        Err(Failure::project(
            format!("looking for the configuration of {}", at.display()),
            format!("{json_found}\n{toml_found}"),
            "write package, extension, library and signatures into a config.json beside \
             setup.py, or into the table [tool.pygo-tools] of pyproject.toml",
        ))
    }

    fn check(file: ConfigFile, path: PathBuf, flavor: Flavor, doing: &str) -> Result<Self> {
        let settings = Settings::read(&file, doing)?;
        let go_dir = file.go_dir.as_deref().map(|dir| go_dir(dir, doing)).transpose()?;
        let build_tags = file.build_tags.unwrap_or_default();
        check_tags(&build_tags, doing)?;
        let (Some(package), Some(extension), Some(library), Some(signatures)) =
            (&file.package, &file.extension, &file.library, &file.signatures)
        else {
            let there = [
                file.package.is_some(),
                file.extension.is_some(),
                file.library.is_some(),
                file.signatures.is_some(),
            ];
            return Err(missing(there, doing));
        };
        if signatures.iter().all(|signature| signature.trim().is_empty()) {
            return Err(Failure::project(
                doing,
                "`signatures` is empty",
                "name what the extension offers: \"char* Hello(char* message, int count);\"",
            ));
        }
        // 0.1.8 joined this key to paths, so a nested package was written with slashes.
        let slashed = package.strip_suffix('/').unwrap_or(package);
        let dotted = match slashed.split('/').any(|part| part.is_empty() || part == "..") {
            true => slashed.to_owned(),
            false => slashed.replace('/', "."),
        };
        Ok(Self {
            file: path,
            flavor,
            package: named("package", package, dotted.parse(), doing)?,
            extension: named("extension", extension, extension.parse(), doing)?,
            library: named("library", library, library.parse(), doing)?,
            signatures: signatures.clone(),
            go_dir,
            build_tags,
            settings,
        })
    }
}

fn missing(there: [bool; 4], doing: &str) -> Failure {
    let required = KEYS.iter().filter(|key| key.default.is_none());
    let absent: Vec<_> = required.zip(there).filter(|(_, there)| !there).map(|(k, _)| k).collect();
    let names: Vec<_> = absent.iter().map(|key| format!("`{}`", key.name)).collect();
    let plural = if names.len() == 1 { "key" } else { "keys" };
    let help: Vec<_> = absent
        .iter()
        .map(|key| format!("`{}`, {}: {}", key.name, key.holds, key.meaning))
        .collect();
    let found = format!(
        "the {plural} {} missing",
        match names.len() {
            1 => format!("{} is", names.concat()),
            _ => format!("{} are", names.join(", ")),
        }
    );
    Failure::project(doing, found, format!("add\n{}", help.join("\n")))
}

fn named<T>(key: &str, value: &str, name: Result<T, NameError>, doing: &str) -> Result<T> {
    name.map_err(|error| {
        Failure::project(
            doing,
            format!("`{key}` is {}, which is no name: {error}", shown(value)),
            match key {
                "library" => "use letters, digits and underscores: \"hello\"",
                _ => "use letters, digits and underscores, with dots between packages",
            },
        )
    })
}

/// Checks where the Go package is said to be. It has to lie in the project, because an sdist
/// holds nothing else and its users build from that; a link in the project is followed.
fn go_dir(dir: &str, doing: &str) -> Result<PathBuf> {
    let path = Path::new(dir);
    let plain = |part: Component| matches!(part, Component::Normal(_) | Component::CurDir);
    let reason = if dir.is_empty() {
        "which names no directory"
    } else if dir.chars().any(char::is_control) {
        "which has a control character in it"
    } else if !path.components().all(plain) {
        "which leads out of the project"
    } else {
        return Ok(path.components().filter(|part| *part != Component::CurDir).collect());
    };
    Err(Failure::project(
        doing,
        format!("`go-dir` is {}, {reason}", shown(dir)),
        "name a directory of the project, relative to it, for an sdist holds nothing else; it \
         may be a link to another place",
    ))
}

/// Source: "Build constraints" of `go help buildconstraint`; letters, digits, `_` and `.`.
fn check_tags(tags: &[String], doing: &str) -> Result<()> {
    let legal = |tag: &String| {
        !tag.is_empty() && tag.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.')
    };
    match tags.iter().find(|tag| !legal(tag)) {
        None => Ok(()),
        Some(tag) => Err(Failure::project(
            doing,
            format!("`build-tags` has {}, which is no build tag", shown(tag)),
            "write one tag a string, of letters, digits, underscores and dots",
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

    const TABLE: &str = "[tool.pygo-tools]\npackage = 'a.b'\nextension = 'a._x'\n\
                         library = 'l'\nsignatures = ['int F(void);']\n";

    #[test]
    fn config_json_counts_beside_setup_py_only() {
        let json = r#"{"package": "p", "extension": "_p", "library": "l", "signatures": ["x"]}"#;
        let both = [("config.json", json), ("setup.py", ""), ("pyproject.toml", TABLE)];
        assert_eq!(project(&both).unwrap().flavor, Flavor::SetupPy);
        let other = project(&[both[0], both[2]]).unwrap();
        assert_eq!((other.flavor, other.package.as_str()), (Flavor::Pyproject, "a.b"));
        let found = |files: &[(&str, &str)]| project(files).unwrap_err().found;
        assert_eq!(found(&both[..1]), "config.json, but no setup.py beside it\nno pyproject.toml");
        assert_eq!(found(&[]), "no setup.py with a config.json\nno pyproject.toml");
        assert_eq!(
            found(&[("setup.py", ""), ("pyproject.toml", "[project]\nname = 'x'")]),
            "setup.py, but no config.json beside it\n\
             pyproject.toml, but no table [tool.pygo-tools] in it"
        );
    }

    #[test]
    fn every_missing_key_is_named_at_once() {
        let failure =
            project(&[("pyproject.toml", "[tool.pygo-tools]\npackage = 'a'\nlibrary = 'l'")])
                .unwrap_err();
        assert_eq!(failure.found, "the keys `extension`, `signatures` are missing");
        assert_eq!(failure.doing, "reading pyproject.toml, [tool.pygo-tools]");
    }

    #[test]
    fn a_nested_package_may_be_written_with_slashes_as_0_1_8_had_it() {
        let text = TABLE.replace("a.b", "a/b/");
        assert_eq!(project(&[("pyproject.toml", &text)]).unwrap().package.as_str(), "a.b");
    }

    #[test]
    fn names_that_lead_out_are_shown_escaped() {
        for (value, found) in [
            (
                r"'../x'",
                "`package` is \"../x\", which is no name: it is a path that leads out of the project",
            ),
            (
                r"'/x'",
                "`package` is \"/x\", which is no name: it is a path that leads out of the project",
            ),
            (
                r#""a\u0000""#,
                "`package` is \"a\\0\", which is no name: \"\\0\" cannot stand in an identifier",
            ),
            (
                r#""a\nb""#,
                "`package` is \"a\\nb\", which is no name: \"\\n\" cannot stand in an identifier",
            ),
        ] {
            let text = TABLE.replace("'a.b'", value);
            assert_eq!(project(&[("pyproject.toml", &text)]).unwrap_err().found, found);
        }
    }

    #[test]
    fn go_dir_stays_in_the_project() {
        let with = |dir: &str| project(&[("pyproject.toml", &format!("{TABLE}go-dir = {dir}"))]);
        assert_eq!(with("'./src/go/'").unwrap().go_dir.unwrap(), Path::new("src/go"));
        assert_eq!(with("'.'").unwrap().go_dir.unwrap(), Path::new(""));
        for bad in ["'../go'", "'a/../../go'", "'/go'", "''", r#""a\u0000""#] {
            assert!(with(bad).unwrap_err().found.starts_with("`go-dir` is \""), "{bad}");
        }
    }

    #[test]
    fn build_tags_are_one_a_string() {
        let with =
            |tags: &str| project(&[("pyproject.toml", &format!("{TABLE}build-tags = {tags}"))]);
        assert_eq!(with("['netgo', 'go1.21']").unwrap().build_tags, ["netgo", "go1.21"]);
        assert!(with("['a,b']").is_err());
    }
}
