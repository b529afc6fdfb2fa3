//! The `signatures` of a configuration, and the prototypes among them.
//!
//! In: C declarations as text. Out: [`Signature`], with a [`Prototype`] where the text is one
//! plain prototype of a function. Whatever else cffi reads (structs, typedefs, callbacks,
//! `extern "Python"`, several declarations in one) is left to cffi and the C compiler: what is
//! claimed here has to be certain.

use super::lexer::{CToken, lex};
use super::type_class::{QUALIFIERS, Shape};

/// One entry of `signatures`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// As it was written.
    pub text: String,
    /// What it says, where it is a plain prototype.
    pub prototype: Option<Prototype>,
}

/// A function as C declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prototype {
    /// Its name.
    pub name: String,
    /// What it takes.
    pub params: Vec<CType>,
    /// What it gives.
    pub result: CType,
}

/// A type in a prototype, the name of a parameter included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CType {
    /// Its words and stars, with single blanks.
    pub text: String,
    /// What it looks like.
    pub shape: Shape,
}

impl Signature {
    /// Reads all entries. cffi gets them joined by line ends, so one declaration may be spread
    /// over several entries, and none of these is a prototype.
    pub fn read_all(texts: &[String]) -> Vec<Self> {
        let mut depth = 0i64;
        let (mut finished, mut commented) = (true, false);
        let read = |text: &String| {
            let (tokens, open_comment) = lex(text);
            let alone = finished && depth == 0 && !commented && !open_comment;
            commented |= open_comment;
            for token in &tokens {
                match token {
                    CToken::Punct('{' | '(' | '[') => depth += 1,
                    CToken::Punct('}' | ')' | ']') => depth -= 1,
                    _ => {}
                }
            }
            match tokens.last() {
                Some(CToken::Punct(last)) => finished = matches!(last, ';' | '}'),
                Some(CToken::Word(_) | CToken::Literal) => finished = false,
                Some(CToken::Directive(_)) | None => {}
            }
            let prototype = if alone { prototype(&tokens) } else { None };
            Self { text: text.clone(), prototype }
        };
        texts.iter().map(read).collect()
    }

    /// Whether it holds nothing but whole declarations of types without constants: all that
    /// cffi's `lib` gets from it is nothing. `false` where that is not certain.
    pub fn declares_only_types(&self) -> bool {
        let (tokens, open_comment) = lex(&self.text);
        let mut depth = 0i64;
        let at_the_end = |token: &CToken| {
            match token {
                CToken::Punct('{' | '(' | '[') => depth += 1,
                CToken::Punct('}' | ')' | ']') => depth -= 1,
                _ => {}
            }
            depth == 0 && *token == CToken::Punct(';')
        };
        let declarations: Vec<_> = tokens.split(at_the_end).collect();
        let is_type = |declaration: &&[CToken]| {
            matches!(
                declaration,
                [CToken::Word("typedef"), ..]
                    | [CToken::Word("struct" | "union"), CToken::Word(_)]
                    | [CToken::Word("struct" | "union"), .., CToken::Punct('}')]
            )
        };
        let constants =
            |token: &CToken| matches!(token, CToken::Word("enum") | CToken::Directive(_));
        // What follows the last semicolon would go on in the next entry.
        let (rest, whole) = match declarations.split_last() {
            Some((rest, whole)) => (rest.is_empty(), whole),
            None => (true, &[][..]),
        };
        rest && !open_comment && whole.iter().all(is_type) && !tokens.iter().any(constants)
    }
}

fn prototype(tokens: &[CToken]) -> Option<Prototype> {
    let [declaration @ .., CToken::Punct(')'), CToken::Punct(';')] = tokens else { return None };
    let open = declaration.iter().position(|token| *token == CToken::Punct('('))?;
    let (head, list) = (&declaration[..open], &declaration[open + 1..]);
    let [result @ .., CToken::Word(name)] = head else { return None };
    let mut result = c_type(result, false)?;
    if !super::super::names::is_identifier(name) || KEYWORDS.contains(name) {
        return None;
    }
    let storage = ["extern ", "static ", "inline "];
    while let Some(rest) = storage.iter().find_map(|word| result.text.strip_prefix(word)) {
        result.text = rest.to_owned();
    }
    let entries: Vec<_> = list.split(|token| *token == CToken::Punct(',')).collect();
    let params = match entries.as_slice() {
        [[]] | [[CToken::Word("void")]] => Vec::new(),
        entries => entries.iter().map(|entry| c_type(entry, true)).collect::<Option<_>>()?,
    };
    if params.iter().any(|param| param.shape == Shape::Void) {
        return None;
    }
    Some(Prototype { name: (*name).to_owned(), params, result })
}

