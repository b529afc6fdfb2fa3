//! `--clean`: removes the wheels of earlier builds.

use std::path::{Path, PathBuf};

use crate::error::{Failure, Result};
use crate::factory::Wheel;
use crate::wheel::WheelName;

/// Removes the wheels of the same distribution as `written` from `dir`, of any version and for any
/// platform, except those just written. Returns their names.
pub(super) fn clean(dir: &Path, written: &[&Wheel]) -> Result<Vec<String>> {
    let doing = format!("removing earlier wheels from {}", dir.display());
    let failed = |error: std::io::Error| Failure::io(&doing, &error);
    let keep: Vec<_> = written.iter().map(|wheel| wheel.name.to_string()).collect();
    let is_old = |name: &str| {
        let parsed: Option<WheelName> = name.parse().ok();
        let same = |name: &WheelName| written.iter().any(|wheel| wheel.name.dist == name.dist);
        parsed.is_some_and(|parsed| same(&parsed)) && !keep.iter().any(|kept| kept == name)
    };
    let mut removed = Vec::new();
    for entry in fs_err::read_dir(dir).map_err(failed)? {
        let path: PathBuf = entry.map_err(failed)?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if is_old(name) && !path.is_dir() {
            fs_err::remove_file(&path).map_err(failed)?;
            removed.push(name.to_owned());
        }
    }
    removed.sort();
    Ok(removed)
}
