//! Pairs for the rules about the zip file.

use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

use super::{Draft, File, Twin};
use crate::audit::catalogue as c;
use crate::test_builders::{zip, zip_with};

pub(super) const TWINS: &[Twin] = &[
    (c::ARCHIVE_UNREADABLE, |faulty| {
        Draft::pure().build_with(|bytes| {
            if faulty {
                bytes.truncate(bytes.len() / 2);
            }
        })
    }),
    // A whole archive inside, not compressed.
    (c::ARCHIVE_EXTRA_BYTES, |faulty| {
        let inner = zip([("a.py", "")]);
        match faulty {
            true => Draft::pure().build_with(|bytes| bytes.extend(inner)),
            false => stored(&Draft::pure().file("x.zip", inner)),
        }
    }),
    (c::ARCHIVE_DUPLICATE, |faulty| two_names("x/a.py", if faulty { "x/a.py" } else { "y/a.py" })),
    (c::ARCHIVE_PATH_TRAVERSAL, |faulty| {
        one(if faulty { "x/../../x.py" } else { "x/..data/...py" })
    }),
    (c::ARCHIVE_NAME, |faulty| one(if faulty { "x/a\u{7}b.py" } else { "x/a b, \u{fc}.py" })),
    (c::ARCHIVE_NAME, |faulty| one(if faulty { "x//a.py" } else { "x/-/a.py" })),
    (c::ARCHIVE_NOT_A_FILE, |faulty| {
        let draft = Draft::pure();
        let name = draft.name();
        let kind = if faulty { 0o120_777 } else { 0o100_755 };
        let bytes = zip_with(draft.files(), |_| ());
        (name, with_mode(bytes, "x.py", kind))
    }),
    (c::ARCHIVE_CASE_COLLISION, |faulty| {
        two_names("x/Ab.py", if faulty { "x/aB.py" } else { "y/aB.py" })
    }),
    (c::ARCHIVE_DEVICE_NAME, |faulty| one(if faulty { "x/aux.py" } else { "x/auxiliary.py" })),
    (c::ARCHIVE_DEVICE_NAME, |faulty| one(if faulty { "x/com1" } else { "x/com10" })),
    (c::ARCHIVE_DEVICE_NAME, |faulty| one(if faulty { "x/a:b.txt" } else { "x/a;b.txt" })),
    (c::ARCHIVE_BOMB, |faulty| {
        let megabytes = if faulty { 80 } else { 8 };
        Draft::pure().file("x.bin", vec![0; megabytes << 20]).build()
    }),
    (c::ARCHIVE_METHOD, |faulty| {
        let (name, mut bytes) = stored(&Draft::pure());
        if faulty {
            patch(&mut bytes, "x.py", 8, 10, &[12]);
        }
        (name, bytes)
    }),
    // Bit 0 means encrypted, bit 11 that the name is UTF-8.
    (c::ARCHIVE_ENCRYPTED, |faulty| flags(if faulty { 1 } else { 1 << 11 })),
    (c::ARCHIVE_OVERLAP, |faulty| {
        two_files(|bytes, first, second| {
            if faulty {
                let at: [u8; 4] = bytes[first + 42..first + 46].try_into().unwrap();
                bytes[second + 42..second + 46].copy_from_slice(&at);
            }
        })
    }),
    (c::ARCHIVE_HEADERS_DISAGREE, |faulty| {
        Draft::pure().build_with(|bytes| {
            // Times are no part of a wheel.
            let (at, new) = if faulty { (30, b"y.py".to_vec()) } else { (10, vec![1, 0, 0x21, 0]) };
            bytes[at..at + new.len()].copy_from_slice(&new);
        })
    }),
    (c::ARCHIVE_DATA_DESCRIPTOR, |faulty| flags(if faulty { 1 << 3 } else { 1 << 2 })),
    (c::ARCHIVE_CORRUPT, |faulty| {
        Draft::pure().build_with(|bytes| {
            if faulty {
                patch(bytes, "x.py", 14, 16, &[1, 2, 3, 4]);
            }
        })
    }),
    (c::ARCHIVE_COMMENT, |faulty| {
        Draft::pure().build_with(|bytes| {
            // The attributes come right after the length of the comment and the number of the disk.
            let last = rfind(bytes, b"PK\x01\x02");
            if faulty {
                let end = rfind(bytes, b"PK\x05\x06");
                let size = u32::from_le_bytes(bytes[end + 12..end + 16].try_into().unwrap()) + 3;
                bytes[end + 12..end + 16].copy_from_slice(&size.to_le_bytes());
                bytes[last + 32] = 3;
                bytes.splice(end..end, *b"abc");
            } else {
                bytes[last + 36] = 1;
            }
        })
    }),
    (c::ARCHIVE_FILE_AND_DIRECTORY, |faulty| {
        two_names(if faulty { "x/sub" } else { "x/su" }, "x/sub/x.py")
    }),
    (c::ARCHIVE_FILE_AND_DIRECTORY, |faulty| {
        let draft = Draft::pure().file("x/sub/x.py", "");
        match faulty {
            true => draft.file("x/sub", "").build(),
            false => {
                let add = |zip: &mut zip::ZipWriter<_>| {
                    zip.add_directory("x/sub", SimpleFileOptions::default()).unwrap();
                };
                (draft.name(), zip_with(draft.files(), add))
            }
        }
    }),
];

