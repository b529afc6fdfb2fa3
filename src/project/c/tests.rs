//! Reading prototypes and their types.

use proptest::prelude::*;

use super::signature::{Prototype, Signature};
use super::tokens::lex;
use super::types::{BaseType, CType};

fn one(text: &str) -> Option<Prototype> {
    Signature::read_all(&[text.to_owned()]).remove(0).prototype
}

#[test]
fn reads_plain_prototypes() {
    for (text, name, params, result) in [
        (
            "char *Hello(const char\n*message, int);",
            "Hello",
            &["const char* message", "int"][..],
            "char*",
        ),
        ("void F(void);", "F", &[], "void"),
        ("void F();", "F", &[], "void"),
        (
            "extern const char * const F(const char argv[][8], unsigned long, handle h);",
            "F",
            &["const char argv[]", "unsigned long", "handle h"],
            "const char* const",
        ),
        (
            "struct s F(struct s *x, union u, enum e v);",
            "F",
            &["struct s* x", "union u", "enum e v"],
            "struct s",
        ),
        ("int /* ( */ F(void *p) ; // x", "F", &["void* p"], "int"),
    ] {
        let read = one(text).unwrap();
        let texts: Vec<_> = read.params.iter().map(|param| param.text.as_str()).collect();
        assert_eq!((read.name.as_str(), &texts[..]), (name, params), "{text}");
        assert_eq!(read.result.text, result, "{text}");
    }
}

#[test]
fn leaves_the_rest_to_cffi() {
    for text in [
        "",
        "int x;",
        "int F(int)",
        "typedef int (*cb)(int);",
        "typedef int fn(int);",
        "struct s { int a; };",
        "void F(void (*cb)(int));",
        "int F(int, ...);",
        "int... F(int);",
        "extern \"Python\" int F(int);",
        "MACRO(int, a);",
        "F(int);",
        "#define X 5",
        "int (*F)(int);",
        "int (F)(int);",
        "static const int x = f(1);",
        "int F(int) __attribute__((pure));",
        "int F(void x);",
        "int F(int,);",
        "int F(5);",
        "struct F(int);",
        "sizeof(int);",
    ] {
        assert_eq!(one(text), None, "{text}");
    }
}

#[test]
fn declarations_in_one_entry_are_separate_signatures() {
    let texts =
        ["int A(int); typedef struct {\n int a; } s;\nint B(s);", "int C(", "int); int D(void);"];
    let read = Signature::read_all(&texts.map(str::to_owned));
    let names: Vec<_> =
        read.iter().map(|s| s.prototype.as_ref().map(|p| p.name.as_str())).collect();
    assert_eq!(names, [Some("A"), None, Some("B"), None, None]);
    let (all, _): (Vec<_>, Vec<_>) = Signature::prototypes(&read).into_iter().unzip();
    assert_eq!(all.len(), 4);
    let read = Signature::read_file("// api\nint A(int);\n\nint B(int)", "api.h");
    let places: Vec<_> = read.iter().map(|s| s.place.as_deref()).collect();
    assert_eq!(places, [Some("api.h:2"), Some("api.h:4")]);
}

#[test]
fn a_typedef_of_a_plain_type_is_replaced() {
    let texts = [
        "typedef int32_t small;",
        "typedef small *smalls; typedef struct { int a; } s;",
        "s F(smalls a, small b, other c);",
    ];
    let read = Signature::read_all(&texts.map(str::to_owned));
    let (_, prototype) = Signature::prototypes(&read).remove(0);
    let types: Vec<_> =
        prototype.params.iter().map(|p| (p.type_name.as_str(), p.pointers)).collect();
    assert_eq!(types, [("int32_t", 1), ("int32_t", 0), ("other", 0)]);
    assert_eq!(prototype.params[0].text, "smalls a");
    assert_eq!(prototype.result.base, BaseType::Other);
}

