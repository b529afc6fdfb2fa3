//! The files of CI services: build, test and publish.
//!
//! Input: a [`CiService`] and what the project has. Output: one file. The texts are in `files/ci/`;
//! actions are pinned by their digest.

use super::File;
use crate::target::Target;

/// A CI service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CiService {
    /// GitHub Actions.
    Github,
    /// GitLab CI.
    Gitlab,
}

/// What the file depends on.
#[derive(Debug, Clone)]
pub struct CiWants<'a> {
    /// The targets of the project.
    pub targets: &'a [Target],
    /// On how many runners to build, if on several.
    pub fan_out: Option<usize>,
    /// The command that tests the wheels, if the project has no `test-command`.
    pub test: Option<&'a str>,
    /// The files that decide the key of a cache.
    pub key_files: &'a [String],
}

/// The runners of GitHub, each with the targets whose wheels it runs.
const RUNNERS: &[(&str, &[&str])] = &[
    ("ubuntu-24.04", &["linux-amd64"]),
    ("ubuntu-24.04-arm", &["linux-arm64"]),
    ("macos-15", &["macos-arm64", "macos-universal2"]),
    ("macos-15-intel", &["macos-amd64", "macos-universal2"]),
];

impl CiService {
    /// The path of its file.
    pub fn path(self) -> &'static str {
        match self {
            Self::Github => ".github/workflows/wheels.yml",
            Self::Gitlab => ".gitlab-ci.yml",
        }
    }
}

/// The file of `service`.
pub fn ci_file(service: CiService, wants: &CiWants<'_>) -> File {
    let text = match service {
        CiService::Github => github(wants),
        CiService::Gitlab => gitlab(wants),
    };
    File { path: service.path().to_owned(), text, may_exist: false }
}

fn github(wants: &CiWants<'_>) -> String {
    let whole = match wants.fan_out {
        Some(count) => {
            let shards = (1..=count).map(|number| format!("\"{number}/{count}\""));
            let shards = shards.collect::<Vec<_>>().join(", ");
            include_str!("files/ci/github-fan-out.yml").replace("{{shards}}", &shards)
        }
        None => include_str!("files/ci/github.yml").to_owned(),
    };
    let is_built = |name: &&str| wants.targets.iter().any(|target| target.name() == *name);
    let runs = |(_, targets): &&(&str, &[&str])| targets.iter().any(is_built);
    let runners: Vec<_> = RUNNERS.iter().filter(runs).map(|(runner, _)| *runner).collect();
    let test = include_str!("files/ci/github-test.yml")
        .replace("{{runners}}", &runners.join(", "))
        .replace("{{command}}", &command(wants));
    let publish = include_str!("files/ci/github-publish.yml");
    // Without a runner for any of the targets there is nothing to test.
    let (test, publish) = match runners.is_empty() {
        true => (String::new(), publish.replace("needs: test", "needs: build")),
        false => (test, publish.to_owned()),
    };
    let text = whole.replace("{{test}}", &test).replace("{{publish}}", &publish);
    format!("{}\n", text.trim_end())
}

fn gitlab(wants: &CiWants<'_>) -> String {
    // Jobs that run at the same time would overwrite a cache that they share.
    let (build, written, prefix) = match wants.fan_out {
        Some(count) => (
            include_str!("files/ci/gitlab-fan-out.yml").replace("{{count}}", &count.to_string()),
            "`pygo ci gitlab --fan-out`. Several Linux jobs build the wheels, one merges them.",
            "pygo-$CI_NODE_INDEX",
        ),
        None => (
            include_str!("files/ci/gitlab-one.yml").to_owned(),
            "`pygo ci gitlab`. One Linux job builds the wheels of all targets.",
            "pygo",
        ),
    };
    // GitLab takes at most two.
    let files = wants.key_files.iter().take(2);
    // Every string of JSON is one of YAML.
    let files: Vec<_> = files.map(|file| serde_json::Value::from(&**file).to_string()).collect();
    include_str!("files/ci/gitlab.yml")
        .replace("{{build}}", &build)
        .replace("{{written}}", written)
        .replace("{{prefix}}", prefix)
        .replace("{{key-files}}", &files.join(", "))
        .replace("{{command}}", &command(wants))
}

