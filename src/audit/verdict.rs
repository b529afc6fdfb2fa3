//! Judges all the binaries of a wheel for one target.
//!
//! In: a [`Subject`], files of a wheel and their target. Out: a [`Verdict`], with the platform tag
//! that the binaries need, the symbol that decides it, and what is wrong.

use super::binaries::{self, Judged, MemberFacts};
use super::finding::{Finding, code};
use super::{PlatformClaim, Severity};
use crate::target::{PlatformTag, Release, Target};

/// A Python extension module of a wheel.
#[derive(Debug, Clone, Copy)]
pub struct Extension<'a> {
    /// Its path in the wheel: `example/_example.abi3.so`.
    pub path: &'a str,
    /// The module's name, with or without its packages: `example._example`.
    pub module: &'a str,
    /// The minimum Python in the wheel's tag, if it is tagged `abi3`.
    pub abi3: Option<Release>,
}

/// The files to judge.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Where the wheel must run.
    pub target: Target,
    /// Files of the wheel: path and bytes. Only binaries are judged.
    pub members: &'a [(&'a str, &'a [u8])],
    /// Which of them are extension modules.
    pub extensions: &'a [Extension<'a>],
}

/// The result: what the binaries need, and what is wrong with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The target of the wheel.
    pub target: Target,
    /// The system release that the binaries need, at least the target's minimum.
    pub release: Release,
    /// The platform tag of that release.
    pub tag: PlatformTag,
    /// What decides it, if not the target: `libhello.so needs GLIBC_2.34 (pthread_create)`.
    pub because: Option<String>,
    /// The facts about each binary, in the order of the files.
    pub members: Vec<MemberFacts>,
    /// The findings, sorted.
    pub findings: Vec<Finding>,
}

/// Judges `subject`.
///
/// # Errors
/// All findings, if one is an error. Otherwise the warnings are in the verdict.
pub fn judge(subject: &Subject<'_>) -> Result<Verdict, Vec<Finding>> {
    let verdict = examine(subject);
    if verdict.findings.iter().any(|finding| finding.severity() == Severity::Error) {
        return Err(verdict.findings);
    }
    Ok(verdict)
}

/// Judges `subject` and returns a verdict even if there are errors.
pub fn examine(subject: &Subject<'_>) -> Verdict {
    let target = subject.target;
    let claims = [PlatformClaim::of_target(target)];
    let mut findings = Vec::new();
    let members: Vec<_> = subject
        .members
        .iter()
        .filter_map(|(path, bytes)| {
            let bytes = (*bytes).into();
            binaries::is_at_home(path, bytes, &claims, &mut findings)
                .then(|| binaries::read(path, bytes, &mut findings))?
        })
        .collect();
    let Judged { facts, findings: found } = binaries::judge(&members, &claims, subject.extensions);
    findings.extend(found);
    findings.sort();
    let [claim] = &claims;
    let mut release = target.min_release();
    let mut because = None;
    for member in facts.iter().filter(|member| member.is_for(claim)) {
        // The first of several members with the same need is named.
        let decides =
            |needs: &Release| *needs > release || (*needs == release && because.is_none());
        if let Some(needs) = member.needs.filter(decides) {
            release = needs;
            because = member.because.as_ref().map(|why| format!("{} needs {why}", member.path));
        }
    }
    Verdict {
        target,
        release,
        tag: target.platform_tag(release),
        because,
        members: facts,
        findings,
    }
}

impl MemberFacts {
    /// Whether it runs on the claimed platform. Only such binaries decide the wheel's tag.
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
        let needs = |member: &&MemberFacts| member.needs == Some(self.release);
        let decider = self.members.iter().filter(needs).find(|member| member.is_for(&claim));
        let (member, why) = match decider {
            Some(MemberFacts { path, because: Some(why), .. }) => (path.as_str(), why.clone()),
            _ => (self.target.name(), format!("{} {} or newer", os.release_of, self.release)),
        };
        let what = format!("needs {why}, but {} was requested", os.minimum_name(requested));
        Some(Finding::new(code::TAG_TOO_LOW, member, what))
    }
}
