//! Invented targets get every name, tag, flag and message from their rows alone.

use super::name::named;
use super::*;

/// A processor and a system that nothing else in the crate knows.
const MIPS64LE: &Arch = &Arch {
    name: "mips64le",
    tags: &[],
    levels: &[],
    machines: &[],
    goarch: "mips64le",
    go_baseline: Some(("GOMIPS64", "hardfloat")),
    baseline: &Baseline::UNKNOWN,
    zig: "mips64el",
    qemu: "mips64el",
    abi: "gnuabi64",
    triples: &["mips64el"],
    triplet: "mips64el-linux-gnuabi64",
    aliases: &[],
    minimums: &[(FREEBSD, Release::new(14, 0))],
};

const FREEBSD: &Os = &Os {
    name: "freebsd",
    goos: "freebsd",
    zig: "{arch}-freebsd.{release}",
    clang: "{arch}-freebsd{release}",
    triples: &["freebsd"],
    environments: &[],
    aliases: &[],
    refusal: None,
    tag_family: "freebsd",
    has_releases: true,
    tag_has_minor: true,
    whole_releases_from: Some(13),
    tag_aliases: &[("freebsdold", Release::new(12, 4))],
    bare_family: None,
    tag_exceptions: &[],
    tag_archs: &[],
    sdk: None,
    release_of: "FreeBSD",
    format: BinaryFormat::Elf,
    libc: None,
    macho_platform: None,
    links_python: false,
    library_prefix: "lib",
    library_suffix: ".so",
    abi3_suffix: ".abi3.so",
    abi3t_suffix: ".abi3t.so",
    release_suffix: ".cpython-{release}-{triplet}.so",
    program_suffix: "",
    go_minimums: &[(0, Release::new(12, 3)), (24, Release::new(12, 4))],
    oldest_go: 22,
};

const RISCV: Target = Target::new("linux-riscv64", &[Slice::new(LINUX, RISCV64)]);
const ARM: Target = Target::new("linux-arm", &[Slice::new(LINUX, ARMV7L)]);
const WIN: Target = Target::new("windows-amd64", &[Slice::new(WINDOWS, X86_64)]);
const MIPS: Target = Target::new("freebsd-mips64le", &[Slice::new(FREEBSD, MIPS64LE)]);
const ALL: &[Target] = &[RISCV, ARM, WIN, MIPS];

#[test]
fn target_names_match_their_rows() {
    for target in TARGETS.iter().chain(ALL) {
        if let [slice] = target.slices() {
            assert_eq!(slice.name(), target.name());
        }
        assert!(target.slices().iter().all(|slice| slice.os == target.os()));
    }
}

#[test]
fn all_names_of_new_targets_are_accepted() {
    for (texts, target) in [
        (&["linux-riscv64", "linux/riscv64", "riscv64gc-unknown-linux-gnu"][..], RISCV),
        (&["linux-arm", "linux/arm", "armv7-unknown-linux-gnueabihf"], ARM),
        (&["windows-amd64", "windows/amd64", "x86_64-pc-windows-msvc"], WIN),
        (&["freebsd/mips64le", "mips64el-unknown-freebsd"], MIPS),
    ] {
        for text in texts {
            assert_eq!(named(ALL, text), Some(target), "{text}");
            let own = TARGETS.iter().find(|own| own.name() == target.name());
            assert_eq!(named(TARGETS, text), own.copied(), "{text}");
        }
    }
}

#[test]
fn tags_use_the_system_s_name_for_the_processor() {
    let tag = |target: Target| target.platform_tag(target.min_release()).to_string();
    assert_eq!(tag(RISCV), "manylinux_2_31_riscv64");
    assert_eq!(tag(ARM), "manylinux2014_armv7l.manylinux_2_17_armv7l");
    assert_eq!(tag(WIN), "win_amd64");
    assert_eq!(tag(MIPS), "freebsd_14_0_mips64le");
    let old = PlatformTag::Native {
        os: FREEBSD,
        release: Some(Release::new(12, 4)),
        arch: "mips64le".to_owned(),
    };
    assert_eq!(old.to_string(), "freebsd_12_4_mips64le.freebsdold_mips64le");
}

