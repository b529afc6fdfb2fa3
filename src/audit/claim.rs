//! Where a wheel's binaries must run, by a platform tag or a target.
//!
//! In: a [`Target`] or a platform tag. Out: a [`PlatformClaim`]: the system that loads the binaries,
//! the processors they must support and the minimum release. A wheel with several tags makes
//! several claims.

use std::borrow::Borrow;
use std::fmt;

use super::Format;
use crate::target::{Arch, BinaryFormat, FATS, Libc, Os, PlatformTag, Release, Target};

/// A platform that binaries must run on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlatformClaim {
    /// Its usual name: `linux-amd64`, or the tag itself.
    pub name: String,
    /// The system that loads the binaries.
    pub os: &'static Os,
    /// The processors, as tags of that system name them. A fat binary must support all of them.
    pub archs: Vec<String>,
    /// The version of the architecture, if the processor's name stands for one: 6 for `armv6l`.
    pub level: Option<u8>,
    /// The release of glibc, musl, macOS or another system that the tag says is enough.
    pub min_release: Option<Release>,
}

impl fmt::Display for PlatformClaim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl PlatformClaim {
    /// The claim of a wheel built for `target`. It names no release: that is read from the binaries.
    pub fn of_target(target: Target) -> Self {
        let archs = target.slices().iter().map(|slice| slice.tag_arch().to_owned());
        let levels = target.slices().iter().map(|slice| slice.arch.level(slice.tag_arch()));
        Self {
            level: levels.min().flatten(),
            name: target.to_string(),
            os: target.os(),
            archs: archs.collect(),
            min_release: None,
        }
    }

    /// The claim of the platform tag `text`; `None` for `any`, and for systems whose binaries
    /// cannot be read here (WebAssembly, Windows on Itanium).
    pub fn of_tag(text: &str) -> Option<Self> {
        let PlatformTag::Native { os, release, arch } = text.parse().ok()? else {
            return None;
        };
        let arch = os.arch_of_tag(&arch).to_owned();
        let known = Arch::tagged(os.format, &arch);
        let level = known.and_then(|known| known.level(&arch));
        let archs = match os.format {
            BinaryFormat::Pe => vec![known?.tag(os.format).to_owned()],
            BinaryFormat::Elf => vec![known.map_or(arch, |arch| arch.tag(os.format).to_owned())],
            BinaryFormat::MachO => match FATS.iter().find(|fat| fat.name == arch) {
                Some(fat) => fat.archs.iter().map(|arch| arch.tag(os.format).to_owned()).collect(),
                None => vec![arch],
            },
        };
        Some(Self { name: text.to_owned(), os, archs, level, min_release: release })
    }

    /// Whether the system loads files of `format`.
    pub fn loads(&self, format: Format) -> bool {
        format.binary() == Some(self.os.format)
    }

    /// Whether a binary for the processor `arch` can run here.
    pub fn serves(&self, arch: Option<&str>) -> bool {
        arch.is_some_and(|arch| self.archs.iter().any(|own| own == arch))
    }

    /// The C library, on Linux.
    pub fn libc(&self) -> Option<Libc> {
        self.os.libc
    }
}

/// Those of `claims` whose system loads files of `format`.
pub fn loading(claims: &[PlatformClaim], format: Format) -> Vec<&PlatformClaim> {
    claims.iter().filter(|claim| claim.loads(format)).collect()
}

/// The names of `claims`, as a sentence lists them.
pub fn names<C: Borrow<PlatformClaim>>(claims: &[C]) -> String {
    let names: Vec<_> = claims.iter().map(|claim| claim.borrow().name.as_str()).collect();
    names.join(" and ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::{MUSL, Slice, WINDOWS, X86_64};

    #[test]
    fn a_tag_names_the_system_and_the_processors() {
        let claim = PlatformClaim::of_tag("musllinux_1_2_aarch64").unwrap();
        assert_eq!(claim.os, MUSL);
        assert_eq!(
            (claim.archs[0].as_str(), claim.min_release),
            ("aarch64", Some(Release::new(1, 2)))
        );
        let archs = |tag| PlatformClaim::of_tag(tag).unwrap().archs;
        assert_eq!(archs("macosx_11_0_universal2"), ["x86_64", "arm64"]);
        assert_eq!(archs("macosx_10_6_intel"), ["i386", "x86_64"]);
        assert_eq!(archs("macosx_10_6_ppc"), ["ppc"]);
        assert_eq!(archs("linux_armv6l"), ["armv7l"]);
        let level = |tag| PlatformClaim::of_tag(tag).unwrap().level;
        assert_eq!(level("linux_armv6l"), Some(6));
        assert_eq!(level("android_24_armeabi_v7a"), Some(7));
        assert_eq!(level("manylinux_2_17_aarch64"), None);
        assert_eq!(archs("manylinux_2_17_i386"), ["i686"]);
        assert_eq!(archs("manylinux_2_17_ppc64"), ["ppc64"]);
        assert!(PlatformClaim::of_tag("win_amd64").unwrap().serves(Some("amd64")));
        assert_eq!(archs("win32"), ["x86"]);
        assert_eq!(archs("android_24_arm64_v8a"), ["aarch64"]);
        assert_eq!(archs("ios_13_0_arm64_iphonesimulator"), ["arm64"]);
        for unknown in ["any", "win_ia64", "win_x86", "pyemscripten_2025_0_wasm32"] {
            assert_eq!(PlatformClaim::of_tag(unknown), None);
        }
    }

    #[test]
    fn the_claim_of_a_new_target_comes_from_its_rows() {
        const SLICES: &[Slice; 1] = &[Slice::new(WINDOWS, X86_64)];
        let claim = PlatformClaim::of_target(Target::new("windows-amd64", SLICES));
        assert_eq!((claim.archs, claim.min_release), (vec!["amd64".to_owned()], None));
        assert!(claim.os.format == BinaryFormat::Pe && claim.os.libc.is_none());
    }
}
