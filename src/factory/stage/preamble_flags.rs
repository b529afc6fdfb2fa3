//! The flags that compile the preamble of a Go package, as far as the preprocessor and the types
//! depend on them. cgo's header repeats the preamble, so the extension needs the same.
//!
//! Input: what `go list` reports for the target, and the environment. Output: flags in the order
//! in which cmd/go passes them (`CFlags` in cmd/go/internal/work), without those for code
//! generation, warnings and the linker.

use std::path::Path;

use super::cgo_packages::CgoPackage;
use crate::error::{Kind, Result};
use crate::process::Call;
use crate::project::split_words;

/// The variables that have flags, or the program that prints some.
#[derive(Debug)]
pub(super) struct Variables<'a> {
    cgo_cppflags: &'a str,
    cgo_cflags: &'a str,
    pub(super) cgo_ldflags: &'a str,
    pkg_config: &'a str,
}

impl<'a> Variables<'a> {
    /// The values of `setting`, by name.
    pub(super) fn of(setting: impl Fn(&str) -> &'a str) -> Self {
        Self {
            cgo_cppflags: setting("CGO_CPPFLAGS"),
            cgo_cflags: setting("CGO_CFLAGS"),
            cgo_ldflags: setting("CGO_LDFLAGS"),
            pkg_config: setting("PKG_CONFIG"),
        }
    }
}

impl CgoPackage {
    /// All flags that concern the preprocessor and types of its preamble; `dir` is the directory of the package,
    /// and `call` starts pkg-config.
    ///
    /// # Errors
    /// pkg-config's message. Go has run it with success before.
    pub(super) fn preamble_flags(
        &self,
        variables: &Variables<'_>,
        dir: &Path,
        call: impl Fn(&Path) -> Call,
    ) -> Result<Vec<String>> {
        let mut all = words(variables.cgo_cppflags);
        all.extend(self.cppflags.iter().cloned());
        all.extend(self.pkg_config("--cflags", variables, dir, call)?);
        all.extend(words(variables.cgo_cflags));
        all.extend(self.cflags.iter().cloned());
        Ok(select(&all, dir))
    }

    /// What pkg-config prints for its packages with `option`.
    pub(super) fn pkg_config(
        &self,
        option: &str,
        variables: &Variables<'_>,
        dir: &Path,
        call: impl Fn(&Path) -> Call,
    ) -> Result<Vec<String>> {
        if self.pkg_config.is_empty() {
            return Ok(Vec::new());
        }
        let program = words(variables.pkg_config);
        let (program, args) =
            program.split_first().map_or(("pkg-config", &[][..]), |(p, a)| (p, a));
        // As Go does: flags among the packages come first.
        let (options, packages): (Vec<_>, Vec<_>) =
            self.pkg_config.iter().partition(|word| word.starts_with("--"));
        let printed = call(Path::new(program))
            .args(args)
            .args([option])
            .args(options)
            .args(["--"])
            .args(packages)
            .dir(dir)
            .run(Kind::Build, "check that pkg-config works for the target")?;
        Ok(words_of_shell(&printed.stdout))
    }
}

/// Flags with a value: joined to them, or the next word.
const WITH_PATH: &[&str] =
    &["-I", "-isystem", "-iquote", "-idirafter", "-F", "-iframework", "-include", "-imacros"];

/// Flags that change sizes, layouts, or what the compiler can parse.
const TYPES: &[&str] = &[
    "-std=",
    "-ansi",
    "-fshort-enums",
    "-fno-short-enums",
    "-fpack-struct",
    "-funsigned-char",
    "-fsigned-char",
    "-fno-signed-char",
    "-fno-unsigned-char",
    "-fshort-wchar",
    "-fms-extensions",
    "-fplan9-extensions",
    "-fblocks",
    "-fgnu89-inline",
    "-pthread",
    "-mms-bitfields",
];

/// Those of `flags` that concern the preprocessor and types, with absolute paths.
pub(super) fn select(flags: &[String], dir: &Path) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = flags.iter();
    while let Some(flag) = rest.next() {
        let with_path = WITH_PATH.iter().filter(|name| flag.starts_with(**name));
        let path = with_path.max_by_key(|name| name.len());
        if let Some(name) = path {
            let joined = &flag[name.len()..];
            let value = if joined.is_empty() { rest.next() } else { None };
            let value = value.map_or(joined, String::as_str).trim_start_matches('=');
            let place = dir.join(value);
            // Headers are found by name in other directories as well.
            let is_name = matches!(*name, "-include" | "-imacros") && !place.exists();
            let value = if is_name { value.to_owned() } else { place.display().to_string() };
            out.extend([(*name).to_owned(), value]);
        } else if flag == "-D" || flag == "-U" {
            out.extend(rest.next().map(|value| format!("{flag}{value}")));
        } else if flag.starts_with("-D")
            || flag.starts_with("-U")
            || TYPES.iter().any(|prefix| flag.starts_with(prefix))
        {
            out.push(flag.clone());
        }
    }
    out
}

/// The words of a variable as Go reads it; none if it refuses them, which fails the build.
pub(super) fn words(text: &str) -> Vec<String> {
    split_words(text).unwrap_or_default()
}

/// The words of pkg-config's output: with quotes anywhere and backslashes, as in a shell.
fn words_of_shell(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let (mut word, mut quote) = (None::<String>, None);
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            (_, Some(open)) if c == open => quote = None,
            ('\\', None | Some('"')) => {
                word.get_or_insert_default().extend(chars.next());
            }
            (_, Some(_)) => word.get_or_insert_default().push(c),
            ('"' | '\'', None) => {
                word.get_or_insert_default();
                quote = Some(c);
            }
            (_, None) if c.is_whitespace() => out.extend(word.take()),
            (_, None) => word.get_or_insert_default().push(c),
        }
    }
    out.extend(word);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selected(text: &str) -> String {
        select(&words(text), Path::new("/p")).join(" ")
    }

    #[test]
    fn flags_of_preprocessor_and_types_survive() {
        assert_eq!(
            selected("-O2 -g -Wall -Iinc -I /abs -isystem sys -D A=1 -UB -march=native -std=c17"),
            "-I /p/inc -I /abs -isystem /p/sys -DA=1 -UB -std=c17"
        );
        assert_eq!(
            selected("-include config.h -fPIC -fshort-enums"),
            "-include config.h -fshort-enums"
        );
        assert_eq!(selected("'-DNAME=a b' -lfoo -L."), "-DNAME=a b");
    }

    #[test]
    fn the_output_of_pkg_config_is_split_like_a_shell_s() {
        assert_eq!(
            words_of_shell("-I/a\\ b -D'X=\"1\"' \"-DY=2 3\"\n"),
            ["-I/a b", "-DX=\"1\"", "-DY=2 3"]
        );
    }
}
