//! What a configuration says about building: defaults that the command line may override.
//!
//! In: the optional keys as text. Out: [`Settings`], whose values are valid.

use std::fmt;
use std::str::FromStr;

use super::super::names::shown;
use super::keys::ConfigFile;
use crate::error::{Failure, Result, nearest};
use crate::target::{Release, Target, parse_list};

/// The name of a C toolchain, as `toolchain` and `--toolchain` take it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ToolchainName {
    /// `zig cc`.
    Zig,
    /// `clang` with `lld`.
    Clang,
}

impl ToolchainName {
    /// Both, the default first.
    pub const ALL: [Self; 2] = [Self::Zig, Self::Clang];

    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Zig => "zig",
            Self::Clang => "clang",
        }
    }
}

impl fmt::Display for ToolchainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no C toolchain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} is not a C toolchain{}", shown(.0), nearest(.0, ["zig", "clang"]).map(|name| format!("; the nearest is `{name}`")).unwrap_or_default())]
pub struct UnknownToolchain(pub String);

impl FromStr for ToolchainName {
    type Err = UnknownToolchain;

    fn from_str(text: &str) -> Result<Self, UnknownToolchain> {
        let found = Self::ALL.into_iter().find(|name| name.as_str() == text);
        found.ok_or_else(|| UnknownToolchain(text.to_owned()))
    }
}

/// The optional keys of a configuration; an absent one is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// What to build.
    pub targets: Option<Vec<Target>>,
    /// What builds it.
    pub toolchain: Option<ToolchainName>,
    /// The glibc release to build Linux wheels for.
    pub manylinux: Option<Release>,
    /// The macOS release to build macOS wheels for.
    pub macos_deployment_target: Option<Release>,
}

impl Settings {
    /// Checks the optional keys of `file`; `doing` opens the message.
    ///
    /// # Errors
    /// The first key whose value means nothing, with what it may hold.
    pub(super) fn read(file: &ConfigFile, doing: &str) -> Result<Self> {
        let wrong = |key: &str, error: &dyn fmt::Display, help: &str| {
            Failure::project(doing, format!("`{key}`: {error}"), help)
        };
        let release = |key: &str, value: &Option<String>, help: &str| -> Result<Option<Release>> {
            let Some(text) = value else { return Ok(None) };
            let told = format!("{} is not a release", shown(text));
            text.parse().map(Some).map_err(|_| wrong(key, &told, help))
        };
        let targets = match &file.targets {
            None => None,
            Some(names) => Some(
                parse_list(names.iter().map(String::as_str))
                    .map_err(|error| wrong("targets", &error, &error.help()))?,
            ),
        };
        let toolchain = match &file.toolchain {
            None => None,
            Some(name) => Some(
                name.parse()
                    .map_err(|error| wrong("toolchain", &error, "write `zig` or `clang`"))?,
            ),
        };
        Ok(Self {
            targets,
            toolchain,
            manylinux: release(
                "manylinux",
                &file.manylinux,
                "write a release of glibc: \"2_17\", \"2_28\"",
            )?,
            macos_deployment_target: release(
                "macos-deployment-target",
                &file.macos_deployment_target,
                "write a release of macOS: \"13.0\"",
            )?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(toml: &str) -> Result<Settings> {
        Settings::read(&toml::from_str(toml).unwrap(), "reading")
    }

    #[test]
    fn reads_what_is_there() {
        let settings = read(
            "targets = ['linux/arm64']\ntoolchain = 'clang'\nmanylinux = '2_28'\n\
             macos-deployment-target = '13.0'",
        )
        .unwrap();
        assert_eq!(settings.targets.unwrap()[0].name(), "linux-arm64");
        assert_eq!(settings.toolchain, Some(ToolchainName::Clang));
        assert_eq!(settings.manylinux, Some(Release::new(2, 28)));
        assert_eq!(settings.macos_deployment_target, Some(Release::new(13, 0)));
        assert_eq!(read("").unwrap(), Settings::default());
    }

    #[test]
    fn names_the_key_that_is_wrong() {
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
            ("manylinux = 'new\\n'", r#"`manylinux`: "new\\n" is not a release"#),
        ] {
            assert_eq!(read(toml).unwrap_err().found, found);
        }
    }
}
