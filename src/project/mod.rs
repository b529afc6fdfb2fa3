//! What the author wrote: configuration, Go exports, signatures, files.
//!
//! [`Project::read`] is the door: a [`Project`] that exists has valid names, a Go package with
//! exports, and signatures that do not contradict them. Nothing here runs a program or writes.
mod build_system;
mod c;
mod config;
mod go;
mod names;
mod part;
mod root;
mod signature_check;
#[cfg(test)]
mod tests;
mod text;
mod tree;

pub use build_system::BuildSystem;
pub use c::signature::{Prototype, Signature};
pub use c::types::{BaseType, CType};
pub use config::keys::{KEYS, Key, reference};
pub use config::settings::{Settings, ToolchainName, UnknownToolchain};
pub use config::{Config, Flavor};
pub use go::exports::{GoExport, GoParam};
pub use go::tree::GoTree;
pub use names::{LibraryName, ModuleName, NameError, is_identifier, is_keyword, shown};
pub use part::{Extension, GoLibrary, GoModule};
pub use root::Project;
pub use tree::{Entry, EntryKind, sources};
