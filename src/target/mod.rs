//! Where a wheel must run: pure data, no I/O.
//!
//! An [`Os`] and an [`Arch`] are rows of constants: every name, suffix, flag style and minimum.
//! A [`Slice`] is one of each, and a [`Target`], the unit a user asks for, has one slice per
//! processor (a `universal2` wheel has two). Code elsewhere reads these rows. Where systems really
//! differ in kind, it matches on a row's own enum: [`BinaryFormat`] or [`Libc`].
//!
//! To build for another platform, add a row to [`TARGETS`] and, if they lack the system or the
//! processor, to [`OSES`] or [`ARCHS`]. Those two also hold what only the audit knows.

mod arch;
mod cpu;
mod format;
mod link;
mod name;
mod os;
mod platform_tag;
mod python;
mod release;
mod systems;
#[expect(clippy::module_inception, reason = "the file of the type `Target`")]
mod target;
mod words;

#[cfg(test)]
mod tests;

pub use arch::{
    AARCH64, ARCHS, ARMV7L, Arch, FATS, Fat, I686, LOONGARCH64, Machine, PPC64LE, RISCV64, S390X,
    UNIVERSAL2, X86_64,
};
pub use cpu::Baseline;
pub use format::{BinaryFormat, Libc};
pub use name::{Choice, UnknownTarget, host, parse_list};
pub use os::{ANDROID, IOS, IOS_SIMULATOR, LINUX, MACOS, MUSL, OSES, Os, WINDOWS};
pub use platform_tag::{PlatformTag, PlatformTagError};
pub use python::{FIRST_ABI3T, PythonAbi, PythonRelease};
pub use release::{Release, ReleaseError};
pub use systems::systems;
pub use target::{DEFAULT_PROGRAM_TARGETS, DEFAULT_TARGETS, Slice, TARGETS, Target};
pub use words::{Named, vocabulary};
