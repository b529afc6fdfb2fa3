//! Judges the binaries of a wheel before it is written.
//!
//! In: the files of a wheel and what they should be. Out: a [`Verdict`] with the platform tag that the
//! binaries need and the symbol that decides it.

use super::closure::Surroundings;
use super::loaded::{self, Aim};
use super::{
    BinaryFacts, Excluded, Extension, Finding, PlatformClaim, Severity, binaries, catalogue,
};
use crate::target::{PlatformTag, Release, Target};

/// The facts and findings about a wheel's binaries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The target the wheel is built for.
    pub target: Target,
    /// The release of glibc or macOS that the binaries need, at least the target's minimum.
    pub release: Release,
    /// The platform tag of that release.
    pub tag: PlatformTag,
    /// The tag for musl, if no binary needs a C library.
    pub musl_tag: Option<PlatformTag>,
    /// The reason for it: `libhello.so needs GLIBC_2.34 (pthread_create)`. `None` if the target's
    /// minimum does.
    pub because: Option<String>,
    /// Facts about each binary, in the order given.
    pub binaries: Vec<BinaryFacts>,
    /// The problems, sorted.
    pub findings: Vec<Finding>,
}

/// Judges the binaries among `files`, the paths and bytes of a wheel for `target`, which should have
/// `extensions`.
pub fn judge(target: Target, files: &[(&str, &[u8])], extensions: &[Extension<'_>]) -> Verdict {
    judge_except(target, files, extensions, &Excluded::default())
}

/// Judges a wheel like [`judge`], but looks for no library in `excluded`.
pub fn judge_except(
    target: Target,
    files: &[(&str, &[u8])],
    extensions: &[Extension<'_>],
    excluded: &Excluded,
) -> Verdict {
    let claims = [PlatformClaim::of_target(target)];
    let mut findings = Vec::new();
    let mut own = Vec::new();
    for (path, bytes) in files {
        let bytes = (*bytes).into();
        own.extend(binaries::read(path, bytes, &claims, &mut findings));
    }
    let mut own = loaded::without_data(own, Aim::Platforms(&claims), &mut findings);
    // What is left of the foreign binaries is an error already.
    own.retain(|file| claims.iter().any(|claim| claim.loads(file.format)));
    // The project says which libraries come from elsewhere; nothing is guessed.
    let around = Surroundings::none(excluded);
    let facts = binaries::judge(&own, &claims, extensions, around, &mut findings);
    findings.sort();
    findings.dedup();
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
    let runs_on_musl = |facts: &BinaryFacts| facts.is_static && facts.refused_by_musl.is_none();
    let musl_tag =
        target.musl_tag().filter(|_| !facts.is_empty() && facts.iter().all(runs_on_musl));
    Verdict {
        target,
        release,
        tag: target.platform_tag(release),
        musl_tag,
        because,
        binaries: facts,
        findings,
    }
}

impl Verdict {
    /// The platform tags, each alone.
    pub fn tags(&self) -> Vec<String> {
        let all = std::iter::once(&self.tag).chain(&self.musl_tag);
        all.flat_map(PlatformTag::expanded).collect()
    }

    /// Whether any finding is an error.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }

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
