//! Checks finished binaries and the wheels that contain them.
//!
//! Starts no process and trusts no input: any bytes produce an answer in bounded time and memory.
//! Each format has a parser ([`elf`], [`macho`], [`pe`], [`go_build_info`]); each question about
//! several files has its own module ([`policy`], [`closure`]). [`mod@inspect`] uses all of them on
//! any wheel, [`verdict`] on what the factory built. The rules are in [`catalogue`].

mod android;
mod binaries;
mod binary_file;
pub mod bytes;
pub mod catalogue;
mod checks;
pub mod claim;
pub mod closure;
pub mod description;
pub mod elf;
pub mod excluded;
pub mod exports;
pub mod finding;
pub mod format;
pub mod go_build_info;
pub mod inspect;
mod loaded;
pub mod macho;
mod metadata;
mod module_name;
pub mod pe;
pub mod policy;
pub mod rule;
pub mod sdist;
pub mod selection;
pub mod spooled;
pub mod stable_abi;
pub mod static_library;
mod system_symbols;
pub mod verdict;

#[cfg(test)]
mod tests;

pub use binaries::BinaryFacts;
pub use binary_file::{Binary, BinaryFile};
pub use bytes::Bytes;
pub use checks::extension::Extension;
pub use claim::PlatformClaim;
pub use description::{Described, DescribedBinary, Description, Field, Image, Member, Sbom};
pub use elf::Elf;
pub use excluded::{BadPattern, Excluded};
pub use exports::Exports;
pub use finding::Finding;
use finding::Report;
pub use format::{Format, build_output, is_cgo_header};
pub use go_build_info::GoBuildInfo;
pub use inspect::{FileKind, Inspection, inspect, inspect_except};
pub use macho::{MachO, MachoSlice, Signature};
pub use pe::Pe;
pub use rule::{Effect, Group, Rule, Severity};
pub use sdist::{SUFFIX as SDIST_SUFFIX, inspect_sdist};
pub use selection::{BadSetting, Selection, UnknownRule};
pub use spooled::Spooled;
pub use verdict::{Verdict, judge, judge_except};

/// The bytes violate their format; says how.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(pub String);

impl From<goblin::error::Error> for Malformed {
    fn from(error: goblin::error::Error) -> Self {
        Self(error.to_string())
    }
}
