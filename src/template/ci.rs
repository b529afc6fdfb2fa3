//! The files of CI services: build, test and publish.
//!
//! Input: a [`CiService`] and what the project has. Output: one file. The texts are in `files/ci/`;
//! actions are pinned by their digest.

use super::File;
use crate::project::{OWN_REQUIREMENT, TestSettings};
use crate::target::Target;

/// A CI service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CiService {
    /// GitHub Actions.
    Github,
    /// GitLab CI.
    Gitlab,
}

/// The inputs of the file.
#[derive(Debug, Clone)]
pub struct CiWants<'a> {
    /// The targets of the project.
    pub targets: &'a [Target],
    /// On how many runners to build, if on several.
    pub fan_out: Option<usize>,
    /// The settings for testing the wheels.
    pub test: &'a TestSettings,
    /// Whether the project says so itself.
    pub has_test: bool,
    /// The file with the configuration, which counts for the key of a cache.
    pub configuration: &'a str,
    /// The go.sum of one of the modules, which counts as well.
    pub go_sum: Option<&'a str>,
}

/// The runners of GitHub on which pygo runs, each with the targets whose wheels it runs.
const RUNNERS: &[(&str, &[&str])] = &[
    ("ubuntu-24.04", &["linux-amd64"]),
    ("ubuntu-24.04-arm", &["linux-arm64"]),
    ("macos-15", &["macos-arm64", "macos-universal2"]),
    ("macos-15-intel", &["macos-amd64", "macos-universal2"]),
];

/// Those on which pip installs the wheels.
const WINDOWS_RUNNERS: &[(&str, &[&str])] =
    &[("windows-2025", &["windows-amd64"]), ("windows-11-arm", &["windows-arm64"])];

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
    let text = text.replace("{{requirement}}", OWN_REQUIREMENT);
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
    let [runners, windows] = [RUNNERS, WINDOWS_RUNNERS].map(|all| runners(all, wants.targets));
    let (mut jobs, mut needs) = (String::new(), Vec::new());
    if !runners.is_empty() {
        needs.push("test");
        jobs += &include_str!("files/ci/github-test.yml")
            .replace("{{runners}}", &runners)
            .replace("{{command}}", &command(wants));
    }
    if !windows.is_empty() {
        needs.push("test-windows");
        jobs += &include_str!("files/ci/github-test-windows.yml")
            .replace("{{runners}}", &windows)
            .replace("{{requirements}}", &requirements(wants.test))
            .replace("{{commands}}", &shell_lines(&wants.test.commands).join("\n          "));
    }
    // Without a runner for any of the targets there is nothing to test.
    let needs = match &needs[..] {
        [] => "build".to_owned(),
        [one] => (*one).to_owned(),
        several => format!("[{}]", several.join(", ")),
    };
    let publish = include_str!("files/ci/github-publish.yml").replace("{{needs}}", &needs);
    let text = whole
        .replace("{{configuration}}", wants.configuration)
        .replace("{{test}}", &jobs)
        .replace("{{publish}}", &publish);
    format!("{}\n", text.trim_end())
}

/// Those of `all` that run wheels for one of `targets`.
fn runners(all: &[(&str, &[&str])], targets: &[Target]) -> String {
    let is_built = |name: &&str| targets.iter().any(|target| target.name() == *name);
    let runs = all.iter().filter(|(_, own)| own.iter().any(is_built));
    runs.map(|(runner, _)| *runner).collect::<Vec<_>>().join(", ")
}

/// What pip installs for a test, in the words of a shell.
fn requirements(test: &TestSettings) -> String {
    let extras = match &test.extras[..] {
        [] => String::new(),
        extras => format!("[{}]", extras.join(",")),
    };
    let wheel = format!("\"$(echo dist/tested/*.whl){extras}\"");
    let others = test.requires.iter().map(|requirement| shell_word(requirement));
    [wheel].into_iter().chain(others).collect::<Vec<_>>().join(" ")
}

/// `commands` for a shell, with the variables `project` and `wheel` in place of the placeholders.
fn shell_lines(commands: &[Vec<String>]) -> Vec<String> {
    let line = |words: &Vec<String>| words.iter().map(|word| test_word(word)).collect::<Vec<_>>();
    // A line end in a word is one in the file, all of whose lines have the same indentation.
    let lines = commands.iter().map(|words| line(words).join(" "));
    lines.map(|line| line.replace('\n', "\n          ")).collect()
}

