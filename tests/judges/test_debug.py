"""Debug information, as readelf reads it."""

import re

from factory import judge

SOURCES = {"_example.abi3.so": "_example.c", "example/lib/libhello.example.so": "main.go"}
# What Go and pygo write instead of directories of this machine.
NEUTRAL = ("/_/", "/tmp/go-build")


def dumped(file) -> str:
    options = ("--debug-dump=info,rawline,str", "-W", file)
    return judge("readelf", *options, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"}).stdout


def test_debug_information_names_no_directory_of_this_machine(factory, tmp_path):
    project = factory.project("hello", tmp_path)
    wheel = factory.matrix(project, ["linux-amd64"], "--debug").ok().wheel
    judge("unzip", "-q", wheel, "-d", tmp_path / "unpacked")
    for name, source in SOURCES.items():
        text = dumped(tmp_path / "unpacked" / name)
        assert source in text
        for private in (tmp_path, factory.cache, factory.home):
            assert str(private) not in text
        paths = set(re.findall(r"(?<![\w.>)/])(/[\w.+-]+/[\w.+/-]+)", text))
        assert [path for path in paths if not f"{path}/".startswith(NEUTRAL)] == []
