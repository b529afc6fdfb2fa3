//! Whether signatures have the types of the header that cgo wrote, as the C compiler of the target
//! sees them. In cffi's ABI mode nothing else compares them: a wrong type reads wrong memory.
//!
//! Input: header, signatures and exports. Output: a [`Comparison`]: C with one claim on each line,
//! and what each claim means if the compiler rejects it. Equal are the kinds and sizes of values,
//! what pointers point to, and the fields of structs. Names of types do not count: the header has its
//! own.

use std::collections::{BTreeMap, BTreeSet};

use super::c::outline::{Outline, Shape};
use super::c::renamed::Renamed;
use super::c::signature::{Prototype, Signature};
use super::c::types::{BaseType, CType};
use super::cgo_header::exported_functions;
use super::go::exports::GoExport;
use super::signature_check::{MAX_SHOWN, one_line, place, shown};
use crate::plural::plural;

/// Macros of the claims: the kind and the size of a value that a function takes or returns. Arrays
/// and functions are passed as pointers; all integers are of one kind.
const MACROS: &str = "\
#define PYGO_VALUE(T) ((void)0, *(__typeof__(T) *)0)
#define PYGO_CLASS(T) __builtin_classify_type(PYGO_VALUE(T))
#define PYGO_KIND(T) (PYGO_CLASS(T) >= 1 && PYGO_CLASS(T) <= 4 ? 1 : PYGO_CLASS(T))
#define PYGO_SIZE(T) sizeof(PYGO_VALUE(T))
#define PYGO_IS_RECORD(T) (PYGO_KIND(T) == 12 || PYGO_KIND(T) == 13)
";

/// Headers with the types that cffi knows.
const HEADERS: [&str; 6] =
    ["stddef.h", "stdint.h", "stdbool.h", "stdio.h", "wchar.h", "sys/types.h"];

/// The C that the compiler has to accept.
#[derive(Debug, Default, serde::Serialize)]
pub struct Comparison {
    /// C.
    pub source: String,
    /// The lines with claims. What a compiler says about another line is not about a type.
    claims: BTreeMap<usize, Claim>,
    /// What differs without asking a compiler.
    mismatches: Vec<String>,
}

/// One line.
#[derive(Debug, serde::Serialize)]
struct Claim {
    /// What is wrong if it is false.
    text: String,
    /// Whether the compiler may not be able to tell, as for types without a definition.
    is_optional: bool,
}

/// The result of a C compiler.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All types agree.
    Same,
    /// The mismatches, as a text.
    Different(String),
    /// The compiler's error about something else.
    Unknown(String),
}

/// Compares `signatures` with the functions that a header with a name and a text declares.
pub fn compare_signatures(
    (name, header): (&str, &str),
    signatures: &[Signature],
    exports: &[GoExport],
) -> Comparison {
    let texts: Vec<_> = signatures.iter().map(|signature| signature.text.as_str()).collect();
    let joined = texts.join("\n");
    let mut source = format!("#include \"{name}\"\n");
    HEADERS.iter().for_each(|name| source.push_str(&format!("#include <{name}>\n")));
    source.push_str(MACROS);
    let types = Renamed::of(&joined);
    source.push_str(&types.text);
    let mut writer = Writer { types, exports, out: Comparison::default(), later: Vec::new() };
    let line = source.matches('\n').count() + 1;
    writer.out.source = source;
    let go = functions(header, exports);
    let mut hard = Vec::new();
    for signature in Signature::read_file(&joined, "") {
        let Some(outline) = Outline::of(&signature.text) else { continue };
        let Some(theirs) = go.get(&outline.name) else { continue };
        let is_own =
            |own: &&Signature| own.prototype.as_ref().is_some_and(|own| own.name == outline.name);
        // The text that its author wrote, with its place.
        let written = shown(signatures.iter().find(is_own).unwrap_or(&signature));
        hard.extend(writer.function(&written, &outline, theirs));
    }
    // A compiler stops after some errors: first what it can always tell.
    let later = std::mem::take(&mut writer.later);
    let mut out = writer.out;
    let mut seen = BTreeSet::new();
    let always = hard.into_iter().map(|claim| (claim, false));
    let all = always.chain(later.into_iter().map(|claim| (claim, true)));
    let new = all.filter(|(line, _)| seen.insert(line.clone()));
    for (at, ((condition, text), is_optional)) in new.enumerate() {
        out.source.push_str(&format!("_Static_assert({condition}, \"pygo\");\n"));
        out.claims.insert(line + at, Claim { text, is_optional });
    }
    out
}

