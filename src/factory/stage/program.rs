//! Program: `go build` of a command for one slice, without C unless the project asks for it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::build_files::BuildFiles;
use super::cgo_packages::{self, CgoPackage};
use super::found_c::{CFlags, FoundC};
use super::go_command::{self, all_quoted, deciding, linker_flags, package, places, quoted};
use super::go_failure::GoFailure;
use super::go_flags::UserFlags;
use super::own_libraries::OwnLibraries;
use super::preamble_flags::{Variables, words};
use super::requests::Requests;
use super::{Binary, WorkDir, linked};
use crate::error::{Failure, Result};
use crate::factory::event::Stage;
use crate::factory::fingerprint::Hasher;
use crate::factory::flow::{Input, Io};
use crate::factory::store::{Bases, Found, FoundFile, Saved};
use crate::project::{GoPackage, Profile, Program};
use crate::target::{Release, Slice};
use crate::toolchain::{Cc, Driver, Go, Host, Version};

/// Builds a program for one slice.
pub(in crate::factory) struct BuildProgram<'a> {
    pub(in crate::factory) go_package: Cow<'a, GoPackage>,
    pub(in crate::factory) program: &'a Program,
    /// The files Go may read: name for the fingerprint, and where it is.
    pub(in crate::factory) sources: Vec<(String, PathBuf)>,
    pub(in crate::factory) slice: Slice,
    pub(in crate::factory) go: &'a Go,
    /// The version of Go that go.mod selects.
    pub(in crate::factory) go_version: Version,
    pub(in crate::factory) host: &'a Host,
    /// How C is compiled, if the program has any.
    pub(in crate::factory) cgo: Option<Cgo<'a>>,
    /// The inherited variables that Go, cgo and the compiler react to.
    pub(in crate::factory) environment: BTreeMap<String, String>,
    /// Download no modules.
    pub(in crate::factory) offline: bool,
    /// The project's flags for Go's linker.
    pub(in crate::factory) ldflags: Vec<String>,
    /// What GOFLAGS adds to pygo's flags.
    pub(in crate::factory) user: UserFlags,
    pub(in crate::factory) profile: Profile,
    /// The project.
    pub(in crate::factory) root: Cow<'a, Path>,
    pub(in crate::factory) dir: WorkDir,
}

/// How the C in a program is compiled.
pub(in crate::factory) struct Cgo<'a> {
    pub(in crate::factory) cc: &'a Cc,
    pub(in crate::factory) driver: Driver,
    /// The system release to build for.
    pub(in crate::factory) minimum: Release,
    /// A digest of the C sources of which Go's cache may not notice a change.
    pub(in crate::factory) c_digest: Option<String>,
    /// The headers and libraries of the configuration.
    pub(in crate::factory) found: FoundC,
}

