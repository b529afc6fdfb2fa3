//! The types of declarations under other names, so that one C file can have them along with those
//! of a header.
//!
//! Input: declarations as cffi reads them. Output: C with their types, and the names that it gives
//! them. Functions and variables are left out.

use std::collections::{BTreeMap, BTreeSet};

use super::split::split;
use super::tokens::{CToken, lex, placed};

/// The prefix of each name.
pub const PREFIX: &str = "pygo_declared_";

/// Types, and their names.
#[derive(Debug, Default)]
pub struct Renamed {
    /// The declarations in C.
    pub text: String,
    /// The names as they were.
    names: BTreeSet<String>,
    /// For each struct or union with plain fields the text that defines it.
    defined: BTreeMap<String, String>,
}

impl Renamed {
    /// The types among `declarations`.
    pub fn of(declarations: &str) -> Self {
        let mut own = Self::default();
        let pieces: Vec<_> =
            split(declarations).into_iter().map(|piece| piece.text).filter(is_type).collect();
        // Twice: a name may come before the definition that it stands for.
        for piece in pieces.iter().chain(&pieces) {
            own.collect(piece);
        }
        for piece in &pieces {
            own.text.push_str(&own.renamed(&opaque(piece)));
            own.text.push('\n');
        }
        own
    }

    /// `text` with the new names.
    pub fn renamed(&self, text: &str) -> String {
        let mut out = String::new();
        let mut end = 0;
        for (token, place) in placed(text).0 {
            if end < place.start && !out.is_empty() {
                out.push(' ');
            }
            end = place.end;
            match token {
                CToken::Word(word) => out.push_str(&self.name(word)),
                CToken::Directive(line) => {
                    // A macro of the header may have that name too.
                    let words = line.split_inclusive(|c: char| !c.is_alphanumeric() && c != '_');
                    for word in words {
                        let name =
                            word.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '_');
                        out.push_str(&self.name(name));
                        out.push_str(word.get(name.len()..).unwrap_or_default());
                    }
                }
                _ => out.push_str(text.get(place).unwrap_or_default()),
            }
        }
        out
    }

    /// The definition of the struct or union called `name`: `point`, `struct point`.
    pub fn definition(&self, name: &str) -> Option<&str> {
        self.defined.get(name).map(String::as_str)
    }

    fn name(&self, word: &str) -> String {
        if self.names.contains(word) { format!("{PREFIX}{word}") } else { word.to_owned() }
    }

    /// Collects the names that `piece` declares.
    fn collect(&mut self, piece: &str) {
        use CToken::{Directive, Punct, Word};
        let tokens = lex(piece).0;
        if let [Directive(line), ..] = tokens.as_slice() {
            let mut words = line.trim_start_matches('#').split_whitespace();
            let is_macro = words.next() == Some("define");
            self.names.extend(words.next().filter(|_| is_macro).map(str::to_owned));
            return;
        }
        let is_typedef = tokens.first() == Some(&Word("typedef"));
        let (mut depth, mut enums) = (0i64, Vec::new());
        let mut declared = Vec::new();
        let mut tag = None;
        for (at, token) in tokens.iter().enumerate() {
            let before = at.checked_sub(1).and_then(|at| tokens.get(at));
            let after = tokens.get(at + 1);
            match token {
                Punct('{') => {
                    let kind = tokens.get(..at).and_then(|before| {
                        before.iter().rev().take(2).find(|token| is_tagged(token))
                    });
                    enums.push(kind == Some(&Word("enum")));
                    depth += 1;
                }
                Punct('}') => {
                    enums.pop();
                    depth -= 1;
                }
                Punct('(' | '[') => depth += 1,
                Punct(')' | ']') => depth -= 1,
                Word(word) if before.is_some_and(is_tagged) => {
                    self.names.insert((*word).to_owned());
                    if let (0, None, Some(Word(kind))) = (depth, &tag, before) {
                        tag = Some(format!("{kind} {word}"));
                    }
                }
                // What an enum declares is visible outside of it.
                Word(word)
                    if enums.last() == Some(&true) && matches!(before, Some(Punct('{' | ','))) =>
                {
                    self.names.insert((*word).to_owned());
                }
                Word(word) if is_typedef => {
                    let ends = matches!(after, Some(Punct(';' | ',' | '[')));
                    let is_function = depth == 1
                        && before == Some(&Punct('*'))
                        && after == Some(&Punct(')'))
                        && declared.is_empty();
                    let is_function_type = depth == 0
                        && after == Some(&Punct('('))
                        && tokens.get(at + 2) != Some(&Punct('*'));
                    if (depth == 0 && ends) || is_function || is_function_type {
                        declared.push((*word).to_owned());
                    }
                }
                _ => {}
            }
        }
        let bodies = tokens.iter().filter(|token| **token == Punct('{')).count();
        // Nested fields belong to another type.
        if bodies == 1 && !tokens.contains(&Word("enum")) {
            for name in declared.iter().chain(&tag) {
                self.defined.insert(name.clone(), piece.to_owned());
            }
        }
        // `typedef struct point point;`, whose fields another declaration has.
        if bodies == 0 && !tokens.contains(&Punct('*')) {
            let known = tag.as_ref().and_then(|tag| self.defined.get(tag)).cloned();
            for (name, text) in declared.iter().zip(known) {
                self.defined.insert(name.clone(), text);
            }
        }
        self.names.extend(declared);
    }
}

