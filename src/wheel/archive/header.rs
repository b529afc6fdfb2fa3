//! The members of an archive: each entry of the central directory compared with its local header.
//!
//! Input: the directory. Output: an [`Entry`] for each member, and faults: headers that disagree,
//! bytes between members, overlapping members, features that wheels may not use.

use std::io;

use super::directory::{Directory, u16_at, u32_at, u64_at};
use super::fault::{ArchiveFault, ArchiveFaultKind as Kind};
use super::source::Source;

const CENTRAL: &[u8] = b"PK\x01\x02";
const CENTRAL_LENGTH: usize = 46;
pub(in crate::wheel) const LOCAL: &[u8] = b"PK\x03\x04";
const LOCAL_LENGTH: usize = 30;
pub(in crate::wheel) const UNIX: u8 = 3;
const FLAG_ENCRYPTED: u16 = 1;
const FLAG_DATA_DESCRIPTOR: u16 = 1 << 3;
const FLAG_STRONG_ENCRYPTION: u16 = 1 << 6;
pub(in crate::wheel) const FLAG_UTF8: u16 = 1 << 11;
const EXTRA_WIDE: u16 = 1;
const EXTRA_UNICODE_PATH: u16 = 0x7075;
pub(in crate::wheel) const STORED: u16 = 0;
pub(in crate::wheel) const DEFLATED: u16 = 8;
/// With its signature and 64-bit sizes.
const MAX_DESCRIPTOR: u64 = 24;
const MIN_DESCRIPTOR: u64 = 12;

/// A member, as the central directory lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name, with replacement characters for what is not UTF-8.
    pub name: String,
    /// The Unix mode, file type included; 0 if the archive has none.
    pub mode: u32,
    /// Its stated size in bytes.
    pub size: u64,
    /// Its size in the archive.
    pub compressed: u64,
    /// Whether its contents can be read: no encryption, a known method, a local header.
    pub is_readable: bool,
    /// When the file was changed, as the archive has it: a date and a time of MS-DOS.
    pub(super) modified: (u16, u16),
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) data_at: u64,
}

impl Entry {
    /// Whether it is a directory.
    pub fn is_dir(&self) -> bool {
        self.name.ends_with('/')
    }

    /// When it was changed: `1980-01-01 00:00:00`.
    pub fn modified(&self) -> String {
        let (date, time) = self.modified;
        let (year, month, day) = (1980 + (date >> 9), date >> 5 & 15, date & 31);
        let (hour, minute, second) = (time >> 11, time >> 5 & 63, (time & 31) * 2);
        format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
    }
}

/// The fields that a local header and an entry of the directory share.
struct Header<'a> {
    flags: u16,
    method: u16,
    crc: u32,
    compressed: u64,
    size: u64,
    name: &'a [u8],
    extra: &'a [u8],
}

/// Where a member's header begins and its data ends, and whether a descriptor follows.
struct Extent {
    start: u64,
    end: u64,
    has_descriptor: bool,
    name: String,
}

/// Reads every entry of `directory` and its local header.
pub(super) fn entries(
    source: &dyn Source,
    directory: &Directory,
    faults: &mut Vec<ArchiveFault>,
) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    let mut extents = Vec::new();
    let mut rest = directory.bytes.as_slice();
    while rest.starts_with(CENTRAL) {
        let lengths = [28, 30, 32].map(|at| usize::from(u16_at(rest, at)));
        let length = CENTRAL_LENGTH + lengths.iter().sum::<usize>();
        let Some((record, after)) = rest.split_at_checked(length) else {
            break;
        };
        rest = after;
        entries.push(entry(source, directory, record, lengths, &mut extents, faults)?);
    }
    let found = entries.len() as u64;
    if !rest.is_empty() || found != directory.count {
        faults.push(ArchiveFault::new(
            Kind::HeadersDisagree,
            "",
            format!(
                "states that it has {} members, but its directory lists {found}",
                directory.count
            ),
        ));
    }
    extents.sort_by_key(|extent| extent.start);
    check_extents(&extents, directory, faults);
    Ok(entries)
}

