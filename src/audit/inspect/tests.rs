//! Inspects whole wheels made in memory.

mod malformed;

use super::*;
use crate::audit::{Rule, catalogue};
use crate::test_builders::{ElfBuilder, MachoBuilder, PeBuilder, fat, go_blob, wheel, zip};
use crate::wheel::{Archive, File, Timestamp, WheelName};

fn look(name: &str, files: &[(&str, Vec<u8>)]) -> Inspection {
    inspect(&wheel(name, files).as_slice(), name).unwrap()
}

fn rules(name: &str, files: &[(&str, Vec<u8>)]) -> Vec<&'static Rule> {
    look(name, files).findings.iter().map(|finding| finding.rule).collect()
}

fn module(python: &str) -> PeBuilder {
    PeBuilder::dll().imports(python, &["PyModule_Create2"]).exports("PyInit__x")
}

const NONE: [&Rule; 0] = [];
const LINUX: &str = "x-1.0-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl";
const GO_LIBRARY: &str = "build\t-buildmode=c-shared\nbuild\t-trimpath=true\n";

/// The rules that a good wheel breaks after replacing `from` with `to` in its files.
fn rules_after(from: &str, to: &str) -> Vec<&'static Rule> {
    let name = "x-1.0-py3-none-any.whl";
    let bytes = wheel(name, &[("x.py", b"code".to_vec())]);
    let bytes = bytes.as_slice();
    let archive = Archive::read(&bytes).unwrap();
    let bytes = zip(archive.entries.iter().map(|entry| {
        let text = String::from_utf8(archive.bytes(entry, 999).unwrap().unwrap()).unwrap();
        (&*entry.name, text.replace(from, to))
    }));
    let findings = inspect(&bytes.as_slice(), name).unwrap().findings;
    findings.iter().map(|finding| finding.rule).collect()
}

#[test]
fn record_must_match_the_files() {
    let row = "x-1.0.dist-info/RECORD,,\n";
    assert_eq!(rules_after("", ""), NONE);
    assert_eq!(rules_after("code", "cod3"), [catalogue::RECORD_HASH]);
    assert_eq!(rules_after(",4\n", ",5\n"), [catalogue::RECORD_SIZE]);
    assert_eq!(rules_after("RECORD,,\n", "RECORD,,0\n"), [catalogue::RECORD_ITSELF]);
    let moved = rules_after("x.py,", "y.py,");
    assert_eq!(moved, [catalogue::RECORD_UNLISTED, catalogue::RECORD_NOT_THERE]);
    let other = format!("{row}x-1.0.dist-info/RECORD,,1\n");
    assert_eq!(rules_after(row, &other), [catalogue::RECORD_DUPLICATE]);
    assert_eq!(rules_after(row, &row.repeat(2)), NONE);
    assert_eq!(rules_after(row, ""), [catalogue::RECORD_UNLISTED]);
    assert_eq!(rules_after("RECORD,,\n", "RECORD,\n")[0], catalogue::RECORD_MALFORMED);
}

#[test]
fn wheel_and_metadata_must_match_the_file_name() {
    for (from, to, rule) in [
        ("Tag: py3", "Tag: py2", catalogue::TAG_WHEEL_MISMATCH),
        ("Tag: ", "Build: 1\nTag: ", catalogue::TAG_BUILD),
        ("Tag: py3", "Tag: py3.py3", catalogue::TAG_NOT_EXPANDED),
        ("Purelib: true", "Purelib: false", catalogue::TAG_PURELIB_FALSE),
        ("Wheel-Version: 1.0", "Wheel-Version: 2.0", catalogue::TAG_WHEEL_FILE),
        ("Name: x", "Name: y", catalogue::TAG_NAME_MISMATCH),
        ("Version: 1.0\n", "Version: 1.1\n", catalogue::TAG_VERSION_MISMATCH),
    ] {
        assert!(rules_after(from, to).contains(&rule), "{to}");
    }
}

