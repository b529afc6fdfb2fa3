//! The processors, one row each.

use super::Release;
use super::os::{BinaryFormat, LINUX, MACOS, Os};

/// A processor.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Arch {
    /// Its name in platform tags, unless `tags` has another for a format.
    pub name: &'static str,
    /// Its names in the tags of systems with other names for it.
    pub tags: &'static [(BinaryFormat, &'static str)],
    /// Go's name, the value of `GOARCH`.
    pub goarch: &'static str,
    /// The variable that makes Go build for the baseline, with its value: `GOAMD64=v1`.
    pub go_baseline: Option<(&'static str, &'static str)>,
    /// Zig's name.
    pub zig: &'static str,
    /// Zig's name for the calling convention on Linux.
    pub abi: &'static str,
    /// Its names in triples.
    pub triples: &'static [&'static str],
    /// The first releases of systems that run on it, or that its C library can be linked for.
    pub minimums: &'static [(&'static Os, Release)],
}

/// 64-bit x86.
pub const X86_64: &Arch = &Arch {
    name: "x86_64",
    tags: &[(BinaryFormat::Pe, "amd64")],
    goarch: "amd64",
    go_baseline: Some(("GOAMD64", "v1")),
    zig: "x86_64",
    abi: "gnu",
    triples: &["x86_64"],
    minimums: &[(LINUX, Release::new(2, 17))],
};

/// 64-bit Arm.
pub const AARCH64: &Arch = &Arch {
    name: "aarch64",
    tags: &[(BinaryFormat::MachO, "arm64"), (BinaryFormat::Pe, "arm64")],
    goarch: "arm64",
    go_baseline: Some(("GOARM64", "v8.0")),
    zig: "aarch64",
    abi: "gnu",
    triples: &["aarch64"],
    minimums: &[(LINUX, Release::new(2, 17)), (MACOS, Release::new(11, 0))],
};

/// 32-bit x86.
pub const I686: &Arch = &Arch {
    name: "i686",
    tags: &[(BinaryFormat::MachO, "i386"), (BinaryFormat::Pe, "x86")],
    goarch: "386",
    go_baseline: Some(("GO386", "sse2")),
    zig: "x86",
    abi: "gnu",
    triples: &["i686"],
    minimums: &[(LINUX, Release::new(2, 17))],
};

/// 32-bit Arm, version 7 with floating-point registers.
pub const ARMV7L: &Arch = &Arch {
    name: "armv7l",
    tags: &[],
    goarch: "arm",
    go_baseline: Some(("GOARM", "7")),
    zig: "arm",
    abi: "gnueabihf",
    triples: &["armv7"],
    minimums: &[(LINUX, Release::new(2, 17))],
};

/// 64-bit PowerPC, little-endian.
pub const PPC64LE: &Arch = &Arch {
    name: "ppc64le",
    tags: &[],
    goarch: "ppc64le",
    go_baseline: Some(("GOPPC64", "power8")),
    zig: "powerpc64le",
    abi: "gnu",
    triples: &["powerpc64le"],
    minimums: &[(LINUX, Release::new(2, 19))],
};

/// IBM Z.
pub const S390X: &Arch = &Arch {
    name: "s390x",
    tags: &[],
    goarch: "s390x",
    go_baseline: None,
    zig: "s390x",
    abi: "gnu",
    triples: &["s390x"],
    minimums: &[(LINUX, Release::new(2, 17))],
};

/// 64-bit RISC-V.
pub const RISCV64: &Arch = &Arch {
    name: "riscv64",
    tags: &[],
    goarch: "riscv64",
    go_baseline: Some(("GORISCV64", "rva20u64")),
    zig: "riscv64",
    abi: "gnu",
    triples: &["riscv64", "riscv64gc"],
    minimums: &[(LINUX, Release::new(2, 31))],
};

/// 64-bit LoongArch.
pub const LOONGARCH64: &Arch = &Arch {
    name: "loongarch64",
    tags: &[],
    goarch: "loong64",
    go_baseline: None,
    zig: "loongarch64",
    abi: "gnu",
    triples: &["loongarch64"],
    minimums: &[(LINUX, Release::new(2, 36))],
};

/// Every processor that a platform tag can name and whose binaries can be judged.
pub const ARCHS: &[&Arch] = &[X86_64, AARCH64, I686, ARMV7L, PPC64LE, S390X, RISCV64, LOONGARCH64];

impl Arch {
    /// Its name in the platform tags of systems whose binaries are of `format`.
    pub fn tag(&self, format: BinaryFormat) -> &'static str {
        let other = self.tags.iter().find(|(of, _)| *of == format);
        other.map_or(self.name, |(_, tag)| tag)
    }

    /// The first release of `os` that runs on it, if that is known to matter.
    pub fn min_release(&self, os: &Os) -> Release {
        let first = self.minimums.iter().find(|(of, _)| *of == os);
        first.map(|(_, release)| *release).unwrap_or_default()
    }
}
