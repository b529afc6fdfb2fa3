//! Checks an ELF file by itself.

use super::{go, serves};
use crate::audit::claim::names;
use crate::audit::elf::{Elf, FloatAbi, Kind};
use crate::audit::{BinaryFile, Finding, PlatformClaim, Report, Rule, catalogue};
use crate::target::Libc;

/// The largest page of an Android device.
const ANDROID_PAGE: u64 = 16 << 10;

/// Why musl does not load a library into a running process, if it does not.
///
/// musl lays out static thread-local storage when a process starts. Unlike glibc, it reserves no
/// space for libraries that are loaded later.
pub(in crate::audit) fn refused_by_musl(
    file: &BinaryFile,
    elf: &Elf,
) -> Option<(&'static Rule, &'static str)> {
    if file.go.as_ref().is_some_and(go::is_library) {
        let what = "is a Go library, which musl cannot load into a running process \
                    (golang/go#54805)";
        return Some((catalogue::GO_MUSL_TLS, what));
    }
    (elf.static_tls && file.is_library()).then_some((
        catalogue::ELF_STATIC_TLS,
        "has static thread-local storage, so musl cannot load it into a running process",
    ))
}

pub(in crate::audit) fn check(
    path: &str,
    elf: &Elf,
    claims: &[&PlatformClaim],
    has_counterpart: bool,
    findings: &mut Vec<Finding>,
) {
    if !claims.is_empty() && !serves(claims, elf.arch) {
        let (arch, wheel) = (elf.arch_or_machine(), names(claims));
        let what = format!("is for {arch}, but the wheel is for {wheel}");
        findings.report(catalogue::ELF_ARCH, path, what);
    }
    // A bare `linux` tag promises no C library.
    let promises_libc =
        |claim: &&PlatformClaim| claim.min_release.is_some() || claim.libc() != Some(Libc::Glibc);
    let others: Vec<_> = claims
        .iter()
        .copied()
        .filter(|claim| claim.libc() != elf.libc() && promises_libc(claim))
        .collect();
    let is_for_one = claims.len() > others.len();
    if let Some(libc) = elf.libc()
        && !others.is_empty()
        && !(is_for_one && has_counterpart)
    {
        let (own, wheel) = (libc.name(), names(&others));
        let also = if is_for_one { "also " } else { "" };
        let other = others.iter().find_map(|claim| claim.libc()).map_or("another", Libc::name);
        let what =
            format!("is linked with {own}, but the wheel is {also}for {wheel}, which has {other}");
        findings.report(catalogue::ELF_LIBC, path, what);
    }
    if elf.kind == Kind::Object {
        return;
    }
    arm(path, elf, claims, findings);
    if elf.executable_stack {
        let what = "requests an executable stack, which glibc 2.41 and later refuse";
        findings.report(catalogue::ELF_EXECUTABLE_STACK, path, what);
    }
    if elf.text_relocations {
        let what = "has text relocations, which hardened systems refuse";
        findings.report(catalogue::ELF_TEXT_RELOCATIONS, path, what);
    }
    // Only 64-bit devices have larger pages.
    if elf.libc() == Some(Libc::Bionic) && elf.is_64 && (1..ANDROID_PAGE).contains(&elf.page_size) {
        let what = format!(
            "has segments aligned to {} KB, but Android devices may have pages of 16 KB",
            elf.page_size >> 10
        );
        findings.report(catalogue::ELF_PAGE_SIZE, path, what);
    }
    if elf.isa_level > 1 {
        let what = format!("is marked as needing x86-64-v{}", elf.isa_level);
        findings.report(catalogue::ELF_ISA_LEVEL, path, what);
    }
    let rest = match (elf.has_symbol_table, elf.has_debug_info) {
        (true, true) => "a symbol table and debug information",
        (true, false) => "a symbol table",
        (false, true) => "debug information",
        (false, false) => return,
    };
    findings.report(catalogue::ELF_UNSTRIPPED, path, format!("still contains {rest}"));
}

/// Checks a 32-bit Arm file. Of several tags, each that fits the C library counts.
fn arm(path: &str, elf: &Elf, claims: &[&PlatformClaim], findings: &mut Vec<Finding>) {
    let own = claims.iter().copied().filter(|claim| {
        claim.serves(elf.arch) && (elf.libc().is_none() || claim.libc() == elf.libc())
    });
    let own: Vec<_> = own.collect();
    // A static program calls nothing but itself.
    let is_static = elf.needed.is_empty() && elf.interpreter.is_none();
    let wrong = own.iter().find(|claim| {
        let promised = match claim.libc() {
            Some(Libc::Bionic) => FloatAbi::Soft,
            // A bare `linux` tag promises nothing.
            Some(Libc::Glibc | Libc::Musl) if claim.min_release.is_some() => FloatAbi::Hard,
            _ => return false,
        };
        !is_static && elf.arm.float.is_some_and(|float| float != promised)
    });
    if let (Some(claim), Some(float)) = (wrong, elf.arm.float) {
        let (own, other) = match float {
            FloatAbi::Soft => ("integer", "floating-point"),
            FloatAbi::Hard => ("floating-point", "integer"),
        };
        let what = format!(
            "passes floating-point numbers in {own} registers, but {claim} has libraries that use \
             {other} registers"
        );
        findings.report(catalogue::ELF_FLOAT_ABI, path, what);
    }
    let lowest =
        own.iter().filter_map(|claim| Some((claim.level?, claim))).min_by_key(|(at, _)| *at);
    if let (Some((promised, claim)), Some(level)) = (lowest, elf.arm.level)
        && promised < level
    {
        let what = format!("contains code for Armv{level}, but the wheel is tagged {claim}");
        findings.report(catalogue::ELF_ARM_LEVEL, path, what);
    }
}