#[test]
fn written_wheels_are_clean() {
    let name: WheelName = "My.Pkg-1.0-1-cp310-abi3-manylinux_2_17_x86_64.whl".parse().unwrap();
    let metadata = "Metadata-Version: 2.4\nName: My.Pkg\nVersion: 1.0\n";
    let module = ElfBuilder::library("").undefined("PyModule_Create2", false).exports("PyInit__x");
    let files = [
        ("pkg/a,b.py", File::new(*b"code")),
        ("pkg/empty", File::new(*b"")),
        ("_x.abi3.so", File::executable(module.build())),
        ("My.Pkg-1.0.dist-info/METADATA", File::new(metadata.as_bytes())),
        ("My.Pkg-1.0.dist-info/licenses/\u{fc}", File::new(*b"MIT")),
    ];
    let contents = files.map(|(path, file)| (path.parse().unwrap(), file)).into_iter().collect();
    let mut bytes = Vec::new();
    crate::wheel::write(&mut bytes, &name, &contents, "pygo", Timestamp::default()).unwrap();
    assert_eq!(inspect(&bytes.as_slice(), &name.to_string()).unwrap().findings, []);
}

#[test]
fn a_windows_wheel_must_match_its_tag() {
    let name = "x-1.0-cp312-cp312-win_amd64.whl";
    let path = "_x.cp312-win_amd64.pyd";
    let found = look(name, &[(path, module("python312.dll").build())]);
    assert_eq!(
        (found.findings.as_slice(), found.compatible.platforms),
        (&[][..], vec!["win_amd64".to_owned()])
    );
    let arm = [(path, module("python312.dll").arm64().build())];
    assert_eq!(rules(name, &arm), [catalogue::PE_ARCH]);
    let older = [(path, module("python311.dll").build())];
    assert_eq!(rules(name, &older), [catalogue::PYTHON_DLL_MISMATCH]);
    let outside = [(path, module("python312.dll").imports("libgo.dll", &[]).build())];
    assert_eq!(rules(name, &outside), [catalogue::PE_IMPORT_OUTSIDE]);
    let mut cut = module("python312.dll").build();
    cut.truncate(0x410);
    assert_eq!(rules(name, &[(path, cut)]), [catalogue::PE_MALFORMED]);
}

#[test]
fn an_abi3_wheel_for_windows_imports_no_specific_python() {
    let name = "x-1.0-cp310-abi3-win_amd64.whl";
    assert_eq!(rules(name, &[("_x.pyd", module("python3.dll").build())]), NONE);
    let one = [("_x.pyd", module("python310.dll").build())];
    assert_eq!(rules(name, &one), [catalogue::ABI3_PYTHON_DLL]);
    let newer = PeBuilder::dll().imports("python3.dll", &["PyType_GetName"]).exports("PyInit__x");
    assert_eq!(rules(name, &[("_x.pyd", newer.build())]), [catalogue::ABI3_TOO_NEW]);
}

#[test]
fn one_module_per_python_is_enough() {
    let name = "x-1.0-cp315-abi3.abi3t-manylinux_2_17_x86_64.whl";
    let file = || ElfBuilder::library("").undefined("PyModule_Create2", false).exports("PyInit__x");
    let both = [("_x.abi3.so", file().build()), ("_x.abi3t.so", file().build())];
    assert_eq!(rules(name, &both), NONE);
    let old = [("_x.cpython-314-x86_64-linux-gnu.so", file().build())];
    assert_eq!(rules(name, &old), [catalogue::EXTENSION_SUFFIX]);
}

#[test]
fn static_binaries_run_with_either_c_library() {
    let program = || ElfBuilder::library("").build();
    let name = "x-1.0-py3-none-manylinux_2_17_x86_64.musllinux_1_2_x86_64.whl";
    let found = look(name, &[("x-1.0.data/scripts/x", program())]);
    assert_eq!(
        found.compatible.platforms,
        ["manylinux1_x86_64", "manylinux_2_5_x86_64", "musllinux_1_2_x86_64"]
    );
}

