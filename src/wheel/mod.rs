//! The wheel file format: names, tags, RECORD, METADATA, reading and writing.
//!
//! Follows the binary distribution format
//! (<https://packaging.python.org/en/latest/specifications/binary-distribution-format/>, first
//! PEP 427). Knows nothing about what a wheel is built from, and starts no process.
//! [`WheelFile::read`] reads a wheel, its [`Contents`] are changed in memory, and [`write()`] writes
//! the result. [`Archive`] reads any zip without trusting it.

mod archive;
mod contents;
mod deflate;
mod dist_name;
mod error;
mod fix;
mod headers;
mod marker;
mod metadata;
mod name;
mod packed;
mod path;
mod python_name;
mod read;
pub mod record;
mod requirement;
mod specifiers;
mod tag;
mod timestamp;
mod wheel_info;
mod write;

pub use archive::{Archive, ArchiveFault, ArchiveFaultKind, Entry as ArchiveEntry, Source};
pub use contents::{Contents, File};
pub use dist_name::DistName;
pub use error::{Error, FormatError};
pub use fix::{Changes, fix, is_untidy};
pub use headers::Headers;
pub use metadata::Metadata;
pub use name::WheelName;
pub use path::MemberPath;
pub use python_name::{KEYWORDS as PYTHON_KEYWORDS, is_keyword};
pub use read::WheelFile;
pub use record::Digest;
pub use requirement::Requirement;
pub use specifiers::version_specifiers;
pub use tag::WheelTag;
pub use timestamp::{Timestamp, rfc3339};
pub use wheel_info::WheelInfo;
pub use write::write;

/// The limit on the total size of a wheel's members, in bytes.
///
/// Far above any wheel that the index accepts, far below where a zip needs its 64-bit extensions.
/// A file that claims more is broken or malicious, and is not read into memory.
pub const MAX_TOTAL_BYTES: u64 = 2 << 30;

/// The limit on the number of members: with one more, a zip needs its 64-bit extensions.
const MAX_MEMBERS: usize = 0xFFFE;

/// Checks `count` members, which the message calls `what`, against both limits.
fn check_size(count: usize, what: &str, bytes: u64) -> Result<(), FormatError> {
    if count <= MAX_MEMBERS && bytes <= MAX_TOTAL_BYTES {
        return Ok(());
    }
    Err(FormatError(format!(
        "{count} {what} of {bytes} bytes exceed the limits of a wheel \
         ({MAX_MEMBERS} files, {MAX_TOTAL_BYTES} bytes)"
    )))
}
