//! The targets: the wheels that pygo builds.

use super::arch::{AARCH64, ARMV7L, Arch, Fat, I686, PPC64LE, RISCV64, S390X, UNIVERSAL2, X86_64};
use super::format::Libc;
use super::os::{LINUX, MACOS, MUSL, Os, WINDOWS};
use super::{PlatformTag, Release};

/// One system on one processor: the unit that Go and the C compiler build for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slice {
    /// The operating system.
    pub os: &'static Os,
    /// The processor.
    pub arch: &'static Arch,
}

impl Slice {
    /// `arch` with `os`.
    pub const fn new(os: &'static Os, arch: &'static Arch) -> Self {
        Self { os, arch }
    }

    /// Our name: `linux-amd64`.
    pub fn name(self) -> String {
        format!("{}-{}", self.os.name, self.arch.goarch)
    }

    /// Go's name: `darwin/arm64`.
    pub fn go_name(self) -> String {
        format!("{}/{}", self.os.goos, self.arch.goarch)
    }

    /// The variables that make Go build for it, for the baseline of the processor.
    pub fn go_env(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let names = [("GOOS", self.os.goos), ("GOARCH", self.arch.goarch)];
        names.into_iter().chain(self.arch.go_baseline)
    }

    /// The processor as platform tags of the system name it.
    pub fn tag_arch(self) -> &'static str {
        self.arch.tag(self.os.format)
    }

    /// Those of `flags`, for a C compiler, whose code not every processor of this slice runs.
    pub fn above_baseline(self, flags: &[String]) -> Vec<&str> {
        self.arch.baseline.exceeded(self.os, flags)
    }

    /// The minimum system release of anything built for it: one that the oldest usable Go supports
    /// and that exists for the processor.
    pub fn min_release(self) -> Release {
        self.os
            .min_for_go(self.os.oldest_go)
            .max(self.arch.min_release(self.os).unwrap_or_default())
    }

    /// Zig's triple with the minimum system release of the result, as `zig cc -target` takes it:
    /// `x86_64-linux-gnu.2.17`, `aarch64-macos.13.0`.
    pub fn zig_triple(self, min: Release) -> String {
        self.triple(self.os.zig, min)
    }

    /// The triple for `clang --target`: `x86_64-linux-gnu`, `aarch64-apple-macosx13.0`.
    pub fn clang_triple(self, min: Release) -> String {
        self.triple(self.os.clang, min)
    }

    fn triple(self, pattern: &str, min: Release) -> String {
        pattern
            .replace("{arch}", self.arch.zig)
            .replace("{abi}", self.arch.abi)
            .replace("{release}", &min.to_string())
    }
}

/// One kind of wheel that pygo builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target {
    name: &'static str,
    slices: &'static [Slice],
    fat: Option<&'static Fat>,
    no_c: Option<&'static str>,
}

/// Every target, in the order in which they are listed.
pub const TARGETS: &[Target] = &[
    Target::new("linux-amd64", &[Slice::new(LINUX, X86_64)]),
    Target::new("linux-arm64", &[Slice::new(LINUX, AARCH64)]),
    Target::new("macos-amd64", &[Slice::new(MACOS, X86_64)]),
    Target::new("macos-arm64", &[Slice::new(MACOS, AARCH64)]),
    Target {
        name: "macos-universal2",
        slices: &[Slice::new(MACOS, X86_64), Slice::new(MACOS, AARCH64)],
        fat: Some(UNIVERSAL2),
        no_c: None,
    },
    Target::new("windows-amd64", &[Slice::new(WINDOWS, X86_64)]),
    Target::new("windows-arm64", &[Slice::new(WINDOWS, AARCH64)]),
    Target::new("windows-386", &[Slice::new(WINDOWS, I686)]).without_c(UNTRIED),
    Target::new("linux-386", &[Slice::new(LINUX, I686)])
        .without_c("a Go library for it crashes the process that loads it"),
    Target::new("linux-arm", &[Slice::new(LINUX, ARMV7L)]).without_c(UNTRIED),
    Target::new("linux-ppc64le", &[Slice::new(LINUX, PPC64LE)]).without_c(UNTRIED),
    Target::new("linux-riscv64", &[Slice::new(LINUX, RISCV64)]).without_c(UNTRIED),
    Target::new("linux-s390x", &[Slice::new(LINUX, S390X)]).without_c(UNTRIED),
];

