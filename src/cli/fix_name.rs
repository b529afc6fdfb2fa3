//! `pygo check --fix-name`: a wheel under the name that is true of it.

use std::path::{Path, PathBuf};

use super::output::print;
use crate::audit::{Group, Inspection, Rule, Severity, catalogue};
use crate::error::{Failure, Kind, Result};
use crate::process::Temporary;
use crate::report::tell;
use crate::wheel::{Archive, WheelName, WheelTag, retag};

/// What says that the platform tags are not true, and others would be.
const ABOUT_PLATFORM: &[&Rule] = &[
    catalogue::TAG_NATIVE_IN_ANY,
    catalogue::TAG_TOO_LOW,
    catalogue::BINARY_FORMAT,
    catalogue::ELF_ARCH,
    catalogue::ELF_LIBC,
    catalogue::ELF_STATIC_TLS,
    catalogue::MACHO_ARCH,
    catalogue::PE_ARCH,
    catalogue::GO_MACOS_FLOOR,
    catalogue::GO_LINUX_FLOOR,
    catalogue::GO_MUSL_TLS,
    catalogue::INDEX_PLATFORM,
];

/// What else a new name, WHEEL and RECORD mend.
const MENDED_BESIDE: &[&Rule] = &[
    catalogue::TAG_NOT_NORMAL,
    catalogue::TAG_ORDER,
    catalogue::TAG_WHEEL_MISMATCH,
    catalogue::TAG_PURELIB,
    catalogue::TAG_BUILD,
    catalogue::TAG_PURELIB_FALSE,
    catalogue::GO_TARGET,
    catalogue::RECORD_UNLISTED,
    catalogue::RECORD_ITSELF,
    catalogue::RECORD_NO_HASH,
];

fn has_any(found: &Inspection, rules: &[&Rule]) -> bool {
    found.findings.iter().any(|finding| rules.contains(&finding.rule))
}

/// Writes the wheel at `path` into `out_dir` with the name, the WHEEL and the RECORD that are true
/// of it, where those it has are not; gives the path of what was written.
///
/// # Errors
/// [`Kind::Build`] where no name would be true or the archive cannot be trusted;
/// [`Kind::Output`] where the result cannot be written, or would take the place of the input.
pub(super) fn fix_name(path: &Path, found: &Inspection, out_dir: &Path) -> Result<Option<PathBuf>> {
    let doing = format!("renaming {}", path.display());
    if !has_any(found, ABOUT_PLATFORM) && !has_any(found, MENDED_BESIDE) {
        tell(format_args!("{}: its name is true", path.display()));
        return Ok(None);
    }
    let refuse = |what: String, help: &str| Err(Failure::build(&doing, what, help));
    let is_fatal = |group, severity| group == Group::Archive && severity == Severity::Error;
    let fatal =
        found.findings.iter().find(|finding| is_fatal(finding.rule.group, finding.severity()));
    if let Some(finding) = fatal {
        return refuse(
            finding.what.clone(),
            "an archive that cannot be trusted is not copied: build it again",
        );
    }
    let (Some(name), Some(dist_info)) = (&found.name, &found.dist_info) else {
        return refuse(
            "its name or its .dist-info directory cannot be read".to_owned(),
            "build it again",
        );
    };
    let name = match true_name(name, found) {
        Ok(name) => name,
        Err(what) => return refuse(what, "no tag would be true: build it again for one platform"),
    };
    fs_err::create_dir_all(out_dir).map_err(|error| Failure::io(&doing, &error))?;
    let out = out_dir.join(name.to_string());
    let is_input = |out: &Path| matches!((out.canonicalize(), path.canonicalize()), (Ok(out), Ok(path)) if out == path);
    if is_input(&out) {
        return Err(Failure::new(
            Kind::Output,
            doing,
            "the result would take the place of the wheel it is made from",
            "choose another --out-dir",
        ));
    }
    let io = |error: &std::io::Error| Failure::io(&doing, error);
    let file = fs_err::File::open(path).map_err(|error| io(&error))?;
    let archive = Archive::read(file.file()).map_err(|error| io(&error))?;
    let reader = fs_err::File::open(path).map_err(|error| io(&error))?;
    let is_pure = found.truth.platforms == ["any"] && name.tag.is_pure();
    let (part, mut written) = Temporary::file_in(out_dir).map_err(|error| io(&error))?;
    retag(&archive, reader, dist_info, &name, is_pure, &mut written).map_err(|error| io(&error))?;
    written.sync_all().map_err(|error| io(&error))?;
    part.put(&out).map_err(|error| io(&error))?;
    tell(format_args!("{} is now {}", path.display(), out.display()));
    print([out.display()])?;
    Ok(Some(out))
}

/// The name with the lowest platform tags that are true, where those it has are not.
fn true_name(name: &WheelName, found: &Inspection) -> std::result::Result<WheelName, String> {
    if !has_any(found, ABOUT_PLATFORM) {
        return Ok(name.clone());
    }
    let platforms = &found.truth.platforms;
    if platforms.is_empty() {
        let common = || "its binaries have no platform in common".to_owned();
        return Err(found.truth.because.clone().unwrap_or_else(common));
    }
    let tag = WheelTag::new(name.tag.pythons(), name.tag.abis(), platforms);
    tag.map(|tag| name.with_tag(tag)).map_err(|error| error.to_string())
}
