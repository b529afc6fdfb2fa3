//! Where a part is built: in the project, or in the copy that its commands prepared.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::event::Stage;
use super::fingerprint::Hasher;
use super::plan::Plan;
use super::stage::Prepared;
use crate::error::Result;
use crate::process::Environment;
use crate::project::{
    Archive, Archived, Entry, GoPackage, GoTree, Part, Project, is_outside, sources,
};

/// The files of the project that Go reads.
#[derive(Debug, Default)]
pub(super) struct GoFiles {
    /// Those it may read: name and place.
    pub(super) sources: Vec<(String, PathBuf)>,
    /// A digest of the C sources that Go's cache may not know, if there are any.
    pub(super) c_digest: Option<String>,
    /// The directories of modules outside the project.
    pub(super) outside: Vec<PathBuf>,
    /// The directories of all modules and workspaces.
    pub(super) modules: Vec<PathBuf>,
    /// Headers and libraries outside the project: name and place.
    c_outside: Vec<(String, PathBuf)>,
}

impl GoFiles {
    /// Those of the project of `plan`.
    ///
    /// # Errors
    /// If a Go file of the project cannot be read.
    pub(super) fn of(plan: &Plan, environment: &Environment) -> Result<Self> {
        // A module outside of the project is Go's to read; its own cache covers it.
        let c_outside = c_outside(&plan.project)?;
        let Ok(tree) = GoTree::with_outside(&plan.project, environment.get("GOWORK")) else {
            let (sources, c_digest) = (c_outside.clone(), c_digest(&c_outside)?);
            return Ok(Self { sources, c_digest, c_outside, ..Self::default() });
        };
        let mut c_sources = tree.unseen(&plan.sources)?;
        c_sources.extend(c_outside.iter().cloned());
        let named =
            |entry: &Entry| (entry.path.to_string_lossy().into_owned(), entry.source.clone());
        let inside = tree.needed(&plan.sources)?.into_iter().map(named);
        Ok(Self {
            sources: inside.chain(c_outside.iter().cloned()).collect(),
            c_digest: c_digest(&c_sources)?,
            outside: tree.outside(),
            modules: tree.places(),
            c_outside,
        })
    }
}

impl GoFiles {
    /// The files of all modules, also outside the project, with the names that they have in an sdist of
    /// `plan`, so that a wheel says the same whether it is built from one or not. If there can be no
    /// sdist, those of the project.
    pub(super) fn as_in_an_sdist(
        &self,
        plan: &Plan,
        gowork: Option<&OsStr>,
    ) -> Vec<(String, PathBuf)> {
        if self.outside.is_empty() && self.c_outside.is_empty() {
            return self.sources.clone();
        }
        let archive = Archive::of(&plan.project, &plan.sources, gowork);
        let needed = archive.and_then(|archive| archive.needed());
        let named = |file: Archived| (file.path.to_string_lossy().into_owned(), file.source);
        needed.map_or_else(|_| self.sources.clone(), |files| files.into_iter().map(named).collect())
    }
}

/// Where a part is built.
pub(super) struct Place<'a> {
    /// The directory of the project, or of its copy.
    pub(super) root: Cow<'a, Path>,
    /// The Go package in it.
    pub(super) package: Cow<'a, GoPackage>,
    /// The files that Go may read: name and place.
    pub(super) sources: Vec<(String, PathBuf)>,
    /// A digest of the C sources that Go's cache may not know. Commands may write any of them.
    pub(super) c_digest: Option<String>,
}

impl<'a> Place<'a> {
    /// That of `part` of `project`.
    ///
    /// # Errors
    /// If a file cannot be read.
    pub(super) fn of(
        project: &'a Project,
        part: &'a Part,
        files: &GoFiles,
        prepared: Option<&Prepared>,
    ) -> Result<Self> {
        let Some(Prepared { root, package, sources }) = prepared else {
            return Ok(Self {
                root: Cow::Borrowed(&project.root),
                package: Cow::Borrowed(&part.go),
                sources: files.sources.clone(),
                c_digest: files.c_digest.clone(),
            });
        };
        let sources: Vec<_> = sources.iter().chain(&files.c_outside).cloned().collect();
        Ok(Self {
            root: Cow::Owned(root.clone()),
            package: Cow::Owned(package.clone()),
            c_digest: c_digest(&sources)?,
            sources,
        })
    }
}

/// The headers, libraries and descriptions outside `project` that its parts name.
fn c_outside(project: &Project) -> Result<Vec<(String, PathBuf)>> {
    let mut found = BTreeMap::new();
    let named = project.variants().flat_map(|part| part.go.c.places());
    for path in named.filter(|path| is_outside(path)) {
        let place = project.root.join(&path);
        if place.is_file() {
            found.insert(path.display().to_string(), place);
        } else if place.is_dir() {
            for entry in sources(&place, None)?.into_iter().filter(|e| e.source.is_file()) {
                found.insert(path.join(&entry.path).display().to_string(), entry.source);
            }
        }
    }
    Ok(found.into_iter().collect())
}

/// A digest of `sources`: names and contents.
///
/// # Errors
/// If a file cannot be read.
fn c_digest(sources: &[(String, PathBuf)]) -> Result<Option<String>> {
    if sources.is_empty() {
        return Ok(None);
    }
    let mut hasher = Hasher::new(Stage::Library)?;
    sources.iter().try_for_each(|(name, path)| hasher.file(name, path))?;
    Ok(Some(hasher.finish()))
}
