"""The pipelines of `pygo ci`: valid, and their steps do here what they do there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml


def written(factory, project: Path, service: str, *options: str) -> Path:
    command = [factory.binary, "ci", service, project, *options]
    done = subprocess.run(command, capture_output=True, text=True, env=factory.environment())
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


@pytest.mark.parametrize("options", [[], ["--fan-out"]])
@pytest.mark.parametrize("service", ["github", "gitlab"])
def test_a_pipeline_is_valid(factory, tmp_path, service, options):
    file = written(factory, factory.project("hello", tmp_path), service, *options)
    pytest.importorskip("check_jsonschema")
    schema = {"github": ["vendor.github-workflows"], "gitlab": ["vendor.gitlab-ci", "--data-transform", "gitlab-ci"]}
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", *schema[service], file]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_steps_of_the_workflow_build_and_test_a_wheel(factory, tmp_path):
    project = factory.project("hello-pyproject", tmp_path)
    file = written(factory, project, "github")
    jobs = yaml.safe_load(file.read_text("utf-8"))["jobs"]
    bin = tmp_path / "bin"
    bin.mkdir()
    # For one target: a newcomer would build four. The executable is there instead of on PyPI.
    script = f'#!/bin/sh\ncase "$1" in matrix) set -- "$@" --targets linux-amd64 ;; esac\nexec {factory.binary} "$@"\n'
    (bin / "pygo").write_text(script)
    (bin / "pygo").chmod(0o755)
    env = factory.environment(PATH=os.pathsep.join([str(bin), str(factory.path), "/usr/bin", "/bin"]))
    ran = []
    for job in ("build", "test"):
        for step in jobs[job]["steps"]:
            if "run" in step and "pip install" not in step["run"]:
                done = subprocess.run(
                    ["bash", "-euo", "pipefail", "-c", step["run"]],
                    cwd=project, env=env, capture_output=True, text=True,
                )
                assert done.returncode == 0, (step["run"], done.stdout, done.stderr)
                ran.append((step["name"], done.stdout))
    assert [name for name, _ in ran] == [
        "Build the wheels", "Build the sdist", "Check what was built", "Test the wheels",
    ]
    assert ran[-1][1].startswith("passed ")
    assert {path.suffix for path in (project / "dist").iterdir()} == {".whl", ".gz", ".json"}
