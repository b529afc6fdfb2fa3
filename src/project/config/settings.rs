//! Defaults for building: the keys of the configuration that the command line can override.
//!
//! Input: a configuration as written. Output: [`Settings`] whose values are valid.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use super::super::text::shown;
use super::compiler::CompilerName;
use super::file::ConfigFile;
use super::keys::NativeKeys;
use super::profile::Profile;
use super::test::TestSettings;
use crate::error::{Failure, Result};
use crate::target::{Choice, LINUX, MACOS, Os, Release, Slice, parse_list};

/// Defaults for building, which the command line overrides; an absent key is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// The targets to build.
    pub targets: Option<Choice>,
    /// How native code is built.
    pub native: NativeSettings,
    /// The same on the slices that have keys of their own, complete.
    pub on: BTreeMap<Slice, NativeSettings>,
    /// How finished wheels are tested.
    pub test: TestSettings,
}

/// How native code is built; an absent key is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NativeSettings {
    /// The C toolchain.
    pub toolchain: Option<CompilerName>,
    /// The directory with the C library and headers, relative to the project.
    pub sysroot: Option<PathBuf>,
    /// The profile.
    pub profile: Option<Profile>,
    /// The minimum glibc version of Linux wheels.
    pub manylinux: Option<Release>,
    /// The minimum macOS version of macOS wheels.
    pub macos_deployment_target: Option<Release>,
}

impl NativeSettings {
    /// The minimum release of `os`.
    pub fn minimum(&self, os: &Os) -> Option<Release> {
        let all = [(LINUX, self.manylinux), (MACOS, self.macos_deployment_target)];
        all.into_iter().find(|(of, _)| *of == os).and_then(|(_, release)| release)
    }
}

impl Settings {
    /// Checks the optional keys of `file`.
    pub(super) fn read(file: &ConfigFile, doing: &str) -> Result<Self> {
        let targets = file.project.targets.as_ref().map(|names| {
            parse_list(names.iter().map(String::as_str))
                .map_err(|error| wrong(doing, "targets", &error, &error.help()))
        });
        let targets = targets.transpose()?;
        let native = file.native(None, doing)?;
        let native = NativeSettings::read(&native, targets.as_ref(), doing)?;
        let mut on = BTreeMap::new();
        for slice in file.slices() {
            let doing = format!("{doing}, for {}", slice.name());
            let keys = file.native(Some(slice), &doing)?;
            let other = NativeSettings::read(&keys, targets.as_ref(), &doing)?;
            if other != native {
                on.insert(slice, other);
            }
        }
        let test = TestSettings::read(&file.project, doing)?;
        Ok(Self { targets, native, on, test })
    }
}

fn wrong(doing: &str, key: &str, error: &dyn fmt::Display, help: &str) -> Failure {
    Failure::project(doing, format!("`{key}`: {error}"), help)
}

impl NativeSettings {
    fn read(keys: &NativeKeys, targets: Option<&Choice>, doing: &str) -> Result<Self> {
        let release = |key: &str, os: &'static Os, value: &Option<String>, help: &str| {
            let Some(text) = value else { return Ok(None) };
            let error = format!("{} is not a version", shown(text));
            let release = os.read_release(text).map_err(|_| wrong(doing, key, &error, help))?;
            match targets.and_then(|choice| choice.minimums.get(os)) {
                Some(other) if *other != release => {
                    let error = format!(
                        "{} contradicts {} {other} in `targets`",
                        shown(text),
                        os.release_of
                    );
                    Err(wrong(doing, key, &error, "remove one of them"))
                }
                _ => Ok(Some(release)),
            }
        };
        let toolchain = keys.toolchain.as_ref().map(|name| {
            name.parse().map_err(|error: String| {
                wrong(doing, "toolchain", &error, "write `zig`, `clang` or `gcc`")
            })
        });
        let manylinux = release(
            "manylinux",
            LINUX,
            &keys.manylinux,
            "write a glibc version: \"2_17\", \"2_28\"",
        )?;
        let macos_deployment_target = release(
            "macos-deployment-target",
            MACOS,
            &keys.macos_deployment_target,
            "write a macOS version: \"13.0\"",
        )?;
        let profile = keys.profile.as_ref().map(|name| {
            name.parse().map_err(|error: String| {
                wrong(doing, "profile", &error, "write `release` or `debug`")
            })
        });
        Ok(Self {
            toolchain: toolchain.transpose()?,
            sysroot: keys.sysroot.as_ref().map(PathBuf::from),
            profile: profile.transpose()?,
            manylinux,
            macos_deployment_target,
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
        assert_eq!(settings.native.toolchain, Some(CompilerName::CLANG));
        assert_eq!(settings.native.manylinux, Some(Release::new(2, 28)));
        assert_eq!(settings.native.macos_deployment_target, Some(Release::new(13, 0)));
        assert_eq!(settings.native.profile, Some(Profile::Debug));
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
