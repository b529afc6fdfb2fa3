//! The wheel file format: names, tags, RECORD, METADATA, reading, writing, verifying.
//!
//! Follows the binary distribution format
//! (<https://packaging.python.org/en/latest/specifications/binary-distribution-format/>, first
//! PEP 427). This room knows nothing of what a wheel is built from and starts no process. A
//! [`WheelFile`] comes in by [`WheelFile::read`], its [`Contents`] are changed in memory, go out
//! by [`write()`], and [`verify()`] judges the result from its file.

mod archive;
mod contents;
mod dist_name;
mod finding;
mod headers;
mod layout;
mod metadata;
mod name;
mod path;
mod read;
mod record;
mod requirement;
mod retag;
mod tag;
mod timestamp;
mod unpack;
mod verify;
mod wheel_info;
mod write;

pub use archive::{
    Archive, ArchiveFault, ArchiveFaultKind, Entry as ArchiveEntry, Source, Streamed,
};
pub use contents::{Contents, ContentsError, File};
pub use dist_name::{DistName, DistNameError};
pub use finding::Finding;
pub use headers::{HeaderError, Headers};
pub use layout::LayoutFault;
pub use metadata::{Metadata, MetadataError};
pub use name::{BuildTag, WheelName, WheelNameError};
pub use path::{MemberPath, MemberPathError};
pub use read::{ReadError, WheelFile};
pub use record::{Digest, Line, Record, RecordError, RecordFault, Row};
pub use requirement::Requirement;
pub use retag::retag;
pub use tag::{TagError, WheelTag};
pub use timestamp::{Timestamp, TimestampError};
pub use verify::{Verified, verify};
pub use wheel_info::{WheelInfo, WheelInfoError};
pub use write::{WriteError, write};

/// The most that the members of one wheel may hold together, in bytes.
///
/// Far above any wheel the index takes, far below where a zip needs its 64-bit extensions; what
/// claims more is broken or hostile, and is not read into memory.
pub const MAX_TOTAL_BYTES: u64 = 2 << 30;

/// The most members one wheel may have: one more and a zip needs its 64-bit extensions.
pub const MAX_MEMBERS: usize = 0xFFFE;
