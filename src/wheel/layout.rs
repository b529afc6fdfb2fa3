//! How the bytes of a zip file lie, read strictly.
//!
//! In: a whole file. Out: its members in their order, each seen alike by its local header and the
//! central directory, with every byte of the file accounted for. Zip readers differ in what they
//! believe when the two disagree, or when there is something between, before or after; a file
//! that passes here reads the same in all of them.
//! <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>

/// One member, as both of its headers have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) flags: u16,
    pub(super) method: u16,
    /// Time and date as MS-DOS had them.
    pub(super) modified: (u16, u16),
    /// The Unix mode, file type included.
    pub(super) mode: u32,
}

/// The file is not one zip archive and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at byte {at}: {found}")]
pub struct LayoutFault {
    /// Where in the file.
    pub at: usize,
    /// What is there.
    pub found: &'static str,
}

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const END_LENGTH: usize = 22;

/// The system whose attributes are a mode.
const UNIX: u16 = 3;

/// The flag of a member whose sizes follow its data, so that nothing can read it in one pass.
const DATA_DESCRIPTOR: u16 = 1 << 3;

/// The members of the zip archive that `bytes` is, in the order in which they lie.
pub(super) fn members(bytes: &[u8]) -> Result<Vec<Entry>, LayoutFault> {
    let end = bytes
        .len()
        .checked_sub(END_LENGTH)
        .ok_or(LayoutFault { at: 0, found: "too short for a zip" })?;
    let mut cursor = Cursor { bytes, at: end };
    cursor.expect(END, "no end-of-archive record: something follows the archive, or it is cut")?;
    let [disk, central_disk, here, count] =
        [cursor.u16()?, cursor.u16()?, cursor.u16()?, cursor.u16()?];
    let (size, start) = (cursor.u32()? as usize, cursor.u32()? as usize);
    if cursor.u16()? != 0 {
        return Err(LayoutFault { at: end, found: "the archive has a comment" });
    }
    if disk != 0 || central_disk != 0 || here != count {
        return Err(LayoutFault { at: end, found: "the archive is one of several parts" });
    }
    // Refuses the 64-bit extensions as well: they lie between the directory and its end.
    if start.checked_add(size) != Some(end) {
        return Err(LayoutFault { at: end, found: "the central directory does not end here" });
    }
    let mut directory = Cursor { bytes: &bytes[..end], at: start };
    let mut data = Cursor { bytes: bytes.get(..start).unwrap_or(bytes), at: 0 };
    let entries =
        (0..count).map(|_| member(&mut directory, &mut data)).collect::<Result<_, _>>()?;
    directory.expect_end("something lies between the central directory and its end")?;
    data.expect_end("something lies between the last member and the central directory")?;
    Ok(entries)
}

/// Reads a member's entry in the directory, then its local header and data.
fn member(directory: &mut Cursor<'_>, data: &mut Cursor<'_>) -> Result<Entry, LayoutFault> {
    let at = directory.at;
    directory.expect(CENTRAL, "no entry of the central directory")?;
    let made_by = directory.u16()?;
    let common = Common::read(directory)?;
    let [comment, disk, internal] = [directory.u16()?, directory.u16()?, directory.u16()?];
    let external = directory.u32()?;
    let offset = directory.u32()? as usize;
    let name = directory.take(common.name_length)?;
    if comment != 0 || disk != 0 {
        return Err(LayoutFault { at, found: "an entry with a comment, or in another part" });
    }
    if made_by >> 8 != UNIX || internal != 0 || external & 0xFFFF != 0 {
        return Err(LayoutFault { at, found: "an entry with other attributes than a Unix mode" });
    }
    if common.extra_length != 0 {
        return Err(LayoutFault { at, found: "an entry with an extra field" });
    }
    if common.flags & DATA_DESCRIPTOR != 0 {
        return Err(LayoutFault { at, found: "an entry with a data descriptor" });
    }
    if offset != data.at {
        let found = "an entry whose member does not lie right after the one before";
        return Err(LayoutFault { at, found });
    }

    data.expect(LOCAL, "no local header")?;
    let local = Common::read(data)?;
    if local != common || data.take(local.name_length)? != name {
        let found = "a local header that differs from the central directory";
        return Err(LayoutFault { at: offset, found });
    }
    data.take(local.compressed)?;
    Ok(Entry {
        name: str::from_utf8(name)
            .map_err(|_| LayoutFault { at, found: "a name that is not UTF-8" })?
            .to_owned(),
        flags: common.flags,
        method: common.method,
        modified: common.modified,
        mode: external >> 16,
    })
}