fn is_tagged(token: &CToken<'_>) -> bool {
    matches!(token, CToken::Word("struct" | "union" | "enum"))
}

/// Whether `piece` declares types or a macro, and nothing that has a value.
fn is_type(piece: &&str) -> bool {
    use CToken::{Directive, Punct, Word};
    matches!(
        lex(piece).0.as_slice(),
        [Directive(_), ..]
            | [Word("typedef"), ..]
            | [Word("struct" | "union"), Word(_), Punct(';')]
            | [Word("struct" | "union" | "enum"), .., Punct('}'), Punct(';')]
    )
}

/// `piece`, with a struct without fields for the three dots by which cffi knows an opaque type.
fn opaque(piece: &str) -> String {
    let dot = CToken::Punct('.');
    match lex(piece).0.as_slice() {
        [CToken::Word("typedef"), a, b, c, stars @ .., CToken::Word(name), CToken::Punct(';')]
            if [a, b, c] == [&dot; 3] =>
        {
            let stars = "*".repeat(stars.len());
            format!("typedef struct {PREFIX}opaque_{name} {stars}{name};")
        }
        _ => piece.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_get_names_of_their_own() {
        for (text, expected) in [
            ("typedef struct { int x; } point;", "typedef struct { int x; } _point;"),
            ("typedef struct point point; // two", "typedef struct _point _point;"),
            (
                "struct a { struct b *next; int n[N]; };",
                "struct _a { struct _b *next; int n[N]; };",
            ),
            ("typedef ... handle;", "typedef struct _opaque_handle _handle;"),
            ("typedef ...* handle;", "typedef struct _opaque_handle *_handle;"),
            ("typedef int (*callback)(int n, ...);", "typedef int (*_callback)(int n, ...);"),
            ("enum color { RED = 1 << 2, GREEN };", "enum _color { _RED = 1 << 2, _GREEN };"),
            ("typedef unsigned long size, other[3];", "typedef unsigned long _size, _other[3];"),
            ("#define N 3", "#define _N 3"),
            ("int F(int);", ""),
            ("extern int x;", ""),
            ("struct point F(int);", ""),
        ] {
            let renamed = Renamed::of(text).text.replace(PREFIX, "_");
            assert_eq!(renamed.trim_end(), expected, "{text}");
        }
        let both = Renamed::of("typedef int id; typedef struct { id a; } t;\nid F(t *a);");
        assert_eq!(both.renamed("const id *"), format!("const {PREFIX}id *"));
    }

    #[test]
    fn a_definition_is_found_by_each_name() {
        let types = Renamed::of(
            "struct point { int x; };\ntypedef struct point point;\ntypedef struct point *ref;\n\
             typedef struct t { int a; } u;\ntypedef struct { struct { int b; } c; } nested;",
        );
        for name in ["struct point", "point", "struct t", "u"] {
            assert!(types.definition(name).is_some(), "{name}");
        }
        for name in ["ref", "nested", "x", "t"] {
            assert!(types.definition(name).is_none(), "{name}");
        }
    }
}
