//! Any bytes, as a Mach-O file, fat or not: read, or refused, soon.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pygo::audit::{MachO, Member};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(slices) = MachO::parse(bytes) {
        for slice in &slices {
            assert!(slice.offset <= bytes.len());
        }
    }
    let _ = Member::read("x.dylib", bytes);
});