#[test]
fn no_tag_fits_a_go_library_for_musl() {
    let go = || go_blob("go1.27.3", GO_LIBRARY);
    let library = |libc| ElfBuilder::library("libx.so").needed(libc).payload(go()).build();
    let name = "x-1.0-py3-none-musllinux_1_2_x86_64.whl";
    let found = look(name, &[("x/libx.so", library("libc.so"))]);
    assert_eq!(found.compatible.platforms, [""; 0]);
    assert!(found.compatible.reason.unwrap().starts_with("x/libx.so is a Go library"));
    let glibc = look(name, &[("x/libx.so", library("libc.so.6"))]);
    assert_eq!(glibc.compatible.platforms, ["manylinux2014_x86_64", "manylinux_2_17_x86_64"]);
    let other = ElfBuilder::library("libx.so").needed("libc.so").static_tls().build();
    let found = look(name, &[("x/libx.so", other)]);
    assert_eq!(found.findings[0].rule, catalogue::ELF_STATIC_TLS);
    assert_eq!(found.compatible.platforms, [""; 0]);
}

#[test]
fn a_go_library_needs_a_kernel_that_old_systems_lack() {
    let library = |version| {
        let go = go_blob(version, GO_LIBRARY);
        [("x/libx.so", ElfBuilder::library("libx.so").needed("libc.so.6").payload(go).build())]
    };
    let old = "x-1.0-py3-none-manylinux1_x86_64.manylinux_2_5_x86_64.whl";
    assert_eq!(rules(old, &library("go1.27.3")), [catalogue::GO_LINUX_FLOOR]);
    let found = look(old, &library("go1.23.9"));
    assert_eq!(found.findings[0].rule, catalogue::GO_LINUX_FLOOR);
    assert_eq!(found.compatible.platforms, ["manylinux2010_x86_64", "manylinux_2_12_x86_64"]);
    let reason = "x/libx.so was built by a Go that needs a newer Linux";
    assert_eq!(found.compatible.reason.as_deref(), Some(reason));
    assert_eq!(rules(LINUX, &library("go1.27.3")), NONE);
}

#[test]
fn a_missing_library_meets_no_policy_and_does_not_hide_a_need_of_the_system() {
    let builder = || ElfBuilder::library("libx.so").needed("libodbc.so.2");
    let found = look(LINUX, &[("x/libx.so", builder().needed("libc.so.6").build())]);
    assert_eq!(found.findings[0].rule, catalogue::ELF_NEEDED_OUTSIDE);
    assert_eq!(found.compatible.platforms, ["linux_x86_64"]);
    assert_eq!(found.compatible.reason.as_deref(), Some("x/libx.so needs libodbc.so.2"));
    let newer = builder().needs_symbol("libc.so.6", "GLIBC_2.34", "pthread_create").build();
    let expected = [catalogue::TAG_TOO_LOW, catalogue::ELF_NEEDED_OUTSIDE];
    assert_eq!(rules(LINUX, &[("x/libx.so", newer)]), expected);
}

#[test]
fn spooled_binaries_get_the_same_findings_as_those_in_memory() {
    // Too large for memory, whatever the number of processors.
    const LARGE: usize = 17 << 20;
    let go = || go_blob("go1.27.3", "build\t-buildmode=c-shared\nbuild\tGOOS=plan9\n");
    type Wheel<'a> = (&'a str, &'a str, &'a dyn Fn(usize) -> Vec<u8>);
    let wheels: [Wheel<'_>; 3] = [
        ("x-1.0-cp310-abi3-manylinux_2_17_x86_64.whl", "_x.abi3.so", &|size| {
            let payload = [vec![0; size], go()].concat();
            ElfBuilder::library("").undefined("_PyFoo", false).payload(payload).build()
        }),
        ("x-1.0-cp310-abi3-macosx_11_0_universal2.whl", "_x.abi3.so", &|size| {
            let payload = || [vec![0; (size / 2) & !15], go()].concat();
            let x86 = MachoBuilder::x86_64().exports("PyInit__x").payload(payload()).build();
            let mut arm = MachoBuilder::arm64().undefined("_PyFoo").payload(payload()).build();
            let last = arm.len() / 2;
            arm[last] ^= 1;
            fat(&[x86, arm], 1 << 14)
        }),
        ("x-1.0-cp310-abi3-win_amd64.whl", "_x.pyd", &|size| {
            let mut bytes = module("python310.dll").build();
            bytes.extend(vec![0; size]);
            bytes
        }),
    ];
    for (name, path, builder) in wheels {
        let sentences = |size| {
            let found = look(name, &[(path, builder(size))]).findings;
            found.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        let without_numbers = |sentences: Vec<String>| -> Vec<String> {
            sentences
                .iter()
                .map(|text| text.chars().filter(|c| !c.is_ascii_digit()).collect())
                .collect()
        };
        let (small, large) = (sentences(64), sentences(LARGE));
        assert!(!small.is_empty(), "{name}");
        assert_eq!(without_numbers(small), without_numbers(large), "{name}");
    }
}

