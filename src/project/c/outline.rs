//! The functions among declarations, whatever their types.
//!
//! Input: one declaration. Output: an [`Outline`], if it is the prototype of a function with a fixed
//! number of parameters. In contrast to a prototype it may have parameters that are no plain types.

use super::tokens::{CToken, lex, nesting};
use super::types::CType;

/// A function, as far as its text shows it.
#[derive(Debug, PartialEq, Eq)]
pub struct Outline {
    /// Its name.
    pub name: String,
    /// Its result, if that is a plain type.
    pub result: Option<CType>,
    /// Its parameters.
    pub params: Vec<Shape>,
}

/// The type of a parameter.
#[derive(Debug, PartialEq, Eq)]
pub enum Shape {
    /// A plain type.
    Plain(CType),
    /// A pointer to a function.
    Function,
    /// Another type.
    Other,
}

impl Outline {
    /// Reads a declaration.
    pub fn of(text: &str) -> Option<Self> {
        let (tokens, open_comment) = lex(text);
        let [declaration @ .., CToken::Punct(')'), CToken::Punct(';')] = tokens.as_slice() else {
            return None;
        };
        if open_comment || declaration.first() == Some(&CToken::Word("typedef")) {
            return None;
        }
        let open = declaration.iter().position(|token| *token == CToken::Punct('('))?;
        let (head, list) = (declaration.get(..open)?, declaration.get(open + 1..)?);
        let [result @ .., CToken::Word(name)] = head else { return None };
        // A result that is a pointer to a function, or an attribute, is nested differently.
        let mut depth = 0;
        let mut params = vec![Vec::new()];
        for token in list {
            depth += nesting(token);
            if depth < 0 {
                return None;
            }
            match params.last_mut() {
                Some(_) if depth == 0 && *token == CToken::Punct(',') => params.push(Vec::new()),
                Some(last) => last.push(*token),
                None => {}
            }
        }
        let is_variadic = params.iter().any(|param| param.contains(&CToken::Punct('.')));
        if is_variadic || result.is_empty() {
            return None;
        }
        if matches!(params.as_slice(), [only] if only.is_empty() || *only == [CToken::Word("void")])
        {
            params.clear();
        }
        Some(Self {
            name: (*name).to_owned(),
            result: CType::parse(result, false),
            params: params.iter().map(|param| Shape::of(param)).collect(),
        })
    }
}

impl Shape {
    fn of(param: &[CToken<'_>]) -> Self {
        let points = [CToken::Punct('('), CToken::Punct('*')];
        match CType::parse(param, true) {
            Some(plain) => Self::Plain(plain),
            None if param.windows(2).any(|pair| pair == points) => Self::Function,
            None => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_outlined_with_every_parameter() {
        let of = |text: &str| {
            let outline = Outline::of(text)?;
            let shape = |shape: &Shape| match shape {
                Shape::Plain(plain) => format!("{}{}", plain.type_name, "*".repeat(plain.pointers)),
                Shape::Function => "function".to_owned(),
                Shape::Other => "other".to_owned(),
            };
            let result = outline.result.map_or("other".to_owned(), |result| result.text);
            let params: Vec<_> = outline.params.iter().map(shape).collect();
            Some(format!("{result} {}({})", outline.name, params.join(", ")))
        };
        for (text, expected) in [
            ("int F(void);", Some("int F()")),
            ("extern char *F();", Some("extern char* F()")),
            ("void Each(void (*f)(int, void *), void* data);", Some("void Each(function, void*)")),
            (
                "point F(const point *p, int a[3], struct s b);",
                Some("point F(point*, int*, struct s)"),
            ),
            ("void F(int a[2][3]);", Some("void F(int*)")),
            ("void F(int (&a)[2]);", Some("void F(other)")),
            ("void (*F(int))(void);", None),
            ("int F(int a, ...);", None),
            ("typedef int F(int);", None),
            ("struct s { int a; };", None),
            ("extern int x;", None),
        ] {
            assert_eq!(of(text).as_deref(), expected, "{text}");
        }
    }
}