impl BuildProgram<'_> {
    /// Arguments of `go build`, without the places of files but those of `linked`. The default build
    /// mode is that of the system: a static program on Linux.
    fn flags(&self, linked: &str) -> Result<Vec<String>> {
        let mut flags: Vec<String> =
            ["build", "-buildmode=default", "-trimpath", "-buildvcs=false"].map(Into::into).into();
        let own = linker_flags(self.profile, self.slice);
        let linker = if self.profile == Profile::Release { "-s" } else { "" };
        let linker = format!("{linker} {linked}");
        flags.extend(self.user.ldflags(&self.ldflags, own, linker.trim())?);
        flags.extend(self.user.tags(&self.go_package.build_tags));
        Ok(flags)
    }

    /// Variables that select the platform and where modules come from.
    fn env(&self) -> Vec<(&'static str, &'static str)> {
        let mut env: Vec<_> = self.slice.go_env().collect();
        env.push(("CGO_ENABLED", if self.cgo.is_some() { "1" } else { "0" }));
        // A workspace above would refuse a module that it does not list.
        if self.go_package.go_mod.is_none() {
            env.push(("GOWORK", "off"));
        }
        if self.offline {
            env.push(("GOPROXY", "off"));
        }
        env
    }

    fn files(&self) -> BuildFiles<'_> {
        BuildFiles {
            package: &self.go_package,
            root: &self.root,
            profile: self.profile,
            go: self.go,
            go_version: self.go_version,
            c: self.cgo.as_ref().map(|cgo| (cgo.cc, &cgo.driver)),
            host: self.host,
            ldflags: &self.ldflags,
            found: self.cgo.as_ref().map(|cgo| &cgo.found),
        }
    }

    /// What `go list` prints about its packages; `None` if nothing needs to know.
    fn listed(&self, package: &[String]) -> Result<Option<String>> {
        if !self.files().are_known() {
            return Ok(None);
        }
        let doing = format!("listing the packages of {}", self.go_package.name);
        let tags = self.user.tags(&self.go_package.build_tags);
        let listed = self.files().list(self.env(), tags, package, &doing)?;
        Ok(listed.status.success().then_some(listed.stdout))
    }

    /// The flags of the configuration for C.
    fn c_flags(&self, doing: &str) -> Result<CFlags> {
        let Some(Cgo { found, .. }) = &self.cgo else { return Ok(CFlags::default()) };
        let variables = Variables::of(|name| self.go.setting(name));
        let call = |exe: &Path| self.go.tool(exe, doing).envs(self.env());
        found.flags(&variables, &self.go_package.dir, call)
    }

    /// Variables for the C compiler.
    fn c_env(&self, c_flags: &CFlags, doing: &str) -> Result<Vec<(&'static str, String)>> {
        let Some(Cgo { driver, c_digest, .. }) = &self.cgo else { return Ok(Vec::new()) };
        let own = all_quoted(&c_flags.compile, doing)?;
        let mut env = vec![
            ("CC", quoted(&driver.cc.display().to_string(), doing)?),
            ("CXX", quoted(&driver.cxx.display().to_string(), doing)?),
        ];
        let digest = c_digest.as_deref();
        env.extend(go_command::c_flags(
            self.go,
            driver,
            self.profile,
            &self.root,
            digest,
            &own,
            doing,
        )?);
        Ok(env)
    }
}