/// The functions that Go exports, as C sees them.
fn functions(header: &str, exports: &[GoExport]) -> BTreeMap<String, Prototype> {
    let own = exported_functions(header);
    let others = exports.iter().filter(|export| export.package.is_some());
    let others = others.filter(|export| export.results.len() < 2);
    let others =
        Signature::read_all(&others.filter_map(GoExport::c_declaration).collect::<Vec<_>>());
    let prototypes = own.into_iter().chain(others).filter_map(|signature| signature.prototype);
    prototypes.map(|prototype| (prototype.name.clone(), prototype)).collect()
}

impl Comparison {
    /// The meaning of `printed`, the errors of a C compiler about the file `source`.
    pub fn verdict(&self, source: &str, printed: &str) -> Verdict {
        let mut found = self.mismatches.clone();
        let mut unknown = None;
        for error in printed.lines().filter(|line| line.contains("error:")) {
            let rest = error.strip_prefix(source).and_then(|rest| rest.strip_prefix(':'));
            let line = rest.and_then(|rest| rest.split(':').next()?.parse().ok());
            match line.and_then(|line: usize| self.claims.get(&line)) {
                // `static assertion failed`, `static_assert failed`
                Some(claim) if error.contains("assert") => found.push(claim.text.clone()),
                Some(claim) if claim.is_optional => {}
                _ => unknown = unknown.or(Some(error.to_owned())),
            }
        }
        found.dedup();
        match (found.len(), unknown) {
            (0, None) => Verdict::Same,
            (0, Some(error)) => Verdict::Unknown(error),
            (count, _) => {
                let mut text = found[..count.min(MAX_SHOWN)].join("\n");
                if count > MAX_SHOWN {
                    text += &format!("\nand {} more", count - MAX_SHOWN);
                }
                Verdict::Different(text)
            }
        }
    }
}

/// A condition in C, and what is wrong if it is false.
type Line = (String, String);

struct Writer<'a> {
    types: Renamed,
    exports: &'a [GoExport],
    out: Comparison,
    later: Vec<Line>,
}

