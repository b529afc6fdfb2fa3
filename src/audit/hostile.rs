//! Whatever the bytes: an answer, soon, and never a panic.
//!
//! Whole binaries are cut short and have bytes changed; each is then judged as a wheel would be.

use proptest::prelude::*;

use super::forge::{ElfForge, MachoForge, PeForge, fat, go_blob};
use super::{Bytes, Extension, Member, Spilled, Subject, build_output, examine};
use crate::target::{Release, Target};

/// A debug build takes twenty times as long for each.
const CASES: usize = if cfg!(debug_assertions) { 100 } else { 2000 };

fn samples() -> Vec<Vec<u8>> {
    let go = || go_blob("go1.27.3", "path\tx\nbuild\tGOOS=linux\nbuild\t-ldflags=\"\\x41\"\n");
    let elf = ElfForge::library("libx.so")
        .needs_symbol("libc.so.6", "GLIBC_2.34", "pthread_create")
        .needs_symbol("libm.so.6", "GLIBC_2.29", "exp")
        .undefined("PyModule_Create2", false)
        .exports("PyInit_x")
        .runpath("$ORIGIN/x:$ORIGIN")
        .needed("x")
        .symbol_table()
        .payload(go())
        .build();
    let macho = |forge: MachoForge| {
        forge
            .id("@rpath/x")
            .dylib("@rpath/x")
            .rpath("@loader_path/.")
            .exports("PyInit_x")
            .undefined("PyModule_Create2")
            .payload(go())
            .build()
    };
    let both = fat(&[macho(MachoForge::x86_64()), macho(MachoForge::arm64())], 1 << 14);
    let real = include_bytes!("testdata/glibc-2.34.so").to_vec();
    let pe = PeForge::dll()
        .imports("python3.dll", &["PyModule_Create2", "PyLong_FromLong"])
        .exports("PyInit_x")
        .build();
    vec![elf, macho(MachoForge::arm64()), both, real, pe]
}

fn judge_all(bytes: &[u8]) {
    build_output(bytes);
    // What no target of the factory loads is read nevertheless; from a file as from memory.
    let mut spilled = Spilled::new().unwrap();
    spilled.push(bytes).unwrap();
    let read = |bytes: Bytes<'_>| format!("{:?}", Member::read("x.pyd", bytes));
    assert_eq!(read(spilled.bytes()), read(bytes.into()));
    for target in ["linux-amd64", "macos-universal2"] {
        let target: Target = target.parse().unwrap();
        let members = [("x", bytes), ("y/x", bytes)];
        let extensions = [Extension { path: "x", module: "x", abi3: Some(Release::new(3, 10)) }];
        let verdict = examine(&Subject { target, members: &members, extensions: &extensions });
        assert!(verdict.release >= target.min_release());
    }
}

#[test]
fn every_cut_is_answered() {
    for sample in samples() {
        let step = (sample.len() / CASES).max(1);
        for length in (0..sample.len()).step_by(step) {
            judge_all(&sample[..length]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES as u32))]

    #[test]
    fn every_change_is_answered(
        sample in 0usize..5,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        near_the_start in any::<bool>(),
    ) {
        let mut bytes = samples()[sample].clone();
        // Headers and tables are where a change does most.
        let reach = if near_the_start { bytes.len().min(768) } else { bytes.len() };
        for (at, value) in changes {
            bytes[at.index(reach)] = value;
        }
        judge_all(&bytes);
    }

    #[test]
    fn every_number_in_the_headers_may_be_anything(
        sample in 0usize..5,
        at in 0usize..192,
        value in prop_oneof![Just(0u32), Just(u32::MAX), Just(1 << 31), any::<u32>()],
    ) {
        let mut bytes = samples()[sample].clone();
        bytes[at * 4..at * 4 + 4].copy_from_slice(&value.to_le_bytes());
        judge_all(&bytes);
        bytes[at * 4..at * 4 + 4].copy_from_slice(&value.to_be_bytes());
        judge_all(&bytes);
    }

    #[test]
    fn bytes_after_a_magic_may_be_anything(
        magic in prop::sample::select(vec![
            &b"\x7fELF\x02\x01\x01"[..], b"\x7fELF\x01\x02", b"\xcf\xfa\xed\xfe\x0c\0\0\x01",
            b"\xfe\xed\xfa\xce", b"\xca\xfe\xba\xbe\0\0\0\x02", b"\xca\xfe\xba\xbf\0\0\0\x02",
            b"\xff Go buildinf:\x08\x02", b"MZ", b"!<arch>\n",
        ]),
        rest in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        judge_all(&[magic, &rest].concat());
    }
}
