//! Makes the input of each stage from the plan, the tools and what earlier stages made.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::binding::{self, CffiModule, ExtensionModule};
use super::built::{Built, binaries};
use super::compilers::Compilers;
use super::editable;
use super::event::{Observer, Scope};
use super::go_settings::GoSettings;
use super::leftovers::NativePaths;
use super::licenses::ModulePlaces;
use super::minimum::MinimumVersions;
use super::no_package::has_no_package;
use super::place::{GoFiles, Place};
use super::plan::Plan;
use super::python_floor::oldest_python;
use super::sbom::Materials;
use super::stage::{
    Audit, Backend, BaseWheel, BuildBase, BuildProgram, Cgo, Compile, Fuse, Generate,
    GeneratedSource, GoBuild, Library, NativePart, Pack, Packages, Prepare, Prepared, PythonApi,
    PythonLibrary, WorkDir, c_files,
};
use crate::audit::Verdict;
use crate::error::{Failure, Result};
use crate::project::{GoPackage, Part, Program};
use crate::relative_path::file_name;
use crate::target::{PythonAbi, Slice, Target};
use crate::toolchain::{Cc, Driver, Tools, Version};

/// Variables that Go, cgo and C compilers react to: names, or prefixes that end with `*`.
const RELEVANT: &[&str] =
    &["GO*", "CGO_*", "PKG_CONFIG*", "ZIG_*", "SDKROOT", "SOURCE_DATE_EPOCH", "PATH", "HOME"];

