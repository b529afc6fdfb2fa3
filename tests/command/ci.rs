//! `pygo ci`: the file of a CI service.

use crate::support::Test;

#[test]
fn a_pipeline_is_written_once_and_names_what_the_project_has() {
    let test = Test::hello().args(&["ci", "github"]);
    let done = test.run();
    assert_eq!((done.code, done.stdout.as_str()), (Some(0), ".github/workflows/wheels.yml\n"));
    let text = fs_err::read_to_string(test.path().join(".github/workflows/wheels.yml")).unwrap();
    let command = "pygo test dist --command \"python -c 'import example'\"";
    let key = "hashFiles('**/go.mod', '**/go.sum', 'config.json')";
    assert_eq!(text.matches(key).count(), 2, "{text}");
    assert!(text.contains(command), "{text}");
    assert!(text.contains("runner: [ubuntu-24.04, ubuntu-24.04-arm, macos-15, macos-15-intel]"));
    let again = test.run();
    assert_eq!(again.code, Some(3));
    assert!(again.stderr.contains("found: in the way:\n         .github/workflows/wheels.yml"));
    let printed = Test::hello().args(&["ci", "gitlab", "--fan-out", "--print"]);
    let done = printed.run();
    assert!(done.stdout.contains("pygo merge shards") && done.stdout.contains(command));
    assert!(!printed.path().join(".gitlab-ci.yml").exists());
}

#[test]
fn the_targets_of_the_project_decide_how_many_runners_build() {
    let printed = |args: &[&str]| Test::hello().args(&[&["ci"], args].concat()).run();
    let done = printed(&["github", "--print", "--fan-out"]);
    assert!(done.stdout.contains("shard: [\"1/2\", \"2/2\"]"), "{}{}", done.stdout, done.stderr);
    let done = printed(&["gitlab", ".", "--fan-out=4", "--print"]);
    assert!(done.stdout.contains("parallel: 4\n"), "{}{}", done.stdout, done.stderr);
    let done = printed(&["github", "--fan-out=99"]);
    assert_eq!(done.code, Some(2));
    assert!(done.stderr.contains("found: 99 runners for "), "{}", done.stderr);
    let done = printed(&["github", "--fan-out=all"]);
    assert_eq!(done.code, Some(2));
    assert!(done.stderr.contains("write a number from 2 to 200"), "{}", done.stderr);
    let done = printed(&["github", "--fan-out", ".", "--print"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
}

#[test]
fn a_pipeline_needs_a_project() {
    Test::new().args(&["ci", "github"]).fails_with(3, &["looking for the configuration"]);
}
