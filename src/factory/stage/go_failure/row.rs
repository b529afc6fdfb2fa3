//! The shape of the tables: a cause, where it applies, and what to do about it.

use crate::error::Kind;
use crate::target::BinaryFormat;

/// One cause: texts of which the output contains one, where it applies, the kind of failure and how
/// to fix it. A `*` in a text stands for a name, which the help calls `{name}`. The help may also
/// contain `{target}` (`linux-amd64`), `{where}` (the same as cgo's constraint, `linux,amd64`) and
/// `{dir}` (the Go directory).
pub(super) type Row = (&'static [&'static str], When, Kind, &'static str);

/// When a row applies.
#[derive(Debug, Clone, Copy)]
pub(super) enum When {
    Always,
    /// If the target's binaries have this format.
    For(BinaryFormat),
    /// With `--offline`.
    Offline,
    /// If the Go package has no go.mod.
    NoModule,
}
