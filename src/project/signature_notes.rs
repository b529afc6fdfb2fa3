//! What in signatures is correct, but probably not meant.
//!
//! Input: signatures and Go exports that match. Output: notes, one for each kind of surprise.

use super::c::signature::{Prototype, Signature};
use super::go::exports::GoExport;
use super::go::source::GoSource;
use super::signature_check::{MAX_SHOWN, one_line, place, shown, widths};
use super::width_check::Widths;

/// Notes about what is correct, but probably not meant: numbers that have fewer values than Go's,
/// exports without a signature, strings that nothing frees.
pub fn notes(signatures: &[Signature], go: &GoSource) -> Vec<String> {
    let mut notes: Vec<_> = Signature::prototypes(signatures)
        .iter()
        .filter_map(|(signature, prototype)| match widths(prototype, go) {
            Widths::Narrow(text) => Some(format!("the signature {} {text}", shown(signature))),
            _ => None,
        })
        .collect();
    let many = notes.len().saturating_sub(MAX_SHOWN);
    if many > 0 {
        notes.truncate(MAX_SHOWN);
        notes.push(format!("{many} more signatures have fewer values than Go takes"));
    }
    notes.extend(unsigned_exports(signatures, go));
    notes.extend(unfreed_strings(signatures, &go.exports));
    notes
}

/// The note about exports that no signature mentions.
fn unsigned_exports(signatures: &[Signature], go: &GoSource) -> Option<String> {
    let mut missing: Vec<&GoExport> = Vec::new();
    for export in &go.exports {
        let known = missing.iter().any(|other| other.name == export.name);
        if !known && !signatures.iter().any(|signature| signature.mentions(&export.name)) {
            missing.push(export);
        }
    }
    let line = |export: &&GoExport| match export.signature() {
        Some(signature) => format!("\n  \"{signature}\" ({})", place(export)),
        None => format!("\n  {} ({})", export.name, place(export)),
    };
    let lines: String = missing.iter().take(MAX_SHOWN).map(line).collect();
    let more = match missing.len().saturating_sub(MAX_SHOWN) {
        0 => String::new(),
        more => format!("\n  and {more} more"),
    };
    (!missing.is_empty()).then(|| {
        format!(
            "Python cannot call these exports; to change that, add to `signatures`:{lines}{more}"
        )
    })
}

/// The note about `*C.char` results, if no signature looks like a function that frees them.
pub fn unfreed_strings(signatures: &[Signature], exports: &[GoExport]) -> Option<String> {
    const FREEING: [&str; 7] =
        ["free", "release", "delete", "destroy", "dispose", "drop", "dealloc"];
    let frees = |prototype: &Prototype| {
        let name = prototype.name.to_lowercase();
        FREEING.iter().any(|word| name.contains(word))
            && prototype.params.iter().any(|param| param.pointers > 0)
    };
    // What is no plain prototype may be anything.
    let all: Option<Vec<_>> = signatures
        .iter()
        .filter(|signature| !signature.declares_only_types())
        .map(|signature| signature.prototype.as_ref())
        .collect();
    let all = all?;
    if all.iter().any(|prototype| frees(prototype)) {
        return None;
    }
    let is_string = |export: &&GoExport| {
        let result = export.results.first().map(|text| export.resolve(text));
        result.as_deref() == Some("*C.char")
            && all.iter().any(|prototype| {
                // A `const` result belongs to Go.
                prototype.name == export.name && !prototype.result.text.contains("const")
            })
    };
    let first = exports.iter().find(is_string)?;
    Some(format!(
        "`{}` ({}) returns a C string, and no signature frees it: if C.CString made it, each call \
         leaks it; export `func Free(text *C.char) {{ C.free(unsafe.Pointer(text)) }}`, add \
         \"void Free(char* text);\" to `signatures`, and call it from Python",
        one_line(&first.declaration),
        place(first)
    ))
}
