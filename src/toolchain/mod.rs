//! Finds, downloads and versions the tools of a build: Go, C compilers, Python and cffi.
//!
//! In: what the user says about tools, as a [`Lookup`], and the [`Environment`]. Out: [`Tools`],
//! which locates each tool when it is first needed.
//!
//! [`Environment`]: crate::process::Environment

mod answers;
mod cache;
mod cc;
mod doctor;
mod go;
mod locate;
mod lock;
mod objects;
mod python;
mod tool;
mod tools;
mod upkeep;
mod version;

pub use answers::{is_binary, stamp};
pub use cache::Cache;
pub use cc::{Cc, Driver, LINK_COMMAND, OwnLibrary, includes_libraries, link};
pub use doctor::{Checkup, Diagnosis, diagnose, installed_go};
pub use go::Go;
pub use lock::pinned_version;
pub use objects::{C_SOURCES, OBJECT_COMMAND, object, variables as object_variables};
pub use python::{
    BuildEnvironment, Download, Host, Installed, Installer, Interpreter, Requirements, Step,
    find_uv, pip_into_directory,
};
pub use tool::{Found, Lookup, Origin, Tool};
pub use tools::Tools;
pub use version::Version;
