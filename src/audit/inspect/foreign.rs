//! Foreign binaries: those for another system than the wheel's.
//!
//! In: all findings. Out: the same, with errors about foreign binaries downgraded to warnings where
//! they are data: the wheel has native binaries for its own system, and none of them imports the
//! foreign one. Packages ship libraries for every system in one directory, or helpers to inject
//! into 32-bit processes. A Python module is never data.

use std::collections::HashSet;

use super::extensions;
use crate::audit::{Binary, BinaryFile, Finding, PlatformClaim, catalogue};

pub(super) fn accept_as_data(
    files: &[BinaryFile],
    claims: &[PlatformClaim],
    findings: &mut Vec<Finding>,
) {
    let own: Vec<_> = files.iter().filter(|file| is_own(file, claims)).collect();
    if !own.iter().any(|file| file.is_native()) {
        return;
    }
    let mut imported = HashSet::new();
    for file in own {
        if let Binary::Pe(pe) = &file.binary {
            imported.extend(pe.imports.iter().map(|import| import.dll.as_str()));
            imported.extend(pe.delayed.iter().map(String::as_str));
        }
    }
    let modules: HashSet<&str> =
        files.iter().filter(|file| file.is_module()).map(|file| file.path.as_str()).collect();
    let mut data = HashSet::new();
    for finding in findings.iter_mut() {
        if finding.rule != catalogue::BINARY_FORMAT && finding.rule != catalogue::PE_ARCH {
            continue;
        }
        let file = finding.member.rsplit('/').next().unwrap_or_default().to_lowercase();
        let is_module = extensions::is_named_as_one(&finding.member)
            || modules.contains(finding.member.as_str());
        if !is_module && !imported.contains(file.as_str()) {
            finding.rule = catalogue::BINARY_FOREIGN_DATA;
            finding.fix = catalogue::BINARY_FOREIGN_DATA.fix.to_owned();
            data.insert(finding.member.clone());
        }
    }
    // It does not matter what data would need to be loaded.
    findings.retain(|finding| {
        finding.rule == catalogue::BINARY_FOREIGN_DATA || !data.contains(&finding.member)
    });
}

fn is_own(file: &BinaryFile, claims: &[PlatformClaim]) -> bool {
    let archs = file.archs();
    claims
        .iter()
        .filter(|claim| claim.loads(file.format))
        .any(|claim| archs.iter().any(|arch| claim.serves(Some(arch))))
}
