//! Any bytes, as a RECORD: what was read is written and read again, and is the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pygo::wheel::{Line, Record};

fn fields(line: &Line) -> [&str; 3] {
    [&line.path, &line.hash, &line.size]
}

fuzz_target!(|bytes: &[u8]| {
    if let Ok(record) = Record::parse(bytes) {
        let again = Record::parse(&record.to_bytes());
        assert_eq!(again.as_ref().ok(), Some(&record));
    }
    let lines: Vec<Line> = Record::lines(bytes).into_iter().flatten().collect();
    let written = Record::of_lines(&lines);
    let again: Vec<Line> = Record::lines(&written).into_iter().flatten().collect();
    assert!(lines.iter().map(fields).eq(again.iter().map(fields)));
});