#[test]
fn minimum_releases_satisfy_go_and_the_processor() {
    let loongarch = Slice::new(LINUX, LOONGARCH64);
    let ppc = Slice::new(LINUX, PPC64LE);
    assert_eq!([ppc, loongarch].map(Slice::min_release), [(2, 19), (2, 36)].map(release));
    assert_eq!(
        TARGETS.iter().map(|target| target.min_release()).collect::<Vec<_>>(),
        [
            [(2, 17), (2, 17), (10, 15), (11, 0), (10, 15)].as_slice(),
            &[(10, 0), (10, 0), (10, 0)],
            &[(2, 17), (2, 17), (2, 19), (2, 31), (2, 17)],
        ]
        .concat()
        .into_iter()
        .map(release)
        .collect::<Vec<_>>()
    );
    let go = |os: &Os, minor| os.min_for_go(minor);
    assert_eq!(
        [21, 24, 26, 27, 40].map(|minor| go(MACOS, minor)),
        [(10, 15), (11, 0), (12, 0), (13, 0), (13, 0)].map(release)
    );
    assert_eq!([23, 24].map(|minor| go(LINUX, minor)), [(2, 12), (2, 17)].map(release));
    assert_eq!([23, 24].map(|minor| go(FREEBSD, minor)), [(12, 3), (12, 4)].map(release));
}

fn release((major, minor): (u16, u16)) -> Release {
    Release::new(major, minor)
}

#[test]
fn zig_and_go_get_their_own_names() {
    let zig = |target: Target| target.slices()[0].zig_triple(target.min_release());
    assert_eq!(
        ALL.iter().map(|target| zig(*target)).collect::<Vec<_>>(),
        [
            "riscv64-linux-gnu.2.31",
            "arm-linux-gnueabihf.2.17",
            "x86_64-windows-gnu",
            "mips64el-freebsd.14.0",
        ]
    );
    let clang = |target: Target| target.slices()[0].clang_triple(target.min_release());
    assert_eq!(
        ALL.iter().map(|target| clang(*target)).collect::<Vec<_>>(),
        [
            "riscv64-linux-gnu",
            "arm-linux-gnueabihf",
            "x86_64-w64-windows-gnu",
            "mips64el-freebsd14.0",
        ]
    );
    let env = |target: Target| target.slices()[0].go_env().collect::<Vec<_>>();
    assert_eq!(env(ARM), [("GOOS", "linux"), ("GOARCH", "arm"), ("GOARM", "7")]);
    assert_eq!(env(WIN), [("GOOS", "windows"), ("GOARCH", "amd64"), ("GOAMD64", "v1")]);
    assert_eq!(Slice::new(LINUX, S390X).go_env().count(), 2);
}

#[test]
fn file_names_follow_the_system() {
    let files = |os: &Os| (os.library_file("hello"), os.abi3_suffix);
    assert_eq!(files(RISCV.os()), ("libhello.so".to_owned(), ".abi3.so"));
    assert_eq!(files(WIN.os()), ("hello.dll".to_owned(), ".pyd"));
    assert_eq!(files(MACOS), ("libhello.dylib".to_owned(), ".abi3.so"));
    assert_eq!([LINUX, MACOS, WINDOWS].map(|os| os.program_suffix), ["", "", ".exe"]);
}

#[test]
fn a_program_without_c_has_a_tag_for_musl_on_linux() {
    let tag = |target: Target| target.musl_tag().map(|tag| tag.to_string());
    assert_eq!(tag(RISCV).as_deref(), Some("musllinux_1_1_riscv64"));
    assert_eq!((tag(WIN), tag(MIPS)), (None, None));
}

#[test]
fn default_targets_are_targets() {
    for name in DEFAULT_TARGETS.iter().chain(DEFAULT_PROGRAM_TARGETS) {
        assert!(TARGETS.iter().any(|target| target.name() == *name), "{name}");
    }
    let has_c = |name: &&&str| named(TARGETS, name).is_some_and(|t| t.no_c().is_none());
    assert_eq!(DEFAULT_TARGETS.iter().filter(has_c).count(), DEFAULT_TARGETS.len());
}

#[test]
fn extensions_find_libraries_by_a_relative_path() {
    let flags = |os: &Os| os.extension_flags("_x.abi3.so", Some("x/lib")).join(" ");
    assert_eq!(flags(LINUX), "-shared -fPIC -Wl,-rpath,$ORIGIN/x/lib");
    assert_eq!(flags(MIPS.os()), flags(LINUX));
    assert_eq!(
        flags(MACOS),
        "-dynamiclib -undefined dynamic_lookup -Wl,-headerpad_max_install_names \
         -Wl,-install_name,@rpath/_x.abi3.so -Wl,-rpath,@loader_path/x/lib"
    );
    assert_eq!(flags(WIN.os()), "-shared");
    assert_eq!(LINUX.identity_flag("libx.so").as_deref(), Some("-Wl,-soname,libx.so"));
    assert_eq!(WINDOWS.identity_flag("x.dll"), None);
}

