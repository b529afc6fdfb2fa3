//! Which C functions a signature may speak of beside the Go exports.
//!
//! In: the C that stands with the Go: preambles, `.c` and `.h` files. Out: [`CNames`]. The header
//! that Go writes repeats the preamble, so whatever it declares can be called from the extension.
//! This is a light reading: every word before a parenthesis counts as a function, and where
//! something cannot be seen (a header elsewhere, a macro with parameters) it says so.

use std::collections::BTreeSet;

use super::lexer::{CToken, lex};

/// Names of C functions, as far as they can be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CNames {
    names: BTreeSet<String>,
    open: bool,
}

impl CNames {
    /// Whether a function of that name may exist.
    pub fn may_have(&self, name: &str) -> bool {
        self.open || self.names.contains(name) || STANDARD.contains(&name)
    }

    /// Reads the names in C text that nothing includes: its macros and headers reach nobody.
    pub(in crate::project) fn read_source(&mut self, text: &str) {
        self.read_names(&lex(text).0);
    }

    /// Says that there is C which could not be read.
    pub(in crate::project) fn open(&mut self) {
        self.open = true;
    }

    /// Reads a preamble or a header; `beside` says whether a header of that name stands with it.
    pub(in crate::project) fn read(&mut self, text: &str, beside: impl Fn(&str) -> bool) {
        let (tokens, _) = lex(text);
        self.read_names(&tokens);
        for token in tokens {
            if let CToken::Directive(line) = token {
                self.directive(line, &beside);
            }
        }
    }

    fn read_names(&mut self, tokens: &[CToken]) {
        for pair in tokens.windows(2) {
            if let [CToken::Word(name), CToken::Punct('(')] = pair {
                self.names.insert((*name).to_owned());
            }
        }
    }

    fn directive(&mut self, line: &str, beside: impl Fn(&str) -> bool) {
        let line = line.trim_start_matches('#').trim_start();
        if let Some(rest) = line.strip_prefix("include") {
            let name = rest.trim_start().trim_start_matches(['<', '"']);
            let name = name.split(['>', '"']).next().unwrap_or_default();
            // All headers beside the Go are read anyway.
            self.open |= !STANDARD_HEADERS.contains(&name) && !beside(name);
        } else if let Some(rest) = line.strip_prefix("define") {
            let rest = rest.trim_start();
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            self.names.insert(rest[..end].to_owned());
            // A macro with parameters can make functions of any name.
            self.open |= rest[end..].starts_with('(');
        }
    }
}

/// Headers whose functions are in [`STANDARD`], or that have none.
const STANDARD_HEADERS: &[&str] = &[
    "stdlib.h",
    "string.h",
    "stdio.h",
    "stdint.h",
    "stddef.h",
    "stdbool.h",
    "inttypes.h",
    "limits.h",
    "float.h",
    "stdarg.h",
    "stdalign.h",
    "iso646.h",
    "assert.h",
    "errno.h",
];

/// The functions of C11's stdlib.h, string.h and stdio.h that a signature can sensibly name, and
/// what POSIX adds to them. Python's own header includes these, preamble or not.
const STANDARD: &[&str] = &[
    "abort",
    "abs",
    "aligned_alloc",
    "at_quick_exit",
    "atexit",
    "atof",
    "atoi",
    "atol",
    "atoll",
    "bsearch",
    "calloc",
    "clearenv",
    "exit",
    "fclose",
    "feof",
    "ferror",
    "fflush",
    "fgetc",
    "fgets",
    "fileno",
    "fmemopen",
    "fopen",
    "fputc",
    "fputs",
    "fread",
    "free",
    "freopen",
    "fseek",
    "ftell",
    "fwrite",
    "getchar",
    "getenv",
    "labs",
    "llabs",
    "malloc",
    "memccpy",
    "memchr",
    "memcmp",
    "memcpy",
    "memmove",
    "memset",
    "mkdtemp",
    "mkstemp",
    "perror",
    "posix_memalign",
    "putchar",
    "putenv",
    "puts",
    "qsort",
    "quick_exit",
    "rand",
    "rand_r",
    "random",
    "realloc",
    "realpath",
    "remove",
    "rename",
    "rewind",
    "setbuf",
    "setenv",
    "setvbuf",
    "srand",
    "srandom",
    "stpcpy",
    "strcat",
    "strchr",
    "strcmp",
    "strcoll",
    "strcpy",
    "strcspn",
    "strdup",
    "strerror",
    "strlen",
    "strncat",
    "strncmp",
    "strncpy",
    "strndup",
    "strnlen",
    "strpbrk",
    "strrchr",
    "strsignal",
    "strspn",
    "strstr",
    "strtod",
    "strtof",
    "strtok",
    "strtok_r",
    "strtol",
    "strtoll",
    "strtoul",
    "strtoull",
    "strxfrm",
    "system",
    "tmpfile",
    "tmpnam",
    "ungetc",
    "unsetenv",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> CNames {
        let mut names = CNames::default();
        names.read(text, |name| name == "beside.h");
        names
    }

    #[test]
    fn functions_of_the_preamble_and_of_c_itself() {
        let names = names(
            "#include <stdlib.h>\n#include \"beside.h\"\nstatic int add(int a) { return a; }",
        );
        assert!(names.may_have("add") && names.may_have("free"));
        assert!(!names.may_have("ad"));
    }

    #[test]
    fn what_cannot_be_seen_may_have_anything() {
        assert!(names("#include <zlib.h>").may_have("inflate"));
        assert!(names("#define MAKE(n) int n(void) { return 1; }\nMAKE(one)").may_have("one"));
        assert!(names("#define hello Hello").may_have("hello"));
        assert!(!names("#define LIMIT 5").may_have("inflate"));
        assert!(!names("// #include <zlib.h>").may_have("inflate"));
    }
}
