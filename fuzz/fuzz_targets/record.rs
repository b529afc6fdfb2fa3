//! Parses any bytes as RECORD: whatever parses must survive being written and parsed again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pygo::wheel::record::{self, Row};

fuzz_target!(|bytes: &[u8]| {
    let read = |bytes: &[u8]| -> Vec<Row> { record::read(bytes).into_iter().flatten().collect() };
    let rows = read(bytes);
    assert_eq!(record::write(&rows).map(|bytes| read(&bytes)).ok(), Some(rows));
});
