//! Clang and lld, with the C libraries of this machine or of a sysroot.

use std::path::{Path, PathBuf};

use super::compiler::{CCompiler, Driver, Setup};
use super::zig::{macos_library_flags, own_library};
use crate::error::{Failure, Kind, Result};
use crate::process::Call;
use crate::project::CompilerName;
use crate::target::{BinaryFormat, X86_64};
use crate::toolchain::locate::Program;
use crate::toolchain::python::Host;
use crate::toolchain::tool::Tool;
use crate::toolchain::version::Version;

/// Clang, with lld.
pub(super) struct Clang;

const NAME: &str = "clang";

/// Source: "X86 Support" in the release notes of Clang 15.
const KNOWS_FLOAT16_ON_X86: Version = Version::new(15, 0, 0);

/// Older ones were not tried.
const CLANG: Program = Program {
    tool: Tool::Cc(CompilerName::CLANG),
    min: Version::new(14, 0, 0),
    in_package: "",
    version: |environment, exe, doing| Call::new(environment, NAME, exe, doing).args(["--version"]),
};

impl CCompiler for Clang {
    fn program(&self) -> &'static Program {
        &CLANG
    }

    fn driver(&self, setup: &Setup<'_>) -> Result<Driver> {
        let Setup { exe, host, slice, min, sysroot, .. } = *setup;
        if slice.os.format == BinaryFormat::MachO && cfg!(target_os = "macos") {
            return apple(setup);
        }
        if slice.os.format == BinaryFormat::Pe {
            let found = "pygo does not know how clang links for Windows";
            return Err(setup.refused(NAME, found, "leave this target out"));
        }
        let beside = |name: &str| beside(exe, name, host);
        let (Some(cxx), Some(ar), Some(ranlib)) =
            (beside("clang++"), beside("llvm-ar"), beside("llvm-ranlib"))
        else {
            let help = "install the packages clang and llvm of your system";
            return Err(setup.refused(
                NAME,
                format!("clang++, llvm-ar or llvm-ranlib is missing next to {}", exe.display()),
                help,
            ));
        };
        if beside("ld.lld").is_none() {
            let found = format!("there is no ld.lld next to {} or on PATH", exe.display());
            return Err(setup.refused(NAME, found, "install the package lld of your system"));
        }
        let mut flags = vec![
            format!("--target={}", slice.clang_triple(min)),
            "-fuse-ld=lld".to_owned(),
            "-O2".to_owned(),
            // Go's runtime compiles with -Werror, and half of these flags are for the linker.
            "-Qunused-arguments".to_owned(),
        ];
        if slice.os.format == BinaryFormat::MachO {
            // lld for macOS ignores `-s`, and leaves the names of object files in what it links.
            flags.push("-Wl,-S".to_owned());
        }
        if let Some(dir) = sysroot {
            if !dir.is_dir() {
                let found = format!("there is no directory {}", dir.display());
                return Err(setup.refused(NAME, found, "correct `sysroot`"));
            }
            flags.push(format!("--sysroot={}", dir.display()));
        } else if slice.os.format == BinaryFormat::MachO {
            let has_sdk = host.environment.get("SDKROOT").is_some();
            if !has_sdk && slice.arch == X86_64 && setup.version < KNOWS_FLOAT16_ON_X86 {
                let found = format!(
                    "clang {} does not know _Float16 on x86, which the headers of macOS use",
                    setup.version
                );
                let help = format!(
                    "install clang {KNOWS_FLOAT16_ON_X86} or newer, name an older SDK with SDKROOT"
                );
                return Err(setup.refused(NAME, found, &help));
            }
            flags.extend(macos_flags(host)?);
        }
        let dir = setup.scripts(&[("cc", exe, &flags), ("c++", &cxx, &flags)])?;
        if slice.os.libc.is_some() {
            find_libc(setup, &dir.join("cc"))?;
        }
        Ok(Driver {
            cc: dir.join("cc"),
            cxx: dir.join("c++"),
            ar,
            ranlib,
            c_library: None,
            cxx_library: None,
            dlltool: None,
            headers: None,
            env: Vec::new(),
        })
    }
}

