//! Verifies the page hashes in the code signature of a Mach-O image.
//!
//! In: an image and the place of its signature. Out: a [`Signature`]. This checks what the kernel
//! checks when it maps a page, but not the signer (an ad hoc signature has none). An arm64 Mac kills
//! a process that touches a page with a wrong hash.
//!
//! Source: Apple's xnu, `osfmk/kern/cs_blobs.h` (the structures, all big endian) and
//! `bsd/kern/ubc_subr.c` (how the kernel reads them).

use sha2::{Digest, Sha256, Sha384};

use crate::audit::Malformed;
use crate::audit::bytes::{Bytes, place, to_usize};

const MAGIC_EMBEDDED_SIGNATURE: u32 = 0xfade_0cc0;
const MAGIC_CODE_DIRECTORY: u32 = 0xfade_0c02;
const SLOT_CODE_DIRECTORY: u32 = 0;
const SLOTS_ALTERNATE: std::ops::Range<u32> = 0x1000..0x1005;
const HASH_SHA1: u8 = 1;
const HASH_SHA256: u8 = 2;
const HASH_SHA256_TRUNCATED: u8 = 3;
const HASH_SHA384: u8 = 4;
const WITH_SCATTER: u32 = 0x2_0100;
const WITH_CODE_LIMIT_64: u32 = 0x2_0300;
/// Real signatures have a few parts; more would mean hashing the image repeatedly.
const MAX_BLOBS: usize = 64;

/// A verified code signature.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Signature {
    /// There is none, which x86-64 Macs accept.
    #[default]
    None,
    /// Every page matches its hash.
    Valid,
    /// It is invalid, and why.
    Broken(String),
}

/// Verifies the signature of `image` at `offset`.
pub(super) fn check(image: Bytes<'_>, offset: usize, size: usize) -> Signature {
    match verify(image, offset, size) {
        Ok(()) => Signature::Valid,
        Err(Malformed(why)) => Signature::Broken(why),
    }
}

fn verify(image: Bytes<'_>, offset: usize, size: usize) -> Result<(), Malformed> {
    let signature = image.ordered(true).table(offset, size)?;
    if signature.u32(0)? != MAGIC_EMBEDDED_SIGNATURE {
        return Err(Malformed("it does not start like a signature".to_owned()));
    }
    let count = signature.size(8)?;
    if count > MAX_BLOBS {
        return Err(Malformed(format!("it has {count} parts")));
    }
    let mut best: Option<CodeDirectory<'_>> = None;
    for number in 0..count {
        let at = place(number, 8, 12);
        let slot = signature.u32(at)?;
        if slot != SLOT_CODE_DIRECTORY && !SLOTS_ALTERNATE.contains(&slot) {
            continue;
        }
        let start = signature.size(at + 4)?;
        let length = signature.size(place(1, start, 4))?;
        let directory = CodeDirectory::parse(signature.part(start, length)?)?;
        // The kernel uses the strongest hash it knows.
        if best.as_ref().is_none_or(|best| directory.hash_type > best.hash_type) {
            best = Some(directory);
        }
    }
    let best = best.ok_or_else(|| Malformed("it has no code directory".to_owned()))?;
    best.verify(image, offset)
}

struct CodeDirectory<'a> {
    hashes: &'a [u8],
    hash_size: usize,
    hash_type: u8,
    page_size: usize,
    pages: usize,
    code_limit: usize,
}

impl<'a> CodeDirectory<'a> {
    fn parse(bytes: Bytes<'a>) -> Result<Self, Malformed> {
        if bytes.u32(0)? != MAGIC_CODE_DIRECTORY {
            return Err(Malformed("its code directory has the wrong magic number".to_owned()));
        }
        let version = bytes.u32(8)?;
        if version >= WITH_SCATTER && bytes.u32(44)? != 0 {
            return Err(Malformed(
                "it is scattered, a format that no current tool writes".to_owned(),
            ));
        }
        let wide = if version >= WITH_CODE_LIMIT_64 { bytes.u64(56)? } else { 0 };
        let code_limit = if wide == 0 { bytes.size(32)? } else { to_usize(wide) };
        let hash_size = usize::from(bytes.u8(36)?);
        // The kernel rejects one without an identifier.
        bytes.text(bytes.size(20)?)?;
        let pages = bytes.size(28)?;
        let page_bits = bytes.u8(39)?;
        Ok(Self {
            hashes: bytes.slice(bytes.size(16)?, pages.saturating_mul(hash_size))?,
            hash_size,
            hash_type: bytes.u8(37)?,
            // Without a page size, one page covers everything.
            page_size: match page_bits {
                0 => usize::MAX,
                bits => 1usize.checked_shl(bits.into()).unwrap_or(usize::MAX),
            },
            pages,
            code_limit,
        })
    }

    /// Compares every page before the signature with its hash.
    fn verify(&self, image: Bytes<'_>, signature_at: usize) -> Result<(), Malformed> {
        let covered = self.code_limit;
        if covered > signature_at || covered > image.len() {
            return Err(Malformed("it covers more than the code before it".to_owned()));
        }
        if covered < signature_at {
            return Err(Malformed(format!(
                "it covers {covered} of the {signature_at} bytes before it"
            )));
        }
        let hash = match (self.hash_type, self.hash_size) {
            (HASH_SHA1, 20) => digest::<sha1::Sha1>,
            (HASH_SHA256, 32) | (HASH_SHA256_TRUNCATED, 20) => digest::<Sha256>,
            (HASH_SHA384, 48) => digest::<Sha384>,
            (kind, size) => {
                return Err(Malformed(format!(
                    "it has unknown hashes of kind {kind} with {size} bytes"
                )));
            }
        };
        let pages = covered.div_ceil(self.page_size);
        if pages != self.pages {
            return Err(Malformed(format!("it has {} page hashes for {pages} pages", self.pages)));
        }
        for (number, expected) in self.hashes.chunks_exact(self.hash_size).enumerate() {
            let start = number.saturating_mul(self.page_size);
            let length = self.page_size.min(covered.saturating_sub(start));
            if !hash(image, start, length)?.starts_with(expected) {
                return Err(Malformed(format!("page {number} of {pages} does not match its hash")));
            }
        }
        Ok(())
    }
}

/// The digest of `length` bytes at `start`.
fn digest<D: Digest>(image: Bytes<'_>, start: usize, length: usize) -> Result<Vec<u8>, Malformed> {
    let mut digest = D::new();
    image.pass(start, length, &mut |piece| digest.update(piece))?;
    Ok(digest.finalize().to_vec())
}
