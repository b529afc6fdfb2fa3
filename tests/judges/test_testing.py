"""`pygo matrix --test` tests what it built; `pygo test` runs a wheel for arm64 under qemu, with a Python in the
files of another system.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from described import described
from factory import JUDGES


def test_an_arm64_wheel_and_the_programs_it_starts_run_under_qemu(wheels, factory, arm64, tmp_path):
    # Under qemu uv asks the Python once; pip would run in it.
    shutil.copy(JUDGES / "uv", tmp_path)
    code = "import example, platform, subprocess, sys; print(example.ExtensionAdapter().hello('qemu', 2)); "
    code += "subprocess.run([sys.executable, '-c', 'import example'], check=True); "
    code += "assert platform.machine() == 'aarch64'"
    command = [factory.binary, "test", wheels["linux-arm64"].path, wheels["macos-arm64"].path]
    command += ["--root", f"arm64={arm64.root / 'root'}", "--format", "json"]
    command += ["--command", f'python -c "{code}"']
    path = os.pathsep.join([str(tmp_path), str(arm64.root / "bin"), str(factory.path)])
    done = subprocess.run(command, capture_output=True, text=True, env=factory.environment(PATH=path))
    assert done.returncode == 0, done.stderr
    tests = {Path(test["wheel"]).name: test for test in json.loads(done.stdout)["tests"]}
    mac, linux = (tests[wheels[target].path.name] for target in ("macos-arm64", "linux-arm64"))
    assert (linux["result"], linux["emulator"].split("/")[-1][:12]) == ("passed", "qemu-aarch64")
    assert mac["result"] == "not-run" and "it runs on manylinux" in mac["reason"]


@pytest.mark.parametrize("code, result", [("import example", "passed"), ("1/0", "failed")])
def test_a_matrix_tests_what_this_machine_can_run(factory, tmp_path, code, result):
    project = factory.project("hello-pyproject", tmp_path)
    with (project / "pyproject.toml").open("a") as settings:
        settings.write(f"test-command = ['python -c \"{code}\"']\n")
    run = factory.matrix(project, ["linux-amd64", "macos-arm64"], "--test")
    assert run.code == (0 if result == "passed" else 1), run.stderr
    counts = "1 passed, 0 failed" if result == "passed" else "0 passed, 1 failed"
    assert run.stderr.endswith(f"{counts}, 1 not run\n")
    linux, mac = described("report", run.report_file.read_text("utf-8"))["tests"]
    assert [linux["wheel"], mac["wheel"]] == run.stdout.splitlines() and all(wheel.is_file() for wheel in run.wheels)
    assert (linux["result"], mac["result"]) == (result, "not-run")
    assert linux["version"] and mac["version"] is None and "it runs on manylinux" in mac["reason"]
    if result == "failed":
        failure = linux["failure"]
        assert "ZeroDivisionError" in failure["found"] and "ZeroDivisionError" in Path(failure["log"]).read_text()
        assert f"log: {failure['log']}\n" in run.stderr
