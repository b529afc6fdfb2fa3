//! What an ELF file of a wheel must be, seen by itself.

use super::super::elf::{Elf, Kind};
use super::super::finding::{Finding, code};
use super::super::{Member, PlatformClaim, Rule};
use super::go;
use crate::target::{LINUX, Libc, MUSL};

/// Why musl does not load a library into a running process, if it does not.
///
/// The thread-local storage of a process is laid out when it starts; musl has no room to spare for
/// code that insists on a place in it, as glibc has.
pub(in crate::audit) fn refused_by_musl(
    member: &Member,
    elf: &Elf,
) -> Option<(&'static Rule, &'static str)> {
    let is_go = member.go.as_ref().is_some_and(go::is_library);
    match is_go {
        true => Some((
            code::GO_MUSL_TLS,
            "is a Go library, which musl refuses to load into a running process (golang/go#54805)",
        )),
        false if elf.static_tls && member.is_library() => Some((
            code::ELF_STATIC_TLS,
            "has static thread-local storage, with which musl refuses to load it into a running \
             process",
        )),
        false => None,
    }
}

pub(in crate::audit) fn check(
    path: &str,
    elf: &Elf,
    claims: &[&PlatformClaim],
    findings: &mut Vec<Finding>,
) {
    if !claims.is_empty() && !super::serves(claims, elf.arch) {
        let arch = elf.arch.map_or_else(|| format!("machine {}", elf.machine), str::to_owned);
        let what = format!("is for {arch}, but the wheel is for {}", super::names(claims));
        findings.push(Finding::new(code::ELF_ARCH, path, what));
    }
    if let Some(libc) = elf.libc()
        && !claims.is_empty()
        && !claims.iter().any(|claim| claim.libc() == Some(libc))
    {
        let (has, wanted) = match libc {
            Libc::Glibc => (LINUX, MUSL),
            Libc::Musl => (MUSL, LINUX),
        };
        // A bare `linux` tag promises no C library.
        if claims.iter().any(|claim| claim.min_release.is_some() || claim.os != LINUX) {
            let what = format!(
                "is linked with {}, but the wheel is for {}, which has {}",
                has.release_of,
                super::names(claims),
                wanted.release_of
            );
            findings.push(Finding::new(code::ELF_LIBC, path, what));
        }
    }
    if elf.kind == Kind::Object {
        return;
    }
    if elf.executable_stack {
        findings.push(Finding::new(
            code::ELF_EXECUTABLE_STACK,
            path,
            "asks for an executable stack, and newer glibc refuses to load such a library",
        ));
    }
    if elf.text_relocations {
        findings.push(Finding::new(
            code::ELF_TEXT_RELOCATIONS,
            path,
            "has relocations in its code, which hardened systems refuse to load",
        ));
    }
    if elf.isa_level > 1 {
        let what = format!("is marked as needing x86-64-v{}", elf.isa_level);
        findings.push(Finding::new(code::ELF_ISA_LEVEL, path, what));
    }
    let left = match (elf.has_symbol_table, elf.has_debug_info) {
        (true, true) => "its symbol table and debug information",
        (true, false) => "its symbol table",
        (false, true) => "debug information",
        (false, false) => return,
    };
    findings.push(Finding::new(code::ELF_UNSTRIPPED, path, format!("still holds {left}")));
}
