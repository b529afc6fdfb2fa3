//! Checks that the loader finds everything that the binaries of a wheel need: libraries and symbols.
//!
//! In: the binaries and their paths. Out: which needed libraries come from the system, and a
//! [`Finding`] for each one that is missing. A library in the wheel counts only if the
//! loader would find it, through the file's actual RUNPATH, RPATH or `LC_RPATH` and from the
//! directory it is installed in.
//!
//! Sources: ld.so(8) and dlopen(3) for the search order on Linux, dyld(1) for macOS, and
//! "Dynamic-link library search order" for Windows.

mod elf;
mod elsewhere;
mod macho;
mod pe;
mod search;
mod symbols;
mod unique_name;
mod wheel;

pub(super) use self::elsewhere::{Surroundings, imports, is_loader};
pub use self::wheel::Outside;
use self::wheel::Wheel;
pub(in crate::audit) use self::wheel::is_libpython;
use super::{Binary, BinaryFile, Finding};
use crate::target::Libc;

/// Resolves every need of `files`, which are all binaries of a wheel. On Linux, `libc` is the C
/// library of those that do not need one. Returns for each binary the libraries that do not come from
/// the wheel.
pub(super) fn close<'a>(
    files: &'a [BinaryFile],
    libc: Libc,
    around: Surroundings<'_>,
    findings: &mut Vec<Finding>,
) -> Vec<Outside<'a>> {
    let mut nodes = Vec::new();
    for (number, file) in files.iter().enumerate() {
        match &file.binary {
            Binary::Elf(elf) => nodes.push(elf::node(number, &file.path, elf)),
            Binary::MachO(slices) => {
                nodes.extend(slices.iter().map(|slice| macho::node(number, &file.path, slice)))
            }
            Binary::Pe(_) => {}
        }
    }
    search::resolve(&mut nodes);
    let mut all = vec![Outside::default(); files.len()];
    let wheel = Wheel { files, nodes: &nodes, around };
    for node in &nodes {
        let (Some(file), Some(outside)) = (files.get(node.file), all.get_mut(node.file)) else {
            continue;
        };
        match &file.binary {
            Binary::Elf(elf) => {
                let libc = elf.libc().unwrap_or(libc);
                elf::judge(&wheel, file, elf, node, libc, outside, findings);
            }
            Binary::MachO(_) => macho::judge(&wheel, file, node, findings),
            Binary::Pe(_) => {}
        }
    }
    pe::judge(&wheel, findings);
    unique_name::judge(&wheel, findings);
    symbols::judge(files, &nodes, libc, &mut all, findings);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::excluded::Excluded;
    use crate::test_builders::{ElfBuilder, MachoBuilder, read};

    /// Each finding as `{file} {rule}`.
    fn codes(files: &[(&str, Vec<u8>)]) -> Vec<String> {
        let files: Vec<_> = files.iter().map(|(path, bytes)| read(path, bytes)).collect();
        let mut findings = Vec::new();
        let excluded = Excluded::default();
        let around = Surroundings::none(&excluded);
        close(&files, Libc::Glibc, around, &mut findings);
        findings.sort();
        findings.iter().map(|found| format!("{} {}", found.member, found.rule.name)).collect()
    }

    fn hello() -> Vec<u8> {
        ElfBuilder::library("libgreet.so").needed("libc.so.6").build()
    }

    #[test]
    fn a_library_is_found_through_the_actual_runpath() {
        let extension =
            |runpath: &str| ElfBuilder::library("").needed("libgreet.so").runpath(runpath).build();
        let wheel =
            |runpath| codes(&[("_x.abi3.so", extension(runpath)), ("x/lib/libgreet.so", hello())]);
        assert_eq!(wheel("$ORIGIN/x/lib"), [""; 0]);
        assert_eq!(wheel("$ORIGIN/gone:${ORIGIN}/./x/../x/lib/"), [""; 0]);
        assert_eq!(wheel("$ORIGIN/lib"), ["_x.abi3.so elf-needed-outside"]);
        assert_eq!(
            wheel("$ORIGIN/../x/lib"),
            ["_x.abi3.so elf-needed-outside"],
            "leaves the wheel"
        );
        assert_eq!(
            wheel("/build/x/lib"),
            ["_x.abi3.so elf-needed-outside", "_x.abi3.so elf-rpath"]
        );
    }

    #[test]
    fn an_rpath_applies_to_indirect_needs_and_a_runpath_does_not() {
        let wheel = |extension: ElfBuilder| {
            codes(&[
                ("_x.so", extension.needed("liba.so").build()),
                ("x.libs/liba.so", ElfBuilder::library("liba.so").needed("libb.so").build()),
                ("x.libs/libb.so", ElfBuilder::library("libb.so").build()),
            ])
        };
        assert_eq!(wheel(ElfBuilder::library("").rpath("$ORIGIN/x.libs")), [""; 0]);
        assert_eq!(
            wheel(ElfBuilder::library("").runpath("$ORIGIN/x.libs")),
            ["x.libs/liba.so elf-needed-outside"]
        );
    }

    #[test]
    fn a_path_in_needed_and_a_missing_soname_are_reported() {
        let found = codes(&[
            ("_x.so", ElfBuilder::library("").needed("build/libgreet.so").build()),
            ("_y.so", ElfBuilder::library("").needed("libplain.so").runpath("$ORIGIN").build()),
            ("libplain.so", ElfBuilder::library("").build()),
        ]);
        assert_eq!(found, ["_x.so elf-needed-path", "libplain.so elf-soname"]);
    }

    #[test]
    fn files_in_the_data_directory_count_at_their_installed_path() {
        let extension = ElfBuilder::library("").needed("libgreet.so").runpath("$ORIGIN/x").build();
        let found = codes(&[("x-1.data/platlib/_x.so", extension), ("x/libgreet.so", hello())]);
        assert_eq!(found, [""; 0]);
        let extension =
            |runpath: &str| ElfBuilder::library("").needed("libgreet.so").runpath(runpath).build();
        for (runpath, finds) in [("$ORIGIN/../../../../lib", true), ("$ORIGIN/../lib", false)] {
            let extension = ("x/_x.so", extension(runpath));
            let found = codes(&[extension, ("x-1.data/data/lib/libgreet.so", hello())]);
            assert_eq!(found.is_empty(), finds, "{runpath}");
        }
    }

    #[test]
    fn dyld_expands_rpath_and_loader_path_for_each_image() {
        let extension =
            |rpath: &str| MachoBuilder::arm64().dylib("@rpath/libgreet.dylib").rpath(rpath).build();
        let library = || {
            let builder = MachoBuilder::arm64().id("@rpath/libgreet.dylib");
            builder.dylib("/usr/lib/libSystem.B.dylib").build()
        };
        let wheel =
            |rpath| codes(&[("_x.so", extension(rpath)), ("x/lib/libgreet.dylib", library())]);
        assert_eq!(wheel("@loader_path/x/lib"), [""; 0]);
        assert_eq!(wheel("@loader_path"), ["_x.so macho-dylib-outside"]);
        assert_eq!(wheel("/build"), ["_x.so macho-dylib-outside", "_x.so macho-rpath"]);
    }

    #[test]
    fn libraries_of_the_build_machine_and_libpython_are_reported() {
        let found = codes(&[
            ("a.so", MachoBuilder::arm64().dylib("/opt/homebrew/lib/libz.dylib").build()),
            ("b.so", MachoBuilder::arm64().dylib("@rpath/libpython3.12.dylib").build()),
            ("c.so", MachoBuilder::arm64().dylib("libbare.dylib").build()),
            ("d.dylib", MachoBuilder::arm64().id("/build/d.dylib").build()),
        ]);
        assert_eq!(
            found,
            [
                "a.so macho-dylib-path",
                "b.so extension-libpython",
                "c.so macho-dylib-path",
                "d.dylib macho-install-name",
            ]
        );
    }
}
