//! The library alone, which Python code opens by its path: with ctypes, or with cffi's ABI mode.
//! One wheel per platform serves every interpreter.

use super::interface::Binding;

/// A library without an extension.
pub(super) struct Ctypes;

impl Binding<'_> for Ctypes {
    fn not_editable(&self) -> Option<&'static str> {
        Some(
            "Python code opens the library next to its own file, in the project, where pygo writes nothing",
        )
    }
}
