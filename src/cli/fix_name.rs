//! `pygo check --fix-name`: writes a wheel under the name that fits its binaries.

use std::io;
use std::path::{Path, PathBuf};

use super::output::print;
use crate::audit::{Effect, Group, Inspection, Severity};
use crate::error::{Failure, Kind, Result};
use crate::process::Temporary;
use crate::report::tell;
use crate::wheel::{Archive, WheelName, WheelTag, retag};

/// Writes the wheel at `path` into `out_dir` with a correct name, WHEEL and RECORD, if they are
/// wrong. Returns the path of the new wheel.
///
/// # Errors
/// [`Kind::Build`] if no name fits or the archive cannot be trusted;
/// [`Kind::Output`] if the result cannot be written or would overwrite the input.
pub(super) fn fix_name(path: &Path, found: &Inspection, out_dir: &Path) -> Result<Option<PathBuf>> {
    let doing = format!("renaming {}", path.display());
    if !found.has(Effect::FixPlatform) && !found.has(Effect::FixName) {
        tell(format_args!("{}: the name is correct", path.display()));
        return Ok(None);
    }
    let refuse = |what: String, help: &str| Err(Failure::build(&doing, what, help));
    let fatal = found.findings.iter().find(|finding| {
        finding.rule.group == Group::Archive && finding.rule.severity == Severity::Error
    });
    if let Some(finding) = fatal {
        let help = "an archive that cannot be trusted is not copied: build it again";
        return refuse(finding.what.clone(), help);
    }
    let (Some(name), Some(dist_info)) = (&found.name, &found.dist_info) else {
        let what = "its name or its .dist-info directory cannot be read";
        return refuse(what.to_owned(), "build it again");
    };
    let name = match correct_name(name, found) {
        Ok(name) => name,
        Err(what) => return refuse(what, "no tag fits: build it again for one platform"),
    };
    let io = |error: io::Error| Failure::io(&doing, &error);
    fs_err::create_dir_all(out_dir).map_err(io)?;
    let out = out_dir.join(name.to_string());
    let is_input = out.canonicalize().is_ok_and(|out| path.canonicalize().is_ok_and(|p| p == out));
    if is_input {
        return Err(Failure::new(
            Kind::Output,
            doing,
            "the result would overwrite the original wheel",
            "choose another --out-dir",
        ));
    }
    let file = fs_err::File::open(path).map_err(io)?;
    let archive = Archive::read(file.file()).map_err(io)?;
    let reader = fs_err::File::open(path).map_err(io)?;
    let is_pure = found.compatible.platforms == ["any"] && name.tag.is_pure();
    let (part, mut written) = Temporary::file_in(out_dir).map_err(io)?;
    retag(&archive, reader, dist_info, &name, is_pure, &mut written).map_err(io)?;
    written.sync_all().map_err(io)?;
    part.put(&out).map_err(io)?;
    tell(format_args!("{} written as {}", path.display(), out.display()));
    print([out.display()])?;
    Ok(Some(out))
}

/// The name, with the lowest platform tags that fit if its own do not.
fn correct_name(name: &WheelName, found: &Inspection) -> std::result::Result<WheelName, String> {
    if !found.has(Effect::FixPlatform) {
        return Ok(name.clone());
    }
    let platforms = &found.compatible.platforms;
    if platforms.is_empty() {
        let none = || "its binaries have no platform in common".to_owned();
        return Err(found.compatible.reason.clone().unwrap_or_else(none));
    }
    let tag = WheelTag::new(name.tag.pythons(), name.tag.abis(), platforms);
    tag.map(|tag| name.with_tag(tag)).map_err(|error| error.to_string())
}
