//! Pairs for the rules about Windows binaries.

use super::{Draft, File, Twin};
use crate::audit::catalogue as c;
use crate::test_builders::PeBuilder;

const NAME: &str = "x-1.0-py3-none-win_amd64.whl";

pub(super) const TWINS: &[Twin] = &[
    (c::PE_MALFORMED, |faulty| {
        let mut bytes = PeBuilder::dll().imports("kernel32.dll", &["Sleep"]).build();
        bytes.truncate(if faulty { 0x410 } else { usize::MAX });
        wheel(bytes)
    }),
    (c::PE_ARCH, |faulty| {
        wheel(if faulty { PeBuilder::dll().arm64() } else { PeBuilder::dll() }.build())
    }),
    // .NET code runs on any processor.
    (c::PE_ARCH, |faulty| {
        let other = PeBuilder::dll().arm64();
        wheel(if faulty { other } else { other.managed() }.build())
    }),
    (c::PE_IMPORT_OUTSIDE, |faulty| {
        let dll = if faulty { "MSVCP140.dll" } else { "VCRUNTIME140.dll" };
        wheel(PeBuilder::dll().imports(dll, &["f"]).build())
    }),
    (c::PE_IMPORT_OUTSIDE, |faulty| {
        let dll = if faulty { "mfc140u.dll" } else { "UIAutomationCore.DLL" };
        wheel(PeBuilder::dll().imports(dll, &["f"]).build())
    }),
    (c::PE_SYMBOL_UNDEFINED, |faulty| {
        let other = PeBuilder::dll().exports(if faulty { "g" } else { "f" });
        let own = PeBuilder::dll().imports("y.dll", &["f"]);
        Draft::new(NAME).file("x/x.dll", own.build()).file("x/y.dll", other.build()).build()
    }),
    (c::PE_IMPORT_ELSEWHERE, |faulty| {
        let draft = Draft::new(NAME).header("Requires-Dist: torch");
        let draft = draft.file("x/x.dll", PeBuilder::dll().imports("c10.dll", &["f"]).build());
        let other = PeBuilder::dll().exports("f").build();
        if faulty { draft.build() } else { draft.file("x/c10.dll", other).build() }
    }),
    // delvewheel adds a hash to the names of the DLLs that it vendors.
    (c::PE_GENERIC_NAME, |faulty| {
        let name = if faulty { "utils.dll" } else { "utils-3f2a91bc.dll" };
        let own = PeBuilder::dll().imports(name, &["f"]).build();
        let other = PeBuilder::dll().exports("f").build();
        Draft::new(NAME).file("x/x.dll", own).file(&format!("x/{name}"), other).build()
    }),
];

fn wheel(bytes: Vec<u8>) -> File {
    Draft::new(NAME).file("x/x.dll", bytes).build()
}
