//! What the author wrote: configuration, Go exports, signatures, files.
//!
//! [`Project::read`] is the door: a [`Project`] that exists has valid names, a Go package with
//! exports, and signatures that do not contradict them. Nothing here runs a program or writes.
mod agree;
mod build_system;
mod c_lexer;
mod c_names;
mod config;
mod decode;
mod go_exports;
#[cfg(test)]
mod go_exports_tests;
mod go_lexer;
mod go_source;
mod go_tree;
mod keys;
mod names;
mod part;
mod root;
#[cfg(test)]
mod root_tests;
mod settings;
mod shape;
mod signature;
mod text;
mod tree;
mod tree_rules;
#[cfg(test)]
mod tree_tests;

pub use agree::check;
pub use build_system::BuildSystem;
pub use c_names::CNames;
pub use config::{Config, Flavor};
pub use go_exports::{GoExport, GoParam};
pub use go_source::GoSource;
pub use go_tree::GoTree;
pub use keys::{KEYS, Key, reference};
pub use names::{LibraryName, ModuleName, NameError, is_identifier, is_keyword, shown};
pub use part::{Extension, GoLibrary, GoModule};
pub use root::Project;
pub use settings::{Settings, ToolchainName, UnknownToolchain};
pub use shape::Shape;
pub use signature::{CType, Prototype, Signature};
pub use tree::{Entry, EntryKind, sources};
