//! Declarations derived from the functions that Go exports.
//!
//! Input: the header that cgo writes, whose types are Go's own word, and the exports. Output: a
//! [`Derived`]: declarations that cffi reads, and for each other function why it has none.

use std::collections::BTreeSet;

use super::c::number::Number;
use super::c::signature::{Prototype, Signature};
use super::c::types::{BaseType, CType};
use super::cgo_header::exported_functions;
use super::go::exports::GoExport;
use super::signature_check::place;

/// The declarations of exported functions that a header allows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Derived {
    /// Declarations of functions, and of types that only they need.
    pub signatures: Vec<String>,
    /// The functions without a declaration.
    pub left_out: Vec<LeftOut>,
}

/// A function that Python could not call.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LeftOut {
    /// Its name.
    pub function: String,
    /// Its file and line.
    pub place: Option<String>,
    /// The reason why it is left out.
    pub reason: String,
    /// The advice.
    pub help: String,
}

impl std::fmt::Display for LeftOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { function, place, reason, help } = self;
        let place = place.as_ref().map_or(String::new(), |place| format!(" ({place})"));
        write!(f, "`{function}`{place} {reason}; {help}")
    }
}

/// Why a type cannot be declared, and what to write in Go or in `signatures`.
type Refusal = (String, String);

/// Derives declarations from `header`; `given` are the author's declarations of types.
pub fn derive(header: &str, given: &[Signature], exports: &[GoExport]) -> Derived {
    let mut out = Deriver { given, exports, opaque: BTreeSet::new(), derived: Derived::default() };
    let mut results = None;
    for signature in exported_functions(header) {
        match signature.prototype {
            Some(prototype) => out.function(&prototype, results.take()),
            None => results = Some(signature),
        }
    }
    for export in exports.iter().filter(|export| export.package.is_some()) {
        out.of_other_package(export);
    }
    out.derived
}

struct Deriver<'a> {
    given: &'a [Signature],
    exports: &'a [GoExport],
    /// The types that were declared as opaque.
    opaque: BTreeSet<String>,
    derived: Derived,
}

