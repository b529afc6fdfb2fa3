//! Which kind of part the keys of a table describe.
//!
//! Input: a [`PartTable`]. Output: a [`PartKind`] whose names are valid, or a failure that names
//! every missing key, or the key that the kind does not have.

use std::path::Path;

use super::super::binary::{Extension, GoLibrary, NativeModule, Program};
use super::super::names::{LibraryName, ModuleName, NameError, ProgramName};
use super::super::part::PartKind;
use super::super::text::{nearest_of, shown};
use super::super::wheel_path::WheelPath;
use super::declarations;
use super::file::PartTable;
use super::keys::{PartKeys, keys};
use super::table::{Keys, typed};
use crate::error::{Failure, Result};

/// A value of the key `binding`, and which keys it needs and has no use for.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) required: &'static [&'static str],
    pub(super) refused: &'static [&'static str],
}

/// The bindings, in the order of [`PartKind::NAMES`].
pub(super) const ROWS: [Row; PartKind::NAMES.len()] = [
    Row {
        name: "cffi",
        required: &["package", "extension", "library"],
        refused: &["program", "program-file", "cgo", "go-package"],
    },
    Row {
        name: "cffi-abi",
        required: &["package", "extension", "library"],
        refused: &["program", "program-file", "cgo", "link", "go-package"],
    },
    Row {
        name: "ctypes",
        required: &["package", "library"],
        refused: &["extension", "signatures", "cdef", "program", "program-file", "cgo", "link"],
    },
    Row {
        name: "capi",
        required: &["extension"],
        refused: &[
            "library",
            "library-file",
            "signatures",
            "cdef",
            "program",
            "program-file",
            "cgo",
            "link",
            "go-package",
        ],
    },
    Row {
        name: BIN,
        required: &["program"],
        refused: &["package", "extension", "library", "library-file", "signatures", "cdef", "link"],
    },
];

pub(super) const BIN: &str = "bin";

/// The row of the binding that `table` describes. What the part itself says counts more than what
/// it inherits, and a program needs no key `binding`.
fn row(table: &PartTable, doing: &str) -> Result<&'static Row> {
    let of = |keys: &Keys| match keys.get("binding").and_then(|name| name.as_str()) {
        Some(name) => Some(name.to_owned()),
        None => keys.contains_key("program").then(|| BIN.to_owned()),
    };
    let name = of(&table.own).or_else(|| of(&table.inherited));
    let Some(name) = name else { return Ok(&ROWS[0]) };
    ROWS.iter().find(|row| row.name == name).ok_or_else(|| unknown_binding(&name, doing))
}

/// The keys that count for the part of `table`, with its binding.
pub(super) fn resolve(table: &PartTable, doing: &str) -> Result<PartKeys> {
    let row = row(table, doing)?;
    if let Some(key) = row.refused.iter().find(|key| table.own.contains_key(**key)) {
        return Err(refused(key, row.name, doing));
    }
    let mut all = table.own.clone();
    for (key, value) in &table.inherited {
        // The table may describe other parts, of other kinds.
        if !row.refused.contains(&key.as_str()) && key != "binding" {
            all.entry(key).or_insert_with(|| value.clone());
        }
    }
    let missing = row.required.iter().filter(|key| !all.contains_key(**key));
    let missing: Vec<_> = missing.copied().collect();
    if !missing.is_empty() {
        return Err(self::missing(&missing, doing));
    }
    all.insert("binding".to_owned(), row.name.into());
    typed(all, doing)
}

/// The kind that `keys`, as [`resolve`] gives them, describe.
pub(super) fn of(keys: &PartKeys, root: &Path, doing: &str) -> Result<PartKind> {
    let text = |key: &Option<String>| key.clone().unwrap_or_default();
    if keys.binding.as_deref() == Some(BIN) {
        let name = text(&keys.program);
        let name = named("program", &name, name.parse(), doing)?;
        let place = keys.program_file.as_deref();
        let place = place.map(|path| wheel_path("program-file", path, doing)).transpose()?;
        return Ok(PartKind::Program(Program { name, place, cgo: keys.cgo.unwrap_or(false) }));
    }
    // 0.1.8 used this key in paths, so a nested package was written with slashes.
    let dotted = |package: &str| package.strip_suffix('/').unwrap_or(package).replace('/', ".");
    if keys.binding.as_deref() == Some("capi") {
        let module = text(&keys.extension);
        let package = |name: &String| named("package", name, dotted(name).parse(), doing);
        return Ok(PartKind::Capi(NativeModule {
            module: named("extension", &module, module.parse(), doing)?,
            package: keys.package.as_ref().map(package).transpose()?,
        }));
    }
    let (package, library) = (text(&keys.package), text(&keys.library));
    let library = GoLibrary {
        package: named("package", &package, dotted(&package).parse(), doing)?,
        name: named("library", &library, library.parse(), doing)?,
        file: keys
            .library_file
            .as_deref()
            .map(|path| wheel_path("library-file", path, doing))
            .transpose()?,
    };
    if keys.binding.as_deref() == Some("ctypes") {
        return Ok(PartKind::Ctypes(library));
    }
    let (signatures, cdef) = (keys.signatures.as_deref(), keys.cdef.as_deref());
    let declared = declarations::read(signatures, cdef, root, doing)?.unwrap_or_default();
    let module = text(&keys.extension);
    let module = named("extension", &module, module.parse(), doing)?;
    let extension = Extension { module, signatures: declared.signatures, cdef: declared.file };
    Ok(match keys.binding.as_deref() {
        Some("cffi-abi") => PartKind::CffiAbi(library, extension),
        _ if is_static(keys, doing)? => {
            if keys.library_file.is_some() {
                return Err(Failure::project(
                    doing,
                    "`library-file` has no effect with `link` = \"static\"",
                    "remove one of the keys: the extension module contains the library",
                ));
            }
            PartKind::CffiStatic(library, extension)
        }
        _ => PartKind::Cffi(library, extension),
    })
}

