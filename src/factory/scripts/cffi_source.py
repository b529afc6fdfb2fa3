"""Generate the C source of a cffi extension (API mode).

Reads JSON from standard input: path (put before everything else on sys.path), module, signatures
and preamble. Writes JSON to standard output: {"source": C}, or {"error": {"signature", "message"}}
for the first signature that cffi cannot parse.
"""

import contextlib
import io
import json
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


def first_bad(signatures):
    """The first signature at fault, and cffi's error for it.

    What follows a bad signature cannot repair it, so the last prefix that cffi can read ends before
    it. A declaration of several entries is unreadable in the middle: entries that make up a
    readable prefix with some of the following ones are not at fault.
    """
    good, bad = 0, len(signatures)
    while good + 1 < bad:
        middle = (good + bad) // 2
        # The prefix may end within a declaration.
        ends = range(middle, min(middle + 20, bad))
        end = next((end for end in ends if not failure(signatures[:end])), None)
        if end is None:
            bad = middle
        else:
            good = end
    return signatures[good], failure(signatures[: good + 1]) or failure(signatures)


def answer():
    # All at once: cffi's time for declarations one after another grows with the square of their
    # number.
    signatures = task["signatures"]
    text = io.StringIO()
    try:
        builder = parsed(signatures)
    except Exception:
        signature, error = first_bad(signatures)
        return {"error": {"signature": signature, "message": f"{type(error).__name__}: {error}"}}
    builder.set_source(task["module"], task["preamble"])
    with contextlib.redirect_stdout(sys.stderr):  # cffi prints what it does
        builder.emit_c_code(text)
    return {"source": text.getvalue()}


json.dump(answer(), sys.stdout)
