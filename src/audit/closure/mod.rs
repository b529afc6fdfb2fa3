//! Whether everything that a wheel's binaries need is there when they are loaded.
//!
//! In: the binaries of a wheel and where each lies. Out: a [`Closure`]: which needed libraries come
//! from the system, and a [`Finding`] for each that comes from nowhere. A library counts as found
//! only where the loader would find it: through the RUNPATH, RPATH or `LC_RPATH` that is really
//! there, from the directory that the file will really be in.
//!
//! Sources: ld.so(8) and dlopen(3) for the order of search on Linux, dyld(1) for macOS, and
//! "Dynamic-link library search order" for Windows.

mod elf;
mod macho;
mod pe;
mod search;

use super::finding::code;
use super::{Binary, Finding, Member, Rule};
use crate::target::Libc;

/// What became of everything that the binaries need.
#[derive(Debug, Clone, Default)]
pub struct Closure<'a> {
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// For each member, in the order given, where its libraries do not come from the wheel.
    pub outside: Vec<Outside<'a>>,
}

/// The libraries that a member needs and the wheel does not give it.
#[derive(Debug, Clone, Default)]
pub struct Outside<'a> {
    /// Those that it takes from the system.
    pub system: Vec<&'a str>,
    /// Those that come from nowhere.
    pub nowhere: Vec<&'a str>,
}

/// Follows every need of `members`, which are all the binaries of one wheel. On Linux, `libc` is
/// the C library of those that do not tell.
pub fn close(members: &[Member], libc: Libc) -> Closure<'_> {
    let mut nodes = Vec::new();
    for (number, member) in members.iter().enumerate() {
        match &member.binary {
            Binary::Elf(elf) => nodes.push(elf::node(number, &member.path, elf)),
            Binary::MachO(slices) => {
                nodes.extend(slices.iter().map(|slice| macho::node(number, &member.path, slice)))
            }
            Binary::Pe(_) => {}
        }
    }
    search::settle(&mut nodes);
    let mut closure =
        Closure { findings: Vec::new(), outside: vec![Outside::default(); members.len()] };
    let wheel = Wheel { members, nodes: &nodes };
    for node in &nodes {
        let (Some(member), Some(outside)) =
            (members.get(node.member), closure.outside.get_mut(node.member))
        else {
            continue;
        };
        let found = &mut closure.findings;
        match &member.binary {
            Binary::Elf(elf) => {
                let libc = elf.libc().unwrap_or(libc);
                elf::judge(&wheel, member, elf, node, libc, outside, found);
            }
            Binary::MachO(_) => macho::judge(&wheel, member, node, found),
            Binary::Pe(_) => {}
        }
    }
    pe::judge(members, &mut closure.findings);
    // The images of a fat file have the same needs; once is enough to say so.
    closure.findings.sort();
    closure.findings.dedup();
    closure
}

/// Python itself, as a library or as a macOS framework.
fn is_libpython(name: &str) -> bool {
    search::file_name(name).starts_with("libpython3") || name.contains("Python.framework/")
}

/// All that a judge of one file may ask about the others.
struct Wheel<'w, 'a> {
    members: &'a [Member],
    nodes: &'w [search::Node<'a>],
}

