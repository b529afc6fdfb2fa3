//! The version with which a system library first defined a symbol.
//!
//! In: a symbol that a binary imports without a version. Out: the version that a linker would have
//! written beside it: `GLIBCXX_3.4.30`. The loader takes any definition for such a symbol, so on an older
//! system it finds none.
//!
//! Source: `toolchains/glibc.txt` and `toolchains/runtimes.txt`.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The architectures with a column in `glibc.txt`.
const COLUMNS: [&str; 2] = ["x86_64", "aarch64"];

/// Symbol -> its first version on each of [`COLUMNS`]; `-` if it is not there.
static GLIBC: LazyLock<HashMap<&'static str, [&'static str; 2]>> = LazyLock::new(|| {
    let mut found = HashMap::new();
    for line in include_str!("../../toolchains/glibc.txt").lines() {
        let mut words = line.split(' ').filter(|_| !line.starts_with('#'));
        if let (Some(x86_64), Some(aarch64)) = (words.next(), words.next()) {
            found.extend(words.map(|symbol| (symbol, [x86_64, aarch64])));
        }
    }
    found
});

/// Symbol -> its library and its first version.
static RUNTIMES: LazyLock<HashMap<&'static str, (&'static str, &'static str)>> =
    LazyLock::new(|| {
        let mut found = HashMap::new();
        for line in include_str!("../../toolchains/runtimes.txt").lines() {
            let mut words = line.split(' ').filter(|_| !line.starts_with('#'));
            if let (Some(library), Some(version)) = (words.next(), words.next()) {
                found.extend(words.map(|symbol| (symbol, (library, version))));
            }
        }
        found
    });

/// The first version of `symbol` on `arch`, if glibc defines it or a compiler's runtime library for
/// which `is_needed` holds.
pub(super) fn first_version(
    symbol: &str,
    arch: &str,
    is_needed: impl Fn(&str) -> bool,
) -> Option<String> {
    let column = COLUMNS.iter().position(|known| *known == arch)?;
    if let Some(versions) = GLIBC.get(symbol) {
        let version = versions.get(column).filter(|version| **version != "-")?;
        return Some(format!("GLIBC_{version}"));
    }
    let (library, version) = RUNTIMES.get(symbol)?;
    is_needed(library).then(|| (*version).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_of_glibc_and_of_runtimes_have_a_first_version() {
        let find =
            |symbol, arch| first_version(symbol, arch, |library| library == "libstdc++.so.6");
        assert_eq!(find("__isoc23_strtol", "x86_64").as_deref(), Some("GLIBC_2.38"));
        assert_eq!(find("malloc", "aarch64").as_deref(), Some("GLIBC_2.17"));
        let failed = "_ZSt21__glibcxx_assert_failPKciS0_S0_";
        assert_eq!(find(failed, "x86_64").as_deref(), Some("GLIBCXX_3.4.30"));
        assert_eq!(find("_Unwind_Resume", "x86_64"), None, "not from libstdc++");
        assert_eq!(find("deflate", "x86_64"), None);
        assert_eq!(find("malloc", "s390x"), None, "no data");
    }
}
