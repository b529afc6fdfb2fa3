//! Joins what several machines built to one release, and says whether it can be published.
//!
//! Input: directories with wheels, sdists and reports, which anybody may have written. Output: the
//! files of the release in one directory, or everything that does not fit together. Opens only files
//! that it finds in these directories, whatever reports name, and follows no links.

mod agreement;
mod expected;
mod join;
mod parts;
mod place;
mod publishable;

pub use expected::{Expected, ExpectedWheel};
pub use join::{Merged, merge};
pub use parts::{BuiltFile, Parts};
pub use place::{SUMS, place};
pub use publishable::unpublishable;
