//! Compares the platform tags of the file name with what the binaries need and the index accepts.

use super::documents::Documents;
use crate::audit::claim::names;
use crate::audit::loaded::{described, is_for_another_apple_system};
use crate::audit::{BinaryFacts, BinaryFile, Finding, PlatformClaim, Report, catalogue};
use crate::target::{
    ANDROID, IOS, IOS_SIMULATOR, LINUX, MACOS, MUSL, Os, PlatformTag, Release, WINDOWS,
};
use crate::wheel::WheelName;

/// What the platform tags of `name` claim.
pub(super) fn claims(name: Option<&WheelName>) -> Vec<PlatformClaim> {
    let tags = name.map(|name| name.tag.platforms()).unwrap_or_default();
    tags.iter().filter_map(|tag| PlatformClaim::of_tag(tag)).collect()
}

pub(super) fn check(
    name: &WheelName,
    documents: &Documents,
    files: &[BinaryFile],
    facts: &[BinaryFacts],
    claims: &[PlatformClaim],
    has_data: bool,
    findings: &mut Vec<Finding>,
) {
    let native: Vec<_> = files.iter().filter(|file| file.is_native()).collect();
    if name.tag.platforms().iter().any(|tag| tag == "any") {
        for file in &native {
            let what = format!("is {} in a wheel for any platform", described(file));
            findings.report(catalogue::TAG_NATIVE_IN_ANY, &file.path, what);
        }
    }
    check_purelib(name, documents, &native, has_data, findings);
    for facts in facts {
        too_low(facts, claims, findings);
    }
    unserved(&native, claims, findings);
}

/// Reports each platform tag for which none of several platforms' binaries is.
fn unserved(native: &[&BinaryFile], claims: &[PlatformClaim], findings: &mut Vec<Finding>) {
    let runs_on = |claim: &PlatformClaim, file: &BinaryFile| {
        let libc = file.libc();
        claim.loads(file.format)
            && file.archs().into_iter().any(|arch| claim.serves(Some(arch)))
            && (libc.is_none() || libc == claim.libc())
            && !is_for_another_apple_system(file, std::slice::from_ref(claim))
    };
    let is_served = |claim: &PlatformClaim| native.iter().any(|file| runs_on(claim, file));
    // If no tag is served, each binary has a finding of its own.
    if !claims.iter().any(is_served) {
        return;
    }
    let unserved: Vec<_> = claims.iter().filter(|claim| !is_served(claim)).collect();
    if !unserved.is_empty() {
        let what = format!("is tagged {}, but has no binary that runs there", names(&unserved));
        findings.report(catalogue::TAG_UNSERVED, "", what);
    }
}

/// Reports the platform tag of a wheel without binaries.
pub(super) fn unneeded(name: &WheelName, findings: &mut Vec<Finding>) {
    let tag = name.tag.platforms().join(".");
    let what = format!("is tagged {tag}, but contains no native code");
    findings.report(catalogue::TAG_UNNEEDED_PLATFORM, "", what);
}

fn check_purelib(
    name: &WheelName,
    documents: &Documents,
    native: &[&BinaryFile],
    has_data: bool,
    findings: &mut Vec<Finding>,
) {
    let (Some(info), Some(dist_info)) = (&documents.wheel, &documents.dist_info) else {
        return;
    };
    let wheel = format!("{dist_info}/WHEEL");
    let parts = |file: &BinaryFile| {
        let (top, rest) = file.path.split_once('/').unwrap_or(("", &file.path));
        (top.ends_with(".data"), rest.starts_with("purelib/"))
    };
    if let Some(file) = native.iter().find(|file| parts(file) == (true, true)) {
        let what = "is native code, but is installed into purelib";
        findings.report(catalogue::TAG_PURELIB, &file.path, what);
    }
    // Root-Is-Purelib does not apply to files in .data.
    let at_root = native.iter().find(|file| !parts(file).0);
    if let Some(file) = at_root.filter(|_| info.root_is_purelib) {
        let what = format!("says Root-Is-Purelib: true, but {} is native code", file.path);
        findings.report(catalogue::TAG_PURELIB, &wheel, what);
    }
    if !info.root_is_purelib && native.is_empty() && !has_data && name.tag.is_pure() {
        let what = "says Root-Is-Purelib: false, but the wheel has no native code";
        findings.report(catalogue::TAG_PURELIB_FALSE, &wheel, what);
    }
}

