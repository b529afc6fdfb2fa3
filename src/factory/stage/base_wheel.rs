//! Base wheel: the pure part of the project, built by the project's own build backend.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::SystemTime;

use rayon::prelude::*;

use super::backend::{Backend, Hook};
use super::impure;
use super::package_advice::advice;
use super::packages::Packages;
use super::pure_backend::{
    OWN_VARIABLES, VARIABLES, attributes, is_pure, names_outputs, settings, setup_reads,
};
use crate::error::{Failure, Result};
use crate::factory::binding::{self, Locator};
use crate::factory::event::Stage;
use crate::factory::fingerprint::{self, Hasher};
use crate::factory::flow::{Input, Io};
use crate::factory::git::Repository;
use crate::factory::leftovers::NativePaths;
use crate::factory::store::{Bases, Collector, Found, FoundFile, Reads, Saved, changed_since};
use crate::factory::{no_package, staging};
use crate::project::{Entry, EntryKind, Project, is_go_source};
use crate::wheel::{WheelFile, WheelName};

/// Has the backend build the pure part.
pub(in crate::factory) struct BuildBase<'a> {
    pub(in crate::factory) backend: Backend<'a>,
    pub(in crate::factory) project: &'a Project,
    /// The files of the project that the backend may see.
    pub(in crate::factory) sources: &'a [Entry],
    /// The digests of their contents, once they are known: `None` for directories and links.
    pub(in crate::factory) digests: OnceLock<Result<Digests>>,
    /// Build an editable wheel, in the project itself.
    pub(in crate::factory) editable: bool,
    /// The distributions that the native part requires.
    pub(in crate::factory) requirements: Vec<&'static str>,
    /// The commands that programs of the native part provide.
    pub(in crate::factory) programs: Vec<String>,
    /// The packages that the native part is in.
    pub(in crate::factory) packages: Packages,
    /// Where the native part goes.
    pub(in crate::factory) native: NativePaths,
    /// The modules that tell where a library is.
    pub(in crate::factory) locators: Vec<Locator>,
}

/// The digests of sources, and when the first of them was read.
#[derive(Debug)]
pub(in crate::factory) struct Digests {
    since: SystemTime,
    all: Vec<Option<String>>,
}

/// The pure part of every wheel of the run.
#[derive(Debug, Clone)]
pub(in crate::factory) struct BaseWheel {
    /// The wheel as the backend built it, without the native build outputs it picked up.
    pub(in crate::factory) wheel: WheelFile,
    /// The file that the backend wrote, and the sources that it may have copied, if the same
    /// project gives the same wheel.
    kept: Option<(PathBuf, Reads)>,
}

