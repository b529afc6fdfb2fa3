//! `pygo check --fix`: writes a wheel whose name, WHEEL, RECORD, order and modes are right.

use std::fmt::Display;
use std::io;
use std::path::{Path, PathBuf};

use crate::audit::{Effect, Finding, Group, Inspection, Rule, Severity, catalogue};
use crate::error::{Failure, Kind, Result};
use crate::process::Temporary;
use crate::report::{Detail, check_changes, tell};
use crate::wheel::{Archive, WheelName, WheelTag, fix, is_untidy};

/// Where fixed wheels go, and which files must not be overwritten.
pub(super) struct Fixer<'a> {
    /// The output directory.
    pub(super) out_dir: &'a Path,
    /// Every wheel of this run.
    pub(super) inputs: Vec<PathBuf>,
    /// Whether files that do not match RECORD were changed on purpose.
    pub(super) update_hashes: bool,
    /// How much to print.
    pub(super) detail: Detail,
    /// What this run has written.
    pub(super) written: Vec<PathBuf>,
}

impl Fixer<'_> {
    /// Writes the wheel at `path` with everything corrected that can be corrected without building
    /// it again. Returns the path of the new wheel; none if nothing in it can be corrected.
    ///
    /// # Errors
    /// [`Kind::Build`] if no name fits, the files of the wheel are in doubt or were changed;
    /// [`Kind::Output`] if the result cannot be written or would overwrite a wheel.
    pub(super) fn fix(&mut self, path: &Path, found: &Inspection) -> Result<Option<PathBuf>> {
        let doing = format!("fixing {}", path.display());
        let refuse = |what: String, help: &str| Err(Failure::build(&doing, what, help));
        if let Some(finding) = found.findings.iter().find(|finding| is_in_doubt(finding)) {
            let what = format!("{}: {}", finding.rule, finding.what);
            return refuse(what, &format!("{} (nothing was written)", finding.fix));
        }
        let changed = found.findings.iter().filter(|finding| was_changed(finding));
        let changed: Vec<_> = changed.map(|finding| (finding.rule, &finding.what)).collect();
        if let ([(rule, what), rest @ ..], false) = (changed.as_slice(), self.update_hashes) {
            let more =
                if rest.is_empty() { String::new() } else { format!(", and {} more", rest.len()) };
            let help = "find out what changed it; if the change was meant, pass --update-hashes, and \
                        compare the differences (nothing was written)";
            return refuse(format!("{rule}: {what}{more}"), help);
        }
        let (Some(name), Some(dist_info)) = (&found.name, &found.dist_info) else {
            let what = "its name or its .dist-info directory cannot be read";
            return refuse(what.to_owned(), "build it again");
        };
        let io = |error: io::Error| Failure::io(&doing, &error);
        let file = fs_err::File::open(path).map_err(io)?;
        let archive = Archive::read(file.file()).map_err(io)?;
        let is_wrong = found.has(Effect::FixPlatform) || found.has(Effect::FixName);
        if !is_wrong && !is_untidy(&archive, dist_info) {
            self.tell(format_args!("{}: {}", path.display(), nothing(found)));
            return Ok(None);
        }
        let name = match correct_name(name, found) {
            Ok(name) => name,
            Err(what) => return refuse(what, "no tag fits: build it again for one platform"),
        };
        fs_err::create_dir_all(self.out_dir).map_err(io)?;
        let out = self.out_dir.join(name.to_string());
        if let Some(what) = self.overwrites(&out) {
            return Err(Failure::new(Kind::Output, doing, what, "choose another --out-dir"));
        }
        let reader = fs_err::File::open(path).map_err(io)?;
        let is_pure = found.compatible.platforms == ["any"] && name.tag.is_pure();
        let (part, mut written) = Temporary::file_in(self.out_dir).map_err(io)?;
        let to_platlib = found.findings.iter().any(is_native_in_purelib);
        let changes = fix(&archive, reader, dist_info, &name, is_pure, to_platlib, &mut written)
            .map_err(io)?;
        let new_name = name.to_string();
        if changes.is_empty() && new_name == found.file_name {
            self.tell(format_args!("{}: {}", path.display(), nothing(found)));
            return Ok(None);
        }
        written.sync_all().map_err(io)?;
        part.put(&out).map_err(io)?;
        self.written.push(out.clone());
        self.tell(format_args!("{} fixed as {}", path.display(), out.display()));
        let all = self.detail == Detail::Verbose;
        for line in check_changes(&found.file_name, &new_name, &changes, all) {
            self.tell(line);
        }
        Ok(Some(out))
    }

    /// Why `out` must not be written.
    fn overwrites(&self, out: &Path) -> Option<String> {
        let real = out.canonicalize().ok()?;
        let is_real = |path: &&PathBuf| path.canonicalize().is_ok_and(|path| path == real);
        if let Some(input) = self.inputs.iter().find(is_real) {
            return Some(format!("the result would overwrite the wheel {}", input.display()));
        }
        let done = self.written.iter().find(is_real)?;
        Some(format!("the result would overwrite {}, fixed in this run", done.display()))
    }

    fn tell(&self, text: impl Display) {
        if self.detail != Detail::Quiet {
            tell(text);
        }
    }
}

/// Whether it is uncertain which files belong to the wheel: nobody but its author can tell.
fn is_in_doubt(finding: &Finding) -> bool {
    let is_archive =
        finding.rule.group == Group::Archive && finding.rule.severity == Severity::Error;
    is_archive || [catalogue::RECORD_NOT_THERE, catalogue::TAG_WHEEL_FILE].contains(&finding.rule)
}

/// Whether it is about native code in the purelib directory of `.data`.
fn is_native_in_purelib(finding: &Finding) -> bool {
    let in_data = finding.member.split_once('/').is_some_and(|(top, _)| top.ends_with(".data"));
    finding.rule == catalogue::TAG_PURELIB && in_data
}

/// Whether a file is not the one that RECORD describes. A tool may have changed it, or an attacker.
fn was_changed(finding: &Finding) -> bool {
    [catalogue::RECORD_HASH, catalogue::RECORD_SIZE].contains(&finding.rule)
}

/// Why a wheel is not rewritten, by rule.
fn nothing(found: &Inspection) -> String {
    let errors = found.findings.iter().filter(|f| f.rule.severity == Severity::Error);
    let mut rules: Vec<&Rule> = errors.map(|finding| finding.rule).collect();
    rules.dedup();
    match rules.as_slice() {
        [] => "nothing to fix".to_owned(),
        rules => {
            let list: Vec<_> = rules.iter().map(ToString::to_string).collect();
            format!("--fix cannot correct this; rebuild the wheel to fix {}", list.join(", "))
        }
    }
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