impl Input for BuildProgram<'_> {
    const STAGE: Stage = Stage::Program;
    type Output = Binary;

    fn feed(&self, into: &mut Hasher) -> Result<()> {
        let Self { go_package, program, sources, slice, go, cgo, environment, .. } = self;
        let Self { profile, user: _, root: _, offline: _, dir: _, .. } = self;
        into.value("profile", profile)?;
        into.value("settings", &go.settings())?;
        into.value("program", &(program.name.to_string(), &go_package.go_dir))?;
        into.value("import", &go_package.import)?;
        into.value("slice", &slice.name())?;
        into.value("flags", &self.flags("")?)?;
        into.value("env", &self.env())?;
        into.value("environment", environment)?;
        into.value("go", &go.found.fingerprint())?;
        if let Some(Cgo { cc, driver: _, minimum, c_digest, found }) = cgo {
            into.value("cgo", &(minimum, c_digest))?;
            into.value("headers and libraries", &found.named)?;
            into.value("compiler", &cc.found.fingerprint())?;
        }
        sources.iter().try_for_each(|(name, path)| into.file(name, path))
    }

    /// # Errors
    /// Go's own message if the code does not compile or link, with Go's file and line first.
    fn run(self, io: &Io<'_>) -> Result<Binary> {
        let Self { go_package, program, slice, .. } = &self;
        let doing = format!("building {} for {}", go_package.name, slice.name());
        let file = self.dir.own.join(program.file(slice.os));
        let driver = self.cgo.as_ref().map(|cgo| &cgo.driver);
        let package = package(go_package, &self.dir.own, self.go.found.version.minor)?;
        let start = self.dir.clock();
        let listed = self.listed(&package)?;
        let packages = cgo_packages::read(listed.as_deref().unwrap_or_default(), &doing)?;
        let has_cxx = packages.iter().any(CgoPackage::has_cxx);
        let own = driver.map(|driver| OwnLibraries::missing(driver, has_cxx)).unwrap_or_default();
        own.announcements(*slice).iter().for_each(|text| io.announce(text));
        let c_flags = self.c_flags(&doing)?;
        let call = self.go.call(&doing);
        let call = match &self.cgo {
            Some(cgo) => cgo.found.isolated(call),
            None => call,
        };
        let finished = call
            .args(self.flags(&all_quoted(&c_flags.link, &doing)?.join(" "))?)
            .args(["-o".as_ref(), file.as_os_str()])
            .args(&package)
            .envs(self.env())
            .envs(self.dir.env())
            .envs(self.c_env(&c_flags, &doing)?)
            .envs(driver.map(|driver| driver.env.clone()).unwrap_or_default())
            .envs(places(&self.root, self.go))
            .dir(&go_package.dir)
            .log(io.log)
            .finish()?;
        if !finished.status.success() {
            let failure = GoFailure {
                library: go_package,
                slice: *slice,
                cc: driver.map(|driver| driver.cc.as_path()),
                python: None,
                offline: self.offline,
            };
            let mut failure = failure.explain(&finished);
            // Go says nothing else of a package that needs cgo.
            if driver.is_none() && finished.stderr.contains(WITHOUT_CGO) {
                failure.help = "if the program needs C, write `cgo = true` into \
                                [tool.pygo-tools]; otherwise add Go files that do without it"
                    .to_owned();
            }
            let found = self.cgo.as_ref().map(|cgo| cgo.found.link_flags()).unwrap_or_default();
            let requests = Requests::of(&packages, *slice, &self.root)
                .and("`libraries`", &found)
                .and("CGO_LDFLAGS", &words(self.go.setting("CGO_LDFLAGS")));
            return Err(requests.complete(failure, &finished.stderr));
        }
        own.built();
        linked::program(
            &file,
            self.cgo.as_ref().map_or("go", |cgo| cgo.cc.name()),
            &doing,
            *slice,
        )?;
        let reads = listed.and_then(|listed| self.files().reads(&listed, start));
        Ok(Binary { path: program.path(slice.os), file, reads })
    }

    fn key(&self, into: &mut Hasher) -> Result<bool> {
        let files = self.files();
        if !files.are_known() {
            return Ok(false);
        }
        files.key(into)?;
        let Self { go_package, program, slice, environment, offline, .. } = self;
        let package = (&go_package.go_dir, &go_package.import);
        into.value("program", &(program.name.to_string(), package))?;
        into.value("slice", &slice.name())?;
        into.value("flags", &(self.flags("")?, self.env(), offline))?;
        into.value("cgo", &self.cgo.as_ref().map(|cgo| (cgo.minimum, &cgo.found.named)))?;
        into.value("environment", &deciding(environment))?;
        Ok(true)
    }

    fn tools(&self) -> Bases {
        self.files().bases()
    }

    fn save(program: &Binary) -> Option<Saved> {
        let name = program.file.file_name()?.to_string_lossy().into_owned();
        let files = vec![(name, program.file.clone())];
        Some(Saved { files, value: Value::Null, reads: program.reads.clone()? })
    }

    fn restore(&self, found: Found) -> Result<Option<Binary>> {
        let Self { program, slice, dir, .. } = self;
        let [FoundFile { bytes, .. }] = &found.files[..] else { return Ok(None) };
        let file = dir.own.join(program.file(slice.os));
        let doing = format!("reusing {} for {}", program.name, slice.name());
        fs_err::write(&file, bytes).map_err(|error| Failure::io(&doing, &error))?;
        Ok(Some(Binary { path: program.path(slice.os), file, reads: Some(found.reads) }))
    }
}

/// What Go prints about a package whose files all import "C".
const WITHOUT_CGO: &str = "build constraints exclude all Go files";
