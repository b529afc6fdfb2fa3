//! What cffi and the C compiler need besides signatures and cgo's header.
//!
//! Input: signatures and exports. Output: C. Types of Go's header are declared for cffi;
//! functions that other packages export are declared for C; pointers to numbers that have the
//! same values under two names (`int64_t*`, `long long*`) are converted.

use std::collections::BTreeSet;

use super::c::number::Number;
use super::c::signature::{Prototype, Signature};
use super::c::types::CType;
use super::go::exports::GoExport;
use super::go::types::c_type;
use super::width_check::pointee;

/// The types of cgo's header as cffi declares them, in the order in which they need each other.
const GO_TYPES: &[(&str, &str)] = &[
    ("GoInt8", "typedef signed char GoInt8;"),
    ("GoUint8", "typedef unsigned char GoUint8;"),
    ("GoInt16", "typedef short GoInt16;"),
    ("GoUint16", "typedef unsigned short GoUint16;"),
    ("GoInt32", "typedef int GoInt32;"),
    ("GoUint32", "typedef unsigned int GoUint32;"),
    ("GoInt64", "typedef long long GoInt64;"),
    ("GoUint64", "typedef unsigned long long GoUint64;"),
    ("GoInt", "typedef long long GoInt;"),
    ("GoUint", "typedef unsigned long long GoUint;"),
    ("GoUintptr", "typedef size_t GoUintptr;"),
    ("GoFloat32", "typedef float GoFloat32;"),
    ("GoFloat64", "typedef double GoFloat64;"),
    ("GoComplex64", "typedef float _Complex GoComplex64;"),
    ("GoComplex128", "typedef double _Complex GoComplex128;"),
    ("GoMap", "typedef void *GoMap;"),
    ("GoChan", "typedef void *GoChan;"),
    ("GoString", "typedef struct { const char *p; ptrdiff_t n; } GoString;"),
    ("GoInterface", "typedef struct { void *t; void *v; } GoInterface;"),
    ("GoSlice", "typedef struct { void *data; long long len; long long cap; } GoSlice;"),
];

/// The declarations that cffi needs before `signatures`: of each type of Go's header that they
/// use and do not define.
pub fn go_types(signatures: &[Signature]) -> Vec<&'static str> {
    let used = |name: &str| signatures.iter().any(|signature| signature.mentions(name));
    let defined = |name: &str| signatures.iter().any(|signature| signature.defines(name));
    // Reading thousands of signatures once for each type would take longer than cffi does.
    if !signatures.iter().any(|signature| signature.text.contains("Go")) {
        return Vec::new();
    }
    let needed = GO_TYPES.iter().filter(|(name, _)| used(name) && !defined(name));
    needed.map(|(_, declaration)| *declaration).collect()
}

/// The replacement of cgo's header if package main exports nothing itself.
pub fn go_header() -> String {
    let types: Vec<_> = GO_TYPES.iter().map(|(_, declaration)| *declaration).collect();
    format!("#include <stddef.h>\n{}\n", types.join("\n"))
}

/// C that follows the inclusion of cgo's header.
pub fn declarations(signatures: &[Signature], exports: &[GoExport]) -> String {
    let mut out = String::new();
    let mut seen = BTreeSet::new();
    for (_, prototype) in &Signature::prototypes(signatures) {
        let named: Vec<_> = exports.iter().filter(|export| export.name == prototype.name).collect();
        let [export] = named.as_slice() else { continue };
        if !seen.insert(&prototype.name) {
            continue;
        }
        if let (Some(_), Some(declaration)) = (&export.package, export.c_declaration()) {
            out.push_str(&format!("\nextern {declaration}"));
        }
        if let Some(conversion) = conversion(prototype, export) {
            out.push_str(&conversion);
        }
        out.push_str(&wide_long(prototype, export));
    }
    out
}

/// A macro of the function's name that converts its pointers, if one needs that. What has no
/// `*` in common, or another width, is left to the compiler, which rejects it.
fn conversion(prototype: &Prototype, export: &GoExport) -> Option<String> {
    let params: Vec<_> = prototype
        .params
        .iter()
        .zip(&export.params)
        .map(|(ours, theirs)| is_renamed(ours, &export.resolve(&theirs.type_text)))
        .collect();
    let result = match export.results.as_slice() {
        [one] => is_renamed(&prototype.result, &export.resolve(one)),
        _ => false,
    };
    if params.len() != prototype.params.len() || !(result || params.contains(&true)) {
        return None;
    }
    let names: Vec<_> = (0..params.len()).map(|at| format!("x{at}")).collect();
    let cast = |(name, renamed): (&String, &bool)| {
        if *renamed { format!("(void *)({name})") } else { format!("({name})") }
    };
    let casts: Vec<_> = names.iter().zip(&params).map(cast).collect();
    let (name, result) = (&prototype.name, if result { "(void *)" } else { "" });
    let (names, casts) = (names.join(", "), casts.join(", "));
    Some(format!("\n#define {name}({names}) ({result}{name}({casts}))"))
}

