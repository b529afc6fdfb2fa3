//! What the build of a Go library reads besides the input of its stage.
//!
//! In: the stage, and the time when it began. Out: places, unless it may read what is not known.

use std::time::SystemTime;

use fs_err as fs;

use super::library::GoBuild;
use crate::error::Kind;
use crate::factory::store::{Bases, Collector, GoQuestion, MODULES, Reads};
use crate::project::Profile;
use crate::toolchain::{includes_libraries, is_binary};

/// Variables whose effects are not followed.
const UNKNOWN: &[&str] = &["SDKROOT", "GOWORK", "GOFIPS140", "GO111MODULE"];

impl GoBuild<'_> {
    /// Whether everything that the output depends on is known. Debug information may name any place,
    /// pygo does not know what an SDK or this machine's C library contains, and a script may read
    /// anything.
    pub(super) fn may_be_kept(&self) -> bool {
        let environment = &self.host.environment;
        self.profile == Profile::Release
            && self.library.before.is_empty()
            && UNKNOWN.iter().all(|name| environment.get(name).is_none())
            && includes_libraries(self.cc.found.tool)
            && is_binary(&self.cc.found.path)
            && is_binary(&self.go.found.path)
    }

    /// The files that the build read since `start`, if all of them are known.
    pub(super) fn reads(&self, package: &[String], start: SystemTime) -> Option<Reads> {
        let doing = format!("listing the files of {}", self.library.name);
        let listed = self
            .go
            .call(&doing)
            .envs(self.env())
            .dir(&self.library.dir)
            .args(GoQuestion::args())
            .args(self.user.tags(&self.library.build_tags))
            .args(package)
            .run(Kind::Build, "report this bug")
            .ok()?;
        let setting = |name: &str| self.go.setting(name);
        let question = GoQuestion {
            dir: &self.library.dir,
            modules: self.go.modules(),
            setting: &setting,
            has_module: self.library.go_mod.is_some(),
            ldflags: self.library.ldflags.clone(),
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
        question.read(&listed.stdout, &mut places).ok()?;
        places.look(start)
    }

    /// The project, and where the tools are whose files the build reads.
    pub(super) fn bases(&self) -> Bases {
        let mut bases = Bases::default().project(&self.root).tool(MODULES, self.go.modules());
        if let Some(root) = self.go.found.path.ancestors().nth(2) {
            bases = bases.tool("go", root);
        }
        if let Some(headers) = &self.driver.headers {
            bases = bases.tool("compiler", headers);
        }
        match self.go.settings_file() {
            Some(file) => bases.file("settings", &file),
            None => bases,
        }
    }
}
