//! What the tags of a wheel promise, compared with its binaries.

use crate::audit::{Rule, catalogue, inspect};
use crate::test_builders::{ElfBuilder, MachoBuilder, PeBuilder, wheel};

fn rules(tag: &str, files: &[(&str, Vec<u8>)]) -> Vec<&'static Rule> {
    let name = format!("x-1.0-{tag}.whl");
    let found = inspect(&wheel(&name, files).as_slice(), &name).unwrap().findings;
    found.iter().map(|finding| finding.rule).collect()
}

fn module() -> ElfBuilder {
    ElfBuilder::library("").undefined("PyModule_Create2", false).exports("PyInit__x")
}

const NONE: [&Rule; 0] = [];
const BOTH: &str = "py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.musllinux_1_2_x86_64";

#[test]
fn each_c_library_of_the_tags_must_load_the_binaries() {
    let glibc = || ("x/libx.so", ElfBuilder::library("libx.so").needed("libc.so.6").build());
    let found = rules(BOTH, &[glibc()]);
    assert_eq!(found, [catalogue::TAG_UNSERVED, catalogue::ELF_LIBC]);
    assert_eq!(rules(BOTH, &[("x/tool", ElfBuilder::library("").build())]), NONE, "static");
    let musl = |path| (path, ElfBuilder::library("libx.so").needed("libc.so").build());
    assert_eq!(rules(BOTH, &[musl("x/libx.so")]), [catalogue::TAG_UNSERVED, catalogue::ELF_LIBC]);
    let beside = ("x/gnu/libx.so", glibc().1);
    assert_eq!(rules(BOTH, &[beside.clone(), musl("x/musl/libx.so")]), NONE);
    let another = [beside, musl("x/musl/liby.so")];
    assert_eq!(rules(BOTH, &another), [catalogue::ELF_LIBC; 2]);
}

#[test]
fn each_processor_of_the_tags_must_have_a_binary() {
    let x86 = || ("x/libx.so", ElfBuilder::library("libx.so").build());
    let arm = ("x/arm/libx.so", ElfBuilder::library("libx.so").aarch64().build());
    let tag = "py3-none-manylinux_2_28_aarch64.manylinux_2_28_x86_64";
    assert_eq!(rules(tag, &[x86()]), [catalogue::TAG_UNSERVED]);
    assert_eq!(rules(tag, &[x86(), arm]), NONE);
    let dll = [("x/x.dll", PeBuilder::dll().build())];
    assert_eq!(rules("py3-none-win32.win_amd64", &dll), [catalogue::TAG_UNSERVED]);
    let tag = "py3-none-macosx_11_0_arm64.manylinux_2_28_x86_64";
    assert_eq!(rules(tag, &[x86()]), [catalogue::TAG_UNSERVED]);
}

#[test]
fn a_suffix_must_be_one_that_the_tagged_python_looks_for() {
    let check =
        |tag: &str, path| rules(&format!("{tag}-linux_armv7l"), &[(path, module().build())]);
    let suffix = |tag: &str, path| check(tag, path).contains(&catalogue::EXTENSION_SUFFIX);
    // The processor is wrong in this wheel, which is another rule's finding.
    assert!(suffix("cp312-cp312", "_x.cpython-312-arm-linux-gnueabi.so"), "soft float");
    assert!(suffix("cp312-cp312", "_x.cp312-win_amd64.so"));
    assert!(suffix("cp311-none", "_x.cpython-312-arm-linux-gnueabihf.so"));
    assert!(suffix("cp311-abi3", "_x.cpython-312-arm-linux-gnueabihf.so"));
    for tag in ["cp312-cp312", "cp312-none", "py3-none", "py312-none"] {
        assert!(!suffix(tag, "_x.cpython-312-arm-linux-gnueabihf.so"), "{tag}");
    }
}

#[test]
fn a_module_for_one_python_does_not_fit_a_tag_for_all() {
    let tag = "py3-none-manylinux_2_28_x86_64";
    let one = ("_x.cpython-312-x86_64-linux-gnu.so", module().build());
    let two = ("_x.cpython-313-x86_64-linux-gnu.so", module().build());
    assert_eq!(rules(tag, std::slice::from_ref(&one)), [catalogue::EXTENSION_ONE_PYTHON]);
    assert_eq!(rules(tag, &[one.clone(), two]), NONE);
    assert_eq!(rules("cp312-none-manylinux_2_28_x86_64", std::slice::from_ref(&one)), NONE);
    assert_eq!(rules(tag, &[one, ("_x.so", module().build())]), NONE);
}

#[test]
fn an_rpath_occurs_once() {
    let check = |rpaths: &[&str]| {
        let library = MachoBuilder::arm64().id("@rpath/libx.dylib");
        let library = rpaths.iter().fold(library, |library, rpath| library.rpath(rpath));
        let files = [("x/libx.dylib", library.build())];
        rules("py3-none-macosx_11_0_arm64", &files).contains(&catalogue::MACHO_RPATH_TWICE)
    };
    assert!(check(&["@loader_path/a", "@loader_path", "@loader_path/a"]));
    assert!(!check(&["@loader_path/a", "@loader_path"]));
}

#[test]
fn a_minor_macos_release_is_above_the_tag() {
    let check = |tag: &str, major, minor| {
        let library = MachoBuilder::arm64().id("@rpath/libx.dylib").minos(major, minor).build();
        let about = [catalogue::TAG_MINOR_RELEASE, catalogue::TAG_TOO_LOW];
        let mut found = rules(&format!("py3-none-{tag}_arm64"), &[("x/libx.dylib", library)]);
        found.retain(|rule| about.contains(rule));
        found
    };
    assert_eq!(check("macosx_26_0", 26, 5), [catalogue::TAG_MINOR_RELEASE]);
    assert_eq!(check("macosx_26_0", 26, 0), NONE);
    assert_eq!(check("macosx_26_0", 15, 4), NONE);
    assert_eq!(check("macosx_15_0", 26, 5), [catalogue::TAG_TOO_LOW]);
}

#[test]
fn a_symbol_without_a_version_needs_the_release_that_defined_it_first() {
    let check = |tag: &str, symbol: &str, library: &str| {
        let module = module().needed("libc.so.6").needed(library).undefined(symbol, false).build();
        let tag = format!("cp312-cp312-{tag}_x86_64");
        rules(&tag, &[("_x.cpython-312-x86_64-linux-gnu.so", module)])
    };
    let failed = "_ZSt21__glibcxx_assert_failPKciS0_S0_";
    let cpp = "libstdc++.so.6";
    assert_eq!(check("manylinux_2_28", failed, cpp), [catalogue::TAG_TOO_LOW]);
    assert_eq!(check("manylinux_2_39", failed, cpp), NONE);
    assert_eq!(check("manylinux_2_28", "_ZSt9terminatev", cpp), NONE);
    assert_eq!(check("manylinux_2_28", "__isoc23_strtol", "libm.so.6"), [catalogue::TAG_TOO_LOW]);
    assert_eq!(check("manylinux_2_38", "__isoc23_strtol", "libm.so.6"), NONE);
}