impl Input for BuildBase<'_> {
    const STAGE: Stage = Stage::BaseWheel;
    type Output = BaseWheel;

    fn feed(&self, into: &mut Hasher) -> Result<()> {
        let Self { backend, project, sources, editable, .. } = self;
        let root = &project.root;
        let Self { requirements, programs, packages, native, locators, .. } = self;
        backend.feed(into)?;
        into.value("editable", editable)?;
        into.value("requirements", requirements)?;
        into.value("programs", programs)?;
        into.value("packages", packages)?;
        into.value("native", native)?;
        into.value("locators", &locators.iter().map(|l| &l.path).collect::<Vec<_>>())?;
        let repository = Repository::around(root)
            .map_err(|error| Failure::io("reading the project's git repository", &error))?;
        repository.map_or(Ok(()), |repository| repository.feed(into))?;
        for (entry, digest) in sources.iter().zip(&self.digests()?.all) {
            into.value("entry", &(&entry.path, format!("{:?}", entry.kind)))?;
            into.value("content", digest)?;
        }
        Ok(())
    }

    /// Builds a wheel from a copy of the project and removes leftovers of native builds from it.
    /// An editable wheel is built in the project itself, because it points there.
    ///
    /// # Errors
    /// [`Kind::Backend`](crate::error::Kind) if the backend fails, or if its wheel is not pure or
    /// lacks a package.
    fn run(self, io: &Io<'_>) -> Result<BaseWheel> {
        let Self { backend, project, sources, .. } = &self;
        let root = &project.root;
        let (hook, place) = if self.editable {
            (Hook::Editable, root.clone())
        } else {
            let copy = backend.dir.own.join("project");
            let environment = &backend.host.environment;
            let staged = staging::stage(environment, root, sources, &copy, io.log)?;
            no_package::tell(project, sources, &staged)?;
            (Hook::Wheel, staged)
        };
        let attributes = attributes(sources);
        let made = backend.call(hook, &place, attributes.as_deref(), io)?;
        let path = made.path;
        let name = path.file_name().unwrap_or_default().display();
        let mut wheel = WheelFile::read(&path).map_err(|error| {
            let found = format!("it built {name}, which cannot be read: {error}");
            backend.failure(hook, found, "report this to the backend's authors", io.log)
        })?;
        if !wheel.info.root_is_purelib || !wheel.name.tag.is_pure() {
            return Err(backend.failure(
                hook,
                format!("it built {name}, which is not pure"),
                &impure::advice(&place),
                io.log,
            ));
        }
        let left_out = self.native.remove_leftovers(&mut wheel.contents, |_| false);
        if !left_out.is_empty() {
            io.note(&format!(
                "left out of the wheels, as outputs of an earlier build: {}",
                left_out.join(", ")
            ));
        }
        // The Python files of an editable install are those in the project.
        if !self.editable {
            self.complete(&wheel, hook, io)?;
        }
        for name in &self.programs {
            if let Some(other) = command(&wheel, name) {
                return Err(backend.failure(
                    hook,
                    format!("the program `{name}` and {other} have the same name"),
                    "rename one of them: an installer would overwrite one with the other",
                    io.log,
                ));
            }
        }
        for locator in &self.locators {
            if let Some(own) = binding::own_module(locator, &wheel.contents) {
                io.note(&format!(
                    "the project has {}, so pygo does not write {}, from which Python code learns \
                     where the library is",
                    if own == locator.path { "its own" } else { own },
                    locator.path,
                ));
            }
        }
        for name in self.requirements.iter().filter(|name| !wheel.metadata.requires(name)) {
            io.note(&format!(
                "{name} is missing from the project's dependencies. Its wheels will require it, \
                 but installers that read only pyproject.toml do not see that: add it"
            ));
        }
        let reads = || self.reads(&wheel).map(|reads| (path, reads));
        let kept = if made.doubt.is_none() { reads() } else { None };
        Ok(BaseWheel { wheel, kept })
    }

    fn key(&self, into: &mut Hasher) -> Result<bool> {
        let Self { backend, project, sources, editable, programs, .. } = self;
        let Self { requirements, packages, native, locators, .. } = self;
        // Settings of setuptools may have an editable wheel refer to files that it makes elsewhere. It is
        // built in the project, where the backend may read what is no source.
        let is_plain = !*editable
            || (backend.settings.is_empty() && !setup_reads(sources) && !names_outputs(sources));
        if !is_plain || !is_pure(backend, sources) {
            return Ok(false);
        }
        backend.feed(into)?;
        // An editable wheel names the project.
        into.value("editable", &editable.then_some(&project.root))?;
        into.value("programs", programs)?;
        into.value("python", &backend.host.python.found.path)?;
        into.value("requirements", requirements)?;
        into.value("packages", packages)?;
        into.value("native", native)?;
        into.value("locators", &locators.iter().map(|l| (&l.path, l.text())).collect::<Vec<_>>())?;
        let mut variables = backend.host.environment.select(VARIABLES);
        variables.retain(|name, _| !OWN_VARIABLES.contains(&&**name));
        into.value("environment", &variables)?;
        for (entry, digest) in sources.iter().zip(&self.digests()?.all) {
            into.value("entry", &(&entry.path, format!("{:?}", entry.kind)))?;
            // A backend copies sources of Go at most; `reads` has them where it did.
            if !is_go_source(&entry.path) {
                into.value("content", digest)?;
            }
        }
        Ok(true)
    }

    fn tools(&self) -> Bases {
        self.own_settings()
            .map_or_else(Bases::default, |settings| Bases::default().file("pydistutils", &settings))
    }

    fn save(base: &BaseWheel) -> Option<Saved> {
        let (path, reads) = base.kept.clone()?;
        let name = path.file_name()?.to_string_lossy().into_owned();
        Some(Saved { files: vec![(name, path)], value: serde_json::Value::Null, reads })
    }

    fn restore(&self, mut found: Found) -> Result<Option<BaseWheel>> {
        let Some(FoundFile { name, bytes, .. }) = found.files.pop() else { return Ok(None) };
        // Another machine may have chosen the name.
        let Ok(name) = name.parse::<WheelName>() else { return Ok(None) };
        let Ok(mut wheel) = WheelFile::read_from(name, &bytes.as_slice()) else { return Ok(None) };
        self.native.remove_leftovers(&mut wheel.contents, |_| false);
        Ok(Some(BaseWheel { wheel, kept: None }))
    }
}

