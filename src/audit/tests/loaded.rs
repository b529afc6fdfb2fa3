//! What is loaded and what is data in whole wheels.

use crate::audit::{Excluded, Rule, catalogue, inspect, inspect_except};
use crate::test_builders::{ElfBuilder, MachoBuilder, PeBuilder, wheel, wheel_requiring};

const LINUX: &str = "x-1.0-cp312-cp312-manylinux_2_17_x86_64.whl";
const ANY: &str = "x-1.0-py3-none-any.whl";
const NONE: [&Rule; 0] = [];
const DATA: [&Rule; 1] = [catalogue::BINARY_FOREIGN_DATA];

fn rules(name: &str, files: &[(&str, Vec<u8>)]) -> Vec<&'static Rule> {
    let found = inspect(&wheel(name, files).as_slice(), name).unwrap();
    let mut rules: Vec<_> = found.findings.iter().map(|finding| finding.rule).collect();
    rules.dedup();
    rules
}

fn lowest(name: &str, files: &[(&str, Vec<u8>)]) -> String {
    inspect(&wheel(name, files).as_slice(), name).unwrap().compatible.platforms.join(" ")
}

fn module() -> (&'static str, Vec<u8>) {
    let module = ElfBuilder::library("").undefined("PyModule_Create2", false).exports("PyInit__x");
    ("x/_x.cpython-312-x86_64-linux-gnu.so", module.build())
}

fn library() -> Vec<u8> {
    ElfBuilder::library("libh.so").build()
}

fn arm() -> Vec<u8> {
    ElfBuilder::library("libh.so").aarch64().build()
}

/// A library with the type and machine of an ELF header replaced.
fn header(kind: u8, machine: u8) -> Vec<u8> {
    let mut bytes = library();
    bytes[16] = kind;
    bytes[18] = machine;
    bytes
}

#[test]
fn object_files_and_programs_for_processors_without_a_tag_are_data() {
    let (bpf, cuda, object) = (header(1, 247), header(2, 190), header(1, 62));
    let files = [module(), ("x/p.bpf.o", bpf), ("x/k.cubin", cuda), ("x/o.o", object)];
    assert_eq!(rules(LINUX, &files), NONE);
    assert_eq!(lowest(LINUX, &files), lowest(LINUX, &files[..1]));
    assert_eq!(rules(ANY, &files[1..]), NONE);
    assert_eq!(lowest(ANY, &files[1..]), "any");
    // A shared library for such a processor, beside native code or alone.
    assert_eq!(rules(LINUX, &[module(), ("x/libdsp.so", header(3, 164))]), DATA);
    let alone = rules(LINUX, &[("x/libdsp.so", header(3, 164))]);
    assert!(alone.contains(&catalogue::ELF_ARCH), "{alone:?}");
}

#[test]
fn a_library_for_another_processor_is_data_only_if_its_path_says_so() {
    let beside = |path| rules(LINUX, &[module(), (path, arm())]);
    for path in ["x/bin/linux-arm64/libh.so", "x/aarch64/libh.so", "x/libh-arm64.so"] {
        assert_eq!(beside(path), DATA, "{path}");
    }
    for path in ["x/libh.so", "x/linux/libh.so", "x/linux-x64/libh.so"] {
        assert_eq!(beside(path), [catalogue::ELF_ARCH], "{path}");
    }
    assert_eq!(rules(LINUX, &[("x/linux-arm64/libh.so", arm())]), [catalogue::ELF_ARCH]);
    assert_eq!(rules(LINUX, &[module(), ("x/tests/data/hello", arm())]), DATA);
    let mac = |path| {
        let library = MachoBuilder::arm64().id("@rpath/libh.dylib").build();
        let own = MachoBuilder::x86_64().id("@rpath/libo.dylib").build();
        rules("x-1.0-py3-none-macosx_14_0_x86_64.whl", &[("x/libo.dylib", own), (path, library)])
    };
    assert_eq!(mac("x/darwin-arm64/libh.dylib"), DATA);
    assert_eq!(mac("x/darwin/libh.dylib"), [catalogue::MACHO_ARCH]);
}

