//! What builds: Go, a cross C compiler, Python with cffi.
//!
//! [`find`] looks each tool up where its user would expect it (flag or environment variable,
//! `PATH`, the active Python environment, the cache) and fetches the pinned ones that are
//! missing. What comes out is a [`Toolchain`] whose parts have been run once and told their
//! version.

mod build_env;
mod cache;
mod children;
mod clang;
mod compiler;
mod find;
mod lock;
mod process;
mod provision;
mod python;
mod survey;
mod version;

pub use build_env::{BuildEnvironment, Requirements};
pub use cache::Cache;
pub use children::{GUARD_COMMAND, Temporary, guard, start_guard, stop_all, stopped};
pub use compiler::{CCompiler, CKind, Driver};
pub use find::{Found, Go, LEAST_GO, LEAST_ZIG, Lookup, Origin, Toolchain, find, provision_all};
pub use lock::{Lock, Tool};
pub use process::{Call, Finished, interrupted};
pub use provision::{Fetching, install_pinned};
pub use python::{Installer, LEAST_PYTHON, Python};
pub use survey::{Survey, survey};
pub use version::Version;