/// The option of `pygo test`, in the words of a shell.
fn command(wants: &CiWants<'_>) -> String {
    wants.test.map_or_else(String::new, |command| format!(" --command \"{command}\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::parse_list;

    fn text(
        service: CiService,
        targets: &str,
        fan_out: Option<usize>,
        test: Option<&str>,
    ) -> String {
        let targets = parse_list([targets]).unwrap().targets;
        let key_files = ["go/go.sum".to_owned(), "pyproject.toml".to_owned()];
        let wants = CiWants { targets: &targets, fan_out, test, key_files: &key_files };
        ci_file(service, &wants).text
    }

    #[test]
    fn every_action_is_pinned_by_a_digest_with_its_version() {
        for fan_out in [None, Some(2)] {
            let text =
                text(CiService::Github, "linux,macos", fan_out, Some("python -c 'import demo'"));
            let uses: Vec<_> = text.lines().filter(|line| line.contains("uses: ")).collect();
            assert!(uses.len() > 6);
            for line in uses {
                let (digest, version) = line.split_once('@').unwrap().1.split_once(" # v").unwrap();
                assert!(digest.len() == 40 && digest.bytes().all(|b| b.is_ascii_hexdigit()));
                assert!(version.split('.').count() == 3, "{line}");
            }
        }
    }

    #[test]
    fn wheels_are_tested_on_the_runners_that_run_them() {
        let linux = text(CiService::Github, "linux-amd64", None, Some("python -c 'import demo'"));
        assert!(linux.contains("runner: [ubuntu-24.04]\n"));
        assert!(linux.contains("pygo test dist --command \"python -c 'import demo'\"\n"));
        let mac = text(CiService::Github, "macos-universal2", None, None);
        assert!(mac.contains("runner: [macos-15, macos-15-intel]\n"));
        assert!(mac.contains("pygo test dist\n"));
        let windows = text(CiService::Github, "windows-amd64", None, None);
        assert!(!windows.contains("pygo test") && windows.contains("needs: build\n    if:"));
    }

    #[test]
    fn every_runner_has_a_shard() {
        let github = text(CiService::Github, "linux,macos", Some(4), None);
        assert!(
            github.contains("        shard: [\"1/4\", \"2/4\", \"3/4\", \"4/4\"]\n"),
            "{github}"
        );
        let gitlab = text(CiService::Gitlab, "linux,macos", Some(4), None);
        assert!(gitlab.contains("  parallel: 4\n"), "{gitlab}");
        assert!(gitlab.contains("    - pygo publish --with twine dist\n"), "{gitlab}");
        assert!(gitlab.contains("      prefix: pygo-$CI_NODE_INDEX\n"), "{gitlab}");
        let one = text(CiService::Gitlab, "linux,macos", None, None);
        assert!(one.contains("      prefix: pygo\n"), "{one}");
        for service in [CiService::Github, CiService::Gitlab] {
            assert!(!text(service, "linux,macos", None, None).contains("shard"));
        }
    }

    #[test]
    fn names_of_files_stay_strings() {
        let key_files = ["a\"], x: [\"b\n/go.sum".to_owned()];
        let wants = CiWants { targets: &[], fan_out: None, test: None, key_files: &key_files };
        let text = ci_file(CiService::Gitlab, &wants).text;
        assert!(text.contains(r#"["a\"], x: [\"b\n/go.sum"]"#), "{text}");
    }

    #[test]
    fn no_placeholder_is_left() {
        for service in [CiService::Github, CiService::Gitlab] {
            for fan_out in [None, Some(2)] {
                let text = text(service, "linux,macos", fan_out, None).replace("${{ ", "");
                assert!(!text.contains("{{"), "{text}");
            }
        }
    }
}
