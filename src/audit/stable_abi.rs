//! Python's stable ABI: which symbols it has, and since when.
//!
//! In: a symbol's name. Out: the Python that added it. The list is CPython's own
//! (`Misc/stable_abi.toml`), reduced in `toolchains/abi3/stable_abi.json`.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::target::Release;

#[derive(Deserialize)]
struct File<'a> {
    #[serde(borrow)]
    symbols: HashMap<&'a str, &'a str>,
}

/// A list that does not parse would be empty, and every symbol outside the stable ABI; a test
/// keeps that from happening.
static SYMBOLS: LazyLock<HashMap<&'static str, Release>> = LazyLock::new(|| {
    serde_json::from_str::<File<'static>>(include_str!("../../toolchains/abi3/stable_abi.json"))
        .map(|file| {
            let symbols = file.symbols.into_iter();
            symbols.filter_map(|(name, added)| Some((name, added.parse().ok()?))).collect()
        })
        .unwrap_or_default()
});

/// The Python release since which `symbol` belongs to the stable ABI.
pub fn added(symbol: &str) -> Option<Release> {
    SYMBOLS.get(symbol).copied()
}

/// Whether a symbol is one of Python's C API, by its name.
pub fn is_python(symbol: &str) -> bool {
    let name = symbol.strip_prefix('_').unwrap_or(symbol);
    let starts = ["PyInit_", "PyInitU_", "PyModExport_", "PyModExportU_"];
    name.starts_with("Py") && !starts.iter().any(|start| name.starts_with(start))
}

/// Whether a symbol that a binary exports says something to Python: the functions that modules
/// begin with (PEP 489, PEP 793), or names like those of its C API.
pub fn concerns_python(symbol: &str) -> bool {
    symbol.strip_prefix('_').unwrap_or(symbol).starts_with("Py")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_whole() {
        assert!(SYMBOLS.len() > 900, "{}", SYMBOLS.len());
        assert!(SYMBOLS.keys().all(|name| is_python(name)));
    }

    #[test]
    fn knows_old_new_and_foreign_symbols() {
        assert_eq!(added("PyModule_Create2"), Some(Release::new(3, 2)));
        assert_eq!(added("PyType_GetName"), Some(Release::new(3, 11)));
        assert_eq!(added("_PyUnicode_Ready"), None);
    }
}
