//! What the author wrote: configuration, Go exports, signatures, files.
//!
//! Input: the directory of a project. Output: a [`Project`] with valid names, a Go package with
//! exports, and signatures that match them. Nothing here runs a program or writes a file.
mod abi_check;
mod binary;
mod c;
mod c_inputs;
mod cgo_header;
mod config;
mod derived;
mod find;
mod glue;
mod go;
mod go_directory;
mod names;
mod part;
mod quoted;
mod root;
mod signature_check;
mod signature_notes;
#[cfg(test)]
mod signature_tests;
mod static_metadata;
#[cfg(test)]
mod tests;
mod text;
mod tree;
mod type_class;
mod wheel_path;
mod width_check;
mod words;

pub use abi_check::{Comparison, Verdict as SignatureVerdict, compare_signatures};
pub use binary::{Extension, GoLibrary, NativeModule, Program};
pub use c::signature::{Prototype, Signature};
pub use c::types::{BaseType, CType};
pub use c_inputs::{CInputs, CLibrary, is_outside};
pub use cgo_header::exported;
pub use config::{
    BuildSystem, CheckConfig, CompilerName, Config, Key, NativeSettings, OWN_BACKEND,
    OWN_REQUIREMENT, Profile, Settings, TestSettings, check_reference, config_schema, keys,
    moved_paths, reference,
};
pub use derived::{Derived, LeftOut, derive};
pub use find::{enclosing, is_project};
pub use glue::{declarations, go_header, go_types};
pub use go::archive::{Archive, Archived};
pub use go::exports::{GoExport, GoParam};
pub use go::modfile::module_path;
pub use go::package::GoPackage;
pub use go::reserved::{is_reserved as is_reserved_by_go, is_taken as is_taken_by_go};
pub use go::source::is_main_package;
pub use go::tree::{GoTree, is_go_source};
pub use names::{LibraryName, ModuleName, NameError, ProgramName, is_identifier, is_no_package};
pub use part::{Part, PartId, PartKind};
pub use root::Project;
pub use signature_notes::unfreed_strings;
pub use static_metadata::StaticMetadata;
pub use text::shown;
pub use tree::{Entry, EntryKind, sources};
pub use wheel_path::WheelPath;
pub use words::{quote_word, split_words};
