//! The files that C, assembler and cgo sources include, and those that they would include if they
//! existed.
//!
//! In: files to start from and directories of headers. Out: every place where an included name may
//! be found. Conditions of the preprocessor do not count, so this is more than a compiler reads. An
//! include whose name is computed cannot be followed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use fs_err as fs;

use super::reads::Collector;

/// A file above this size is data, such as an image in an `#embed`.
const MAX_SIZE: u64 = 32 << 20;

/// What introduces the name of a file in a source.
const DIRECTIVES: &[&str] =
    &["include_next", "include", "import", "embed", "__has_include_next", "__has_include"];

/// Follows includes.
#[derive(Debug, Default)]
pub(super) struct Includes {
    /// Directories of headers, and the one that the compiler runs in.
    search: Vec<PathBuf>,
    /// Macros that are defined somewhere.
    defined: BTreeSet<String>,
    /// Macros that name included files.
    computed: BTreeSet<String>,
    done: BTreeSet<PathBuf>,
}

impl Includes {
    /// Looks in the directories `search`; the macros `defined` are defined by flags.
    pub(super) fn new(search: Vec<PathBuf>, defined: BTreeSet<String>) -> Self {
        Self { search, defined, ..Self::default() }
    }

    /// Adds everything that `start` includes to `places`.
    ///
    /// # Errors
    /// What cannot be followed.
    pub(super) fn follow(
        &mut self,
        start: Vec<PathBuf>,
        places: &mut Collector,
    ) -> Result<(), String> {
        let mut open = start;
        while let Some(path) = open.pop() {
            if !self.done.insert(path.clone()) {
                continue;
            }
            let Ok(metadata) = fs::metadata(&path) else { continue };
            if !metadata.is_file() {
                continue;
            }
            if metadata.len() > MAX_SIZE {
                return Err(format!("{} is large", path.display()));
            }
            let bytes = fs::read(&path).map_err(|error| error.to_string())?;
            let found = scan(&String::from_utf8_lossy(&bytes));
            if found.is_opaque {
                return Err(format!("{} includes files from assembler", path.display()));
            }
            self.defined.extend(found.defined);
            self.computed.extend(found.computed);
            let beside = path.parent().map(Path::to_owned);
            for name in &found.names {
                for dir in beside.iter().chain(&self.search) {
                    let candidate = dir.join(name);
                    places.content(&candidate);
                    open.push(candidate);
                }
            }
        }
        match self.computed.intersection(&self.defined).next() {
            Some(name) => Err(format!("the macro {name} names an included file")),
            None => Ok(()),
        }
    }
}

/// What one file refers to.
#[derive(Debug, Default, PartialEq)]
struct Scanned {
    names: BTreeSet<String>,
    /// The macros in includes without a literal name.
    computed: BTreeSet<String>,
    defined: BTreeSet<String>,
    is_opaque: bool,
}

fn scan(text: &str) -> Scanned {
    let mut found = Scanned::default();
    let spliced = text.replace("\\\r\n", "").replace("\\\n", "");
    // In assembler, and in inline assembler of C.
    found.is_opaque = spliced.contains(".incbin") || spliced.contains(".include");
    for line in spliced.lines() {
        let mut rest = line;
        while let Some((at, directive)) = next_directive(rest) {
            let before = &rest[..at];
            rest = &rest[at + directive.len()..];
            let is_query = directive.starts_with("__");
            // `#`, or its digraph or trigraph, perhaps after a comment.
            let is_directive = ["#", "%:", "??="]
                .iter()
                .any(|mark| before.rsplit_once(mark).is_some_and(|(_, between)| is_blank(between)));
            if is_query || is_directive {
                let after = without_comment(rest.trim_start());
                let after = if is_query {
                    after.trim_start_matches(|c: char| c == '(' || c.is_whitespace())
                } else {
                    after
                };
                match name(after) {
                    Some(name) => drop(found.names.insert(name.to_owned())),
                    None => found.computed.extend(last_word(after)),
                }
            }
        }
        let code = line.trim_start_matches(|c: char| c.is_whitespace() || c == '/' || c == '*');
        let define = code.strip_prefix('#').map(str::trim_start);
        if let Some(rest) = define.and_then(|rest| rest.strip_prefix("define")) {
            found.defined.extend(first_word(rest.trim_start()));
        }
    }
    found
}

