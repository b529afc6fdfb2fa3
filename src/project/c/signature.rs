//! The `signatures` of a configuration, and the prototypes among them.
//!
//! Input: C declarations as text. Output: [`Signature`]s, one for each declaration, with a
//! [`Prototype`] where it is a plain function prototype. Everything else that cffi reads (structs,
//! callbacks, `extern "Python"`) is left to cffi and the C compiler: a prototype here has to be
//! certain.

use std::collections::HashMap;
use std::fmt;

use super::super::names::is_identifier;
use super::split::split;
use super::tokens::{CToken, lex, nesting};
use super::typedefs::Typedefs;
use super::types::{BaseType, CType};

/// One declaration, or one entry of `signatures` that is not complete by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The text as written.
    pub text: String,
    /// The file and line, unless it is in `signatures`.
    pub place: Option<String>,
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
        let mut out = Vec::new();
        for text in texts {
            let (tokens, open_comment) = lex(text);
            let starts = finished && depth == 0 && !commented && !open_comment;
            commented |= open_comment;
            depth += tokens.iter().map(nesting).sum::<i64>();
            match tokens.last() {
                Some(CToken::Punct(last)) => finished = matches!(last, ';' | '}'),
                Some(CToken::Word(_) | CToken::Literal) => finished = false,
                Some(CToken::Directive(_)) | None => {}
            }
            let pieces = if starts && finished && depth == 0 { split(text) } else { Vec::new() };
            if let [_, _, ..] = pieces.as_slice() {
                out.extend(pieces.into_iter().map(|piece| Self::one(piece.text, None)));
            } else {
                let prototype = if starts { prototype(&tokens) } else { None };
                out.push(Self { text: text.clone(), place: None, prototype });
            }
        }
        out
    }

    /// Reads the declarations of a file, which messages call `file`.
    pub fn read_file(text: &str, file: &str) -> Vec<Self> {
        let place = |line: usize| Some(format!("{file}:{line}"));
        split(text).into_iter().map(|piece| Self::one(piece.text, place(piece.line))).collect()
    }

    fn one(text: &str, place: Option<String>) -> Self {
        let (tokens, open_comment) = lex(text);
        let prototype = if open_comment { None } else { prototype(&tokens) };
        Self { text: text.to_owned(), place, prototype }
    }

    /// Every prototype of all entries with its signature, also of those that are part of several.
    /// Types that other entries define by a `typedef` of a plain type are replaced by it.
    pub fn prototypes(signatures: &[Self]) -> Vec<(Self, Prototype)> {
        let texts: Vec<_> = signatures.iter().map(|signature| signature.text.as_str()).collect();
        let joined = texts.join("\n");
        let written: HashMap<_, _> = signatures
            .iter()
            .filter_map(|signature| Some((&signature.prototype.as_ref()?.name, signature)))
            .collect();
        let (tokens, _) = lex(&joined);
        let mut depth = 0i64;
        let at_the_end = |token: &CToken| {
            depth += nesting(token);
            depth == 0 && *token == CToken::Punct(';')
        };
        let declarations: Vec<_> = tokens.split(at_the_end).map(without_directives).collect();
        let typedefs = Typedefs::read(&declarations);
        let read = |tokens: &[CToken]| {
            let mut tokens = tokens.to_vec();
            tokens.push(CToken::Punct(';'));
            let mut prototype = prototype(&tokens)?;
            let signature = match written.get(&prototype.name) {
                Some(signature) => (*signature).clone(),
                None => Self { text: prototype.to_string(), place: None, prototype: None },
            };
            let Prototype { params, result, .. } = &mut prototype;
            params.iter_mut().chain([result]).for_each(|c_type| typedefs.resolve(c_type));
            Some((signature, prototype))
        };
        declarations.into_iter().filter_map(read).collect()
    }

    /// The prototype that the entry would be if a semicolon followed.
    pub fn without_semicolon(&self) -> Option<Prototype> {
        let (mut tokens, open_comment) = lex(&self.text);
        let is_open = !open_comment && tokens.last() == Some(&CToken::Punct(')'));
        tokens.push(CToken::Punct(';'));
        if is_open { prototype(&tokens) } else { None }
    }

    /// Its first preprocessor line other than `#define` and `#pragma`, which cffi cannot read.
    pub fn directive(&self) -> Option<&str> {
        let words = |line: &str| {
            let word = line.trim_start_matches('#').trim_start();
            !(word.starts_with("define") || word.starts_with("pragma") || word.starts_with("line"))
        };
        lex(&self.text).0.into_iter().find_map(|token| match token {
            CToken::Directive(line) if words(line) => Some(line),
            _ => None,
        })
    }

    /// Whether `name` is one of its words.
    pub fn mentions(&self, name: &str) -> bool {
        let is_apart = |c: char| !c.is_alphanumeric() && c != '_';
        lex(&self.text).0.into_iter().any(|token| match token {
            CToken::Directive(line) => line.split(is_apart).any(|word| word == name),
            token => token == CToken::Word(name),
        })
    }

    /// Whether a `typedef` of it gives the name `name`.
    pub fn defines(&self, name: &str) -> bool {
        let tokens = lex(&self.text).0;
        let ends = [CToken::Word(name), CToken::Punct(';')];
        tokens.contains(&CToken::Word("typedef")) && tokens.windows(2).any(|pair| pair == ends)
    }

    /// The fields of a struct, for each its type and name if these are plain.
    pub fn fields(&self) -> Vec<Option<CType>> {
        let tokens = lex(&self.text).0;
        let end = tokens.iter().rposition(|token| *token == CToken::Punct('}'));
        let open = tokens.iter().position(|token| *token == CToken::Punct('{'));
        let (Some(open), Some(end)) = (open, end) else { return Vec::new() };
        let fields = tokens.get(open + 1..end).unwrap_or_default();
        let fields = fields.split(|token| *token == CToken::Punct(';'));
        fields.filter(|field| !field.is_empty()).map(|field| CType::parse(field, true)).collect()
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

impl fmt::Display for Prototype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let params: Vec<_> = self.params.iter().map(|param| param.text.as_str()).collect();
        let params = if params.is_empty() { "void".to_owned() } else { params.join(", ") };
        write!(f, "{} {}({params});", self.result.text, self.name)
    }
}

/// `tokens` without the preprocessor lines before them.
fn without_directives<'t, 's>(tokens: &'t [CToken<'s>]) -> &'t [CToken<'s>] {
    let is_directive = |token: &&CToken| matches!(token, CToken::Directive(_));
    let start = tokens.iter().take_while(is_directive).count();
    tokens.get(start..).unwrap_or_default()
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