const UNTRIED: &str = "pygo does not compile C for it yet";

/// The targets that are built when neither the command line nor the project names any.
pub const DEFAULT_TARGETS: &[&str] = &["linux-amd64", "linux-arm64", "macos-amd64", "macos-arm64"];

/// The same for a project of programs without C: what nearly all users of Python have.
pub const DEFAULT_PROGRAM_TARGETS: &[&str] =
    &["linux-amd64", "linux-arm64", "macos-amd64", "macos-arm64", "windows-amd64", "windows-arm64"];

impl Target {
    pub(crate) const fn new(name: &'static str, slices: &'static [Slice; 1]) -> Self {
        Self { name, slices, fat: None, no_c: None }
    }

    const fn without_c(self, why: &'static str) -> Self {
        Self { no_c: Some(why), ..self }
    }

    /// The reason why only programs without C are built for it, if so.
    pub fn no_c(self) -> Option<&'static str> {
        self.no_c
    }

    /// Our name: `linux-amd64`.
    pub fn name(self) -> &'static str {
        self.name
    }

    /// Whether its binaries are fat binaries of the kind `fat`.
    pub fn is_fat(self, fat: &Fat) -> bool {
        self.fat == Some(fat)
    }

    /// The slices to build: one, or one per processor of a fat binary.
    pub fn slices(self) -> &'static [Slice] {
        self.slices
    }

    /// The operating system, the same for all slices.
    pub fn os(self) -> &'static Os {
        self.slices[0].os
    }

    /// Go's name, if Go has one: `darwin/arm64`.
    pub fn go_name(self) -> Option<String> {
        match self.slices {
            [one] => Some(one.go_name()),
            _ => None,
        }
    }

    /// The lowest system release in the tag of any wheel for this target: that of the slice that
    /// runs on the oldest system. Machines that use another slice have newer systems anyway.
    pub fn min_release(self) -> Release {
        self.slices.iter().map(|slice| slice.min_release()).min().unwrap_or_default()
    }

    /// The processor as platform tags name it: `aarch64`, `arm64`, `universal2`.
    pub fn tag_arch(self) -> &'static str {
        self.fat.map_or_else(|| self.slices[0].tag_arch(), |fat| fat.name)
    }

    /// Every name of its processor: that in tags, and for a single slice ours and Go's.
    pub fn machines(self) -> Vec<&'static str> {
        let single = (self.fat.is_none()).then_some(self.slices[0].arch);
        let mut names = vec![self.tag_arch()];
        names.extend(single.into_iter().flat_map(|arch| [arch.name, arch.goarch]));
        names.dedup();
        names
    }

    /// The platform tag for musl of a wheel whose binaries need no C library, on Linux.
    pub fn musl_tag(self) -> Option<PlatformTag> {
        let arch = self.tag_arch().to_owned();
        let release = Some(MUSL.min_for_go(MUSL.oldest_go));
        let is_linux = self.os().libc == Some(Libc::Glibc);
        is_linux.then_some(PlatformTag::Native { os: MUSL, release, arch })
    }

    /// The platform tag of a wheel for this target that needs `release`.
    pub fn platform_tag(self, release: Release) -> PlatformTag {
        let os = self.os();
        let release = os.has_releases.then_some(release);
        PlatformTag::Native { os, release, arch: self.tag_arch().to_owned() }
    }
}

impl Os {
    /// The lowest minimum release of its targets.
    pub fn min_release(&self) -> Release {
        let targets = TARGETS.iter().filter(|target| target.os() == self);
        targets.map(|target| target.min_release()).min().unwrap_or_default()
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}
