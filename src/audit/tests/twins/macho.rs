//! Pairs for the rules about binaries for macOS and iOS.

use super::{Draft, File, Twin};
use crate::audit::catalogue as c;
use crate::test_builders::{MachoBuilder, fat};

const ARM: &str = "x-1.0-py3-none-macosx_13_0_arm64.whl";
const INTEL: &str = "x-1.0-py3-none-macosx_13_0_x86_64.whl";
const BOTH: &str = "x-1.0-py3-none-macosx_13_0_universal2.whl";

pub(super) const TWINS: &[Twin] = &[
    (c::MACHO_MALFORMED, |faulty| {
        let mut bytes = library().build();
        bytes.truncate(if faulty { 200 } else { usize::MAX });
        wheel(ARM, bytes)
    }),
    (c::MACHO_ARCH, |faulty| wheel(if faulty { INTEL } else { ARM }, library().build())),
    (c::MACHO_ARCH, |faulty| {
        let images = [intel().build(), library().build()];
        wheel(BOTH, if faulty { library().build() } else { fat(&images, 1 << 14) })
    }),
    (c::MACHO_PLATFORM, |faulty| {
        wheel(ARM, library().platform(if faulty { 3 } else { 1 }).build())
    }),
    // Every Mac has its own frameworks and libraries.
    (c::MACHO_DYLIB_OUTSIDE, |faulty| {
        let name = if faulty { "@rpath/libomp.dylib" } else { "/usr/lib/libz.1.dylib" };
        wheel(ARM, library().dylib(name).build())
    }),
    (c::MACHO_DYLIB_OUTSIDE, |faulty| {
        beside(library().rpath(if faulty { "@loader_path" } else { "@loader_path/../x.dylibs" }))
    }),
    (c::MACHO_DYLIB_PATH, |faulty| {
        let framework = "CoreFoundation.framework/Versions/A/CoreFoundation";
        let place = if faulty { "/opt/Frameworks" } else { "/System/Library/Frameworks" };
        wheel(ARM, library().dylib(&format!("{place}/{framework}")).build())
    }),
    (c::MACHO_RPATH, |faulty| {
        let own = library().rpath("@loader_path/../x.dylibs");
        beside(if faulty { own.rpath("/Users/me/lib") } else { own })
    }),
    (c::MACHO_INSTALL_NAME, |faulty| {
        let name = if faulty { "/Users/me/libx.dylib" } else { "@rpath/libx.dylib" };
        wheel(ARM, MachoBuilder::arm64().id(name).build())
    }),
    // An Intel Mac needs no signature.
    (c::MACHO_SIGNATURE, |faulty| match faulty {
        true => wheel(ARM, library().unsigned().build()),
        false => wheel(INTEL, intel().build()),
    }),
    (c::MACHO_SIGNATURE, |faulty| {
        let mut bytes = library().payload(vec![0; 64]).build();
        let middle = bytes.len() / 4;
        bytes[middle] ^= u8::from(faulty);
        wheel(ARM, bytes)
    }),
    (c::MACHO_ALIGNMENT, |faulty| {
        let images = [intel().build(), library().build()];
        wheel(BOTH, fat(&images, if faulty { 1 << 12 } else { 1 << 14 }))
    }),
    (c::MACHO_UNSTRIPPED, |faulty| {
        let file = if faulty { library().debug_symbol() } else { library().exports("symbol") };
        wheel(ARM, file.build())
    }),
    (c::MACHO_ARCH_EXTRA, |faulty| {
        let images = [intel().build(), library().build()];
        wheel(if faulty { ARM } else { BOTH }, fat(&images, 1 << 14))
    }),
    (c::MACHO_PADDING, |faulty| {
        let file = intel().exports("symbol").padding([0, 0, 0, u8::from(faulty)]);
        wheel(INTEL, file.build())
    }),
    (c::MACHO_SYMBOL_UNDEFINED, |faulty| {
        let other = MachoBuilder::arm64().id("@rpath/libh.dylib");
        let other = other.exports(if faulty { "other" } else { "helper" });
        let own = library().rpath("@loader_path/../x.dylibs").dylib("@rpath/libh.dylib");
        with_other(own.bound("helper", 1), other)
    }),
    (c::MACHO_DYLIB_ELSEWHERE, |faulty| {
        let draft = Draft::new(ARM).header("Requires-Dist: h");
        let own = library().rpath("@loader_path/../x.dylibs").dylib("@rpath/libh.dylib");
        let draft = draft.file("x/libx.dylib", own.build());
        let other = MachoBuilder::arm64().id("@rpath/libh.dylib").build();
        if faulty { draft.build() } else { draft.file("x.dylibs/libh.dylib", other).build() }
    }),
    (c::MACHO_RPATH_TWICE, |faulty| {
        let second = if faulty { "@loader_path/../x.dylibs" } else { "@loader_path/.." };
        beside(library().rpath("@loader_path/../x.dylibs").rpath(second))
    }),
    (c::MACHO_GENERIC_NAME, |faulty| {
        let file = if faulty { "libutils.dylib" } else { "libfreetype.6.dylib" };
        let name = format!("@rpath/{file}");
        let own = library().rpath("@loader_path/../x.dylibs").dylib(&name);
        let draft = Draft::new(ARM).file("x/libx.dylib", own.build());
        let other = MachoBuilder::arm64().id(&name).build();
        draft.file(&format!("x.dylibs/{file}"), other).build()
    }),
    (c::MACHO_BUNDLE, |faulty| {
        let name = "x-1.0-py3-none-ios_13_0_arm64_iphoneos.whl";
        let file = MachoBuilder::arm64().ios().unsigned();
        let file = if faulty { file } else { file.id("@rpath/libx.dylib") };
        wheel(name, file.build())
    }),
];

fn library() -> MachoBuilder {
    MachoBuilder::arm64().id("@rpath/libx.dylib")
}

fn intel() -> MachoBuilder {
    MachoBuilder::x86_64().id("@rpath/libx.dylib")
}

fn wheel(name: &str, bytes: Vec<u8>) -> File {
    Draft::new(name).file("x/libx.dylib", bytes).build()
}

fn beside(library: MachoBuilder) -> File {
    with_other(library.dylib("@rpath/libh.dylib"), MachoBuilder::arm64().id("@rpath/libh.dylib"))
}

/// A wheel with another library in `x.dylibs`.
fn with_other(library: MachoBuilder, other: MachoBuilder) -> File {
    let draft = Draft::new(ARM).file("x/libx.dylib", library.build());
    draft.file("x.dylibs/libh.dylib", other.build()).build()
}
