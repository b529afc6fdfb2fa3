//! The pinned tools of `toolchains/lock.json`: versions, files, sizes and digests.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use serde::Deserialize;

use super::tool::Tool;
use super::version::Version;
use crate::target::Target;

/// One pinned distribution of the Python package index.
#[derive(Debug, Clone, Deserialize)]
pub struct Pin {
    /// Its name there.
    pub distribution: String,
    /// Its version.
    pub version: String,
    files: Vec<File>,
}

#[derive(Debug, Clone, Deserialize)]
struct File {
    file: String,
    sha256: String,
    size: u64,
}

#[derive(Debug, Clone, Deserialize)]
struct Lock {
    tools: BTreeMap<String, Pin>,
}

/// The pinned distributions that provide `tool`, itself first; none if pygo does not provide it.
pub fn pins(tool: Tool) -> Vec<&'static Pin> {
    // cffi reads C with pycparser.
    let names = [Some(tool.name()), (tool == Tool::Cffi).then_some("pycparser")];
    names.into_iter().flatten().filter_map(|name| LOCK.tools.get(name)).collect()
}

/// The pinned version of `tool`, if pygo provides it.
pub fn pinned_version(tool: Tool) -> Option<Version> {
    Version::find_in(&pins(tool).first()?.version)
}

#[expect(clippy::expect_used, reason = "the file is compiled in, and a test reads it")]
static LOCK: LazyLock<Lock> = LazyLock::new(|| {
    let text = include_str!("../../toolchains/lock.json");
    serde_json::from_str(text).expect("toolchains/lock.json is valid")
});

impl Pin {
    /// `name==version`.
    pub(super) fn requirement(&self) -> String {
        format!("{}=={}", self.distribution, self.version)
    }

    /// The line of a requirements file with the version and the digest of every file.
    pub(super) fn hashed_requirement(&self) -> String {
        let hashes: Vec<_> =
            self.files.iter().map(|file| format!("--hash=sha256:{}", file.sha256)).collect();
        format!("{} {}", self.requirement(), hashes.join(" "))
    }

    /// The file whose content is in `dir`, by the tags that it unpacked to: its package URL and its
    /// SHA-256, which the installer compared.
    pub(super) fn installed_in(&self, dir: &Path) -> Option<(String, String)> {
        let known = |file: &&File| {
            let mut words = file.file.trim_end_matches(".whl").splitn(3, '-');
            let (Some(name), Some(version), Some(tag)) = (words.next(), words.next(), words.next())
            else {
                return false;
            };
            let about = dir.join(format!("{name}-{version}.dist-info/WHEEL"));
            let text = fs_err::read_to_string(about).unwrap_or_default();
            let has = |line: &str| {
                let own = line.strip_prefix("Tag: ").and_then(|tag| tag.trim().rsplit_once('-'));
                let (Some((python, platform)), Some((file_python, platforms))) =
                    (own, tag.rsplit_once('-'))
                else {
                    return false;
                };
                python == file_python && platforms.split('.').any(|one| one == platform)
            };
            text.lines().any(has)
        };
        let file = self.files.iter().find(known)?;
        let Self { distribution, version, .. } = self;
        let purl = format!("pkg:pypi/{distribution}@{version}?file_name={}", file.file);
        Some((purl, file.sha256.clone()))
    }

    /// The size of the download for `host` and CPython `python`, if the pin has a file for them.
    pub(super) fn size(&self, host: Target, python: Version) -> Option<u64> {
        let cpython = format!("-cp{}{}-cp{0}{1}-", python.major, python.minor);
        let fits = |file: &&File| {
            let name = file.file.as_str();
            let interpreter = name.contains("-py3-none-") || name.contains(&cpython);
            let platform = name.contains(host.os().tag_family) && name.contains(host.tag_arch());
            interpreter && (platform || name.ends_with("-any.whl"))
        };
        self.files.iter().find(fits).map(|file| file.size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::CompilerName;
    use crate::target::BinaryFormat;

    #[test]
    fn the_lock_has_files_for_every_host_that_is_a_target() {
        let python = Version::new(3, 12, 0);
        let tools = [Tool::Go, Tool::Cc(CompilerName::ZIG), Tool::Cffi, Tool::Setuptools].map(pins);
        assert_eq!(tools.each_ref().map(Vec::len), [1, 1, 2, 1]);
        let hosts = crate::target::TARGETS
            .iter()
            .filter(|target| target.slices().len() == 1 && target.no_c().is_none())
            .filter(|target| target.os().format != BinaryFormat::Pe);
        for host in hosts {
            for pin in tools.iter().flatten() {
                let size = pin.size(*host, python);
                assert!(size.is_some_and(|size| size > 1000), "{} {host}", pin.distribution);
                assert!(Version::find_in(&pin.version).is_some());
            }
        }
        assert!(pins(Tool::Cc(CompilerName::CLANG)).is_empty());
    }
}
