//! Pairs for the rules about Linux and Android binaries.

use super::{Draft, File, Twin};
use crate::audit::catalogue as c;
use crate::test_builders::{ElfBuilder, arm_attributes, arm_library};

const GLIBC: &str = "x-1.0-py3-none-manylinux_2_17_x86_64.whl";
const MUSL: &str = "x-1.0-py3-none-musllinux_1_2_x86_64.whl";
const ANDROID: &str = "x-1.0-py3-none-android_24_arm64_v8a.whl";

pub(super) const TWINS: &[Twin] = &[
    (c::ELF_MALFORMED, |faulty| {
        let mut bytes = library().needed("libc.so.6").build();
        bytes.truncate(if faulty { 300 } else { usize::MAX });
        wheel(bytes)
    }),
    (c::ELF_ARCH, |faulty| wheel(if faulty { library().aarch64() } else { library() }.build())),
    (c::ELF_NO_POLICY, |faulty| {
        let version = if faulty { "GLIBC_2.99" } else { "GLIBC_2.17" };
        wheel(library().needs_symbol("libc.so.6", version, "secure_getenv").build())
    }),
    // The libraries that every manylinux system has.
    (c::ELF_NEEDED_OUTSIDE, |faulty| {
        wheel(library().needed(if faulty { "libgomp.so.1" } else { "libgcc_s.so.1" }).build())
    }),
    // A library of the wheel, and an rpath that leads to it.
    (c::ELF_NEEDED_OUTSIDE, |faulty| {
        beside(library().runpath(if faulty { "$ORIGIN/libs" } else { "$ORIGIN/../x.libs" }))
    }),
    (c::ELF_NEEDED_PATH, |faulty| {
        let name = if faulty { "/build/libz.so.1" } else { "libz.so.1" };
        wheel(library().needed(name).build())
    }),
    (c::ELF_RPATH, |faulty| {
        beside(library().runpath(if faulty {
            "/opt/lib:$ORIGIN/../x.libs"
        } else {
            "$ORIGIN/../x.libs"
        }))
    }),
    // Only what is linked against needs a soname.
    (c::ELF_SONAME, |faulty| {
        let other = ElfBuilder::library(if faulty { "" } else { "libh.so" });
        with_other(library().runpath("$ORIGIN/../x.libs"), other)
    }),
    (c::ELF_EXECUTABLE_STACK, |faulty| {
        wheel(if faulty { library().executable_stack() } else { library() }.build())
    }),
    (c::ELF_TEXT_RELOCATIONS, |faulty| {
        wheel(if faulty { library().text_relocations() } else { library() }.build())
    }),
    // Whoever asks for a debug build gets its symbols.
    (c::ELF_UNSTRIPPED, |faulty| {
        let generator = if faulty { "pygo" } else { "pygo (debug)" };
        let draft = Draft::new(GLIBC).file("x/libx.so", library().symbol_table().build());
        draft.edit("WHEEL", "Root", &format!("Generator: {generator}\nRoot")).build()
    }),
    (c::ELF_LIBC, |faulty| {
        let name = if faulty { MUSL } else { GLIBC };
        Draft::new(name).file("x/libx.so", library().needed("libc.so.6").build()).build()
    }),
    (c::ELF_LIBC, |faulty| {
        let both = "x-1.0-py3-none-manylinux_2_17_x86_64.musllinux_1_2_x86_64.whl";
        let file = if faulty { library().needed("libc.so.6") } else { library() };
        Draft::new(both).file("x/libx.so", file.build()).build()
    }),
    (c::ELF_ISA_LEVEL, |faulty| {
        wheel(library().isa_needed(if faulty { 0b101 } else { 1 }).build())
    }),
    (c::ELF_STATIC_TLS, |faulty| {
        let (name, libc) = if faulty { (MUSL, "libc.so") } else { (GLIBC, "libc.so.6") };
        let file = library().needed(libc).static_tls().build();
        Draft::new(name).file("x/libx.so", file).build()
    }),
    (c::ELF_SYMBOL_UNDEFINED, |faulty| {
        let other = ElfBuilder::library("libh.so").exports(if faulty { "other" } else { "helper" });
        let own = library().undefined("helper", false).needed("libc.so.6").exports("PyInit_libx");
        with_other(own.runpath("$ORIGIN/../x.libs"), other)
    }),
    // A weak symbol may stay undefined.
    (c::ELF_SYMBOL_UNDEFINED, |faulty| {
        let own = library().needed("libc.so.6").exports("PyInit_libx");
        wheel(own.undefined("helper", !faulty).build())
    }),
    // The library of a required distribution is found along an rpath; without a requirement it is
    // not part of the wheel at all.
    (c::ELF_NEEDED_ELSEWHERE, |faulty| {
        let draft = Draft::new(GLIBC).header("Requires-Dist: other");
        let file = library().needed("libother.so").runpath("$ORIGIN/../x.libs");
        let draft = draft.file("x/libx.so", file.build());
        let other = ElfBuilder::library("libother.so").build();
        if faulty { draft.build() } else { draft.file("x.libs/libother.so", other).build() }
    }),
    // auditwheel adds a hash to the names of the libraries that it vendors.
    (c::ELF_GENERIC_NAME, |faulty| {
        let name = if faulty { "libutils.so" } else { "libutils-3f2a91bc.so" };
        let own = library().needed(name).runpath("$ORIGIN/../x.libs");
        let draft = Draft::new(GLIBC).file("x/libx.so", own.build());
        draft.file(&format!("x.libs/{name}"), ElfBuilder::library(name).build()).build()
    }),
    (c::ELF_FLOAT_ABI, |faulty| arm(if faulty { 0x0500_0200 } else { 0x0500_0400 }, 10)),
    (c::ELF_ARM_LEVEL, |faulty| arm(0x0500_0400, if faulty { 14 } else { 10 })),
    (c::ELF_PAGE_SIZE, |faulty| {
        let file = ElfBuilder::library("libx.so").aarch64().android(24).needed("libc.so");
        let file = file.page_size(if faulty { 0x1000 } else { 0x4000 });
        Draft::new(ANDROID).file("x/libx.so", file.build()).build()
    }),
];

fn library() -> ElfBuilder {
    ElfBuilder::library("libx.so")
}

fn wheel(bytes: Vec<u8>) -> File {
    Draft::new(GLIBC).file("x/libx.so", bytes).build()
}

fn beside(library: ElfBuilder) -> File {
    with_other(library, ElfBuilder::library("libh.so"))
}

/// A wheel whose library needs another one, in `x.libs`.
fn with_other(library: ElfBuilder, other: ElfBuilder) -> File {
    let draft = Draft::new(GLIBC).file("x/libx.so", library.needed("libh.so").build());
    draft.file("x.libs/libh.so", other.build()).build()
}

/// A wheel for 32-bit Arm: the flags of its library, and the level of its code.
fn arm(flags: u32, level: u8) -> File {
    let file = arm_library("libc.so.6", flags, &arm_attributes("cpu", level, Some(1)));
    Draft::new("x-1.0-py3-none-manylinux_2_31_armv7l.whl").file("x/libx.so", file).build()
}
