//! Judges the bytes of finished binaries.
//!
//! Runs nothing, reads no files, trusts nothing: any bytes give an answer in bounded time. The
//! vocabulary is here and in [`finding`]; each format has its reader ([`elf`], [`macho`],
//! [`go_build_info`]), each question about several files its own file ([`policy`], [`closure`],
//! `rules`), and [`verdict`] asks them all.

mod bytes;
pub mod closure;
pub mod elf;
pub mod finding;
pub mod format;
pub mod go_build_info;
pub mod macho;
pub mod policy;
mod rules;
pub mod stable_abi;
pub mod verdict;

#[cfg(test)]
mod forge;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;

pub use elf::Elf;
pub use finding::{Finding, Severity};
pub use format::{Format, build_output, is_cgo_header};
pub use go_build_info::GoBuildInfo;
pub use macho::{MachO, MachoSlice, Signature};
pub use verdict::{Extension, MemberFacts, Subject, Verdict, examine, judge};

/// The bytes do not fit together as their format asks; holds what does not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(pub String);

impl From<goblin::error::Error> for Malformed {
    fn from(error: goblin::error::Error) -> Self {
        Self(error.to_string())
    }
}

/// A binary of a wheel, read.
#[derive(Debug, Clone)]
pub enum Binary<'a> {
    /// An ELF file.
    Elf(Box<Elf<'a>>),
    /// The images of a Mach-O file.
    MachO(Vec<MachoSlice<'a>>),
}

/// A binary and where it lies in the wheel.
#[derive(Debug, Clone)]
pub struct Member<'a> {
    /// Its path in the wheel, with `/`.
    pub path: &'a str,
    /// What it says.
    pub binary: Binary<'a>,
    /// Its bytes.
    pub bytes: &'a [u8],
}
