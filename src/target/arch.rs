//! The processors, one row each.

use super::Release;
use super::cpu::Baseline;
use super::format::BinaryFormat;
use super::os::{IOS_SIMULATOR, LINUX, MACOS, Os};

/// The processor in the header of a binary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Machine {
    /// ELF.
    Elf {
        /// `e_machine`.
        machine: u16,
        /// Whether the file is of the 64-bit class.
        is_64: bool,
        /// Whether its numbers are little-endian.
        is_little: bool,
    },
    /// Mach-O: `cputype`.
    MachO(u32),
    /// PE: `Machine`.
    Pe(u16),
}

impl Machine {
    const fn elf_64(machine: u16) -> Self {
        Self::Elf { machine, is_64: true, is_little: true }
    }

    const fn elf_32(machine: u16) -> Self {
        Self::Elf { machine, is_64: false, is_little: true }
    }

    /// The format of the binary.
    pub fn format(self) -> BinaryFormat {
        match self {
            Self::Elf { .. } => BinaryFormat::Elf,
            Self::MachO(_) => BinaryFormat::MachO,
            Self::Pe(_) => BinaryFormat::Pe,
        }
    }

    /// The processor as platform tags name it, if they do.
    pub fn tag_arch(self) -> Option<&'static str> {
        let arch = ARCHS.iter().find(|arch| arch.machines.contains(&self));
        let other = || OTHERS.iter().find(|(machine, _)| *machine == self).map(|(_, name)| *name);
        arch.map(|arch| arch.tag(self.format())).or_else(other)
    }
}

/// Processors that tags have a name for, but that Go and zig do not build for.
const OTHERS: &[(Machine, &str)] =
    &[(Machine::Elf { machine: 21, is_64: true, is_little: false }, "ppc64")];

/// A processor.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Arch {
    /// Its name in platform tags, unless `tags` has another for a format.
    pub name: &'static str,
    /// Its names in the tags of systems that do not use `name`: first its own, then those of
    /// processors that the headers of binaries do not distinguish from it.
    pub tags: &'static [(BinaryFormat, &'static str)],
    /// The version of the architecture that tags with these names promise, if it has several.
    pub levels: &'static [(&'static str, u8)],
    /// Its identifiers in the headers of binaries.
    pub machines: &'static [Machine],
    /// Go's name, the value of `GOARCH`.
    pub goarch: &'static str,
    /// The variable that makes Go build for the baseline: `GOAMD64=v1`.
    pub go_baseline: Option<(&'static str, &'static str)>,
    /// The instructions that all of its processors have.
    pub baseline: &'static Baseline,
    /// Zig's name.
    pub zig: &'static str,
    /// Its name in qemu's programs for single processes: `qemu-aarch64`.
    pub qemu: &'static str,
    /// Zig's name for the ABI on Linux.
    pub abi: &'static str,
    /// Its names in triples, and in the suffixes of Python's extension modules on Linux.
    pub triples: &'static [&'static str],
    /// Its part of the names of extension modules for one release of CPython on Linux.
    pub triplet: &'static str,
    /// Names that other tools use: npm's `x64`, conda's `64`, Docker's variants.
    pub aliases: &'static [&'static str],
    /// The first releases that run on it or, for glibc, that zig can link for it.
    pub minimums: &'static [(&'static Os, Release)],
}

/// Extensions of x86 that 64-bit processors did not have from the start: SSE2 is not one of them.
/// Source: "X86" in Clang's command-line reference, and the x86-64 psABI for the levels.
const X86_EXTENSIONS: &[&str] = &[
    "sse3", "ssse3", "sse4", "avx", "fma", "f16c", "bmi", "lzcnt", "abm", "popcnt", "movbe", "aes",
    "vaes", "pclmul", "vpclmul", "sha", "gfni", "adx", "rdrnd", "rdseed", "xsave", "amx", "cx16",
    "sahf", "xop", "tbm", "lwp", "fsgsbase", "prfchw", "sm3", "sm4", "kl", "widekl", "apx",
];

/// What the first Macs with Arm have beyond Armv8.0.
const APPLE_M1: &[&str] = &[
    "apple-m1",
    "apple-a14",
    "armv8.1-a",
    "armv8.2-a",
    "armv8.3-a",
    "armv8.4-a",
    "crc",
    "lse",
    "rdm",
    "crypto",
    "aes",
    "sha2",
    "sha3",
    "fp16",
    "fp16fml",
    "dotprod",
    "rcpc",
];