#[test]
fn a_launcher_for_windows_is_data_elsewhere() {
    let mut launcher = PeBuilder::dll().build();
    // Clear the DLL flag.
    launcher[0x40 + 4 + 18 + 1] = 0;
    let found = look("x-1.0-py3-none-any.whl", &[("x/cli.exe", launcher)]);
    assert_eq!(found.compatible.platforms, ["any"]);
    assert_eq!(found.findings, []);
}

#[test]
fn only_fat_binaries_make_a_universal2_wheel() {
    let name = "x-1.0-py3-none-any.whl";
    let files = [
        ("a.dylib", MachoBuilder::arm64().id("@rpath/a.dylib").build()),
        ("b.dylib", MachoBuilder::x86_64().id("@rpath/b.dylib").build()),
    ];
    let found = look(name, &files);
    assert_eq!(found.compatible.platforms, [""; 0], "no tag fits both");
    assert!(found.has_errors());
}

// Properties of working published wheels, which must not be errors.

#[test]
fn a_minor_release_of_macos_above_the_tag_is_only_a_warning() {
    let name = "x-1.0-py3-none-macosx_12_0_arm64.whl";
    let library =
        |major, minor| MachoBuilder::arm64().id("@rpath/libx.dylib").minos(major, minor).build();
    let above = rules(name, &[("x/libx.dylib", library(12, 3))]);
    assert_eq!(above, [catalogue::TAG_MINOR_RELEASE]);
    assert_eq!(rules(name, &[("x/libx.dylib", library(13, 0))]), [catalogue::TAG_TOO_LOW]);
}

#[test]
fn binaries_for_unjudged_systems_are_ignored() {
    let module = || ("_x.cpython-312-wasm32-emscripten.so", b"\0asm\x01\0\0\0".to_vec());
    let wasm = "x-1.0-cp312-cp312-pyemscripten_2025_0_wasm32.whl";
    assert_eq!(rules(wasm, &[module()]), NONE);
    assert_eq!(look(wasm, &[module()]).compatible.platforms, ["pyemscripten_2025_0_wasm32"]);
}

#[test]
fn a_wheel_for_both_c_libraries_may_contain_a_library_for_each() {
    let name = "x-1.0-py3-none-manylinux_2_17_x86_64.musllinux_1_2_x86_64.whl";
    let glibc = ElfBuilder::library("libx.so").needed("libc.so.6").static_tls().build();
    let musl = ElfBuilder::library("libx.so").needed("libc.so").build();
    let found = rules(name, &[("x/glibc/libx.so", glibc), ("x/musl/libx.so", musl)]);
    assert!(!found.contains(&catalogue::ELF_STATIC_TLS), "{found:?}");
}

#[test]
fn a_foreign_go_library_is_not_a_second_runtime() {
    let go = || go_blob("go1.27.3", GO_LIBRARY);
    let dll = [PeBuilder::dll().build(), vec![0; 8], go()].concat();
    let at = dll.len() - go().len();
    let dll = match at % 16 {
        0 => dll,
        rest => [PeBuilder::dll().build(), vec![0; 8 + 16 - rest], go()].concat(),
    };
    let library = ElfBuilder::library("libx.so").needed("libc.so.6").payload(go()).build();
    let found = rules(LINUX, &[("x/libx.dll", dll), ("x/libx.so", library)]);
    assert_eq!(found, [catalogue::BINARY_FOREIGN_DATA]);
}

