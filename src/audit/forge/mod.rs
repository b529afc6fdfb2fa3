//! Small binaries made by hand, for the tests of this room.

mod elf;
mod macho;
mod pe;

pub(super) use elf::ElfForge;
pub(super) use macho::{MachoForge, fat};
pub(super) use pe::PeForge;

use super::BinaryFile;

/// Reads a forged binary.
pub(super) fn read(path: &str, bytes: &[u8]) -> BinaryFile {
    BinaryFile::read(path, bytes).unwrap().unwrap()
}

/// A Go build info blob, with its text between sentinels.
pub(super) fn go_blob(version: &str, text: &str) -> Vec<u8> {
    let mut blob = b"\xff Go buildinf:\x08\x02".to_vec();
    blob.resize(32, 0);
    let text = format!("{0}{text}{0}", "s".repeat(16));
    for part in [version, &text] {
        let mut length = part.len();
        while length >= 0x80 {
            blob.push((length & 0x7f) as u8 | 0x80);
            length >>= 7;
        }
        blob.push(length as u8);
        blob.extend(part.as_bytes());
    }
    blob
}
