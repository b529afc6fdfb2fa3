//! Names that Go reserves: what it takes for something else than the path of a module.
//!
//! Source: the directories of Go's standard library (1.27), and the words of `go help packages` and
//! of go.mod.

/// Packages of the standard library, and words with a meaning of their own: no module can be called
/// so. Sorted.
#[rustfmt::skip]
const NAMES: &[&str] = &[
    "C", "all", "arena", "bufio", "builtin", "bytes", "cmd", "cmp", "context", "crypto", "embed",
    "encoding", "errors", "expvar", "flag", "fmt", "go", "hash", "html", "image", "io", "iter", "log",
    "maps", "math", "mime", "net", "os", "path", "plugin", "reflect", "regexp", "runtime", "simd",
    "slices", "sort", "std", "strconv", "strings", "structs", "sync", "syscall", "testing", "time",
    "tool", "toolchain", "unicode", "unique", "unsafe", "uuid", "weak", "work",
];

/// Directories of the standard library without a package, and others that Go looks into. Sorted.
const DIRECTORIES: &[&str] = &[
    "archive",
    "compress",
    "container",
    "database",
    "debug",
    "index",
    "internal",
    "text",
    "vendor",
];

/// Whether no module can be called `name`.
pub fn is_reserved(name: &str) -> bool {
    NAMES.binary_search(&name).is_ok()
}

/// Whether a module called `name` could be taken for a part of Go.
pub fn is_taken(name: &str) -> bool {
    is_reserved(name) || DIRECTORIES.binary_search(&name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted() {
        assert!(NAMES.is_sorted() && DIRECTORIES.is_sorted());
        for name in ["arena", "simd", "toolchain", "C", "fmt"] {
            assert!(is_reserved(name) && is_taken(name), "{name}");
        }
        assert!(is_taken("archive") && !is_reserved("archive") && !is_taken("hello"));
    }
}
