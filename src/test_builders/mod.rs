//! Builders for unit tests: small binaries, zip archives and wheels.

mod archive;
mod arm;
mod elf;
mod macho;
mod pe;

pub(crate) use archive::{zip, zip_with};
pub(crate) use arm::{arm_attributes, arm_library};
pub(crate) use elf::ElfBuilder;
pub(crate) use macho::{MachoBuilder, fat};
pub(crate) use pe::PeBuilder;

use crate::audit::BinaryFile;
use crate::wheel::record::{self, Row};
use crate::wheel::{Digest, WheelName};

/// A wheel named `name` with `files` and a matching METADATA, WHEEL and RECORD.
pub(crate) fn wheel(name: &str, files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    with_metadata(name, files, "")
}

/// The same wheel, which requires `requirement`.
pub(crate) fn wheel_requiring(name: &str, requirement: &str, files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    with_metadata(name, files, &format!("Requires-Dist: {requirement}\n"))
}

fn with_metadata(name: &str, files: &[(&str, Vec<u8>)], more: &str) -> Vec<u8> {
    let parsed: WheelName = name.parse().unwrap();
    let dir = parsed.dist_info();
    let metadata = format!("Metadata-Version: 2.4\nName: x\nVersion: {}\n{more}", parsed.version);
    let mut text = format!("Wheel-Version: 1.0\nRoot-Is-Purelib: {}\n", parsed.tag.is_pure());
    for tag in parsed.tag.expanded() {
        text.push_str(&format!("Tag: {tag}\n"));
    }
    let mut all: Vec<_> =
        files.iter().map(|(path, bytes)| (path.to_string(), bytes.clone())).collect();
    all.push((format!("{dir}/METADATA"), metadata.into_bytes()));
    all.push((format!("{dir}/WHEEL"), text.into_bytes()));
    let row =
        |(path, bytes): &(String, Vec<u8>)| Row::new(path, Digest::of(bytes), bytes.len() as u64);
    let mut rows: Vec<_> = all.iter().map(row).collect();
    let record_at = format!("{dir}/RECORD");
    rows.push(Row::of_record(&record_at));
    all.push((record_at, record::write(&rows).unwrap()));
    zip(all)
}

/// Reads a binary as the audit does.
pub(crate) fn read(path: &str, bytes: &[u8]) -> BinaryFile {
    BinaryFile::read(path, bytes).unwrap().unwrap()
}

/// The build info that Go writes into a binary, with `text` between the sentinels.
pub(crate) fn go_blob(version: &str, text: &str) -> Vec<u8> {
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
