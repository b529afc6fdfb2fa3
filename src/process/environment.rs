//! The environment of this process, captured once where the command starts.
//!
//! Nothing below the command line reads the process environment: it gets an [`Environment`], in
//! which it looks up variables and programs, and with which it starts tools.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use etcetera::BaseStrategy;

/// The variables, the current directory and the cache directory of this process. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Environment(Arc<Snapshot>);

#[derive(Debug)]
struct Snapshot {
    variables: BTreeMap<OsString, OsString>,
    current_dir: PathBuf,
    cache_dir: Result<PathBuf, String>,
}

impl Environment {
    /// Captures the environment of this process.
    pub fn capture() -> Self {
        let strategy = etcetera::base_strategy::choose_native_strategy();
        Self(Arc::new(Snapshot {
            variables: std::env::vars_os().collect(),
            current_dir: std::env::current_dir().unwrap_or_default(),
            cache_dir: strategy.map(|dirs| dirs.cache_dir()).map_err(|error| error.to_string()),
        }))
    }

    /// All variables.
    pub fn variables(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.0.variables.iter().map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }

    /// The variable `name`, if it is set.
    pub fn var(&self, name: &str) -> Option<&OsStr> {
        self.0.variables.get(OsStr::new(name)).map(OsString::as_os_str)
    }

    /// The variable `name`, if it is set and not empty.
    pub fn get(&self, name: &str) -> Option<&OsStr> {
        self.var(name).filter(|value| !value.is_empty())
    }

    /// The current directory.
    pub fn current_dir(&self) -> &Path {
        &self.0.current_dir
    }

    /// The path of the program `name`: a path from the current directory, or a name on `PATH`.
    pub fn which(&self, name: impl AsRef<OsStr>) -> Option<PathBuf> {
        which::which_in(name, self.get("PATH"), &self.0.current_dir).ok()
    }

    /// The directory for caches of this user, who may have no home directory.
    pub fn cache_dir(&self) -> Result<PathBuf, String> {
        self.0.cache_dir.clone()
    }

    /// The variables that match `names`, for fingerprints; a `*` at the end of a name matches any
    /// ending.
    pub fn select(&self, names: &[&str]) -> BTreeMap<String, String> {
        let matches = |name: &str| {
            names.iter().any(|pattern| match pattern.strip_suffix('*') {
                Some(prefix) => name.starts_with(prefix),
                None => name == *pattern,
            })
        };
        self.variables()
            .map(|(name, value)| (name.to_string_lossy(), value.to_string_lossy()))
            .filter(|(name, _)| matches(name))
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect()
    }
}

/// An environment of exactly `variables`.
impl<K: Into<OsString>, V: Into<OsString>> FromIterator<(K, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(variables: I) -> Self {
        let variables: BTreeMap<OsString, OsString> =
            variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        let cache_dir = Err("no home directory".to_owned());
        Self(Arc::new(Snapshot { variables, current_dir: PathBuf::from("/"), cache_dir }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_variables_count_as_unset_and_patterns_select() {
        let environment: Environment =
            [("GOFLAGS", "-v"), ("GOPROXY", ""), ("CC", "x"), ("PATH", "/bin")]
                .into_iter()
                .collect();
        assert_eq!(environment.get("GOFLAGS"), Some(OsStr::new("-v")));
        assert_eq!(environment.get("GOPROXY"), None);
        let selected = environment.select(&["GO*", "CC", "C"]);
        let names: Vec<_> = selected.keys().map(String::as_str).collect();
        assert_eq!(names, ["CC", "GOFLAGS", "GOPROXY"]);
        assert_eq!(environment.which("sh"), Some(PathBuf::from("/bin/sh")));
    }
}
