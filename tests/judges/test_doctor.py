"""`pygo doctor --format json` is what its schema says, whether tools are there, missing or broken."""

import subprocess

from described import described


def doctor(factory, *options: str, **env: str) -> tuple[int, dict]:
    command = [factory.binary, "doctor", "--format", "json", *options]
    done = subprocess.run(command, env=factory.environment(**env), capture_output=True, text=True)
    report = described("doctor", done.stdout)
    assert report["ready"] == (done.returncode == 0), report["verdict"]
    return done.returncode, {tool["name"]: tool for tool in report["tools"]} | {"report": report}


def test_tools_in_the_cache(factory, hello):
    for options in ([], ["--offline"]):
        code, tools = doctor(factory, *options)
        assert code == 0
        used = {name: [found["origin"] for found in tools[name]["found"] if found["used"]] for name in ("go", "zig")}
        assert used == {"go": ["cache"], "zig": ["cache"]}


def test_tools_that_are_missing(factory, tmp_path):
    cache = str(tmp_path / "empty")
    code, tools = doctor(factory, PYGO_CACHE_DIR=cache)
    assert code == 0 and tools["report"]["installer"] == "pip"
    assert tools["go"]["found"] == [] and tools["go"]["download"]["into"].startswith(cache)
    code, tools = doctor(factory, "--offline", PYGO_CACHE_DIR=cache)
    assert code == 4 and tools["python"]["found"] and "go is missing" in tools["report"]["verdict"]
    code, tools = doctor(factory, PYGO_CACHE_DIR=cache, PATH=str(tmp_path))
    assert code == 4 and tools["report"]["verdict"] == "not ready: python is missing"


def test_a_tool_that_does_not_work(factory):
    code, tools = doctor(factory, "--go", "/bin/false")
    (found,) = tools["go"]["found"]
    assert code == 4 and (found["origin"], found["used"], found["version"]) == ("named", False, None)
    assert found["problem"]
