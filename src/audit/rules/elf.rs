//! What an ELF file of a wheel must be, seen by itself.

use super::super::elf::Elf;
use super::super::finding::{Finding, code};
use crate::target::Target;

pub(in crate::audit) fn check(
    path: &str,
    elf: &Elf<'_>,
    target: Target,
    findings: &mut Vec<Finding>,
) {
    if !super::serves(target, elf.arch) {
        let arch = elf.arch.map_or_else(|| format!("machine {}", elf.machine), str::to_owned);
        findings.push(Finding::error(
            path,
            code::ELF_ARCH,
            format!("is for {arch}, but the wheel is for {target}"),
            "build it for that target; a binary that was in the source tree must stay out",
        ));
    }
    if elf.executable_stack {
        findings.push(Finding::error(
            path,
            code::ELF_EXECUTABLE_STACK,
            "asks for an executable stack, and newer glibc refuses to load such a library",
            "link it with -Wl,-z,noexecstack, and mark assembly with .note.GNU-stack",
        ));
    }
    if elf.text_relocations {
        findings.push(Finding::error(
            path,
            code::ELF_TEXT_RELOCATIONS,
            "has relocations in its code, which hardened systems refuse to load",
            "compile everything in it with -fPIC",
        ));
    }
    let left = match (elf.has_symbol_table, elf.has_debug_info) {
        (true, true) => "its symbol table and debug information",
        (true, false) => "its symbol table",
        (false, true) => "debug information",
        (false, false) => return,
    };
    findings.push(Finding::warning(
        path,
        code::ELF_UNSTRIPPED,
        format!("still holds {left}"),
        "link it with -s; for Go, -ldflags=\"-s -w -extldflags=-s\"",
    ));
}