#[test]
fn a_needed_library_and_a_module_are_never_data() {
    let needs = || {
        let module = ElfBuilder::library("").needed("libh.so").runpath("$ORIGIN/linux-arm64");
        module.undefined("PyModule_Create2", false).exports("PyInit__x").build()
    };
    let needed = rules(LINUX, &[(module().0, needs()), ("x/linux-arm64/libh.so", arm())]);
    assert!(needed.contains(&catalogue::ELF_ARCH), "{needed:?}");
    // The same name for each platform: the own one is needed.
    let each = [("x/linux-arm64/libh.so", arm()), ("x/linux-x64/libh.so", library())];
    let needs = ElfBuilder::library("").needed("libh.so").runpath("$ORIGIN/linux-x64");
    let needs = needs.undefined("PyModule_Create2", false).exports("PyInit__x").build();
    let [arm64, amd64] = each;
    assert_eq!(rules(LINUX, &[(module().0, needs), arm64, amd64]), DATA);
    let foreign = ElfBuilder::library("").aarch64().exports("PyInit__y").build();
    for path in ["x/arm64/_y.so", "x/tests/_y.cpython-312-aarch64-linux-gnu.so"] {
        let found = rules(LINUX, &[module(), (path, foreign.clone())]);
        assert!(found.contains(&catalogue::ELF_ARCH), "{found:?}");
        assert!(rules(ANY, &[(path, foreign.clone())]).contains(&catalogue::TAG_NATIVE_IN_ANY));
    }
    let script = [module(), ("x-1.0.data/scripts/h-arm64", arm())];
    assert!(rules(LINUX, &script).contains(&catalogue::ELF_ARCH));
}

#[test]
fn a_wheel_for_any_platform_may_have_helpers_for_several() {
    let mac = || MachoBuilder::arm64().id("@rpath/libh.dylib").build();
    for files in [
        [("x/linux/libh.so", library()), ("x/darwin/libh.dylib", mac())],
        [("x/bin/linux-x64/h", library()), ("x/bin/linux-arm64/h", arm())],
        [("x/libh.so", library()), ("x/libh.dylib", mac())],
        [("x/libh-x64.so", library()), ("x/libh-arm64.so", arm())],
        [("x/libh.so", library()), ("x/h.dll", PeBuilder::dll().build())],
        [("x/native_win32/h.dll", PeBuilder::dll().build()), ("x/a.py", Vec::new())],
        [("x-1.0.data/data/share/x/libh.so", library()), ("x/a.py", Vec::new())],
        [("x/tests/fixtures/hello", arm()), ("x/a.py", Vec::new())],
    ] {
        assert_eq!(rules(ANY, &files), DATA, "{files:?}");
        assert_eq!(lowest(ANY, &files), "any");
    }
    for path in ["x/libh.so", "x-1.0.data/data/lib/libh.so", "x-1.0.data/data/bin/h"] {
        let found = rules(ANY, &[(path, library())]);
        assert!(found.contains(&catalogue::TAG_NATIVE_IN_ANY), "{path} {found:?}");
    }
}

#[test]
fn other_apple_systems_and_damaged_fixtures_are_data() {
    let name = "x-1.0-py3-none-macosx_14_0_arm64.whl";
    let own = || ("x/libo.dylib", MachoBuilder::arm64().id("@rpath/libo.dylib").build());
    let ios = || MachoBuilder::arm64().ios().id("@rpath/libi.dylib").build();
    assert_eq!(rules(name, &[own(), ("x/sim/libi.dylib", ios())]), DATA);
    assert_eq!(rules(name, &[("x/sim/libi.dylib", ios())]), [catalogue::MACHO_PLATFORM]);
    let cut = || library()[..90].to_vec();
    assert_eq!(rules(LINUX, &[module(), ("x/tests/truncated.so", cut())]), NONE);
    assert_eq!(rules(LINUX, &[module(), ("x/libh.so", cut())]), [catalogue::ELF_MALFORMED]);
}

#[test]
fn a_compiled_package_exports_the_init_function_of_its_directory() {
    let package = |init: &str| {
        let module = ElfBuilder::library("").undefined("PyModule_Create2", false);
        let path = "x/y/__init__.cpython-312-x86_64-linux-gnu.so";
        rules(LINUX, &[(path, module.exports(init).build())])
    };
    assert_eq!(package("PyInit_y"), NONE);
    assert_eq!(package("PyInit___init__"), [catalogue::EXTENSION_INIT]);
    assert_eq!(package("PyInit_x"), [catalogue::EXTENSION_INIT]);
}