/// 64-bit x86.
pub const X86_64: &Arch = &Arch {
    name: "x86_64",
    tags: &[(BinaryFormat::Pe, "amd64")],
    levels: &[],
    machines: &[Machine::elf_64(62), Machine::MachO(0x0100_0007), Machine::Pe(0x8664)],
    goarch: "amd64",
    go_baseline: Some(("GOAMD64", "v1")),
    baseline: &Baseline {
        cpus: &["x86-64", "x86_64", "generic", "k8", "opteron", "athlon64"],
        on: &[(MACOS, &["core2", "penryn", "nocona", "sse3", "ssse3", "sse4.1", "cx16", "sahf"])],
        extensions: X86_EXTENSIONS,
    },
    zig: "x86_64",
    qemu: "x86_64",
    abi: "gnu",
    triples: &["x86_64"],
    triplet: "x86_64-linux-gnu",
    aliases: &["x64", "64", "intel64"],
    minimums: &[(LINUX, Release::new(2, 17))],
};

/// 64-bit Arm.
pub const AARCH64: &Arch = &Arch {
    name: "aarch64",
    tags: &[(BinaryFormat::MachO, "arm64"), (BinaryFormat::Pe, "arm64")],
    levels: &[],
    machines: &[Machine::elf_64(183), Machine::MachO(0x0100_000c), Machine::Pe(0xaa64)],
    goarch: "arm64",
    go_baseline: Some(("GOARM64", "v8.0")),
    baseline: &Baseline {
        cpus: &["armv8-a", "armv8", "armv8.0-a", "generic", "fp", "simd"],
        on: &[(MACOS, APPLE_M1)],
        extensions: &[],
    },
    zig: "aarch64",
    qemu: "aarch64",
    abi: "gnu",
    triples: &["aarch64"],
    triplet: "aarch64-linux-gnu",
    aliases: &["armv8", "v8"],
    minimums: &[
        (LINUX, Release::new(2, 17)),
        (MACOS, Release::new(11, 0)),
        // The simulator of the first Macs with Arm.
        (IOS_SIMULATOR, Release::new(14, 0)),
    ],
};

/// 32-bit x86.
pub const I686: &Arch = &Arch {
    name: "i686",
    tags: &[
        (BinaryFormat::Elf, "i686"),
        (BinaryFormat::Elf, "i386"),
        (BinaryFormat::MachO, "i386"),
        (BinaryFormat::Pe, "x86"),
    ],
    levels: &[],
    machines: &[Machine::elf_32(3), Machine::Pe(0x014c)],
    goarch: "386",
    go_baseline: Some(("GO386", "sse2")),
    baseline: &Baseline {
        cpus: &["i386", "i486", "i586", "i686", "pentium", "pentiumpro", "pentium4"],
        on: &[],
        extensions: X86_EXTENSIONS,
    },
    zig: "x86",
    qemu: "i386",
    abi: "gnu",
    triples: &["i686", "i386", "x86"],
    triplet: "i386-linux-gnu",
    aliases: &["ia32", "32"],
    minimums: &[(LINUX, Release::new(2, 17))],
};

/// 32-bit Arm, version 7 with floating-point registers.
pub const ARMV7L: &Arch = &Arch {
    name: "armv7l",
    tags: &[
        (BinaryFormat::Elf, "armv7l"),
        (BinaryFormat::Elf, "armv6l"),
        (BinaryFormat::Elf, "armv8l"),
    ],
    levels: &[("armv6l", 6), ("armv7l", 7), ("armv8l", 8)],
    machines: &[Machine::elf_32(40)],
    goarch: "arm",
    go_baseline: Some(("GOARM", "7")),
    baseline: &Baseline::UNKNOWN,
    zig: "arm",
    qemu: "arm",
    abi: "gnueabihf",
    triples: &["armv7", "arm", "armv7l", "armv6l"],
    triplet: "arm-linux-gnueabihf",
    aliases: &["armhf", "v7", "v6"],
    minimums: &[(LINUX, Release::new(2, 17))],
};

