//! What to do about C code that uses more of Python than the limited API has.
//!
//! In: what a C compiler or cgo printed, and the headers that it was compiled with. Out: help that
//! says since when the limited API has the name, or that it never had it.

use crate::factory::stage::pattern::find;
use crate::factory::stage::python_api::PythonApi;
use crate::target::Release;

/// How clang and cgo report a name that is not declared, without its first letters.
const UNDECLARED: &[(&str, &str)] = &[
    ("could not determine what C.Py* refers to", "Py"),
    ("could not determine what C._Py* refers to", "_Py"),
    ("call to undeclared function 'Py*'", "Py"),
    ("call to undeclared function '_Py*'", "_Py"),
    ("use of undeclared identifier 'Py*'", "Py"),
    ("use of undeclared identifier '_Py*'", "_Py"),
    ("unknown type name 'Py*'", "Py"),
];

/// How clang reports a use of the fields of a type that the limited API only names.
const INCOMPLETE: &[&str] = &["incomplete type 'Py*'", "incomplete definition of type 'Py*'"];

/// The help, if `output` says that something of Python is missing in the headers of `api`.
pub(super) fn advise(api: &PythonApi, output: &str) -> Option<String> {
    let undeclared = UNDECLARED.iter().find_map(|(pattern, start)| {
        let rest = find(pattern, output)?;
        // Python's names go on like this: PyList_New, Py_None, _PyLong_Sign.
        rest.starts_with(|c: char| c == '_' || c.is_ascii_uppercase())
            .then(|| format!("{start}{rest}"))
    });
    if let Some(name) = undeclared {
        return Some(match since(api, &name) {
            Some(release) => format!(
                "`{name}` is in Python's limited API since {release}, and the wheels are for Python \
                 {} too: do without it, or require Python >={release}",
                api.oldest
            ),
            None => format!(
                "`{name}` is not in Python's limited API, which is all that `binding = \"capi\"` \
                 offers: replace it with what https://docs.python.org/3/c-api/stable.html lists"
            ),
        });
    }
    let name = INCOMPLETE.iter().find_map(|pattern| find(pattern, output))?;
    Some(format!(
        "`Py{name}` has no fields in Python's limited API, which is all that `binding = \"capi\"` \
         offers: call functions instead, and make types with PyType_FromSpec"
    ))
}

/// The first release of which the limited API has `name`, if that is newer than the oldest.
fn since(api: &PythonApi, name: &str) -> Option<Release> {
    let found = api.headers.iter().filter_map(|(_, text)| minor(text, name)).min()?;
    (found > api.oldest.minor).then(|| Release::new(api.oldest.major, found))
}

/// The minor version that the conditions around `name` in a header ask for.
fn minor(header: &str, name: &str) -> Option<u16> {
    let mut conditions = Vec::new();
    for line in header.lines() {
        if line.starts_with("#if") {
            let version = line.split_once("Py_LIMITED_API + 0 >= 0x03").map(|(_, rest)| rest);
            let digits = version.and_then(|rest| rest.get(..2));
            conditions.push(digits.and_then(|digits| u16::from_str_radix(digits, 16).ok()));
        } else if line.starts_with("#endif") {
            conditions.pop();
        } else if line.split(|c: char| c != '_' && !c.is_ascii_alphanumeric()).any(|w| w == name) {
            return conditions.iter().flatten().max().copied();
        }
    }
    None
}
