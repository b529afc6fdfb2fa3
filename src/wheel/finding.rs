//! What can be wrong with a wheel.
//!
//! In: what the checks of `verify` saw. Out: a sentence for each, naming the member.

use super::layout::LayoutFault;
use super::name::WheelNameError;
use super::path::MemberPath;
use super::read::ReadError;

/// One thing that is wrong with a wheel.
#[derive(Debug, thiserror::Error)]
pub enum Finding {
    /// The file cannot be read.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The file name is none of a wheel.
    #[error(transparent)]
    FileName(#[from] WheelNameError),
    /// The file name has a spelling that is not the normal one.
    #[error("the file is called `{found}`, not `{normal}`")]
    Spelling {
        /// The name it has.
        found: String,
        /// The name it should have.
        normal: String,
    },
    /// The file is not one zip and nothing else.
    #[error("the zip, {0}")]
    Layout(#[from] LayoutFault),
    /// The wheel cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A member has another flag than that for a UTF-8 name, or lacks it.
    #[error("`{path}` has the zip flags {flags:#06x}")]
    Flags {
        /// The member.
        path: String,
        /// All its flags.
        flags: u16,
    },
    /// A member is neither stored nor deflated.
    #[error("`{path}` is compressed by method {method}, which is not stored or deflated")]
    Method {
        /// The member.
        path: String,
        /// The method's number.
        method: u16,
    },
    /// A member is no plain file of mode 0644 or 0755.
    #[error("`{path}` has the mode {mode:o}, not that of a plain file (100644, 100755)")]
    Mode {
        /// The member.
        path: String,
        /// Its mode.
        mode: u32,
    },
    /// A member has another time than the first.
    #[error("`{0}` has another time than the members before")]
    Time(String),
    /// A member lies before one that it should follow.
    #[error("`{0}` is out of order (sorted by path, .dist-info last, RECORD at the end)")]
    Order(String),
    /// RECORD is not the last member.
    #[error("RECORD is not the last member")]
    RecordNotLast,
    /// The metadata directory has a spelling that is not the normal one.
    #[error("the metadata directory is called `{found}`, not `{normal}`")]
    DistInfo {
        /// The name it has.
        found: String,
        /// The name it should have.
        normal: String,
    },
    /// A member is not in RECORD.
    #[error("`{0}` is not in RECORD")]
    NotRecorded(MemberPath),
    /// RECORD names a file that is not there.
    #[error("RECORD names `{0}`, which is not in the wheel")]
    NotThere(MemberPath),
    /// RECORD names a file twice.
    #[error("RECORD names `{0}` twice")]
    RecordedTwice(MemberPath),
    /// A member holds something else than RECORD says, or RECORD does not say what.
    #[error("`{0}` has not the hash that RECORD says")]
    Hash(MemberPath),
    /// A member has another size than RECORD says, or RECORD does not say which.
    #[error("`{0}` has not the size that RECORD says")]
    Size(MemberPath),
    /// RECORD has a hash or size for itself, which cannot be.
    #[error("RECORD has a hash or a size for itself")]
    RecordsItself,
    /// WHEEL has other tags than the file name.
    #[error("WHEEL has the tags {found}, the file name {expected}")]
    Tags {
        /// The `Tag` lines.
        found: String,
        /// What the file name expands to.
        expected: String,
    },
    /// WHEEL has another build number than the file name.
    #[error("WHEEL and the file name have different build numbers")]
    Build,
    /// WHEEL says `purelib` of a wheel for one platform.
    #[error("WHEEL says Root-Is-Purelib: true, but the tag names a platform")]
    Purelib,
    /// METADATA has another name than the file name.
    #[error("METADATA has the name `{found}`, the file name `{expected}`")]
    Name {
        /// In METADATA.
        found: String,
        /// In the file name.
        expected: String,
    },
    /// METADATA has another version than the file name.
    #[error("METADATA has the version `{found}`, the file name `{expected}`")]
    Version {
        /// In METADATA.
        found: String,
        /// In the file name.
        expected: String,
    },
}
