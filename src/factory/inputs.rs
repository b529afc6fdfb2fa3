//! Makes the input of each stage from the plan, the tools and what earlier stages made.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::binding::{self, CffiModule, ExtensionModule};
use super::editable;
use super::event::{Event, Observer, Stage};
use super::fingerprint::Hasher;
use super::leftovers::NativePaths;
use super::minimum::MinimumVersions;
use super::plan::Plan;
use super::python_floor::oldest_python;
use super::stage::{
    Audit, Backend, BaseWheel, Binary, BuildBase, Compile, Fuse, Generate, GeneratedSource,
    GoBuild, Library, NativePart, Pack, Packages, UserFlags, WorkDir, c_files, check_variable,
};
use crate::audit::Verdict;
use crate::error::{Failure, Result};
use crate::project::{GoTree, Part, Profile};
use crate::target::{Slice, Target};
use crate::toolchain::{Cc, Driver, Tools, Version};

/// What was built for the parts of one slice: each library with its extension.
type Built = Vec<(Arc<Library>, Option<Arc<Binary>>)>;

/// Variables that Go, cgo and C compilers react to: names, or prefixes that end with `*`.
const RELEVANT: &[&str] =
    &["GO*", "CGO_*", "PKG_CONFIG*", "ZIG_*", "SDKROOT", "SOURCE_DATE_EPOCH", "PATH", "HOME"];

/// Where stage inputs come from.
pub(super) struct Inputs<'a> {
    pub(super) plan: &'a Plan,
    tools: &'a Tools,
    observer: &'a dyn Observer,
    work: &'a Path,
    environment: BTreeMap<String, String>,
    /// The files Go may read in the project: name and place.
    go_sources: Vec<(String, PathBuf)>,
    /// A digest of the C sources that Go's cache may not know, if there are any.
    c_digest: Option<String>,
    minimum: OnceLock<Result<(MinimumVersions, Version)>>,
}

impl<'a> Inputs<'a> {
    /// The inputs of a run that may write to `work`.
    ///
    /// # Errors
    /// If a Go file of the project cannot be read.
    pub(super) fn new(
        plan: &'a Plan,
        tools: &'a Tools,
        observer: &'a dyn Observer,
        work: &'a Path,
    ) -> Result<Self> {
        // A module outside of the project is Go's to read; its own cache covers it.
        let tree = GoTree::with_outside(&plan.project, tools.environment().get("GOWORK"));
        let c_sources = match &tree {
            Ok(tree) => tree.unseen(&plan.sources)?,
            Err(_) => Vec::new(),
        };
        let go_sources = match &tree {
            Ok(tree) => tree
                .needed(&plan.sources)?
                .into_iter()
                .map(|entry| (entry.path.to_string_lossy().into_owned(), entry.source.clone()))
                .collect(),
            Err(_) => Vec::new(),
        };
        Ok(Self {
            plan,
            tools,
            observer,
            work,
            environment: tools.environment().select(RELEVANT),
            go_sources,
            c_digest: c_digest(&c_sources)?,
            minimum: OnceLock::new(),
        })
    }

    /// The Go that builds, if a stage has asked for it.
    pub(super) fn go_version(&self) -> Option<Version> {
        Some(self.minimum.get()?.as_ref().ok()?.1)
    }