#[test]
fn a_library_that_others_need_may_be_named_like_a_module() {
    let path = "x/libglue.cpython-312-x86_64-linux-gnu.so";
    let glue = ElfBuilder::library("libglue.cpython-312-x86_64-linux-gnu.so")
        .undefined("PyModule_Create2", false)
        .build();
    let needs = ElfBuilder::library("")
        .needed("libglue.cpython-312-x86_64-linux-gnu.so")
        .runpath("$ORIGIN")
        .undefined("PyModule_Create2", false)
        .exports("PyInit__x")
        .build();
    assert_eq!(rules(LINUX, &[(module().0, needs), (path, glue.clone())]), NONE);
    assert_eq!(rules(LINUX, &[module(), (path, glue)]), [catalogue::EXTENSION_INIT]);
}

#[test]
fn names_like_pythons_may_come_from_another_library() {
    let name = "x-1.0-cp310-abi3-manylinux_2_17_x86_64.whl";
    let linux = |symbol: &str| {
        let glue = ElfBuilder::library("libgluon.so").build();
        let module = ElfBuilder::library("").needed("libgluon.so").runpath("$ORIGIN");
        let module = module.undefined("PyModule_Create2", false).undefined(symbol, false);
        let module = module.exports("PyInit__x").build();
        rules(name, &[("x/_x.abi3.so", module), ("x/libgluon.so", glue)])
    };
    assert_eq!(linux("PyDateTime_FromDateAndTime"), NONE);
    assert_eq!(linux("_PyDict_NewPresized"), [catalogue::ABI3_SYMBOL]);
    let alone = ElfBuilder::library("").undefined("PyDateTime_FromDateAndTime", false);
    let alone = alone.exports("PyInit__x").build();
    assert_eq!(rules(name, &[("x/_x.abi3.so", alone)]), [catalogue::ABI3_SYMBOL]);
    let name = "x-1.0-cp310-abi3-macosx_14_0_arm64.whl";
    let macos = |library: u8| {
        let module = MachoBuilder::arm64().dylib("@rpath/libglue.dylib").rpath("@loader_path");
        let module = module.undefined("PyModule_Create2").bound("_PyDict_NewPresized", library);
        let found = rules(name, &[("x/_x.abi3.so", module.exports("PyInit__x").build())]);
        found.contains(&catalogue::ABI3_SYMBOL)
    };
    let dynamic_lookup = 254;
    assert!(!macos(1) && macos(dynamic_lookup));
}

#[test]
fn graalpy_imports_its_own_suffix() {
    let tagged = |tag: &str, file: &str| {
        let name = format!("x-1.0-{tag}-manylinux_2_17_x86_64.whl");
        let module = ElfBuilder::library("").undefined("PyModule_Create2", false);
        rules(&name, &[(file, module.exports("PyInit__x").build())])
    };
    let graalpy = "graalpy312-graalpy250_312_native";
    let suffix = "x/_x.graalpy250-312-native-x86_64-linux.so";
    assert_eq!(tagged(graalpy, suffix), NONE);
    assert_eq!(tagged(graalpy, module().0), [catalogue::EXTENSION_SUFFIX]);
    assert_eq!(tagged("cp312-cp312", suffix), [catalogue::EXTENSION_SUFFIX]);
}

/// The rules of a wheel that requires `requirement`.
fn requiring(name: &str, requirement: &str, files: &[(&str, Vec<u8>)]) -> Vec<&'static Rule> {
    excluding(name, requirement, files, &[])
}

fn excluding(
    name: &str,
    requirement: &str,
    files: &[(&str, Vec<u8>)],
    excluded: &[&str],
) -> Vec<&'static Rule> {
    let bytes = wheel_requiring(name, requirement, files);
    let excluded = Excluded::new(excluded).unwrap();
    let found = inspect_except(&bytes.as_slice(), name, &excluded).unwrap();
    assert!(found.has_errors() || !found.compatible.platforms.is_empty());
    let mut rules: Vec<_> = found.findings.iter().map(|finding| finding.rule).collect();
    rules.dedup();
    rules
}

fn needing(library: &str, runpath: &str) -> (&'static str, Vec<u8>) {
    let module = ElfBuilder::library("").needed(library).runpath(runpath);
    let module = module.undefined("PyModule_Create2", false).exports("PyInit__x");
    (module_path(), module.build())
}

fn other_library() -> Vec<u8> {
    ElfBuilder::library("libother.so").build()
}

