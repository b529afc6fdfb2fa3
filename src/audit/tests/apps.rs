//! Wheels for Android and iOS, where Python is a library inside of an app.

use crate::audit::{Inspection, Rule, catalogue, inspect};
use crate::test_builders::{ElfBuilder, MachoBuilder, wheel};

const ANDROID: &str = "x-1.0-cp313-cp313-android_24_arm64_v8a.whl";
const ANDROID_FILE: &str = "x/_x.cpython-313-aarch64-linux-android.so";
const DEVICE: &str = "x-1.0-cp313-cp313-ios_13_0_arm64_iphoneos.whl";
const DEVICE_FILE: &str = "x/_x.cpython-313-iphoneos.so";
const NONE: [&Rule; 0] = [];

fn look(name: &str, files: &[(&str, Vec<u8>)]) -> Inspection {
    inspect(&wheel(name, files).as_slice(), name).unwrap()
}

fn rules(name: &str, files: &[(&str, Vec<u8>)]) -> Vec<&'static Rule> {
    look(name, files).findings.iter().map(|finding| finding.rule).collect()
}

/// An extension as the NDK links it, for API level 24.
fn android() -> ElfBuilder {
    ElfBuilder::library("")
        .aarch64()
        .android(24)
        .needs_symbol("libc.so", "LIBC", "malloc")
        .needed("libdl.so")
        .undefined("PyModuleDef_Init", false)
        .exports("PyInit__x")
}

fn on_android(extension: ElfBuilder) -> Vec<&'static Rule> {
    rules(ANDROID, &[(ANDROID_FILE, extension.build())])
}

/// An extension as Xcode links it.
fn ios() -> MachoBuilder {
    MachoBuilder::arm64()
        .ios()
        .minos(13, 0)
        .dynamic()
        .unsigned()
        .dylib("@rpath/Python.framework/Python")
        .dylib("/usr/lib/libSystem.B.dylib")
        .bound("PyModuleDef_Init", 1)
        .exports("PyInit__x")
}

fn on_devices(extension: MachoBuilder) -> Vec<&'static Rule> {
    rules(DEVICE, &[(DEVICE_FILE, extension.build())])
}

#[test]
fn an_extension_for_android_must_be_linked_to_the_tagged_python() {
    assert_eq!(on_android(android().needed("libpython3.13.so")), NONE);
    assert_eq!(on_android(android()), [catalogue::ANDROID_LIBPYTHON]);
    assert_eq!(on_android(android().needed("libpython3.14.so")), [catalogue::PYTHON_DLL_MISMATCH]);
    // Android also finds symbols in what a needed library is linked to.
    let helper = ElfBuilder::library("libh.so").aarch64().android(24).needed("libpython3.13.so");
    let extension = android().needed("libh.so").runpath("$ORIGIN");
    let files = [(ANDROID_FILE, extension.build()), ("x/libh.so", helper.build())];
    assert_eq!(rules(ANDROID, &files), NONE);
    // A library that does not use Python, which ctypes loads.
    let plain = ElfBuilder::library("libp.so").aarch64().android(24).needed("liblog.so");
    let name = "x-1.0-py3-none-android_24_arm64_v8a.whl";
    assert_eq!(rules(name, &[("x/libp.so", plain.build())]), NONE);
}

#[test]
fn the_libraries_and_the_loader_of_an_api_level_are_known() {
    let linked = || android().needed("libpython3.13.so");
    assert_eq!(on_android(linked().needed("libvulkan.so").needed("libssl_python.so")), NONE);
    assert_eq!(on_android(linked().needed("libaaudio.so")), [catalogue::TAG_TOO_LOW]);
    assert_eq!(on_android(linked().android(26)), [catalogue::TAG_TOO_LOW]);
    assert_eq!(on_android(linked().android(21)), NONE);
    assert_eq!(on_android(linked().needed("libc++_shared.so")), [catalogue::ELF_NEEDED_OUTSIDE]);
    let vendored = |name, extension: ElfBuilder| {
        let library = ElfBuilder::library("libh.so").aarch64().android(21);
        rules(name, &[(ANDROID_FILE, extension.build()), ("x/libh.so", library.build())])
    };
    let finds = || linked().android(21).needed("libh.so");
    assert_eq!(vendored(ANDROID, finds().runpath("$ORIGIN")), NONE);
    assert_eq!(vendored(ANDROID, finds().rpath("$ORIGIN")), [catalogue::ELF_NEEDED_OUTSIDE]);
    let old = "x-1.0-cp313-cp313-android_21_arm64_v8a.whl";
    assert_eq!(vendored(old, finds().runpath("$ORIGIN")), [catalogue::TAG_TOO_LOW]);
}

