//! The sdist: what the project's backend makes, completed so that it builds.
//!
//! Backends know which Python files belong in a source distribution, but include Go sources only
//! as far as the author configured that. Missing ones are added, and outputs of earlier builds are
//! removed.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::binding;
use super::event::Observer;
use super::flow::Io;
use super::leftovers::NativePaths;
use super::no_package;
use super::plan::Plan;
use super::stage::{Backend, Hook, WorkDir};
use super::staging;
use crate::audit;
use crate::error::{Failure, Result};
use crate::process::Temporary;
use crate::project::{Archive, Archived, moved_paths};
use crate::sdist::Sdist;
use crate::toolchain::Host;
use crate::wheel::{File, MemberPath, Metadata};

/// What this does to what the backend made.
const DOING: &str = "completing the sdist";

/// Builds the sdist of the plan's project into its output directory, and gives its path.
///
/// # Errors
/// What [`Archive::of`] finds wrong; the backend's failure; an output directory that cannot be
/// written to. Nothing is left behind then.
pub fn sdist(plan: &Plan, host: &Host, observer: &dyn Observer) -> Result<PathBuf> {
    let gowork = host.environment.get("GOWORK");
    let archive = Archive::of(&plan.project, &plan.sources, gowork)?;
    let work = host.cache.temporary("sdist")?;
    let name = work.path().file_name().unwrap_or_default();
    let logs = host.cache.dir("logs")?.join(name);
    let log = logs.join("sdist.log");
    let copy = work.path().join("project");
    let staged = staging::stage(&host.environment, &plan.project.root, &plan.sources, &copy, &log)?;
    let is_changed = no_package::tell(&plan.project, &plan.sources, &staged)?;
    let dir = WorkDir { own: work.path().to_owned(), tmp: work.path().join("tmp") };
    fs_err::create_dir_all(&dir.tmp)
        .map_err(|error| Failure::io("preparing a directory to build in", &error))?;
    let backend = Backend::of(plan, host, dir);
    let io = Io::new(observer, &log);
    let made = backend.call(Hook::Sdist, &staged, None, &io)?.path;
    let file_name = made.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let read = fs_err::File::open(&made).map_err(Into::into).and_then(Sdist::read);
    let mut sdist = read.map_err(|error| {
        let found = format!("it built {file_name}, which cannot be read: {error}");
        backend.failure(Hook::Sdist, found, "make a .tar.gz of plain files (PEP 625)", &log)
    })?;
    if is_changed {
        restore(&mut sdist, plan)?;
    }
    let needed = archive.needed()?;
    // Go links an archive or object file among its sources, and those that the configuration names.
    let is_linked = |path: &str| {
        let path = Path::new(path);
        let extension = path.extension().and_then(|extension| extension.to_str());
        match extension.unwrap_or_default() {
            "a" | "syso" if archive.contains(path) => true,
            "a" | "syso" | "lib" | "o" | "obj" => needed.iter().any(|file| file.path == path),
            _ => false,
        }
    };
    let native = NativePaths::of(plan.project.variants());
    let left_out = native.remove_leftovers(&mut sdist.contents, is_linked);
    if !left_out.is_empty() {
        io.note(&format!(
            "left out of the sdist, as outputs of an earlier build: {}",
            left_out.join(", ")
        ));
    }
    let unused: Vec<String> = sdist.contents.keys().map(ToString::to_string).collect();
    let unused: Vec<String> =
        unused.into_iter().filter(|path| archive.is_unused(Path::new(path))).collect();
    for path in &unused {
        sdist.contents.remove(path.as_str());
        io.note(&format!("left out of the sdist: {path}, because GOWORK=off"));
    }
    let linked = archive.links(&needed);
    for note in archive.notes.iter().chain(&linked).chain(&plan.project.notes) {
        io.note(note);
    }
    put_in(&mut sdist, &needed, &native)?;
    if !archive.is_whole() {
        move_paths(&mut sdist, plan, &archive)?;
    }
    add_requirements(&mut sdist, plan);
    let path = write(&sdist, &file_name, plan)?;
    let _ = fs_err::remove_dir_all(&logs);
    Ok(path)
}

