"""Generate the C source of a cffi extension (API mode), or a Python module (ABI mode, without a preamble).

Reads JSON from standard input: path (put before everything else on sys.path), module, signatures
and preamble. Writes JSON to standard output: {"source": text}; {"error": {"signature", "message"}} for
the first signature that cffi cannot parse; or {"refused": {"signature", "message"}} for the first one
that it parses, but cannot turn into source code.
"""

import contextlib
import io
import json
import re
import struct
import sys

task = json.load(sys.stdin)
sys.path[:0] = task["path"]

import cffi  # noqa: E402  (it may be on the path that was just added)


def parsed(signatures):
    builder = cffi.FFI()
    builder.cdef("\n".join(signatures))
    return builder


def failure(signatures, of=parsed):
    """The exception of cffi for `signatures`, or None."""
    try:
        of(signatures)
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


def first_bad(signatures, error, of=parsed):
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
        end = next((end for end in ends if not failure(signatures[:end], of)), None)
        good, bad = (good, middle) if end is None else (end, bad)
    return signatures[good], failure(signatures[: good + 1], of) or error


# cffi compares what it was told with C when Python uses a type or a constant. The C compiler does so
# before, with what cffi computes here, on targets with integers and pointers of the same sizes.
SAME_SIZES = "#if __SIZEOF_POINTER__ == 8 && __SIZEOF_LONG__ == 8 && __SIZEOF_INT__ == 4"
DEFINE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)[ \t]+(-?(?:0[xX][0-9a-fA-F]+|[0-9]+))[ \t]*$", re.M)


def claim(condition, text):
    return f'_Static_assert({condition}, "signatures: {text}");'


def constant(name, value):
    # A variable is no constant to C, and cffi compares it later.
    guarded = f"__builtin_choose_expr(__builtin_constant_p({name}), {name}, {value})"
    return claim(f"{guarded} == {value}", f"`{name}` is {value}, but has another value in C")


def is_measured(ctype):
    """Whether the size of a type is the same wherever integers have the same sizes."""
    while ctype.kind == "array":
        ctype = ctype.item
    return "long double" not in ctype.cname and ctype.kind != "void"


def layout(builder, name, ctype):
    """What C has to agree with about a struct, union or enum."""
    if ctype.kind == "enum":
        values = sorted(ctype.elements.items())
        return [constant(name, value) for value, name in values if value.bit_length() < 32]
    fields = [(field, of) for field, of in ctype.fields or [] if field]
    if not fields or not all(is_measured(of.type) for _, of in fields):
        return []
    sizes, offsets = [], []
    for field, of in fields:
        if of.bitsize >= 0:
            continue
        shown = of.type.cname if "$" not in of.type.cname else of.type.kind
        if of.type.kind != "array" or of.type.length is not None:
            size = builder.sizeof(of.type)
            text = f"`{field}` of `{name}` is declared as `{shown}` ({size} bytes), which is not its size in C"
            sizes.append(claim(f"sizeof((({name} *)0)->{field}) == {size}", text))
        text = f"`{field}` of `{name}` is at another place in C: the fields differ"
        offsets.append(claim(f"offsetof({name}, {field}) == {of.offset}", text))
        if of.type.kind == "enum" and "$" in of.type.cname:
            sizes += layout(builder, "", of.type)
    total = builder.sizeof(ctype)
    text = f"`{name}` has another size in C than with these fields ({total} bytes): declare all of them, or end with `...;`"
    return sizes + offsets + [claim(f"sizeof({name}) == {total}", text)]


def claims(builder, signatures):
    """C that fails to compile if the C types and constants differ from their declarations."""
    if struct.calcsize("P") != 8 or struct.calcsize("l") != 8:
        return ""
    typedefs, structs, unions = builder.list_types()
    names = [*typedefs, *(f"struct {name}" for name in structs), *(f"union {name}" for name in unions)]
    text = "\n".join(signatures)
    names += dict.fromkeys(f"enum {name}" for name in re.findall(r"\benum\s+(\w+)", text))
    lines = []
    for name in names:
        try:
            ctype = builder.typeof(name)
            if ctype.kind in ("struct", "union", "enum"):
                lines += layout(builder, ctype.cname, ctype) if "$" not in ctype.cname else []
        except Exception:  # `...` is for the C compiler to fill in
            continue
    for name, value in DEFINE.findall(text):
        is_octal = re.fullmatch("-?0[0-9]+", value)
        lines.append(constant(name, int(value, 8 if is_octal else 0)))
    return "\n".join(["", SAME_SIZES, *dict.fromkeys(lines), "#endif", ""]) if lines else ""


def without_partial_structs(builder):
    """`builder`, if it has no struct whose other fields only a C compiler knows.

    In ABI mode, cffi ignores the `...`: objects that Python creates would be too small for C.
    """
    for name, (declared, _) in builder._parser._declarations.items():
        if getattr(declared, "partial", False) and getattr(declared, "fldnames", None):
            raise cffi.VerificationError(f"{name.split(' ', 1)[1]}: cannot use '...' for fields in the ABI mode")
    return builder


def generated(signatures):
    builder = parsed(signatures)
    builder.set_source(task["module"], task["preamble"])
    text = io.StringIO()
    with contextlib.redirect_stdout(sys.stderr):  # cffi prints what it does
        if task["preamble"] is None:
            without_partial_structs(builder).emit_python_code(text)
            return text.getvalue()
        builder.emit_c_code(text)
    return text.getvalue() + claims(builder, signatures)


def described(signature, error):
    return {"signature": signature, "message": f"{type(error).__name__}: {error}"}


def answer():
    # All at once: cffi's time for declarations one after another grows with the square of their
    # number.
    signatures = task["signatures"]
    try:
        return {"source": generated(signatures)}
    except Exception as found:
        unread = failure(signatures)
        if unread:
            return {"error": described(*first_bad(signatures, unread))}
        if failure([], generated):  # then it is not the fault of a signature
            raise
        return {"refused": described(*first_bad(signatures, found, generated))}


json.dump(answer(), sys.stdout)
