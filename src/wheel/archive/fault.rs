//! What can be wrong with an archive.

use std::fmt;

/// The kind of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ArchiveFaultKind {
    /// Not a zip file, or its directory cannot be read.
    Unreadable,
    /// Bytes that belong to no part of the archive.
    ExtraBytes,
    /// A name occurs twice.
    Duplicate,
    /// A path outside the directory that the archive is unpacked into.
    Traversal,
    /// A name that systems read differently.
    Name,
    /// A link, a device, or anything else but a plain file.
    NotAFile,
    /// Two names that differ in case only.
    CaseCollision,
    /// A name that Windows cannot create.
    DeviceName,
    /// It unpacks to far more than its own size.
    Bomb,
    /// A compression method other than stored and deflated.
    Method,
    /// An encrypted member.
    Encrypted,
    /// Members that share bytes.
    Overlap,
    /// A local header and the central directory disagree.
    HeadersDisagree,
    /// Sizes that follow the data.
    DataDescriptor,
    /// A member that does not unpack to the stated size and checksum.
    Corrupt,
    /// A comment in the central directory.
    Comment,
    /// A name that is both a file and a directory.
    FileAndDirectory,
}

/// A fault of the archive.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ArchiveFault {
    /// Its kind.
    pub kind: ArchiveFaultKind,
    /// The member; empty if it is about the archive itself.
    pub member: String,
    /// The problem, as a sentence whose subject is the member.
    pub what: String,
}

impl ArchiveFault {
    pub(super) fn new(kind: ArchiveFaultKind, member: &str, what: impl Into<String>) -> Self {
        Self { kind, member: member.to_owned(), what: what.into() }
    }
}

impl fmt::Display for ArchiveFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.member.is_empty() {
            write!(f, "the archive {}", self.what)
        } else {
            write!(f, "`{}` {}", self.member.escape_debug(), self.what)
        }
    }
}

impl std::error::Error for ArchiveFault {}
