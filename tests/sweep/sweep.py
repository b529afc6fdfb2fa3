"""Runs `pygo check` on published wheels for all kinds of platform, and writes docs/sweep.md.

    python tests/sweep/sweep.py [PATTERN ...]        (`make sweep` does it)

Every error must be in errors.txt, with the reason and with the tool or standard that confirms it; the
tools run (confirm.py). Every line of errors.txt must match an error. With patterns, only wheels whose
names match one are checked, and docs/sweep.md is left alone.
"""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from confirm import CONFIRM
from download import HERE, parts, wheels

ROOT = HERE.parents[1]
PYGO = Path(os.environ.get("PYGO", ROOT / "target" / "release" / "pygo")).resolve()
AT_ONCE = 25


@dataclass(frozen=True)
class Expected:
    """A line of errors.txt: an error that is right."""

    wheel: str
    rule: str
    confirmed_by: str
    reason: str


def expected() -> list[Expected]:
    lines = (HERE / "errors.txt").read_text().splitlines()
    fields = (line.split(" | ") for line in lines if line and not line.startswith("#"))
    return [Expected(*(field.strip() for field in each)) for each in fields]


def check(paths: list[Path]) -> list[dict]:
    """The wheels in the reports of `pygo check`."""
    found = []
    for start in range(0, len(paths), AT_ONCE):
        command = [PYGO, "check", "--format", "json", *paths[start : start + AT_ONCE]]
        done = subprocess.run(command, capture_output=True, text=True, timeout=1800)
        if not done.stdout:
            sys.exit(f"sweep: pygo check failed: {done.stderr}")
        found += json.loads(done.stdout)["wheels"]
    return found


def family(name: str) -> str:
    """The system and processor of a wheel: `manylinux x86_64`, or of several."""

    def one(tag: str) -> str:
        found = re.fullmatch(r"([a-z]+)\d*(?:_\d+_\d+)?_?(.*)", tag)
        return {"win": "Windows", "macosx": "macOS"}.get(found[1], found[1]) + f" {found[2]}"

    tags = {one(tag) for tag in parts(name)[4]}
    return " + ".join(sorted(tag.strip() for tag in tags))


def page(names: list[str], errors: list[tuple[str, str, str, Expected]]) -> str:
    count = Counter(family(name) for name in names)
    wrong = Counter(family(name) for name in {name for name, *_ in errors})
    rows = [f"| {kind} | {count[kind]} | {wrong[kind] or ''} |" for kind in sorted(count)]
    listed = [
        f"| `{name}` | {code} | {what} | {known.reason} ({known.confirmed_by}) |"
        for name, code, what, known in sorted(errors, key=lambda each: each[:3])
    ]
    table, errors_table = "\n".join(rows), "\n".join(listed)
    return f"""# Published wheels that `pygo check` finds errors in

`make sweep` runs `pygo check` on the {len(names)} wheels of tests/sweep/wheels.txt, which cover every kind of
platform on the index, and writes this page. It fails for an error that is not in tests/sweep/errors.txt with
a reason and the tool or standard that confirms it.

| platform | wheels | with errors |
|---|---|---|
{table}

## The errors

The first finding of each rule in each wheel, and why it is right. A known false positive says that it is one.

| wheel | rule | finding | reason |
|---|---|---|---|
{errors_table}
"""


def main() -> None:
    patterns = sys.argv[1:]
    paths = {
        name: path for name, path in wheels().items()
        if not patterns or any(fnmatch(name, pattern) for pattern in patterns)
    }
    known, used, problems, errors = expected(), set(), [], []
    for wheel in check(list(paths.values())):
        name, seen = Path(wheel["path"]).name, set()
        for finding in wheel["findings"]:
            code = finding["code"]
            if finding["severity"] != "error" or code in seen:
                continue
            seen.add(code)
            match = next((e for e in known if e.rule == code and fnmatch(name, e.wheel)), None)
            if not match:
                problems.append(f"{name}: {code} {finding['what']}")
                continue
            used.add(match)
            errors.append((name, code, finding["what"].replace("|", "\\|"), match))
            confirms = CONFIRM.get(match.confirmed_by)
            if confirms and not confirms(paths[name], code):
                problems.append(f"{name}: {match.confirmed_by} does not confirm {code}")
    if not patterns:
        stale = [each for each in known if each not in used]
        problems += [f"errors.txt: {each.wheel} has no {each.rule} any more" for each in stale]
        if not problems:
            (ROOT / "docs" / "sweep.md").write_text(page(list(paths), errors))
    print("\n".join(problems))
    print(f"{len(paths)} wheels, {len(errors)} confirmed errors, {len(problems)} problems")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