fn entry(
    source: &dyn Source,
    directory: &Directory,
    record: &[u8],
    [name_length, extra_length, comment_length]: [usize; 3],
    extents: &mut Vec<Extent>,
    faults: &mut Vec<ArchiveFault>,
) -> io::Result<Entry> {
    let variable = record.get(CENTRAL_LENGTH..).unwrap_or_default();
    let raw = variable.get(..name_length).unwrap_or_default();
    let extra = variable.get(name_length..name_length + extra_length).unwrap_or_default();
    let name = String::from_utf8_lossy(raw).into_owned();
    let mut fault = |kind, what: String| faults.push(ArchiveFault::new(kind, &name, what));
    let mut central = Header {
        flags: u16_at(record, 8),
        method: u16_at(record, 10),
        crc: u32_at(record, 16),
        compressed: u32_at(record, 20).into(),
        size: u32_at(record, 24).into(),
        name: raw,
        extra,
    };
    let mut offset = u64::from(u32_at(record, 42));
    central.widen(Some(&mut offset));
    if str::from_utf8(raw).is_err() {
        fault(Kind::Name, "has a name that is not UTF-8".to_owned());
    } else if !raw.is_ascii() && central.flags & FLAG_UTF8 == 0 {
        fault(Kind::Name, "has a name that is not marked as UTF-8".to_owned());
    }
    // A version and a checksum precede the name.
    if extra_field(extra, EXTRA_UNICODE_PATH).is_some_and(|field| field.get(5..) != Some(raw)) {
        fault(Kind::Name, "has another name in an extra field".to_owned());
    }
    if comment_length != 0 {
        fault(Kind::Comment, "has a comment".to_owned());
    }
    let is_encrypted = central.flags & (FLAG_ENCRYPTED | FLAG_STRONG_ENCRYPTION) != 0;
    if is_encrypted {
        fault(Kind::Encrypted, "is encrypted".to_owned());
    }
    let is_known = matches!(central.method, STORED | DEFLATED);
    if !is_known {
        let what = format!("uses compression method {}, not stored or deflated", central.method);
        fault(Kind::Method, what);
    }
    if central.flags & FLAG_DATA_DESCRIPTOR != 0 {
        fault(Kind::DataDescriptor, "has its size after its data, in a data descriptor".to_owned());
    }
    let mode = if record.get(5) == Some(&UNIX) { u32_at(record, 38) >> 16 } else { 0 };
    let start = directory.base.saturating_add(offset);
    let local = read_local(source, start, directory.at)?;
    let mut data_at = 0;
    let mut has_local = false;
    match &local {
        None => fault(Kind::HeadersDisagree, "has no local header at the stated offset".to_owned()),
        Some(bytes) => {
            let (header, length) = local_header(bytes);
            if let Some(field) = central.differs(&header) {
                fault(
                    Kind::HeadersDisagree,
                    format!("has a different {field} in its local header and in the directory"),
                );
            }
            data_at = start + length;
            let end = data_at.saturating_add(central.compressed);
            has_local = end <= directory.at;
            if !has_local {
                fault(Kind::Corrupt, "has data that overlaps the directory".to_owned());
            }
            extents.push(Extent {
                start,
                end,
                has_descriptor: central.flags & FLAG_DATA_DESCRIPTOR != 0,
                name: name.clone(),
            });
        }
    }
    Ok(Entry {
        modified: (u16_at(record, 14), u16_at(record, 12)),
        is_readable: has_local && is_known && !is_encrypted,
        mode,
        size: central.size,
        compressed: central.compressed,
        method: central.method,
        crc: central.crc,
        data_at,
        name,
    })
}

/// The local header at `at` with its name and extra field, if there is one before `limit`.
fn read_local(source: &dyn Source, at: u64, limit: u64) -> io::Result<Option<Vec<u8>>> {
    if at.saturating_add(LOCAL_LENGTH as u64) > limit {
        return Ok(None);
    }
    let mut bytes = vec![0; LOCAL_LENGTH];
    source.read_at(at, &mut bytes)?;
    let more = usize::from(u16_at(&bytes, 26)) + usize::from(u16_at(&bytes, 28));
    let length = LOCAL_LENGTH + more;
    if !bytes.starts_with(LOCAL) || at.saturating_add(length as u64) > limit {
        return Ok(None);
    }
    bytes.resize(length, 0);
    if let Some(rest) = bytes.get_mut(LOCAL_LENGTH..) {
        source.read_at(at + LOCAL_LENGTH as u64, rest)?;
    }
    Ok(Some(bytes))
}