/// Puts back the author's pyproject.toml.
fn restore(sdist: &mut Sdist, plan: &Plan) -> Result<()> {
    const FILE: &str = "pyproject.toml";
    let entry = plan.sources.iter().find(|entry| entry.path.as_os_str() == FILE);
    if let (Some(entry), Ok(path)) = (entry, FILE.parse()) {
        let bytes = fs_err::read(&entry.source).map_err(|error| Failure::io(DOING, &error))?;
        sdist.contents.insert(path, File::new(bytes));
    }
    Ok(())
}

/// Adds what a build needs and the backend left out.
fn put_in(sdist: &mut Sdist, needed: &[Archived], native: &NativePaths) -> Result<()> {
    for file in needed {
        let path: MemberPath = file.path.display().to_string().parse().map_err(|error| {
            Failure::project(DOING, format!("{error}"), "rename that file: a build needs it")
        })?;
        let name = file.name.display().to_string();
        if sdist.contents.contains_key(path.as_str()) || native.contains(&name) {
            continue;
        }
        let bytes = fs_err::read(&file.source).map_err(|error| Failure::io(DOING, &error))?;
        if audit::is_cgo_header(&bytes) {
            continue;
        }
        sdist.contents.insert(path, File { executable: file.executable, ..File::new(bytes) });
    }
    Ok(())
}

/// Has the configuration name the places that the files which Go reads have in the archive.
fn move_paths(sdist: &mut Sdist, plan: &Plan, archive: &Archive) -> Result<()> {
    let project = &plan.project;
    let file = project.config_file.strip_prefix(&project.root).unwrap_or(&project.config_file);
    let shown = file.display().to_string();
    let failed = |found: String| {
        Failure::project(
            DOING,
            format!("the paths in {shown} cannot be changed: {found}"),
            "change them",
        )
    };
    let go_dirs: Vec<_> = project.parts.iter().map(|part| archive.moved(&part.go.dir)).collect();
    let moved = |key: &str, path: &Path| {
        let place = project.root.join(path);
        // Go finds go.mod from the real directory.
        let real = (key == "go-dir").then(|| fs_err::canonicalize(&place).ok()).flatten();
        archive.moved(&real.unwrap_or(place))
    };
    let bytes = sdist.contents.get(shown.as_str()).map(|file| file.bytes.to_vec());
    let text = String::from_utf8(bytes.unwrap_or_default()).map_err(|e| failed(e.to_string()))?;
    let is_json = file.extension().is_some_and(|extension| extension == "json");
    let text = moved_paths(&text, is_json, &go_dirs, &moved).map_err(failed)?;
    if let Ok(path) = shown.parse() {
        sdist.contents.insert(path, File::new(text.into_bytes()));
    }
    Ok(())
}

/// Adds what the wheels will require to PKG-INFO, so that resolvers need not build to learn it.
fn add_requirements(sdist: &mut Sdist, plan: &Plan) {
    const PKG_INFO: &str = "PKG-INFO";
    let metadata = sdist.contents.get(PKG_INFO).and_then(|file| Metadata::parse(&file.bytes).ok());
    let (Some(mut metadata), Ok(path)) = (metadata, PKG_INFO.parse()) else { return };
    let mut changed = false;
    for requirement in binding::requirements(plan.project.variants()) {
        changed |= requirement.parse().is_ok_and(|requirement| metadata.require(&requirement));
    }
    if changed {
        sdist.contents.insert(path, File::new(metadata.to_bytes()));
    }
}

fn write(sdist: &Sdist, name: &str, plan: &Plan) -> Result<PathBuf> {
    let out_dir = &plan.options.out_dir;
    let doing = format!("writing {name} into {}", out_dir.display());
    let failed = |error: std::io::Error| Failure::io(&doing, &error);
    let (part, file) = Temporary::file_in(out_dir).map_err(failed)?;
    let mut out = BufWriter::new(file);
    sdist.write(&mut out, plan.options.modified).map_err(failed)?;
    out.flush().and_then(|()| out.get_ref().sync_all()).map_err(failed)?;
    let path = out_dir.join(name);
    part.put(&path).map_err(failed)?;
    Ok(path)
}
