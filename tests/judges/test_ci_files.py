"""The pipelines of `pygo ci`: valid, and their steps do here what they do there."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from factory import PROJECT, TARGET
from wheels import same

OWN = sorted(PROJECT.glob(".github/workflows/*.yml"))


def written(factory, project: Path, service: str, *options: str) -> Path:
    command = [factory.binary, "ci", service, project, *options]
    done = subprocess.run(command, capture_output=True, text=True, env=factory.environment())
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


@pytest.mark.parametrize("options", [[], ["--fan-out"]])
@pytest.mark.parametrize("service", ["github", "gitlab"])
def test_a_pipeline_is_valid(factory, tmp_path, service, options):
    file = written(factory, factory.project("hello", tmp_path), service, *options)
    schema = {"github": ["vendor.github-workflows"], "gitlab": ["vendor.gitlab-ci", "--data-transform", "gitlab-ci"]}
    agrees_with(schema[service], file)


def agrees_with(schema: list[str], *files: Path) -> None:
    pytest.importorskip("check_jsonschema")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", *schema, *files]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.quick
def test_the_workflows_and_the_action_of_this_repository_are_valid():
    agrees_with(["vendor.github-workflows"], *OWN)
    agrees_with(["vendor.github-actions"], PROJECT / "action.yml")


@pytest.fixture(scope="session")
def actionlint() -> list[str]:
    """The command; shellcheck and pyflakes, which it runs where they are installed, do not count."""
    program = TARGET / "actionlint/actionlint"
    if not program.is_file():
        reason = "no target/actionlint: run tests/setup/actionlint.sh"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    return [str(program), "-no-color", "-shellcheck=", "-pyflakes="]


@pytest.mark.quick
@pytest.mark.parametrize("options", [[], ["--fan-out"], ["--fan-out=2"]])
@pytest.mark.parametrize("keys", [
    'targets = ["linux"]',
    'targets = ["windows"]',
    'targets = ["linux", "macos", "windows"]\ntest-command = ["python -c \'import example\'"]',
])
def test_actionlint_accepts_every_workflow(factory, actionlint, tmp_path, keys, options):
    project = factory.project("hello-pyproject", tmp_path)
    config = project / "pyproject.toml"
    table = "[tool.pygo-tools]\n"
    config.write_text(config.read_text("utf-8").replace(table, f"{table}{keys}\n"))
    file = written(factory, project, "github", *options)
    done = subprocess.run([*actionlint, file], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.quick
def test_actionlint_accepts_the_workflows_of_this_repository(actionlint, tmp_path):
    assert [file.stem for file in OWN] == ["ci", "release"]
    done = subprocess.run([*actionlint, *OWN], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    # It reports what is wrong, such as a job that does not exist.
    faulty = tmp_path / "faulty.yml"
    faulty.write_text(OWN[-1].read_text("utf-8").replace("needs: build", "needs: bulid"))
    done = subprocess.run([*actionlint, faulty], capture_output=True, text=True)
    assert done.returncode == 1 and "bulid" in done.stdout


def actions(text: str) -> dict[str, str]:
    """Action -> the digest and the version that a workflow pins it to."""
    used = re.findall(r"uses: (\S+)@(.*)", text)
    for _, pin in used:
        assert re.fullmatch(r"[0-9a-f]{40} # v\d+\.\d+\.\d+", pin), pin
    return dict(used)


@pytest.mark.quick
def test_workflows_pin_the_actions_that_pygo_ci_pins(factory, tmp_path):
    project = factory.project("hello", tmp_path)
    pinned = actions(written(factory, project, "github").read_text("utf-8"))
    own = {}
    for file in OWN:
        own |= actions(file.read_text("utf-8"))
    # Only pygo itself is also a crate.
    assert own.keys() - pinned.keys() == {"rust-lang/crates-io-auth-action"}
    assert {name: pin for name, pin in own.items() if name in pinned} == pinned


@pytest.fixture
def runner(factory, tmp_path):
    """Runs the words of a step as a runner does, where pygo is installed."""
    bin = tmp_path / "bin"
    bin.mkdir()
    (bin / "pygo").symlink_to(factory.binary)
    path = os.pathsep.join([str(bin), str(factory.path), "/usr/bin", "/bin"])

    def run(script: str, cwd: Path, **env: str) -> None:
        if "pip install" in script:
            return
        line = ["bash", "-euo", "pipefail", "-c", script]
        done = subprocess.run(line, cwd=cwd, env=factory.environment(PATH=path, **env), capture_output=True, text=True)
        assert done.returncode == 0, (script, done.stdout, done.stderr)

    return run


def on_github(jobs: dict, project: Path, scratch: Path, runner) -> Path:
    """What the job `build` uploads, after all jobs of `shard`."""
    shards = jobs["shard"]["strategy"]["matrix"]["shard"]
    merged = scratch / "merged"
    for index, shard in enumerate(shards):
        checkout = scratch / f"checkout-{index}"
        shutil.copytree(project, checkout, symlinks=True)
        for step in jobs["shard"]["steps"]:
            here = f"strategy.job-index == {index}"
            if "run" in step and step.get("if", here) == here:
                values = {name: value.replace("${{ matrix.shard }}", shard) for name, value in step.get("env", {}).items()}
                runner(step["run"], checkout, **values)
        shutil.copytree(checkout / "dist", merged / "shards" / f"shard-{index}")
    # This job has no checkout.
    for step in jobs["build"]["steps"]:
        if "run" in step:
            runner(step["run"], merged)
    return merged / "dist"


def on_gitlab(jobs: dict, project: Path, scratch: Path, runner) -> Path:
    """The artifacts of the job `build`, which gets those of all jobs of `shard`."""
    count = jobs["shard"]["parallel"]
    merged = scratch / "merged"
    shutil.copytree(project, merged, symlinks=True)
    for index in range(1, count + 1):
        checkout = scratch / f"checkout-{index}"
        shutil.copytree(project, checkout, symlinks=True)
        env = {"CI_NODE_INDEX": str(index), "CI_NODE_TOTAL": str(count)}
        if index == 1:
            # This runner has the cache of an earlier pipeline in its checkout, the others have none.
            env["PYGO_CACHE_DIR"] = cache_in(jobs, checkout)
            runner("pygo matrix --targets host --out-dir ../earlier", project, PYGO_CACHE_DIR=env["PYGO_CACHE_DIR"])
        for line in jobs["shard"]["script"]:
            runner(line, checkout, **env)
        shutil.copytree(checkout / "shards", merged / "shards", dirs_exist_ok=True)
    for line in jobs["build"]["script"]:
        runner(line, merged)
    return merged / "dist"


def cache_in(jobs: dict, checkout: Path) -> str:
    """What the jobs keep for the next pipeline, with the tools. Go's cache, which is in it, too, stays the tests' own."""
    values = {name: value.replace("$CI_PROJECT_DIR", str(checkout)) for name, value in jobs[".pygo"]["variables"].items()}
    cache = Path(values["PYGO_CACHE_DIR"])
    assert Path(values["GOCACHE"]).is_relative_to(cache) and Path(values["GOMODCACHE"]).is_relative_to(cache)
    assert jobs[".pygo"]["cache"]["paths"] == [str(cache.relative_to(checkout))]
    cache.mkdir()
    tools = Path(os.environ.get("PYGO_CACHE_DIR", TARGET / "pygo-cache")).resolve() / "tools"
    (cache / "tools").symlink_to(tools)
    return str(cache)


@pytest.mark.parametrize("service, run", [("github", on_github), ("gitlab", on_gitlab)])
def test_several_runners_make_what_one_makes(factory, tmp_path, runner, service, run):
    project = factory.project("program", tmp_path)
    config = project / "pyproject.toml"
    table = "[tool.pygo-tools]\n"
    config.write_text(config.read_text("utf-8").replace(table, f'{table}targets = ["linux-amd64", "linux-arm64"]\n'))
    jobs = yaml.safe_load(written(factory, project, service, "--fan-out=2").read_text("utf-8"))
    dist = run(jobs.get("jobs", jobs), project, tmp_path, runner)
    one = tmp_path / "one"
    runner("pygo matrix --out-dir dist && pygo sdist --out-dir dist", shutil.copytree(project, one, symlinks=True))
    made = {path.name: path for path in dist.iterdir()}
    for path in [*(one / "dist").glob("*.whl"), *(one / "dist").glob("*.tar.gz")]:
        same(made[path.name].read_bytes(), path.read_bytes(), path.name)
    assert len(made) == 5 and "SHA256SUMS" in made, sorted(made)
    # What is published are the wheels and the sdist.
    if service == "github":
        publishing = tmp_path / "publishing"
        publishing.mkdir()
        shutil.copytree(dist, publishing / "built")
        (select,) = [step["run"] for step in jobs["jobs"]["publish"]["steps"] if "run" in step]
        runner(select, publishing)
        selected = {path.name for path in (publishing / "dist").iterdir()}
        assert selected == made.keys() - {"SHA256SUMS", "report.json"} and len(selected) == 3


@pytest.mark.parametrize("service", ["github", "gitlab"])
def test_one_runner_builds_and_tests_a_wheel(factory, tmp_path, service):
    project = factory.project("hello-pyproject", tmp_path)
    jobs = yaml.safe_load(written(factory, project, service).read_text("utf-8"))
    bin = tmp_path / "bin"
    bin.mkdir()
    # For one target: a newcomer would build four. The executable is there instead of on PyPI.
    script = f'#!/bin/sh\ncase "$1" in matrix) set -- "$@" --targets linux-amd64 ;; esac\nexec {factory.binary} "$@"\n'
    (bin / "pygo").write_text(script)
    (bin / "pygo").chmod(0o755)
    env = factory.environment(PATH=os.pathsep.join([str(bin), str(factory.path), "/usr/bin", "/bin"]))
    ran = []
    for name in ("build", "test"):
        if service == "github":
            lines = [step["run"] for step in jobs["jobs"][name]["steps"] if "run" in step]
        else:
            lines = jobs[name]["script"]
        for line in lines:
            if "pip install" not in line:
                command = ["bash", "-euo", "pipefail", "-c", line]
                done = subprocess.run(command, cwd=project, env=env, capture_output=True, text=True)
                assert done.returncode == 0, (line, done.stdout, done.stderr)
                ran.append((line, done.stdout))
    assert [" ".join(line.split()[:2]) for line, _ in ran] == ["pygo matrix", "pygo sdist", "pygo check", "pygo test"]
    assert ran[-1][1].startswith("passed ")
    assert {path.suffix for path in (project / "dist").iterdir()} == {".whl", ".gz", ".json"}


def test_the_steps_for_windows_install_and_test_a_wheel(factory, tmp_path, runner):
    """In a shell of this machine, with the wheel for it."""
    project = factory.project("hello-pyproject", tmp_path)
    config = project / "pyproject.toml"
    table = "[tool.pygo-tools]\n"
    code = "import example, sys\\nassert sys.argv[1:] == ['it is', '1']"
    keys = [
        'targets = ["linux-amd64", "windows-amd64"]',
        f'test-command = ["""python -c \\"{code}\\" \'it is\' 1""", "ls {{project}}/pyproject.toml {{wheel}}"]',
        'test-requires = ["iniconfig>=2"]',
    ]
    config.write_text(config.read_text("utf-8").replace(table, table + "\n".join(keys) + "\n"))
    jobs = yaml.safe_load(written(factory, project, "github").read_text("utf-8"))["jobs"]
    assert jobs["publish"]["needs"] == ["test", "test-windows"]
    runner("pygo matrix --targets linux-amd64 && pygo sdist", project)
    steps = [step["run"] for step in jobs["test-windows"]["steps"] if "run" in step]
    assert len(steps) == 2
    scratch = tmp_path / "scratch"
    venv = tmp_path / "venv"
    scratch.mkdir()
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    path = os.pathsep.join([str(venv / "bin"), "/usr/bin", "/bin"])
    for step in steps:
        line = ["bash", "-euo", "pipefail", "-c", step]
        env = factory.environment(PATH=path, RUNNER_TEMP=str(scratch))
        done = subprocess.run(line, cwd=project, env=env, capture_output=True, text=True)
        assert done.returncode == 0, (step, done.stdout, done.stderr)
    assert str(project / "pyproject.toml") in done.stdout and "dist/tested/" in done.stdout
