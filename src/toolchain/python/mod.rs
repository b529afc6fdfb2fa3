//! Python: the interpreter that runs build backends and cffi, and what is installed for it.
//!
//! In: what the user names and requires. Out: a [`Host`], which also provides the pinned tools, and
//! the [`BuildEnvironment`] of a project's build backend.

mod build_environment;
mod download;
mod host;
mod installed;
mod installer;
mod interpreter;
mod pip;
mod requirements;

pub use build_environment::BuildEnvironment;
pub(super) use download::Announce;
pub use download::{Download, Step};
pub use host::Host;
pub use installed::Installed;
pub use installer::Installer;
pub use interpreter::Interpreter;
pub use pip::{into_directory as pip_into_directory, uv as find_uv};
pub use requirements::Requirements;
