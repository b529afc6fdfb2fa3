//! Checks any bytes as a wheel: must return quickly and never panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

const NAMES: [&str; 4] = [
    "x-1.0-cp310-abi3-manylinux_2_17_x86_64.whl",
    "x-1.0-cp312-cp312-macosx_11_0_universal2.whl",
    "x-1.0-py3-none-any.whl",
    "x-1.0-cp313-cp313t-win_amd64.whl",
];

fuzz_target!(|bytes: &[u8]| {
    let name = NAMES[bytes.first().copied().unwrap_or(0) as usize % NAMES.len()];
    let found = pygo::audit::inspect(&bytes, name).expect("memory can be read");
    for finding in &found.findings {
        assert!(!finding.what.is_empty() && !finding.fix.is_empty());
    }
});
