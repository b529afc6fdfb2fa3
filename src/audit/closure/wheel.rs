//! The whole wheel, as the checks of one file see it.

use super::elsewhere::Surroundings;
use super::search::Node;
use crate::audit::{BinaryFile, Finding, Rule, catalogue};
use crate::relative_path::file_name;

/// The libraries that a binary needs, by where they come from.
#[derive(Debug, Clone, Default)]
pub struct Outside<'a> {
    /// Those that the system provides.
    pub system: Vec<&'a str>,
    /// The first one that its search path leads to in the wheel.
    pub inside: Option<&'a str>,
    /// Those that nothing provides.
    pub missing: Vec<&'a str>,
    /// The symbols of the system that it imports without a version, and their first version there.
    pub unversioned: Vec<(&'static str, &'a str)>,
}

/// Whether `name` is Python itself, as a library or a macOS framework.
pub(in crate::audit) fn is_libpython(name: &str) -> bool {
    file_name(name).starts_with("libpython3") || name.contains("Python.framework/")
}

/// The whole wheel, for the checks of one file.
pub(super) struct Wheel<'w, 'a> {
    pub(super) files: &'a [BinaryFile],
    pub(super) nodes: &'w [Node<'a>],
    pub(super) around: Surroundings<'w>,
}

/// The rules of a format that a missing library breaks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    /// Nobody provides it.
    pub(super) missing: &'static Rule,
    /// Something outside of the wheel may provide it.
    pub(super) elsewhere: &'static Rule,
}

impl<'a> Wheel<'_, 'a> {
    pub(super) fn file_of(&self, node: usize) -> Option<&'a BinaryFile> {
        self.nodes.get(node).and_then(|node| self.files.get(node.file))
    }

    /// The finding for a missing library.
    pub(super) fn missing(
        &self,
        file: &BinaryFile,
        node: Option<&Node<'_>>,
        rules: Rules,
        library: &str,
        search_path: &str,
    ) -> Finding {
        let base = file_name(library);
        if is_libpython(library) {
            let what = format!("is linked against {base}");
            return Finding::new(catalogue::EXTENSION_LIBPYTHON, &file.path, what);
        }
        if let Some(finding) = self.elsewhere(file, node, rules, library) {
            return finding;
        }
        let rule = rules.missing;
        let Some(other) = self.files.iter().find(|other| file_name(&other.path) == base) else {
            let what =
                format!("needs {library}, which is neither in the wheel nor part of every system");
            return Finding::new(rule, &file.path, what);
        };
        let what = format!(
            "needs {library}, but its search path ({search_path}) does not contain the directory \
             of {}",
            other.path
        );
        Finding::new(rule, &file.path, what)
            .with_fix("link it with an rpath that points from its own directory to that one")
    }

    /// The finding for a library that something outside of the wheel may provide.
    pub(super) fn elsewhere(
        &self,
        file: &BinaryFile,
        node: Option<&Node<'_>>,
        rules: Rules,
        library: &str,
    ) -> Option<Finding> {
        let tops = self.files.iter().filter_map(|file| file.path.split_once('/'));
        let tops: Vec<&str> = tops.map(|(top, _)| top).collect();
        let base = file_name(library);
        let is_in_wheel = self.files.iter().any(|other| file_name(&other.path) == base);
        let provider = self.around.provider(library, node, &tops, is_in_wheel);
        let clause = provider.or_else(|| self.clause_of_plugin(file, is_in_wheel))?;
        let what = format!("needs {library}, {clause}");
        Some(Finding::new(rules.elsewhere, &file.path, what))
    }

    /// Why a library that a plug-in needs may not be needed, or may be there: a program loads plug-ins by
    /// their paths, does without those that do not load, and has loaded what it shares with them.
    pub(super) fn clause_of_plugin(&self, file: &BinaryFile, is_in_wheel: bool) -> Option<String> {
        let is_named = |text: &str| ["plugin", "plugins"].contains(&&*text.to_ascii_lowercase());
        let (directories, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
        let directory = directories.split('/').find(|directory| is_named(directory));
        let is_needed = || {
            let mut needs = self.nodes.iter().flat_map(|node| &node.needs);
            needs.any(|need| file_name(need.name) == name)
        };
        let stem = name.split('.').next().unwrap_or(name).to_ascii_lowercase();
        let evidence = match directory {
            Some(directory) => format!("it is in {directory}/"),
            None if stem.ends_with("plugin") && !is_needed() => {
                "it is named as a plug-in".to_owned()
            }
            None => return None,
        };
        (!file.is_module()).then(|| match is_in_wheel {
            true => format!(
                "which is in the wheel, but not where its search path leads; as {evidence}, what \
                 loads it may have loaded that library before"
            ),
            false => format!("which is not in the wheel, but as {evidence}, it may be optional"),
        })
    }
}