/// Reports a binary that needs a newer C library or macOS than its tags promise.
fn too_low(facts: &BinaryFacts, claims: &[PlatformClaim], findings: &mut Vec<Finding>) {
    let promises = |claim: &&PlatformClaim| claim.os == facts.os && claim.min_release.is_some();
    let own = claims.iter().filter(promises).filter(|claim| facts.is_for(claim));
    let lowest = own.min_by_key(|claim| claim.min_release);
    let (Some(claim), Some(needs)) = (lowest, facts.needs) else {
        return;
    };
    // Tags for macOS 11 and later have no minor release, so 12.3 counts as 12.0.
    if claim.min_release.is_some_and(|min| min < facts.os.tagged(needs)) {
        let system = facts.os.release_of;
        let why = facts.reason.clone().unwrap_or_else(|| format!("{system} {needs}"));
        let what = format!("needs {why}, but the wheel is tagged {claim}");
        findings.report(catalogue::TAG_TOO_LOW, &facts.path, what);
    } else if claim.min_release.is_some_and(|min| min < needs) {
        let system = facts.os.release_of;
        let what = format!(
            "needs {system} {needs}, but the wheel is tagged {claim}, which {system} {} also accepts",
            facts.os.tagged(needs)
        );
        findings.report(catalogue::TAG_MINOR_RELEASE, &facts.path, what);
    }
}

/// Checks the size of a file.
pub(in crate::audit) fn check_size(size: u64, findings: &mut Vec<Finding>) {
    const LIMIT: u64 = 100 << 20;
    /// The index grants no project more.
    const MAX_LIMIT: u64 = 1 << 30;
    if size > LIMIT {
        let limit = match size > MAX_LIMIT {
            true => "takes at most 1 GiB, whatever limit a project was given",
            false => "takes 100 MiB by default",
        };
        // Rounded up, so that it is never the limit itself.
        let tenths = (u128::from(size) * 10).div_ceil(1 << 20);
        let what = format!("has {}.{} MiB; the index {limit}", tenths / 10, tenths % 10);
        findings.report(catalogue::INDEX_FILE_SIZE, "", what);
    }
}

/// Checks what only the index rejects.
pub(super) fn check_index(name: Option<&WheelName>, findings: &mut Vec<Finding>) {
    let Some(name) = name else {
        return;
    };
    for tag in name.tag.platforms().iter().filter(|tag| !is_accepted(tag)) {
        let what = format!("is tagged {tag}, which the index does not accept");
        findings.report(catalogue::INDEX_PLATFORM, "", what);
    }
    if !name.version.local().is_empty() {
        let what = format!("has the local version {}", name.version);
        findings.report(catalogue::INDEX_LOCAL_VERSION, "", what);
    }
}

/// The architectures that the index knows in the tags of a system, with and without a release.
const KNOWN: &[(&Os, bool, &str)] = &[
    (LINUX, true, "aarch64 armv7l i686 ppc64 ppc64le riscv64 s390x x86_64"),
    (LINUX, false, "armv6l armv7l"),
    (MUSL, true, "aarch64 armv7l i686 ppc64le riscv64 s390x x86_64"),
    (MACOS, true, "arm64 fat fat3 fat64 i386 intel ppc ppc64 universal universal2 x86_64"),
    (WINDOWS, false, "x86 amd64 arm64 ia64"),
    (ANDROID, true, "arm64_v8a armeabi_v7a x86 x86_64"),
    (IOS, true, "arm64 x86_64"),
    (IOS_SIMULATOR, true, "arm64 x86_64"),
];

