//! Whether the names by which the binaries of a wheel load its libraries are unique in an environment.
//!
//! In: the whole wheel with its resolved needs. Out: a [`Finding`] for each library with a name that
//! other distributions may use for another library. A loader that has loaded a library of that
//! name takes it for every other binary in the process, wherever their search paths lead.

use std::collections::BTreeMap;

use super::elsewhere::{is_named_after, stem};
use super::wheel::Wheel;
use crate::audit::checks::go::is_library;
use crate::audit::{Binary, BinaryFile, Finding, Report, Rule, catalogue};
use crate::relative_path::file_name;

/// Words that say nothing about whose library it is.
const GENERIC: &[&str] = &[
    "api",
    "app",
    "backend",
    "bar",
    "base",
    "binding",
    "bindings",
    "bridge",
    "cgo",
    "client",
    "common",
    "core",
    "data",
    "demo",
    "engine",
    "example",
    "export",
    "exports",
    "ext",
    "extension",
    "extensions",
    "foo",
    "func",
    "functions",
    "glue",
    "go",
    "golang",
    "hello",
    "helper",
    "helpers",
    "impl",
    "interface",
    "internal",
    "lib",
    "library",
    "libs",
    "logic",
    "main",
    "math",
    "misc",
    "model",
    "module",
    "my",
    "mylib",
    "native",
    "plugin",
    "project",
    "py",
    "python",
    "runtime",
    "rust",
    "sample",
    "server",
    "service",
    "shared",
    "shim",
    "src",
    "support",
    "test",
    "tests",
    "tool",
    "tools",
    "types",
    "util",
    "utilities",
    "utility",
    "utils",
    "worker",
    "world",
    "wrap",
    "wrapper",
];

/// How a loader names a library, for the sentence, and the rule that applies.
type Kind = (&'static str, &'static Rule);

pub(super) fn judge(wheel: &Wheel<'_, '_>, findings: &mut Vec<Finding>) {
    // Library -> who loads it, by which name.
    let mut loaded: BTreeMap<&str, (&BinaryFile, &BinaryFile, &str, Kind)> = BTreeMap::new();
    for node in wheel.nodes {
        let Some(file) = wheel.files.get(node.file) else {
            continue;
        };
        for need in &node.needs {
            // A library needed by its path is found there and nowhere else.
            let library = need.found.and_then(|found| wheel.file_of(found));
            if let (Some(library), Some(_)) = (library, need.search) {
                let kind = match library.binary {
                    Binary::MachO(_) => ("install name", catalogue::MACHO_GENERIC_NAME),
                    _ => ("name", catalogue::ELF_GENERIC_NAME),
                };
                loaded.entry(&library.path).or_insert((library, file, need.name, kind));
            }
        }
    }
    for file in wheel.files {
        let Binary::Pe(pe) = &file.binary else {
            continue;
        };
        for import in &pe.imports {
            let is_it = |other: &&BinaryFile| {
                file_name(&other.path).eq_ignore_ascii_case(&import.dll) && other.path != file.path
            };
            if let Some(library) = wheel.files.iter().find(is_it) {
                let kind = ("name", catalogue::PE_GENERIC_NAME);
                // The file name has the capitals that separate words.
                let name = file_name(&library.path);
                loaded.entry(&library.path).or_insert((library, file, name, kind));
            }
        }
    }
    let is_shared = |name: &str, library: &BinaryFile| {
        !wheel.around.excluded.matches(name) && !is_unique(name, library, wheel)
    };
    for (library, loader, name, (word, rule)) in loaded.into_values() {
        if is_shared(name, library) {
            let what = format!(
                "is loaded by {} by the {word} {name}, which a library of another distribution may \
                 have too",
                loader.path
            );
            findings.report(rule, &library.path, what);
        }
    }
}

