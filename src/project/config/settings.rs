//! Defaults for building: the keys of the configuration that the command line can override.
//!
//! Input: a configuration as written. Output: [`Settings`] whose values are valid.

use std::fmt;
use std::str::FromStr;

use super::super::text::{nearest_of, shown};
use super::file::ConfigFile;
use super::profile::Profile;
use crate::error::{Failure, Result};
use crate::target::{Choice, LINUX, MACOS, Os, Release, parse_list};

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
    /// The profile.
    pub profile: Option<Profile>,
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

impl Settings {
    /// Checks the optional keys of `file`.
    pub(super) fn read(file: &ConfigFile, doing: &str) -> Result<Self> {
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
        let profile = file.profile.as_ref().map(|name| {
            name.parse()
                .map_err(|error: String| wrong("profile", &error, "write `release` or `debug`"))
        });
        Ok(Self {
            targets,
            toolchain: toolchain.transpose()?,
            manylinux,
            macos_deployment_target,
            profile: profile.transpose()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_have_types() {
        let read = |keys: &str| {
            let text = format!("[tool.pygo-tools]\n{keys}");
            let file = ConfigFile::from_toml(&text, "reading").unwrap().unwrap();
            Settings::read(&file, "reading")
        };
        let settings = read(
            "targets = ['linux/arm64']\ntoolchain = 'clang'\nmanylinux = '2_28'\n\
             macos-deployment-target = '13.0'\nprofile = 'debug'",
        )
        .unwrap();
        assert_eq!(settings.targets.unwrap().targets[0].name(), "linux-arm64");
        assert_eq!(settings.toolchain, Some(CompilerName::CLANG));
        assert_eq!(settings.manylinux, Some(Release::new(2, 28)));
        assert_eq!(settings.macos_deployment_target, Some(Release::new(13, 0)));
        assert_eq!(settings.profile, Some(Profile::Debug));
        assert_eq!(read("").unwrap(), Settings::default());
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
            ("profile = 'Debug'", "`profile`: \"Debug\" is not a profile; the nearest is `debug`"),
            ("manylinux = 'new\\n'", r#"`manylinux`: "new\\n" is not a version"#),
            (
                "targets = ['manylinux_2_28_x86_64']\nmanylinux = '2014'",
                "`manylinux`: \"2014\" contradicts glibc 2.28 in `targets`",
            ),
        ] {
            assert_eq!(read(toml).unwrap_err().found, found);
        }
    }
}
