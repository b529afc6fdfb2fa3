//! A backend that leaves the package of the native part out of its wheel.

use super::support::Test;

const CONFIG: &str = "[build-system]\nrequires = ['setuptools>=70.1']\nbuild-backend = 'setuptools.build_meta'\n\n\
                      [project]\nname = 'native'\nversion = '1.0'\ndependencies = ['cffi']\n\n\
                      [tool.pygo-tools]\npackage = 'tool.native'\nextension = 'tool.native._fast'\n\
                      library = 'core'\nsignatures = ['int One(void);']\n\n";
const GO: &str = "package main\n\nimport \"C\"\n\n//export One\nfunc One() C.int { return 1 }\n\n\
                  func main() {}\n";

/// A project with a regular package in the namespace package `tool`, and lines for setuptools.
fn project(lines: &str) -> Test {
    Test::new()
        .write("pyproject.toml", format!("{CONFIG}{lines}"))
        .write("src/tool/native/__init__.py", "from ._fast import lib\n")
        .write("src/tool/native/go/main.go", GO)
        .write("src/tool/other/__init__.py", "")
        .args(&["matrix", "--targets", "linux-amd64"])
}

#[test]
fn the_lines_that_help_names_put_the_package_into_the_wheel() {
    let find = "[tool.setuptools.packages.find]\nwhere = ['src']\n";
    let done = project(&format!("{find}exclude = ['tool.native*']\n")).run();
    assert_eq!(done.code, Some(5), "{}", done.stderr);
    assert!(
        done.stderr.contains(
            "the project has src/tool/native/__init__.py, but the backend left the package \
             tool.native out of its wheel"
        ),
        "{}",
        done.stderr
    );
    let help = done.stderr.split("help: add this to pyproject.toml").nth(1).unwrap_or_default();
    let lines = help.lines().skip(2).take_while(|line| line.starts_with("     "));
    let lines = lines.map(str::trim).collect::<Vec<_>>().join("\n");
    // The same build shows that the project's own module wins over pygo's.
    let fixed = project(&lines).write("src/tool/native/lib/libcore.py", "path = None\n").run();
    assert_eq!(fixed.code, Some(0), "{lines}\n{}", fixed.stderr);
    let note = "note: the project has its own, so pygo does not write tool/native/lib/libcore.py, \
                from which Python code learns where the library is\n";
    assert!(fixed.stderr.contains(note), "{}", fixed.stderr);
}
