//! The platform tags of the file name against what the binaries need, and what the index takes.

use super::super::{Finding, Member, MemberFacts, PlatformClaim, catalogue as code};
use super::{Documents, promising};
use crate::target::{LINUX, MACOS, MUSL, Os, PlatformTag, Release, WINDOWS};
use crate::wheel::WheelName;

/// What the platform tags of `name` promise, each once.
pub(super) fn claims(name: Option<&WheelName>) -> Vec<PlatformClaim> {
    let tags = name.map(|name| name.tag.platforms()).unwrap_or_default();
    tags.iter().filter_map(|tag| PlatformClaim::of_tag(tag)).collect()
}

pub(super) fn check(
    name: Option<&WheelName>,
    documents: &Documents,
    members: &[Member],
    facts: &[MemberFacts],
    claims: &[PlatformClaim],
    findings: &mut Vec<Finding>,
) {
    let Some(name) = name else {
        return;
    };
    let is_any = name.tag.platforms().iter().any(|tag| tag == "any");
    let native: Vec<_> = members.iter().filter(|member| member.is_native()).collect();
    if is_any {
        for member in &native {
            let archs = member.archs().join(" and ");
            let what =
                format!("is a {} for {archs}, in a wheel for any platform", member.format.name());
            findings.push(Finding::new(code::TAG_NATIVE_IN_ANY, &member.path, what));
        }
    }
    check_purelib(name, documents, &native, findings);
    for facts in facts {
        too_low(facts, claims, findings);
    }
}

/// A wheel for one platform has a reason for that.
pub(super) fn check_need(
    name: Option<&WheelName>,
    members: &[Member],
    claims: &[PlatformClaim],
    findings: &mut Vec<Finding>,
) {
    let Some(name) = name.filter(|_| members.is_empty() && !claims.is_empty()) else {
        return;
    };
    let what = format!("is tagged {} and holds no native code", name.tag.platforms().join("."));
    findings.push(Finding::new(code::TAG_UNNEEDED_PLATFORM, "", what));
}

fn check_purelib(
    name: &WheelName,
    documents: &Documents,
    native: &[&Member],
    findings: &mut Vec<Finding>,
) {
    let (Some(info), Some(dist_info)) = (&documents.wheel, &documents.dist_info) else {
        return;
    };
    let path = format!("{dist_info}/WHEEL");
    let in_purelib = native.iter().find(|member| {
        let mut parts = member.path.split('/');
        parts.next().is_some_and(|top| top.ends_with(".data")) && parts.next() == Some("purelib")
    });
    if let Some(member) = in_purelib {
        let what = "is native code, and installed as if it were not (purelib)";
        findings.push(Finding::new(code::TAG_PURELIB, &member.path, what));
    }
    // What lies in .data says for itself where it goes: libraries may be in its platlib.
    let mut at_root = native
        .iter()
        .filter(|member| !member.path.split('/').next().is_some_and(|top| top.ends_with(".data")));
    if let Some(member) = at_root.next().filter(|_| info.root_is_purelib) {
        let what = format!("says Root-Is-Purelib: true, and {} is native code", member.path);
        findings.push(Finding::new(code::TAG_PURELIB, &path, what));
    }
    if !info.root_is_purelib && native.is_empty() && name.tag.is_pure() {
        let what = "says Root-Is-Purelib: false, and there is no native code";
        findings.push(Finding::new(code::TAG_PURELIB_FALSE, &path, what));
    }
}

