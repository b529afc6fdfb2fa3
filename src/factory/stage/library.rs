//! Library: `go build -buildmode=c-shared` for one slice, or `c-archive` for a library that is
//! linked into its extension.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use fs_err as fs;

use super::build_files::BuildFiles;
use super::built_library::{Digest, Library};
use super::c_exports;
use super::cgo_packages::{self, CgoPackage};
use super::found_c::{CFlags, FoundC};
use super::go_command::{self, all_quoted, deciding, linker_flags, package, places, quoted};
use super::go_failure::GoFailure;
use super::go_flags::UserFlags;
use super::own_libraries::OwnLibraries;
use super::python_api::PythonApi;
use super::{WorkDir, linked};
use crate::error::{Failure, Kind, Result};
use crate::factory::binding::CGO_HEADER;
use crate::factory::event::Stage;
use crate::factory::fingerprint::Hasher;
use crate::factory::flow::{Input, Io};
use crate::factory::store::{Bases, Found, FoundFile, Saved};
use crate::project::{GoPackage, Profile, go_header};
use crate::target::{Release, Slice};
use crate::toolchain::{Cc, Driver, Go, Host, Version, object_variables};

/// Builds a Go library for one slice.
pub(in crate::factory) struct GoBuild<'a> {
    pub(in crate::factory) library: Cow<'a, GoPackage>,
    /// The file name of the result, which is also its soname or install name.
    pub(in crate::factory) file_name: String,
    /// The headers and libraries of the configuration.
    pub(in crate::factory) c: FoundC,
    /// Whether the result is an archive.
    pub(in crate::factory) is_archive: bool,
    /// What its C needs to use Python.
    pub(in crate::factory) python: Option<PythonApi>,
    /// Functions that it exports besides those of Go.
    pub(in crate::factory) c_functions: Vec<String>,
    /// The files Go may read: name for the fingerprint, and where it is.
    pub(in crate::factory) sources: Vec<(String, PathBuf)>,
    pub(in crate::factory) slice: Slice,
    /// The system release to build for.
    pub(in crate::factory) minimum: Release,
    pub(in crate::factory) go: &'a Go,
    /// The version of Go that go.mod selects.
    pub(in crate::factory) go_version: Version,
    pub(in crate::factory) host: &'a Host,
    pub(in crate::factory) cc: &'a Cc,
    pub(in crate::factory) driver: Driver,
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
    /// A digest of the C sources of which Go's cache may not notice a change.
    pub(in crate::factory) c_digest: Option<String>,
    pub(in crate::factory) dir: WorkDir,
}

impl GoBuild<'_> {
    /// Arguments of `go build`; `ar` makes archives, and `files` are linked too.
    fn flags(&self, ar: &Path, files: &str) -> Result<Vec<String>> {
        let mut identity = self.slice.os.identity_flag(&self.file_name).unwrap_or_default();
        if self.python.is_some() {
            identity = format!("{identity} {}", self.slice.os.python_symbols_flags());
        }
        if !files.is_empty() {
            identity = format!("{identity} {files}");
        }
        let mut own = linker_flags(self.profile, self.slice).to_vec();
        let ar = format!("-extar={}", ar.display());
        let (mode, linker) = match self.profile {
            _ if self.is_archive => {
                own.push(&ar);
                ("-buildmode=c-archive", String::new())
            }
            Profile::Release => ("-buildmode=c-shared", format!("-s {identity}")),
            Profile::Debug => ("-buildmode=c-shared", identity),
        };
        let mut flags: Vec<String> =
            ["build", mode, "-trimpath", "-buildvcs=false"].map(Into::into).into();
        flags.extend(self.user.ldflags(&self.ldflags, &own, &linker)?);
        flags.extend(self.user.tags(&self.library.build_tags));
        Ok(flags)
    }

    /// Variables that select the platform and where modules come from.
    pub(super) fn env(&self) -> Vec<(&'static str, &'static str)> {
        let mut env: Vec<_> = self.slice.go_env().collect();
        env.push(("CGO_ENABLED", "1"));
        // A workspace above would refuse a module that it does not list.
        if self.library.go_mod.is_none() {
            env.push(("GOWORK", "off"));
        }
        if self.offline {
            env.push(("GOPROXY", "off"));
        }
        env
    }
}

