//! The C functions that a signature may declare besides the Go exports.
//!
//! Input: the C next to the Go: preambles, `.c` and `.h` files. Output: [`CNames`]. The header that
//! cgo generates repeats the preamble, so the extension can call whatever the preamble declares.
//! Every word before a parenthesis counts as a function. If something cannot be read (a header
//! elsewhere, a macro with parameters), any function may exist.

use std::collections::BTreeSet;

use super::tokens::{CToken, lex};

/// Names of C functions, as far as they can be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CNames {
    names: BTreeSet<String>,
    incomplete: bool,
}

impl CNames {
    /// Whether no function was read, and nothing is unknown.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty() && !self.incomplete
    }

    /// Whether a function with that name was read.
    pub fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Whether a function with that name may exist.
    pub fn may_have(&self, name: &str) -> bool {
        self.incomplete
            || self.names.contains(name)
            || STANDARD.split(' ').any(|standard| standard == name)
    }

    /// Reads a source file that nothing includes: its macros and headers affect no other file.
    pub fn read_source(&mut self, text: &str) {
        self.read_names(&lex(text).0);
    }

    /// Records that some C could not be read.
    pub fn set_incomplete(&mut self) {
        self.incomplete = true;
    }

    /// Reads a preamble or a header; `is_beside` says whether a header is in the same directory.
    pub fn read(&mut self, text: &str, is_beside: impl Fn(&str) -> bool) {
        let (tokens, _) = lex(text);
        self.read_names(&tokens);
        for token in tokens {
            if let CToken::Directive(line) = token {
                self.directive(line, &is_beside);
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

    fn directive(&mut self, line: &str, is_beside: impl Fn(&str) -> bool) {
        let line = line.trim_start_matches('#').trim_start();
        if let Some(rest) = line.strip_prefix("include") {
            let name = rest.trim_start().trim_start_matches(['<', '"']);
            let name = name.split(['>', '"']).next().unwrap_or_default();
            let is_standard = STANDARD_HEADERS.split(' ').any(|header| header == name);
            // Headers next to the Go are read in any case.
            self.incomplete |= !is_standard && !is_beside(name);
        } else if let Some(rest) = line.strip_prefix("define") {
            let rest = rest.trim_start();
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            self.names.insert(rest[..end].to_owned());
            // A macro with parameters can define functions with any name.
            self.incomplete |= rest[end..].starts_with('(');
        }
    }
}

/// Headers whose functions are in [`STANDARD`], or that have none.
const STANDARD_HEADERS: &str = "stdlib.h string.h stdio.h stdint.h stddef.h stdbool.h inttypes.h \
    limits.h float.h stdarg.h stdalign.h iso646.h assert.h errno.h";

/// The functions of C11's stdlib.h, string.h and stdio.h that a signature may reasonably name,
/// and POSIX's additions to these headers. `Python.h` includes them, with or without a preamble.
const STANDARD: &str = "abort abs aligned_alloc at_quick_exit atexit atof atoi atol atoll bsearch calloc clearenv \
    exit fclose feof ferror fflush fgetc fgets fileno fmemopen fopen fputc fputs fread free \
    freopen fseek ftell fwrite getchar getenv labs llabs malloc memccpy memchr memcmp memcpy \
    memmove memset mkdtemp mkstemp perror posix_memalign putchar putenv puts qsort quick_exit \
    rand rand_r random realloc realpath remove rename rewind setbuf setenv setvbuf srand srandom \
    stpcpy strcat strchr strcmp strcoll strcpy strcspn strdup strerror strlen strncat strncmp \
    strncpy strndup strnlen strpbrk strrchr strsignal strspn strstr strtod strtof strtok \
    strtok_r strtol strtoll strtoul strtoull strxfrm system tmpfile tmpnam ungetc unsetenv";

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> CNames {
        let mut names = CNames::default();
        names.read(text, |name| name == "beside.h");
        names
    }

    #[test]
    fn preamble_and_standard_functions_exist() {
        let names = names(
            "#include <stdlib.h>\n#include \"beside.h\"\nstatic int add(int a) { return a; }",
        );
        assert!(names.may_have("add") && names.may_have("free"));
        assert!(!names.may_have("ad"));
    }

    #[test]
    fn unreadable_c_may_declare_anything() {
        assert!(names("#include <zlib.h>").may_have("inflate"));
        assert!(names("#define MAKE(n) int n(void) { return 1; }\nMAKE(one)").may_have("one"));
        assert!(names("#define hello Hello").may_have("hello"));
        assert!(!names("#define LIMIT 5").may_have("inflate"));
        assert!(!names("// #include <zlib.h>").may_have("inflate"));
    }
}