/// What else of `wheel` provides the command `name`.
fn command(wheel: &WheelFile, name: &str) -> Option<String> {
    let script = wheel.contents.keys().find(|path| {
        path.as_str().split_once(".data/scripts/").is_some_and(|(_, file)| file == name)
    });
    if let Some(path) = script {
        return Some(format!("the script {path}"));
    }
    let path = format!("{}/entry_points.txt", wheel.dist_info);
    let text = String::from_utf8_lossy(&wheel.contents.get(path.as_str())?.bytes).into_owned();
    let mut section = "";
    for line in text.lines().map(str::trim) {
        if let Some(inner) = line.strip_prefix('[') {
            section = inner.trim_end_matches(']').trim();
        } else if let Some((key, value)) = line.split_once('=')
            && matches!(section, "console_scripts" | "gui_scripts")
            && key.trim() == name
        {
            return Some(format!("the entry point `{name} = {}`", value.trim()));
        }
    }
    None
}

impl BuildBase<'_> {
    /// The digest of each file in the sources.
    fn digests(&self) -> Result<&Digests> {
        let digest = |entry: &Entry| {
            if !matches!(entry.kind, EntryKind::File { .. }) {
                return Ok(None);
            }
            fingerprint::of_file(&entry.source)
        };
        let found = self.digests.get_or_init(|| {
            let since = self.backend.dir.clock();
            let all: Result<_> = self.sources.par_iter().map(digest).collect();
            Ok(Digests { since, all: all? })
        });
        found.as_ref().map_err(Failure::clone)
    }

    /// The user's settings for setuptools.
    fn own_settings(&self) -> Option<PathBuf> {
        let home = self.backend.host.environment.get("HOME")?;
        Some(Path::new(home).join(".pydistutils.cfg"))
    }

    /// The sources of Go and C that `wheel` may contain; nothing if a source changed since its digest, so
    /// that nobody knows what the backend saw.
    fn reads(&self, wheel: &WheelFile) -> Option<Reads> {
        let since = self.digests().ok()?.since;
        let is_file = |entry: &&Entry| matches!(entry.kind, EntryKind::File { .. });
        if self.sources.iter().filter(is_file).any(|entry| changed_since(&entry.source, since)) {
            return None;
        }
        let mut places = Collector::new(self.tools().project(&self.project.root));
        if let Some(settings) = self.own_settings() {
            places.content(&settings);
        }
        let settings = settings(self.sources);
        let named = |entry: &&Entry| {
            let name = entry.path.file_name().map(|name| name.to_string_lossy());
            name.is_some_and(|name| settings.contains(&*name))
        };
        let sources = || self.sources.iter().filter(|entry| is_go_source(&entry.path));
        let has_source =
            wheel.contents.iter().any(|(path, _)| is_go_source(Path::new(path.as_str())));
        if has_source || setup_reads(self.sources) || sources().any(|entry| named(&entry)) {
            sources().for_each(|entry| places.content(&entry.source));
        }
        places.look(since)
    }

    /// Checks that `wheel` has the packages that the native part is in.
    fn complete(&self, wheel: &WheelFile, hook: Hook, io: &Io<'_>) -> Result<()> {
        let left_out = self.packages.left_out(self.sources, &wheel.contents);
        let Some(needed) = left_out.iter().find(|left| left.is_needed) else {
            for left in left_out {
                io.note(&format!(
                    "the wheels lack {}, because the backend left it out; list the package {} if \
                     it belongs to this project",
                    left.file, left.package
                ));
            }
            return Ok(());
        };
        let found = format!(
            "the project has {}, but the backend left the package {} out of its wheel",
            needed.file, needed.package
        );
        let help = advice(
            self.backend.build_system.of_the_pure_part(),
            &self.project.root,
            &left_out,
            &wheel.contents,
        );
        Err(self.backend.failure(hook, found, &help, io.log))
    }
}