impl Input for GoBuild<'_> {
    const STAGE: Stage = Stage::Library;
    type Output = Library;

    fn feed(&self, into: &mut Hasher) -> Result<()> {
        let Self { library, file_name, sources, slice, minimum, go, cc, .. } = self;
        let Self { environment, profile, driver: _, root: _, offline: _, dir: _, .. } = self;
        into.value("profile", profile)?;
        into.value("settings", &go.settings())?;
        into.value("C sources", &self.c_digest)?;
        into.value("library", &(&library.name, &library.go_dir))?;
        into.value("import", &library.import)?;
        into.value("headers and libraries", &self.c.named)?;
        into.value("file name", file_name)?;
        into.value("python", &self.python)?;
        into.value("C functions", &self.c_functions)?;
        into.value("slice", &(slice.name(), minimum))?;
        into.value("flags", &self.flags(Path::new(AR), "")?)?;
        into.value("env", &self.env())?;
        into.value("environment", environment)?;
        into.value("go", &go.found.fingerprint())?;
        into.value("compiler", &cc.found.fingerprint())?;
        sources.iter().try_for_each(|(name, path)| into.file(name, path))
    }

    /// # Errors
    /// Go's own message if the code does not compile or link, with Go's file and line first.
    fn run(self, io: &Io<'_>) -> Result<Library> {
        let doing = format!("building {} for {}", self.library.name, self.slice.name());
        let dir = &self.dir.own;
        let binary = dir.join(&self.file_name);
        // Of a flag given twice, Go uses the last.
        if self.library.go_mod.is_none() && self.user.has_overlay {
            return Err(Failure::new(
                Kind::Usage,
                doing,
                "GOFLAGS has -overlay, which pygo uses for a Go package without a go.mod",
                format!(
                    "run `pygo go mod init NAME` in {}, or remove -overlay from GOFLAGS",
                    self.library.go_dir.display()
                ),
            ));
        }
        let package = self.go_package()?;
        let start = self.dir.clock();
        let listed = self.listed(&package)?;
        let packages = cgo_packages::read(listed.as_deref().unwrap_or_default(), &doing)?;
        for own in &packages {
            if let Some(note) = own.check(self.slice, &self.root, &doing)? {
                io.note(&note);
            }
        }
        let has_cxx = packages.iter().any(CgoPackage::has_cxx);
        let own = OwnLibraries::missing(&self.driver, has_cxx);
        own.announcements(self.slice).iter().for_each(|text| io.announce(text));
        let c_flags = self.c_flags()?;
        let finished = self
            .c
            .isolated(self.go.call(&doing))
            .args(self.flags(&self.driver.ar, &self.linked_files(&c_flags, &doing)?)?)
            .args(["-o".as_ref(), binary.as_os_str()])
            .args(&package)
            .envs(self.env())
            .envs(go_command::c_flags(
                self.go,
                &self.driver,
                self.profile,
                &self.root,
                self.c_digest.as_deref(),
                &self.own_c_flags(&c_flags, &doing)?,
                &doing,
            )?)
            .envs(self.dir.env())
            .envs([
                ("CC", quoted(&self.driver.cc.display().to_string(), &doing)?),
                ("CXX", quoted(&self.driver.cxx.display().to_string(), &doing)?),
            ])
            .envs(self.driver.env.clone())
            .envs(places(&self.root, self.go))
            .envs(self.object_variables()?)
            .dir(&self.library.dir)
            .log(io.log)
            .finish()?;
        if !finished.status.success() {
            let Self { library, slice, driver, offline, .. } = &self;
            let failure = GoFailure {
                library,
                slice: *slice,
                cc: Some(&driver.cc),
                python: self.python.as_ref(),
                offline: *offline,
            };
            let failure = failure.explain(&finished);
            return Err(self.requests(&packages).complete(failure, &finished.stderr));
        }
        own.built();
        if self.is_archive {
            linked::archive(&binary, &doing)?;
        } else {
            linked::library(&binary, self.cc.name(), &doing, self.slice)?;
        }
        let header = dir.join(CGO_HEADER);
        let written = binary.with_extension("h");
        // cgo writes none if only other packages export functions.
        let moved = if written.exists() {
            fs::rename(&written, &header)
        } else {
            fs::write(&header, go_header())
        };
        moved.map_err(|error| Failure::io(&doing, &error))?;
        let (preamble_flags, link) = self.extension_flags(&packages)?;
        let files = self.files();
        let listed = listed.filter(|_| files.are_known());
        let reads = listed.and_then(|listed| files.reads(&listed, start));
        let bases = files.bases();
        let (dir, digest) = (dir.clone(), Digest::default());
        Ok(Library { dir, binary, digest, header, preamble_flags, link, reads, bases })
    }

    fn key(&self, into: &mut Hasher) -> Result<bool> {
        let files = self.files();
        if !files.are_known() {
            return Ok(false);
        }
        files.key(into)?;
        let Self { library, file_name, slice, minimum, environment, offline, .. } = self;
        into.value("library", &(library.name.to_string(), &library.go_dir, &library.import))?;
        into.value("file name", file_name)?;
        into.value("slice", &(slice.name(), minimum))?;
        into.value("flags", &(self.flags(Path::new(AR), "")?, &self.python, self.env(), offline))?;
        into.value("C functions", &self.c_functions)?;
        into.value("headers and libraries", &self.c.named)?;
        into.value("environment", &deciding(environment))?;
        Ok(true)
    }

    fn tools(&self) -> Bases {
        self.files().bases()
    }

    fn save(library: &Library) -> Option<Saved> {
        let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
        let files =
            [&library.binary, &library.header].map(|path| Some((name(path)?, path.clone())));
        Some(Saved {
            files: files.into_iter().collect::<Option<_>>()?,
            value: serde_json::to_value((&library.preamble_flags, &library.link)).ok()?,
            reads: library.reads.clone()?,
        })
    }

    fn restore(&self, found: Found) -> Result<Option<Library>> {
        let dir = &self.dir.own;
        let doing = format!("reusing {} for {}", self.library.name, self.slice.name());
        let (binary, header) = (dir.join(&self.file_name), dir.join(CGO_HEADER));
        let mut digest = Digest::default();
        for path in [&binary, &header] {
            let named = |file: &&FoundFile| path.ends_with(&file.name);
            let Some(file) = found.files.iter().find(named) else { return Ok(None) };
            fs::write(path, &file.bytes).map_err(|error| Failure::io(&doing, &error))?;
            if *path == binary {
                digest = Digest::from(file.digest.clone());
            }
        }
        let Ok((preamble_flags, link)) = serde_json::from_value(found.value) else {
            return Ok(None);
        };
        let (reads, bases) = (Some(found.reads), self.tools());
        let dir = dir.clone();
        Ok(Some(Library { dir, binary, digest, header, preamble_flags, link, reads, bases }))
    }
}

