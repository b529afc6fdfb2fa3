//! Archives with one fault each, and what is reported.

use super::*;
use crate::test_builders::zip;

/// Every fault, those of streaming included.
fn kinds(bytes: &[u8]) -> Vec<ArchiveFaultKind> {
    let archive = Archive::read(&bytes).unwrap();
    let mut found: Vec<_> = archive.faults.iter().map(|fault| fault.kind).collect();
    for entry in archive.entries.iter().filter(|entry| entry.is_readable) {
        found.extend(archive.stream(entry, &mut |_| {}).err().map(|fault| fault.kind));
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn place(bytes: &[u8], part: &[u8]) -> usize {
    bytes.windows(part.len()).rposition(|window| window == part).unwrap()
}

#[test]
fn plain_archive_streams_without_faults() {
    let large = vec![7u8; 200_000];
    let bytes = zip([("a/b.py", &b"x = 1\n"[..]), ("large", &large), ("empty", b"")]);
    assert_eq!(kinds(&bytes), []);
    let bytes = bytes.as_slice();
    let archive = Archive::read(&bytes).unwrap();
    let mut out: Vec<u8> = Vec::new();
    archive.stream(&archive.entries[1], &mut |piece| out.extend(piece)).unwrap();
    assert_eq!(out, large);
    assert_eq!(archive.bytes(&archive.entries[1], 1000), Ok(None));
}

#[test]
fn bytes_around_the_archive_are_reported() {
    let bytes = zip([("a", b"1")]);
    assert_eq!(kinds(&[&bytes, &b"x"[..]].concat()), [ArchiveFaultKind::ExtraBytes]);
    assert_eq!(kinds(&[b"#!/bin/sh\n", &*bytes].concat()), [ArchiveFaultKind::ExtraBytes]);
    assert_eq!(kinds(b"no zip"), [ArchiveFaultKind::Unreadable]);
    assert_eq!(kinds(b""), [ArchiveFaultKind::Unreadable]);
}

#[test]
fn unsafe_names_are_reported() {
    for (name, kind) in [
        ("../x", Some(ArchiveFaultKind::Traversal)),
        ("/x", Some(ArchiveFaultKind::Traversal)),
        ("C:/x", Some(ArchiveFaultKind::Traversal)),
        ("a\nb", Some(ArchiveFaultKind::Name)),
        ("a\\b", Some(ArchiveFaultKind::Name)),
        ("a//b", Some(ArchiveFaultKind::Name)),
        ("OK", Some(ArchiveFaultKind::CaseCollision)),
        ("ok/x", Some(ArchiveFaultKind::FileAndDirectory)),
        ("a/nul.txt", Some(ArchiveFaultKind::DeviceName)),
        ("a/null.txt", None),
    ] {
        assert_eq!(kinds(&zip([("ok", b""), (name, b"")])), Vec::from_iter(kind), "{name:?}");
    }
    let mut twice = zip([("same1", b""), ("same2", b"")]);
    while let Some(at) = twice.windows(5).position(|window| window == b"same2") {
        twice[at + 4] = b'1';
    }
    assert_eq!(kinds(&twice), [ArchiveFaultKind::Duplicate]);
    let mut not_utf8 = zip([("name", b"")]);
    while let Some(at) = not_utf8.windows(4).position(|window| window == b"name") {
        not_utf8[at] = 0xff;
    }
    assert_eq!(kinds(&not_utf8), [ArchiveFaultKind::Name]);
}

#[test]
fn disagreeing_headers_and_damage_are_reported() {
    let bytes = zip([("name", &b"some contents"[..]), ("other", b"x")]);
    let central = place(&bytes, b"PK\x01\x02") - 46 - 4;
    let mut renamed = bytes.clone();
    renamed[central + 46] = b'f';
    assert_eq!(kinds(&renamed), [ArchiveFaultKind::HeadersDisagree]);
    let mut encrypted = bytes.clone();
    encrypted[6] |= 1;
    encrypted[central + 8] |= 1;
    assert_eq!(kinds(&encrypted), [ArchiveFaultKind::Encrypted]);
    let mut damaged = bytes.clone();
    damaged[36] ^= 0xff;
    assert_eq!(kinds(&damaged), [ArchiveFaultKind::Corrupt]);
    let mut counted = bytes;
    let end = place(&counted, b"PK\x05\x06");
    counted[end + 8] = 9;
    counted[end + 10] = 9;
    assert_eq!(kinds(&counted), [ArchiveFaultKind::HeadersDisagree]);
}

/// An archive with one deflated member, whose data need not be a deflate stream.
fn deflated(contents: &[u8], data: &[u8]) -> Vec<u8> {
    let sizes = [data.len(), contents.len()].map(|size| u32::try_from(size).unwrap().to_le_bytes());
    let crc = crc32fast::hash(contents).to_le_bytes();
    let about = [&[20, 0, 0, 0, 8, 0, 0, 0, 0x21, 0][..], &crc, &sizes.concat(), &[1, 0]].concat();
    let local = [&b"PK\x03\x04"[..], &about, &[0; 2], b"a", data].concat();
    let entry = [&b"PK\x01\x02\x14\0"[..], &about, &[0; 16], b"a"].concat();
    let place = [entry.len(), local.len()].map(|size| u32::try_from(size).unwrap().to_le_bytes());
    let end = [&b"PK\x05\x06"[..], &[0, 0, 0, 0, 1, 0, 1, 0], &place.concat(), &[0; 2]].concat();
    [local, entry, end].concat()
}

#[test]
fn bytes_after_the_deflated_data_are_reported_whatever_they_are() {
    let contents = b"some contents, some contents, some contents";
    let stream = crate::wheel::deflate::deflate(contents).unwrap().concat();
    assert_eq!(kinds(&deflated(contents, &stream)), []);
    // What a gzip file has there: checksum and size.
    let size = u32::try_from(contents.len()).unwrap().to_le_bytes();
    let trailer = [crc32fast::hash(contents).to_le_bytes(), size].concat();
    for extra in [&b"x"[..], &trailer, &[&trailer[..], b"hidden"].concat(), &trailer.repeat(2)] {
        let data = [&stream, extra].concat();
        assert_eq!(kinds(&deflated(contents, &data)), [ArchiveFaultKind::Corrupt], "{extra:?}");
    }
    for cut in 0..stream.len() {
        assert_eq!(kinds(&deflated(contents, &stream[..cut])), [ArchiveFaultKind::Corrupt]);
    }
    assert_eq!(kinds(&deflated(b"some other", &stream)), [ArchiveFaultKind::Corrupt]);
}

#[test]
fn bomb_is_reported_before_unpacking() {
    let bytes = zip([("zeros", &vec![0; 70 << 20])]);
    assert!(Archive::read(&bytes.as_slice()).unwrap().is_bomb());
    let bytes = zip([("zeros", &vec![0; 7 << 20])]);
    let bytes = bytes.as_slice();
    let archive = Archive::read(&bytes).unwrap();
    assert!(!archive.is_bomb(), "the index accepts small ones");
}

#[test]
fn no_cut_or_changed_byte_panics() {
    let bytes = zip([("a/b.py", &b"x = 1\n"[..]), ("c", b"some more contents")]);
    for cut in 0..bytes.len() {
        kinds(&bytes[..cut]);
        for value in [0, 0x7f, 0xff] {
            let mut changed = bytes.clone();
            changed[cut] = value;
            kinds(&changed);
        }
    }
}
