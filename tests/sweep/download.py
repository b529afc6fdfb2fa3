"""Downloads the wheels of wheels.txt by pip, and verifies their hashes.

pip selects each file by its hash. One call downloads many wheels: those of one Python and of
different projects.
"""

import hashlib
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pygo-sweep"
AT_ONCE = 20


def listed() -> dict[str, str]:
    """File name -> sha256."""
    lines = (HERE / "wheels.txt").read_text().splitlines()
    pairs = (line.split() for line in lines if line and not line.startswith("#"))
    return {name: digest for digest, name in pairs}


def is_complete(path: Path, digest: str) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == digest


def parts(name: str) -> tuple[str, str, list[str], list[str], list[str]]:
    """Project, version, and the Python, ABI and platform tags."""
    fields = name.removesuffix(".whl").split("-")
    return fields[0], fields[1], *(part.split(".") for part in fields[-3:])


def python_of(name: str) -> tuple[str, str]:
    """The implementation and version for which pip accepts this wheel."""
    letters, digits = re.fullmatch(r"([a-z]+)(\d+)", parts(name)[2][-1]).groups()
    # `py3` leaves the minor version open; pip needs one anyway.
    return letters, f"{digits[0]}.{digits[1:] or 13}"


def batches(names: list[str]) -> list[list[str]]:
    """Groups for one Python each, in which no project occurs twice."""
    found: list[tuple[tuple[str, str], set[str], list[str]]] = []
    for name in names:
        python, project = python_of(name), re.sub(r"[-_.]+", "-", parts(name)[0]).lower()
        for key, projects, batch in found:
            if key == python and project not in projects and len(batch) < AT_ONCE:
                break
        else:
            projects, batch = set(), []
            found.append((python, projects, batch))
        projects.add(project)
        batch.append(name)
    return [batch for _, _, batch in found]


def fetch(batch: list[str], digests: dict[str, str]) -> None:
    """Downloads a batch, and its wheels one by one if pip fails."""
    implementation, version = python_of(batch[0])
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-input", "--no-cache-dir", "--no-deps", "--only-binary=:all:"]
    command += ["--ignore-requires-python", "--require-hashes", "--retries=5", "--timeout=60"]
    command += [f"--implementation={implementation}", f"--python-version={version}"]
    tags = [parts(name)[3:] for name in batch]
    command += [f"--abi={abi}" for abi in sorted({abi for abis, _ in tags for abi in abis})]
    platforms = {platform for _, platforms in tags for platform in platforms}
    command += [f"--platform={platform}" for platform in sorted(platforms)]
    with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
        wanted = Path(scratch, "requirements.txt")
        lines = ("{}=={} --hash=sha256:{}".format(*parts(n)[:2], digests[n]) for n in batch)
        wanted.write_text("\n".join(lines) + "\n")
        done = subprocess.run(
            [*command, "--dest", scratch, "--requirement", str(wanted)],
            capture_output=True, text=True, timeout=1200,
        )  # fmt: skip
        for name in batch:
            if is_complete(Path(scratch, name), digests[name]):
                os.replace(Path(scratch, name), CACHE / name)
    missing = [name for name in batch if not (CACHE / name).is_file()]
    if missing and len(batch) == 1:
        print(f"sweep: pip cannot download {batch[0]}: {done.stderr.strip()}", file=sys.stderr)
    elif missing:
        for name in missing:
            fetch([name], digests)


def wheels() -> dict[str, Path]:
    """File name -> the downloaded wheel. Exits if one is missing."""
    digests = listed()
    CACHE.mkdir(parents=True, exist_ok=True)
    missing = [name for name in digests if not is_complete(CACHE / name, digests[name])]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda batch: fetch(batch, digests), batches(missing)))
    if absent := [name for name in digests if not (CACHE / name).is_file()]:
        sys.exit(f"sweep: {len(absent)} wheels are missing, such as {absent[0]}")
    return {name: CACHE / name for name in digests}


if __name__ == "__main__":
    size = sum(path.stat().st_size for path in wheels().values())
    print(f"{len(listed())} wheels, {size / 1e6:.0f} MB, in {CACHE}")
