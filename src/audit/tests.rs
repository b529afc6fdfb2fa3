//! Judges the binaries of whole wheels and compares the findings.

mod apps;
mod arm;
mod loaded;
mod malformed;
mod promises;
mod twins;

use super::closure::{Surroundings, close};
use super::{Elf, Excluded, Extension, MachO, Rule, Signature, Verdict, catalogue, judge};
use crate::target::{Libc, Release, Target};
use crate::test_builders::{ElfBuilder, MachoBuilder, PeBuilder, fat, go_blob, read};

const NONE: [&Rule; 0] = [];

fn look(target: &str, files: &[(&str, Vec<u8>)], abi3: Option<Release>) -> Verdict {
    let target: Target = target.parse().unwrap();
    let contents: Vec<_> = files.iter().map(|(path, bytes)| (*path, bytes.as_slice())).collect();
    let extensions: Vec<_> = files
        .iter()
        .filter(|(path, _)| path.ends_with("_x.abi3.so"))
        .map(|(path, _)| Extension { path, module: "x._x", abi3 })
        .collect();
    judge(target, &contents, &extensions)
}

fn codes(verdict: &Verdict) -> Vec<&'static Rule> {
    verdict.findings.iter().map(|finding| finding.rule).collect()
}

fn extension() -> ElfBuilder {
    ElfBuilder::library("")
        .needed("libgreet.so")
        .runpath("$ORIGIN/x/lib")
        .undefined("PyModule_Create2", false)
        .exports("PyInit__x")
}

fn library() -> ElfBuilder {
    let text = "path\tcommand-line-arguments\nbuild\tGOARCH=amd64\nbuild\tGOOS=linux\n\
        build\t-trimpath=true\n";
    ElfBuilder::library("libgreet.so")
        .needs_symbol("libc.so.6", "GLIBC_2.34", "pthread_create")
        .payload(go_blob("go1.27.3", text))
}

#[test]
fn a_good_linux_wheel_gets_the_tag_that_its_symbols_need() {
    let files = [
        ("_x.abi3.so", extension().build()),
        ("x/lib/libgreet.so", library().build()),
        ("x/__init__.py", b"import _x\n".to_vec()),
    ];
    let verdict = look("linux-amd64", &files, Some(Release::new(3, 10)));
    assert_eq!(codes(&verdict), NONE);
    assert_eq!(verdict.tag.to_string(), "manylinux_2_34_x86_64");
    assert_eq!(
        verdict.because.as_deref(),
        Some("x/lib/libgreet.so needs GLIBC_2.34 (pthread_create)")
    );
    let [extension, library] = verdict.binaries.as_slice() else { panic!("two binaries") };
    assert_eq!(extension.python, Some(Release::new(3, 2)));
    assert_eq!(library.go[0].setting("GOOS"), Some("linux"));

    let finding = verdict.exceeds(Release::new(2, 17)).unwrap();
    assert_eq!(
        finding.what,
        "x/lib/libgreet.so needs GLIBC_2.34 (pthread_create), but manylinux_2_17 was requested"
    );
    assert_eq!(verdict.exceeds(Release::new(2, 34)), None);
}

#[test]
fn the_tag_is_never_below_the_targets_minimum() {
    let files = [("libx.so", ElfBuilder::library("libx.so").build())];
    let verdict = look("linux-amd64", &files, None);
    assert_eq!(verdict.tag.to_string(), "manylinux2014_x86_64.manylinux_2_17_x86_64");
    assert_eq!(verdict.because, None);
    assert_eq!(
        verdict.exceeds(Release::new(2, 12)).unwrap().what,
        "linux-amd64 needs glibc 2.17 or newer, but manylinux_2_12 was requested"
    );
}

