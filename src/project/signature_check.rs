//! The signature check: whether the signatures match the functions that Go exports.
//!
//! Input: both, as read. Output: nothing, or one failure with every mismatch. Only certain
//! mismatches are errors: an undeclared name, a wrong number of parameters, a pointer where a
//! number is expected, no value where one is expected, a number that changes values. `const` is
//! left to C. Several Go results become a C struct, which is left to the compiler.

use super::c::signature::{Prototype, Signature};
use super::go::exports::GoExport;
use super::go::source::GoSource;
use super::type_class::TypeClass;
use super::width_check::{Widths, compare};
use crate::error::{Failure, Result, nearest};
use crate::plural::plural;

/// The most mismatches that a message lists; more would hide the first.
pub(super) const MAX_SHOWN: usize = 10;

/// Compares `signatures` with the exports of the Go package.
///
/// # Errors
/// A signature of a function that neither Go nor C declares, with the nearest export; a
/// signature that does not match its export, with both as written.
pub fn check(signatures: &[Signature], go: &GoSource) -> Result<()> {
    malformed(signatures)?;
    let mut mismatches: Vec<String> = Vec::new();
    let mut more = 0;
    for (signature, prototype) in &Signature::prototypes(signatures) {
        // Looking for similar names takes long: only for those that are shown.
        let is_shown = mismatches.len() < MAX_SHOWN;
        match check_one(prototype, go, is_shown) {
            Some(mismatch) if is_shown => {
                mismatches.push(format!("{}\n  {mismatch}", shown(signature)));
            }
            Some(_) => more += 1,
            None => {}
        }
    }
    if mismatches.is_empty() {
        return Ok(());
    }
    let mut found = mismatches.join("\n");
    if more > 0 {
        found += &format!("\nand {more} more");
    }
    Err(Failure::project(
        "comparing `signatures` with the functions that Go exports",
        found,
        "make the signatures match the Go exports: `*C.char` is `char*`, `unsafe.Pointer` is \
         `void*`, `C.int` is `int`",
    ))
}

/// Rejects what cffi cannot read, with a better message than cffi's.
fn malformed(signatures: &[Signature]) -> Result<()> {
    for (at, signature) in signatures.iter().enumerate() {
        if let Some(line) = signature.directive() {
            return Err(Failure::project(
                "reading `signatures`",
                format!(
                    "`{}`{}: cffi does not support #include or #if",
                    one_line(line),
                    in_file(signature)
                ),
                "declare what Python uses instead: functions, and the structs, typedefs and enums \
                 that they need; headers belong above `import \"C\"` in the Go code",
            ));
        }
        let next = signatures.get(at + 1).map_or("", |next| next.text.trim_start());
        if signature.without_semicolon().is_some() && !next.starts_with(';') {
            let text = one_line(&signature.text);
            return Err(Failure::project(
                "reading `signatures`",
                format!("{} does not end with a semicolon", shown(signature)),
                format!("write \"{text};\""),
            ));
        }
    }
    Ok(())
}

/// Compares the numbers of `prototype` with those of its export. Files for different systems may
/// export one name with different types: one has to fit.
pub(super) fn widths(prototype: &Prototype, go: &GoSource) -> Widths {
    let exports = go.exports.iter().filter(|export| export.name == prototype.name);
    let mut all = exports.map(|export| compare(prototype, export));
    let Some(mut found) = all.next() else { return Widths::Fit };
    for other in all {
        if other == Widths::Fit || matches!((&other, &found), (Widths::Narrow(_), Widths::Wrong(_)))
        {
            found = other;
        }
    }
    found
}

fn check_one(prototype: &Prototype, go: &GoSource, suggest: bool) -> Option<String> {
    let exports: Vec<_> =
        go.exports.iter().filter(|export| export.name == prototype.name).collect();
    if exports.is_empty() {
        let known = go.c_names.may_have(&prototype.name);
        return (!known).then(|| not_exported(&prototype.name, go, suggest));
    }
    // Files for different systems may export one name with different types: one has to match.
    let mut mismatches = exports.iter().map(|export| mismatch(prototype, export));
    if let Some(first) = mismatches.next().flatten()
        && mismatches.all(|other| other.is_some())
    {
        return Some(first);
    }
    match widths(prototype, go) {
        Widths::Wrong(text) => Some(text),
        _ => None,
    }
}