#[test]
fn a_foreign_binary_is_data_only_beside_native_ones_and_never_a_module() {
    let name = "x-1.0-py3-none-win_amd64.whl";
    let home = || ("x/x64.dll", PeBuilder::dll().build());
    let arm = || PeBuilder::dll().arm64().build();
    assert_eq!(rules(name, &[home(), ("x/arm64.dll", arm())]), [catalogue::BINARY_FOREIGN_DATA]);
    assert_eq!(rules(name, &[("x/arm64.dll", arm())]), [catalogue::PE_ARCH]);
    let module = PeBuilder::dll().exports("PyInit_a").arm64().build();
    assert_eq!(rules(name, &[home(), ("x/a.pyd", module)]), [catalogue::PE_ARCH]);
    let asks = PeBuilder::dll().imports("arm64.dll", &[]).build();
    let asked = rules(name, &[("x/x64.dll", asks), ("x/arm64.dll", arm())]);
    assert!(asked.contains(&catalogue::PE_ARCH), "{asked:?}");
    let mac = || MachoBuilder::arm64().id("@rpath/libx.dylib").build();
    assert_eq!(rules(name, &[home(), ("x/libx.dylib", mac())]), [catalogue::BINARY_FOREIGN_DATA]);
    assert!(rules(name, &[("x/libx.dylib", mac())]).contains(&catalogue::BINARY_FORMAT));
}

#[test]
fn a_plain_library_named_like_a_module_is_a_warning_and_a_module_without_init_an_error() {
    let name = "x-1.0-cp310-abi3-manylinux_2_17_x86_64.whl";
    let plain = ElfBuilder::library("_x.abi3.so").build();
    assert_eq!(rules(name, &[("x/_x.abi3.so", plain)]), [catalogue::EXTENSION_IN_NAME]);
    let lost = ElfBuilder::library("_x.abi3.so").undefined("PyModule_Create2", false).build();
    assert_eq!(rules(name, &[("x/_x.abi3.so", lost)]), [catalogue::EXTENSION_INIT]);
}

#[test]
fn separate_debug_symbols_need_no_signature() {
    let name = "x-1.0-py3-none-macosx_13_0_arm64.whl";
    let library = MachoBuilder::arm64().id("@rpath/libx.dylib").build();
    let mut symbols = MachoBuilder::arm64().unsigned().build();
    symbols[12..16].copy_from_slice(&10u32.to_le_bytes());
    let inside = "x/libx.dylib.dSYM/Contents/Resources/DWARF/libx.dylib";
    assert_eq!(rules(name, &[("x/libx.dylib", library), (inside, symbols)]), NONE);
}

#[test]
fn a_library_in_platlib_is_not_in_purelib() {
    let name = "x-1.0-py3-none-manylinux_2_17_x86_64.whl";
    let check = |path: &str| {
        let tag = "Tag: py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64";
        let text = format!("Wheel-Version: 1.0\nRoot-Is-Purelib: true\n{tag}\n");
        let metadata = "Metadata-Version: 2.4\nName: x\nVersion: 1.0\n";
        let bytes = zip([
            (path, ElfBuilder::library("libx.so").build()),
            ("x-1.0.dist-info/WHEEL", text.into_bytes()),
            ("x-1.0.dist-info/METADATA", metadata.into()),
        ]);
        // Readers expand a compressed set in a line of WHEEL.
        let name = name.replace("manylinux_", "manylinux2014_x86_64.manylinux_");
        let found = inspect(&bytes.as_slice(), &name).unwrap().findings;
        let about = [catalogue::TAG_PURELIB, catalogue::TAG_WHEEL_MISMATCH];
        let of_these = found.iter().map(|finding| finding.rule);
        of_these.filter(|rule| about.contains(rule)).collect::<Vec<_>>()
    };
    assert_eq!(check("x-1.0.data/platlib/x/libx.so"), NONE);
    assert_eq!(check("x/libx.so"), [catalogue::TAG_PURELIB]);
}

#[test]
fn a_library_for_dot_net_is_not_native_code() {
    let managed = [("x/x.dll", PeBuilder::dll().managed().build())];
    assert_eq!(rules("x-1.0-py3-none-any.whl", &managed), NONE);
    let native = [("x/x.dll", PeBuilder::dll().build())];
    assert!(rules("x-1.0-py3-none-any.whl", &native).contains(&catalogue::TAG_NATIVE_IN_ANY));
}
