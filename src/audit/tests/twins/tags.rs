//! Pairs for the rules about the file name, the tags and WHEEL.

use super::{Draft, Twin};
use crate::audit::catalogue as c;
use crate::test_builders::{ElfBuilder, MachoBuilder};

const ANY: &str = "x-1.0-py3-none-any.whl";
const LINUX: &str = "x-1.0-py3-none-manylinux_2_17_x86_64.whl";
const ARM: &str = "x-1.0-py3-none-manylinux_2_17_aarch64.whl";
const MAC: &str = "x-1.0-py3-none-macosx_13_0_arm64.whl";

pub(super) const TWINS: &[Twin] = &[
    (c::TAG_FILE_NAME, |faulty| {
        let draft = Draft::new("x-1.0-1a-py3-none-any.whl").file("x.py", "");
        if faulty { draft.named("x-1.0-a1-py3-none-any.whl").build() } else { draft.build() }
    }),
    (c::TAG_FILE_NAME, |faulty| {
        Draft::pure().named(if faulty { "x-1.0-py3-none.whl" } else { ANY }).build()
    }),
    (c::TAG_NOT_NORMAL, |faulty| {
        let (version, name) = ("x-1.0rc1-py3-none-any.whl", "x-1.0-rc1-py3-none-any.whl");
        let draft = Draft::new(version).file("x.py", "");
        let spelled = name.replace("1.0-rc1", "1.0c1");
        if faulty { draft.named(&spelled).build() } else { draft.build() }
    }),
    (c::TAG_ORDER, |faulty| {
        Draft::new("x-1.0-py2.py3-none-any.whl")
            .file("x.py", "")
            .named(if faulty { "x-1.0-py3.py2-none-any.whl" } else { "x-1.0-py2.py3-none-any.whl" })
            .build()
    }),
    // The lines of WHEEL may have any order.
    (c::TAG_WHEEL_MISMATCH, |faulty| {
        let to =
            if faulty { "Tag: py3-none-any\n" } else { "Tag: py3-none-any\nTag: py2-none-any\n" };
        let from = "Tag: py2-none-any\nTag: py3-none-any\n";
        Draft::new("x-1.0-py2.py3-none-any.whl").file("x.py", "").edit("WHEEL", from, to).build()
    }),
    (c::TAG_PURELIB, |faulty| {
        let path = if faulty { "x/libx.so" } else { "x-1.0.data/platlib/x/libx.so" };
        let draft = Draft::new(LINUX).file(path, library());
        draft.edit("WHEEL", "Purelib: false", "Purelib: true").build()
    }),
    (c::TAG_NATIVE_IN_ANY, |faulty| {
        let mut file = library();
        if !faulty {
            // An object file, which no loader loads.
            file[16] = 1;
        }
        Draft::new(ANY).file("x/libx.o", file).build()
    }),
    (c::TAG_NAME_MISMATCH, |faulty| {
        let name = if faulty { "my-pkgs" } else { "My.Pkg" };
        let draft = Draft::new("my_pkg-1.0-py3-none-any.whl").file("x.py", "");
        draft.edit("METADATA", "Name: my_pkg", &format!("Name: {name}")).build()
    }),
    (c::TAG_VERSION_MISMATCH, |faulty| {
        let version = if faulty { "1.0.1" } else { "1.0.0" };
        Draft::pure().edit("METADATA", "Version: 1.0\n", &format!("Version: {version}\n")).build()
    }),
    // Vendored packages keep their metadata.
    (c::TAG_DIST_INFO, |faulty| {
        let path = if faulty { "" } else { "x/_vendor/" };
        let text = "Metadata-Version: 2.1\nName: y\nVersion: 2\n";
        Draft::pure().file(&format!("{path}y-2.dist-info/METADATA"), text).build()
    }),
    (c::TAG_BUILD, |faulty| {
        let draft = Draft::new("x-1.0-7-py3-none-any.whl").file("x.py", "");
        if faulty { draft.edit("WHEEL", "Build: 7\n", "").build() } else { draft.build() }
    }),
    (c::TAG_WHEEL_FILE, |faulty| {
        let draft = Draft::pure();
        if faulty { draft.without("WHEEL").build() } else { draft.info("INSTALLER", "").build() }
    }),
    (c::TAG_WHEEL_FILE, |faulty| {
        let version = if faulty { "2.0" } else { "1.9" };
        Draft::pure().edit("WHEEL", "Version: 1.0", &format!("Version: {version}")).build()
    }),
    (c::TAG_UNNEEDED_PLATFORM, |faulty| {
        let draft = Draft::new(LINUX).file("x.py", "");
        if faulty { draft.build() } else { draft.file("x/tool", library()).build() }
    }),
    (c::TAG_TOO_LOW, |faulty| {
        let (version, symbol) =
            if faulty { ("GLIBC_2.34", "dlopen") } else { ("GLIBC_2.17", "secure_getenv") };
        let file = ElfBuilder::library("libx.so").needs_symbol("libc.so.6", version, symbol);
        Draft::new(LINUX).file("x/libx.so", file.build()).build()
    }),
    (c::TAG_TOO_LOW, |faulty| mac(if faulty { 14 } else { 12 }, 0)),
    (c::BINARY_FORMAT, |faulty| {
        Draft::new(if faulty { LINUX } else { MAC })
            .file("x/libx.dylib", MachoBuilder::arm64().id("@rpath/libx.dylib").build())
            .build()
    }),
    // A library for another processor, and an object file for it.
    (c::BINARY_FOREIGN_DATA, |faulty| {
        let mut other = ElfBuilder::library("liby.so").aarch64().build();
        if !faulty {
            other[16] = 1;
        }
        Draft::new(LINUX).file("x/libx.so", library()).file("x/linux-arm64/y.so", other).build()
    }),
    (c::TAG_PURELIB_FALSE, |faulty| {
        let draft = Draft::new(if faulty { ANY } else { LINUX });
        let draft = if faulty { draft.edit("WHEEL", "lib: true", "lib: false") } else { draft };
        draft.file("x/libx", if faulty { b"text".to_vec() } else { library() }).build()
    }),
    (c::TAG_DATA_DIRECTORY, |faulty| {
        let directory = if faulty { "share" } else { "data/share" };
        Draft::pure().file(&format!("x-1.0.data/{directory}/x.txt"), "").build()
    }),
    (c::TAG_DATA_DIRECTORY, |faulty| {
        let directory = if faulty { "include" } else { "headers" };
        Draft::pure().file(&format!("x-1.0.data/{directory}/x.h"), "").build()
    }),
    (c::TAG_DATA_NAME, |faulty| {
        let version = if faulty { "2.0" } else { "1.0" };
        Draft::pure().file(&format!("x-{version}.data/scripts/run"), "#!python\n").build()
    }),
    (c::TAG_NO_PYTHON, |faulty| no_python(if faulty { "py3-cp312" } else { "cp312-cp312" })),
    (c::TAG_NO_PYTHON, |faulty| no_python(if faulty { "cp37-cp37" } else { "cp37-cp37m" })),
    (c::TAG_NO_PYTHON, |faulty| no_python(if faulty { "cp312-cp312t" } else { "cp313-cp313t" })),
    (c::TAG_NO_PYTHON, |faulty| no_python(if faulty { "cp311-cp312" } else { "py312-none" })),
    (c::TAG_NO_PYTHON, |faulty| {
        let version = if faulty { ">=3.13" } else { ">=3.12.4,!=3.13.*" };
        let draft = Draft::new("x-1.0-cp312-none-any.whl").file("x.py", "");
        draft.header(&format!("Requires-Python: {version}")).build()
    }),
    (c::TAG_UNSERVED, |faulty| {
        let name = LINUX.replace("-many", "-manylinux_2_17_aarch64.many");
        let draft = Draft::new(&name).file("x/x86_64/libx.so", library());
        let other = ElfBuilder::library("libx.so").aarch64().build();
        if faulty { draft.build() } else { draft.file("x/aarch64/libx.so", other).build() }
    }),
    (c::TAG_MINOR_RELEASE, |faulty| mac(13, if faulty { 3 } else { 0 })),
    (c::TAG_NOT_EXPANDED, |faulty| {
        let to =
            if faulty { "Tag: py2.py3-none-any" } else { "Tag: py2-none-any\nTag: py3-none-any" };
        let from = "Tag: py2-none-any\nTag: py3-none-any";
        Draft::new("x-1.0-py2.py3-none-any.whl").file("x.py", "").edit("WHEEL", from, to).build()
    }),
    (c::INDEX_PLATFORM, |faulty| {
        let tag = if faulty { "linux_x86_64" } else { "manylinux_2_17_x86_64" };
        Draft::new(&format!("x-1.0-py3-none-{tag}.whl")).file("x/libx.so", library()).build()
    }),
    (c::INDEX_PLATFORM, |faulty| {
        let draft =
            if faulty { LINUX.replace("2_17_x86_64", "2_17_loongarch64") } else { ARM.to_owned() };
        let mut file = ElfBuilder::library("libx.so").aarch64().build();
        if faulty {
            // EM_LOONGARCH
            file[18..20].copy_from_slice(&258u16.to_le_bytes());
        }
        Draft::new(&draft).file("x/libx.so", file).build()
    }),
    (c::INDEX_LOCAL_VERSION, |faulty| {
        let version = if faulty { "1.0+abc" } else { "1.0.post1.dev2" };
        Draft::new(&format!("x-{version}-py3-none-any.whl")).file("x.py", "").build()
    }),
    (c::INDEX_FILE_NAME, |faulty| {
        let name =
            if faulty { "My_Pkg-1.0-py3-none-any.whl" } else { "my_pkg-1.0-py3-none-any.whl" };
        Draft::new("my_pkg-1.0-py3-none-any.whl").file("x.py", "").named(name).build()
    }),
    (c::INDEX_DIST_INFO, |faulty| {
        let name = if faulty { "x-1.dist-info" } else { "x-1.0.dist-info" };
        Draft::pure().dist_info(name).build()
    }),
];

fn library() -> Vec<u8> {
    ElfBuilder::library("libx.so").build()
}

fn mac(major: u16, minor: u8) -> super::File {
    let file = MachoBuilder::arm64().id("@rpath/libx.dylib").minos(major, minor).build();
    Draft::new(MAC).file("x/libx.dylib", file).build()
}

fn no_python(tags: &str) -> super::File {
    let name = format!("x-1.0-{tags}-manylinux_2_17_x86_64.whl");
    Draft::new(&name).file("x/libx.so", library()).build()
}
