//! Declarations: derived ones are kept like other outputs, and those of cffi's ABI mode have the types
//! of Go's header.

use crate::bad_build::zig;
use crate::kept::{ALWAYS, build, own_cache, project, rebuilt};
use crate::support::Test;

const GO: &str = "package main\n\nimport \"C\"\n\n//export One\nfunc One() C.int { return 1 }\n\nfunc main() {}\n";

/// A project of [`project`] without signatures.
fn derived() -> Test {
    let project = project();
    let toml = fs_err::read_to_string(project.path().join("pyproject.toml")).unwrap();
    project
        .write("pyproject.toml", toml.replace("signatures = [\"int Two(void);\"]\n", ""))
        .write("kept/go/one.go", GO.replace("\nfunc main() {}\n", ""))
}

#[test]
fn derived_declarations_are_kept_until_an_export_changes() {
    let dir = tempfile::tempdir().unwrap();
    let report = dir.path().join("report.json");
    let args = ["build", "--verbose", "--report", report.to_str().unwrap()];
    // What is kept of declarations does not depend on the place of the project.
    let (_cache, cache) = own_cache();
    let test = derived().args(&args).env("PYGO_CACHE_DIR", &cache);
    let (stages, first) = build(&test, &report);
    assert!(!stages["exports"], "{stages:?}");

    let done = test.run();
    let commands: Vec<_> = done.stderr.lines().filter(|line| line.starts_with("$ ")).collect();
    assert_eq!((done.code, commands), (Some(0), vec![]), "{}", done.stderr);
    let (stages, digest) = build(&test, &report);
    assert_eq!((rebuilt(&stages), &digest), (ALWAYS.to_vec(), &first));

    let three = |constraint: &str| {
        format!("{constraint}package main\n\nimport \"C\"\n\n//export Three\nfunc Three() {{}}\n")
    };
    type Change<'a> = (&'a str, &'a dyn Fn(Test) -> Test, &'a str);
    let changes: [Change<'_>; 3] = [
        (
            "an exported function",
            &|test| {
                test.write("kept/go/one.go", "package main\n\nimport \"C\"\n\n//export One\nfunc One(n C.int) C.int { return n }\n")
            },
            "One",
        ),
        ("a new file", &|test| test.write("kept/go/three.go", three("")), "Three"),
        (
            "a build constraint",
            &|test| test.write("kept/go/three.go", three("//go:build ignore\n\n")),
            "",
        ),
    ];
    let mut test = test;
    let mut last = first;
    for (what, change, name) in changes {
        test = change(test);
        let (stages, digest) = build(&test, &report);
        assert!(!stages["exports"] && digest != last, "{what}: {stages:?}");
        let printed = test.args(&["signatures"]);
        assert!(printed.run().stdout.contains(name), "{what}");
        test = printed.args(&args);
        let (stages, digest) = build(&test, &report);
        assert_eq!(rebuilt(&stages), ALWAYS, "{what}");
        last = digest;
    }
}

/// A project in cffi's ABI mode, whose Go code has types of C.
fn abi(signatures: &[&str]) -> Test {
    Test::new()
        .write(
            "pyproject.toml",
            format!(
                "[build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"setuptools.build_meta\"\n\
                 [project]\nname = \"shapes\"\nversion = \"1\"\ndependencies = [\"cffi\"]\n\
                 [tool.setuptools]\npackages = [\"shapes\"]\n\
                 [tool.pygo-tools]\npackage = \"shapes\"\nextension = \"shapes._shapes\"\n\
                 library = \"shapes\"\nbinding = \"cffi-abi\"\nsignatures = {signatures:?}\n"
            ),
        )
        .write("shapes/__init__.py", "")
        .write("shapes/go/go.mod", "module shapes\n\ngo 1.21\n")
        .write("shapes/go/shapes.h", "typedef struct { int32_t x; double y; } point;\ntypedef struct hidden hidden;\n")
        .write(
            "shapes/go/main.go",
            "package main\n\n// #include <stdint.h>\n// #include \"shapes.h\"\n\
             // typedef int32_t narrow;\n// typedef double real;\n// typedef int (*visit)(int);\n\
             import \"C\"\n\n\
             //export Scale\nfunc Scale(p C.point, by C.real) C.point { return p }\n\n\
             //export Sum\nfunc Sum(values *C.real, count C.narrow) C.real { return 0 }\n\n\
             //export Open\nfunc Open(f C.visit, h *C.hidden, big int, name *C.char) uint64 { return 0 }\n\n\
             //export Both\nfunc Both() (C.narrow, C.real) { return 0, 0 }\n\nfunc main() {}\n",
        )
        .args(&["build"])
}

