//! What the machines of a release sent: wheels, sdists and reports.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use walkdir::{DirEntry, WalkDir};

use crate::error::{Failure, Kind, Result};
use crate::report::Report;
use crate::sdist::file_name;
use crate::wheel::{Digest, DistName, WheelName};

/// A wheel or an sdist.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct BuiltFile {
    /// Its name.
    pub name: String,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
    /// Its path.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: u64,
}

/// Everything that was found.
#[derive(Debug, Default)]
pub struct Parts {
    /// The wheels, with their parsed names.
    pub wheels: Vec<(WheelName, BuiltFile)>,
    /// The source distributions, with their distributions and versions.
    pub sdists: Vec<((DistName, pep440_rs::Version), BuiltFile)>,
    /// The reports.
    pub reports: Vec<(PathBuf, Report)>,
}

/// Far more than the report of any matrix.
const MAX_REPORT: u64 = 64 << 20;
/// Deeper than any service unpacks artifacts.
const MAX_DEPTH: usize = 16;

impl Parts {
    /// Finds the files of a release in `dirs`, at any depth. Other files are ignored.
    ///
    /// # Errors
    /// [`Kind::Usage`] for what is not a directory; [`Kind::Build`] for a wheel without a valid name,
    /// and for symbolic links in place of wheels, sdists and reports.
    pub fn find(dirs: &[PathBuf]) -> Result<Self> {
        let mut parts = Self::default();
        for dir in dirs {
            let doing = format!("looking for wheels and reports in {}", dir.display());
            if !dir.is_dir() {
                let help = "name the directories that the other machines wrote";
                return Err(Failure::new(Kind::Usage, doing, "it is not a directory", help));
            }
            for entry in WalkDir::new(dir).max_depth(MAX_DEPTH).sort_by_file_name() {
                let entry = entry.map_err(|error| {
                    Failure::io(
                        &doing,
                        &error.into_io_error().unwrap_or_else(|| {
                            std::io::Error::other("a directory contains itself")
                        }),
                    )
                })?;
                parts.add(&entry, &doing)?;
            }
        }
        // What an earlier merge wrote says nothing that its parts do not say.
        if parts.reports.iter().any(|(_, report)| report.joined.is_empty()) {
            parts.reports.retain(|(_, report)| report.joined.is_empty());
        }
        Ok(parts)
    }

    fn add(&mut self, entry: &DirEntry, doing: &str) -> Result<()> {
        let Some(name) = entry.file_name().to_str() else { return Ok(()) };
        let is_wheel = name.ends_with(".whl");
        let sdist = file_name(name);
        if entry.file_type().is_dir() || !(is_wheel || sdist.is_some() || name.ends_with(".json")) {
            return Ok(());
        }
        let path = entry.path();
        if !entry.file_type().is_file() {
            let found = format!("{} is not a regular file", path.display());
            let help = "copy the files of the other machines, not links to them";
            return Err(Failure::build(doing, found, help));
        }
        if is_wheel {
            let parsed = name.parse().map_err(|error| {
                let found = format!("{}: {error}", path.display());
                Failure::build(doing, found, "build the wheel again, or remove the file")
            })?;
            self.wheels.push((parsed, BuiltFile::read(path, name)?));
        } else if let Some(sdist) = sdist {
            self.sdists.push((sdist, BuiltFile::read(path, name)?));
        } else if is_report(path)? {
            self.reports.push((path.to_owned(), Report::read(path)?));
        }
        Ok(())
    }
}

impl BuiltFile {
    fn read(path: &Path, name: &str) -> Result<Self> {
        let failed = |error| Failure::io(format!("reading {}", path.display()), &error);
        let (size, sha256) = copy(path, &mut std::io::sink()).map_err(failed)?;
        Ok(Self { name: name.to_owned(), sha256, path: path.to_owned(), size })
    }
}

/// Copies the file at `path`; its size and SHA-256.
pub(super) fn copy(path: &Path, out: &mut impl Write) -> std::io::Result<(u64, String)> {
    let mut file = fs_err::File::open(path)?;
    let mut hasher = Sha256::new();
    let mut size = 0;
    let mut piece = vec![0; 1 << 18];
    loop {
        let count = file.read(&mut piece)?;
        let Some(bytes) = piece.get(..count).filter(|bytes| !bytes.is_empty()) else { break };
        hasher.update(bytes);
        out.write_all(bytes)?;
        size += count as u64;
    }
    out.flush()?;
    Ok((size, Digest::from(hasher.finalize()).hex()))
}

/// Whether the file has the fields of a report. Plans and other JSON files lack some of them.
fn is_report(path: &Path) -> Result<bool> {
    let failed = |error| Failure::io(format!("reading {}", path.display()), &error);
    let file = fs_err::File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    file.take(MAX_REPORT + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > MAX_REPORT {
        return Ok(false);
    }
    let value: Option<serde_json::Value> = serde_json::from_slice(&bytes).ok();
    let has = |field| value.as_ref().is_some_and(|value| value.get(field).is_some());
    Ok(["format", "pygo", "jobs", "seconds", "targets"].into_iter().all(has))
}
