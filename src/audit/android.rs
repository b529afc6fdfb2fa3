//! What an Android wheel may expect from the system and from Python, and which API level it needs.
//!
//! In: an [`Elf`] and those of its needed libraries that do not come with the wheel. Out: the lowest
//! API level it runs on, and why.
//!
//! Source: PEP 738; the NDK's stable APIs, in `toolchains/android.txt`; for `DT_RUNPATH`, Bionic's
//! "Android changes for NDK developers".

use std::collections::HashMap;
use std::sync::LazyLock;

use super::elf::Elf;
use crate::target::{ANDROID, Release};

/// The first API level whose loader reads `DT_RUNPATH`. It never reads `DT_RPATH`.
const RUNPATH_SINCE: u16 = 24;

/// Library -> the first API level that has it.
static LIBRARIES: LazyLock<HashMap<&'static str, u16>> = LazyLock::new(|| {
    let mut found = HashMap::new();
    for line in include_str!("../../toolchains/android.txt").lines() {
        let mut words = line.split(' ');
        if let Some(level) = words.next().and_then(|level| level.parse().ok()) {
            found.extend(words.map(|library| (library, level)));
        }
    }
    found
});

/// Whether any Android, or the Python in the app, provides `library`.
pub(super) fn provides(library: &str) -> bool {
    LIBRARIES.contains_key(library)
}

/// The API level that `elf` needs. `system` are its needed libraries that come from the system, and
/// `found` is one that its `DT_RUNPATH` leads to.
pub(super) fn needs(elf: &Elf, system: &[&str], found: Option<&str>) -> Option<(Release, String)> {
    let built = elf.android.map(|level| (level, String::new()));
    let libraries = system.iter().filter_map(|name| {
        let level = *LIBRARIES.get(name)?;
        Some((level, format!(" ({name})")))
    });
    let runpath = found.map(|name| (RUNPATH_SINCE, format!(" (RUNPATH, which leads to {name})")));
    // Of equal levels, the first reason counts.
    let all: Vec<_> = built.into_iter().chain(libraries).chain(runpath).collect();
    let (level, why) = all.iter().rev().max_by_key(|(level, _)| *level)?;
    Some((Release::new(*level, 0), format!("{} {level}{why}", ANDROID.release_of)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(elf: &Elf, system: &[&str], found: Option<&str>) -> Option<(u16, String)> {
        needs(elf, system, found).map(|(release, why)| (release.major, why))
    }

    #[test]
    fn the_highest_need_decides_the_api_level() {
        let built = |android| Elf { android, ..Elf::default() };
        let because = |level, why: &str| Some((level, why.to_owned()));
        assert_eq!(level(&built(None), &[], None), None);
        let own = level(&built(Some(24)), &["libc.so", "libcamera2ndk.so"], None);
        assert_eq!(own, because(24, "Android API level 24"));
        let library = level(&built(Some(24)), &["liblog.so", "libaaudio.so"], None);
        assert_eq!(library, because(26, "Android API level 26 (libaaudio.so)"));
        let runpath = level(&built(Some(21)), &[], Some("libx.so"));
        assert_eq!(runpath, because(24, "Android API level 24 (RUNPATH, which leads to libx.so)"));
    }

    #[test]
    fn libraries_of_the_system_and_of_python_are_known() {
        for library in ["libc.so", "libGLESv3.so", "libvulkan.so", "libssl_python.so"] {
            assert!(provides(library), "{library}");
        }
        for library in ["libc++_shared.so", "libc.so.6", "libssl.so", "Generated", "#"] {
            assert!(!provides(library), "{library}");
        }
    }
}
