//! The functions in the header that cgo writes for a library.
//!
//! Input: its text. Output: the declarations after the preamble of the Go code, without what makes
//! the header fit C++ and Windows.

use super::c::signature::Signature;

/// Where the functions begin.
const PROLOGUE: &str = "/* End of boilerplate cgo prologue.  */";

/// The part of `header` that declares the exported functions; nothing before it names a place.
pub fn exported(header: &str) -> &str {
    header.find(PROLOGUE).and_then(|start| header.get(start..)).unwrap_or_default()
}

/// The declarations of `header`: functions, and before each that has several results their struct.
pub fn exported_functions(header: &str) -> Vec<Signature> {
    let functions = exported(header).strip_prefix(PROLOGUE).unwrap_or_default();
    let is_c = |line: &&str| !line.starts_with('#') && !["}", "extern \"C\" {"].contains(line);
    let text = functions.lines().filter(is_c).collect::<Vec<_>>().join("\n");
    Signature::read_file(&text.replace("__declspec(dllexport) ", ""), "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_follows_the_preamble_is_exported() {
        let functions = "\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n\
                         extern __declspec(dllexport) char* F(GoInt n);\n\n#ifdef __cplusplus\n}\n#endif\n";
        let header =
            format!("#line 3 \"/home/me/main.go\"\nint add(int);\n{PROLOGUE}\n{functions}");
        let names = |header: &str| {
            let all = exported_functions(header).into_iter();
            all.filter_map(|signature| Some(signature.prototype?.to_string())).collect::<Vec<_>>()
        };
        assert_eq!(names(&header), ["char* F(GoInt n);"]);
        assert_eq!(names(exported(&header)), names(&header));
        assert!(!exported(&header).contains("/home/me"));
        assert_eq!(names("int add(int);"), [""; 0]);
    }
}
