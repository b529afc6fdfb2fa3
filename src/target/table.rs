//! The table of targets: the one place that knows what each system and processor is called.

use super::{Libc, PlatformTag, Release};

/// An operating system that wheels are built for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum System {
    /// Linux with glibc.
    Linux,
    /// macOS.
    MacOs,
}

impl System {
    /// Go's name, the value of `GOOS`.
    pub fn goos(self) -> &'static str {
        match self {
            Self::Linux => "linux",
            Self::MacOs => "darwin",
        }
    }

    /// The word that platform tags and file names of wheels begin with.
    pub fn tag_family(self) -> &'static str {
        match self {
            Self::Linux => "manylinux",
            Self::MacOs => "macosx",
        }
    }

    /// What a least release of it is a release of.
    pub fn release_of(self) -> &'static str {
        match self {
            Self::Linux => "glibc",
            Self::MacOs => "macOS",
        }
    }

    /// The suffix of a shared library, dot included.
    pub fn library_suffix(self) -> &'static str {
        match self {
            Self::Linux => ".so",
            Self::MacOs => ".dylib",
        }
    }

    /// The word that stands for "the directory of this file" in an rpath.
    pub fn origin(self) -> &'static str {
        match self {
            Self::Linux => "$ORIGIN",
            Self::MacOs => "@loader_path",
        }
    }
}

/// What a wheel is tagged with as its processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Arch {
    /// 64-bit x86.
    X86_64,
    /// 64-bit Arm: `aarch64` on Linux, `arm64` on macOS.
    Aarch64,
}

impl Arch {
    /// Go's name, the value of `GOARCH`.
    pub fn goarch(self) -> &'static str {
        match self {
            Self::X86_64 => "amd64",
            Self::Aarch64 => "arm64",
        }
    }

    /// The name in a triple.
    pub fn triple(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Aarch64 => "aarch64",
        }
    }

    /// The name in a platform tag of `system`.
    pub fn tag(self, system: System) -> &'static str {
        match (self, system) {
            (Self::X86_64, _) => "x86_64",
            (Self::Aarch64, System::Linux) => "aarch64",
            (Self::Aarch64, System::MacOs) => "arm64",
        }
    }
}

/// One system on one processor: the unit that Go and the C compiler build for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slice {
    /// The operating system.
    pub system: System,
    /// The processor.
    pub arch: Arch,
}

impl Slice {
    const fn new(system: System, arch: Arch) -> Self {
        Self { system, arch }
    }

    /// Our name for it: `linux-amd64`.
    pub fn name(self) -> String {
        let system = match self.system {
            System::Linux => "linux",
            System::MacOs => "macos",
        };
        format!("{system}-{}", self.arch.goarch())
    }

    /// The least system release that anything built here is tagged with: what the oldest Go in
    /// use runs on, and on macOS for Arm 11.0, the first there was.
    pub fn least(self) -> Release {
        let for_go = self.system.least_for_go(self.system.oldest_go());
        match (self.system, self.arch) {
            (System::MacOs, Arch::Aarch64) => for_go.max(Release::new(11, 0)),
            _ => for_go,
        }
    }

    /// Zig's triple with the least system release that the result must run on, as `zig cc
    /// -target` takes it: `x86_64-linux-gnu.2.17`, `aarch64-macos.13.0`.
    pub fn zig_triple(self, least: Release) -> String {
        let system = match self.system {
            System::Linux => "linux-gnu",
            System::MacOs => "macos",
        };
        format!("{}-{system}.{least}", self.arch.triple())
    }
}

/// One wheel that can be asked for. Copy; compares by its place in [`TARGETS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target {
    name: &'static str,
    slices: &'static [Slice],
}

const LINUX_AMD64: &[Slice] = &[Slice::new(System::Linux, Arch::X86_64)];
const LINUX_ARM64: &[Slice] = &[Slice::new(System::Linux, Arch::Aarch64)];
const MACOS_AMD64: &[Slice] = &[Slice::new(System::MacOs, Arch::X86_64)];
const MACOS_ARM64: &[Slice] = &[Slice::new(System::MacOs, Arch::Aarch64)];
const MACOS_UNIVERSAL2: &[Slice] =
    &[Slice::new(System::MacOs, Arch::X86_64), Slice::new(System::MacOs, Arch::Aarch64)];

/// Every target there is, in the order in which they are listed.
pub const TARGETS: &[Target] = &[
    Target { name: "linux-amd64", slices: LINUX_AMD64 },
    Target { name: "linux-arm64", slices: LINUX_ARM64 },
    Target { name: "macos-amd64", slices: MACOS_AMD64 },
    Target { name: "macos-arm64", slices: MACOS_ARM64 },
    Target { name: "macos-universal2", slices: MACOS_UNIVERSAL2 },
];

impl Target {
    /// Our name: `linux-amd64`.
    pub fn name(self) -> &'static str {
        self.name
    }

    /// What has to be built for it: one slice, or the two of a fat binary.
    pub fn slices(self) -> &'static [Slice] {
        self.slices
    }

    /// The operating system, the same for all slices.
    pub fn system(self) -> System {
        self.slices[0].system
    }

    /// Go's name, where Go has one for it: `darwin/arm64`.
    pub fn go_name(self) -> Option<String> {
        match self.slices {
            [one] => Some(format!("{}/{}", one.system.goos(), one.arch.goarch())),
            _ => None,
        }
    }

    /// The least system release that a wheel for this target is ever tagged with: that of the
    /// slice that runs on the oldest system. Where a slice needs a newer one, so does every
    /// machine that would take that slice.
    pub fn least(self) -> Release {
        self.slices
            .iter()
            .skip(1)
            .fold(self.slices[0].least(), |least, slice| least.min(slice.least()))
    }

    /// The platform tag of a wheel for this target that needs `release`.
    pub fn platform_tag(self, release: Release) -> PlatformTag {
        match (self.system(), self.slices) {
            (System::Linux, slices) => PlatformTag::Linux {
                libc: Libc::Glibc,
                release,
                arch: slices[0].arch.triple().to_owned(),
            },
            (System::MacOs, [one]) => {
                PlatformTag::MacOs { release, arch: one.arch.tag(System::MacOs).to_owned() }
            }
            (System::MacOs, _) => PlatformTag::MacOs { release, arch: "universal2".to_owned() },
        }
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}