/// Reads words, then stars mixed with qualifiers, then perhaps a name and `[..]`.
fn c_type(tokens: &[CToken], param: bool) -> Option<CType> {
    let array = tokens.iter().position(|token| *token == CToken::Punct('['));
    let (plain, brackets) = tokens.split_at(array.unwrap_or(tokens.len()));
    let brackets_fit = match brackets {
        [] => true,
        [CToken::Punct('['), inner @ .., CToken::Punct(']')] => {
            param
                && inner
                    .iter()
                    .all(|token| matches!(token, CToken::Word(_) | CToken::Punct('[' | ']')))
        }
        _ => false,
    };
    let (mut words, mut stars) = (Vec::new(), 0);
    let mut text = String::new();
    for token in plain {
        match token {
            CToken::Word(word) => {
                if !text.is_empty() {
                    text.push(' ');
                }
                text.push_str(word);
                words.push(*word);
            }
            CToken::Punct('*') if !words.is_empty() => {
                text.push('*');
                stars += 1;
            }
            _ => return None,
        }
    }
    let types: Vec<_> = words.iter().copied().filter(|word| !QUALIFIERS.contains(word)).collect();
    let tagged = matches!(types.as_slice(), ["struct" | "union" | "enum"]);
    let numbered = types.iter().any(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    let foreign = types.iter().any(|word| FOREIGN.contains(word));
    if types.is_empty() || tagged || numbered || foreign || !brackets_fit {
        return None;
    }
    let pointers = stars + usize::from(!brackets.is_empty());
    if !brackets.is_empty() {
        text.push_str("[]");
    }
    Some(CType { shape: Shape::of_c(&words, pointers, param), text })
}

/// Words after which a declaration is something other than a prototype.
const FOREIGN: &[&str] =
    &["typedef", "__attribute__", "_Static_assert", "__declspec", "_Alignas", "return", "asm"];

/// Words of C that no function is called by.
const KEYWORDS: &[&str] = &[
    "char",
    "const",
    "double",
    "enum",
    "float",
    "if",
    "int",
    "long",
    "return",
    "short",
    "signed",
    "sizeof",
    "struct",
    "switch",
    "union",
    "unsigned",
    "void",
    "volatile",
    "while",
    "for",
    "typedef",
    "static",
    "extern",
    "inline",
    "restrict",
    "_Bool",
    "_Static_assert",
    "__attribute__",
    "__declspec",
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn one(text: &str) -> Option<Prototype> {
        Signature::read_all(&[text.to_owned()]).remove(0).prototype
    }

    fn shapes(text: &str) -> (Vec<Shape>, Shape) {
        let prototype = one(text).unwrap();
        (prototype.params.iter().map(|param| param.shape).collect(), prototype.result.shape)
    }

    #[test]
    fn reads_plain_prototypes() {
        use Shape::*;
        assert_eq!(
            shapes("char* Hello(char* message, int count);"),
            (vec![Pointer, Number], Pointer)
        );
        assert_eq!(shapes("void F(void);"), (vec![], Void));
        assert_eq!(shapes("void F();"), (vec![], Void));
        assert_eq!(
            shapes("extern const char * const F(const char argv[][8], unsigned long, handle h);"),
            (vec![Pointer, Number, Unknown], Pointer)
        );
        assert_eq!(
            shapes("struct s F(struct s *x, union u, enum e v);"),
            (vec![Pointer, Unknown, Number], Struct)
        );
        assert_eq!(shapes("int /* ( */ F(void *p) ; // x"), (vec![Pointer], Number));
        let hello = one("char* Hello(char *message);").unwrap();
        assert_eq!((hello.name.as_str(), hello.result.text.as_str()), ("Hello", "char*"));
        assert_eq!(hello.params[0].text, "char* message");
    }

    #[test]
    fn leaves_the_rest_to_cffi() {
        for text in [
            "",
            "int x;",
            "int F(int)",
            "typedef int (*cb)(int);",
            "typedef int fn(int);",
            "struct s { int a; };",
            "void F(void (*cb)(int));",
            "int F(int, ...);",
            "int... F(int);",
            "extern \"Python\" int F(int);",
            "int A(int); int B(int);",
            "MACRO(int, a);",
            "F(int);",
            "#define X 5",
            "int (*F)(int);",
            "int (F)(int);",
            "static const int x = f(1);",
            "int F(int) __attribute__((pure));",
            "int F(void x);",
            "int F(int,);",
            "int F(5);",
            "struct F(int);",
            "sizeof(int);",
        ] {
            assert_eq!(one(text), None, "{text}");
        }
    }

    #[test]
    fn tells_types_from_what_lib_gets() {
        let only_types = |text: &str| {
            Signature::read_all(&[text.to_owned()]).iter().all(Signature::declares_only_types)
        };
        for text in [
            "",
            "/* none */",
            "typedef int (*cb)(int);",
            "struct s { int a; }; typedef struct s s; union u;",
        ] {
            assert!(only_types(text), "{text}");
        }
        for text in [
            "int x;",
            "int F(int, ...);",
            "typedef struct {",
            "typedef int x; int y;",
            "typedef int",
            "typedef enum { A } e;",
            "struct { enum { A } e; };",
            "struct s x;",
            "struct s { int a; } x;",
            "#define X 5",
            "extern \"Python\" int F(int);",
            "typedef int x; /*",
            "};",
        ] {
            assert!(!only_types(text), "{text}");
        }
    }

    #[test]
    fn a_declaration_over_several_entries_is_none() {
        let texts = [
            "extern \"Python\" {",
            "int cb(int);",
            "}",
            "int F(int);",
            "int",
            "G(int);",
            "#define X 1",
            "int H(int);",
            "/*",
            "int I(int); */ int J(int);",
        ];
        let texts = texts.map(str::to_owned);
        let names: Vec<_> = Signature::read_all(&texts)
            .into_iter()
            .filter_map(|signature| Some(signature.prototype?.name))
            .collect();
        assert_eq!(names, ["F", "H"]);
    }

    proptest! {
        #[test]
        fn any_text_is_read(texts in prop::collection::vec("[\\PC\n]{0,30}|[a-c()*,;{}\\[\\] ]{0,30}", 0..4)) {
            Signature::read_all(&texts);
        }

        #[test]
        fn arity_is_the_number_of_entries(params in prop::collection::vec("(const )?(char|int|foo|struct s) ?\\*{0,2} ?[a-z]{2}_", 1..6)) {
            let text = format!("int F({});", params.join(", "));
            prop_assert_eq!(one(&text).unwrap().params.len(), params.len());
        }
    }
}