#[test]
fn type_declarations_add_nothing_to_lib() {
    let only_types = |text: &str| {
        Signature::read_all(&[text.to_owned()]).iter().all(Signature::declares_only_types)
    };
    for text in [
        "",
        "/* none */",
        "typedef int (*cb)(int);",
        "struct s { int a; }; typedef struct s s; union u;",
    ] {
        assert!(only_types(text), "{text}");
    }
    for text in [
        "int x;",
        "int F(int, ...);",
        "typedef struct {",
        "typedef int x; int y;",
        "typedef int",
        "typedef enum { A } e;",
        "struct { enum { A } e; };",
        "struct s x;",
        "struct s { int a; } x;",
        "#define X 5",
        "extern \"Python\" int F(int);",
        "typedef int x; /*",
        "};",
    ] {
        assert!(!only_types(text), "{text}");
    }
}

#[test]
fn a_declaration_over_several_entries_is_not_a_prototype() {
    let texts = [
        "extern \"Python\" {",
        "int cb(int);",
        "}",
        "int F(int);",
        "int",
        "G(int);",
        "#define X 1",
        "int H(int);",
        "/*",
        "int I(int); */ int J(int);",
    ];
    let texts = texts.map(str::to_owned);
    let names: Vec<_> = Signature::read_all(&texts)
        .into_iter()
        .filter_map(|signature| Some(signature.prototype?.name))
        .collect();
    assert_eq!(names, ["F", "H"]);
}

proptest! {
    #[test]
    fn any_text_is_read(texts in prop::collection::vec("[\\PC\n]{0,30}|[a-c()*,;{}\\[\\] ]{0,30}", 0..4)) {
        Signature::read_all(&texts);
    }

    #[test]
    fn arity_is_the_number_of_entries(params in prop::collection::vec("(const )?(char|int|foo|struct s) ?\\*{0,2} ?[a-z]{2}_", 1..6)) {
        let text = format!("int F({});", params.join(", "));
        prop_assert_eq!(one(&text).unwrap().params.len(), params.len());
    }
}

fn param(text: &str) -> Option<CType> {
    CType::parse(&lex(text).0, true)
}

#[test]
fn a_type_has_a_base_and_pointers() {
    for (text, base, pointers) in [
        ("char", BaseType::Char, 0),
        ("unsigned char", BaseType::Byte, 0),
        ("long long unsigned int", BaseType::Integer, 0),
        ("const size_t", BaseType::Integer, 0),
        ("enum e", BaseType::Integer, 0),
        ("bool", BaseType::Bool, 0),
        ("long double", BaseType::LongDouble, 0),
        ("double _Complex", BaseType::Complex, 0),
        ("struct s x", BaseType::Struct, 0),
        ("union u x", BaseType::Union, 0),
        ("handle", BaseType::Other, 0),
        ("const char * const x", BaseType::Char, 1),
        ("char* argv[8][8]", BaseType::Char, 2),
        ("handle** h", BaseType::Other, 2),
    ] {
        let parsed = param(text).unwrap();
        assert_eq!((parsed.base, parsed.pointers), (base, pointers), "{text}");
    }
}

#[test]
fn only_a_word_that_is_not_a_type_names_a_parameter() {
    for (text, name) in [
        ("char* const x", Some("x")),
        ("char* const", None),
        ("unsigned x", Some("x")),
        ("unsigned long", None),
        ("const handle", None),
        ("handle h", Some("h")),
        ("struct s", None),
        ("struct s s", Some("s")),
        ("int v[]", Some("v")),
        ("bool", None),
        ("bool b", Some("b")),
        ("GoInt GoInt8", None),
    ] {
        assert_eq!(param(text).unwrap().name.as_deref(), name, "{text}");
    }
}

#[test]
fn anything_but_words_and_stars_is_not_a_plain_type() {
    for text in ["", "* x", "struct", "5", "int (*f)(int)", "int x = 1", "typedef int x"] {
        assert_eq!(param(text), None, "{text}");
    }
    assert_eq!(CType::parse(&lex("int[]").0, false), None);
}
