//! What a build of Go reads besides the input of its stage.
//!
//! In: the package and the tools, and the time when the build began. Out: places, unless it may
//! read what is not known.

use std::path::Path;
use std::time::SystemTime;

use fs_err as fs;

use super::found_c::FoundC;
use super::go_command::TOOL_VARIABLES;
use crate::error::Result;
use crate::factory::fingerprint::Hasher;
use crate::factory::store::{Bases, Collector, FIELDS, GoQuestion, MODULES, Reads};
use crate::process::Finished;
use crate::project::{GoPackage, Profile};
use crate::toolchain::{Cc, Driver, Go, Host, Version, includes_libraries, is_binary};

/// Variables whose effects are not followed.
const UNKNOWN: &[&str] = &["SDKROOT", "GOWORK", "GOFIPS140", "GO111MODULE"];

/// A build of Go, as far as it decides which files are read.
pub(super) struct BuildFiles<'a> {
    pub(super) package: &'a GoPackage,
    /// The project.
    pub(super) root: &'a Path,
    pub(super) profile: Profile,
    pub(super) go: &'a Go,
    /// The version of Go that go.mod selects.
    pub(super) go_version: Version,
    /// The C compiler, if the build may call it.
    pub(super) c: Option<(&'a Cc, &'a Driver)>,
    pub(super) host: &'a Host,
    /// The project's flags for Go's linker.
    pub(super) ldflags: &'a [String],
    /// The headers and libraries of the configuration, if C is compiled.
    pub(super) found: Option<&'a FoundC>,
}

impl BuildFiles<'_> {
    /// Whether everything that the output depends on is known. Debug information may name any place,
    /// pygo does not know what an SDK or this machine's C library contains, and a script may read
    /// anything.
    pub(super) fn are_known(&self) -> bool {
        let environment = &self.host.environment;
        let is_known = |cc: &Cc| includes_libraries(cc.found.tool) && is_binary(&cc.found.path);
        self.profile == Profile::Release
            && self.package.before.is_empty()
            && !self.found.is_some_and(FoundC::has_packages)
            && UNKNOWN.iter().all(|name| environment.get(name).is_none())
            && self.c.is_none_or(|(cc, _)| is_known(cc))
            && is_binary(&self.go.found.path)
    }

    /// Feeds the tools and their settings to the key of kept outputs.
    ///
    /// # Errors
    /// If a file cannot be read.
    pub(super) fn key(&self, into: &mut Hasher) -> Result<()> {
        let Self { go, go_version, host, .. } = self;
        into.value("settings", &(go.settings(), host.environment.select(TOOL_VARIABLES)))?;
        if let Some(file) = go.settings_file() {
            into.file("settings file", &file)?;
        }
        into.value("go", &(go.found.fingerprint(), go_version.to_string()))?;
        if let Some((cc, _)) = self.c {
            let digest = host.cache.digest_of(&cc.found.path)?;
            into.value("compiler", &(cc.found.fingerprint(), digest))?;
        }
        Ok(())
    }

    /// What `go list` prints about its packages and those that they import, its own last, with
    /// the variables `env` and the flags `tags`. Go may refuse.
    pub(super) fn list(
        &self,
        env: Vec<(&'static str, &'static str)>,
        tags: Option<String>,
        package: &[String],
        doing: &str,
    ) -> Result<Finished> {
        let call = self.go.call(doing).envs(env).dir(&self.package.dir);
        call.args(["list", "-deps", &format!("-json={FIELDS}")]).args(tags).args(package).finish()
    }

    /// The files that the build read since `start`, if all of them are known, from what `go list`
    /// printed then.
    pub(super) fn reads(&self, listed: &str, start: SystemTime) -> Option<Reads> {
        let setting = |name: &str| self.go.setting(name);
        let question = GoQuestion {
            dir: &self.package.dir,
            modules: self.go.modules(),
            setting: &setting,
            has_module: self.package.go_mod.is_some(),
            ldflags: self.ldflags.to_vec(),
            compiled_with: self.found.map(FoundC::compile_flags).unwrap_or_default(),
            linked_with: self.found.map(FoundC::link_flags).unwrap_or_default(),
        };
        let mut places = Collector::new(self.bases());
        if let Some(file) = self.go.settings_file() {
            let text = fs::read_to_string(&file).unwrap_or_default();
            if UNKNOWN.iter().any(|name| text.contains(name)) {
                return None;
            }
            places.content(&file);
        }
        // What cannot be understood is built every time.
        question.read(listed, &mut places).ok()?;
        places.look(start)
    }

    /// The project, and where the tools are whose files the build reads.
    pub(super) fn bases(&self) -> Bases {
        let mut bases = Bases::default().project(self.root).tool(MODULES, self.go.modules());
        if let Some(root) = self.go.found.path.ancestors().nth(2) {
            bases = bases.tool("go", root);
        }
        if let Some(headers) = self.c.and_then(|(_, driver)| driver.headers.as_ref()) {
            bases = bases.tool("compiler", headers);
        }
        match self.go.settings_file() {
            Some(file) => bases.file("settings", &file),
            None => bases,
        }
    }
}
