"""`pygo check` on sdists: a good one, and one fault each."""

import io
import json
import subprocess
import tarfile

import pytest

from factory import judge

NAME = "my_example-0.1.0"
PKG_INFO = (
    "Metadata-Version: 2.4\nName: my.example\nVersion: 0.1.0\nLicense-Expression: mit\n"
    "License-File: LICENSE\nRequires-Python: >=3.10,\n\n"
)
FILES = {"PKG-INFO": PKG_INFO, "LICENSE": "MIT", "pyproject.toml": "[build-system]\nrequires = []\n"}


def link(target: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    info = tarfile.TarInfo(f"{NAME}/link")
    info.type, info.linkname = kind, target
    return info


def sdist(directory, name=f"{NAME}.tar.gz", root=NAME, files=FILES, more=(), cut=0):
    """Writes an sdist; `more` are members that are not plain files in its directory."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for path, text in files.items():
            info = tarfile.TarInfo(f"{root}/{path}")
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
        for info in more:
            archive.addfile(info)
    data = out.getvalue()
    path = directory / name
    path.write_bytes(data[: len(data) - cut])
    return path


def without(name: str, **other: str) -> dict[str, str]:
    return {path: text for path, text in FILES.items() if path != name} | other


def pkg_info(old: str, new: str) -> dict[str, str]:
    assert old in PKG_INFO
    return FILES | {"PKG-INFO": PKG_INFO.replace(old, new)}


# Rule, what is wrong, and how the sdist differs from a good one.
FAULTS = [
    ("sdist-unreadable", "cut", {"cut": 20}),
    ("sdist-file-name", "not-normalized", {"name": "my.example-0.1.0.tar.gz", "root": "my.example-0.1.0"}),
    ("sdist-file-name", "another-version", {"files": pkg_info("0.1.0", "0.2.0")}),
    ("sdist-top-directory", "two", {"more": [tarfile.TarInfo("other-1.0/x")]}),
    ("sdist-directory-name", "another", {"root": "my-example-0.1.0"}),
    ("sdist-unsafe-member", "absolute", {"more": [tarfile.TarInfo("/etc/x")]}),
    ("sdist-unsafe-member", "above", {"more": [tarfile.TarInfo(f"{NAME}/../x")]}),
    ("sdist-unsafe-member", "link-to-a-system-file", {"more": [link("/etc/passwd")]}),
    ("sdist-unsafe-member", "link-above", {"more": [link("../../x")]}),
    ("sdist-unsafe-member", "hard-link", {"more": [link("other/x", tarfile.LNKTYPE)]}),
    ("sdist-unsafe-member", "device", {"more": [link("", tarfile.CHRTYPE)]}),
    ("sdist-pkg-info", "none", {"files": without("PKG-INFO")}),
    ("sdist-no-backend", "none", {"files": without("pyproject.toml")}),
    ("sdist-no-backend", "no-toml", {"files": FILES | {"pyproject.toml": "[build-system"}}),
    ("sdist-no-pyproject", "setup-py", {"files": without("pyproject.toml", **{"setup.py": ""})}),
    ("metadata-license-file", "missing", {"files": without("LICENSE")}),
    ("metadata-malformed", "no-field", {"files": pkg_info("Name:", "Name")}),
    ("metadata-requires-python", "words", {"files": pkg_info(">=3.10,", "three")}),
    ("index-classifier", "unknown", {"files": pkg_info("License-File", "Classifier: X\nLicense-File")}),
]


def findings(factory, *paths):
    command = [factory.binary, "check", "--format", "json", *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    return [file["findings"] for file in json.loads(done.stdout)["wheels"]]


@pytest.mark.quick
def test_good_sdists_have_no_finding(factory, tmp_path):
    judge("twine", "check", sdist(tmp_path))
    inner = [link("LICENSE"), link(f"{NAME}/LICENSE", tarfile.LNKTYPE)]
    for number, more in enumerate([[], inner[:1], inner[1:]]):
        (tmp_path / str(number)).mkdir()
        path = sdist(tmp_path / str(number), more=more)
        assert findings(factory, path) == [[]]


@pytest.mark.quick
def test_each_fault_is_reported_by_its_rule(factory, tmp_path):
    paths = []
    for rule, what, changes in FAULTS:
        (tmp_path / f"{rule}-{what}").mkdir()
        paths.append(sdist(tmp_path / f"{rule}-{what}", **changes))
    for (rule, what, _), found in zip(FAULTS, findings(factory, *paths), strict=True):
        assert [finding["name"] for finding in found] == [rule], (what, found)