impl<'a> Wheel<'_, 'a> {
    fn member_of(&self, node: usize) -> Option<&'a Member> {
        self.nodes.get(node).and_then(|node| self.members.get(node.member))
    }

    /// The finding for a library that comes from nowhere.
    fn missing(&self, member: &Member, rule: &'static Rule, name: &str, paths: &str) -> Finding {
        let file = search::file_name(name);
        if is_libpython(name) {
            let what = format!("is linked against {file}");
            return Finding::new(code::EXTENSION_LIBPYTHON, &member.path, what);
        }
        match self.members.iter().find(|other| search::file_name(&other.path) == file) {
            Some(other) => Finding::new(
                rule,
                &member.path,
                format!(
                    "needs {name}, and its search path ({paths}) does not lead to {}",
                    other.path
                ),
            )
            .with_fix("link it with an rpath that leads from its own directory to that one"),
            None => Finding::new(
                rule,
                &member.path,
                format!("needs {name}, which is neither in the wheel nor part of every system"),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::forge::{ElfForge, MachoForge, read};
    use super::*;

    fn codes(files: &[(&str, Vec<u8>)]) -> Vec<(String, &'static Rule)> {
        let members: Vec<_> = files.iter().map(|(path, bytes)| read(path, bytes)).collect();
        let closure = close(&members, Libc::Glibc);
        closure.findings.into_iter().map(|finding| (finding.member, finding.rule)).collect()
    }

    fn hello() -> Vec<u8> {
        ElfForge::library("libhello.so").needed("libc.so.6").build()
    }

    #[test]
    fn a_library_is_found_through_the_runpath_that_is_there() {
        let extension =
            |runpath: &str| ElfForge::library("").needed("libhello.so").runpath(runpath).build();
        let wheel =
            |runpath| codes(&[("_x.abi3.so", extension(runpath)), ("x/lib/libhello.so", hello())]);
        assert_eq!(wheel("$ORIGIN/x/lib"), []);
        assert_eq!(wheel("$ORIGIN/gone:${ORIGIN}/./x/../x/lib/"), []);
        let told = |code| ("_x.abi3.so".to_owned(), code);
        assert_eq!(wheel("$ORIGIN/lib"), [told(code::ELF_NEEDED_OUTSIDE)]);
        assert_eq!(wheel("$ORIGIN/../x/lib"), [told(code::ELF_NEEDED_OUTSIDE)], "leaves the wheel");
        assert_eq!(wheel("/build/x/lib"), [told(code::ELF_NEEDED_OUTSIDE), told(code::ELF_RPATH)]);
    }

    #[test]
    fn an_rpath_serves_what_the_library_loads_and_a_runpath_does_not() {
        let wheel = |extension: ElfForge| {
            codes(&[
                ("_x.so", extension.needed("liba.so").build()),
                ("x.libs/liba.so", ElfForge::library("liba.so").needed("libb.so").build()),
                ("x.libs/libb.so", ElfForge::library("libb.so").build()),
            ])
        };
        assert_eq!(wheel(ElfForge::library("").rpath("$ORIGIN/x.libs")), []);
        assert_eq!(
            wheel(ElfForge::library("").runpath("$ORIGIN/x.libs")),
            [("x.libs/liba.so".to_owned(), code::ELF_NEEDED_OUTSIDE)]
        );
    }

    #[test]
    fn a_path_in_needed_and_a_missing_soname_are_told() {
        let found = codes(&[
            ("_x.so", ElfForge::library("").needed("build/libhello.so").build()),
            ("_y.so", ElfForge::library("").needed("libplain.so").runpath("$ORIGIN").build()),
            ("libplain.so", ElfForge::library("").build()),
        ]);
        assert_eq!(
            found,
            [
                ("_x.so".to_owned(), code::ELF_NEEDED_PATH),
                ("libplain.so".to_owned(), code::ELF_SONAME)
            ]
        );
    }

    #[test]
    fn files_of_the_data_directory_lie_where_they_are_installed() {
        let extension = ElfForge::library("").needed("libhello.so").runpath("$ORIGIN/x").build();
        let found = codes(&[("x-1.data/platlib/_x.so", extension), ("x/libhello.so", hello())]);
        assert_eq!(found, []);
    }

    #[test]
    fn dyld_expands_rpath_and_loader_path_for_each_image() {
        let extension =
            |rpath: &str| MachoForge::arm64().dylib("@rpath/libhello.dylib").rpath(rpath).build();
        let library = || {
            let forge = MachoForge::arm64().id("@rpath/libhello.dylib");
            forge.dylib("/usr/lib/libSystem.B.dylib").build()
        };
        let wheel =
            |rpath| codes(&[("_x.so", extension(rpath)), ("x/lib/libhello.dylib", library())]);
        assert_eq!(wheel("@loader_path/x/lib"), []);
        assert_eq!(wheel("@loader_path"), [("_x.so".to_owned(), code::MACHO_DYLIB_OUTSIDE)]);
        assert_eq!(
            wheel("/build"),
            [
                ("_x.so".to_owned(), code::MACHO_DYLIB_OUTSIDE),
                ("_x.so".to_owned(), code::MACHO_RPATH)
            ]
        );
    }

    #[test]
    fn libraries_of_the_build_machine_and_libpython_are_told() {
        let found = codes(&[
            ("a.so", MachoForge::arm64().dylib("/opt/homebrew/lib/libz.dylib").build()),
            ("b.so", MachoForge::arm64().dylib("@rpath/libpython3.12.dylib").build()),
            ("c.so", MachoForge::arm64().dylib("libbare.dylib").build()),
            ("d.dylib", MachoForge::arm64().id("/build/d.dylib").build()),
        ]);
        assert_eq!(
            found,
            [
                ("a.so".to_owned(), code::MACHO_DYLIB_PATH),
                ("b.so".to_owned(), code::EXTENSION_LIBPYTHON),
                ("c.so".to_owned(), code::MACHO_DYLIB_PATH),
                ("d.dylib".to_owned(), code::MACHO_INSTALL_NAME),
            ]
        );
    }
}