impl Deriver<'_> {
    /// Declares a function; `results` is the struct of several results before it.
    fn function(&mut self, prototype: &Prototype, results: Option<Signature>) {
        let export = self.exports.iter().find(|export| export.name == prototype.name);
        let fields = results.as_ref().map(Signature::fields);
        match self.types(prototype, export, fields.as_deref()) {
            Ok(needed) => {
                for declaration in needed {
                    if self.opaque.insert(declaration.clone()) {
                        self.derived.signatures.push(declaration);
                    }
                }
                if let (Some(_), Some(fields)) = (&results, fields) {
                    let fields: String =
                        fields.iter().flatten().map(|field| format!("{}; ", field.text)).collect();
                    let name = &prototype.name;
                    self.derived.signatures.push(format!("struct {name}_return {{ {fields}}};"));
                }
                let prototype = with_bool(prototype.clone(), export);
                self.derived.signatures.push(prototype.to_string());
            }
            Err((reason, help)) => self.leave_out(&prototype.name, export, reason, help),
        }
    }

    /// Declares a function of another package, which cgo's header does not have.
    fn of_other_package(&mut self, export: &GoExport) {
        let package = export.package.as_deref().unwrap_or_default();
        let prototype = export.c_declaration().and_then(|text| {
            let read = Signature::read_all(&[text]);
            read.into_iter().last()?.prototype
        });
        match prototype {
            Some(prototype) if export.results.len() < 2 => self.function(&prototype, None),
            _ => self.leave_out(
                &export.name,
                Some(export),
                format!("is exported by the package {package}, whose types C does not know here"),
                "export a function of package main that calls it".to_owned(),
            ),
        }
    }

    fn leave_out(&mut self, name: &str, export: Option<&GoExport>, reason: String, help: String) {
        let place = export.map(place);
        self.derived.left_out.push(LeftOut { function: name.to_owned(), place, reason, help });
    }

    /// The declarations of the types that a function needs.
    fn types(
        &self,
        prototype: &Prototype,
        export: Option<&GoExport>,
        fields: Option<&[Option<CType>]>,
    ) -> Result<Vec<String>, Refusal> {
        let mut needed = Vec::new();
        for (at, param) in prototype.params.iter().enumerate() {
            let of_go = export.and_then(|export| export.params.get(at));
            let of_go = of_go.zip(export).map(|(param, export)| export.resolve(&param.type_text));
            if of_go.is_some_and(|of_go| of_go.starts_with("func")) {
                return Err((
                    format!("takes a Go function as parameter {}", at + 1),
                    "take a C function pointer, which Python can make, and call it from C".into(),
                ));
            }
            needed.extend(self.param(param, at + 1)?);
        }
        let Some(fields) = fields else {
            needed.extend(self.result(&prototype.result, "")?);
            return Ok(needed);
        };
        for (at, field) in fields.iter().enumerate() {
            let field = field.as_ref().ok_or_else(|| {
                ("has results that are no plain C types".to_owned(), DECLARE.to_owned())
            })?;
            needed.extend(self.result(field, &format!(" as result {}", at + 1))?);
        }
        Ok(needed)
    }

    fn param(&self, param: &CType, number: usize) -> Result<Option<String>, Refusal> {
        match param.type_name.as_str() {
            "GoInterface" | "GoMap" | "GoChan" => Err((
                format!("takes a Go {} as parameter {number}", of_go(&param.type_name)),
                "take C types, such as `*C.char` or `C.int`: Python cannot make a Go value".into(),
            )),
            _ => self.named(param, &format!("parameter {number}")),
        }
    }

    fn result(&self, result: &CType, which: &str) -> Result<Option<String>, Refusal> {
        let name = result.type_name.as_str();
        match name {
            "GoString" | "GoSlice" | "GoInterface" | "GoMap" | "GoChan" => {
                let help = match name {
                    "GoString" => "return `*C.char`, made with C.CString, and free it from Python",
                    "GoSlice" => "return a pointer from C.malloc, and the length by another one",
                    "GoInterface" => "return a message as `*C.char`, made with C.CString, or nil",
                    _ => "return a `C.uintptr_t`, made with runtime/cgo.NewHandle",
                };
                let reason = format!(
                    "returns a Go {}{which}, which C must not keep: Go frees its memory",
                    of_go(name)
                );
                Err((reason, help.to_owned()))
            }
            _ => {
                self.named(result, if which.is_empty() { "the result" } else { which.trim_start() })
            }
        }
    }

    /// The declaration of a type that has a name of the author's.
    fn named(&self, c_type: &CType, what: &str) -> Result<Option<String>, Refusal> {
        let name = c_type.type_name.as_str();
        let is_basic = match c_type.base {
            BaseType::Other => false,
            BaseType::Struct => name.starts_with("Go"),
            BaseType::Union => false,
            _ => !name.starts_with("enum "),
        };
        let tag = name.split_once(' ').map_or(name, |(_, tag)| tag);
        let is_given = self.given.iter().any(|given| given.mentions(tag));
        if is_basic || is_given || Number::of_c(name).is_some() || name.starts_with("GoComplex") {
            return Ok(None);
        }
        let is_enum = name.starts_with("enum ");
        if c_type.pointers > 0 && !is_enum {
            // Python passes such pointers on, and sees no fields.
            let is_tagged = name.contains(' ');
            return Ok(Some(if is_tagged {
                format!("{name};")
            } else {
                format!("typedef ... {name};")
            }));
        }
        let declare = match name.split_once(' ') {
            Some(("enum", tag)) => format!("\"enum {tag} {{ FIRST, SECOND, ... }};\""),
            Some((kind, tag)) => format!("\"{kind} {tag} {{ int a; double b; }};\""),
            None => format!(
                "\"typedef int... {name};\" for an integer, \"typedef struct {{ int a; }} {name};\" \
                 for a struct"
            ),
        };
        Err((
            format!("has `{name}` as {what}, a type of your C code"),
            format!("declare the type in `signatures`: {declare}"),
        ))
    }
}

const DECLARE: &str = "declare all functions in `signatures`";

/// What Go calls a type of cgo's header.
fn of_go(name: &str) -> &'static str {
    match name {
        "GoString" => "string",
        "GoSlice" => "slice",
        "GoMap" => "map",
        "GoChan" => "channel",
        _ => "interface",
    }
}

