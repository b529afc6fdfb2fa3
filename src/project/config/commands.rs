//! Keys with commands: `before` and `test-command`.

use super::super::text::shown;
use super::super::words::split_words;
use crate::error::{Failure, Result};

/// The words of each command in `lines`, the value of `key`.
///
/// # Errors
/// A command without words, or with a quote that is not closed.
pub(super) fn commands(key: &str, lines: &[String], doing: &str) -> Result<Vec<Vec<String>>> {
    let command = |line: &String| {
        let wrong = |found: String| {
            Failure::project(
                doing,
                format!("`{key}` contains {}, {found}", shown(line)),
                "write a program and its arguments: \"make -C ../lib\"; a shell runs what is in \
                 quotes after \"sh -c\"",
            )
        };
        if line.contains('\0') {
            return Err(wrong("which no command can contain".to_owned()));
        }
        let words = split_words(line).map_err(|found| wrong(format!("which has {found}")))?;
        match words.first() {
            Some(first) if !first.is_empty() => Ok(words),
            _ => Err(wrong("which names no program".to_owned())),
        }
    };
    lines.iter().map(command).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_string_is_a_command_and_no_shell_reads_it() {
        let read = |line: &str| {
            commands("before", &[line.to_owned()], "reading").map(|all| all[0].clone())
        };
        assert_eq!(read("make $X > y").unwrap(), ["make", "$X", ">", "y"]);
        assert_eq!(read("sh -c 'a && b'").unwrap(), ["sh", "-c", "a && b"]);
        for (line, found) in [
            ("", "`before` contains \"\", which names no program"),
            ("'' x", "`before` contains \"'' x\", which names no program"),
            (
                "sh -c 'a",
                "`before` contains \"sh -c 'a\", which has a quote that is not closed: 'a",
            ),
        ] {
            assert_eq!(read(line).unwrap_err().found, found);
        }
    }
}