/// The fields that a local header and an entry of the directory have in common.
#[derive(PartialEq, Eq)]
struct Common {
    needs: u16,
    flags: u16,
    method: u16,
    modified: (u16, u16),
    crc: u32,
    compressed: usize,
    size: u32,
    name_length: usize,
    extra_length: usize,
}

impl Common {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, LayoutFault> {
        Ok(Self {
            needs: cursor.u16()?,
            flags: cursor.u16()?,
            method: cursor.u16()?,
            modified: (cursor.u16()?, cursor.u16()?),
            crc: cursor.u32()?,
            compressed: cursor.u32()? as usize,
            size: cursor.u32()?,
            name_length: cursor.u16()?.into(),
            extra_length: cursor.u16()?.into(),
        })
    }
}

/// A place in bytes, from which little-endian numbers are read.
struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], LayoutFault> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let taken =
            rest.get(..length).ok_or(LayoutFault { at: self.at, found: "the file is cut" })?;
        self.at += length;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], LayoutFault> {
        let at = self.at;
        self.take(N)?.try_into().map_err(|_| LayoutFault { at, found: "the file is cut" })
    }

    fn u16(&mut self) -> Result<u16, LayoutFault> {
        self.array().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Result<u32, LayoutFault> {
        self.array().map(u32::from_le_bytes)
    }

    fn expect(&mut self, signature: u32, found: &'static str) -> Result<(), LayoutFault> {
        let at = self.at;
        if self.u32().is_ok_and(|read| read == signature) {
            return Ok(());
        }
        Err(LayoutFault { at, found })
    }

    fn expect_end(&self, found: &'static str) -> Result<(), LayoutFault> {
        if self.at == self.bytes.len() { Ok(()) } else { Err(LayoutFault { at: self.at, found }) }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn archive() -> Vec<u8> {
        let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().unix_permissions(0o644);
        for name in ["first", "other"] {
            zip.start_file(name, options).unwrap();
            zip.write_all(b"some text").unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn fault(bytes: &[u8]) -> &'static str {
        members(bytes).unwrap_err().found
    }

    fn find(bytes: &[u8], what: &[u8], nth: usize) -> usize {
        let mut found = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(what));
        found.nth(nth).unwrap()
    }

    #[test]
    fn sees_the_members_of_a_plain_archive() {
        let entries = members(&archive()).unwrap();
        let names: Vec<_> = entries.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["first", "other"]);
        assert_eq!((entries[0].method, entries[0].mode), (8, 0o100_644));
    }

    #[test]
    fn nothing_may_lie_around_or_between() {
        let whole = archive();
        let with = |at: usize, more: &[u8]| [&whole[..at], more, &whole[at..]].concat();
        let central = find(&whole, &CENTRAL.to_le_bytes(), 0);
        let second = find(&whole, &LOCAL.to_le_bytes(), 1);
        for at in [0, second, central, whole.len() - END_LENGTH, whole.len()] {
            assert!(members(&with(at, b"x")).is_err(), "at {at}");
        }
        // What self-extracting archives do: everything moved, offsets put right.
        let mut moved = with(central, b"gap");
        let start = moved.len() - 6;
        moved[start..start + 4].copy_from_slice(&(central as u32 + 3).to_le_bytes());
        assert_eq!(
            fault(&moved),
            "something lies between the last member and the central directory"
        );
    }

    #[test]
    fn the_two_headers_must_agree() {
        let mut bytes = archive();
        let name = find(&bytes, b"first", 0);
        bytes[name..name + 5].copy_from_slice(b"evil!");
        assert_eq!(fault(&bytes), "a local header that differs from the central directory");
    }

    #[test]
    fn comments_and_parts_are_refused() {
        let mut commented = archive();
        let length = commented.len();
        commented[length - 2] = 1;
        assert_eq!(fault(&commented), "the archive has a comment");
        let mut parts = archive();
        parts[length - END_LENGTH + 4] = 1;
        assert_eq!(fault(&parts), "the archive is one of several parts");
    }

    #[test]
    fn any_damage_is_answered() {
        let whole = archive();
        for cut in 0..whole.len() {
            assert!(members(&whole[..cut]).is_err());
        }
        for at in 0..whole.len() {
            for bit in 0..8 {
                let mut bytes = whole.clone();
                bytes[at] ^= 1 << bit;
                let _ = members(&bytes);
            }
        }
    }
}