/// The value `text` of `key`: where the author wants a library or a program.
fn wheel_path(key: &str, text: &str, doing: &str) -> Result<WheelPath> {
    text.parse().map_err(|()| {
        Failure::project(
            doing,
            format!("`{key}` is {}, which is not a path in a wheel", shown(text)),
            "write a path with letters, digits, `_`, `.`, `+` and `-`: \"example/hello\"",
        )
    })
}

/// Whether the key `link` asks for one file.
fn is_static(keys: &PartKeys, doing: &str) -> Result<bool> {
    match keys.link.as_deref() {
        None | Some("shared") => Ok(false),
        Some("static") => Ok(true),
        Some(other) => {
            let (other, near) = (shown(other), nearest_of(other, ["shared", "static"]));
            let found = format!("`link`: {other} is not a way to link{near}");
            Err(Failure::project(doing, found, "write shared or static"))
        }
    }
}

/// The refusal of `key`, which has no effect with `binding`.
fn refused(key: &str, binding: &str, doing: &str) -> Failure {
    let help = match (key, binding) {
        ("go-package", _) => {
            "remove the key: pygo reads the declarations of an extension in Go files of the project. \
             Write a package main that imports the other module"
        }
        ("program" | "program-file" | "cgo", _) => "remove the key, or write `binding` = \"bin\"",
        ("link", "cffi-abi" | "ctypes") => {
            "remove the key; Python opens the library, so it has a file of its own"
        }
        (_, "capi") => "remove the key: Go builds the extension module itself",
        (_, "ctypes") => "remove the key, or write `binding` = \"cffi\"",
        _ => {
            "remove the key, or make the program and the library a part each: \
              [[tool.pygo-tools.parts]]"
        }
    };
    let found = format!("`{key}` has no effect with `binding` = \"{binding}\"");
    Failure::project(doing, found, help)
}

fn unknown_binding(name: &str, doing: &str) -> Failure {
    Failure::project(
        doing,
        format!("`binding`: {} is not a binding{}", shown(name), nearest_of(name, PartKind::NAMES)),
        format!("write one of {}", PartKind::NAMES.join(", ")),
    )
}

/// Names all of the keys `names` at once, which are missing.
fn missing(names: &[&str], doing: &str) -> Failure {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    let found = match quoted.as_slice() {
        [name] => format!("the key {name} is missing"),
        names => format!("the keys {} are missing", names.join(", ")),
    };
    let described = keys().into_iter().filter(|key| names.iter().any(|name| key.name == **name));
    let help: Vec<_> = described
        .map(|key| format!("`{}` ({}): {}", key.name, key.type_name, key.meaning))
        .collect();
    Failure::project(doing, found, format!("add\n{}", help.join("\n")))
}

fn named<T>(key: &str, value: &str, name: Result<T, NameError>, doing: &str) -> Result<T> {
    name.map_err(|error| {
        let help = match (key, corrected(key, value)) {
            (_, Some(name)) => format!("write \"{name}\""),
            ("program", None) => "use letters, digits, `-`, `_` and `.`: \"hello\"".to_owned(),
            ("library", None) => "use letters, digits and underscores: \"hello\"".to_owned(),
            _ => "use letters, digits and underscores, with dots between packages".to_owned(),
        };
        let found = format!("`{key}` is {}, which is not a valid name: {error}", shown(value));
        Failure::project(doing, found, help)
    })
}

/// The valid name that the author of `value` probably meant, if it differs: `libhello.so` and
/// `my-package` are what the file and the distribution are called.
fn corrected(key: &str, value: &str) -> Option<String> {
    let plain = value.replace('-', "_");
    if key == "program" {
        let bare = value.strip_suffix(".exe").unwrap_or(value).replace(' ', "-");
        return bare.parse::<ProgramName>().ok().map(|name| name.to_string());
    }
    if key != "library" {
        return plain.parse::<ModuleName>().ok().map(|name| name.to_string());
    }
    let file = value.trim_end_matches(".so").trim_end_matches(".dylib").trim_end_matches(".dll");
    let bare = if file == value { &plain } else { file.strip_prefix("lib").unwrap_or(file) };
    bare.parse::<LibraryName>().ok().map(|name| name.to_string())
}