/// 64-bit PowerPC, little-endian.
pub const PPC64LE: &Arch = &Arch {
    name: "ppc64le",
    tags: &[],
    levels: &[],
    machines: &[Machine::elf_64(21)],
    goarch: "ppc64le",
    go_baseline: Some(("GOPPC64", "power8")),
    baseline: &Baseline::UNKNOWN,
    zig: "powerpc64le",
    qemu: "ppc64le",
    abi: "gnu",
    triples: &["powerpc64le"],
    triplet: "powerpc64le-linux-gnu",
    aliases: &["ppc64el"],
    minimums: &[(LINUX, Release::new(2, 19))],
};

/// IBM Z.
pub const S390X: &Arch = &Arch {
    name: "s390x",
    tags: &[],
    levels: &[],
    machines: &[Machine::Elf { machine: 22, is_64: true, is_little: false }],
    goarch: "s390x",
    go_baseline: None,
    baseline: &Baseline::UNKNOWN,
    zig: "s390x",
    qemu: "s390x",
    abi: "gnu",
    triples: &["s390x"],
    triplet: "s390x-linux-gnu",
    aliases: &[],
    minimums: &[(LINUX, Release::new(2, 17))],
};

/// 64-bit RISC-V.
pub const RISCV64: &Arch = &Arch {
    name: "riscv64",
    tags: &[],
    levels: &[],
    machines: &[Machine::elf_64(243)],
    goarch: "riscv64",
    go_baseline: Some(("GORISCV64", "rva20u64")),
    baseline: &Baseline::UNKNOWN,
    zig: "riscv64",
    qemu: "riscv64",
    abi: "gnu",
    triples: &["riscv64", "riscv64gc"],
    triplet: "riscv64-linux-gnu",
    aliases: &[],
    minimums: &[(LINUX, Release::new(2, 31))],
};

/// 64-bit LoongArch.
pub const LOONGARCH64: &Arch = &Arch {
    name: "loongarch64",
    tags: &[],
    levels: &[],
    machines: &[Machine::elf_64(258)],
    goarch: "loong64",
    go_baseline: None,
    baseline: &Baseline::UNKNOWN,
    zig: "loongarch64",
    qemu: "loongarch64",
    abi: "gnu",
    triples: &["loongarch64"],
    triplet: "loongarch64-linux-gnu",
    aliases: &[],
    minimums: &[(LINUX, Release::new(2, 36))],
};

/// Every processor whose platform tags and binaries are known, whether or not it has a target.
pub const ARCHS: &[&Arch] = &[X86_64, AARCH64, I686, ARMV7L, PPC64LE, S390X, RISCV64, LOONGARCH64];

/// A kind of fat binary: one file with an image per processor.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fat {
    /// The name in platform tags.
    pub name: &'static str,
    /// The processors.
    pub archs: &'static [&'static Arch],
}

/// Intel and Apple processors.
pub const UNIVERSAL2: &Fat = &Fat { name: "universal2", archs: &[X86_64, AARCH64] };

/// The known kinds of fat binaries.
pub const FATS: &[&Fat] = &[UNIVERSAL2, &Fat { name: "intel", archs: &[I686, X86_64] }];

impl Arch {
    /// The processor that platform tags of systems with binaries of `format` call `name`.
    pub fn tagged(format: BinaryFormat, name: &str) -> Option<&'static Self> {
        ARCHS
            .iter()
            .copied()
            .find(|arch| arch.tag(format) == name || arch.tags.contains(&(format, name)))
    }

    /// Its name in the platform tags of systems whose binaries have `format`.
    pub fn tag(&self, format: BinaryFormat) -> &'static str {
        let other = self.tags.iter().find(|(of, _)| *of == format);
        other.map_or(self.name, |(_, tag)| tag)
    }

    /// The version of the architecture that a tag with its name `name` promises.
    pub fn level(&self, name: &str) -> Option<u8> {
        self.levels.iter().find(|(of, _)| *of == name).map(|(_, level)| *level)
    }

    /// The first release of `os` that runs on it or can be linked for it, if that matters.
    pub fn min_release(&self, os: &Os) -> Option<Release> {
        self.minimums.iter().find(|(of, _)| *of == os).map(|(_, release)| *release)
    }
}