/// The promise that a binary does not keep, of those about its own C library or macOS.
fn too_low(facts: &MemberFacts, claims: &[PlatformClaim], findings: &mut Vec<Finding>) {
    let serves = |claim: &&PlatformClaim| facts.arch.iter().any(|arch| claim.serves(Some(arch)));
    let about = |claim: &&PlatformClaim| claim.os == facts.os;
    let lowest =
        promising(claims).filter(about).filter(serves).min_by_key(|claim| claim.min_release);
    let (Some(claim), Some(needs)) = (lowest, facts.needs) else {
        return;
    };
    // Tags from macOS 11 on name no minor release, so none can promise 12.3 or leave it out.
    if claim.min_release.is_some_and(|min| min < facts.os.tagged(needs)) {
        let system = facts.os.release_of;
        let why = facts.because.clone().unwrap_or_else(|| format!("{system} {needs}"));
        let what = format!("needs {why}, and the wheel is tagged {claim}");
        findings.push(Finding::new(code::TAG_TOO_LOW, &facts.path, what));
    }
}

/// What only the index asks for.
pub(super) fn check_index(name: Option<&WheelName>, size: u64, findings: &mut Vec<Finding>) {
    const LIMIT: u64 = 100 << 20;
    if size > LIMIT {
        let what = format!("is {} MB large", size / 1_000_000);
        findings.push(Finding::new(code::INDEX_FILE_SIZE, "", what));
    }
    let Some(name) = name else {
        return;
    };
    for tag in name.tag.platforms().iter().filter(|tag| !is_taken(tag)) {
        let what = format!("is tagged {tag}, which the index does not take");
        findings.push(Finding::new(code::INDEX_PLATFORM, "", what));
    }
    if !name.version.local().is_empty() {
        let what = format!("has the version {}, with a local part", name.version);
        findings.push(Finding::new(code::INDEX_LOCAL_VERSION, "", what));
    }
}

/// The processors that the index knows in tags of a system: with a release, or without one.
const KNOWN: &[(&Os, bool, &[&str])] = &[
    (LINUX, true, &["aarch64", "armv7l", "i686", "ppc64", "ppc64le", "riscv64", "s390x", "x86_64"]),
    (LINUX, false, &["armv6l", "armv7l"]),
    (MUSL, true, &["aarch64", "armv7l", "i686", "ppc64le", "riscv64", "s390x", "x86_64"]),
    (
        MACOS,
        true,
        &[
            "arm64",
            "fat",
            "fat3",
            "fat64",
            "i386",
            "intel",
            "ppc",
            "ppc64",
            "universal",
            "universal2",
            "x86_64",
        ],
    ),
    (WINDOWS, false, &["x86", "amd64", "arm64", "ia64"]),
];

/// The releases of macOS that the index knows, besides 10.
const MACOS_RELEASES: &[u16] = &[11, 12, 13, 14, 15, 26];

/// Whether the index takes the platform tag `tag`.
fn is_taken(tag: &str) -> bool {
    match tag.parse() {
        Ok(PlatformTag::Any) => true,
        Ok(PlatformTag::Native { os, release, arch }) => {
            let is_known = |(of, has_release, archs): &(&Os, bool, &[&str])| {
                *of == os && *has_release == release.is_some() && archs.contains(&arch.as_str())
            };
            let is_released = |release: Release| {
                os != MACOS
                    || release.major == 10
                    || (MACOS_RELEASES.contains(&release.major) && release.minor == 0)
            };
            KNOWN.iter().any(is_known) && release.is_none_or(is_released)
        }
        Ok(PlatformTag::Other(other)) => {
            ["ios_", "android_", "pyemscripten_"].iter().any(|family| other.starts_with(family))
        }
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_takes_what_it_knows() {
        for tag in [
            "any",
            "win_arm64",
            "macosx_10_9_x86_64",
            "macosx_26_0_arm64",
            "manylinux2014_x86_64",
            "manylinux_2_28_riscv64",
            "musllinux_1_2_i686",
            "linux_armv7l",
            "android_24_arm64_v8a",
        ] {
            assert!(is_taken(tag), "{tag}");
        }
        for tag in [
            "linux_x86_64",
            "macosx_12_3_arm64",
            "macosx_16_0_arm64",
            "manylinux_2_36_loongarch64",
            "win_x86",
            "solaris_2_11",
        ] {
            assert!(!is_taken(tag), "{tag}");
        }
    }
}
