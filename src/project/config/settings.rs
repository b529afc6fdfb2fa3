//! Defaults for building: the keys of the configuration that the command line can override.
//!
//! Input: a configuration as written. Output: [`Settings`] whose values are valid.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use super::super::text::shown;
use super::compiler::CompilerName;
use super::file::ConfigFile;
use super::keys::{NativeKeys, ProjectKeys};
use super::profile::Profile;
use super::test::TestSettings;
use crate::error::{Failure, Result};
use crate::target::{Choice, LINUX, MACOS, Os, PythonAbi, Release, Slice, parse_list};

/// Defaults for building, which the command line overrides; an absent key is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The targets to build.
    pub targets: Option<Choice>,
    /// The ABIs of Python that extension modules are built for, at least one.
    pub abis: Vec<PythonAbi>,
    /// The settings for native code.
    pub native: NativeSettings,
    /// The same on the slices that have keys of their own, complete.
    pub on: BTreeMap<Slice, NativeSettings>,
    /// The settings for testing finished wheels.
    pub test: TestSettings,
}

/// The settings for native code; an absent key is `None`.
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
        Ok(Self { targets, abis: abis(&file.project, doing)?, native, on, test })
    }
}

/// The ABIs of Python that the keys `abi3`, `abi3t` and `python` name.
fn abis(keys: &ProjectKeys, doing: &str) -> Result<Vec<PythonAbi>> {
    let mut abis = Vec::new();
    if keys.abi3 != Some(false) {
        abis.push(PythonAbi::Abi3);
    }
    if keys.abi3t == Some(true) {
        abis.push(PythonAbi::Abi3t);
    }
    let help = "write releases of Python: [\"3.13\", \"3.14t\"]";
    for text in keys.python.iter().flatten() {
        let release = text.parse().map_err(|why: &str| {
            wrong(doing, "python", &format!("{} is invalid: {why}", shown(text)), help)
        })?;
        let abi = PythonAbi::Release(release);
        if abis.contains(&abi) {
            let error = format!("{} is named twice", shown(text));
            return Err(wrong(doing, "python", &error, "remove one of them"));
        }
        abis.push(abi);
    }
    if abis.is_empty() {
        return Err(Failure::project(
            doing,
            "`abi3` is false, and `python` names no release",
            "name the releases that get a wheel: python = [\"3.13\", \"3.14\"]",
        ));
    }
    Ok(abis)
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
    fn every_abi_gets_a_wheel() {
        for (keys, names) in [
            ("", "abi3"),
            ("abi3 = false\npython = ['3.9', '3.14t']", "cp39 cp314t"),
            ("abi3t = true\npython = ['3.14t']", "abi3 abi3t cp314t"),
            ("abi3 = false\nabi3t = true", "abi3t"),
        ] {
            let text = format!("[tool.pygo-tools]\n{keys}");
            let file = ConfigFile::from_toml(&text, "reading").unwrap().unwrap();
            let abis = Settings::read(&file, "reading").unwrap().abis;
            let all: Vec<_> = abis.iter().map(ToString::to_string).collect();
            assert_eq!(all.join(" "), names);
        }
    }

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
        let plain = read("").unwrap();
        assert_eq!((plain.targets, plain.abis), (None, vec![PythonAbi::Abi3]));
        assert_eq!((plain.native, plain.on), (NativeSettings::default(), BTreeMap::new()));
        for (toml, found) in [
            (
                "targets = ['linux-arm46']",
                "`targets`: `linux-arm46` is not a target; the nearest is `linux-arm64`",
            ),
            (
                "python = ['3.9', 'cp313']",
                "`python`: \"cp313\" is invalid: it is not a release of Python 3",
            ),
            ("python = ['3.14t', '3.14t']", "`python`: \"3.14t\" is named twice"),
            ("abi3 = false", "`abi3` is false, and `python` names no release"),
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
