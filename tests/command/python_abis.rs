//! Wheels for ABIs of Python other than the stable one, as far as they need no build.

use crate::support::Test;

fn hello(keys: &str) -> Test {
    Test::pyproject(&format!(
        "[project]\nname = \"hello\"\nversion = \"1.0\"\nrequires-python = \">=3.10\"\n\
         [tool.pygo-tools]\npackage = \"example\"\nextension = \"_example\"\nlibrary = \"hello\"\n\
         signatures = [\"char* Hello(char* message, int count);\", \"void free(void* pointer);\"]\n\
         {keys}"
    ))
}

/// The Python and ABI tags of the wheels that would be built.
#[track_caller]
fn planned(keys: &str, options: &[&str]) -> Vec<String> {
    let args = ["matrix", "--dry-run", "--targets", "linux-amd64", "--go", "./go"];
    let test = hello(keys).script("go", "echo go version go1.27.3 linux/amd64");
    let done = test.args(&[&args[..], options].concat()).run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let wheels = done.stdout.lines().filter(|line| line.starts_with("wheel "));
    let tag = |line: &str| line.split('-').skip(3).take(2).collect::<Vec<_>>().join("-");
    wheels.map(tag).collect()
}

#[test]
fn every_abi_of_the_project_has_a_wheel() {
    let all = "abi3t = true\npython = [\"3.12\", \"3.14t\"]\n";
    assert_eq!(
        planned(all, &[]),
        ["cp310-abi3", "cp315-abi3.abi3t", "cp312-cp312", "cp314-cp314t"]
    );
    assert_eq!(planned("abi3 = false\npython = [\"3.14\"]\n", &[]), ["cp314-cp314"]);
    for (python, tag) in
        [("3.12", "cp312-cp312"), ("3.13", "cp310-abi3"), ("3.15t", "cp315-abi3.abi3t")]
    {
        assert_eq!(planned(all, &["--for-python", python]), [tag]);
    }
}

#[test]
fn keys_that_contradict_each_other_are_refused() {
    hello("abi3 = false\n").fails(
        3,
        "reading pyproject.toml, [tool.pygo-tools]\n  \
         found: `abi3` is false, and `python` names no release\n   \
         help: name the releases that get a wheel: python = [\"3.13\", \"3.14\"]",
    );
    hello("python = [\"3.12t\"]\n")
        .fails_with(3, &["`python`: \"3.12t\" is invalid: free-threaded Python starts with 3.13"]);
    let without_extension = "[tool.pygo-tools]\nbinding = \"ctypes\"\npackage = \"example\"\n\
                             library = \"hello\"\npython = [\"3.13\"]\n";
    Test::pyproject(without_extension)
        .fails_with(3, &["this project has none", "remove these keys"]);
    let capi = "[tool.pygo-tools]\nbinding = \"capi\"\nextension = \"example._x\"\nabi3t = true\n";
    Test::pyproject(capi).fails_with(3, &["for abi3t", "binding capi", "\"3.15t\""]);
}

#[test]
fn a_release_on_the_command_line_is_checked() {
    hello("").args(&["matrix", "--for-python", "3.9.1"]).fails_with(2, &["3.13 or 3.14t"]);
}