/// `word` of a test command for a shell.
fn test_word(word: &str) -> String {
    const VARIABLES: [(&str, &str); 2] = [("{project}", "\"$project\""), ("{wheel}", "\"$wheel\"")];
    let (mut line, mut rest) = (String::new(), word);
    let next = |rest: &str| {
        let places = VARIABLES.iter().filter_map(|row| Some((rest.find(row.0)?, row)));
        places.min_by_key(|(at, _)| *at)
    };
    while let Some((at, (placeholder, variable))) = next(rest) {
        let (before, after) = rest.split_at(at);
        if !before.is_empty() {
            line += &shell_word(before);
        }
        line += variable;
        rest = after.strip_prefix(placeholder).unwrap_or_default();
    }
    if line.is_empty() || !rest.is_empty() {
        line += &shell_word(rest);
    }
    line
}

/// `word` for a shell.
fn shell_word(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@%+".contains(c);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
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
    // GitLab takes at most two files and no patterns.
    let files = wants.go_sum.into_iter().chain([wants.configuration]);
    // Every string of JSON is one of YAML.
    let files: Vec<_> = files.map(|file| serde_json::Value::from(file).to_string()).collect();
    include_str!("files/ci/gitlab.yml")
        .replace("{{build}}", &build)
        .replace("{{written}}", written)
        .replace("{{prefix}}", prefix)
        .replace("{{key-files}}", &files.join(", "))
        .replace("{{command}}", &command(wants))
}

/// The options of `pygo test`, in the words of a shell: without a command of the project, what tests its
/// wheels.
fn command(wants: &CiWants<'_>) -> String {
    let commands = wants.test.commands.iter().filter(|_| !wants.has_test);
    let line = |words: &Vec<String>| words.iter().map(|word| shell_word(word)).collect::<Vec<_>>();
    commands.map(|words| format!(" --command \"{}\"", line(words).join(" "))).collect()
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
        let command = test.unwrap_or("pytest {project}");
        let commands = vec![TestSettings::command(command).unwrap()];
        let own = TestSettings { commands, ..TestSettings::default() };
        with(service, targets, fan_out, &own, test.is_none())
    }

    fn with(
        service: CiService,
        targets: &str,
        fan_out: Option<usize>,
        test: &TestSettings,
        has_test: bool,
    ) -> String {
        let targets = parse_list([targets]).unwrap().targets;
        let wants = CiWants {
            targets: &targets,
            fan_out,
            test,
            has_test,
            configuration: "pyproject.toml",
            go_sum: Some("go/go.sum"),
        };
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
        assert!(!windows.contains("pygo test") && windows.contains("needs: test-windows\n    if:"));
        assert!(windows.contains("runner: [windows-2025]\n"));
        let both = text(CiService::Github, "linux-amd64,windows", None, None);
        assert!(both.contains("runner: [windows-2025, windows-11-arm]\n"));
        assert!(both.contains("needs: [test, test-windows]\n    if:"));
        let none = text(CiService::Github, "linux-s390x", None, None);
        assert!(!none.contains("test:") && none.contains("needs: build\n    if:"));
    }

    #[test]
    fn a_shell_runs_the_commands_of_the_project_on_windows() {
        let command = |line: &str| TestSettings::command(line).unwrap();
        let commands = vec![
            command("pytest \"{project}/my tests\" -k ''"),
            command("python -c \"import demo\nprint('it')\" {wheel}"),
        ];
        let (requires, extras) = (vec!["pytest>=8".to_owned()], vec!["yaml".to_owned()]);
        let test = TestSettings { commands, requires, extras };
        let text = with(CiService::Github, "windows-amd64", None, &test, true);
        for expected in [
            "          pip install \"$(echo dist/tested/*.whl)[yaml]\" 'pytest>=8'\n",
            "          pytest \"$project\"'/my tests' -k ''\n",
            "          python -c 'import demo\n          print('\\''it'\\'')' \"$wheel\"\n",
        ] {
            assert!(text.contains(expected), "{text}");
        }
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
        let test = TestSettings::default();
        let wants = CiWants {
            targets: &[],
            fan_out: None,
            test: &test,
            has_test: true,
            configuration: "config.json",
            go_sum: Some("a\"], x: [\"b\n/go.sum"),
        };
        let text = ci_file(CiService::Gitlab, &wants).text;
        assert!(text.contains(r#"["a\"], x: [\"b\n/go.sum", "config.json"]"#), "{text}");
    }

    #[test]
    fn no_placeholder_is_left() {
        for service in [CiService::Github, CiService::Gitlab] {
            for fan_out in [None, Some(2)] {
                let text = text(service, "linux,macos,windows", fan_out, None);
                let text = text.replace("${{ ", "");
                assert!(!text.contains("{{"), "{text}");
            }
        }
    }
}
