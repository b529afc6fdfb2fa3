"""Generates METADATA with one unusual field each: by hand, and by random changes from a fixed seed."""

import random
from dataclasses import dataclass

BASE = {"Metadata-Version": "2.4", "Name": "demo", "Version": "1.0"}
# For each field: the metadata version that allows it, and values that are right or nearly so.
VALUES: dict[str, tuple[str, list[str]]] = {
    "Metadata-Version": ("", ["1.0", "1.2", "2.0", "2.1", "2.5", "2.6", "3.0", "2", "2.4 ", "2.04", ""]),
    "Name": ("2.4", ["demo", "De.mo", "d", "demo-", "_demo", "de mo", "dé", "demo ", "0-1"]),
    "Version": ("2.4", ["1.0", "v1.0", "1.0-1", "1!1.0rc1.post2.dev3", "1.0.*", "1_0", "one", " 1.0 "]),
    "Summary": ("2.4", ["text", "", "a\n b", "é" * 512, "a\x0bb"]),
    "Requires-Python": (
        "2.4",
        [">=3.6", ">=3.6,", ",>=3.6,<4", ">=3.6,,<4", "~=3.6", "~=3", ">=3.*", "==3.*", "!=3.1.*,>=3",
         ">=3.6 <4", "===3.6", "=>3.6", "3.6", ">= 3.6 , < 4", "", ">3.6.dev0", "<=3.6+local", "==3.6+x"],
    ),
    "Requires-Dist": (
        "2.4",
        ["a", "a>=1", "a (>=1)", "a[x]", "a[x_]", "a[x,]", "a[]", "a [ x , y ] >= 1 , < 2", "a>=1,", "a,>=1",
         "a>=1,,<2", "a==1.*", "a>=1.*", "a~=1", "a===odd", "a b", "a ; os_name == 'nt'", "a;os_name=='nt'",
         "a ; extra == 'x' and", "a ; (extra == 'x')", "a ; ((extra == 'x')", "a ; extra = 'x'",
         "a ; 'x' in extra", "a ; 'x' not in extra", "a ; not extra", "a ; extra", "a ; python_version > 3",
         "a ; python_version > '3' or os_name == 'x' and extra == 'y'", "a ; 'a' == 'b'", "a @ b", "", "a;",
         "a>=1;python_version<'3'", "a (>=1", "a >=1)", "a[x", "a ; platform.machine == 'x'", "-a", "a-",
         "a ; sys_platform == \"win32\" ", "a>1 , ", "a ; extra == 'x' os_name == 'y'", "a()", "a ( )"],
    ),
    "Provides-Extra": ("2.4", ["x", "x_y", "X.y", "x y", "-x", "x-", "", "é", "x "]),
    "Dynamic": ("2.4", ["License", "license", "Name", "version", "Foo", "", "License ", "Requires-Dist"]),
    "License-Expression": (
        "2.4",
        ["MIT", "mit", "MIT OR apache-2.0", "mit And bsd-3-clause", "(MIT)", "((MIT) AND 0BSD)", "()", "(MIT",
         "MIT)", "MIT OR", "OR MIT", "MIT MIT", "MIT AND OR 0BSD", "GPL-2.0+", "GPL-2.0-or-later+", "MIT++",
         "LicenseRef-a", "licenseref-A.b-1", "LicenseRef-", "LicenseRef-a_b", "LicenseRef-a+", "NONE",
         "Apache-2.0 WITH LLVM-exception", "apache-2.0 with llvm-exception or mit", "MIT WITH MIT", "MIT WITH",
         "(Apache-2.0) WITH LLVM-exception", "WITH LLVM-exception", "LLVM-exception", "MIT/0BSD", "", " MIT ",
         "Apache-2.0 WITH LLVM-exception WITH LLVM-exception", "MIT(0BSD)", "(MIT)(0BSD)", "MIT OR(0BSD)",
         "DocumentRef-x:LicenseRef-y", "MIT WITH AdditionRef-x", "NOASSERTION", "eCos-2.0", "Apache 2.0",
         "not MIT", "MIT or not 0BSD"],
    ),
    "License-File": (
        "2.4",
        ["../LICENSE", "a/../b", "LIC*", "/LICENSE", "C:/LICENSE", "a\\b", "a//b", "./a", "a/", "a..b", ""],
    ),
    "Description-Content-Type": (
        "2.4",
        ["text/plain", "text/markdown", "Text/X-Rst", "text/html", "text", "", "text/markdown; charset=UTF-8",
         "text/markdown; charset=utf-8; variant=GFM", "text/markdown; variant=gfm", "text/markdown;variant=Foo",
         "text/plain; variant=Foo", "text/x-rst; charset=latin-1", "text/markdown; charset=\"UTF-8\"",
         "text/markdown; CHARSET=UTF-8", "markdown", "text/markdown, text/plain"],
    ),
    "Keywords": ("2.4", ["a,b", "", "a b"]),
    "Project-URL": ("2.4", ["A, https://a.b", "A,https://a.b/é", "A , http://a.b"]),
    "Import-Name": ("2.5", ["a", "a.b", "a;private", "a ; private", "a; public", "a;", "a-b", "1a", "", "class",
                            "a..b", "é", "match", "a.None", " a", "_", "a ;private "]),
    "Import-Namespace": ("2.5", ["a", "a.b; private", "", "a b"]),
    "Author": ("2.4", ["Ann", "", "é"]),
    "Platform": ("2.4", ["any", "UNKNOWN"]),
    "Obsoletes": ("2.4", ["a (>1)"]),
    "Requires-External": ("2.4", ["C", "libpng (>=1.5)"]),
    "X-Foo": ("2.4", ["bar"]),
}
# Fields that random changes are made to; they have a grammar.
CHANGED = ["Name", "Version", "Requires-Python", "Requires-Dist", "Provides-Extra", "License-Expression",
           "Description-Content-Type", "Import-Name"]  # fmt: skip
