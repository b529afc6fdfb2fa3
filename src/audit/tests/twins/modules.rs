//! Pairs for the rules about extension modules.

use super::{Draft, File, Twin};
use crate::audit::catalogue as c;
use crate::test_builders::{ElfBuilder, MachoBuilder, PeBuilder};

const ABI3: &str = "x-1.0-cp310-abi3-manylinux_2_17_x86_64.whl";
const ONE: &str = "x-1.0-cp312-cp312-manylinux_2_17_x86_64.whl";
const FILE: &str = "x/_x.cpython-312-x86_64-linux-gnu.so";

pub(super) const TWINS: &[Twin] = &[
    // A large file in git is a pointer until it is fetched.
    (c::EXTENSION_MISSING, |faulty| {
        let text = b"version https://git-lfs.github.com/spec/v1\n".to_vec();
        let draft =
            Draft::new(ONE).file(FILE, if faulty { text.clone() } else { module().build() });
        draft.file("x/data.bin", text).build()
    }),
    (c::EXTENSION_INIT, |faulty| {
        let init = if faulty { "PyInit___init__" } else { "PyInit_x" };
        one("x/__init__.cpython-312-x86_64-linux-gnu.so", python().exports(init))
    }),
    // Python 3.15 calls another function first.
    (c::EXTENSION_INIT, |faulty| {
        one(FILE, python().exports(if faulty { "init_x" } else { "PyModExport__x" }))
    }),
    (c::EXTENSION_LIBPYTHON, |faulty| {
        one(FILE, module().needed(if faulty { "libpython3.12.so.1.0" } else { "libc.so.6" }))
    }),
    (c::ABI3_SYMBOL, |faulty| {
        abi3(
            module()
                .undefined(if faulty { "_PyObject_Vectorcall" } else { "PyObject_Call" }, false),
        )
    }),
    (c::ABI3_TOO_NEW, |faulty| {
        let name = if faulty { "PyType_GetName" } else { "PyModule_AddObjectRef" };
        abi3(module().undefined(name, false))
    }),
    (c::EXTENSION_SUFFIX, |faulty| {
        let version = if faulty { "311" } else { "312" };
        one(&format!("x/_x.cpython-{version}-x86_64-linux-gnu.so"), module())
    }),
    (c::EXTENSION_SUFFIX, |faulty| {
        one(if faulty { "x/_x.abi3t.so" } else { "x/_x.abi3.so" }, module())
    }),
    (c::ABI3_PYTHON_DLL, |faulty| {
        let dll = if faulty { "python310.dll" } else { "python3.dll" };
        windows("cp310-abi3", "x/_x.pyd", dll)
    }),
    (c::ABI3_FLOOR, |faulty| {
        let name = if faulty { ABI3.replace("cp310", "py3") } else { ABI3.to_owned() };
        Draft::new(&name).file("x/_x.abi3.so", module().build()).build()
    }),
    (c::ABI3T_FLOOR, |faulty| {
        let python = if faulty { "cp314" } else { "cp315" };
        let name = ABI3.replace("cp310-abi3", &format!("{python}-abi3.abi3t"));
        let draft = Draft::new(&name).file("x/_x.abi3.so", module().build());
        draft.file("x/_x.abi3t.so", module().build()).build()
    }),
    (c::PYTHON_DLL_MISMATCH, |faulty| {
        let dll = if faulty { "python311.dll" } else { "python312.dll" };
        windows("cp312-cp312", "x/_x.cp312-win_amd64.pyd", dll)
    }),
    // cffi opens libraries that are named like modules, if they are in a directory for libraries.
    (c::EXTENSION_IN_NAME, |faulty| {
        let name = if faulty { "x/_x.abi3.so" } else { "x/lib_x.so" };
        Draft::new(ABI3).file(name, ElfBuilder::library("lib_x.so").build()).build()
    }),
    (c::EXTENSION_ONE_PYTHON, |faulty| {
        let name = ONE.replace("cp312-cp312", if faulty { "py3-none" } else { "cp312-none" });
        Draft::new(&name).file(FILE, module().build()).build()
    }),
    (c::ANDROID_LIBPYTHON, |faulty| {
        let file = python().aarch64().android(24).exports("PyInit__x");
        let file = if faulty { file } else { file.needed("libpython3.13.so") };
        Draft::new("x-1.0-cp313-cp313-android_24_arm64_v8a.whl")
            .file("x/_x.cpython-313-aarch64-linux-android.so", file.needed("libc.so").build())
            .build()
    }),
    (c::IOS_FRAMEWORK, |faulty| {
        let file = MachoBuilder::arm64().ios().dynamic().unsigned().exports("PyInit__x");
        let framework = "@rpath/Python.framework/Python";
        let file = match faulty {
            true => file.undefined("PyModule_Create2"),
            false => file.dylib(framework).bound("PyModule_Create2", 1),
        };
        Draft::new("x-1.0-cp313-cp313-ios_13_0_arm64_iphoneos.whl")
            .file("x/_x.cpython-313-iphoneos.so", file.build())
            .build()
    }),
];

fn python() -> ElfBuilder {
    ElfBuilder::library("").undefined("PyModule_Create2", false)
}

fn module() -> ElfBuilder {
    python().exports("PyInit__x")
}

fn one(path: &str, module: ElfBuilder) -> File {
    Draft::new(ONE).file(path, module.build()).build()
}

fn abi3(module: ElfBuilder) -> File {
    Draft::new(ABI3).file("x/_x.abi3.so", module.build()).build()
}

fn windows(tags: &str, path: &str, dll: &str) -> File {
    let module = PeBuilder::dll().imports(dll, &["PyModule_Create2"]).exports("PyInit__x");
    Draft::new(&format!("x-1.0-{tags}-win_amd64.whl")).file(path, module.build()).build()
}
