//! Reads any bytes as C declarations: must return quickly and never panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pygo::project::Signature;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let signatures = Signature::read_file(&text, "x.cdef");
    for (signature, _) in Signature::prototypes(&signatures) {
        let _ = signature.fields();
    }
});