#[test]
fn binaries_for_another_target_are_reported() {
    let amd64 = [("libgreet.so", library().build())];
    let verdict = look("linux-arm64", &amd64, None);
    assert_eq!(codes(&verdict), [catalogue::ELF_ARCH]);
    assert_eq!(verdict.release, verdict.target.min_release(), "it does not affect the tag");
    assert_eq!(codes(&look("macos-arm64", &amd64, None)), [catalogue::BINARY_FORMAT]);
    let mislabelled = [("libgreet.so", library().aarch64().build())];
    assert_eq!(codes(&look("linux-arm64", &mislabelled, None)), [catalogue::GO_TARGET]);
    let thin = [("a.dylib", MachoBuilder::arm64().id("@rpath/a.dylib").build())];
    assert_eq!(codes(&look("macos-universal2", &thin, None)), [catalogue::MACHO_ARCH]);
}

#[test]
fn unfit_libraries_are_reported_and_warnings_alone_pass() {
    let one = |builder: ElfBuilder| look("linux-amd64", &[("libx.so", builder.build())], None);
    let plain = || ElfBuilder::library("libx.so");
    for (library, rule) in [
        (plain().executable_stack(), catalogue::ELF_EXECUTABLE_STACK),
        (plain().text_relocations(), catalogue::ELF_TEXT_RELOCATIONS),
        (plain().symbol_table(), catalogue::ELF_UNSTRIPPED),
        (plain().needs_symbol("libc.so.6", "GLIBC_9.9", "f"), catalogue::ELF_NO_POLICY),
    ] {
        assert_eq!(codes(&one(library)), [rule]);
    }
    let unstripped = one(plain().symbol_table());
    assert!(!unstripped.has_errors(), "a warning");
    let cut = plain().build()[..400].to_vec();
    let damaged = look("linux-amd64", &[("libx.so", cut)], None);
    assert_eq!(codes(&damaged), [catalogue::ELF_MALFORMED]);
    assert!(damaged.has_errors());
}

#[test]
fn an_extension_uses_only_the_stable_abi_of_its_oldest_python() {
    let floor = Some(Release::new(3, 10));
    let one = |builder: ElfBuilder| {
        let wheel = [
            ("_x.abi3.so", builder.build()),
            ("x/lib/libgreet.so", library().exports("PyOurs_New").build()),
        ];
        look("linux-amd64", &wheel, floor)
    };
    assert_eq!(codes(&one(extension().undefined("PyOurs_New", false))), NONE);
    let unstable = one(extension().undefined("_PyUnicode_Ready", false));
    assert_eq!(codes(&unstable), [catalogue::ABI3_SYMBOL]);
    let newer = one(extension().undefined("PyType_GetName", false));
    assert_eq!(codes(&newer), [catalogue::ABI3_TOO_NEW]);
    let sentence = "_x.abi3.so uses PyType_GetName, which Python 3.10 does not have";
    assert_eq!(newer.findings[0].what, sentence);
    let linked = one(extension().needed("libpython3.12.so.1.0"));
    assert_eq!(codes(&linked), [catalogue::EXTENSION_LIBPYTHON]);
    let no_init = [("_x.abi3.so", library().build())];
    assert_eq!(codes(&look("linux-amd64", &no_init, floor)), [catalogue::EXTENSION_INIT]);
    let no_binary = [("_x.abi3.so", b"#!".to_vec())];
    assert_eq!(codes(&look("linux-amd64", &no_binary, floor)), [catalogue::EXTENSION_MISSING]);
}

