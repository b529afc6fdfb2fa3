//! Where a wheel must run: pure data, no input or output.
//!
//! A [`Target`] is one wheel that can be asked for; it is made of one [`Slice`] for each
//! processor it serves (a `universal2` wheel has two). Nothing outside this room matches on the
//! names of systems and processors: what differs between them is a method here.

mod go;
mod link;
mod name;
mod platform_tag;
mod release;
mod table;

pub use go::least_glibc_for_go;
pub use name::{UnknownTarget, host, parse_list};
pub use platform_tag::{Libc, PlatformTag, PlatformTagError};
pub use release::{Release, ReleaseError};
pub use table::{Arch, Slice, System, TARGETS, Target};
