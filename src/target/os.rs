//! The operating systems, one row each.

use super::format::{BinaryFormat, Libc};
use super::{Release, ReleaseError};

/// An operating system. Linux with glibc and Linux with musl are two, because each cannot load the
/// other's binaries.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Os {
    /// Our name: `linux`, `macos`.
    pub name: &'static str,
    /// Go's name, the value of `GOOS`.
    pub goos: &'static str,
    /// Zig's triple, with the placeholders `{arch}`, `{abi}` and `{release}`.
    pub zig: &'static str,
    /// The same for clang's `--target`, which takes no release of glibc.
    pub clang: &'static str,
    /// The system's names in triples.
    pub triples: &'static [&'static str],
    /// The environments allowed in triples; empty for any.
    pub environments: &'static [&'static str],
    /// Names that other tools use.
    pub aliases: &'static [&'static str],
    /// For a system that users ask for and no target has: the reason, and what to do.
    pub refusal: Option<(&'static str, &'static str)>,
    /// The first word of its platform tags: `manylinux`.
    pub tag_family: &'static str,
    /// Whether a release follows that word.
    pub has_releases: bool,
    /// Whether a release in its tags has a minor number.
    pub tag_has_minor: bool,
    /// The first major release whose tags always have the minor release 0.
    pub whole_releases_from: Option<u16>,
    /// Older words for the family with a release: `manylinux2014`.
    pub tag_aliases: &'static [(&'static str, Release)],
    /// The first word of tags without a release, if they exist: `linux`.
    pub bare_family: Option<&'static str>,
    /// Irregular tags without a release, each with its processor.
    pub tag_exceptions: &'static [(&'static str, &'static str)],
    /// The names of processors in its tags that differ from those of other systems with binaries of
    /// the same format, and those: `arm64_v8a` is `aarch64`.
    pub tag_archs: &'static [(&'static str, &'static str)],
    /// Apple's name for the SDK, which ends the tags and the suffixes of modules: `iphoneos`.
    pub sdk: Option<&'static str>,
    /// The software whose release is in a tag: `glibc`, `macOS`.
    pub release_of: &'static str,
    /// The format of its binaries, which also decides how they are linked.
    pub format: BinaryFormat,
    /// The C library, on Linux.
    pub libc: Option<Libc>,
    /// The number of the platform in `LC_BUILD_VERSION`.
    pub macho_platform: Option<u32>,
    /// Whether extension modules must be linked to Python, which is a library inside of an app.
    pub links_python: bool,
    /// The prefix of a shared library's file name.
    pub library_prefix: &'static str,
    /// The suffix of a shared library's file name.
    pub library_suffix: &'static str,
    /// The suffix of an extension module for CPython's stable ABI.
    pub abi3_suffix: &'static str,
    /// The same for the stable ABI that free-threaded CPython has too.
    pub abi3t_suffix: &'static str,
    /// The same for one release of CPython: `{release}` stands for its number, `{triplet}` for the
    /// processor's, and `{arch}` for the processor in tags.
    pub release_suffix: &'static str,
    /// The suffix of a program's file name.
    pub program_suffix: &'static str,
    /// The minimum release for programs built by Go 1.N, for each N that raised it.
    pub go_minimums: &'static [(u32, Release)],
    /// The oldest Go, 1.N, whose shared libraries can be linked.
    pub oldest_go: u32,
}

/// Linux with glibc.
///
/// Go programs make system calls directly and need a newer kernel than their glibc symbol versions
/// suggest: 2.6.32 (CentOS 6, glibc 2.12), since Go 1.24 3.2 (CentOS 7, glibc 2.17). Source:
/// <https://go.dev/wiki/MinimumRequirements>.
pub const LINUX: &Os = &Os {
    name: "linux",
    goos: "linux",
    zig: "{arch}-linux-{abi}.{release}",
    clang: "{arch}-linux-{abi}",
    triples: &["linux"],
    environments: &["gnu", "gnueabihf", "unknown"],
    aliases: &["glibc"],
    refusal: None,
    tag_family: "manylinux",
    has_releases: true,
    tag_has_minor: true,
    whole_releases_from: None,
    tag_aliases: &[
        ("manylinux1", Release::new(2, 5)),
        ("manylinux2010", Release::new(2, 12)),
        ("manylinux2014", Release::new(2, 17)),
    ],
    bare_family: Some("linux"),
    tag_exceptions: &[],
    tag_archs: &[],
    sdk: None,
    release_of: "glibc",
    format: BinaryFormat::Elf,
    libc: Some(Libc::Glibc),
    macho_platform: None,
    links_python: false,
    library_prefix: "lib",
    library_suffix: ".so",
    abi3_suffix: ".abi3.so",
    abi3t_suffix: ".abi3t.so",
    release_suffix: ".cpython-{release}-{triplet}.so",
    program_suffix: "",
    go_minimums: &[(0, Release::new(2, 12)), (24, Release::new(2, 17))],
    oldest_go: 21,
};