/// A claim about the target if the signature has a `long` where Go has 64 bits: C would convert it
/// without a word where `long` has 32, as on Windows.
fn wide_long(prototype: &Prototype, export: &GoExport) -> String {
    let params = prototype.params.iter().zip(export.params.iter().map(|param| &param.type_text));
    let result = export.results.first().map(|go| (&prototype.result, go));
    let is_wide = |(ours, go): &(&CType, &String)| {
        let go = export.resolve(go);
        let is_long = ours.type_name.split(' ').filter(|word| *word == "long").count() == 1
            && Number::of_c(&ours.type_name).is_some();
        let has_64_bits = pointee(&go, ours.pointers).is_some_and(|number| number.bits() == 64);
        is_long && has_64_bits && !go.trim_start_matches(['*', ' ']).starts_with("C.")
    };
    let Some((ours, go)) = params.chain(result).find(is_wide) else { return String::new() };
    format!(
        "\n_Static_assert(sizeof(long) == 8, \"signatures: {}: `{}` has 32 bits on this target, \
         and Go's `{go}` has 64: write int64_t or uint64_t\");",
        prototype.name, ours.type_name
    )
}

/// Whether `ours` points to numbers of the width and kind that Go's type `go` points to, under
/// another name.
fn is_renamed(ours: &CType, go: &str) -> bool {
    let (Some(c), Some(theirs)) = (Number::of_c(&ours.type_name), pointee(go, ours.pointers))
    else {
        return false;
    };
    let is_float = |number| matches!(number, Number::Float(_));
    let same = c.bits() == theirs.bits() && is_float(c) == is_float(theirs);
    let name = c_type(go.trim_start_matches(['*', ' ']));
    ours.pointers > 0 && same && name.as_deref() != Some(&ours.type_name)
}

#[cfg(test)]
mod tests {
    use super::super::go::source::GoSource;
    use super::*;

    fn read(texts: &[&str]) -> Vec<Signature> {
        Signature::read_all(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())
    }

    /// The functions that a main.go exports.
    fn exports(text: &str) -> Vec<GoExport> {
        let dir = tempfile::tempdir().unwrap();
        fs_err::write(dir.path().join("main.go"), text).unwrap();
        GoSource::of_library(dir.path(), std::path::Path::new("go"), None).unwrap().exports
    }

    #[test]
    fn types_of_go_s_header_are_declared_once_and_if_used() {
        assert_eq!(
            go_types(&read(&["GoInt Add(GoInt a, GoString b);", "GoInt Sub(void);"])),
            [
                "typedef long long GoInt;",
                "typedef struct { const char *p; ptrdiff_t n; } GoString;"
            ]
        );
        assert!(go_types(&read(&["typedef long GoInt;", "GoInt Add(void);"])).is_empty());
        assert!(go_types(&read(&["void GoHome(int GoIntern);"])).is_empty());
    }

    #[test]
    fn a_long_for_64_bits_of_go_must_have_them() {
        let go = "package main\nimport \"C\"\n\
                  //export Wide\nfunc Wide(n int64) {}\n\
                  //export Total\nfunc Total(data *uint64) int { return 0 }\n\
                  //export Long\nfunc Long(n C.long) C.ulong { return 0 }\n";
        let exports = exports(go);
        let of = |text: &str| declarations(&read(&[text]), &exports);
        assert_eq!(
            of("void Wide(long n);"),
            "\n_Static_assert(sizeof(long) == 8, \"signatures: Wide: `long` has 32 bits on this \
             target, and Go's `int64` has 64: write int64_t or uint64_t\");"
        );
        assert!(of("int Total(unsigned long *data);").contains("`unsigned long` has 32 bits"));
        assert!(of("long Total(uint64_t *data);").contains("and Go's `int` has 64"));
        for text in ["void Wide(long long n);", "unsigned long Long(long n);", "void Wide(int n);"]
        {
            assert!(!of(text).contains("_Static_assert"), "{text}");
        }
    }

    #[test]
    fn pointers_to_equal_numbers_are_converted() {
        let go = "package main\nimport \"C\"\n\
                  //export Sum\nfunc Sum(data *int64, n C.int) *bool { return nil }\n\
                  //export Same\nfunc Same(data *C.int) {}\n\
                  //export Other\nfunc Other(data *int32) {}\n";
        let exports = exports(go);
        let of = |text: &str| declarations(&read(&[text]), &exports);
        assert_eq!(
            of("const _Bool *Sum(const int64_t *data, int n);"),
            "\n#define Sum(x0, x1) ((void *)Sum((void *)(x0), (x1)))"
        );
        assert_eq!(of("void Same(const int *data);"), "");
        assert_eq!(of("void Other(long *data);"), "", "another width is a compile error");
    }
}
