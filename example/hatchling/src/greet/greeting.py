import json
from importlib.resources import files

from ._greet import ffi, lib

FORMS = json.loads(files(__package__).joinpath("forms.json").read_text("utf-8"))


def languages() -> list[str]:
    return sorted(FORMS)


def greet(name: str, language: str = "en") -> str:
    # Go allocates the result with C's malloc: ffi.gc frees it, also when decoding fails.
    text = ffi.gc(lib.Greet(FORMS[language].encode(), name.encode()), lib.free)
    return ffi.string(text).decode()