#[test]
fn binaries_for_android_have_its_processor_c_library_pages_and_suffix() {
    let linked = || android().needed("libpython3.13.so");
    assert_eq!(on_android(linked().page_size(0x1_0000)), NONE);
    assert_eq!(on_android(linked().page_size(0x1000)), [catalogue::ELF_PAGE_SIZE]);
    let intel = "x-1.0-cp313-cp313-android_24_x86_64.whl";
    let found = rules(intel, &[(ANDROID_FILE, linked().build())]);
    assert!(found.contains(&catalogue::ELF_ARCH), "{found:?}");
    let linux = "x/_x.cpython-313-aarch64-linux-gnu.so";
    assert_eq!(rules(ANDROID, &[(linux, linked().build())]), [catalogue::EXTENSION_SUFFIX]);
    let gnu = ElfBuilder::library("libh.so").aarch64().needed("libc.so.6");
    let name = "x-1.0-py3-none-android_24_arm64_v8a.whl";
    let found = look(name, &[("x/libh.so", gnu.build())]);
    let [finding] = found.findings.as_slice() else { panic!("{:?}", found.findings) };
    assert!(finding.rule == catalogue::ELF_LIBC && finding.what.contains("which has Bionic"));
    let musl = "x-1.0-py3-none-musllinux_1_2_aarch64.whl";
    let bionic = ElfBuilder::library("libh.so").aarch64().android(24).needed("libc.so");
    assert!(rules(musl, &[("x/libh.so", bionic.build())]).contains(&catalogue::ELF_LIBC));
}

#[test]
fn the_lowest_tag_for_android_and_ios_comes_from_the_binaries() {
    let lowest = |name, path, bytes| look(name, &[(path, bytes)]).compatible.platforms;
    let linked = || android().needed("libpython3.13.so");
    let found = lowest(ANDROID, ANDROID_FILE, linked().android(23).build());
    assert_eq!(found, ["android_23_arm64_v8a"]);
    assert_eq!(
        lowest(DEVICE, DEVICE_FILE, ios().minos(15, 2).build()),
        ["ios_15_2_arm64_iphoneos"]
    );
    // There is no simulator below 14.0 for arm64, so a wheel for 13.0 is fine.
    let name = "x-1.0-cp313-cp313-ios_13_0_arm64_iphonesimulator.whl";
    let path = "x/_x.cpython-313-iphonesimulator.so";
    let simulator = |minor| ios().platform(7).minos(14, minor).build();
    assert_eq!(lowest(name, path, simulator(0)), ["ios_13_0_arm64_iphonesimulator"]);
    assert_eq!(rules(name, &[(path, simulator(0))]), NONE);
    assert_eq!(rules(name, &[(path, simulator(5))]), [catalogue::TAG_TOO_LOW]);
}

#[test]
fn an_extension_for_ios_is_a_dynamic_library_linked_to_the_framework() {
    assert_eq!(on_devices(ios()), NONE);
    let bundle = MachoBuilder::arm64().ios().dylib("@rpath/Python.framework/Python");
    let bundle = bundle.exports("PyInit__x");
    assert_eq!(on_devices(bundle), [catalogue::MACHO_BUNDLE]);
    let lookup = MachoBuilder::arm64().ios().dynamic().undefined("PyModuleDef_Init");
    assert_eq!(on_devices(lookup.exports("PyInit__x")), [catalogue::IOS_FRAMEWORK]);
    assert_eq!(on_devices(ios().minos(15, 0)), [catalogue::TAG_TOO_LOW]);
    let simulator = "x/_x.cpython-313-iphonesimulator.so";
    assert_eq!(rules(DEVICE, &[(simulator, ios().build())]), [catalogue::EXTENSION_SUFFIX]);
}

#[test]
fn devices_simulators_and_macs_are_different_systems() {
    for (platform, is_for) in [(1, "macos"), (7, "ios-simulator"), (3, "another")] {
        let found = look(DEVICE, &[(DEVICE_FILE, ios().platform(platform).build())]);
        let finding = &found.findings[0];
        assert_eq!(finding.rule, catalogue::MACHO_PLATFORM, "{finding:?}");
        assert!(platform == 3 || finding.what.contains(is_for), "{}", finding.what);
    }
    let macos = "x-1.0-cp313-cp313-macosx_13_0_arm64.whl";
    let found = rules(macos, &[("x/_x.cpython-313-darwin.so", ios().build())]);
    assert_eq!(found[0], catalogue::MACHO_PLATFORM);
}
