//! Modules in one build: a workspace, a local replacement, an assembler package, build tags, experiments.

use std::io::Read;
use std::path::Path;

use crate::proxy::publish;
use crate::support::Test;

const TABLE: &str = "[build-system]\nrequires = ['setuptools']\n\
                     build-backend = 'setuptools.build_meta'\n\
                     [project]\nname = 'p'\nversion = '1'\n[tool.setuptools]\npackages = ['p']\n\
                     [tool.pygo-tools]\npackage = 'p'\nlibrary = 'l'\nbinding = 'ctypes'\nbuild-tags = ['extra']\n";

#[test]
fn a_workspace_with_assembler_tags_and_an_experiment_builds_offline() {
    let text = |package: &str, value: &str| {
        format!("package {package}\n\nfunc Text() string {{ return \"{value}\" }}\n")
    };
    let test = Test::pyproject(TABLE)
        .write("p/__init__.py", "")
        .write("go.work", "go 1.24\n\nuse (\n\t./p/go\n\t./libs/used\n)\n")
        .write("libs/used/go.mod", "module example.org/used\n\ngo 1.24\n")
        .write("libs/used/used.go", text("used", "text-of-go.work"))
        .write("libs/replaced/go.mod", "module example.org/replaced\n\ngo 1.24\n")
        .write("libs/replaced/replaced.go", text("replaced", "text-of-replace"))
        .write(
            "p/go/go.mod",
            "module example.org/p\n\ngo 1.24\n\ntoolchain go1.24.1\n\n\
             require example.org/replaced v0.0.0\n\n\
             replace example.org/replaced => ../../libs/replaced\n",
        )
        .write(
            "p/go/main.go",
            "package main\n\nimport \"C\"\n\nimport (\n\t\"example.org/p/sum\"\n\t\"example.org/replaced\"\n\
             \t\"example.org/used\"\n)\n\nvar all = used.Text() + replaced.Text()\n\n//export Text\n\
             func Text() *C.char { return C.CString(all) }\n\n//export Add\n\
             func Add(a, b C.longlong) C.longlong { return C.longlong(sum.Add(int64(a), int64(b))) }\n\n\
             func main() {}\n",
        )
        .write(
            "p/go/tagged.go",
            "//go:build extra && goexperiment.staticlockranking\n\npackage main\n\n\
             func init() { all += \"text-of-tag-and-experiment\" }\n",
        )
        .write("p/go/sum/sum.go", "package sum\n\n// Add is in assembler.\nfunc Add(a, b int64) int64\n")
        .write(
            "p/go/sum/sum_amd64.s",
            "#include \"textflag.h\"\n\nTEXT \u{b7}Add(SB), NOSPLIT, $0-24\n\tMOVQ a+0(FP), AX\n\
             \tADDQ b+8(FP), AX\n\tMOVQ AX, ret+16(FP)\n\tRET\n",
        )
        .env("GOEXPERIMENT", "staticlockranking")
        .args(&["matrix", "--targets", "linux-amd64", "--offline"]);
    let bytes = library(&test);
    for text in ["text-of-go.work", "text-of-replace", "text-of-tag-and-experiment"] {
        assert!(has(&bytes, text), "{text}");
    }
}

/// The library in the only wheel that `test` prints.
#[track_caller]
fn library(test: &Test) -> Vec<u8> {
    let done = test.run();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let wheel = fs_err::File::open(test.path().join(done.stdout.trim())).unwrap();
    let mut bytes = Vec::new();
    let mut archive = zip::ZipArchive::new(wheel).unwrap();
    archive.by_name("p/lib/libl.so").unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

fn has(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

const DEP: &str = "package dep\n\nfunc Text() string { return \"text-of-proxy\" }\n";
const BUILD: [&str; 3] = ["matrix", "--targets", "linux-amd64"];

/// A project with a module of the proxy that this makes in `dir`.
fn with_module(dir: &Path) -> Test {
    let (proxy, modules) = (dir.join("proxy"), dir.join("modules"));
    let sums = publish(&proxy, "example.org/dep", &[("dep.go", DEP)]);
    Test::pyproject(TABLE)
        .write("p/__init__.py", "")
        .write("p/go/go.mod", "module p\n\ngo 1.21\n\nrequire example.org/dep v1.0.0\n")
        .write("p/go/go.sum", sums)
        .write(
            "p/go/main.go",
            "package main\n\nimport \"C\"\nimport \"example.org/dep\"\n\n//export Text\n\
             func Text() *C.char { return C.CString(dep.Text()) }\n\nfunc main() {}\n",
        )
        .proxy(&proxy, &modules)
        .args(&BUILD)
}

#[test]
fn goflags_select_vendored_modules_or_those_of_the_proxy() {
    let dir = tempfile::tempdir().unwrap();
    let vendored = || {
        with_module(dir.path())
            .write(
                "p/go/vendor/modules.txt",
                "# example.org/dep v1.0.0\n## explicit\nexample.org/dep\n",
            )
            .write("p/go/vendor/example.org/dep/dep.go", DEP.replace("of-proxy", "of-vendor"))
    };
    let bytes = library(&vendored().env("GOFLAGS", "-modcacherw -mod=vendor"));
    assert!(has(&bytes, "text-of-vendor"));
    assert!(!dir.path().join("modules/example.org").exists(), "no module was needed");
    let bytes = library(&vendored().env("GOFLAGS", "-modcacherw -mod=mod"));
    assert!(has(&bytes, "text-of-proxy"));
}

#[test]
fn a_module_that_was_downloaded_before_is_used_offline() {
    let dir = tempfile::tempdir().unwrap();
    let offline = [&BUILD[..], &["--offline", "--no-cache"]].concat();
    with_module(dir.path())
        .args(&offline)
        .fails_with(4, &["module lookup disabled by GOPROXY=off", "run once without --offline"]);
    assert!(has(&library(&with_module(dir.path())), "text-of-proxy"));
    let test = with_module(dir.path()).args(&offline);
    fs_err::remove_dir_all(dir.path().join("proxy")).unwrap();
    assert!(has(&library(&test), "text-of-proxy"));
}