/// Where stage inputs come from.
pub(super) struct Inputs<'a> {
    pub(super) plan: &'a Plan,
    pub(super) tools: &'a Tools,
    work: &'a Path,
    pub(super) environment: BTreeMap<String, String>,
    go_files: GoFiles,
    go_settings: GoSettings<'a>,
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
        Ok(Self {
            plan,
            tools,
            work,
            environment: tools.environment().select(RELEVANT),
            go_files: GoFiles::of(plan, tools.environment())?,
            go_settings: GoSettings::new(plan, tools, observer),
        })
    }

    /// The same for `plan`, which has the same files.
    pub(super) fn of(self, plan: &'a Plan, observer: &'a dyn Observer) -> Self {
        Self { plan, go_settings: GoSettings::new(plan, self.tools, observer), ..self }
    }

    /// The Go that builds, if a stage has asked for it.
    pub(super) fn go_version(&self) -> Option<Version> {
        self.go_settings.known_version()
    }

    pub(super) fn base_wheel(&self) -> Result<BuildBase<'a>> {
        let Plan { project, options, sources, .. } = self.plan;
        // Its path is the same on every system.
        let os = options.targets.first().map(|target| target.os());
        let locators = os.map(|os| binding::every_locator(project.variants(), os));
        let no_package = has_no_package(project, sources);
        Ok(BuildBase {
            project,
            backend: Backend::of(self.plan, self.tools.host()?, self.dir("base-wheel")?),
            sources,
            digests: OnceLock::new(),
            editable: options.editable && !no_package,
            requirements: binding::requirements(project.variants()),
            programs: binding::programs(project.variants()),
            packages: Packages::of(project.variants()),
            native: NativePaths::of(project.variants()),
            locators: locators.unwrap_or_default(),
        })
    }

    pub(super) fn generate(&self, scope: &Scope, module: CffiModule<'a>) -> Result<Generate<'a>> {
        Ok(Generate {
            module,
            config_file: self.config_file(),
            host: self.tools.host()?,
            cffi: self.tools.cffi()?,
            dir: self.dir(&format!("source-{scope}"))?,
        })
    }

    pub(super) fn program(
        &self,
        part: &'a Part,
        program: &'a Program,
        slice: Slice,
        base: Option<&BaseWheel>,
        prepared: Option<&Prepared>,
    ) -> Result<BuildProgram<'a>> {
        self.minimum()?;
        let dir = self.dir(&format!("{}-{}", slice.name(), part.id))?;
        let place = self.place(part, prepared)?;
        let cgo = || {
            let minimum = self.minimum()?.of_slice(slice);
            let c_digest = place.c_digest.clone();
            Ok::<_, Failure>(Cgo {
                cc: self.cc(slice)?,
                driver: self.driver(slice)?,
                minimum,
                c_digest,
                found: self.found_c(&place, slice)?,
            })
        };
        let cgo = program.cgo.then(cgo).transpose()?;
        Ok(BuildProgram {
            go_package: place.package,
            program,
            ldflags: ldflags(&part.go, base),
            sources: place.sources,
            slice,
            go: self.tools.go()?,
            go_version: self.go_settings.version()?,
            host: self.tools.host()?,
            cgo,
            profile: self.plan.options.native(slice).profile,
            root: place.root,
            environment: self.environment.clone(),
            offline: self.plan.options.offline,
            user: self.go_settings.user_flags()?,
            dir,
        })
    }

    /// For a part with commands that run before Go.
    pub(super) fn prepare(&self, part: &'a Part, slice: Slice) -> Result<Prepare<'a>> {
        let has_c = part.kind.has_c();
        let cc = || {
            let found = self.cc(slice)?.found.fingerprint();
            Ok::<_, Failure>((self.driver(slice)?, found))
        };
        self.minimum()?;
        Ok(Prepare {
            package: &part.go,
            root: &self.plan.project.root,
            sources: &self.plan.sources,
            go_sources: self.go_files.sources.iter().map(|(name, _)| PathBuf::from(name)).collect(),
            outside: self.go_files.outside.clone(),
            slice,
            go: self.tools.go()?,
            cc: has_c.then(cc).transpose()?,
            inherited: self.tools.environment(),
            environment: self.environment.clone(),
            offline: self.plan.options.offline,
            dir: self.dir(&format!("{}-{}", slice.name(), part.id))?,
        })
    }

    /// `base` is needed for a version that only the backend knows.
    pub(super) fn go_build(
        &self,
        part: &'a Part,
        slice: Slice,
        abi: PythonAbi,
        base: Option<&BaseWheel>,
        prepared: Option<&Prepared>,
    ) -> Result<GoBuild<'a>> {
        let minimum = self.minimum()?.of_slice(slice);
        let scope = Scope::Slice(part.id.clone(), slice).on(abi);
        let dir = self.dir(&scope.to_string())?;
        let place = self.place(part, prepared)?;
        // Go links the extension module itself, or an archive for it.
        let module = || {
            let path = binding::of(part).extension(&abi.module_suffix(slice))?.path;
            (!binding::of(part).has_archive()).then(|| file_name(&path).to_owned())
        };
        Ok(GoBuild {
            c: self.found_c(&place, slice)?,
            library: place.package,
            ldflags: ldflags(&part.go, base),
            file_name: part
                .library_file(slice.os)
                .or_else(module)
                .unwrap_or_else(|| format!("lib{}.a", part.go.name)),
            is_archive: binding::of(part).has_archive(),
            c_functions: match slice.os.libraries_pass_names_on() {
                true => Vec::new(),
                false => binding::of(part).c_functions(),
            },
            sources: place.sources,
            c_digest: place.c_digest,
            python: binding::of(part).python_headers().map(|headers| {
                let required = base.and_then(|base| base.wheel.metadata.requires_python.as_ref());
                PythonApi {
                    headers,
                    oldest: binding::oldest_in(abi, oldest_python(required)),
                    free_threaded: matches!(abi, PythonAbi::Release(only) if only.free_threaded),
                    library: PythonLibrary::of(slice),
                }
            }),
            slice,
            minimum,
            go: self.tools.go()?,
            go_version: self.go_settings.version()?,
            host: self.tools.host()?,
            cc: self.cc(slice)?,
            driver: self.driver(slice)?,
            environment: self.environment.clone(),
            offline: self.plan.options.offline,
            user: self.go_settings.user_flags()?,
            profile: self.plan.options.native(slice).profile,
            root: place.root,
            dir,
        })
    }

    pub(super) fn compile(
        &self,
        part: &Part,
        extension: ExtensionModule<'a>,
        (slice, abi): (Slice, PythonAbi),
        (library, source): (Arc<Library>, Arc<GeneratedSource>),
        prepared: Option<&Prepared>,
    ) -> Result<Compile<'a>> {
        let scope = Scope::Slice(part.id.clone(), slice).on(abi);
        Ok(Compile {
            extension,
            flags: binding::of(part).extension_flags(abi),
            source,
            library,
            exports: part.go.exports.iter().map(|export| export.name.clone()).collect(),
            python: PythonLibrary::of(slice),
            go_dir: prepared.map_or(&part.go, |prepared| &prepared.package).dir.clone(),
            slice,
            minimum: self.minimum()?.of_slice(slice),
            cc: self.cc(slice)?,
            driver: self.driver(slice)?,
            host: self.tools.host()?,
            profile: self.plan.options.native(slice).profile,
            environment: self.environment.clone(),
            config_file: self.config_file(),
            dir: self.dir(&scope.to_string())?,
        })
    }

    pub(super) fn fuse(
        &self,
        (target, abi): (Target, PythonAbi),
        base: &BaseWheel,
        slices: Vec<Built>,
    ) -> Fuse {
        let binaries = |(slice, built)| binaries(self.plan, (slice, abi), base, built);
        Fuse { target, slices: target.slices().iter().copied().zip(slices).map(binaries).collect() }
    }

    pub(super) fn native(
        &self,
        wheel: (Target, PythonAbi),
        base: &BaseWheel,
        slices: Vec<Built>,
    ) -> Result<NativePart> {
        let Fuse { target, slices } = self.fuse(wheel, base, slices);
        NativePart::read(target, &slices.concat())
    }

    pub(super) fn audit(
        &self,
        (target, abi): (Target, PythonAbi),
        base: &BaseWheel,
        native: Arc<NativePart>,
    ) -> Result<Audit<'a>> {
        let oldest = oldest_python(base.wheel.metadata.requires_python.as_ref());
        let place = |path: &str| self.plan.place(path);
        let parts = self.plan.project.parts_for(target);
        let expected = |slice: &Slice| binding::expected(parts, *slice, abi, oldest, place);
        Ok(Audit {
            target,
            native,
            expected: target.slices().first().map(expected).unwrap_or_default(),
            profile: self.plan.options.profile_for(target),
            newest: self.compilers().newest(target, self.minimum()?)?,
            check: &self.plan.check,
            c_files: c_files(&self.go_files.sources),
        })
    }

    pub(super) fn pack(
        &self,
        (target, abi): (Target, PythonAbi),
        base: Arc<BaseWheel>,
        sources: &[Option<Arc<GeneratedSource>>],
        native: Arc<NativePart>,
        verdict: Arc<Verdict>,
    ) -> Result<Pack<'a>> {
        let Plan { project, options, check, .. } = self.plan;
        let mut python_modules = Vec::new();
        for (part, source) in project.parts_for(target).iter().zip(sources) {
            let module = binding::of(part).python_module(target.os());
            if let Some((module, source)) = module.zip(source.as_ref()) {
                let text = fs_err::read_to_string(&source.file).map_err(|error| {
                    Failure::io(format!("reading the source of {}", module.module), &error)
                })?;
                python_modules.push((module.path.clone(), module.text(&text)));
            }
        }
        let slice = target.slices()[0];
        let compiler = || {
            let found = &self.cc(slice)?.found;
            Ok((found.tool.name().to_owned(), found.version.to_string()))
        };
        let places =
            ModulePlaces { downloaded: self.tools.go()?.modules(), own: &self.go_files.modules };
        let gowork = self.tools.environment().get("GOWORK");
        let c_files = || c_files(&self.go_files.as_in_an_sdist(self.plan, gowork));
        let materials = Materials::collect(&verdict.binaries, compiler, c_files, places)?;
        Ok(Pack {
            target,
            abi,
            parts: project.parts_for(target),
            base,
            python_modules,
            materials,
            native,
            verdict,
            editable: options.editable.then(|| editable::package(project)),
            profile: options.profile_for(target),
            modified: options.modified,
            check,
            out_dir: &options.out_dir,
        })
    }

    /// The minimum system releases, which depend on the Go in use.
    pub(super) fn minimum(&self) -> Result<&MinimumVersions> {
        self.go_settings.minimum()
    }

    fn compilers(&self) -> Compilers<'a> {
        Compilers { plan: self.plan, tools: self.tools }
    }

    pub(super) fn cc(&self, slice: Slice) -> Result<&'a Cc> {
        self.compilers().cc(slice)
    }

    pub(super) fn driver(&self, slice: Slice) -> Result<Driver> {
        let scratch = self.work.join("scratch");
        made(&scratch)?;
        self.compilers().driver(slice, self.minimum()?, &scratch)
    }

    fn place(&self, part: &'a Part, prepared: Option<&Prepared>) -> Result<Place<'a>> {
        Place::of(&self.plan.project, part, &self.go_files, prepared)
    }

    pub(super) fn dir(&self, name: &str) -> Result<WorkDir> {
        let dir = WorkDir { own: self.work.join(name), tmp: self.work.join("tmp") };
        made(&dir.own)?;
        made(&dir.tmp)?;
        Ok(dir)
    }

    /// The configuration as its author sees it.
    pub(super) fn config_file(&self) -> String {
        let project = &self.plan.project;
        let file = &project.config_file;
        file.strip_prefix(&project.root).unwrap_or(file).display().to_string()
    }
}

/// The flags for Go's linker of `package`, with the version of `base`, if they need it.
fn ldflags(package: &GoPackage, base: Option<&BaseWheel>) -> Vec<String> {
    match base {
        Some(base) => package.ldflags_in(&base.wheel.name.version),
        None => package.ldflags.clone(),
    }
}

fn made(dir: &Path) -> Result<()> {
    fs_err::create_dir_all(dir)
        .map_err(|error| Failure::io("preparing a directory to build in", &error))
}
