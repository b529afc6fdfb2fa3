//! What every build needs: a Python, an installer for it, and a cache with the pinned tools.

use std::path::PathBuf;

use super::download::{Announce, Download, Step, announced};
use super::installer::Installer;
use super::interpreter::Interpreter;
use crate::error::{Failure, Result};
use crate::process::Environment;
use crate::target;
use crate::toolchain::cache::Cache;
use crate::toolchain::lock::pins;
use crate::toolchain::tool::{Lookup, Tool};

/// The environment, cache, Python and installer of a build.
#[derive(Clone)]
pub struct Host {
    /// The environment that tools run in.
    pub environment: Environment,
    /// Keeps files between runs.
    pub cache: Cache,
    /// Runs build backends and cffi.
    pub python: Interpreter,
    /// Installs what backends require.
    pub installer: Installer,
    /// The executable of pygo.
    pub(in crate::toolchain) pygo: Option<PathBuf>,
    announce: Announce,
}

impl Host {
    /// What is around `python`.
    pub(in crate::toolchain) fn new(
        lookup: &Lookup,
        cache: Cache,
        python: Interpreter,
        announce: Announce,
    ) -> Self {
        let installer = Installer::new(&python, &cache, lookup.offline);
        let environment = python.environment.clone();
        Self { environment, cache, python, installer, pygo: lookup.pygo.clone(), announce }
    }

    /// The directory of the cache for the pinned `tool`, whether it exists or not.
    pub(in crate::toolchain) fn place(&self, tool: Tool) -> PathBuf {
        let pins = pins(tool).into_iter();
        let mut name: Vec<_> =
            pins.map(|pin| format!("{}-{}", pin.distribution, pin.version)).collect();
        if tool == Tool::Cffi {
            name.push(self.python.abi.clone());
        }
        self.cache.tool(&name.join("-"))
    }

    /// The download of the pinned `tool`.
    pub(in crate::toolchain) fn download(&self, tool: Tool) -> Download {
        let pins = pins(tool);
        let names = pins.iter().map(|pin| format!("{} {}", pin.distribution, pin.version));
        let python = self.python.found.version;
        let size = |host| pins.iter().filter_map(|pin| pin.size(host, python)).sum();
        Download {
            what: names.collect::<Vec<_>>().join(", "),
            size: target::host().ok().map(size),
            into: self.place(tool),
            step: Step::Started,
        }
    }

    /// The directory of the pinned `tool`, which is downloaded if it is missing. Of two runs at
    /// the same time one downloads and the other waits.
    pub(in crate::toolchain) fn provide(&self, tool: Tool) -> Result<PathBuf> {
        let place = self.place(tool);
        if place.is_dir() {
            return Ok(place);
        }
        let download = self.download(tool);
        let doing = format!("providing {}", download.what);
        if self.installer.offline {
            let place = place.display();
            return Err(Failure::toolchain(
                doing,
                format!("it is not in the cache ({place}), and --offline forbids downloads"),
                "run `pygo toolchain install` once with a network, or install the tool yourself",
            ));
        }
        let name = place.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let wait = || (self.announce)(Download { step: Step::Waiting, ..download.clone() });
        let _lock = self.cache.lock(&name, &doing, wait)?;
        if place.is_dir() {
            return Ok(place);
        }
        let lines: Vec<_> = pins(tool).iter().map(|pin| pin.hashed_requirement()).collect();
        let log = self.cache.dir("logs")?.join(format!("{name}.log"));
        let scratch = self.cache.temporary("install")?;
        announced(&download, scratch.path(), &self.announce, || {
            self.cache.publish(&place, |dir| {
                self.installer.install(&lines, dir, true, scratch.path(), &log)
            })
        })?;
        let _ = fs_err::remove_file(&log);
        Ok(place)
    }
}
