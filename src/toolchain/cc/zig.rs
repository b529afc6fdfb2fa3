//! `zig cc`, which includes the C libraries of all targets.
//!
//! Go probes the linker by running `CC` with arguments of its own, and uses only the first word of
//! `CC` for that. So the compiler, the target and the flags that must always be present go into a
//! small script, kept in the cache under a digest of its text.

use std::path::{Path, PathBuf};

use super::compiler::{CCompiler, Driver, Setup, quote};
use super::link;
use super::own_library::OwnLibrary;
use crate::error::{Failure, Result};
use crate::process::{Call, may_write_into};
use crate::project::CompilerName;
use crate::target::{BinaryFormat, Libc, Machine, Os, Slice};
use crate::toolchain::locate::Program;
use crate::toolchain::objects;
use crate::toolchain::python::Host;
use crate::toolchain::tool::Tool;
use crate::toolchain::version::Version;

/// `zig cc`.
pub(super) struct Zig;

/// An older zig does not link Go for macOS.
const ZIG: Program = Program {
    tool: Tool::Cc(CompilerName::ZIG),
    min: Version::new(0, 14, 1),
    in_package: "ziglang/zig",
    version: |environment, exe, doing| Call::new(environment, "zig", exe, doing).args(["version"]),
};

/// When Go asks which compiler it is (`-### -x c -c -`), zig leaves an empty file `-.o` in the
/// current directory, which is the author's.
const LEAVE_PROJECT: &str = "[ \"$1\" = '-###' ] && cd \"${PYGO_SCRATCH:-/tmp}\"\n";

/// Go's linker probes link without `-s`, for which zig would build its runtimes a second time. What
/// is built has the flag anyway, unless it keeps its symbols.
const STRIP: &str = "strip=${PYGO_STRIP:-} maps= link=${PYGO_LINKER:-}\n\
                     for arg; do case \"$arg\" in -c|-E|-S) strip= maps=1 link= ;; \
                     -r|'-###') strip= link= ;; esac; done\n";

/// Wheels must not depend on where a checkout is, so `__FILE__` in C must not either. Go maps the
/// directory of each package, but not that of headers elsewhere in the project. Flags of the
/// environment would make Go compile its own packages for each project.
const MAPS: &str = "[ \"$1\" = '-###' ] && maps=\n\
                    case \"${maps:+${PYGO_ROOT:+$PWD/}}\" in \"${PYGO_ROOT:-}\"/*|\"${PYGO_MODULES:-}\"/*) \
                    set -- \"-ffile-prefix-map=$PYGO_ROOT=/_/project\" \
                    \"-ffile-prefix-map=$PYGO_MODULES=/_/mod\" \"$@\" ;; esac\n";

macro_rules! stubs {
    ($($path:literal)*) => {
        &[$(($path, include_str!(concat!("../../../toolchains/macos/", $path)))),*]
    };
}

/// Stubs of the macOS libraries that Go's runtime and standard library link against.
const MACOS_STUBS: &[(&str, &str)] = stubs! {
    "usr/lib/libresolv.tbd"
    "System/Library/Frameworks/CoreFoundation.framework/CoreFoundation.tbd"
    "System/Library/Frameworks/Security.framework/Security.tbd"
};

