//! The contents of a member, piece by piece.
//!
//! Input: a source and an entry. Output: the unpacked bytes, passed to a sink; never more of them
//! than the directory states.

use std::io::{self, Read};

use flate2::read::DeflateDecoder;
use libdeflater::Decompressor;
use memchr::memmem;

use super::fault::{ArchiveFault, ArchiveFaultKind as Kind};
use super::header::{DEFLATED, Entry};
use super::source::Source;

/// How many unpacked bytes are passed at a time.
const PIECE: u64 = 64 << 10;
/// How many compressed bytes are read at a time.
const COMPRESSED_PIECE: u64 = 32 << 10;

/// Members up to this size are unpacked at once.
const WHOLE: u64 = 1 << 20;
/// The header of a gzip file without a name or a time (RFC 1952, 2.3).
const GZIP_HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

/// A cleared buffer for `size` bytes in pieces of `piece`. Most members are much smaller than a piece, and
/// clearing memory takes time.
fn zeroed(size: u64, piece: u64) -> Vec<u8> {
    vec![0; usize::try_from(size.clamp(1, piece)).unwrap_or(1)]
}

/// The bytes of the archive from `at` to `end`.
struct Section<'s> {
    source: &'s dyn Source,
    at: u64,
    end: u64,
}

impl Read for Section<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
        let length = left.min(buffer.len());
        let part = buffer.get_mut(..length).unwrap_or_default();
        self.source.read_at(self.at, part)?;
        self.at += length as u64;
        Ok(length)
    }
}

/// The contents of a small deflated member, if nothing is wrong with it: libdeflate takes half the time of
/// a decoder that works in pieces.
///
/// As a gzip file, because then libdeflate compares the checksum, too. It looks for it where the deflated
/// data ends, which must be the end of the member: nothing before may look like that trailer.
fn whole(source: &dyn Source, entry: &Entry) -> Option<Vec<u8>> {
    if entry.size > WHOLE || entry.compressed > WHOLE {
        return None;
    }
    let size = u32::try_from(entry.size).ok()?;
    let trailer = [entry.crc.to_le_bytes(), size.to_le_bytes()].concat();
    let end = GZIP_HEADER.len() + usize::try_from(entry.compressed).ok()?;
    let mut gzip = vec![0; end + trailer.len()];
    gzip.get_mut(..GZIP_HEADER.len())?.copy_from_slice(&GZIP_HEADER);
    source.read_at(entry.data_at, gzip.get_mut(GZIP_HEADER.len()..end)?).ok()?;
    gzip.get_mut(end..)?.copy_from_slice(&trailer);
    if memmem::find(&gzip, &trailer) != Some(end) {
        return None;
    }
    let mut bytes = vec![0; usize::try_from(size).ok()?];
    let length = Decompressor::new().gzip_decompress(&gzip, &mut bytes).ok()?;
    (length == bytes.len()).then_some(bytes)
}

pub(super) fn stream(
    source: &dyn Source,
    entry: &Entry,
    sink: &mut dyn FnMut(&[u8]),
) -> Result<(), ArchiveFault> {
    if entry.method == DEFLATED
        && let Some(bytes) = whole(source, entry)
    {
        sink(&bytes);
        return Ok(());
    }
    let fault = |what: String| ArchiveFault::new(Kind::Corrupt, &entry.name, what);
    let end = entry.data_at.saturating_add(entry.compressed);
    let section = Section { source, at: entry.data_at, end };
    let mut crc = crc32fast::Hasher::new();
    let mut size = 0u64;
    let mut pass = |reader: &mut dyn Read| {
        // With room for one byte more than there should be.
        let mut buffer = zeroed(entry.size.saturating_add(1), PIECE);
        loop {
            let broken = |error: io::Error| fault(format!("cannot be unpacked: {error}"));
            let length = reader.read(&mut buffer).map_err(broken)?;
            if length == 0 {
                return Ok(());
            }
            let piece = buffer.get(..length).unwrap_or_default();
            size += length as u64;
            if size > entry.size {
                return Err(fault(format!("has more than the stated {} bytes", entry.size)));
            }
            crc.update(piece);
            sink(piece);
        }
    };
    if entry.method == DEFLATED {
        let mut decoder =
            DeflateDecoder::new_with_buf(section, zeroed(entry.compressed, COMPRESSED_PIECE));
        pass(&mut decoder)?;
        let unused = entry.compressed.saturating_sub(decoder.total_in());
        if unused > 0 {
            return Err(fault(format!("has {unused} bytes after its compressed data")));
        }
    } else {
        pass(&mut { section })?;
    }
    if size != entry.size {
        return Err(fault(format!("has {size} bytes instead of the stated {}", entry.size)));
    }
    if crc.finalize() != entry.crc {
        return Err(fault("does not match its checksum in the archive".to_owned()));
    }
    Ok(())
}
