//! The questions that are asked of one binary at a time. One file per subject; each takes what
//! was read and adds what it finds.

pub(super) mod elf;
pub(super) mod extension;
pub(super) mod go;
pub(super) mod macho;
pub(super) mod pe;

use super::Aim;

/// Whether a binary for the processor `arch`, as tags name it, is of use for any of `aims`.
pub(super) fn serves(aims: &[&Aim], arch: Option<&str>) -> bool {
    aims.iter().any(|aim| aim.serves(arch))
}

/// The names of `aims`, as a sentence lists them.
pub(super) fn names(aims: &[&Aim]) -> String {
    aims.iter().map(|aim| aim.name.as_str()).collect::<Vec<_>>().join(" and ")
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
