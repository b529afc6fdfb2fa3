"""Turn signatures into the C source of cffi extensions (API mode).

Reads JSON from standard input: path (put before everything else on sys.path) and extensions, a
list of {module, signatures, preamble}. Writes JSON to standard output: {"sources": [...]}, or
{"error": {"module", "signature", "message"}} for the first signature that cffi cannot parse.
"""

import contextlib
import io
import json
import sys

task = json.load(sys.stdin)
sys.path[:0] = task["path"]

import cffi  # noqa: E402  (it may lie on the path that was just put there)


def source(extension):
    # Signature by signature first, so that a bad one can be named; types may need each other,
    # so only the first that fails behind all those before it is at fault.
    probe = cffi.FFI()
    for signature in extension["signatures"]:
        try:
            probe.cdef(signature)
        except Exception as error:
            raise SignatureError(extension["module"], signature, error) from error
    builder = cffi.FFI()
    builder.set_source(extension["module"], extension["preamble"])
    builder.cdef("\n".join(extension["signatures"]))
    text = io.StringIO()
    with contextlib.redirect_stdout(sys.stderr):  # cffi announces what it does
        builder.emit_c_code(text)
    return text.getvalue()


class SignatureError(Exception):
    def __init__(self, module, signature, error):
        message = f"{type(error).__name__}: {error}"
        self.answer = {"module": module, "signature": signature, "message": message}


try:
    answer = {"sources": [source(extension) for extension in task["extensions"]]}
except SignatureError as error:
    answer = {"error": error.answer}
json.dump(answer, sys.stdout)