#[test]
fn a_symbol_must_be_defined_by_the_wheel_python_or_the_system() {
    let rule = catalogue::ELF_SYMBOL_UNDEFINED;
    let one = |library: ElfBuilder| {
        let files = [("_x.abi3.so", extension().build()), ("x/lib/libgreet.so", library.build())];
        look("linux-amd64", &files, None)
    };
    let undefined = one(library().undefined("calc", false).undefined("calc2", false));
    assert_eq!(codes(&undefined), [rule]);
    assert_eq!(
        undefined.findings[0].what,
        "x/lib/libgreet.so needs the symbols calc, calc2, which no library that it can use defines"
    );
    for defined in ["malloc", "__tls_get_addr", "PyLong_FromLong", "_end", "sin"] {
        assert_eq!(codes(&one(library().undefined(defined, false))), NONE, "{defined}");
    }
    assert_eq!(codes(&one(library().undefined("calc", true))), NONE, "weak");
    let runtime = || library().undefined("_ZSt4cout", false);
    assert_eq!(codes(&one(runtime())), [rule]);
    assert_eq!(codes(&one(runtime().needed("libstdc++.so.6"))), NONE);
    let unknown = library().undefined("deflate", false).needed("libz.so.1");
    assert_eq!(codes(&one(unknown)), NONE, "the symbols of libz are not known");
    let with = |other: ElfBuilder| {
        let files = [
            ("_x.abi3.so", extension().undefined("calc", false).build()),
            ("x/lib/libgreet.so", library().build()),
            ("x/lib/libcalc.so", other.exports("calc").build()),
        ];
        codes(&look("linux-amd64", &files, None))
    };
    assert_eq!(with(ElfBuilder::library("libcalc.so")), NONE, "may be loaded first");
    assert_eq!(with(ElfBuilder::library("libcalc.so").aarch64()), [rule, catalogue::ELF_ARCH]);
    // A plain library may be a plugin of a program that defines the symbol.
    let plain = [("libx.so", ElfBuilder::library("libx.so").undefined("calc", false).build())];
    assert_eq!(codes(&look("linux-amd64", &plain, None)), NONE);
}

#[test]
fn dyld_finds_a_symbol_in_the_library_that_it_was_bound_to_or_anywhere() {
    let rule = catalogue::MACHO_SYMBOL_UNDEFINED;
    let one = |extension: MachoBuilder| {
        let extension = extension
            .dylib("@rpath/libgreet.dylib")
            .rpath("@loader_path/x/lib")
            .exports("PyInit__x");
        let library = MachoBuilder::arm64().id("@rpath/libgreet.dylib").exports("Hello");
        let files = [("_x.abi3.so", extension.build()), ("x/lib/libgreet.dylib", library.build())];
        look("macos-arm64", &files, None)
    };
    let arm64 = MachoBuilder::arm64;
    assert_eq!(codes(&one(arm64().bound("Hello", 1))), NONE);
    let gone = one(arm64().bound("Hallo", 1));
    assert_eq!(codes(&gone), [rule]);
    assert_eq!(
        gone.findings[0].what,
        "_x.abi3.so needs Hallo from x/lib/libgreet.dylib, which does not export it"
    );
    for defined in ["Hello", "PyLong_FromLong"] {
        assert_eq!(codes(&one(arm64().undefined(defined))), NONE, "{defined}");
    }
    assert_eq!(codes(&one(arm64().undefined("Hallo"))), [rule]);
    let homebrew = one(arm64().undefined("Hallo").dylib("/opt/homebrew/lib/libz.dylib"));
    assert_eq!(codes(&homebrew), [catalogue::MACHO_DYLIB_PATH], "its symbols are not known");
    let objective_c = one(arm64().undefined("objc_msgSend").dylib("/usr/lib/libobjc.A.dylib"));
    assert_eq!(codes(&objective_c), NONE, "its symbols are not known either");
}

#[test]
fn a_dll_of_the_wheel_exports_what_is_imported_from_it() {
    let one = |name: &str| {
        let module = PeBuilder::dll().imports("Eggs.dll", &["eggs", name]);
        let files = [
            ("x/_x.pyd", module.imports("KERNEL32.dll", &["Anything"]).build()),
            ("x/eggs.dll", PeBuilder::dll().exports("eggs").exports("ham").build()),
        ];
        let files: Vec<_> = files.iter().map(|(path, bytes)| read(path, bytes)).collect();
        let mut findings = Vec::new();
        let excluded = Excluded::default();
        close(&files, Libc::Glibc, Surroundings::none(&excluded), &mut findings);
        findings.into_iter().map(|finding| finding.what).collect::<Vec<_>>()
    };
    assert_eq!(one("ham"), [""; 0]);
    assert_eq!(one("spam"), ["x/_x.pyd imports spam from x/eggs.dll, which does not export it"]);
}

