//! The declarations of one Go file: its package, its exports, its C preamble.
//!
//! Input: the text of a file. Output: a [`GoFile`]. The rules are those of cgo (`saveExport` and
//! `ParseGo` in cmd/cgo): `//export Name` is part of the doc comment of a function of the same
//! name, the first one counts, and only in a file that imports "C". A receiver becomes the first
//! parameter of the C function.

use std::sync::Arc;

use super::constraint;
use super::lexer::{Comment, Token, TokenKind, Tokens, lex};
use super::types::NamedTypes;

/// A Go function that C can call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoExport {
    /// Its name, in Go and in C.
    pub name: String,
    /// Its parameters, including a receiver.
    pub params: Vec<GoParam>,
    /// The types of its results, as written in Go.
    pub results: Vec<String>,
    /// Its declaration without the body: `func Hello(message *C.char) *C.char`.
    pub declaration: String,
    /// The file, relative to the project.
    pub file: String,
    /// The line of `func`, from 1.
    pub line: usize,
    /// The named types of its package, as far as they are plain.
    pub named: Arc<NamedTypes>,
    /// The path of its package, if that is another than main: cgo's header does not declare it.
    pub package: Option<String>,
}

/// A parameter of a Go function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoParam {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Its type, as written in Go.
    pub type_text: String,
}

impl GoExport {
    /// The functions that the Go file `text` exports; `file` is its name for messages.
    pub fn read_all(text: &str, file: &str) -> Vec<Self> {
        read(text, file).exports
    }
}

/// The declarations of one file.
#[derive(Debug, Default)]
pub(super) struct GoFile {
    /// The name in the package clause.
    pub package: Option<String>,
    /// Whether a constraint excludes it from every build.
    pub ignored: bool,
    /// Whether it imports "C"; cgo ignores `//export` in other files.
    pub imports_c: bool,
    /// The C code above `import "C"`.
    pub preamble: String,
    /// Exported functions.
    pub exports: Vec<GoExport>,
    /// Its named types that stand for a plain type.
    pub types: NamedTypes,
    /// The paths of the packages that it imports.
    pub imports: Vec<String>,
    /// Other functions: name and line.
    pub functions: Vec<(String, usize)>,
    /// Comments that look like an `//export` and do not export anything: name and line.
    pub strays: Vec<(String, usize)>,
}

/// Reads one file; `file` is its name for messages.
pub(super) fn read(text: &str, file: &str) -> GoFile {
    let parts = lex(text);
    let mut out = GoFile::default();
    let first_line = parts.tokens.first().map_or(usize::MAX, |token| token.line);
    out.ignored = parts
        .comments
        .iter()
        .any(|comment| comment.line < first_line && constraint::excludes(comment.text));
    let mut reader = Reader { text, file, parts: &parts, at: 0 };
    let mut depth = 0;
    while let Some(token) = reader.next() {
        let before = reader.at.checked_sub(2).and_then(|before| parts.tokens.get(before));
        // Elsewhere `func` is a type or a literal: `type F func()`, `var f = func() {}`.
        let starts = before.is_none_or(|before| before.is(';') || before.ends_before(token));
        depth = (depth + token.nesting()).max(0);
        if depth == 0 && token.is_word("package") {
            let name = reader.peek().filter(|next| next.kind == TokenKind::Word);
            out.package = out.package.or(name.map(|name| name.text.to_owned()));
        } else if depth == 0 && token.is_word("import") {
            reader.import(token, &mut out);
        } else if depth == 0 && starts && token.is_word("type") {
            reader.types(&mut out.types);
        } else if depth == 0 && starts && token.is_word("func") {
            reader.function(token, &mut out);
        }
    }
    if !out.imports_c {
        let exports = out.exports.drain(..);
        out.functions.extend(exports.map(|export| (export.name, export.line)));
    }
    out.strays = strays(&parts, &out);
    let named = Arc::new(out.types.clone());
    for export in &mut out.exports {
        export.named = Arc::clone(&named);
    }
    out
}