#[cfg(test)]
mod tests {
    use super::super::file::ConfigFile;
    use super::*;

    fn with(keys: &str) -> Result<PartKind> {
        let text = format!("[tool.pygo-tools]\n{keys}");
        let file = ConfigFile::from_toml(&text, "reading")?.unwrap();
        of(&resolve(&file.parts(None)[0], "reading")?, Path::new(""), "reading")
    }

    #[test]
    fn signatures_may_be_left_out() {
        let Ok(PartKind::Cffi(_, extension)) =
            with("package = 'a'\nlibrary = 'l'\nextension = '_a'")
        else {
            panic!();
        };
        assert!(extension.is_derived());
    }

    #[test]
    fn ctypes_needs_neither_an_extension_nor_signatures() {
        assert!(matches!(
            with("package = 'a'\nlibrary = 'l'\nextension = '_a'\nsignatures = ['int F(void);']"),
            Ok(PartKind::Cffi(..))
        ));
        let with = |more: &str| with(&format!("package = 'a'\nlibrary = 'l'\n{more}"));
        assert!(matches!(with("binding = 'ctypes'"), Ok(PartKind::Ctypes(_))));
        for (more, found) in [
            (
                "binding = 'ctypes'\nextension = '_x'",
                "`extension` has no effect with `binding` = \"ctypes\"",
            ),
            (
                "binding = 'ctypes'\nsignatures = []",
                "`signatures` has no effect with `binding` = \"ctypes\"",
            ),
            ("binding = 'ctype'", "`binding`: \"ctype\" is not a binding; the nearest is `ctypes`"),
            ("binding = 'cffi'", "the key `extension` is missing"),
        ] {
            assert_eq!(with(more).unwrap_err().found, found);
        }
    }

    #[test]
    fn an_extension_that_go_builds_needs_its_name_alone() {
        for (keys, package) in [("", Some("a")), ("\npackage = 'b/c'", Some("b.c"))] {
            let Ok(PartKind::Capi(native)) =
                with(&format!("binding = 'capi'\nextension = 'a._x'{keys}"))
            else {
                panic!("{keys}");
            };
            assert_eq!(native.package().map(|name| name.to_string()).as_deref(), package);
        }
        let found = |keys: &str| with(&format!("binding = 'capi'\n{keys}")).unwrap_err().found;
        assert_eq!(found(""), "the key `extension` is missing");
        assert_eq!(
            found("extension = '_x'\nlibrary = 'x'"),
            "`library` has no effect with `binding` = \"capi\""
        );
    }

    #[test]
    fn the_way_to_link_belongs_to_an_extension() {
        let with = |more: &str| {
            with(&format!(
                "package = 'a'\nlibrary = 'l'\nextension = '_a'\nsignatures = ['int F(void);']\n\
                 {more}"
            ))
        };
        assert!(matches!(with("link = 'static'"), Ok(PartKind::CffiStatic(..))));
        assert!(matches!(with("link = 'shared'"), Ok(PartKind::Cffi(..))));
        assert!(matches!(with("binding = 'cffi-abi'"), Ok(PartKind::CffiAbi(..))));
        for (more, found) in [
            ("link = 'statik'", "`link`: \"statik\" is not a way to link; the nearest is `static`"),
            (
                "binding = 'cffi-abi'\nlink = 'static'",
                "`link` has no effect with `binding` = \"cffi-abi\"",
            ),
        ] {
            assert_eq!(with(more).unwrap_err().found, found);
        }
    }

    #[test]
    fn a_program_needs_its_name_alone() {
        for (keys, cgo) in [("", false), ("binding = 'bin'", false), ("cgo = true", true)] {
            let Ok(PartKind::Program(program)) = with(&format!("program = 'my-tool'\n{keys}"))
            else {
                panic!("{keys}");
            };
            assert_eq!((program.name.to_string().as_str(), program.cgo), ("my-tool", cgo));
        }
        for (keys, found) in [
            ("binding = 'bin'", "the key `program` is missing"),
            ("program = 'x'\nlibrary = 'x'", "`library` has no effect with `binding` = \"bin\""),
            (
                "program = 'x'\nbinding = 'ctypes'",
                "`program` has no effect with `binding` = \"ctypes\"",
            ),
            ("cgo = true\npackage = 'a'", "`cgo` has no effect with `binding` = \"cffi\""),
            (
                "program = 'a/b'",
                "`program` is \"a/b\", which is not a valid name: it cannot contain \"/\"",
            ),
        ] {
            assert_eq!(with(keys).unwrap_err().found, found);
        }
        assert_eq!(with("program = 'x.exe'").unwrap_err().help, "write \"x\"");
    }
}
