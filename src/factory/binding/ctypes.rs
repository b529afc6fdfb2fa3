//! The library alone, which Python code opens by its path: with ctypes, or with cffi's ABI mode.
//! One wheel per platform serves every interpreter.

use std::collections::BTreeSet;

use super::interface::Binding;
use crate::project::Part;

/// A library without an extension.
pub(super) struct Ctypes<'p> {
    pub(super) part: &'p Part,
}

impl<'p> Binding<'p> for Ctypes<'p> {
    /// What frees strings that Go returns; nothing declares what else the author's code uses.
    fn c_functions(&self) -> Vec<String> {
        not_exported(self.part, ["free"].into_iter())
    }

    fn not_editable(&self) -> Option<&'static str> {
        Some(
            "Python code opens the library next to its own file, in the project, where pygo writes nothing",
        )
    }
}

/// Those of `names` that no Go function has, each once.
pub(super) fn not_exported<'a>(part: &Part, names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let is_go = |name: &&str| part.go.exports.iter().any(|export| export.name == *name);
    let names: BTreeSet<_> = names.filter(|name| !is_go(name)).map(str::to_owned).collect();
    names.into_iter().collect()
}