#[test]
fn a_good_macos_wheel_gets_the_tag_of_its_build_version() {
    let files = [
        (
            "_x.abi3.so",
            MachoBuilder::arm64()
                .dylib("@rpath/libgreet.dylib")
                .rpath("@loader_path/x/lib")
                .undefined("PyModule_Create2")
                .exports("PyInit__x")
                .build(),
        ),
        ("x/lib/libgreet.dylib", MachoBuilder::arm64().id("@rpath/libgreet.dylib").build()),
    ];
    let verdict = look("macos-arm64", &files, Some(Release::new(3, 10)));
    assert_eq!(codes(&verdict), NONE);
    assert_eq!(verdict.tag.to_string(), "macosx_13_0_arm64");
    assert_eq!(verdict.because.as_deref(), Some("_x.abi3.so needs macOS 13.0"));
    let finding = verdict.exceeds(Release::new(12, 0)).unwrap();
    assert_eq!(finding.what, "_x.abi3.so needs macOS 13.0, but macOS 12.0 was requested");
}

#[test]
fn a_fat_binary_needs_what_its_images_need_and_page_alignment() {
    let images = || {
        vec![
            MachoBuilder::x86_64().minos(10, 15).build(),
            MachoBuilder::arm64().minos(11, 0).build(),
        ]
    };
    let wheel = |alignment| [("x.so", fat(&images(), alignment))];
    let verdict = look("macos-universal2", &wheel(1 << 14), None);
    assert_eq!(codes(&verdict), NONE);
    assert_eq!(verdict.tag.to_string(), "macosx_10_15_universal2");
    assert_eq!(verdict.binaries[0].arch, ["x86_64", "arm64"]);
    let verdict = look("macos-universal2", &wheel(64), None);
    assert_eq!(codes(&verdict), [catalogue::MACHO_ALIGNMENT, catalogue::MACHO_ALIGNMENT]);
    let verdict = look("macos-arm64", &wheel(1 << 14), None);
    assert_eq!(codes(&verdict), [catalogue::MACHO_ARCH_EXTRA]);
    assert_eq!(verdict.release, Release::new(11, 0));
}

#[test]
fn a_signature_is_valid_only_for_the_signed_bytes() {
    let mut bytes = MachoBuilder::arm64().exports("f").build();
    let signature = |bytes: &[u8]| MachO::parse(bytes).unwrap().remove(0).signature;
    assert_eq!(signature(&bytes), Signature::Valid);
    bytes[4096 - 1] ^= 1;
    assert_eq!(
        signature(&bytes),
        Signature::Broken("page 0 of 2 does not match its hash".to_owned())
    );
    assert_eq!(codes(&look("macos-arm64", &[("x.so", bytes)], None)), [catalogue::MACHO_SIGNATURE]);
    let unsigned = [("x.so", MachoBuilder::arm64().unsigned().build())];
    assert_eq!(codes(&look("macos-arm64", &unsigned, None)), [catalogue::MACHO_SIGNATURE]);
    let intel = [("x.so", MachoBuilder::x86_64().build())];
    assert_eq!(codes(&look("macos-amd64", &intel, None)), NONE);
}

/// A file written by a real linker (see testdata/README.md).
#[test]
fn a_real_library_is_parsed() {
    let bytes = include_bytes!("testdata/glibc-2.34.so");
    let elf = Elf::parse(bytes).unwrap();
    assert_eq!(elf.arch, Some("x86_64"));
    assert_eq!(elf.soname.as_deref(), Some("libhello.so"));
    assert_eq!(elf.needed, ["libc.so.6"]);
    assert_eq!(elf.runpath, ["$ORIGIN/lib"]);
    assert_eq!(elf.exported, [""; 0], "none of them concerns Python");
    let place = elf.requirements.iter().position(|need| need.version == "GLIBC_2.34").unwrap();
    assert_eq!(elf.symbol_needing(place), Some("pthread_create"));
    assert!(!elf.executable_stack && !elf.text_relocations && !elf.has_symbol_table);
    // Without section headers the loader sees the same.
    let mut bare = bytes.to_vec();
    bare[40..48].fill(0);
    bare[60..64].fill(0);
    let bare = Elf::parse(&bare).unwrap();
    assert_eq!((bare.undefined, bare.exported), (elf.undefined, elf.exported));
}
