//! Malformed input: any bytes produce an answer quickly, and never a panic.
//!
//! Complete binaries are truncated and changed, and then judged like a wheel's.

use proptest::prelude::*;

use crate::audit::{BinaryFile, Bytes, Extension, Spooled, build_output, judge};
use crate::target::{Release, Target};
use crate::test_builders::{ElfBuilder, MachoBuilder, PeBuilder, fat, go_blob};

/// A debug build takes twenty times as long for each.
const CASES: usize = if cfg!(debug_assertions) { 100 } else { 2000 };

fn go() -> Vec<u8> {
    go_blob("go1.27.3", "path\tx\nbuild\tGOOS=linux\nbuild\t-ldflags=\"\\x41\"\n")
}

fn macho(builder: MachoBuilder) -> Vec<u8> {
    builder
        .id("@rpath/x")
        .dylib("@rpath/x")
        .rpath("@loader_path/.")
        .exports("PyInit_x")
        .undefined("PyModule_Create2")
        .payload(go())
        .build()
}

fn samples() -> Vec<Vec<u8>> {
    let elf = ElfBuilder::library("libx.so")
        .needs_symbol("libc.so.6", "GLIBC_2.34", "pthread_create")
        .needs_symbol("libm.so.6", "GLIBC_2.29", "exp")
        .undefined("PyModule_Create2", false)
        .exports("PyInit_x")
        .runpath("$ORIGIN/x:$ORIGIN")
        .needed("x")
        .symbol_table()
        .payload(go())
        .build();
    let both = fat(&[macho(MachoBuilder::x86_64()), macho(MachoBuilder::arm64())], 1 << 14);
    let real = include_bytes!("../testdata/glibc-2.34.so").to_vec();
    let pe = PeBuilder::dll()
        .imports("python3.dll", &["PyModule_Create2", "PyLong_FromLong"])
        .exports("PyInit_x")
        .build();
    vec![elf, macho(MachoBuilder::arm64()), both, real, pe]
}

fn judge_all(bytes: &[u8]) {
    build_output(bytes);
    // Bytes that no target loads are parsed as well, and the same from a file as from memory.
    let mut spooled = Spooled::new().unwrap();
    spooled.push(bytes).unwrap();
    let read = |bytes: Bytes<'_>| format!("{:?}", BinaryFile::read("x.pyd", bytes));
    assert_eq!(read(Bytes::from(&spooled)), read(bytes.into()));
    for target in ["linux-amd64", "macos-universal2"] {
        let target: Target = target.parse().unwrap();
        let files = [("x", bytes), ("y/x", bytes)];
        let extensions = [Extension { path: "x", module: "x", abi3: Some(Release::new(3, 10)) }];
        let verdict = judge(target, &files, &extensions);
        assert!(verdict.release >= target.min_release());
    }
}

#[test]
fn truncated_binaries_get_an_answer() {
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
    fn changed_binaries_get_an_answer(
        sample in 0usize..5,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        near_the_start in any::<bool>(),
    ) {
        let mut bytes = samples()[sample].clone();
        // Changes to headers and tables have the largest effect.
        let reach = if near_the_start { bytes.len().min(768) } else { bytes.len() };
        for (at, value) in changes {
            bytes[at.index(reach)] = value;
        }
        judge_all(&bytes);
    }

    #[test]
    fn any_number_in_a_header_gets_an_answer(
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
    fn any_bytes_after_a_magic_get_an_answer(
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
