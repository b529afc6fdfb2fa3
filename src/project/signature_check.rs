//! Whether the signatures agree with what Go exports.
//!
//! In: both, as they were read. Out: nothing, or one failure with every contradiction. Only what
//! is certain is refused: a name that nothing declares, a count of parameters, a pointer against
//! a number, nothing against a value. Widths of integers and `const` are C's to convert; what
//! has several results becomes a struct, and that is the compiler's to check.

use super::c::signature::{Prototype, Signature};
use super::c::type_class::Shape;
use super::go::exports::GoExport;
use super::go::source::GoSource;
use crate::error::{Failure, Result, nearest};

/// So many contradictions are told; more would hide the first.
const MOST: usize = 10;

/// Compares `signatures` with the Go package they speak of.
///
/// # Errors
/// A signature of a function that neither Go nor C declares, with the nearest export; a
/// signature that contradicts its export, with both as they were written.
pub fn check(signatures: &[Signature], go: &GoSource) -> Result<()> {
    let contradictions: Vec<String> = signatures
        .iter()
        .filter_map(|signature| {
            let prototype = signature.prototype.as_ref()?;
            Some((signature, one(prototype, go)?))
        })
        .map(|(signature, text)| format!("`{}`\n  {text}", one_line(&signature.text)))
        .collect();
    if contradictions.is_empty() {
        return Ok(());
    }
    let mut found = contradictions.iter().take(MOST).cloned().collect::<Vec<_>>().join("\n");
    if contradictions.len() > MOST {
        found += &format!("\nand {} more", contradictions.len() - MOST);
    }
    Err(Failure::project(
        "comparing `signatures` with the functions that Go exports",
        found,
        "make the signatures say what Go exports: `*C.char` is `char*`, `unsafe.Pointer` is \
         `void*`, `C.int` is `int`",
    ))
}

fn one(prototype: &Prototype, go: &GoSource) -> Option<String> {
    let exports: Vec<_> =
        go.exports.iter().filter(|export| export.name == prototype.name).collect();
    if exports.is_empty() {
        let known = go.c_names.may_have(&prototype.name);
        return (!known).then(|| absent(&prototype.name, go));
    }
    // Files for different systems may export one name in different ways: one has to fit.
    let mut contradictions = exports.iter().map(|export| contradiction(prototype, export));
    let first = contradictions.next().flatten()?;
    contradictions.all(|other| other.is_some()).then_some(first)
}

fn absent(name: &str, go: &GoSource) -> String {
    if let Some((_, place)) = go.strays.iter().find(|(stray, _)| stray == name) {
        return format!(
            "`//export {name}` ({place}) is not the comment directly above a function of that name"
        );
    }
    if let Some((_, place)) = go.functions.iter().find(|(function, _)| function == name) {
        return format!("`func {name}` ({place}) has no `//export {name}` directly above it");
    }
    match nearest(name, go.exports.iter().map(|export| export.name.as_str())) {
        Some(near) => {
            let place = go.exports.iter().find(|export| export.name == near).map(place);
            let place = place.unwrap_or_default();
            format!("Go exports no `{name}`; the nearest is `{near}` ({place})")
        }
        None => {
            let names: Vec<_> =
                go.exports.iter().take(MOST).map(|export| export.name.as_str()).collect();
            format!("Go exports no `{name}`; it exports {}", names.join(", "))
        }
    }
}

fn contradiction(prototype: &Prototype, export: &GoExport) -> Option<String> {
    let go = format!("`{}` ({})", one_line(&export.declaration), place(export));
    let (ours, theirs) = (prototype.params.len(), export.params.len());
    if ours != theirs {
        let plural = if ours == 1 { "" } else { "s" };
        return Some(format!("takes {ours} parameter{plural}, but {go} takes {theirs}"));
    }
    for (number, (ours, theirs)) in prototype.params.iter().zip(&export.params).enumerate() {
        let shape = Shape::of_go(&theirs.type_text);
        if ours.shape.contradicts(shape) {
            return Some(format!(
                "takes {} as parameter {} (`{}`), but {go} takes {shape} (`{}`)",
                ours.shape,
                number + 1,
                ours.text,
                one_line(&theirs.type_text),
            ));
        }
    }
    let shape = match export.results.as_slice() {
        [] => Shape::Void,
        [one] => Shape::of_go(one),
        _ => return None,
    };
    let ours = prototype.result.shape;
    // A result may be declared away: C callers drop it.
    let dropped = ours == Shape::Void;
    (ours.contradicts(shape) && !dropped).then(|| format!("gives {ours}, but {go} gives {shape}"))
}

fn place(export: &GoExport) -> String {
    format!("{}:{}", export.file, export.line)
}

/// Text on one line, cut where it is too long to help, without what could garble a terminal.
fn one_line(text: &str) -> String {
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
        GoSource::read(dir.path(), std::path::Path::new("go")).unwrap()
    }

    fn found(texts: &[&str]) -> String {
        let texts: Vec<_> = texts.iter().map(|text| (*text).to_owned()).collect();
        match check(&Signature::read_all(&texts), &go()) {
            Ok(()) => String::new(),
            Err(failure) => failure.found,
        }
    }

    #[test]
    fn what_c_converts_or_cannot_be_known_is_accepted() {
        for text in [
            "char* Hello(char* message, int count);",
            "const char *Hello(const char *, long);",
            "void Hello(char*, int);",
            "void* Hello(unsigned char message[], double count);",
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
    fn both_sides_of_a_contradiction_are_named() {
        let hello = "`func Hello(message *C.char, count C.int) *C.char` (go/main.go:5)";
        for (text, said) in [
            ("char* Hello(char*);", format!("takes 1 parameter, but {hello} takes 2")),
            (
                "char* Hello(char* m, char* count);",
                format!(
                    "takes a pointer as parameter 2 (`char* count`), but {hello} takes a number (`C.int`)"
                ),
            ),
            ("int Hello(char*, int);", format!("gives a number, but {hello} gives a pointer")),
            (
                "int Stop(void);",
                "gives a number, but `func Stop()` (go/main.go:7) gives nothing".to_owned(),
            ),
        ] {
            assert_eq!(found(&[text]), format!("`{text}`\n  {said}"));
        }
        assert!(found(&["int Text(char* s, int, void*);"]).contains("takes a struct (`string`)"));
    }

    #[test]
    fn a_name_that_nothing_declares_gets_the_nearest_or_the_reason() {
        for (name, said) in [
            ("Helo", "Go exports no `Helo`; the nearest is `Hello` (go/main.go:5)"),
            ("Zzz", "Go exports no `Zzz`; it exports Hello, Stop, Both, Text"),
            ("Quiet", "`func Quiet` (go/main.go:12) has no `//export Quiet` directly above it"),
            (
                "Lost",
                "`//export Lost` (go/main.go:14) is not the comment directly above a function of that name",
            ),
        ] {
            assert_eq!(
                found(&[&format!("void {name}(void);")]),
                format!("`void {name}(void);`\n  {said}")
            );
        }
    }

    #[test]
    fn all_are_told_but_not_without_end() {
        let texts: Vec<_> = (0..12).map(|n| format!("int Zzz{n}(void);")).collect();
        let found = found(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(found.lines().count(), 21);
        assert!(found.ends_with("and 2 more"), "{found}");
    }
}
