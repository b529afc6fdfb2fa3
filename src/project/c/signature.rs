//! The `signatures` of a configuration, and the prototypes among them.
//!
//! Input: C declarations as text. Output: [`Signature`]s, with a [`Prototype`] where the text is
//! one plain function prototype. Everything else that cffi reads (structs, typedefs, callbacks,
//! `extern "Python"`, several declarations in one entry) is left to cffi and the C compiler: a
//! prototype here has to be certain.

use super::super::names::is_identifier;
use super::tokens::{CToken, lex};
use super::types::{BaseType, CType};

/// One entry of `signatures`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The text as written.
    pub text: String,
    /// Its prototype, if it is a plain one.
    pub prototype: Option<Prototype>,
}

/// A function as C declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prototype {
    /// Its name.
    pub name: String,
    /// Its parameters.
    pub params: Vec<CType>,
    /// Its result.
    pub result: CType,
}

impl Signature {
    /// Reads all entries. cffi gets them joined by line breaks, so a declaration may extend over
    /// several entries; none of these has a prototype.
    pub fn read_all(texts: &[String]) -> Vec<Self> {
        let mut depth = 0i64;
        let (mut finished, mut commented) = (true, false);
        let read = |text: &String| {
            let (tokens, open_comment) = lex(text);
            let alone = finished && depth == 0 && !commented && !open_comment;
            commented |= open_comment;
            depth += tokens.iter().map(nesting).sum::<i64>();
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

    /// Whether the entry certainly adds nothing to cffi's `lib`: it consists of complete type
    /// declarations without constants.
    pub fn declares_only_types(&self) -> bool {
        let (tokens, open_comment) = lex(&self.text);
        let mut depth = 0i64;
        let at_the_end = |token: &CToken| {
            depth += nesting(token);
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
        let is_constant =
            |token: &CToken| matches!(token, CToken::Word("enum") | CToken::Directive(_));
        // What follows the last semicolon would continue in the next entry.
        let Some((rest, whole)) = declarations.split_last() else { return true };
        rest.is_empty()
            && !open_comment
            && whole.iter().all(is_type)
            && !tokens.iter().any(is_constant)
    }
}

/// How much deeper the tokens after `token` are nested in brackets.
fn nesting(token: &CToken) -> i64 {
    match token {
        CToken::Punct('{' | '(' | '[') => 1,
        CToken::Punct('}' | ')' | ']') => -1,
        _ => 0,
    }
}

fn prototype(tokens: &[CToken]) -> Option<Prototype> {
    let [declaration @ .., CToken::Punct(')'), CToken::Punct(';')] = tokens else { return None };
    let open = declaration.iter().position(|token| *token == CToken::Punct('('))?;
    let (head, list) = (&declaration[..open], &declaration[open + 1..]);
    let [result @ .., CToken::Word(name)] = head else { return None };
    let mut result = CType::parse(result, false)?;
    if !is_identifier(name) || KEYWORDS.split(' ').any(|keyword| keyword == *name) {
        return None;
    }
    let storage = ["extern ", "static ", "inline "];
    while let Some(rest) = storage.iter().find_map(|word| result.text.strip_prefix(word)) {
        result.text = rest.to_owned();
    }
    let entries: Vec<_> = list.split(|token| *token == CToken::Punct(',')).collect();
    let params = match entries.as_slice() {
        [[]] | [[CToken::Word("void")]] => Vec::new(),
        entries => entries.iter().map(|entry| CType::parse(entry, true)).collect::<Option<_>>()?,
    };
    if params.iter().any(|param| param.base == BaseType::Void && param.pointers == 0) {
        return None;
    }
    Some(Prototype { name: (*name).to_owned(), params, result })
}

/// Words that cannot be the name of a function.
const KEYWORDS: &str = "char const double enum float for if int long return short signed sizeof \
    static struct switch typedef union unsigned void volatile while extern inline restrict \
    _Bool _Static_assert __attribute__ __declspec";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn one(text: &str) -> Option<Prototype> {
        Signature::read_all(&[text.to_owned()]).remove(0).prototype
    }

    #[test]
    fn reads_plain_prototypes() {
        for (text, name, params, result) in [
            (
                "char *Hello(const char\n*message, int);",
                "Hello",
                &["const char* message", "int"][..],
                "char*",
            ),
            ("void F(void);", "F", &[], "void"),
            ("void F();", "F", &[], "void"),
            (
                "extern const char * const F(const char argv[][8], unsigned long, handle h);",
                "F",
                &["const char argv[]", "unsigned long", "handle h"],
                "const char* const",
            ),
            (
                "struct s F(struct s *x, union u, enum e v);",
                "F",
                &["struct s* x", "union u", "enum e v"],
                "struct s",
            ),
            ("int /* ( */ F(void *p) ; // x", "F", &["void* p"], "int"),
        ] {
            let read = one(text).unwrap();
            let texts: Vec<_> = read.params.iter().map(|param| param.text.as_str()).collect();
            assert_eq!((read.name.as_str(), &texts[..]), (name, params), "{text}");
            assert_eq!(read.result.text, result, "{text}");
        }
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
    fn type_declarations_add_nothing_to_lib() {
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
    fn a_declaration_over_several_entries_is_not_a_prototype() {
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
