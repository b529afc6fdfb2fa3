"""Generate the C source of a cffi extension (API mode).

Reads JSON from standard input: path (put before everything else on sys.path), module, signatures
and preamble. Writes JSON to standard output: {"source": C}, or {"error": {"signature", "message"}}
for the first signature that cffi cannot parse.
"""

import contextlib
import io
import json
import re
import sys

task = json.load(sys.stdin)
sys.path[:0] = task["path"]

import cffi  # noqa: E402  (it may be on the path that was just added)


def parsed(signatures):
    builder = cffi.FFI()
    builder.cdef("\n".join(signatures))
    return builder


def failure(signatures):
    """The exception of cffi for `signatures`, or None."""
    try:
        parsed(signatures)
    except Exception as error:
        return error
    return None


def named(signatures, error):
    """The index of the signature on the line that `error` names, if that is the one at fault."""
    place = re.search(r"<cdef source string>:(\d+):", str(error))
    line = 1
    for index, signature in enumerate(signatures):
        line += signature.count("\n") + 1
        if place and int(place[1]) < line:
            at_fault = not failure(signatures[:index]) and failure(signatures[: index + 1])
            return index if at_fault else None
    return None


def first_bad(signatures, error):
    """The first signature at fault, and cffi's error for it.

    What follows a bad signature cannot repair it, so the last prefix that cffi can read ends before
    it. Within a declaration of several entries no prefix is readable.
    """
    index = named(signatures, error)
    if index is not None:
        return signatures[index], failure(signatures[: index + 1])
    good, bad = 0, len(signatures)
    while good + 1 < bad:
        middle = (good + bad) // 2
        ends = range(middle, min(middle + 4, bad))
        end = next((end for end in ends if not failure(signatures[:end])), None)
        good, bad = (good, middle) if end is None else (end, bad)
    return signatures[good], failure(signatures[: good + 1]) or error


def answer():
    # All at once: cffi's time for declarations one after another grows with the square of their
    # number.
    signatures = task["signatures"]
    text = io.StringIO()
    try:
        builder = parsed(signatures)
    except Exception as found:
        signature, error = first_bad(signatures, found)
        return {"error": {"signature": signature, "message": f"{type(error).__name__}: {error}"}}
    builder.set_source(task["module"], task["preamble"])
    with contextlib.redirect_stdout(sys.stderr):  # cffi prints what it does
        builder.emit_c_code(text)
    return {"source": text.getvalue()}


json.dump(answer(), sys.stdout)