#[test]
fn an_extension_with_go_s_code_exports_only_its_init_function() {
    let flags = |os: &Os| (os.archive_flags("x.map").join(" "), os.hidden_flags().join(" "));
    let script = "-Wl,-z,nodelete -Wl,-Bsymbolic -Wl,--version-script=x.map".to_owned();
    assert_eq!(flags(LINUX), (script, String::new()));
    // There the init function says itself that it is exported, and what is hidden stays so.
    for os in [MACOS, WINDOWS] {
        assert_eq!(flags(os), (String::new(), "-fvisibility=hidden".to_owned()));
    }
}

#[test]
fn windows_links_python_s_symbols_and_has_its_types_of_c() {
    let facts = |target: Target| {
        let slice = target.slices()[0];
        (slice.dlltool_machine(), slice.extension_c_flags().join(" "))
    };
    assert_eq!(facts(WIN), (Some("i386:x86-64"), "-mlong-double-64".to_owned()));
    for target in [RISCV, ARM, MIPS] {
        assert_eq!(facts(target), (None, String::new()));
    }
    assert_eq!(Slice::new(WINDOWS, AARCH64).dlltool_machine(), Some("arm64"));
    assert_eq!((LINUX.has_rpaths(), MACOS.has_rpaths(), WINDOWS.has_rpaths()), (true, true, false));
    assert!(MACOS.libraries_pass_names_on() && !WINDOWS.libraries_pass_names_on());
}

#[test]
fn releases_are_read_in_every_spelling() {
    let linux = ["2.28", "2_28", "manylinux_2_28", "ManyLinux_2_28", "glibc 2.28"];
    assert!(linux.iter().all(|text| LINUX.read_release(text) == Ok(release((2, 28)))));
    let old = ["2014", "manylinux2014", "2.17", "manylinux_2_17"];
    assert!(old.iter().all(|text| LINUX.read_release(text) == Ok(release((2, 17)))));
    assert_eq!(LINUX.read_release("manylinux1"), Ok(release((2, 5))));
    let macos = ["13", "13.0", "macosx_13_0", "macOS 13", "macos-13"];
    assert!(macos.iter().all(|text| MACOS.read_release(text) == Ok(release((13, 0)))));
    for text in ["", "latest", "manylinux", "manylinux_2_28_x86_64", "2.x"] {
        assert_eq!(LINUX.read_release(text), Err(ReleaseError(text.to_owned())));
    }
}

#[test]
fn messages_name_minimum_releases() {
    let name = |target: Target| target.os().minimum_name(target.min_release());
    assert_eq!(name(RISCV), "manylinux_2_31");
    assert_eq!(name(WIN), "Windows 10.0");
    assert_eq!(name(MIPS), "FreeBSD 14.0");
    assert_eq!(LINUX.release_of, "glibc");
}

fn above(slice: Slice, flags: &str) -> String {
    let flags: Vec<_> = flags.split(' ').map(str::to_owned).collect();
    slice.above_baseline(&flags).join(" ")
}

#[test]
fn flags_above_the_baseline_of_a_slice_are_found() {
    for (os, arch, flags, expected) in [
        (LINUX, X86_64, "-O2 -msse2 -m64 -mtune=haswell -march=x86-64 -mfpmath=sse", ""),
        (LINUX, X86_64, "-mavx2 -mfma -msse4.2", "-mavx2 -mfma -msse4.2"),
        (LINUX, X86_64, "-march=haswell -mno-avx", "-march=haswell"),
        (LINUX, X86_64, "-march=haswell -march=x86-64", ""),
        (LINUX, X86_64, "-mavx -mavx2 -mno-avx2", "-mavx"),
        (LINUX, X86_64, "-march=x86-64-v3", "-march=x86-64-v3"),
        (MACOS, X86_64, "-msse4.1 -march=penryn -mavx", "-mavx"),
        (LINUX, AARCH64, "-march=armv8-a+simd+nocrypto -moutline-atomics", ""),
        (LINUX, AARCH64, "-march=armv8-a+crc", "-march=armv8-a+crc"),
        (LINUX, AARCH64, "-mcpu=neoverse-n1", "-mcpu=neoverse-n1"),
        (MACOS, AARCH64, "-mcpu=apple-m1 -march=armv8.4-a+crc", ""),
        (MACOS, AARCH64, "-mcpu=apple-m4", "-mcpu=apple-m4"),
        (LINUX, RISCV64, "-march=rv64gcv", ""),
    ] {
        assert_eq!(above(Slice::new(os, arch), flags), expected, "{flags}");
    }
}

#[test]
fn a_processor_without_a_target_has_its_name_in_tags() {
    let powerpc = |is_little| Machine::Elf { machine: 21, is_64: true, is_little }.tag_arch();
    assert_eq!((powerpc(false), powerpc(true)), (Some("ppc64"), Some("ppc64le")));
}
