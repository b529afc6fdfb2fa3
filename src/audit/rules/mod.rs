//! The questions that are asked of one binary at a time. One file per subject; each takes what
//! was read and adds what it finds.

pub(super) mod elf;
pub(super) mod extension;
pub(super) mod go;
pub(super) mod macho;
pub(super) mod pe;

use super::PlatformClaim;

/// Whether a binary for the processor `arch`, as tags name it, is of use for any of `claims`.
pub(super) fn serves(claims: &[&PlatformClaim], arch: Option<&str>) -> bool {
    claims.iter().any(|claim| claim.serves(arch))
}

/// The names of `claims`, as a sentence lists them.
pub(super) fn names(claims: &[&PlatformClaim]) -> String {
    claims.iter().map(|claim| claim.name.as_str()).collect::<Vec<_>>().join(" and ")
}

/// How many names a message lists before it says how many more there are.
const LISTED: usize = 4;

/// `names` as a sentence lists them.
pub(super) fn list(names: &[&str]) -> String {
    let (listed, rest) = names.split_at(names.len().min(LISTED));
    match rest.len() {
        0 => listed.join(", "),
        more => format!("{} and {more} more", listed.join(", ")),
    }
}
