//! Any bytes, as a binary of a wheel: read, or refused, soon.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pygo::audit::{GoBuildInfo, Member};

fuzz_target!(|bytes: &[u8]| {
    let _ = Member::read("x.so", bytes);
    let _ = GoBuildInfo::read(bytes);
});
