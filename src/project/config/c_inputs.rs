//! The keys about headers and libraries for C code.
//!
//! Input: the keys of a part. Output: [`CInputs`] with relative paths and plain names. Whether the
//! files exist is for the factory to say: commands may write them first.

use std::path::{Path, PathBuf};

use super::super::c_inputs::{CInputs, CLibrary, plain};
use super::super::part::PartKind;
use super::super::text::shown;
use super::file::PartTable;
use super::keys::PartKeys;
use crate::error::{Failure, Result};

/// The keys.
pub(super) const KEYS: [&str; 5] =
    ["include-dirs", "library-dirs", "libraries", "pkg-config", "pkg-config-dirs"];

/// Reads the keys.
///
/// # Errors
/// A path that is not relative; a shared library; a name that is a flag.
pub(super) fn read(keys: &PartKeys, doing: &str) -> Result<CInputs> {
    let paths = |key, values: &Option<Vec<String>>, example| {
        let read = |text: &String| path(key, text, example, doing);
        values.iter().flatten().map(read).collect::<Result<Vec<_>>>()
    };
    let libraries = keys.libraries.iter().flatten().map(|text| library(text, doing));
    let packages = keys.pkg_config.iter().flatten().map(|text| package(text, doing));
    Ok(CInputs {
        include_dirs: paths("include-dirs", &keys.include_dirs, "c/include")?,
        library_dirs: paths("library-dirs", &keys.library_dirs, "c/lib")?,
        libraries: libraries.collect::<Result<_>>()?,
        pkg_config: packages.collect::<Result<_>>()?,
        pkg_config_dirs: paths("pkg-config-dirs", &keys.pkg_config_dirs, "c/lib/pkgconfig")?,
    })
}

/// Checks that none of the keys is written for programs without C alone: `kinds` are those of the
/// parts that `tables` describe.
///
/// # Errors
/// A key that has no effect.
pub(super) fn check(tables: &[PartTable], kinds: &[&PartKind], doing: &str) -> Result<()> {
    let any_has_c = kinds.iter().any(|kind| kind.has_c());
    let is_lost = |key: &str| {
        let mut all = tables.iter().zip(kinds);
        let in_own = all.find(|(table, kind)| table.own.contains_key(key) && !kind.has_c());
        let mut around = tables.iter().filter(|table| table.inherited.contains_key(key));
        in_own.map(|(table, _)| table).or(around.next().filter(|_| !any_has_c))
    };
    let Some((key, table)) = KEYS.iter().find_map(|key| Some((key, is_lost(key)?))) else {
        return Ok(());
    };
    Err(Failure::project(
        format!("{doing}{}", table.place),
        format!("`{key}` has no effect for a program without `cgo = true`"),
        "write `cgo = true`, or remove the key",
    ))
}

fn path(key: &str, text: &str, example: &str, doing: &str) -> Result<PathBuf> {
    let is_relative =
        !text.is_empty() && !text.starts_with('/') && !text.chars().any(char::is_control);
    is_relative.then(|| plain(Path::new(text))).ok_or_else(|| {
        Failure::project(
            doing,
            format!("`{key}` contains {}, which is not a relative path", shown(text)),
            format!("write a path relative to the project: \"{example}\""),
        )
    })
}

/// The value `text` of `libraries`: a name, or the path of a file.
fn library(text: &str, doing: &str) -> Result<CLibrary> {
    let (found, help) = match text {
        _ if is_shared(text) => (
            "a shared library, which the wheel would not contain",
            "name a static library: \"c/lib/libfast.a\"".to_owned(),
        ),
        _ if is_file(text) => {
            return path("libraries", text, "c/lib/libfast.a", doing).map(CLibrary::File);
        }
        _ if is_name(text) => return Ok(CLibrary::Name(text.to_owned())),
        _ => {
            let bare = text.strip_prefix("-l").filter(|name| is_name(name));
            let help = bare.map(|name| format!("write \"{name}\""));
            (
                "neither the name nor the path of a library",
                help.unwrap_or_else(|| CHARACTERS.to_owned()),
            )
        }
    };
    let found = format!("`libraries` contains {}, which is {found}", shown(text));
    Err(Failure::project(doing, found, help))
}

fn package(text: &str, doing: &str) -> Result<String> {
    if is_name(text) && !text.ends_with(".pc") {
        return Ok(text.to_owned());
    }
    let file = text.strip_suffix(".pc").and_then(|path| path.rsplit('/').next());
    let help = match file.filter(|name| is_name(name)) {
        Some(name) => format!("write \"{name}\", and the directory into `pkg-config-dirs`"),
        None => CHARACTERS.to_owned(),
    };
    let found =
        format!("`pkg-config` contains {}, which is not the name of a package", shown(text));
    Err(Failure::project(doing, found, help))
}

const CHARACTERS: &str = "use letters, digits, `_`, `.`, `+` and `-`";

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "_.+-".contains(c))
}

