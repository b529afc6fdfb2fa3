"""SLSA provenance made from a report, as docs/releasing.md does it: complete, and true of what was built."""

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import zipfile
from datetime import datetime, timezone
from pathlib import Path

import pytest

from factory import PROJECT

jsonschema = pytest.importorskip("jsonschema")

MODULE, VERSION = "example.com/dep", "v1.0.0"
GO_MOD = f"module {MODULE}\n\ngo 1.24\n"
SECRET = "t0psecret"

# What https://slsa.dev/spec/v1.0/provenance requires for build level 1, and the form of what it recommends.
DIGEST = {"type": "object", "minProperties": 1, "additionalProperties": {"type": "string", "pattern": "^[0-9a-f]{40,}$"}}
RESOURCE = {
    "type": "object",
    "required": ["uri", "digest"],
    "properties": {"uri": {"type": "string", "pattern": r"^[a-z+]+:\S+$"}, "digest": DIGEST},
}
TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}
URI = {"type": "string", "pattern": r"^https://\S+$"}
STATEMENT = {
    "required": ["_type", "subject", "predicateType", "predicate"],
    "properties": {
        "_type": {"const": "https://in-toto.io/Statement/v1"},
        "subject": {
            "type": "array",
            "minItems": 1,
            "items": {"required": ["name", "digest"], "properties": {"name": {"type": "string"}, "digest": DIGEST}},
        },
        "predicateType": {"const": "https://slsa.dev/provenance/v1"},
        "predicate": {
            "required": ["buildDefinition", "runDetails"],
            "properties": {
                "buildDefinition": {
                    "required": ["buildType", "externalParameters", "resolvedDependencies"],
                    "properties": {
                        "buildType": URI,
                        "externalParameters": {"type": "object", "minProperties": 1},
                        "resolvedDependencies": {"type": "array", "minItems": 1, "items": RESOURCE},
                    },
                },
                "runDetails": {
                    "required": ["builder", "metadata"],
                    "properties": {
                        "builder": {
                            "required": ["id"],
                            "properties": {
                                "id": URI,
                                "version": {"type": "object", "additionalProperties": {"type": "string"}},
                            },
                        },
                        "metadata": {
                            "required": ["invocationId", "startedOn", "finishedOn"],
                            "properties": {"startedOn": TIME, "finishedOn": TIME},
                        },
                    },
                },
            },
        },
    },
}


