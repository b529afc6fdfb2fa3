//! Signatures against exports: the numbers of both, and what gets a note.

use fs_err as fs;

use super::c::signature::Signature;
use super::go::source::GoSource;
use super::signature_check::check;
use super::signature_notes::notes;

fn numbers(functions: &str, texts: &[&str]) -> (String, Vec<String>) {
    let dir = tempfile::tempdir().unwrap();
    let text = format!(
        "package main\nimport \"C\"\ntype ID int32\ntype Odd struct{{ a int }}\n{functions}"
    );
    fs::write(dir.path().join("main.go"), text).unwrap();
    let go = GoSource::of_library(dir.path(), std::path::Path::new("go"), None).unwrap();
    let texts: Vec<_> = texts.iter().map(|text| (*text).to_owned()).collect();
    let signatures = Signature::read_all(&texts);
    let found = check(&signatures, &go).err().map(|failure| failure.found);
    (found.unwrap_or_default(), notes(&signatures, &go))
}

#[test]
fn numbers_that_change_are_errors_and_lost_range_is_a_note() {
    const FINE: (bool, bool) = (false, false);
    const NOTE: (bool, bool) = (false, true);
    const WRONG: (bool, bool) = (true, false);
    for (go, signature, expected) in [
        ("(a int) int", "int F(int a);", WRONG),
        ("(a int) int", "long long F(long long a);", FINE),
        ("(a int) int", "int64_t F(int a);", NOTE),
        ("(a int)", "void F(size_t a);", WRONG),
        ("(a C.int) C.int", "int64_t F(int64_t a);", WRONG),
        ("() C.int", "int64_t F(void);", FINE),
        ("() C.int", "unsigned F(void);", WRONG),
        ("(a C.uint)", "void F(int a);", WRONG),
        ("(a C.int)", "void F(double a);", WRONG),
        ("() C.int", "double F(void);", NOTE),
        ("() int64", "double F(void);", WRONG),
        ("() float64", "float F(void);", WRONG),
        ("(a float64)", "void F(float a);", WRONG),
        ("(a float32) float32", "double F(double a);", FINE),
        ("(a float64)", "void F(int a);", NOTE),
        ("() C.double", "int F(void);", WRONG),
        ("(a bool) bool", "int F(int a);", NOTE),
        ("(a bool) bool", "bool F(_Bool a);", FINE),
        ("() C.int", "bool F(void);", FINE),
        ("(a int8) byte", "char F(char a);", FINE),
        ("() C.char", "int F(void);", FINE),
        ("() C.int", "char F(void);", WRONG),
        ("(a rune, b uintptr)", "void F(int32_t a, uintptr_t b);", FINE),
        ("(a ID) ID", "int F(int a);", FINE),
        ("(a ID)", "void F(long a);", WRONG),
        ("(a Odd, b C.my_id, c Other)", "void F(long a, short b, char c);", FINE),
        ("(a *int64) *C.int", "int32_t* F(const long* a);", FINE),
        ("(a *int)", "void F(int* a);", WRONG),
        ("(a *C.uint)", "void F(int* a);", NOTE),
        ("(a *byte)", "void F(const char* a);", FINE),
        ("(a *byte)", "void F(void* a);", FINE),
    ] {
        let function = format!("//export F\nfunc F{go} {{}}\n");
        let (found, notes) = numbers(&function, &[signature]);
        assert_eq!(
            (!found.is_empty(), !notes.is_empty()),
            { if expected == WRONG { (true, notes.len() == 1) } else { expected } },
            "{go} {signature}: {found} {notes:?}"
        );
    }
}

#[test]
fn a_typedef_does_not_hide_a_number_that_changes() {
    let go = "//export F\nfunc F(a int) int32 {}";
    let (found, _) = numbers(go, &["typedef int id; typedef id* ids;", "id F(id a);"]);
    assert_eq!(found, "");
    let (found, _) = numbers(go, &["typedef short id;", "id F(long long a);"]);
    assert!(found.contains("returns `short` (16 bits, signed)"), "{found}");
}

#[test]
fn a_number_that_changes_gets_the_line_that_fits() {
    let (found, _) = numbers("//export F\nfunc F(a, b int) int {}", &["int F(int a, int b);"]);
    assert_eq!(
        found,
        "`int F(int a, int b);`\n  returns `int` (32 bits, signed), but \
         `func F(a, b int) int` (go/main.go:6) returns `int` (64 bits, signed); write \
         `long long F(long long a, long long b);`"
    );
}

#[test]
fn exports_without_a_signature_and_strings_that_nothing_frees_are_noted() {
    let go = "//export F\nfunc F() *C.char {}\n//export G\nfunc G(n int) {}\n";
    let (_, notes) = numbers(go, &["char* F(void);"]);
    assert_eq!(notes.len(), 2);
    assert!(notes[0].ends_with("\n  \"void G(long long n);\" (go/main.go:8)"), "{}", notes[0]);
    assert!(notes[1].starts_with("`func F() *C.char` (go/main.go:6) returns"), "{}", notes[1]);
    for freed in [
        &["char* F(void);", "void free(void* p);", "void G(int64_t n);"][..],
        &["const char* F(void);", "void G(int64_t n);"],
        &["char* F(void); void G(int64_t n); int (*hook)(void);"],
    ] {
        assert_eq!(numbers(go, freed).1, [""; 0], "{freed:?}");
    }
}
