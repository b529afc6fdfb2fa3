//! Checks entry_points.txt: whether tools can parse it, and whether installers can create the
//! commands that it defines.

use std::collections::HashSet;

use crate::audit::{Finding, Report, catalogue};

/// Checks the file at `path`.
pub(super) fn check(bytes: &[u8], path: &str, findings: &mut Vec<Finding>) {
    let commands = match commands(bytes) {
        Ok(commands) => commands,
        Err(what) => return findings.report(catalogue::METADATA_ENTRY_POINTS, path, what),
    };
    for (name, value) in commands {
        match reference(&value) {
            Ok("") => {}
            Ok(rest) => {
                let what = format!("has text after the function of {name}: `{rest}`");
                findings.report(catalogue::METADATA_ENTRY_POINT_COMMENT, path, what);
            }
            Err(why) => {
                let what = format!("defines the command {name} as `{value}`, {why}");
                findings.report(catalogue::METADATA_ENTRY_POINTS, path, what);
            }
        }
    }
}

/// The names and values of the commands in an INI file of entry points.
fn commands(bytes: &[u8]) -> Result<Vec<(String, String)>, String> {
    let text = str::from_utf8(bytes).map_err(|_| "is not UTF-8".to_owned())?;
    let mut section: Option<&str> = None;
    let mut seen = HashSet::new();
    let mut commands: Vec<(String, String)> = Vec::new();
    let (mut has_key, mut in_command) = (false, false);
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        let bare = line.trim();
        if bare.is_empty() || bare.starts_with(['#', ';']) {
            continue;
        }
        // An indented line continues the value above it.
        if line.starts_with([' ', '\t']) && has_key {
            if let (true, Some((_, value))) = (in_command, commands.last_mut()) {
                value.push('\n');
                value.push_str(bare);
            }
            continue;
        }
        if let Some(inside) = bare.strip_prefix('[') {
            let name = inside.split(']').next().unwrap_or_default();
            if !inside.contains(']') || !seen.insert((name, "")) {
                return Err(format!("has an invalid section in line {number}: `{bare}`"));
            }
            (section, has_key) = (Some(name), false);
            continue;
        }
        let Some((key, value)) = bare.split_once('=') else {
            return Err(format!("has no = in line {number}: `{bare}`"));
        };
        let (Some(section), key) = (section, key.trim()) else {
            return Err(format!("has an entry before the first section, in line {number}"));
        };
        if !seen.insert((section, key)) {
            return Err(format!("has {key} twice in [{section}]"));
        }
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-');
        in_command = matches!(section, "console_scripts" | "gui_scripts");
        if key.is_empty() || (in_command && !key.chars().all(is_word)) {
            return Err(format!("defines a command with the invalid name `{key}`"));
        }
        has_key = true;
        if in_command {
            commands.push((key.to_owned(), value.trim().to_owned()));
        }
    }
    Ok(commands)
}

/// Checks `package.module:function [extra]`, which installers write a command for. What follows it
/// is returned: some installers ignore that.
fn reference(value: &str) -> Result<&str, &'static str> {
    let value = value.trim();
    let in_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
    let (module, rest) = value.split_at(value.find(|c| !in_name(c)).unwrap_or(value.len()));
    // The command that an installer writes imports these names.
    let is_name = |part: &str| part.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let is_dotted = |name: &str| name.split('.').all(is_name);
    if value.is_empty() || !is_dotted(module) {
        return Err("which names no module");
    }
    let Some(rest) = rest.strip_prefix(':') else {
        return Err("which names no function after a colon");
    };
    let (function, rest) = rest.split_at(rest.find(|c| !in_name(c)).unwrap_or(rest.len()));
    if !is_dotted(function) {
        return Err("which names no function after the colon");
    }
    let rest = rest.trim_start();
    let Some(inside) = rest.strip_prefix('[') else {
        let is_comment = rest.is_empty() || rest.starts_with(['#', ';']);
        return is_comment.then_some(rest).ok_or("which no installer can read");
    };
    let (extras, rest) = inside.split_once(']').ok_or("whose extras are not closed")?;
    let in_extra = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let is_extra = |extra: &str| !extra.is_empty() && extra.chars().all(in_extra);
    if !extras.split(',').all(|extra| is_extra(extra.trim())) {
        return Err("which has an invalid extra");
    }
    Ok(rest.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Rule;

    fn rules(text: &[u8]) -> Vec<&'static Rule> {
        let mut findings = Vec::new();
        check(text, "entry_points.txt", &mut findings);
        findings.iter().map(|finding| finding.rule).collect()
    }

    #[test]
    fn entry_points_are_parsed_like_installers_do() {
        for text in [
            &b"[console_scripts]\nrun = a:b\n\n[x.y]\nz=w\n"[..],
            b"# nothing\n",
            b"[console_scripts]\nrun=a.b:c.d [x, y-z]\n[gui_scripts]\nshow =\n  a:b\n",
            b"[console_scripts]\nrun = _a1.\xc3\xa4:_main2\n",
            b"[plugins]\nx =\ny = some module\n",
        ] {
            assert_eq!(rules(text), [] as [&Rule; 0], "{}", text.escape_ascii());
        }
        for text in [
            &b"run = a:b\n"[..],
            b"[console_scripts]\n../run = a:b\n",
            b"[console_scripts]\nrun\n",
            b"[a]\nx=1\nx=2\n",
            b"\xff",
        ] {
            let found = rules(text);
            assert_eq!(found, [catalogue::METADATA_ENTRY_POINTS], "{}", text.escape_ascii());
        }
    }

    #[test]
    fn commands_need_a_module_and_a_function() {
        for value in [
            "",
            "a",
            "a b",
            "a:",
            ":b",
            "a:b c",
            "a..b:c",
            "a-b:c",
            "a : b",
            "a:b [",
            "a:b [x y]",
            "a:b:c",
            "1a:b",
            "a.2:b",
            "a:b.3",
        ] {
            let text = format!("[gui_scripts]\nrun = {value}\n");
            assert_eq!(rules(text.as_bytes()), [catalogue::METADATA_ENTRY_POINTS], "{value}");
        }
        let found = rules(b"[console_scripts]\nrun = a:b ; explained\n");
        assert_eq!(found, [catalogue::METADATA_ENTRY_POINT_COMMENT]);
    }
}