fn not_exported(name: &str, go: &GoSource, suggest: bool) -> String {
    if let Some((_, place)) = go.strays.iter().find(|(stray, _)| stray == name) {
        return format!(
            "`//export {name}` ({place}) is not directly above a function of that name"
        );
    }
    if let Some((_, place)) = go.functions.iter().find(|(function, _)| function == name) {
        return format!("`func {name}` ({place}) has no `//export {name}` directly above it");
    }
    let names = go.exports.iter().map(|export| export.name.as_str());
    let near = if suggest { nearest(name, names.clone()) } else { None };
    let downloaded = go.unread.first().map_or(String::new(), |package| {
        format!(
            "\n  if {package} or another downloaded package does, declare it above `import \"C\"` in \
             package main: `extern int {name}(int);`"
        )
    });
    match near.and_then(|near| go.exports.iter().find(|export| export.name == near)) {
        Some(near) => {
            let (near, place) = (&near.name, place(near));
            format!("Go does not export `{name}`; the nearest is `{near}` ({place}){downloaded}")
        }
        None => {
            let names: Vec<_> = names.take(MAX_SHOWN).collect();
            let exported = match names.as_slice() {
                [] => String::new(),
                names => format!("; it exports {}", names.join(", ")),
            };
            format!("Go does not export `{name}`{exported}{downloaded}")
        }
    }
}

fn mismatch(prototype: &Prototype, export: &GoExport) -> Option<String> {
    let go = format!("`{}` ({})", one_line(&export.declaration), place(export));
    if let (Some(package), None) = (&export.package, export.c_declaration()) {
        return Some(format!(
            "is {go} of package {package}, whose types C does not know here; declare the function \
             and its types above `import \"C\"` in package main, after `extern`"
        ));
    }
    let (ours, theirs) = (prototype.params.len(), export.params.len());
    if ours != theirs {
        let ours = plural(ours, "parameter");
        return Some(format!("takes {ours}, but {go} takes {theirs}"));
    }
    for (number, (ours, theirs)) in prototype.params.iter().zip(&export.params).enumerate() {
        let (class, go_class) = (TypeClass::of_c(ours), TypeClass::of_go(&theirs.type_text));
        if class.excludes(go_class) {
            return Some(format!(
                "takes {class} as parameter {} (`{}`), but {go} takes {go_class} (`{}`)",
                number + 1,
                ours.text,
                one_line(&theirs.type_text),
            ));
        }
    }
    let go_class = match export.results.as_slice() {
        [] => TypeClass::Void,
        [one] => TypeClass::of_go(one),
        _ => return None,
    };
    let class = TypeClass::of_c(&prototype.result);
    // A C caller may ignore a result, so a signature may leave it out.
    let is_ignored = class == TypeClass::Void;
    (class.excludes(go_class) && !is_ignored)
        .then(|| format!("returns {class}, but {go} returns {go_class}"))
}

pub(super) fn place(export: &GoExport) -> String {
    format!("{}:{}", export.file, export.line)
}

/// A signature and, unless it is in `signatures`, its place.
pub(super) fn shown(signature: &Signature) -> String {
    format!("`{}`{}", one_line(&signature.text), in_file(signature))
}

fn in_file(signature: &Signature) -> String {
    signature.place.as_ref().map_or(String::new(), |place| format!(" ({place})"))
}

/// `text` on one line, shortened, without characters that could garble a terminal.
pub(super) fn one_line(text: &str) -> String {
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let clean =
        joined.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c });
    let mut short: String = clean.take(160).collect();
    if short.len() < joined.len() {
        short.push_str("...");
    }
    short
}

#[cfg(test)]
mod tests {
    use fs_err as fs;

    use super::*;

