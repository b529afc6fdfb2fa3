//! The notes of an ELF file that name the required processor and the Android it was built for.
//!
//! In: the tables. Out: the x86-64 level that the loader requires, and the Android API level. Like the
//! loader, this ignores invalid notes.
//!
//! Source: "Linux Extensions to gABI" (the GNU notes), the x86-64 psABI (the bits), and Bionic's
//! `crtbrand.S` (the Android note).

use goblin::elf::program_header::PT_NOTE;

use super::tables::Tables;
use crate::audit::bytes::{Bytes, to_usize};

const PT_GNU_PROPERTY: u32 = 0x6474_e553;
const NT_GNU_PROPERTY_TYPE_0: u32 = 5;
/// The type of the note `.note.android.ident`.
const NT_ANDROID_VERSION: u32 = 1;
const GNU_PROPERTY_X86_ISA_1_NEEDED: u32 = 0xc000_8002;
/// Real notes have a few hundred bytes; the rest is ignored.
const MAX_BYTES: usize = 1 << 16;

/// The minimum x86-64 level: 1 to 4.
pub(super) fn isa_level(tables: &Tables<'_>) -> u8 {
    let file = tables.file;
    let align = if tables.is_64() { 8 } else { 4 };
    let notes = tables.programs.iter().filter(|each| {
        each.p_type == PT_GNU_PROPERTY
            || (each.p_type == PT_NOTE && to_usize(each.p_align) == align)
    });
    let mut needed = 0;
    for note in notes {
        let size = to_usize(note.p_filesz).min(MAX_BYTES);
        if let Ok(bytes) = file.table(to_usize(note.p_offset), size) {
            needed |= needed_bits(bytes, size, align);
        }
    }
    // Bit 0 is the baseline, bit 1 v2, and so on.
    u8::try_from((u32::BITS - (needed & 0xf).leading_zeros()).max(1)).unwrap_or(1)
}

/// The bits of the property, from all notes in `bytes`.
fn needed_bits(bytes: Bytes<'_>, size: usize, align: usize) -> u32 {
    let mut bits = 0;
    each_note(bytes, size, align, |name, kind, start, length| {
        if name == b"GNU\0" && kind == NT_GNU_PROPERTY_TYPE_0 {
            bits |= properties(bytes, start, length, align);
        }
    });
    bits
}

/// The API level in the note of Android's NDK.
pub(super) fn android_level(tables: &Tables<'_>) -> Option<u16> {
    let mut level = None;
    for note in tables.programs.iter().filter(|each| each.p_type == PT_NOTE) {
        let size = to_usize(note.p_filesz).min(MAX_BYTES);
        let align = to_usize(note.p_align).clamp(4, 8);
        let Ok(bytes) = tables.file.table(to_usize(note.p_offset), size) else { continue };
        each_note(bytes, size, align, |name, kind, start, _| {
            if name == b"Android\0" && kind == NT_ANDROID_VERSION {
                level = level.or(bytes.u32(start).ok().and_then(|level| level.try_into().ok()));
            }
        });
    }
    level
}

/// Calls `found` for each note in `bytes`, with its name, its type, and the place and length of its
/// contents.
fn each_note(
    bytes: Bytes<'_>,
    size: usize,
    align: usize,
    mut found: impl FnMut(&[u8], u32, usize, usize),
) {
    let mut at = 0usize;
    while at < size {
        let (Ok(name), Ok(length), Ok(kind)) =
            (bytes.size(at), bytes.size(at + 4), bytes.u32(at + 8))
        else {
            break;
        };
        let start = at.saturating_add(12).saturating_add(name.next_multiple_of(4));
        if let Ok(name) = bytes.slice(at + 12, name) {
            found(name, kind, start, length);
        }
        let next = start.saturating_add(length).checked_next_multiple_of(align);
        match next {
            Some(next) if next > at => at = next,
            _ => break,
        }
    }
}

fn properties(bytes: Bytes<'_>, start: usize, length: usize, align: usize) -> u32 {
    let Ok(array) = bytes.part(start, length) else {
        return 0;
    };
    let mut at = 0usize;
    while let (Ok(kind), Ok(size)) = (array.u32(at), array.size(at.saturating_add(4))) {
        if kind == GNU_PROPERTY_X86_ISA_1_NEEDED {
            return array.u32(at + 8).unwrap_or(0);
        }
        let next = at.saturating_add(8).saturating_add(size).checked_next_multiple_of(align);
        match next {
            Some(next) if next > at => at = next,
            _ => break,
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A GNU property note, as linkers write it.
    fn note(kind: u32, bits: u32) -> Vec<u8> {
        let mut note = [4, 16, NT_GNU_PROPERTY_TYPE_0].map(u32::to_le_bytes).concat();
        note.extend(b"GNU\0");
        note.extend([kind, 4, bits, 0].map(u32::to_le_bytes).concat());
        note
    }

    #[test]
    fn the_property_is_found_among_others_in_any_bytes() {
        let other = note(0xc000_0002, 3);
        let needed = note(GNU_PROPERTY_X86_ISA_1_NEEDED, 0b11);
        let both = [other.as_slice(), &needed].concat();
        assert_eq!(needed_bits(Bytes::from(&both), both.len(), 8), 0b11);
        assert_eq!(needed_bits(Bytes::from(&other), other.len(), 8), 0);
        for cut in 0..both.len() {
            needed_bits(Bytes::from(&both[..cut]), cut, 8);
        }
        for at in 0..both.len() {
            let mut changed = both.clone();
            changed[at] = 0xff;
            needed_bits(Bytes::from(&changed), changed.len(), 8);
        }
    }
}