def h1(files: dict[str, bytes]) -> str:
    """Go's hash of a module."""
    lines = (f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    return "h1:" + base64.b64encode(hashlib.sha256("".join(lines).encode()).digest()).decode()


def git(directory: Path, *words: str) -> str:
    line = ["git", "-C", directory, "-c", "user.name=a", "-c", "user.email=a@example.org", *words]
    return subprocess.run(line, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture(scope="module")
def proxy(tmp_path_factory) -> tuple[Path, dict[str, str]]:
    """A Go proxy with one module, and the hashes of the module as in go.sum."""
    place = tmp_path_factory.mktemp("proxy")
    versions = place / MODULE / "@v"
    versions.mkdir(parents=True)
    base = f"{MODULE}@{VERSION}"
    files = {f"{base}/go.mod": GO_MOD.encode(), f"{base}/dep.go": b'package dep\n\nconst Word = "dep"\n'}
    (versions / "list").write_text(f"{VERSION}\n")
    (versions / f"{VERSION}.info").write_text(json.dumps({"Version": VERSION}))
    (versions / f"{VERSION}.mod").write_text(GO_MOD)
    with zipfile.ZipFile(versions / f"{VERSION}.zip", "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return place, {VERSION: h1(files), f"{VERSION}/go.mod": h1({"go.mod": GO_MOD.encode()})}


@pytest.fixture(scope="module")
def built(factory, proxy, tmp_path_factory):
    """A run that built a program with a module, in a checkout below the top of its repository."""
    top = tmp_path_factory.mktemp("repository")
    project = top / "tools" / "prov"
    project.mkdir(parents=True)
    (project / "pyproject.toml").write_text(
        '[project]\nname = "prov"\nversion = "1.0"\n[tool.pygo-tools]\nprogram = "prov"\ngo-dir = "."\n'
        'manylinux = "2_28"\n'
    )
    (project / "go.mod").write_text(f"module example.org/prov\n\ngo 1.24\n\nrequire {MODULE} {VERSION}\n")
    sums = (f"{MODULE} {version} {value}\n" for version, value in proxy[1].items())
    (project / "go.sum").write_text("".join(sums))
    (project / "main.go").write_text(f'package main\n\nimport "{MODULE}"\n\nfunc main() {{ println(dep.Word) }}\n')
    (top / ".gitignore").write_text("*.log\n")
    (project / "ignored.log").write_text("")
    git(top, "init", "-q")
    git(top, "remote", "add", "origin", f"https://ci-token:{SECRET}@example.org/some/prov.git")
    git(top, "add", ".")
    git(top, "commit", "-qm", "a")
    return run(factory, proxy, project)


def run(factory, proxy, project: Path, *options: str, targets=("linux-amd64", "linux-arm64")):
    path = f"{factory.path}:/usr/bin:/bin"
    go = {"GOPROXY": f"file://{proxy[0]}", "GONOSUMDB": "*", "GOMODCACHE": str(project.parents[2] / "modules")}
    return factory.matrix(project, list(targets), *options, PATH=path, GOFLAGS="-modcacherw", **go).ok()


def example() -> str:
    """The script in docs/releasing.md."""
    text = (PROJECT / "docs" / "releasing.md").read_text("utf-8")
    (found,) = re.findall(r"((?:^    .*\n|^\n)+)", text[text.index("    import base64, json"):], re.MULTILINE)[:1]
    return "".join(line[4:] or "\n" for line in found.splitlines(keepends=True))


def statement(report: Path) -> dict:
    words = [sys.executable, "-c", example(), report, "https://example.org/runner", "https://example.org/runs/7"]
    return json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)


def test_the_statement_is_complete_and_true(built, proxy, factory):
    made = statement(built.report_file)
    jsonschema.Draft202012Validator(STATEMENT).validate(made)
    subjects = {subject["name"]: subject["digest"]["sha256"] for subject in made["subject"]}
    assert subjects == {wheel.name: hashlib.sha256(wheel.read_bytes()).hexdigest() for wheel in built.wheels}
    definition, details = made["predicate"]["buildDefinition"], made["predicate"]["runDetails"]
    found = {dependency["uri"]: dependency["digest"] for dependency in definition["resolvedDependencies"]}
    project = built.cwd / "prov"
    assert found.pop("git+https://example.org/some/prov.git") == {"gitCommit": git(project, "rev-parse", "HEAD")}
    module = base64.b64decode(proxy[1][VERSION].removeprefix("h1:")).hex()
    assert found.pop(f"pkg:golang/{MODULE}@{VERSION}") == {"dirHash": module}
    lock = json.loads((PROJECT / "toolchains" / "lock.json").read_text("utf-8"))["tools"]
    pinned = {file["file"]: file["sha256"] for tool in lock.values() for file in tool["files"]}
    assert found, "no package of a tool"
    for uri, digest in found.items():
        assert digest == {"sha256": pinned[uri.split("?file_name=")[1]]}, uri
    asked = definition["externalParameters"]
    assert asked["directory"] == "tools/prov"
    assert asked["arguments"][0] == "matrix" and "linux-amd64,linux-arm64" in asked["arguments"]
    assert asked["native"]["linux-amd64"] == {
        "toolchain": "zig", "profile": "release", "minimum": "2.28", "sysroot": None,
    }
    assert details["builder"]["version"]["go"] == lock["go"]["version"]
    times = [datetime.fromisoformat(details["metadata"][name].replace("Z", "+00:00")) for name in ("startedOn", "finishedOn")]
    assert times[0] <= times[1] <= datetime.now(timezone.utc)
    assert (datetime.now(timezone.utc) - times[0]).total_seconds() < 3600


def test_the_report_names_no_secret_and_the_programs(built):
    report = built.report
    assert report["source"]["clean"] is True
    assert SECRET not in built.report_file.read_text("utf-8")
    python = report["tools"]["python"]
    assert python["sha256"] == hashlib.sha256(Path(python["path"]).read_bytes()).hexdigest()


def test_a_run_that_builds_nothing_says_the_same(factory, built, proxy):
    again = run(factory, proxy, built.cwd / "prov")
    stages = {(stage["stage"], stage["cached"]) for target in again.report["targets"] for stage in target["stages"]}
    assert stages == {("base-wheel", True), ("program", True), ("audit", False), ("pack", True)}
    for name in ("source", "modules", "tools", "sources"):
        assert again.report[name] == built.report[name], name


def test_a_changed_and_a_new_file_are_not_the_commit(factory, built, proxy):
    project = built.cwd / "prov"
    main = project / "main.go"
    words = main.read_text()
    main.write_text(f"{words}\n// changed\n")
    assert run(factory, proxy, project, targets=["linux-amd64"]).report["source"]["clean"] is False
    main.write_text(words)
    # What no build reads does not count.
    (project / "dist" / "note.txt").write_text("")
    (project.parent / "elsewhere.txt").write_text("")
    assert run(factory, proxy, project, targets=["linux-amd64"]).report["source"]["clean"] is True
    (project / "new.go").write_text("package main\n")
    assert run(factory, proxy, project, targets=["linux-amd64"]).report["source"]["clean"] is False
    (project / "new.go").unlink()


def test_merged_reports_have_the_fields_of_their_parts(factory, built, proxy, tmp_path):
    project = built.cwd / "prov"
    for number, target in enumerate(("linux-amd64", "linux-arm64")):
        out = tmp_path / str(number)
        out.mkdir()
        made = run(factory, proxy, project, "--out-dir", str(out), targets=[target])
        shutil.copy(made.report_file, out / "report.json")
    line = [factory.binary, "merge", tmp_path, "--targets", "linux-amd64,linux-arm64", "--out-dir", tmp_path / "out"]
    done = subprocess.run(line, capture_output=True, text=True, env=factory.environment())
    assert done.returncode == 0, done.stderr
    merged = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    for name in ("source", "modules", "sources"):
        assert merged[name] == built.report[name], name
    assert merged["tools"]["packages"] == built.report["tools"]["packages"]
    assert merged["started"] == min(part["started"] for part in merged["joined"])
    assert merged["finished"] == max(part["finished"] for part in merged["joined"])
    assert all(part["invocation"]["arguments"][0] == "matrix" for part in merged["joined"])
    jsonschema.Draft202012Validator(STATEMENT).validate(statement(tmp_path / "out" / "report.json"))