impl Writer<'_> {
    /// The claims about a function, which its author wrote as `written`.
    fn function(&mut self, written: &str, ours: &Outline, theirs: &Prototype) -> Vec<Line> {
        let export = self.exports.iter().find(|export| export.name == ours.name);
        let go = match export {
            Some(export) => format!("`{}` ({})", one_line(&export.declaration), place(export)),
            None => format!("`{theirs}`"),
        };
        let (count, expected) = (ours.params.len(), theirs.params.len());
        if count != expected {
            let count = plural(count, "parameter");
            let text = format!("takes {count}, but {go} takes {expected}");
            self.out.mismatches.push(format!("{written}\n  {text}"));
            return Vec::new();
        }
        let mut lines = Vec::new();
        for (at, (ours, theirs)) in ours.params.iter().zip(&theirs.params).enumerate() {
            let of_go = export.and_then(|export| export.params.get(at));
            let of_go = of_go.map(|param| param.type_text.as_str());
            let of_header = header_type(theirs, of_go);
            let text = |ours: &str| {
                format!(
                    "{written}\n  takes `{ours}` as parameter {}, but {go} takes {of_header}",
                    at + 1
                )
            };
            match ours {
                Shape::Plain(plain) => {
                    lines.extend(self.value(plain, theirs, &text(&type_text(plain))));
                }
                Shape::Function => {
                    let condition = format!("PYGO_KIND({}) == 5", type_text(theirs));
                    lines.push((condition, text("a pointer to a function")));
                }
                Shape::Other => {}
            }
        }
        let Some(result) = &ours.result else { return lines };
        let of_go = export.and_then(|export| match export.results.as_slice() {
            [one] => Some(one.as_str()),
            _ => None,
        });
        let of_header = header_type(&theirs.result, of_go);
        let text =
            format!("{written}\n  returns `{}`, but {go} returns {of_header}", type_text(result));
        match (is_void(result), is_void(&theirs.result)) {
            (true, true) => {}
            // The caller provides the memory of a struct.
            (true, false) => {
                lines.push((format!("!PYGO_IS_RECORD({})", type_text(&theirs.result)), text));
            }
            (false, true) => self.out.mismatches.push(text),
            (false, false) => lines.extend(self.value(result, &theirs.result, &text)),
        }
        lines
    }

    /// The claims about a value that is passed as `ours` and received as `theirs`.
    fn value(&mut self, ours: &CType, theirs: &CType, text: &str) -> Vec<Line> {
        let (own, other) = (self.types.renamed(&type_text(ours)), type_text(theirs));
        let lines = vec![(
            format!(
                "PYGO_KIND({own}) == PYGO_KIND({other}) && PYGO_SIZE({own}) == PYGO_SIZE({other})"
            ),
            format!("{text}, a value of another kind or size on this target"),
        )];
        // As far as both point, and no further than void.
        let depth = ours.pointers.min(theirs.pointers);
        for depth in 1..=depth {
            let (own, other) = (pointee(ours, depth), pointee(theirs, depth));
            if is_void(&own) || is_void(&other) {
                return lines;
            }
            let (own, other) = (self.types.renamed(&type_text(&own)), type_text(&other));
            let condition = format!(
                "PYGO_KIND({own}) == PYGO_KIND({other}) && sizeof({own}) == sizeof({other})"
            );
            self.later.push((condition, format!("{text}: they point to different types")));
        }
        if ours.pointers == theirs.pointers {
            self.fields(ours, theirs);
        }
        lines
    }

    /// The claims about the fields of structs, if both have them.
    fn fields(&mut self, ours: &CType, theirs: &CType) {
        let (name, other) = (&ours.type_name, &theirs.type_name);
        let Some(definition) = self.types.definition(name) else { return };
        let own = self.types.renamed(name);
        let fields = Signature::read_file(definition, "");
        let fields = fields.first().map(Signature::fields).unwrap_or_default();
        let names = fields.into_iter().flatten().filter_map(|field| field.name);
        for field in names {
            let renamed = self.types.renamed(&field);
            let condition = format!(
                "__builtin_offsetof({own}, {renamed}) == __builtin_offsetof({other}, {field}) && \
                 sizeof((({own} *)0)->{renamed}) == sizeof((({other} *)0)->{field})"
            );
            let same = name == other;
            let whose = if same { "C".to_owned() } else { format!("`{other}` of C") };
            let text = format!(
                "`{name}`\n  declares the field `{field}` at another place or with another size than \
                 {whose}"
            );
            self.later.push((condition, text));
        }
    }
}

/// The type of the header, and Go's if that says more.
fn header_type(of_header: &CType, of_go: Option<&str>) -> String {
    let c = type_text(of_header);
    match of_go.map(one_line) {
        Some(go) if go != c => format!("`{go}` (`{c}` in Go's header)"),
        _ => format!("`{c}`"),
    }
}

/// The type alone, without qualifiers and the name of a parameter.
fn type_text(of: &CType) -> String {
    format!("{}{}", of.type_name, "*".repeat(of.pointers))
}

