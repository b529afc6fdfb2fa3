//! Judges the bytes of finished binaries, and of the wheels that they are in.
//!
//! Runs nothing, trusts nothing: any bytes give an answer in bounded time and memory. The
//! vocabulary is here, in [`rule`] and in [`finding`]; each format has its reader ([`elf`],
//! [`macho`], [`pe`], [`go_build_info`]), each question about several files its own file
//! ([`policy`], [`closure`], `rules`). [`verdict`] asks them all for what the factory built,
//! [`mod@inspect`] for any wheel.

mod binaries;
pub mod bytes;
pub mod catalogue;
pub mod claim;
pub mod closure;
pub mod elf;
pub mod finding;
pub mod format;
pub mod go_build_info;
pub mod inspect;
pub mod macho;
mod member;
pub mod pe;
pub mod policy;
pub mod rule;
mod rules;
pub mod selection;
pub mod spilled;
pub mod stable_abi;
pub mod verdict;

#[cfg(test)]
mod forge;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;

pub use binaries::MemberFacts;
pub use bytes::Bytes;
pub use claim::PlatformClaim;
pub use elf::Elf;
pub use finding::Finding;
pub use format::{Format, build_output, is_cgo_header};
pub use go_build_info::GoBuildInfo;
pub use inspect::{Inspection, inspect};
pub use macho::{MachO, MachoSlice, Signature};
pub use member::{Binary, Damaged, Member};
pub use pe::Pe;
pub use rule::{Group, Rule, Severity};
pub use selection::{Selection, UnknownRule};
pub use spilled::Spilled;
pub use verdict::{Extension, Subject, Verdict, examine, judge};

/// The bytes do not fit together as their format asks; holds what does not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(pub String);

impl From<goblin::error::Error> for Malformed {
    fn from(error: goblin::error::Error) -> Self {
        Self(error.to_string())
    }
}