fn next_directive(text: &str) -> Option<(usize, &'static str)> {
    DIRECTIVES
        .iter()
        .filter_map(|directive| Some((text.find(directive)?, *directive)))
        .min_by_key(|(at, directive)| (*at, usize::MAX - directive.len()))
}

/// Whether `text` is nothing but blanks and comments.
fn is_blank(text: &str) -> bool {
    let text = text.trim();
    text.is_empty() || (text.starts_with("/*") && text.ends_with("*/"))
}

fn without_comment(text: &str) -> &str {
    match text.strip_prefix("/*").and_then(|rest| rest.split_once("*/")) {
        Some((_, rest)) => without_comment(rest.trim_start()),
        None => text,
    }
}

/// A name in quotes or angle brackets.
fn name(text: &str) -> Option<&str> {
    let close = match text.chars().next()? {
        '"' => '"',
        '<' => '>',
        _ => return None,
    };
    Some(text.get(1..)?.split_once(close)?.0)
}

fn first_word(text: &str) -> Option<String> {
    let word: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!word.is_empty()).then_some(word)
}

/// The last word of an expression: the argument of `STRINGIFY(NAME)`.
fn last_word(text: &str) -> Option<String> {
    let code = text.split("/*").next()?.split("//").next()?;
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let end = code.trim_end_matches(|c: char| !is_word(c));
    let start = end.rfind(|c: char| !is_word(c)).map_or(0, |at| at + 1);
    first_word(&end[start..])
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::super::bases::Bases;
    use super::*;

    #[test]
    fn every_spelling_of_an_include_is_found() {
        let text = "#include \"a.h\"\n  #  include <b/c.h>\n// #include \"d.h\"\n\
                    %:include \"e.h\"\n#inc\\\nlude \"f.h\"\n#/* x */include/* y */\"g.h\"\n\
                    #import <h.h>\n#embed <i>\n#if __has_include(<j.h>) || __has_include( \"k.h\" )\n\
                    int include; char *s = \"include\";\n/* x */ #include \"l.h\"\n";
        let found = scan(text);
        let names: Vec<_> = found.names.iter().map(String::as_str).collect();
        let wanted = ["a.h", "b/c.h", "d.h", "e.h", "f.h", "g.h", "h.h", "i", "j.h", "k.h", "l.h"];
        assert_eq!(names, wanted);
        assert_eq!(found.computed, BTreeSet::new());
        assert!(scan("asm(\".incbin \\\"x\\\"\");").is_opaque);
    }

    #[test]
    fn a_computed_include_counts_if_its_macro_is_defined() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a.c");
        let follow = |text: &str| {
            fs::write(&file, text).unwrap();
            let mut places = Collector::new(Bases::default().project(dir.path()));
            Includes::default().follow(vec![file.clone()], &mut places)
        };
        assert_eq!(follow("#ifdef X\n#include STRINGIFY(X) // c\n#endif\n"), Ok(()));
        let found = follow("#define X \"b.h\"\n#include X\n").unwrap_err();
        assert_eq!(found, "the macro X names an included file");
    }

    #[test]
    fn a_header_two_includes_away_is_read_and_one_that_would_hide_it() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        for name in ["src", "inc"] {
            fs::create_dir(at(name)).unwrap();
        }
        fs::write(at("src/a.c"), "#include \"../inc/one.h\"").unwrap();
        fs::write(at("inc/one.h"), "#include <two.h>").unwrap();
        fs::write(at("inc/two.h"), "").unwrap();
        let mut places = Collector::new(Bases::default().project(dir.path()));
        let mut includes = Includes { search: vec![at("src"), at("inc")], ..Includes::default() };
        includes.follow(vec![at("src/a.c")], &mut places).unwrap();
        let reads = places.look(SystemTime::now() + Duration::from_secs(60)).unwrap();
        let text = serde_json::to_string(&reads).unwrap();
        for name in ["src/../inc/one.h", "inc/two.h", "src/two.h"] {
            assert!(text.contains(name), "{name}: {text}");
        }
        fs::write(at("src/two.h"), "").unwrap();
        assert!(!reads.are_unchanged(&Bases::default().project(dir.path())));
    }
}
