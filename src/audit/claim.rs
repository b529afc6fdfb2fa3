//! Where a wheel's binaries must run, as a platform tag or a target of the factory says.
//!
//! In: a [`Target`] or a [`PlatformTag`]. Out: a [`PlatformClaim`]: which loader meets the binaries and which
//! processors they must be for. Several tags of one wheel give several claims.

use std::fmt;

use super::Format;
use crate::target::{BinaryFormat, LINUX, Libc, MACOS, PlatformTag, Release, Target, WINDOWS};

/// The loader that meets a binary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Loader {
    /// Linux, with this C library.
    Linux(Libc),
    /// dyld of macOS.
    MacOs,
    /// Windows.
    Windows,
}

impl Loader {
    /// Whether it loads files of `format`.
    pub fn takes(self, format: Format) -> bool {
        matches!(
            (self, format),
            (Self::Linux(_), Format::Elf)
                | (Self::MacOs, Format::MachO | Format::FatMachO)
                | (Self::Windows, Format::Pe)
        )
    }

    /// Go's name for the system, the value of `GOOS`.
    pub fn goos(self) -> &'static str {
        match self {
            Self::Linux(_) => LINUX.goos,
            Self::MacOs => MACOS.goos,
            Self::Windows => WINDOWS.goos,
        }
    }
}

/// Where binaries must run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlatformClaim {
    /// What people call it: `linux-amd64`, or the tag itself.
    pub name: String,
    /// What loads them there.
    pub loader: Loader,
    /// The processors, as tags of that system name them. A fat binary has to be for all.
    pub archs: Vec<String>,
    /// The release of glibc, musl or macOS that is promised to be enough.
    pub min_release: Option<Release>,
}

impl fmt::Display for PlatformClaim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl PlatformClaim {
    /// What the factory builds for `target`; what it needs is found out, and not claimed.
    pub fn of_target(target: Target) -> Self {
        let archs = target.slices().iter().map(|slice| slice.tag_arch().to_owned());
        Self {
            name: target.to_string(),
            loader: match (target.os().libc, target.os().format) {
                (Some(libc), _) => Loader::Linux(libc),
                (None, BinaryFormat::Pe) => Loader::Windows,
                (None, _) => Loader::MacOs,
            },
            archs: archs.collect(),
            min_release: None,
        }
    }

    /// What the platform tag `text` promises; `None` for `any`, and for systems whose binaries
    /// nothing here can judge (Android, iOS, WebAssembly, ...).
    pub fn of_tag(text: &str) -> Option<Self> {
        let (loader, archs, min_release) = match text.parse().ok()? {
            PlatformTag::Any => return None,
            PlatformTag::Linux { libc, release, arch } => {
                (Loader::Linux(libc), vec![elf_arch(arch)], Some(release))
            }
            PlatformTag::BareLinux { arch } => {
                (Loader::Linux(Libc::Glibc), vec![elf_arch(arch)], None)
            }
            PlatformTag::MacOs { release, arch } => (Loader::MacOs, fat_archs(arch), Some(release)),
            PlatformTag::Other(other) => {
                let arch = match other.as_str() {
                    "win32" => "x86",
                    "win_amd64" => "amd64",
                    "win_arm64" => "arm64",
                    _ => return None,
                };
                (Loader::Windows, vec![arch.to_owned()], None)
            }
        };
        Some(Self { name: text.to_owned(), loader, archs, min_release })
    }

    /// Whether a binary for the processor `arch` can be of use here.
    pub fn serves(&self, arch: Option<&str>) -> bool {
        arch.is_some_and(|arch| self.archs.iter().any(|own| own == arch))
    }

    /// The C library, on Linux.
    pub fn libc(&self) -> Option<Libc> {
        match self.loader {
            Loader::Linux(libc) => Some(libc),
            _ => None,
        }
    }
}

/// The name under which [`Elf`](super::Elf) knows a processor: its header does not tell the
/// releases of 32-bit Arm apart.
fn elf_arch(arch: String) -> String {
    match arch.as_str() {
        "armv6l" | "armv8l" => "armv7l".to_owned(),
        "i386" => "i686".to_owned(),
        _ => arch,
    }
}

/// The processors of Apple's names for fat binaries.
fn fat_archs(arch: String) -> Vec<String> {
    let of: &[&str] = match arch.as_str() {
        "universal2" => &["x86_64", "arm64"],
        "intel" => &["i386", "x86_64"],
        _ => return vec![arch],
    };
    of.iter().map(|arch| (*arch).to_owned()).collect()
}

/// Those of `claims` whose loader takes files of `format`.
pub fn taking(claims: &[PlatformClaim], format: Format) -> Vec<&PlatformClaim> {
    claims.iter().filter(|claim| claim.loader.takes(format)).collect()
}

/// The names of `claims`, as a sentence lists them.
pub fn names(claims: &[PlatformClaim]) -> String {
    let names: Vec<_> = claims.iter().map(|claim| claim.name.as_str()).collect();
    names.join(" and ")
}

/// Go's name for a processor that tags call `arch`, the value of `GOARCH`.
pub fn goarch(arch: &str) -> Option<&'static str> {
    Some(match arch {
        "x86_64" | "amd64" => "amd64",
        "i686" | "i386" | "x86" => "386",
        "aarch64" | "arm64" => "arm64",
        "armv7l" | "armv6l" => "arm",
        "ppc64le" => "ppc64le",
        "s390x" => "s390x",
        "riscv64" => "riscv64",
        "loongarch64" => "loong64",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_says_what_loads_and_for_which_processor() {
        let claim = PlatformClaim::of_tag("musllinux_1_2_aarch64").unwrap();
        assert_eq!(claim.loader, Loader::Linux(Libc::Musl));
        assert_eq!(
            (claim.archs[0].as_str(), claim.min_release),
            ("aarch64", Some(Release::new(1, 2)))
        );
        assert_eq!(
            PlatformClaim::of_tag("macosx_11_0_universal2").unwrap().archs,
            ["x86_64", "arm64"]
        );
        assert!(PlatformClaim::of_tag("win_amd64").unwrap().serves(Some("amd64")));
        assert_eq!(PlatformClaim::of_tag("any"), None);
        assert_eq!(PlatformClaim::of_tag("ios_13_0_arm64_iphoneos"), None);
    }
}