fn is_void(of: &CType) -> bool {
    of.base == BaseType::Void && of.pointers == 0
}

/// What `of` points to through `depth` pointers.
fn pointee(of: &CType, depth: usize) -> CType {
    CType { pointers: of.pointers.saturating_sub(depth), ..of.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(header: &str, signatures: &[&str]) -> Comparison {
        let header = format!("/* End of boilerplate cgo prologue.  */\n{header}");
        let texts: Vec<_> = signatures.iter().map(|text| (*text).to_owned()).collect();
        compare_signatures(("x.h", &header), &Signature::read_all(&texts), &[])
    }

    /// The line of the claim whose condition contains `part`.
    fn line(of: &Comparison, part: &str) -> usize {
        of.source.lines().position(|line| line.contains(part)).expect(part) + 1
    }

    #[test]
    fn each_value_is_claimed_to_have_the_kind_and_the_size_of_the_header() {
        let signatures = ["typedef struct { int x; } own;", "own F(double a, own *b, int);"];
        let found = compared("extern pt F(wide n, pt* p, GoInt c);\n", &signatures);
        for part in [
            "PYGO_KIND(double) == PYGO_KIND(wide)",
            "PYGO_SIZE(int) == PYGO_SIZE(GoInt)",
            "PYGO_SIZE(pygo_declared_own) == PYGO_SIZE(pt)",
            "sizeof(pygo_declared_own) == sizeof(pt)",
            "__builtin_offsetof(pygo_declared_own, x) == __builtin_offsetof(pt, x)",
        ] {
            let line = line(&found, part);
            assert!(found.claims.contains_key(&line), "{part}");
        }
        let failed = line(&found, "PYGO_SIZE(int)");
        let printed = format!("/t/c.c:{failed}:1: error: static assertion failed due to: pygo\n");
        let Verdict::Different(text) = found.verdict("/t/c.c", &printed) else { panic!("same") };
        assert_eq!(
            text,
            "`own F(double a, own *b, int);`\n  takes `int` as parameter 3, but \
             `pt F(wide n, pt* p, GoInt c);` takes `GoInt`, a value of another kind or size on this target"
        );
    }

    #[test]
    fn what_a_compiler_cannot_tell_is_no_mismatch() {
        let found = compared(
            "extern void F(hidden* p);\n",
            &["struct s { int x; };", "void F(struct s *p);"],
        );
        let at = line(&found, "sizeof(struct pygo_declared_s)");
        let error = format!("c.c:{at}:9: error: invalid application of 'sizeof'\n");
        assert_eq!(found.verdict("c.c", &error), Verdict::Same);
        let error = "x.h:3:1: error: unknown type name 'y'";
        assert_eq!(found.verdict("c.c", error), Verdict::Unknown(error.to_owned()));
        assert_eq!(found.verdict("c.c", ""), Verdict::Same);
    }

    #[test]
    fn numbers_of_parameters_and_missing_results_need_no_compiler() {
        let found = compared("extern void F(int a);\n", &["int F(int a, int b);"]);
        let Verdict::Different(text) = found.verdict("", "") else { panic!("same") };
        assert!(text.contains("takes 2 parameters, but `void F(int a);` takes 1"), "{text}");
        let found = compared("extern void F(int a);\n", &["int F(int a);"]);
        let Verdict::Different(text) = found.verdict("", "") else { panic!("same") };
        assert!(text.contains("returns `int`, but"), "{text}");
    }

    #[test]
    fn void_pointers_and_functions_of_c_are_not_compared() {
        let signatures = ["void F(void *p, int **q, void (*f)(int));", "void free(void *p);"];
        let found = compared("extern void F(char** a, void** b, callback c);\n", &signatures);
        assert!(!found.source.contains("sizeof(char"), "{}", found.source);
        assert!(found.source.contains("_Static_assert(PYGO_KIND(callback) == 5, \"pygo\");"));
        assert!(!found.source.contains("free"));
    }
}