/// cgo declares Go's `bool` as an integer of one byte; cffi makes `_Bool` a truth value.
fn with_bool(mut prototype: Prototype, export: Option<&GoExport>) -> Prototype {
    let Some(export) = export else { return prototype };
    let changed = |c_type: &mut CType, of_go: &str| {
        if c_type.type_name == "GoUint8" && export.resolve(of_go) == "bool" {
            c_type.text = c_type.text.replacen("GoUint8", "bool", 1);
        }
    };
    for (ours, theirs) in prototype.params.iter_mut().zip(&export.params) {
        changed(ours, &theirs.type_text);
    }
    if let [one] = export.results.as_slice() {
        changed(&mut prototype.result, one);
    }
    prototype
}

#[cfg(test)]
mod tests {
    use super::super::go::source::GoSource;
    use super::*;

    fn derived(go: &str, functions: &str, given: &[&str]) -> Derived {
        let dir = tempfile::tempdir().unwrap();
        let go = format!("package main\nimport \"C\"\n{go}");
        fs_err::write(dir.path().join("main.go"), go).unwrap();
        let go = GoSource::of_library(dir.path(), std::path::Path::new("go"), None).unwrap();
        let header = format!(
            "typedef int before;\n/* End of boilerplate cgo prologue.  */\n\n#ifdef __cplusplus\nextern \"C\" {{\n#endif\n\n\
             {functions}\n#ifdef __cplusplus\n}}\n#endif\n"
        );
        let given: Vec<_> = given.iter().map(|text| (*text).to_owned()).collect();
        derive(&header, &Signature::read_all(&given), &go.exports)
    }

    #[test]
    fn a_header_has_the_declarations() {
        let go = "//export A\nfunc A(a *C.char, f bool) (C.int, *C.char) {}\n\
                  //export Is\nfunc Is(s string) bool {}\n";
        let header = "/* Return type for A */\nstruct A_return {\n\tint r0; /* n */\n\tchar* r1;\n};\n\
                      extern struct A_return A(char* a, GoUint8 f);\n\n// Is tells.\n//\n\
                      extern __declspec(dllexport) GoUint8 Is(GoString s);\n\
                      extern void Put(struct hidden* h, pt* p, pt** q, void* v);\n";
        let found = derived(go, header, &[]);
        assert_eq!(
            found.signatures,
            [
                "struct A_return { int r0; char* r1; };",
                "struct A_return A(char* a, bool f);",
                "bool Is(GoString s);",
                "struct hidden;",
                "typedef ... pt;",
                "void Put(struct hidden* h, pt* p, pt** q, void* v);",
            ]
        );
        assert_eq!(found.left_out, []);
    }

    #[test]
    fn each_function_that_python_cannot_call_has_a_reason() {
        let go = "//export S\nfunc S() string {}\n//export F\nfunc F(f func(int)) {}\n";
        for (function, reason, help) in [
            ("GoString S(void)", "`S` (go/main.go:4) returns a Go string, which", "C.CString"),
            ("GoSlice B(void)", "`B` returns a Go slice, which", "C.malloc"),
            ("GoInterface E(void)", "returns a Go interface, which", "message"),
            (
                "void I(int a, GoInterface i)",
                "takes a Go interface as parameter 2;",
                "take C types",
            ),
            ("void M(GoMap m)", "takes a Go map as parameter 1;", "take C types"),
            (
                "void F(void* f)",
                "`F` (go/main.go:6) takes a Go function as parameter 1;",
                "pointer",
            ),
            ("pt P(int a)", "has `pt` as the result, a type of", "\"typedef int... pt;\""),
            ("void C(enum color c)", "has `enum color` as parameter 1,", "\"enum color { FIRST,"),
        ] {
            let found = derived(go, &format!("extern {function};\n"), &[]);
            assert_eq!(found.signatures, [""; 0], "{function}");
            let text = found.left_out[0].to_string();
            assert!(text.contains(reason) && text.contains(help), "{text}");
        }
        let several = "struct S_return {\n\tint r0;\n\tGoInterface r1; /* err */\n};\n\
                       extern struct S_return S(void);\n";
        let found = derived(go, several, &[]);
        assert!(
            found.left_out[0].reason.contains("returns a Go interface as result 2"),
            "{found:?}"
        );
        let given = ["typedef struct { int a; } pt;", "enum color { RED };"];
        let found = derived(go, "extern pt P(pt a, enum color c, pt* q);\n", &given);
        assert_eq!(found.signatures, ["pt P(pt a, enum color c, pt* q);"]);
    }
}