/// The major macOS releases that the index knows, besides 10.
const MACOS_RELEASES: &[u16] = &[11, 12, 13, 14, 15, 26];

/// The architectures that the index knows in the older manylinux tags.
const OLDER: &[(&str, &str)] = &[
    ("manylinux1_", "i686 x86_64"),
    ("manylinux2010_", "i686 x86_64"),
    ("manylinux2014_", "aarch64 armv7l i686 ppc64 ppc64le s390x x86_64"),
];

/// Systems without a row: the text before the release, its numbers, and what may follow them.
const OTHERS: &[(&str, usize, &str)] = &[("pyemscripten_", 2, "wasm32")];

/// Whether the index accepts the platform tag `tag`.
fn is_accepted(tag: &str) -> bool {
    let is_one = |list: &str, arch: &str| list.split(' ').any(|known| known == arch);
    if let Some((family, archs)) = OLDER.iter().find(|(family, _)| tag.starts_with(family)) {
        return is_one(archs, tag.trim_start_matches(family));
    }
    match tag.parse() {
        Ok(PlatformTag::Any) => true,
        Ok(PlatformTag::Native { os, release, arch }) => {
            let is_known = |(of, has_release, archs): &(&Os, bool, &str)| {
                *of == os && *has_release == release.is_some() && is_one(archs, &arch)
            };
            let is_released = |release: Release| {
                os != MACOS
                    || release.major == 10
                    || (MACOS_RELEASES.contains(&release.major) && release.minor == 0)
            };
            KNOWN.iter().any(is_known) && release.is_none_or(is_released)
        }
        Ok(PlatformTag::Other(other)) => OTHERS.iter().any(|(family, numbers, archs)| {
            let Some(mut rest) = other.strip_prefix(family) else {
                return false;
            };
            for _ in 0..*numbers {
                match rest.split_once('_') {
                    Some((number, after)) if number.parse::<u32>().is_ok() => rest = after,
                    _ => return false,
                }
            }
            is_one(archs, rest)
        }),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_file_needs_a_higher_limit_and_no_limit_is_above_one_gibibyte() {
        let found = |size| {
            let mut findings = Vec::new();
            check_size(size, &mut findings);
            findings.first().map(|finding| finding.what.clone())
        };
        assert_eq!(found(100 << 20), None);
        for (size, part) in [
            ((100 << 20) + 1, "has 100.1 MiB; the index takes 100 MiB by default"),
            (1 << 30, "has 1024.0 MiB; the index takes 100 MiB by default"),
            ((1 << 30) + 1, "has 1024.1 MiB; the index takes at most 1 GiB"),
        ] {
            assert!(found(size).is_some_and(|what| what.contains(part)), "{size}");
        }
    }

    #[test]
    fn the_index_accepts_known_platforms() {
        let accepted = "any win_arm64 macosx_10_9_x86_64 macosx_26_0_arm64 manylinux2014_x86_64 \
            manylinux_2_28_riscv64 musllinux_1_2_i686 linux_armv7l android_24_arm64_v8a \
            android_21_x86 ios_13_0_arm64_iphoneos ios_12_1_x86_64_iphonesimulator \
            pyemscripten_2024_0_wasm32 manylinux1_i686 manylinux2014_s390x manylinux_2_17_riscv64";
        for tag in accepted.split(' ') {
            assert!(is_accepted(tag), "{tag}");
        }
        let rejected = "linux_x86_64 macosx_12_3_arm64 macosx_16_0_arm64 \
            manylinux_2_36_loongarch64 win_x86 solaris_2_11 android_24_arm ios_13_arm64 \
            ios_13_0_armv7_iphoneos pyemscripten_0_wasm64 pyemscripten_2024_0_wasm64 \
            manylinux2014_riscv64 manylinux1_aarch64 manylinux2010_aarch64 android_x_x86";
        for tag in rejected.split(' ') {
            assert!(!is_accepted(tag), "{tag}");
        }
    }
}