fn module_path() -> &'static str {
    module().0
}

#[test]
fn a_required_distribution_may_provide_a_library() {
    let one =
        |library, runpath, requirement| requiring(LINUX, requirement, &[needing(library, runpath)]);
    let warning = [catalogue::ELF_NEEDED_ELSEWHERE];
    let error = [catalogue::ELF_NEEDED_OUTSIDE];
    assert_eq!(one("libother.so", "$ORIGIN", "other>=1"), warning);
    assert_eq!(one("libo.so", "$ORIGIN/../other/lib", "other"), warning);
    assert_eq!(one("libo.so", "$ORIGIN/../imported/lib", "other"), warning);
    assert_eq!(one("libo.so", "$ORIGIN/../x/lib", "other"), error);
    assert_eq!(one("libssl.so.1.1", "$ORIGIN", "other"), error);
    let lost = [needing("libother.so", "$ORIGIN/gone"), ("x/libother.so", other_library())];
    assert_eq!(requiring(LINUX, "other", &lost), error);
    let two = ElfBuilder::library("").needed("libother.so").needed("libssl.so.1.1");
    let two = two.exports("PyInit__x").build();
    assert_eq!(requiring(LINUX, "other", &[(module_path(), two)]).len(), 2);
    let mac = |library| MachoBuilder::arm64().dylib(library).rpath("@loader_path/lib").build();
    let name = "x-1.0-py3-none-macosx_14_0_arm64.whl";
    let found = requiring(name, "x-metal", &[("x/core.so", mac("@rpath/libmlx.dylib"))]);
    assert_eq!(found, [catalogue::MACHO_DYLIB_ELSEWHERE]);
    let dll = PeBuilder::dll().imports("other-1.dll", &[]).build();
    let found = requiring("x-1.0-py3-none-win_amd64.whl", "other", &[("x/x.dll", dll)]);
    assert_eq!(found, [catalogue::PE_IMPORT_ELSEWHERE]);
}

#[test]
fn excluded_libraries_are_not_looked_for() {
    let files = [needing("libvendor.so.3", "$ORIGIN")];
    let error = [catalogue::ELF_NEEDED_OUTSIDE];
    assert_eq!(excluding(LINUX, "y", &files, &["libvendor.so.*"]), NONE);
    assert_eq!(excluding(LINUX, "y", &files, &["libvendor.so"]), error);
    let mac = MachoBuilder::arm64().dylib("/opt/vendor/libv.dylib").build();
    let name = "x-1.0-py3-none-macosx_14_0_arm64.whl";
    assert_eq!(excluding(name, "y", &[("x/x.so", mac)], &["libv.dylib"]), NONE);
}

#[test]
fn libraries_that_python_code_loads_first_and_plugins_are_warnings() {
    let code = |text: &str| ("x/__init__.py", text.as_bytes().to_vec());
    let found = |text, path: &'static str| {
        let files = [needing("libh.so", "$ORIGIN/gone"), (path, library()), code(text)];
        rules(LINUX, &files)
    };
    let loads = "ctypes.CDLL(os.path.join(here, 'libs', 'libh.so'), mode=RTLD_GLOBAL)";
    assert_eq!(found(loads, "x/libs/libh.so"), [catalogue::ELF_NEEDED_ELSEWHERE]);
    let torch = [needing("libc10.so", "$ORIGIN"), code("import torch\n")];
    assert_eq!(rules(LINUX, &torch), [catalogue::ELF_NEEDED_ELSEWHERE]);
    for (library, imports) in [("libc10.so", "import numpy\n"), ("libssl.so.3", "import ssl\n")] {
        let found = rules(LINUX, &[needing(library, "$ORIGIN"), code(imports)]);
        assert_eq!(found, [catalogue::ELF_NEEDED_OUTSIDE], "{library}");
    }
    assert_eq!(found("import x._x  # libh.so", "x/libs/libh.so"), [catalogue::ELF_NEEDED_OUTSIDE]);
    let plugin = |path| {
        let plugin = ElfBuilder::library("libsql.so").needed("libmysqlclient.so.21").build();
        rules(LINUX, &[module(), (path, plugin)])
    };
    assert_eq!(plugin("x/plugins/sql/libsql.so"), [catalogue::ELF_NEEDED_ELSEWHERE]);
    assert_eq!(plugin("x/sql/libsql.so"), [catalogue::ELF_NEEDED_OUTSIDE]);
}