impl GoBuild<'_> {
    pub(super) fn files(&self) -> BuildFiles<'_> {
        BuildFiles {
            package: &self.library,
            root: &self.root,
            profile: self.profile,
            go: self.go,
            go_version: self.go_version,
            c: Some((self.cc, &self.driver)),
            host: self.host,
            ldflags: &self.ldflags,
            found: Some(&self.c),
        }
    }

    /// The last arguments of `go build`.
    pub(super) fn go_package(&self) -> Result<Vec<String>> {
        package(&self.library, &self.dir.own, self.go.found.version.minor)
    }

    /// The variables with which objects of Go's own C code are kept; none if they depend on what is
    /// not known.
    fn object_variables(&self) -> Result<Vec<(&'static str, PathBuf)>> {
        let files = self.files();
        if !files.are_known() {
            return Ok(Vec::new());
        }
        let mut key = Hasher::new(Stage::Library)?;
        files.key(&mut key)?;
        key.value("slice", &(self.slice.name(), self.minimum))?;
        key.value("environment", &deciding(&self.environment))?;
        Ok(object_variables(self.host, self.go, &key.finish()))
    }

    /// The files that are linked besides Go's: what links Python's symbols, where a linker has to
    /// know them, what exports more functions, and what the configuration names.
    fn linked_files(&self, c_flags: &CFlags, doing: &str) -> Result<String> {
        let tools = (self.host, &self.driver);
        let mut files = Vec::new();
        if let Some(library) = self.python.as_ref().and_then(|python| python.library.as_ref()) {
            files.push(library.file(tools, doing)?);
        }
        if !self.c_functions.is_empty() {
            files.push(c_exports::object(&self.c_functions, &self.dir.own, tools, doing)?);
        }
        let mut words: Vec<_> = files.iter().map(|file| file.display().to_string()).collect();
        words.extend(c_flags.link.iter().cloned());
        Ok(all_quoted(&words, doing)?.join(" "))
    }

    /// The flags for all C code that are not in the environment.
    fn own_c_flags(&self, c_flags: &CFlags, doing: &str) -> Result<Vec<String>> {
        let hidden = if self.is_archive { self.slice.os.hidden_flags() } else { &[] };
        let mut flags: Vec<_> = hidden.iter().map(|flag| (*flag).to_owned()).collect();
        if let Some(python) = &self.python {
            let dir = self.host.cache.files("limited-api", python.headers, false)?;
            flags.extend(python.flags(&dir, doing)?);
        }
        flags.extend(all_quoted(&c_flags.compile, doing)?);
        Ok(flags)
    }
}

/// Stands for the place of the archiver in fingerprints.
const AR: &str = "ar";
