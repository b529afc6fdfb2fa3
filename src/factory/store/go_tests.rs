//! What a Go build reads: each change is noticed, and what is not understood is refused.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use fs_err as fs;
use serde_json::{Value, json};

use super::{Bases, Collector, GoQuestion, Reads};

/// A project with a vendored module, embedded files, and a header two includes away.
struct Project(tempfile::TempDir);

impl Project {
    fn new() -> Self {
        let this = Self(tempfile::tempdir().unwrap());
        for (path, text) in [
            ("p/go.mod", "module x\nreplace example.org/local => ../local // here\n"),
            ("p/go.sum", ""),
            ("p/go/main.go", "package main\n// #include \"one.h\"\nimport \"C\"\n"),
            ("p/go/sub/sub.go", "package sub"),
            ("p/go/data/a.txt", "a"),
            ("p/go/data/deep/b.txt", "b"),
            ("p/include/one.h", "#include \"two.h\"\n"),
            ("p/include/two.h", "#define TWO 2\n"),
            ("p/lib/libz.a", "!<arch>\n\0"),
            ("p/vendor/modules.txt", "# example.org/dep v1.0.0\n"),
            ("p/vendor/example.org/dep/dep.go", "package dep"),
            ("p/README.md", "read me"),
            ("p/python.py", ""),
            ("local/go.mod", "module example.org/local\n"),
            ("goroot/src/fmt/print.go", "package fmt"),
            ("goroot/bin/go", "go"),
            ("mod/down@v1/down.go", "package down"),
        ] {
            this.write(path, text);
        }
        fs::os::unix::fs::symlink("main.go", this.at("p/go/linked.go")).unwrap();
        this
    }

    fn at(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        fs::create_dir_all(self.at(path).parent().unwrap()).unwrap();
        fs::write(self.at(path), text).unwrap();
    }

    /// What Go lists; `more` is added to the package that is built.
    fn listed(&self, more: &Value) -> String {
        let module = json!({"Dir": self.at("p"), "GoMod": self.at("p/go.mod")});
        let mut main = json!({
            "Dir": self.at("p/go"), "Module": module, "CgoFiles": ["main.go"],
            "EmbedPatterns": ["data/*"], "EmbedFiles": ["data/a.txt", "data/deep/b.txt"],
            "CgoCFLAGS": [format!("-I{}", self.at("p/go/../include").display())],
            "CgoLDFLAGS": [format!("-L{}", self.at("p/lib").display()), "-lz"],
        });
        for (name, value) in more.as_object().unwrap() {
            main[name] = value.clone();
        }
        let packages = [
            json!({"Dir": self.at("goroot/src/fmt"), "Root": self.at("goroot"), "Standard": true}),
            json!({"Dir": self.at("mod/down@v1"), "Module": {"Dir": self.at("mod/down@v1")}}),
            json!({"Dir": self.at("p/vendor/example.org/dep")}),
            json!({"Dir": self.at("p/go/sub"), "Module": module, "GoFiles": ["sub.go"]}),
            main,
        ];
        packages.iter().map(Value::to_string).collect()
    }

    fn bases(&self) -> Bases {
        let project = Bases::default().project(&self.at("p"));
        project.tool("go", &self.at("goroot")).tool("modules", &self.at("mod"))
    }

    fn read(&self, more: &Value, setting: &dyn Fn(&str) -> &'static str) -> Result<Reads, String> {
        let (dir, modules) = (self.at("p/go"), self.at("mod"));
        let question = GoQuestion {
            dir: &dir,
            modules: &modules,
            setting: &|name| setting(name),
            has_module: true,
            compiled_with: Vec::new(),
            linked_with: Vec::new(),
            ldflags: vec!["-X main.version=1 -extldflags '-lm'".to_owned()],
        };
        let mut places = Collector::new(self.bases());
        question.read(&self.listed(more), &mut places)?;
        let later = SystemTime::now() + Duration::from_secs(60);
        Ok(places.look(later).unwrap())
    }
}

fn unset(_: &str) -> &'static str {
    ""
}

