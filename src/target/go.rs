//! What Go asks of each system. The one file of this room that knows of a language.

use super::{Release, System};

impl System {
    /// The least release of this system that programs of Go 1.`minor` run on.
    ///
    /// Linux: glibc 2.17, because Go needs a kernel that no distribution with an older glibc
    /// carries (Linux 3.2, <https://go.dev/wiki/MinimumRequirements>), even where the symbol
    /// versions alone would allow less. macOS: `cmd/link/internal/ld/macho.go` of each release,
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

    /// The least glibc of the distributions whose kernel runs programs of Go 1.`minor`, which ask the
    /// kernel itself and no library for what they need: Linux 3.2 from Go 1.24 on, CentOS 7 being the
    /// first of the policies' distributions to have it; 2.6.32 before, as CentOS 6 has.
    pub fn least_glibc_for_kernel_of_go(minor: u32) -> Release {
        match minor {
            ..=23 => Release::new(2, 12),
            24.. => Release::new(2, 17),
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
}
