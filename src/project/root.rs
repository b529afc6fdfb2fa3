//! A project, read from its root.
//!
//! Input: a directory. Output: a [`Project`] with its parts, whose names, Go exports and signatures
//! match.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use fs_err as fs;
use pep440_rs::Version;

use super::config::{BuildSystem, CheckConfig, Config, PartConfig, Settings};
use super::go::package::{GoPackage, find_go_mod};
use super::go_directory::GoDirectory;
use super::names::ModuleName;
use super::part::{Part, PartKind};
use super::static_metadata::StaticMetadata;
use super::text::unreadable;
use super::{signature_check, signature_notes};
use crate::error::{Failure, Result};
use crate::relative_path::file_name;
use crate::target::{OSES, Os, Slice, Target, parse_list};

/// A project, as its author wrote it.
#[derive(Debug, Clone)]
pub struct Project {
    /// Its directory: absolute, without links.
    pub root: PathBuf,
    /// The file that configures it.
    pub config_file: PathBuf,
    /// The contents of its wheels besides its Python files; at least one part.
    pub parts: Vec<Part>,
    /// The same parts on the slices for which the configuration has other keys.
    on: BTreeMap<Slice, Vec<Part>>,
    /// Defaults for building.
    pub settings: Settings,
    /// The backend that builds its pure part.
    pub build_system: BuildSystem,
    /// The settings for checking its wheels.
    pub check: CheckConfig,
    /// Notes for its author, which stop nothing.
    pub notes: Vec<String>,
}

impl Project {
    /// The directories of its Go packages that are in modules of their own.
    pub fn go_dirs(&self) -> Vec<PathBuf> {
        let packages = self.variants().map(|part| &part.go);
        let in_modules = packages.filter(|package| package.go_mod.is_some());
        let mut dirs: Vec<_> = in_modules.map(|package| package.dir.clone()).collect();
        dirs.dedup();
        dirs
    }

    /// Its parts as they are built for `slice`: in the order of [`Project::parts`], with their ids.
    pub fn parts_on(&self, slice: Slice) -> &[Part] {
        self.on.get(&slice).unwrap_or(&self.parts)
    }

    /// The parts that differ among `slices`, each with the first slice that has them.
    pub fn parts_to_build(
        &mut self,
        slices: &[Slice],
    ) -> impl Iterator<Item = (Slice, &mut Vec<Part>)> {
        let general = slices.iter().copied().find(|slice| !self.on.contains_key(slice));
        let general = general.map(|slice| (slice, &mut self.parts));
        let own = self.on.iter_mut().filter(|(slice, _)| slices.contains(slice));
        general.into_iter().chain(own.map(|(slice, parts)| (*slice, parts)))
    }

    /// Its parts in a wheel for `target`, whose slices all have parts of the same kinds and names.
    pub fn parts_for(&self, target: Target) -> &[Part] {
        target.slices().first().map_or(&self.parts, |slice| self.parts_on(*slice))
    }

    /// Every part, and every part as it is built for a slice with keys of its own.
    pub fn variants(&self) -> impl Iterator<Item = &Part> + Clone {
        self.parts.iter().chain(self.on.values().flatten())
    }

    /// The same project as seen from `top`, a directory around it: all paths relative to a project
    /// are relative to that.
    pub(in crate::project) fn seen_from(&self, top: &Path) -> Self {
        let mut seen = Self { root: top.to_owned(), ..self.clone() };
        let inner = match self.root.strip_prefix(top) {
            Ok(inner) if !inner.as_os_str().is_empty() => inner,
            _ => return seen,
        };
        for part in seen.parts.iter_mut().chain(seen.on.values_mut().flatten()) {
            if let Ok(dir) = part.go.dir.strip_prefix(top) {
                part.go.go_dir = dir.to_owned();
            }
            part.go.c = part.go.c.seen_from(inner);
            if let Some(file) = part.kind.extension_mut().and_then(|own| own.cdef.as_mut()) {
                *file = inner.join(&*file);
            }
        }
        seen
    }

    /// Reads the project in the directory `root`, where GOWORK is `gowork`. Runs nothing and writes
    /// nothing.
    ///
    /// # Errors
    /// Everything that can be wrong with a project without running a tool: no directory, no valid
    /// configuration, no Go package, no exports, signatures that do not match them.
    pub fn read(root: &Path, gowork: Option<&OsStr>) -> Result<Self> {
        let at = root;
        let root = directory(at)?;
        let config = Config::read(&root, at)?;
        let check = CheckConfig::read(&root)?;
        let build_system =
            BuildSystem { wrapped: config.backend.clone(), ..BuildSystem::read(&root, at)? };
        let version = StaticMetadata::read(&root).version;
        let mut reader = Reader { root: &root, version, gowork, notes: build_system.notes(&root) };
        let parts = reader.parts(&config.parts)?;
        let mut on = BTreeMap::new();
        for (slice, configs) in &config.on {
            let mut variants = reader.parts(configs).map_err(|mut failure| {
                failure.doing = format!("{}, for {}", failure.doing, slice.name());
                failure
            })?;
            for (variant, part) in variants.iter_mut().zip(&parts) {
                variant.id = part.id.clone();
            }
            on.insert(*slice, variants);
        }
        let Reader { mut notes, .. } = reader;
        notes.dedup();
        let Config { file, settings, .. } = config;
        Ok(Self { root, config_file: file, parts, on, settings, build_system, check, notes })
    }
}

