//! The location of a zip file's central directory.
//!
//! Input: a source. Output: the directory's bytes, and where it and the archive begin, found from
//! the end of the file as Python's zipfile finds them.

use std::io;

use super::fault::{ArchiveFault, ArchiveFaultKind as Kind};
use super::source::Source;

const END: &[u8] = b"PK\x05\x06";
const END_LENGTH: usize = 22;
const END_64: &[u8] = b"PK\x06\x06";
const END_64_LENGTH: usize = 56;
const LOCATOR_64: &[u8] = b"PK\x06\x07";
const LOCATOR_64_LENGTH: usize = 20;
/// The length of a comment has 16 bits.
const MAX_COMMENT: usize = 0xffff;
/// Enough for a hundred thousand members; a larger one is not read into memory.
const MAX_DIRECTORY: u64 = 64 << 20;

/// The central directory.
pub(super) struct Directory {
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
    /// Its offset in the file.
    pub(super) at: u64,
    /// The offset of the archive in the file: its own offsets count from here.
    pub(super) base: u64,
    /// Its stated number of entries.
    pub(super) count: u64,
}

/// Finds and reads the central directory of `source`, `length` bytes long.
pub(super) fn read(
    source: &dyn Source,
    length: u64,
    faults: &mut Vec<ArchiveFault>,
) -> io::Result<Option<Directory>> {
    let mut unreadable = |what: String| {
        faults.push(ArchiveFault::new(Kind::Unreadable, "", what));
    };
    let tail_length = length.min((END_LENGTH + MAX_COMMENT) as u64) as usize;
    let mut tail = vec![0; tail_length];
    let tail_at = length - tail_length as u64;
    source.read_at(tail_at, &mut tail)?;
    let Some(end) = find_end(&tail) else {
        unreadable("is not a zip archive: it has no end-of-archive record".to_owned());
        return Ok(None);
    };
    let end_at = tail_at + end as u64;
    let record = tail.get(end..).unwrap_or_default();
    let (mut count, mut size, mut start) = (
        u64::from(u16_at(record, 10)),
        u64::from(u32_at(record, 12)),
        u64::from(u32_at(record, 16)),
    );
    let comment = u64::from(u16_at(record, 20));
    let mut directory_end = end_at;
    let wide = wide_end(source, end_at)?;
    if let Some((at, record)) = &wide {
        let field = |at| u64_at(record, at);
        (count, size, start) = (field(32), field(40), field(48));
        directory_end = *at;
    }
    let Some(at) = directory_end.checked_sub(size) else {
        unreadable(format!("has a central directory of {size} bytes, more than precede its end"));
        return Ok(None);
    };
    if size > MAX_DIRECTORY {
        unreadable(format!("has a central directory of {size} bytes"));
        return Ok(None);
    }
    // Offsets count from the start of the archive, which may not be the start of the file.
    let Some(base) = at.checked_sub(start) else {
        unreadable("states that its central directory begins after its end".to_owned());
        return Ok(None);
    };
    let mut bytes = vec![0; usize::try_from(size).unwrap_or(0)];
    source.read_at(at, &mut bytes)?;
    let mut extra = |what: String| {
        faults.push(ArchiveFault::new(Kind::ExtraBytes, "", what));
    };
    if base > 0 {
        extra(format!("has {base} bytes before the archive, or a wrong directory offset"));
    }
    let after = (end_at + END_LENGTH as u64 + comment).min(length);
    if after < length {
        extra(format!("has {} bytes after the archive", length - after));
    }
    if let Some((_, record)) = &wide
        && u64_at(record, 4) != END_64_LENGTH as u64 - 12
    {
        extra("has data in its 64-bit end record".to_owned());
    }
    if u16_at(record, 4) != 0 || u16_at(record, 6) != 0 || u16_at(record, 8) != u16_at(record, 10) {
        let what = "states that it is one of several parts";
        faults.push(ArchiveFault::new(Kind::HeadersDisagree, "", what));
    }
    Ok(Some(Directory { bytes, at, base, count }))
}

/// The offset of the end record in the last bytes of a file: the last one whose comment fits.
fn find_end(tail: &[u8]) -> Option<usize> {
    let last = tail.len().checked_sub(END_LENGTH)?;
    let is_end = |at: &usize| tail.get(*at..).is_some_and(|rest| rest.starts_with(END));
    let fits = |at: &usize| {
        let comment = usize::from(u16_at(tail, at + 20));
        at + END_LENGTH + comment == tail.len()
    };
    // One that fits exactly is preferred to one with bytes after it.
    (0..=last).rev().find(|at| is_end(at) && fits(at)).or_else(|| (0..=last).rev().find(is_end))
}

/// The 64-bit end record that the locator before `end_at` points to, and its offset.
fn wide_end(source: &dyn Source, end_at: u64) -> io::Result<Option<(u64, Vec<u8>)>> {
    let Some(locator_at) = end_at.checked_sub(LOCATOR_64_LENGTH as u64) else {
        return Ok(None);
    };
    let mut locator = [0; LOCATOR_64_LENGTH];
    source.read_at(locator_at, &mut locator)?;
    if !locator.starts_with(LOCATOR_64) {
        return Ok(None);
    }
    // Right before its locator, whatever offset that states: bytes may precede the archive.
    let Some(at) = locator_at.checked_sub(END_64_LENGTH as u64) else {
        return Ok(None);
    };
    let mut record = vec![0; END_64_LENGTH];
    source.read_at(at, &mut record)?;
    Ok(record.starts_with(END_64).then_some((at, record)))
}

/// Little-endian numbers. 0 past the end, which callers rule out.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    number(bytes, at).map(u16::from_le_bytes).unwrap_or(0)
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    number(bytes, at).map(u32::from_le_bytes).unwrap_or(0)
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    number(bytes, at).map(u64::from_le_bytes).unwrap_or(0)
}

fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}
