//! What a job of GitHub Actions learns of `pygo matrix`: groups, annotations, the page and outputs of the step.

use fs_err as fs;

use crate::support::Test;

/// `test` in a job whose checkout is the directory of the project.
fn in_a_job(test: Test, targets: &str) -> Test {
    let (page, outputs) = (test.path().join("page.md"), test.path().join("outputs"));
    fs::write(&page, "earlier\n").unwrap();
    fs::write(&outputs, "earlier=1\n").unwrap();
    let workspace = test.path().to_owned();
    test.env("GITHUB_ACTIONS", "true")
        .env("GITHUB_WORKSPACE", workspace)
        .env("GITHUB_STEP_SUMMARY", page)
        .env("GITHUB_OUTPUT", outputs)
        .args(&["matrix", "--targets", targets])
}

#[test]
fn wheels_are_on_the_page_and_in_the_outputs() {
    let test = in_a_job(Test::hello(), "linux-amd64,macos-arm64");
    let done = test.run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let (_, folded) =
        done.stderr.split_once("::group::pygo: building for linux-amd64, macos-arm64\n").unwrap();
    let (folded, shown) = folded.split_once("::endgroup::\n").unwrap();
    assert!(folded.contains("linux-amd64: ") && shown.contains("2 of 2 wheels"), "{}", done.stderr);

    let paths: Vec<_> = done.stdout.lines().collect();
    let outputs = fs::read_to_string(test.path().join("outputs")).unwrap();
    assert_eq!(outputs, format!("earlier=1\nwheels={}\n", serde_json::json!(paths)));

    let page = fs::read_to_string(test.path().join("page.md")).unwrap();
    let rows: Vec<_> = page.lines().filter(|line| line.contains(".whl")).collect();
    assert!(page.starts_with("earlier\n### pygo: 2 of 2 wheels\n") && rows.len() == 2, "{page}");
    for (row, path) in rows.iter().zip(paths) {
        use sha2::Digest as _;
        let digest = sha2::Sha256::digest(fs::read(test.path().join(path)).unwrap());
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(row.ends_with(&format!("B | `{digest}` |")), "{row}");
    }
}

#[test]
fn an_error_in_go_is_shown_beside_its_line() {
    let broken = include_str!("../../example/hello/example/go/main.go");
    let broken = format!("{broken}\nfunc broken() {{ undefined() }}\n");
    let test = in_a_job(Test::hello().write("example/go/main.go", broken), "linux-amd64");
    let done = test.run();
    assert_eq!(done.code, Some(1));
    let place = "::error file=example/go/main.go,line=18,col=17,title=pygo%3A linux-amd64::";
    assert!(done.stderr.contains(place), "{}", done.stderr);
    assert_eq!(fs::read_to_string(test.path().join("outputs")).unwrap(), "earlier=1\nwheels=[]\n");
    let page = fs::read_to_string(test.path().join("page.md")).unwrap();
    assert!(
        page.contains("### pygo: 0 of 1 wheels\n") && page.contains("main.go&#58;18&#58;17"),
        "{page}"
    );
}

#[test]
fn an_error_in_the_configuration_is_shown_beside_its_line() {
    let config =
        "[project]\nname = \"a\"\nversion = \"1\"\n\n[tool.pygo-tools]\nbindng = \"cffi\"\n";
    let done = in_a_job(Test::new().write("pyproject.toml", config), "linux-amd64").run();
    assert_eq!(done.code, Some(3));
    let place = "::error file=pyproject.toml,line=6,col=1,title=pygo::reading pyproject.toml%0A";
    assert!(done.stderr.contains(place), "{}", done.stderr);
}

#[test]
fn elsewhere_nothing_of_it_is_written() {
    let test = in_a_job(Test::hello(), "linux-amd64").env("GITHUB_ACTIONS", "false");
    let done = test.run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(!done.stderr.contains("::"), "{}", done.stderr);
    assert_eq!(fs::read_to_string(test.path().join("outputs")).unwrap(), "earlier=1\n");
    assert_eq!(fs::read_to_string(test.path().join("page.md")).unwrap(), "earlier\n");
}

#[test]
fn a_page_that_cannot_be_written_is_an_error_after_the_build() {
    let test = in_a_job(Test::hello(), "linux-amd64").env("GITHUB_STEP_SUMMARY", "/dev/full");
    let done = test.run();
    assert_eq!(done.code, Some(6), "{}", done.stderr);
    assert!(done.stdout.ends_with(".whl\n"), "{}", done.stdout);
    assert!(done.stderr.contains("error: writing the step summary\n"), "{}", done.stderr);
}
