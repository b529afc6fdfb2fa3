"""Writes small wheels and binaries for the fuzzer to begin with: into the two corpora."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "judges"))

from mutations import MUTATIONS, pure  # noqa: E402

wheels, binaries = (HERE / "corpus" / name for name in ("inspect", "binary"))
for directory in (wheels, binaries):
    directory.mkdir(parents=True, exist_ok=True)
(wheels / "good").write_bytes(pure().bytes())
library = (HERE.parent / "src" / "audit" / "testdata" / "glibc-2.34.so").read_bytes()
(binaries / "library").write_bytes(library)
with_library = pure().add("x.abi3.so", library)
(wheels / "native").write_bytes(with_library.bytes())
for mutation in MUTATIONS:
    if mutation.target == "any" and mutation.rule != "archive-bomb":
        pack = pure()
        mutation.change(pack)
        (wheels / mutation.name).write_bytes(pack.bytes())
