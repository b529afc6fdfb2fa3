//! Parses any bytes as an ELF file: must return quickly and never panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pygo::audit::{Elf, GoBuildInfo, BinaryFile};

fuzz_target!(|bytes: &[u8]| {
    let _ = Elf::parse(bytes);
    let _ = BinaryFile::read("x.so", bytes);
    let _ = GoBuildInfo::read(bytes);
});
