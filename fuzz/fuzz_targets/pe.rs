//! Parses any bytes as a PE file: must return quickly and never panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pygo::audit::{BinaryFile, Pe};

fuzz_target!(|bytes: &[u8]| {
    let _ = Pe::parse(bytes);
    let _ = BinaryFile::read("x.pyd", bytes);
});
