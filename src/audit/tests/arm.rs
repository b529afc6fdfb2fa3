//! 32-bit Arm: the version of the architecture and how floating-point numbers are passed.

use crate::audit::{Rule, catalogue, inspect};
use crate::test_builders::{arm_attributes, arm_library, wheel};

const HARD: u32 = 0x0500_0400;
const SOFT: u32 = 0x0500_0200;
const UNMARKED: u32 = 0x0500_0000;
const ARMV6: u8 = 6;
const ARMV7: u8 = 10;
const ARMV8: u8 = 14;
const NONE: [&Rule; 0] = [];

fn rules(platform: &str, library: Vec<u8>) -> Vec<&'static Rule> {
    let name = format!("x-1.0-py3-none-{platform}.whl");
    let found = inspect(&wheel(&name, &[("x/libx.so", library)]).as_slice(), &name).unwrap();
    let all = found.findings.iter().map(|finding| finding.rule);
    all.filter(|rule| rule.group != crate::audit::Group::Index).collect()
}

fn library(needed: &str, flags: u32, arch: u8) -> Vec<u8> {
    let args = (flags == HARD).then_some(1);
    arm_library(needed, flags, &arm_attributes("cpu", arch, args))
}

#[test]
fn linux_tags_promise_hard_float_and_android_soft_float() {
    let glibc = |flags| rules("manylinux_2_31_armv7l", library("libc.so.6", flags, ARMV7));
    assert_eq!(glibc(HARD), NONE);
    assert_eq!(glibc(SOFT), [catalogue::ELF_FLOAT_ABI]);
    assert_eq!(glibc(UNMARKED), NONE, "a library without any floating-point numbers");
    let musl = |flags| rules("musllinux_1_2_armv7l", library("libc.musl-armv7.so.1", flags, ARMV7));
    assert_eq!((musl(HARD), musl(SOFT)), (vec![], vec![catalogue::ELF_FLOAT_ABI]));
    let bare = |flags| rules("linux_armv7l", library("libc.so.6", flags, ARMV7));
    assert_eq!((bare(HARD), bare(SOFT)), (vec![], vec![]), "a bare tag promises neither");
    let android = |flags| rules("android_24_armeabi_v7a", library("liblog.so", flags, ARMV7));
    assert_eq!((android(SOFT), android(HARD)), (vec![], vec![catalogue::ELF_FLOAT_ABI]));
}

#[test]
fn older_linkers_mark_hard_float_only_in_the_attributes() {
    let attributes = arm_attributes("7-A", ARMV7, Some(1));
    let library = || arm_library("liblog.so", UNMARKED, &attributes);
    assert_eq!(rules("android_24_armeabi_v7a", library()), [catalogue::ELF_FLOAT_ABI]);
    let library = arm_library("libc.so.6", UNMARKED, &attributes);
    assert_eq!(rules("manylinux_2_31_armv7l", library), NONE);
}

#[test]
fn code_for_a_newer_processor_than_the_tag_is_a_warning() {
    let found = |platform, arch| rules(platform, library("libc.so.6", HARD, arch));
    assert_eq!(found("linux_armv6l", ARMV6), NONE);
    assert_eq!(found("linux_armv6l", ARMV7), [catalogue::ELF_ARM_LEVEL]);
    assert_eq!(found("manylinux_2_31_armv7l", ARMV7), NONE);
    assert_eq!(found("manylinux_2_31_armv7l", ARMV6), NONE);
    assert_eq!(found("manylinux_2_31_armv7l", ARMV8), [catalogue::ELF_ARM_LEVEL]);
    assert_eq!(found("linux_armv8l", ARMV8), NONE);
    let unknown = arm_library("libc.so.6", HARD, b"A");
    assert_eq!(rules("linux_armv6l", unknown), NONE);
}
