//! Pairs for the rules about binaries that Go built.

use super::{Draft, File, Twin};
use crate::audit::catalogue as c;
use crate::test_builders::{ElfBuilder, MachoBuilder, go_blob};

const SETTINGS: &str = "build\t-buildmode=c-shared\nbuild\t-trimpath=true\nbuild\tGOOS=linux\n\
    build\tGOARCH=amd64\nbuild\tGOAMD64=v1\n";
const OLD: &str = "manylinux1_x86_64.manylinux_2_5_x86_64";
const NEW: &str = "manylinux2014_x86_64.manylinux_2_17_x86_64";

pub(super) const TWINS: &[Twin] = &[
    (c::GO_TARGET, |faulty| {
        library(&SETTINGS.replace("GOOS=linux", if faulty { "GOOS=freebsd" } else { "GOOS=linux" }))
    }),
    // A program is not a library, whatever mode Go built it in.
    (c::GO_BUILD_MODE, |faulty| {
        let path = if faulty { "x/x.so" } else { "x-1.0.data/scripts/x" };
        wheel(path, "libc.so.6", "go1.27.3", &SETTINGS.replace("c-shared", "pie"), NEW)
    }),
    (c::GO_MACOS_FLOOR, |faulty| {
        let go = go_blob(
            if faulty { "go1.27.3" } else { "go1.24.0" },
            "build\t-buildmode=c-shared\nbuild\t-trimpath=true\n",
        );
        let file = MachoBuilder::arm64().id("@rpath/libx.dylib").minos(11, 0).payload(go);
        Draft::new("x-1.0-py3-none-macosx_11_0_arm64.whl")
            .file("x/libx.dylib", file.build())
            .build()
    }),
    (c::GO_TRIMPATH, |faulty| {
        library(
            &SETTINGS
                .replace("trimpath=true", if faulty { "trimpath=false" } else { "trimpath=true" }),
        )
    }),
    // Old Go releases record no settings.
    (c::GO_TRIMPATH, |faulty| {
        library(if faulty { "build\t-buildmode=c-shared\n" } else { "path\texample.org/x\n" })
    }),
    (c::GO_MODULE_VERSION, |faulty| {
        let version = if faulty { "(devel)" } else { "v1.0.0" };
        library(&format!("dep\texample.org/y\t{version}\th1:x=\n{SETTINGS}"))
    }),
    // The main module of a checkout has no version.
    (c::GO_MODULE_VERSION, |faulty| {
        let kind = if faulty { "dep" } else { "mod" };
        library(&format!("{kind}\texample.org/y\t(devel)\t\n{SETTINGS}"))
    }),
    (c::GO_TWO_RUNTIMES, |faulty| {
        let go = || go_blob("go1.27.3", SETTINGS);
        let one = ElfBuilder::library("libx.so").needed("libc.so.6").payload(go());
        let draft = Draft::new(&named(NEW)).file("x/libx.so", one.build());
        let other = ElfBuilder::library("liby.so").needed("libc.so.6");
        let other = if faulty { other.payload(go()) } else { other };
        draft.file("x/liby.so", other.build()).build()
    }),
    (c::GO_MUSL_TLS, |faulty| {
        let path = if faulty { "x/libx.so" } else { "x-1.0.data/scripts/x" };
        let settings =
            if faulty { SETTINGS.to_owned() } else { SETTINGS.replace("c-shared", "exe") };
        wheel(path, "libc.so", "go1.27.3", &settings, "musllinux_1_2_x86_64")
    }),
    (c::GO_ISA_LEVEL, |faulty| {
        library(&SETTINGS.replace("GOAMD64=v1", if faulty { "GOAMD64=v3" } else { "GOAMD64=v1" }))
    }),
    (c::GO_LINUX_FLOOR, |faulty| {
        let tags = if faulty { OLD } else { NEW };
        wheel("x/libx.so", "libc.so.6", "go1.27.3", SETTINGS, tags)
    }),
];

fn named(platform: &str) -> String {
    format!("x-1.0-py3-none-{platform}.whl")
}

fn library(settings: &str) -> File {
    wheel("x/libx.so", "libc.so.6", "go1.27.3", settings, NEW)
}

fn wheel(path: &str, libc: &str, go: &str, settings: &str, platform: &str) -> File {
    let file = ElfBuilder::library("libx.so").needed(libc).payload(go_blob(go, settings));
    Draft::new(&named(platform)).file(path, file.build()).build()
}
