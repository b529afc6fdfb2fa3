//! Parses any bytes as a Mach-O file, thin or fat: must return quickly and never panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pygo::audit::{MachO, BinaryFile};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(slices) = MachO::parse(bytes) {
        for slice in &slices {
            assert!(slice.offset <= bytes.len());
        }
    }
    let _ = BinaryFile::read("x.dylib", bytes);
});