CHARACTERS = " ;,()[]<>=~!.*-_+@:'\"aA1é"


@dataclass(frozen=True)
class Variant:
    field: str
    value: str
    fields: tuple[tuple[str, str], ...]
    body: bytes = b""

    @property
    def metadata(self) -> bytes:
        lines = "".join(f"{name}: {value}\n" for name, value in self.fields)
        return lines.encode() + b"\n" + self.body

    @property
    def version(self) -> str:
        return dict(self.fields)["Metadata-Version"]


def variant(field: str, value: str, version: str, *more: tuple[str, str], body=b"") -> Variant:
    fields = BASE | ({"Metadata-Version": version} if version else {})
    if field in BASE:
        fields[field] = value
        return Variant(field, value, (*fields.items(), *more), body)
    return Variant(field, value, (*fields.items(), (field, value), *more), body)


def changed(value: str, chance: random.Random) -> str:
    """`value` with one or two characters added, removed, doubled or replaced."""
    for _ in range(chance.choice([1, 1, 2])):
        at = chance.randrange(len(value) + 1)
        new = chance.choice([chance.choice(CHARACTERS), "", value[at : at + 1] * 2])
        value = value[:at] + new + value[at + chance.choice([0, 1]) :]
    # The edges are white space of the header.
    return value.strip(" ") if chance.random() < 0.9 else value


def variants() -> list[Variant]:
    found = [
        variant(field, value, version) for field, (version, values) in VALUES.items() for value in values
    ]
    for field, (version, values) in VALUES.items():
        if field not in BASE:
            found.append(variant(field, values[0], version, (field, values[0])))
        for older in ["1.0", "1.1", "1.2", "2.1", "2.2", "2.3"]:
            found.append(variant(field, values[0] or "1.0", older) if field != "Metadata-Version" else
                         variant("Name", "demo", older))
    found.append(variant("Description", "one", "2.4"))
    found.append(variant("Description", "one", "2.4", body=b"two\n"))
    found.append(variant("Description", "", "2.4", body=b"two\n"))
    found.append(variant("Keywords", "a", "2.4", body=b"\xff\n"))
    found.append(variant("Import-Name", "", "2.5", ("Import-Name", "a")))
    for field in BASE:
        left = tuple((name, value) for name, value in BASE.items() if name != field)
        if field != "Metadata-Version":
            found.append(Variant(field, "(missing)", left))
    chance = random.Random(427)
    for _ in range(300):
        field = chance.choice(CHANGED)
        version, values = VALUES[field]
        found.append(variant(field, changed(chance.choice(values), chance), version))
    return list(dict.fromkeys(found))
