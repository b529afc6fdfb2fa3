//! Which kind of part the keys of a configuration describe.
//!
//! Input: a [`ConfigFile`]. Output: a [`PartKind`] whose names are valid, or a failure that names
//! every missing key, or the key that the kind does not have.

use std::path::Path;

use super::super::names::{LibraryName, ModuleName, NameError, ProgramName};
use super::super::part::{Extension, GoLibrary, PartKind, Program};
use super::super::text::{nearest_of, shown};
use super::declarations;
use super::file::{ConfigFile, keys};
use crate::error::{Failure, Result};

/// The kind that the keys of `file` describe.
pub(super) fn of(file: ConfigFile, root: &Path, doing: &str) -> Result<PartKind> {
    let has_extension = match (file.binding.as_deref(), &file.program) {
        (None, Some(_)) | (Some("bin"), _) => return program(file, doing),
        (None | Some("cffi"), _) => true,
        (Some("ctypes"), _) => false,
        (Some(other), _) => return Err(unknown_binding(other, doing)),
    };
    let binding = if has_extension { "cffi" } else { "ctypes" };
    refuse(&[("program", file.program.is_some()), ("cgo", file.cgo.is_some())], binding, doing)?;
    let is_missing = [
        file.package.is_none(),
        has_extension && file.extension.is_none(),
        file.library.is_none(),
        has_extension && file.signatures.is_none() && file.cdef.is_none(),
    ];
    let (Some(package), Some(library), false) =
        (&file.package, &file.library, is_missing.contains(&true))
    else {
        return Err(missing(is_missing, doing));
    };
    // 0.1.8 used this key in paths, so a nested package was written with slashes.
    let dotted = package.strip_suffix('/').unwrap_or(package).replace('/', ".");
    let library = GoLibrary {
        package: named("package", package, dotted.parse(), doing)?,
        name: named("library", library, library.parse(), doing)?,
    };
    if !has_extension {
        let given = [
            ("extension", file.extension.is_some()),
            ("signatures", file.signatures.is_some()),
            ("cdef", file.cdef.is_some()),
        ];
        refuse(&given, binding, doing)?;
        return Ok(PartKind::Ctypes(library));
    }
    let (signatures, cdef) = (file.signatures.as_deref(), file.cdef.as_deref());
    let declared = declarations::read(signatures, cdef, root, doing)?.unwrap_or_default();
    let module = file.extension.unwrap_or_default();
    let module = named("extension", &module, module.parse(), doing)?;
    let extension = Extension { module, signatures: declared.signatures, cdef: declared.file };
    Ok(PartKind::Cffi(library, extension))
}

fn program(file: ConfigFile, doing: &str) -> Result<PartKind> {
    let given = [
        ("package", file.package.is_some()),
        ("extension", file.extension.is_some()),
        ("library", file.library.is_some()),
        ("signatures", file.signatures.is_some()),
        ("cdef", file.cdef.is_some()),
    ];
    refuse(&given, "bin", doing)?;
    let Some(name) = &file.program else {
        return Err(Failure::project(
            doing,
            "the key `program` is missing",
            "add `program`, the name of the command: program = \"hello\"",
        ));
    };
    let name = named("program", name, name.parse(), doing)?;
    Ok(PartKind::Program(Program { name, cgo: file.cgo.unwrap_or(false) }))
}

/// Refuses the first key of `keys` that was given: it has no meaning with `binding`.
fn refuse(keys: &[(&str, bool)], binding: &str, doing: &str) -> Result<()> {
    let Some((key, _)) = keys.iter().find(|(_, given)| *given) else { return Ok(()) };
    let help = match (*key, binding) {
        ("program" | "cgo", _) => "remove the key, or write `binding` = \"bin\"",
        (_, "ctypes") => "remove the key, or write `binding` = \"cffi\"",
        _ => "remove the key; a program has its own project, and a library another",
    };
    Err(Failure::project(
        doing,
        format!("`{key}` has no meaning with `binding` = \"{binding}\""),
        help,
    ))
}

fn unknown_binding(name: &str, doing: &str) -> Failure {
    Failure::project(
        doing,
        format!("`binding`: {} is not a binding{}", shown(name), nearest_of(name, PartKind::NAMES)),
        format!("write one of {}", PartKind::NAMES.join(", ")),
    )
}

/// Names all missing keys at once; `is_missing` has the required keys in the order of [`keys`].
fn missing(is_missing: [bool; 4], doing: &str) -> Failure {
    let required = keys().into_iter().filter(|key| key.default.is_none());
    let missing: Vec<_> =
        required.zip(is_missing).filter_map(|(key, missing)| missing.then_some(key)).collect();
    let names: Vec<_> = missing.iter().map(|key| format!("`{}`", key.name)).collect();
    let found = match names.as_slice() {
        [name] => format!("the key {name} is missing"),
        names => format!("the keys {} are missing", names.join(", ")),
    };
    let help: Vec<_> = missing
        .iter()
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
    use super::*;

    fn with(keys: &str) -> Result<PartKind> {
        let text = format!("[tool.pygo-tools]\n{keys}");
        of(ConfigFile::from_toml(&text, "reading")?.unwrap(), Path::new(""), "reading")
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
                "`extension` has no meaning with `binding` = \"ctypes\"",
            ),
            (
                "binding = 'ctypes'\nsignatures = []",
                "`signatures` has no meaning with `binding` = \"ctypes\"",
            ),
            ("binding = 'ctype'", "`binding`: \"ctype\" is not a binding; the nearest is `ctypes`"),
            ("binding = 'cffi'", "the keys `extension`, `signatures` are missing"),
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
            ("program = 'x'\nlibrary = 'x'", "`library` has no meaning with `binding` = \"bin\""),
            (
                "program = 'x'\nbinding = 'ctypes'",
                "`program` has no meaning with `binding` = \"ctypes\"",
            ),
            ("cgo = true\npackage = 'a'", "`cgo` has no meaning with `binding` = \"cffi\""),
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
