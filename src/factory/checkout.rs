//! The checkout that a project is built from: repository, commit, and whether anything differs from it.
//!
//! In: the project's directory. Out: a [`Checkout`], asked of git; none without git or a repository, as
//! in an sdist. git changes nothing, not even its index, and starts no monitor of the file system.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::git::Repository;
use super::plan::Plan;
use crate::printable::without_passwords;
use crate::process::{Call, Environment};
use crate::project::EntryKind;

/// A checkout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkout {
    /// The address of the remote `origin`, without credentials, if there is one.
    pub repository: Option<String>,
    /// The commit.
    pub commit: String,
    /// The project's directory in the repository, which is empty for its top.
    pub directory: PathBuf,
    /// Whether no file differs from the commit, and every file that the build may read is part of it
    /// or ignored.
    pub clean: bool,
}

/// The checkout that `plan` builds from. A report that an earlier run wrote to `report` does not count.
pub fn checkout(environment: &Environment, plan: &Plan, report: &Path) -> Option<Checkout> {
    let root = fs_err::canonicalize(&plan.project.root).ok()?;
    let repository = Repository::around(&root).ok()??;
    let git = environment.which("git")?;
    let ask = |line: &str| {
        let call = Call::new(environment, "git", &git, "asking git what is checked out")
            .args(line.split(' '))
            .without_envs(["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR"])
            .envs([("GIT_OPTIONAL_LOCKS", "0")])
            .dir(repository.top());
        call.finish().ok().filter(|finished| finished.status.success())
    };
    let status = ask("-c core.fsmonitor=false status --porcelain=v2 --branch -z")?.stdout;
    // Headers, then a line for each file that differs.
    let lines = status.split_terminator('\0');
    let commit = lines.clone().find_map(|line| line.strip_prefix("# branch.oid "))?.to_owned();
    if !commit.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        // There is no commit yet.
        return None;
    }
    let read = Read::by(plan, &root, report);
    let mut changes = lines.filter(|line| !line.starts_with("# "));
    let differs = changes.any(|line| match line.strip_prefix("? ") {
        Some(path) => read.has_any(&repository.top().join(path)),
        None => true,
    });
    let origin = ask("config --get remote.origin.url");
    let origin = origin.map(|origin| without_credentials(origin.stdout.trim()));
    Some(Checkout {
        repository: origin.filter(|address| !address.is_empty()),
        commit,
        directory: repository.path_to(&root).to_owned(),
        clean: !differs,
    })
}

/// The files that a build may read.
struct Read<'p> {
    root: &'p Path,
    /// Those of the project.
    files: BTreeSet<&'p Path>,
    /// Directories of Go modules, some of them outside the project.
    go: Vec<PathBuf>,
}

impl<'p> Read<'p> {
    fn by(plan: &'p Plan, root: &'p Path, report: &Path) -> Self {
        let report = fs_err::canonicalize(report).ok();
        let files = plan.sources.iter().filter(|entry| entry.kind != EntryKind::Dir);
        let files = files.map(|entry| entry.source.as_path());
        let files = files.filter(|file| report.as_deref() != Some(*file)).collect();
        Self { root, files, go: plan.project.go_dirs() }
    }

    /// Whether `path`, a file or a directory that git does not know, has any of them.
    fn has_any(&self, path: &Path) -> bool {
        let is_below = self.files.range(path..).next().is_some_and(|file| file.starts_with(path));
        let is_of_module = |dir: &PathBuf| path.starts_with(dir) && !path.starts_with(self.root);
        is_below || self.go.iter().any(is_of_module)
    }
}

/// `address` without a password, and without the user and the query of a web address: CI services
/// put tokens there.
fn without_credentials(address: &str) -> String {
    let address = without_passwords(address);
    let Some((scheme, rest)) = address.split_once("://") else { return address.into_owned() };
    if !scheme.starts_with("http") {
        return address.replacen(":***@", "@", 1);
    }
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let host = rest.split_once("***@").map_or(rest, |(_, host)| host);
    format!("{scheme}://{host}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lose_their_credentials() {
        for (address, expected) in [
            ("https://github.com/o/r.git", "https://github.com/o/r.git"),
            ("https://ci-token:s3cret@example.org/o/r.git", "https://example.org/o/r.git"),
            ("https://s3cret@example.org/o/r.git", "https://example.org/o/r.git"),
            ("https://me:s3c/ret@example.org/o/r", "https://example.org/o/r"),
            ("http://example.org:8080/r?private_token=s3cret", "http://example.org:8080/r"),
            ("git@github.com:o/r.git", "git@github.com:o/r.git"),
            ("ssh://git@example.org/o/r.git", "ssh://git@example.org/o/r.git"),
            ("ssh://git:s3cret@example.org/o/r.git", "ssh://git@example.org/o/r.git"),
            ("/srv/git/r.git", "/srv/git/r.git"),
        ] {
            assert_eq!(without_credentials(address), expected);
        }
    }
}
