//! The classifiers that the index accepts: toolchains/classifiers.txt.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::error::nearest;

const LIST: &str = include_str!("../../../toolchains/classifiers.txt");

/// Each classifier; for a deprecated one, what replaces it, which may be nothing.
static KNOWN: LazyLock<HashMap<&str, Option<&str>>> = LazyLock::new(|| {
    let lines = LIST.lines().filter(|line| !line.starts_with('#'));
    let split = |line: &'static str| match line.split_once(" =>") {
        Some((classifier, replacements)) => (classifier, Some(replacements.trim())),
        None => (line, None),
    };
    lines.map(split).collect()
});

/// Why the index rejects a classifier.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// `unknown` or `deprecated`.
    pub(super) adjective: &'static str,
    /// How to fix it, if the list says so.
    pub(super) fix: Option<String>,
}

/// Looks up a classifier.
pub(super) fn check(text: &str) -> Result<(), Fault> {
    match KNOWN.get(text) {
        Some(None) => Ok(()),
        Some(Some(replacements)) => {
            let fix = match *replacements {
                "" => "remove it: nothing replaces it".to_owned(),
                replacements => format!("use `{}`", replacements.replace(" | ", "` or `")),
            };
            Err(Fault { adjective: "deprecated", fix: Some(fix) })
        }
        None => {
            let similar = nearest(text, KNOWN.keys().copied());
            let fix = similar.map(|similar| format!("did you mean `{similar}`?"));
            Err(Fault { adjective: "unknown", fix })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classifiers_are_compared_with_the_list_of_the_index() {
        assert_eq!(check("Programming Language :: Go"), Ok(()));
        assert_eq!(check("Operating System :: POSIX :: Linux"), Ok(()));
        for text in ["Programming Language :: go", "Programming Language :: Go ", "", "Python"] {
            assert_eq!(check(text).unwrap_err().adjective, "unknown", "{text}");
        }
        let fault = check("Programming Language :: Pyton").unwrap_err();
        assert_eq!(fault.fix.as_deref(), Some("did you mean `Programming Language :: Python`?"));
    }

    #[test]
    fn deprecated_classifiers_name_their_replacement() {
        let fault = check("Natural Language :: Ukranian").unwrap_err();
        assert_eq!(fault.adjective, "deprecated");
        assert_eq!(fault.fix.as_deref(), Some("use `Natural Language :: Ukrainian`"));
        let fault = check("License :: OSI Approved :: X.Net License").unwrap_err();
        assert_eq!(fault.fix.as_deref(), Some("remove it: nothing replaces it"));
    }
}