fn local_header(bytes: &[u8]) -> (Header<'_>, u64) {
    let name_length = usize::from(u16_at(bytes, 26));
    let variable = bytes.get(LOCAL_LENGTH..).unwrap_or_default();
    let (name, extra) = variable.split_at_checked(name_length).unwrap_or_default();
    let mut header = Header {
        flags: u16_at(bytes, 6),
        method: u16_at(bytes, 8),
        crc: u32_at(bytes, 14),
        compressed: u32_at(bytes, 18).into(),
        size: u32_at(bytes, 22).into(),
        name,
        extra,
    };
    header.widen(None);
    (header, bytes.len() as u64)
}

impl Header<'_> {
    /// Takes numbers that do not fit 32 bits from the 64-bit extra field, in its order: size,
    /// compressed size, then `more`.
    fn widen(&mut self, more: Option<&mut u64>) {
        let Some(mut field) = extra_field(self.extra, EXTRA_WIDE) else {
            return;
        };
        for number in [&mut self.size, &mut self.compressed].into_iter().chain(more) {
            if *number == u64::from(u32::MAX) && field.len() >= 8 {
                *number = u64_at(field, 0);
                field = field.get(8..).unwrap_or_default();
            }
        }
    }

    /// The first field in which the local header differs from this entry of the directory.
    fn differs(&self, local: &Header<'_>) -> Option<&'static str> {
        let has_descriptor = local.flags & FLAG_DATA_DESCRIPTOR != 0;
        if self.name != local.name {
            return Some("name");
        }
        if self.method != local.method {
            return Some("method");
        }
        // Bits 1 and 2, the compression level, do not matter.
        if (self.flags ^ local.flags) & !0x6 != 0 {
            return Some("set of flags");
        }
        // A header has none if they follow the data.
        if self.crc != local.crc && !(has_descriptor && local.crc == 0) {
            return Some("checksum");
        }
        let is_same = (self.compressed, self.size) == (local.compressed, local.size);
        let is_left_open = has_descriptor && [0, u64::from(u32::MAX)].contains(&local.compressed);
        if !is_same && !is_left_open {
            return Some("size");
        }
        None
    }
}

/// The data of the extra field `id`.
fn extra_field(mut extra: &[u8], id: u16) -> Option<&[u8]> {
    while extra.len() >= 4 {
        let length = usize::from(u16_at(extra, 2));
        let data = extra.get(4..4 + length)?;
        if u16_at(extra, 0) == id {
            return Some(data);
        }
        extra = extra.get(4 + length..).unwrap_or_default();
    }
    None
}

/// Every byte before the directory belongs to exactly one member.
fn check_extents(extents: &[Extent], directory: &Directory, faults: &mut Vec<ArchiveFault>) {
    let mut at = directory.base;
    let mut before: Option<&Extent> = None;
    let mut gap = |at: u64, to: u64, before: Option<&Extent>| {
        let size = to - at;
        let is_descriptor = before.is_some_and(|before| before.has_descriptor)
            && (MIN_DESCRIPTOR..=MAX_DESCRIPTOR).contains(&size);
        if !is_descriptor && size > 0 {
            let what = format!("has {size} bytes at {at:#x} outside any member");
            faults.push(ArchiveFault::new(Kind::ExtraBytes, "", what));
        }
    };
    let mut overlaps = Vec::new();
    for extent in extents {
        if extent.start < at {
            let other = before.map_or("the one before", |before| before.name.as_str());
            overlaps.push((extent, other));
        } else {
            gap(at, extent.start, before);
        }
        if extent.end > at {
            at = extent.end;
            before = Some(extent);
        }
    }
    if at < directory.at {
        gap(at, directory.at, before);
    }
    for (extent, other) in overlaps {
        let what = format!("overlaps {other} in the archive");
        faults.push(ArchiveFault::new(Kind::Overlap, &extent.name, what));
    }
}
