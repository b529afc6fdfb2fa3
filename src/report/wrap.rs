//! Text for people: on a terminal, lines are wrapped between words.
//!
//! Input: text, and the width of the terminal it goes to; in a pipe or file there is none, and
//! programs get one line per fact. Output: lines.

use console::{Term, measure_text_width};

/// The width of `terminal`, if it is one.
pub fn width(terminal: &Term) -> Option<usize> {
    let size = if terminal.is_term() { terminal.size_checked() } else { None };
    size.map(|(_, columns)| columns.into())
}

/// Adds `text`, wrapped at `width`. The first line starts with `start`, the others with `hang`
/// spaces. A word that is wider than a line, such as a path, stays in one piece, so that it can be
/// copied.
pub fn wrap(lines: &mut Vec<String>, width: Option<usize>, start: &str, hang: usize, text: &str) {
    let Some(width) = width else {
        lines.push(format!("{start}{text}"));
        return;
    };
    let mut line = start.to_owned();
    let mut is_empty = true;
    for word in text.split(' ') {
        if !is_empty && measure_text_width(&line) + 1 + measure_text_width(word) > width {
            lines.push(std::mem::replace(&mut line, " ".repeat(hang)));
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    lines.push(line);
}

/// `text`, whose lines are wrapped at `width`: what continues one begins below its text.
pub fn wrapped(text: &str, width: Option<usize>) -> String {
    let mut lines = Vec::new();
    for line in text.split('\n') {
        let bare = line.trim_start_matches(' ');
        let indent = line.len() - bare.len();
        // The parts of a failure: `  found: ...`, `   help: ...`.
        let label =
            ["found: ", "help: ", "log: "].into_iter().find(|label| bare.starts_with(label));
        let hang = match label {
            Some(label) if indent > 0 => indent + label.len(),
            _ if indent > 0 => indent,
            _ => 2,
        };
        wrap(&mut lines, width, &line[..indent], hang, bare);
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Failure;

    #[test]
    fn the_parts_of_a_failure_are_wrapped_below_their_text() {
        let found = "the key `libary` is unknown\nand another line of which the end is wrapped";
        let path = format!("/home/{}", "x".repeat(50));
        let failure = Failure::project("reading config.json", found, format!("see {path} for it"));
        let text = format!("error: {failure}");
        assert_eq!(wrapped(&text, None), text);
        assert_eq!(
            wrapped(&text, Some(40)),
            format!(
                "error: reading config.json\n  found: the key `libary` is unknown\n         \
                 and another line of which the\n         end is wrapped\n   help: see\n         \
                 {path}\n         for it"
            )
        );
    }

    #[test]
    fn other_lines_are_wrapped_with_a_small_indent() {
        assert_eq!(wrapped("note: one two three", Some(12)), "note: one\n  two three");
        assert_eq!(wrapped("a  b\n", Some(12)), "a  b\n");
        let colored = format!("{} 89", console::style("12345 7").red().force_styling(true));
        assert_eq!(wrapped(&colored, Some(10)), colored);
    }
}