#[test]
fn every_change_of_what_go_reads_is_noticed() {
    type Change = (&'static str, fn(&Project));
    let changes: &[Change] = &[
        ("a source", |p| p.write("p/go/main.go", "package main\n")),
        ("a new source for a platform", |p| p.write("p/go/x_linux.go", "package main")),
        ("a source of another package", |p| p.write("p/go/sub/sub.go", "package sub // x")),
        ("a deleted file", |p| fs::remove_file(p.at("p/go/sub/sub.go")).unwrap()),
        ("a new C file", |p| p.write("p/go/x.c", "")),
        ("a header", |p| p.write("p/include/one.h", "")),
        ("a header two includes away", |p| p.write("p/include/two.h", "#define TWO 3\n")),
        ("a header that hides another", |p| p.write("p/go/two.h", "")),
        ("a header that hides one of the system", |p| p.write("p/include/stdint.h", "")),
        ("a header in a directory of the system", |p| p.write("p/include/sys/types.h", "")),
        ("an embedded file", |p| p.write("p/go/data/a.txt", "other")),
        ("a file that a pattern matches", |p| p.write("p/go/data/c.txt", "")),
        ("a file in a directory that it matches", |p| p.write("p/go/data/deep/d.txt", "")),
        ("a vendored file", |p| p.write("p/vendor/example.org/dep/dep.go", "package dep // x")),
        ("the list of vendored modules", |p| p.write("p/vendor/modules.txt", "")),
        ("go.mod", |p| p.write("p/go.mod", "module x\n")),
        ("go.sum", |p| p.write("p/go.sum", "x")),
        ("a go.mod between", |p| p.write("p/go/sub/go.mod", "module y")),
        ("a go.mod nearer", |p| p.write("p/go/go.mod", "module y")),
        ("go.mod of a replacement", |p| p.write("local/go.mod", "module example.org/local // x")),
        ("a new go.work", |p| p.write("go.work", "go 1.25")),
        ("a profile", |p| p.write("p/go/default.pgo", "x")),
        ("a library", |p| p.write("p/lib/libz.a", "!<arch>\n\0\0")),
        ("a library that hides another", |p| p.write("p/lib/libz.so", "\x7fELF\0")),
        ("another link", |p| {
            fs::remove_file(p.at("p/go/linked.go")).unwrap();
            fs::os::unix::fs::symlink("sub/sub.go", p.at("p/go/linked.go")).unwrap();
        }),
        ("a file instead of a link", |p| {
            fs::remove_file(p.at("p/go/linked.go")).unwrap();
            fs::copy(p.at("p/go/main.go"), p.at("p/go/linked.go")).unwrap();
        }),
        ("the standard library", |p| p.write("goroot/src/fmt/print.go", "package fmt // x")),
        ("Go itself", |p| p.write("goroot/bin/go", "another")),
        ("a downloaded module", |p| p.write("mod/down@v1/down.go", "package down // x")),
    ];
    for (what, change) in changes {
        let project = Project::new();
        let reads = project.read(&json!({}), &unset).unwrap();
        assert!(reads.are_unchanged(&project.bases()), "{what}: before");
        change(&project);
        assert!(!reads.are_unchanged(&project.bases()), "{what}");
    }
}

#[test]
fn what_go_does_not_read_may_change() {
    let project = Project::new();
    let reads = project.read(&json!({}), &unset).unwrap();
    for path in ["p/README.md", "p/python.py", "p/go/main_test.go", "p/go/NOTES", "p/new/x.go"] {
        project.write(path, "changed");
    }
    project.write("p/.git/index", "x");
    fs::File::open(project.at("p/go/main.go"))
        .unwrap()
        .file()
        .set_modified(SystemTime::now())
        .unwrap();
    assert!(reads.are_unchanged(&project.bases()));
}

#[test]
fn what_is_not_understood_is_refused() {
    let project = Project::new();
    for (more, reason) in [
        (json!({"CgoPkgConfig": ["zlib"]}), "pkg-config"),
        (json!({"SwigFiles": ["x.swig"]}), "SWIG"),
        (json!({"Error": {}}), "cannot be listed"),
        (json!({"CgoCFLAGS": ["-fplugin=x.so"]}), "-fplugin"),
        (json!({"CgoCFLAGS": ["@flags"]}), "@flags"),
        (json!({"CgoLDFLAGS": ["-Wl,--version-script=x"]}), "version-script"),
    ] {
        let refused = project.read(&more, &unset).unwrap_err();
        assert!(refused.contains(reason), "{refused}");
    }
    for flags in ["-overlay=x.json", "-mod=mod", "-modfile=x.mod", "-toolexec=x", "-pgo=x"] {
        let setting = move |name: &str| if name == "GOFLAGS" { flags } else { "" };
        assert!(project.read(&json!({}), &setting).is_err(), "{flags}");
    }
    project.write("p/go.work", "go 1.25");
    assert_eq!(project.read(&json!({}), &unset).unwrap_err(), "a workspace");
    fs::remove_file(project.at("p/go.work")).unwrap();
    project.write("p/lib/libz.so", "INPUT(/usr/lib/libz.a)");
    assert!(project.read(&json!({}), &unset).unwrap_err().contains("may name other files"));
}