/// Whether `name` identifies `library` among those of all distributions.
///
/// A name that says something about its contents, like `libfreetype.so.6`, is that of a library
/// that others know, and the same for all. Go's libraries are never such: each is made for its wheel.
fn is_unique(name: &str, library: &BinaryFile, wheel: &Wheel<'_, '_>) -> bool {
    let stem = stem(file_name(name));
    let all = compact(stem);
    let distribution = wheel.around.name;
    // Two distributions cannot have the same top-level package.
    let top = library.path.split_once('/').map_or("", |(top, _)| top);
    let owners = [distribution, top];
    let is_part = |owner: &str| {
        let rest = stem.split('.').skip(1).find_map(|part| part.strip_prefix(owner));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    let has_owner = owners.iter().filter(|owner| !owner.is_empty()).any(|owner| {
        let letters = compact(owner);
        // `libcore.my.so` names the package `my`; `my` in other names is a word.
        is_part(owner) || (letters.len() > 2 && all.contains(&letters))
    });
    if has_owner {
        return true;
    }
    let words = words(stem);
    // A name without words, like `libz.so.1`, is a short one that everybody knows.
    if !words.is_empty() && words.iter().all(|word| GENERIC.contains(&word.as_str())) {
        return false;
    }
    let is_go = library.go_builds().iter().any(|(_, go)| is_library(go));
    let of_owner = || {
        owners.iter().any(|owner| {
            let owner = owner.to_ascii_lowercase();
            is_named_after(&stem.to_ascii_lowercase(), &owner)
                || (all.len() > 3 && compact(&owner).contains(&all))
        })
    };
    !is_go || words.iter().any(|word| is_hash(word)) || of_owner()
}

/// Whether a repair tool made `word` from the contents of a library.
fn is_hash(word: &str) -> bool {
    word.len() >= 6 && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The letters and digits of `name`, in lower case.
fn compact(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

/// The words of `stem` in lower case, without versions: `my`, `utils` of `MyUtils-v1.2`.
fn words(stem: &str) -> Vec<String> {
    let mut words = Vec::new();
    for part in stem.split(|c: char| !c.is_ascii_alphanumeric()) {
        let mut word = String::new();
        let mut was_lower = false;
        for c in part.chars() {
            if was_lower && c.is_ascii_uppercase() {
                words.push(std::mem::take(&mut word));
            }
            was_lower = c.is_ascii_lowercase();
            word.push(c.to_ascii_lowercase());
        }
        words.push(word);
    }
    let without_number = |word: String| match is_hash(&word) {
        true => word,
        false => word.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned(),
    };
    let is_version = |word: &String| word.is_empty() || word == "v";
    words.into_iter().map(without_number).filter(|word| !is_version(word)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::closure::{Surroundings, close};
    use crate::audit::excluded::Excluded;
    use crate::audit::{GoBuildInfo, Rule};
    use crate::target::Libc;
    use crate::test_builders::{ElfBuilder, MachoBuilder, PeBuilder, read};

    /// The findings of `rule` in a wheel of `distribution`.
    fn found(distribution: &str, files: &[BinaryFile], rule: &Rule) -> Vec<String> {
        let excluded = Excluded::default();
        let around = Surroundings { name: distribution, ..Surroundings::none(&excluded) };
        let mut findings = Vec::new();
        close(files, Libc::Glibc, around, &mut findings);
        findings.into_iter().filter(|found| found.rule == rule).map(|found| found.what).collect()
    }

    #[test]
    fn a_short_package_makes_a_name_unique_as_a_part_of_its_own() {
        let wheel = |library: &str| {
            let extension = ElfBuilder::library("").needed(library).runpath("$ORIGIN").build();
            let path = format!("my/{library}");
            let files =
                [read("my/_x.so", &extension), read(&path, &ElfBuilder::library(library).build())];
            found("palette", &files, catalogue::ELF_GENERIC_NAME).len()
        };
        assert_eq!(wheel("libcore.my.so") + wheel("libcore.my-tools.so"), 0);
        assert_eq!(wheel("libmycore.so") + wheel("libmy-core.so") + wheel("libcore.so"), 2);
    }

    fn elf(distribution: &str, library: &str, is_go: bool) -> bool {
        let extension = ElfBuilder::library("").needed(library).runpath("$ORIGIN/lib").build();
        let path = format!("colours/lib/{library}");
        let mut files =
            [read("colours/_x.so", &extension), read(&path, &ElfBuilder::library(library).build())];
        if is_go {
            let settings = vec![("-buildmode".to_owned(), "c-shared".to_owned())];
            files[1].go = Some(GoBuildInfo { settings, ..GoBuildInfo::default() });
        }
        !found(distribution, &files, catalogue::ELF_GENERIC_NAME).is_empty()
    }

    #[test]
    fn a_name_of_generic_words_is_reported() {
        for library in
            ["libcore.so", "libutils.so.1", "libhello.so", "libMyHelpers.so", "libgo_native-v2.so"]
        {
            assert!(elf("palette", library, false), "{library}");
        }
    }

    #[test]
    fn a_name_with_a_hash_its_distribution_or_its_package_is_unique() {
        for library in [
            "libcore-1a2b3c4d.so.1",
            "libutils-deadbeef.so",
            "libcore.colours.so",
            "libcolourscore.so",
            "libpalette_core.so",
            "libPaletteCore.so",
        ] {
            assert!(!elf("palette", library, false), "{library}");
            assert!(!elf("palette", library, true), "{library} of Go");
        }
    }

    #[test]
    fn a_library_that_everybody_knows_is_the_same_for_all() {
        for library in [
            "libfreetype.so.6",
            "libz.so.1",
            "libstdc++.so.6",
            "libc++.so.1",
            "libiomp5.so",
            "libsqlite3.so",
            "libc10.so",
            "libffi.so.8",
            "libtorch_python.so",
        ] {
            assert!(!elf("palette", library, false), "{library}");
        }
    }

    #[test]
    fn a_go_library_is_made_for_its_wheel_so_only_its_owner_makes_a_name_unique() {
        assert!(elf("palette", "libmixer.so", true));
        assert!(!elf("palette-mixer", "libmixer.so", true));
        assert!(!elf("pymixer", "libmixer.so", true));
        assert!(!elf("palette", "libmixer.so", false));
    }

    #[test]
    fn only_names_that_a_loader_searches_count() {
        let library = ("x/libcore.so", ElfBuilder::library("libcore.so").build());
        let files = [read(library.0, &library.1)];
        assert_eq!(found("palette", &files, catalogue::ELF_GENERIC_NAME), [""; 0]);

        let extension =
            |name: &str| MachoBuilder::arm64().dylib(name).rpath("@loader_path/lib").build();
        let dylib = MachoBuilder::arm64().id("@rpath/libcore.dylib").build();
        let wheel = |name: &str| {
            let files = [read("x/_x.so", &extension(name)), read("x/lib/libcore.dylib", &dylib)];
            found("palette", &files, catalogue::MACHO_GENERIC_NAME)
        };
        assert_eq!(wheel("@loader_path/lib/libcore.dylib"), [""; 0]);
        assert_eq!(
            wheel("@rpath/libcore.dylib"),
            [
                "x/lib/libcore.dylib is loaded by x/_x.so by the install name @rpath/libcore.dylib, which a \
              library of another distribution may have too"
            ]
        );
    }

    #[test]
    fn windows_knows_a_dll_by_its_file_name() {
        let wheel = |dll: &str| {
            let module = PeBuilder::dll().imports(dll, &[]).build();
            let path = format!("x/{dll}");
            let files = [read("x/_x.pyd", &module), read(&path, &PeBuilder::dll().build())];
            found("palette", &files, catalogue::PE_GENERIC_NAME).len()
        };
        assert_eq!(wheel("CoreUtils.dll"), 1);
        assert_eq!(wheel("SDL2.dll") + wheel("hdf5.dll") + wheel("utils-0123abcd.dll"), 0);
    }
}