impl CCompiler for Zig {
    fn program(&self) -> &'static Program {
        &ZIG
    }

    fn includes_libraries(&self) -> bool {
        true
    }

    fn caveat(&self, version: Version, os: &Os) -> Option<String> {
        // Its Mach-O writer leaves a gap before the string table uninitialized.
        let stray = os.format == BinaryFormat::MachO && (version.major, version.minor) == (0, 17);
        stray.then(|| {
            format!(
                "zig {version} leaves stray bytes in libraries for macOS: the wheels work, but \
                 differ from one build to the next; zig 0.16 does not do that"
            )
        })
    }

    fn driver(&self, setup: &Setup<'_>) -> Result<Driver> {
        let Setup { exe, version, host, slice, min, scratch, sysroot } = *setup;
        if let Some(dir) = sysroot {
            return Err(Failure::toolchain(
                format!("setting up zig for {}", slice.name()),
                format!("the sysroot {} is set, but zig does not use one", dir.display()),
                "remove the sysroot: zig includes the C library; or use `toolchain = \"clang\"`",
            ));
        }
        // Go's probes compile without any -O, for which zig would build its debug runtimes as well.
        let mut flags = vec!["-target".to_owned(), slice.zig_triple(min), "-O2".to_owned()];
        if slice.os.format == BinaryFormat::MachO {
            flags.extend(macos_library_flags(host)?);
        }
        let flags: Vec<_> = flags.iter().map(|flag| quote(flag)).collect();
        let script = |command: &str| {
            format!(
                "#!/bin/sh\n{LEAVE_PROJECT}{STRIP}{}{MAPS}exec {} {} {} {command} {} \"$@\" $strip\n",
                objects::SCRIPT,
                objects::START,
                link::START,
                quote(&exe.to_string_lossy()),
                flags.join(" ")
            )
        };
        let scripts = [("cc", &*script("cc")), ("c++", &*script("c++"))];
        let dir = host.cache.files(&format!("cc-{}", slice.name()), &scripts, true)?;
        // In a directory of its own: Go compiles everything anew for a compiler at another place.
        let tool = |name: &str| {
            format!("#!/bin/sh\nexec {} {name} \"$@\"\n", quote(&exe.to_string_lossy()))
        };
        let tools = [("ar", &*tool("ar")), ("ranlib", &*tool("ranlib"))];
        let archiver = host.cache.files("ar", &tools, true)?;
        let dlltool = [("dlltool", &*tool("dlltool"))];
        let dlltool = host.cache.files("dlltool", &dlltool, true)?;
        let named = host.environment.get("ZIG_GLOBAL_CACHE_DIR").map(PathBuf::from);
        let zig_cache = match named.filter(|dir| may_write_into(dir)) {
            Some(dir) => dir,
            None => host.cache.dir("zig")?,
        };
        // Next to what zig builds, so that both are removed together.
        let marker =
            |of: &str| zig_cache.join(format!("pygo-{of}-{version}-{}", slice.zig_triple(min)));
        let mut env = vec![
            ("ZIG_GLOBAL_CACHE_DIR", zig_cache.clone()),
            ("ZIG_LOCAL_CACHE_DIR", zig_cache.clone()),
            ("PYGO_SCRATCH", scratch.to_owned()),
        ];
        // The C runtime of Windows calls functions of zig's, and so does musl.
        let is_complete = slice.os.format != BinaryFormat::Pe && slice.os.libc != Some(Libc::Musl);
        env.extend(host.pygo.clone().filter(|_| is_complete).map(|pygo| (link::PROGRAM, pygo)));
        Ok(Driver {
            cc: dir.join("cc"),
            cxx: dir.join("c++"),
            ar: archiver.join("ar"),
            ranlib: archiver.join("ranlib"),
            dlltool: Some(dlltool.join("dlltool")),
            headers: own_library(exe),
            c_library: c_runtime(slice, marker("c")),
            cxx_library: Some(OwnLibrary::new(marker("c++"))),
            env,
        })
    }
}

/// The C runtime that zig compiles from hundreds of files: of mingw-w64, for the machine of `slice`.
fn c_runtime(slice: Slice, marker: PathBuf) -> Option<OwnLibrary> {
    let machine = slice.arch.machines.iter().find_map(|machine| match machine {
        Machine::Pe(machine) if slice.os.format == BinaryFormat::Pe => Some(*machine),
        _ => None,
    })?;
    Some(OwnLibrary::with_file(marker, "libmingw32.lib", machine))
}

/// The directory of zig's headers and sources, which it looks for as zig does: in directories above
/// its program.
pub(super) fn own_library(exe: &Path) -> Option<PathBuf> {
    let exe = fs_err::canonicalize(exe).ok()?;
    let places = exe.ancestors().skip(1).flat_map(|dir| [dir.join("lib/zig"), dir.join("lib")]);
    places.into_iter().find(|lib| lib.join("std/std.zig").is_file())
}

/// Where the linker finds the libraries of macOS: the SDK that `SDKROOT` names, if any, and then
/// the stubs of what Go itself needs.
pub(super) fn macos_library_flags(host: &Host) -> Result<Vec<String>> {
    let stubs = host.cache.files("macos-stubs", MACOS_STUBS, false)?;
    let sdk = host.environment.get("SDKROOT").map(PathBuf::from);
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
