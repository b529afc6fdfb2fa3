//! What Go asks of each system. The one file of this room that knows of a language.

use super::{Release, System};

impl System {
    /// The least release of this system that programs of Go 1.`minor` run on.
    ///
    /// Linux: glibc 2.17, the lowest that is built for here, and what [`least_glibc_for_go`] says of
    /// current releases. macOS: `cmd/link/internal/ld/macho.go` of each release,
    /// and its release notes.
    pub fn least_for_go(self, minor: u32) -> Release {
        match (self, minor) {
            (Self::Linux, _) => Release::new(2, 17),
            (Self::MacOs, ..=22) => Release::new(10, 15),
            (Self::MacOs, 23..=24) => Release::new(11, 0),
            (Self::MacOs, 25..=26) => Release::new(12, 0),
            (Self::MacOs, 27..) => Release::new(13, 0),
        }
    }

    /// The oldest Go, 1.N, whose shared libraries can be linked for this system. The objects of
    /// Go 1.21 have relocations that no zig from 0.14.1 to 0.17.1 reads for macOS.
    pub fn oldest_go(self) -> u32 {
        match self {
            Self::Linux => 21,
            Self::MacOs => 22,
        }
    }
}

/// The glibc of the first policy whose distribution has a kernel for programs of Go 1.`minor`.
///
/// They ask the kernel itself for what they need, and the versions of their symbols say nothing of
/// it: Linux 3.2 from Go 1.24 on (CentOS 7), 2.6.32 before (CentOS 6). Source:
/// <https://go.dev/wiki/MinimumRequirements>.
pub fn least_glibc_for_go(minor: u32) -> Release {
    match minor {
        ..=23 => Release::new(2, 12),
        24.. => Release::new(2, 17),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_macos_follows_gos_releases() {
        for (minor, least) in
            [(21, (10, 15)), (24, (11, 0)), (26, (12, 0)), (27, (13, 0)), (40, (13, 0))]
        {
            assert_eq!(System::MacOs.least_for_go(minor), Release::new(least.0, least.1));
        }
    }

    #[test]
    fn the_least_glibc_follows_gos_kernels() {
        assert_eq!([23, 24].map(least_glibc_for_go), [Release::new(2, 12), Release::new(2, 17)]);
    }
}
