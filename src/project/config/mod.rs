//! The configuration: which file has it, what it contains, and whether its values are valid.
//!
//! Input: the root of a project. Output: a [`Config`] whose names and settings are valid. As in
//! pygo-tools 0.1.8, the configuration is `config.json` if there is a `setup.py` beside it, else
//! the table `[tool.pygo-tools]` of `pyproject.toml`.

mod build_system;
mod file;
mod misnamed;
mod mistyped;

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::c::signature::Signature;
use super::names::{LibraryName, ModuleName, NameError};
use super::part::{Extension, PartKind};
use super::text::{self, inside, shown};
use crate::error::{Failure, Result, nearest};
use crate::target::{Choice, LINUX, MACOS, Os, Release, parse_list};
pub use build_system::BuildSystem;
use file::ConfigFile;
pub use file::{Key, keys, reference};

/// A configuration whose values are all valid.
#[derive(Debug, Clone)]
pub struct Config {
    /// The file that has it.
    pub file: PathBuf,
    /// The Python package that contains the library.
    pub package: ModuleName,
    /// The Go library.
    pub library: LibraryName,
    /// How Python reaches it.
    pub kind: PartKind,
    /// The directory of the Go package relative to the root, if configured.
    pub go_dir: Option<PathBuf>,
    /// Go's build tags.
    pub build_tags: Vec<String>,
    /// Defaults for building.
    pub settings: Settings,
}

/// Defaults for building, which the command line overrides; an absent key is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// The targets to build.
    pub targets: Option<Choice>,
    /// The C toolchain.
    pub toolchain: Option<CompilerName>,
    /// The minimum glibc version of Linux wheels.
    pub manylinux: Option<Release>,
    /// The minimum macOS version of macOS wheels.
    pub macos_deployment_target: Option<Release>,
}

/// The name of a C compiler, as `toolchain` and `--toolchain` take it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CompilerName(&'static str);

impl CompilerName {
    /// `zig cc`.
    pub const ZIG: Self = Self("zig");
    /// `clang` with `lld`.
    pub const CLANG: Self = Self("clang");
    /// All names, the default first.
    pub const ALL: [Self; 2] = [Self::ZIG, Self::CLANG];

    /// The name as written.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl Default for CompilerName {
    fn default() -> Self {
        Self::ALL[0]
    }
}

impl fmt::Display for CompilerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for CompilerName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|name| name.as_str() == text).ok_or_else(|| {
            let near = nearest_of(text, Self::ALL.map(Self::as_str));
            format!("{} is not a C toolchain{near}", shown(text))
        })
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
            let file = ConfigFile::from_json(&text::read(&json_file, &doing)?, &doing)?;
            return Self::check(file, json_file, &doing);
        }
        if toml_file.exists() {
            let doing = format!("reading {}", text::shown_in(at, "pyproject.toml"));
            let text = text::read(&toml_file, &doing)?;
            if let Some(file) = ConfigFile::from_toml(&text, &doing)? {
                let doing = format!("{doing}, [tool.pygo-tools]");
                return Self::check(file, toml_file, &doing);
            }
            if let Some(failure) = misnamed::misnamed(&text, &doing) {
                return Err(failure);
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
            "write package, extension, library and signatures into a config.json next to \
             setup.py, or into the table [tool.pygo-tools] of pyproject.toml",
        ))
    }

    fn check(file: ConfigFile, path: PathBuf, doing: &str) -> Result<Self> {
        let settings = Settings::read(&file, doing)?;
        let go_dir = file.go_dir.as_deref().map(|dir| go_dir(dir, doing)).transpose()?;
        let build_tags = file.build_tags.unwrap_or_default();
        check_tags(&build_tags, doing)?;
        let has_extension = match file.binding.as_deref() {
            None | Some("cffi") => true,
            Some("ctypes") => false,
            Some(other) => return Err(unknown_binding(other, doing)),
        };
        let is_missing = [
            file.package.is_none(),
            has_extension && file.extension.is_none(),
            file.library.is_none(),
            has_extension && file.signatures.is_none(),
        ];
        let (Some(package), Some(library), false) =
            (&file.package, &file.library, is_missing.contains(&true))
        else {
            return Err(missing(is_missing, doing));
        };
        let kind = match (file.extension, file.signatures) {
            (Some(extension), Some(signatures)) if has_extension => {
                cffi(&extension, signatures, doing)?
            }
            (None, None) => PartKind::Ctypes,
            (extension, _) => {
                let key = if extension.is_some() { "extension" } else { "signatures" };
                return Err(Failure::project(
                    doing,
                    format!("`{key}` has no meaning with `binding` = \"ctypes\""),
                    "remove the key, or write `binding` = \"cffi\"",
                ));
            }
        };
        // 0.1.8 used this key in paths, so a nested package was written with slashes.
        let dotted = package.strip_suffix('/').unwrap_or(package).replace('/', ".");
        Ok(Self {
            file: path,
            package: named("package", package, dotted.parse(), doing)?,
            library: named("library", library, library.parse(), doing)?,
            kind,
            go_dir,
            build_tags,
            settings,
        })
    }
}