#[test]
fn a_library_that_uses_python_and_creates_no_module_is_no_module() {
    let name = "x-1.0-cp313-cp313t-manylinux_2_17_x86_64.whl";
    let found = |library: ElfBuilder| rules(name, &[("x/_inject.abi3.so", library.build())]);
    let injected = || {
        let library = ElfBuilder::library("").needed("libc.so.6").exports("spawn");
        library.undefined("PyGILState_Ensure", false).undefined("Py_CompileString", false)
    };
    assert_eq!(found(injected()), [catalogue::EXTENSION_IN_NAME]);
    let module = [catalogue::EXTENSION_INIT, catalogue::EXTENSION_SUFFIX];
    // cffi's own code creates the modules that it generates.
    for creator in ["PyModuleDef_Init", "PyModule_Create2", "PyLong_FromVoidPtr"] {
        assert_eq!(found(injected().undefined(creator, false)), module, "{creator}");
    }
    let exports_nothing = ElfBuilder::library("").undefined("PyGILState_Ensure", false);
    assert_eq!(found(exports_nothing), module);
    let found = found(injected().needed("libshiboken.so"));
    assert!(module.iter().all(|rule| found.contains(rule)), "{found:?}");
    let mac = MachoBuilder::arm64().dynamic().exports("spawn").undefined("PyGILState_Ensure");
    let name = "x-1.0-cp313-cp313-macosx_13_0_arm64.whl";
    let found = rules(name, &[("x/_inject.abi3.so", mac.build())]);
    assert_eq!(found, [catalogue::EXTENSION_IN_NAME]);
}

#[test]
fn a_module_for_one_python_beside_code_for_several_systems_is_optional() {
    let module = ("x/_x.cp39-win_amd64.pyd", {
        let module = PeBuilder::dll().imports("python39.dll", &["PyModule_Create2"]);
        module.exports("PyInit__x").build()
    });
    let mac = || MachoBuilder::arm64().id("@rpath/libh.dylib").build();
    let helpers = [("x/attach_linux.so", library()), ("x/attach.dylib", mac())];
    let files = [module.clone(), helpers[0].clone(), helpers[1].clone()];
    assert_eq!(rules(ANY, &files), DATA);
    assert_eq!(lowest(ANY, &files), "any");
    assert!(rules(ANY, &[module]).contains(&catalogue::TAG_NATIVE_IN_ANY));
    // Every Python imports a module with a plain suffix.
    let plain = ("x/_x.pyd", files[0].1.clone());
    let found = rules(ANY, &[plain, helpers[0].clone(), helpers[1].clone()]);
    assert!(found.contains(&catalogue::TAG_NATIVE_IN_ANY), "{found:?}");
}

#[test]
fn a_plugin_may_be_optional_or_share_what_its_program_has_loaded() {
    let name = "x-1.0-py3-none-macosx_13_0_arm64.whl";
    let plugin = || MachoBuilder::arm64().dynamic().dylib("@rpath/libh.dylib").build();
    let library = || ("x/lib/libh.dylib", MachoBuilder::arm64().id("@rpath/libh.dylib").build());
    let warned = [catalogue::MACHO_DYLIB_ELSEWHERE];
    for path in ["x/plugins/libp.dylib", "x/qml/libqtpplugin.dylib"] {
        assert_eq!(rules(name, &[(path, plugin()), library()]), warned, "{path}");
        assert_eq!(rules(name, &[(path, plugin())]), warned, "{path}");
        let local = MachoBuilder::arm64().dynamic().dylib("/opt/homebrew/lib/libodbc.dylib");
        assert_eq!(rules(name, &[(path, local.build())]), warned, "{path}");
    }
    // Neither a library whose name only contains the word, nor one that another binary needs.
    let other = rules(name, &[("x/libpluginp.dylib", plugin()), library()]);
    assert_eq!(other, [catalogue::MACHO_DYLIB_OUTSIDE]);
    let user = MachoBuilder::arm64().dynamic().dylib("@loader_path/libqtpplugin.dylib").build();
    let files = [("x/qml/libqtpplugin.dylib", plugin()), ("x/qml/libu.dylib", user), library()];
    assert_eq!(rules(name, &files), [catalogue::MACHO_DYLIB_OUTSIDE]);
}
