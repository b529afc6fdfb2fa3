//! Finds a text in the output of a tool, and the name that it contains.

/// Finds `pattern` in one of the lines of `output`. A `*` in it stands for a name, which is
/// returned; without one, the name is empty.
pub(super) fn find<'a>(pattern: &str, output: &'a str) -> Option<&'a str> {
    output.lines().find_map(|line| match pattern.split_once('*') {
        None => line.contains(pattern).then_some(""),
        Some((before, after)) => {
            let rest = &line[line.find(before)? + before.len()..];
            let name = if after.is_empty() { rest } else { &rest[..rest.find(after)?] };
            Some(name.trim()).filter(|name| !name.is_empty())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn a_star_stands_for_a_name_within_one_line() {
        let output = "first\nunable to find library 'z' using x\nundefined symbol: f\n";
        assert_eq!(find("find library '*'", output), Some("z"));
        assert_eq!(find("undefined symbol: *", output), Some("f"));
        assert_eq!(find("unable", output), Some(""));
        for missing in ["first*unable", "find library '*\"", "x*", "second"] {
            assert_eq!(find(missing, output), None, "{missing}");
        }
    }
}
