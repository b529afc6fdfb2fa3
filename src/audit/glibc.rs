//! The symbols of glibc, which is in every process on systems that use it.
//!
//! Source: `toolchains/glibc.txt`, all releases and architectures together.

use std::collections::HashSet;
use std::sync::LazyLock;

static SYMBOLS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("../../toolchains/glibc.txt").lines();
    // Two columns of versions come before the names.
    let names = |line: &'static str| line.split(' ').skip(2);
    lines.filter(|line| !line.starts_with('#')).flat_map(names).collect()
});

/// Whether a library of glibc defines `symbol`.
pub fn defines(symbol: &str) -> bool {
    SYMBOLS.contains(symbol)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_and_data_of_every_library_are_known() {
        for symbol in ["malloc", "sin", "environ", "pthread_create", "dlopen", "__tls_get_addr"] {
            assert!(defines(symbol), "{symbol}");
        }
        assert!(!defines("deflate") && !defines("2.17"));
    }
}