/// Fails unless `cc` finds the headers of a C library: Go's messages would name a dozen of them.
fn find_libc(setup: &Setup<'_>, cc: &Path) -> Result<()> {
    let doing = format!("looking for the C library of {}", setup.slice.name());
    let call = Call::new(&setup.host.environment, NAME, cc, &doing).without_host_libraries();
    let call = call.args(["-E", "-o", "/dev/null", "-include", "stdlib.h", "-x", "c", "/dev/null"]);
    let finished = call.dir(Path::new("/")).finish()?;
    if finished.status.success() {
        return Ok(());
    }
    let place = setup
        .sysroot
        .map_or("on this machine".to_owned(), |dir| format!("in the sysroot {}", dir.display()));
    Err(finished.failure(
        Kind::Toolchain,
        format!("clang finds none {place}\n{}", finished.last_words()),
        "install your system's C library for that processor (libc6-dev-arm64-cross and \
         libgcc-12-dev-arm64-cross on Debian 12), name a directory that has it with --sysroot, or use \
         --toolchain zig, which includes it",
    ))
}

/// Apple's clang on macOS, which knows its SDK and linker.
fn apple(setup: &Setup<'_>) -> Result<Driver> {
    let triple = setup.slice.clang_triple(setup.min);
    let flags = [format!("--target={triple}"), "-O2".to_owned()];
    let beside = |name| beside(setup.exe, name, setup.host).unwrap_or_else(|| PathBuf::from(name));
    let cxx = beside("clang++");
    let dir = setup.scripts(&[("cc", setup.exe, &flags), ("c++", &cxx, &flags)])?;
    Ok(Driver {
        cc: dir.join("cc"),
        cxx: dir.join("c++"),
        ar: beside("ar"),
        ranlib: beside("ranlib"),
        c_library: None,
        cxx_library: None,
        dlltool: None,
        headers: None,
        env: Vec::new(),
    })
}

/// The program `name` in the directory of `exe`, or of what it links to, or on `PATH`.
fn beside(exe: &Path, name: &str, host: &Host) -> Option<PathBuf> {
    let real = fs_err::canonicalize(exe).ok();
    let dirs = [Some(exe), real.as_deref()].into_iter().flatten().filter_map(Path::parent);
    let mut places = dirs.map(|dir| dir.join(name));
    places.find(|place| place.is_file()).or_else(|| host.environment.which(name))
}

/// The headers and libraries of macOS: of the SDK that `SDKROOT` names, or those that zig includes
/// and the stubs of what Go needs.
fn macos_flags(host: &Host) -> Result<Vec<String>> {
    if let Some(sdk) = host.environment.get("SDKROOT") {
        return Ok(vec!["-isysroot".to_owned(), Path::new(sdk).display().to_string()]);
    }
    let mut flags = macos_library_flags(host)?;
    let zig = host.provide(Tool::Cc(CompilerName::ZIG))?.join("ziglang/zig");
    let Some(libc) = own_library(&zig).map(|library| library.join("libc")) else {
        return Ok(flags);
    };
    let stub = libc.join("darwin/libSystem.tbd");
    let text = fs_err::read_to_string(&stub)
        .map_err(|error| Failure::io("reading zig's stub of macOS's C library", &error))?;
    let text = for_arm64(&text);
    let files: Vec<_> = PARTS_OF_LIBSYSTEM.iter().map(|name| (*name, &*text)).collect();
    let dir = host.cache.files("macos-libsystem", &files, false)?;
    flags.push(format!("-L{}", dir.display()));
    for headers in ["any-darwin-any", "any-macos-any"] {
        let headers = libc.join("include").join(headers);
        flags.extend(["-isystem".to_owned(), headers.display().to_string()]);
    }
    Ok(flags)
}

/// The names under which an SDK has the one library that contains all of C and POSIX.
const PARTS_OF_LIBSYSTEM: &[&str] =
    &["libSystem.tbd", "libc.tbd", "libdl.tbd", "libm.tbd", "libpthread.tbd"];

/// A stub whose targets include arm64. Apple's lists only arm64e, which its own linker and zig's
/// take for both.
fn for_arm64(stub: &str) -> String {
    stub.replace("arm64e-macos", "arm64-macos, arm64e-macos")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stub_for_arm64e_is_one_for_arm64_too() {
        assert_eq!(
            for_arm64("targets: [ x86_64-macos, arm64e-macos, arm64e-maccatalyst ]"),
            "targets: [ x86_64-macos, arm64-macos, arm64e-macos, arm64e-maccatalyst ]"
        );
    }
}