/// The suffixes of static libraries and object files, on all systems.
const FILES: &[&str] = &[".a", ".lib", ".o", ".obj"];

/// Whether `text`, a value of `libraries`, is the path of a file.
pub(super) fn is_file(text: &str) -> bool {
    text.contains('/') || FILES.iter().any(|suffix| text.ends_with(suffix))
}

/// Whether `text` is the file of a shared library, on any system: `libz.so.1`.
fn is_shared(text: &str) -> bool {
    [".so", ".dylib", ".dll"].iter().any(|suffix| text.ends_with(suffix)) || text.contains(".so.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(value: &str) -> Option<Vec<String>> {
        Some(vec![value.to_owned()])
    }

    #[test]
    fn paths_are_relative_to_the_project() {
        let read = |dir: &str| {
            read(&PartKeys { include_dirs: one(dir), ..PartKeys::default() }, "reading")
        };
        for (dir, path) in [("./c//include/", "c/include"), (".", ""), ("../core/c/..", "../core")]
        {
            assert_eq!(read(dir).unwrap().include_dirs, [Path::new(path)], "{dir}");
        }
        for dir in ["", "/usr/include", "a\0b"] {
            let failure = read(dir).unwrap_err();
            assert!(failure.found.ends_with("which is not a relative path"), "{failure}");
            assert_eq!(failure.help, "write a path relative to the project: \"c/include\"");
        }
    }

    #[test]
    fn a_library_is_a_name_or_a_file() {
        let read =
            |text: &str| read(&PartKeys { libraries: one(text), ..PartKeys::default() }, "reading");
        for name in ["fast", "stdc++", "z.1-static", "_x"] {
            assert_eq!(read(name).unwrap().libraries, [CLibrary::Name(name.into())]);
        }
        for (file, path) in
            [("libfast.a", "libfast.a"), ("./x.obj", "x.obj"), ("../c/fast", "../c/fast")]
        {
            assert_eq!(read(file).unwrap().libraries, [CLibrary::File(path.into())]);
        }
        let shared = "which is a shared library, which the wheel would not contain";
        let neither = "which is neither the name nor the path of a library";
        for (text, found, help) in [
            ("c/lib/libfast.so", shared, "name a static library: \"c/lib/libfast.a\""),
            ("libz.so.1", shared, "name a static library: \"c/lib/libfast.a\""),
            ("-lfast", neither, "write \"fast\""),
            ("fast slow", neither, CHARACTERS),
            ("", neither, CHARACTERS),
            ("/opt/libx.a", "which is not a relative path", "write a path relative to the pr"),
        ] {
            let failure = read(text).unwrap_err();
            assert!(failure.found.ends_with(found), "{failure}");
            assert!(failure.help.starts_with(help), "{failure}");
        }
    }

    #[test]
    fn a_key_for_c_needs_a_part_with_c() {
        let checked = |text: &str| {
            let dir = tempfile::tempdir().unwrap();
            let text = format!("[tool.pygo-tools]\n{text}");
            fs_err::write(dir.path().join("pyproject.toml"), text).unwrap();
            super::super::Config::read(dir.path(), Path::new(".")).map(drop)
        };
        let library =
            "[[tool.pygo-tools.parts]]\nbinding = 'ctypes'\npackage = 'p'\nlibrary = 'l'\n";
        let program = "[[tool.pygo-tools.parts]]\nprogram = 'x'\n";
        for text in [
            "program = 'x'\ncgo = true\nlibraries = ['m']\n".to_owned(),
            format!("libraries = ['m']\n{program}{library}"),
            format!("{program}cgo = true\nlibraries = ['m']\n"),
            format!("target.linux.cgo = true\ntarget.linux.libraries = ['m']\n{program}"),
        ] {
            checked(&text).unwrap();
        }
        for text in [
            "program = 'x'\nlibraries = ['m']\n".to_owned(),
            format!("libraries = ['m']\n{program}"),
            format!("{library}{program}libraries = ['m']\n"),
            format!("target.linux.libraries = ['m']\n{program}"),
            format!("cgo = true\ntarget.linux-arm64.cgo = false\nlibraries = ['m']\n{program}"),
        ] {
            let failure = checked(&text).unwrap_err();
            let found = "`libraries` has no effect for a program without `cgo = true`";
            assert_eq!(failure.found, found, "{text}");
        }
    }

    #[test]
    fn a_package_is_named_without_its_file() {
        let read = |text: &str| {
            read(&PartKeys { pkg_config: one(text), ..PartKeys::default() }, "reading")
        };
        assert_eq!(read("gtk+-3.0").unwrap().pkg_config, ["gtk+-3.0"]);
        for (text, help) in [
            ("--static", CHARACTERS),
            ("c/pc/fast.pc", "write \"fast\", and the directory into `pkg-config-dirs`"),
        ] {
            let failure = read(text).unwrap_err();
            assert!(failure.found.ends_with("which is not the name of a package"), "{failure}");
            assert_eq!(failure.help, help);
        }
    }
}
