//! Checks any bytes as an sdist, and as the tar in one: must return quickly and never panic.
#![no_main]

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use libfuzzer_sys::fuzz_target;
use pygo::audit::inspect_sdist;
use pygo::sdist::Sdist;

fuzz_target!(|bytes: &[u8]| {
    // The fuzzer would not find the checksum of gzip.
    let mut packed = GzEncoder::new(Vec::new(), Compression::none());
    packed.write_all(bytes).expect("memory can be written");
    let packed = packed.finish().expect("memory can be written");
    for bytes in [bytes, &packed] {
        let found = inspect_sdist(bytes, bytes.len() as u64, "x-1.0.tar.gz");
        for finding in &found.findings {
            assert!(!finding.what.is_empty() && !finding.fix.is_empty());
        }
        let _ = Sdist::read(bytes);
    }
});