/// Each `//export Name` that does not export anything, and `// export Name` for a function Name.
fn strays(parts: &Tokens, file: &GoFile) -> Vec<(String, usize)> {
    let stray = |comment: &Comment| {
        let body = comment.text.strip_prefix("//")?;
        let name = body.trim_start().strip_prefix("export")?;
        let name = name.strip_prefix([' ', '\t'])?.trim();
        let is_function = || file.functions.iter().any(|(function, _)| function == name);
        let exported = file.exports.iter().any(|export| export.name == name);
        let is_stray = !exported && (body.starts_with("export ") || is_function());
        is_stray.then(|| (name.to_owned(), comment.line))
    };
    parts.comments.iter().filter_map(stray).collect()
}

struct Reader<'a, 'b> {
    text: &'a str,
    file: &'b str,
    parts: &'b Tokens<'a>,
    at: usize,
}

impl<'a, 'b> Reader<'a, 'b> {
    fn peek(&self) -> Option<&'b Token<'a>> {
        self.parts.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<&'b Token<'a>> {
        let token = self.peek();
        self.at += usize::from(token.is_some());
        token
    }

    fn next_is(&self, punct: char) -> bool {
        self.peek().is_some_and(|token| token.is(punct))
    }

    fn doc(&self, token: &Token) -> &'b [Comment<'a>] {
        self.parts.comments.get(token.doc.clone()).unwrap_or_default()
    }

    /// Reads a list in brackets, of which the opening one is next; returns the tokens between.
    fn bracketed(&mut self) -> &'b [Token<'a>] {
        let start = self.at + 1;
        let mut depth = 0;
        while let Some(token) = self.next() {
            depth += token.nesting();
            if depth == 0 {
                return self.parts.tokens.get(start..self.at - 1).unwrap_or_default();
            }
        }
        self.parts.tokens.get(start..).unwrap_or_default()
    }

    fn import(&mut self, keyword: &Token<'a>, out: &mut GoFile) {
        let grouped = self.next_is('(');
        let specs: &[Token] = if grouped {
            self.bracketed()
        } else {
            self.parts.tokens.get(self.at..self.at + 1).unwrap_or_default()
        };
        let is_alone = specs.len() == 1;
        // A name before the path is a token of its own, which makes a list of one.
        let last = if grouped { None } else { self.parts.tokens.get(self.at..self.at + 2) };
        let paths = specs.iter().chain(last.unwrap_or_default());
        let quoted = paths.take_while(|token| !token.is_word("import"));
        let quoted = quoted.filter(|token| token.kind == TokenKind::Literal);
        out.imports.extend(quoted.map(|path| path.text.trim_matches(['"', '`']).to_owned()));
        for spec in specs.iter().filter(|spec| matches!(spec.text, "\"C\"" | "`C`")) {
            out.imports_c = true;
            let mut doc = self.doc(spec);
            if doc.is_empty() && is_alone {
                doc = self.doc(keyword);
            }
            for comment in doc {
                out.preamble.push_str(comment.body());
                out.preamble.push('\n');
            }
        }
    }

    fn function(&mut self, keyword: &Token<'a>, out: &mut GoFile) {
        let mut params = self.params();
        let Some(name) = self.peek().filter(|name| name.kind == TokenKind::Word) else { return };
        self.at += 1;
        if self.next_is('[') {
            self.bracketed();
        }
        if !self.next_is('(') {
            return;
        }
        params.extend(self.params());
        let results = self.results();
        let last = self.at.checked_sub(1).and_then(|last| self.parts.tokens.get(last));
        let end = last.map_or(keyword.end(), Token::end);
        let exported = self.doc(keyword).iter().find_map(|c| c.text.strip_prefix("//export "));
        if exported.map(str::trim) != Some(name.text) {
            out.functions.push((name.text.to_owned(), keyword.line));
            return;
        }
        let declaration = self.text.get(keyword.start..end).unwrap_or_default();
        out.exports.push(GoExport {
            name: name.text.to_owned(),
            params,
            results,
            declaration: declaration.split_whitespace().collect::<Vec<_>>().join(" "),
            file: self.file.to_owned(),
            line: keyword.line,
            named: Arc::default(),
            package: None,
        });
    }

    /// Reads what follows `type`: one specification, or a list of them in brackets.
    fn types(&mut self, out: &mut NamedTypes) {
        if self.next_is('(') {
            let list = self.bracketed();
            let lines = list.chunk_by(|a, b| !a.ends_before(b) && !a.is(';'));
            lines.for_each(|line| named_type(self.text, line, out));
        } else {
            let rest = self.parts.tokens.get(self.at..).unwrap_or_default();
            let line = rest.chunk_by(|a, b| !a.ends_before(b) && !a.is(';')).next();
            named_type(self.text, line.unwrap_or_default(), out);
        }
    }

    /// Reads a parameter list, if there is one.
    fn params(&mut self) -> Vec<GoParam> {
        if self.next_is('(') { params(self.text, self.bracketed()) } else { Vec::new() }
    }

    /// Reads the result types, up to the body.
    fn results(&mut self) -> Vec<String> {
        if self.next_is('(') {
            return self.params().into_iter().map(|param| param.type_text).collect();
        }
        let start = self.at;
        let mut before = self.at.checked_sub(1).and_then(|last| self.parts.tokens.get(last));
        while let (Some(token), Some(last)) = (self.peek(), before) {
            let opens_type = last.is_word("struct") || last.is_word("interface");
            // A function without a body ends with its line.
            if token.is(';') || last.ends_before(token) || (token.is('{') && !opens_type) {
                break;
            }
            if token.nesting() > 0 {
                self.bracketed();
            } else {
                self.at += 1;
            }
            before = self.parts.tokens.get(self.at - 1);
        }
        let tokens = self.parts.tokens.get(start..self.at).unwrap_or_default();
        if tokens.is_empty() { vec![] } else { vec![written(self.text, tokens)] }
    }
}

