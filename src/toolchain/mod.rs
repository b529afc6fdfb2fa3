//! What builds: Go, a cross C compiler, Python with cffi.
//!
//! [`find`] looks each tool up where its user would expect it (flag or environment variable,
//! `PATH`, the active Python environment, the cache) and fetches the pinned ones that are
//! missing. What comes out is a [`Toolchain`] whose parts have been run once and told their
//! version.

mod build_env;
mod cache;
mod clang;
mod compiler;
mod find;
mod find_python;
mod go;
mod installer;
mod lock;
mod provision;
mod python;
mod requirements;
mod survey;
mod version;

pub use build_env::BuildEnvironment;
pub use cache::Cache;
pub use compiler::{CCompiler, CKind, Driver};
pub use find::{Found, Host, Lookup, Origin, Toolchain, find, find_host, provision_all};
pub use go::Go;
pub use installer::Installer;
pub use lock::{Lock, Tool};
pub use provision::{Fetching, install_pinned};
pub use python::Python;
pub use requirements::Requirements;
pub use survey::{Survey, survey};
pub use version::Version;
