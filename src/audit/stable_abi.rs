//! The symbols of Python's stable ABI, and the release that added each.
//!
//! In: a symbol's name. Out: the Python that added it. The list is CPython's own
//! (`Misc/stable_abi.toml`), reduced in `toolchains/abi3/stable_abi.json`.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::target::Release;

#[derive(Deserialize)]
struct File<'a> {
    #[serde(borrow)]
    symbols: HashMap<&'a str, &'a str>,
}

/// The list is part of the program, and a test checks that it parses.
static SYMBOLS: LazyLock<HashMap<&'static str, Release>> = LazyLock::new(|| {
    serde_json::from_str::<File<'static>>(include_str!("../../toolchains/abi3/stable_abi.json"))
        .map(|file| {
            let symbols = file.symbols.into_iter();
            symbols.filter_map(|(name, added)| Some((name, added.parse().ok()?))).collect()
        })
        .unwrap_or_default()
});

/// The Python release that added `symbol` to the stable ABI.
pub fn added(symbol: &str) -> Option<Release> {
    SYMBOLS.get(symbol).copied()
}

/// All symbols of the stable ABI, in order.
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<_> = SYMBOLS.keys().copied().collect();
    names.sort_unstable();
    names
}

/// Whether a symbol belongs to Python's C API, judging by its name.
pub fn is_python(symbol: &str) -> bool {
    concerns_python(symbol) && !is_init(symbol.strip_prefix('_').unwrap_or(symbol))
}

/// Whether the stable ABI has functions like `symbol`: `PyDict_NewPresized` has the prefix of
/// `PyDict_New`, but no symbol of Python starts with `PyDateTime_`.
pub fn is_in_family(symbol: &str) -> bool {
    FAMILIES.contains(family(symbol))
}

/// `PyDict` of `_PyDict_NewPresized`.
fn family(symbol: &str) -> &str {
    let bare = symbol.trim_start_matches('_');
    bare.split_once('_').map_or(bare, |(family, _)| family)
}

static FAMILIES: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| SYMBOLS.keys().map(|name| family(name)).collect());

/// Whether Python calls `symbol` to import a module (PEP 489, PEP 793).
pub fn is_init(symbol: &str) -> bool {
    let starts = ["PyInit_", "PyInitU_", "PyModExport_", "PyModExportU_"];
    starts.iter().any(|start| symbol.starts_with(start))
}

/// Whether an exported symbol is relevant to Python: a module's init function or a name like those
/// of its C API.
pub fn concerns_python(symbol: &str) -> bool {
    symbol.strip_prefix('_').unwrap_or(symbol).starts_with("Py")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_complete() {
        assert!(SYMBOLS.len() > 900, "{}", SYMBOLS.len());
        assert!(SYMBOLS.keys().all(|name| is_python(name)));
    }

    #[test]
    fn old_new_and_foreign_symbols_are_known() {
        assert_eq!(added("PyModule_Create2"), Some(Release::new(3, 2)));
        assert_eq!(added("PyType_GetName"), Some(Release::new(3, 11)));
        assert_eq!(added("_PyUnicode_Ready"), None);
        assert!(is_in_family("_PyUnicode_Ready") && is_in_family("PyFrame_GetBack"));
        assert!(!is_in_family("PyDateTime_FromDateAndTime") && !is_in_family("PyDateTimeAPI"));
    }
}