/// Reads the parts of a project.
struct Reader<'r> {
    root: &'r Path,
    /// The version, if it is known without the backend.
    version: Option<Version>,
    /// GOWORK.
    gowork: Option<&'r OsStr>,
    notes: Vec<String>,
}

impl Reader<'_> {
    fn parts(&mut self, configs: &[PartConfig]) -> Result<Vec<Part>> {
        let mut parts = Vec::new();
        for config in configs {
            let go = self.package(config)?;
            let part = Part::new(&parts, go, config.kind.clone());
            check_files(&part, &parts)?;
            parts.push(part);
        }
        Ok(parts)
    }

    fn package(&mut self, config: &PartConfig) -> Result<GoPackage> {
        let native = match &config.kind {
            PartKind::Capi(native) => Some(&native.module),
            kind => kind.extension().map(|extension| &extension.module),
        };
        if let Some(module) = native {
            not_hidden(self.root, module)?;
        }
        if let PartKind::CffiAbi(_, extension) = &config.kind {
            not_written(self.root, &extension.module)?;
        }
        let GoDirectory { go_dir, dir, source: go } =
            GoDirectory::find(self.root, config, self.gowork)?;
        if let Some(extension) = config.kind.extension() {
            signature_check::check(&extension.signatures, &go)?;
            if !extension.is_derived() {
                let notes = signature_notes::notes(&extension.signatures, &go);
                self.notes.extend(notes);
            }
        }
        let name = match &config.kind {
            PartKind::Cffi(library, _)
            | PartKind::CffiStatic(library, _)
            | PartKind::CffiAbi(library, _)
            | PartKind::Ctypes(library) => library.name.to_string(),
            PartKind::Capi(native) => native.module.last().to_owned(),
            PartKind::Program(program) => program.name.to_string(),
        };
        let mut package = GoPackage {
            name,
            go_mod: find_go_mod(&dir),
            dir,
            go_dir,
            files: go.files,
            build_tags: config.build_tags.clone(),
            ldflags: config.ldflags.clone(),
            before: config.before.clone(),
            c: config.c.clone(),
            import: config.go_package.clone(),
            exports: go.exports,
        };
        if let (true, Some(version)) = (package.needs_version(), &self.version) {
            package.ldflags = package.ldflags_in(version);
        }
        Ok(package)
    }
}

/// Rejects a `part` with a file whose name is too long, or that one of `others` has too.
fn check_files(part: &Part, others: &[Part]) -> Result<()> {
    let doing = || format!("naming the files of `{}`", part.id);
    if let Some(long) = files(part).into_iter().find(|file| file_name(file).len() > MAX_FILE) {
        let found = format!("{long} has a name of more than {MAX_FILE} bytes");
        return Err(Failure::project(doing(), found, "choose a shorter name for `library`"));
    }
    for other in others {
        let theirs = files(other);
        if let Some(same) = files(part).into_iter().find(|file| theirs.contains(file)) {
            let found = format!("`{}` has {same} too", other.id);
            let help = match part.program() {
                Some(_) => "give one of them another `program` or `program-file`",
                None => "give one of them another `library`, `package` or `extension`",
            };
            return Err(Failure::project(doing(), found, help));
        }
    }
    Ok(())
}

/// The longest name of a file: the limit of most file systems.
const MAX_FILE: usize = 255;

/// The binaries of `part` on every system.
fn files(part: &Part) -> Vec<String> {
    let on = |os: &&'static Os| {
        let program = part.program().map(|program| program.path(os));
        part.library_path(os).into_iter().chain(part.module_path(os.abi3_suffix)).chain(program)
    };
    OSES.iter().flat_map(on).collect()
}

fn directory(at: &Path) -> Result<PathBuf> {
    let doing = format!("reading the project {}", at.display());
    let help = "name the directory that contains setup.py or pyproject.toml";
    let root = match fs::canonicalize(at) {
        Ok(root) => root,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let name = at.to_string_lossy();
            let help = match parse_list([&*name]) {
                Ok(_) => format!("to choose targets, write `pygo matrix --targets {name}`"),
                Err(_) => help.to_owned(),
            };
            return Err(Failure::project(doing, "there is no such directory", help));
        }
        Err(error) => return Err(unreadable(doing, &error)),
    };
    if root.is_dir() {
        Ok(root)
    } else {
        Err(Failure::project(doing, "it is not a directory", help))
    }
}

/// Rejects a Python module of the project where pygo will write `module`.
fn not_written(root: &Path, module: &ModuleName) -> Result<()> {
    let path = module.path();
    let files = [format!("{path}.py"), format!("src/{path}.py")];
    let Some(file) = files.into_iter().find(|file| root.join(file).exists()) else {
        return Ok(());
    };
    Err(Failure::project(
        "reading the configuration",
        format!("`extension` is `{module}`, which pygo generates, and the project has {file}"),
        format!("remove {file}, or give `extension` another name"),
    ))
}

/// Rejects an extension with the name of a package: Python would import the package.
fn not_hidden(root: &Path, module: &ModuleName) -> Result<()> {
    let path = module.path();
    let inits = [format!("{path}/__init__.py"), format!("src/{path}/__init__.py")];
    let Some(init) = inits.into_iter().find(|init| root.join(init).exists()) else {
        return Ok(());
    };
    Err(Failure::project(
        "reading the configuration",
        format!("`extension` is `{module}`, and {init} is a package of the same name"),
        format!("call the extension `_{}`", module.last()),
    ))
}
