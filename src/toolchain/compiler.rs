//! The C compiler of a slice: one executable for each, as Go wants it.
//!
//! Go probes what the linker can do by running `CC` with arguments of its own, and takes only
//! the first word of `CC` for that. So the compiler, the target and the flags that must always
//! be there are put into a small script, which lies in the cache under a digest of its text.

use std::path::{Path, PathBuf};

use super::cache::Cache;
use super::find::Found;
use crate::error::Result;
use crate::target::{BinaryFormat, LinkStyle, Os, Release, Slice};

/// Which C compiler builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CKind {
    /// `zig cc`, which carries the C libraries of all targets.
    #[default]
    Zig,
    /// Clang, with lld and the sysroots of this machine.
    Clang,
}

/// A C compiler that can build for every slice.
#[derive(Debug, Clone)]
pub enum CCompiler {
    /// `zig cc`.
    Zig(Found),
}

/// The compiler of one slice, ready to run.
#[derive(Debug, Clone)]
pub struct Driver {
    /// Compiles and links C.
    pub cc: PathBuf,
    /// Compiles and links C++.
    pub cxx: PathBuf,
    /// What it needs in its environment.
    pub env: Vec<(&'static str, PathBuf)>,
}

/// Asked by Go which compiler it is (`-### -x c -c -`), zig leaves an empty file `-.o` in the
/// current directory, and that is the author's.
const LEAVE_PROJECT: &str = "[ \"$1\" = '-###' ] && cd \"${PYGO_SCRATCH:-/tmp}\"\n";

/// Stubs of the macOS libraries that Go's runtime and standard library link with.
const MACOS_STUBS: &[(&str, &str, bool)] = &[
    ("usr/lib/libresolv.tbd", include_str!("../../toolchains/macos/usr/lib/libresolv.tbd"), false),
    (
        "System/Library/Frameworks/CoreFoundation.framework/CoreFoundation.tbd",
        include_str!(
            "../../toolchains/macos/System/Library/Frameworks/CoreFoundation.framework/CoreFoundation.tbd"
        ),
        false,
    ),
    (
        "System/Library/Frameworks/Security.framework/Security.tbd",
        include_str!(
            "../../toolchains/macos/System/Library/Frameworks/Security.framework/Security.tbd"
        ),
        false,
    ),
];

impl CCompiler {
    /// `zig cc` of the zig that was found.
    pub fn zig(found: Found) -> Self {
        Self::Zig(found)
    }

    /// The program and its version.
    pub fn found(&self) -> &Found {
        match self {
            Self::Zig(found) => found,
        }
    }

    /// What its user should know of the wheels for `os` that come out of it.
    pub fn caveat(&self, os: &Os) -> Option<String> {
        let Self::Zig(Found { version, .. }) = self;
        // Its Mach-O writer leaves a gap unset before the string table.
        (os.format == BinaryFormat::MachO && (version.major, version.minor) == (0, 17)).then(|| {
            format!(
                "zig {version} leaves stray bytes in libraries for macOS: their wheels work, but \
                 differ from one build to the next; zig 0.16 does not"
            )
        })
    }

    /// Its name in messages and reports.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Zig(_) => "zig",
        }
    }

    /// The compiler for `slice`, whose results run on the system release `min` and later. What
    /// it must leave somewhere it leaves in the directory `scratch`.
    ///
    /// # Errors
    /// If its script cannot be written to the cache.
    pub fn driver(
        &self,
        cache: &Cache,
        slice: Slice,
        min: Release,
        scratch: &Path,
    ) -> Result<Driver> {
        let Self::Zig(zig) = self;
        let mut flags = vec!["-target".to_owned(), slice.zig_triple(min)];
        // Go's probes compile without any -O; zig would then build its debug runtimes as well.
        flags.push("-O2".to_owned());
        if slice.os.link == LinkStyle::Apple {
            flags.extend(macos_library_flags(cache)?);
        }
        let flags: Vec<_> = flags.iter().map(|flag| quote(flag)).collect();
        let script = |command: &str| {
            format!(
                "#!/bin/sh\n{LEAVE_PROJECT}exec {} {command} {} \"$@\"\n",
                quote(&zig.exe.to_string_lossy()),
                flags.join(" ")
            )
        };
        let dir = cache.files(
            &format!("cc-{}", slice.name()),
            &[("cc", &script("cc"), true), ("c++", &script("c++"), true)],
        )?;
        let zig_cache = match std::env::var_os("ZIG_GLOBAL_CACHE_DIR") {
            Some(dir) => PathBuf::from(dir),
            None => cache.dir("zig")?,
        };
        Ok(Driver {
            cc: dir.join("cc"),
            cxx: dir.join("c++"),
            env: vec![
                ("ZIG_GLOBAL_CACHE_DIR", zig_cache.clone()),
                ("ZIG_LOCAL_CACHE_DIR", zig_cache),
                ("PYGO_SCRATCH", scratch.to_owned()),
            ],
        })
    }
}

/// Where the linker finds macOS's libraries: the user's SDK if `SDKROOT` names one, and after
/// it the stubs, which hold what Go itself needs.
fn macos_library_flags(cache: &Cache) -> Result<Vec<String>> {
    let stubs = cache.files("macos-stubs", MACOS_STUBS)?;
    let sdk = std::env::var_os("SDKROOT").filter(|root| !root.is_empty()).map(PathBuf::from);
    let mut flags = Vec::new();
    for root in sdk.iter().chain([&stubs]) {
        let below = |path: &str| root.join(path).display().to_string();
        flags.push(format!("-L{}", below("usr/lib")));
        flags.push(format!("-F{}", below("System/Library/Frameworks")));
    }
    if let Some(root) = sdk {
        flags.extend(["-isystem".to_owned(), root.join("usr/include").display().to_string()]);
    }
    Ok(flags)
}

fn quote(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}
