//! Binaries that are for another system than the wheel, beside those that are for its own.
//!
//! In: all that was found. Out: the same, with a stranger's error made a warning where the wheel
//! has binaries for its own system too and nothing in it asks for the stranger: then it is data,
//! such as the library for every system that a package ships in one directory, or a helper that is
//! put into processes of 32 bits. A module of Python is never data.

use std::collections::HashSet;

use super::super::{Binary, Finding, Member, PlatformClaim, catalogue as code};
use super::extensions;

pub(super) fn forgive(members: &[Member], claims: &[PlatformClaim], findings: &mut Vec<Finding>) {
    let home: Vec<_> = members.iter().filter(|member| is_at_home(member, claims)).collect();
    if !home.iter().any(|member| member.is_native()) {
        return;
    }
    let asked: HashSet<&str> = home
        .iter()
        .filter_map(|member| match &member.binary {
            Binary::Pe(pe) => Some(pe),
            _ => None,
        })
        .flat_map(|pe| {
            pe.imports
                .iter()
                .map(|import| &*import.dll)
                .chain(pe.delayed.iter().map(String::as_str))
        })
        .collect();
    let modules: HashSet<&str> = members
        .iter()
        .filter(|member| member.is_module())
        .map(|member| member.path.as_str())
        .collect();
    let mut forgiven = HashSet::new();
    for finding in findings.iter_mut() {
        if finding.rule != code::BINARY_FORMAT && finding.rule != code::PE_ARCH {
            continue;
        }
        let file = finding.member.rsplit('/').next().unwrap_or_default().to_lowercase();
        let is_module = extensions::is_named_as_one(&finding.member)
            || modules.contains(finding.member.as_str());
        if !is_module && !asked.contains(file.as_str()) {
            finding.rule = code::BINARY_FOREIGN_DATA;
            finding.fix = code::BINARY_FOREIGN_DATA.fix.to_owned();
            forgiven.insert(finding.member.clone());
        }
    }
    // What data would need, to be loaded, is nobody's question.
    findings.retain(|finding| {
        finding.rule == code::BINARY_FOREIGN_DATA || !forgiven.contains(&finding.member)
    });
}

fn is_at_home(member: &Member, claims: &[PlatformClaim]) -> bool {
    let archs = member.archs();
    claims
        .iter()
        .filter(|claim| claim.loads(member.format))
        .any(|claim| archs.iter().any(|arch| claim.serves(Some(arch))))
}