/// Linux with musl, which cannot load a Go shared library.
///
/// A program without C runs on it, and its wheel for Linux has a tag for musl as well. musl 1.1 is
/// the oldest that tags name. It dates from 2014, when every Linux was newer than Go's minimum, 3.2
/// of 2012.
pub const MUSL: &Os = &Os {
    name: "musl",
    zig: "{arch}-linux-musl",
    clang: "{arch}-linux-musl",
    environments: &["musl", "musleabihf"],
    aliases: &["alpine"],
    refusal: Some((
        "is a musl target, and musl cannot load a Go shared library",
        "a c-shared Go library uses initial-exec TLS, and musl refuses that in dlopen \
         (golang/go#13492, golang/go#54805; a fix is proposed in golang/go#75048)\n\
         build for glibc instead (linux-amd64, linux-arm64); wheels for linux that contain only \
         programs without C (`binding` = \"bin\") are tagged for musl too",
    )),
    tag_family: "musllinux",
    tag_aliases: &[],
    bare_family: None,
    release_of: "musl",
    libc: Some(Libc::Musl),
    go_minimums: &[(0, Release::new(1, 1))],
    ..*LINUX
};

/// What to do instead of building for a system whose Python is part of an app.
const IN_APPS: Option<(&str, &str)> = Some((
    "is a system whose Python is part of an app, and pygo does not build for it",
    "build with cibuildwheel; `pygo check` checks the wheel",
));

/// Android.
///
/// Source: PEP 738; "Android ABIs" of the NDK.
pub const ANDROID: &Os = &Os {
    name: "android",
    goos: "android",
    zig: "{arch}-linux-android",
    clang: "{arch}-linux-android{release}",
    triples: &[],
    environments: &[],
    aliases: &[],
    refusal: IN_APPS,
    tag_family: "android",
    tag_has_minor: false,
    tag_aliases: &[],
    bare_family: None,
    tag_archs: &[("arm64_v8a", "aarch64"), ("armeabi_v7a", "armv7l"), ("x86", "i686")],
    release_of: "Android API level",
    libc: Some(Libc::Bionic),
    links_python: true,
    go_minimums: &[],
    ..*LINUX
};

/// macOS.
///
/// The minimum releases are those of `cmd/link/internal/ld/macho.go` and Go's release notes. No
/// zig from 0.14.1 to 0.17.1 reads the relocations in the objects of Go 1.21.
pub const MACOS: &Os = &Os {
    name: "macos",
    goos: "darwin",
    zig: "{arch}-macos.{release}",
    clang: "{arch}-apple-macosx{release}",
    triples: &["darwin", "macosx"],
    environments: &[],
    aliases: &["osx", "mac"],
    refusal: None,
    tag_family: "macosx",
    has_releases: true,
    tag_has_minor: true,
    whole_releases_from: Some(11),
    tag_aliases: &[],
    bare_family: None,
    tag_exceptions: &[],
    tag_archs: &[],
    sdk: None,
    release_of: "macOS",
    format: BinaryFormat::MachO,
    libc: None,
    macho_platform: Some(1),
    links_python: false,
    library_prefix: "lib",
    library_suffix: ".dylib",
    abi3_suffix: ".abi3.so",
    abi3t_suffix: ".abi3t.so",
    release_suffix: ".cpython-{release}-darwin.so",
    program_suffix: "",
    go_minimums: &[
        (0, Release::new(10, 15)),
        (23, Release::new(11, 0)),
        (25, Release::new(12, 0)),
        (27, Release::new(13, 0)),
    ],
    oldest_go: 22,
};

/// iOS on devices.
///
/// Source: PEP 730; mach-o/loader.h for the number of the platform.
pub const IOS: &Os = &Os {
    name: "ios",
    goos: "ios",
    zig: "{arch}-ios.{release}",
    clang: "{arch}-apple-ios{release}",
    triples: &[],
    aliases: &[],
    refusal: IN_APPS,
    tag_family: "ios",
    whole_releases_from: None,
    sdk: Some("iphoneos"),
    release_of: "iOS",
    macho_platform: Some(2),
    links_python: true,
    go_minimums: &[],
    ..*MACOS
};

/// iOS in Apple's simulator, which loads no binaries for devices.
pub const IOS_SIMULATOR: &Os = &Os {
    name: "ios-simulator",
    zig: "{arch}-ios.{release}-simulator",
    clang: "{arch}-apple-ios{release}-simulator",
    sdk: Some("iphonesimulator"),
    macho_platform: Some(7),
    ..*IOS
};

