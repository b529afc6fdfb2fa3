//! An export as C declares it.
//!
//! Input: a [`GoExport`]. Output: its line in `signatures`, or its declaration.

use super::super::names::is_identifier;
use super::exports::GoExport;
use super::types::{c_type, number, resolve};

/// Whether C knows the type that the Go type `text` becomes without the package's own headers.
fn is_plain(text: &str) -> bool {
    let bare = text.trim_start_matches(['*', ' ']);
    match bare.strip_prefix("C.") {
        Some(name) => number(bare).is_some() || name == "void",
        None => true,
    }
}

impl GoExport {
    /// The type that `text`, a type of this function, stands for.
    pub fn resolve(&self, text: &str) -> String {
        resolve(text, &self.named)
    }

    /// The line of `signatures` that declares it: `char* Hello(char* message, int count);`.
    pub fn signature(&self) -> Option<String> {
        let spell = |text: &str| c_type(&self.resolve(text));
        let mut params = Vec::new();
        for param in &self.params {
            let name = param.name.as_deref().filter(|name| is_c_name(name));
            let ty = spell(&param.type_text)?;
            params.push(name.map_or(ty.clone(), |name| format!("{ty} {name}")));
        }
        let params = if params.is_empty() { "void".to_owned() } else { params.join(", ") };
        let name = &self.name;
        match self.results.as_slice() {
            [] => Some(format!("void {name}({params});")),
            [one] => Some(format!("{} {name}({params});", spell(one)?)),
            many => {
                let field = |(at, text): (usize, &String)| Some(format!("{} r{at};", spell(text)?));
                let fields: Vec<_> = many.iter().enumerate().map(field).collect::<Option<_>>()?;
                let fields = fields.join(" ");
                Some(format!(
                    "struct {name}_return {{ {fields} }}; struct {name}_return {name}({params});"
                ))
            }
        }
    }

    /// The same as a declaration for C, if the types need no header of its package.
    pub fn c_declaration(&self) -> Option<String> {
        let all = self.params.iter().map(|param| &param.type_text).chain(&self.results);
        let plain = all.into_iter().all(|text| is_plain(&self.resolve(text)));
        let bool_free = |text: String| text.replace("bool", "_Bool");
        self.signature().filter(|_| plain).map(bool_free)
    }
}

/// Whether a C declaration may call a parameter `name`.
fn is_c_name(name: &str) -> bool {
    const WORDS: &str = "_ auto bool break case char const continue default do double else enum \
        extern float for goto if inline int long register restrict return short signed sizeof \
        static struct switch typedef union unsigned void volatile while size_t _Bool";
    is_identifier(name) && name.is_ascii() && !WORDS.split_whitespace().any(|word| word == name)
}

#[cfg(test)]
mod tests {
    use super::super::exports::read;

    #[test]
    fn an_export_has_a_signature_to_paste() {
        let line = |function: &str| {
            let text = format!(
                "package main\nimport \"C\"\ntype ID int32\ntype (\n\tHandle = C.uintptr_t\n)\n\
                 //export F\nfunc F{function} {{}}\n"
            );
            read(&text, "main.go").exports.remove(0).signature().unwrap_or_default()
        };
        for (function, signature) in [
            ("()", "void F(void);"),
            ("(a, b int) int", "long long F(long long a, long long b);"),
            ("(id ID, h Handle) *ID", "int* F(int id, uintptr_t h);"),
            ("(text *C.char, on bool) string", "GoString F(char* text, bool on);"),
            ("(int *C.int, _ C.uint)", "void F(int*, unsigned int);"),
            ("(p unsafe.Pointer, b []byte) C.struct_s", "struct s F(void* p, GoSlice b);"),
            (
                "() (int, *C.char)",
                "struct F_return { long long r0; char* r1; }; struct F_return F(void);",
            ),
            ("(x Unknown)", ""),
        ] {
            assert_eq!(line(function), signature, "{function}");
        }
    }
}
