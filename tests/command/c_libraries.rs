//! Headers and prebuilt libraries that the configuration names, for each target.

use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::kept::{build, own_cache};
use crate::support::Test;

/// The configuration of docs/c-libraries.md.
const KEYS: &str = "include-dirs = [\"c/include\"]\nlibrary-dirs = [\"c/lib/{target}\"]\n\
                    libraries = [\"fast\"]\n";
const PACKAGES: &str = "pkg-config = [\"fast\"]\npkg-config-dirs = [\"c/pc\"]\n";
const FAST_PC: &str = "prefix=${pcfiledir}/..\nName: fast\nDescription: a C library\nVersion: 1.0\n\
                       Cflags: -I${prefix}/include -DFAST_SCALE=3\nLibs: -L${prefix}/lib -lfast\n";

#[test]
fn the_page_shows_what_is_tested_here() {
    let docs = include_str!("../../docs/c-libraries.md");
    for line in [KEYS, PACKAGES, FAST_PC].iter().flat_map(|text| text.lines()) {
        assert!(docs.contains(&format!("\n    {line}\n")), "not in docs/c-libraries.md: {line}");
    }
}

const TABLE: &str = "[build-system]\nrequires = ['setuptools']\n\
                     build-backend = 'setuptools.build_meta'\n\
                     [project]\nname = 'p'\nversion = '1'\ndependencies = ['cffi']\n\
                     [tool.setuptools]\npackages = ['p']\n[tool.pygo-tools]\n";
const CFFI: &str = "package = 'p'\nextension = 'p._p'\nlibrary = 'l'\n\
                    signatures = ['int Fast(void);']\n";
const MAIN: &str = "package main\n\n// #include \"fast.h\"\nimport \"C\"\n\n//export Fast\n\
                    func Fast() C.int { return C.fast(FACTOR) }\n\nfunc main() {}\n";

/// A project with `keys`, whose Go code calls a function of a C library.
fn project(keys: &str) -> Test {
    Test::new()
        .write("pyproject.toml", format!("{TABLE}{keys}"))
        .write("p/__init__.py", "")
        .write("p/go/go.mod", "module p\n\ngo 1.21\n")
        .write("p/go/main.go", MAIN.replace("FACTOR", "C.FACTOR"))
        .write("c/include/fast.h", "int fast(int factor);\n#define FACTOR 2\n")
}

/// Compiles a library with the zig that builds use: its functions return what `fast` is.
fn compile(test: Test, triple: &str, directory: &str, fast: &str) -> Test {
    let source = format!(
        "static const char *volatile text = \"fast-for-{triple}\";\nint fast(int factor) {{ return \
         {fast} + (text == 0); }}\n"
    );
    let mut test = test.write("made/fast.c", source);
    fs_err::create_dir_all(test.path().join(directory)).unwrap();
    let library = format!("{directory}/libfast.a");
    let compile = ["zig", "cc", "-target", triple, "-O1", "-fPIC", "-c", "made/fast.c", "-o"];
    for args in [
        &[&compile[..], &["made/fast.o"]].concat()[..],
        &["zig", "ar", "rcs", &library, "made/fast.o"],
    ] {
        test = test.args(args);
        let done = test.run();
        assert_eq!(done.code, Some(0), "{}", done.stderr);
    }
    test.remove("made")
}

/// The name of this machine's target, and zig's name for it.
fn host() -> (String, String) {
    let name = pygo::target::host().unwrap().to_string();
    let system = if cfg!(target_os = "macos") { "macos" } else { "linux-gnu.2.17" };
    (name, format!("{}-{system}", std::env::consts::ARCH))
}