    pub(super) fn base_wheel(&self) -> Result<BuildBase<'a>> {
        let Plan { project, options, sources, .. } = self.plan;
        // Its path is the same on every system.
        let os = options.targets.first().map(|target| target.os());
        let locator = |part| binding::of(part).locator(os?);
        let locators = project.parts.iter().filter_map(locator).collect();
        Ok(BuildBase {
            backend: Backend::of(self.plan, self.tools.host()?, self.dir("base-wheel")?),
            root: &project.root,
            sources,
            editable: options.editable,
            requirements: binding::requirements(&project.parts),
            packages: Packages::of(&project.parts),
            native: NativePaths::of(&project.parts),
            locators,
        })
    }

    pub(super) fn generate(&self, part: &Part, module: CffiModule<'a>) -> Result<Generate<'a>> {
        Ok(Generate {
            module,
            config_file: self.config_file(),
            host: self.tools.host()?,
            cffi: self.tools.cffi()?,
            dir: self.dir(&format!("source-{}", part.id))?,
        })
    }

    /// `base` is needed for a version that only the backend knows.
    pub(super) fn go_build(
        &self,
        part: &'a Part,
        slice: Slice,
        base: Option<&BaseWheel>,
    ) -> Result<GoBuild<'a>> {
        let library = &part.library;
        let ldflags = match base {
            Some(base) => library.ldflags_in(&base.wheel.name.version),
            None => library.ldflags.clone(),
        };
        let minimum = self.minimum()?.of_slice(slice);
        let dir = self.dir(&format!("{}-{}", slice.name(), part.id))?;
        Ok(GoBuild {
            library,
            ldflags,
            file_name: part.library_file(slice.os),
            sources: self.go_sources.clone(),
            c_digest: self.c_digest.clone(),
            slice,
            minimum,
            go: self.tools.go()?,
            cc: self.cc()?,
            driver: self.driver(slice)?,
            environment: self.environment.clone(),
            offline: self.plan.options.offline,
            user: self.user_flags()?,
            profile: self.plan.options.profile,
            root: &self.plan.project.root,
            dir,
        })
    }

    pub(super) fn compile(
        &self,
        part: &Part,
        extension: ExtensionModule<'a>,
        slice: Slice,
        library: Arc<Library>,
        source: Arc<GeneratedSource>,
    ) -> Result<Compile<'a>> {
        Ok(Compile {
            extension,
            source,
            library,
            go_dir: part.library.dir.clone(),
            slice,
            minimum: self.minimum()?.of_slice(slice),
            cc: self.cc()?,
            driver: self.driver(slice)?,
            host: self.tools.host()?,
            profile: self.plan.options.profile,
            environment: self.environment.clone(),
            config_file: self.config_file(),
            dir: self.dir(&format!("{}-{}", slice.name(), part.id))?,
        })
    }

    pub(super) fn fuse(&self, target: Target, slices: Vec<Built>) -> Fuse {
        let binaries = |(slice, built)| self.binaries(slice, built);
        Fuse { target, slices: target.slices().iter().copied().zip(slices).map(binaries).collect() }
    }

    pub(super) fn native(&self, target: Target, slices: Vec<Built>) -> Result<NativePart> {
        let Fuse { slices, .. } = self.fuse(target, slices);
        NativePart::read(target, &slices.concat())
    }

    pub(super) fn audit(
        &self,
        target: Target,
        base: &BaseWheel,
        native: Arc<NativePart>,
    ) -> Result<Audit> {
        let oldest = oldest_python(base.wheel.metadata.requires_python.as_ref());
        let place = |path: &str| self.plan.place(path);
        let parts = &self.plan.project.parts;
        Ok(Audit {
            target,
            native,
            expected: binding::expected(parts, target.os(), oldest, place),
            profile: self.plan.options.profile,
            newest: self.minimum()?.of_target(target),
            c_files: c_files(&self.go_sources),
        })
    }

    pub(super) fn pack(
        &self,
        target: Target,
        base: Arc<BaseWheel>,
        native: Arc<NativePart>,
        verdict: Arc<Verdict>,
    ) -> Pack<'a> {
        let Plan { project, options, .. } = self.plan;
        Pack {
            target,
            parts: &project.parts,
            base,
            native,
            verdict,
            editable: options.editable.then(|| editable::package(project)),
            profile: options.profile,
            modified: options.modified,
            out_dir: &options.out_dir,
        }
    }

    /// The binaries of one slice, with their paths in the wheel.
    fn binaries(&self, slice: Slice, built: Built) -> Vec<Binary> {
        let of_part =
            |(part, (library, extension)): (&Part, (Arc<Library>, Option<Arc<Binary>>))| {
                let path = self.plan.place(&part.library_path(slice.os));
                let library = Binary { path, file: library.binary.clone() };
                let extension = extension.map(|binary| Binary {
                    path: self.plan.place(&binary.path),
                    file: binary.file.clone(),
                });
                std::iter::once(library).chain(extension)
            };
        self.plan.project.parts.iter().zip(built).flat_map(of_part).collect()
    }

    /// The minimum system releases, which depend on the Go in use: each library's go.mod may
    /// require another, and the newest of them decides.
    fn minimum(&self) -> Result<&MinimumVersions> {
        let known = self.minimum.get_or_init(|| {
            let Plan { project, options, .. } = self.plan;
            let go = self.tools.go()?;
            let mut version = go.found.version;
            for part in &project.parts {
                let own = go.version_in(&part.library.dir, options.offline)?;
                version = version.max(own);
            }
            for note in self.user_flags()?.notes {
                self.observer.event(&Event::Note(&note));
            }
            for caveat in self.caveats()? {
                self.observer.event(&Event::Note(&caveat));
            }
            Ok((MinimumVersions::new(options, version)?, version))
        });
        known.as_ref().map(|(minimum, _)| minimum).map_err(Failure::clone)
    }

    /// What the user's variables for flags add.
    fn user_flags(&self) -> Result<UserFlags> {
        let go = self.tools.go()?;
        let slices = &self.plan.slices;
        for name in ["CGO_CPPFLAGS", "CGO_CFLAGS", "CGO_CXXFLAGS", "CGO_FFLAGS", "CGO_LDFLAGS"] {
            check_variable(name, go.setting(name), slices)?;
        }
        let mut flags = UserFlags::read(go.setting("GOFLAGS"))?;
        let archs: BTreeSet<_> = slices.iter().map(|slice| slice.arch).collect();
        for arch in archs {
            let Some((name, baseline)) = arch.go_baseline else { continue };
            let set = self.environment.get(name).filter(|level| *level != baseline);
            flags.notes.extend(set.map(|level| {
                format!(
                    "{name}={level} does not count: wheels are installed on every {} processor, so \
                     pygo builds with {name}={baseline}",
                    arch.name
                )
            }));
        }
        Ok(flags)
    }

    fn caveats(&self) -> Result<Vec<String>> {
        let mut systems: Vec<_> =
            self.plan.options.targets.iter().map(|target| target.os()).collect();
        systems.sort_unstable();
        systems.dedup();
        let cc = self.cc()?;
        Ok(systems.into_iter().filter_map(|os| cc.caveat(os)).collect())
    }

    fn driver(&self, slice: Slice) -> Result<Driver> {
        let scratch = self.work.join("scratch");
        made(&scratch)?;
        let mut driver = self.cc()?.driver(slice, self.minimum()?.of_slice(slice), &scratch)?;
        if self.plan.options.profile == Profile::Release {
            driver.env.push(("PYGO_STRIP", PathBuf::from("-s")));
        }
        Ok(driver)
    }

    fn cc(&self) -> Result<&'a Cc> {
        self.tools.cc(self.plan.options.compiler)
    }

    fn dir(&self, name: &str) -> Result<WorkDir> {
        let dir = WorkDir { own: self.work.join(name), tmp: self.work.join("tmp") };
        made(&dir.own)?;
        made(&dir.tmp)?;
        Ok(dir)
    }

    /// The configuration as its author sees it.
    fn config_file(&self) -> String {
        let project = &self.plan.project;
        let file = &project.config_file;
        file.strip_prefix(&project.root).unwrap_or(file).display().to_string()
    }
}

/// A digest of `sources`: names and contents.
fn c_digest(sources: &[(String, PathBuf)]) -> Result<Option<String>> {
    if sources.is_empty() {
        return Ok(None);
    }
    let mut hasher = Hasher::new(Stage::Library)?;
    sources.iter().try_for_each(|(name, path)| hasher.file(name, path))?;
    Ok(Some(hasher.finish()))
}

fn made(dir: &Path) -> Result<()> {
    fs_err::create_dir_all(dir)
        .map_err(|error| Failure::io("preparing a directory to build in", &error))
}
