//! The pinned tools: which version, which files, how large, with which digest.

use serde::Deserialize;

use super::Version;
use crate::target::Target;

/// A tool that can be provisioned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// The Go distribution.
    Go,
    /// The zig distribution.
    Zig,
    /// cffi, which turns signatures into C.
    Cffi,
    /// pycparser, which cffi reads C with.
    Pycparser,
    /// setuptools, for projects on `pygo_tools`.
    Setuptools,
}

/// One pinned distribution on the Python package index.
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

/// The lock that this program ships, from `toolchains/lock.json`.
#[derive(Debug, Clone, Deserialize)]
pub struct Lock {
    tools: Tools,
}

#[derive(Debug, Clone, Deserialize)]
struct Tools {
    go: Pin,
    zig: Pin,
    cffi: Pin,
    pycparser: Pin,
    setuptools: Pin,
}

impl Lock {
    /// The one that was built in.
    #[expect(clippy::expect_used, reason = "the file is compiled in, and a test reads it")]
    pub fn built_in() -> &'static Self {
        static LOCK: std::sync::LazyLock<Lock> = std::sync::LazyLock::new(|| {
            serde_json::from_str(include_str!("../../toolchains/lock.json"))
                .expect("toolchains/lock.json is valid")
        });
        &LOCK
    }

    /// The pin of `tool`.
    pub fn pin(&self, tool: Tool) -> &Pin {
        match tool {
            Tool::Go => &self.tools.go,
            Tool::Zig => &self.tools.zig,
            Tool::Cffi => &self.tools.cffi,
            Tool::Pycparser => &self.tools.pycparser,
            Tool::Setuptools => &self.tools.setuptools,
        }
    }
}

impl Pin {
    /// `name==version`.
    pub fn requirement(&self) -> String {
        format!("{}=={}", self.distribution, self.version)
    }

    /// The line of a requirements file that pins the version and every file of it.
    pub fn hashed_requirement(&self) -> String {
        let hashes: Vec<_> =
            self.files.iter().map(|file| format!("--hash=sha256:{}", file.sha256)).collect();
        format!("{} {}", self.requirement(), hashes.join(" "))
    }

    /// The version, to compare.
    pub fn number(&self) -> Option<Version> {
        Version::find_in(&self.version)
    }

    /// How many bytes are fetched for `host` and CPython `python`, if a file of the pin fits.
    pub fn size(&self, host: Target, python: Version) -> Option<u64> {
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

    #[test]
    fn the_built_in_lock_serves_every_host_that_is_a_target() {
        let lock = Lock::built_in();
        let python = Version::new(3, 12, 0);
        let hosts = crate::target::TARGETS.iter().filter(|target| target.slices().len() == 1);
        for host in hosts {
            for tool in [Tool::Go, Tool::Zig, Tool::Cffi, Tool::Pycparser, Tool::Setuptools] {
                let pin = lock.pin(tool);
                assert!(pin.size(*host, python).is_some_and(|size| size > 1000), "{tool:?} {host}");
                assert!(pin.number().is_some());
            }
        }
    }
}
