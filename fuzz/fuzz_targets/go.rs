//! Reads any bytes as a Go file: must return quickly and never panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pygo::project::GoExport;

fuzz_target!(|bytes: &[u8]| {
    for export in GoExport::read_all(&String::from_utf8_lossy(bytes), "x.go") {
        assert!(!export.name.is_empty());
    }
});
