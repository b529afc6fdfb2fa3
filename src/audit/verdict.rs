//! Judges the binaries of a wheel before it is written.
//!
//! In: a [`Subject`], the files of a wheel and what they should be. Out: a [`Verdict`] with the
//! platform tag that the binaries need and the symbol that decides it.

use super::binaries::{self, BinaryFacts, Judged};
use super::{Extension, Finding, PlatformClaim, Severity, catalogue};
use crate::target::{PlatformTag, Release, Target};

/// What to judge.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Where the wheel must run.
    pub target: Target,
    /// Files of the wheel: path and bytes. Files that are not binaries are ignored.
    pub files: &'a [(&'a str, &'a [u8])],
    /// Which of them are extension modules.
    pub extensions: &'a [Extension<'a>],
}

/// The facts and findings about a wheel's binaries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The target the wheel is built for.
    pub target: Target,
    /// The release of glibc or macOS that the binaries need, at least the target's minimum.
    pub release: Release,
    /// The platform tag of that release.
    pub tag: PlatformTag,
    /// What decides it: `libhello.so needs GLIBC_2.34 (pthread_create)`. `None` if the target's
    /// minimum does.
    pub because: Option<String>,
    /// Facts about each binary, in the order given.
    pub binaries: Vec<BinaryFacts>,
    /// What is wrong, sorted.
    pub findings: Vec<Finding>,
}

/// Judges `subject`.
///
/// # Errors
/// All findings, if one of them is an error. Warnings alone are in the verdict.
pub fn judge(subject: &Subject<'_>) -> Result<Verdict, Vec<Finding>> {
    let verdict = examine(subject);
    if verdict.findings.iter().any(|finding| finding.severity() == Severity::Error) {
        return Err(verdict.findings);
    }
    Ok(verdict)
}

/// Judges `subject`, whatever is wrong with it.
pub fn examine(subject: &Subject<'_>) -> Verdict {
    let target = subject.target;
    let claims = [PlatformClaim::of_target(target)];
    let mut findings = Vec::new();
    let files: Vec<_> = subject
        .files
        .iter()
        .filter_map(|(path, bytes)| {
            let bytes = (*bytes).into();
            binaries::is_own(path, bytes, &claims, &mut findings)
                .then(|| binaries::read(path, bytes, &mut findings))?
        })
        .collect();
    let Judged { facts, findings: found } = binaries::judge(&files, &claims, subject.extensions);
    findings.extend(found);
    findings.sort();
    let [claim] = &claims;
    let mut release = target.min_release();
    let mut because = None;
    for facts in facts.iter().filter(|facts| facts.is_for(claim)) {
        // Of several binaries with the same need, the first is named.
        let decides =
            |needs: &Release| *needs > release || (*needs == release && because.is_none());
        if let Some(needs) = facts.needs.filter(decides) {
            release = needs;
            because = facts.reason.as_ref().map(|why| format!("{} needs {why}", facts.path));
        }
    }
    Verdict {
        target,
        release,
        tag: target.platform_tag(release),
        because,
        binaries: facts,
        findings,
    }
}

impl BinaryFacts {
    /// Whether it can run where the wheel does. Otherwise it does not affect the wheel's tag.
    pub(super) fn is_for(&self, claim: &PlatformClaim) -> bool {
        self.arch.iter().any(|arch| claim.serves(Some(arch)))
    }
}

impl Verdict {
    /// The finding that the binaries need a newer release than `requested`, if they do.
    pub fn exceeds(&self, requested: Release) -> Option<Finding> {
        if self.release <= requested {
            return None;
        }
        let os = self.target.os();
        let claim = PlatformClaim::of_target(self.target);
        let needs = |facts: &&BinaryFacts| facts.needs == Some(self.release);
        let decider = self.binaries.iter().filter(needs).find(|facts| facts.is_for(&claim));
        let (member, why) = match decider {
            Some(BinaryFacts { path, reason: Some(why), .. }) => (path.as_str(), why.clone()),
            _ => (self.target.name(), format!("{} {} or newer", os.release_of, self.release)),
        };
        let what = format!("needs {why}, but {} was requested", os.minimum_name(requested));
        Some(Finding::new(catalogue::TAG_TOO_LOW, member, what))
    }
}
