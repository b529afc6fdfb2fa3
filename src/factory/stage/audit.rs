//! Audit: reads the finished binaries and determines the platform tag they allow.

use std::sync::Arc;

use super::NativePart;
use super::c_definitions::{Source, advice};
use crate::audit::{self, Binary, BinaryFile, Finding, Verdict, catalogue};
use crate::error::{Failure, Result};
use crate::factory::binding::Expected;
use crate::factory::check_settings::CheckSettings;
use crate::factory::event::Stage;
use crate::factory::fingerprint::Hasher;
use crate::factory::flow::{Input, Io};
use crate::factory::plan::MINIMUM_OPTIONS;
use crate::project::Profile;
use crate::target::{Os, Release, Target};

/// Judges the native part of one target.
pub(in crate::factory) struct Audit<'a> {
    pub(in crate::factory) target: Target,
    pub(in crate::factory) native: Arc<NativePart>,
    /// The extension modules it should have.
    pub(in crate::factory) expected: Vec<Expected>,
    /// How the binaries were built.
    pub(in crate::factory) profile: Profile,
    /// The newest system release that the binaries may need.
    pub(in crate::factory) newest: Release,
    /// How the project wants its wheels judged.
    pub(in crate::factory) check: &'a CheckSettings,
    /// The C files of the Go modules, to find a function in that was left out.
    pub(in crate::factory) c_files: Vec<Source>,
}

impl Input for Audit<'_> {
    const STAGE: Stage = Stage::Audit;
    type Output = Verdict;

    fn feed(&self, into: &mut Hasher) -> Result<()> {
        let Self { target, native, expected, profile, newest, check, c_files } = self;
        into.value("profile", profile)?;
        into.value("target", &(target.name(), newest))?;
        into.value("expected", expected)?;
        check.feed(into)?;
        native.feed(into)?;
        c_files.iter().try_for_each(|(name, path)| into.file(name, path))
    }

    /// # Errors
    /// If a binary is not what the target needs, or needs a newer system than requested.
    fn run(self, io: &Io<'_>) -> Result<Verdict> {
        let members: Vec<_> =
            self.native.binaries.iter().map(|(path, bytes)| (path.as_str(), &**bytes)).collect();
        let extensions: Vec<_> = self.expected.iter().map(Expected::as_audited).collect();
        let mut verdict =
            audit::judge_except(self.target, &members, &extensions, &self.check.excluded);
        self.check.selection.apply(&mut verdict.findings);
        if self.profile == Profile::Debug {
            verdict.findings.retain(|finding| !finding.is_about_debug_information());
        }
        for finding in &mut verdict.findings {
            if let Some(fix) = self.left_out(finding) {
                finding.fix = fix;
            }
        }
        if verdict.has_errors() {
            return Err(refused(self.target, &verdict.findings));
        }
        if let Some(finding) = verdict.exceeds(self.newest) {
            let fix = way_out(self.target.os(), verdict.release);
            return Err(refused(self.target, &[finding.with_fix(fix)]));
        }
        for warning in &verdict.findings {
            io.note(&format!("{}: {}; {}", self.target, warning.what, warning.fix));
        }
        Ok(verdict)
    }
}

impl Audit<'_> {
    /// The advice for a symbol that nothing defines, if a C file of the project defines it.
    fn left_out(&self, finding: &Finding) -> Option<String> {
        if finding.rule != catalogue::ELF_SYMBOL_UNDEFINED {
            return None;
        }
        let (path, bytes) =
            self.native.binaries.iter().find(|(path, _)| *path == finding.member)?;
        let file = BinaryFile::read(path, &**bytes).ok()??;
        let Binary::Elf(elf) = &file.binary else { return None };
        let wanted = elf.undefined.iter().filter(|symbol| symbol.requirement.is_none());
        let names: Vec<_> = wanted.map(|symbol| symbol.name.as_str()).collect();
        advice(&self.c_files, &names)
    }
}

/// The failure that findings amount to: what is wrong and how to fix it.
fn refused(target: Target, findings: &[Finding]) -> Failure {
    let found: Vec<_> = findings.iter().map(|finding| finding.what.as_str()).collect();
    let mut help: Vec<&str> = findings.iter().map(|finding| finding.fix.as_str()).collect();
    help.dedup();
    let doing = format!("auditing what was built for {target}");
    Failure::build(doing, found.join("\n"), help.join("\n"))
}

/// What to do when binaries need `needed`, which is newer than the requested release.
fn way_out(os: &Os, needed: Release) -> String {
    // On Linux the C compiler's glibc raises it, elsewhere Go does.
    let (way, value) = match os.libc {
        Some(_) => ("--toolchain zig", needed.to_string().replace('.', "_")),
        None => ("an older Go", needed.to_string()),
    };
    let option = MINIMUM_OPTIONS.iter().find(|(of, _)| *of == os);
    let allow = option.map(|(_, option)| format!(", or allow {option} {value}"));
    format!("build with {way}{}", allow.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::{LINUX, MACOS};

    #[test]
    fn the_fix_names_the_option_that_allows_what_is_needed() {
        assert_eq!(
            way_out(LINUX, Release::new(2, 34)),
            "build with --toolchain zig, or allow --manylinux 2_34"
        );
        assert_eq!(
            way_out(MACOS, Release::new(13, 0)),
            "build with an older Go, or allow --macos-deployment-target 13.0"
        );
    }
}
