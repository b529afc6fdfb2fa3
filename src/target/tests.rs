//! A platform is a row: what has no target yet gets every name and flag from its rows alone.

use super::*;

#[test]
fn a_new_processor_needs_only_a_row() {
    let slice = Slice::new(LINUX, RISCV64);
    assert_eq!(slice.name(), "linux-riscv64");
}
