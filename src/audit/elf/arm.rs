//! What a 32-bit Arm file says about its processor and about how it passes floating-point numbers.
//!
//! In: the tables. Out: an [`Arm`]. Malformed build attributes are ignored: no loader reads them.
//!
//! Source: "ELF for the Arm Architecture" (`e_flags`), and "Addenda to, and Errata in, the ABI for the
//! Arm Architecture" (the build attributes).

use super::tables::Tables;
use crate::audit::bytes::Bytes;

const SHT_ARM_ATTRIBUTES: u32 = 0x7000_0003;
const EABI_VERSION_5: u32 = 5;
const FLOAT_SOFT: u32 = 0x200;
const FLOAT_HARD: u32 = 0x400;

const TAG_FILE: u64 = 1;
const TAG_CPU_RAW_NAME: u64 = 4;
const TAG_CPU_NAME: u64 = 5;
const TAG_CPU_ARCH: u64 = 6;
const TAG_ABI_VFP_ARGS: u64 = 28;
const TAG_COMPATIBILITY: u64 = 32;
/// Functions take floating-point numbers in registers for them.
const VFP_ARGS_REGISTERS: u64 = 1;
/// Real sections have less than a hundred bytes.
const MAX_BYTES: usize = 1 << 16;

/// The way in which functions take floating-point numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FloatAbi {
    /// In integer registers: `gnueabi`, and all of Android.
    Soft,
    /// In floating-point registers: `gnueabihf`.
    Hard,
}

/// The contents of the header and the build attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Arm {
    /// The way in which functions take floating-point numbers, if recorded.
    pub float: Option<FloatAbi>,
    /// The architecture of the newest code in it: 7 for Armv7.
    pub level: Option<u8>,
}

pub(super) fn read(tables: &Tables<'_>) -> Arm {
    let section = tables.section(SHT_ARM_ATTRIBUTES, MAX_BYTES);
    let attributes = section.map(attributes).unwrap_or_default();
    let flags = tables.header.e_flags;
    let float = match (flags >> 24, flags & (FLOAT_SOFT | FLOAT_HARD)) {
        (EABI_VERSION_5, FLOAT_SOFT) => Some(FloatAbi::Soft),
        (EABI_VERSION_5, FLOAT_HARD) => Some(FloatAbi::Hard),
        // Older linkers wrote no flag.
        _ => attributes.vfp_args.filter(|args| *args == VFP_ARGS_REGISTERS).map(|_| FloatAbi::Hard),
    };
    Arm { float, level: attributes.cpu_arch.and_then(level) }
}

/// The version of the architecture that `Tag_CPU_arch` names.
fn level(cpu_arch: u64) -> Option<u8> {
    match cpu_arch {
        0..=2 => Some(4),
        3..=5 => Some(5),
        6..=9 | 11 | 12 => Some(6),
        10 | 13 => Some(7),
        14..=21 => Some(8),
        22 => Some(9),
        _ => None,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Attributes {
    cpu_arch: Option<u64>,
    vfp_args: Option<u64>,
}

/// The attributes of the whole file in the section `bytes`.
fn attributes(bytes: Bytes<'_>) -> Attributes {
    let mut found = Attributes::default();
    let mut at = 1;
    while bytes.u8(0) == Ok(b'A') {
        let Some(vendor) = bytes.size(at).ok().and_then(|size| bytes.part(at, size).ok()) else {
            break;
        };
        if vendor.len() < 4 {
            break;
        }
        at += vendor.len();
        if vendor.text(4) == Ok("aeabi") {
            of_vendor(vendor, 4 + "aeabi\0".len(), &mut found);
        }
    }
    found
}

fn of_vendor(vendor: Bytes<'_>, mut at: usize, found: &mut Attributes) {
    while at < vendor.len() {
        let start = at;
        let (Some(tag), Some(size)) = (number(vendor, &mut at), vendor.size(at).ok()) else {
            return;
        };
        let Ok(part) = vendor.part(start, size) else {
            return;
        };
        if tag == TAG_FILE {
            of_file(part, at + 4 - start, found);
        }
        // The size includes the tag and itself.
        if size < at + 4 - start {
            return;
        }
        at = start + size;
    }
}

fn of_file(part: Bytes<'_>, mut at: usize, found: &mut Attributes) {
    while at < part.len() {
        let Some(tag) = number(part, &mut at) else {
            return;
        };
        let has_number = tag <= TAG_COMPATIBILITY || tag.is_multiple_of(2);
        let is_name = tag == TAG_CPU_RAW_NAME || tag == TAG_CPU_NAME;
        if has_number && !is_name {
            let Some(value) = number(part, &mut at) else {
                return;
            };
            match tag {
                TAG_CPU_ARCH => found.cpu_arch = Some(value),
                TAG_ABI_VFP_ARGS => found.vfp_args = Some(value),
                _ => {}
            }
        }
        if is_name || tag == TAG_COMPATIBILITY || (tag > TAG_COMPATIBILITY && tag % 2 == 1) {
            let Ok(text) = part.text(at) else {
                return;
            };
            at += text.len() + 1;
        }
    }
}

/// Reads a number of groups of seven bits, and moves `at` past it.
fn number(bytes: Bytes<'_>, at: &mut usize) -> Option<u64> {
    let mut value = 0;
    for group in 0..5 {
        let byte = bytes.u8(*at).ok()?;
        *at += 1;
        value |= u64::from(byte & 0x7f) << (7 * group);
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_builders::arm_attributes;

    fn read(section: &[u8]) -> Attributes {
        attributes(Bytes::from(section))
    }

    #[test]
    fn attributes_are_found_among_names_and_other_vendors() {
        let own = arm_attributes("7-A", 10, Some(1));
        let expected = Attributes { cpu_arch: Some(10), vfp_args: Some(1) };
        assert_eq!(read(&own), expected);
        let mut other = b"A".to_vec();
        other.extend(9u32.to_le_bytes());
        other.extend(b"gnu\0\x01");
        other.extend(&own[1..]);
        assert_eq!(read(&other), expected);
        assert_eq!(read(&arm_attributes("6", 6, None)).vfp_args, None);
        assert_eq!(read(b"B"), Attributes::default());
    }

    #[test]
    fn any_bytes_are_read_to_an_end() {
        let own = arm_attributes("7-A", 10, Some(1));
        for cut in 0..own.len() {
            read(&own[..cut]);
        }
        for at in 0..own.len() {
            for byte in [0, 1, 0x7f, 0xff] {
                let mut changed = own.clone();
                changed[at] = byte;
                read(&changed);
            }
        }
    }
}