fn unknown_binding(name: &str, doing: &str) -> Failure {
    Failure::project(
        doing,
        format!("`binding`: {} is not a binding{}", shown(name), nearest_of(name, PartKind::NAMES)),
        format!("write one of {}", PartKind::NAMES.join(", ")),
    )
}

/// The end of a sentence about an unknown name: the nearest of `names`, if one is near.
fn nearest_of(name: &str, names: [&'static str; 2]) -> String {
    nearest(name, names).map(|near| format!("; the nearest is `{near}`")).unwrap_or_default()
}

fn cffi(extension: &str, signatures: Vec<String>, doing: &str) -> Result<PartKind> {
    if signatures.iter().all(|signature| signature.trim().is_empty()) {
        return Err(Failure::project(
            doing,
            "`signatures` is empty",
            "declare the functions of the extension: \
             \"char* Hello(char* message, int count);\"",
        ));
    }
    let module = named("extension", extension, extension.parse(), doing)?;
    Ok(PartKind::Cffi(Extension { module, signatures: Signature::read_all(&signatures) }))
}

impl Settings {
    /// Checks the optional keys of `file`.
    fn read(file: &ConfigFile, doing: &str) -> Result<Self> {
        let wrong = |key: &str, error: &dyn fmt::Display, help: &str| {
            Failure::project(doing, format!("`{key}`: {error}"), help)
        };
        let targets = file.targets.as_ref().map(|names| {
            parse_list(names.iter().map(String::as_str))
                .map_err(|error| wrong("targets", &error, &error.help()))
        });
        let targets = targets.transpose()?;
        let release = |key: &str, os: &'static Os, value: &Option<String>, help: &str| {
            let Some(text) = value else { return Ok(None) };
            let error = format!("{} is not a version", shown(text));
            let release = os.read_release(text).map_err(|_| wrong(key, &error, help))?;
            match targets.as_ref().and_then(|choice| choice.minimums.get(os)) {
                Some(other) if *other != release => {
                    let error = format!(
                        "{} contradicts {} {other} in `targets`",
                        shown(text),
                        os.release_of
                    );
                    Err(wrong(key, &error, "remove one of them"))
                }
                _ => Ok(Some(release)),
            }
        };
        let toolchain = file.toolchain.as_ref().map(|name| {
            name.parse()
                .map_err(|error: String| wrong("toolchain", &error, "write `zig` or `clang`"))
        });
        let manylinux = release(
            "manylinux",
            LINUX,
            &file.manylinux,
            "write a glibc version: \"2_17\", \"2_28\"",
        )?;
        let macos_deployment_target = release(
            "macos-deployment-target",
            MACOS,
            &file.macos_deployment_target,
            "write a macOS version: \"13.0\"",
        )?;
        Ok(Self { targets, toolchain: toolchain.transpose()?, manylinux, macos_deployment_target })
    }
}

/// Names all missing keys at once; `is_missing` has the required keys in the order of [`keys`].
fn missing(is_missing: [bool; 4], doing: &str) -> Failure {
    let required = keys().into_iter().filter(|key| key.default.is_none());
    let missing: Vec<_> =
        required.zip(is_missing).filter_map(|(key, missing)| missing.then_some(key)).collect();
    let names: Vec<_> = missing.iter().map(|key| format!("`{}`", key.name)).collect();
    let found = match names.as_slice() {
        [name] => format!("the key {name} is missing"),
        names => format!("the keys {} are missing", names.join(", ")),
    };
    let help: Vec<_> = missing
        .iter()
        .map(|key| format!("`{}` ({}): {}", key.name, key.type_name, key.meaning))
        .collect();
    Failure::project(doing, found, format!("add\n{}", help.join("\n")))
}

fn named<T>(key: &str, value: &str, name: Result<T, NameError>, doing: &str) -> Result<T> {
    name.map_err(|error| {
        let help = match key {
            "library" => "use letters, digits and underscores: \"hello\"",
            _ => "use letters, digits and underscores, with dots between packages",
        };
        let found = format!("`{key}` is {}, which is not a valid name: {error}", shown(value));
        Failure::project(doing, found, help)
    })
}

