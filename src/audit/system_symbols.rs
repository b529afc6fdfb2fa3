//! The symbols of glibc and of compilers' runtime libraries, and the version that first defined each.
//!
//! In: a symbol that a binary imports without a version. Out: whether the system defines it, and the
//! version that a linker would have written with it: `GLIBCXX_3.4.30`. The loader takes any
//! definition for such a symbol, so on an older system it finds none.
//!
//! Source: `toolchains/glibc.txt` and `toolchains/runtimes.txt`.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A library, and its first versions on each architecture; `-` if it is not there.
type Versions = (&'static str, Vec<&'static str>);

/// The libraries in `runtimes.txt`.
const RUNTIME_LIBRARIES: [&str; 2] = ["libgcc_s.so.1", "libstdc++.so.6"];

/// The contents of one file.
#[derive(Default)]
struct Table {
    /// The architectures that have a column.
    columns: Vec<&'static str>,
    groups: Vec<Versions>,
    /// Symbol -> its group.
    symbols: HashMap<&'static str, usize>,
}

impl Table {
    fn read(text: &'static str) -> Self {
        let mut table = Self::default();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let mut words = line.split(' ');
            match words.next() {
                Some("columns") => table.columns = words.collect(),
                Some(library) => {
                    let versions = words.by_ref().take(table.columns.len()).collect();
                    table.symbols.extend(words.map(|symbol| (symbol, table.groups.len())));
                    table.groups.push((library, versions));
                }
                None => {}
            }
        }
        table
    }

    /// The library that defines `symbol`, and its first version on `arch`.
    fn find(&self, symbol: &str, arch: &str) -> Option<(&'static str, &'static str)> {
        let (library, versions) = self.groups.get(*self.symbols.get(symbol)?)?;
        let column = self.columns.iter().position(|known| *known == arch)?;
        let version = versions.get(column).filter(|version| **version != "-")?;
        Some((library, version))
    }
}

static GLIBC: LazyLock<Table> =
    LazyLock::new(|| Table::read(include_str!("../../toolchains/glibc.txt")));
static RUNTIMES: LazyLock<Table> =
    LazyLock::new(|| Table::read(include_str!("../../toolchains/runtimes.txt")));

/// Whether a library of glibc defines `symbol`, in any release and on any architecture.
pub(super) fn glibc_defines(symbol: &str) -> bool {
    GLIBC.symbols.contains_key(symbol)
}

/// The first version of `symbol` on `arch`, if glibc defines it or a compiler's runtime library for
/// which `is_needed` holds.
pub(super) fn first_version(
    symbol: &str,
    arch: &str,
    is_needed: impl Fn(&str) -> bool,
) -> Option<&'static str> {
    if glibc_defines(symbol) {
        return GLIBC.find(symbol, arch).map(|(_, version)| version);
    }
    if !RUNTIME_LIBRARIES.into_iter().any(&is_needed) {
        return None;
    }
    let (library, version) = RUNTIMES.find(symbol, arch)?;
    is_needed(library).then_some(version)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn symbols_of_glibc_and_of_runtimes_have_a_first_version() {
        let find =
            |symbol, arch| first_version(symbol, arch, |library| library == "libstdc++.so.6");
        assert_eq!(find("__isoc23_strtol", "x86_64"), Some("GLIBC_2.38"));
        assert_eq!(find("malloc", "aarch64"), Some("GLIBC_2.17"));
        assert_eq!(find("malloc", "riscv64"), Some("GLIBC_2.27"));
        let failed = "_ZSt21__glibcxx_assert_failPKciS0_S0_";
        for arch in ["x86_64", "aarch64", "armv7l", "s390x"] {
            assert_eq!(find(failed, arch), Some("GLIBCXX_3.4.30"), "{arch}");
        }
        // GCC 13.
        let init = "_ZSt21ios_base_library_initv";
        assert_eq!(find(init, "ppc64le"), Some("GLIBCXX_3.4.32"));
        // size_t has another name on 32-bit systems.
        assert_eq!((find("_Znwj", "i686"), find("_Znwj", "x86_64")), (Some("GLIBCXX_3.4"), None));
        assert_eq!(find("_Unwind_Resume", "x86_64"), None, "not from libstdc++");
        assert_eq!(find("deflate", "x86_64"), None);
        assert_eq!(find("malloc", "loongarch64"), None, "no data");
    }

    #[test]
    fn the_runtime_libraries_are_those_of_the_table() {
        let of_the_table: BTreeSet<_> = RUNTIMES.groups.iter().map(|(name, _)| *name).collect();
        assert_eq!(of_the_table, RUNTIME_LIBRARIES.into());
    }

    #[test]
    fn functions_and_data_of_every_library_of_glibc_are_known() {
        for symbol in ["malloc", "sin", "environ", "pthread_create", "dlopen", "__tls_get_addr"] {
            assert!(glibc_defines(symbol), "{symbol}");
        }
        for other in ["deflate", "GLIBC_2.17", "columns", "x86_64", "glibc", "-"] {
            assert!(!glibc_defines(other), "{other}");
        }
    }
}
