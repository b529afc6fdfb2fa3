//! Whether the numbers of a signature have the values of those that Go exports.
//!
//! Input: a prototype and its export. Output: a [`Widths`]: what computes wrong numbers, and what
//! only narrows the range. C converts between all numbers without a word, so neither compiler nor
//! cffi reports these.

use super::c::number::Number;
use super::c::signature::Prototype;
use super::c::types::CType;
use super::go::exports::GoExport;
use super::go::types::{c_type, number};

/// What a comparison found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Widths {
    /// All values arrive unchanged.
    Fit,
    /// All values arrive unchanged, but Go has more than Python can pass.
    Narrow(String),
    /// Some values change.
    Wrong(String),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Loss {
    Nothing,
    Range,
    Values,
}

/// Compares each parameter and the result. The numbers of both must be equal.
pub(super) fn compare(prototype: &Prototype, export: &GoExport) -> Widths {
    let mut narrow = None;
    for (at, (ours, theirs)) in prototype.params.iter().zip(&export.params).enumerate() {
        let place = format!("as parameter {}", at + 1);
        let go = &theirs.type_text;
        match loss(ours, &export.resolve(go), param_loss) {
            Loss::Nothing => {}
            Loss::Range => narrow = narrow.or(Some(text("takes", &place, ours, go, export))),
            Loss::Values => return Widths::Wrong(text("takes", &place, ours, go, export)),
        }
    }
    if let [go] = export.results.as_slice() {
        match loss(&prototype.result, &export.resolve(go), result_loss) {
            Loss::Nothing => {}
            Loss::Range => {
                narrow = narrow.or(Some(text("returns", "", &prototype.result, go, export)));
            }
            Loss::Values => {
                return Widths::Wrong(text("returns", "", &prototype.result, go, export));
            }
        }
    }
    narrow.map_or(Widths::Fit, Widths::Narrow)
}

fn loss(ours: &CType, go: &str, of_values: fn(Number, Number) -> Loss) -> Loss {
    let (Some(c), Some(theirs)) = (Number::of_c(&ours.type_name), pointee(go, ours.pointers))
    else {
        return Loss::Nothing;
    };
    if ours.pointers == 0 {
        return of_values(c, theirs);
    }
    let is_float = |number| matches!(number, Number::Float(_));
    if c.bits() != theirs.bits() || is_float(c) != is_float(theirs) {
        Loss::Values
    } else if c != theirs && c.bits() > 8 {
        Loss::Range
    } else {
        Loss::Nothing
    }
}

/// The number that the Go type `text` points to through exactly so many pointers.
pub(super) fn pointee(text: &str, pointers: usize) -> Option<Number> {
    let mut rest = text.trim();
    for _ in 0..pointers {
        rest = rest.strip_prefix('*')?.trim_start();
    }
    number(rest)
}

/// What gets lost if C passes a value of `ours` to Go's `theirs`.
fn param_loss(ours: Number, theirs: Number) -> Loss {
    use Number::{Bool, Char, Float};
    match (ours, theirs) {
        _ if ours == theirs => Loss::Nothing,
        // What is 0 or 1 fits everywhere; whoever declares an integer for a `bool` passes these.
        (Bool, _) | (Char, Bool) => Loss::Nothing,
        (Float(_), Bool) => Loss::Values,
        (_, Bool) => Loss::Range,
        (Float(a), Float(b)) if a > b => Loss::Nothing,
        (Float(_), _) => Loss::Values,
        (_, Float(_)) => Loss::Range,
        (Char, _) => Loss::Nothing,
        _ if !ours.is_within(theirs) => Loss::Values,
        _ if ours.bits() == theirs.bits() => Loss::Nothing,
        _ => Loss::Range,
    }
}

/// What gets lost if C returns a value of Go's `theirs` as `ours`.
fn result_loss(ours: Number, theirs: Number) -> Loss {
    use Number::{Bool, Float};
    match (theirs, ours) {
        (Bool, _) => Loss::Nothing,
        // C converts everything but 0 to true, which is what a caller asks for.
        (_, Bool) => Loss::Nothing,
        (Float(a), Float(b)) if a <= b => Loss::Nothing,
        (Float(_), _) => Loss::Values,
        (_, Float(bits)) => {
            let exact = if bits == 32 { 24 } else { 53 };
            if theirs.bits() <= exact { Loss::Range } else { Loss::Values }
        }
        _ if theirs.is_within(ours) => Loss::Nothing,
        _ => Loss::Values,
    }
}

fn text(verb: &str, place: &str, ours: &CType, go: &str, export: &GoExport) -> String {
    let of = |number: Option<Number>| number.map_or(String::new(), |number| format!(" ({number})"));
    let resolved = export.resolve(go);
    let place = if place.is_empty() { String::new() } else { format!(" {place}") };
    let stars = "*".repeat(ours.pointers);
    let spelling = match export.signature().or_else(|| c_type(&resolved)) {
        Some(spelling) => format!("; write `{spelling}`"),
        None => String::new(),
    };
    format!(
        "{verb} `{}{stars}`{}{place}, but `{}` ({}:{}) {verb} `{go}`{}{spelling}",
        ours.type_name,
        of(Number::of_c(&ours.type_name)),
        export.declaration,
        export.file,
        export.line,
        of(pointee(&resolved, ours.pointers)),
    )
}