fn one(name: &str) -> File {
    Draft::pure().file(name, "").build()
}

/// A wheel with two files. They have other names while it is written, because the writer refuses
/// to write what a rule forbids.
fn two_names(first: &str, second: &str) -> File {
    let draft = Draft::pure().file(first, "").file(second, "");
    let mut files = draft.files();
    let others = ["1".repeat(first.len()), "2".repeat(second.len())];
    for ((path, _), other) in files.iter_mut().zip(others.iter().rev()) {
        path.clone_from(other);
    }
    let mut bytes = zip(files);
    for (other, name) in others.iter().zip([first, second]) {
        while let Some(at) = find(&bytes, other.as_bytes()) {
            bytes[at..at + name.len()].copy_from_slice(name.as_bytes());
        }
    }
    (draft.name(), bytes)
}

fn two_files(change: impl FnOnce(&mut Vec<u8>, usize, usize)) -> File {
    Draft::pure().file("a.py", "x = 1\n").build_with(|bytes| {
        let (first, second) = (central(bytes, "a.py"), central(bytes, "x.py"));
        change(bytes, first, second);
    })
}

/// Sets bits in the flags of `x.py`.
fn flags(bits: u16) -> File {
    Draft::pure().build_with(|bytes| patch(bytes, "x.py", 6, 8, &bits.to_le_bytes()))
}

/// The wheel with every member stored.
fn stored(draft: &Draft) -> File {
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let add = |zip: &mut zip::ZipWriter<_>| {
        for (name, bytes) in draft.files() {
            zip.start_file(name, options).unwrap();
            std::io::Write::write_all(zip, &bytes).unwrap();
        }
    };
    (draft.name(), zip_with([("", ""); 0], add))
}

fn with_mode(mut bytes: Vec<u8>, name: &str, mode: u32) -> Vec<u8> {
    let at = central(&bytes, name);
    bytes[at + 5] = 3;
    bytes[at + 38..at + 42].copy_from_slice(&(mode << 16).to_le_bytes());
    bytes
}

/// Writes `new` into both headers of `name`.
fn patch(bytes: &mut [u8], name: &str, local: usize, in_central: usize, new: &[u8]) {
    let at = central(bytes, name);
    bytes[at + in_central..][..new.len()].copy_from_slice(new);
    let start = u32::from_le_bytes(bytes[at + 42..at + 46].try_into().unwrap()) as usize;
    bytes[start + local..][..new.len()].copy_from_slice(new);
}

/// The entry of `name` in the central directory.
fn central(bytes: &[u8], name: &str) -> usize {
    rfind(bytes, name.as_bytes()) - 46
}

fn rfind(bytes: &[u8], part: &[u8]) -> usize {
    bytes.windows(part.len()).rposition(|window| window == part).unwrap()
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}
