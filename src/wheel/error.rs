//! The errors of reading and writing wheels.

use std::io;

/// A name, a file or a set of files breaks a rule of the format. The message says which one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FormatError(pub String);

/// A wheel could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file system failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It is not a wheel, or would not be one.
    #[error(transparent)]
    Format(#[from] FormatError),
}