/// Windows. Its platform tags name no release.
pub const WINDOWS: &Os = &Os {
    name: "windows",
    goos: "windows",
    zig: "{arch}-windows-gnu",
    clang: "{arch}-w64-windows-gnu",
    triples: &["windows"],
    environments: &[],
    aliases: &["win64", "msvc", "mingw"],
    refusal: None,
    tag_family: "win",
    has_releases: false,
    tag_has_minor: false,
    whole_releases_from: None,
    tag_aliases: &[],
    bare_family: Some("win"),
    tag_exceptions: &[("win32", "x86")],
    tag_archs: &[],
    sdk: None,
    release_of: "Windows",
    format: BinaryFormat::Pe,
    libc: None,
    macho_platform: None,
    links_python: false,
    library_prefix: "",
    library_suffix: ".dll",
    abi3_suffix: ".pyd",
    abi3t_suffix: ".pyd",
    release_suffix: ".cp{release}-win_{arch}.pyd",
    program_suffix: ".exe",
    go_minimums: &[(0, Release::new(10, 0))],
    oldest_go: 21,
};

/// Every system whose platform tags and binaries are known, whether or not it has a target.
pub const OSES: &[&Os] = &[LINUX, MUSL, MACOS, WINDOWS, ANDROID, IOS, IOS_SIMULATOR];

impl Os {
    /// The row of a Linux with `libc`.
    pub fn linux(libc: Libc) -> &'static Self {
        match libc {
            Libc::Glibc => LINUX,
            Libc::Musl => MUSL,
            Libc::Bionic => ANDROID,
        }
    }

    /// The row of the platform with this number in `LC_BUILD_VERSION`.
    pub fn of_macho_platform(number: u32) -> Option<&'static Self> {
        OSES.iter().copied().find(|os| os.macho_platform == Some(number))
    }

    /// The usual name of a minimum `release`: `manylinux_2_17`, `macOS 13.0`.
    pub fn minimum_name(&self, release: Release) -> String {
        match self.libc {
            Some(_) => format!("{}_{}", self.tag_family, self.tag_release(release)),
            None => format!("{} {release}", self.release_of),
        }
    }

    /// `release` as its tags spell it: `2_17`, and `24` for Android.
    pub fn tag_release(&self, release: Release) -> String {
        match self.tag_has_minor {
            true => format!("{}_{}", release.major, release.minor),
            false => release.major.to_string(),
        }
    }

    /// The processor `arch` as its tags name it: `arm64_v8a` for `aarch64`.
    pub fn tag_arch<'a>(&self, arch: &'a str) -> &'a str {
        self.tag_archs.iter().find(|(_, of)| *of == arch).map_or(arch, |(own, _)| own)
    }

    /// The processor that its tags call `arch`, as those of other systems with binaries of the same
    /// format name it.
    pub fn arch_of_tag<'a>(&self, arch: &'a str) -> &'a str {
        self.tag_archs.iter().find(|(own, _)| *own == arch).map_or(arch, |(_, of)| of)
    }

    /// Reads a minimum release as users write it: `2.28`, `2_28`, after the name of the system or
    /// of its tags (`manylinux_2_28`, `macOS 13`), or as an alias (`manylinux2014`, `2014`).
    ///
    /// # Errors
    /// The text is none of these.
    pub fn read_release(&self, text: &str) -> Result<Release, ReleaseError> {
        let lower = text.trim().to_ascii_lowercase();
        let names = [self.tag_family.to_owned(), self.release_of.to_ascii_lowercase()];
        let bare = names.iter().find_map(|name| lower.strip_prefix(name)).unwrap_or(&lower);
        let bare = bare.trim_start_matches(['_', '-', ' ']);
        let is_alias = |alias: &str| alias.strip_prefix(self.tag_family) == Some(bare);
        match self.tag_aliases.iter().find(|(alias, _)| is_alias(alias)) {
            Some((_, release)) => Ok(*release),
            None => bare.parse().map_err(|_| ReleaseError(text.to_owned())),
        }
    }

    /// `release` as platform tags write it.
    pub fn tagged(&self, release: Release) -> Release {
        let is_whole = self.whole_releases_from.is_some_and(|from| release.major >= from);
        Release { minor: if is_whole { 0 } else { release.minor }, ..release }
    }

    /// The platform tag for the processor `arch` that names no release.
    pub fn bare_tag(&self, arch: &str) -> String {
        let exception = self.tag_exceptions.iter().find(|(_, of)| *of == arch);
        let family = self.bare_family.unwrap_or(self.tag_family);
        exception.map_or_else(|| format!("{family}_{arch}"), |(tag, _)| (*tag).to_owned())
    }

    /// The first words of its platform tags, with a release and without.
    pub fn tag_families(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.tag_family).chain(self.bare_family)
    }

    /// The minimum release for programs built by Go 1.`minor`.
    pub fn min_for_go(&self, minor: u32) -> Release {
        let raised = self.go_minimums.iter().rev().find(|(since, _)| *since <= minor);
        raised.map(|(_, release)| *release).unwrap_or_default()
    }

    /// The file name of the shared library called `name`: `libhello.so`.
    pub fn library_file(&self, name: impl std::fmt::Display) -> String {
        format!("{}{name}{}", self.library_prefix, self.library_suffix)
    }
}
