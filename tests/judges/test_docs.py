"""The examples in README.md and docs/: the files they show are built, and their sessions are run.

`pycon` blocks are doctests. In `console` blocks, `...` stands for any output.

A fenced block with a title is a file of a project. Blocks of one title are one file. README.md has the
project that the other pages add to; a page with a `[project]` table of its own has its own project.
"""

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from factory import PROJECT, judge
from test_install import install
from wheels import Wheel

try:
    import tomllib
except ImportError:  # Python 3.10
    import tomli as tomllib

FENCE = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
PAGES = [PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md"))]


@dataclass(frozen=True)
class Block:
    language: str
    title: str
    text: str


def blocks(page: Path) -> list[Block]:
    return [Block(*found) for found in FENCE.findall(page.read_text("utf-8"))]


def is_own_project(page: Path) -> bool:
    return any("[project]" in block.text for block in blocks(page) if block.title == "pyproject.toml")


def session(page: Path) -> str:
    """The page without what is not a session, so that line numbers stay the same."""
    lines, shown = [], False
    for line in page.read_text("utf-8").splitlines():
        shown = line == "```pycon" or (shown and line != "```")
        lines.append(line if shown and line != "```pycon" else "")
    return "\n".join(lines) + "\n"


def write_project(directory: Path, pages: list[Path]) -> Path:
    """The project that the pages show; the signatures of later pages are appended to the first's."""
    signatures = []
    for page in pages:
        for block in blocks(page):
            if block.title == "pyproject.toml":
                table = tomllib.loads(block.text)
                signatures += table.get("tool", {}).get("pygo-tools", table)["signatures"]
            if not block.title or (block.title == "pyproject.toml" and page != pages[0]):
                continue
            path = directory / block.title
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a") as file:
                file.write(block.text)
    pyproject = directory / "pyproject.toml"
    head = re.sub(r"^signatures = \[.*?\]$", "", pyproject.read_text(), flags=re.MULTILINE | re.DOTALL)
    pyproject.write_text(f"{head}signatures = {json.dumps(signatures)}\n")
    return directory


OWN = [page for page in PAGES[1:] if is_own_project(page)]
SHARED = [page for page in PAGES if page not in OWN]
WITH_SESSIONS = [page for page in PAGES if any(block.language == "pycon" for block in blocks(page))]


@pytest.fixture(scope="module")
def shared(factory, tmp_path_factory) -> list[Wheel]:
    """The wheels of the project in README.md, for Linux and macOS."""
    project = write_project(tmp_path_factory.mktemp("docs") / "project", SHARED)
    run = factory.matrix(project, ["linux-amd64", "macos-arm64"]).ok()
    return [Wheel(path) for path in run.wheels]


@pytest.fixture(scope="module")
def pythons(factory, shared, tmp_path_factory) -> dict[Path, Path]:
    """Page -> a Python with the project of the page installed."""
    python = install(sys.executable, tmp_path_factory.mktemp("docs") / "venv", shared[0]) / "python"
    found = dict.fromkeys(SHARED, python)
    for page in OWN:
        directory = tmp_path_factory.mktemp("docs")
        run = factory.matrix(write_project(directory / "project", [page]), ["linux-amd64"]).ok()
        found[page] = install(sys.executable, directory / "venv", Wheel(run.wheel)) / "python"
    return found


@pytest.mark.parametrize("page", WITH_SESSIONS, ids=lambda page: page.name)
def test_the_sessions_of_a_page_are_correct(page, pythons, tmp_path):
    text = tmp_path / f"{page.stem}.txt"
    text.write_text(session(page))
    # -I: neither the project's directory nor the environment's variables matter.
    judge(pythons[page], "-I", "-m", "doctest", text, cwd=tmp_path, env={"PATH": "/usr/bin:/bin"})


def test_the_output_of_check_is_current(factory, shared, tmp_path):
    """The wheel for macOS, renamed to claim an older system."""
    (tmp_path / "dist").mkdir()
    name = "demo-0.1.0-cp310-abi3-macosx_11_0_arm64.whl"
    shutil.copy(shared[1].path, tmp_path / "dist" / name)
    check_prints_what_a_page_shows(factory, "README.md", tmp_path)


@pytest.mark.quick
def test_the_findings_of_a_wheel_are_current(factory, tmp_path):
    """A wheel to which five modules were added after RECORD was written."""
    (tmp_path / "dist").mkdir()
    info = "demo-1.0.dist-info"
    files = {
        "demo/__init__.py": "",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nClassifier: Topic :: Nothing\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\n"
        "Tag: py3-none-any\nTag: py2-none-any\n",
    }
    record = [f"{path},{digest(text)},{len(text)}\n" for path, text in files.items()]
    added = dict.fromkeys([f"demo/{name}.py" for name in ["extra", "more", "tests", "tools", "words"]], "")
    files = {**files, **added, f"{info}/RECORD": "".join([*record, f"{info}/RECORD,,\n"])}
    with zipfile.ZipFile(tmp_path / "dist/demo-1.0-py3.py2-none-any.whl", "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
    check_prints_what_a_page_shows(factory, "check.md", tmp_path)


def digest(text: str) -> str:
    """The hash of a file, as RECORD has it."""
    raw = hashlib.sha256(text.encode()).digest()
    return "sha256=" + base64.urlsafe_b64encode(raw).decode().rstrip("=")


def check_prints_what_a_page_shows(factory, name: str, tmp_path: Path):
    """`pygo check` on `dist` prints what follows it in the one session of the page."""
    (block,) = [b for page in PAGES if page.name == name for b in blocks(page) if b.language == "console"]
    command, expected = block.text.split("\n", 1)
    line = [factory.binary, *command.split()[2:]]
    done = subprocess.run(line, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    pattern = re.escape(expected).replace(re.escape("  ...\n"), ".*")
    assert re.fullmatch(pattern, done.stdout, re.DOTALL), f"{expected}\n{done.stdout}"


@pytest.mark.quick
def test_every_example_is_part_of_a_project():
    """Code without a title would not be run; tests/command/documents.rs checks shell commands."""
    for page in PAGES:
        for block in blocks(page):
            runs = block.title or block.language in ("pycon", "text", "console", "shell", "yaml")
            assert runs, f"{page.name}: {block.text}"
    assert {page.name for page in WITH_SESSIONS} >= {
        "README.md", "getting-started.md", "strings.md", "structs.md", "threads.md", "c-libraries.md"
    }
    assert [page.name for page in OWN] == ["existing-package.md"]


@pytest.mark.quick
def test_contributors_find_every_target_of_make():
    makefile = (PROJECT / "Makefile").read_text("utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    explained = set(re.findall(r"echo 'make ([\w-]+)", makefile))
    # Steps of `make test`.
    assert set(phony.split()) - {"help", "build", "setup", "lint"} == explained
    page = (PROJECT / "docs/contributing.md").read_text("utf-8")
    assert set(re.findall(r"^\| `make ([\w-]+)", page, re.MULTILINE)) == explained - {"clean"}


@pytest.mark.quick
def test_the_action_and_the_hook_are_used_as_they_are():
    import yaml

    inputs = yaml.safe_load((PROJECT / "action.yml").read_text("utf-8"))["inputs"]
    (hook,) = yaml.safe_load((PROJECT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    used = [
        entry
        for page in PAGES
        for block in blocks(page)
        if block.language == "yaml"
        for entry in yaml.safe_load(block.text)
    ]
    (step,) = [entry for entry in used if "uses" in entry]
    assert step["with"].keys() <= inputs.keys()
    (local,) = [local for entry in used if "hooks" in entry for local in entry["hooks"]]
    assert {key: local[key] for key in hook.keys() & local.keys()} == {
        key: hook[key] for key in hook.keys() & local.keys()
    }
    assert len(used) == 2


def pipelines(text: str) -> list[object]:
    """The indented blocks of a page that configure a CI service, parsed."""
    import yaml

    indented = re.findall(r"(?:^ {4}.*\n|^\n(?= {4}))+", text, re.MULTILINE)
    found = [yaml.safe_load(block) for block in indented if re.search(r"^ +(- )?(uses|image|runs-on): ", block, re.MULTILINE)]
    # A file of docker-compose has nothing but services.
    return [block for block in found if not isinstance(block, dict) or block.keys() != {"services"}]


def run_lines(pipeline: object) -> list[str]:
    """Every command of a pipeline: `run` of GitHub Actions, `script` of GitLab CI."""
    if isinstance(pipeline, list):
        return [line for item in pipeline for line in run_lines(item)]
    if not isinstance(pipeline, dict):
        return []
    lines = []
    for key, value in pipeline.items():
        commands = [value] if isinstance(value, str) else value
        lines += commands if key in ("run", "script") else run_lines(value)
    return [part for line in lines for part in line.splitlines()]


@pytest.mark.quick
def test_the_pipelines_are_valid(factory):
    commands = []
    for page in PAGES:
        for pipeline in pipelines(page.read_text("utf-8")):
            found = run_lines(pipeline)
            assert any(line.startswith("pygo ") for line in found), f"{page.name}: {pipeline}"
            commands += found
    assert len(commands) >= 9
    for line in commands:
        # What a service puts in, for a job of a matrix.
        program, *arguments = re.sub(r"\$\{\{ matrix\.shard \}\}", "1/2", line).split()
        assert program in ("pip", "pygo"), line
        if program == "pygo":
            # With --help, the command checks the words before it and does nothing.
            done = subprocess.run([factory.binary, *arguments, "--help"], capture_output=True, text=True)
            assert done.returncode == 0, f"{line}\n{done.stderr}"
    actions = [step for p in pipelines((PROJECT / "docs/ci.md").read_text()) for step in steps(p)]
    assert len(actions) >= 7
    for step in actions:
        assert len({"uses", "run"} & step.keys()) == 1, step
        assert re.fullmatch(r"actions/[a-z-]+@v\d+", step.get("uses", "actions/x@v1")), step
    # A wrong one is found.
    assert run_lines(pipelines("    steps:\n      - uses: x\n      - run: pygo nonsense\n")) == ["pygo nonsense"]


def steps(pipeline: dict) -> list[dict]:
    return [step for job in pipeline.get("jobs", {}).values() for step in job["steps"]]


@pytest.mark.quick
def test_a_wrong_example_fails(tmp_path):
    wrong = tmp_path / "wrong.md"
    wrong.write_text("Text\n\n```pycon\n>>> 1 + 1\n3\n\n```\n")
    (tmp_path / "wrong.txt").write_text(session(wrong))
    done = judge(sys.executable, "-m", "doctest", tmp_path / "wrong.txt", ok=False)
    assert done.returncode == 1 and "line 4" in done.stdout