    const GO: &str = "package main\n// static int add(int a) { return a; }\nimport \"C\"\n\
                      //export Hello\nfunc Hello(message *C.char, count C.int) *C.char { return nil }\n\
                      //export Stop\nfunc Stop() {}\n\
                      //export Both\nfunc Both() (C.int, *C.char) { return 0, nil }\n\
                      //export Text\nfunc Text(s string, h Handle, p unsafe.Pointer) C.callback {}\n\
                      func Quiet() {}\n\n//export Lost\n\nfunc Lost() {}\n";

    fn go() -> GoSource {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("main.go"), GO).unwrap();
        GoSource::of_library(dir.path(), std::path::Path::new("go"), None).unwrap()
    }

    fn found(texts: &[&str]) -> String {
        let texts: Vec<_> = texts.iter().map(|text| (*text).to_owned()).collect();
        match check(&Signature::read_all(&texts), &go()) {
            Ok(()) => String::new(),
            Err(failure) => failure.found,
        }
    }

    #[test]
    fn convertible_and_unknown_types_match() {
        for text in [
            "char* Hello(char* message, int count);",
            "const char *Hello(const char *, int32_t);",
            "void Hello(char*, int);",
            "void* Hello(unsigned char message[], short count);",
            "my_string Hello(my_string, my_int);",
            "void Stop(void);",
            "void Stop();",
            "nothing_t Stop(void);",
            "struct Both_return Both(void);",
            "int Text(GoString s, int h, void* p);",
            "int add(int);",
            "void free(void*);",
            "int Hello(int, ...);",
            "typedef struct { int a; } Helo;",
        ] {
            assert_eq!(found(&[text]), "", "{text}");
        }
    }

    #[test]
    fn a_missing_semicolon_and_a_directive_are_named() {
        for (texts, expected) in [
            (&["int add(int)", "void Stop();"][..], "`int add(int)` does not end with a semicolon"),
            (&["void Stop();", "int add(int) // add"], "does not end with a semicolon"),
            (
                &["#include <stdint.h>", "void Stop();"],
                "`#include <stdint.h>`: cffi does not support",
            ),
            (&["char* Hello(char*,", "int);"], ""),
            (&["int add(int)", ";"], ""),
            (&["#define LIMIT 5"], ""),
        ] {
            assert!(found(texts).contains(expected), "{texts:?}: {}", found(texts));
            assert_eq!(found(texts).is_empty(), expected.is_empty(), "{texts:?}");
        }
    }

    #[test]
    fn a_mismatch_names_both_sides() {
        let hello = "`func Hello(message *C.char, count C.int) *C.char` (go/main.go:5)";
        for (text, expected) in [
            ("char* Hello(char*);", format!("takes 1 parameter, but {hello} takes 2")),
            (
                "char* Hello(char* m, char* count);",
                format!(
                    "takes a pointer as parameter 2 (`char* count`), but {hello} takes a number (`C.int`)"
                ),
            ),
            ("int Hello(char*, int);", format!("returns a number, but {hello} returns a pointer")),
            (
                "int Stop(void);",
                "returns a number, but `func Stop()` (go/main.go:7) returns nothing".to_owned(),
            ),
        ] {
            assert_eq!(found(&[text]), format!("`{text}`\n  {expected}"));
        }
        assert!(found(&["int Text(char* s, int, void*);"]).contains("takes a struct (`string`)"));
    }

    #[test]
    fn an_undeclared_name_gets_the_nearest_or_the_reason() {
        for (name, expected) in [
            ("Helo", "Go does not export `Helo`; the nearest is `Hello` (go/main.go:5)"),
            ("Zzz", "Go does not export `Zzz`; it exports Hello, Stop, Both, Text"),
            ("Quiet", "`func Quiet` (go/main.go:12) has no `//export Quiet` directly above it"),
            (
                "Lost",
                "`//export Lost` (go/main.go:14) is not directly above a function of that name",
            ),
        ] {
            assert_eq!(
                found(&[&format!("void {name}(void);")]),
                format!("`void {name}(void);`\n  {expected}")
            );
        }
    }

    #[test]
    fn the_list_of_mismatches_is_limited() {
        let texts: Vec<_> = (0..12).map(|n| format!("int Zzz{n}(void);")).collect();
        let found = found(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(found.lines().count(), 21);
        assert!(found.ends_with("and 2 more"), "{found}");
    }
}