/// The bytes of the file at the end of whose name is `end`, in the wheel whose name has `target` in it.
fn member(test: &Test, target: &str, end: &str) -> Vec<u8> {
    let wheels = fs_err::read_dir(test.path().join("dist")).unwrap();
    let mut wheels = wheels.map(|entry| entry.unwrap().path());
    let wheel = wheels.find(|path| path.to_string_lossy().contains(target)).unwrap();
    let mut archive = zip::ZipArchive::new(fs_err::File::open(wheel).unwrap()).unwrap();
    let mut all = 0..archive.len();
    let at = all.find(|at| archive.by_index(*at).unwrap().name().unwrap().ends_with(end)).unwrap();
    let mut bytes = Vec::new();
    archive.by_index(at).unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

#[test]
fn a_changed_header_or_library_is_built_again() {
    let (name, triple) = host();
    let lib = format!("c/lib/{name}");
    let (_own, cache) = own_cache();
    let dir = tempfile::tempdir().unwrap();
    let report = dir.path().join("report.json");
    let args = ["build", "--report", report.to_str().unwrap()];
    let test = project(&format!("{CFFI}{KEYS}")).env("PYGO_CACHE_DIR", cache);
    let test = compile(test, &triple, &lib, "20 + factor").args(&args);
    let (_, first) = build(&test, &report);
    let call = "import ctypes, sys; print(ctypes.CDLL(sys.argv[1]).Fast())";
    let called = |test: &Test| {
        let library = dir.path().join("library");
        fs_err::write(&library, member(test, "p-1", "/libl.p.so")).unwrap();
        let done = Command::new("python3").args(["-c", call]).arg(&library).output().unwrap();
        String::from_utf8(done.stdout).unwrap()
    };
    if cfg!(target_os = "linux") {
        assert_eq!(called(&test), "22\n");
    }
    let (stages, again) = build(&test, &report);
    assert!(stages["library"] && stages["extension"] && again == first, "{stages:?}");

    let test = test.write("c/include/fast.h", "int fast(int factor);\n#define FACTOR 3\n");
    let (stages, other) = build(&test, &report);
    assert!(!stages["library"] && !stages["extension"] && other != first, "{stages:?}");

    let test = compile(test, &triple, &lib, "30 + factor").args(&args);
    let (stages, third) = build(&test, &report);
    assert!(!stages["library"] && third != other, "{stages:?}");
    if cfg!(target_os = "linux") {
        assert_eq!(called(&test), "33\n");
    }
}

#[test]
fn a_library_of_each_target_is_linked_into_every_kind_of_part() {
    let keys = format!(
        "{KEYS}go-dir = 'p/go'\npackage = 'p'\n\
         [[tool.pygo-tools.parts]]\nlink = 'static'\n{CFFI}\
         [[tool.pygo-tools.parts]]\nbinding = 'ctypes'\nlibrary = 'alone'\n"
    );
    let mut test = project(&keys);
    for (target, triple) in
        [("linux-arm64", "aarch64-linux-gnu.2.17"), ("macos-arm64", "aarch64-macos")]
    {
        test = compile(test, triple, &format!("c/lib/{target}"), "factor");
    }
    let test = test.args(&["matrix", "--targets", "linux-arm64,macos-arm64"]);
    let done = test.run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    for (target, end, triple) in [
        ("aarch64", "_p.abi3.so", "aarch64-linux-gnu.2.17"),
        ("aarch64", "alone.so", "aarch64-linux-gnu.2.17"),
        ("macosx", "_p.abi3.so", "aarch64-macos"),
        ("macosx", "alone.dylib", "aarch64-macos"),
    ] {
        let (bytes, text) = (member(&test, target, end), format!("fast-for-{triple}\0"));
        let mut windows = bytes.windows(text.len());
        assert!(windows.any(|window| window == text.as_bytes()), "{target} {end}");
    }
}

/// A pkg-config for machines without one.
const FAKE: &str = "dir=$PKG_CONFIG_LIBDIR\ncase \"$*\" in\n\
                    *--cflags*) key=Cflags ;;\n*) key=Libs ;;\nesac\n\
                    sed -n \"s|^$key: *||p\" \"$dir/fast.pc\" | sed \"s|\\${prefix}|$dir/..|g\"";

#[test]
fn a_program_is_built_with_packages_of_pkg_config() {
    let main = "package main\n\n// #include \"fast.h\"\nimport \"C\"\n\nfunc main() { \
                println(C.fast(C.FAST_SCALE)) }\n";
    let keys = format!("program = 'tool'\ngo-dir = 'p/go'\ncgo = true\n{PACKAGES}");
    let test = project(&keys).write("p/go/main.go", main).write("c/pc/fast.pc", FAST_PC);
    let (_, triple) = host();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let test = match std::env::split_paths(&path).any(|dir| dir.join("pkg-config").exists()) {
        true => test,
        false => test.program("pkg-config", FAKE),
    };
    let test = compile(test, &triple, "c/lib", "10 + factor").args(&["build"]);
    let called = |test: &Test| {
        let done = test.run();
        assert_eq!(done.code, Some(0), "{}", done.stderr);
        let program = test.path().join("tool");
        fs_err::write(&program, member(test, "p-1", "/scripts/tool")).unwrap();
        fs_err::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let said = String::from_utf8(Command::new(&program).output().unwrap().stderr).unwrap();
        fs_err::remove_file(program).unwrap();
        said
    };
    assert_eq!(called(&test), "13\n");
    let test = test.write("c/pc/fast.pc", FAST_PC.replace("=3", "=4"));
    assert_eq!(called(&test), "14\n");
}

#[test]
fn what_is_missing_or_for_another_target_is_an_error_before_tools_run() {
    let arm = "aarch64-linux-gnu.2.17";
    let test = compile(project(&format!("{CFFI}{KEYS}")), arm, "c/lib/linux-amd64", "factor");
    let test = test.args(&["matrix", "--targets", "linux-amd64"]);
    test.fails_with(
        3,
        &[
            "error: looking for the C libraries of linux-amd64",
            "found: c/lib/linux-amd64/libfast.a of `libraries` is ELF for aarch64, not for linux-amd64",
            "help: build a static library for linux-amd64, and name it for this target alone: \
             [tool.pygo-tools.target.linux-amd64]. A command of `before` can build it",
        ],
    );
    project(&format!("{CFFI}{KEYS}"))
        .args(&["matrix", "--targets", "macos-arm64", "--dry-run"])
        .fails_with(
            3,
            &[
                "error: looking for the C libraries of macos-arm64",
                "found: the directory c/lib/macos-arm64 of `library-dirs` does not exist",
            ],
        );
}

#[test]
fn a_package_that_is_missing_is_named_with_where_it_belongs() {
    let keys = |more: &str| format!("{CFFI}pkg-config = ['no-such-package']\n{more}");
    let build = |more: &str| project(&keys(more)).args(&["build"]);
    let pkg_config = "echo \"Package no-such-package was not found\" >&2\nexit 1";
    build("pkg-config-dirs = ['c/include']\n").program("pkg-config", pkg_config).fails_with(
        1,
        &[
            "error: reading the C packages of l",
            "Package no-such-package was not found",
            "help: put the .pc file, and those that it requires, into c/include",
        ],
    );
    build("").env("PKG_CONFIG", "no-such-program").fails_with(
        4,
        &[
            "`pkg-config` needs a program:\n",
            "no-such-program cannot be started",
            "install pkg-config",
        ],
    );
}

#[test]
fn packages_of_this_machine_count_for_its_own_target_alone() {
    let (name, _) = host();
    let other = if name == "linux-arm64" { "linux-amd64" } else { "linux-arm64" };
    let asked = |target: &str| {
        let test = project(CFFI)
            .write("p/go/main.go", MAIN.replace("// #inc", "// #cgo pkg-config: fast\n// #inc"))
            .program("pkg-config", "echo \"in [${PKG_CONFIG_LIBDIR-its own}]\" >&2; exit 1")
            .args(&["matrix", "--targets", target]);
        let done = test.run();
        assert_eq!(done.code, Some(1), "{}", done.stderr);
        done.stderr
    };
    assert!(asked(&name).contains("in [its own]"), "{name}");
    assert!(asked(other).contains("in []"), "{other}");
}

#[test]
fn an_sdist_has_what_the_configuration_names() {
    let library = include_str!("../../src/audit/static_library.rs");
    let test = project(&format!("{CFFI}{KEYS}{PACKAGES}"))
        .write("c/lib/linux-arm64/libfast.a", library)
        .write("c/include/deep/more.inc", "")
        .write("c/pc/fast.pc", FAST_PC)
        .write("c/lib/libfast.a", library)
        .write("c/src/other.txt", "")
        .args(&["sdist"]);
    let done = test.run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let file = fs_err::File::open(test.path().join(done.stdout.trim())).unwrap();
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(file));
    let paths = archive.entries().unwrap().map(|entry| entry.unwrap().path().unwrap().into_owned());
    let paths: Vec<_> = paths.map(|path| path.display().to_string()).collect();
    let c: Vec<_> = paths.iter().filter_map(|path| path.strip_prefix("p-1/c/")).collect();
    let mut c: Vec<_> = c.into_iter().filter(|path| !path.ends_with('/')).collect();
    c.sort_unstable();
    // Only the description names lib/libfast.a.
    let wanted = [
        "include/deep/more.inc",
        "include/fast.h",
        "lib/libfast.a",
        "lib/linux-arm64/libfast.a",
        "pc/fast.pc",
    ];
    assert_eq!(c, wanted);
}

#[test]
fn a_directory_around_the_project_is_not_archived() {
    let done = project(&format!("{CFFI}include-dirs = ['..']\n")).args(&["sdist"]).run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(!done.stderr.contains("outside the project"), "{}", done.stderr);
}
