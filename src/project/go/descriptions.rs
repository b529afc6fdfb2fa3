//! The files that a description of a C library for pkg-config (`.pc`) names relative to itself.
//!
//! Input: the file. Output: paths, each of a file or of a directory with libraries. The format is that
//! of `man 5 pc`: variables, which are replaced where they are used, and fields.

use std::collections::HashMap;
use std::path::Path;

use super::super::text::{self, MAX_SIZE};
use super::super::tree::Entry;
use super::cgo_files::{Named, in_flags};
use crate::error::Result;

/// The variable for the directory of the file. Other paths are not part of a project.
const DIRECTORY: &str = "${pcfiledir}";

/// The fields with flags.
const FLAGS: &[&str] = &["Cflags", "CFlags", "Cflags.private", "Libs", "Libs.private"];

/// What the description `entry` names.
///
/// # Errors
/// An unreadable file.
pub(super) fn all_in(entry: &Entry) -> Result<Vec<Named>> {
    let doing = format!("reading {}", entry.path.display());
    let bytes = text::bytes(&entry.source, &doing, MAX_SIZE)?;
    let dir = entry.path.parent().unwrap_or(Path::new(""));
    Ok(flags(&String::from_utf8_lossy(&bytes))
        .iter()
        .flat_map(|flags| in_flags(flags, DIRECTORY, dir))
        .collect())
}

/// The values of the fields with flags.
fn flags(text: &str) -> Vec<String> {
    let mut variables = HashMap::new();
    let mut found = Vec::new();
    let is_name = |name: &str| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_.".contains(c))
    };
    for line in text.replace("\\\n", "").lines().filter(|line| !line.starts_with('#')) {
        let Some(end) = line.find([':', '=']) else { continue };
        let (name, value) = (line[..end].trim(), line[end + 1..].trim());
        let value = replaced(value, &variables);
        if FLAGS.contains(&name) && line[end..].starts_with(':') {
            found.push(value);
        } else if is_name(name) && line[end..].starts_with('=') {
            variables.insert(name.to_owned(), value);
        }
    }
    found
}

/// `value` with the values of `variables`, which contain none themselves. One that is not known stays.
fn replaced(value: &str, variables: &HashMap<String, String>) -> String {
    // Values that double with each line must not fill the memory.
    const LONGEST: usize = 1 << 16;
    let mut out = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        match variables.get(name).filter(|value| out.len() + value.len() < LONGEST) {
            Some(value) => out.push_str(value),
            None => out.extend(["${", name, "}"]),
        }
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Vec<Named> {
        let dir = Path::new("c/lib/pkgconfig");
        flags(text).iter().flat_map(|flags| in_flags(flags, DIRECTORY, dir)).collect()
    }

    #[test]
    fn a_description_names_what_is_around_it() {
        let text = "# prefix=/usr\nprefix=${pcfiledir}/../..\nlibdir = ${prefix}/lib\n\
                    Name: fast\nLibs: -L${libdir} -lfast \\\n  \"${libdir}/deep.a\"\n\
                    Libs.private: -L/opt/lib -lm\nCflags: -include ${prefix}/pre.def\n";
        let wanted = [
            Named::Libraries("c/lib".into()),
            Named::File("c/lib/deep.a".into()),
            Named::File("c/pre.def".into()),
        ];
        assert_eq!(named(text), wanted);
        assert_eq!(named("prefix=/usr\nLibs: -L${prefix}/lib -L${unknown}"), []);
    }

    #[test]
    fn variables_that_grow_without_end_are_cut_off() {
        let mut text = "a=${pcfiledir}/x\n".to_owned();
        (0..64).for_each(|_| text.push_str("a=${a}${a}\n"));
        text.push_str("Libs: ${a}\n");
        assert!(flags(&text)[0].len() < 1 << 18);
    }
}