/// Checks the directory of the Go package. It has to be in the project, because an sdist contains
/// nothing else; a link in the project may point elsewhere.
fn go_dir(dir: &str, doing: &str) -> Result<PathBuf> {
    inside(dir).ok_or_else(|| {
        Failure::project(
            doing,
            format!("`go-dir` is {}, which is not a directory of the project", shown(dir)),
            "write a path relative to the project, inside it: an sdist contains nothing else; a \
             symbolic link may point elsewhere",
        )
    })
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

    const TABLE: &str = "[tool.pygo-tools]\npackage = 'a.b'\nextension = 'a._x'\n\
                         library = 'l'\nsignatures = ['int F(void);']\n";

    #[test]
    fn config_json_counts_only_beside_setup_py() {
        let json = r#"{"package": "p", "extension": "_p", "library": "l", "signatures": ["x"]}"#;
        let both = [("config.json", json), ("setup.py", ""), ("pyproject.toml", TABLE)];
        assert!(project(&both).unwrap().file.ends_with("config.json"));
        let other = project(&[both[0], both[2]]).unwrap();
        assert!(other.file.ends_with("pyproject.toml"));
        assert_eq!(other.package.as_str(), "a.b");
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
            project(&[("pyproject.toml", "[tool.pygo-tools]\npackage = 'a'\nlibrary = 'l'")])
                .unwrap_err();
        assert_eq!(failure.found, "the keys `extension`, `signatures` are missing");
        assert_eq!(failure.doing, "reading pyproject.toml, [tool.pygo-tools]");
    }

    #[test]
    fn a_nested_package_may_be_written_with_slashes_as_in_0_1_8() {
        let text = TABLE.replace("a.b", "a/b/");
        assert_eq!(project(&[("pyproject.toml", &text)]).unwrap().package.as_str(), "a.b");
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
    fn go_dir_stays_in_the_project() {
        let with = |dir: &str| with(&format!("go-dir = {dir}"));
        assert_eq!(with("'./src/go/'").unwrap().go_dir.unwrap(), Path::new("src/go"));
        assert_eq!(with("'.'").unwrap().go_dir.unwrap(), Path::new(""));
        for bad in ["'../go'", "'a/../../go'", "'/go'", "''", r#""a\u0000""#] {
            assert!(with(bad).unwrap_err().found.starts_with("`go-dir` is \""), "{bad}");
        }
    }

    #[test]
    fn ctypes_needs_neither_an_extension_nor_signatures() {
        assert!(matches!(with("binding = 'cffi'").unwrap().kind, PartKind::Cffi(_)));
        let with = |more: &str| {
            let text = "[tool.pygo-tools]\npackage = 'a'\nlibrary = 'l'\n".to_owned();
            project(&[("pyproject.toml", &(text + more))])
        };
        assert!(matches!(with("binding = 'ctypes'").unwrap().kind, PartKind::Ctypes));
        for (more, found) in [
            (
                "binding = 'ctypes'\nextension = '_x'",
                "`extension` has no meaning with `binding` = \"ctypes\"",
            ),
            (
                "binding = 'ctypes'\nsignatures = []",
                "`signatures` has no meaning with `binding` = \"ctypes\"",
            ),
            ("binding = 'ctype'", "`binding`: \"ctype\" is not a binding; the nearest is `ctypes`"),
            ("binding = 'cffi'", "the keys `extension`, `signatures` are missing"),
        ] {
            assert_eq!(with(more).unwrap_err().found, found);
        }
    }

    #[test]
    fn each_string_is_one_build_tag() {
        let tags = with("build-tags = ['netgo', 'go1.21']").unwrap().build_tags;
        assert_eq!(tags, ["netgo", "go1.21"]);
        assert!(with("build-tags = ['a,b']").is_err());
    }

    #[test]
    fn settings_have_types() {
        let settings = with(
            "targets = ['linux/arm64']\ntoolchain = 'clang'\nmanylinux = '2_28'\n\
             macos-deployment-target = '13.0'",
        )
        .unwrap()
        .settings;
        assert_eq!(settings.targets.unwrap().targets[0].name(), "linux-arm64");
        assert_eq!(settings.toolchain, Some(CompilerName::CLANG));
        assert_eq!(settings.manylinux, Some(Release::new(2, 28)));
        assert_eq!(settings.macos_deployment_target, Some(Release::new(13, 0)));
        assert_eq!(with("").unwrap().settings, Settings::default());
        for (toml, found) in [
            (
                "targets = ['linux-arm46']",
                "`targets`: `linux-arm46` is not a target; the nearest is `linux-arm64`",
            ),
            ("targets = []", "`targets`: the list of targets is empty"),
            (
                "toolchain = 'clangg'",
                "`toolchain`: \"clangg\" is not a C toolchain; the nearest is `clang`",
            ),
            ("manylinux = 'new\\n'", r#"`manylinux`: "new\\n" is not a version"#),
            (
                "targets = ['manylinux_2_28_x86_64']\nmanylinux = '2014'",
                "`manylinux`: \"2014\" contradicts glibc 2.28 in `targets`",
            ),
        ] {
            assert_eq!(with(toml).unwrap_err().found, found);
        }
    }
}