#[test]
fn signatures_in_abi_mode_have_the_types_of_go_s_header() {
    const PAIR: &str = "typedef struct { int32_t x; double y; } pair;";
    let right = abi(&[
        PAIR,
        "pair Scale(pair p, double by);",
        "double Sum(const double values[], int32_t count);",
        "typedef ... secret;",
        "uint64_t Open(int (*f)(int), secret *h, int64_t big, const char *name);",
        "struct Both_return { int r0; double r1; };",
        "struct Both_return Both(void);",
        "void free(void *p);",
    ]);
    let done = right.run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(!done.stderr.contains("not compared"), "{}", done.stderr);
    let again = right.run();
    for stage in ["library", "signatures"] {
        assert!(again.stderr.contains(&format!("{stage} shapes cached")), "{}", again.stderr);
    }

    let sum = "`func Sum(values *C.real, count C.narrow) C.real` (shapes/go/main.go:14)";
    let takes = |ours: &str, at: u8, theirs: &str| {
        format!("takes `{ours}` as parameter {at}, but {sum} takes {theirs}")
    };
    for (signatures, expected) in [
        (
            &[
                "double Sum(double* values, int64_t count);",
                "typedef struct { double y; int32_t x; } pair;",
                "pair Scale(pair p, double by);",
                "uint64_t Open(long f, void *h, int64_t big, char *name);",
            ][..],
            vec![
                "`double Sum(double* values, int64_t count);`\n           takes".to_owned(),
                takes("int64_t", 2, "`C.narrow` (`narrow` in Go's header), a value of another kind or size"),
                "`pair`\n           declares the field `y` at another place or with another size than \
                 `point` of C"
                    .to_owned(),
                "takes `long` as parameter 1, but".to_owned(),
            ],
        ),
        (
            &[
                "float Sum(float* values, double count);",
                "typedef struct { double y; } pair;",
                "pair Scale(pair p, double by);",
                "void Both(void);",
            ],
            vec![
                takes("float*", 1, "`*C.real` (`real*` in Go's header): they point to different types"),
                takes("double", 2, "`C.narrow`"),
                format!("returns `float`, but {sum} returns `C.real`"),
                "takes `pair` as parameter 1, but `func Scale".to_owned(),
                "returns `void`, but `func Both".to_owned(),
            ],
        ),
        (
            &["double Sum(double* values);"],
            vec![format!("takes 1 parameter, but {sum} takes 2")],
        ),
        (
            &["double Sum(int values, int count);"],
            vec![format!("takes a number as parameter 1 (`int values`), but {sum} takes a pointer")],
        ),
    ] {
        let done = abi(signatures).run();
        assert!(matches!(done.code, Some(1 | 3)), "{signatures:?}: {}", done.stderr);
        for part in expected {
            assert!(done.stderr.contains(&part), "no {part} for {signatures:?}: {}", done.stderr);
        }
    }
}

#[test]
fn what_needs_c_code_is_refused_in_abi_mode() {
    const VALUE: &str =
        "write the value, the size or all fields instead of `...`, or set `binding = \"cffi\"`";
    for (declaration, help) in [
        ("extern \"Python\" int visit(int);", "pass a function that `ffi.callback` makes, or set"),
        ("extern \"Python+C\" { int visit(int); }", "pass a function that `ffi.callback` makes"),
        ("#define LIMIT ...", VALUE),
        ("enum color { RED, BLUE, ... };", VALUE),
        ("typedef enum { LOW = ... } level;", VALUE),
        ("typedef int... tiny;", VALUE),
        ("int table[...];", VALUE),
        ("struct pair { int x; ...; };", VALUE),
        ("typedef struct { int x; ...; } pair;", VALUE),
        ("typedef union { int x; ...; } word;", VALUE),
    ] {
        abi(&["double Sum(double* values, int32_t count);", declaration, "void free(void *p);"])
            .fails_with(
                3,
                &[
                    "generating code for the signatures of shapes._shapes in pyproject.toml",
                    &format!("  found: `{declaration}`\n         Verification"),
                    &format!("   help: {help}"),
                ],
            );
    }
    // In a file the declaration has a place.
    let test = abi(&["void free(void *p);"]);
    let toml = fs_err::read_to_string(test.path().join("pyproject.toml")).unwrap();
    test.write("pyproject.toml", toml + "cdef = \"shapes/go/api.cdef\"\n")
        .write("shapes/go/api.cdef", "int atoi(const char *text);\n\n#define LIMIT ...\n")
        .fails_with(3, &["found: `#define LIMIT ...` (shapes/go/api.cdef:3)", VALUE]);
}

#[test]
fn what_cffi_reads_but_does_not_support_is_an_error_of_the_project() {
    Test::signatures(&["extern \"Python\" int visit(int, ...);"]).args(&["build"]).fails_with(
        3,
        &[
            "generating code for the signatures of _example in config.json",
            "found: `extern \"Python\" int visit(int, ...);`\n         NotImplementedError",
            "   help: declare it in another way, or leave it out",
        ],
    );
}

#[test]
fn a_compiler_that_fails_without_a_reason_has_not_compared_signatures() {
    let zig = zig();
    abi(&["double Sum(double* values, int32_t count);"])
        .script("zig", &format!("case \"$*\" in *signatures.c*) exit 3 ;; esac\nexec {zig} \"$@\""))
        .args(&["build", "--zig", "./zig"])
        .fails_with(4, &["comparing the signatures of shapes._shapes", "failed without an error"]);
}
