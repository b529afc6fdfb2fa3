//! What the author wrote: configuration, Go exports, signatures, files.
mod build_system;
mod config;
mod decode;
mod keys;
mod names;
mod settings;
mod text;

pub use build_system::BuildSystem;
pub use config::{Config, Flavor};
pub use keys::{KEYS, Key, reference};
pub use names::{LibraryName, ModuleName, NameError, is_identifier, shown};
pub use settings::{Settings, ToolchainName, UnknownToolchain};
