//! `pygo check --explain TAG`: what a part of a wheel's tag promises.

use crate::target::{Libc, Os, PlatformTag, Release, systems};

/// A heading and sentences below it, with labels.
pub(super) type Explained = Vec<(&'static str, String)>;

/// What `tag` means: a platform tag, an ABI tag or a Python tag. None if it is none of these.
pub(super) fn explain(tag: &str) -> Option<Explained> {
    match tag {
        "any" => Some(vec![
            ("promises", "the wheel has no native code and works on every system".to_owned()),
            ("runs on", "every platform".to_owned()),
        ]),
        "none" => Some(vec![(
            "promises",
            "the wheel does not use Python's C API: it has no extension module, or only libraries \
             that ctypes or cffi load"
                .to_owned(),
        )]),
        "abi3" => Some(vec![
            (
                "promises",
                "extension modules use only the stable ABI of the Python in front of it: \
                 cp310-abi3 works with CPython 3.10 and every later one"
                    .to_owned(),
            ),
            ("runs on", "CPython with the GIL; free-threaded Python needs abi3t".to_owned()),
            ("pygo", "builds cp3N-abi3 from `requires-python`, and checks every symbol".to_owned()),
        ]),
        "abi3t" => Some(vec![(
            "promises",
            "extension modules use only the stable ABI for free-threaded Python, 3.15 and later"
                .to_owned(),
        )]),
        _ => python(tag).or_else(|| platform(tag)),
    }
}

/// `cp312`, `cp313t`, `pp310`, `py3`.
fn python(tag: &str) -> Option<Explained> {
    let (implementation, digits) = [("CPython", "cp"), ("PyPy", "pp"), ("any Python", "py")]
        .into_iter()
        .find_map(|(name, prefix)| Some((name, tag.strip_prefix(prefix)?)))?;
    let (digits, threads) = match digits.strip_suffix('t') {
        Some(digits) => (digits, true),
        None => (digits, false),
    };
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let (major, minor) = digits.split_at_checked(1).filter(|_| is_number)?;
    let release = if minor.is_empty() { major.to_owned() } else { format!("{major}.{minor}") };
    if implementation == "any Python" {
        let what = if minor.is_empty() {
            format!("the files work with every release of Python {release}")
        } else {
            format!("the files work with Python {release} and every later release")
        };
        return Some(vec![("promises", what)]);
    }
    let kind = if threads { "free-threaded " } else { "" };
    Some(vec![
        (
            "promises",
            format!(
                "as a Python tag: the wheel is for {kind}{implementation} {release}; with abi3, \
                 also for later ones. As an ABI tag: its extension modules load only there"
            ),
        ),
        ("pygo", "requires the suffix and the Python symbols of that release".to_owned()),
    ])
}

fn platform(tag: &str) -> Option<Explained> {
    let Ok(PlatformTag::Native { os, release, arch }) = tag.parse::<PlatformTag>() else {
        return None;
    };
    let mut lines = Vec::new();
    let parsed = PlatformTag::Native { os, release, arch: arch.clone() };
    match (os.libc, release) {
        (Some(libc @ (Libc::Glibc | Libc::Musl)), Some(release)) => {
            linux(&mut lines, os, libc, release, &arch)
        }
        (Some(Libc::Glibc | Libc::Musl), None) => {
            lines.push(("promises", format!("nothing but Linux on {arch}")));
            lines.push(("runs on", "perhaps only the system that built it".to_owned()));
            lines.push(("pygo", "reports it (IDX001): the index rejects it".to_owned()));
        }
        (None | Some(Libc::Bionic), release) => {
            let system = match release {
                Some(release) => {
                    let release = os.tag_release(release).replace('_', ".");
                    let sdk = os.sdk.map_or_else(String::new, |sdk| format!(" ({sdk})"));
                    format!("{} {release} and later{sdk}", os.release_of)
                }
                None => os.release_of.to_owned(),
            };
            lines.push(("promises", format!("every binary loads on {system}, on {arch}")));
            lines.push(("runs on", system));
        }
    }
    let others: Vec<_> = parsed.expanded().into_iter().filter(|other| other != tag).collect();
    if !others.is_empty() {
        lines.push(("same as", others.join(", ")));
    }
    if release.is_some() {
        lines.extend(os.refusal.is_none().then(|| ("Go", go(os))).filter(|(_, go)| !go.is_empty()));
    }
    if let Some((_, help)) = os.refusal {
        lines.push(("pygo", help.replace('\n', "; ")));
    }
    Some(lines)
}

fn linux(lines: &mut Explained, os: &Os, libc: Libc, release: Release, arch: &str) {
    let policy = os.minimum_name(release);
    lines.push((
        "promises",
        format!(
            "every binary that is loaded is for {arch}, needs {} {release} or older, and takes \
             from the system only the libraries and symbol versions that the policy {policy} allows",
            os.release_of
        ),
    ));
    let known: Vec<_> = systems(libc, release).collect();
    let examples = if known.is_empty() { String::new() } else { format!(": {}", known.join(", ")) };
    lines.push(("runs on", format!("{} {release} and later{examples}", os.release_of)));
    lines.push((
        "pygo",
        format!("reads the lowest policy from the binaries; TAG013 if it is above {policy}"),
    ));
}

/// What Go requires of the system, by release.
fn go(os: &Os) -> String {
    let needs = os.go_minimums.iter().map(|(since, release)| {
        let minimum = os.minimum_name(*release);
        if *since == 0 { minimum } else { format!("since Go 1.{since} {minimum}") }
    });
    let needs: Vec<_> = needs.collect();
    if needs.is_empty() { String::new() } else { format!("needs {} or later", needs.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(tag: &str) -> String {
        let lines = explain(tag).unwrap_or_default();
        lines.iter().map(|(label, line)| format!("{label}: {line}\n")).collect()
    }

    #[test]
    fn tags_are_explained_from_the_rows_of_their_systems() {
        let linux = text("manylinux_2_28_x86_64");
        for part in
            ["glibc 2.28 and later: ", "RHEL 8", "Debian 12", "since Go 1.24 manylinux_2_17"]
        {
            assert!(linux.contains(part), "{part} in {linux}");
        }
        assert!(!linux.contains("RHEL 7"), "{linux}");
        assert!(text("manylinux2014_aarch64").contains("same as: manylinux_2_17_aarch64"));
        assert!(text("musllinux_1_2_x86_64").contains("Alpine 3.13"));
        assert!(text("macosx_13_0_arm64").contains("runs on: macOS 13.0 and later"));
        assert!(text("android_24_x86").contains("runs on: Android API level 24 and later"));
        assert!(text("ios_13_0_arm64_iphoneos").contains("iOS 13.0 and later (iphoneos)"));
        assert!(text("win_amd64").contains("runs on: Windows"));
        assert!(text("linux_x86_64").contains("IDX001"));
        assert!(text("abi3").contains("cp310-abi3"));
        assert!(text("cp312").contains("CPython 3.12"));
        assert!(text("cp314t").contains("free-threaded CPython 3.14"));
        assert_eq!(text("py3"), "promises: the files work with every release of Python 3\n");
        assert!(text("py310").contains("work with Python 3.10 and every later release"));
        for other in ["cp", "cpx", "manylinux", "ELF999", "é", "cpé12", ""] {
            assert_eq!(explain(other), None, "{other}");
        }
    }
}