/// Adds `Name Type` or `Name = Type`, if the type is a name, perhaps of C, or a pointer to one.
fn named_type(text: &str, line: &[Token], out: &mut NamedTypes) {
    let [name, rest @ ..] = line else { return };
    let rest = rest.split(|token| token.is(';')).next().unwrap_or_default();
    let rest = match rest {
        [equals, rest @ ..] if equals.is('=') => rest,
        rest => rest,
    };
    let is_plain = |token: &Token| token.kind == TokenKind::Word || token.is('.') || token.is('*');
    let is_type = !rest.is_empty() && rest.iter().all(is_plain);
    let words = rest.iter().filter(|token| token.kind == TokenKind::Word).count();
    let dots = rest.iter().filter(|token| token.is('.')).count();
    let is_keyword = ["struct", "interface", "func", "chan", "map"]
        .map(|word| rest.iter().any(|t| t.is_word(word)));
    if name.kind == TokenKind::Word && is_type && words == dots + 1 && !is_keyword.contains(&true) {
        out.insert(name.text.to_owned(), written(text, rest));
    }
}

/// Reads a parameter list, with names for all or for none (`a, b C.int` gives both the type).
fn params(text: &str, tokens: &[Token]) -> Vec<GoParam> {
    let mut depth = 0;
    let at_the_end = |token: &Token| {
        depth += token.nesting();
        depth == 0 && token.is(',')
    };
    let entries: Vec<_> = tokens.split(at_the_end).filter(|entry| !entry.is_empty()).collect();
    let named = entries.iter().any(|entry| has_name(entry));
    let mut out: Vec<GoParam> = Vec::new();
    let mut type_text = String::new();
    for entry in entries.iter().rev() {
        let (name, rest) = match entry {
            [name, rest @ ..] if named => (Some(name.text.to_owned()), rest),
            entry => (None, *entry),
        };
        if !rest.is_empty() {
            type_text = written(text, rest);
        }
        out.push(GoParam { name, type_text: type_text.clone() });
    }
    out.reverse();
    out
}

/// Whether an entry is a name followed by a type.
fn has_name(entry: &[Token]) -> bool {
    let [first, second, ..] = entry else { return false };
    let keyword = ["map", "chan", "func", "struct", "interface"].contains(&first.text);
    let dotted = second.is('.') && !entry.get(2).is_some_and(|third| third.is('.'));
    first.kind == TokenKind::Word && !keyword && !dotted
}

/// The tokens as written, with comments and line breaks replaced by spaces.
fn written(text: &str, tokens: &[Token]) -> String {
    let mut out = String::new();
    let mut end = tokens.first().map_or(0, |token| token.start);
    for token in tokens {
        if text.get(end..token.start).is_some_and(|gap| !gap.is_empty()) {
            out.push(' ');
        }
        out.push_str(token.text);
        end = token.end();
    }
    out
}
