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


def answer():
    # One by one first, to name a bad signature. Types may depend on earlier ones, so the first that
    # fails after all before it is at fault.
    probe = cffi.FFI()
    for signature in task["signatures"]:
        try:
            probe.cdef(signature)
        except Exception as error:
            message = f"{type(error).__name__}: {error}"
            return {"error": {"signature": signature, "message": message}}
    builder = cffi.FFI()
    builder.set_source(task["module"], task["preamble"])
    builder.cdef("\n".join(task["signatures"]))
    text = io.StringIO()
    with contextlib.redirect_stdout(sys.stderr):  # cffi prints what it does
        builder.emit_c_code(text)
    return {"source": text.getvalue()}


json.dump(answer(), sys.stdout)
