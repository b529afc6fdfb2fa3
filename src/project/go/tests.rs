//! Reading Go files, with the exports that cgo (Go 1.27) finds in the same text.

use proptest::prelude::*;

use super::exports::{GoExport, GoFile, read};

fn file(body: &str) -> GoFile {
    read(&format!("package main\nimport \"C\"\n{body}\nfunc main() {{}}\n"), "main.go")
}

fn one(body: &str) -> GoExport {
    let mut file = file(body);
    assert_eq!(file.exports.len(), 1, "{body}");
    file.exports.remove(0)
}

fn types(export: &GoExport) -> Vec<&str> {
    export.params.iter().map(|param| param.type_text.as_str()).collect()
}

#[test]
fn the_function_of_the_hello_project() {
    let export = one("\n//export Hello\nfunc Hello(message *C.char, count C.int) *C.char {\n}");
    assert_eq!(types(&export), ["*C.char", "C.int"]);
    assert_eq!(export.results, ["*C.char"]);
    assert_eq!(export.line, 5);
    assert_eq!(export.declaration, "func Hello(message *C.char, count C.int) *C.char");
}

#[test]
fn lists_in_every_form() {
    let export = one("//export F\nfunc F(a, b C.int, _ *C.char) (x C.int, err C.int) { return }");
    assert_eq!(types(&export), ["C.int", "C.int", "*C.char"]);
    assert_eq!(export.results, ["C.int", "C.int"]);
    assert_eq!(types(&one("//export F\nfunc F(C.int, *C.char) {}")), ["C.int", "*C.char"]);
    assert_eq!(
        types(&one("//export F\nfunc F(\n\ta C.int, // {\n\tb /* ) */ string,\n) {}")).len(),
        2
    );
    let odd = one(
        "//export F\nfunc F(m map[string]int, f func(int, int) int, c chan int, i interface{}) {}",
    );
    assert_eq!(types(&odd), ["map[string]int", "func(int, int) int", "chan int", "interface{}"]);
    assert_eq!(types(&one("//export F\nfunc F(a ...C.int) {}")), ["...C.int"]);
}

#[test]
fn results_end_before_the_body() {
    assert_eq!(one("//export F\nfunc F() interface{} { x() }").results, ["interface{}"]);
    assert_eq!(one("//export F\nfunc F() func(int) (int, error) { x() }").results.len(), 1);
    assert_eq!(one("//export F\nfunc F() unsafe.Pointer {").results, ["unsafe.Pointer"]);
    assert_eq!(one("//export F\nfunc F() map[string]struct{ a int } {}").results.len(), 1);
    assert!(one("//export F\nfunc F() {}").results.is_empty());
    assert!(one("//export F\nfunc F()\nvar x int").results.is_empty());
    assert_eq!(one("//export F\nfunc F() int\nfunc g() {}").results, ["int"]);
    assert_eq!(one("//export F\nfunc F() *\nint\nfunc g() {}").results, ["* int"]);
}

#[test]
fn a_function_type_or_literal_is_not_a_declaration() {
    for before in [
        "type T func(int)",
        "var f = func() {}",
        "var f =\nfunc() {}",
        "var s = `\n`; type T func()",
    ] {
        assert_eq!(one(&format!("{before}\n//export F\nfunc F() {{}}")).name, "F", "{before}");
    }
    assert_eq!(file("var s = `\n`; func F() {}").functions[0].0, "F");
}

#[test]
fn a_receiver_is_the_first_parameter() {
    let export = one("//export Name\nfunc (r T) Name(a C.int) C.int { return a }");
    assert_eq!(types(&export), ["T", "C.int"]);
    assert_eq!(types(&one("//export Name\nfunc (T) Name() {}")), ["T"]);
}

#[test]
fn an_export_follows_the_rules_of_cgo() {
    for body in [
        "//export F\n\nfunc F() {}",
        "// export F\nfunc F() {}",
        "//export\tF\nfunc F() {}",
        "/*export F*/\nfunc F() {}",
        "var s = `\n//export F\n`\nfunc F() {}",
        "var s = 1 //export F\nfunc F() {}",
    ] {
        let file = file(body);
        assert!(file.exports.is_empty(), "{body}");
        assert_eq!(file.functions[0].0, "F", "{body}");
    }
    assert_eq!(one("// doc\n//export F\n// more\nfunc F() {}").name, "F");
    assert_eq!(one("\t//export F\t\n\tfunc F() {}").name, "F");
    assert_eq!(file("func f() {\n//export G\nvar g = func() {}\n}").exports.len(), 0);
    let without = read("package main\n//export F\nfunc F() {}", "main.go");
    assert!(without.exports.is_empty() && !without.imports_c);
}

#[test]
fn the_preamble_is_the_comment_above_the_import() {
    for text in [
        "package main\n/*\nint add(int);\n*/\nimport \"C\"\n",
        "package main\n// int add(int);\nimport \"C\"\n",
        "package main\nimport (\n\t\"fmt\"\n\t// int add(int);\n\t\"C\"\n)\n",
        "package main\n// int add(int);\nimport (\n\t\"C\"\n)\n",
    ] {
        assert_eq!(read(text, "main.go").preamble.trim(), "int add(int);", "{text}");
    }
    assert_eq!(read("package main\n// int add(int);\n\nimport \"C\"\n", "main.go").preamble, "");
}

#[test]
fn the_package_clause_and_the_ignore_constraint() {
    let file = read("// x\n//go:build ignore\n\npackage gen\n", "gen.go");
    assert!(file.ignored);
    assert_eq!(file.package.as_deref(), Some("gen"));
    assert!(!read("package gen\n//go:build ignore\n", "gen.go").ignored);
}

proptest! {
    #[test]
    fn any_text_can_be_read(text in "[\\PC\n]{0,60}") {
        read(&text, "main.go");
    }

    #[test]
    fn any_sequence_of_go_tokens_can_be_read(words in prop::collection::vec(prop::sample::select(vec![
        "package", "main", "import", "\"C\"", "func", "F", "(", ")", "{", "}", "[", "]", ",", ".",
        "*", "\n", "//export F\n", "/*", "*/", "`", "'", "struct", "interface", ";", " ",
    ]), 0..40)) {
        read(&words.concat(), "main.go");
        read(&words.join(" "), "main.go");
    }
}
